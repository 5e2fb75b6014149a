"""The labels that rule files give what the bridge observes itself: probes and queries. Must not know what is observed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.config.fields import Length, read_mapping, read_text
from bridge.config.problems import shown
from bridge.core.observation import OWN_LABELS
from bridge.core.signals import Labels

if TYPE_CHECKING:
    from bridge.config.fields import Fields
    from bridge.config.problems import Problems

_MAXIMUM_LABELS = 64


def read_signal_labels(fields: Fields, problems: Problems) -> Labels:
    """The value of `labels`. Faulty ones are left out."""
    node = fields.get("labels")
    mapping = (
        None if node is None else read_mapping(node, problems, what='"labels"', example="write {team: shop}")
    )
    labels: dict[str, str] = {}
    if mapping is not None and len(mapping.entries) > _MAXIMUM_LABELS:
        problems.add(
            mapping.place, f'"labels" holds {len(mapping.entries)}', f"at most {_MAXIMUM_LABELS} are allowed"
        )
        return Labels(labels)
    for key, value in mapping.entries if mapping else ():
        if key.is_null or not key.text.strip():
            problems.add(key.place, "a label has no name")
        elif key.text in OWN_LABELS:
            message = f'the label "{key.text}" holds the {key.text}\'s id'
            problems.add(key.place, message, "choose another name")
        elif text := read_text(value, problems, what=f"the label {shown(key.text)}", length=Length(4096)):
            labels[key.text] = text.value
    return Labels(labels)
