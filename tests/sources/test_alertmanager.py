"""Bodies of webhooks: what they say, and what is wrong with them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.core.signals import AtExpiry, Labels, Merge, Signal, SignalState, merge
from bridge.sources.alertmanager import (
    MAX_ALERTS,
    MAX_LABEL_BYTES,
    MAX_LABELS,
    Webhook,
    WebhookError,
    parse_webhook,
)

NOW = 1_700_000_000.0
EXPIRY = 18_000.0
ZERO = "0001-01-01T00:00:00Z"


def alert(**changes: Any) -> dict[str, Any]:
    return {
        "status": "firing",
        "labels": {"alertname": "CheckoutErrors", "severity": "critical", "instance": "10.1.2.3:9100"},
        "annotations": {"summary": "canary: the password is hunter2"},
        "startsAt": "2023-11-14T22:00:00.123456789Z",
        "endsAt": ZERO,
        "generatorURL": "http://prometheus.example/graph?g0.expr=up",
        "fingerprint": "9a4a9c5a4b4c4d4e",
        **changes,
    }


def body(*alerts: dict[str, Any], **changes: Any) -> bytes:
    """A body with all the fields that Alertmanager 0.25 sends."""
    return json.dumps(
        {
            "receiver": "bridge",
            "status": "firing",
            "alerts": list(alerts),
            "groupLabels": {"alertname": "CheckoutErrors"},
            "commonLabels": {"alertname": "CheckoutErrors"},
            "commonAnnotations": {},
            "externalURL": "http://alertmanager.example:9093",
            "version": "4",
            "groupKey": '{}:{alertname="CheckoutErrors"}',
            "truncatedAlerts": 0,
            **changes,
        }
    ).encode()


def parsed(raw: bytes) -> Webhook:
    return parse_webhook(raw, source="alertmanager", now=NOW, expiry=EXPIRY)


def refused(raw: bytes) -> str:
    with pytest.raises(WebhookError) as raised:
        parsed(raw)
    return str(raised.value)


def test_a_firing_alert_is_a_failing_signal_until_its_expiry() -> None:
    webhook = parsed(body(alert()))
    assert webhook.group_key == '{}:{alertname="CheckoutErrors"}'
    assert webhook.truncated == 0
    assert webhook.signals == (
        Signal(
            source="alertmanager",
            labels=Labels(
                {"alertname": "CheckoutErrors", "severity": "critical", "instance": "10.1.2.3:9100"}
            ),
            state=SignalState.FAILING,
            since=1_699_999_200.123457,
            received_at=NOW,
            expires_at=NOW + EXPIRY,
            at_expiry=AtExpiry.UNKNOWN,
            detail="CheckoutErrors is firing",
        ),
    )


def test_a_resolved_alert_is_ok_since_its_end_and_forgotten_after_an_hour() -> None:
    (signal,) = parsed(body(alert(status="resolved", endsAt="2023-11-14T22:10:00Z"))).signals
    assert (signal.state, signal.since) == (SignalState.OK, 1_699_999_800.0)
    assert (signal.expires_at, signal.at_expiry) == (NOW + 3600, AtExpiry.FORGOTTEN)
    assert signal.detail == "CheckoutErrors is resolved"


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="0.25: without a reason"),
        pytest.param({"notification_reason": "new_alerts"}, id="0.33: notification_reason"),
        pytest.param({"notification_reason": {"kind": ["of", "another", "shape"]}}, id="an unknown field of any shape"),
        pytest.param({"groupKey": '{}/{team=~"shop|web"}:{}'}, id="another key of the group"),
    ],
)  # fmt: skip
def test_every_version_s_body_is_read(changes: dict[str, Any]) -> None:
    webhook = parsed(body(alert(), alert(status="resolved", endsAt="2023-11-14T22:10:00Z"), **changes))
    assert [signal.state for signal in webhook.signals] == [SignalState.FAILING, SignalState.OK]


def test_a_body_with_the_fewest_fields_is_read() -> None:
    raw = {
        "version": "4",
        "alerts": [{"status": "firing", "labels": {"a": "b"}, "startsAt": "2023-11-14T22:00:00Z"}],
    }
    assert len(parsed(json.dumps(raw).encode()).signals) == 1


def test_an_empty_group_says_nothing() -> None:
    assert parsed(body()).signals == ()


def test_truncated_alerts_are_counted_and_say_nothing() -> None:
    webhook = parsed(body(alert(), truncatedAlerts=7))
    assert (len(webhook.signals), webhook.truncated) == (1, 7)


@pytest.mark.parametrize(
    ("text", "since"),
    [
        pytest.param("2023-11-14T22:13:20Z", 1_700_000_000.0, id="whole seconds"),
        pytest.param("2023-11-14T22:13:20.5Z", 1_700_000_000.5, id="one digit"),
        pytest.param("2023-11-14T22:13:20.000000001Z", 1_700_000_000.0, id="nanoseconds are rounded to microseconds"),
        pytest.param("2023-11-15T03:43:20+05:30", 1_700_000_000.0, id="an offset with minutes"),
        pytest.param("2023-11-14T10:13:20.25-12:00", 1_700_000_000.25, id="an offset west"),
        pytest.param("0001-01-01T00:00:00+05:00", -62_135_614_800.0, id="the zero time of Go east of Greenwich"),
        pytest.param("9999-12-31T23:59:59Z", 253_402_300_799.0, id="the last second of all"),
    ],
)  # fmt: skip
def test_every_form_of_rfc_3339_is_an_instant(text: str, since: float) -> None:
    (signal,) = parsed(body(alert(startsAt=text))).signals
    assert signal.since == since


def test_a_resolve_without_an_end_counts_from_its_beginning_and_still_resolves() -> None:
    (firing,) = parsed(body(alert())).signals
    (resolved,) = parsed(body(alert(status="resolved"))).signals
    assert resolved.since == firing.since
    assert merge(firing, resolved) == (resolved, Merge.CHANGED)


def test_label_names_and_values_are_any_text() -> None:
    labels = {"größe der/Störung": "日本語 \u202e{{ 7*7 }} <b>", "e": "", "🛒": "x" * MAX_LABEL_BYTES}
    (signal,) = parsed(body(alert(labels=labels))).signals
    assert dict(signal.labels) == {
        "größe der/Störung": "日本語 \u202e{{ 7*7 }} <b>",
        "🛒": "x" * MAX_LABEL_BYTES,
    }
    assert signal.detail == "an alert without a name is firing"


def test_a_detail_is_one_short_line_and_holds_no_annotation() -> None:
    (signal,) = parsed(body(alert(labels={"alertname": "a\nb\u202e" + "c" * 4000}))).signals
    assert signal.detail.startswith("a b ccc")
    assert len(signal.detail) < 250
    assert "canary" not in repr(parsed(body(alert())))


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        pytest.param(b"", "the body is not JSON: Input data was truncated", id="nothing"),
        pytest.param(body(alert())[:-30], "the body is not JSON: Input data was truncated", id="half a body"),
        pytest.param(b"\xff\xfe{}", "the body is not JSON: JSON is malformed: invalid character (byte 0)", id="no JSON"),
        pytest.param(b"alert=1", "the body is not JSON: JSON is malformed: invalid character (byte 0)", id="a form"),
        pytest.param(b"[]", "the body is JSON but not an object; expected the webhook of Alertmanager, version 4", id="a list"),
        pytest.param(b'{"version": "4", "alerts": [NaN]}', "the body is not JSON: JSON is malformed: invalid character (byte 28)", id="NaN"),
        pytest.param(b'{"x": ' + b"[" * 200_000, "the body is nested too deeply", id="deep nesting"),
        pytest.param(b'{"text": "CheckoutErrors is firing"}', "the body has neither `version` nor `alerts`; expected the webhook of Alertmanager, version 4: is its body replaced by a custom template, or is the sender not Alertmanager?", id="a custom template"),
        pytest.param(b'{"alerts": []}', "the body has no `version`; expected the webhook of Alertmanager, version 4 - at `$.version`", id="no version"),
        pytest.param(body(version="3"), 'the version of the body is "3", expected "4": is the sender an Alertmanager of 0.25 or later? - at `$.version`', id="another version"),
        pytest.param(body(version=4), 'the version of the body is not a string, expected "4": is the sender an Alertmanager of 0.25 or later? - at `$.version`', id="Grafana's number"),
        pytest.param(b'{"version": %s}' % (b"4" * 5000), 'the version of the body is not a string, expected "4": is the sender an Alertmanager of 0.25 or later? - at `$.version`', id="5,000 digits for the version"),
        pytest.param(b'{"version": "4", "alerts": [], "truncatedAlerts": %s}' % (b"9" * 5000), "not a webhook of Alertmanager, version 4: Integer value out of range - at `$.truncatedAlerts`", id="5,000 digits for a count"),
        pytest.param(body(truncatedAlerts=-1), "not a webhook of Alertmanager, version 4: Expected `int` >= 0 - at `$.truncatedAlerts`", id="a negative count"),
        pytest.param(body(alerts=None), "not a webhook of Alertmanager, version 4: Expected `array`, got `null` - at `$.alerts`", id="no list of alerts"),
        pytest.param(body(alert(), alert(status="pending")), "not a webhook of Alertmanager, version 4: Invalid enum value 'pending' - at `$.alerts[1].status`", id="an unknown state"),
        pytest.param(body(alert(labels={"a": 1})), "not a webhook of Alertmanager, version 4: Expected `str`, got `int` - at `$.alerts[0].labels[...]`", id="a label that is no text"),
        pytest.param(body(alert(labels=None)), "not a webhook of Alertmanager, version 4: Expected `object`, got `null` - at `$.alerts[0].labels`", id="no labels"),
        pytest.param(body(alert(labels={})), "an alert without labels - at `$.alerts[0].labels`", id="an empty set of labels"),
        pytest.param(body(alert(labels={"a": ""})), "an alert without labels - at `$.alerts[0].labels`", id="only empty labels"),
        pytest.param(body(alert(startsAt="yesterday")), "not a webhook of Alertmanager, version 4: Invalid RFC3339 encoded datetime - at `$.alerts[0].startsAt`", id="no instant"),
        pytest.param(body(alert(startsAt="2023-11-14T22:00:00")), "not a webhook of Alertmanager, version 4: Expected `datetime` with a timezone component - at `$.alerts[0].startsAt`", id="an instant without a time zone"),
        pytest.param(body(alert(startsAt="2023-02-30T22:00:00Z")), "not a webhook of Alertmanager, version 4: Invalid RFC3339 encoded datetime - at `$.alerts[0].startsAt`", id="a day that does not exist"),
        pytest.param(body(alert(labels={"a": "\ud800"})), "the body is not JSON: JSON is malformed: unexpected end of hex escape (byte 98)", id="a lone surrogate"),
        pytest.param(body(alert(labels={"a": "b"})).replace(b'"b"', b'"\xff"'), "not a webhook of Alertmanager, version 4: a text is not UTF-8", id="a label that is not UTF-8"),
        pytest.param(body(alert(labels={f"l{number}": "x" for number in range(MAX_LABELS + 1)})), "65 labels, more than the 64 accepted - at `$.alerts[0].labels`", id="too many labels"),
        pytest.param(body(alert(), alert(labels={"a": "é" * 2049})), "a label's name or value has more than the 4096 bytes accepted - at `$.alerts[1].labels[...]`", id="a value that is too long in bytes"),
        pytest.param(body(alert(labels={"a" * 4097: "b"})), "a label's name or value has more than the 4096 bytes accepted - at `$.alerts[0].labels[...]`", id="a name that is too long"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_body_is_said_with_its_place(raw: bytes, message: str) -> None:
    assert refused(raw) == message


def test_more_alerts_than_accepted_are_refused_with_the_way_out() -> None:
    one = json.dumps(alert()).encode()
    raw = b'{"version": "4", "alerts": [' + b",".join([one] * (MAX_ALERTS + 1)) + b"]}"
    assert refused(raw).startswith(
        "10001 alerts in one body, more than the 10000 accepted - at `$.alerts`; group by"
    )


def test_ten_thousand_alerts_are_read() -> None:
    raw = body(*(alert(labels={"alertname": "A", "n": str(number)}) for number in range(MAX_ALERTS)))
    assert len({signal.key for signal in parsed(raw).signals}) == MAX_ALERTS


def test_a_message_is_never_long() -> None:
    assert len(refused(body(alert(status="x" * 100_000)))) <= 300


def test_no_message_holds_a_label_s_value() -> None:
    assert "hunter2" not in refused(body(alert(labels={"a": "hunter2", "b": 1})))
    assert "hunter2" not in refused(body(alert(labels={"a": "hunter2" * 1000})))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["firing", "resolved", "\ud800", "2023-11-14T22:00:00Z"]) | st.just("4"),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["version", "alerts", "status", "labels", "startsAt", "endsAt", "x"]), inner, max_size=5),
    max_leaves=12,
)  # fmt: skip


def survives(raw: bytes) -> None:
    message = "fine"
    signals: tuple[Signal, ...] = ()
    try:
        signals = parsed(raw).signals
    except WebhookError as error:
        message = str(error)
    assert 0 < len(message) <= 300
    assert all(signal.labels for signal in signals)


@given(raw=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    survives(raw)


@settings(max_examples=100, deadline=None)
@given(
    changes=st.dictionaries(st.sampled_from(["version", "alerts", "groupKey", "truncatedAlerts", "x"]), _JSON)
)
def test_any_json_in_any_field_is_read_or_refused(changes: dict[str, Any]) -> None:
    survives(body(alert(), **changes))


@settings(max_examples=100, deadline=None)
@given(changes=st.dictionaries(st.sampled_from(["status", "labels", "startsAt", "endsAt", "x"]), _JSON))
def test_any_json_in_any_field_of_an_alert_is_read_or_refused(changes: dict[str, Any]) -> None:
    survives(body(alert(**changes)))


@given(data=st.data())
def test_a_valid_body_with_bytes_changed_is_read_or_refused(data: st.DataObject) -> None:
    raw = bytearray(body(alert(), alert(status="resolved", endsAt="2023-11-14T22:10:00Z")))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    survives(bytes(raw[: data.draw(st.integers(0, len(raw)))]))
