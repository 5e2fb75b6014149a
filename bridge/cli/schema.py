"""`bridge schema`: the JSON Schema of rule files, for editors."""

from __future__ import annotations

import json

from bridge.config.schema import rule_file_schema


def schema_text() -> str:
    """The schema as it is shipped in `rules/schema.json`."""
    return json.dumps(rule_file_schema(), indent=2, ensure_ascii=False) + "\n"
