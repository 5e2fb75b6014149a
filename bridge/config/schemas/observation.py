"""The schema of probes, queries and metrics. Must not know YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.config import metrics, probes, queries
from bridge.config.schemas.shapes import (
    any_of_keys,
    body,
    duration,
    identifier,
    mapping,
    one_or_more,
    said,
    text,
    word,
)
from bridge.core.observation import OWN_LABELS

if TYPE_CHECKING:
    from bridge.config.schemas.shapes import Schema


def probe_schema() -> Schema:
    """A probe."""
    expect = mapping(
        probes._EXPECT_KNOWN,  # noqa: SLF001
        {
            "status": one_or_more(
                {
                    "description": "200, 2xx or 200-204.",
                    "type": ["string", "integer"],
                    "pattern": r"^\s*([1-5]xx|[1-5]\d\d( ?- ?[1-5]\d\d)?)\s*$",
                    "minimum": 100,
                    "maximum": 599,
                },
                "The status codes that are good.",
            ),
            "within": duration(None, "How soon the whole answer must be there."),
            "body": body("An RE2 expression that is searched for in the body.", maximum=4096),
        },
    )
    http = mapping(
        probes._HTTP_KNOWN,  # noqa: SLF001
        {
            "url": text("http or https; ${NAME} is a variable of the settings.", maximum=2048),
            "method": word(tuple(probes.Method), "How it is asked."),
            "headers": {
                "type": "object",
                "description": "Headers that are sent.",
                "additionalProperties": text("A header's value.", maximum=8192),
            },
            "expect": said(expect, "What the answer must be; the first that is not met fails the probe."),
        },
        required=("url",),
    )
    return mapping(
        probes._KNOWN,  # noqa: SLF001
        {
            "id": identifier("Names the probe in rules and metrics."),
            "http": said(http, "What is asked and expected."),
            "every": duration(probes._EVERY, "From start to start."),  # noqa: SLF001
            "timeout": duration(None, "When an attempt has failed; at most `every`."),
            "labels": _labels(),
        },
        required=("id", "http"),
    )


def query_schema() -> Schema:
    """A query."""
    return mapping(
        queries._KNOWN,  # noqa: SLF001
        {
            "id": identifier("Names the query in rules."),
            "query": body("PromQL that gives one value.", maximum=queries.LONGEST_EXPRESSION),
            "prometheus": text("A Prometheus of the settings."),
            "every": duration(queries._EVERY, "How often it is asked."),  # noqa: SLF001
            "labels": _labels(),
        },
        required=("id", "query", "prometheus"),
    )


def _labels() -> Schema:
    taken = ", ".join(f"`{label}`" for label in OWN_LABELS)
    return {
        "type": "object",
        "description": f"Labels of the signal; {taken} are taken.",
        "propertyNames": {"not": {"anyOf": [{"const": label} for label in OWN_LABELS]}},
        "additionalProperties": text("The label's value.", maximum=4096),
    }


def metric_schema() -> Schema:
    """A metric."""
    metric = mapping(
        metrics._KNOWN,  # noqa: SLF001
        {
            "metric": text("The metric's name on the page, or `id:…`."),
            "probe": text("A probe by its id."),
            "value": word(tuple(metrics.ProbeValue), "Of a probe: `latency` in seconds, or `up`, 1 or 0."),
            "query": body("PromQL that gives one value.", maximum=10_000),
            "prometheus": text("A Prometheus of the settings."),
            "every": duration(metrics._EVERY, "How often the query is asked."),  # noqa: SLF001
        },
        required=("metric",),
    )
    of_probe = {"required": ["probe", "value"], "not": any_of_keys("query", "prometheus", "every")}
    of_query = {"required": ["query", "prometheus"], "not": any_of_keys("probe", "value")}
    return {**metric, "oneOf": [of_probe, of_query]}
