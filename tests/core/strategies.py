"""Random rule sets and timelines of signals, small enough that everything meets everything."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from bridge.core.blast import BlastTerms
from bridge.core.conditions import (
    Combination,
    Combined,
    Comparison,
    Condition,
    Expression,
    NoData,
    Population,
    Threshold,
)
from bridge.core.health import SourceHealth
from bridge.core.holds import NEVER, Truth
from bridge.core.matching import Matcher, MatchOperator
from bridge.core.public_labels import PublicLabel
from bridge.core.rules import (
    ComponentName,
    ComponentRule,
    CountLadder,
    IncidentRule,
    IncidentRuleId,
    LowerAt,
    RuleId,
    RuleSet,
    StatusLadder,
    UnmappedRule,
    Updates,
)
from bridge.core.signals import NO_LABELS, AtExpiry, Labels, Signal, SignalState
from bridge.core.silences import Silence
from bridge.core.statuses import CLAIMABLE, Automation, ComponentStatus
from bridge.core.windows import Recurring, Span, Window

if TYPE_CHECKING:
    from bridge.core.desired import IncidentPlace

COMPONENTS = tuple(ComponentName(name) for name in ("Shop / API", "Shop / Web", "Search"))
SERVICES = ("api", "web")
REGIONS = ("eu", "us")
SEVERITIES = ("warning", "critical", "none")

SUMMARY = Labels({"summary": "It is slow.", "region": "nowhere"})

labels = st.builds(
    lambda service, region, severity: Labels({"service": service, "region": region, "severity": severity}),
    st.sampled_from(SERVICES),
    st.sampled_from((*REGIONS, "")),
    st.sampled_from(SEVERITIES),
)

matchers = st.lists(
    st.builds(
        Matcher,
        st.sampled_from(("service", "region", "severity")),
        st.sampled_from(tuple(MatchOperator)),
        st.sampled_from((*SERVICES, *REGIONS, "critical", "")),
    ),
    min_size=1,
    max_size=2,
).map(tuple)

statuses = st.sampled_from(CLAIMABLE)
ladders = st.builds(
    lambda first, second: StatusLadder("severity", (("warning", first), ("critical", second))),
    statuses,
    statuses,
)
count_ladders = st.builds(
    lambda first, more: CountLadder(((first, CLAIMABLE[0]), (first + more, CLAIMABLE[2]))),
    st.integers(1, 2),
    st.integers(1, 2),
)

populations = st.builds(
    Population,
    st.sampled_from(("service", "region", "severity")),
    st.frozensets(st.sampled_from((*SERVICES, *REGIONS, *SEVERITIES)), min_size=1, max_size=4),
    reports_ok=st.booleans(),
)
conditions = st.builds(
    Condition,
    matchers,
    at_least=st.integers(1, 3),
    of=st.none() | populations,
    no_data=st.sampled_from(NoData),
    value=st.none()
    | st.none()
    | st.builds(Threshold, st.sampled_from(Comparison), st.sampled_from((1.0, 2.0))),
)


def _combined(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Combined]:
    return st.builds(
        Combined, st.sampled_from(Combination), st.lists(parts, min_size=2, max_size=3).map(tuple)
    )


expressions: st.SearchStrategy[Expression] = conditions
combined = _combined(expressions | _combined(expressions))


@st.composite
def component_rules(draw: st.DrawFn, number: int) -> ComponentRule:
    """A rule of any of the three kinds: signals that match, a condition that counts, several conditions together."""
    condition = draw(st.none() | conditions | combined)
    status = statuses if isinstance(condition, Combined) else st.one_of(statuses, ladders, count_ladders)
    return ComponentRule(
        RuleId(f"rule-{number}"),
        draw(st.sampled_from(COMPONENTS)),
        draw(matchers) if condition is None else (),
        draw(status),
        for_=draw(durations),
        keep_firing_for=draw(durations),
        automation=draw(st.sampled_from((Automation.FULL, Automation.FULL, Automation.SHADOW))),
        condition=condition,
        cause=draw(st.sampled_from(("", "The database has failed.", f"Number {number} has failed."))),
    )


public_labels = st.sampled_from(
    (
        (),
        (PublicLabel("region"),),
        (PublicLabel("region"), PublicLabel("summary", annotation=True)),
        (PublicLabel("service", (("web", "the website"),)), PublicLabel("region", (("eu", "Europe"),))),
    )
)
durations = st.sampled_from((0.0, 1.0, 5.0, 30.0))


windows: st.SearchStrategy[Window] = st.one_of(
    st.builds(
        lambda begin, lasts: Span(1000.0 + begin, 1000.0 + begin + lasts),
        st.sampled_from((-5.0, 0.0, 4.0, 30.0)),
        st.sampled_from((1.0, 6.0, 40.0, 400.0)),
    ),
    st.builds(
        Recurring,
        st.sampled_from(("* * * * *", "*/5 * * * *", "17 0 1 1 *")),
        st.sampled_from((1.0, 20.0, 60.0, 90.0)),
        st.just(UTC),
    ),
)
silences = st.one_of(
    st.just(()),
    st.lists(st.builds(Silence, matchers, windows, st.sampled_from(("one", "other"))), max_size=2).map(tuple),
)


@st.composite
def absorbing(draw: st.DrawFn, incidents: tuple[IncidentRule, ...]) -> tuple[IncidentRule, ...]:
    """The incidents, of which up to two absorb some of the others, as rule files may say it."""
    absorbers = draw(st.integers(0, min(2, max(0, len(incidents) - 1))))
    absorbed = incidents[absorbers:]
    return (
        *(
            replace(
                rule,
                absorbs=tuple(
                    other.id
                    for other in absorbed
                    if set(rule.group_by) <= set(other.group_by) and draw(st.booleans())
                ),
            )
            for rule in incidents[:absorbers]
        ),
        *absorbed,
    )


@st.composite
def rule_sets(draw: st.DrawFn) -> RuleSet:
    """A page's rules: up to five component rules and up to three incidents over any of their components."""
    rules = tuple(draw(component_rules(number)) for number in range(draw(st.integers(1, 5))))
    named = tuple(dict.fromkeys(rule.component for rule in rules))
    incidents = tuple(
        IncidentRule(
            IncidentRuleId(f"incident-{number}"),
            draw(st.lists(st.sampled_from(named), min_size=1, unique=True).map(tuple)),
            "Something is wrong",
            group_by=draw(st.sampled_from(((), (), ("region",)))),
            open_at=draw(statuses),
            close_at=ComponentStatus.OPERATIONAL,
            monitor_for=draw(durations),
            automation=draw(
                st.sampled_from((Automation.FULL, Automation.FULL, Automation.DRAFT, Automation.SHADOW))
            ),
            public_labels=draw(public_labels),
            updates=draw(st.sampled_from((None, Updates(5.0, 2), Updates(40.0, 1)))),
            lower_at=draw(st.sampled_from(LowerAt)),
            reopen_within=draw(st.sampled_from((0.0, 5.0, 60.0))),
        )
        for number in range(draw(st.integers(0, 3)))
    )
    incidents = draw(absorbing(incidents))
    unmapped = draw(st.lists(matchers, max_size=2))
    return RuleSet(
        "page",
        rules,
        incidents,
        unmapped=(UnmappedRule("rule", tuple(unmapped)),),
        silences=draw(silences),
    )


