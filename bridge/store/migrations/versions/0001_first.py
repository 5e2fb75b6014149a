"""The first tables.

Revision 0001. They are spelled out here and not taken from the schema: a revision stays what it was when the schema goes on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables of an empty store."""
    op.create_table(
        "bindings",
        sa.Column("page", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("component_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("page", "name", name=op.f("pk_bindings")),
    )
    op.create_table(
        "components_told",
        sa.Column("page", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("component_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("told_at", sa.Double(), nullable=False),
        sa.Column("possible", sa.Text(), nullable=False),
        sa.Column("unsettled_until", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("page", "component_id", name=op.f("pk_components_told")),
    )
    op.create_table(
        "holds",
        sa.Column("page", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("rule", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("status", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("group_fingerprint", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("group_labels", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.Column("frozen_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("page", "rule", "status", "group_fingerprint", name=op.f("pk_holds")),
    )
    op.create_table(
        "incidents",
        sa.Column("page", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("rule", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("group_fingerprint", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("group_labels", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("episode", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("high_water", sa.Text(), nullable=False),
        sa.Column("components", sa.Text(), nullable=False),
        sa.Column("soaking_since", sa.Double(), nullable=True),
        sa.Column("frozen_at", sa.Double(), nullable=True),
        sa.Column("fired_at", sa.BigInteger(), nullable=False),
        sa.Column("unproven_until", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("page", "rule", "group_fingerprint", name=op.f("pk_incidents")),
    )
    op.create_table(
        "incidents_told",
        sa.Column("key", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("group_labels", sa.Text(), nullable=False),
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("episode", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("high_water", sa.Text(), nullable=False),
        sa.Column("component_ids", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("told_at", sa.Double(), nullable=False),
        sa.Column("update_id", sa.Text(), nullable=False),
        sa.Column("yielded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_incidents_told")),
    )
    op.create_table(
        "installation",
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_installation")),
    )
    op.create_table(
        "intents",
        sa.Column("operation", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("touches", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("began_at", sa.Double(), nullable=False),
        sa.Column("deadline", sa.Double(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("operation", name=op.f("pk_intents")),
    )
    op.create_index(op.f("ix_intents_began_at"), "intents", ["began_at"], unique=False)
    op.create_table(
        "journal",
        sa.Column(
            "number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_journal")),
    )
    op.create_table(
        "points",
        sa.Column("page", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("series", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("hour", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.Column("sent", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("page", "series", "hour", name=op.f("pk_points")),
    )
    op.create_table(
        "signals",
        sa.Column("source", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.Column("received_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("counts_from", sa.Double(), nullable=False),
        sa.Column("at_expiry", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", "fingerprint", name=op.f("pk_signals")),
    )
    op.create_table(
        "slots",
        sa.Column("operation", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("budget", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.Double(), nullable=False),
        sa.Column("held_until", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("operation", name=op.f("pk_slots")),
    )
