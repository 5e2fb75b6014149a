"""Whether subscribers were told of an incident.

Revision 0002. Programs before it announced every incident when they opened it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column."""
    with op.batch_alter_table("incidents_told") as table:
        table.add_column(sa.Column("announced", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("incidents_told") as table:
        table.alter_column("announced", server_default=None)
