"""Maintenances that rule files plan: announced once, with their times, and never over what is broken."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.core.maintained import GRACE
from bridge.core.maintenance_ledger import Standing
from bridge.core.maintenance_rules import Extend, MaintenanceId, MaintenanceRule, Tell
from bridge.core.statuses import Automation
from bridge.core.windows import Span
from bridge.simulation.world import EPOCH, PAGE, WorldSettings
from bridge.simulator.options import Options
from tests.mutants.scenarios.staging import A_LITTLE, LONG, SETTLED, opened, restarted, shows
from tests.mutants.scenarios.taken import set_by_hand
from tests.simulation.adversity.interference import prompt_rules, rehearsed
from tests.simulation.shop import SEARCH, by_hand, fire, resolve

if TYPE_CHECKING:
    from bridge.core.maintenance_rules import Overrun
    from bridge.core.rules import RuleSet
    from bridge.simulation.world import World
    from bridge.simulator.model import Request
    from bridge.simulator.records.incidents import Incident
    from bridge.statuspage.transport import Response
    from tests.simulation.adversity.interference import Interference

HOUR = 3600.0
ANNOUNCED = HOUR
"""Seconds from a world's beginning until its maintenance is announced."""
BEGINS = 4 * HOUR
ENDS = 6 * HOUR


def planned(
    begins: float = BEGINS, ends: float = ENDS, *, overrun: Overrun | None = None, announce: float = 0.0
) -> MaintenanceRule:
    """A maintenance of Search."""
    return MaintenanceRule(
        MaintenanceId("rebuild"),
        (SEARCH,),
        "We rebuild the index",
        Span(EPOCH + begins, EPOCH + ends),
        announce=announce or BEGINS - ANNOUNCED,
        overrun=overrun,
        automation=Automation.FULL,
    )


def planning(*rules: MaintenanceRule) -> RuleSet:
    """The shop with maintenances."""
    return replace(prompt_rules(), maintenances=rules)


def edit(world: World, *rules: MaintenanceRule) -> None:
    """The rule files now plan these."""
    world.ruleset = planning(*rules)
    if world.engine is not None:
        with world.loop.outside():
            world.engine.replace_rules({PAGE: world.ruleset})


def until(world: World, seconds: float) -> None:
    """Let the time pass until so many seconds after the world's beginning."""
    world.run_for(EPOCH + seconds - world.now())


def maintenances(world: World) -> list[Incident]:
    """All on the page, the eldest first."""
    found = [one for one in world.simulator.incidents(world.page_id) if one.scheduled]
    return sorted(found, key=lambda one: one.created_at)


def one_alone(world: World, *statuses: str, begins: float = BEGINS, ends: float = ENDS) -> list[str]:
    """That one maintenance stands on the page, with these times, and these updates and no others."""
    found = [f"I2: {len(maintenances(world))} maintenances"] if len(maintenances(world)) != 1 else []
    for one in maintenances(world):
        told = tuple(update.status.value for update in one.updates)
        if told != statuses:
            found.append(f"I3: it was told {', '.join(told)} instead of {', '.join(statuses)}")
        times = ((one.scheduled_for or 0.0) - EPOCH, (one.scheduled_until or 0.0) - EPOCH)
        if times != (begins, ends):
            found.append(f"I5: it is planned for {times}")
    return found


def a_planned_maintenance_and_kills() -> list[str]:
    """I2, I3: it is announced once, whenever the daemon is killed, and whatever becomes of its store."""
    found = []
    for lost in (False, True):
        with opened(planning(planned())) as (world, _):
            until(world, ANNOUNCED + A_LITTLE)
            for _ in range(3):
                if lost:
                    world.crash()
                    world.lose_the_disk()
                    world.start()
                restarted(world)
                world.run_for(LONG)
            found += one_alone(world, "scheduled")
            until(world, BEGINS + LONG)
            restarted(world)
            until(world, ENDS + HOUR)
            found += one_alone(world, "scheduled", "in_progress", "completed")
    return found


