"""Cost lines in tables: read by a mapping, checked, and known again in whatever file they come."""

from __future__ import annotations

import csv
import io
import random
import shutil
import subprocess
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.readers.writing import refusal_of
from tracker.domain.errors import CellFinding, FileRefused, Sentence
from tracker.domain.mappings import DecimalSign, Mapping, Sign
from tracker.domain.table_columns import TableKind
from tracker.readers import cost_tables
from tracker.readers.cost_tables import CostTable, CostTableLine
from tracker.readers.headings import suggest
from tracker.readers.tables import open_table

if TYPE_CHECKING:
    from pathlib import Path

# Headings as AFAS has them, and so recognised without help.
HEAD = (
    "Dagboek;Boekjaar;Boekstuknummer;Volgnummer;Boekingsdatum;Rekeningnummer;Omschrijving;"
    "Bedrag debet;Bedrag credit;Kostenplaats;Project"
)
ROW = "INK;2023;17;1;31-12-2023;4100;Zoë;1.234,56;;WP1;NECST"
CREDIT = "INK;2023;17;2;31-12-2023;4100;Zoë;;34,56;WP1;NECST"


def saved(tmp_path: Path, *rows: str, head: str = HEAD) -> Path:
    path = tmp_path / "costs.csv"
    path.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    return path


def mapping_of(path: Path, **more: Any) -> Mapping:
    """What a person would confirm who sees the suggestion on the screen."""
    file = open_table(path, path.name)
    table = file.tables[0]
    suggestion = suggest(table.headings, TableKind.COSTS)
    mapping = Mapping(
        TableKind.COSTS,
        suggestion.places,
        table.headings,
        table.heading_row,
        table.sheet,
        delimiter=file.delimiter,
    )
    return replace(mapping, **more)


def table_of(path: Path, **more: Any) -> CostTable:
    return cost_tables.read(path, path.name, mapping_of(path, **more))


def lines_of(path: Path, **more: Any) -> list[CostTableLine]:
    return list(table_of(path, **more).lines())


def said_of(path: Path, **more: Any) -> list[str]:
    return refusal_of(lambda: lines_of(path, **more)).splitlines()


def test_a_row_is_read_as_the_file_says_it(tmp_path: Path) -> None:
    table = table_of(saved(tmp_path, ROW, CREDIT))
    first, second = table.lines()
    assert first == CostTableLine(
        row=2,
        sheet="",
        fiscal_year=2023,
        journal="INK",
        number="17",
        line="1",
        booked_on=date(2023, 12, 31),
        incurred_on=date(2023, 12, 31),
        paid_on=None,
        cents=123456,
        vat=None,
        vat_deductible=None,
        project="NECST",
        account="4100",
        category="",
        period="",
        cost_centre="WP1",
        supplier_code="",
        supplier="",
        document="",
        invoice="",
        description="Zoë",
        milestone="",
        person="",
    )
    assert (second.line, second.cents) == ("2", -3456)
    assert (table.line_count, table.total, table.debit, table.credit) == (2, 120000, 123456, 3456)
    assert table.stated_total is None
    assert table.warnings == ()
    assert table.place("cost_centre", second.row) == "J3"


def test_a_table_can_be_read_twice(tmp_path: Path) -> None:
    table = table_of(saved(tmp_path, ROW, CREDIT))
    assert list(table.lines()) == list(table.lines())
    assert table.line_count == 2


