"""The front put together: which path is answered by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bridge.web import commands, explanations
from bridge.web.alertmanager import PATH, AlertmanagerFront
from bridge.web.answers import add_headers, in_json
from bridge.web.operations import OperationsFront
from bridge.web.planning import PATH as PLAN
from bridge.web.planning import PlanningFront
from bridge.web.ports import Limits

if TYPE_CHECKING:
    from bridge.telemetry.metrics import Metrics
    from bridge.web.authentication import Authentication
    from bridge.web.ports import Ports


def build_app(
    ports: Ports,
    *,
    authentication: Authentication,
    command_authentication: Authentication | None = None,
    metrics: Metrics,
    expiry: float,
    limits: Limits | None = None,
) -> web.Application:
    """Build the application; `bridge.web.listen` serves it.

    Args:
        ports: what is behind the front.
        authentication: of deliveries and of a reload.
        command_authentication: of commands, explanations and plans; the same as of deliveries where none is given.
        metrics: what is exposed, and where deliveries are counted.
        expiry: seconds after which a firing alert that nobody repeats is unknown.
        limits: what one delivery may cost.
    """
    limits = limits or Limits()
    app = web.Application(middlewares=[in_json], client_max_size=limits.body_bytes)
    app.on_response_prepare.append(add_headers)
    alertmanager = AlertmanagerFront(
        ports, authentication=authentication, metrics=metrics, expiry=expiry, limits=limits
    )
    app.router.add_post(PATH, alertmanager.deliver)
    app.router.add_post(f"{PATH}/{{source}}", alertmanager.deliver)
    commanding = commands.CommandsFront(
        ports.commands, authentication=command_authentication or authentication, limits=limits
    )
    app.router.add_get(commands.PATH, commanding.list)
    app.router.add_post(commands.PATH, commanding.give)
    planning = PlanningFront(
        ports.plan, authentication=command_authentication or authentication, limits=limits
    )
    app.router.add_post(PLAN, planning.plan)
    explaining = explanations.ExplanationsFront(
        ports.evaluations, authentication=command_authentication or authentication
    )
    app.router.add_get(explanations.PATH, explaining.explain)
    operations = OperationsFront(ports, authentication=authentication, metrics=metrics)
    app.router.add_get("/", operations.index)
    app.router.add_get("/metrics", operations.metrics)
    app.router.add_get("/-/healthy", operations.healthy)
    app.router.add_get("/-/ready", operations.ready)
    app.router.add_post("/-/reload", operations.reload)
    app.router.add_put("/-/reload", operations.reload)
    return app
