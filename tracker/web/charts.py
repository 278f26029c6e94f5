"""Charts on pages: in the reader's language, their parts leading to what they show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for

from reports import charts_made, charts_steps, charts_table, to_html
from tracker.domain.money import ZERO
from tracker.web.language import language

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from flask import Flask
    from markupsafe import Markup

    from reports.charts import Chart, StackedBar, Timeline, Trend
    from reports.model import Section
    from tracker.domain.commitments import Commitment
    from tracker.domain.milestones import Milestone
    from tracker.domain.money import Money

BAR = 1000  # units in the whole width of a bar


def init_app(app: Flask) -> None:
    """Give the templates what they draw charts with."""
    app.jinja_env.globals.update(fill=fill, bar_width=BAR)
    app.jinja_env.filters.update(drawn=drawn, tabled=tabled, trend_said=trend_said)


def drawn(chart: Chart) -> Markup:
    """Draw a chart in the reader's language."""
    return to_html.drawing(chart, language())


def tabled(chart: Chart) -> Section:
    """Give the table of a chart in the reader's language."""
    return charts_table.table_of(chart, language())


def trend_said(chart: Trend) -> str:
    """Say a trend in the reader's language."""
    return charts_steps.trend_in_words(chart, language())


def fill(part: Money, whole: Money) -> int:
    """Tell how far a bar of the whole is filled, from 0 to ``BAR``."""
    if whole <= ZERO or part <= ZERO:
        return 0
    return min(BAR, part.cents * BAR // whole.cents)


def funding_by_source(commitments: Iterable[Commitment]) -> StackedBar | None:
    """Show who funds the project; each funder leads to its commitments."""
    return charts_made.funding_by_source(
        commitments,
        language(),
        address=lambda funder: url_for("commitments.show_list", funder=funder),
    )


def timeline(milestones: Sequence[Milestone], today: date) -> Timeline | None:
    """Show milestones over the years, each leading to its page; nothing without milestones."""
    return charts_made.milestones_over_time(
        milestones,
        today,
        language(),
        address=lambda milestone: url_for("milestones.show", code=milestone.code),
    )
