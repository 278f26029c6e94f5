"""Whatever people typed into the books: no formula in any reader, and no figure changed."""

from __future__ import annotations

import csv
import io
import itertools
import re
import unicodedata
import zipfile
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from reports import section_rows, sheets, to_csv
from reports.statement import build
from reports.to_xlsx import to_xlsx
from tests.reports.facts import facts_of
from tests.reports.hostile_texts import hostile_texts, poisoned
from tests.reports.programs import recalculated_all

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reports.model import Report

LINES, MANY = 1_600, 16_000
SIGNED = re.compile(r"[+\-＋－]+\S")
HARMLESS = re.compile(r"[+\-＋－]+[\d.,\s%€)\]:!?]*")


@pytest.fixture(scope="module")
def clean() -> Report:
    return build(facts_of(LINES, "en"))


@pytest.fixture(scope="module")
def hostile(clean: Report) -> Report:
    texts = iter(hostile_texts(MANY))
    made = poisoned(clean, lambda: next(texts))
    used = MANY - sum(1 for _ in texts)
    assert used >= 10_000
    return made


class Told(NamedTuple):
    """What openpyxl finds in a cell."""

    kind: str
    value: Any
    is_quoted: bool

    @property
    def is_text(self) -> bool:
        return self.kind in {"s", "inlineStr"}


