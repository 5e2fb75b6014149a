"""The tables: one for each list of `bridge.core.changes.Changes`, and one for facts about the installation itself.

Written once for SQLite and Postgres. Times are Unix seconds as doubles, which come back equal; sets of labels are JSON text with sorted names. A group of labels is part of a key
by its fingerprint, because the text may be longer than an index entry of Postgres. No table refers to another: what belongs together is committed together, and a reference
would forbid to forget an intent before what it told. The migrations in `bridge.store.migrations` make the same tables, which a test holds; knows no core type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, Integer, LargeBinary, MetaData, Table, Text

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

REVISION = "0013"
"""The migration that these tables stand for. Revisions are ordered as text, so that a newer database is told from an older one."""

metadata = MetaData(
    naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(table_name)s_%(column_0_N_name)s"}
)


_Type = type["TypeEngine[Any]"]


def _key(name: str, type_: _Type = Text) -> Column[Any]:
    return Column(name, type_(), primary_key=True, autoincrement=False)


def _value(name: str, type_: _Type = Text, *, nullable: bool = False) -> Column[Any]:
    return Column(name, type_(), nullable=nullable)


signals = Table(
    "signals",
    metadata,
    _key("source"),
    _key("fingerprint"),
    _value("labels"),
    _value("state"),
    _value("since", Double),
    _value("received_at", Double),
    _value("expires_at", Double),
    _value("counts_from", Double),
    _value("at_expiry"),
    _value("detail"),
    _value("value", Double, nullable=True),
    _value("annotations"),
)

holds = Table(
    "holds",
    metadata,
    _key("page"),
    _key("rule"),
    _key("status"),
    _key("group_fingerprint"),
    _value("group_labels"),
    _value("phase"),
    _value("since", Double),
    _value("frozen_at", Double, nullable=True),
)

incidents = Table(
    "incidents",
    metadata,
    _key("page"),
    _key("rule"),
    _key("group_fingerprint"),
    _value("group_labels"),
    _value("phase"),
    _value("episode", BigInteger),
    _value("sequence", BigInteger),
    _value("reason", nullable=True),
    _value("high_water"),
    _value("components"),
    _value("soaking_since", Double, nullable=True),
    _value("frozen_at", Double, nullable=True),
    _value("fired_at", BigInteger),
    _value("unproven_until", Double, nullable=True),
    _value("labels"),
    _value("kept"),
    _value("causes"),
    _value("identified_at", BigInteger),
    _value("moved_at", Double),
    _value("stills", BigInteger),
    _value("grouped_by", nullable=True),
    _value("absorbed_by", nullable=True),
    _value("turns"),
    _value("closed_at", Double),
)

intents = Table(
    "intents",
    metadata,
    _key("operation"),
    _value("kind"),
    _value("target"),
    _value("touches"),
    _value("page"),
    _value("began_at", Double),
    _value("deadline", Double),
    _value("payload"),
    _value("state"),
    _value("reason", nullable=True),
    _value("incident_id"),
    Index(None, "began_at"),
)

slots = Table(
    "slots",
    metadata,
    _key("operation"),
    _value("budget"),
    _value("lane"),
    _value("taken_at", Double),
    _value("held_until", Double),
)

components_told = Table(
    "components_told",
    metadata,
    _key("page"),
    _key("component_id"),
    _value("status"),
    _value("operation"),
    _value("told_at", Double),
    _value("possible"),
    _value("unsettled_until", Double, nullable=True),
)

incidents_told = Table(
    "incidents_told",
    metadata,
    _key("key"),
    _value("page"),
    _value("rule"),
    _value("group_labels"),
    _value("incident_id"),
    _value("episode", BigInteger),
    _value("sequence", BigInteger),
    _value("status"),
    _value("high_water"),
    _value("component_ids"),
    _value("operation"),
    _value("told_at", Double),
    _value("update_id"),
    _value("yielded", Boolean),
    _value("announced", Boolean),
    _value("identified_at", BigInteger),
)

bindings = Table(
    "bindings",
    metadata,
    _key("page"),
    _key("name"),
    _value("component_id"),
)

standing = Table(
    "standing",
    metadata,
    _key("page"),
    _key("kind"),
    _key("subject"),
    _value("value"),
    _value("until", Double, nullable=True),
    _value("issued_id"),
    _value("issued_at", Double),
    _value("issued_by"),
    _value("note"),
)

taken = Table(
    "taken",
    metadata,
    _key("page"),
    _key("component_id"),
    _value("status"),
    _value("since", Double),
    _value("until", Double, nullable=True),
)

guards = Table(
    "guards",
    metadata,
    _key("page"),
    _key("kind"),
    _key("subject"),
    _value("at", Double),
    _value("value"),
)

drafts = Table(
    "drafts",
    metadata,
    _key("page"),
    _key("id"),
    _value("rule"),
    _value("group_labels"),
    _value("episode", BigInteger),
    _value("proposal"),
    _value("first_at", Double),
    _value("made_at", Double),
    _value("state"),
    _value("by"),
)

points = Table(
    "points",
    metadata,
    _key("page"),
    _key("series"),
    _key("hour", BigInteger),
    # 120 little-endian doubles, and a bit for each of them: more bits than an integer of either database has.
    _value("packed", LargeBinary),
    _value("sent", LargeBinary),
)

journal = Table(
    "journal",
    metadata,
    # SQLite counts only an INTEGER key up by itself.
    Column("number", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    _value("at", Double),
    _value("kind"),
    _value("page"),
    _value("subject"),
    _value("reason"),
    _value("detail"),
)

installation = Table(
    "installation",
    metadata,
    _key("name"),
    _value("value"),
)
