"""Somebody is told that a draft waits: once for each wording, again until it is taken, across kills, and never of what waits no more."""

from __future__ import annotations

import json
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from structlog.testing import capture_logs

from bridge.app.draft_webhook import LONGEST_PAUSE, LOOK_EVERY, MOST_TRIES, DraftWebhook
from bridge.config.credentials import Secret
from bridge.core.guards import GuardKind
from bridge.simulation.world import DAEMON, PAGE, TOKEN
from bridge.sources.exchange import Answer, Failure, Fault
from bridge.store.store import Store
from bridge.telemetry.metrics import Metrics
from tests.simulation.commands.operating import A_LITTLE, LONG, accepted, killed
from tests.simulation.drafts.approving import (
    approve,
    drafting,
    drafting_rules,
    listed,
    the_draft,
    wider_rules,
)
from tests.simulation.shop import fire, resolve

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bridge.simulation.world import World
    from bridge.sources.exchange import Request

URL = "https://chat.example/hook-3f9c1d77/"
SECRET = "token-of-the-chat-b84a52"
HOUR = 3600.0
TAKEN = Answer(204)
AWAY = Failure(Fault.REFUSED)


@dataclass
class Receiver:
    """Whoever is told: answers what `answer` is at that moment, and keeps when it was asked and what it was told."""

    now: Callable[[], float]
    answer: Answer | Failure = TAKEN
    requests: list[Request] = field(default_factory=list)
    at: list[float] = field(default_factory=list)

    async def exchange(self, request: Request, *, timeout: float) -> Answer | Failure:  # noqa: ASYNC109 - as in the protocol
        """Answer at once."""
        assert timeout > 0
        self.requests.append(request)
        self.at.append(self.now())
        return self.answer

    @property
    def told(self) -> list[dict[str, Any]]:
        """What it was told, in order."""
        return [json.loads(request.body) for request in self.requests]

    @property
    def pauses(self) -> list[float]:
        """Seconds between one request and the next."""
        return [round(after - before) for before, after in zip(self.at, self.at[1:], strict=False)]


def telling(world: World, receiver: Receiver, *, token: Secret | None = None) -> Metrics:
    """Let the daemon that runs now tell it, until it is killed. Returns where that is counted."""
    engine = world.engine
    assert engine is not None
    metrics = Metrics(pages=[PAGE], budgets=[TOKEN[:8]])
    webhook = DraftWebhook(
        URL,
        token,
        exchange=receiver,
        store=Store(world.database, writer=Executor(), reader=Executor()),
        pages=lambda: engine.pages,
        clock=engine.clock,
        metrics=metrics,
    )
    with world.loop.incarnation(DAEMON):
        world.loop.create_task(webhook.run(), name="draft-webhook")
    return metrics


def counted(metrics: Metrics, outcome: str) -> float | None:
    return metrics.registry.get_sample_value(
        "bridge_draft_webhook_requests_total", {"page": PAGE, "outcome": outcome}
    )


def untold(metrics: Metrics) -> float | None:
    return metrics.registry.get_sample_value("bridge_drafts_untold", {"page": PAGE})


def remembered(world: World) -> list[str]:
    """The drafts of which the store remembers that they were told."""
    return [one.subject for one in world.database.load().guards if one.kind is GuardKind.DRAFT_TOLD]


def test_it_is_told_once_what_waits_and_how_to_approve_it() -> None:
    with drafting(drafting_rules(publish_after=24 * HOUR)) as (world, _):
        receiver = Receiver(world.now)
        metrics = telling(world, receiver, token=Secret(SECRET))
        world.run_for(HOUR)
        assert (receiver.told, untold(metrics), counted(metrics, "done")) == ([], 0, 0)
        fire(world, "CheckoutErrors")
        world.run_for(2 * HOUR)
        draft = the_draft(world)
        kept = ("draft", "hash", "incident", "title", "since", "published_by_itself", "approve")
        assert receiver.told == [{"page": PAGE, "group": {}, **{name: draft[name] for name in kept}}]
        assert draft["published_by_itself"] is not None
        (request,) = receiver.requests
        assert (request.method, request.url) == ("POST", URL)
        assert dict(request.headers) == {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {SECRET}",
        }
        assert (untold(metrics), counted(metrics, "done")) == (0, 1)


