"""The labels by which the rule of an incident grouped when it opened.

Revision 0010. Of what was open before it is not known.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the column."""
    with op.batch_alter_table("incidents") as table:
        table.add_column(sa.Column("grouped_by", sa.Text(), nullable=True))
