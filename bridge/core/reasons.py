"""Why something was decided, refused or failed: the closed list of words used alike in the journal, in log fields, in metric labels and by `explain`."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """One word for each decision and each failure. A member's value is part of the public interface: metric labels and the journal carry it."""

    # Holds of rules
    CONDITION_MET = "condition_met"
    HELD_FOR = "held_for"
    CLEARED_WHILE_PENDING = "cleared_while_pending"
    CLEARED = "cleared"
    FIRED_AGAIN = "fired_again"
    KEPT_FIRING_FOR = "kept_firing_for"
    MAINTAINED = "maintained"

    # The life of an incident
    OPENED = "opened"
    ESCALATED = "escalated"
    JOINED = "joined"
    IDENTIFIED = "identified"
    STILL = "still"
    RECOVERED = "recovered"
    RETURNED = "returned"
    REOPENED = "reopened"
    MONITORED_FOR = "monitored_for"
    ABSORBED = "absorbed"
    TWIN = "twin"

    # Drafts of incidents
    DRAFTED = "drafted"
    APPROVED = "approved"
    DISCARDED = "discarded"
    WITHDRAWN = "withdrawn"
    PUBLISHED = "published"

    # Our own maintenances
    ANNOUNCED = "announced"
    MOVED = "moved"
    CHANGED = "changed"
    CALLED_OFF = "called_off"
    OVERRUN = "overrun"
    COMPLETED = "completed"

    # What guards say
    PAGE_PINNED = "page_pinned"
    LET_THROUGH = "let_through"
    RULES_HELD = "rules_held"
    RULES_CHANGED = "rules_changed"
    CAPPED = "capped"

    # What a signal's arrival meant
    SIGNAL_CHANGED = "signal_changed"
    SIGNAL_REPEATED = "signal_repeated"
    SIGNAL_STALE = "signal_stale"
    SIGNAL_PROVISIONAL = "signal_provisional"
    SIGNAL_EXPIRED = "signal_expired"

    # When the daemon watched
    STARTED = "started"
    FROZEN = "frozen"

    # What an operator told, and its end
    OVERRIDDEN = "overridden"
    HANDED_BACK = "handed_back"
    RELEASED = "released"
    PAUSED = "paused"
    RESUMED = "resumed"
    CONFIRMED = "confirmed"
    RAN_OUT = "ran_out"
    # Guards
    SOURCE_BLIND = "source_blind"
    SOURCE_SEES = "source_sees"
    BLAST_HELD = "blast_held"
    BLAST_OVERDUE = "blast_overdue"
    BLAST_AGREED = "blast_agreed"
    BLAST_CONFIRMED = "blast_confirmed"
    BLAST_RECOVERED = "blast_recovered"
    SILENCED = "silenced"
    WITHHELD = "withheld"
    SILENCE_BEGAN = "silence_began"
    SILENCE_ENDED = "silence_ended"

    # Why an operation is sent
    CLAIMED = "claimed"
    CLAIM_ENDED = "claim_ended"
    INCIDENT_TRANSITION = "incident_transition"
    READ_OBSERVED = "read_observed"
    VERIFY_BEFORE_WRITE = "verify_before_write"
    SETTLE_UNKNOWN = "settle_unknown"
    POINTS_DUE = "points_due"
    POSTMORTEM_DUE = "postmortem_due"

    # How an operation ended
    DONE = "done"
    REFUSED_CONNECTION = "refused_connection"
    RATE_LIMITED = "rate_limited"
    UNAUTHORIZED = "unauthorized"
    NOT_FOUND = "not_found"
    REJECTED = "rejected"
    TIMEOUT = "timeout"
    CONNECTION_LOST = "connection_lost"
    SERVER_ERROR = "server_error"
    UNREADABLE_ANSWER = "unreadable_answer"
    CONFLICT = "conflict"
    CANCELLED = "cancelled"
    CRASHED = "crashed"
    ADOPTED = "adopted"
    NOT_APPLIED = "not_applied"
    OUTDATED = "outdated"

    # Why nothing is sent
    SHADOW = "shadow"
    YIELDED = "yielded"
    TAKEN = "taken"
    YIELD_ENDED = "yield_ended"
    UNBOUND = "unbound"
    UNDER_MAINTENANCE = "under_maintenance"
    MAINTENANCE_ENDED = "maintenance_ended"
    PARKED = "parked"
    ANOTHER_PAGE = "another_page"
    BUSY = "busy"
    BACKED_OFF = "backed_off"
