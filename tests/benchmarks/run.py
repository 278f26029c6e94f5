"""Measure the tracker in one run, each figure beside the floor it stands on.

    run.py [--invoices N] [--quick] [--only NAME] [--out FILE]

Ratios are what counts: a piece of work and its floor are measured in turn on the same machine,
several times, so that whatever else the machine does weighs on both.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.measuring import Spread, in_child  # noqa: E402 - found from here on
from tests.benchmarks.table import (  # noqa: E402
    MEGABYTE,
    Line,
    compared,
    megabytes,
    milliseconds,
    page_of,
    seconds,
    spread,
    yes,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

OUT = ROOT / "docs" / "benchmarks.md"
RATE, LATENCY = 50_000, 150  # lines charged a second; milliseconds of a page
WORKBOOK_SECONDS = 2  # of CPU
LINES_PRINTED = 500  # as a statement prints at most
IMPORT_MEMORY = 400  # megabytes
LIST_LATENCY = 200  # milliseconds of a list
OVERVIEW_LATENCY = 300  # milliseconds of an overview of many projects
BESIDE_LATENCY = 500  # milliseconds of a page while reports are made
BESIDE_MEMORY = 1_024  # mebibytes of the server and the jobs together


class Size(NamedTuple):
    """How much is measured, and how often."""

    invoices: int
    times: int
    workbook_lines: int
    pdf_lines: int
    requests: int
    listed_lines: int
    projects: int
    reports: int


FULL = Size(
    *(40_000, 3),
    workbook_lines=100_000,
    pdf_lines=1_200,
    requests=200,
    listed_lines=10**6,
    projects=40,
    reports=50,
)
QUICK = Size(40, 1, workbook_lines=600, pdf_lines=60, requests=5, listed_lines=3_000, projects=2,
             reports=4)  # fmt: skip


@dataclass(frozen=True)
class Workplace:
    """The files and databases that are measured, each made when it is first needed."""

    folder: Path
    size: Size

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def url(self, name: str) -> str:
        return f"sqlite:///{self.folder / name}"

    @cached_property
    def case(self) -> str:
        tell(f"make books of {self.size.invoices} invoices a year")
        program = ROOT / "tests" / "books" / "make_case.py"
        make = [sys.executable, str(program), self.path("case")]
        subprocess.run([*make, "--invoices", str(self.size.invoices)], check=True)
        return self.path("case")

    @cached_property
    def imported(self) -> str:
        """A database with all books brought in and nothing charged."""
        if not Path(self.path("books.db")).exists():
            bring_in(self, "books.db")
        return self.path("books.db")

    @cached_property
    def charged(self) -> str:
        """A database with all books brought in and charged."""
        if not Path(self.path("charged.db")).exists():
            charge(self)
        return self.path("charged.db")


def tell(what: str) -> None:
    """Show on the screen how far the run has come."""
    print(f"{datetime.now(UTC):%H:%M:%S}  {what}", file=sys.stderr, flush=True)


def bring_in(place: Workplace, name: str) -> dict[str, Any]:
    for left in ("", "-wal", "-shm"):
        Path(place.path(name + left)).unlink(missing_ok=True)
    in_child("books.set_up", url=place.url(name), case=place.case)
    return in_child("books.bring_in", url=place.url(name), case=place.case)


def charge(place: Workplace) -> dict[str, Any]:
    shutil.copyfile(place.imported, place.path("charged.db"))
    return in_child("books.charge", url=place.url("charged.db"))


def in_columns(done: Sequence[tuple[dict[str, Any], ...]], clock: str) -> list[list[float]]:
    """Turn runs of several parts into the seconds of each part."""
    return [[run[clock] for run in runs] for runs in zip(*done, strict=True)]


def of_import(place: Workplace) -> list[Line]:
    done = []
    for at in range(place.size.times):
        tell(f"import, {at + 1} of {place.size.times}")
        ours = bring_in(place, "books.db")
        parse = in_child("books.parse", case=place.case)
        kept = {"kept": place.path("books.db"), "into": place.path("bare.db")}
        insert = in_child("books.insert_books", **kept)
        done.append((ours, parse, insert, in_child("books.parse_typed", case=place.case)))
    lines = []
    what = f"Import of {done[0][1]['lines']:,} ledger lines"
    for clock, name in (("cpu", "CPU"), ("wall", "clock")):
        took, raw, inserting, typed = in_columns(done, clock)
        floor = [sum(parts) for parts in zip(raw, inserting, strict=True)]
        dearer = [sum(parts) for parts in zip(typed, inserting, strict=True)]
        lines += [
            compared(f"{what}, {name}", took, floor, seconds, 2),
            compared("… against pyxaf's typed values and inserting", took, dearer, seconds),
        ]
    for at, name in ((1, "parsing"), (2, "inserting")):
        used = spread([run[at]["cpu"] for run in done], seconds)
        lines.append(Line(f"… of the floor, {name}, CPU", floor=used))
    peak = [ours["peak"] for ours, *_ in done]
    holds = yes(max(peak) <= IMPORT_MEMORY * MEGABYTE)
    target = f"≤ {IMPORT_MEMORY} MB"
    lines.append(Line("… peak memory", spread(peak, megabytes), target=target, holds=holds))
    return [*lines, *of_second_import(place, target)]


def of_second_import(place: Workplace, target: str) -> list[Line]:
    """Measure importing the same books again, and importing them as it is done on the screen."""
    tell("the same books again")
    again = in_child("books.bring_in_again", url=place.url("books.db"), case=place.case)
    in_child("books.set_up", url=place.url("looked.db"), case=place.case)
    tell("looking first")
    looked = in_child("books.look_and_keep", url=place.url("looked.db"), case=place.case)
    held = [yes(part["peak"] <= IMPORT_MEMORY * MEGABYTE) for part in (again, looked)]
    what = f"The same {again['rows']:,} lines in other files, CPU"
    return [
        Line(what, seconds(again["cpu"])),
        Line("… peak memory", megabytes(again["peak"]), target=target, holds=held[0]),
        Line("Handed in, looked at and kept, CPU", seconds(looked["cpu"])),
        Line("… peak memory", megabytes(looked["peak"]), target=target, holds=held[1]),
    ]


def of_charging(place: Workplace) -> list[Line]:
    done = []
    for at in range(place.size.times):
        tell(f"charging, {at + 1} of {place.size.times}")
        ours = charge(place)
        kept = {"kept": place.path("charged.db"), "into": place.path("bare.db")}
        done.append((ours, in_child("books.insert_charges", **kept)))
    count = done[0][0]["lines"]
    what = f"Charging of {count:,} cost lines"
    lines = []
    for clock, name in (("wall", "clock"), ("cpu", "CPU")):
        took, floor = in_columns(done, clock)
        line = compared(f"{what}, {name}", took, floor, seconds)
        rate = Spread.of([count / seconds_taken for seconds_taken in took]).middle
        told = f"{line.measured}: {rate:,.0f} lines a second"
        lines.append(line._replace(measured=told, target=f"≥ {RATE:,}", holds=yes(rate >= RATE)))
    return lines


def of_workbook(place: Workplace) -> list[Line]:
    done = []
    given = {"lines": place.size.workbook_lines}
    for at in range(place.size.times):
        tell(f"workbook, {at + 1} of {place.size.times}")
        ours = in_child("statements.to_xlsx", **given, kept=place.path("ours.xlsx"))
        bare = in_child("statements.to_xlsx_bare", **given, kept=place.path("bare.xlsx"))
        zlib = in_child("statements.deflate", kept=place.path("ours.xlsx"))
        quick = in_child("statements.deflate_alike", kept=place.path("ours.xlsx"))
        done.append((ours, bare, zlib, quick))
    cpu, floor, by_itself, alike = in_columns(done, "cpu")
    what = f"Workbook of {place.size.workbook_lines:,} cost lines, CPU"
    peak = [ours["peak"] for ours, *_ in done]
    held = yes(max(peak) <= 100 * MEGABYTE)
    return [
        compared(f"{what}, against openpyxl", cpu, floor, seconds, 0.25),
        compared("… against deflating, as hard as zlib does by itself", cpu, by_itself, seconds, 3),
        compared("… against deflating, as hard as the workbook does", cpu, alike, seconds),
        Line("… by itself", spread(cpu, seconds), target=f"≤ {WORKBOOK_SECONDS} s",
             holds=yes(Spread.of(cpu).middle <= WORKBOOK_SECONDS)),
        Line("… peak memory", spread(peak, megabytes), target="≤ 100 MB", holds=held),
        *of_libreoffice(place, place.size.workbook_lines, "xlsx"),
    ]  # fmt: skip


def of_libreoffice(place: Workplace, lines: int, ending: str) -> list[Line]:
    """Tell what LibreOffice takes for a file of the same lines: a bare list, without a report."""
    what = f"… LibreOffice, a bare list of {lines:,} lines as {ending}, CPU"
    if shutil.which("soffice") is None:
        return [Line(what, "not measured: it is not installed")]
    tell(f"LibreOffice, {ending}")
    kept = place.path(f"office-{ending}")
    told = in_child("statements.by_libreoffice", lines=lines, kept=kept, ending=ending)
    return [
        Line(what, seconds(told["cpu"])),
        Line("… its peak memory", megabytes(told["peak_of_child"])),
    ]


def of_pdf(place: Workplace) -> list[Line]:
    given = {"lines": place.size.pdf_lines}
    html = place.path("statement.html")
    in_child("statements.to_html", **given, kept=html)
    done = []
    for at in range(place.size.times):
        tell(f"PDF, {at + 1} of {place.size.times}")
        bare = {"html": html, "kept": place.path("bare.pdf")}
        ours = in_child("statements.to_pdf", **given, kept=place.path("ours.pdf"))
        tagged = in_child("statements.to_pdf_bare", **bare, variant="pdf/ua-1")
        done.append((ours, tagged, in_child("statements.to_pdf_bare", **bare, variant="")))
    cpu, floor, plain = in_columns(done, "cpu")
    what = f"PDF of a statement of {place.size.pdf_lines:,} cost lines, CPU"
    return [
        compared(what, cpu, floor, seconds, 1.2),
        compared("… against an untagged PDF", cpu, plain, seconds),
        *of_libreoffice(place, LINES_PRINTED, "pdf"),
    ]


def of_reports_asked(place: Workplace) -> list[Line]:
    """Measure pages while many reports are made, and the memory of all of it."""
    count = place.size.reports
    tell(f"{count} reports asked at once")
    shutil.copyfile(place.charged, place.path("asked.db"))
    given = {"reports": count, "times": place.size.requests}
    told = in_child("report_jobs.ask_at_once", url=place.url("asked.db"), **given)
    page, alone, memory = told["page"], told["alone"], told["memory"]
    what = f"{count} reports asked at once"
    limit = BESIDE_MEMORY * 2**20
    return [
        compared(f"{what}, p50 of pages", [page["p50"]], [alone["p50"]], milliseconds),
        compared(f"{what}, p95 of pages", [page["p95"]], [alone["p95"]], milliseconds)._replace(
            target=f"≤ {BESIDE_LATENCY} ms", holds=yes(page["p95"] <= BESIDE_LATENCY)
        ),
        Line("… peak memory of the server and the jobs", megabytes(memory),
             target="≤ 1 GiB", holds=yes(memory <= limit)),
        Line("… until all were made, clock", seconds(told["wall"])),
    ]  # fmt: skip


def of_overview(place: Workplace) -> list[Line]:
    tell(f"overview, {place.size.requests} requests")
    url = f"sqlite:///{place.charged}"
    return told_of_overview("SQLite", in_child("overview.show", url=url, times=place.size.requests))


def of_overview_on_postgresql(place: Workplace) -> list[Line]:
    from tests.conftest import Cluster, programs_of_postgresql

    if (programs := programs_of_postgresql()) is None:
        return [Line("Overview, PostgreSQL", "not measured: its programs are not installed")]
    cluster = Cluster(programs)
    try:
        cluster.start()
        url = cluster.make("benchmark")
        tell("import and charging on PostgreSQL")
        in_child("books.set_up", url=url, case=place.case)
        imported = in_child("books.bring_in", url=url, case=place.case)
        charged = in_child("books.charge", url=url)
        in_child("books.settle", url=url)
        tell(f"overview on PostgreSQL, {place.size.requests} requests")
        shown = in_child("overview.show", url=url, times=place.size.requests)
    finally:
        cluster.stop()
    rate = f"{charged['lines'] / charged['wall']:,.0f} lines a second"
    return [
        *told_of_overview("PostgreSQL", shown),
        Line("Import on PostgreSQL, clock, once", seconds(imported["wall"])),
        Line("Charging on PostgreSQL, clock, once", f"{seconds(charged['wall'])}: {rate}"),
    ]


def of_cost_list(place: Workplace) -> list[Line]:
    """Measure the list of cost lines on both databases."""
    from tests.conftest import Cluster, programs_of_postgresql

    url = place.url("list.db")
    lines = told_of_cost_list(place, "SQLite", url)
    if (programs := programs_of_postgresql()) is None:
        return [*lines, Line("Cost list, PostgreSQL", "not measured: it is not installed")]
    cluster = Cluster(programs)
    try:
        cluster.start()
        return [*lines, *told_of_cost_list(place, "PostgreSQL", cluster.make("list"))]
    finally:
        cluster.stop()


def told_of_cost_list(place: Workplace, database: str, url: str) -> list[Line]:
    count = place.size.listed_lines
    tell(f"{count:,} cost lines on {database}")
    indexed = in_child("cost_list.fill", url=url, case=place.case, lines=count)
    tell(f"list of cost lines on {database}, {place.size.requests} requests")
    shown = in_child("cost_list.show", url=url, times=place.size.requests)
    page, sql = shown["page"], shown["sql"]
    what = f"List of {count:,} cost lines, {database}"
    return [
        compared(f"{what}, p50", [page["p50"]], [sql["p50"]], milliseconds),
        compared(f"{what}, p95", [page["p95"]], [sql["p95"]], milliseconds)._replace(
            target=f"≤ {LIST_LATENCY} ms", holds=yes(page["p95"] <= LIST_LATENCY)
        ),
        Line("… the slowest of them", milliseconds(shown["most"])),
        Line("… indexing all lines once, clock", seconds(indexed["wall"])),
    ]


def of_overview_all(place: Workplace) -> list[Line]:
    """Measure the overview of many projects on both databases."""
    from tests.conftest import Cluster, programs_of_postgresql

    lines = told_of_overviews(place, "SQLite", place.url("projects.db"))
    if (programs := programs_of_postgresql()) is None:
        return [*lines, Line("Overview_all, PostgreSQL", "not measured: it is not installed")]
    cluster = Cluster(programs)
    try:
        cluster.start()
        return [*lines, *told_of_overviews(place, "PostgreSQL", cluster.make("projects"))]
    finally:
        cluster.stop()


def told_of_overviews(place: Workplace, database: str, url: str) -> list[Line]:
    projects, count = place.size.projects, place.size.listed_lines
    tell(f"{projects} projects with {count:,} cost lines on {database}")
    in_child("projects.fill", url=url, case=place.case, projects=projects, lines=count)
    tell(f"overview of {projects} projects on {database}, {place.size.requests} requests")
    told = in_child("overview.show_all", url=url, times=place.size.requests)
    lines = []
    for name, shown in told["pages"].items():
        what = f"Overview_all, {name}, {database}"
        for of, named in ((shown, what), (shown["first"], "… the first after a deed in a project")):
            held = yes(of["p95"] <= OVERVIEW_LATENCY)
            lines += [
                Line(f"{named}, p50", milliseconds(of["p50"])),
                Line(f"{named}, p95", milliseconds(of["p95"]), target=f"≤ {OVERVIEW_LATENCY} ms",
                     holds=held),
            ]  # fmt: skip
        lines.append(Line("… the slowest of those without a deed", milliseconds(shown["most"])))
    begun = Line(
        f"Overview_all, the first since the start, {database}", milliseconds(told["begun"])
    )
    return [*lines, begun]


def told_of_overview(database: str, shown: dict[str, Any]) -> list[Line]:
    page, sql = shown["page"], shown["sql"]
    what = f"Overview, {database}"
    most = compared(f"{what}, p95", [page["p95"]], [sql["p95"]], milliseconds, 5)
    return [
        compared(f"{what}, p50", [page["p50"]], [sql["p50"]], milliseconds),
        most,
        Line("… p95 by itself", most.measured, target=f"≤ {LATENCY} ms",
             holds=yes(page["p95"] <= LATENCY)),
    ]  # fmt: skip


PARTS: dict[str, Callable[[Workplace], list[Line]]] = {
    "import": of_import,
    "charging": of_charging,
    "workbook": of_workbook,
    "pdf": of_pdf,
    "asked": of_reports_asked,
    "overview": of_overview,
    "postgresql": of_overview_on_postgresql,
    "list": of_cost_list,
    "overview_all": of_overview_all,
}


def wishes() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--invoices", type=int, help="purchase invoices a year (40000)")
    parser.add_argument("--quick", action="store_true", help="see it run: the figures say nothing")
    parser.add_argument("--only", choices=PARTS, help="one part; the page goes to the screen")
    parser.add_argument("--out", type=Path, default=OUT, help="the page to write")
    return parser.parse_args()


def measure(place: Workplace, part: str) -> list[Line]:
    """Measure a part, and tell what came of it at once: a run takes a quarter of an hour."""
    lines = PARTS[part](place)
    for line in lines:
        tell("  ".join(filter(None, line)))
    return lines


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # what was started is ended too
    wished = wishes()
    size = QUICK if wished.quick else FULL
    size = size._replace(invoices=wished.invoices or size.invoices)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        place = Workplace(Path(folder), size)
        parts = [wished.only] if wished.only else list(PARTS)
        lines = [line for part in parts for line in measure(place, part)]
    books = f"The books are those of `make_case.py --invoices {size.invoices}`."
    page = page_of(
        lines, f"{books} A quick run: its figures say nothing." if wished.quick else books
    )
    if wished.only:
        print(page)
    else:
        wished.out.write_text(page, "utf-8")
        tell(f"written: {wished.out.name}")


if __name__ == "__main__":
    main()
