"""A statement as a workbook and as a PDF, and the floors: the libraries by themselves."""

from __future__ import annotations

import subprocess
import sys
import zlib
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

from tests.benchmarks.measuring import KILOBYTE, stopwatch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reports.model import Report, Value
    from tracker.domain.statements import ChargedLine

CATEGORIES = ("personnel", "third_parties", "materials", "equipment", "construction", "travel")
PACKAGES = ("WP1", "WP2", "WP3", "WP4", "WP5")
BARE = """
import sys
from weasyprint import HTML
HTML(sys.argv[1]).write_pdf(sys.argv[2], pdf_variant=sys.argv[3] or None)
"""


def to_xlsx(lines: int, kept: str) -> dict[str, Any]:
    """Make the workbook of a statement, from its facts to the bytes of the file."""
    from reports import statement
    from reports.to_xlsx import to_xlsx as write

    told: dict[str, Any] = {}
    facts = _facts(lines)
    with stopwatch(told):
        workbook = write(statement.build(facts))
    Path(kept).write_bytes(workbook)
    return told


def to_xlsx_bare(lines: int, kept: str) -> dict[str, Any]:
    """Write the same cells with the library's write-only workbook: values, and no dress at all."""
    from openpyxl import Workbook

    told: dict[str, Any] = {}
    sheets = [
        [[_bare(value) for value in row] for row in (*section.rows, section.totals)]
        for section in _report(lines).sections
    ]
    with stopwatch(told):
        book = Workbook(write_only=True)
        for rows in sheets:
            sheet = book.create_sheet()
            for row in rows:
                sheet.append(row)
        book.save(kept)
    return told


def deflate(kept: str) -> dict[str, Any]:
    """Compress the worksheets of a workbook, as hard as zlib does by itself."""
    return _deflate(kept, zlib.Z_DEFAULT_COMPRESSION)


def deflate_alike(kept: str) -> dict[str, Any]:
    """Compress the worksheets of a workbook, as hard as the workbook does."""
    from reports.archive import LEVEL

    return _deflate(kept, LEVEL)


def _deflate(kept: str, level: int) -> dict[str, Any]:
    with ZipFile(kept) as archive:
        parts = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        sheets = [archive.read(part) for part in parts]
    told: dict[str, Any] = {}
    with stopwatch(told):
        for sheet in sheets:
            zlib.compress(sheet, level)
    return told


def to_html(lines: int, kept: str) -> dict[str, Any]:
    """Lay out a statement as the document that is printed; nothing of this is measured."""
    from reports.to_html import to_html as lay_out

    Path(kept).write_text(lay_out(_report(lines)), "utf-8")
    return {}


def to_pdf(lines: int, kept: str) -> dict[str, Any]:
    """Make the PDF of a statement, with its workbook and its figures inside."""
    from reports.printed import printed
    from reports.to_json import to_json
    from reports.to_xlsx import to_xlsx as write

    told: dict[str, Any] = {}
    report = _report(lines)
    beside = {"xlsx": write(report), "json": to_json(report)}  # they are files of their own
    with stopwatch(told):
        document = printed(report, beside)
    Path(kept).write_bytes(document)
    return told


def to_pdf_bare(html: str, kept: str, variant: str) -> dict[str, Any]:
    """Print the same document with the library by itself, in a fresh process as well."""
    told: dict[str, Any] = {}
    with stopwatch(told):
        subprocess.run([sys.executable, "-c", BARE, html, kept, variant], check=True)
    return told


def by_libreoffice(lines: int, kept: str, ending: str) -> dict[str, Any]:
    """Have LibreOffice make a file of the same lines, which it is given as csv."""
    from reports.to_csv import lines_of

    folder = Path(kept)
    (folder / "profile").mkdir(parents=True, exist_ok=True)
    given = folder / "lines.csv"
    given.write_text("".join(lines_of(_report(lines).section("lines"), "en")), "utf-8")
    told: dict[str, Any] = {}
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless"]
    command += ["--infilter=CSV:44,34,76,1", "--convert-to", ending, "--outdir", kept, str(given)]
    with stopwatch(told):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert (folder / f"lines.{ending}").stat().st_size
    told["peak_of_child"] = getrusage(RUSAGE_CHILDREN).ru_maxrss * KILOBYTE
    return told


def _report(lines: int) -> Report:
    from reports import statement

    return statement.build(_facts(lines))


def _facts(lines: int) -> Any:
    from tests.reports.facts import facts_of

    return facts_of(lines=lambda: _lines(lines))


def _lines(count: int) -> Iterator[ChargedLine]:
    """Make lines in the order of their days, one at a time: a list of them would take memory."""
    from tracker.domain.statements import ChargedLine

    first = date(2023, 1, 1)
    days = [(first + timedelta(at), first + timedelta(at + 20)) for at in range(365)]
    suppliers = [f"Supplier {at} B.V." for at in range(400)]
    for at in range(count):
        amount = 20_000 + at * 7_919 % 400_000
        yield ChargedLine(
            f"2023 INK {at}/1", *days[at * 365 // count], suppliers[at % 400], f"F{at:06}",
            f"Delivery {at} of reagents", CATEGORIES[at % 6], PACKAGES[at % 5], "4200",
            amount, amount * 45 // 100,
        )  # fmt: skip


def _bare(value: Value) -> Any:
    from tracker.domain.money import Money

    if isinstance(value, Fraction):
        return value.numerator / Decimal(value.denominator)
    return value.as_decimal if isinstance(value, Money) else value
