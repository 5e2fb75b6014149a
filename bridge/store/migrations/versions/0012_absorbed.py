"""Which incident absorbed another one.

Revision 0012. Before it nothing was absorbed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the column."""
    with op.batch_alter_table("incidents") as table:
        table.add_column(sa.Column("absorbed_by", sa.Text(), nullable=True))