def a_planned_maintenance_and_a_store_that_is_lost_at_once() -> list[str]:
    """I2: an empty store does not believe lists that may lag behind what it has forgotten."""
    settings = WorldSettings(options=Options(list_lag=20.0))
    with opened(planning(planned()), settings) as (world, _):
        until(world, ANNOUNCED + 2.0)
        world.crash()
        world.lose_the_disk()
        world.start()
        world.run_for(HOUR)
        return one_alone(world, "scheduled")


def a_planned_maintenance_whose_answer_is_lost(settings: WorldSettings | None = None) -> list[str]:
    """I2: what was announced and not answered is looked for, and not announced again; what never arrived is."""
    found = []
    for way in ("drop", "fail_before", "fail_after"):
        with rehearsed(planning(planned()), settings) as (world, network):
            network.meet_first_create(getattr(network, way))
            world.start()
            until(world, ANNOUNCED + A_LITTLE)
            if way == "drop":
                restarted(world)
            world.run_for(SETTLED + LONG)
            found += one_alone(world, "scheduled")
    return found


def a_planned_maintenance_that_is_moved() -> list[str]:
    """I5: the same maintenance gets other times, before it begins and while it goes on, through restarts."""
    with opened(planning(planned())) as (world, _):
        until(world, ANNOUNCED + LONG)
        edit(world, planned(BEGINS + HOUR, ENDS + HOUR))
        world.run_for(LONG)
        found = one_alone(world, "scheduled", "scheduled", begins=BEGINS + HOUR, ends=ENDS + HOUR)
        world.crash()
        edit(world, planned(BEGINS + HOUR, ENDS + 2 * HOUR))
        world.start()
        until(world, BEGINS + HOUR + LONG)
        edit(world, planned(BEGINS + HOUR, ENDS + 3 * HOUR))
        world.run_for(LONG)
        restarted(world)
        until(world, ENDS + 4 * HOUR)
        return found + one_alone(
            world,
            *("scheduled", "scheduled", "scheduled", "in_progress", "in_progress", "completed"),
            begins=BEGINS + HOUR,
            ends=ENDS + 3 * HOUR,
        )


def a_planned_maintenance_that_is_called_off() -> list[str]:
    """I14: it is ended with a text, once, and its component shows what rules claim."""
    found = []
    for restarts in (True, False):
        with opened(planning(planned())) as (world, _):
            until(world, ANNOUNCED + LONG)
            since = fire(world, "SearchErrors")
            world.run_for(LONG)
            edit(world)
            world.run_for(A_LITTLE / 2)
            found += shows(world, SEARCH, "partial_outage", invariant="I14")
            if restarts:
                restarted(world)
            until(world, ENDS + HOUR)
            found += one_alone(world, "scheduled", "completed")
            found += shows(world, SEARCH, "partial_outage", invariant="I14")
            resolve(world, "SearchErrors", since)
            world.run_for(2 * LONG)
            found += shows(world, SEARCH, "operational")
    return found


def a_planned_maintenance_that_is_called_off_as_it_begins(*, killed: bool = False) -> list[str]:
    """I5: that it is called off arrives late, when the page has begun it: no component is left under a maintenance that is over."""
    found = []
    for broken in (False, True):
        with rehearsed(planning(planned())) as (world, network):

            async def late(
                request: Request,
                timeout: float,  # noqa: ASYNC109 - as in Hook
                network: Interference = network,
            ) -> Response | None:
                if request.method != "PATCH" or b"completed" not in (request.body or b""):
                    return None
                return await network.apply_late(request, 90.0, timeout)

            network.hooks.append(late)
            world.start()
            until(world, BEGINS - 40.0)
            edit(world)
            until(world, BEGINS + 30.0)
            if broken:
                fire(world, "SearchErrors")
            if killed:
                _until_called_off(world)
                restarted(world)
                world.run_for(GRACE + LONG)
            else:
                until(world, BEGINS + HOUR / 2)
            found += one_alone(world, "scheduled", "in_progress", "completed")
            found += shows(world, SEARCH, "partial_outage" if broken else "operational", invariant="I5")
    return found


def a_planned_maintenance_that_is_called_off_as_it_begins_and_a_kill() -> list[str]:
    """I5: the same where the daemon is killed just when it has found out: the next life knows whose doing it is, and that the maintenance is over."""
    return a_planned_maintenance_that_is_called_off_as_it_begins(killed=True)


