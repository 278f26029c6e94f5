"""Charts that a workbook draws: of cells, and of the cells that hold the figures."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from openpyxl.utils.cell import range_boundaries

from reports.charts_table import table_of
from reports.to_xlsx import to_xlsx
from tests.reports.charted import (
    BARS,
    BUDGET,
    CASH,
    EVERY_KIND,
    MILESTONES,
    SOURCES,
    TREND,
    report_with,
)
from tests.reports.programs import recalculated
from tracker.domain.money import Money

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from reports.charts import Chart
    from reports.model import Report


@pytest.fixture(scope="module")
def workbook() -> bytes:
    return to_xlsx(report_with(*EVERY_KIND))


def sheet_of(workbook: bytes, chart: Chart) -> Worksheet:
    book = openpyxl.load_workbook(io.BytesIO(workbook), data_only=True)
    return book.worksheets[1 + EVERY_KIND.index(chart)]


def plots(sheet: Worksheet) -> list[Any]:
    """The plots of the one chart of a worksheet, those on axes of their own too."""
    (chart,) = sheet._charts  # type: ignore[attr-defined]
    return list(chart._charts)


def cells(sheet: Worksheet, reference: str) -> list[Any]:
    """The values of the cells that a reference names, which must be of this worksheet."""
    name, _, area = reference.rpartition("!")
    assert name.strip("'") == sheet.title
    left, top, right, bottom = range_boundaries(area)
    rows = sheet.iter_rows(top, bottom, left, right, values_only=True)
    return [value for row in rows for value in row]


def drawn_of(sheet: Worksheet, plot: Any) -> dict[str, list[Any]]:
    """What each series of a plot draws, by the name that stands in its cell."""
    return {
        str(cells(sheet, series.tx.strRef.f)[0]): cells(sheet, series.val.numRef.f)
        for series in plot.series
    }


def euros(*found: Any) -> list[Money | None]:
    return [None if one is None else Money.euros(Decimal(str(one))) for one in found]


def test_parts_stand_end_to_end_within_the_frame_of_the_whole(workbook: bytes) -> None:
    sheet = sheet_of(workbook, BARS)
    parts, whole = plots(sheet)
    assert drawn_of(sheet, parts) == {"Before": [250, 120], "Now": [500, -10]}
    assert drawn_of(sheet, whole) == {"Budget": [1000, 100]}
    assert parts.grouping == "stacked"
    assert whole.series[0].graphicalProperties.noFill


def test_every_part_of_a_stacked_bar_is_drawn_of_its_own_cell(workbook: bytes) -> None:
    sheet = sheet_of(workbook, SOURCES)
    (bar,) = plots(sheet)
    told = {name: euros(*found) for name, found in drawn_of(sheet, bar).items()}
    assert list(told.values()) == [[part.amount] for part in SOURCES.parts]
    assert next(iter(told)) == "Growth Fund"
    assert (bar.grouping, bar.overlap) == ("stacked", 100)
    fills = [series.graphicalProperties for series in bar.series]
    assert [bool(fill.pattFill) for fill in fills] == [not p.is_certain for p in SOURCES.parts]
    assert len({fill.solidFill.srgbClr for fill in fills[:4]}) == 4


def test_bullets_lay_spending_over_the_forecast_within_the_budget(workbook: bytes) -> None:
    sheet = sheet_of(workbook, BUDGET)
    bars, budget = plots(sheet)
    told = drawn_of(sheet, bars)
    assert list(told) == ["Expected at the end", "Spent"]
    assert euros(*told["Spent"]) == [row.spent for row in BUDGET.rows]
    assert euros(*told["Expected at the end"]) == [row.forecast for row in BUDGET.rows]
    assert euros(*drawn_of(sheet, budget)["Budget"]) == [row.budget for row in BUDGET.rows]
    assert bars.overlap == 100


def test_lines_are_dashed_in_the_months_that_are_expected(workbook: bytes) -> None:
    sheet = sheet_of(workbook, CASH)
    (lines,) = plots(sheet)
    first, second = drawn_of(sheet, lines).values()
    assert euros(*first) == list(CASH.lines[0].amounts)
    assert euros(*second) == list(CASH.lines[1].amounts)
    dashed = [(point.idx, point.spPr.ln.prstDash) for point in lines.series[0].dPt]
    assert dashed == [(month, "dash") for month in range(11, 30)]
    assert not lines.series[1].dPt
    assert cells(sheet, lines.series[0].cat.numRef.f)[:2] == ["Jan 2025", "Feb 2025"]


def test_a_trend_is_a_line(workbook: bytes) -> None:
    sheet = sheet_of(workbook, TREND)
    (lines,) = plots(sheet)
    assert [euros(*found) for found in drawn_of(sheet, lines).values()] == [list(TREND.amounts)]


def test_a_timeline_marks_the_days_of_each_milestone_and_joins_them(workbook: bytes) -> None:
    sheet = sheet_of(workbook, MILESTONES)
    (lines,) = plots(sheet)
    told = drawn_of(sheet, lines)
    assert list(told) == ["Baseline", "Current date", "Met"]
    for name, days in (
        ("Baseline", [row.baseline for row in MILESTONES.rows]),
        ("Current date", [row.current for row in MILESTONES.rows]),
        ("Met", [row.met_on for row in MILESTONES.rows]),
    ):
        assert [one.date() if isinstance(one, datetime) else one for one in told[name]] == days
    assert lines.hiLowLines is not None
    assert cells(sheet, lines.series[0].cat.numRef.f) == [row.code for row in MILESTONES.rows]
    looks = [series.marker.spPr.solidFill.srgbClr for series in lines.series]
    assert len(set(looks)) == 3


def test_every_chart_has_its_title_and_stands_below_its_table(workbook: bytes) -> None:
    archive = zipfile.ZipFile(io.BytesIO(workbook))
    for at, chart in enumerate(EVERY_KIND):
        xml = archive.read(f"xl/charts/chart{at + 1}.xml").decode()
        assert f"<a:t>{escape(chart.title)}</a:t>" in xml
        sheet = sheet_of(workbook, chart)
        (drawn,) = sheet._charts  # type: ignore[attr-defined]
        table = table_of(chart, "en")
        assert drawn.anchor._from.row > 4 + len(table.rows) + bool(table.totals)


def test_a_chart_that_does_not_fit_on_the_page_of_its_table_stands_on_the_next(
    workbook: bytes,
) -> None:
    breaks = {
        chart.name: [mark.id for mark in sheet_of(workbook, chart).row_breaks.brk]
        for chart in EVERY_KIND
    }
    assert breaks.pop("cash") == [4 + 30 + 3]
    assert list(breaks.values()) == [[]] * 5


def test_a_table_without_rows_has_no_chart() -> None:
    def charts_in(report: Report) -> list[str]:
        names = zipfile.ZipFile(io.BytesIO(to_xlsx(report))).namelist()
        return [name for name in names if name.startswith("xl/charts/")]

    assert charts_in(report_with(replace(BUDGET, rows=()))) == []
    assert len(charts_in(report_with(BUDGET))) == 1


@pytest.mark.libreoffice
def test_another_program_reads_every_chart(workbook: bytes, tmp_path: Path) -> None:
    archive = zipfile.ZipFile(io.BytesIO(recalculated(workbook, tmp_path)))
    charts = [name for name in archive.namelist() if re.fullmatch(r"xl/charts/chart\d+\.xml", name)]
    assert len(charts) == len(EVERY_KIND)
    for name in charts:
        assert "<c:f>" in archive.read(name).decode()
