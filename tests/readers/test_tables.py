"""Tables in workbooks and in delimited text: found, opened and given row by row."""

from __future__ import annotations

import csv
import io
import resource
from datetime import date
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.readers.writing import refusal_of
from tracker.domain.mappings import Mapping
from tracker.domain.table_columns import TableKind
from tracker.readers.delimited import open_text
from tracker.readers.tables import Row, Table, open_table, table_for

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "Datum;Rekening;Omschrijving;Bedrag"
ROW = "31-12-2023;4100;Zoë koopt € 5 café;12,50"
TEXT = f"{HEAD}\n{ROW}\n"


def saved(tmp_path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    path = tmp_path / "table.csv"
    path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
    return path


def table_in(path: Path, **given: str) -> Table:
    (table,) = open_table(path, path.name, **given).tables
    return table


def workbook(tmp_path: Path, **sheets: list[list[Any]]) -> tuple[Path, openpyxl.Workbook]:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    path = tmp_path / "table.xlsx"
    book.save(path)
    return path, book


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8-sig"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp1252", "cp1252"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_table_is_read_however_it_was_saved(
    tmp_path: Path, encoding: str, found: str, delimiter: str, line_end: str
) -> None:
    text = TEXT.replace("12,50", "12.50").replace(";", delimiter).replace("\n", line_end)
    file = open_table(saved(tmp_path, text, encoding), "table.csv")
    assert (file.encodings[0], file.delimiter) == (found, delimiter)
    (table,) = file.tables
    assert table.headings == tuple(HEAD.split(";"))
    assert [row.cells for row in table.rows()] == [tuple(ROW.replace(",", ".").split(";"))]


def test_utf_16_with_its_mark_the_other_way_round_is_read(tmp_path: Path) -> None:
    content = b"\xfe\xff" + TEXT.encode("utf-16-be")
    assert table_in(saved(tmp_path, content)).sample(1)[0].cells == tuple(ROW.split(";"))


def test_bytes_that_leave_a_choice_offer_it_with_the_likeliest_first(tmp_path: Path) -> None:
    windows = open_table(saved(tmp_path, TEXT, "cp1252"), "table.csv")
    assert windows.encodings[0] == "cp1252"
    assert "cp850" in windows.encodings
    dos = open_table(saved(tmp_path, TEXT.replace("€", "ë, ö, ü,"), "cp850"), "table.csv")
    assert dos.encodings[0] == "cp850"
    assert len(open_table(saved(tmp_path, TEXT), "table.csv").encodings) == 1


def test_an_encoding_that_is_chosen_is_taken_only_where_there_is_a_choice(tmp_path: Path) -> None:
    path = saved(tmp_path, "Datum;Tekst\n1;Zo\xeb\n", "cp1252")
    assert table_in(path, encoding="cp850").sample(1)[0].cells == ("1", "ZoÙ")
    path = saved(tmp_path, "Datum;Tekst\n1;Zo\xeb\n", "utf-8")
    assert table_in(path, encoding="cp1252").sample(1)[0].cells == ("1", "Zoë")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "The file is empty."),
        ("Zo\u00eb;\u00e9\n".encode() + b"caf\xe9;1\n", "A2: Line 2 holds bytes that are no text"),
        (b"\xef\xbb\xbfDatum;\xff\n", "A1: Line 1 holds bytes that are no text in UTF-8."),
        (b"\xff\xfeD\x00a\x00;\x00\xd8", "holds bytes that are no text in UTF-16."),
        (HEAD.encode() + b'\n1;"x;2\n', "A2: The row that begins on line 2 opens a quotation"),
        (HEAD.encode() + b'\n1;"' + b"x" * 200_000, "A2: The row that begins on line 2"),
        (b"a;" * 2_000 + b"\n", "A1: The row on line 1 has more than 1000 cells."),
        (b"a;b\n" + b"x" * 1_500_000, "A2: Line 2 is longer than 1000000 letters."),
    ],
    ids=["empty", "mixed", "utf-8", "utf-16", "quote", "quoted", "wide", "long"],
)
def test_text_that_no_one_can_read_is_refused(
    tmp_path: Path, content: bytes, complaint: str
) -> None:
    path = saved(tmp_path, content)
    assert complaint in refusal_of(lambda: list(table_in(path).rows()))


