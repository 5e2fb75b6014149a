"""The first rule file for a page: every component with a rule to begin with, commented for whoever has never seen one.

It decides and publishes nothing (`shadow`). Names come from the page, where people write what they like: a component that no rule could name by its name is named by its id. Must not know how a
page is read.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bridge.config.names import NamingError, by_pattern, component_name, normalise, own_name
from bridge.core.matching import Matcher, MatchOperator
from bridge.core.rules import ComponentName

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LABEL: Final = "statuspage_component"
"""The label of an alert by which the rules to begin with know which component it is about."""
LONGEST_TEXT: Final = 255
"""Characters of a matcher, and of an incident's title."""
_LONGEST_ID: Final = 64
_LONGEST_KEY: Final = 200
"""Characters; longer keys cannot stand on a line of YAML."""

_ID = re.compile(r"[a-z0-9]{12}", re.ASCII)
_PLAIN = re.compile(r"id:[a-z0-9]{12}|[A-Za-z][A-Za-z0-9_-]*( (/|[A-Za-z0-9_-]+))*", re.ASCII)
_NO_TEXT = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""What YAML, of one age or another, takes for something else than a text."""


@dataclass(frozen=True, slots=True)
class FoundComponent:
    """A component of the page; `group` is empty for one without."""

    id: str
    name: str
    group: str = ""

    @property
    def called(self) -> str:
        """`Group / Name`."""
        return f"{self.group} / {self.name}" if self.group else self.name


@dataclass(frozen=True, slots=True)
class FoundMetric:
    """A metric of the page."""

    id: str
    name: str


def first_rules(
    page: str, title: str, *, components: Sequence[FoundComponent], metrics: Sequence[FoundMetric]
) -> str:
    """The text of the file.

    Args:
        page: the page's name in the settings, or its id.
        title: its name in public.
        components: all, in the page's order.
        metrics: all.
    """
    order = list(dict.fromkeys(one.group for one in components))
    components = sorted(components, key=lambda one: order.index(one.group))
    keys = {one.id: key for one in components if (key := _key(one, components)) is not None}
    return (
        "\n".join(
            [
                *_head(page, title),
                *_component_rules(components, keys),
                *_incidents(title, components, keys),
                *_metrics(metrics),
            ]
        )
        + "\n"
    )


def _head(page: str, title: str) -> Iterator[str]:
    yield f"# The first rules for {_comment(title)}, written by `bridge init` from what stands on the page. From here on they are yours."
    yield "#"
    yield "# Read from top to bottom it says: which alerts make which component worse, when that becomes a public incident, and"
    yield "# which figures are shown. `bridge check FILE` tells every mistake; docs/rules.md explains every key."
    yield ""
    yield "# The page that these rules are for: its name in the settings, or its id."
    yield f"page: {_text(page)}"
    yield ""
    yield "# shadow, which is the default: decide, count and log, and write nothing to the page. When the decisions are right,"
    yield "# make it full; a rule or an incident can say otherwise for itself."
    yield "defaults: {automation: shadow}"


def _component_rules(components: Sequence[FoundComponent], keys: dict[str, str]) -> Iterator[str]:
    if not components:
        yield ""
        yield "# The page has no components yet. A rule for one looks like this:"
        yield "#"
        yield "# components:"
        yield "#   Checkout / API:"
        yield "#     - alert: CheckoutErrors"
        yield "#       status: partial_outage"
        return
    yield ""
    yield "# Each component has one rule to begin with: an alert with its name in the label"
    yield f"# {LABEL}, and as bad as the label severity says. Put that label on your alerts in Prometheus, or"
    yield "# write what your alerts have: `alert: CheckoutErrors`, or other matchers (=, !=, =~, !~; all must match)."
    yield "# It must last two minutes (`for`) before it is said, and is said until five minutes after its end"
    yield "# (`keep_firing_for`)."
    if keys:
        yield "components:"
    group: str | None = None
    for one in components:
        if one.group != group:
            group = one.group
            yield f"  # --- {_comment(group) if group else 'without a group'}"
        if (key := keys.get(one.id)) is None:
            yield f"  # {_comment(one.called)} cannot be named in a rule: its id is {_comment(one.id)}."
            continue
        if key.startswith("id:"):
            yield f"  # {_comment(one.called)}, by its id: others have that name, or a rule cannot hold it."
        yield f"  {_text(key)}:"
        yield f"    - matchers: [{_literal(_matcher(one))}]"
        yield "      status: {severity: {critical: major_outage, warning: degraded_performance}}"


def _incidents(title: str, components: Sequence[FoundComponent], keys: dict[str, str]) -> Iterator[str]:
    groups: dict[str, list[str]] = {}
    for one in components:
        if one.id in keys:
            groups.setdefault(one.group, []).append(keys[one.id])
    if not groups:
        return
    yield ""
    yield "# One incident tells of everything in its group that is broken. It opens when one of its components is in partial outage"
    yield "# or worse, and is resolved ten minutes after all have recovered. Its id must never change: it marks the incident as ours."
    yield "incidents:"
    taken: set[str] = set()
    covered = by_pattern(ComponentName(key) for key in keys.values())
    for group, members in groups.items():
        pattern = f"{group} / *"
        listed = [pattern] if covered.get(pattern, ()) == tuple(members) else members
        yield f"  - id: {_text(_incident_id(group, taken))}"
        yield f"    components: [{', '.join(_text(member) for member in listed)}]"
        yield f"    title: {_quoted(_title(group or title))}"


def _metrics(metrics: Sequence[FoundMetric]) -> Iterator[str]:
    yield ""
    if not metrics:
        yield "# The page has no metrics. One that is made on it could be fed from a Prometheus or a health check: see docs/rules.md."
        return
    yield "# Metrics of the page. Give each what it shows, a query to a Prometheus of the settings or a probe, and take out the #."
    yield "#"
    yield "# metrics:"
    count: dict[str, int] = {}
    for one in metrics:
        count[one.name] = count.get(one.name, 0) + 1
    for one in metrics:
        usable = count[one.name] == 1 and one.name == normalise(one.name) and one.name.isprintable()
        usable = usable and not one.name.startswith("id:")
        if not usable:
            yield f"#   # {_comment(one.name)}"
        yield f"#   - metric: {_text(one.name if usable else f'id:{one.id}')}"
        yield "#     query: sum(rate(http_requests_total[5m]))"
        yield "#     prometheus: main"


def _key(one: FoundComponent, components: Sequence[FoundComponent]) -> str | None:
    """What a rule calls a component: its name where that means it alone, else its id; None where neither will do."""
    called = one.called
    try:
        nameable = component_name(called) == called and not called.startswith("id:")
    except NamingError:
        nameable = False
    if nameable and called.isprintable() and len(called) <= _LONGEST_KEY:
        # A name alone could also mean the same name in a group, of which `bridge check` warns.
        meant = [
            other.id for other in components if called in {other.called, own_name(normalise(other.called))}
        ]
        if meant == [one.id]:
            return called
    return f"id:{one.id}" if _ID.fullmatch(one.id) else None


def _matcher(one: FoundComponent) -> str:
    """What an alert about it is known by: its name, or its id where the name has nothing that can be seen or is too long for a rule file."""
    name = _said(one.called)
    matcher = str(Matcher(LABEL, MatchOperator.EQUAL, name))
    if name and len(matcher) <= LONGEST_TEXT:
        return matcher
    return str(Matcher(LABEL, MatchOperator.EQUAL, one.id))


def _incident_id(group: str, taken: set[str]) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", group.lower()).strip("-")[: _LONGEST_ID - 8].strip("-")
    base = slug or ("group" if group else "other")
    number, chosen = 1, base
    while chosen in taken:
        number += 1
        chosen = f"{base}-{number}"
    taken.add(chosen)
    return chosen


def _title(name: str) -> str:
    said = _said(name)
    title = f"{said} is having problems"
    # What looks like a placeholder would be refused, and an empty or endless name says nothing.
    unfit = not said or "{" in said or "}" in said or len(title) > LONGEST_TEXT
    return "Some of our services are having problems" if unfit else title


def _text(text: str) -> str:
    """A text as YAML, without quotes where it needs none."""
    return text if _PLAIN.fullmatch(text) and text.lower() not in _NO_TEXT else _quoted(text)


def _quoted(text: str) -> str:
    """A text as YAML in double quotes, whose escapes are JSON's."""
    return json.dumps(_said(text), ensure_ascii=False)


def _literal(text: str) -> str:
    """A text as YAML in single quotes, for one that has double quotes of its own."""
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def _said(text: str) -> str:
    """A text on one line, without what cannot be printed."""
    return "".join(character for character in normalise(text) if character.isprintable())


def _comment(text: str) -> str:
    """A name in a comment: on one line, and not endless."""
    said = _said(text)
    return said if len(said) <= _LONGEST_KEY else f"{said[:_LONGEST_KEY]}…"
