"""The web front of the model: the API under `/v1`, its control under `/_simulator`, the public page everywhere else.

Handlers only translate between aiohttp and the model. The clock is an argument: demos run it as they like.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web

from bridge.simulator import feeds
from bridge.simulator.carrier import Carrier
from bridge.simulator.control import Control
from bridge.simulator.faulty_service import FaultyService
from bridge.simulator.messages import JSON_HEADERS
from bridge.simulator.model import Simulator
from bridge.simulator.public_json import DOCUMENTS, one_incident
from bridge.simulator.public_page import PublicPage
from bridge.simulator.records.pages import Page

MAXIMUM_BODY = 4 * 1024 * 1024
KEEP_ALIVE = 75.0
_PUBLIC_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

Clock = Callable[[], float]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Feed(Protocol):
    """Writes a page's history."""

    def __call__(self, page: Page, *, address: str) -> str:
        """Write it, with links that begin with `address`."""


@dataclass(frozen=True, slots=True)
class Listening:
    """A front that is being served; `port` is the one that was bound."""

    runner: web.AppRunner
    host: str
    port: int

    @property
    def url(self) -> str:
        """Return the public page's address; the API is below it at `/v1`."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{shown}:{self.port}"

    async def close(self) -> None:
        """Stop listening and end open connections."""
        await self.runner.cleanup()


def build_app(
    simulator: Simulator,
    clock: Clock,
    *,
    page_id: str | None = None,
    refresh_seconds: float | None = 10,
    control_token: str | None = None,
) -> web.Application:
    """Build the application.

    `clock` gives seconds since 1970. `page_id` is the page whose public side is shown (by default the first one).
    `refresh_seconds` is how often a browser looks again, None for never. `control_token` is asked of whoever uses
    `/_simulator`; without one, only local connections may.

    Raises:
        ValueError: The control token is blank.
    """
    if control_token is not None and not control_token.strip():
        raise ValueError("the control token is blank")
    service = FaultyService(simulator)
    carrier = Carrier(service, clock)
    front = _Front(simulator, clock, page_id, PublicPage(refresh_seconds=refresh_seconds))
    app = web.Application(client_max_size=MAXIMUM_BODY, middlewares=[_refuse_unreadable])
    app.on_shutdown.append(carrier.close)
    app.router.add_route("*", "/v1/{path:(?s:.*)}", carrier.carry)
    Control(service, clock, control_token).add_routes(app)
    app.router.add_get("/", front.overview)
    app.router.add_get("/history", front.history)
    app.router.add_get("/history.atom", front.atom)
    app.router.add_get("/history.rss", front.rss)
    app.router.add_get("/incidents/{incident_id}.json", front.incident_json)
    app.router.add_get("/incidents/{incident_id}", front.incident)
    for name, write in DOCUMENTS.items():
        app.router.add_get(f"/api/v2/{name}", front.document(write))
    app.router.add_get("/{path:(?s:.*)}", front.missing)
    return app


async def start(app: web.Application, *, host: str = "127.0.0.1", port: int = 0) -> Listening:
    """Serve an application; port 0 takes a free one.

    Raises:
        OSError: The address cannot be bound.
    """
    runner = web.AppRunner(app, access_log=None, keepalive_timeout=KEEP_ALIVE)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except BaseException:
        await runner.cleanup()
        raise
    return Listening(runner, host, runner.addresses[0][1])


@web.middleware
async def _refuse_unreadable(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer what is not encoded as its headers say. As it never came whole, the model knows nothing of it."""
    try:
        return await handler(request)
    except web.RequestPayloadError:
        body = b'{"error":"The request body is not encoded as its headers say.","status":400}'
        return web.Response(status=400, headers=JSON_HEADERS, body=body)


class _Front:
    def __init__(
        self, simulator: Simulator, clock: Clock, page_id: str | None, public_page: PublicPage
    ) -> None:
        self._simulator = simulator
        self._clock = clock
        self._page_id = page_id
        self._public_page = public_page

    async def overview(self, _request: web.Request) -> web.Response:
        page = self._page()
        return (
            self._missing() if page is None else self._html(self._public_page.overview(page, self._clock()))
        )

    async def history(self, request: web.Request) -> web.Response:
        page = self._page()
        if page is None:
            return self._missing()
        month = request.query.get("month", "")
        return self._html(self._public_page.history(page, self._clock(), month=month))

    async def incident(self, request: web.Request) -> web.Response:
        page = self._page()
        incident = None if page is None else page.incidents.get(request.match_info["incident_id"])
        if page is None or incident is None:
            return self._missing()
        return self._html(self._public_page.incident(page, incident, self._clock()))

    async def incident_json(self, request: web.Request) -> web.Response:
        page = self._page()
        incident = None if page is None else page.incidents.get(request.match_info["incident_id"])
        return self._json(None if page is None or incident is None else one_incident(page, incident))

    async def atom(self, request: web.Request) -> web.Response:
        return self._feed(request, feeds.atom, feeds.ATOM_TYPE)

    async def rss(self, request: web.Request) -> web.Response:
        return self._feed(request, feeds.rss, feeds.RSS_TYPE)

    def document(self, write: Callable[[Page], str]) -> Handler:
        """Serve one of the public JSON documents."""

        async def served(_request: web.Request) -> web.Response:
            page = self._page()
            return self._json(None if page is None else write(page))

        return served

    async def missing(self, _request: web.Request) -> web.Response:
        return self._missing()

    def _page(self) -> Page | None:
        """Return the page as it is at this moment: what time does by itself is done first."""
        self._simulator.advance(self._clock())
        pages = self._simulator.pages
        return next(iter(pages.values()), None) if self._page_id is None else pages.get(self._page_id)

    def _json(self, text: str | None) -> web.Response:
        headers = {**JSON_HEADERS, **_PUBLIC_HEADERS}
        if text is None:
            return web.Response(status=404, headers=headers, body=b'{"error":"Not found"}')
        return web.Response(headers=headers, body=text.encode())

    def _feed(self, request: web.Request, write: Feed, content_type: str) -> web.Response:
        page = self._page()
        if page is None:
            return self._missing()
        text = write(page, address=f"{request.scheme}://{request.host}")
        headers = {**_PUBLIC_HEADERS, "Content-Type": f"{content_type}; charset=utf-8"}
        return web.Response(headers=headers, body=text.encode())

    def _html(self, text: str, status: int = 200) -> web.Response:
        return web.Response(
            status=status,
            body=text.encode(),
            headers={
                **_PUBLIC_HEADERS,
                "Content-Type": "text/html; charset=utf-8",
                "Content-Security-Policy": self._public_page.security_policy,
                "Referrer-Policy": "no-referrer",
            },
        )

    def _missing(self) -> web.Response:
        return self._html(self._public_page.missing(), 404)
