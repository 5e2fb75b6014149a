"""When incidents began, recovered and were over, so that they can be opened again.

Revision 0013. Of what was over before it nothing is remembered: it is not opened again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the columns."""
    with op.batch_alter_table("incidents") as table:
        table.add_column(sa.Column("turns", sa.Text(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("closed_at", sa.Double(), nullable=False, server_default="0"))
    with op.batch_alter_table("incidents") as table:
        table.alter_column("turns", server_default=None)
        table.alter_column("closed_at", server_default=None)