def test_every_column_is_read(tmp_path: Path) -> None:
    head = (
        "Rekening;Bedrag;D/C;Boekdatum;Factuurdatum;Betaald op;Periode;Valuta;Leveranciersnummer;"
        "Leverancier;Document;Factuurnummer;Kostensoort;Mijlpaal;Medewerker;Btw;Aftrekbare btw;"
        "Werkpakket"
    )
    row = (
        "4100;100;C;2-1-2024;30-12-2023;5-1-2024;2023/12;EUR;00012;Bio;D1;F1;travel;M1;Jan;21;2,1;"
        "WP1"
    )
    codes = (
        "account amount debit_credit booked_on incurred_on paid_on period currency supplier_code "
        "supplier document invoice category milestone person vat vat_deductible cost_centre"
    ).split()
    path = saved(tmp_path, row, head=head)
    columns = tuple((code, index) for index, code in enumerate(codes))
    (line,) = lines_of(path, columns=columns, journal="MEMO", project="NECST")
    assert line[2:4] == (2023, "MEMO")
    assert line[6:12] == (
        date(2024, 1, 2),
        date(2023, 12, 30),
        date(2024, 1, 5),
        -10000,
        -2100,
        -210,
    )
    assert line[12:] == (
        *("NECST", "4100", "travel", "2023/12", "WP1", "00012", "Bio", "D1", "F1"),
        *("", "M1", "Jan"),
    )


@pytest.mark.parametrize(
    ("sign", "written", "cents"),
    [
        (Sign.DEBIT_POSITIVE, "12,50", 1250),
        (Sign.DEBIT_POSITIVE, "-12,50", -1250),
        (Sign.CREDIT_POSITIVE, "12,50", -1250),
        (Sign.CREDIT_POSITIVE, "12,50-", 1250),
        (Sign.CREDIT_POSITIVE, "12,50 DR", 1250),
        (Sign.CREDIT_POSITIVE, "12,50 CR", -1250),
    ],
)
def test_the_mapping_says_on_which_side_an_amount_stands(
    tmp_path: Path, sign: Sign, written: str, cents: int
) -> None:
    path = saved(tmp_path, f"1-1-2023;4100;{written};P", head="Datum;Rekening;Bedrag;Project")
    assert lines_of(path, sign=sign)[0].cents == cents


def test_the_booking_and_the_costs_stand_in_for_each_others_day(tmp_path: Path) -> None:
    head = "Boekdatum;Factuurdatum;Rekening;Bedrag;Project"
    path = saved(tmp_path, "1-1-2023;;4100;1;P", ";2-1-2023;4100;1;P", head=head)
    assert [(line.booked_on.day, line.incurred_on.day) for line in lines_of(path)] == [
        (1, 1),
        (2, 2),
    ]


def test_everything_is_found_in_one_reading_and_the_same_is_said_once(tmp_path: Path) -> None:
    path = saved(
        tmp_path,
        "INK;2023;1;1;31-2-2023;;Zoë;1.234;;WP1;P",
        "INK;2023;2;1;;;;1.234;;WP1;P",
        "INK;2023;3;1;1-1-2023;4100;;;;WP1;P",
        "INK;1923;4;1;1-1-2023;4100;a\0b;1;;WP1;P",
        "INK;2023;5;1;1-1-2023;4100;;1;;WP1;P;extra",
    )
    assert said_of(path) == [
        "E2: “31-2-2023” is not a day between 2000 and 2099. Correct the date.",
        "H2, H3: “1.234” can be read in two ways. Write 1250 for thousands, or 1,25 for a part.",
        "F2, F3: There is nothing under “Rekeningnummer”. Fill it in.",
        "E3: There is nothing under “Boekingsdatum”. Fill it in.",
        "H4: There is nothing under “Bedrag debet”. Fill it in.",
        "G5: “a\0b” holds a character that cannot be seen. Type the text anew.",
        (
            "L6: “extra” stands beside the last column. Put text that holds the delimiter between "
            "quotation marks."
        ),
    ]


