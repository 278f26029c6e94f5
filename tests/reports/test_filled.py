"""A funder's own workbook: filled in the cells that are pointed at, and nowhere else changed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from reports.filled import fill, fillings
from reports.worksheet_cells import Change, outline_of
from tests.reports.facts import HOSTILE, facts_of
from tests.reports.funder_template import (
    FIRST,
    SHEETS,
    TOTAL,
    beyond_the_cells,
    cells_of,
    funder_template,
    packed,
    parts_of,
)
from tests.reports.programs import recalculated
from tracker.actions.sample_workbooks import FILE
from tracker.domain.errors import TrackerError
from tracker.domain.funder_figures import figures_of
from tracker.domain.funder_workbooks import FunderWorkbook, Pointed, marked, shape_of
from tracker.domain.money import Money
from tracker.readers.template_process import template_in

if TYPE_CHECKING:
    from pathlib import Path

TEMPLATE = funder_template()
COSTS = "Kosten 2023"
POINTED = (
    Pointed(COSTS, f"C{FIRST}", "budget.personnel"),
    Pointed(COSTS, f"D{FIRST}", "this_period.personnel"),
    Pointed(COSTS, f"E{FIRST}", "to_date.personnel"),
    Pointed(COSTS, f"D{FIRST + 1}", "this_period.third_parties"),
    Pointed("", "peildatum", "period.last_day"),
    Pointed("", "ontvangen", "received"),
    Pointed("Voorblad", "C8", "report.author"),
    Pointed("Voorblad", "C20", "commitment.decided_on"),
    Pointed("Lijsten", "D30", "report.number"),
)


def workbook(content: bytes = TEMPLATE, pointed: tuple[Pointed, ...] = POINTED) -> FunderWorkbook:
    template = template_in(content, "template.xlsx")
    every = (*pointed, *marked(template, but=pointed))
    made_at = datetime(2026, 1, 15, tzinfo=UTC)
    return FunderWorkbook(
        1, 1, 1, 1, "template.xlsx", shape_of(template, every), "officer", made_at, every
    )


@pytest.fixture(scope="module")
def own() -> FunderWorkbook:
    return workbook()


@pytest.fixture(scope="module")
def filled(own: FunderWorkbook) -> bytes:
    return fill(TEMPLATE, own, figures_of(facts_of()), "nl")


def test_every_part_but_the_sheets_and_one_attribute_is_the_same_byte_for_byte(
    filled: bytes,
) -> None:
    before, after = parts_of(TEMPLATE), parts_of(filled)
    assert list(before) == list(after)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {*SHEETS, "xl/workbook.xml"}
    front = after["xl/workbook.xml"].replace(b' fullCalcOnLoad="1"', b"")
    assert front == before["xl/workbook.xml"]
    assert b'fullCalcOnLoad="1"' in after["xl/workbook.xml"]


def test_of_the_sheets_only_the_cells_pointed_at_change_and_values_of_formulas_go(
    filled: bytes, own: FunderWorkbook
) -> None:
    assert list(beyond_the_cells(TEMPLATE, filled, own.shape)) == []
    fewer = {cell: at for cell, at in own.shape.items() if cell != f"{COSTS}!D{FIRST}"}
    assert list(beyond_the_cells(TEMPLATE, filled, fewer)) == [SHEETS[1]]


def test_whatever_else_is_changed_would_be_seen(filled: bytes, own: FunderWorkbook) -> None:
    parts = parts_of(filled)
    for name in parts:
        other = packed(parts | {name: parts[name] + b" "})
        assert list(beyond_the_cells(TEMPLATE, other, own.shape)) == [name]


def test_the_sample_has_this_workbook() -> None:
    kept, made = parts_of(FILE.read_bytes()), parts_of(funder_template(with_lines=True))
    assert {name for name in kept if kept[name] != made.get(name)} <= {"docProps/core.xml"}
    assert list(kept) == list(made)


def test_no_formula_keeps_a_value_that_was_computed_from_other_figures(filled: bytes) -> None:
    formulas = [
        cell
        for part in SHEETS
        for cell in cells_of(parts_of(filled)[part]).values()
        if b"<f" in cell
    ]
    assert len(formulas) == len(re.findall(rb"<c ", parts_of(TEMPLATE)["xl/calcChain.xml"]))
    assert not [cell for cell in formulas if b"<v>" in cell]
    stale = cells_of(parts_of(TEMPLATE)[SHEETS[2]])
    assert b"<v>0</v>" in stale[b"C2"]


def test_a_cell_that_changes_would_be_seen(filled: bytes) -> None:
    before, after = parts_of(TEMPLATE)[SHEETS[1]], parts_of(filled)[SHEETS[1]]
    place = f"D{FIRST}".encode()
    assert cells_of(before)[place] != cells_of(after)[place]


def test_the_funders_own_things_survive(filled: bytes) -> None:
    book, was = load_workbook(BytesIO(filled)), load_workbook(BytesIO(TEMPLATE))
    assert book["Lijsten"].sheet_state == "hidden"
    assert book["Systeem"].sheet_state == "veryHidden"
    assert book["Lijsten"].tables["landen"].ref == "F1:G3"
    assert {"xl/media/image1.png", "xl/charts/chart1.xml", "xl/calcChain.xml"} <= {
        *parts_of(filled)
    }
    assert book[COSTS].page_setup.orientation == "landscape"
    assert (
        book[COSTS].print_title_rows == was[COSTS].print_title_rows == f"${FIRST - 1}:${FIRST - 1}"
    )
    assert book["Voorblad"].protection.password == was["Voorblad"].protection.password != ""
    assert book[COSTS].protection.sheet
    assert list(map(str, book[COSTS].merged_cells.ranges)) == ["A1:F1"]
    assert book[COSTS][f"F{TOTAL}"].value == f"=SUM(F{FIRST}:F{TOTAL - 1})"
    assert book[COSTS].data_validations.dataValidation[0].sqref == "C15"
    assert book[COSTS].conditional_formatting
    assert book["Voorblad"]["C4"].comment
    assert b"Verantwoording &amp;A" in parts_of(filled)[SHEETS[0]]
    for sheet in was:
        for row in sheet.iter_rows():
            for cell in row:
                assert book[sheet.title][cell.coordinate].number_format == cell.number_format


def test_the_cells_hold_the_figures_of_the_report(filled: bytes) -> None:
    facts = facts_of()
    book = load_workbook(BytesIO(filled))
    personnel = facts.categories[0]
    front, costs = book["Voorblad"], book[COSTS]
    assert front["C4"].value == facts.project_name
    assert front["C5"].value == "NGF-RMXB-2021-07"
    assert front["C6"].value == "Kosten over 2023 (NGF-1)"
    assert front["C7"].value.date() == date(2023, 12, 31)
    assert front["C8"].value == "J. de Vries"
    assert front["C20"].value == "09-04-2021"  # the cell shows no days, so it is a text
    for column, amount in zip(
        "CDE", (personnel.budget, personnel.this_period, personnel.to_date), strict=True
    ):
        assert amount is not None
        assert round(costs[f"{column}{FIRST}"].value * 100) == amount.cents
    assert round(costs["D16"].value * 100) == facts.received_to_date.cents
    assert book["Lijsten"]["D30"].value is None  # a draft has no number


def test_the_same_figures_give_the_same_bytes(own: FunderWorkbook, filled: bytes) -> None:
    assert fill(TEMPLATE, own, figures_of(facts_of()), "nl") == filled
    assert fill(TEMPLATE, own, figures_of(facts_of(60)), "nl") != filled


def test_what_is_shown_is_what_is_filled(own: FunderWorkbook) -> None:
    told = {one.cell: one.text for one in fillings(own, figures_of(facts_of()), "nl")}
    assert told["Voorblad!C6"] == "Kosten over 2023 (NGF-1)"
    assert told["ontvangen"] == "750.000,50"
    assert told["Lijsten!D30"] == ""


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_becomes_no_formula(text: str) -> None:
    own = workbook(pointed=(Pointed("Voorblad", "C8", "report.author"),))
    facts = replace(facts_of(), author=text)
    book = load_workbook(BytesIO(fill(TEMPLATE, own, figures_of(facts), "nl")))
    cell = book["Voorblad"]["C8"]
    assert cell.data_type in ("s", "inlineStr")
    seen = "".join(sign for sign in text if sign >= " " or sign in "\t\n")
    assert str(cell.value).replace("_x005F_", "_") in (text, seen)


def test_a_template_that_was_changed_behind_our_back_is_not_filled(own: FunderWorkbook) -> None:
    other = replace(own, shape={cell: at._replace(sheet="Weg") for cell, at in own.shape.items()})
    with pytest.raises(TrackerError, match=r"template\.xlsx cannot be filled"):
        fill(TEMPLATE, other, figures_of(facts_of()), "nl")


@pytest.mark.libreoffice
def test_formulas_of_the_funder_compute_with_the_new_figures(filled: bytes, tmp_path: Path) -> None:
    book = load_workbook(BytesIO(recalculated(filled, tmp_path, as_usual=True)), data_only=True)
    costs, facts = book[COSTS], facts_of()
    expected = facts.categories[0].this_period + facts.categories[1].this_period
    assert round(costs[f"D{TOTAL}"].value * 100) == expected.cents
    assert round(book["Lijsten"]["B1"].value * 100) == 2 * expected.cents
    assert round(book["Lijsten"]["C1"].value * 100) == 2 * expected.cents + 100
    assert book["Lijsten"]["C2"].value == 1


ROWS = (
    b'<row r="2" spans="1:3" s="4" customFormat="1"><c r="B2" s="7" t="s"><v>0</v></c></row>'
    b'<row r="4"/><row r="6"><c r="A6"><f>B2*2</f><v>1</v></c><c r="C6" s="2"/></row>'
)


def sheet_of(rows: bytes, prefix: bytes = b"") -> bytes:
    name = b' xmlns:x="urn:s"' if prefix else b' xmlns="urn:s"'
    data = b"<sheetData>%s</sheetData>" % rows if rows else b"<sheetData/>"
    cols = b'<cols><col min="1" max="2" style="9"/></cols>'
    plain = b"<worksheet>%s%s<legacy a='>'/></worksheet>" % (cols, data)
    named = re.sub(rb"<(/?)(?=\w)", rb"<\1" + prefix, plain)
    head = b"<" + prefix + b"worksheet"
    return named.replace(head, head + name, 1)


@pytest.mark.parametrize("prefix", [b"", b"x:"])
@pytest.mark.parametrize(
    ("change", "written"),
    [
        (Change("B2", number="1.50"), b'<c r="B2" s="7"><v>1.50</v></c>'),
        (Change("A2", number="1"), b'<c r="A2" s="4"><v>1</v></c><c r="B2" s="7" t="s">'),
        (Change("D2", number="1"), b'</c><c r="D2" s="4"><v>1</v></c></row>'),
        (Change("B4", number="1"), b'<row r="4"><c r="B4" s="9"><v>1</v></c></row>'),
        (Change("C5", number="1"), b'<row r="5"><c r="C5"><v>1</v></c></row><row r="6">'),
        (Change("C9", number="1"), b'</row><row r="9"><c r="C9"><v>1</v></c></row></sheetData>'),
        (Change("C6", text="a"), b'<c r="C6" s="2" t="inlineStr"><is><t xml:space="preserve">a<'),
        (Change("B2"), b'<c r="B2" s="7"/></row>'),
    ],
)
def test_a_cell_is_written_wherever_it_is(change: Change, written: bytes, prefix: bytes) -> None:
    before = sheet_of(ROWS, prefix)
    after = outline_of(before).changed([change])
    assert re.sub(rb"<(/?)(?=\w)", rb"<\1" + prefix, written) in after
    formula = re.sub(rb"<(/?)(?=\w)", rb"<\1" + prefix, b'<c r="A6"><f>B2*2</f></c>')
    assert formula in after
    outline_of(after)


def test_rows_are_put_where_there_were_none() -> None:
    changes = [Change("B2", number="2"), Change("A1", number="1"), Change("A2", text="x")]
    after = outline_of(sheet_of(b"")).changed(changes)
    found = list(cells_of(after))
    assert found == [b"A1", b"A2", b"B2"]
    assert after.index(b'<row r="1">') < after.index(b'<row r="2">')
    outline_of(after)


def test_a_formula_is_never_written_over() -> None:
    with pytest.raises(ValueError, match="A6 holds a formula"):
        outline_of(sheet_of(ROWS)).changed([Change("A6", number="1")])


@given(
    st.dictionaries(
        st.tuples(st.sampled_from("ABCDE"), st.integers(1, 9)), st.integers(0, 10**9), max_size=20
    ),
    st.booleans(),
)
def test_any_cells_can_be_written_and_all_others_stay(
    wished: dict[tuple[str, int], int], is_empty: bool
) -> None:
    wished.pop(("A", 6), None)
    changes = [Change(f"{c}{r}", number=str(cents)) for (c, r), cents in wished.items()]
    before = sheet_of(b"" if is_empty else ROWS)
    after = outline_of(before).changed(changes)
    cells, old = cells_of(after), cells_of(before)
    for change in changes:
        assert b"<v>%s</v>" % change.number.encode() in cells[change.place.encode()]
    rest = set(old) - {change.place.encode() for change in changes} - {b"A6"}
    assert all(cells[place] == old[place] for place in rest)
    assert len(cells) == len(set(old) | {change.place.encode() for change in changes})
    outline_of(after)


def test_amounts_are_written_to_the_cent_without_a_float() -> None:
    own = workbook(pointed=(Pointed(COSTS, "D9", "award"),))
    told = fill(TEMPLATE, own, figures_of(facts_of()) | {"award": Money(-5)}, "nl")
    assert b"<v>-0.05</v>" in parts_of(told)[SHEETS[1]]


def test_the_archive_is_sound(filled: bytes) -> None:
    with ZipFile(BytesIO(filled)) as archive:
        assert archive.testzip() is None
