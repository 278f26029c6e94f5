"""The page that a run writes: what was measured, beside its floor and its target."""

from __future__ import annotations

import os
import platform
import sqlite3
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.benchmarks.measuring import Spread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LIBRARIES = ("SQLAlchemy", "pyxaf", "openpyxl", "lxml", "weasyprint", "Flask", "psycopg")
MEGABYTE = 1_000_000
HEAD = ("", "Measured", "Floor", "Ratio", "Target", "Holds")
ABOUT = """
What the floors are:

- **Import**: `pyxaf` walking through the same files in the form that costs it least, and bare
  `sqlite3` inserting the rows that the import kept into the same tables with their indexes and
  without their triggers, 200 rows a statement; write-ahead log, `synchronous = FULL`, the same
  cache, one transaction a file. The tracker reads bank statements and a list of hours besides.
- **Charging**: bare `sqlite3` inserting the same allocations and unallocated shares, likewise.
- **Workbook**: openpyxl's write-only workbook with the same values and without styles, formulas,
  widths or print set-up; and deflating the XML of its worksheets. LibreOffice is given the same
  lines as csv, and makes a bare list of them: no totals, checks, cover or other sections.
- **PDF**: WeasyPrint in a fresh process on the same document, as the same tagged kind of PDF; and
  as an untagged one, which nobody with a screen reader can use.
- **Reports asked at once**: the same pages before anything is asked. Each report is asked for by
  another person; memory is what the server and all its jobs hold together at the most.
- **Overview**: the statements of one request on a bare connection, one after the other, with all
  their rows taken; in turn with the page, which the test client asks for as a director.

Several measurements are told as the middle one, with the least and the most behind it; a ratio is
that of two measurements taken one after the other. CPU seconds count child processes too.
"""


class Line(NamedTuple):
    """A line of the table."""

    what: str
    measured: str = ""
    floor: str = ""
    ratio: str = ""
    target: str = ""
    holds: str = ""


def compared(
    what: str,
    ours: Sequence[float],
    floor: Sequence[float],
    unit: Callable[[float], str],
    most: float | None = None,
) -> Line:
    """Set measurements beside their floor; ``most`` is the ratio that is aimed at."""
    # The least of the clock, so that a floor of nothing divides nothing.
    ratios = [mine / max(bare, 1e-6) for mine, bare in zip(ours, floor, strict=True)]
    told = Line(what, spread(ours, unit), spread(floor, unit), spread(ratios, "{:.2f}".format))
    if most is None:
        return told
    middle = Spread.of(ratios).middle
    return told._replace(target=f"≤ {most:g} ×", holds=yes(middle <= most))


def spread(measured: Sequence[float], unit: Callable[[float], str]) -> str:
    found = Spread.of(measured)
    if len(measured) == 1:
        return unit(found.middle)
    return f"{unit(found.middle)} ({unit(found.least)} – {unit(found.most)})"


def seconds(value: float) -> str:
    return f"{value:.2f} s"


def milliseconds(value: float) -> str:
    return f"{value:.1f} ms"


def megabytes(value: float) -> str:
    return f"{value / MEGABYTE:.0f} MB"


def yes(holds: bool) -> str:
    return "yes" if holds else "**no**"


def page_of(lines: Sequence[Line], about_the_books: str) -> str:
    """Write what was measured as a page of the documentation."""
    today = f"{datetime.now(UTC):%d %B %Y}"
    rows = [HEAD, ("---",) * len(HEAD), *lines]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return (
        f"# Benchmarks\n\nWritten by `make bench` on {today}, not by hand. {about_the_books}\n\n"
        f"{machine()}\n\n{versions()}\n\n{table}\n{ABOUT}"
    )


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    said = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    models = [line.partition(":")[2].strip() for line in said.splitlines() if "model name" in line]
    model = models[0] if models else platform.machine()
    load = os.getloadavg()[0]
    return (
        f"Machine: {os.cpu_count()} cores, {model}; {memory:.0f} GiB of memory;"
        f" {platform.system()}. Load at the end of the run: {load:.1f}."
    )


def versions() -> str:
    named = [f"{name} {version(name)}" for name in LIBRARIES]
    python = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    return f"Versions: {', '.join([python, *named])}."
