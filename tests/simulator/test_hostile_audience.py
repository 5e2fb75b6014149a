"""Nothing that a client sends to pages, groups, subscribers, metrics or providers makes the model raise, and a refusal changes nothing."""

import json
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.simulator.model import Request
from tests.simulator.desk import NOW, Desk, furnish

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.sampled_from(["", "null", "all", "ann@example.com", "+1234567890", "https://x.example", "1e999", "\u2028"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip

PAGE = ("name", "domain", "subdomain", "url", "branding", "css_reds", "time_zone", "allow_page_subscribers",
        "notifications_from_email", "notifications_email_footer")  # fmt: skip
SUBSCRIBER = ("email", "endpoint", "phone_number", "phone_country", "skip_confirmation_notification", "component_ids",
              "page_access_user")  # fmt: skip
BULK = ("subscribers", "type", "state", "skip_unsubscription_notification")
METRIC = ("name", "metric_identifier", "transform", "application_id", "suffix", "y_axis_min", "y_axis_max", "display",
          "decimal_places", "tooltip_description")  # fmt: skip
PROVIDER = ("type", "email", "password", "api_key", "api_token", "application_key", "metric_base_uri")
QUERY = ("q", "type", "state", "limit", "page", "per_page", "sort_field", "sort_direction",
         "skip_unsubscription_notification")  # fmt: skip
READS = ("", "/components", "/component-groups", "/subscribers", "/subscribers/unsubscribed", "/subscribers/count",
         "/subscribers/histogram_by_state", "/metrics", "/metrics_providers", "/incidents")  # fmt: skip


def writes(desk: Desk) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Method, path, wrapper (blank for none) and fields of each operation."""
    incident_id = desk.open(component_ids=[desk.api])["id"]
    subscriber_id = desk.simulator.add_subscriber(desk.page_id, email="old@example.com")
    (group_id,) = desk.simulator.page(desk.page_id).groups
    (provider_id,) = desk.simulator.page(desk.page_id).providers
    return [
        ("PATCH", "", "page", PAGE),
        ("PUT", f"/component-groups/{group_id}", "component_group", ("name", "description", "components")),
        ("POST", "/subscribers", "subscriber", SUBSCRIBER),
        ("PATCH", f"/subscribers/{subscriber_id}", "", ("component_ids",)),
        ("POST", "/subscribers/unsubscribe", "", BULK),
        ("POST", "/subscribers/reactivate", "", BULK),
        ("POST", "/subscribers/resend_confirmation", "", BULK),
        ("POST", f"/incidents/{incident_id}/subscribers", "subscriber", SUBSCRIBER),
        ("PATCH", f"/metrics/{desk.metric}", "metric", METRIC),
        ("POST", "/metrics_providers", "metrics_provider", PROVIDER),
        ("PUT", f"/metrics_providers/{provider_id}", "metrics_provider", PROVIDER),
        ("POST", f"/metrics_providers/{provider_id}/metrics", "metric", METRIC),
    ]


def send(desk: Desk, method: str, path: str, body: object) -> int:
    request = Request(method, f"/pages/{desk.page_id}{path}", {}, desk.headers, json.dumps(body).encode())
    response = desk.simulator.handle(request, now=NOW)
    if response.status >= 400:
        assert json.loads(response.body)["status"] == response.status < 500
    return response.status


def seen(desk: Desk) -> object:
    return [desk.ask("GET", path, query={"state": "all"}) for path in READS], len(
        desk.simulator.notifications
    )


def try_all(desk: Desk, draw: Callable[[tuple[str, ...]], object]) -> None:
    for method, path, wrapper, names in writes(desk):
        before, fields = seen(desk), draw(names)
        status = send(desk, method, path, {wrapper: fields} if wrapper else fields)
        if status >= 400:
            assert seen(desk) == before
    assert all(desk.ask("GET", path)[0] == 200 for path in READS)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_wrong_types_in_every_field_are_answered_and_change_nothing(data: st.DataObject) -> None:
    try_all(furnish(), lambda names: data.draw(st.dictionaries(st.sampled_from(names), anything, max_size=4)))


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_anything_in_place_of_the_fields_is_answered(data: st.DataObject) -> None:
    try_all(furnish(), lambda _names: data.draw(anything))


@settings(max_examples=80, deadline=None)
@given(
    query=st.dictionaries(
        st.sampled_from(QUERY), st.text(max_size=12) | st.sampled_from(["all", "primary", "²"])
    )
)
def test_any_query_is_answered(query: dict[str, str]) -> None:
    desk = furnish()
    subscriber_id = desk.simulator.add_subscriber(desk.page_id, email="old@example.com")
    for path in READS:
        assert desk.ask("GET", path, query=query)[0] in {200, 400, 422}, path
    assert desk.ask("DELETE", f"/subscribers/{subscriber_id}", query=query)[0] in {200, 422}
