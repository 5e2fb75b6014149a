"""Properties of the reading of answers, whatever a server sends."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.intents import RATE_LIMIT_STATUSES, Done, Failure, NotSent, Unknown
from bridge.statuspage.answers import read_answer, read_failure
from bridge.statuspage.errors import MAX_CHARACTERS
from bridge.statuspage.models import Incident
from bridge.statuspage.transport import Response, TransportError

DECODER = msgspec.json.Decoder(Incident)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
incident_like: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"id": st.text(max_size=3) | st.none()},
    optional=dict.fromkeys(("name", "status", "metadata", "incident_updates", "components"), json_values),
)


def as_json(document: object) -> bytes:
    try:
        return msgspec.json.encode(document)
    except (ValueError, OverflowError):
        return b"{}"


bodies = st.binary(max_size=200) | json_values.map(as_json) | incident_like.map(as_json)
headers = st.dictionaries(st.sampled_from(["Retry-After", "Date"]), st.text(max_size=40))
statuses = st.integers(min_value=100, max_value=999)
heads = st.none() | st.builds(Response, statuses, headers)


@given(response=st.builds(Response, statuses, headers, bodies))
def test_no_answer_is_turned_into_an_exception_and_a_5xx_never_into_not_sent(response: Response) -> None:
    outcome = read_answer(response, DECODER)
    match outcome:
        case Done(body):
            assert 200 <= response.status < 300
            assert isinstance(body, Incident)
            assert body.id
            assert isinstance(body.name, str)
            assert isinstance(body.metadata, dict)
            assert isinstance(body.components, tuple)
            assert isinstance(body.incident_updates, tuple)
        case NotSent(message=message, retry_after=retry_after):
            assert 400 <= response.status < 500
            assert response.status not in {408, 409}
            assert retry_after is None or retry_after >= 0
            assert len(message) <= MAX_CHARACTERS
            assert message.isprintable()
        case Unknown(message=message):
            assert response.status not in RATE_LIMIT_STATUSES
            assert len(message) <= MAX_CHARACTERS
            assert message.isprintable()


@given(
    failure=st.sampled_from([failure for failure in Failure if failure is not Failure.REFUSED]),
    detail=st.text(),
    head=heads,
)
def test_a_request_that_may_have_been_written_is_never_not_sent_unless_the_limit_answered(
    failure: Failure, detail: str, head: Response | None
) -> None:
    outcome = read_failure(TransportError(failure, detail, head=head))
    limited = head is not None and head.status in RATE_LIMIT_STATUSES
    assert isinstance(outcome, NotSent if limited else Unknown)


@given(status=st.integers(min_value=200, max_value=299), body=bodies, cut=st.integers(min_value=1))
def test_a_success_cut_anywhere_is_done_only_if_what_is_left_is_whole(
    status: int, body: bytes, cut: int
) -> None:
    left = body[: max(0, len(body) - cut)]
    assert not isinstance(read_answer(Response(status, {}, left), DECODER), NotSent)
