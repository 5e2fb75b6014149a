"""How incidents lived, judged: each transition told once, nothing told that is not so, what is absorbed told in one incident, and what fires again soon in the one that was over.

From the simulator's model, from what left the daemon, and from the scenario's own truth; never from the product's tables. What a person or an operator had a hand in is theirs, and only its notifications are counted.
"""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, assert_never

from bridge.core.rules import MONITORING_UNCHANGED, IncidentTexts
from bridge.simulation.world import TOKEN
from tests.simulation.causes import GROUPED
from tests.simulation.evidence import CHECKED, NEVER, Interval
from tests.simulation.terms import ABSORBER, SAID_BY, Life

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator

    from bridge.simulation.world import World
    from bridge.simulator.records.incidents import Incident, IncidentUpdate
    from tests.simulation.causes import Cause
    from tests.simulation.course import Course
    from tests.simulation.evidence import Evidence, Sent
    from tests.simulation.truth import Truth

    MustClaim = Callable[[Cause, float], bool]


class Kind(StrEnum):
    """What a text of ours says, by its first words."""

    OPENED = "investigating"
    ESCALATED = "escalated"
    RETURNED = "returned"
    REOPENED = "reopened"
    IDENTIFIED = "identified"
    STILL = "still"
    MONITORING = "monitoring"
    RESOLVED = "resolved"


_BEGINNINGS = {getattr(IncidentTexts(), kind.value).partition("{")[0]: kind for kind in Kind}
_BEGINNINGS[MONITORING_UNCHANGED] = Kind.MONITORING

S, TIMEOUT = 150.0, 30.0
"""Seconds within which the page applies what it was sent, after its deadline, and until that."""

FIRING = frozenset(Kind) - {Kind.MONITORING, Kind.RESOLVED}
"""What is said while something is broken."""

AGAIN_AND_AGAIN = frozenset({Kind.RETURNED, Kind.MONITORING, Kind.STILL, Kind.IDENTIFIED})
"""What may be told in the same words more than once in one period."""


def kind_of(body: object) -> Kind | None:
    """What a text says; None for one that is not ours."""
    return next((kind for words, kind in _BEGINNINGS.items() if str(body).startswith(words)), None)


