"""Visitors of the public page: a real browser, what it complains about, what it asks for, and what it shows to those who cannot see.

`BRIDGE_SCREENSHOTS=FOLDER` keeps the pictures there as well.
"""

from __future__ import annotations

import os
import shutil
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import async_playwright

from tests.e2e.children import tool

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import Literal

    from playwright.async_api import Browser, Page, Request

FLAGS = (
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
HEIGHT = 900
DESKTOP, PHONE = 1100, 390

CONTROLS = frozenset(
    {"button", "checkbox", "combobox", "DisclosureTriangle", "link", "menuitem", "radio", "searchbox"}
    | {"slider", "spinbutton", "switch", "tab", "textbox"}
)
NAMED = CONTROLS | {"image", "img", "article", "navigation", "region"}
"""Roles that mean nothing to a person who cannot see, unless they have a name."""


@asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=tool("chromium"), args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


class Visit:
    """A visitor who notes what the browser complains about and what it asks for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url}"))
        page.on("request", self._note)

    def _note(self, request: Request) -> None:
        self.requests.append(request.url)

    async def unnamed(self) -> list[str]:
        """What the accessibility tree holds without a name although its role needs one."""
        session = await self.page.context.new_cdp_session(self.page)
        tree = await session.send("Accessibility.getFullAXTree")
        shown = [node for node in tree["nodes"] if not node["ignored"]]
        assert any(node["role"]["value"] == "link" for node in shown)
        return [
            node["role"]["value"]
            for node in shown
            if node["role"]["value"] in NAMED and not node.get("name", {}).get("value", "").strip()
        ]

    async def violations(self) -> list[str]:
        """What axe finds wrong with the page as it is."""
        found = await Axe().run(self.page)
        return [
            f"{one['id']}: {node['html'][:200]}"
            for one in found.response["violations"]
            for node in one["nodes"]
        ]

    async def focused(self) -> dict[str, str]:
        """What has the keyboard's focus: its tag, id and type, and how the outline of what shows it is drawn."""
        described: dict[str, str] = await self.page.evaluate(
            """() => {
                const one = document.activeElement;
                const shown = one.type === "radio" ? document.querySelector(`label[for="${one.id}"]`) : one;
                const style = getComputedStyle(shown);
                return {tag: one.tagName, id: one.id, type: one.type || "",
                        outline: style.outlineStyle, width: style.outlineWidth};
            }"""
        )
        return described

    async def widths(self) -> tuple[int, int]:
        """How wide the content is, and how wide the room that it has."""
        root = await self.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        return root[0], root[1]


@asynccontextmanager
async def visiting(
    browser: Browser, url: str, *, width: int, scheme: Literal["light", "dark"]
) -> AsyncIterator[Visit]:
    context = await browser.new_context(
        viewport={"width": width, "height": HEIGHT}, color_scheme=scheme, locale="en-GB"
    )
    try:
        visit = Visit(await context.new_page())
        answer = await visit.page.goto(url, wait_until="load")
        assert answer is not None
        assert answer.status == 200
        yield visit
    finally:
        await context.close()


def _keep(path: Path) -> None:
    if folder := os.environ.get("BRIDGE_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        shutil.copy(path, folder)


async def picture(visit: Visit, folder: Path, name: str) -> None:
    path = folder / name
    await visit.page.screenshot(path=path, full_page=True)
    _keep(path)
