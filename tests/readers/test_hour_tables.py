"""Hours in tables: read by a mapping, and compared with what a day has."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.readers.writing import refusal_of
from tracker.domain.mappings import Mapping
from tracker.domain.table_columns import TableKind
from tracker.readers import hour_tables
from tracker.readers.headings import suggest
from tracker.readers.hour_tables import HourTable, HourTableLine
from tracker.readers.tables import open_table

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "Medewerker;Datum;Uren;Werkpakket;Tarief;Jaarlast;Omschrijving"


def saved(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "hours.csv"
    path.write_text("\n".join([HEAD, *rows, ""]), encoding="utf-8")
    return path


def table_of(path: Path) -> HourTable:
    file = open_table(path, path.name)
    table = file.tables[0]
    suggestion = suggest(table.headings)
    assert suggestion.kind is TableKind.HOURS
    mapping = Mapping(
        suggestion.kind, suggestion.places, table.headings, table.heading_row, table.sheet
    )
    return hour_tables.read(path, path.name, mapping)


def lines_of(path: Path) -> list[HourTableLine]:
    return list(table_of(path).lines())


def test_a_row_is_read_as_the_file_says_it(tmp_path: Path) -> None:
    table = table_of(
        saved(tmp_path, "Jan;31-1-2023;7,5;WP1;41,4545;;Proef", "Zoë;1-2-2023;8;WP2;;68.400,00;")
    )
    first, second = table.lines()
    assert first[4:] == (
        *("Jan", date(2023, 1, 31), Decimal("7.5"), "WP1", Decimal("41.4545"), None, "Proef", ""),
    )
    assert (first.row, first.sheet, first.line) == (2, "", "1")
    assert (second.person, second.rate, second.annual_cost) == ("Zoë", None, 6_840_000)
    assert table.place("work_package", second.row) == "D3"
    assert (table.line_count, table.hours) == (2, Decimal("15.5"))
    assert table.warnings == ()


def test_blank_rows_and_totals_are_passed(tmp_path: Path) -> None:
    rows = ["Jan;31-1-2023;8;WP1;;;", ";;;;;;", "Totaal;;8;;;;"]
    assert len(lines_of(saved(tmp_path, *rows))) == 1


def test_what_is_missing_or_cannot_be_read_is_found_in_one_reading(tmp_path: Path) -> None:
    path = saved(tmp_path, ";31-2-2023;-8;;;;", "Jan;1-2-2023;;WP1;1.250;;")
    assert refusal_of(lambda: lines_of(path)).splitlines() == [
        "B2: “31-2-2023” is not a day between 2000 and 2099. Correct the date.",
        "C2: “-8” is negative. Leave the row out, or correct the row that was too much.",
        "A2: There is nothing under “Medewerker”. Fill it in.",
        "D2: There is nothing under “Werkpakket”. Fill it in.",
        "E3: “1.250” can be read in two ways. Write 1250 for thousands, or 1,25 for a part.",
        "C3: There is nothing under “Uren”. Fill it in.",
    ]


def test_a_day_has_twenty_four_hours(tmp_path: Path) -> None:
    row = "Jan;31-1-2023;12;WP1;;;"
    path = saved(tmp_path, row, "Jan;31-1-2023;12,5;WP2;;;")
    (said,) = refusal_of(lambda: lines_of(path)).splitlines()
    assert said.startswith("C3: 24:30 hours on one day are more than the 24 of a day.")
    table = table_of(saved(tmp_path, row, row))
    assert len(list(table.lines())) == 2
    assert [str(warning) for warning in table.warnings] == [
        "C2: Jan worked 12 hours on 2023-01-31. Check the hours with the time sheet.",
        "C3: Jan worked 24 hours on 2023-01-31. Check the hours with the time sheet.",
    ]


def test_a_row_has_one_kind_of_rate(tmp_path: Path) -> None:
    path = saved(tmp_path, "Jan;31-1-2023;8;WP1;41,45;68400;")
    (said,) = refusal_of(lambda: lines_of(path)).splitlines()
    assert said.startswith("E2: There is a rate, and the costs of a year as well.")


def test_a_table_without_a_line_is_refused(tmp_path: Path) -> None:
    assert "There is no line under the headings." in refusal_of(lambda: lines_of(saved(tmp_path)))


@pytest.mark.parametrize("turned", [False, True])
def test_the_same_hours_have_the_same_key_in_a_workbook_and_in_text(
    tmp_path: Path, turned: bool
) -> None:
    rows = [f"Jan;{day}-1-2023;8,50;WP1;;;Proef" for day in (30, 31, 31)]
    before = {line[2:4] for line in lines_of(saved(tmp_path, *rows))}
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Uren")
    sheet.append(HEAD.split(";"))
    for row in reversed(rows) if turned else rows:
        day = int(row.split(";")[1].split("-")[0])
        sheet.append(["Jan", date(2023, 1, day), 8.5, "WP1", None, None, "Proef"])
    path = tmp_path / "hours.xlsx"
    book.save(path)
    assert {line[2:4] for line in lines_of(path)} == before
    assert len(before) == 3
