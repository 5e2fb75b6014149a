"""The mutants that have to be there, so that none is forgotten: those that reliability.md names, and those without which an invariant had none of its own. Knows no patch."""

from __future__ import annotations

NAMED = (
    "ack-before-commit",
    "commit-after-send",
    "5xx-is-failure",
    "cancel-is-failure",
    "blind-PATCH",
    "search-only-unresolved",
    "first-page-only",
    "counter-token",
    "no-settle",
    "no-lease-check",
    "in-memory-window",
    "bucket-limiter",
    "ignore-Retry-After",
    "429-at-ingress",
    "order-by-arrival",
    "absence-is-resolved",
    "resolved-is-final",
    "truncated-is-snapshot",
    "own-late-write-is-foreign",
    "parallel-same-target",
    "no-component-settle",
    "load-then-save-race",
    "green-as-baseline",
    "resolve-by-component",
    "no-connectivity-guard",
    "annotation-in-template",
    "one-POST-per-point",
    "wall-clock-intervals",
    "apply-before-validate",
    # Every invariant has a mutant of its own: I8, I9, I11, I12, I13.
    "frozen-time-counts",
    "update-by-PUT",
    "slots-for-ever",
    "hash-order",
    "no-end-of-component-intents",
)
"""As they stand in "How it is proven"; then one for each invariant that none of those is for."""

WAITING = {
    "no-lease-check": "leases come with Postgres; one daemon on one file has none to check",
    "no-connectivity-guard": "the guard (many probes that fail at once say something about us) is a later part; that a probe knows a fault of ours is own-network-is-their-outage",
}
"""What a later part has to be there for, and why."""
