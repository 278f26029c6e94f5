"""The costs in the funder's own lines, on every face of a statement."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from reports import catalogue, figures, statement
from reports.model import Section
from reports.own_lines import KEY
from reports.printed import printed
from reports.to_csv import to_csv
from reports.to_html import to_html
from reports.to_json import to_json
from reports.to_xlsx import to_xlsx
from tests.reports.csv_files import csv_tables, plain_number
from tests.reports.facts import BUDGETS, CATEGORIES, PREVIOUSLY, facts_of
from tests.reports.programs import text_of
from tests.reports.test_examples import FINAL
from tracker.domain.crosswalks import Crosswalk, CrosswalkLine, LineKind
from tracker.domain.money import Money
from tracker.domain.statements import StatementFacts
from tracker.store.kept_facts import facts_in, kept

HOSTILE = '=HYPERLINK("x") <b>'
LINES = (
    CrosswalkLine("1.1", HOSTILE, categories=("personnel",)),
    CrosswalkLine("1.2", "Derden en materiaal", categories=("third_parties", "materials")),
    CrosswalkLine("1", "Exploitatie", LineKind.SUBTOTAL),
    CrosswalkLine("2.1", "Investeringen", categories=("equipment", "construction", "travel")),
    CrosswalkLine("2", "Kapitaal", LineKind.SUBTOTAL),
)


def facts(lines: tuple[CrosswalkLine, ...] = LINES, **more: Any) -> StatementFacts:
    return replace(facts_of(), crosswalk=Crosswalk(4, "nl", lines), **more)


def rows_in(told: StatementFacts) -> dict[object, tuple[object, ...]]:
    section = statement.build(told).section(KEY)
    assert isinstance(section, Section)
    return {row[0]: row[1:] for row in section.rows}


def of(values: tuple[int, ...], *categories: str) -> Money:
    return Money(sum(values[CATEGORIES.index(category)] for category in categories))


def test_lines_and_subtotals_are_the_sums_of_their_categories() -> None:
    rows = rows_in(facts())
    assert list(rows) == ["1.1", "1.2", "1", "2.1", "2", ""]
    assert rows["1.2"][1] == of(BUDGETS, "third_parties", "materials")
    assert rows["1"][2] == of(PREVIOUSLY, "personnel", "third_parties", "materials")
    assert rows["2"][2] == of(PREVIOUSLY, "equipment", "construction", "travel")
    assert rows[""][1:3] == (Money(sum(BUDGETS)), Money(sum(PREVIOUSLY)))
    assert rows[""][5] == facts().charged_to_date


def test_what_is_on_no_line_of_the_form_is_told_all_the_same() -> None:
    rows = rows_in(facts(LINES[:3]))
    left = of(PREVIOUSLY, "equipment", "construction", "travel")
    assert rows["–"][2] == left
    assert rows[""][2] == Money(sum(PREVIOUSLY))
    section = statement.build(facts(LINES[:3])).section(KEY)
    assert "“Apparatuur” staat op geen regel van het formulier." in section.note


def test_a_programme_without_a_crosswalk_has_no_such_section() -> None:
    keys = [section.key for section in statement.build(facts_of()).sections]
    assert KEY not in keys
    assert KEY in [section.key for section in statement.build(facts()).sections]


def test_page_workbook_and_json_tell_the_same_lines() -> None:
    report = statement.build(facts())
    section = report.section(KEY)
    assert isinstance(section, Section)
    amounts = [[cell for cell in row[2:] if isinstance(cell, Money)] for row in section.rows]
    told = json.loads(to_json(report))
    said = next(one for one in told["sections"] if one["key"] == KEY)
    assert len(said["rows"]) == len(section.rows)
    book = load_workbook(BytesIO(to_xlsx(report)), data_only=True)
    sheet = next(sheet for sheet in book if sheet.title.startswith(section.title[:20]))
    cells = [
        [round(cell * 100) for cell in row if isinstance(cell, int | float)]
        for row in sheet.iter_rows(values_only=True)
    ]
    assert [[amount.cents for amount in row] for row in amounts] == [row for row in cells if row]
    assert "=HYPERLINK(&#34;x&#34;) &lt;b&gt;" in to_html(report)


def test_csv_and_paper_tell_the_same_lines_in_the_order_of_the_form() -> None:
    report = statement.build(facts())
    section = report.section(KEY)
    assert isinstance(section, Section)
    amounts = [[cell for cell in row[2:] if isinstance(cell, Money)] for row in section.rows]
    rows = csv_tables(to_csv(report), "nl")[KEY].rows
    told = [[round(Decimal(plain_number(cell, "nl")) * 100) for cell in row[2:]] for row in rows]
    assert told == [[amount.cents for amount in row] for row in amounts]
    assert [row[0] for row in rows] == ["1.1", "1.2", "1", "2.1", "2", ""]
    paper = " ".join("\n".join(text_of(printed(report))).split())
    for title, row in (("Derden en materiaal", amounts[1]), ("Exploitatie", amounts[2])):
        assert f"{title} {' '.join(figures.money(amount, 'nl') for amount in row)}" in paper


@pytest.mark.parametrize("kind", ["statement", "final_statement"])
def test_every_kind_that_tells_costs_has_the_lines_of_the_form(kind: str) -> None:
    told = replace(facts(), final=FINAL)
    keys = [section.key for section in catalogue.laid_out(kind, told).sections]
    assert KEY in keys
    without = catalogue.laid_out(kind, replace(told, crosswalk=None))
    assert [section.key for section in without.sections] == [key for key in keys if key != KEY]


def test_subtotals_and_total_of_the_workbook_are_formulas() -> None:
    book = load_workbook(BytesIO(to_xlsx(statement.build(facts()))))
    title = statement.build(facts()).section(KEY).title
    sheet = next(sheet for sheet in book if sheet.title.startswith(title[:20]))
    formulas = [
        row[0].value
        for row in sheet.iter_rows()
        if any(str(cell.value).startswith("=") and cell.data_type == "f" for cell in row[2:6])
    ]
    assert formulas in (["1", "2", None], ["1", "2", ""])


def test_facts_with_a_crosswalk_are_kept_and_read_again() -> None:
    told = facts()
    again = facts_in(kept(told))
    assert again.crosswalk == told.crosswalk
    assert kept(again) == kept(told)
