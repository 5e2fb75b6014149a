"""Alertmanager's webhook: one body becomes signals, or an error that a person can act on.

The body is a snapshot of a group as far as it goes: what it lists is reported, what it does not list is not (a silenced or truncated alert is absent too), so absence never
resolves anything. Whatever the bytes are, the answer is a `Webhook` or a `WebhookError`. Annotations that no rule lists are not even decoded: they may hold secrets. Knows neither HTTP nor the
order of deliveries, which `bridge.core.signals.merge` decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from bridge.core.signals import NO_LABELS, AtExpiry, Labels, Signal, SignalState
from bridge.errors import BridgeError

if TYPE_CHECKING:
    from collections.abc import Collection

MAX_ALERTS = 10_000
"""Alerts in one body."""
MAX_LABELS = 64
"""Labels of one alert."""
MAX_LABEL_BYTES = 4096
"""Bytes of one label's name or value in UTF-8."""
MAX_ANNOTATION = 1000
"""Code points that are kept of an annotation; public texts show fewer."""
RESOLVED_KEPT = 3600.0
"""Seconds that a resolved alert is kept to put late deliveries in order."""

_MAX_MESSAGE = 300
_MAX_DETAIL = 200

_Instant = Annotated[datetime, msgspec.Meta(tz=True)]
_BEFORE_ALL = datetime.fromisoformat("0001-01-01T00:00:00+00:00")


