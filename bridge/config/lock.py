"""`ids.lock.yaml`: which id of a page each name in the rule files means. Written by `bridge bind`, committed beside the rules, read with them.

A page's part stands under the page's id, so that the same rules may be used for a copy of the page that has a part of its own. Must not know which names the rules use, nor what is on
a page.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from bridge.config.document import Scalar, read_documents
from bridge.config.fields import Fields, read_fields, read_mapping, read_text
from bridge.config.files import LOCK_NAME
from bridge.config.lint_names import Lint
from bridge.config.names import NamingError, component_name, identified
from bridge.config.problems import Placed, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from collections.abc import Mapping as Table

    from bridge.config.document import Node
    from bridge.config.files import RuleFile
    from bridge.config.problems import Problems

_HEAD: Final = """\
# Which id of the page each name in the rule files beside this one means: while a name stands here, a rename on the page changes nothing.
# Written by `bridge bind`. Commit it with the rules; see "Names and ids" in docs/rules.md.
"""
_ID = re.compile(r"[a-z0-9]{12}", re.ASCII)
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*( (/|[A-Za-z0-9_-]+))*", re.ASCII)
_NO_TEXT = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_PAGE_KNOWN = {"page": None, "components": None, "metrics": None}


@dataclass(slots=True)
class PageIds:
    """What is bound on one page.

    Attributes:
        page: as the rule files call it.
        components: ids by the names of components.
        metrics: ids by the names of metrics.
    """

    page: str
    components: dict[str, Placed[str]] = field(default_factory=dict)
    metrics: dict[str, Placed[str]] = field(default_factory=dict)


Locks = dict[str, PageIds]
"""By the page's id."""


def read_locks(files: Iterable[RuleFile], problems: Problems) -> Locks:
    """What all lock files say together. A name that stands in two of them is a problem that names both places."""
    locks: Locks = {}
    for file in files:
        for node in read_documents(file.path, file.content, problems):
            if isinstance(node, Scalar) and node.is_null:
                continue
            mapping = read_mapping(node, problems, what="a lock file", example="run bridge bind")
            for key, value in mapping.entries if mapping else ():
                _read_page(key, value, problems, locks)
    return locks


def _read_page(key: Scalar, node: Node, problems: Problems, locks: Locks) -> None:
    page_id = _read_id(key, problems, what="a page's id")
    fields = read_fields(
        node, problems, what="a page of a lock file", known=_PAGE_KNOWN, example="run bridge bind"
    )
    if page_id is None or fields is None:
        return
    page = fields.need_text("page", "it is what the rule files call the page")
    ids = locks.setdefault(page_id, PageIds(page.value if page else ""))
    _read_ids(fields, "components", problems, name=component_name, ids=ids.components)
    _read_ids(fields, "metrics", problems, name=identified, ids=ids.metrics)


def _read_ids(
    fields: Fields,
    section: str,
    problems: Problems,
    *,
    name: Callable[[str], str],
    ids: dict[str, Placed[str]],
) -> None:
    node = fields.get(section)
    if node is None or (isinstance(node, Scalar) and node.is_null):
        return
    mapping = read_mapping(node, problems, what=f'"{section}"', example="run bridge bind")
    for key, value in mapping.entries if mapping else ():
        text = read_text(key, problems, what="a name")
        identifier = _read_id(value, problems, what="an id")
        if text is None or identifier is None:
            continue
        try:
            called = name(text.value)
        except NamingError as error:
            problems.add(text.place, f"{shown(text.value)}: {error}", error.hint)
            continue
        first = ids.setdefault(called, Placed(identifier, text.place))
        if first.place != text.place:
            hint = f"the first is at {first.place}; keep one of them"
            problems.add(text.place, f"{shown(called)} is bound twice", hint)


def _read_id(node: Node, problems: Problems, *, what: str) -> str | None:
    text = read_text(node, problems, what=what)
    if text is None or _ID.fullmatch(text.value):
        return text.value if text else None
    hint = "an id is twelve small letters and digits, such as 8kbf7d35c070"
    problems.add(text.place, f"{what} cannot be {shown(text.value)}", hint)
    return None


def lock_text(pages: Table[str, tuple[str, Table[str, str], Table[str, str]]]) -> str:
    """The text of a lock file, the same whenever the same is bound: pages by their ids, names in the order of their letters.

    Args:
        pages: by the page's id: what the rule files call it, the ids of components by name, those of metrics.
    """
    lines = [_HEAD.rstrip("\n")]
    for page_id, (page, components, metrics) in sorted(pages.items()):
        lines += [f"{_yaml(page_id)}:", f"  page: {_yaml(page)}"]
        for section, ids in (("components", components), ("metrics", metrics)):
            if ids:
                lines += [
                    f"  {section}:",
                    *(f"    {_yaml(name)}: {_yaml(ids[name])}" for name in sorted(ids)),
                ]
    return "\n".join(lines) + "\n"


def _yaml(text: str) -> str:
    """A text as YAML, in double quotes, whose escapes are JSON's, where it needs them."""
    return (
        text
        if _PLAIN.fullmatch(text) and text.lower() not in _NO_TEXT
        else json.dumps(text, ensure_ascii=False)
    )


class Lock:
    """The lock files of one set of rule files, asked by the names of its pages.

    Attributes:
        locks: what they bind, by the page's id.
        exists: whether there is any.
    """

    def __init__(self, locks: Locks, problems: Problems, *, exists: bool) -> None:
        self.locks = locks
        self._problems = problems
        self.exists = exists

    def of(self, page: str, page_id: str | None) -> PageIds | None:
        """What is bound on a page; by its name where its id is not known. None where the lock has no part for it."""
        if page_id is not None:
            return self.locks.get(page_id)
        found = [ids for key, ids in self.locks.items() if page in (key, ids.page)]
        return found[0] if found else None

    def warn(
        self, page: str, ids: PageIds | None, names: Iterable[Placed[str]], *, metrics: bool = False
    ) -> None:
        """Warn of names that no lock binds, where there is one. One that says an id needs none."""
        if not self.exists:
            return
        bound = {} if ids is None else ids.metrics if metrics else ids.components
        seen: set[str] = set()
        for name in names:
            if name.value.startswith("id:") or name.value in bound or name.value in seen:
                continue
            seen.add(name.value)
            what = "metric" if metrics else "component"
            message = f"the {what} {shown(name.value)} of the page {shown(page)} is not in {LOCK_NAME}"
            self._problems.warn(
                name.place,
                message,
                "run bridge bind: until then a rename on the page may lose it",
                lint=Lint.UNLOCKED_NAME,
            )