def test_letters_are_composed(tmp_path: Path) -> None:
    path = saved(tmp_path, TEXT.replace("ë", "e\u0308"))
    assert str(table_in(path).sample(1)[0].cells[2]).startswith("Zoë")


def test_the_separator_can_be_named_in_the_first_line(tmp_path: Path) -> None:
    table = table_in(saved(tmp_path, f"sep=|\n{TEXT.replace(';', '|')}"))
    assert table.heading_row == 2
    assert open_table(tmp_path / "table.csv", "table.csv").delimiter == "|"
    assert [row.number for row in table.rows()] == [3]


def test_a_quoted_line_break_keeps_the_line_of_the_file(tmp_path: Path) -> None:
    text = f'{HEAD}\n1-1-2023;4100;"two\nlines";1\n\n;;;\n2-1-2023;4100;one;2\n'
    assert [row.number for row in table_in(saved(tmp_path, text)).rows()] == [2, 6]


def test_the_headings_are_found_below_a_title(tmp_path: Path) -> None:
    text = f"Grootboekmutaties 2023;;;\nAdministratie: NECST;;;\n\n{TEXT}"
    table = table_in(saved(tmp_path, text))
    assert (table.heading_row, table.headings[0]) == (4, "Datum")
    assert [row.number for row in table.first_rows(3)] == [1, 2, 4]
    assert table.row_count == 1


def test_headings_that_nobody_knows_are_the_first_of_the_widest_rows(tmp_path: Path) -> None:
    table = table_in(saved(tmp_path, "Lijst;;\nKleur;Smaak;Geur\nrood;zoet;vies\n"))
    assert table.headings == ("Kleur", "Smaak", "Geur")


def test_the_headings_can_be_put_in_another_row(tmp_path: Path) -> None:
    table = table_in(saved(tmp_path, TEXT)).at(2)
    assert table.headings == tuple(ROW.split(";"))
    assert list(table.rows()) == []


def test_a_workbook_has_a_table_for_each_sheet_that_shows_something(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["Kosten van 2023"],
        [],
        HEAD.split(";"),
        [date(2023, 12, 31), 4100, "Zoë", 12.5],
        [date(2023, 12, 30), "0100", None, -0.1],
    ]
    path, _ = workbook(tmp_path, Kosten=rows, Leeg=[], Uren=[["Medewerker", "Uren"], ["Jan", 8]])
    file = open_table(path, path.name)
    assert [(table.sheet, table.heading_row) for table in file.tables] == [
        ("Kosten", 3),
        ("Uren", 1),
    ]
    assert file.encodings == ()
    assert list(file.tables[0].rows()) == [
        Row(4, (date(2023, 12, 31), Decimal(4100), "Zoë", Decimal("12.5"))),
        Row(5, (date(2023, 12, 30), "0100", None, Decimal("-0.1"))),
    ]
    assert file.tables[0].place(3, 4) == "Kosten!D4"


def test_what_is_hidden_in_a_workbook_is_said(tmp_path: Path) -> None:
    rows: list[list[Any]] = [HEAD.split(";"), ["31-12-2023", 4100, "x", 1]]
    path, book = workbook(tmp_path, Kosten=rows, Oud=rows)
    assert open_table(path, path.name).warnings == ()
    book["Kosten"].row_dimensions[2].hidden = True
    book["Oud"].sheet_state = "hidden"
    book.save(path)
    file = open_table(path, path.name)
    assert [str(warning) for warning in file.warnings] == [
        (
            "Kosten!A2: 1 rows of the sheet “Kosten” are hidden; they are read like the others. "
            "Delete the rows if they do not belong to the table."
        ),
        "Oud: The sheet “Oud” is hidden; it is not read. Show the sheet if it is to be imported.",
    ]
    assert [table.sheet for table in file.tables] == ["Kosten"]
    assert file.tables[0].row_count == 1


