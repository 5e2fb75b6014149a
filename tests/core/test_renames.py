"""An incident that is told in another stays so, whatever that one is called later."""

from __future__ import annotations

from dataclasses import replace

from bridge.core.absorption import absorbed_by
from bridge.core.desired import Memory
from bridge.core.incidents import IncidentPhase
from bridge.core.renames import renamed
from bridge.core.rules import IncidentRuleId, RuleSet
from bridge.core.signals import NO_LABELS
from tests.core.pages import RULES, SHOP, memory

FORMER, NOW = IncidentRuleId("database"), IncidentRuleId("storage")


def test_what_is_told_in_a_renamed_incident_is_still_told_in_it_once_the_old_name_is_forgotten() -> None:
    told = replace(memory(IncidentPhase.INVESTIGATING), absorbed_by=FORMER)
    remembered = Memory(incidents={(SHOP.id, NO_LABELS): told})
    absorber = replace(SHOP, id=NOW, was=(FORMER,), absorbs=(SHOP.id,))
    after = renamed(remembered, RuleSet("acme", RULES, (SHOP, absorber))).incidents[SHOP.id, NO_LABELS]
    forgotten = RuleSet("acme", RULES, (SHOP, replace(absorber, was=())))
    assert absorbed_by(forgotten, after) == (NOW, NO_LABELS)