def test_every_cell_is_listed_for_the_workbook_that_goes_back(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Kosten 2023")
    sheet.append(HEAD.split(";"))
    for number in range(150):
        sheet.append([None] * 5 + ["x", "y", f"bad {number}"])
    path = tmp_path / "costs.xlsx"
    book.save(path)
    table = table_of(path)
    with pytest.raises(FileRefused) as caught:
        list(table.lines())
    assert len(caught.value.findings) == 101
    assert caught.value.findings[0].place.startswith("'Kosten 2023'!H2")
    listed = table.findings.by_cell()
    assert len(listed) == 300
    assert listed[:3] == [
        CellFinding(
            "Kosten 2023",
            "E2",
            Sentence("There is nothing under “{heading}”.", {"heading": "Boekingsdatum"}),
            Sentence("Fill it in.", {"heading": "Boekingsdatum"}),
        ),
        CellFinding(
            "Kosten 2023",
            "H2",
            Sentence("“{value}” is not an amount.", {"value": "bad 0"}),
            Sentence("Write euros and cents, such as 1250,00.", {"value": "bad 0"}),
        ),
        CellFinding(
            "Kosten 2023",
            "E3",
            Sentence("There is nothing under “{heading}”.", {"heading": "Boekingsdatum"}),
            Sentence("Fill it in.", {"heading": "Boekingsdatum"}),
        ),
    ]


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (
            "INK;2023;1;1;1-1-2023;4100;;1;2;WP1;P",
            "I2: There is an amount under “Bedrag debet” and",
        ),
        (
            "INK;2021;1;1;1-1-2023;4100;;1;;WP1;P",
            "B2: Booked on 2023-01-01 in the fiscal year 2021",
        ),
        ("INK;1999;1;1;1-1-2023;4100;;1;;WP1;P", "B2: “1999” is not a year between 2000 and 2099."),
        ("INK;2023,5;1;1;1-1-2023;4100;;1;;WP1;P", "B2: “2023.5” is not a year between"),
        (f"INK;2023;{'1' * 101};1;1-1-2023;4100;;1;;WP1;P", "C2: The text has 101 letters; 100"),
    ],
)
def test_cells_that_contradict_each_other_are_refused(
    tmp_path: Path, row: str, complaint: str
) -> None:
    (said,) = said_of(saved(tmp_path, row))
    assert said.startswith(complaint)


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ("D;EUR;21;22", "G2: The deductible VAT, € 22.00, is more than the VAT, € 21.00."),
        ("D;EUR;101;1", "F2: The VAT, € 101.00, is more than the amount, € 100.00."),
        ("X;EUR;21;2", "D2: “X” says neither debit nor credit. Write D for debit, or C for"),
        (";EUR;21;2", "D2: There is nothing under “D/C”. Fill it in."),
        ("D;USD;21;2", "E2: “USD” is not the euro. Export the amounts in euros"),
    ],
)
def test_a_side_a_currency_and_vat_are_checked(tmp_path: Path, more: str, complaint: str) -> None:
    head = "Boekdatum;Rekening;Bedrag;D/C;Valuta;Btw;Aftrekbare btw;Project"
    (said,) = said_of(saved(tmp_path, f"1-1-2023;4100;100;{more};P", head=head))
    assert said.startswith(complaint)
    assert lines_of(saved(tmp_path, "1-1-2023;4100;100;D;€;21;2;P", head=head))


def test_contradictions_are_told_only_when_every_cell_can_be_read(tmp_path: Path) -> None:
    twice = [ROW, ROW]
    assert said_of(saved(tmp_path, *twice)) == [
        (
            "D3: Line 1 of entry 17 is in the file more than once. Number the lines of an entry, "
            "or do not choose a column for the line number."
        )
    ]
    said = said_of(saved(tmp_path, *twice, ROW.replace("1.234,56", "x")))
    assert [each.partition(":")[0] for each in said] == ["H4"]


def test_a_table_without_a_line_is_refused(tmp_path: Path) -> None:
    said = said_of(saved(tmp_path, ";2023;;;;;;;;;", "INK;2023;;1;;;;;;;NECST"))
    assert said == [
        (
            "F1: There is no line under the headings. Choose the sheet and the row of its headings "
            "again."
        )
    ]


