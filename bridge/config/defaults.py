"""Defaults of directories: what `_defaults.yaml` says holds for the files beside it and below, where nothing nearer says otherwise.

Must not know what a rule is, nor which files there are.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.config.document import read_documents
from bridge.config.fields import read_fields
from bridge.config.rule_defaults import Defaults, read_defaults

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridge.config.files import RuleFile
    from bridge.config.problems import Problems

_ELSEWHERE = "it belongs into a file of rules; this one holds defaults alone"
_KNOWN = {
    "defaults": None,
    **dict.fromkeys(
        (
            "page",
            "components",
            "rules",
            "conditions",
            "incidents",
            "probes",
            "metrics",
            "public_labels",
            "public_annotations",
            "display",
        ),
        _ELSEWHERE,
    ),
}


class DirectoryDefaults:
    """The defaults of every directory that has some."""

    def __init__(self, files: Iterable[RuleFile], problems: Problems) -> None:
        """Read them.

        Args:
            files: every `_defaults.yaml`, a directory's before those below it.
            problems: where mistakes are reported.
        """
        self._of: dict[Path, Defaults] = {}
        for file in files:
            defaults = self.of(file)
            for number, node in enumerate(read_documents(file.path, file.content, problems)):
                fields = read_fields(
                    node,
                    problems,
                    what="a file of defaults",
                    known=_KNOWN,
                    example="write defaults: {for: 2m}",
                )
                if fields is None:
                    continue
                if number:
                    problems.add(fields.place, "a file of defaults has one document")
                written = fields.need("defaults", "write defaults: {for: 2m}")
                defaults = read_defaults(written, problems, defaults)
            self._of[_folder(file)] = defaults

    def of(self, file: RuleFile) -> Defaults:
        """What holds in a file that says nothing itself: the nearest directory's."""
        folder = _folder(file)
        while folder not in self._of:
            if folder.parent == folder:
                return Defaults()
            folder = folder.parent
        return self._of[folder]


def _folder(file: RuleFile) -> Path:
    # The file itself may be a link, as every file of a mounted ConfigMap is.
    return Path(os.path.realpath(Path(file.path).parent))
