"""`/api/v1/plan`: what would be sent to the page now, and why; of rules in force or of those in the body. Nothing is written by it.

Must not know how a plan is made.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec
from aiohttp import hdrs, web

from bridge.core.statuses import Automation  # noqa: TC001 - msgspec reads the annotation
from bridge.errors import BridgeError
from bridge.web.answers import RETRY_AFTER, answer, refusal, unavailable
from bridge.web.bodies import Bodies, BodyError
from bridge.web.plan_document import plan_document
from bridge.web.plans import PlanAsked, PlanRulesError, UnknownPageError

if TYPE_CHECKING:
    from bridge.web.authentication import Authentication
    from bridge.web.plans import Plan
    from bridge.web.ports import Limits

PATH = "/api/v1/plan"


class _File(msgspec.Struct, forbid_unknown_fields=True):
    path: str
    content: str


class _Asked(msgspec.Struct, forbid_unknown_fields=True):
    page: str | None = None
    automation: Automation | None = None
    rules: list[_File] | None = None


_DECODER = msgspec.json.Decoder(_Asked)


class PlanningFront:
    """Answers what would be sent now, one question at a time: each has the page read."""

    def __init__(self, plan: Plan, *, authentication: Authentication, limits: Limits) -> None:
        """Stand ready.

        Args:
            plan: what is behind the front.
            authentication: asked before anything of the body is read.
            limits: of a body, which holds rule files.
        """
        self._plan = plan
        self._authentication = authentication
        self._limits = limits
        self._bodies = Bodies(limits)
        self._asking = asyncio.Lock()

    async def plan(self, request: web.Request) -> web.Response:
        """200 with the plan; 400 for a body that asks for nothing sensible, 422 with every problem of the rule files, 503 where the page cannot be read now."""
        if (refused := self._authentication.check(request)) is not None:
            return refused
        if hdrs.ORIGIN in request.headers:
            return refusal(HTTPStatus.FORBIDDEN, "a web page may not ask for a plan")
        with self._bodies.one() as body:
            try:
                content = await body.read(request)
            except BodyError as error:
                return self._without_body(error)
            try:
                asked = _asked(content)
            except (msgspec.DecodeError, UnicodeError) as error:
                return refusal(HTTPStatus.BAD_REQUEST, f"this asks for no plan: {error}")
            return await self._answer(asked)

    async def _answer(self, asked: PlanAsked) -> web.Response:
        try:
            async with self._asking:
                pages = await self._plan(asked)
        except UnknownPageError as error:
            return refusal(HTTPStatus.BAD_REQUEST, str(error))
        except PlanRulesError as error:
            return answer(
                HTTPStatus.UNPROCESSABLE_ENTITY, {"error": str(error), "problems": list(error.problems)}
            )
        except BridgeError as error:
            return unavailable(str(error))
        return answer(HTTPStatus.OK, plan_document(pages))

    def _without_body(self, error: BodyError) -> web.Response:
        reason = error.reason
        if error.status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            reason = f"the rule files are longer than the {self._limits.body_bytes} bytes accepted"
        headers = {"Retry-After": RETRY_AFTER} if error.status is HTTPStatus.SERVICE_UNAVAILABLE else None
        response = refusal(error.status, reason, headers)
        response.force_close()
        return response


def _asked(content: bytes) -> PlanAsked:
    document = _DECODER.decode(content) if content else _Asked()
    files = None
    if document.rules is not None:
        files = tuple((one.path, one.content.encode()) for one in document.rules)
    return PlanAsked(document.page, document.automation, files)