class WebhookError(BridgeError):
    """The body is not a webhook of Alertmanager that we can use, and will not become one by being sent again."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """What one body said.

    Attributes:
        signals: one for each alert, in the order of the body.
        truncated: alerts that Alertmanager left out because of its `max_alerts`.
        group_key: Alertmanager's name of the group; may hold label values.
    """

    signals: tuple[Signal, ...]
    truncated: int
    group_key: str


class _Alert(msgspec.Struct, rename="camel"):
    status: Literal["firing", "resolved"]
    labels: dict[str, str]
    starts_at: _Instant
    ends_at: _Instant = _BEFORE_ALL
    annotations: msgspec.Raw = msgspec.Raw(b"")


class _Body(msgspec.Struct, rename="camel"):
    version: Literal["4"]
    alerts: list[_Alert]
    group_key: str = ""
    # The upper bound keeps a hostile figure out of counters, which are floats.
    truncated_alerts: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)] = 0


class _Head(msgspec.Struct):
    version: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    alerts: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_BODY = msgspec.json.Decoder(_Body)
_HEAD = msgspec.json.Decoder(_Head)
_ANNOTATIONS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_TEXT = msgspec.json.Decoder(str)

# msgspec says RecursionError for deep nesting and UnicodeDecodeError for bytes that are no UTF-8.
_UNDECODABLE = (msgspec.MsgspecError, RecursionError, ValueError)


def parse_webhook(
    body: bytes, *, source: str, now: float, expiry: float, annotations: Collection[str] = ()
) -> Webhook:
    """Read the body of a webhook of Alertmanager, version 4 of its format (0.25 to 0.33; Alertmanager documentation, `webhook_config`).

    Unknown fields are ignored: newer versions add some, such as `notification_reason`.

    Args:
        body: the bytes as received; their total length is the front's concern.
        source: name of the source for the signals.
        now: our clock, Unix seconds.
        expiry: seconds after which a firing alert that nobody repeated is no longer known; more than Alertmanager's `repeat_interval`.
        annotations: the names of those that are kept.

    Raises:
        WebhookError: for everything that is not such a body; the text names the place and never holds a label's value.
    """
    try:
        decoded = _BODY.decode(body)
    except _UNDECODABLE as error:
        raise WebhookError(_complaint(body, error)) from None
    if len(decoded.alerts) > MAX_ALERTS:
        raise WebhookError(
            f"{len(decoded.alerts)} alerts in one body, more than the {MAX_ALERTS} accepted - at `$.alerts`; "
            "group by more labels, or set max_alerts in Alertmanager's webhook_config"
        )
    signals = tuple(
        _signal(
            alert, place=f"$.alerts[{index}]", source=source, now=now, expiry=expiry, annotations=annotations
        )
        for index, alert in enumerate(decoded.alerts)
    )
    return Webhook(signals=signals, truncated=decoded.truncated_alerts, group_key=decoded.group_key)


def _signal(
    alert: _Alert, *, place: str, source: str, now: float, expiry: float, annotations: Collection[str]
) -> Signal:
    labels = _labels(alert.labels, place)
    name = _one_line(labels.get("alertname")) or "an alert without a name"
    began = alert.starts_at.timestamp()
    if alert.status == "firing":
        return Signal(
            source=source,
            labels=labels,
            state=SignalState.FAILING,
            since=began,
            received_at=now,
            expires_at=now + expiry,
            detail=f"{name} is firing",
            annotations=_listed(alert.annotations, annotations),
        )
    return Signal(
        source=source,
        labels=labels,
        state=SignalState.OK,
        # Senders other than Alertmanager forget endsAt; what was resolved did not end before it began.
        since=max(alert.ends_at.timestamp(), began),
        received_at=now,
        expires_at=now + RESOLVED_KEPT,
        at_expiry=AtExpiry.FORGOTTEN,
        detail=f"{name} is resolved",
    )


def _listed(annotations: msgspec.Raw, names: Collection[str]) -> Labels:
    """The annotations of these names, as far as they are texts: what is only for show refuses no alert."""
    if not names or not bytes(annotations):
        return NO_LABELS
    found = {}
    try:
        for name, value in _ANNOTATIONS.decode(annotations).items():
            if name in names:
                found[name] = _TEXT.decode(value)[:MAX_ANNOTATION]
    except _UNDECODABLE:
        return NO_LABELS
    return Labels(found)


def _labels(values: dict[str, str], place: str) -> Labels:
    if len(values) > MAX_LABELS:
        raise WebhookError(f"{len(values)} labels, more than the {MAX_LABELS} accepted - at `{place}.labels`")
    for name, value in values.items():
        if _too_long(name) or _too_long(value):
            raise WebhookError(
                f"a label's name or value has more than the {MAX_LABEL_BYTES} bytes accepted - at `{place}.labels[...]`"
            )
    labels = Labels(values)
    if not labels:
        # All alerts without labels would share one fingerprint. Alertmanager itself refuses them.
        raise WebhookError(f"an alert without labels - at `{place}.labels`")
    return labels


def _too_long(text: str) -> bool:
    # A code point has at most four bytes, so almost every label is settled without encoding it.
    return len(text) * 4 > MAX_LABEL_BYTES and len(text.encode()) > MAX_LABEL_BYTES


def _one_line(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text[:_MAX_DETAIL]).strip()


def _complaint(body: bytes, error: Exception) -> str:
    """What is wrong with a body that did not decode, in words for the person who set up the sender."""
    try:
        head = _HEAD.decode(body)
    except msgspec.ValidationError:
        return "the body is JSON but not an object; expected the webhook of Alertmanager, version 4"
    except RecursionError:
        return "the body is nested too deeply"
    except _UNDECODABLE as malformed:
        return _cut(f"the body is not JSON: {_plain(malformed)}")
    return _wrong_version(head) or _cut(f"not a webhook of Alertmanager, version 4: {_plain(error)}")


def _wrong_version(head: _Head) -> str | None:
    if isinstance(head.version, msgspec.UnsetType):
        if head.alerts is msgspec.UNSET:
            return (
                "the body has neither `version` nor `alerts`; expected the webhook of Alertmanager, version 4: "
                "is its body replaced by a custom template, or is the sender not Alertmanager?"
            )
        return "the body has no `version`; expected the webhook of Alertmanager, version 4 - at `$.version`"
    try:
        version = msgspec.json.decode(head.version, type=str)
    except _UNDECODABLE:
        given = "not a string"
    else:
        if version == "4":
            return None
        given = f'"{_one_line(version[:20])}"'
    return f'the version of the body is {given}, expected "4": is the sender an Alertmanager of 0.25 or later? - at `$.version`'


def _plain(error: Exception) -> str:
    if isinstance(error, UnicodeError):
        return "a text is not UTF-8"
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return _one_line(str(error))


def _cut(message: str) -> str:
    return message if len(message) <= _MAX_MESSAGE else message[: _MAX_MESSAGE - 1] + "…"
