"""Which causes an incident has told.

Revision 0006. Incidents before it were never identified by the bridge.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns."""
    with op.batch_alter_table("incidents") as table:
        table.add_column(sa.Column("causes", sa.Text(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("identified_at", sa.BigInteger(), nullable=False, server_default="0"))
    with op.batch_alter_table("incidents_told") as table:
        table.add_column(sa.Column("identified_at", sa.BigInteger(), nullable=False, server_default="0"))
    with op.batch_alter_table("incidents") as table:
        table.alter_column("causes", server_default=None)
        table.alter_column("identified_at", server_default=None)
    with op.batch_alter_table("incidents_told") as table:
        table.alter_column("identified_at", server_default=None)
