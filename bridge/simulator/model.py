"""The fake Statuspage as a pure machine: a request and the time go in, an answer comes out.

Must not know sockets, files or clocks. The same seed and the same calls give the same answers, byte for byte. Faults
belong between a transport and this model, never in it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from bridge.simulator.account import Account, Token, move
from bridge.simulator.decoding import decode
from bridge.simulator.identifiers import Identifiers
from bridge.simulator.ledgers import Arrival, Notification
from bridge.simulator.messages import (
    JSON_HEADERS,
    Answer,
    RefusedError,
    Request,
    Response,
    not_allowed,
    not_found,
    too_many,
)
from bridge.simulator.options import MetadataPatch, Options
from bridge.simulator.rate_window import RateWindow
from bridge.simulator.records.components import Component, StatusChange
from bridge.simulator.records.incidents import Incident
from bridge.simulator.records.metrics import Metric
from bridge.simulator.records.pages import Page
from bridge.simulator.records.subscribers import SubscriberMode, SubscriberState
from bridge.simulator.refusals import refuse
from bridge.simulator.resources import (
    component_groups,
    components,
    incident_subscribers,
    incident_updates,
    incidents,
    metrics,
    metrics_providers,
    out_of_scope,
    pages,
    postmortems,
    subscriber_bulk,
    subscribers,
    templates,
)
from bridge.simulator.resources.incident_transitions import advance
from bridge.simulator.resources.subscriptions import Addresses, furnish, settle
from bridge.simulator.routing import Call, Route, RoutingTable
from bridge.simulator.statuses import ComponentStatus

__all__ = ["MetadataPatch", "Options", "Request", "Response", "Simulator"]

_PREFIX = "/v1"
_NO_HEADERS: Mapping[str, str] = {}
_NOT_AUTHENTICATED = 401
_READING = frozenset({"GET", "HEAD"})
_WITHOUT_BODY = frozenset({"GET", "HEAD", "DELETE"})


@dataclass(slots=True)
class _Trace:
    """What the arrival log will say of a request, filled in as far as the request comes."""

    token: Token | None = None
    template: str | None = None
    targets: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None


class Simulator:
    """One instance of the service. Set-up calls and reads cost no budget and leave no trace in the logs.

    `arrivals` and `notifications` are append-only. Records that the reads return are alive: look, do not change.
    """

    def __init__(self, seed: int = 0, options: Options | None = None) -> None:
        self._account = Account(options or Options(), Identifiers(seed))
        self._lag = self._account.options.list_lag
        self._routes = RoutingTable(
            route
            for resource in (
                pages,
                components,
                component_groups,
                incidents,
                incident_updates,
                postmortems,
                templates,
                metrics,
                metrics_providers,
                subscribers,
                subscriber_bulk,
                incident_subscribers,
                out_of_scope,
            )
            for route in resource.ROUTES
        )

    # -- requests ------------------------------------------------------------------------------------------------

    def handle(self, request: Request, *, now: float, fault: str | None = None) -> Response:
        """Answer one request that arrives at `now` (seconds since 1970).

        Never raises for anything that a client can send: what is wrong is answered with 4xx. `fault` is written into the
        ledger and changes nothing.
        """
        return self._serve(request, now=now, fault=fault, instead=None)

    def turn_away(self, request: Request, answer: Response, *, now: float, fault: str) -> Response:
        """Answer a request with what a fault says, before it had any effect.

        It has arrived all the same: it stands in the ledger and fills the rate window, and over the limit it is refused as
        any other.
        """
        return self._serve(request, now=now, fault=fault, instead=answer)

    def advance(self, now: float) -> None:
        """Let everything happen that is due until `now`, each at its own instant: reminders, and steps of maintenances.

        Requests do it by themselves. Whoever looks at a page in another way does it first.
        """
        advance(self._account, now=now)

    def _serve(
        self, request: Request, *, now: float, fault: str | None, instead: Response | None
    ) -> Response:
        self.advance(now)
        found = self._find(request)
        trace = _Trace() if found is None else _Trace(template=found[0].template, targets=found[1])
        try:
            self._admit(request, trace, now=now)
            if instead is not None:
                response = instead
            else:
                answer = self._answer(request, None if found is None else found[0], trace, now=now)
                headers = JSON_HEADERS if answer.text else _NO_HEADERS
                response = Response(answer.status, headers, answer.text.encode())
        except RefusedError as refused:
            response = refuse(refused, self._account.options, now=now)
            if instead is not None and refused.status == _NOT_AUTHENTICATED:
                response = instead  # an outage does not tell who would have been let in
        if request.method == "HEAD":
            response = Response(response.status, response.headers, b"")
        self._account.arrivals.append(
            Arrival(
                at=now,
                token=None if trace.token is None else trace.token.text,
                method=request.method,
                path=request.path,
                template=trace.template,
                targets=trace.targets,
                body=None if trace.body is None else metrics_providers.without_secrets(trace.body),
                status=response.status,
                fault=fault,
            )
        )
        return response

    def _admit(self, request: Request, trace: _Trace, *, now: float) -> None:
        token = self._account.tokens.get(_presented_token(request))
        if token is None:
            raise RefusedError(_NOT_AUTHENTICATED, "Could not authenticate")
        trace.token = token
        # Counted before anything else is known of the request: what is refused below has used the budget too.
        retry_after = token.window.arrive(now)
        if retry_after:
            raise too_many(self._account.options.rate_limit_status, retry_after)

    def _answer(self, request: Request, route: Route | None, trace: _Trace, *, now: float) -> Answer:
        token = trace.token
        if route is None or token is None:
            known = self._routes.methods(request.path.removeprefix(_PREFIX))
            raise not_allowed(known) if known else not_found()
        if request.method not in _WITHOUT_BODY:
            trace.body = decode(request.body, content_type=request.header("Content-Type"))
        if self._lag and request.method not in _READING:
            self._keep_version(trace.targets, now=now)
        return route.handler(
            Call(
                account=self._account,
                token=token,
                targets=trace.targets,
                query=request.query,
                body=trace.body or {},
                now=now,
            )
        )

    def _find(self, request: Request) -> tuple[Route, dict[str, str]] | None:
        # As behind Rails, HEAD is GET without the body.
        method = "GET" if request.method == "HEAD" else request.method
        return self._routes.find(method, request.path.removeprefix(_PREFIX))

    def _keep_version(self, targets: Mapping[str, str], *, now: float) -> None:
        page = self._account.pages.get(targets.get("page_id", ""))
        if page is not None:
            self._account.versions.keep(page, now=now, seconds=self._lag)

    # -- set-up --------------------------------------------------------------------------------------------------

    def add_token(self, token: str, page_ids: Iterable[str] | None = None) -> None:
        """Let an API token in, for the pages named or for all there are and will be."""
        options = self._account.options
        window = RateWindow(
            limit=options.rate_limit, seconds=options.rate_window, count_rejected=options.count_rejected
        )
        reach = None if page_ids is None else frozenset(page_ids)
        self._account.tokens[token] = Token(token, reach, window)

    def remove_token(self, token: str) -> None:
        """Revoke an API token."""
        del self._account.tokens[token]

    def add_page(
        self,
        name: str,
        *,
        now: float = 0.0,
        url: str | None = None,
        description: str | None = None,
        time_zone: str = "UTC",
    ) -> str:
        """Make a page and return its identifier."""
        identifier = self._account.identifiers.draw()
        subdomain = "".join(letter for letter in name.lower() if letter.isascii() and letter.isalnum())
        self._account.pages[identifier] = Page(
            id=identifier,
            name=name,
            created_at=now,
            updated_at=now,
            subdomain=subdomain or identifier,
            url=url,
            description=description,
            time_zone=time_zone,
        )
        return identifier

    def add_group(self, page_id: str, name: str, *, description: str | None = None, now: float = 0.0) -> str:
        """Make a component group and return its identifier; give it a component next, as none may be empty."""
        group = self._account.new_group(self.page(page_id), name, now=now)
        group.description = description
        return group.id

    def add_component(
        self,
        page_id: str,
        name: str,
        *,
        group: str | None = None,
        status: ComponentStatus | str = ComponentStatus.OPERATIONAL,
        description: str | None = None,
        now: float = 0.0,
    ) -> str:
        """Make a component and return its identifier; `group` is a group's identifier, or its name.

        A group's name that the page lacks makes the group.

        Raises:
            ValueError: No such status.
        """
        page, shown = self.page(page_id), ComponentStatus(status)
        inside = None
        if group is not None:
            named = (known for known in page.groups.values() if group in {known.id, known.name})
            inside = next(named, None) or self._account.new_group(page, group, now=now)
        component = self._account.new_component(page, name, status=shown, now=now)
        component.description = description
        component.showcase = True
        move(page, component, inside, now=now)
        return component.id

    def add_status_history(
        self, page_id: str, component_id: str, changes: Iterable[tuple[float, ComponentStatus | str]]
    ) -> None:
        """Give a component a past: pairs of an instant and the status from then on.

        The latest change, from here or from the calls so far, is its status now.
        """
        component = self.page(page_id).components[component_id]
        past = [StatusChange(at, ComponentStatus(status)) for at, status in changes]
        component.changes[:] = sorted([*component.changes, *past], key=lambda change: change.at)
        component.status = component.changes[-1].status
        component.created_at = min(component.created_at, component.changes[0].at)
        component.touch(component.updated_at)

    def add_metric(
        self,
        page_id: str,
        name: str,
        suffix: str = "",
        *,
        decimal_places: int = 0,
        description: str | None = None,
        display: bool = True,
        now: float = 0.0,
    ) -> str:
        """Make a metric that takes points by the API (provider "Self") and return its identifier."""
        identifier = self._account.identifiers.draw()
        self.page(page_id).metrics[identifier] = Metric(
            id=identifier,
            page_id=page_id,
            provider_id=self._account.own_provider(self.page(page_id), now=now).id,
            name=name,
            suffix=suffix,
            created_at=now,
            updated_at=now,
            display=display,
            tooltip_description=description,
            decimal_places=decimal_places,
        )
        return identifier

    def add_metric_points(self, page_id: str, metric_id: str, points: Iterable[tuple[float, float]]) -> None:
        """Give a metric a past: (instant, value), cast to the grid like all points."""
        metric = self.page(page_id).metrics[metric_id]
        for instant, value in points:
            metric.put(metrics.cast_to_grid(int(instant)), value)

    def add_subscriber(
        self,
        page_id: str,
        *,
        email: str | None = None,
        endpoint: str | None = None,
        phone_number: str | None = None,
        channel: str | None = None,
        mode: SubscriberMode | str | None = None,
        workspace_name: str | None = None,
        state: SubscriberState | str = SubscriberState.ACTIVE,
        component_ids: Iterable[str] = (),
        incident_id: str | None = None,
        now: float = 0.0,
    ) -> str:
        """Make a subscriber of a page, or of one of its incidents, of any kind and in any state; return its identifier.

        Without a `mode`, the address tells the kind; a `channel` alone is one of Slack.

        Raises:
            ValueError: No such kind or state, no address of that kind, or one that is taken.
            KeyError: No such page or incident.
        """
        page = self.page(page_id)
        table = page.subscribers if incident_id is None else page.incidents[incident_id].subscribers
        addresses = Addresses(email, endpoint, phone_number, channel)
        subscriber = addresses.subscriber(
            self._account.identifiers.draw(),
            mode=addresses.mode if mode is None else SubscriberMode(mode),
            component_ids=tuple(component_ids),
            workspace_name=workspace_name,
            now=now,
        )
        furnish(table, subscriber, SubscriberState(state), now=now)
        return subscriber.id

    def settle_subscriber(
        self, page_id: str, subscriber_id: str, state: SubscriberState | str, *, now: float
    ) -> None:
        """Do to a page's subscriber what no call can: confirm it, or put it into quarantine.

        Raises:
            ValueError: No such state.
            KeyError: No such page or subscriber.
        """
        settle(self.page(page_id).subscribers, subscriber_id, SubscriberState(state), now=now)

    # -- reading -------------------------------------------------------------------------------------------------

    @property
    def arrivals(self) -> list[Arrival]:
        """The ledger of requests: one entry for each that reached the server."""
        return self._account.arrivals

    @property
    def options(self) -> Options:
        """How it answers what nobody has recorded."""
        return self._account.options

    @property
    def templates(self) -> frozenset[str]:
        """The path templates of all operations."""
        return self._routes.templates

    def template_of(self, request: Request) -> str | None:
        """Return the path template of the operation that a request asks for, None if there is none."""
        found = self._find(request)
        return None if found is None else found[0].template

    @property
    def tokens(self) -> tuple[str, ...]:
        """The API tokens, in the order in which they were let in."""
        return (*self._account.tokens,)

    @property
    def notifications(self) -> list[Notification]:
        """The ledger: one entry for each time that subscribers would have been notified."""
        return self._account.notifications

    @property
    def pages(self) -> Mapping[str, Page]:
        """Every page by its identifier, in order of creation."""
        return MappingProxyType(self._account.pages)

    def page(self, page_id: str) -> Page:
        """Return a page.

        Raises:
            KeyError: There is no such page.
        """
        return self._account.pages[page_id]

    def component(self, page_id: str, name: str) -> Component:
        """Return a component by "Group / Component" or a name that is unique on its page.

        Raises:
            KeyError: No component has that name, or more than one.
        """
        return self.page(page_id).component(name)

    def incidents(self, page_id: str) -> list[Incident]:
        """Return a page's incidents, in the order in which they were made."""
        return [*self.page(page_id).incidents.values()]

    def metric_points(self, page_id: str, metric_id: str) -> dict[int, float]:
        """Return a metric's points, by instant in order of time."""
        return dict(sorted(self.page(page_id).metrics[metric_id].points.items()))


def _presented_token(request: Request) -> str:
    scheme, _, key = request.header("Authorization").partition(" ")
    if scheme.lower() == "oauth":
        return key.strip()
    return request.query.get("api_key", "")