def test_it_is_told_again_with_growing_pauses_until_it_is_taken_and_complained_of_once() -> None:
    with drafting() as (world, _), capture_logs() as logs:
        receiver = Receiver(world.now, AWAY)
        metrics = telling(world, receiver, token=Secret(SECRET))
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        assert [counted(metrics, outcome) for outcome in ("done", "refused", "failed")] == [0, 0, 5]
        receiver.answer = Answer(503)
        world.run_for(HOUR)
        expected = [5.0, 10.0, 20.0, 40.0, 80.0, 160.0, *[LONGEST_PAUSE] * 20]
        assert all(
            most <= pause <= most + LOOK_EVERY + 1
            for pause, most in zip(receiver.pauses, expected, strict=False)
        )
        assert len(receiver.pauses) > 10
        assert untold(metrics) == 1
        receiver.answer = TAKEN
        world.run_for(HOUR)
        tries = len(receiver.told)
        assert receiver.told == [receiver.told[0]] * tries
        assert (counted(metrics, "refused"), counted(metrics, "failed")) == (tries - 6, 5)
        assert (untold(metrics), counted(metrics, "done")) == (0, 1)
        told = [(one["event"], one.get("error")) for one in logs if one["event"].startswith("draft_webhook")]
        assert told == [
            ("draft_webhook_failed", "[CONNECT] (refused)"),
            ("draft_webhook_failed", "answered with 503"),
            ("draft_webhook_recovered", None),
        ]
        assert SECRET not in str(logs)
        assert URL not in str(logs)


def test_one_that_is_never_taken_is_given_up_and_keeps_no_other_waiting() -> None:
    with drafting(wider_rules()) as (world, _), capture_logs() as logs:
        receiver = Receiver(world.now, Answer(400))
        metrics = telling(world, receiver)
        fire(world, "ApiSlow")
        world.run_for(6 * HOUR)
        assert len(receiver.told) == MOST_TRIES == counted(metrics, "refused")
        assert untold(metrics) == 1
        assert [one["draft"] for one in logs if one["event"] == "draft_webhook_given_up"] == [
            the_draft(world)["draft"]
        ]
        receiver.answer = TAKEN
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        assert receiver.told[MOST_TRIES:] != []
        assert (receiver.told[-1]["hash"], untold(metrics)) == (the_draft(world)["hash"], 0)


def test_after_a_kill_what_was_taken_is_not_told_again_and_what_was_not_is() -> None:
    with drafting() as (world, _):
        receiver = Receiver(world.now, AWAY)
        telling(world, receiver)
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        killed(world)
        before = len(receiver.told)
        receiver.answer = TAKEN
        telling(world, receiver)
        world.run_for(A_LITTLE)
        assert [one["hash"] for one in receiver.told[before:]] == [receiver.told[0]["hash"]]
        killed(world)
        metrics = telling(world, receiver)
        world.run_for(HOUR)
        assert (len(receiver.told), untold(metrics)) == (before + 1, 0)
        assert remembered(world) == [the_draft(world)["draft"]]


def test_what_says_something_else_now_is_told_by_its_new_hash() -> None:
    with drafting(wider_rules()) as (world, _):
        receiver = Receiver(world.now)
        telling(world, receiver)
        fire(world, "ApiSlow")
        world.run_for(A_LITTLE)
        first = the_draft(world)
        fire(world, "CheckoutErrors")
        world.run_for(LONG)
        second = the_draft(world)
        assert [(one["draft"], one["hash"]) for one in receiver.told] == [
            (first["draft"], first["hash"]),
            (first["draft"], second["hash"]),
        ]


def test_what_waits_no_more_is_not_told_and_nothing_of_it_stays_in_the_store() -> None:
    with drafting() as (world, _):
        receiver = Receiver(world.now)
        telling(world, receiver)
        since = fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        assert remembered(world) == [the_draft(world)["draft"]]
        resolve(world, "CheckoutErrors", since)
        world.run_for(A_LITTLE)
        assert (listed(world), remembered(world)) == ([], [])
        receiver.answer = AWAY
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        tries = len(receiver.told)
        assert tries > 1
        approve(world)
        world.run_for(2 * HOUR)
        assert (len(receiver.told), remembered(world)) == (tries, [])


def test_nothing_is_told_of_what_a_person_discarded() -> None:
    with drafting() as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        accepted(world, "draft_discard", draft=the_draft(world)["draft"])
        receiver = Receiver(world.now)
        telling(world, receiver)
        world.run_for(HOUR)
        assert receiver.told == []


def test_after_a_start_nothing_is_told_before_it_was_looked_at_whether_it_still_waits() -> None:
    with drafting() as (world, _):
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        assert world.engine is not None
        (page,) = world.engine.pages
        page.evaluated = False
        receiver = Receiver(world.now)
        telling(world, receiver)
        world.run_for(3 * LOOK_EVERY)
        assert receiver.told == []
        page.evaluated = True
        world.run_for(3 * LOOK_EVERY)
        assert len(receiver.told) == 1


def test_a_token_that_cannot_be_had_is_a_failure_and_nothing_is_sent_without_it(tmp_path: Path) -> None:
    file = tmp_path / "token"
    with drafting() as (world, _), capture_logs() as logs:
        receiver = Receiver(world.now)
        metrics = telling(world, receiver, token=Secret(file=file))
        fire(world, "CheckoutErrors")
        world.run_for(A_LITTLE)
        assert receiver.told == []
        assert counted(metrics, "failed") != 0
        assert len([one for one in logs if one["event"] == "draft_webhook_failed"]) == 1
        file.write_text(SECRET)
        world.run_for(A_LITTLE)
        assert dict(receiver.requests[0].headers)["Authorization"] == f"Bearer {SECRET}"
