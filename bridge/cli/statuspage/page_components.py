"""The components of a page, named as people name them, and the statuses that are set on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.cli.exits import WrongUseError
from bridge.cli.statuspage.naming import Candidate, NamingError, the_one
from bridge.config.problems import shown
from bridge.core.statuses import ComponentStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bridge.cli.statuspage.session import Session
    from bridge.statuspage.api import Component

SEE = "bridge statuspage components list"


@dataclass(frozen=True, slots=True)
class Change:
    """A component, and the status that it shall get; None where it is only listed."""

    component: Component
    status: ComponentStatus | None


@dataclass(frozen=True, slots=True)
class PageComponents:
    """All components of a page, and the names of its groups by id."""

    components: tuple[Component, ...]
    groups: dict[str, str]

    def called(self, component: Component) -> str:
        """`Group / Name`, or the name of one without a group."""
        group = self.groups.get(component.group_id or "", "")
        return f"{group} / {component.name}" if group else component.name

    def names(self, component_ids: Iterable[str]) -> list[str]:
        """The names of these; an id of none stays an id."""
        by_id = {component.id: component for component in self.components}
        return [self.called(by_id[one]) if one in by_id else one for one in component_ids]

    def moves(self, component_ids: Iterable[str], group_id: str | None, into: str) -> str:
        """What those would leave that stand in another group than this one: a line for each, and for each group that would be empty then."""
        known = {component.id: component for component in self.components}
        leaving = [known[one] for one in component_ids if known[one].group_id not in {None, group_id}]
        lines = [
            f"{one.name}: {self.groups.get(one.group_id or '', one.group_id)} → {into}" for one in leaving
        ]
        gone = {one.id for one in leaving}
        lines += [
            f"nothing is left in {self.groups.get(left or '', left)}"
            for left in dict.fromkeys(one.group_id for one in leaving)
            if all(one.id in gone for one in self.components if one.group_id == left)
        ]
        return "\n".join(lines)

    def one(self, text: str) -> Component:
        """The component that is meant.

        Raises:
            NamingError: none is called that, or several are.
        """
        candidates = [
            Candidate(component, component.id, (self.called(component), component.name))
            for component in self.components
        ]
        try:
            return the_one(text, candidates, kind="component", see=SEE)
        except NamingError:
            if text.strip() in self.groups.values():
                raise NamingError(
                    f"{shown(text)} is a group (hint: name its components, as {shown(f'{text} / …')})"
                ) from None
            raise

    def several(self, texts: Sequence[str]) -> tuple[str, ...]:
        """The ids of the components that are meant, each once.

        Raises:
            NamingError: one of them is none, or several.
        """
        return tuple(dict.fromkeys(self.one(text).id for text in texts))

    def changes(self, texts: Sequence[str]) -> tuple[Change, ...]:
        """What `NAME=STATUS` and `NAME` mean, in their order.

        Raises:
            NamingError: a name means none, or several.
            WrongUseError: a status is none, or a component is named twice.
        """
        changes = tuple(self._change(text) for text in texts)
        named = [change.component.id for change in changes]
        for change in changes:
            if named.count(change.component.id) > 1:
                raise WrongUseError(f"{shown(self.called(change.component))} is named twice; nothing is done")
        return changes

    def _change(self, text: str) -> Change:
        name, divider, status = text.rpartition("=")
        if not divider:
            return Change(self.one(text), None)
        try:
            return Change(self.one(text), None)  # a name may hold the sign itself
        except NamingError:
            pass
        return Change(self.one(name), component_status(status.strip()))

    def told(self, changes: Sequence[Change]) -> str:
        """What would become of them, a line for each."""
        return "\n".join(
            f"{self.called(change.component)}: "
            + (
                f"{change.component.status or 'official status'} → {change.status}"
                if change.status is not None
                else f"{change.component.status or 'official status'} (not changed)"
            )
            for change in changes
        )


def component_status(word: str) -> ComponentStatus:
    """A component's status.

    Raises:
        WrongUseError: there is none of that name.
    """
    try:
        return ComponentStatus(word)
    except ValueError:
        raise WrongUseError(
            f"{shown(word)} is no status of a component (hint: one of {', '.join(ComponentStatus)})"
        ) from None


async def read_components(session: Session) -> PageComponents:
    """Read all components of the page."""
    rows = [row async for row in session.api.components.list(session.page)]
    return PageComponents(
        tuple(row for row in rows if not row.group), {row.id: row.name for row in rows if row.group}
    )


async def read_grouped(session: Session) -> PageComponents:
    """The same, with the groups of a page whose list of components does not hold them; a call more only then."""
    components = await read_components(session)
    missing = {one.group_id for one in components.components if one.group_id} - components.groups.keys()
    if not missing:
        return components
    groups = {group.id: group.name async for group in session.api.component_groups.list(session.page)}
    return PageComponents(components.components, {**groups, **components.groups})
