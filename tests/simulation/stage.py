"""The stage of a campaign: carries out what a course says, on a world, and writes down what really happened."""

from __future__ import annotations

import json
import random  # noqa: TID251 - seeded instances alone
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, assert_never

from bridge.core.signals import SignalState
from bridge.simulation.world import EPOCH, PAGE, TOKEN, World, WorldSettings, alert
from bridge.simulator.model import Request
from tests.simulation.causes import (
    CANARY,
    CAUSES,
    COMPONENTS,
    CROWD,
    EXTRAS,
    METRIC,
    OTHERS,
    PROBE,
    Cause,
    campaign_rules,
)
from tests.simulation.course import Course, Deed, Happening
from tests.simulation.evidence import NEVER, Announced, Evidence, Interval, PersonsAct, WatchedNetwork
from tests.simulation.operators import Operators
from tests.simulation.reviewers import Reviewers
from tests.simulation.shop import EVERYTHING_AT_ONCE
from tests.simulation.speakers import Speakers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.core.rules import RuleSet
    from bridge.simulator.model import Response

PERSON = "1" * 64
EVERYTHING = {**CAUSES, **EXTRAS}
RESTART = 0.2
"""Seconds between two lives in a crash loop."""

DISK_REPLACED = 200.0
"""Seconds until a daemon whose disk was lost is started again: longer than a request of the last life can be on its way."""

NOTICED = 15.0
"""Seconds; a shorter pause of the process is not told from a busy loop."""

SLOW = (0.3, 2.5)
"""Seconds that a slow store takes, before and after."""


def campaign_world(course: Course) -> World:
    """The world of a course, in which nothing runs yet."""
    components = [*COMPONENTS, OTHERS, *(CROWD if course.crowd else ())]
    settings = WorldSettings(
        components=tuple(components),
        metrics=(METRIC,) if course.metric else (),
        probes=(PROBE,),
        conditions=course.conditions,
        options=course.options,
        # One alert breaks seventy components at once here, and that is what is judged: the guard has scenarios of its own.
        plan=EVERYTHING_AT_ONCE,
    )
    return World(course.seed, rules_at(course, 0.0), settings)


def rules_at(course: Course, at: float) -> RuleSet:
    """The rules of a course as they are in force at an instant, virtual seconds."""
    rules = campaign_rules(course.holds, crowd=course.crowd, metric=course.metric)
    return rules if course.regime is None else course.regime.rules(rules, EPOCH, at, holds=course.holds)