def _until_called_off(world: World) -> None:
    while world.engine is not None and all(
        told.standing is not Standing.OVER for told in world.engine.pages[0].maintenances_told.values()
    ):
        assert world.now() < EPOCH + BEGINS + HOUR / 4
        world.run_for(1.0)


def a_planned_maintenance_that_is_called_off_while_it_goes_on() -> list[str]:
    """I5: a list that lags behind our own calling off does not bring it back for rules: what is broken is told after the grace."""
    with opened(planning(planned()), WorldSettings(options=Options(list_lag=20.0))) as (world, _):
        until(world, BEGINS + HOUR)
        fire(world, "SearchErrors")
        edit(world)
        world.run_for(GRACE + LONG)
        found = one_alone(world, "scheduled", "in_progress", "completed")
        return found + shows(world, SEARCH, "partial_outage")


def a_planned_maintenance_that_takes_longer() -> list[str]:
    """I5: while something is broken it is extended, as often as its rule says, through a restart; what is broken after that is told."""
    with opened(planning(planned(overrun=Extend(HOUR / 2, 2)))) as (world, _):
        until(world, BEGINS + HOUR)
        fire(world, "SearchErrors")
        until(world, ENDS - A_LITTLE)
        found = one_alone(world, "scheduled", "in_progress", "in_progress", ends=ENDS + HOUR / 2)
        restarted(world)
        until(world, ENDS + HOUR / 4)
        found += shows(world, SEARCH, "under_maintenance")
        until(world, ENDS + HOUR + A_LITTLE + LONG / 2)
        told = ("scheduled", "in_progress", "in_progress", "in_progress", "completed")
        found += one_alone(world, *told, ends=ENDS + HOUR)
        found += shows(world, SEARCH, "operational", invariant="I15")
        until(world, ENDS + HOUR + 3 * LONG)
        return found + shows(world, SEARCH, "partial_outage")


def a_planned_maintenance_with_an_open_end() -> list[str]:
    """I5: that it takes longer is told once, and it ends when all is well, or when its longest time is over."""
    found = []
    for mended in (True, False):
        with opened(planning(planned(overrun=Tell(2 * HOUR)))) as (world, _):
            until(world, BEGINS + HOUR)
            since = fire(world, "SearchErrors")
            until(world, ENDS + HOUR / 2)
            restarted(world)
            found += one_alone(world, "scheduled", "in_progress", "in_progress")
            found += shows(world, SEARCH, "under_maintenance")
            if mended:
                resolve(world, "SearchErrors", since)
                world.run_for(2 * LONG)
            else:
                until(world, ENDS + 2 * HOUR + LONG)
            found += one_alone(world, "scheduled", "in_progress", "in_progress", "completed")
            world.run_for(3 * LONG)
            found += shows(world, SEARCH, "operational" if mended else "partial_outage")
            world.run_for(2 * HOUR)
            fire(world, "SearchErrors")
            world.run_for(LONG)
            found += shows(world, SEARCH, "partial_outage")
    return found


def a_planned_maintenance_that_a_person_moved() -> list[str]:
    """I6: what a person made of it stands, whatever rule files say later."""
    found = []
    for deed in ("moved", "ended", "deleted"):
        with opened(planning(planned())) as (world, _):
            until(world, ANNOUNCED + LONG)
            (one,) = maintenances(world)
            if deed == "deleted":
                by_hand(world, "DELETE", f"/incidents/{one.id}", {})
            else:
                change = (
                    {"scheduled_until": "2026-09-22T00:00:00Z"}
                    if deed == "moved"
                    else {"status": "completed", "body": "Not today."}
                )
                by_hand(world, "PATCH", f"/incidents/{one.id}", {"incident": change})
            world.run_for(2 * LONG)
            seen = [
                (tuple(u.status.value for u in m.updates), m.scheduled_until) for m in maintenances(world)
            ]
            edit(world, planned(BEGINS, ENDS + HOUR))
            restarted(world)
            world.run_for(HOUR)
            now = [(tuple(u.status.value for u in m.updates), m.scheduled_until) for m in maintenances(world)]
            if now != seen:
                found.append(f"I6: one that a person {deed} is {now} instead of {seen}")
    return found


