"""The questions that nobody has recorded of the live service, as switches with the decided default.

Must not know how the switches are used. `statuspage-api.md`, Decisions, is the source of the defaults.
"""

from dataclasses import dataclass
from enum import StrEnum


class MetadataPatch(StrEnum):
    """What a PATCH does with an incident's metadata."""

    REPLACE = "replace"
    MERGE = "merge"


@dataclass(frozen=True, slots=True)
class Options:
    """How the simulator behaves where the vendor's documents are silent.

    `rate_limit` arrivals in any `rate_window` seconds for each token; `rate_limit_status` is 420 or 429;
    `count_rejected` lets refused calls fill the window too. `metadata_patch` takes "replace" or "merge".
    """

    rate_limit: int = 60
    rate_window: float = 60.0
    rate_limit_status: int = 420
    count_rejected: bool = False
    metadata_patch: MetadataPatch | str = MetadataPatch.REPLACE

    def __post_init__(self) -> None:
        """Refuse values that no behaviour stands behind."""
        if self.rate_limit_status not in {420, 429}:
            raise ValueError(f"rate_limit_status must be 420 or 429, not {self.rate_limit_status!r}")
        if self.rate_limit < 1:
            raise ValueError(f"rate_limit must be at least 1, not {self.rate_limit!r}")
        if not self.rate_window > 0:
            raise ValueError(f"rate_window must be above 0 seconds, not {self.rate_window!r}")
        MetadataPatch(self.metadata_patch)
