"""The servers of a test: `bridge run`, Prometheus and Alertmanager as real processes on loopback.

Each takes a free port by itself and tells it in its log, so no port is ever guessed; each is asked for its own health before a test uses it.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from bridge.sources.exchange import Answer, HttpExchange, Request
from tests.e2e.children import Child, Children, eventually, tool
from tests.e2e.pages import TOKEN, Page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]
WEBHOOK_TOKEN = "webhook-token-of-the-tests"
WEBHOOK_PATH = "/api/v1/alertmanager"

RULES = """\
page: acme
defaults: {automation: full}
components:
  Checkout / API:
    - alert: CheckoutErrors
      status: {severity: {critical: major_outage, warning: degraded_performance}}
      for: 1s
      keep_firing_for: 1s
incidents:
  - id: checkout
    components: [Checkout / *]
    open_at: partial_outage
    title: Checkout is having problems
    monitor_for: 3s
"""

_LISTENS = re.compile(r'msg="Listening on".* address=(127\.0\.0\.1:\d+)')


@dataclass(frozen=True, slots=True)
class Bridge:
    """A running `bridge run`."""

    child: Child
    url: str
    exchange: HttpExchange = field(repr=False)

    async def ask(self, path: str, *, method: str = "GET", token: str = "", body: bytes = b"") -> Answer:
        """One request; fails when there is no answer."""
        headers = (("Content-Type", "application/json"),) if body else ()
        if token:
            headers = (("Authorization", f"Bearer {token}"), *headers)
        answer = await self.exchange.exchange(
            Request(method, f"{self.url}{path}", headers, body), timeout=10.0
        )
        assert isinstance(answer, Answer), answer
        return answer

    async def deliver(self, body: bytes) -> None:
        """Deliver as Alertmanager does, and see it acknowledged."""
        answer = await self.ask(WEBHOOK_PATH, method="POST", token=WEBHOOK_TOKEN, body=body)
        assert answer.status == 200, answer

    async def reload(self) -> tuple[int, dict[str, Any]]:
        """Ask for a reload. Returns status code and answer."""
        answer = await self.ask("/-/reload", method="POST", token=WEBHOOK_TOKEN)
        return answer.status, json.loads(answer.body)

    async def metric(self, sample: str) -> float:
        """The value of one sample, such as `name{label="value"}`; 0 when it is not there."""
        lines = (await self.ask("/metrics")).body.decode().splitlines()
        return next((float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(f"{sample} ")), 0.0)


class Servers:
    """A page and what is started around it, as an async context manager."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.children = Children(folder)
        self.rules = folder / "rules.yaml"
        self.rules.write_text(RULES)
        self._opened = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self.page = Page()
        await self._opened.__aenter__()
        self._opened.push_async_callback(self.children.close)
        self.exchange = await self._opened.enter_async_context(HttpExchange())
        await self.page.open()
        self._opened.push_async_callback(self.page.close)
        # The last entered is closed first: children end before the page does.
        self._opened.push_async_callback(self.children.close)
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self._opened.aclose()

    async def start_bridge(self, **settings: str) -> Bridge:
        """Start `bridge run` on the store, rules and secrets of this test, and wait until it is ready.

        Args:
            settings: further settings, by their variables' names.
        """
        bridge = await self.launch_bridge(**settings)
        await self._healthy(f"{bridge.url}/-/ready")
        return bridge

    async def launch_bridge(self, **settings: str) -> Bridge:
        """The same, and do not wait for more than that it listens: a guard may keep it from being ready."""
        child = await self.children.start(
            "bridge", sys.executable, "-m", "bridge", "run", cwd=ROOT, environment=self._environment(settings)
        )
        (started,) = await eventually("the bridge starts", lambda: _started(child), within=30)
        bridge = Bridge(child, started["url"], self.exchange)
        await self._healthy(f"{bridge.url}/-/healthy")
        return bridge

    async def start_alertmanager(self, webhooks: Sequence[Mapping[str, Any]]) -> str:
        """Start Alertmanager with one receiver, which has these webhooks. Returns its address."""
        folder = self.folder / "alertmanager"
        folder.mkdir()
        route = {
            "receiver": "bridge",
            "group_by": ["alertname"],
            "group_wait": "0s",
            "group_interval": "2s",
            "repeat_interval": "3s",
        }
        receiver = {"name": "bridge", "webhook_configs": [*webhooks]}
        configuration = folder / "alertmanager.yml"
        configuration.write_text(json.dumps({"route": route, "receivers": [receiver]}))
        child = await self.children.start(
            "alertmanager",
            tool("prometheus-alertmanager"),
            f"--config.file={configuration}",
            f"--storage.path={folder / 'data'}",
            "--web.listen-address=127.0.0.1:0",
            "--cluster.listen-address=",
            cwd=folder,
        )
        return await self._listening(child)

    async def start_prometheus(
        self,
        targets: Mapping[str, str],
        *,
        alertmanager: str = "",
        rules: Sequence[Mapping[str, Any]] = (),
        past: str = "",
        arguments: Sequence[str] = (),
    ) -> str:
        """Start Prometheus, which looks every second. Returns its address.

        Args:
            targets: addresses by the name of their job.
            alertmanager: the address of the one that it tells.
            rules: alerting rules.
            past: samples that it has from before, as OpenMetrics.
            arguments: further ones of its command line.
        """
        folder = self.folder / "prometheus"
        folder.mkdir()
        rule_file = folder / "rules.yml"
        rule_file.write_text(json.dumps({"groups": [{"name": "e2e", "rules": [*rules]}] if rules else []}))
        configuration = folder / "prometheus.yml"
        content = {
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(rule_file)],
            "scrape_configs": [
                {"job_name": job, "static_configs": [{"targets": [_host(url)]}]}
                for job, url in targets.items()
            ],
        }
        if alertmanager:
            managers = [{"static_configs": [{"targets": [_host(alertmanager)]}]}]
            content["alerting"] = {"alertmanagers": managers}
        configuration.write_text(json.dumps(content))
        if past:
            (folder / "past.om").write_text(past)
            made = await asyncio.create_subprocess_exec(
                *(tool("promtool"), "tsdb", "create-blocks-from", "--max-block-duration=8h", "openmetrics"),
                *(str(folder / "past.om"), str(folder / "data")),
                stdout=asyncio.subprocess.DEVNULL,
            )
            assert await made.wait() == 0
        child = await self.children.start(
            "prometheus",
            tool("prometheus"),
            f"--config.file={configuration}",
            f"--storage.tsdb.path={folder / 'data'}",
            "--web.listen-address=127.0.0.1:0",
            *arguments,
            cwd=folder,
        )
        return await self._listening(child)

    async def get(self, url: str) -> Answer | None:
        """The answer to a GET, if it is 200."""
        answer = await self.exchange.exchange(Request("GET", url), timeout=5.0)
        return answer if isinstance(answer, Answer) and answer.status == 200 else None

    async def post(self, url: str, body: bytes) -> None:
        """Post JSON, and see it taken."""
        request = Request("POST", url, (("Content-Type", "application/json"),), body)
        answer = await self.exchange.exchange(request, timeout=5.0)
        assert isinstance(answer, Answer), answer
        assert answer.status == 200, answer

    def delivery(self, status: str, *, severity: str = "critical") -> bytes:
        """A delivery of Alertmanager about CheckoutErrors, `firing` or `resolved`, for tests that need no real one."""
        now = datetime.fromtimestamp(self.page.clock.now(), UTC).isoformat().replace("+00:00", "Z")
        alert = {
            "status": status,
            "labels": {"alertname": "CheckoutErrors", "severity": severity},
            "annotations": {},
            "startsAt": "2026-01-01T00:00:00Z",
            "endsAt": now if status == "resolved" else "0001-01-01T00:00:00Z",
            "generatorURL": "",
            "fingerprint": "",
        }
        return json.dumps(
            {
                "version": "4",
                "groupKey": '{}:{alertname="CheckoutErrors"}',
                "truncatedAlerts": 0,
                "status": status,
                "receiver": "bridge",
                "groupLabels": {},
                "commonLabels": {},
                "commonAnnotations": {},
                "externalURL": "",
                "alerts": [alert],
            }
        ).encode()

    def _environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        return {
            "BRIDGE_LISTEN": "127.0.0.1:0",
            "BRIDGE_RULES": str(self.rules),
            "BRIDGE_DATABASE_URL": f"sqlite:///{self.folder / 'bridge.sqlite3'}",
            "BRIDGE_INSTALLATION_SECRET_FILE": self.secret("installation", "0123456789abcdef" * 4),
            "BRIDGE_API_URL": f"{self.page.url}/v1",
            "BRIDGE_PAGES__ACME__ID": self.page.id,
            "BRIDGE_PAGES__ACME__TOKEN_FILE": self.secret("api-token", TOKEN),
            "BRIDGE_WEBHOOK_BEARER_TOKEN_FILE": self.secret("webhook-token", WEBHOOK_TOKEN),
            "BRIDGE_SETTLE_FOR": "2s",
            "BRIDGE_REQUEST_TIMEOUT": "3s",
            "BRIDGE_SHUTDOWN_TIMEOUT": "10s",
            **settings,
        }

    def secret(self, name: str, text: str) -> str:
        """Write a secret's file. Returns its path."""
        path = self.folder / f"{name}.secret"
        path.touch(mode=0o600)
        path.write_text(f"{text}\n")
        return str(path)

    async def _listening(self, child: Child) -> str:
        found = await eventually(f"{child.name} listens", lambda: _LISTENS.search(child.output()))
        url = f"http://{found[1]}"
        await self._healthy(f"{url}/-/ready")
        return url

    async def _healthy(self, url: str) -> None:
        await eventually(f"{url} answers 200", lambda: self.get(url))


def _started(child: Child) -> list[dict[str, Any]]:
    assert child.running, "the bridge ended at its start"
    return child.events("daemon_started")


def _host(url: str) -> str:
    return url.removeprefix("http://")
