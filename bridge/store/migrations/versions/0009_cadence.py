"""How often it was told that an incident goes on, and since when the next time is counted.

Revision 0009. Before it that was never told.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the columns."""
    with op.batch_alter_table("incidents") as table:
        table.add_column(sa.Column("moved_at", sa.Double(), nullable=False, server_default="0"))
        table.add_column(sa.Column("stills", sa.BigInteger(), nullable=False, server_default="0"))
    with op.batch_alter_table("incidents") as table:
        table.alter_column("moved_at", server_default=None)
        table.alter_column("stills", server_default=None)
