"""The JSON Schema of a rule file, by which an editor completes keys, explains them and marks mistakes while somebody writes.

The keys are those of the readers: a key that a reader takes and that is not described here is an error when the schema is made, and so is one that no reader takes. What no schema can say (what
another file declares, matchers, regular expressions, how two values go together) is left to `bridge check`; the schema refuses nothing that `bridge check` accepts. A test holds both
with random documents. Must not know YAML.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bridge.config import rule_defaults, rulefile
from bridge.config.lint_names import Lint
from bridge.config.schemas.incidents import incident_schema, public_label_keys
from bridge.config.schemas.maintenances import maintenance_schema
from bridge.config.schemas.observation import metric_schema, probe_schema, query_schema
from bridge.config.schemas.rules import component_rule_schema, component_schema, condition_schema, rule_schema
from bridge.config.schemas.shapes import ID, duration, empty_or, list_of, mapping, said, text, word
from bridge.config.schemas.windows import schedule_schema, silence_schema, window_schema

if TYPE_CHECKING:
    from bridge.config.schemas.shapes import Schema

DIALECT: Final = "http://json-schema.org/draft-07/schema#"
"""Draft 7: what editors know best."""


def rule_file_schema() -> Schema:
    """The schema of one document of a rule file."""
    top = mapping(
        rulefile._KNOWN,  # noqa: SLF001 - the readers' own tables are the one source
        {
            "page": text("The page that the document is for: its name in the settings, or its id."),
            "components": said(
                empty_or(
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
            "rules": said(
                empty_or(list_of({"$ref": "#/definitions/rule"})),
                "Rules that name their component themselves, or take it from a label.",
            ),
            "conditions": said(
                empty_or(
                    {
                        "type": "object",
                        "propertyNames": {"pattern": ID},
                        "additionalProperties": {"$ref": "#/definitions/condition"},
                    }
                ),
                "Conditions by name, for `all` and `any`. Each may use those above it.",
            ),
            **public_label_keys("the incidents of this document that say nothing else"),
            "incidents": said(
                empty_or(list_of({"$ref": "#/definitions/incident"})),
                "What becomes a public incident, over which components, and what is said in it.",
            ),
            "probes": said(
                empty_or(list_of({"$ref": "#/definitions/probe"})),
                "HTTP checks of the bridge's own. They belong to no page.",
            ),
            "queries": said(
                empty_or(list_of({"$ref": "#/definitions/query"})),
                "PromQL whose values rules compare with a threshold. They belong to no page.",
            ),
            "metrics": said(
                empty_or(list_of({"$ref": "#/definitions/metric"})),
                "Metrics of the page, and the probe or query whose values they show.",
            ),
            "maintenances": said(
                empty_or(list_of({"$ref": "#/definitions/maintenance"})),
                "Maintenances that are announced on the page, once or again and again.",
            ),
            "disable_lints": said(
                list_of(word(Lint, "A lint by its name.")),
                "Warnings of `bridge check` that are not to be told of this file.",
            ),
            "silences": said(
                empty_or(list_of({"$ref": "#/definitions/silence"})),
                "Signals that count for nothing for a while.",
            ),
            "defaults": said(
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
            "component_rule": component_rule_schema(),
            "rule": rule_schema(),
            "condition": condition_schema(),
            "component": component_schema(),
            "incident": incident_schema(),
            "probe": probe_schema(),
            "query": query_schema(),
            "metric": metric_schema(),
            "maintenance": maintenance_schema(),
            "silence": silence_schema(),
            "window": window_schema(),
            "schedule": schedule_schema(),
        },
    }


def _defaults() -> Schema:
    return mapping(
        rule_defaults._KNOWN,  # noqa: SLF001
        {
            "for": duration(rule_defaults.HOLD, "`for` of component rules."),
            "keep_firing_for": duration(rule_defaults.HOLD, "`keep_firing_for` of component rules."),
            "automation": word(
                rule_defaults.RULE_AUTOMATION,
                "How much rules and incidents may do by themselves.",
            ),
        },
    )
