"""Set-up: what a test or a demo puts onto a page by hand, and what no call of the API can do.

Must not know requests: these calls cost no budget and leave no trace in the ledgers.
"""

from collections.abc import Iterable

from bridge.simulator.account import Account, Token, move
from bridge.simulator.rate_window import RateWindow
from bridge.simulator.records.components import StatusChange
from bridge.simulator.records.metrics import Metric
from bridge.simulator.records.pages import Page
from bridge.simulator.records.subscribers import SubscriberMode, SubscriberState
from bridge.simulator.resources import (
    metrics,
)
from bridge.simulator.resources.subscriptions import Addresses, furnish, settle
from bridge.simulator.statuses import ComponentStatus


class Furnishing:
    """The set-up calls of an account."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def page(self, page_id: str) -> Page:
        """Return a page.

        Raises:
            KeyError: There is no such page.
        """
        return self._account.pages[page_id]

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
