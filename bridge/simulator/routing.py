"""Finds the handler of a method and path, and what a handler is given.

Must not know any resource: each brings its own routes, and the model joins them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bridge.simulator.account import Account, Token
from bridge.simulator.messages import Answer, RefusedError, not_found, wrong_page
from bridge.simulator.records.pages import Page

Item = TypeVar("Item")

DEFAULT_PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated request whose route is known; `targets` are the identifiers from the path."""

    account: Account
    token: Token
    targets: Mapping[str, str]
    query: Mapping[str, str]
    body: Mapping[str, Any]
    now: float

    @property
    def page(self) -> Page:
        """Return the page of the path.

        Raises:
            RefusedError: 404, there is no such page; 404 or as the options say, it is someone else's.
        """
        page = self.account.pages.get(self.targets["page_id"])
        if page is None:
            raise not_found()
        if not self.token.may_touch(page.id):
            raise wrong_page(self.account.options.wrong_page_status)
        return page

    @property
    def listed_page(self) -> Page:
        """Return the page of the path as lists show it, which may lag behind; look, do not change.

        Raises:
            RefusedError: as for `page`.
        """
        page, lag = self.page, self.account.options.list_lag
        return page if not lag else self.account.versions.as_of(page, self.now - lag)

    def target(self, table: Mapping[str, Item], name: str) -> Item:
        """Return the record that the path names.

        Raises:
            RefusedError: 404, there is none.
        """
        record = table.get(self.targets[name])
        if record is None:
            raise not_found()
        return record

    def wrapped(self, name: str) -> Mapping[str, Any]:
        """Return the map under the body's wrapper key.

        Raises:
            RefusedError: 400, the wrapper is missing or no map.
        """
        inner = self.body.get(name)
        if not isinstance(inner, dict):
            raise RefusedError(400, f"param is missing or the value is empty: {name}")
        return inner

    def one_page_of(
        self, items: Sequence[Item], *, size: str = "per_page", maximum: int = 100, first: int = 1
    ) -> Sequence[Item]:
        """Cut a list as `page` (from `first`) and the parameter named by `size` ask; nonsense counts as not sent."""
        count = min(_at_least(1, self.query.get(size), DEFAULT_PAGE_SIZE), maximum)
        start = (_at_least(first, self.query.get("page"), first) - first) * count
        return items[start : start + count]


def _at_least(least: int, text: str | None, default: int) -> int:
    # isdecimal alone takes other scripts' digits, which int() reads too; the length bounds the work.
    if text is None or not text.isdecimal() or len(text) > 9:  # noqa: PLR2004
        return default
    return int(text) if int(text) >= least else default


def segments_of(path: str) -> tuple[str, ...]:
    """Cut a path or path template into its segments; `/v1` before it and `.json` behind it mean nothing."""
    return tuple(path.removeprefix("/v1").removesuffix(".json").strip("/").split("/"))


Handler = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation: a method, a path template such as `/pages/{page_id}`, and who answers it."""

    method: str
    template: str
    handler: Handler


@dataclass(slots=True)
class _Node:
    literal: dict[str, "_Node"] = field(default_factory=dict)
    parameter: "_Node | None" = None
    name: str = ""
    routes: dict[str, Route] = field(default_factory=dict)


class RoutingTable:
    """All routes as a tree of path segments; a literal segment wins over a parameter."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        self.templates: frozenset[str] = frozenset()
        for route in routes:
            self._add(route)

    def _add(self, route: Route) -> None:
        node = self._root
        for segment in route.template.strip("/").split("/"):
            if segment.startswith("{"):
                if node.parameter is None:
                    node.parameter = _Node(name=segment[1:-1])
                elif node.parameter.name != segment[1:-1]:
                    raise ValueError(f"{route.template}: {segment} is named otherwise by another route")
                node = node.parameter
            else:
                node = node.literal.setdefault(segment, _Node())
        if route.method in node.routes:
            raise ValueError(f"{route.method} {route.template} is there twice")
        node.routes[route.method] = route
        self.templates |= {route.template}

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """Return the route and the path's identifiers by name, or None; `.json` at the end means nothing."""
        targets: dict[str, str] = {}
        node = self._node(path, targets)
        route = None if node is None else node.routes.get(method)
        return None if route is None else (route, targets)

    def methods(self, path: str) -> tuple[str, ...]:
        """Return the methods that a path knows, sorted; none for a path that leads nowhere."""
        node = self._node(path, {})
        return () if node is None else tuple(sorted(node.routes))

    def _node(self, path: str, targets: dict[str, str]) -> _Node | None:
        node = self._root
        for segment in path.removesuffix(".json").strip("/").split("/"):
            following = node.literal.get(segment)
            if following is None:
                following = node.parameter
                if following is None or not segment:
                    return None
                targets[following.name] = segment
            node = following
        return node
