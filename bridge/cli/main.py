"""The command `bridge` and its subcommands. Nothing heavy is imported before a command needs it: `bridge check` answers in under a second."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bridge import __version__
from bridge.cli.confirm import confirm
from bridge.cli.drafts import drafts
from bridge.cli.exits import explained
from bridge.cli.explain import explain
from bridge.cli.incidents import adopt, identify, release
from bridge.cli.init import init
from bridge.cli.operator_options import OnPage, TokenFile, Url  # noqa: TC001 - typer reads the annotations
from bridge.cli.override import override
from bridge.cli.pausing import pause, resume
from bridge.cli.statuspage.connection import (
    ApiUrlOption,
    Connection,
    PageOption,
    RequestsOption,
    TokenFileOption,
)
from bridge.cli.statuspage.resources import statuspage
from bridge.cli.yielding import stand_back

application = typer.Typer(
    name="bridge",
    help="Keeps a public Atlassian Statuspage true by itself: signals in, component statuses, incidents and metrics out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Paths = Annotated[list[Path], typer.Argument(metavar="PATH...", help="Rule files, and directories of them.")]


@application.command()
def run() -> None:
    """Run the daemon. Settings come from the environment (BRIDGE_...) and from secret files."""
    from bridge.cli.run import run_daemon

    with explained():
        run_daemon()


@application.command()
def check(
    paths: Paths,
    *,
    fatal: Annotated[bool, typer.Option("--fatal", help="Exit with 3 where there are warnings.")] = False,
    disable: Annotated[
        list[str] | None, typer.Option(metavar="LINT", help="Do not warn of this; may be given again.")
    ] = None,
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="FORM", help="text, json, or github for annotations.")
    ] = "text",
    online: Annotated[
        bool, typer.Option("--online", help="Compare the names with what stands on the page, too.")
    ] = False,
    page: PageOption = None,
    token_file: TokenFileOption = None,
    api_url: ApiUrlOption = None,
    requests: RequestsOption = None,
) -> None:
    """Check rule files: every problem at once, as file:line:column."""
    from bridge.cli.check import Form, check_rules
    from bridge.cli.exits import WrongUseError, word_of
    from bridge.config.lint_names import Lint

    connection = Connection(page=page, token_file=token_file, api_url=api_url, requests=requests)
    with explained():
        if not online and connection != Connection():
            raise WrongUseError("--page, --token-file, --api-url and --requests go with --online")
        disabled = [word_of(Lint, name, "--disable") for name in disable or ()]
        form = word_of(Form, output, "--output")
        way = connection if online else None
        raise typer.Exit(check_rules(paths, fatal=fatal, online=way, disabled=disabled, form=form))


@application.command(name="test")
def rehearse(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Files of tests, and directories of *.test.yaml.")
    ],
    *,
    run: Annotated[
        str | None, typer.Option(metavar="REGEXP", help="Only the tests whose names it is found in.")
    ] = None,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show differences line by line, and the chain behind them.")
    ] = False,
    junit: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the results as JUnit's XML.")
    ] = None,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Say what of the rules no test has shown.")
    ] = False,
    threshold: Annotated[
        float | None,
        typer.Option(min=0, max=100, metavar="PERCENT", help="Fail below so much coverage."),
    ] = None,
) -> None:
    """Play timelines of signals against rules, by the real daemon on simulated time, and compare the page with what is expected."""
    from bridge.cli.rehearse import rehearse

    with explained():
        raise typer.Exit(
            rehearse(paths, run=run, diff=diff, junit=junit, coverage=coverage, threshold=threshold)
        )


@application.command()
def replay(
    paths: Paths,
    *,
    alerts: Annotated[Path | None, typer.Option(metavar="FILE", help="What happened, as JSON lines.")] = None,
    journal: Annotated[
        str | None,
        typer.Option(metavar="FILE|URL", help="What a daemon received: its store, which it may have open."),
    ] = None,
    prometheus: Annotated[
        str | None, typer.Option(metavar="URL", help="What a Prometheus has of alerts, from --from to --to.")
    ] = None,
    begin: Annotated[str | None, typer.Option("--from", metavar="TIME", help="Of the range.")] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="TIME", help="Of the range.")] = None,
    step: Annotated[str, typer.Option(metavar="DURATION", help="Of the range: how exactly.")] = "1m",
    probe: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID=EXPRESSION", help="PromQL that is 0 while this probe failed; may be given again."
        ),
    ] = None,
    prometheus_token_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Holds a bearer token for the Prometheus.")
    ] = None,
    against: Annotated[
        list[Path] | None,
        typer.Option(metavar="PATH", help="Other rules to compare with; may be given again."),
    ] = None,
    page: Annotated[
        str | None, typer.Option(metavar="NAME", help="The page, where the rules are for several.")
    ] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a report with charts.")] = None,
) -> None:
    """Tell what rules would have published of a history of alerts and checks: a timeline, and what it comes to."""
    from bridge.cli.histories import FromPrometheus, Given
    from bridge.cli.replay import replay

    with explained():
        asked = prometheus and FromPrometheus(
            prometheus, begin, end, step, probe or (), prometheus_token_file
        )
        given = Given(alerts=alerts, journal=journal, prometheus=asked or None)
        raise typer.Exit(replay(paths, given, against=against or (), page=page, html=html))


@application.command()
def plan(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH...]", help="Rule files to go by; without any, those in force."),
    ] = None,
    *,
    automation: Annotated[
        str | None,
        typer.Option(metavar="LEVEL", help="Under this cap: shadow, statuses, draft or full."),
    ] = None,
    output: Annotated[str, typer.Option("-o", "--output", metavar="FORM", help="text or json.")] = "text",
    page: OnPage = None,
    url: Url = None,
    token_file: TokenFile = None,
) -> None:
    """Say what the daemon would send to the page now, call by call, and why. Sends nothing; exits with 3 where there is something."""
    from bridge.cli.plan import plan

    with explained():
        asked = plan(paths, automation=automation, output=output, page=page, url=url, token_file=token_file)
        raise typer.Exit(asked)


@application.command()
def bind(
    paths: Paths,
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit with 3 where something would change.")
    ] = False,
    page: PageOption = None,
    token_file: TokenFileOption = None,
    api_url: ApiUrlOption = None,
    requests: RequestsOption = None,
) -> None:
    """Write ids.lock.yaml beside rule files: which id of the page each name means."""
    from bridge.cli.bind import bind_names

    with explained():
        connection = Connection(page=page, token_file=token_file, api_url=api_url, requests=requests)
        raise typer.Exit(bind_names(paths, connection, check=check))


@application.command()
def schema() -> None:
    """Print the JSON Schema of rule files, by which an editor completes and checks them."""
    from bridge.cli.schema import schema_text

    typer.echo(schema_text(), nl=False)


@application.command()
def demo(
    duration: Annotated[
        str | None,
        typer.Option("--for", metavar="DURATION", help="End by itself after this long, such as 60s."),
    ] = None,
    summary: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write what happened as JSON when it ends.")
    ] = None,
    rules: Annotated[Path, typer.Option(metavar="PATH", help="The rules that it runs.")] = Path(
        "rules/shop.yaml"
    ),
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the public page; 0 takes a free one.")
    ] = 0,
) -> None:
    """See the main job in one process: a page, services that fail by a script, and the bridge between them."""
    from bridge.cli.demo import play

    with explained():
        raise typer.Exit(play(duration, summary=summary, rules=rules, port=port))


@application.command()
def simulator(
    *,
    token: Annotated[
        list[str],
        typer.Option(metavar="TOKEN", help="An API token that it accepts; may be given several times."),
    ],
    listen: Annotated[str, typer.Option(metavar="HOST:PORT")] = "127.0.0.1:8480",
    state: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Keep everything in this file, and go on from it at the next start."
        ),
    ] = None,
    speed: Annotated[
        float, typer.Option(metavar="N", help="Let its time pass N times as fast, to watch a maintenance.")
    ] = 1.0,
    control_token: Annotated[
        str | None,
        typer.Option(
            metavar="TOKEN", help="Asked of whoever uses /_simulator; without it, only this machine may."
        ),
    ] = None,
    capabilities: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Behave as a page was found to (`bridge statuspage conformance`)."),
    ] = None,
    deliver_webhooks: Annotated[
        bool,
        typer.Option("--deliver-webhooks", help="Call the endpoints of webhook subscribers on this machine."),
    ] = False,
) -> None:
    """Serve a fake Statuspage, at first with a small example page: the API under /v1, the public page at /."""
    from bridge.cli.simulator import Choices, serve

    with explained():
        choices = Choices(
            control_token=control_token,
            state=state,
            speed=speed,
            capabilities=capabilities,
            deliver_webhooks=deliver_webhooks,
        )
        serve(token, listen=listen, choices=choices)


application.command("yield")(stand_back)
application.add_typer(override)
application.add_typer(drafts)
application.add_typer(statuspage)
application.command()(init)
application.command()(explain)
for told in (adopt, release, identify, pause, resume, confirm):
    application.command()(told)


@application.command()
def migrate(
    database_url: Annotated[str, typer.Argument(metavar="DATABASE_URL")],
) -> None:
    """Bring a store to this version's schema. `bridge run` does it by itself."""
    from bridge.cli.migrate import upgrade_store

    with explained():
        upgrade_store(database_url)


@application.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


def main() -> None:
    """The entry point."""
    application()
