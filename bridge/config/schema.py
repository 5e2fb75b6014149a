"""The JSON Schema of a rule file, by which an editor completes keys, explains them and marks mistakes while somebody writes.

The keys are those of the readers: a key that a reader takes and that is not described here is an error when the schema is made, and so is one that no reader takes. What no schema can say (what
another file declares, matchers, regular expressions, how two values go together) is left to `bridge check`; the schema refuses nothing that `bridge check` accepts. A test holds both
with random documents. Must not know YAML.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bridge.config import (
    amounts,
    causes,
    component_rules,
    conditions,
    incidents,
    metrics,
    probes,
    public_labels,
    rulefile,
    targets,
)
from bridge.config.durations import format_duration
from bridge.core.conditions import NoData
from bridge.core.rules import Notify, OnYield
from bridge.core.statuses import CLAIMABLE, Automation, Impact
from bridge.core.templates import COMPONENTS
from bridge.core.text import BODY_LIMIT, NAME_LIMIT, VALUE_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bridge.config.fields import Span

    Schema = dict[str, Any]

DIALECT: Final = "http://json-schema.org/draft-07/schema#"
"""Draft 7: what editors know best."""

_SCALAR: Final = ["string", "number", "boolean"]
"""In YAML `404` and `no` are texts to us, and none to others who read the file."""
_DURATION: Final = r"^\s*(0|(?=\d)(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?)\s*$"
_ID: Final = r"^\s*[a-z0-9_-]{1,64}\s*$"
_LABEL: Final = rf"^(?!\s*{COMPONENTS}\s*$)\s*[A-Za-z_][A-Za-z0-9_]*\s*$"
_AMOUNT: Final = r"^(?=.*[1-9])\s*([0-9]{1,9}|[0-9]{1,3}(\.[0-9]{1,3})? ?%|[0-9]{1,6} ?/ ?[0-9]{1,6})\s*$"
_POPULATION: Final = rf"^\s*({amounts.PROBES}|(?=.*[1-9])[0-9]{{1,9}})\s*$"


def rule_file_schema() -> Schema:
    """The schema of one document of a rule file."""
    top = _mapping(
        rulefile._KNOWN,  # noqa: SLF001 - the readers' own tables are the one source
        {
            "page": _text("The page that the document is for: its name in the settings, or its id."),
            "components": _said(
                _empty_or(
                    {
                        "type": "object",
                        "additionalProperties": {
                            "type": "array",
                            "items": {"$ref": "#/definitions/component_rule"},
                        },
                    }
                ),
                "Rules by component: `Group / Name`, a name alone, `Group / *`, or `id:…`. The worst live claim shows.",
            ),
            "rules": _said(
                _empty_or(_list_of({"$ref": "#/definitions/rule"})),
                "Rules that name their component themselves, or take it from a label.",
            ),
            "conditions": _said(
                _empty_or(
                    {
                        "type": "object",
                        "propertyNames": {"pattern": _ID},
                        "additionalProperties": {"$ref": "#/definitions/condition"},
                    }
                ),
                "Conditions by name, for `all` and `any`. Each may use those above it.",
            ),
            **_public_labels("the incidents of this document that say nothing else"),
            "incidents": _said(
                _empty_or(_list_of({"$ref": "#/definitions/incident"})),
                "What becomes a public incident, over which components, and what is said in it.",
            ),
            "probes": _said(
                _empty_or(_list_of({"$ref": "#/definitions/probe"})),
                "HTTP checks of the bridge's own. They belong to no page.",
            ),
            "metrics": _said(
                _empty_or(_list_of({"$ref": "#/definitions/metric"})),
                "Metrics of the page, and the probe or query whose values they show.",
            ),
            "defaults": _said(
                {"$ref": "#/definitions/defaults"},
                "What holds for the rules and incidents of this document that say nothing else.",
            ),
        },
    )
    return {
        "$schema": DIALECT,
        "title": "Rules of the Statuspage Bridge",
        "description": "One document of a rule file; docs/rules.md explains every key.",
        **top,
        "definitions": {
            "defaults": _defaults(),
            "component_rule": _component_rule(),
            "rule": _own_rule(),
            "condition": _condition(),
            "component": _component(),
            "incident": _incident(),
            "probe": _probe(),
            "metric": _metric(),
        },
    }


def _defaults() -> Schema:
    return _mapping(
        component_rules._DEFAULTS_KNOWN,  # noqa: SLF001
        {
            "for": _duration(component_rules._HOLD, "`for` of component rules."),  # noqa: SLF001
            "keep_firing_for": _duration(component_rules._HOLD, "`keep_firing_for` of component rules."),  # noqa: SLF001
            "automation": _word(
                component_rules._RULE_AUTOMATION,  # noqa: SLF001
                "How much rules and incidents may do by themselves.",
            ),
        },
    )


def _public_labels(whose: str) -> dict[str, Schema]:
    return {
        "public_labels": _said(
            {
                **_list_of({"type": ["string", "boolean"], "pattern": _LABEL}),
                "maxItems": public_labels.MAXIMUM_LABELS,
            },
            f"The labels of signals that the texts of {whose} may show.",
        ),
        "display": {
            "type": "object",
            "description": "For a label, the words that stand for its values.",
            "additionalProperties": {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": _text("What is shown of this value.", maximum=VALUE_LIMIT),
            },
        },
    }


def _asked() -> dict[str, Schema]:
    """The keys by which a rule or a named condition says what it asks."""
    names = {**_list_of(_text("A condition of `conditions`.")), "minItems": 2}
    return {
        "alert": _text('Short for `matchers: [alertname="…"]`.'),
        "probe": _text("A probe by its id."),
        "matchers": _one_or_more(
            _text("An Alertmanager matcher: =, !=, =~ or !~."),
            "Matchers over a signal's labels; all must match.",
        ),
        "at_least": _said(_amount(), "How many must be failing: 3, or a share of what `of` names."),
        "of": _said(
            {
                "anyOf": [
                    {"type": "integer", "minimum": 1, "maximum": amounts.LARGEST},
                    {"type": "string", "pattern": _POPULATION},
                    {
                        "type": "object",
                        "minProperties": 1,
                        "maxProperties": 1,
                        "additionalProperties": _list_of(_text("A value of the label.")),
                    },
                ]
            },
            "What is counted: one label with its values, a number, or `probes`.",
        ),
        "no_data": _word(tuple(NoData), "What a signal counts for that nobody repeated in time."),
        "all": _said(names, "Named conditions that must all be true."),
        "any": _said(names, "Named conditions of which one must be true."),
    }


def _ways_to_ask() -> list[Schema]:
    signals, counting = conditions.SIGNAL_KEYS, conditions.COUNTING_KEYS
    return [
        {
            "anyOf": [{"required": [key]} for key in signals],
            "not": {"anyOf": [{"required": ["alert", "probe"]}, _any_of_keys(*conditions.COMBINING_KEYS)]},
        },
        *(
            {
                "required": [key],
                "not": _any_of_keys(
                    *signals, *counting, *(other for other in conditions.COMBINING_KEYS if other != key)
                ),
            }
            for key in conditions.COMBINING_KEYS
        ),
    ]


def _condition() -> Schema:
    return {
        **_mapping(conditions._KNOWN, _asked()),  # noqa: SLF001
        "anyOf": _ways_to_ask(),
    }


def _amount() -> Schema:
    return {
        "anyOf": [
            {"type": "integer", "minimum": 1, "maximum": amounts.LARGEST},
            {"type": "string", "pattern": _AMOUNT},
        ]
    }


def _component_name() -> Schema:
    return _mapping(
        targets._NAME_KNOWN,  # noqa: SLF001
        {"group": _text("The component's group."), "name": _text("Its name, which may hold slashes.")},
        required=("group", "name"),
    )


def _component() -> Schema:
    by_label = _mapping(
        targets._LABEL_KNOWN,  # noqa: SLF001
        {
            "label": _text("The label whose value names the component."),
            "map": {
                "type": "object",
                "description": "Values of the label, each with its component.",
                "minProperties": 1,
                "maxProperties": targets.MAXIMUM_MAPPED,
                "additionalProperties": {
                    "anyOf": [_text("`Group / Name`, a name alone, or `id:…`."), _component_name()]
                },
            },
        },
        required=("label", "map"),
    )
    return {"anyOf": [_text("`Group / Name`, `Group / *`, or `id:…`."), _component_name(), by_label]}


def _component_rule() -> Schema:
    return _rule(component_rules._RULE_KNOWN, {})  # noqa: SLF001


def _own_rule() -> Schema:
    component = _said(
        {"$ref": "#/definitions/component"}, "What it claims: a component, a group's, or by a label."
    )
    return _rule(component_rules._OWN_KNOWN, {"component": component})  # noqa: SLF001


def _rule(known: Mapping[str, str | None], more: Mapping[str, Schema]) -> Schema:
    status = _word(CLAIMABLE, "The status that is claimed while the condition holds.")
    by_count = _mapping(
        {component_rules.AT_LEAST: None},
        {
            component_rules.AT_LEAST: {
                "type": "object",
                "description": "How many are enough, and for which status.",
                "minProperties": 1,
                "propertyNames": {"pattern": _AMOUNT},
                "additionalProperties": _word(CLAIMABLE, "The status from so many on."),
            }
        },
        required=(component_rules.AT_LEAST,),
    )
    ladder = {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "propertyNames": {"not": {"const": component_rules.AT_LEAST}},
        "additionalProperties": {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": _word(CLAIMABLE, "The status for this value of the label."),
        },
    }
    hold = component_rules._HOLD  # noqa: SLF001
    rule = _mapping(
        known,
        {
            **more,
            "id": _identifier("Names the rule beside others of its component."),
            "was": _one_or_more(_text("A former id of the rule."), "Former ids, so that its hold goes on."),
            **_asked(),
            "status": _said(
                {"anyOf": [status, by_count, ladder]},
                "The status that is claimed, or one label with a status for each of its values, or `at_least` with one for each number.",
            ),
            "for": _duration(hold, "How long the condition must hold before it is said."),
            "keep_firing_for": _duration(hold, "How long the claim stays after the condition ended."),
            "automation": _word(
                component_rules._RULE_AUTOMATION,  # noqa: SLF001
                "`shadow`: decided, counted and logged, and never published.",
            ),
            "cause": _body(
                "What is the cause while it claims, for the public.", maximum=causes.LONGEST_CAUSE
            ),
        },
        required=("status", *more),
    )
    return {**rule, "anyOf": _ways_to_ask(), "not": {"required": ["alert", "probe"]}}


def _incident() -> Schema:
    return _mapping(
        incidents._KNOWN,  # noqa: SLF001
        {
            "id": _identifier("Part of what marks the incident as ours."),
            "was": _one_or_more(
                _identifier("A former id of the incident."), "Former ids, so that what is open goes on."
            ),
            "components": _said(
                _list_of({"anyOf": [_text("`Group / Name`, `Group / *` or `*`."), _component_name()]}),
                "What it covers: components that have rules.",
            ),
            "title": _text("The incident's name in public.", maximum=NAME_LIMIT),
            "open_at": _word(CLAIMABLE, "The mildest status that opens it."),
            "close_at": _word(
                incidents._CLOSING,  # noqa: SLF001
                "It has recovered when everything is here or better.",
            ),
            "automation": _word(tuple(Automation), "`full` publishes it; the others publish nothing of it."),
            "monitor_for": _duration(component_rules._HOLD, "From monitoring to resolved."),  # noqa: SLF001
            "group_by": _said(
                _list_of(_text("A label.")), "Labels by whose values claims become incidents of their own."
            ),
            "on_yield": _word(
                tuple(OnYield), "What becomes of it when a person took it over and its cause is gone."
            ),
            "notify": _said(
                {
                    **_list_of(_word(tuple(Notify), "A transition.")),
                    "contains": {"const": str(Notify.OPEN)},
                    "uniqueItems": True,
                },
                "The transitions of which subscribers are told; `open` is among them.",
            ),
            "impact": _word(
                tuple(Impact), "How bad it is, said when it opens; `auto` follows the components."
            ),
            **_public_labels("the incident"),
            "texts": _said(
                _mapping(
                    incidents._TEXTS,  # noqa: SLF001
                    {
                        "investigating": _body("Said when it opens."),
                        "escalated": _body("Said when it is worse than it ever was."),
                        "identified": _body("Said when its cause is known; {cause} becomes that."),
                        "returned": _body("Said when it fires again while monitoring."),
                        "monitoring": _body("Said when everything has recovered."),
                        "resolved": _body("Said when it is over."),
                    },
                ),
                "What subscribers read; {components} becomes the names of those affected.",
            ),
        },
        required=("id", "components", "title"),
    )


def _probe() -> Schema:
    expect = _mapping(
        probes._EXPECT_KNOWN,  # noqa: SLF001
        {
            "status": _one_or_more(
                {
                    "description": "200, 2xx or 200-204.",
                    "type": ["string", "integer"],
                    "pattern": r"^\s*([1-5]xx|[1-5]\d\d( ?- ?[1-5]\d\d)?)\s*$",
                    "minimum": 100,
                    "maximum": 599,
                },
                "The status codes that are good.",
            ),
            "within": _duration(None, "How soon the whole answer must be there."),
            "body": _body("An RE2 expression that is searched for in the body.", maximum=4096),
        },
    )
    http = _mapping(
        probes._HTTP_KNOWN,  # noqa: SLF001
        {
            "url": _text("http or https; ${NAME} is a variable of the settings.", maximum=2048),
            "method": _word(tuple(probes.Method), "How it is asked."),
            "headers": {
                "type": "object",
                "description": "Headers that are sent.",
                "additionalProperties": _text("A header's value.", maximum=8192),
            },
            "expect": _said(expect, "What the answer must be; the first that is not met fails the probe."),
        },
        required=("url",),
    )
    return _mapping(
        probes._KNOWN,  # noqa: SLF001
        {
            "id": _identifier("Names the probe in rules and metrics."),
            "http": _said(http, "What is asked and expected."),
            "every": _duration(probes._EVERY, "From start to start."),  # noqa: SLF001
            "timeout": _duration(None, "When an attempt has failed; at most `every`."),
            "labels": {
                "type": "object",
                "description": "Labels of the signal; `probe` is taken.",
                "propertyNames": {"not": {"const": "probe"}},
                "additionalProperties": _text("The label's value.", maximum=4096),
            },
        },
        required=("id", "http"),
    )


def _metric() -> Schema:
    metric = _mapping(
        metrics._KNOWN,  # noqa: SLF001
        {
            "metric": _text("The metric's name on the page, or `id:…`."),
            "probe": _text("A probe by its id."),
            "value": _word(tuple(metrics.ProbeValue), "Of a probe: `latency` in seconds, or `up`, 1 or 0."),
            "query": _body("PromQL that gives one value.", maximum=10_000),
            "prometheus": _text("A Prometheus of the settings."),
            "every": _duration(metrics._EVERY, "How often the query is asked."),  # noqa: SLF001
        },
        required=("metric",),
    )
    of_probe = {"required": ["probe", "value"], "not": _any_of_keys("query", "prometheus", "every")}
    of_query = {"required": ["query", "prometheus"], "not": _any_of_keys("probe", "value")}
    return {**metric, "oneOf": [of_probe, of_query]}


def _any_of_keys(*keys: str) -> Schema:
    return {"anyOf": [{"required": [key]} for key in keys]}


def _mapping(
    known: Mapping[str, str | None], described: Mapping[str, Schema], *, required: Iterable[str] = ()
) -> Schema:
    """A mapping with exactly the keys that its reader takes.

    Raises:
        ValueError: they are not those that are described.
    """
    taken = {key for key, refused in known.items() if refused is None}
    if odd := sorted(taken ^ described.keys()):
        raise ValueError(f"keys that only the reader or only the schema has: {', '.join(odd)}")
    schema: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {key: described[key] for key in known if key in described},
    }
    return {**schema, "required": list(required)} if required else schema


def _said(schema: Schema, description: str) -> Schema:
    # Beside $ref, draft 7 passes everything over.
    return (
        {"description": description, "allOf": [schema]}
        if "$ref" in schema
        else {"description": description, **schema}
    )


def _empty_or(schema: Schema) -> Schema:
    """A section may stand there with all of its entries commented out."""
    return {"anyOf": [schema, {"type": "null"}]}


def _list_of(items: Schema) -> Schema:
    return {"type": "array", "minItems": 1, "items": items}


def _one_or_more(item: Schema, description: str) -> Schema:
    return {"description": description, "anyOf": [item, _list_of(item)]}


def _text(description: str, *, maximum: int = 255) -> Schema:
    return {"description": description, "type": _SCALAR, "pattern": r"\S", "maxLength": maximum}


def _body(description: str, *, maximum: int = BODY_LIMIT) -> Schema:
    return _text(description, maximum=maximum)


def _identifier(description: str) -> Schema:
    return {"description": description, "type": _SCALAR, "pattern": _ID}


def _word(words: Iterable[str], description: str) -> Schema:
    return {"description": description, "enum": [str(word) for word in words]}


def _duration(span: Span | None, description: str) -> Schema:
    within = f" From {format_duration(span.least)} to {format_duration(span.most)}." if span else ""
    return {
        "description": f"{description}{within}",
        "anyOf": [{"const": 0}, {"type": "string", "pattern": _DURATION}],
    }
