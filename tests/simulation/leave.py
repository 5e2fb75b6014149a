"""What was told by a regime's rules, judged: no draft without a person's leave, or before its time; each maintenance of the rules announced once, and over in the end.

From the simulator's model, from what left the daemon, and from what reviewers read and decided; never from the product's tables.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from bridge.simulation.world import EPOCH
from tests.simulation.evidence import NEVER, Announced, Interval
from tests.simulation.orders import PLANNED
from tests.simulation.regime import DRAFTED, title_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.simulation.world import World
    from bridge.simulator.records.incidents import Incident
    from tests.simulation.course import Course
    from tests.simulation.evidence import Evidence, Sent
    from tests.simulation.regime import Planned
    from tests.simulation.reviewers import Review
    from tests.simulation.truth import Truth

BELIEVED = 35.0
"""Seconds after which an empty store believes lists that may lag."""

EXTENDED = 420.0
"""Seconds by which a maintenance may overrun its plan, with its grace: twice two minutes, or five of telling."""

LEFT = 180.0
"""Seconds that are left for announcing, whatever else goes on."""


def planned_maintenances(world: World) -> list[Incident]:
    """The maintenances on the page that the bridge announced."""
    return [
        incident
        for incident in world.simulator.incidents(world.page_id)
        if incident.scheduled and "bridge" in incident.metadata
    ]


def as_announced(incident: Incident) -> Iterator[Announced]:
    """One of ours, as a person's is noted: when the page began it, and when it was over. An extension that comes after its end, because it was lost for a while, begins it again."""
    spans: list[Interval] = []
    for update in incident.updates:
        if str(update.status) == "in_progress" and (not spans or spans[-1].end < NEVER):
            spans.append(Interval(update.created_at))
        elif str(update.status) == "completed" and spans:
            spans[-1].end = min(spans[-1].end, update.created_at)
    for component_id in incident.component_ids:
        for span in spans or [Interval(NEVER, incident.resolved_at or NEVER)]:
            yield Announced(incident.id, component_id, incident.created_at, span.begin, span.end)


class Leave:
    """Judges what a regime's rules told in one run."""

    def __init__(self, course: Course, world: World, evidence: Evidence, truth: Truth) -> None:
        self._course = course
        self._world = world
        self._evidence = evidence
        self._truth = truth

    def findings(self) -> Iterator[str]:
        """What was told without leave, or twice."""
        regime = self._course.regime
        if regime is None:
            return
        if regime.drafts is not None:
            for sent in self._evidence.sent:
                incident = sent.incident
                if sent.method == "POST" and incident is not None and incident["name"] in DRAFTED:
                    yield from self._opened(sent, incident)
        for planned in regime.planned:
            yield from self._announced(planned)

    # --- drafts

    def _opened(self, sent: Sent, incident: dict[str, Any]) -> Iterator[str]:
        approved = any(
            review.approved and review.first_at <= sent.at and _says(review, incident)
            for review in self._evidence.reviews
        )
        if not approved and not self._by_itself(sent.at, str(incident["name"])):
            yield f"I15: {incident['name']!r} was opened at {sent.at}, which nobody approved"
        for review in self._evidence.reviews:
            if not review.approved and self._still(review, sent.at):
                yield f"I15: {incident['name']!r} was opened at {sent.at}, though it was discarded at {review.acknowledged_at}"

    def _by_itself(self, at: float, title: str) -> bool:
        """Whether a draft may have waited for long enough by then."""
        regime = self._course.regime
        after = regime.drafts.publish_after if regime is not None and regime.drafts is not None else None
        if after is None:
            return False
        first = at - after + self._truth.slack
        return any(self._truth.may_claim(cause, first) for cause in self._truth.behind(title))

    def _still(self, review: Review, at: float) -> bool:
        """Whether the cause that was discarded has gone on until now."""
        return review.acknowledged_at + PLANNED < at and any(
            interval.begin < review.read_at and at < interval.end
            for cause in self._truth.behind(review.draft["title"])
            for interval in self._truth.broken(cause)
        )

    # --- maintenances

    def planned_for(self, components: tuple[str, ...]) -> Iterator[Interval]:
        """When maintenances of these components were planned to last, before and after their rules changed, with the time by which they may have been extended."""
        regime = self._course.regime
        for planned in regime.planned if regime is not None else ():
            if planned.component in components:
                moved = planned.moved_by or 0.0
                begin, end = planned.begin + min(moved, 0.0), planned.end + max(moved, 0.0)
                yield Interval(EPOCH + begin, EPOCH + end + EXTENDED)

    def _announced(self, planned: Planned) -> Iterator[str]:
        title = title_of(planned.component)
        ours = [one for one in planned_maintenances(self._world) if one.name == title]
        lives = defaultdict(list)
        for incident in ours:
            key = str(incident.metadata["bridge"].get("key"))
            lives[key].append((incident.created_at, incident.resolved_at or NEVER))
        for spans in lives.values():
            for earlier, later in pairwise(sorted(spans)):
                if later[0] < earlier[1]:
                    yield f"I2: {title!r} was announced at {later[0]} while another was not over"
        # Moved while it goes on, it is ended and announced anew.
        most = 1 if planned.changed_at is None else 2
        if len(ours) > most:
            yield f"I3: {title!r} was announced {len(ours)} times"
        left = [incident.id for incident in ours if not incident.closed]
        if left:
            yield f"I5: {title!r} is not over: {left}"
        if planned.changed_at is None and self._could_announce(planned):
            tried = any(
                sent.method == "POST" and (sent.incident or {}).get("name") == title
                for sent in self._evidence.sent
            )
            if not ours and not tried:
                yield f"I5: {title!r} was never announced"
            elif ours and (
                abs((ours[0].scheduled_for or 0.0) - (EPOCH + planned.begin)) > 1.0
            ):  # the page has whole seconds
                yield f"I5: {title!r} was announced for {ours[0].scheduled_for}"

    def _could_announce(self, planned: Planned) -> bool:
        """Whether nothing kept it from being announced: the page was read so far that something was written, both lists again when they could be believed, and some time was left."""
        if self._evidence.slow or self._course.has_clock_step:
            return False
        until = EPOCH + planned.end - LEFT
        wrote = any(
            sent.method != "GET" and "/metrics" not in sent.path and sent.at < until
            for sent in self._evidence.sent
        )
        if not wrote:
            return False
        read = [
            [
                sent.at
                for sent in self._evidence.sent
                if sent.path.endswith(f"/incidents/{kind}") and sent.good and sent.at < until
            ]
            for kind in ("scheduled", "active_maintenance")
        ]
        believed = min((at for ats in read for at in ats), default=NEVER) + BELIEVED
        known = [min((at for at in ats if at > believed), default=NEVER) for ats in read]
        # A life that begins meanwhile has to read them anew.
        return max(known) < NEVER and not self._evidence.pauses(max(known), max(known) + LEFT)


def _says(review: Review, incident: dict[str, Any]) -> bool:
    """Whether what is sent is what was read."""
    draft = review.draft
    listed = [one["component_id"] for one in draft["components"]]
    return (draft["title"], draft["body"], draft["status"], listed) == (
        incident["name"],
        incident["body"],
        incident["status"],
        list(incident["component_ids"]),
    )