def test_a_workbook_that_shows_nothing_is_refused(tmp_path: Path) -> None:
    path, _ = workbook(tmp_path, Leeg=[])
    assert "No sheet of the workbook shows anything." in refusal_of(lambda: open_table(path, "x"))


def test_true_is_not_the_number_one(tmp_path: Path) -> None:
    path, _ = workbook(tmp_path, Blad=[["Rekening", "Bedrag"], [1, 1], [True, 1], [1, False]])
    rows = [row.cells for row in open_table(path, "x").tables[0].rows()]
    assert rows == [(Decimal(1), Decimal(1)), ["TRUE", Decimal(1)], [Decimal(1), "FALSE"]]


def test_a_mapping_opens_the_table_that_it_was_made_for(tmp_path: Path) -> None:
    path, _ = workbook(tmp_path, Blad=[["Kleur"]], Kosten=[HEAD.split(";"), ["x", 1, "y", 2]])
    columns = (("booked_on", 0), ("account", 1), ("amount", 3), ("project", 2))
    mapping = Mapping(TableKind.COSTS, columns, tuple(HEAD.split(";")), sheet="Kosten")
    table, _ = table_for(mapping, path, path.name)
    assert table.sheet == "Kosten"
    other = Mapping(TableKind.COSTS, columns, tuple(HEAD.split(";")), sheet="Baten")
    said = refusal_of(lambda: table_for(other, path, path.name))
    assert "There is no sheet “Baten” with a table in it. The sheets are: Blad, Kosten." in said


def test_other_headings_than_the_mapping_knows_are_refused(tmp_path: Path) -> None:
    columns = (("booked_on", 0), ("account", 1), ("amount", 3))
    mapping = Mapping(TableKind.COSTS, columns, tuple(HEAD.split(";")), project="P")
    for head in ("Datum;Bedrag;Omschrijving;Rekening", "Datum;Bedrag"):
        path = saved(tmp_path, f"{head}\n{ROW}\n")
        said = refusal_of(partial(table_for, mapping, path, path.name))
        assert said.startswith("B1: The column is called “Bedrag” where “Rekening” is expected.")
    assert table_for(mapping, saved(tmp_path, TEXT), "table.csv")
    assert table_for(mapping, saved(tmp_path, TEXT.replace("Rek", " REK")), "table.csv")


def test_a_mapping_that_cannot_be_used_opens_nothing(tmp_path: Path) -> None:
    mapping = Mapping(TableKind.COSTS, (("account", 1),), tuple(HEAD.split(";")))
    said = refusal_of(lambda: table_for(mapping, saved(tmp_path, TEXT), "table.csv"))
    assert "amount: No column is chosen for the amount" in said


def test_headings_that_every_page_repeats_are_no_rows(tmp_path: Path) -> None:
    path = saved(tmp_path, f"{TEXT}{TEXT}{TEXT}")
    assert [row.number for row in table_in(path).rows()] == [2, 4, 6]


def test_the_headings_can_be_put_in_a_row_far_below(tmp_path: Path) -> None:
    path = saved(tmp_path, "a;b\n" * 50 + TEXT)
    table = table_in(path).at(51)
    assert table.headings == tuple(HEAD.split(";"))
    assert table.at(400).headings == ()


CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="�"), max_size=12)


@given(
    st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=8),
    st.sampled_from(";,|\t"),
)
def test_any_cells_are_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], delimiter: str
) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([["a", "b", "c"], *rows])
    path = saved(tmp_path_factory.mktemp("cells"), out.getvalue(), "utf-8-sig")
    text = open_text(path, path.name, delimiter=delimiter)
    read = [row.cells for row in text.rows()][1:]
    whole = [tuple(normalize("NFC", cell) for cell in row) for row in rows]
    assert read == [row for row in whole if "".join(row).strip()]


def test_no_row_is_held(tmp_path: Path) -> None:
    path = saved(tmp_path, f"{HEAD}\n" + f"{ROW}\n" * 200_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert table_in(path).row_count == 200_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000  # kilobytes