def test_rows_of_a_template_that_nobody_filled_in_are_passed(tmp_path: Path) -> None:
    path = saved(tmp_path, "INK;2023;;1;;;;;;;NECST", ROW, "INK;2023;;3;;;;;;;NECST")
    assert [line.row for line in lines_of(path)] == [3]


@pytest.mark.parametrize(
    "total",
    [
        ";;;;;Totaal;;1.234,56;34,56;;",
        "Totaal;;;;;;;1.234,56;34,56;;",
        ";;;;;;Eindtotaal 2023;1.200,00;;;",
        "Grand total;;;;;;;1200;0;;",
    ],
)
def test_a_total_that_the_table_states_is_checked_and_is_no_line(
    tmp_path: Path, total: str
) -> None:
    table = table_of(saved(tmp_path, ROW, CREDIT, total))
    assert len(list(table.lines())) == 2
    assert table.stated_total == table.total == 120000


def test_a_total_that_the_lines_do_not_add_up_to_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path, ROW, CREDIT, "Totaal;;;;;;;1.234,57;34,56;;")
    assert said_of(path) == [
        (
            "H4: The table states a total of € 1,200.01; the lines above it add up to € 1,200.00. "
            "Export the file anew, with all lines that the total counts."
        )
    ]


def test_subtotals_are_checked_against_the_lines_since_the_last(tmp_path: Path) -> None:
    head = "Datum;Rekening;Bedrag;Project"
    rows = ["1-1-2023;4100;5;P", ";Totaal 4100;5;", "1-1-2023;4200;7;P", "1-1-2023;4200;-1;P"]
    table = table_of(saved(tmp_path, *rows, ";Totaal 4200;6;", ";Totaal;11;", head=head))
    assert len(list(table.lines())) == 3
    assert table.stated_total == 1100
    said = said_of(saved(tmp_path, *rows, ";Totaal 4200;8;", head=head))
    assert said[0].startswith("C6: The table states a total of € 8.00;")


def test_a_line_whose_account_is_missing_is_not_taken_for_a_total(tmp_path: Path) -> None:
    (said,) = said_of(saved(tmp_path, ROW, "INK;2023;18;1;1-1-2023;;Reis;5;;WP1;P"))
    assert said.startswith("F3: There is nothing under “Rekeningnummer”.")
    (said,) = said_of(saved(tmp_path, ROW, "INK;2023;18;1;1-1-2023;;Totaal reizen;5;;WP1;P"))
    assert said.startswith("H3: The table states a total of € 5.00")


def test_an_amount_that_points_two_ways_is_read_by_the_mapping(tmp_path: Path) -> None:
    path = saved(tmp_path, ROW.replace("1.234,56", "1.234"))
    assert lines_of(path, decimal=DecimalSign.COMMA)[0].cents == 123400
    assert "has 3 decimals" in said_of(path, decimal=DecimalSign.POINT)[0]
    assert "two ways" in said_of(path)[0]


# Keys: the same line, the same key.

TEXTS = st.text("ab é\n", max_size=4)
LINES = st.lists(
    st.tuples(
        st.sampled_from(["7", "007", ""]),
        st.dates(date(2022, 1, 1), date(2023, 12, 31)),
        st.sampled_from(["4100", "0100"]),
        st.integers(-5_000_00, 5_000_00),
        TEXTS,
        st.sampled_from(["WP1", "WP2"]),
    ),
    min_size=1,
    max_size=12,
)
NAMES = ("Boekstuk", "Datum", "Rekening", "Bedrag", "Omschrijving", "Project")


def written(
    tmp_path: Path, lines: list[tuple[Any, ...]], order: tuple[int, ...] = (0, 1, 2, 3, 4, 5)
) -> Path:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow([NAMES[index] for index in order])
    for line in lines:
        cells = [str(cell) for cell in line]
        cells[3] = f"{Decimal(int(cells[3])).scaleb(-2)}"
        writer.writerow([cells[index] for index in order])
    path = tmp_path / "costs.csv"
    path.write_text(out.getvalue(), encoding="utf-8", newline="")
    return path


