"""The same seeds played again: a run is a function of its seed, whatever process plays it."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import count, islice
from pathlib import Path

import bridge
from tests.simulation.course import draw_course

CROWDED = 2
HASH_SEEDS = ("1", "4242")


def two_processes_with_different_hashes() -> list[str]:
    """I12: random seeds, each played in two processes in which a set of strings has another order.

    Of the seeds, those in which many components break at once: with a few, hardly anything has to be put in an order.
    """
    seeds = list(islice((seed for seed in count() if draw_course(seed).crowd), CROWDED))
    copy = Path(bridge.__file__).resolve().parent.parent
    # Started as this process was, so that both find the same product; `child` refuses any other.
    command = [sys.executable, "-m", "tests.mutants.child", "--copy", str(copy)]
    command += [part for seed in seeds for part in ("--trace", str(seed))]
    players = [
        subprocess.Popen(  # noqa: S603 - this interpreter, our own module
            command,
            cwd=copy,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            stdout=subprocess.PIPE,
            text=True,
        )
        for hash_seed in HASH_SEEDS
    ]
    first, second = (player.communicate()[0].splitlines() for player in players)
    # What crashes shows no trace, and is no catch.
    assert not any(player.returncode for player in players)
    assert len(first) == len(second) == len(seeds)
    return [
        f"I12: seed {seed} has another trace in another process"
        for seed, one, other in zip(seeds, first, second, strict=True)
        if one != other
    ]
