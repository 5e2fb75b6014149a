"""What the names in rule files mean on a page that was read: nothing, one thing or several, and what comes close. Must not know how a page is read, nor what follows from it."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.config.lint_names import Lint
from bridge.config.names import ID_PREFIX, normalise, own_name
from bridge.config.problems import shown
from bridge.core.observed import ObservedComponent, resolve_component, resolve_metric
from bridge.core.rules import ComponentName

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bridge.config.lock import PageIds
    from bridge.config.problems import Placed, Problems

TEMPLATE = "incident template"
_CLOSE = 0.6
_MOST = 3
_LONGEST = 100
"""Characters of a name that is compared; the comparison is quadratic in them."""


@dataclass(frozen=True, slots=True)
class Named:
    """The names that the rules of one page use, each where it stands first.

    Attributes:
        components: of components.
        metrics: of metrics.
        templates: of incident templates; these are never bound, and may be written anew under their names.
        page: the page's own, as written; None where no document says one.
    """

    components: tuple[Placed[str], ...] = ()
    metrics: tuple[Placed[str], ...] = ()
    templates: tuple[Placed[str], ...] = ()
    page: Placed[str] | None = None


@dataclass(frozen=True, slots=True)
class OnThePage:
    """What a page has of one kind.

    Attributes:
        kind: "component", "metric" or "incident template".
        called: what each is called in public, by id.
        names: ids by each name that a rule file may use; several where it is ambiguous.
    """

    kind: str
    called: Mapping[str, str]
    _components: dict[str, ObservedComponent] = field(default_factory=dict)

    def meant(self, name: str) -> tuple[str, ...]:
        """The ids that a name can mean, exactly as the daemon sees it."""
        if self.kind == "metric":
            return resolve_metric(name, dict(self.called))
        if self.kind == TEMPLATE:
            return tuple(one for one, called in self.called.items() if called == name)
        return resolve_component(ComponentName(name), self._components)

    def close(self, name: str) -> tuple[str, ...]:
        """What comes closest to a name, the best first: the same in other letters or in another group, then what is spelled nearly so."""
        wanted = normalise(name).casefold()
        folded: dict[str, str] = {}
        for called in self.called.values():
            folded.setdefault(normalise(called).casefold(), called)
        same = [called for one, called in folded.items() if own_name(one) == own_name(wanted)]
        near = difflib.get_close_matches(
            wanted[:_LONGEST], [one for one in folded if len(one) <= _LONGEST], n=_MOST, cutoff=_CLOSE
        )
        return tuple(dict.fromkeys([*same, *(folded[one] for one in near)]))[:_MOST]


def components_of(rows: Iterable[tuple[str, str, str]]) -> OnThePage:
    """The components of a page: id, name, and the name of its group or an empty text."""
    components = {
        identifier: ObservedComponent(identifier, name, group, None, read_at=0.0)
        for identifier, name, group in rows
    }
    called = {identifier: one.display_name for identifier, one in components.items()}
    return OnThePage("component", called, components)


def metrics_of(rows: Iterable[tuple[str, str]]) -> OnThePage:
    """The metrics of a page: id and name."""
    return OnThePage("metric", dict(rows))


def templates_of(rows: Iterable[tuple[str, str]]) -> OnThePage:
    """The incident templates of a page: id and name."""
    return OnThePage(TEMPLATE, dict(rows))


def check_names(
    names: Iterable[Placed[str]], ids: Mapping[str, Placed[str]], page: OnThePage, problems: Problems
) -> None:
    """Report the names that mean nothing on the page, or several things, and ids of the lock that are not there.

    Args:
        names: that the rules use.
        ids: what the lock binds.
        page: what the page has.
        problems: where it is reported.
    """
    for name in names:
        locked = ids.get(name.value)
        if locked is None:
            _check_name(name, page, problems)
            continue
        meant = page.meant(name.value)
        if locked.value not in page.called:
            message = f"{shown(name.value)} is bound to {locked.value}, and the page has no such {page.kind}"
            problems.add(locked.place, message, _rebind(meant, page))
        elif meant and locked.value not in meant:
            calls = shown(page.called[locked.value])
            message = f"{shown(name.value)} is bound to {locked.value}, which the page calls {calls}"
            hint = f"{', '.join(meant)} is called {shown(name.value)} there; make sure which one is meant"
            problems.warn(locked.place, message, hint, lint=Lint.RENAMED_ON_PAGE)


def _rebind(meant: tuple[str, ...], page: OnThePage) -> str:
    if len(meant) == 1:
        return f"bridge bind would bind it to {meant[0]}, which has that name"
    return f"no single {page.kind} has that name now; name another one in the rules, or bring it back"


def _check_name(name: Placed[str], page: OnThePage, problems: Problems) -> None:
    meant = page.meant(name.value)
    if len(meant) == 1:
        return
    if meant:
        listed = ", ".join(f"id:{one} ({shown(page.called[one])})" for one in meant)
        message = f"{shown(name.value)} is the name of {len(meant)} {page.kind}s of the page"
        hint = (
            f"write Group / Name, or the id: {listed}"
            if page.kind != TEMPLATE
            else "rename one of them there"
        )
        problems.add(name.place, message, hint)
        return
    if name.value.startswith(ID_PREFIX):
        problems.add(name.place, f"the page has no {page.kind} with the id {name.value[len(ID_PREFIX) :]}")
        return
    close = page.close(name.value)
    hint = (
        f"did you mean {' or '.join(map(shown, close))}?"
        if close
        else f"the page has {len(page.called)} {page.kind}s"
    )
    problems.add(name.place, f"the page has no {page.kind} {shown(name.value)}", hint)


def bound_anew(names: Iterable[Placed[str]], ids: Mapping[str, str], page: OnThePage) -> dict[str, str]:
    """The ids of names, as they are to be bound.

    What is bound and on the page stays, though the page calls it something else. What is not is bound if it means exactly one thing; else it keeps what it had, so that nothing is
    guessed.
    """
    bound: dict[str, str] = {}
    for name in names:
        if name.value.startswith(ID_PREFIX):
            continue
        before = ids.get(name.value)
        if before is not None and before in page.called:
            bound[name.value] = before
            continue
        meant = page.meant(name.value)
        if len(meant) == 1:
            bound[name.value] = meant[0]
        elif before is not None:
            bound[name.value] = before
    return bound


def ids_of(ids: PageIds | None, *, metrics: bool = False) -> Mapping[str, Placed[str]]:
    """What a lock binds of one kind."""
    if ids is None:
        return {}
    return ids.metrics if metrics else ids.components
