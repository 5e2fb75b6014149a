"""Settings from an environment: what is read, what is refused and with which words, and secrets that rotate."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bridge.config.automation import AutomationMax, AutomationMaxError
from bridge.config.credentials import Secret, SecretError
from bridge.config.followed import MAXIMUM_BYTES
from bridge.config.setting_values import Address
from bridge.config.settings import Settings, SettingsError, load_settings, variable_names
from bridge.core.statuses import Automation
from bridge.errors import ConfigurationError
from bridge.telemetry.logs import LogFormat, LogLevel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.config.problems import Problem

CANARY = "canary-3f9c1d77e0b84a52"

GOOD = {
    "BRIDGE_INSTALLATION_SECRET": f"{CANARY}-installation",
    "BRIDGE_PAGES__ACME__ID": "kctbh9vrtdwd",
    "BRIDGE_PAGES__ACME__TOKEN": f"{CANARY}-token",
    "BRIDGE_WEBHOOK_BEARER_TOKEN": f"{CANARY}-webhook",
}


def but(changes: Mapping[str, str | None]) -> dict[str, str]:
    """The good environment with changes; None takes a variable away."""
    merged: dict[str, str | None] = {**GOOD, **changes}
    return {name: value for name, value in merged.items() if value is not None}


def problems_of(environment: Mapping[str, str]) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load_settings(environment)
    return str(caught.value).splitlines()


def test_the_defaults() -> None:
    settings = load_settings(GOOD)
    assert settings.listen == Address("127.0.0.1", 9797)
    assert settings.rules == (Path("rules"),)
    assert settings.database_url == "sqlite:///bridge.sqlite3"
    assert settings.api_url == "https://api.statuspage.io/v1"
    assert settings.installation_secret() == f"{CANARY}-installation"
    assert {name: page.id for name, page in settings.pages.items()} == {"acme": "kctbh9vrtdwd"}
    assert settings.pages["acme"].token() == f"{CANARY}-token"
    assert settings.pages["acme"].automation_max() is settings.automation_max() is Automation.FULL
    assert settings.webhook.bearer_token is not None
    assert settings.webhook.basic_username is None
    assert settings.webhook.basic_password is None
    assert not settings.webhook.allow_unauthenticated
    assert settings.prometheus == {}
    assert settings.rule_variables == {}
    assert (settings.settle_for, settings.request_timeout, settings.metric_push_every) == (150.0, 30.0, 60.0)
    assert (settings.alert_expiry, settings.shutdown_timeout) == (43_200.0, 45.0)
    assert not settings.create_silently
    assert (settings.rate_limit, settings.incident_reserve, settings.others_share, settings.burst) == (
        60,
        6,
        3,
        10,
    )
    assert (settings.log_level, settings.log_format) == (LogLevel.INFO, LogFormat.AUTO)


def test_the_variables_of_the_chart_are_read(tmp_path: Path) -> None:
    for name in ("installation-secret", "webhook-bearer-token", "webhook-basic-password", "token-acme_eu"):
        (tmp_path / name).write_text(f"{CANARY}-{name}\n")
    settings = load_settings(
        {
            "BRIDGE_LISTEN": "0.0.0.0:9797",
            "BRIDGE_RULES": "/etc/bridge/rules",
            "BRIDGE_DATABASE_URL": "sqlite:////var/lib/bridge/bridge.sqlite3",
            "BRIDGE_AUTOMATION_MAX": "draft",
            "BRIDGE_CREATE_SILENTLY": "true",
            "BRIDGE_RATE_LIMIT": "120",
            "BRIDGE_INCIDENT_RESERVE": "12",
            "BRIDGE_OTHERS_SHARE": "0",
            "BRIDGE_BURST": "20",
            "BRIDGE_LOG_LEVEL": "warning",
            "BRIDGE_LOG_FORMAT": "json",
            "BRIDGE_INSTALLATION_SECRET_FILE": str(tmp_path / "installation-secret"),
            "BRIDGE_WEBHOOK_BEARER_TOKEN_FILE": str(tmp_path / "webhook-bearer-token"),
            "BRIDGE_WEBHOOK_BASIC_USERNAME": "alertmanager",
            "BRIDGE_WEBHOOK_BASIC_PASSWORD_FILE": str(tmp_path / "webhook-basic-password"),
            "BRIDGE_PAGES__ACME_EU__ID": "kctbh9vrtdwd",
            "BRIDGE_PAGES__ACME_EU__TOKEN_FILE": str(tmp_path / "token-acme_eu"),
            "BRIDGE_PROMETHEUS__MAIN__URL": "http://prometheus-operated.monitoring:9090",
        }
    )
    assert settings.listen == Address("0.0.0.0", 9797)  # noqa: S104 (read, not bound)
    assert settings.rules == (Path("/etc/bridge/rules"),)
    assert settings.automation_max() is Automation.DRAFT
    assert settings.create_silently
    assert (settings.rate_limit, settings.incident_reserve, settings.others_share, settings.burst) == (
        120,
        12,
        0,
        20,
    )
    assert settings.pages["acme_eu"].token() == f"{CANARY}-token-acme_eu"
    assert settings.webhook.basic_username == "alertmanager"
    assert settings.webhook.basic_password is not None
    assert settings.webhook.basic_password() == f"{CANARY}-webhook-basic-password"
    assert settings.prometheus["main"].url == "http://prometheus-operated.monitoring:9090"


@pytest.mark.parametrize(
    ("text", "address", "shown", "loopback"),
    [
        ("127.0.0.1:9797", Address("127.0.0.1", 9797), "127.0.0.1:9797", True),
        ("[::]:9797", Address("::", 9797), "[::]:9797", False),
        ("[::1]:0", Address("::1", 0), "[::1]:0", True),
        ("localhost:80", Address("localhost", 80), "localhost:80", True),
        ("10.0.0.1:65535", Address("10.0.0.1", 65535), "10.0.0.1:65535", False),
        ("bridge.internal:9797", Address("bridge.internal", 9797), "bridge.internal:9797", False),
    ],
)
def test_an_address_is_a_host_and_a_port(text: str, address: Address, shown: str, *, loopback: bool) -> None:
    listen = load_settings(but({"BRIDGE_LISTEN": text})).listen
    assert (listen, str(listen), listen.is_loopback) == (address, shown, loopback)


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("rules", ["rules"]),
        ("/a:/b", ["/a", "/b"]),
        ("/a, /b c/d.yaml ,", ["/a", "/b c/d.yaml"]),
    ],
)
def test_rules_are_paths_with_commas_or_colons_between(text: str, paths: list[str]) -> None:
    assert load_settings(but({"BRIDGE_RULES": text})).rules == tuple(Path(path) for path in paths)


def test_words_may_be_in_any_case() -> None:
    settings = load_settings(
        but({"BRIDGE_LOG_LEVEL": "DEBUG", "BRIDGE_LOG_FORMAT": "Console", "BRIDGE_AUTOMATION_MAX": "Shadow"})
    )
    assert settings.log_level is LogLevel.DEBUG
    assert settings.log_format is LogFormat.CONSOLE
    assert settings.automation_max() is Automation.SHADOW


def test_rule_variables_keep_their_case_and_may_be_empty() -> None:
    settings = load_settings(
        but({"BRIDGE_RULE_VARIABLES__SHOP_URL": "http://shop", "BRIDGE_RULE_VARIABLES__region": ""})
    )
    assert settings.rule_variables == {"SHOP_URL": "http://shop", "region": ""}


def test_several_pages_and_servers_are_kept_apart() -> None:
    settings = load_settings(
        but(
            {
                "BRIDGE_PAGES__SHOP__ID": "8kbf7d35c070",
                "BRIDGE_PAGES__SHOP__TOKEN": "other",
                "BRIDGE_PAGES__SHOP__AUTOMATION_MAX": "statuses",
                "BRIDGE_PROMETHEUS__A__URL": "http://a:9090/prefix/",
                "BRIDGE_PROMETHEUS__A__BEARER_TOKEN": "t",
                "BRIDGE_PROMETHEUS__B__URL": "https://b",
                "BRIDGE_PROMETHEUS__B__BASIC_USERNAME": "u",
                "BRIDGE_PROMETHEUS__B__BASIC_PASSWORD": "p q",
            }
        )
    )
    assert {name: page.automation_max() for name, page in settings.pages.items()} == {
        "acme": Automation.FULL,
        "shop": Automation.STATUSES,
    }
    first, second = settings.prometheus["a"], settings.prometheus["b"]
    assert (first.url, first.bearer_token and first.bearer_token()) == ("http://a:9090/prefix", "t")
    assert (second.basic_username, second.basic_password and second.basic_password()) == ("u", "p q")


def test_guards_are_set_by_numbers_and_durations() -> None:
    settings = load_settings(
        but(
            {
                "BRIDGE_SOURCES__ALERTMANAGER__STALE_AFTER": "5m",
                "BRIDGE_SOURCES__EU__STALE_AFTER": "1h",
                "BRIDGE_BLAST_RADIUS": "0.25",
                "BRIDGE_BLAST_HOLD": "90s",
                "BRIDGE_NOTIFICATIONS_PER_HOUR": "0",
            }
        )
    )
    assert {name: source.stale_after for name, source in settings.sources.items()} == {
        "alertmanager": 300.0,
        "eu": 3600.0,
    }
    assert (settings.blast_radius, settings.blast_hold, settings.notifications_per_hour) == (0.25, 90.0, 0)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("BRIDGE_BLAST_RADIUS", "half"),
        ("BRIDGE_BLAST_RADIUS", "50"),
        ("BRIDGE_BLAST_RADIUS", "nan"),
        ("BRIDGE_NOTIFICATIONS_PER_HOUR", "-1"),
        ("BRIDGE_NOTIFICATIONS_PER_HOUR", "1.5"),
        ("BRIDGE_NOTIFICATIONS_PER_HOUR", "1" * 30),
        ("BRIDGE_SOURCES__EU__STALE_AFTER", "0s"),
    ],
)
def test_a_guard_that_is_set_to_nonsense_is_refused(name: str, text: str) -> None:
    with pytest.raises(SettingsError, match=name):
        load_settings(but({name: text}))


def test_internal_suffixes_are_a_list_without_dots() -> None:
    assert load_settings(GOOD).internal_suffixes == ()
    settings = load_settings(but({"BRIDGE_INTERNAL_SUFFIXES": " .Acme.net, prod.acme ,"}))
    assert settings.internal_suffixes == ("acme.net", "prod.acme")


@pytest.mark.parametrize("text", ["acme net", "acme..net", "*.acme.net", "https://acme.net", "é"])
def test_an_internal_suffix_that_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="BRIDGE_INTERNAL_SUFFIXES"):
        load_settings(but({"BRIDGE_INTERNAL_SUFFIXES": text}))


def test_what_has_another_prefix_is_passed_over() -> None:
    settings = load_settings({**GOOD, "PATH": "/bin", "OTHER_BRIDGE_LISTEN": "x", "BRIDGEHEAD": "1"})
    assert settings.listen == Address("127.0.0.1", 9797)


NEEDED = "is needed and not set"
GUARD = (
    "webhooks would be accepted from anybody (hint: set BRIDGE_WEBHOOK_BEARER_TOKEN_FILE, or BRIDGE_WEBHOOK_BASIC_USERNAME and "
    "BRIDGE_WEBHOOK_BASIC_PASSWORD_FILE; for trials on loopback, BRIDGE_WEBHOOK_ALLOW_UNAUTHENTICATED=true)"
)
ADDRESS = "(hint: write HOST:PORT, such as 127.0.0.1:9797, 0.0.0.0:9797 or [::]:9797)"
URL = "is not an http or https address with a host (hint: write it as https://HOST/PATH)"

FAULTS: list[tuple[str, dict[str, str | None], str]] = [
    (
        "an unknown name, with the closest known one",
        {"BRIDGE_LISTN": "127.0.0.1:1"},
        'BRIDGE_LISTN: is no setting (hint: did you mean "BRIDGE_LISTEN"?)',
    ),
    (
        "an unknown field of a page, with its own name in the hint",
        {"BRIDGE_PAGES__ACME__TOKEN_FIL": "x"},
        'BRIDGE_PAGES__ACME__TOKEN_FIL: is no setting (hint: did you mean "BRIDGE_PAGES__ACME__TOKEN_FILE"?)',
    ),
    (
        "a name in the wrong case",
        {"bridge_listen": "127.0.0.1:1"},
        'bridge_listen: is no setting (hint: did you mean "BRIDGE_LISTEN"?)',
    ),
    (
        "a name like no other",
        {"BRIDGE_XYZZY_QUUX_0123456789": "x"},
        "BRIDGE_XYZZY_QUUX_0123456789: is no setting (hint: see the table of settings in the README)",
    ),
    (
        "what Kubernetes sets for a Service of our name",
        {"BRIDGE_PORT_9797_TCP_ADDR": "10.0.0.1"},
        "BRIDGE_PORT_9797_TCP_ADDR: is no setting (hint: Kubernetes sets it for a Service of this name: set enableServiceLinks: false)",
    ),
    (
        "an empty value",
        {"BRIDGE_LISTEN": " "},
        "BRIDGE_LISTEN: is empty (hint: give it a value, or do not set it)",
    ),
    (
        "an empty address of the API, which would be the vendor's",
        {"BRIDGE_API_URL": ""},
        "BRIDGE_API_URL: is empty (hint: give it a value, or do not set it)",
    ),
    (
        "an address without a port",
        {"BRIDGE_LISTEN": "127.0.0.1"},
        f'BRIDGE_LISTEN: "127.0.0.1" is not an address with a port {ADDRESS}',
    ),
    (
        "IPv6 without brackets",
        {"BRIDGE_LISTEN": "::1:9797"},
        f'BRIDGE_LISTEN: "::1:9797" is not an address with a port {ADDRESS}',
    ),
    (
        "a port out of range",
        {"BRIDGE_LISTEN": "127.0.0.1:65536"},
        f'BRIDGE_LISTEN: "65536" is not a port {ADDRESS}',
    ),
    ("an address without a host", {"BRIDGE_LISTEN": ":9797"}, f'BRIDGE_LISTEN: "" is not a host {ADDRESS}'),
    (
        "rules that name nothing",
        {"BRIDGE_RULES": ",:,"},
        "BRIDGE_RULES: names no path (hint: files or directories, with commas between them)",
    ),
    (
        "an unknown word",
        {"BRIDGE_AUTOMATION_MAX": "most"},
        'BRIDGE_AUTOMATION_MAX: "most" is not known (hint: one of shadow, statuses, draft, full)',
    ),
    (
        "an unknown level",
        {"BRIDGE_LOG_LEVEL": "chatty"},
        'BRIDGE_LOG_LEVEL: "chatty" is not known (hint: one of debug, info, warning, error)',
    ),
    (
        "a duration without a unit",
        {"BRIDGE_SETTLE_FOR": "150"},
        'BRIDGE_SETTLE_FOR: "150" has no unit (hint: write 150s for seconds, 150m for minutes)',
    ),
    (
        "a duration out of range",
        {"BRIDGE_METRIC_PUSH_EVERY": "10m"},
        'BRIDGE_METRIC_PUSH_EVERY: "10m" is out of range (hint: from 1s to 5m are accepted)',
    ),
    (
        "a stop that would cut a write off",
        {"BRIDGE_SHUTDOWN_TIMEOUT": "20s"},
        "BRIDGE_SHUTDOWN_TIMEOUT: 20s is shorter than BRIDGE_REQUEST_TIMEOUT, 30s: a write in flight is awaited when the daemon stops",
    ),
    (
        "an installation secret that can be guessed",
        {"BRIDGE_INSTALLATION_SECRET": "canary"},
        "BRIDGE_INSTALLATION_SECRET: the value has 6 characters; at least 16 are needed",
    ),
    (
        "no installation secret",
        {"BRIDGE_INSTALLATION_SECRET": None},
        f"BRIDGE_INSTALLATION_SECRET: {NEEDED} (hint: or set BRIDGE_INSTALLATION_SECRET_FILE)",
    ),
    (
        "a secret in both ways",
        {"BRIDGE_INSTALLATION_SECRET_FILE": "/nonesuch"},
        "BRIDGE_INSTALLATION_SECRET: is given both as a value and as a file (hint: set one of the two)",
    ),
    (
        "a secret file that is not there",
        {"BRIDGE_PAGES__ACME__TOKEN": None, "BRIDGE_PAGES__ACME__TOKEN_FILE": "/nonesuch/token"},
        "BRIDGE_PAGES__ACME__TOKEN_FILE: the file /nonesuch/token cannot be read: No such file or directory",
    ),
    (
        "a device for a secret file",
        {"BRIDGE_WEBHOOK_BEARER_TOKEN": None, "BRIDGE_WEBHOOK_BEARER_TOKEN_FILE": "/dev/zero"},
        "BRIDGE_WEBHOOK_BEARER_TOKEN_FILE: the file /dev/zero is not a regular file",
    ),
    (
        "a token that cannot be a header",
        {"BRIDGE_PAGES__ACME__TOKEN": "canary canary"},
        "BRIDGE_PAGES__ACME__TOKEN: the value holds characters that no token has, such as spaces or line breaks",
    ),
    (
        "a page without a token",
        {"BRIDGE_PAGES__ACME__TOKEN": None},
        f"BRIDGE_PAGES__ACME__TOKEN: {NEEDED} (hint: or set BRIDGE_PAGES__ACME__TOKEN_FILE)",
    ),
    ("a page without an id", {"BRIDGE_PAGES__ACME__ID": None}, f"BRIDGE_PAGES__ACME__ID: {NEEDED}"),
    (
        "an id that is none",
        {"BRIDGE_PAGES__ACME__ID": "https://acme.example"},
        "BRIDGE_PAGES__ACME__ID: is not the id of a page (hint: small letters and digits, such as kctbh9vrtdwd)",
    ),
    (
        "no page",
        {"BRIDGE_PAGES__ACME__ID": None, "BRIDGE_PAGES__ACME__TOKEN": None},
        "BRIDGE_PAGES__<NAME>__ID: no page is set (hint: set BRIDGE_PAGES__ACME__ID and BRIDGE_PAGES__ACME__TOKEN_FILE, with a name of your choice)",
    ),
    (
        "one page under two names",
        {"BRIDGE_PAGES__SHOP__ID": "kctbh9vrtdwd", "BRIDGE_PAGES__SHOP__TOKEN": "t"},
        'BRIDGE_PAGES__<NAME>__ID: "acme" and "shop" are one page, for they have the same id',
    ),
    (
        "one variable in two spellings",
        {"BRIDGE_PAGES__acme__ID": "8kbf7d35c070"},
        "BRIDGE_PAGES__acme__ID: sets the same as BRIDGE_PAGES__ACME__ID (hint: set one of the two)",
    ),
    (
        "the token in clear over the network",
        {"BRIDGE_API_URL": "http://api.example/v1"},
        (
            "BRIDGE_API_URL: is plain http to another machine: the token would be readable on the way "
            "(hint: use https; http is accepted for loopback addresses alone)"
        ),
    ),
    (
        "a webhook in clear over the network",
        {"BRIDGE_DRAFTS_WEBHOOK_URL": "http://chat.example/hook"},
        (
            "BRIDGE_DRAFTS_WEBHOOK_URL: is plain http to another machine: what is told would be readable on the way "
            "(hint: use https; http is accepted for loopback addresses alone)"
        ),
    ),
    (
        "a webhook that is no address",
        {"BRIDGE_DRAFTS_WEBHOOK_URL": "chat"},
        f"BRIDGE_DRAFTS_WEBHOOK_URL: {URL}",
    ),
    (
        "a webhook's token without the webhook",
        {"BRIDGE_DRAFTS_WEBHOOK_BEARER_TOKEN": f"{CANARY}-drafts"},
        (
            "BRIDGE_DRAFTS_WEBHOOK_BEARER_TOKEN: has no webhook to go to "
            "(hint: set BRIDGE_DRAFTS_WEBHOOK_URL, or unset it)"
        ),
    ),
    ("an API address that is none", {"BRIDGE_API_URL": "api.statuspage.io"}, f"BRIDGE_API_URL: {URL}"),
    (
        "a credential in an address",
        {"BRIDGE_PROMETHEUS__MAIN__URL": "http://u:canary@p"},
        (
            "BRIDGE_PROMETHEUS__MAIN__URL: holds a user, password, query or fragment "
            "(hint: write it as https://HOST/PATH; credentials have variables of their own)"
        ),
    ),
    (
        "a server without an address",
        {"BRIDGE_PROMETHEUS__MAIN__BEARER_TOKEN": "canary"},
        f"BRIDGE_PROMETHEUS__MAIN__URL: {NEEDED}",
    ),
    (
        "a server with two logins",
        {
            "BRIDGE_PROMETHEUS__MAIN__URL": "http://p",
            "BRIDGE_PROMETHEUS__MAIN__BEARER_TOKEN": "canary",
            "BRIDGE_PROMETHEUS__MAIN__BASIC_USERNAME": "u",
            "BRIDGE_PROMETHEUS__MAIN__BASIC_PASSWORD": "canary",
        },
        "BRIDGE_PROMETHEUS__MAIN__URL: has both a bearer token and basic authentication (hint: set one of the two)",
    ),
    (
        "nobody who has to prove anything",
        {"BRIDGE_WEBHOOK_BEARER_TOKEN": None},
        f"BRIDGE_WEBHOOK_BEARER_TOKEN: {GUARD}",
    ),
    (
        "a user without a password",
        {"BRIDGE_WEBHOOK_BASIC_USERNAME": "alertmanager"},
        "BRIDGE_WEBHOOK_BASIC_PASSWORD: a user name and a password of basic authentication are set together or not at all",
    ),
    (
        "a password without a user",
        {"BRIDGE_WEBHOOK_BASIC_PASSWORD": "canary"},
        "BRIDGE_WEBHOOK_BASIC_PASSWORD: a user name and a password of basic authentication are set together or not at all",
    ),
    (
        "a user name with a colon",
        {"BRIDGE_WEBHOOK_BASIC_USERNAME": "a:b", "BRIDGE_WEBHOOK_BASIC_PASSWORD": "canary"},
        "BRIDGE_WEBHOOK_BASIC_USERNAME: is no user name of basic authentication (hint: without colons and control characters)",
    ),
    (
        "open to everybody beside a credential",
        {"BRIDGE_WEBHOOK_ALLOW_UNAUTHENTICATED": "true"},
        "BRIDGE_WEBHOOK_ALLOW_UNAUTHENTICATED: is true although credentials are set (hint: unset it, or unset the credentials)",
    ),
    (
        "open to everybody on every address",
        {
            "BRIDGE_WEBHOOK_ALLOW_UNAUTHENTICATED": "true",
            "BRIDGE_WEBHOOK_BEARER_TOKEN": None,
            "BRIDGE_LISTEN": "[::]:9797",
        },
        (
            "BRIDGE_WEBHOOK_ALLOW_UNAUTHENTICATED: is accepted on a loopback address alone, and BRIDGE_LISTEN is [::]:9797 "
            "(hint: set BRIDGE_WEBHOOK_BEARER_TOKEN_FILE instead, or BRIDGE_LISTEN=127.0.0.1:9797)"
        ),
    ),
    (
        "neither true nor false",
        {"BRIDGE_WEBHOOK_ALLOW_UNAUTHENTICATED": "maybe"},
        'BRIDGE_WEBHOOK_ALLOW_UNAUTHENTICATED: "maybe" is neither true nor false (hint: write true or false)',
    ),
    (
        "a share that is no number",
        {"BRIDGE_OTHERS_SHARE": "3.5"},
        'BRIDGE_OTHERS_SHARE: "3.5" is not a whole number (hint: a whole number from 0 to 10000)',
    ),
    (
        "a burst of nothing",
        {"BRIDGE_BURST": "0"},
        'BRIDGE_BURST: "0" is out of range (hint: a whole number from 1 to 10000)',
    ),
    (
        "shares that leave nothing of the rate limit",
        {"BRIDGE_RATE_LIMIT": "30", "BRIDGE_INCIDENT_RESERVE": "20", "BRIDGE_OTHERS_SHARE": "10"},
        (
            "BRIDGE_RATE_LIMIT: 30 requests less 10 for others, 20 for incidents and 2 for reads leave -2 for everything else; at least 1 is needed "
            "(hint: raise it, or lower BRIDGE_INCIDENT_RESERVE or BRIDGE_OTHERS_SHARE)"
        ),
    ),
    (
        "a reserve that leaves nothing of the rate limit as it is",
        {"BRIDGE_INCIDENT_RESERVE": "60"},
        (
            "BRIDGE_RATE_LIMIT: 60 requests less 3 for others, 60 for incidents and 2 for reads leave -5 for everything else; at least 1 is needed "
            "(hint: raise it, or lower BRIDGE_INCIDENT_RESERVE or BRIDGE_OTHERS_SHARE)"
        ),
    ),
]


@pytest.mark.parametrize(("changes", "line"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_a_fault_is_told_by_variable_with_what_would_be_accepted(
    changes: dict[str, str | None], line: str
) -> None:
    assert problems_of(but(changes)) == [line]


def test_all_faults_are_told_at_once() -> None:
    everything: dict[str, str | None] = {
        "BRIDGE_LISTEN": "nowhere",
        "BRIDGE_LISTN": "x",
        "BRIDGE_SETTLE_FOR": "soon",
        "BRIDGE_SHUTDOWN_TIMEOUT": "1s",
        "BRIDGE_PAGES__SHOP__TOKEN": "",
        "BRIDGE_PROMETHEUS__MAIN__URL": "p",
        "BRIDGE_INSTALLATION_SECRET": None,
        "BRIDGE_WEBHOOK_BEARER_TOKEN": None,
    }
    assert [line.partition(":")[0] for line in problems_of(but(everything))] == [
        "BRIDGE_INSTALLATION_SECRET",
        "BRIDGE_LISTEN",
        "BRIDGE_LISTN",
        "BRIDGE_PAGES__SHOP__TOKEN",
        "BRIDGE_PROMETHEUS__MAIN__URL",
        "BRIDGE_SETTLE_FOR",
        "BRIDGE_SHUTDOWN_TIMEOUT",
        "BRIDGE_WEBHOOK_BEARER_TOKEN",
    ]


def test_nobody_has_to_prove_anything_on_loopback_when_that_is_said() -> None:
    changes = {"BRIDGE_WEBHOOK_ALLOW_UNAUTHENTICATED": "Yes", "BRIDGE_WEBHOOK_BEARER_TOKEN": None}
    assert load_settings(but(changes)).webhook.allow_unauthenticated


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/v1", "http://[::1]:80/v1/", "http://localhost/v1"])
def test_plain_http_is_accepted_to_this_machine(url: str) -> None:
    assert load_settings(but({"BRIDGE_API_URL": url})).api_url == url.rstrip("/")


@pytest.mark.parametrize("url", ["https://chat.example/hook/", "http://127.0.0.1:8080/hook", "http://[::1]/"])
def test_the_address_of_the_webhook_is_kept_as_it_is_written(url: str) -> None:
    drafts = load_settings(but({"BRIDGE_DRAFTS_WEBHOOK_URL": url})).drafts
    assert (drafts.webhook_url, drafts.webhook_bearer_token) == (url, None)


def test_no_representation_and_no_message_holds_a_secret() -> None:
    settings = load_settings(
        but(
            {
                "BRIDGE_DATABASE_URL": f"postgresql://u:{CANARY}@db/bridge",
                "BRIDGE_RULE_VARIABLES__TOKEN": CANARY,
                "BRIDGE_WEBHOOK_BASIC_USERNAME": "u",
                "BRIDGE_WEBHOOK_BASIC_PASSWORD": CANARY,
                "BRIDGE_DRAFTS_WEBHOOK_URL": f"https://chat.example/{CANARY}",
                "BRIDGE_DRAFTS_WEBHOOK_BEARER_TOKEN": CANARY,
            }
        )
    )
    assert (
        CANARY
        not in f"{settings!r} {settings} {settings.pages} {settings.webhook} {settings.drafts} {settings.installation_secret}"
    )
    for _, changes, _ in FAULTS:
        lines = "\n".join(problems_of(but(changes)))
        assert CANARY not in lines
        assert "canary" not in lines


def test_settings_cannot_be_changed() -> None:
    settings = load_settings(GOOD)
    with pytest.raises(ValidationError):
        settings.automation_max = AutomationMax(Automation.SHADOW)
    with pytest.raises(FrozenInstanceError):
        settings.listen.port = 1  # type: ignore[misc]


def test_the_process_environment_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIDGE_LOG_LEVEL", "error")
    monkeypatch.setenv("LOG_LEVEL", "error")
    assert load_settings(GOOD).log_level is LogLevel.INFO


def test_each_setting_has_a_variable() -> None:
    names = variable_names()
    assert len(set(names)) == len(names)
    for setting in Settings.model_fields:
        assert any(name.startswith(f"BRIDGE_{setting.upper()}") for name in names)


@given(
    st.dictionaries(
        st.one_of(
            st.sampled_from([name.replace("<NAME>", "ACME") for name in variable_names()]),
            st.text(max_size=20).map(lambda rest: f"BRIDGE_{rest}"),
            st.text(max_size=20).map(lambda rest: f"BRIDGE_PAGES__{rest}"),
        ),
        st.one_of(
            st.text(max_size=30),
            st.sampled_from(
                ["1s", "true", "/nonesuch", "http://[", "[::]:1", "::", "9" * 400, "\ud800", "\0"]
            ),
        ),
        max_size=8,
    )
)
def test_whatever_the_environment_holds_only_one_error_comes_out(environment: dict[str, str]) -> None:
    problems: tuple[Problem, ...] = ()
    with suppress(ConfigurationError):
        try:
            load_settings({**GOOD, **environment})
        except SettingsError as error:
            problems = error.problems
            raise
    assert all(problem.path.upper().startswith("BRIDGE_") for problem in problems)


def test_a_rotated_secret_file_counts_at_the_next_call(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("first\r\n")
    secret = Secret(file=file)
    assert secret() == "first"
    file.write_text("second token\n\n")
    assert secret() == "second token"


def test_a_secret_behind_a_link_that_is_swapped_counts_at_the_next_call(tmp_path: Path) -> None:
    """As Kubernetes does it for a mounted Secret."""
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "token").write_text(name)
    link = tmp_path / "data"
    link.symlink_to("old")
    secret = Secret(file=link / "token")
    assert secret() == "old"
    (tmp_path / "next").symlink_to("new")
    (tmp_path / "next").replace(link)
    assert secret() == "new"


def test_an_unchanged_file_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "token"
    file.write_text("first")
    secret = Secret(file=file)
    assert secret() == "first"
    monkeypatch.setattr(Path, "open", None)
    assert secret() == "first"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"two\nlines", "holds control characters or line breaks"),
        (b"x" * (MAXIMUM_BYTES + 1), f"has more than {MAXIMUM_BYTES} bytes"),
    ],
)
def test_a_file_that_holds_no_secret_is_refused_each_time(
    tmp_path: Path, content: bytes, complaint: str
) -> None:
    file = tmp_path / "token"
    file.write_bytes(content)
    secret = Secret(file=file)
    for _ in range(2):
        with pytest.raises(SecretError) as caught:
            secret()
        assert str(caught.value) == f"the file {file} {complaint}"


def test_a_deleted_file_revokes_its_secret_until_it_is_back(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("first")
    secret = Secret(file=file)
    assert secret() == "first"
    file.unlink()
    with pytest.raises(SecretError, match="No such file"):
        secret()
    file.write_text("second")
    assert secret() == "second"


def swap(folder: Path, version: str, name: str, text: str) -> None:
    """Put a version of a ConfigMap into its volume as the kubelet does: a folder of its own, and one rename of a link that leads to it."""
    made = folder / f"..{version}"
    made.mkdir()
    (made / name).write_text(text)
    (folder / "..data_tmp").symlink_to(made.name)
    (folder / "..data_tmp").replace(folder / "..data")
    if not (folder / name).is_symlink():
        (folder / name).symlink_to(f"..data/{name}")


def test_a_cap_in_a_file_is_asked_each_time_for_all_pages_and_for_one(tmp_path: Path) -> None:
    swap(tmp_path, "1", "all", "FULL\n")
    (tmp_path / "acme").write_text(" statuses ")
    settings = load_settings(
        {
            **GOOD,
            "BRIDGE_AUTOMATION_MAX_FILE": str(tmp_path / "all"),
            "BRIDGE_PAGES__ACME__AUTOMATION_MAX_FILE": str(tmp_path / "acme"),
        }
    )
    page = settings.pages["acme"]
    assert (settings.automation_max(), page.automation_max()) == (Automation.FULL, Automation.STATUSES)
    swap(tmp_path, "2", "all", "draft")
    (tmp_path / "acme").write_text("shadow")
    assert (settings.automation_max(), page.automation_max()) == (Automation.DRAFT, Automation.SHADOW)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"", "is empty; expected one of shadow, statuses, draft, full"),
        (b" \n", "is empty; expected one of shadow, statuses, draft, full"),
        (CANARY.encode(), "holds no level that is known; expected one of shadow, statuses, draft, full"),
        (b"full full", "holds no level that is known; expected one of shadow, statuses, draft, full"),
        (b"\xff", "is not UTF-8"),
    ],
)
def test_a_file_without_a_level_stops_no_start_and_says_so_when_it_is_asked(
    tmp_path: Path, content: bytes | None, complaint: str
) -> None:
    file = tmp_path / "cap"
    if content is not None:
        file.write_bytes(content)
    settings = load_settings({**GOOD, "BRIDGE_AUTOMATION_MAX_FILE": str(file)})
    for _ in range(2):
        with pytest.raises(AutomationMaxError) as caught:
            settings.automation_max()
        assert str(caught.value) == f"the file {file} {complaint}"
    file.write_text("full")
    assert settings.automation_max() is Automation.FULL


def test_a_cap_is_a_word_or_a_file_and_not_both(tmp_path: Path) -> None:
    both = {"BRIDGE_AUTOMATION_MAX": "full", "BRIDGE_AUTOMATION_MAX_FILE": str(tmp_path / "cap")}
    assert problems_of({**GOOD, **both}) == [
        "BRIDGE_AUTOMATION_MAX: is given both as a value and as a file (hint: set one of the two)"
    ]


def test_a_secret_is_a_text_or_a_file() -> None:
    with pytest.raises(ValueError, match="a text or a file"):
        Secret()
    with pytest.raises(ValueError, match="a text or a file"):
        Secret("text", file=Path("file"))
