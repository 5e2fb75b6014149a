"""`bridge bind PATH...`: the ids of what the rules name, written beside them, so that a rename on the page changes nothing."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bridge.cli.exits import Exit, WrongUseError
from bridge.config.files import LOCK_NAME
from bridge.config.lock import lock_text
from bridge.config.problems import Problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from bridge.cli.statuspage.connection import Connection
    from bridge.cli.statuspage.session import Session
    from bridge.config.compile import LoadedRules
    from bridge.config.naming import Named, OnThePage

    Ids = Mapping[str, str]
    Pages = dict[str, tuple[str, Ids, Ids]]


@dataclass(slots=True)
class _Binding:
    """One call of the command: what the lock file said, what it is to say, and what went wrong."""

    path: Path
    loaded: LoadedRules
    pages: Pages
    problems: Problems = field(default_factory=Problems)
    lines: list[str] = field(default_factory=list)


def bind_names(paths: Sequence[Path], connection: Connection, *, check: bool) -> Exit:
    """Bind the names of all pages that the rules are for, and write or compare the lock file.

    Raises:
        BridgeError: the rules cannot be used, or a page cannot be read.
    """
    from bridge.cli.page_names import connections, read_page
    from bridge.cli.statuspage.verbs import perform
    from bridge.config.compile import load_rules

    loaded = load_rules(paths)
    path = paths[0] / LOCK_NAME if paths[0].is_dir() else paths[0].with_name(LOCK_NAME)
    binding = _Binding(path, loaded, _pages_before(loaded, path))
    for page, way in connections(loaded.named, connection).items():

        async def work(session: Session, page: str = page) -> None:
            _bind_page(binding, page, session.page, await read_page(session))

        perform(work, way)
    text = lock_text({page_id: ids for page_id, ids in binding.pages.items() if ids[1] or ids[2]})
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    changed = text != before
    if changed and not check:
        _put(path, text)
    _tell(binding, changed=changed, check=check)
    if binding.problems.errors:
        return Exit.FAILED
    return Exit.CHANGES if check and changed else Exit.GOOD


def _pages_before(loaded: LoadedRules, path: Path) -> Pages:
    """What this lock file binds; other lock files among the rules keep what they have."""
    here = os.path.realpath(path)
    return {
        page_id: (
            ids.page,
            {name: one.value for name, one in ids.components.items() if _is_in(one.place.path, here)},
            {name: one.value for name, one in ids.metrics.items() if _is_in(one.place.path, here)},
        )
        for page_id, ids in loaded.locks.items()
    }


def _is_in(file: str, here: str) -> bool:
    return os.path.realpath(file) == here


def _bind_page(binding: _Binding, page: str, page_id: str, found: tuple[OnThePage, OnThePage]) -> None:
    from bridge.config.naming import bound_anew, check_names, ids_of

    components, metrics = found
    named: Named = binding.loaded.named[page]
    locked = binding.loaded.locks.get(page_id)
    _, components_before, metrics_before = binding.pages.get(page_id, (page, {}, {}))
    after: list[Ids] = []
    lines: list[str] = []
    for names, mine, there, is_metrics in (
        (named.components, components_before, components, False),
        (named.metrics, metrics_before, metrics, True),
    ):
        everywhere = ids_of(locked, metrics=is_metrics)
        elsewhere = everywhere.keys() - mine.keys()
        own = [name for name in names if name.value not in elsewhere]
        bound = bound_anew(own, mine, there)
        after.append(bound)
        lines += _differences(mine, bound, there)
        # What has just been bound is no problem any more.
        kept = {name: one for name, one in everywhere.items() if bound.get(name, one.value) == one.value}
        check_names(
            [name for name in names if bound.get(name.value) in {None, mine.get(name.value)}],
            kept,
            there,
            binding.problems,
        )
    binding.pages[page_id] = (page, after[0], after[1])
    binding.lines += [f"{page} ({page_id}):", *(f"  {line}" for line in lines or ["nothing changes"])]


def _differences(before: Ids, after: Ids, there: OnThePage) -> Iterator[str]:
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old is None:
            yield f"+ {there.kind} {name}: {new}"
        elif new is None:
            yield f"- {there.kind} {name}: {old} (no rule names it)"
        elif old != new:
            yield f"~ {there.kind} {name}: {new} instead of {old}, which is not on the page"
        elif (calls := there.called.get(new, name)) not in {name, name.rpartition(" / ")[2]}:
            yield f"= {there.kind} {name}: {new}, which the page calls {calls}"


def _tell(binding: _Binding, *, changed: bool, check: bool) -> None:
    _write(sys.stdout, binding.lines)
    said = ("would change" if check else "written: commit it") if changed else "up to date"
    _write(sys.stdout, [f"{binding.path}: {said}"])
    _write(sys.stderr, [*binding.problems.errors, *binding.problems.warnings])


def _write(stream: object, lines: Iterable[object]) -> None:
    for line in lines:
        print(line, file=stream)  # type: ignore[call-overload]


def _put(path: Path, text: str) -> None:
    """Write the whole file or nothing of it: a daemon may be reading it."""
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise WrongUseError(f"{path}: cannot be written: {error.strerror}") from None
