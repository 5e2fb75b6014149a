"""What settings say about the names in rule files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


@dataclass(frozen=True, slots=True)
class Known:
    """What settings say about the names in rule files. None for any means that it is not known, and every name is accepted.

    Attributes:
        pages: name to id. A file may use either.
        prometheuses: the names of the Prometheus servers.
        variables: what `${NAME}` in a probe's URL stands for.
        default_page: the page of documents that name none.
    """

    pages: Mapping[str, str] | None = None
    prometheuses: Collection[str] | None = None
    variables: Mapping[str, str] | None = None
    default_page: str | None = None
