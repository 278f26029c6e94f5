"""A version of the forecast as tables that can leave the tracker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports import words
from reports.model import Column, Kind, Section
from tracker.domain.forecasts import Against, quarter_code
from tracker.domain.money import Money
from tracker.domain.texts import stem_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.model import Report
    from reports.occasion import Occasion
    from tracker.domain.forecasts import Forecast
    from tracker.domain.variances import Comparison


def build(forecast: Forecast, comparisons: Sequence[Comparison], occasion: Occasion) -> Report:
    """Lay out a version in the reader's language, with its variances and why there are any."""
    _, language = words.gettext_for(occasion.language), occasion.language
    version = str(forecast.number)
    return occasion.report(
        "forecast",
        _("Forecast"),
        as_of=forecast.made_on,
        version=version,
        file_stem=stem_of(occasion.project_code, "forecast", forecast.made_on, f"v{version}"),
        about=(
            (_("Version"), version),
            (_("Made on"), forecast.made_on),
            (_("Made by"), forecast.made_by),
            (_("Reason"), forecast.reason),
            (_("Begins with"), quarter_code(forecast.first_day)),
            (_("State of the books"), occasion.ledger_state),
        ),
        sections=(
            _lines(forecast, language),
            *(_variances(forecast, each, language) for each in comparisons),
        ),
    )


def _lines(forecast: Forecast, language: str) -> Section:
    """Lay out the amounts themselves, as a table that can be brought in again."""
    _ = words.gettext_for(language)
    rows = tuple(
        (
            line.work_package,
            words.label(line.category, language),
            quarter_code(line.quarter),
            line.amount,
        )
        for line in forecast.lines
    )
    return Section(
        "lines",
        _("Forecast"),
        (
            Column(_("Work package"), width=16),
            Column(_("Category"), width=20),
            Column(_("Quarter"), width=12),
            Column(_("Amount"), Kind.MONEY, 16),
        ),
        rows,
        totals=(_("Total"), None, None, forecast.total) if rows else (),
        note=_("Amounts in euros, expected to be spent in each quarter."),
    )


def _variances(forecast: Forecast, comparison: Comparison, language: str) -> Section:
    """Lay out what differs, and what was said of it."""
    _ = words.gettext_for(language)
    is_budget = comparison.against is Against.BUDGET
    shown = comparison.shown
    rows = tuple(
        (
            row.work_package,
            words.label(row.category, language) if row.category else "",
            str(row.year or ""),
            row.expected,
            row.before,
            row.difference,
            " / ".join(comparison.explained(row, forecast.explanations)),
        )
        for row in shown
    )
    sums = (
        Money.total(row.expected for row in shown),
        Money.total(row.before for row in shown),
        Money.total(row.difference for row in shown),
    )
    return Section(
        f"against_{comparison.against}",
        _("Against the budget") if is_budget else _("Against the version before"),
        (
            Column(_("Work package"), width=16),
            Column(_("Category"), width=20),
            Column(_("Year"), width=8),
            Column(_("Expected"), Kind.MONEY, 16),
            Column(_("Budget") if is_budget else _("Before"), Kind.MONEY, 16),
            Column(_("Difference"), Kind.MONEY, 16, plus=(3,), minus=(4,)),
            Column(_("Explanation"), width=60),
        ),
        rows,
        totals=(_("Total"), None, None, *sums, None) if rows else (),
        note=_("Amounts in euros; only what differs. Expected is spent and forecast together."),
    )
