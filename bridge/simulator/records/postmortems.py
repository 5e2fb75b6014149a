"""Postmortems: a draft, the text that is published, and who was told.

Must not know incidents. A record is never changed: each step of its life gives another one, which takes its place.
"""

from dataclasses import dataclass, field, replace

from bridge.simulator.records.encoding import encode
from bridge.simulator.timestamps import in_milliseconds, milliseconds_or_null


@dataclass(frozen=True, slots=True, kw_only=True)
class Postmortem:
    """One incident's postmortem; instants are seconds since 1970.

    `body` and `published_at` are None while nothing is published. `body_draft` is what the next publication would
    publish, None where there is nothing new. `notify_subscribers`, `notify_twitter` and `custom_tweet` are what the last
    publication asked for; `notified_subscribers` and `notified_twitter` say whether any publication did.
    """

    preview_key: str
    created_at: float
    updated_at: float
    body: str | None = None
    body_updated_at: float | None = None
    body_draft: str | None = None
    body_draft_updated_at: float | None = None
    published_at: float | None = None
    notify_subscribers: bool = False
    notify_twitter: bool = False
    custom_tweet: str | None = None
    notified_subscribers: bool = False
    notified_twitter: bool = False
    written: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Write the JSON once."""
        text = encode(
            {
                "preview_key": self.preview_key,
                "body": self.body,
                "body_updated_at": milliseconds_or_null(self.body_updated_at),
                "body_draft": self.body_draft,
                "body_draft_updated_at": milliseconds_or_null(self.body_draft_updated_at),
                "published_at": milliseconds_or_null(self.published_at),
                "notify_subscribers": self.notify_subscribers,
                "notify_twitter": self.notify_twitter,
                "custom_tweet": self.custom_tweet,
                "created_at": in_milliseconds(self.created_at),
                "updated_at": in_milliseconds(self.updated_at),
            }
        )
        object.__setattr__(self, "written", text)

    def drafted(self, text: str, *, now: float) -> "Postmortem":
        """Return it with another draft; what is published stays."""
        return replace(self, body_draft=text, body_draft_updated_at=now, updated_at=now)

    def published(self, *, subscribers: bool, twitter: bool, tweet: str | None, now: float) -> "Postmortem":
        """Return it with its draft published, `subscribers` and `twitter` being told; without a draft, as it is."""
        if self.body_draft is None:
            return self
        return replace(
            self,
            body=self.body_draft,
            body_updated_at=now,
            body_draft=None,
            body_draft_updated_at=None,
            published_at=now,
            notify_subscribers=subscribers,
            notify_twitter=twitter,
            custom_tweet=tweet,
            notified_subscribers=self.notified_subscribers or subscribers,
            notified_twitter=self.notified_twitter or twitter,
            updated_at=now,
        )

    def reverted(self, *, now: float) -> "Postmortem":
        """Return it with nothing published; the text that was is the draft again, unless there is a newer one."""
        newer = self.body_draft is not None
        return replace(
            self,
            body=None,
            body_updated_at=None,
            body_draft=self.body_draft if newer else self.body,
            body_draft_updated_at=self.body_draft_updated_at if newer else now,
            published_at=None,
            updated_at=now,
        )
