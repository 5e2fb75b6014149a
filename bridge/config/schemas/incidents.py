"""The schema of incidents and of the public labels that their texts show. Must not know YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bridge.config import incident_templates, incidents, public_labels, reopening, rule_defaults, updates
from bridge.config.fields import Span
from bridge.config.schemas.rules import component_name
from bridge.config.schemas.shapes import (
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
from bridge.core.rules import LowerAt, Notify, OnYield, Postmortem, WhileDrafted
from bridge.core.statuses import CLAIMABLE, Automation, Impact
from bridge.core.templates import CAUSE, COMPONENTS, PERIODS
from bridge.core.text import NAME_LIMIT, VALUE_LIMIT

if TYPE_CHECKING:
    from bridge.config.schemas.shapes import Schema

_LABEL: Final = rf"^(?!\s*({COMPONENTS}|{CAUSE}|{PERIODS})\s*$)\s*[A-Za-z_][A-Za-z0-9_]*\s*$"


def _text(description: str) -> Schema:
    """A text, or the name of a template of the page."""
    template = mapping(
        incident_templates.KNOWN,
        {
            "template": text("The name of an incident template of the page."),
            "text": body("Said where the page has none of that name."),
        },
        required=("template",),
    )
    return said({"anyOf": [body(description), template]}, description)


def _title(description: str) -> Schema:
    """A title, or the name of a template of the page that has one."""
    template = mapping(
        incident_templates.KNOWN,
        {
            "template": text("The name of an incident template of the page."),
            "text": text("The name in public where the page has none of that name.", maximum=NAME_LIMIT),
        },
        required=("template", "text"),
    )
    return said({"anyOf": [text(description, maximum=NAME_LIMIT), template]}, description)


def public_label_keys(whose: str) -> dict[str, Schema]:
    """The keys that say which labels may be shown, and how."""
    return {
        "public_labels": said(
            {
                **list_of({"type": ["string", "boolean"], "pattern": _LABEL}),
                "maxItems": public_labels.MAXIMUM_LABELS,
            },
            f"The labels of signals that the texts of {whose} may show.",
        ),
        "public_annotations": said(
            {
                **list_of({"type": ["string", "boolean"], "pattern": _LABEL}),
                "maxItems": public_labels.MAXIMUM_LABELS,
            },
            f"The annotations of alerts that the texts of {whose} may show.",
        ),
        "display": {
            "type": "object",
            "description": "For a label, the words that stand for its values.",
            "additionalProperties": {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": text("What is shown of this value.", maximum=VALUE_LIMIT),
            },
        },
    }


def covered_schema(description: str) -> Schema:
    """Names of components, and patterns over them."""
    return said(
        list_of({"anyOf": [text("`Group / Name`, `Group / *` or `*`."), component_name()]}),
        description,
    )


def incident_schema() -> Schema:
    """An incident."""
    return mapping(
        incidents._KNOWN,  # noqa: SLF001
        {
            "id": identifier("Part of what marks the incident as ours."),
            "was": one_or_more(
                identifier("A former id of the incident."), "Former ids, so that what is open goes on."
            ),
            "components": covered_schema("What it covers: components that have rules."),
            "title": _title("The incident's name in public."),
            "open_at": word(CLAIMABLE, "The mildest status that opens it."),
            "close_at": word(
                incidents._CLOSING,  # noqa: SLF001
                "It has recovered when everything is here or better.",
            ),
            "automation": word(
                tuple(Automation),
                "`full` publishes it; `draft` has a person approve it first; the others publish nothing of it.",
            ),
            "publish_after": duration(
                Span(incidents.SOONEST, incidents.MAXIMUM_HOLD),
                "After this long a draft that nobody approves is published by itself.",
            ),
            "components_while_drafted": word(
                tuple(WhileDrafted),
                "`with_draft`: what it covers gets worse on the page with the draft only.",
            ),
            "monitor_for": duration(rule_defaults.HOLD, "From monitoring to resolved."),
            "group_by": said(
                list_of(text("A label.")), "Labels by whose values claims become incidents of their own."
            ),
            "on_yield": word(
                tuple(OnYield), "What becomes of it when a person took it over and its cause is gone."
            ),
            "updates": said(
                mapping(
                    updates._KNOWN,  # noqa: SLF001
                    {
                        "every": duration(updates.EVERY, "From the last transition."),
                        "at_most": {
                            "description": "Updates in one episode.",
                            "type": "integer",
                            "minimum": 1,
                            "maximum": updates.MOST,
                        },
                    },
                    required=("every",),
                ),
                "How it is told that the incident goes on.",
            ),
            "postmortem": word(
                tuple(Postmortem), "Whether a draft of what was told is written when it is over."
            ),
            "notify": said(
                {
                    **list_of(word(tuple(Notify), "A transition.")),
                    "contains": {"const": str(Notify.OPEN)},
                    "uniqueItems": True,
                },
                "The transitions of which subscribers are told; `open` is among them.",
            ),
            "impact": word(
                tuple(Impact), "How bad it is, said when it opens; `auto` follows the components."
            ),
            "absorbs": one_or_more(
                identifier("Another incident of the page."),
                "Incidents that do not open while this one is open; their components join it.",
            ),
            "reopen_within": duration(
                reopening.LONGEST, "What fires again so soon after our resolve is told in the same incident."
            ),
            "lower_at": word(
                tuple(LowerAt), "When components without any claim are lowered: at once, or with the resolve."
            ),
            **public_label_keys("the incident"),
            "texts": said(
                mapping(
                    incidents._TEXTS,  # noqa: SLF001
                    {
                        "investigating": _text("Said when it opens."),
                        "escalated": _text("Said when it is worse than it ever was."),
                        "identified": body("Said when its cause is known; {cause} becomes that."),
                        "still": _text("Said while it goes on, as often as `updates` says."),
                        "returned": _text("Said when it fires again while monitoring."),
                        "reopened": body(
                            "Said when it goes on after its end; {periods} becomes when it lasted."
                        ),
                        "monitoring": _text("Said when everything has recovered."),
                        "resolved": _text("Said when it is over."),
                    },
                ),
                "What subscribers read; {components} becomes the names of those affected.",
            ),
        },
        required=("id", "components", "title"),
    )