class Lives:
    """Judges the lives of a run's incidents."""

    def __init__(
        self,
        course: Course,
        world: World,
        evidence: Evidence,
        *,
        truth: Truth,
        must_claim: MustClaim,
        spared: Callable[[Cause, float], bool],
    ) -> None:
        """Work out what is theirs.

        Args:
            course: that was played.
            world: after its end.
            evidence: of the run.
            truth: of the run.
            must_claim: whether a cause must be claimed at an instant, where maintenances may have kept it from that.
            spared: whether one may have.
        """
        self._must_claim = must_claim
        self._spared = spared
        self._course = course
        self._world = world
        self._evidence = evidence
        self._truth = truth
        regime = course.regime
        self._life = (regime.life if regime is not None else None) or Life()
        self._touched = {act.what for act in evidence.on_ours} | {one.subject for one in evidence.commands}
        self._incidents = {one.id: one for one in world.simulator.incidents(world.page_id)}

    def findings(self) -> Iterator[str]:
        """What was told twice, in vain, or in the wrong place."""
        yield from self._told_once()
        for incident in self.ours():
            if incident.id not in self._touched:
                yield from self._each_transition_once(incident)
        for sent in self._evidence.sent:
            yield from self._true(sent)
        for sent, title in self._beginnings():
            yield from self._beside_its_absorber(sent, title)
            yield from self._anew_instead_of_again(sent, title)
        yield from self._said()

    def ours(self) -> list[Incident]:
        """The incidents of the bridge, deleted ones left out."""
        return [
            one
            for one in self._incidents.values()
            if one.id not in self._evidence.not_ours and not one.scheduled
        ]

    def periods(self, incident: Incident) -> list[Interval]:
        """When an incident was open: from its beginning, or from when it was opened again, until it was resolved."""
        found = [Interval(incident.created_at)]
        for update in incident.updates:
            if str(update.status) == "resolved" and found[-1].end == NEVER:
                found[-1].end = update.created_at
            elif str(update.status) != "resolved" and found[-1].end < NEVER:
                found.append(Interval(update.created_at))
        return found

    def begun(self) -> Counter[str]:
        """How often incidents of each title were opened, or opened again. What was sent before a person ended one, and arrived after it, begins nothing."""
        begun = Counter(one.name for one in self.ours())
        for one in self.ours():
            begun[one.name] += sum(
                not self._sent_before(one, again.begin, earlier.end)
                for earlier, again in pairwise(self.periods(one))
            )
        return begun

    def _sent_before(self, incident: Incident, arrived_at: float, at: float) -> bool:
        """Whether the update that an incident got at an instant had been sent before another."""
        bodies = {update.body for update in incident.updates if update.created_at == arrived_at}
        return any(
            sent.at < at and sent.path.endswith(incident.id) and (sent.incident or {}).get("body") in bodies
            for sent in self._evidence.sent
        )

    # --- I3

    def _told_once(self) -> Iterator[str]:
        arrivals = self._world.simulator.arrivals
        told: Counter[tuple[str, int, str, str]] = Counter()
        period: Counter[str] = Counter()
        for note in self._world.simulator.notifications:
            if arrivals[note.arrival].token != TOKEN:
                continue
            kind = kind_of(note.body)
            period[note.incident_id] += kind is Kind.REOPENED
            if kind not in AGAIN_AND_AGAIN:
                told[note.incident_id, period[note.incident_id], str(note.status), note.body] += 1
        yield from (f"I3: {times} notifications of {what}" for what, times in told.items() if times > 1)

    def _each_transition_once(self, incident: Incident) -> Iterator[str]:
        """Every update, with a mail or without, follows from the one before it."""
        last: Kind | None = None
        told_at, told = incident.created_at, Counter[str]()
        for update in incident.updates:
            kind = kind_of(update.body)
            if kind is None:
                continue
            if kind is Kind.REOPENED:
                told.clear()
            elif kind is Kind.RETURNED or self._may_have_ended(incident.name, told_at, update.created_at):
                # Causes are told anew, and what begins where no end could be told goes on in the same incident, at a cadence of its own.
                told = Counter({Kind.ESCALATED: told[Kind.ESCALATED]})
                last = None if kind is Kind.OPENED else last
            words = str(update.body) if kind is Kind.IDENTIFIED else kind
            told[words] += 1
            if not self._follows(kind, last) or told[words] > self._most(kind):
                yield f"I3: {incident.name!r} {incident.id} was told {kind} at {update.created_at}, after {last}"
            last, told_at = kind, self._sent_at(incident, update)

    def _sent_at(self, incident: Incident, update: IncidentUpdate) -> float:
        """When an update left the bridge: it may have been on its way for long."""
        return min(
            (
                sent.at
                for sent in self._evidence.sent
                if sent.path.endswith(incident.id)
                and (sent.incident or {}).get("body") == update.body
                and update.created_at - S - TIMEOUT < sent.at < update.created_at
            ),
            default=update.created_at,
        )

    def _may_have_ended(self, title: str, since: float, until: float) -> bool:
        """Whether an incident may have been over for the bridge at an instant between two."""
        monitored = self._course.holds.monitor_for
        # Which group an incident tells of stands nowhere in public: any of them may be over.
        if title in GROUPED:
            causes = [*self._truth.behind(title)]
        else:
            # What has an incident of its own all along is not told of in this one.
            own = {
                one.name
                for one in self.ours()
                for period in self.periods(one)
                if one.name != title and period.begin < since and until <= period.end
            }
            causes = self._told_of(title, without=own)
        lasts = all if title in GROUPED else any
        # Just when it is not claimed any more, or shortly before the next outage is known for certain, an end that lasted for a moment shows.
        known_after = self._course.holds.for_ + self._truth.slack
        claimed_for = self._course.holds.keep_firing_for + monitored
        moments = [
            at
            for cause in causes
            for one in self._truth.broken(cause)
            for at in (one.begin, one.begin + known_after, one.end + claimed_for)
        ]
        moments += [since + 10.0 * number for number in range(int((until - since) / 10.0) + 1)]
        # What a maintenance keeps from being claimed joins nothing.
        behind = self._truth.behind(title)
        return any(
            not lasts(
                self._truth.must_claim(cause, at, after=monitored)
                and (cause in behind or not self._spared(cause, at))
                for cause in causes
            )
            for at in moments
            if since <= at < until
        )

    def _follows(self, kind: Kind, last: Kind | None) -> bool:
        """Whether one text may come after another one."""
        match kind:
            case Kind.OPENED:
                return last is None
            case Kind.REOPENED:
                return last is Kind.RESOLVED
            case Kind.RETURNED:
                # Where the page lets nothing go back, a return shows as a text alone; one that recovered untold is told of again.
                return last is Kind.MONITORING or (
                    not self._course.options.going_backwards and last in FIRING
                )
            case Kind.RESOLVED:
                return last in FIRING or last is Kind.MONITORING
            case Kind.ESCALATED:  # and so it returned
                return last in FIRING or last is Kind.MONITORING
            case Kind.IDENTIFIED | Kind.STILL | Kind.MONITORING:
                return last in FIRING
            case _:
                assert_never(kind)

    def _most(self, kind: Kind) -> float:
        """How often something may be told in one stretch: that an incident goes on as often as its rule says."""
        if kind in {Kind.MONITORING, Kind.RETURNED}:
            return NEVER
        if kind is Kind.STILL:
            return self._life.updates.at_most if self._life.updates is not None else 0
        return 1

    # --- I14, I15: nothing is said that is not so

    def _true(self, sent: Sent) -> Iterator[str]:
        incident = self._incidents.get(sent.path.rpartition("/")[2])
        if sent.method != "PATCH" or sent.incident is None or incident is None or incident.scheduled:
            return
        title, kind = incident.name, kind_of(sent.incident.get("body"))
        if kind in FIRING and not any(
            self._truth.may_claim(cause, sent.at) for cause in self._told_of(title)
        ):
            yield f"I15: {title!r} was told {kind} at {sent.at}, and nothing is broken"
        broken = [self._must_claim(cause, sent.at) for cause in self._truth.behind(title)]
        if kind is Kind.MONITORING and (all(broken) if title in GROUPED else any(broken)):
            yield f"I14: {title!r} was told {kind} at {sent.at}, though it was broken"
        if title == ABSORBER and kind in {Kind.MONITORING, Kind.RESOLVED}:
            yield from self._absorbed_goes_on(sent, incident, kind)
        if kind is Kind.REOPENED:
            yield from self._reopened(sent, incident)
        if kind is Kind.IDENTIFIED:
            yield from self._identified(sent, incident)

    def _told_of(self, title: str, *, without: Container[str] = ()) -> list[Cause]:
        """What keeps an incident from recovering, with what it may have absorbed, but of some titles."""
        absorbed = self._life.absorbed if title == ABSORBER else ()
        return [
            cause
            for one in (title, *absorbed)
            if one in self._course.covered and one not in without
            for cause in self._truth.holding(one)
        ]

    def _took_part(self, cause: Cause, title: str, at: float) -> bool:
        return self._truth.may_have_claimed(cause, at, among=self._told_of(title))

    def _identified(self, sent: Sent, incident: Incident) -> Iterator[str]:
        assert sent.incident is not None
        cause = str(sent.incident["body"]).removeprefix("We have identified the cause. ")
        names = SAID_BY.get(cause)
        if names is not None:
            known = any(
                self._took_part(one, incident.name, sent.at)
                for one in self._course.causes
                if one.name in names
            )
        else:
            # Where the incident in which it was said ended meanwhile, by a person or by an end of ours that was long on its way, the one that follows in the same episode tells it.
            known = any(
                said.cause == cause
                and (said.incident_id == incident.id or self._is_over(said.incident_id, incident.name))
                and said.told.given_at <= sent.at
                for said in self._evidence.said
            )
        if not known:
            yield f"I15: {incident.name!r} was told at {sent.at} that {cause!r}, which nobody knows"

    def _is_over(self, incident_id: str, title: str) -> bool:
        """Whether an incident of this title is over, or gone."""
        incident = self._incidents.get(incident_id)
        return incident is None or (incident.name == title and incident.resolved_at is not None)

    def _said(self) -> Iterator[str]:
        """I5: what an operator said and was answered for is told before it is told that the incident goes on, and in the end, where what is broken is so all along."""
        for said in self._evidence.said:
            incident = self._incidents.get(said.incident_id)
            accepted_at = said.told.answered_at if said.told.accepted else None
            if incident is None or incident.id in self._touched or accepted_at is None:
                continue
            # Of two that were said before either could be told, the later one is.
            next_at = min(
                (
                    one.told.given_at
                    for one in self._evidence.said
                    if one is not said
                    and one.incident_id == said.incident_id
                    and (one.told.answered_at or NEVER) > said.told.given_at
                ),
                default=NEVER,
            )
            told = [sent for sent in self._evidence.sent if sent.path.endswith(incident.id) and sent.incident]
            by = next((one.at for one in told if said.cause in str((one.incident or {}).get("body"))), NEVER)
            lasting = [
                max(
                    (
                        one.end
                        for one in self._truth.broken(cause)
                        if one.begin < said.told.given_at
                        and self._truth.must_claim(cause, said.told.given_at)
                    ),
                    default=0.0,
                )
                for cause in self._truth.behind(incident.name)
            ]
            # Which group it was said of stands nowhere in public.
            going_on = min(lasting) if incident.name in GROUPED else max(lasting)
            lasted = [
                one.at
                for one in told
                if accepted_at + self._truth.slack < one.at < min(by, going_on, next_at)
                and kind_of((one.incident or {}).get("body")) is Kind.STILL
            ]
            never = going_on == by == next_at == NEVER and self.periods(incident)[-1].end == NEVER
            if lasted or never:
                yield f"I5: {incident.name!r} was not told {said.cause!r}, said at {said.told.given_at}"

    # --- what opens again

    def _reopened(self, sent: Sent, incident: Incident) -> Iterator[str]:
        title, within = incident.name, self._life.reopen_within
        if not within:
            yield f"I15: {title!r} was opened again at {sent.at}, which no rule says"
            return
        if not any(self._took_part(cause, title, sent.at) for cause in self._truth.behind(title)):
            yield f"I15: {title!r} was opened again at {sent.at} without an outage of its own"
        resolved = [
            update.created_at
            for update in incident.updates
            if kind_of(update.body) is Kind.RESOLVED and update.created_at < sent.at
        ]
        if resolved and not self._truth.may_follow(
            title, resolved[-1], sent.at, within=within, among=self._told_of(title)
        ):
            yield f"I15: {title!r} was opened again at {sent.at}, longer than {within:g} s after its end"

    def _beginnings(self) -> Iterator[tuple[Sent, str]]:
        """The calls by which incidents were opened, or opened again."""
        for sent in self._evidence.sent:
            if sent.incident is None or "scheduled_for" in sent.incident:
                continue
            if sent.method == "POST":
                yield sent, str(sent.incident["name"])
            elif kind_of(sent.incident.get("body")) is Kind.REOPENED:
                incident = self._incidents.get(sent.path.rpartition("/")[2])
                if incident is not None:
                    yield sent, incident.name

    def _anew_instead_of_again(self, sent: Sent, title: str) -> Iterator[str]:
        """I15: what fires again soon enough after our resolve is not told in another incident."""
        within = self._life.reopen_within
        if sent.method != "POST" or not within or not self._course.options.reopening:
            return
        # Which group it was stands nowhere in public; what was absorbed is not opened again, nor what a person had a hand in.
        if title in GROUPED or title in self._life.absorbed or self._evidence.disk_lost_at:
            return
        earlier = [one for one in self.ours() if one.name == title and one.created_at < sent.at]
        if not earlier or self._persons_business(title, earlier):
            return
        ended_at = self.periods(earlier[-1])[-1].end
        if ended_at > sent.at or self._refused(earlier[-1], ended_at):
            return
        # The end may have been on its way for long, and what broke meanwhile and went untold is an episode of its own.
        resolving = [
            one.at
            for one in self._evidence.sent
            if one.method == "PATCH"
            and one.path.endswith(earlier[-1].id)
            and kind_of((one.incident or {}).get("body")) is Kind.RESOLVED
            and one.at > self.periods(earlier[-1])[-1].begin
        ]
        last = self._surely_over_after(title, min(resolving, default=ended_at), sent.at)
        holds = self._course.holds
        if sent.at < last + holds.keep_firing_for + holds.monitor_for + within - self._truth.slack:
            yield f"I15: {title!r} was opened anew at {sent.at}, within {within:g} s of its end"

    def _persons_business(self, title: str, earlier: list[Incident]) -> bool:
        """Whether a person had a hand in earlier incidents, deleted one, or tells of its components."""
        ids = self._ids(title)
        persons = [self._incidents.get(one) for one in self._evidence.persons_incidents]
        return (
            any(one.id in self._touched for one in earlier)
            or any(act.value == "deleted" for act in self._evidence.on_ours)
            or any(one is None or ids & set(one.component_ids) for one in persons)
        )

    def _surely_over_after(self, title: str, ended_at: float, at: float) -> float:
        """When the last outage ended that was told of by an end, if all that may open an incident until `at` began later; before all times if not."""
        spans = [
            (cause, one)
            for cause in self._truth.behind(title)
            for one in self._truth.broken(cause)
            if one.begin < at
        ]
        before = [(cause, one) for cause, one in spans if one.end < ended_at]
        if any(one.begin < ended_at <= one.end or ended_at <= one.begin < one.end < at for _, one in spans):
            return -NEVER
        return max(
            (one.end for cause, one in before if self._truth.must_claim(cause, one.end - 0.1)), default=-NEVER
        )

    def _ids(self, title: str) -> set[str]:
        """The ids of the components that an incident covers."""
        world = self._world
        return {world.simulator.component(world.page_id, name).id for name in self._course.covered[title]}

    def _refused(self, incident: Incident, since: float) -> bool:
        """Whether the page refused something about an incident, or its answer is not known."""
        return any(
            sent.method == "PATCH" and sent.path.endswith(incident.id) and sent.at > since and not sent.good
            for sent in self._evidence.sent
        )

    # --- what is absorbed

    def absorbers(self, at: float) -> list[Incident]:
        """The incidents that absorb and are live on the page at an instant."""
        return [
            one
            for one in self.ours()
            if one.name == ABSORBER and any(span.begin < at < span.end for span in self.periods(one))
        ]

    def _beside_its_absorber(self, sent: Sent, title: str) -> Iterator[str]:
        """I2: what begins while its absorber is open and goes on is told there, and not beside it."""
        if title not in self._life.absorbed or self._evidence.disk_lost_at:
            return
        for absorber in self.absorbers(sent.at):
            if absorber.id in self._touched:
                continue
            opened_at = self._opened_at(absorber, sent.at)
            if opened_at is None or self._truth.may_be_open(title, opened_at):
                continue
            for cause in self._truth.behind(ABSORBER):
                if self._truth.must_claim(cause, opened_at) and any(
                    one.begin < opened_at and sent.at < one.end for one in self._truth.broken(cause)
                ):
                    yield f"I2: {title!r} was opened at {sent.at} beside {ABSORBER!r}, which absorbs it and was open since {opened_at}"
                    return

    def _absorbed_goes_on(self, sent: Sent, incident: Incident, kind: Kind) -> Iterator[str]:
        """I14: an absorber does not recover before what it absorbed has. Of an earlier period it may list more than it absorbed."""
        assert sent.incident is not None
        listed = set(sent.incident.get("component_ids", ()))
        if incident.id in self._touched or self.periods(incident)[0].end < sent.at:
            return
        known_at = self._surely_claimed_at(self.periods(incident)[-1].begin)
        for title in set(self._life.absorbed) & set(self._course.covered):
            if self._truth.may_be_open(title, known_at):
                continue  # it may be one of its own, which was not told yet
            ids = self._ids(title)
            beside = any(
                one.name == title and span.begin < sent.at < span.end
                for one in self.ours()
                for span in self.periods(one)
            )
            if ids & listed and not beside and self._joined_for_sure(title, sent.at):
                yield f"I14: {incident.name!r} was told {kind} at {sent.at}, though {title!r} goes on in it"

    def _surely_claimed_at(self, opened_at: float) -> float:
        """When the outage for which the absorber was opened was claimed at the latest."""
        begun = [
            one.begin + (CHECKED if cause.alert is None else 0.0)
            for cause in self._truth.behind(ABSORBER)
            for one in self._truth.broken(cause)
            if one.begin <= opened_at
        ]
        return min(opened_at, max(begin + self._course.holds.for_ for begin in begun)) if begun else opened_at

    def _joined_for_sure(self, title: str, at: float) -> bool:
        """Whether something absorbed was claimed at an instant at which the absorber was still claimed itself, and goes on."""
        own_ends = [
            one.end - 0.1
            for cause in self._truth.behind(ABSORBER)
            for one in self._truth.broken(cause)
            if one.end < at and self._truth.must_claim(cause, one.end - 0.1)
        ]
        return any(
            self._must_claim(cause, at) and self._truth.must_claim(cause, end)
            for cause in self._truth.behind(title)
            for one in self._truth.broken(cause)
            for end in own_ends
            if one.begin < end and at < one.end
        )

    def _opened_at(self, incident: Incident, at: float) -> float | None:
        """When the bridge knew that an incident is open that is so at an instant."""
        begin = next(span.begin for span in self.periods(incident)[::-1] if span.begin < at)
        known = [
            sent.ended_at
            for sent in self._evidence.sent
            if sent.good and begin < sent.ended_at < at and sent.path.endswith(incident.id)
        ]
        return min(known, default=None)
