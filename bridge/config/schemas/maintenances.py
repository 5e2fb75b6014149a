"""The JSON Schema of maintenances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.config import maintenances
from bridge.config.rule_defaults import RULE_AUTOMATION
from bridge.config.schemas.incidents import covered_schema
from bridge.config.schemas.shapes import body, duration, identifier, list_of, mapping, said, text, word
from bridge.config.schemas.windows import one_window, window_keys
from bridge.core.maintenance_rules import MaintenanceNotify
from bridge.core.text import NAME_LIMIT

if TYPE_CHECKING:
    from bridge.config.schemas.shapes import Schema


def maintenance_schema() -> Schema:
    """One entry of `maintenances`."""
    overrun = mapping(
        maintenances._OVERRUN_KNOWN,  # noqa: SLF001 - the readers' own tables are the one source
        {
            "extend": duration(maintenances.LONGER, "By how much its end is moved each time."),
            "tell": duration(maintenances.LONGER, "How long it may take more, until all is well."),
            "at_most": {
                "description": "How often it is extended.",
                "anyOf": [
                    {"type": "integer", "minimum": 1, "maximum": maintenances.MOST_EXTENSIONS},
                    {"type": "string", "pattern": r"^\s*\d{1,9}\s*$"},
                ],
            },
        },
    )
    ways = [{"required": ["extend", "at_most"]}, {"required": ["tell"], "not": {"required": ["at_most"]}}]
    maintenance = mapping(
        maintenances._KNOWN,  # noqa: SLF001
        {
            "id": identifier("Part of what marks the maintenance as ours."),
            "components": covered_schema("What it is about: components that have rules."),
            "title": text("The maintenance's name in public.", maximum=NAME_LIMIT),
            **window_keys(),
            "announce": duration(maintenances.ANNOUNCE, "How long before its beginning it is announced."),
            "remind": {
                "description": "Whether the page reminds subscribers an hour before.",
                "enum": [True, False, "true", "false"],
            },
            "overrun": said(
                {**overrun, "oneOf": ways}, "What becomes of it where something is broken at its end."
            ),
            "grace": duration(maintenances.GRACE, "How long after it rules of its components begin nothing."),
            "automation": word(RULE_AUTOMATION, "`full` announces it; `shadow` does nothing."),
            "notify": said(
                {
                    **list_of(word(tuple(MaintenanceNotify), "What subscribers are told.")),
                    "contains": {"const": str(MaintenanceNotify.ANNOUNCE)},
                    "uniqueItems": True,
                },
                "What subscribers are told; `announce` is among it.",
            ),
            "texts": said(
                mapping(
                    maintenances._TEXTS,  # noqa: SLF001
                    {
                        "scheduled": body("Said when it is announced."),
                        "moved": body("Said when its times change."),
                        "cancelled": body("Said when it is called off."),
                        "overrun": body("Said when it takes longer."),
                        "completed": body("Said when it ends late; in time, the page says it."),
                    },
                ),
                "What readers see; {components} becomes the names of its components.",
            ),
        },
        required=("id", "components", "title"),
    )
    return {**maintenance, **one_window()}
