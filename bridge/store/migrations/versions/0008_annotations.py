"""Annotations of signals that a rule lists.

Revision 0008. Of signals before it none were kept; they come with the next repeat.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column."""
    with op.batch_alter_table("signals") as table:
        table.add_column(sa.Column("annotations", sa.Text(), nullable=False, server_default="{}"))
    with op.batch_alter_table("signals") as table:
        table.alter_column("annotations", server_default=None)
