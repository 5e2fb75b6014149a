"""The values of public labels that took part in an incident.

Revision 0004. Texts before it showed no labels.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column."""
    with op.batch_alter_table("incidents") as table:
        table.add_column(sa.Column("labels", sa.Text(), nullable=False, server_default="{}"))
    with op.batch_alter_table("incidents") as table:
        table.alter_column("labels", server_default=None)
