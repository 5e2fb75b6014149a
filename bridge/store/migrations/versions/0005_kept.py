"""What components keep until the end of their incident.

Revision 0005. Before it nothing was kept.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the column."""
    with op.batch_alter_table("incidents") as table:
        table.add_column(sa.Column("kept", sa.Text(), nullable=False, server_default="{}"))
    with op.batch_alter_table("incidents") as table:
        table.alter_column("kept", server_default=None)
