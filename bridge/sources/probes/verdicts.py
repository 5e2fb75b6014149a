"""What an answer means: the expectation of a check against what came, with the value that failed it.

Pure. Knows neither sockets nor schedules.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, assert_never

import re2

from bridge.core.signals import SignalState
from bridge.sources.exchange import Answer, Failure, Fault

if TYPE_CHECKING:
    from bridge.core.observation import HttpExpectation

STALL = 1.0
"""Seconds beyond its timeout after which an attempt says nothing: then it was us who stood still."""

_EXCERPT = 32

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one attempt says.

    Attributes:
        state: unknown when the attempt says something about us only.
        detail: one line for people, such as `[STATUS] (503) == 200`.
        latency: seconds to the complete answer, or None when none came that can be measured.
    """

    state: SignalState
    detail: str
    latency: float | None = None


def judge(expect: HttpExpectation, result: Answer | Failure, *, elapsed: float, timeout: float) -> Verdict:
    """Compare a result with what was expected; the first part that is not so decides: status, latency, body.

    Args:
        expect: what the answer must be like.
        result: what came.
        elapsed: seconds from start to result on the loop's clock.
        timeout: seconds that the attempt was given.
    """
    if elapsed > timeout + STALL:
        # A paused process finds both its deadline and the answer waiting, and cannot tell which came first.
        return Verdict(
            SignalState.UNKNOWN, f"[BRIDGE] (stood still for {seconds(elapsed)}) <= {seconds(timeout)}"
        )
    match result:
        case Failure():
            state = SignalState.UNKNOWN if result.fault.ours else SignalState.FAILING
            if result.fault is Fault.TIMEOUT:
                return Verdict(
                    state, f"[{result.phase}] (timeout after {seconds(elapsed)}) < {seconds(timeout)}"
                )
            return Verdict(state, result.detail)
        case Answer():
            broken = _unmet(expect, result, elapsed)
            if broken is None:
                return Verdict(SignalState.OK, f"[STATUS] ({result.status}) in {seconds(elapsed)}", elapsed)
            return Verdict(SignalState.FAILING, broken, elapsed)
        case _:
            assert_never(result)


def _unmet(expect: HttpExpectation, answer: Answer, elapsed: float) -> str | None:
    if not any(lowest <= answer.status <= highest for lowest, highest in expect.statuses):
        return f"[STATUS] ({answer.status}) == {_ranges(expect.statuses)}"
    if expect.within is not None and elapsed >= expect.within:
        return f"[LATENCY] ({seconds(elapsed)}) < {seconds(expect.within)}"
    # Bytes, not text: RE2 reads UTF-8 by itself, and a charset named by the peer is one more thing to attack.
    if expect.body_regexp is not None and _compiled(expect.body_regexp).search(answer.body) is None:
        return f'[BODY] ({_excerpt(answer)}) =~ "{expect.body_regexp}"'
    return None


def seconds(value: float) -> str:
    """Seconds to the millisecond without trailing zeros, such as `2.31s`."""
    return f"{value:.3f}".rstrip("0").rstrip(".") + "s"


def _ranges(statuses: tuple[tuple[int, int], ...]) -> str:
    return ", ".join(
        str(lowest) if lowest == highest else f"{lowest}-{highest}" for lowest, highest in statuses
    )


def _excerpt(answer: Answer) -> str:
    # Four bytes for each code point are enough, and one that was cut in two is left out.
    text = answer.body[: _EXCERPT * 4].decode(errors="ignore")
    shown = "".join(character if character.isprintable() else " " for character in text[:_EXCERPT])
    more = "…" if len(text) > _EXCERPT or len(answer.body) > _EXCERPT * 4 else ""
    note = "" if answer.complete else f", first {len(answer.body)} bytes of more"
    return f'"{shown}{more}"{note}'


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re2._Regexp:
    return re2.compile(pattern, _OPTIONS)
