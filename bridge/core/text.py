"""What is said in public: titles and bodies from a rule's own texts, the names of components, and the labels that the rule lists. Nothing else that came in with a signal reaches this module.

What came from outside is cleaned, and escaped where it could be markup. If it looks like what must not be published, the text is told without it, and the kind of it is noted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.core.cleaning import cleaned, escaped, one_line, shortened, without_markup
from bridge.core.leaks import Leak, leaks_in
from bridge.core.public_labels import joined
from bridge.core.reasons import Reason
from bridge.core.templates import CAUSE, COMPONENTS, PERIODS, parse_template

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.core.incidents import IncidentMemory
    from bridge.core.public_labels import LabelValues, PublicLabel
    from bridge.core.rules import IncidentRule
    from bridge.core.templates import Template

NAME_LIMIT = 255
"""Code points in an incident's name (statuspage-api.md, 2.2)."""

BODY_LIMIT = 25_000
"""Code points in an update's body (statuspage-api.md, 2.2)."""

VALUE_LIMIT = 100
"""Code points that are shown of one value."""

MOST_SHOWN = 5
"""Values of one label that are named; the rest are "others"."""

TWIN_BODY = "This incident was opened twice by mistake. Updates follow in the other one."
"""The only public text that no rule file can change: it tells of a mistake of ours, not of a service."""


@dataclass(frozen=True, slots=True)
class PublicText:
    """A text as it goes to the page.

    Attributes:
        text: clean, and within the page's limit.
        withheld: kinds of what would have stood in it and must not; it is told without labels then.
    """

    text: str
    withheld: frozenset[Leak] = frozenset()


@dataclass(frozen=True, slots=True)
class Shown:
    """What texts of one incident may show besides its rule's own words.

    Attributes:
        labels: values of its public labels.
        suffixes: endings of internal names, besides the known ones.
        cause: what is known to be the cause, as a template like any other.
        periods: when it lasted and since when it does again, of one that is opened again.
    """

    labels: LabelValues = ()
    suffixes: tuple[str, ...] = ()
    cause: str = ""
    periods: str = ""


def shown_labels(rule: IncidentRule, memory: IncidentMemory) -> LabelValues:
    """The values that texts of an incident may show: those of its group, and those that took part in the episode."""
    annotations = {label.name for label in rule.public_labels if label.annotation}
    group: LabelValues = tuple(
        (name, (value,)) for name, value in memory.group.items() if name not in annotations
    )
    others = tuple(pair for pair in memory.labels if pair[0] in annotations or pair[0] not in memory.group)
    return joined(rule.public_labels, group, others)


def incident_title(rule: IncidentRule, shown: Shown = Shown()) -> PublicText:
    """The incident's name on the page."""
    template = parse_template(rule.title, _names(rule), components=False)
    return _Wording(rule, shown, without_markup).told(template, "", NAME_LIMIT)


def incident_body(
    rule: IncidentRule,
    reason: Reason,
    components: tuple[str, ...],
    shown: Shown = Shown(),
) -> PublicText:
    """The body of the update that tells a transition; `components` are the names that readers of the page know."""
    texts = rule.texts
    by_reason = {
        Reason.OPENED: texts.investigating,
        Reason.ESCALATED: texts.escalated,
        Reason.IDENTIFIED: texts.identified,
        Reason.STILL: texts.still,
        Reason.RETURNED: texts.returned,
        Reason.REOPENED: texts.reopened,
        Reason.RECOVERED: texts.monitoring,
        Reason.MONITORED_FOR: texts.resolved,
    }
    affected = enumerated(components) or "this service"
    template = parse_template(
        by_reason[reason],
        _names(rule),
        causes=reason is Reason.IDENTIFIED,
        periods=reason is Reason.REOPENED,
    )
    return _Wording(rule, shown, escaped).told(template, affected, BODY_LIMIT)


def written_title(text: str) -> PublicText:
    """The name that a person of the page gave: nothing in it is a placeholder."""
    return PublicText(shortened(one_line(text), NAME_LIMIT))


def written_body(text: str) -> PublicText:
    """The body of an update that a person of the page wrote: nothing in it is a placeholder."""
    return PublicText(shortened(cleaned(text), BODY_LIMIT))


def _names(rule: IncidentRule) -> tuple[str, ...]:
    return tuple(label.name for label in rule.public_labels)


def enumerated(names: tuple[str, ...]) -> str:
    """Names as a person would list them; empty for none."""
    *others, last = names or ("",)
    return f"{', '.join(others)} and {last}" if others else last


@dataclass(frozen=True, slots=True)
class _Wording:
    rule: IncidentRule
    shown: Shown
    safe: Callable[[str], str]
    """Takes the markup out of a value."""

    def told(self, template: Template, components: str, limit: int) -> PublicText:
        without = self._rendered(template, {COMPONENTS: components})
        plain = self._rendered(template, {COMPONENTS: components, **self._words(lambda value: value)})
        withheld: frozenset[Leak] = frozenset()
        text = without
        if plain != without:
            safe = self._rendered(template, {COMPONENTS: components, **self._words(self.safe)})
            # What stands in the text without labels was written by its author, or is on the page already.
            found = self._leaks(plain) | self._leaks(safe)
            withheld = frozenset(leak for leak, _ in found - self._leaks(without))
            if not withheld:
                text = safe
        return PublicText(shortened(cleaned(text), limit), withheld)

    def _rendered(self, template: Template, words: dict[str, str]) -> str:
        cause = parse_template(self.shown.cause, _names(self.rule))
        return template.render({**words, CAUSE: cause.render(words), PERIODS: self.shown.periods})

    def _leaks(self, text: str) -> frozenset[tuple[Leak, str]]:
        """What must not be said in a text, however long it is: with its markup, and without what markup could hide."""
        return leaks_in(text, self.shown.suffixes) | leaks_in(without_markup(text), self.shown.suffixes)

    def _words(self, safe: Callable[[str], str]) -> dict[str, str]:
        found = dict(self.shown.labels)
        return {
            label.name: _listed(label, found.get(label.name, ()), safe) for label in self.rule.public_labels
        }


def _listed(label: PublicLabel, values: tuple[str, ...], safe: Callable[[str], str]) -> str:
    """Which values are named does not depend on how they are made safe: what was looked at is what is said."""
    shown: set[str] = set()
    for value in values:
        words = label.words(value)
        if words is not None and label.display is None:
            words = shortened(one_line(words), VALUE_LIMIT)
        if words:
            shown.add(words)
    named = sorted(shown)
    said = [words if label.display is not None else safe(words) for words in named[:MOST_SHOWN]]
    said = [words for words in dict.fromkeys(said) if words]
    if len(named) > MOST_SHOWN and said:
        said.append("others")
    return enumerated(tuple(said))
