"""What `bridge check` warns of, by name: each can be switched off, for a run or for a file."""

from __future__ import annotations

from enum import StrEnum


class Lint(StrEnum):
    """One kind of warning. A value is part of the interface: pipelines name it."""

    UNREACHABLE_RULE = "unreachable-rule"
    """No signal can make it true, or another rule says the same or worse at any time."""
    LADDER_HOLE = "ladder-hole"
    """A ladder lacks a value that the rule's matchers let through."""
    UNDRIVEN_INCIDENT = "undriven-incident"
    """No rule can open it."""
    UNGUARANTEED_LABEL = "unguaranteed-label"
    """A text shows a label, or an incident is grouped by one, that no matcher guarantees."""
    SHORT_KEEP_FIRING = "short-keep-firing"
    """Alerts that all end when their Prometheus dies are kept for less than it takes to notice."""
    OVERLAPPING_INCIDENTS = "overlapping-incidents"
    """Two incidents cover a component."""
    NOTHING_ABSORBED = "nothing-absorbed"
    """An incident absorbs another one that may do more by itself."""
    UNUSED_LABEL = "unused-label"
    """No text shows a public label."""
    UNUSED_CONDITION = "unused-condition"
    """No rule uses a condition."""
    UNUSED_DEFAULTS = "unused-defaults"
    """Nothing follows defaults in their file."""
    AMBIGUOUS_COMPONENT = "ambiguous-component"
    """A component is spelt in two ways."""
    UNLOCKED_NAME = "unlocked-name"
    """A lock file is there and lacks a name."""
    RENAMED_ON_PAGE = "renamed-on-page"
    """The page calls a locked id something else, and another thing by its name."""
    SELDOM_MEASURED = "seldom-measured"
    """A metric's probe runs too seldom for a chart without gaps."""
