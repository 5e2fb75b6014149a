"""The daemon's settings: from environment variables that begin with `BRIDGE_`, and from the files that they name for secrets.

Either they are sound as a whole, or every problem is told at once, each by the variable that has it. Must not know who uses a setting.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
    field_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from bridge.config.automation import AutomationMax
from bridge.config.capabilities import FoundCapabilities, read_capabilities
from bridge.config.credentials import Secret, check_installation_secret, check_token
from bridge.config.durations import format_duration
from bridge.config.environment import Variables
from bridge.config.problems import Place, Problem, Problems, shown
from bridge.config.setting_values import (
    Address,
    Share,
    UnusableError,
    read_address,
    read_api_url,
    read_automation_max,
    read_count,
    read_duration,
    read_page_id,
    read_paths,
    read_secret,
    read_share,
    read_suffixes,
    read_truth,
    read_url,
    read_username,
    read_webhook_url,
    read_word,
)
from bridge.core.pacing import Limits
from bridge.errors import ConfigurationError
from bridge.telemetry.logs import LogFormat, LogLevel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import ValidationInfo
    from pydantic_core import ErrorDetails
    from pydantic_settings import PydanticBaseSettingsSource

MOST_CHANGES = 1100
"""The most components of one page: with as many as that, a reload waits for nothing but incidents that it would orphan."""

MINUTE = 60.0
HOUR = 3600.0
MOST_REQUESTS = 10_000
_SHARES = ("incident_reserve", "others_share", "burst")
_LIMITS = Limits()


class SettingsError(ConfigurationError):
    """The environment gives no usable settings.

    Attributes:
        problems: all mistakes; `path` is the variable's name. The error's text is one line for each.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


_Cap = Annotated[AutomationMax, PlainValidator(read_automation_max)]
_Password = Annotated[Secret, PlainValidator(read_secret)]
_Token = Annotated[Secret, PlainValidator(partial(read_secret, check=check_token))]
_Url = Annotated[str, BeforeValidator(read_url)]


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,
        validate_default=True,
    )


class PageSettings(_Part):
    """One Statuspage page.

    Attributes:
        id: Statuspage's id of it.
        token: the API token. It may be shared by several pages.
        automation_max: the most that any rule may do on this page, asked each time.
    """

    id: Annotated[str, BeforeValidator(read_page_id)]
    token: _Token
    automation_max: _Cap = AutomationMax()


class _Login(_Part):
    """Credentials of which bearer and basic may both be given."""

    bearer_token: _Token | None = None
    basic_username: Annotated[str, BeforeValidator(read_username)] | None = None
    basic_password: _Password | None = None

    @field_validator("basic_password", mode="after")
    @classmethod
    def _comes_with_username(cls, password: Secret | None, information: ValidationInfo) -> Secret | None:
        # A username that failed its own check is not in the data; then this has nothing to add.
        if "basic_username" in information.data and (password is None) != (
            information.data["basic_username"] is None
        ):
            raise UnusableError(
                "a user name and a password of basic authentication are set together or not at all"
            )
        return password


class WebhookSettings(_Login):
    """How senders of webhooks, and whoever asks for a reload, prove themselves.

    Attributes:
        bearer_token: accepted as `Authorization: Bearer …`.
        basic_username: accepted with the password as `Authorization: Basic …`.
        basic_password: comes with the user name.
        allow_unauthenticated: nobody has to prove anything; only while listening on loopback.
    """

    allow_unauthenticated: Annotated[bool, BeforeValidator(read_truth)] = False


class CommandsSettings(_Part):
    """How operators prove themselves.

    Attributes:
        bearer_token: asked of commands; without it, they come in as webhooks do.
    """

    bearer_token: _Token | None = None


