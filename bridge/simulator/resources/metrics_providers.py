"""Metrics providers: list, create, get, change, delete, and the metrics of one.

Nothing is ever fetched. Credentials are asked for as the type needs them, and forgotten.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bridge.simulator.fields import Fields
from bridge.simulator.messages import Answer
from bridge.simulator.records.encoding import as_list
from bridge.simulator.records.metrics_providers import MetricsProvider, ProviderType
from bridge.simulator.resources.metric_fields import new_metric, read_metric
from bridge.simulator.routing import Call, Route

_SECRETS = frozenset({"password", "api_key", "api_token", "application_key"})
_CREDENTIALS = sorted(_SECRETS | {"email"})  # a set's order is another one in another process
_HIDDEN = "(hidden)"
_LONGEST_URI = 2048
_WRAPPER = "metrics_provider"

# Alternatives, the newer first: the document's text and the vendor's older pages ask for different ones.
_NEEDED: Mapping[ProviderType, tuple[frozenset[str], ...]] = {
    ProviderType.PINGDOM: (
        frozenset({"api_token"}),
        frozenset({"email", "password", "application_key"}),
    ),
    ProviderType.NEW_RELIC: (frozenset({"api_key", "metric_base_uri"}),),
    ProviderType.LIBRATO: (frozenset({"email", "api_token"}),),
    ProviderType.DATADOG: (
        frozenset({"api_key", "api_token", "metric_base_uri"}),
        frozenset({"api_key", "application_key", "metric_base_uri"}),
    ),
    ProviderType.SELF: (frozenset(),),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edit:
    type: ProviderType | None
    metric_base_uri: str | None
    sent: frozenset[str]


def list_providers(call: Call) -> Answer:
    """Answer with the page's providers; this list has no pagination."""
    return Answer(200, as_list(provider.written() for provider in call.listed_page.providers.values()))


def create_provider(call: Call) -> Answer:
    """Make a provider."""
    page = call.page
    fields = Fields(call.wrapped(_WRAPPER))
    edit = _read(fields, creating=True)
    _ask_for_credentials(fields, edit, metric_base_uri=edit.metric_base_uri)
    fields.finish()
    provider = MetricsProvider(
        id=call.account.identifiers.draw(),
        page_id=page.id,
        type=edit.type or ProviderType.SELF,
        created_at=call.now,
        updated_at=call.now,
        metric_base_uri=edit.metric_base_uri,
        last_revalidated_at=call.now if edit.sent else None,
    )
    page.providers[provider.id] = provider
    return Answer(201, provider.written())


def get_provider(call: Call) -> Answer:
    """Answer with one provider."""
    return Answer(200, _provider(call).written())


def change_provider(call: Call) -> Answer:
    """Change type and address; credentials that come along count as checked anew."""
    provider = _provider(call)
    fields = Fields(call.wrapped(_WRAPPER))
    edit = _read(fields, creating=False)
    metric_base_uri = edit.metric_base_uri if fields.given("metric_base_uri") else provider.metric_base_uri
    if edit.type not in {None, provider.type}:
        _ask_for_credentials(fields, edit, metric_base_uri=metric_base_uri)
    fields.finish()
    before = (provider.type, provider.metric_base_uri, provider.last_revalidated_at)
    provider.type = edit.type or provider.type
    provider.metric_base_uri = metric_base_uri
    if edit.sent:
        provider.last_revalidated_at = call.now
    if (provider.type, provider.metric_base_uri, provider.last_revalidated_at) != before:
        provider.updated_at = call.now
    return Answer(200, provider.written())


def delete_provider(call: Call) -> Answer:
    """Delete a provider with its metrics, and answer with it."""
    page, provider = call.page, _provider(call)
    del page.providers[provider.id]
    for metric in [*page.metrics.values()]:
        if metric.provider_id == provider.id:
            del page.metrics[metric.id]
    return Answer(200, provider.written())


def list_metrics(call: Call) -> Answer:
    """Answer with the metrics of a provider."""
    page = call.listed_page
    provider = call.target(page.providers, "metrics_provider_id")
    metrics = [metric for metric in page.metrics.values() if metric.provider_id == provider.id]
    return Answer(200, as_list(metric.written() for metric in call.one_page_of(metrics)))


def create_metric(call: Call) -> Answer:
    """Make a metric; this is the only way to one."""
    page, provider = call.page, _provider(call)
    draft = read_metric(Fields(call.wrapped("metric")), provider)
    metric = new_metric(call.account.identifiers, provider, draft, now=call.now)
    page.metrics[metric.id] = metric
    return Answer(201, metric.written())


def without_secrets(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a request's body as the ledger may keep it: it is written to be read by others."""
    sent = body.get(_WRAPPER)
    if not isinstance(sent, dict) or _SECRETS.isdisjoint(sent):
        return body
    shown = {name: _HIDDEN if name in _SECRETS else value for name, value in sent.items()}
    return {**body, _WRAPPER: shown}


def _provider(call: Call) -> MetricsProvider:
    return call.target(call.page.providers, "metrics_provider_id")


def _read(fields: Fields, *, creating: bool) -> _Edit:
    sent = {name for name in _CREDENTIALS if fields.text(name, maximum=_LONGEST_URI)}
    return _Edit(
        type=fields.choice("type", ProviderType, required=creating or fields.given("type")),
        metric_base_uri=fields.text("metric_base_uri", maximum=_LONGEST_URI) or None,
        sent=frozenset(sent),
    )


def _ask_for_credentials(fields: Fields, edit: _Edit, *, metric_base_uri: str | None) -> None:
    if edit.type is None:
        return
    present = edit.sent | ({"metric_base_uri"} if metric_base_uri else set())
    alternatives = _NEEDED[edit.type]
    if not any(needed <= present for needed in alternatives):
        for name in sorted(alternatives[0] - present):
            if not fields.wrong(name):
                fields.refuse(name, f"can't be blank for {edit.type}")


_ALL = "/pages/{page_id}/metrics_providers"
_ONE = "/pages/{page_id}/metrics_providers/{metrics_provider_id}"

ROUTES = (
    Route("GET", _ALL, list_providers),
    Route("POST", _ALL, create_provider),
    Route("GET", _ONE, get_provider),
    Route("PATCH", _ONE, change_provider),
    Route("PUT", _ONE, change_provider),
    Route("DELETE", _ONE, delete_provider),
    Route("GET", f"{_ONE}/metrics", list_metrics),
    Route("POST", f"{_ONE}/metrics", create_metric),
)