@st.composite
def shown_rule_sets(draw: st.DrawFn) -> RuleSet:
    """Rules with conditions and an incident that opens at once and shows labels: most of what is drawn reaches what it remembers."""
    rules = tuple(
        replace(
            draw(component_rules(number)),
            for_=draw(st.sampled_from((0.0, 0.0, 5.0))),
            automation=Automation.FULL,
        )
        for number in range(draw(st.integers(1, 2)))
    )
    incident = IncidentRule(
        IncidentRuleId("incident"),
        tuple(dict.fromkeys(rule.component for rule in rules)),
        "Something is wrong",
        group_by=draw(st.sampled_from(((), (), ("region",)))),
        open_at=CLAIMABLE[0],
        automation=Automation.FULL,
        public_labels=(
            PublicLabel("service"),
            PublicLabel("region"),
            PublicLabel("severity"),
            PublicLabel("summary", annotation=True),
        ),
    )
    return RuleSet("page", rules, (incident,))


SOURCES = ("one", "other", "unwatched")
"""Of the last, nothing is known but its signals."""


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant, and what changed then."""

    now: float
    signals: list[Signal]
    sources: list[SourceHealth]
    terms: BlastTerms
    said: dict[IncidentPlace, str]
    """What operators say of causes."""
    maintained: dict[ComponentName, float]


said = st.dictionaries(
    st.tuples(
        st.sampled_from([IncidentRuleId(name) for name in ("incident", "incident-0", "incident-1")]),
        st.sampled_from((NO_LABELS, Labels({"region": "eu"}))),
    ),
    st.sampled_from(("It is the disk.", "It is the cable.")),
    max_size=2,
)


@st.composite
def timelines(draw: st.DrawFn, *, limits: tuple[float, ...] = (NEVER, NEVER, 1.0, 0.0)) -> list[Moment]:
    """Instants in order, each with the signals and the healths that changed then. More than a limit of components that get worse at once are held."""
    now = 1000.0
    timeline = []
    stale_after = {source: draw(st.sampled_from((None, 3.0, 20.0))) for source in SOURCES[:2]}
    limit = draw(st.sampled_from(limits))
    hold = draw(st.sampled_from((2.0, 30.0)))
    for number in range(draw(st.integers(1, 12))):
        now += draw(st.sampled_from((0.0, 0.5, 1.0, 4.0, 5.0, 6.0, 31.0, 310.0)))
        changed = [
            Signal(
                draw(st.sampled_from(SOURCES)),
                draw(labels),
                draw(st.sampled_from(SignalState)),
                since=now,
                received_at=now,
                expires_at=now + draw(st.sampled_from((2.0, 10.0, 1000.0, -now))),
                counts_from=draw(st.sampled_from((0.0, 0.0, now + 3.0))),
                at_expiry=draw(st.sampled_from(AtExpiry)),
                annotations=draw(st.sampled_from((NO_LABELS, NO_LABELS, SUMMARY))),
                value=draw(st.sampled_from((None, 0.5, 1.0, 1.5, 2.0, 3.0))),
            )
            for _ in range(draw(st.integers(0, 3)))
        ]
        heard = [
            SourceHealth(
                source,
                now,
                stale_after[source],
                watchdog=draw(st.sampled_from((Truth.TRUE, Truth.TRUE, Truth.UNKNOWN))),
                doubted_at=now,
            )
            for source in stale_after
            if number == 0 or draw(st.booleans())
        ]
        connectivity = draw(st.sampled_from((Truth.TRUE, Truth.TRUE, Truth.UNKNOWN)))
        maintained = {
            name: now + until
            for name in COMPONENTS
            if (until := draw(st.sampled_from((0.0, 0.0, 0.0, 0.0, -1.0, -20.0, 5.0, 40.0, NEVER))))
        }
        timeline.append(
            Moment(now, changed, heard, BlastTerms(limit, hold, connectivity), draw(said), maintained)
        )
    return timeline