def an_outage_in_a_planned_maintenance(*, settings: WorldSettings | None = None) -> list[str]:
    """I15: what breaks in it is not told as an outage, nor in the grace after it; then it is."""
    with opened(planning(planned()), settings) as (world, _):
        until(world, BEGINS + HOUR)
        fire(world, "SearchErrors")
        until(world, ENDS - HOUR / 2)
        restarted(world)
        found = shows(world, SEARCH, "under_maintenance", invariant="I15")
        until(world, ENDS + 90.0)
        found += shows(world, SEARCH, "operational", invariant="I15")
        until(world, ENDS + 3 * LONG)
        return found + shows(world, SEARCH, "partial_outage")


def an_outage_in_a_planned_maintenance_that_could_not_be_announced() -> list[str]:
    """I15: the same where nobody could read whether it stands on the page already, so that it was not announced."""
    with rehearsed(planning(planned())) as (world, network):

        async def unreadable(
            request: Request,
            timeout: float,  # noqa: ASYNC109 - as in Hook
        ) -> Response | None:
            kinds = ("/incidents/scheduled", "/incidents/active_maintenance")
            return await network.fail_before(request, timeout) if request.path.endswith(kinds) else None

        network.hooks.append(unreadable)
        world.start()
        until(world, BEGINS + HOUR)
        fire(world, "SearchErrors")
        until(world, ENDS + 90.0)
        found = [f"I15: {one.name} was announced" for one in maintenances(world)]
        found += shows(world, SEARCH, "operational", invariant="I15")
        until(world, ENDS + 3 * LONG)
        return found + shows(world, SEARCH, "partial_outage")


def a_planned_maintenance_that_ended_while_a_person_took_it_on() -> list[str]:
    """I6: it ended in its own time while the daemon was down, and the component is a person's since."""
    with opened(planning(planned())) as (world, _):
        until(world, BEGINS + HOUR)
        world.crash()
        until(world, ENDS + 90.0)
        set_by_hand(world, SEARCH, "under_maintenance")
        world.run_for(LONG)
        world.start()
        world.run_for(HOUR)
        return shows(world, SEARCH, "under_maintenance", invariant="I6")


def a_planned_maintenance_that_never_began_over_a_persons_value() -> list[str]:
    """I6: a person set the component under maintenance before; ours is called off before it begins, and the answer is lost."""
    with rehearsed(planning(planned())) as (world, network):

        async def lose(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109 - as in Hook
            called_off = request.method == "PATCH" and b"completed" in (request.body or b"")
            return await network.fail_after(request, timeout) if called_off else None

        network.hooks.append(lose)
        world.start()
        until(world, BEGINS - HOUR)
        set_by_hand(world, SEARCH, "under_maintenance")
        until(world, BEGINS - 40.0)
        edit(world)
        until(world, BEGINS + HOUR)
        found = one_alone(world, "scheduled", "completed")
        return found + shows(world, SEARCH, "under_maintenance", invariant="I6")


def a_planned_maintenance_that_is_called_off_while_components_cannot_be_read() -> list[str]:
    """I5: as it begins, and for a quarter of an hour: what the page did meanwhile is known when they can be read again."""
    with rehearsed(planning(planned())) as (world, network):

        async def interfere(request: Request, timeout: float) -> Response | None:  # noqa: ASYNC109 - as in Hook
            if request.method == "PATCH" and b"completed" in (request.body or b""):
                return await network.apply_late(request, 90.0, timeout)
            since = world.now() - EPOCH - BEGINS
            if request.path.endswith("/components") and -5.0 < since < HOUR / 4:
                return await network.fail_before(request, timeout)
            return None

        network.hooks.append(interfere)
        world.start()
        until(world, BEGINS - 40.0)
        edit(world)
        until(world, BEGINS + HOUR)
        found = one_alone(world, "scheduled", "in_progress", "completed")
        return found + shows(world, SEARCH, "operational", invariant="I5")