class DraftsSettings(_Part):
    """Who is told that a draft waits.

    Attributes:
        webhook_url: where it is posted; None for nowhere. Its path may be what lets one in, so no representation shows it.
        webhook_bearer_token: sent with it as `Authorization: Bearer …`.
    """

    webhook_url: Annotated[str, BeforeValidator(read_webhook_url)] | None = Field(default=None, repr=False)
    webhook_bearer_token: _Token | None = None

    @field_validator("webhook_bearer_token", mode="after")
    @classmethod
    def _goes_somewhere(cls, token: Secret | None, information: ValidationInfo) -> Secret | None:
        # A URL that failed its own check is not in the data; then this has nothing to add.
        if token is not None and information.data.get("webhook_url", "") is None:
            raise UnusableError("has no webhook to go to", "set BRIDGE_DRAFTS_WEBHOOK_URL, or unset it")
        return token


class SourceSettings(_Part):
    """One Alertmanager that delivers.

    Attributes:
        stale_after: how long it may be silent before what it said is unknown; None where silence proves nothing.
    """

    stale_after: Annotated[float, _seconds(1.0, 31 * 24 * HOUR)] | None = None


class PrometheusSettings(_Login):
    """One Prometheus server.

    Attributes:
        url: its address, without `/api/v1`.
        bearer_token: sent with each query; or
        basic_username: sent with the password.
        basic_password: comes with the user name.
    """

    url: _Url

    @field_validator("url", mode="after")
    @classmethod
    def _has_one_login(cls, url: str, information: ValidationInfo) -> str:
        if information.data.get("bearer_token") and information.data.get("basic_username"):
            raise UnusableError("has both a bearer token and basic authentication", "set one of the two")
        return url


def _seconds(least: float, most: float) -> BeforeValidator:
    return BeforeValidator(partial(read_duration, least=least, most=most))


def _requests(least: int) -> BeforeValidator:
    return BeforeValidator(partial(read_count, least=least, most=MOST_REQUESTS))


