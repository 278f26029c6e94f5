"""Measuring a piece of work in a process of its own, so that none warms up or weighs on another.

A part is a function that does one piece of work and tells what it took. It is named as
``books.bring_in``, is given plain values, and answers with plain values.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).parents[2]
KILOBYTE = 1024


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure that was measured several times: the middle one, the least and the most."""

    middle: float
    least: float
    most: float

    @classmethod
    def of(cls, measured: Sequence[float]) -> Spread:
        return cls(median(measured), min(measured), max(measured))


@contextmanager
def stopwatch(told: dict[str, Any]) -> Iterator[None]:
    """Write down the seconds that the work inside takes, its own child processes included."""
    gc.collect()
    began, used = time.perf_counter(), _cpu_seconds()
    yield
    told["cpu"] = _cpu_seconds() - used
    told["wall"] = time.perf_counter() - began


def _cpu_seconds() -> float:
    whose = (getrusage(RUSAGE_SELF), getrusage(RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in whose)


def in_child(part: str, **given: Any) -> dict[str, Any]:
    """Do a part in a fresh process, and give what it tells with the peak of its memory."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.measuring", part, json.dumps(given)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _do(part: str, given: str) -> None:
    module, name = part.split(".")
    told = getattr(import_module(f"tests.benchmarks.{module}"), name)(**json.loads(given))
    told["peak"] = getrusage(RUSAGE_SELF).ru_maxrss * KILOBYTE
    print(json.dumps(told))


if __name__ == "__main__":
    _do(*sys.argv[1:])