class Stage:
    """One run."""

    def __init__(self, course: Course, world: World) -> None:
        self._course = course
        self.world = world
        self.evidence = Evidence()
        self.done: Counter[Deed] = Counter()
        world.network = WatchedNetwork(world, self.evidence)
        world.simulator.add_token(PERSON)
        self._drawn = random.Random(f"stage {course.seed}")
        self.operators = Operators(world, self.evidence, random.Random(f"operator {course.seed}"))
        self.reviewers = Reviewers(world, self.evidence)
        self.speakers = Speakers(world, self.evidence, random.Random(f"speaker {course.seed}"))
        self._up = False
        self._usual_delay = world.loop.executor_delay
        self._not_before = 0.0
        self._freezes: list[Interval] = []

    # --- the run

    def play(self) -> None:
        """Everything that the course says, up to the faults' end."""
        self._start()
        for happening in self._course.happenings:
            self.world.loop.run_until(happening.at)
            self._perform(happening)
        self.world.loop.run_until(self._course.busy)

    def settle(self) -> None:
        """The faults end: everything runs and sees again, and is mended, or broken for good."""
        world = self.world
        world.network.conditions = type(world.network.conditions)(latency=self._course.conditions.latency)
        world.note("the faults end")
        self._see()
        self._thaw()
        self._fast()
        self._start()
        if self._course.operated:
            self.operators.end()
        if self._course.regime is not None:
            self.reviewers.approve_all_from_now_on()
        if self.evidence.disk_lost_at:
            # What ended while nobody remembered it is proven by its coming back and ending.
            for name in self._causes():
                self._break(EVERYTHING[name])
            world.run_for(DISK_REPLACED + self._course.holds.for_ + 60.0)
        for name in self._causes():
            if self._course.healthy:
                self._mend(EVERYTHING[name])
            else:
                self._break(EVERYTHING[name])

    def _causes(self) -> list[str]:
        # A warning beside the critical alert changes nothing that a judge could tell apart.
        return [
            cause.name
            for cause in self._course.causes
            if not cause.members and (cause.name != "crowd" or self._course.crowd)
        ]

    def _perform(self, happening: Happening) -> None:  # noqa: C901, PLR0912, PLR0915 - one arm for each deed
        subject, figure = happening.subject, happening.figure
        self.done[happening.deed] += 1
        match happening.deed:
            case Deed.BREAK:
                self._break(EVERYTHING[subject])
            case Deed.MEND:
                self._mend(EVERYTHING[subject])
            case Deed.REPEAT:
                self._repeat()
            case Deed.LATE_DUPLICATES:
                self._late_duplicates(EVERYTHING[subject], figure)
            case Deed.CRASH:
                self._crash(figure)
            case Deed.CRASH_AT_DELIVERY:
                self._break(EVERYTHING[subject])
                self._later(figure, self._crash, 5.0)
            case Deed.CRASH_LOOP:
                for number in range(int(figure)):
                    self._later(number * 4 * RESTART, self._crash, RESTART)
            case Deed.FREEZE:
                self._freeze(figure)
            case Deed.SLOW_STORE:
                self.evidence.slow = True
                self.world.loop.executor_delay = SLOW
                self._later(figure, self._fast)
            case Deed.SET_CLOCK:
                self.world.clock_set_by += figure
                self.world.note(f"the machine's clock is set by {figure:.0f} s")
            case Deed.BLIND:
                self._blind(figure)
            case Deed.LOSE_DISK:
                self._lose_disk()
            case Deed.SET_COMPONENT:
                self._set_component(subject, happening.value)
            case Deed.UPDATE_OURS:
                self._act_on_ours(subject, "PATCH", {"body": "We have found the cause."})
            case Deed.RESOLVE_OURS:
                self._act_on_ours(subject, "PATCH", {"status": "resolved", "body": "Mended by hand."})
            case Deed.DELETE_OURS:
                self._act_on_ours(subject, "DELETE", {})
            case Deed.OPEN_OWN:
                self._open_own(subject)
            case Deed.CLOSE_OWN:
                self._close_own(subject)
            case Deed.MAINTENANCE:
                self._announce(subject, figure, float(happening.value))
            case Deed.OTHER_TOOL:
                self._other_tool()
            case (
                Deed.OVERRIDE
                | Deed.HAND_BACK
                | Deed.YIELD_COMPONENT
                | Deed.YIELD_INCIDENT
                | Deed.ADOPT
                | Deed.RELEASE
                | Deed.PAUSE
                | Deed.RESUME
            ):
                self.operators.perform(happening)
            case Deed.APPROVE | Deed.DISCARD:
                self.reviewers.read(approve=happening.deed is Deed.APPROVE, seconds=figure)
            case Deed.CHANGE_RULES:
                self._change_rules(happening.at)
            case Deed.IDENTIFY:
                self.speakers.say(self._course.covered)
            case _:
                assert_never(happening.deed)

    def _change_rules(self, at: float) -> None:
        """The rule files are changed and reloaded; a daemon that is down starts with them."""
        world = self.world
        world.note("the rules change")
        world.ruleset = rules_at(self._course, at)
        if world.engine is not None:
            world.engine.replace_rules({PAGE: world.ruleset})

    def _later(self, seconds: float, act: object, *arguments: object) -> None:
        with self.world.loop.outside():
            self.world.loop.call_later(seconds, act, *arguments)  # type: ignore[arg-type]

    # --- what breaks

    def _break(self, cause: Cause) -> None:
        if self._is_broken(cause):
            return
        world = self.world
        world.note(f"{cause.name} breaks")
        self.evidence.broken.setdefault(cause.name, []).append(Interval(world.now()))
        if cause.alert is None:
            world.services[PROBE.check.url] = 503
        else:
            self._send(cause, self.evidence.broken[cause.name][-1])

    def _mend(self, cause: Cause) -> None:
        if not self._is_broken(cause):
            return
        world = self.world
        world.note(f"{cause.name} is mended")
        interval = self.evidence.broken[cause.name][-1]
        interval.end = world.now()
        if cause.alert is None:
            world.services[PROBE.check.url] = 200
        else:
            self._send(cause, interval)

    def _is_broken(self, cause: Cause) -> bool:
        intervals = self.evidence.broken.get(cause.name)
        return bool(intervals) and intervals is not None and intervals[-1].end == NEVER

    def _send(self, cause: Cause, interval: Interval, *, firing: bool | None = None) -> None:
        assert cause.alert is not None
        name, _ = cause.alert
        still = interval.end == NEVER if firing is None else firing
        told = alert(
            name,
            firing=still,
            since=interval.begin,
            until=0.0 if still else interval.end,
            team=CANARY,
            **cause.labels,
        )
        told["annotations"] = {"summary": CANARY}
        self.world.send_alerts([told])

    def _repeat(self) -> None:
        for name, intervals in self.evidence.broken.items():
            if intervals[-1].end == NEVER and EVERYTHING[name].alert is not None:
                self._send(EVERYTHING[name], intervals[-1])

    def _late_duplicates(self, cause: Cause, after: float) -> None:
        ended = [interval for interval in self.evidence.broken.get(cause.name, ()) if interval.end < NEVER]
        # An empty store knows no resolve that would put the old firing in its place.
        if ended and cause.alert is not None and not self.evidence.disk_lost_at:
            self._send(cause, ended[-1], firing=True)
            self._later(after, self._send, cause, ended[-1])

    # --- the daemon's machine

    def _start(self) -> None:
        if self._up:
            return
        if self.world.now() < self._not_before:
            self._later(self._not_before - self.world.now(), self._start)
            return
        self._up = True
        for gap in self.evidence.unwatched:
            gap.end = min(gap.end, self.world.now())
        self.world.start()

    def _crash(self, down_for: float) -> None:
        if self._up:
            self._up = False
            self.world.crash()
            self._check_what_was_acknowledged()
            self.evidence.unwatched.append(Interval(self.world.now()))
        self._later(down_for, self._start)

    def _freeze(self, seconds: float) -> None:
        if self._up:
            self.world.freeze()
            self._freezes.append(Interval(self.world.now()))
            self.evidence.unwatched.append(self._freezes[-1])
            self._later(seconds, self._thaw)

    def _thaw(self) -> None:
        if self._up:
            for gap in self.evidence.unwatched:
                gap.end = min(gap.end, self.world.now())
            # Another thaw may have come sooner than its own.
            short = [gap for gap in self._freezes if gap.end - gap.begin <= NOTICED]
            self.evidence.unwatched = [gap for gap in self.evidence.unwatched if gap not in short]
            self._freezes.clear()
            self.world.thaw()

    def _fast(self) -> None:
        self.world.loop.executor_delay = self._usual_delay

    def _blind(self, seconds: float) -> None:
        if not self.world.blind:
            self.world.blind = True
            self.evidence.blind.append(Interval(self.world.now()))
            self._later(seconds, self._see)

    def _see(self) -> None:
        self.world.blind = False
        for gap in self.evidence.blind:
            gap.end = min(gap.end, self.world.now())

    def _lose_disk(self) -> None:
        self._not_before = self.world.now() + DISK_REPLACED
        self._crash(DISK_REPLACED)
        self.world.lose_the_disk()
        self.evidence.disk_lost_at.append(self.world.now())
        self._later(DISK_REPLACED + 30.0, self._repeat)

    def _check_what_was_acknowledged(self) -> None:
        """I1: what was answered 200 is on the disk, whenever the daemon was killed."""
        last = {
            told.signal.key: told
            for told in sorted(self.world.acknowledged, key=lambda told: told.signal.since)
            if not any(told.at < lost for lost in self.evidence.disk_lost_at)
        }
        stored = {signal.key: signal for signal in self.world.database.load().signals}
        for key, told in last.items():
            kept = stored.get(key)
            if kept is None and told.signal.state is SignalState.OK and self._course.has_clock_step:
                continue  # by a clock that was set forward, it ended long ago
            if kept is None or (kept.since < told.signal.since and kept.state is not told.signal.state):
                self.evidence.lost_alerts.append(f"{told.signal.labels} acknowledged at {told.at}")

    # --- people, and other tools

    def _person(self, method: str, path: str, body: Mapping[str, object]) -> Response:
        return self._request(PERSON, method, path, body)

    def _request(self, token: str, method: str, path: str, body: Mapping[str, object]) -> Response:
        world = self.world
        headers = {"Authorization": f"OAuth {token}", "Content-Type": "application/json"}
        request = Request(
            method, f"/pages/{world.page_id}{path}", {}, headers, json.dumps(body).encode() if body else b""
        )
        return world.simulator.handle(request, now=world.now())

    def _set_component(self, name: str, value: str) -> None:
        component = self.world.simulator.component(self.world.page_id, name)
        if str(component.status) == value:
            return  # nobody could tell that somebody set it
        if (
            self._person("PATCH", f"/components/{component.id}", {"component": {"status": value}}).status
            < 300
        ):
            self.world.note(f"a person sets {name} to {value}")
            self.evidence.on_components.append(PersonsAct(self.world.now(), component.id, value))

    def _act_on_ours(self, title: str, method: str, change: dict[str, object]) -> None:
        world = self.world
        live = [
            incident
            for incident in world.simulator.incidents(world.page_id)
            if incident.name == title and incident.resolved_at is None
        ]
        if not live:
            return
        chosen = live[int(self._drawn.random() * len(live))]
        body: dict[str, object] = {"incident": change} if change else {}
        if self._person(method, f"/incidents/{chosen.id}", body).status < 300:
            world.note(f"a person: {method} {chosen.id} {change}")
            what = "deleted" if method == "DELETE" else str(change.get("status", "updated"))
            self.evidence.on_ours.append(PersonsAct(world.now(), chosen.id, what))

    def _open_own(self, name: str) -> None:
        component = self.world.simulator.component(self.world.page_id, name)
        told = {
            "name": f"A person's own about {name}",
            "status": "investigating",
            "body": "We look into it.",
            "component_ids": [component.id],
        }
        answer = self._person("POST", "/incidents", {"incident": told})
        if answer.status < 300:
            self.world.note(f"a person opens an incident about {name}")
            self.evidence.persons_incidents.add(json.loads(answer.body)["id"])

    def _close_own(self, name: str) -> None:
        world = self.world
        for incident in world.simulator.incidents(world.page_id):
            if (
                incident.id in self.evidence.persons_incidents
                and incident.name.endswith(name)
                and incident.resolved_at is None
            ):
                body = {"incident": {"status": "resolved", "body": "Over."}}
                self._person("PATCH", f"/incidents/{incident.id}", body)

    def _announce(self, name: str, lead: float, lasts: float) -> None:
        """A person announces a maintenance; the page, or they, take it on at about its times, and may set its component."""
        world, drawn = self.world, self._drawn
        component = world.simulator.component(world.page_id, name)
        begin = world.now() + lead
        told = {
            "name": f"Work on {name}",
            "status": "scheduled",
            "body": "It may be disturbed.",
            "component_ids": [component.id],
            "scheduled_for": datetime.fromtimestamp(begin, UTC).isoformat(),
            "scheduled_until": datetime.fromtimestamp(begin + lasts, UTC).isoformat(),
        }
        answer = self._person("POST", "/incidents", {"incident": told})
        if answer.status >= 300:
            return
        world.note(f"a person announces a maintenance of {name} in {lead:.0f} s, for {lasts:.0f} s")
        one = Announced(json.loads(answer.body)["id"], component.id, world.now())
        self.evidence.maintenances.append(one)
        shown, set_back = drawn.choice(((True, True), (False, True), (False, False)))
        self._later(lead + drawn.uniform(0.5, 15.0), self._begin, one, shown)
        self._later(lead + lasts + drawn.uniform(0.5, 15.0), self._complete, one, set_back)

    def _begin(self, one: Announced, shown: bool) -> None:  # noqa: FBT001 - as it is called later
        self._move(one, "in_progress", "under_maintenance" if shown else None)
        one.begun_at = self.world.now()

    def _complete(self, one: Announced, set_back: bool) -> None:  # noqa: FBT001 - as it is called later
        self._move(one, "completed", "operational" if set_back else None)
        one.completed_at = self.world.now()

    def _move(self, one: Announced, status: str, component: str | None) -> None:
        self.world.note(f"a maintenance is {status}, its component {component or 'as it was'}")
        told = {"incident": {"status": status, "body": "As planned."}}
        self._person("PATCH", f"/incidents/{one.incident_id}", told)
        if component is not None:
            self._person("PATCH", f"/components/{one.component_id}", {"component": {"status": component}})

    def _other_tool(self) -> None:
        """Three calls, which the share kept for others allows in a minute."""
        component = self.world.simulator.component(self.world.page_id, OTHERS)
        for status in ("degraded_performance", "operational"):
            self._request(TOKEN, "PATCH", f"/components/{component.id}", {"component": {"status": status}})
        self._request(TOKEN, "GET", "/components", {})
