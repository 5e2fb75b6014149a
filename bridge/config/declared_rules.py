"""Component rules as they were declared, until all files are read: which components a rule claims, and the probes and queries that its condition goes by, are known only then.

Must not know how they are written, nor which other rules there are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bridge.config.declared_conditions import DeclaredCombination, DeclaredCondition
from bridge.config.problems import Placed
from bridge.core.conditions import Condition, NoData
from bridge.core.rules import ComponentRule, RuleId, UnmappedRule

if TYPE_CHECKING:
    from bridge.config.causes import DeclaredCause
    from bridge.config.declared_conditions import DeclaredExpression
    from bridge.config.observed_names import Observed
    from bridge.config.problems import Place, Problems
    from bridge.config.rule_statuses import DeclaredLadder
    from bridge.config.targets import Target
    from bridge.core.matching import Matchers
    from bridge.core.rules import ComponentName


@dataclass(frozen=True, slots=True)
class DeclaredRule:
    """A component rule unless it is faulty, its id with its place, and what of it takes all files to complete.

    Attributes:
        place: its id's, or its own.
        target: what it claims; each component of several has a rule of its own.
        own: its id below a component's; empty where it is faulty and has none.
        rule: without component and condition.
        asked: its condition as declared.
        probe: the probe that it names, faulty or not.
        query: the query that it names, faulty or not.
        ladder: its status by how many are failing; `rule.status` is then the mildest.
        was: what `own` was before.
        cause: what is said to be the cause while it claims.
    """

    place: Place
    target: Target
    own: str
    rule: ComponentRule | None
    asked: DeclaredExpression | None
    probe: Placed[str] | None
    ladder: DeclaredLadder | None = None
    was: tuple[Placed[str], ...] = ()
    cause: DeclaredCause | None = None
    query: Placed[str] | None = None

    def id(self, component: ComponentName) -> RuleId | None:
        """What the rule for a component is called."""
        return RuleId(f"{component}:{self.own}") if self.own else None

    def formers(self, component: ComponentName) -> tuple[Placed[RuleId], ...]:
        """What the rule for a component was called before."""
        return tuple(Placed(RuleId(f"{component}:{former.value}"), former.place) for former in self.was)

    def compiled(
        self, component: ComponentName, about: Matchers, there: Observed, problems: Problems
    ) -> ComponentRule | None:
        """The rule for a component with its condition; None when it cannot be, which is reported.

        Args:
            component: one of the target's.
            about: what a signal must match to be about that component.
            there: the probes and queries that are declared.
            problems: where mistakes go.
        """
        identifier = self.id(component)
        if self.rule is None or self.asked is None or identifier is None:
            return None
        asked = self.asked.narrowed(about)
        rule = replace(
            self.rule,
            id=identifier,
            component=component,
            matchers=asked.matchers if isinstance(asked, DeclaredCondition) else (),
            was=tuple(former.value for former in self.formers(component)),
        )
        condition = asked.compiled(there, problems, rule.label_ladder)
        if condition is None:
            return None
        if isinstance(asked, DeclaredCombination):
            return replace(rule, condition=condition)
        if self.ladder is not None:
            size, _ = asked.size(there, problems, None)
            ladder = self.ladder.compiled(size, problems)
            return None if ladder is None else replace(rule, status=ladder, condition=condition)
        plain = asked.at_least is None and asked.no_data is NoData.HOLD and asked.value is None
        if plain and isinstance(condition, Condition):
            return replace(rule, matchers=condition.matchers)
        return replace(rule, condition=condition)

    def unmapped(self) -> UnmappedRule | None:
        """What is left of a rule that takes its component from a label; None of another."""
        if not self.target.label or self.asked is None:
            return None
        asked = self.asked.narrowed(self.target.unmapped)
        return UnmappedRule(self.own, tuple(one.matchers for one in asked.declared()))
