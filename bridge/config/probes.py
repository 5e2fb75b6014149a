"""Probes as rule files declare them: one HTTP check, repeated.

The compiled types are core's (`bridge.core.observation`), because sources consume them. Must not know how a probe is carried out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import re2

from bridge.config.addresses import read_address
from bridge.config.durations import format_duration
from bridge.config.fields import (
    Fields,
    Length,
    Span,
    read_duration,
    read_fields,
    read_identifier,
    read_list,
    read_mapping,
    read_one_or_more,
    read_text,
)
from bridge.config.problems import Place, Placed, Problems, shown
from bridge.config.signal_labels import read_signal_labels
from bridge.core.observation import SUCCESS, HttpCheck, HttpExpectation, Probe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bridge.config.document import Node

DEFAULT_EVERY = 30.0
DEFAULT_TIMEOUT = 10.0

_EVERY = Span(1.0, 86_400.0)
_SHORTEST = 0.001
_EXAMPLE = 'write http: {url: "https://shop.example/healthz"}'

_KNOWN = {
    "id": None,
    "http": None,
    "every": None,
    "timeout": None,
    "labels": None,
    "interval": 'it is called "every"',
}
_HTTP_KNOWN = {
    "url": None,
    "method": None,
    "headers": None,
    "expect": None,
    "timeout": "it belongs to the probe, beside http",
}
_EXPECT_KNOWN = {"status": None, "within": None, "body": None}

_STATUS = re.compile(r"([1-5])xx|([1-5]\d\d)(?: ?- ?([1-5]\d\d))?", re.ASCII)
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}", re.ASCII)
_QUIET = re2.Options()
_QUIET.log_errors = False


class Method(StrEnum):
    """What a check may send."""

    GET = "GET"
    HEAD = "HEAD"
    POST = "POST"
    PUT = "PUT"
    PATCH = "PATCH"
    DELETE = "DELETE"
    OPTIONS = "OPTIONS"


@dataclass(frozen=True, slots=True)
class DeclaredProbe:
    """A probe's id with its place, and the probe unless it is faulty."""

    id: Placed[str]
    probe: Probe | None


def read_probe(node: Node, problems: Problems, variables: Mapping[str, str] | None) -> DeclaredProbe | None:
    """One entry of `probes`; None when not even its id can be read.

    Args:
        node: what was written.
        problems: where mistakes go.
        variables: what `${NAME}` in a URL stands for; None accepts every name and leaves it as it is.
    """
    fields = read_fields(node, problems, what="a probe", known=_KNOWN, example=_EXAMPLE)
    if fields is None:
        return None
    id_node = fields.need("id", "it names the probe in rules and metrics")
    identifier = None if id_node is None else read_identifier(id_node, problems, what='"id"')
    every = fields.duration("every", DEFAULT_EVERY, span=_EVERY)
    # Left out, the timeout follows a short interval; written, it must fit.
    timeout = fields.duration("timeout", min(DEFAULT_TIMEOUT, every), span=Span(_SHORTEST, _EVERY.most))
    if timeout > every:
        message = f'"timeout" ({format_duration(timeout)}) is longer than "every" ({format_duration(every)})'
        problems.add(fields.key_place("timeout"), message, "one attempt must end before the next begins")
    labels = read_signal_labels(fields, problems)
    http = fields.need("http", _EXAMPLE)
    check = None if http is None else _check(http, problems, timeout=timeout, variables=variables)
    if identifier is None:
        return None
    probe = None if check is None else Probe(identifier.value, check, every, timeout, labels)
    return DeclaredProbe(identifier, probe)


def _check(
    node: Node, problems: Problems, *, timeout: float, variables: Mapping[str, str] | None
) -> HttpCheck | None:
    fields = read_fields(node, problems, what="http", known=_HTTP_KNOWN, example=_EXAMPLE)
    if fields is None:
        return None
    method = fields.word("method", Method.GET, words=tuple(Method))
    headers = _headers(fields, problems)
    expect_node = fields.get("expect")
    expect = (
        HttpExpectation() if expect_node is None else _expectation(expect_node, problems, timeout=timeout)
    )
    text = fields.need_text("url", length=Length(2048))
    url = None if text is None else read_address(text, problems, variables)
    return None if url is None else HttpCheck(url, method.value, headers, expect)


def _headers(fields: Fields, problems: Problems) -> tuple[tuple[str, str], ...]:
    node = fields.get("headers")
    mapping = (
        None
        if node is None
        else read_mapping(node, problems, what='"headers"', example="write {Accept: text/html}")
    )
    headers: list[tuple[str, str]] = []
    seen: dict[str, Place] = {}
    for key, value in mapping.entries if mapping else ():
        folded = key.text.lower()
        if not _HEADER_NAME.fullmatch(key.text):
            problems.add(key.place, f"{shown(key.text)} is not the name of a header")
        elif folded in seen:
            problems.add(
                key.place,
                f"the header {shown(key.text)} stands twice",
                f"the first is in line {seen[folded].line}",
            )
        else:
            seen[folded] = key.place
            text = read_text(value, problems, what=f"the header {key.text}", length=Length(8192))
            if text is not None:
                headers.append((key.text, text.value))
    return tuple(headers)


def _expectation(node: Node, problems: Problems, *, timeout: float) -> HttpExpectation:
    example = "write expect: {status: [200], within: 2s}"
    fields = read_fields(node, problems, what="expect", known=_EXPECT_KNOWN, example=example)
    if fields is None:
        return HttpExpectation()
    status = fields.get("status")
    within = fields.get("within")
    seconds = None
    if within is not None:
        # An answer later than the timeout is a timeout: a longer limit could never be seen to be broken.
        seconds = read_duration(within, problems, what='"within"', span=Span(_SHORTEST, timeout))
    return HttpExpectation(
        statuses=SUCCESS if status is None else _statuses(status, problems),
        within=seconds,
        body_regexp=_regexp(fields, problems),
    )


def _statuses(node: Node, problems: Problems) -> tuple[tuple[int, int], ...]:
    ranges = []
    nodes = read_one_or_more(node) or read_list(node, problems, what='"status"', of="status codes")
    for item in nodes:
        text = read_text(item, problems, what='"status"')
        if text is None:
            continue
        found = _STATUS.fullmatch(text.value)
        family, first, last = found.groups() if found else (None, None, None)
        low = int(first or f"{family or 0}00")
        high = int(last or first or f"{family or 0}99")
        if found is None or low > high:
            message = f'"status": {shown(text.value)} is neither a status code nor a range of them'
            problems.add(text.place, message, "write 200, 2xx or 200-204")
        else:
            ranges.append((low, high))
    return tuple(ranges)


def _regexp(fields: Fields, problems: Problems) -> str | None:
    text = fields.text("body", length=Length(4096, lines=True))
    if text is None:
        return None
    try:
        re2.compile(text.value, _QUIET)
    except re2.error as error:
        said = error.args[0].decode(errors="replace") if isinstance(error.args[0], bytes) else str(error)
        message = f'"body" is not a regular expression that RE2 accepts: {said}'
        problems.add(
            text.place, message, "it is searched for in the body; escape special characters with a backslash"
        )
        return None
    return text.value
