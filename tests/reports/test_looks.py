"""What makes a paper pleasant to read: nothing torn apart, nothing unsaid, sums that stand out."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO

from openpyxl import load_workbook

from reports import cost_list, hours_report, statement
from reports.charts import Bars
from reports.charts_svg import to_svg
from reports.own_lines import KEY
from reports.to_html import to_html
from reports.to_xlsx import to_xlsx
from tests.reports.facts import facts_of
from tests.reports.test_own_lines import facts as in_own_lines
from tracker.domain.report_texts import Place, Wording


def section_in(page: str, key: str) -> str:
    """The tag of the section whose heading has a key, and all that it holds."""
    found = next(part for part in page.split("<section ") if f'id="{key}"' in part)
    return found.partition("</section>")[0]


def test_sums_in_the_funders_own_lines_stand_out_on_paper_and_in_the_workbook() -> None:
    report = statement.build(in_own_lines())
    rows = re.findall(r"<tr( class=\"is-sum\")?>\s*<th scope=\"row\"[^>]*>([\w.]*)</th>",
                      section_in(to_html(report), f"section-{KEY}"))  # fmt: skip
    assert [code for strong, code in rows if strong] == ["1", "2", ""]
    assert [code for strong, code in rows if not strong] == ["1.1", "1.2", "2.1"]
    title = report.section(KEY).title
    book = load_workbook(BytesIO(to_xlsx(report)))
    sheet = next(sheet for sheet in book.worksheets if sheet["A1"].value == title)
    assert [bool(sheet.cell(at, 2).font.b) for at in range(5, 11)] == [
        False, False, True, False, True, True,
    ]  # fmt: skip


def test_a_section_without_lines_says_so() -> None:
    said = "Er is hier niets te melden."
    full = to_html(hours_report.build(facts_of()))
    assert said not in section_in(full, "section-hours")
    empty = to_html(hours_report.build(replace(facts_of(), hours=())))
    assert said in section_in(empty, "section-hours")


def test_a_chart_stays_with_a_short_table() -> None:
    page = to_html(statement.build(facts_of()))
    assert "report-section--whole" in section_in(page, "section-categories")
    assert "report-section--whole" not in section_in(page, "section-lines")


def test_words_after_an_upright_section_stay_upright() -> None:
    wording = Wording(texts=((Place.PROGRESS.value, "Het werk loopt."),))
    facts = replace(facts_of(), wording=wording)
    page = to_html(statement.build(facts))
    assert "report-section--across" in section_in(page, "section-milestones")
    assert "report-section--across" not in section_in(page, f"text-{Place.PROGRESS.value}")


def test_a_number_in_front_is_set_as_a_name_in_a_workbook() -> None:
    report = statement.build(facts_of())
    sheet = load_workbook(BytesIO(to_xlsx(report)))[report.section("award").title]
    assert sheet["A5"].alignment.horizontal == sheet["A4"].alignment.horizontal == "left"
    assert sheet["D5"].alignment.horizontal == "right"


def test_costs_without_a_budget_are_drawn_without_one() -> None:
    (chart,) = cost_list.build(facts_of()).charts
    assert isinstance(chart, Bars)
    assert all(bar.whole is None for bar in chart.bars)
    assert "chart-whole" not in to_svg(chart, "nl")
    (told,) = statement.build(facts_of()).charts
    assert "chart-whole" in to_svg(told, "nl")
