"""`GET /api/v1/explain`: why a component or an incident is as it is.

What is live is told from the evaluation itself, at one instant of the loop; what was, from the journal. Decides and changes nothing.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from aiohttp import hdrs

from bridge.core.explanation import explain_component
from bridge.core.incident_explanation import explain_incident
from bridge.core.incidents import IncidentPhase
from bridge.errors import BridgeError
from bridge.web.answers import answer, refusal
from bridge.web.explained_instants import InstantError, asked_instant
from bridge.web.explanation_documents import Documents
from bridge.web.explanation_names import (
    UnknownNameError,
    component_subject,
    incident_subject,
    near,
    require_known,
)
from bridge.web.instants import instant
from bridge.web.past_documents import past_document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aiohttp import web

    from bridge.core.desired import IncidentPlace
    from bridge.core.page import Page
    from bridge.core.rules import ComponentName
    from bridge.core.state import State
    from bridge.web.authentication import Authentication
    from bridge.web.ports import Evaluations

PATH = "/api/v1/explain"

_TAKES = ("name", "page", "at")


class _QueryError(BridgeError):
    """The query says nothing that can be answered; the text says what would."""


class Explained(NamedTuple):
    """What a question is answered."""

    status: HTTPStatus
    document: dict[str, Any]


async def explanation(query: Mapping[str, str], evaluations: Evaluations) -> Explained:
    """Answer one question.

    Args:
        query: `name` of a component or an incident, `page` where there are several, and `at` for the past.
        evaluations: of every page.
    """
    try:
        page = _page(query, evaluations)
        name = _name(query)
        if (at := query.get("at")) is None:
            return Explained(HTTPStatus.OK, _live(evaluations, page, name))
        instant_ = asked_instant(at, evaluations.now(), evaluations.by_our_clock)
        return Explained(HTTPStatus.OK, await _past(evaluations, page, name, instant_))
    except (_QueryError, InstantError) as error:
        return Explained(HTTPStatus.BAD_REQUEST, {"error": str(error)})
    except UnknownNameError as error:
        return Explained(HTTPStatus.NOT_FOUND, {"error": str(error)})
    except BridgeError as error:
        return Explained(HTTPStatus.SERVICE_UNAVAILABLE, {"error": str(error)})


def _live(evaluations: Evaluations, page: Page, name: str) -> dict[str, Any]:
    now = evaluations.now()
    offset = now - evaluations.by_our_clock(now)
    state = evaluations.evaluation(page.name)
    components, incidents = require_known(page, name)
    documents = Documents(now, offset)
    return {
        "page": page.name,
        "at": instant(now, offset),
        "live": True,
        "accounts": [
            *(documents.component(explain_component(state, page, one, now)) for one in components),
            *(documents.incident(explain_incident(state, page, place, now)) for place in incidents),
            # The chain of an incident goes on in what it covers.
            *(
                documents.component(explain_component(state, page, one, now))
                for one in dict.fromkeys(_behind(page, state, incidents))
                if one not in components
            ),
        ],
    }


async def _past(evaluations: Evaluations, page: Page, name: str, at: float) -> dict[str, Any]:
    """What was, by the journal.

    Raises:
        UnknownNameError: nothing is called so, or the journal does not reach so far back.
        StoreError: it cannot be read.
    """
    components, incidents = require_known(page, name)
    subjects = [
        *(component_subject(page, one) for one in components),
        *(incident_subject(page, one) for one in incidents),
    ]
    names = {one for subject in subjects for one in subject.components}
    past = await evaluations.past(page.name, names, at)
    now = evaluations.now()
    offset = now - evaluations.by_our_clock(now)
    if past.begins_at is None or at < past.begins_at:
        begins = instant(past.begins_at, offset)
        raise UnknownNameError(
            f"the journal begins at {begins}: nothing is known of {instant(at, offset)}"
            if begins
            else "the journal is empty"
        )
    rules = {rule.id: rule for rule in page.ruleset.components}
    return {
        "page": page.name,
        "at": instant(at, offset),
        "live": False,
        "accounts": [past_document(one, past, at, offset=offset, rules=rules) for one in subjects],
    }


def _behind(page: Page, state: State, incidents: tuple[IncidentPlace, ...]) -> Iterator[ComponentName]:
    """The components of these incidents that are claimed, are about to be, or take part. Cost: the holds."""
    if not incidents:
        return
    moving = {state.rules[key.rule].component for key in state.memory.holds if key.rule in state.rules}
    for place in incidents:
        rule, memory = page.ruleset.incident_rules.get(place[0]), page.desired.incidents.get(place)
        lives = memory is not None and memory.phase is not IncidentPhase.CLOSED
        taking_part = memory.components if memory is not None and lives else ()
        for name in dict.fromkeys((*taking_part, *(rule.components if rule is not None else ()))):
            if name in taking_part or name in moving or name in page.desired.components:
                yield name


def _page(query: Mapping[str, str], evaluations: Evaluations) -> Page:
    unknown = [one for one in query if one not in _TAKES]
    if unknown:
        raise _QueryError(f"{unknown[0]} is no part of a question; there are: {', '.join(_TAKES)}")
    pages, name = evaluations.pages, query.get("page")
    if name is None and len(pages) == 1:
        return next(iter(pages.values()))
    if name is None:
        raise _QueryError(f"which page? There are: {', '.join(pages)}")
    page = pages.get(name)
    if page is None:
        raise UnknownNameError(f"there is no page {name}; near are: {near(name, list(pages))}")
    return page


def _name(query: Mapping[str, str]) -> str:
    name = query.get("name", "").strip()
    if not name:
        raise _QueryError("name what is to be explained: name=COMPONENT, or name=INCIDENT")
    return name


class ExplanationsFront:
    """Answers those who ask why."""

    def __init__(self, evaluations: Evaluations, *, authentication: Authentication) -> None:
        """Stand ready.

        Args:
            evaluations: what is behind the front.
            authentication: asked first; what is told is not for the public.
        """
        self._evaluations = evaluations
        self._authentication = authentication

    async def explain(self, request: web.Request) -> web.Response:
        """Answer one question."""
        if (refused := self._authentication.check(request)) is not None:
            return refused
        if hdrs.ORIGIN in request.headers:
            return refusal(HTTPStatus.FORBIDDEN, "a web page may not ask")
        status, document = await explanation(request.query, self._evaluations)
        return answer(status, document)