def cells_of(workbook: bytes) -> dict[tuple[int, str], Told]:
    """What openpyxl finds in every cell that is filled."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    return {
        (at, cell.coordinate): Told(cell.data_type, cell.value, bool(cell.quotePrefix))
        for at, sheet in enumerate(book.worksheets)
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def figures_of(cells: dict[tuple[int, str], Told]) -> dict[tuple[int, str], Any]:
    return {place: told[:2] for place, told in cells.items() if not told.is_text}


@pytest.fixture(scope="module")
def figures(clean: Report) -> dict[tuple[int, str], Any]:
    return figures_of(cells_of(to_xlsx(clean)))


def check_workbook(workbook: bytes, figures: dict[tuple[int, str], Any]) -> None:
    """Formulas and figures are those of the clean workbook, in the same cells; texts are texts."""
    cells = cells_of(workbook)
    assert figures_of(cells) == figures
    loose = [told for told in cells.values()
             if told.is_text and starts_a_formula(told.value) and not told.is_quoted]  # fmt: skip
    assert not loose, "typed over, it would become a formula"


def test_the_workbook_holds_no_formula_but_its_own(hostile: Report, figures: Any) -> None:
    check_workbook(to_xlsx(hostile), figures)


def test_another_reader_finds_the_same_figures(hostile: Report, clean: Report) -> None:
    told, expected = (
        CalamineWorkbook.from_filelike(io.BytesIO(to_xlsx(report))) for report in (hostile, clean)
    )
    for at in range(len(expected.sheet_names)):
        rows, others = (book.get_sheet_by_index(at).to_python(skip_empty_area=False)
                        for book in (told, expected))  # fmt: skip
        for row, other in zip(rows, others, strict=True):
            for value, same in zip(row, other, strict=True):
                if isinstance(same, str):
                    assert isinstance(value, str)
                else:
                    assert value == same


def test_texts_that_need_no_care_are_kept_as_they_are(hostile: Report) -> None:
    workbook, section = to_xlsx(hostile), hostile.section("lines")
    at = 1 + [one.key for one in hostile.sections].index("lines")
    sheet = openpyxl.load_workbook(io.BytesIO(workbook)).worksheets[at]
    compared = 0
    for told, row in zip(sheet.iter_rows(min_row=sheets.FIRST_ROW), section.rows, strict=False):
        for cell, value in zip(told, row, strict=True):
            if isinstance(value, str) and value.isprintable() and "_x" not in value:
                assert str(cell.value or "").removesuffix(" […]") == value[:32_763]
                compared += 1
    assert compared > LINES


@pytest.mark.parametrize("guard", ["risky", "text"])
def test_a_workbook_without_its_guards_would_be_found(
    hostile: Report, figures: Any, monkeypatch: pytest.MonkeyPatch, guard: str
) -> None:
    if guard == "risky":
        monkeypatch.setattr(sheets, "is_risky", lambda _text: False)
    else:
        written = sheets.text_ending

        def careless(value: Any, plain: str, risky: str) -> str:
            if isinstance(value, str) and value == "=1+1":
                return f"{plain}><f>1+1</f><v>2</v></c>"
            return written(value, plain, risky)

        for module in (sheets, section_rows):
            monkeypatch.setattr(module, "text_ending", careless)
    with pytest.raises(AssertionError):
        check_workbook(to_xlsx(hostile), figures)


@pytest.mark.libreoffice
def test_a_program_that_calculates_finds_the_same(tmp_path: Path) -> None:
    some = itertools.cycle([text for text in hostile_texts(9_000) if len(text) < 2_000][:600])
    short = build(facts_of(80, "en"))
    hostile = to_xlsx(poisoned(short, lambda: next(some)))
    again, expected = recalculated_all({"hostile": hostile, "clean": to_xlsx(short)},
                                       tmp_path).values()  # fmt: skip
    told, others = (
        {place: rounded(kind, value) for place, (kind, value) in figures_of(cells_of(one)).items()}
        for one in (again, expected)
    )
    assert told == others
    assert len(told) > 300
    for name in zipfile.ZipFile(io.BytesIO(again)).namelist():
        assert "externalLink" not in name
        assert "ddeLink" not in name


def rounded(kind: str, value: Any) -> Any:
    return round(Decimal(repr(value)), 6) if isinstance(value, int | float) else (kind, value)


def starts_a_formula(text: str) -> bool:
    """Whether the first sign that one sees begins a formula."""
    for sign in text:
        if sign in "\t\r\n":
            return True
        if unicodedata.category(sign)[0] not in "ZC":
            return sign in "=+-@＝＋－＠"
    return False


def is_worked_out(field: str) -> bool:
    """Whether a field, cut off at a sign that its writer did not mean, is more than a number."""
    bare = field.lstrip("".join(filter(lambda s: unicodedata.category(s)[0] in "ZC", field)))
    (own, *_) = re.split(r'[,;"\t\n]', bare, maxsplit=1)
    return own.startswith(("=", "@", "＝", "＠")) or bool(
        SIGNED.match(own) and not HARMLESS.fullmatch(own)
    )


def fields_of(archive: bytes, delimiter: str) -> list[str]:
    """The fields of all csv files of an archive, split at a sign; the texts are left out."""
    csv.field_size_limit(10_000_000)
    with zipfile.ZipFile(io.BytesIO(archive)) as read:
        told = [
            read.read(name).decode("utf-8-sig")
            for name in read.namelist()
            if name.endswith(".csv") and "texts" not in name
        ]
    rows = (row for text in told for row in csv.reader(io.StringIO(text, newline=""),
                                                       delimiter=delimiter))  # fmt: skip
    return [field for row in rows for field in row]


def values_of(report: Report) -> Iterator[Any]:
    """The headings and the values of all tables of a report, in the order of its csv files."""
    for section in report.sections:
        yield from (column.title for column in section.columns)
        for row in (*section.rows, section.totals):
            yield from row


def check_csv(archive: bytes, clean: bytes, report: Report, delimiter: str) -> None:
    told, expected = (fields_of(one, delimiter) for one in (archive, clean))
    for field, same, value in zip(told, expected, values_of(report), strict=True):
        if isinstance(value, str):
            assert not starts_a_formula(field), field[:80]
        else:
            assert field == same
    for other in ",;\t":
        assert not [field[:80] for field in fields_of(archive, other) if is_worked_out(field)]


@pytest.mark.parametrize(("language", "delimiter"), [("en", ","), ("nl", ";")])
def test_the_csv_holds_no_formula_whatever_it_is_split_at(
    hostile: Report, clean: Report, language: str, delimiter: str
) -> None:
    told, expected = (
        to_csv.to_csv(replace(report, language=language)) for report in (hostile, clean)
    )
    check_csv(told, expected, hostile, delimiter)


def test_a_csv_without_its_guard_would_be_found(
    hostile: Report, clean: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = to_csv.to_csv(clean)
    monkeypatch.setattr(to_csv, "defused", lambda text: text)
    with pytest.raises(AssertionError):
        check_csv(to_csv.to_csv(hostile), expected, hostile, ",")


def test_headings_may_be_anything(clean: Report) -> None:
    """Those of a funder's own lines are typed as well; a table of a workbook takes not all."""
    texts = iter(text for text in hostile_texts(9_000) if len(text) < 300)
    sections = tuple(
        replace(
            section,
            title=next(texts),
            columns=tuple(replace(column, title=next(texts)) for column in section.columns),
        )
        for section in clean.sections
    )
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(replace(clean, sections=sections, charts=()))))
    assert len(book.worksheets) == 1 + len(sections)
    formulas = [
        cell
        for sheet in book
        for row in sheet.iter_rows(min_row=1, max_row=sheets.HEAD_ROW)
        for cell in row
        if cell.data_type == "f"
    ]
    written = [str(cell.value) for cell in formulas]
    assert all(re.match(r"=(SUBTOTAL\(109,|COUNTIF\()", formula) for formula in written), written
    assert "checks" in [section.key for section in sections]
