"""Charts that a workbook draws itself, of the cells in which the figures of the chart stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import TYPE_CHECKING, Any, Final, Literal

from openpyxl.chart import BarChart, LineChart, Reference, Series
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.data_source import StrRef
from openpyxl.chart.legend import Legend
from openpyxl.chart.marker import DataPoint, Marker
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.colors import ColorChoice
from openpyxl.drawing.fill import PatternFillProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import (
    CharacterProperties,
    Paragraph,
    ParagraphProperties,
    RegularTextRun,
)
from openpyxl.worksheet.pagebreak import Break

from reports import figures, sheets
from reports.charts import Bars, Bullets, StackedBar, Steps, Timeline, Trend
from reports.charts_drawing import ATTENTION, GOOD, HUES, INK, LINE, PAPER, SOFT, STROKES, STRONG
from reports.charts_steps import known_months, tick_of
from tracker.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable

    from openpyxl.worksheet.worksheet import Worksheet

    from reports.charts import Chart
    from reports.model import Section

WIDTH: Final = 24  # centimetres
POINT: Final = 12_700  # as drawings measure
ROWS_A_CENTIMETRE: Final = 2
PIXELS_A_CENTIMETRE: Final = 38
PIXELS_A_SIGN, PADDING, COLUMN = 7, 5, 64  # pixels of a column: by its width, and of an empty one
PAGE_ROWS: Final = 33  # on a sheet of A4, landscape
PART_HUES: Final = (1, 4, 2)


def add_chart(sheet: Worksheet, chart: Chart, section: Section, language: str) -> None:
    """Draw a chart below the table of its section, which holds its figures.

    Shape:  a table without rows has no chart; one that leaves no room for the chart on its page
            has it on the next one.
    """
    if not section.rows:
        return
    table = Table(sheet, section)
    drawn = _drawn(chart, table, language)
    drawn.title = _title(chart.title)
    drawn.width = WIDTH
    first_row = table.last_row + 4
    last_row = first_row + ROWS_A_CENTIMETRE * ceil(drawn.height)
    if on_next_page := last_row > PAGE_ROWS:
        sheet.row_breaks.append(Break(id=first_row - 1))
    # There a row is left free, or the edge of the chart shows on this page.
    sheet.add_chart(drawn, f"A{first_row + on_next_page}")
    sheet.print_area = f"A1:{_last_column(section)}{last_row + on_next_page}"


def _last_column(section: Section) -> str:
    """Name the last column that is printed: of the table, or under the edge of the chart."""
    left, at = WIDTH * PIXELS_A_CENTIMETRE, 0
    widths = [column.width * PIXELS_A_SIGN + PADDING for column in section.columns]
    while left > 0 or at < len(widths):
        left -= widths[at] if at < len(widths) else COLUMN
        at += 1
    return sheets.letters(at - 1)


def _drawn(chart: Chart, table: Table, language: str) -> BarChart | LineChart:
    match chart:
        case Bars():
            return _bars(chart, table)
        case StackedBar():
            return _stacked(chart, table)
        case Bullets():
            return _bullets(chart, table)
        case Steps() | Trend():
            return _lines(chart, table)
        case Timeline():
            return _timeline(chart, table, language)


@dataclass(frozen=True, slots=True)
class Table:
    """Where the figures of a chart stand in their worksheet."""

    sheet: Worksheet
    section: Section

    @property
    def last_row(self) -> int:
        """The row of the last line, above the totals."""
        return sheets.FIRST_ROW + len(self.section.rows) - 1

    def names(self, column: int) -> Reference:
        """The cells of a column, by which the points of a chart are named."""
        return Reference(self.sheet, column + 1, sheets.FIRST_ROW, column + 1, self.last_row)

    def column(self, column: int) -> Any:
        """The figures of a column as a series, named by its heading."""
        told = Reference(self.sheet, column + 1, sheets.HEAD_ROW, column + 1, self.last_row)
        return Series(told, title_from_data=True)

    def cell(self, row: int, column: int) -> Any:
        """One figure as a series, named by the first cell of its row."""
        at = sheets.FIRST_ROW + row
        series = Series(Reference(self.sheet, column + 1, at))
        name = self.sheet.title.replace("'", "''")
        series.tx = SeriesLabel(strRef=StrRef(f"'{name}'!$A${at}"))
        return series


def _bars(chart: Bars, table: Table) -> BarChart:
    """Set the parts end to end, and the whole as a frame around them."""
    bars = chart.bars
    reach = [Money(0), *(bar.length for bar in bars), *(bar.whole or bar.length for bar in bars)]
    parts = [table.column(at) for at in chart.parts]
    for part, hue in zip(parts, PART_HUES, strict=False):
        _fill(part, HUES[hue - 1])
    drawn = _bar_chart(table, chart.label, parts, reach)
    drawn.gapWidth, drawn.height = 90, 3 + len(bars)
    if chart.whole is not None and any(bar.whole is not None for bar in bars):
        drawn += _frame(_bar_chart(table, chart.label, [table.column(chart.whole)], reach))
    return drawn


def _stacked(chart: StackedBar, table: Table) -> BarChart:
    """Set all parts end to end in one bar, each named by its own row."""
    parts, hue = [], 0
    for at, part in enumerate(chart.parts):
        parts.append(table.cell(at, 2))
        hue += part.is_certain
        if part.is_certain:
            _fill(parts[-1], HUES[hue - 1])
        else:
            _hatch(parts[-1])
    reach = [Money(0), Money.total(max(part.amount, Money(0)) for part in chart.parts)]
    drawn = _bar_chart(table, None, parts, reach)
    drawn.gapWidth, drawn.height = 40, 7
    drawn.x_axis.delete = True
    return drawn


def _bullets(chart: Bullets, table: Table) -> BarChart:
    """Lay what is spent over what is expected, and the budget as a frame around both."""
    reach = [Money(0)]
    for row in chart.rows:
        reach += [row.spent, row.forecast or row.spent, row.budget or row.spent]
    forecast, spent, budget = (table.column(at) for at in (3, 2, 1))
    _fill(forecast, HUES[4])
    _fill(spent, HUES[0])
    drawn = _bar_chart(table, 0, [forecast, spent], reach, grouping="clustered")
    drawn.gapWidth, drawn.height = 90, 3 + len(chart.rows)
    drawn += _frame(_bar_chart(table, 0, [budget], reach))
    return drawn


def _lines(chart: Steps | Trend, table: Table) -> LineChart:
    """Draw a line for each column, dashed in the months that are expected only."""
    drawn = LineChart()
    count = len(table.section.columns) - 1
    drawn.series = [table.column(1 + at) for at in range(count)]
    drawn.set_categories(table.names(0))
    drawn.height = 9
    _show_axes(drawn)
    drawn.x_axis.tickLblPos = "low"
    drawn.y_axis.number_format = "#,##0"
    for at, series in enumerate(drawn.series):
        series.smooth = False
        hue, width = STROKES[at]
        series.graphicalProperties.line = _stroke(hue, width)
        known = known_months(chart, chart.lines[at]) if isinstance(chart, Steps) else None
        if known is not None:
            series.data_points = [
                DataPoint(idx=month, spPr=GraphicalProperties(ln=_stroke(hue, width, "dash")))
                for month in range(known, len(chart.months))
            ]
    return drawn


def _timeline(chart: Timeline, table: Table, language: str) -> LineChart:
    """Mark the days of every milestone, and join them: the longer the line, the larger the slip."""
    drawn, count = LineChart(), len(table.section.columns)
    baseline, current, met = (table.column(count - at) for at in (4, 3, 2))
    drawn.series = [baseline, current, met]
    drawn.set_categories(table.names(count - 7))
    baseline.marker = _marker("circle", LINE, SOFT)
    current.marker = _marker("circle", INK, INK)
    met.marker = _marker("diamond", GOOD, GOOD)
    for series in drawn.series:
        series.smooth = False
        series.graphicalProperties.line.noFill = True
    drawn.hiLowLines = ChartLines(spPr=GraphicalProperties(ln=_stroke(ATTENTION, 2)))
    drawn.height = 10
    _show_axes(drawn)
    days = [day for row in chart.rows for day in (row.baseline, row.current, row.end)]
    drawn.y_axis.scaling.min = sheets.day_number(date(min(days).year, 1, 1))
    drawn.y_axis.scaling.max = sheets.day_number(date(max(days).year + 1, 1, 1))
    drawn.y_axis.number_format = figures.excel_format("DATE", language)
    return drawn


def _bar_chart(
    table: Table,
    label: int | None,
    series: list[Any],
    reach: Iterable[Money],
    grouping: Literal["stacked", "clustered"] = "stacked",
) -> BarChart:
    """Make bars on a scale that holds some amounts, the first row at the top."""
    bars, cents = BarChart(), [amount.cents for amount in reach]
    tick = tick_of(max(cents) - min(cents))
    bars.type, bars.grouping, bars.overlap = "bar", grouping, 100
    bars.series = series
    if label is not None:
        bars.set_categories(table.names(label))
    bars.x_axis.scaling.orientation = "maxMin"
    bars.x_axis.tickLblPos = "low"
    bars.y_axis.scaling.min = min(cents) // tick * tick // 100
    bars.y_axis.scaling.max = max(-(-max(cents) // tick), 1) * tick // 100
    bars.y_axis.majorUnit = tick // 100
    bars.y_axis.number_format = "#,##0"
    bars.y_axis.crosses = "max"
    _show_axes(bars)
    return bars


def _show_axes(chart: BarChart | LineChart) -> None:
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.legend = Legend(legendPos="t")


def _frame(whole: BarChart) -> BarChart:
    """Make bars frames that stand around others, on a pair of axes of their own."""
    whole.gapWidth = 50
    # A pair of its own, or it is set end to end with the others.
    whole.x_axis.axId, whole.y_axis.axId = 500, 200
    whole.x_axis.crossAx, whole.y_axis.crossAx = 200, 500
    whole.x_axis.delete = True
    whole.y_axis.number_format = ";;;"  # not seen; deleted, LibreOffice would forget the pair
    whole.y_axis.majorGridlines = None
    whole.series[0].graphicalProperties.noFill = True
    whole.series[0].graphicalProperties.line.solidFill = _colour(INK)
    return whole


def _fill(series: Any, hue: str) -> None:
    """Fill bars with a hue, with an outline by which they stand out from paper."""
    series.graphicalProperties.solidFill = _colour(hue)
    series.graphicalProperties.line.solidFill = _colour(SOFT)


def _hatch(series: Any) -> None:
    """Hatch bars: what they show is not certain."""
    series.graphicalProperties.pattFill = PatternFillProperties(
        prst="wdUpDiag",
        fgClr=_choice(STRONG),
        bgClr=_choice(PAPER),
    )
    series.graphicalProperties.line.solidFill = _colour(SOFT)


def _choice(hue: str) -> ColorChoice:
    choice = ColorChoice()
    choice.srgbClr = _colour(hue)
    return choice


def _marker(symbol: Literal["circle", "diamond"], fill: str, edge: str) -> Marker:
    looks = GraphicalProperties(solidFill=_colour(fill), ln=_stroke(edge, 1))
    return Marker(symbol=symbol, size=8, spPr=looks)


def _stroke(hue: str, points: int, dash: Literal["dash"] | None = None) -> LineProperties:
    return LineProperties(w=points * POINT, solidFill=_colour(hue), prstDash=dash)


def _title(text: str) -> Title:
    size = ParagraphProperties(defRPr=CharacterProperties(sz=1200, b=True))
    run = RegularTextRun(t=text)
    return Title(tx=Text(rich=RichText(p=[Paragraph(pPr=size, r=[run])])), overlay=False)


def _colour(hue: str) -> str:
    return hue.removeprefix("#").upper()