def known_by(lines: list[CostTableLine]) -> Counter[tuple[Any, ...]]:
    """The lines with their keys, whatever the row and the file they came in."""
    return Counter((line[2:6], line.booked_on, line.cents, line.account) for line in lines)


@given(LINES, st.randoms(use_true_random=False))
def test_shuffled_rows_and_columns_give_the_same_keys(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[Any, ...]], chance: random.Random
) -> None:
    folder = tmp_path_factory.mktemp("keys")
    before = lines_of(written(folder, lines))
    shuffled = list(lines)
    chance.shuffle(shuffled)
    order = list(range(6))
    chance.shuffle(order)
    after = lines_of(written(folder, shuffled, tuple(order)))
    assert known_by(after) == known_by(before)
    assert len({line[2:6] for line in before}) == len(lines)


@given(LINES, LINES)
def test_a_longer_period_keeps_the_keys_of_a_shorter_one(
    tmp_path_factory: pytest.TempPathFactory,
    lines: list[tuple[Any, ...]],
    later: list[tuple[Any, ...]],
) -> None:
    folder = tmp_path_factory.mktemp("keys")
    short = {line[2:6] for line in lines_of(written(folder, lines))}
    long = {line[2:6] for line in lines_of(written(folder, [*lines, *later]))}
    assert short <= long
    assert len(long) == len(lines) + len(later)


def test_rows_that_say_the_same_are_kept_apart(tmp_path: Path) -> None:
    same = (17, date(2023, 1, 1), "4100", 500, "Trein", "WP1")
    keys = [line[4:6] for line in lines_of(written(tmp_path, [same, same, same]))]
    assert len(set(keys)) == 3
    assert {number for number, _ in keys} == {"17"}


def resaved_by_openpyxl(path: Path) -> Path:
    """Save a csv as a workbook, with real numbers and days, as Excel would."""
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Kosten")
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.reader(file, delimiter=";")):
            cells: list[Any] = list(row)
            if number:
                cells[0] = int(row[0]) if row[0] else None
                cells[1] = date.fromisoformat(row[1])
                cells[3] = float(row[3])
            sheet.append(cells)
    resaved = path.with_suffix(".xlsx")
    book.save(resaved)
    return resaved


EXAMPLE: list[tuple[Any, ...]] = [
    ("0017", date(2023, 1, 31), "4100", 123456, "Zoë – €5", "WP1"),
    ("0017", date(2023, 1, 31), "4100", -10, "regel\nbreuk", "WP1"),
    ("", date(2022, 2, 28), "0100", 99_999_999_99, "Trein", "WP2"),
    ("", date(2022, 2, 28), "0100", 99_999_999_99, "Trein", "WP2"),
]


def test_a_workbook_gives_the_same_lines_as_the_text_that_it_was_made_of(tmp_path: Path) -> None:
    path = written(tmp_path, EXAMPLE)
    assert known_by(lines_of(resaved_by_openpyxl(path))) == known_by(lines_of(path))


@pytest.mark.libreoffice
def test_a_table_saved_again_by_libreoffice_gives_the_same_lines(tmp_path: Path) -> None:
    soffice = shutil.which("soffice")
    if not soffice:
        pytest.skip("LibreOffice is not installed")
    path = resaved_by_openpyxl(written(tmp_path, EXAMPLE))
    folder = tmp_path / "again"
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [soffice, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(folder)]
    subprocess.run([*command, str(path)], check=True, capture_output=True, timeout=120)
    again = folder / path.name
    assert again.read_bytes() != path.read_bytes()
    assert known_by(lines_of(again)) == known_by(lines_of(path))
