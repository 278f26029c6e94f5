"""What a chart says, as a table: in words and exact figures, for who cannot see it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from reports import figures, words
from reports.charts import Bars, Bullets, StackedBar, Steps, Timeline, Trend
from reports.model import Column, Kind, Section

if TYPE_CHECKING:
    from reports.charts import Chart
    from reports.model import Row
    from tracker.domain.money import Money


def table_of(chart: Chart, language: str) -> Section:
    """Give the table of a chart, by the name of the chart.

    Shape:  headings are the titles of its columns; the rows are in the order in which they are
            drawn. A report shows this section where it shows the chart.
    """
    match chart:
        case Bars():
            return chart.section
        case StackedBar():
            return _parts(chart, language)
        case Bullets():
            return _bullets(chart, language)
        case Steps():
            lines = [(one.label, one.amounts) for one in chart.lines]
            return _months(chart, lines, language)
        case Trend():
            return _months(chart, [(chart.title, chart.amounts)], language)
        case Timeline():
            return _days(chart, language)


def _parts(chart: StackedBar, language: str) -> Section:
    _ = words.gettext_for(language)
    whole = chart.whole
    return Section(
        chart.name,
        chart.title,
        (
            Column(_("Name"), width=36),
            Column(_("Certainty"), width=24),
            Column(_("Amount"), Kind.MONEY, 18),
            Column(_("Share"), Kind.SHARE, 12),
        ),
        tuple(
            (
                part.label,
                _("Binding") if part.is_certain else _("Not binding yet"),
                part.amount,
                Decimal(part.amount.cents) / Decimal(whole.cents) if whole else None,
            )
            for part in chart.parts
        ),
        (_("Total"), None, whole, None),
        note=_("Amounts in euros."),
    )


def _bullets(chart: Bullets, language: str) -> Section:
    _ = words.gettext_for(language)
    return Section(
        chart.name,
        chart.title,
        (
            Column(_("What"), width=32),
            Column(_("Budget"), Kind.MONEY, 18),
            Column(_("Spent"), Kind.MONEY, 18),
            Column(_("Expected at the end"), Kind.MONEY, 18),
            Column(_("Budget − expected"), Kind.MONEY, 18, plus=(1,), minus=(3,)),
        ),
        tuple(
            (
                row.label,
                row.budget,
                row.spent,
                row.forecast,
                None if row.budget is None or row.forecast is None else row.budget - row.forecast,
            )
            for row in chart.rows
        ),
        note=_("Amounts in euros."),
    )


def _months(
    chart: Steps | Trend, lines: list[tuple[str, tuple[Money, ...]]], language: str
) -> Section:
    _ = words.gettext_for(language)
    rows: list[Row] = [
        (figures.month(month, language), *(amounts[at] for _label, amounts in lines))
        for at, month in enumerate(chart.months)
    ]
    return Section(
        chart.name,
        chart.title,
        (
            Column(_("Month"), width=14),
            *(Column(figures.as_text(label, ""), Kind.MONEY, 20) for label, _amounts in lines),
        ),
        tuple(rows),
        note=_("Amounts in euros at the end of each month."),
    )


def _days(chart: Timeline, language: str) -> Section:
    _ = words.gettext_for(language)
    named = any(chart.groups)
    group = (Column(_("Project"), width=14),) if named else ()
    rows: list[Row] = [
        (
            *((name,) if named else ()),
            row.code,
            row.title,
            words.label(row.standing, language),
            row.baseline,
            row.current,
            row.met_on,
            row.slip,
        )
        for name, found in chart.groups.items()
        for row in found
    ]
    return Section(
        chart.name,
        chart.title,
        (
            *group,
            Column(_("Code"), width=10),
            Column(_("Milestone"), width=38),
            Column(_("Standing"), width=18),
            Column(_("Baseline"), Kind.DATE, 17),
            Column(_("Current date"), Kind.DATE, 17),
            Column(_("Met"), Kind.DATE, 14),
            Column(_("Slip in days"), Kind.COUNT, 12),
        ),
        tuple(rows),
    )