class Settings(BaseSettings):
    """Everything that the daemon is told beside its rules. All durations are seconds.

    Attributes:
        listen: address of the HTTP front.
        rules: rule files, and directories of them.
        database_url: the store.
        installation_secret: signs what the bridge marks as its own; must never change.
        pages: the pages by name; at least one.
        api_url: base address of the Statuspage API, without a slash at its end; plain http to loopback alone.
        webhook: authentication of the ingress.
        commands: authentication of commands.
        drafts: who is told that a draft waits.
        url: where the command line finds the daemon. The daemon itself does not use it; it stands here because both live in one environment.
        prometheus: servers for queries, by name.
        sources: Alertmanagers that deliver, by the name in the path; `alertmanager` is the one without a name there.
        automation_max: the cap on everything, asked each time.
        reload_max_changes: of how many components of a page new rules may change the desired status without a confirmation.
        settle_for: S: how long after its deadline a lost write may still be applied.
        create_silently: an incident is created without a mail, and announced once it is seen to be alone.
        incident_reserve: requests of a minute that stay free for incidents.
        others_share: requests of a minute that are left to other users of the token.
        burst: lone component changes and pushes that may leave at once.
        rate_limit: requests that the API takes of one token in any minute.
        request_timeout: for one request to Statuspage.
        metric_push_every: how often metric points are sent.
        alert_expiry: when a firing alert that nobody repeats is unknown; more than Alertmanager's `repeat_interval`.
        shutdown_timeout: how long a stop may take; at least `request_timeout`, for a write in flight is awaited.
        blast_radius: the share of a page's components that may get worse within five minutes; one for no limit.
        blast_hold: how long more than that is held, before two independent sources suffice.
        notifications_per_hour: over so many, a page's incidents are told silently.
        internal_suffixes: endings of names that are never said in public, besides the known ones.
        log_level: the least that is logged.
        log_format: `auto` is console on a terminal, and JSON elsewhere.
        capabilities_file: what a page was found to do where nothing is recorded; read at the start. Without it, the daemon goes by what is safe on any page.
        rule_variables: what `${NAME}` in rule files stands for.
    """

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,
        validate_default=True,
    )

    listen: Annotated[Address, BeforeValidator(read_address)] = Address("127.0.0.1", 9797)
    rules: Annotated[tuple[Path, ...], BeforeValidator(read_paths)] = (Path("rules"),)
    database_url: str = Field(default="sqlite:///bridge.sqlite3", repr=False)  # it may hold a password
    installation_secret: Annotated[
        Secret, PlainValidator(partial(read_secret, check=check_installation_secret))
    ]
    pages: dict[str, PageSettings]
    api_url: Annotated[str, BeforeValidator(read_api_url)] = "https://api.statuspage.io/v1"
    webhook: WebhookSettings = WebhookSettings()
    commands: CommandsSettings = CommandsSettings()
    drafts: DraftsSettings = DraftsSettings()
    url: _Url = "http://127.0.0.1:9797"
    prometheus: dict[str, PrometheusSettings] = Field(default_factory=dict)
    sources: dict[str, SourceSettings] = Field(default_factory=dict)
    automation_max: _Cap = AutomationMax()
    reload_max_changes: Annotated[int, BeforeValidator(partial(read_count, least=0, most=MOST_CHANGES))] = 5
    settle_for: Annotated[float, _seconds(0.0, HOUR)] = 150.0
    create_silently: Annotated[bool, BeforeValidator(read_truth)] = False
    incident_reserve: Annotated[int, _requests(0)] = _LIMITS.incident_reserve
    others_share: Annotated[int, _requests(0)] = _LIMITS.others_share
    burst: Annotated[int, _requests(1)] = _LIMITS.burst
    rate_limit: Annotated[int, _requests(1)] = _LIMITS.requests
    request_timeout: Annotated[float, _seconds(0.1, 5 * MINUTE)] = 30.0
    metric_push_every: Annotated[float, _seconds(1.0, 5 * MINUTE)] = 60.0
    alert_expiry: Annotated[float, _seconds(1.0, 31 * 24 * HOUR)] = 12 * HOUR
    shutdown_timeout: Annotated[float, _seconds(0.1, 10 * MINUTE)] = 45.0
    blast_radius: Annotated[Share, BeforeValidator(read_share)] = Share(0.5)
    blast_hold: Annotated[float, _seconds(0.0, 24 * HOUR)] = 5 * MINUTE
    notifications_per_hour: Annotated[int, BeforeValidator(partial(read_count, least=0, most=10_000))] = 20
    internal_suffixes: Annotated[tuple[str, ...], BeforeValidator(read_suffixes)] = ()
    log_level: Annotated[LogLevel, BeforeValidator(partial(read_word, words=LogLevel))] = LogLevel.INFO
    log_format: Annotated[LogFormat, BeforeValidator(partial(read_word, words=LogFormat))] = LogFormat.AUTO
    capabilities_file: Annotated[FoundCapabilities | None, PlainValidator(read_capabilities)] = None
    rule_variables: dict[str, str] = Field(default_factory=dict, repr=False)  # they may hold credentials

    @classmethod
    def settings_customise_sources(  # type: ignore[override]
        cls, _settings: type[BaseSettings], init_settings: PydanticBaseSettingsSource, **_sources: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what `load_settings` read: pydantic's own source passes over unknown names and reads the process's environment alone."""
        return (init_settings,)

    @field_validator("pages", mode="after")
    @classmethod
    def _are_different_pages(cls, pages: dict[str, PageSettings]) -> dict[str, PageSettings]:
        names: dict[str, str] = {}
        for name, page in pages.items():
            if (other := names.setdefault(page.id, name)) != name:
                raise UnusableError(
                    f"{shown(other)} and {shown(name)} are one page, for they have the same id"
                )
        return pages

    @field_validator("webhook", mode="after")
    @classmethod
    def _is_guarded(cls, webhook: WebhookSettings, information: ValidationInfo) -> WebhookSettings:
        ways = webhook.bearer_token is not None or webhook.basic_password is not None
        listen = information.data.get("listen")
        if not ways and not webhook.allow_unauthenticated:
            raise UnusableError(
                "webhooks would be accepted from anybody",
                "set BRIDGE_WEBHOOK_BEARER_TOKEN_FILE, or BRIDGE_WEBHOOK_BASIC_USERNAME and BRIDGE_WEBHOOK_BASIC_PASSWORD_FILE; "
                "for trials on loopback, BRIDGE_WEBHOOK_ALLOW_UNAUTHENTICATED=true",
            )
        if ways and webhook.allow_unauthenticated:
            raise UnusableError(
                "is true although credentials are set",
                "unset it, or unset the credentials",
                variable="_ALLOW_UNAUTHENTICATED",
            )
        if webhook.allow_unauthenticated and listen is not None and not listen.is_loopback:
            raise UnusableError(
                f"is accepted on a loopback address alone, and BRIDGE_LISTEN is {listen}",
                "set BRIDGE_WEBHOOK_BEARER_TOKEN_FILE instead, or BRIDGE_LISTEN=127.0.0.1:9797",
                variable="_ALLOW_UNAUTHENTICATED",
            )
        return webhook

    @field_validator("rate_limit", mode="after")
    @classmethod
    def _leaves_something(cls, requests: int, information: ValidationInfo) -> int:
        shares = {name: information.data[name] for name in _SHARES if name in information.data}
        try:
            Limits(requests=requests, **shares)
        except ValueError as error:
            raise UnusableError(
                str(error), "raise it, or lower BRIDGE_INCIDENT_RESERVE or BRIDGE_OTHERS_SHARE"
            ) from None
        return requests

    @field_validator("shutdown_timeout", mode="after")
    @classmethod
    def _outlasts_a_request(cls, seconds: float, information: ValidationInfo) -> float:
        request = information.data.get("request_timeout", 0.0)
        if seconds < request:
            raise UnusableError(
                f"{format_duration(seconds)} is shorter than BRIDGE_REQUEST_TIMEOUT, {format_duration(request)}: "
                "a write in flight is awaited when the daemon stops"
            )
        return seconds


_VARIABLES = Variables(Settings)


def variable_names() -> tuple[str, ...]:
    """Every variable that is known; `<NAME>` in one is chosen by the operator. The README's table is held to it."""
    return tuple(variable.name for variable in _VARIABLES.all)


def load_settings(environment: Mapping[str, str]) -> Settings:
    """Read the settings, and each secret once.

    Args:
        environment: names and values. What does not begin with `BRIDGE_` is passed over.

    Raises:
        SettingsError: with every problem, by variable. Nothing else is raised, whatever the environment holds.
    """
    problems = Problems()
    tree = _VARIABLES.read(environment, problems)
    settings = None
    try:
        settings = Settings(**tree)
    except ValidationError as error:
        for details in error.errors(include_url=False, include_input=False):
            _report(details, problems)
    # A variable that was left out because of its name may be missing only therefore; both are told.
    if settings is None or problems.errors:
        raise SettingsError(problems.errors)
    return settings


def _report(details: ErrorDetails, problems: Problems) -> None:
    location = tuple(str(part) for part in details["loc"])
    names = _VARIABLES.names_of(location)
    cause = details.get("ctx", {}).get("error")
    if details["type"] == "missing":
        message, hint = "is needed and not set", f"or set {names[1]}" if len(names) == 2 else ""  # noqa: PLR2004 (a secret)
        if location == ("pages",):
            message, hint = (
                "no page is set",
                "set BRIDGE_PAGES__ACME__ID and BRIDGE_PAGES__ACME__TOKEN_FILE, with a name of your choice",
            )
        problems.add(Place(names[0]), message, hint)
    elif isinstance(cause, UnusableError):
        name = next((one for one in names if cause.variable and one.endswith(cause.variable)), names[0])
        problems.add(Place(name), str(cause), cause.hint)
    else:
        problems.add(Place(names[0]), details["msg"])
