"""A postmortem's draft, and how its publication is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bridge.statuspage.api.writes.write import Write, check_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft(Write):
    """The text, not yet published.

    Raises:
        ValueError: it is empty.
    """

    wrapper: ClassVar[str] = "postmortem"

    body_draft: str

    def __post_init__(self) -> None:
        check_text("body_draft", self.body_draft)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication(Write):
    """Who is told of the publication."""

    wrapper: ClassVar[str] = "postmortem"

    notify_subscribers: bool
    notify_twitter: bool = False
    custom_tweet: str | None = None
