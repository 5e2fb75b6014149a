"""What was measured of a signal.

Revision 0007. Of signals before it nothing was kept: to a threshold they are unknown until they are measured again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column."""
    with op.batch_alter_table("signals") as table:
        table.add_column(sa.Column("value", sa.Double(), nullable=True))
