"""The schema of conditions and component rules: what must match, how many, what is claimed. Must not know YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bridge.config import amounts, causes, component_rules, conditions, rule_defaults, rule_statuses, targets
from bridge.config.schemas.shapes import (
    any_of_keys,
    at_most_one,
    body,
    duration,
    identifier,
    list_of,
    mapping,
    one_or_more,
    said,
    text,
    word,
)
from bridge.core.conditions import NoData
from bridge.core.statuses import CLAIMABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.config.schemas.shapes import Schema
_AMOUNT: Final = r"^(?=.*[1-9])\s*([0-9]{1,9}|[0-9]{1,3}(\.[0-9]{1,3})? ?%|[0-9]{1,6} ?/ ?[0-9]{1,6})\s*$"
_THRESHOLD: Final = (
    r"^\s*(>=|<=|>|<)\s*((?=\S*[1-9])[0-9a-z]+|[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?)\s*$"
)
"""A time, or a number."""
_POPULATION: Final = rf"^\s*({amounts.PROBES}|{amounts.QUERIES}|(?=.*[1-9])[0-9]{{1,9}})\s*$"


def _asked() -> dict[str, Schema]:
    """The keys by which a rule or a named condition says what it asks."""
    names = {**list_of(text("A condition of `conditions`.")), "minItems": 2}
    return {
        "alert": text('Short for `matchers: [alertname="…"]`.'),
        "probe": text("A probe by its id."),
        "query": text("A query by its id; `value` says when it fails."),
        "matchers": one_or_more(
            text("An Alertmanager matcher: =, !=, =~ or !~."),
            "Matchers over a signal's labels; all must match.",
        ),
        "at_least": said(_amount(), "How many must be failing: 3, or a share of what `of` names."),
        "of": said(
            {
                "anyOf": [
                    {"type": "integer", "minimum": 1, "maximum": amounts.LARGEST},
                    {"type": "string", "pattern": _POPULATION},
                    {
                        "type": "object",
                        "minProperties": 1,
                        "maxProperties": 1,
                        "additionalProperties": list_of(text("A value of the label.")),
                    },
                ]
            },
            "What is counted: one label with its values, a number, `probes`, or `queries`.",
        ),
        "value": said(
            {"type": "string", "pattern": _THRESHOLD},
            "What counts as failing: how long a probe's answer takes (`> 2s`), or what a query gives (`> 0.05`).",
        ),
        "no_data": word(tuple(NoData), "What a signal counts for that nobody repeated in time."),
        "all": said(names, "Named conditions that must all be true."),
        "any": said(names, "Named conditions of which one must be true."),
    }


def _ways_to_ask() -> list[Schema]:
    signals, counting = conditions.SIGNAL_KEYS, conditions.COUNTING_KEYS
    return [
        {
            "anyOf": [{"required": [key]} for key in signals],
            "not": {
                "anyOf": [
                    at_most_one(*conditions.NAMING_KEYS)["not"],
                    any_of_keys(*conditions.COMBINING_KEYS),
                    {"required": ["query"], "not": {"required": ["value"]}},
                    {
                        "required": ["of"],
                        "properties": {
                            "of": said(
                                {"type": "string", "pattern": rf"^\s*{amounts.QUERIES}\s*$"},
                                "The queries that match; they need a `value`.",
                            )
                        },
                        "not": {"required": ["value"]},
                    },
                ]
            },
        },
        *(
            {
                "required": [key],
                "not": any_of_keys(
                    *signals, *counting, *(other for other in conditions.COMBINING_KEYS if other != key)
                ),
            }
            for key in conditions.COMBINING_KEYS
        ),
    ]


def condition_schema() -> Schema:
    """A named condition."""
    return {
        **mapping(conditions._KNOWN, _asked()),  # noqa: SLF001
        "anyOf": _ways_to_ask(),
    }


def _amount() -> Schema:
    return {
        "anyOf": [
            {"type": "integer", "minimum": 1, "maximum": amounts.LARGEST},
            {"type": "string", "pattern": _AMOUNT},
        ]
    }


def component_name() -> Schema:
    """A component by its group and its name."""
    return mapping(
        targets._NAME_KNOWN,  # noqa: SLF001
        {"group": text("The component's group."), "name": text("Its name, which may hold slashes.")},
        required=("group", "name"),
    )


def component_schema() -> Schema:
    """What a rule claims that stands below no component."""
    by_label = mapping(
        targets._LABEL_KNOWN,  # noqa: SLF001
        {
            "label": text("The label whose value names the component."),
            "map": {
                "type": "object",
                "description": "Values of the label, each with its component.",
                "minProperties": 1,
                "maxProperties": targets.MAXIMUM_MAPPED,
                "additionalProperties": {
                    "anyOf": [text("`Group / Name`, a name alone, or `id:…`."), component_name()]
                },
            },
        },
        required=("label", "map"),
    )
    return {"anyOf": [text("`Group / Name`, `Group / *`, or `id:…`."), component_name(), by_label]}


def component_rule_schema() -> Schema:
    """A rule below its component."""
    return _rule(component_rules._RULE_KNOWN, {})  # noqa: SLF001


def rule_schema() -> Schema:
    """A rule that names its component itself."""
    component = said(
        {"$ref": "#/definitions/component"}, "What it claims: a component, a group's, or by a label."
    )
    return _rule(component_rules._OWN_KNOWN, {"component": component})  # noqa: SLF001


def _rule(known: Mapping[str, str | None], more: Mapping[str, Schema]) -> Schema:
    status = word(CLAIMABLE, "The status that is claimed while the condition holds.")
    by_count = mapping(
        {rule_statuses.AT_LEAST: None},
        {
            rule_statuses.AT_LEAST: {
                "type": "object",
                "description": "How many are enough, and for which status.",
                "minProperties": 1,
                "propertyNames": {"pattern": _AMOUNT},
                "additionalProperties": word(CLAIMABLE, "The status from so many on."),
            }
        },
        required=(rule_statuses.AT_LEAST,),
    )
    ladder = {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "propertyNames": {"not": {"const": rule_statuses.AT_LEAST}},
        "additionalProperties": {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": word(CLAIMABLE, "The status for this value of the label."),
        },
    }
    hold = rule_defaults.HOLD
    rule = mapping(
        known,
        {
            **more,
            "id": identifier("Names the rule beside others of its component."),
            "was": one_or_more(text("A former id of the rule."), "Former ids, so that its hold goes on."),
            **_asked(),
            "status": said(
                {"anyOf": [status, by_count, ladder]},
                "The status that is claimed, or one label with a status for each of its values, or `at_least` with one for each number.",
            ),
            "for": duration(hold, "How long the condition must hold before it is said."),
            "keep_firing_for": duration(hold, "How long the claim stays after the condition ended."),
            "automation": word(
                rule_defaults.RULE_AUTOMATION,
                "`shadow`: decided, counted and logged, and never published.",
            ),
            "cause": body("What is the cause while it claims, for the public.", maximum=causes.LONGEST_CAUSE),
        },
        required=("status", *more),
    )
    return {**rule, "anyOf": _ways_to_ask(), **at_most_one(*conditions.NAMING_KEYS)}
