"""The faces of any report, read back and compared with figures that a test worked out itself."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple
from unittest.mock import ANY

import openpyxl
from python_calamine import CalamineWorkbook

from tests.reports import sums
from tests.reports.sums import Euros, Row, Sections
from tests.reports.test_ties_to_the_books import Tables

HEAD = 4  # rows of a worksheet before its table


class Number(NamedTuple):
    """Hours, days or a rate, exact."""

    value: Fraction


def written(cell: Any, language: str) -> str:
    if not isinstance(cell, Number):
        return sums.written(cell, language)
    text = f"{Decimal(cell.value.numerator) / Decimal(cell.value.denominator):,.2f}"
    return text.translate(str.maketrans(",.", ".,")) if language == "nl" else text


def check_page(page: str, expected: Sections, language: str) -> None:
    tables = Tables(page)
    for key, (rows, totals) in expected.items():
        shown = [[cell if cell is ANY else written(cell, language) for cell in row] for row in rows]
        assert tables.rows[key] == shown, key
        if totals:
            figures = [written(cell, language) for cell in figures_in(totals)]
            assert [text for text in tables.totals[key] if is_figure(text)] == figures, key


def is_figure(text: str) -> bool:
    return bool(re.fullmatch(r"[−\d][\d.,%]*", text))


def figures_in(row: Row) -> Row:
    return [cell for cell in row if cell is not ANY and not isinstance(cell, str | None)]


def check_pdf(pages: list[str], expected: Sections, language: str) -> None:
    """Find the figures of each row near each other, row after row."""
    printed = " ".join(" ".join(pages).split())
    for key, (rows, totals) in expected.items():
        for row in [*rows, totals]:
            figures = [re.escape(written(cell, language)) for cell in figures_in(row)]
            if figures:
                wanted = r"(?<!\S)" + r"(?!\S).{0,400}?(?<!\S)".join(figures) + r"(?!\S)"
                assert re.search(wanted, printed), (key, row)


def as_kept(cell: Any) -> Any:
    """A value as a file keeps it, in plain decimals."""
    if isinstance(cell, Euros):
        return Decimal(cell.cents) / 100
    if isinstance(cell, Number):
        cell = cell.value
    if isinstance(cell, Fraction):
        return round(Decimal(cell.numerator) / Decimal(cell.denominator), 10)
    return cell or None if isinstance(cell, str) else cell


def check_kept(found: list[Row], expected: tuple[list[Row], Row], key: str) -> None:
    """Compare rows and, where there are any, totals; words of totals are not judged."""
    rows, totals = expected
    told = [[as_kept(cell) for cell in row] for row in rows]
    assert [row[: len(one)] for row, one in zip(found, told, strict=False)] == told, key
    assert len(found) == len(rows) + bool(totals), key
    if totals:
        figures = [(at, as_kept(cell)) for at, cell in enumerate(totals) if figures_in([cell])]
        assert [(at, found[-1][at]) for at, _cell in figures] == figures, key


def check_json(told: dict[str, Any], expected: Sections) -> None:
    sections = {section["key"]: section for section in told["sections"]}
    for key, section in expected.items():
        kinds = [column["kind"] for column in sections[key]["columns"]]
        totals = sections[key]["totals"]
        rows = [*sections[key]["rows"], *([totals] if totals else [])]
        found = [[as_told(*cell) for cell in zip(row, kinds, strict=True)] for row in rows]
        check_kept(found, section, key)
    for row in sections.get("checks", {"rows": []})["rows"]:
        assert row[3]["cents"] == 0, row


def as_told(cell: Any, kind: str) -> Any:
    if cell in ("", None):
        return None
    if kind == "money":
        assert Decimal(cell["amount"]) * 100 == cell["cents"]
        return Decimal(cell["amount"])
    if kind == "date":
        return date.fromisoformat(cell)
    if kind == "text":
        return " ".join(cell.split())
    return round(Decimal(cell), 10) if kind in {"share", "number"} else cell


def check_workbook(grids: list[list[Row]], told: dict[str, Any], expected: Sections) -> None:
    """Compare the worksheets after the cover, given as rows of plain values; checks are all nil."""
    check_nil(grids, told)
    for section, grid in zip(told["sections"], grids, strict=False):
        if section["key"] not in expected or section["key"] == "checks":
            continue
        kinds = [column["kind"] for column in section["columns"]]
        end = HEAD + len(section["rows"]) + bool(section["totals"])
        body = grid[HEAD:end]
        rows = [[as_read(*cell) for cell in zip(row, kinds, strict=False)] for row in body]
        check_kept(rows, expected[section["key"]], section["key"])


def check_nil(grids: list[list[Row]], told: dict[str, Any]) -> None:
    """Find only zeros among the differences, of those of the report and those of the workbook."""
    keys = [section["key"] for section in told["sections"]]
    own = [*told["sections"], {"rows": []}][keys.index("checks") if "checks" in keys else len(keys)]
    sheet = grids[keys.index("checks") if "checks" in keys else len(keys)]
    differences = [as_read(row[3], "money") for row in sheet[HEAD:]]
    assert len(differences) > len(own["rows"]) + 1, "one for each total, and their sum"
    assert set(differences) == {0}
    assert sheet[HEAD - 2][3] == 0, "how many of them are not nil"


def as_said(told: dict[str, Any]) -> Sections:
    """What the JSON says, to hold the other faces against; it is compared with the tables first."""
    return {
        section["key"]: (
            [said(row, section["columns"]) for row in section["rows"]],
            said(section["totals"], section["columns"]) if section["totals"] else [],
        )
        for section in told["sections"]
    }


def said(row: list[Any], columns: list[dict[str, Any]]) -> Row:
    kinds = (column["kind"] for column in columns)
    return [meant(*cell) for cell in zip(row, kinds, strict=True)]


def meant(cell: Any, kind: str) -> Any:
    told = as_told(cell, kind)
    if told is None:
        return None
    if kind == "money":
        return Euros(cell["cents"])
    if kind == "number":
        return sums.Number(told)
    return Fraction(told) if kind == "share" else told


def as_read(cell: Any, kind: str) -> Any:
    if cell in ("", None):
        return None
    if kind == "money":
        return round(Decimal(repr(cell)), 6)
    if kind in {"share", "number"}:
        return round(Decimal(repr(cell)), 10)
    if kind == "count":
        assert int(cell) == cell
        return int(cell)
    if kind == "date":
        return date(cell.year, cell.month, cell.day)
    return " ".join(str(cell).split())


def values_by_openpyxl(workbook: bytes) -> list[list[Row]]:
    book = openpyxl.load_workbook(io.BytesIO(workbook), data_only=True)
    return [[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book][1:]


def values_by_calamine(workbook: bytes) -> list[list[Row]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook))
    sheets = range(1, len(book.sheet_names))
    return [book.get_sheet_by_index(at).to_python(skip_empty_area=False) for at in sheets]


def check_csv(archive: bytes, told: dict[str, Any], expected: Sections, language: str) -> None:
    """Compare the files of an archive, which stand in the order of the sections."""
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        _listed, *names = files.namelist()
        for section, name in zip(told["sections"], names, strict=False):
            if section["key"] in expected:
                text = files.read(name).decode("utf-8-sig")
                sign = ";" if language == "nl" else ","
                rows = list(csv.reader(io.StringIO(text), delimiter=sign))[1:]
                kinds = [column["kind"] for column in section["columns"]]
                found = [
                    [as_typed(*cell, language) for cell in zip(row, kinds, strict=True)]
                    for row in rows
                ]
                check_kept(found, expected[section["key"]], name)


def as_typed(cell: str, kind: str, language: str) -> Any:
    if not cell:
        return None
    if kind == "date":
        return date.fromisoformat(cell)
    if kind == "text":
        return " ".join(cell.removeprefix("'").split())
    number = Decimal(cell.replace(",", ".") if language == "nl" else cell)
    if kind == "count":
        return int(number)
    return number if kind == "money" else round(number, 10)


def check_every_face(
    faces: dict[str, bytes], pages: list[str], expected: Sections, language: str
) -> None:
    """Compare page, JSON, workbook in two readers, csv and PDF with the same figures.

    Shape:  what nothing is expected of, such as words, must be the same on all of them.
    """
    told = json.loads(faces["json"])
    check_json(told, expected)
    expected = as_said(told) | expected
    check_page(faces["html"].decode(), expected, language)
    check_workbook(values_by_openpyxl(faces["xlsx"]), told, expected)
    check_workbook(values_by_calamine(faces["xlsx"]), told, expected)
    check_csv(faces["csv"], told, expected, language)
    check_pdf(pages, expected, language)
