"""Lists of partners' hours, as people really save them."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tests.books.cases import DEMO, case_dir
from tests.readers.writing import refusal_of
from tracker.domain.costs import InKindRow
from tracker.domain.money import Money
from tracker.readers import in_kind

HEADINGS = "Partner;Datum;Werkpakket;Uren;Tarief;Omschrijving"
ROW = "Bio BV;28-01-2022;WP4;63,75;60,00;Inzet €"


def read_text(tmp_path: Path, text: str, encoding: str = "utf-8") -> list[InKindRow]:
    return read_bytes(tmp_path, text.encode(encoding))


def read_bytes(tmp_path: Path, content: bytes) -> list[InKindRow]:
    path = tmp_path / "hours.csv"
    path.write_bytes(content)
    return in_kind.read(path, path.name)


@pytest.mark.parametrize("folder", [DEMO, case_dir(seed=7, invoices=40)], ids=["demo", "seed-7"])
def test_every_row_of_the_sample_is_read_as_the_file_says_it(folder: Path) -> None:
    path = folder / "in-kind.csv"
    with path.open(encoding="cp1252", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert len(rows) == 96
    assert in_kind.read(path, path.name) == [
        InKindRow(
            row["Partner"],
            date(*map(int, reversed(row["Datum"].split("-")))),
            row["Werkpakket"],
            Decimal(row["Uren"].replace(",", ".")),
            Decimal(row["Tarief"].replace(",", ".")),
            row["Omschrijving"],
        )
        for row in rows
    ]


def test_the_sample_is_worth_what_its_rows_add_up_to() -> None:
    rows = in_kind.read(DEMO / "in-kind.csv", "in-kind.csv")
    assert Money.total(row.value for row in rows) == Money.euros("353280.00")
    assert rows[0].description == "Inzet onderzoekers €60/uur"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_list_is_read_however_it_was_saved(
    tmp_path: Path, encoding: str, delimiter: str, line_end: str
) -> None:
    text = f"{HEADINGS}\n{ROW.replace(',', '.')}\n".replace(";", delimiter).replace("\n", line_end)
    (row,) = read_text(tmp_path, text, encoding)
    assert row == InKindRow(
        "Bio BV", date(2022, 1, 28), "WP4", Decimal("63.75"), Decimal(60), "Inzet €"
    )


@pytest.mark.parametrize(
    "headings",
    [
        "partner;date;work package;hours;rate;description",
        " PARTNER ;Datum;Work  Package;Uren;Tarief;Omschrijving;;",
        '"Partner";"Datum";"Werkpakket";"Uren";"Tarief";"Omschrijving"',
        "sep=;\nPartner;Datum;Werkpakket;Uren;Tarief;Omschrijving",
        "\n\nPartner;Datum;Werkpakket;Uren;Tarief;Omschrijving",
    ],
)
def test_headings_are_known_in_both_languages_and_any_case(tmp_path: Path, headings: str) -> None:
    (row,) = read_text(tmp_path, f"{headings}\n{ROW}\n")
    assert row.hours == Decimal("63.75")


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    text = "Uren;Omschrijving;Partner;Tarief;Datum;Werkpakket\n8;;Bio BV;60;2022-01-28;WP4\n"
    (row,) = read_text(tmp_path, text)
    assert row == InKindRow("Bio BV", date(2022, 1, 28), "WP4", Decimal(8), Decimal(60), "")


def test_blank_rows_are_read_past_and_rows_that_look_alike_are_all_kept(tmp_path: Path) -> None:
    rows = read_text(tmp_path, f"{HEADINGS}\n\n{ROW}\n;;;;;\n   \n{ROW}")
    assert len(rows) == 2
    assert rows[0] == rows[1]


def test_a_finding_names_the_line_of_the_file_behind_a_quoted_line_break(tmp_path: Path) -> None:
    text = f'{HEADINGS}\nBio;1-1-2022;WP4;1;60;"two\nlines"\n\nBio;1-1-2022;WP4;x;60;\n'
    assert refusal_of(lambda: read_text(tmp_path, text)).startswith("D5: “x” is not a number.")


def test_everything_is_found_in_one_reading_and_the_same_is_said_once(tmp_path: Path) -> None:
    rows = [
        "Bio;31-2-2022;WP4;1.250;60;",
        ";01-02-2022;;1.250;-60;",
        "Bio;2022-02-01;WP4;8;60;;extra",
        "Bio;1-1-2022;WP4",
    ]
    said = refusal_of(lambda: read_text(tmp_path, "\n".join([HEADINGS, *rows]))).splitlines()
    assert said == [
        "B2: “31-2-2022” is not a day between 2000 and 2099. Correct the date.",
        "D2, D3: “1.250” can be read in two ways. Write 1250 for thousands, or 1,25 for a part.",
        "A3: There is nothing under “Partner”. Fill it in.",
        "C3: There is nothing under “Werkpakket”. Fill it in.",
        "E3: “-60” is negative. Leave the row out, or correct the row that was too much.",
        (
            "G4: “extra” stands beside the last column. Put text that holds the delimiter between "
            "quotation marks."
        ),
        "D5: There is nothing under “Uren”. Fill it in.",
        "E5: There is nothing under “Tarief”. Fill it in.",
    ]


@pytest.mark.parametrize(
    ("headings", "complaint"),
    [
        ("Partner;Datum;Werkpakket;Uren;Omschrijving", "A1: There is no column “Tarief”. Put the"),
        ("Partner;Datum;Werkpakket;Uren;Tarief;Korting;Omschrijving", "F1: The heading “Korting”"),
        (
            "Partner;Datum;Werkpakket;Uren;Tarief;Date;Omschrijving",
            "F1: There are two columns “Date”. Leave one of them out.",
        ),
        ("", "There is no column “Partner”."),
    ],
)
def test_headings_that_do_not_fit_are_refused_before_the_rows(
    tmp_path: Path, headings: str, complaint: str
) -> None:
    said = refusal_of(lambda: read_text(tmp_path, f"{headings}\nBio;x;;x;x;x;\n"))
    assert complaint in said
    assert "not a number" not in said


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "The file is empty."),
        (b"Partner;Datum\r\nBio\x81;x", "A2: Line 2 holds bytes that are no text in UTF-8"),
        ("Zo\u00eb \u00e9\n".encode() + b"caf\xe9", "A2: Line 2 holds bytes that are no text"),
        (b"\xef\xbb\xbfPartner;\xff", "A1: Line 1 holds bytes"),
        (HEADINGS.encode() + b'\nBio;"x;1\n', "A2: The row that begins on line 2 opens a quot"),
        (HEADINGS.encode() + b"\nB\0o;1-1-2022;WP4;1;60;\n", "A2: “B\0o” holds a character that"),
        ((HEADINGS + "\nB\u202eo;1-1-2022;WP4;1;60;\n").encode(), "holds a character that cannot"),
    ],
)
def test_text_that_is_none_is_refused(tmp_path: Path, content: bytes, complaint: str) -> None:
    assert complaint in refusal_of(lambda: read_bytes(tmp_path, content))


def test_text_that_begins_like_a_formula_stays_the_text_that_it_is(tmp_path: Path) -> None:
    (row,) = read_text(tmp_path, f"{HEADINGS}\nBio;1-1-2022;WP4;1;60;=SUM(A1:A9)\n")
    assert row.description == "=SUM(A1:A9)"


def test_a_workbook_and_text_in_utf_16_give_what_the_csv_gives(tmp_path: Path) -> None:
    text = (DEMO / "in-kind.csv").read_text(encoding="cp1252")
    rows = list(csv.reader(text.splitlines(), delimiter=";"))
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Inzet")
    for row in rows:
        sheet.append([row[5], *row[:5]])
    path = tmp_path / "hours.xlsx"
    book.save(path)
    expected = in_kind.read(DEMO / "in-kind.csv", "in-kind.csv")
    assert in_kind.read(path, path.name) == expected
    assert read_text(tmp_path, text, "utf-16") == expected


def test_a_workbook_says_by_sheet_and_cell_what_is_wrong(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Inzet 2022")
    sheet.append(["Lijst van de partners"])
    sheet.append(["Partner", "Datum", "Werkpakket", "Uren", "Tarief", "Kleur"])
    sheet.append(["Bio", date(2022, 1, 28), "WP4", 8, "60,00", "rood"])
    path = tmp_path / "hours.xlsx"
    book.save(path)
    (row,) = in_kind.read(path, path.name)
    assert row == InKindRow("Bio", date(2022, 1, 28), "WP4", Decimal(8), Decimal(60), "")
    sheet.append([None, "x", "WP4", -8, 60])
    book.save(path)
    assert refusal_of(lambda: in_kind.read(path, path.name)).splitlines() == [
        "'Inzet 2022'!B4: “x” is not a date. Write the day as 31-12-2023 or 2023-12-31.",
        (
            "'Inzet 2022'!D4: “-8” is negative. Leave the row out, or correct the row that was too "
            "much."
        ),
        "'Inzet 2022'!A4: There is nothing under “Partner”. Fill it in.",
    ]
    sheet["C2"].value = "Kleur"
    book.save(path)
    said = refusal_of(lambda: in_kind.read(path, path.name))
    assert said.startswith("'Inzet 2022'!A2: There is no column “in_kind.work_package”.")
