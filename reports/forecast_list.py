"""A version of the forecast as tables that can leave the tracker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports import words
from reports.model import Column, Kind, Report, Section
from tracker.domain.forecasts import Against, quarter_code
from tracker.domain.money import Money

if TYPE_CHECKING:
    from datetime import date

    from tracker.domain.forecasts import Forecast
    from tracker.domain.variances import Comparison


@dataclass(frozen=True, slots=True)
class ForecastFacts:
    """What is told of a version: itself, what it is compared with, and the state of the books."""

    project_code: str
    project_name: str
    language: str
    made_on: date
    author: str
    ledger_state: str
    note: str
    forecast: Forecast
    comparisons: tuple[Comparison, ...]


def build(facts: ForecastFacts) -> Report:
    """Lay out a version in the reader's language, with its variances and why there are any."""
    _ = words.gettext_for(facts.language)
    forecast = facts.forecast
    version = str(forecast.number)
    return Report(
        slug="forecast",
        title=_("Forecast"),
        subtitle=f"{facts.project_code} · {facts.project_name}",
        language=facts.language,
        file_stem=f"{facts.project_code}_forecast_{forecast.made_on.isoformat()}_v{version}",
        as_of=forecast.made_on,
        made_on=facts.made_on,
        author=facts.author,
        version=version,
        ledger_state=facts.ledger_state,
        note=_(facts.note) if facts.note else "",
        about=(
            (_("Version"), version),
            (_("Made on"), forecast.made_on),
            (_("Made by"), forecast.made_by),
            (_("Reason"), forecast.reason),
            (_("Begins with"), quarter_code(forecast.first_day)),
            (_("State of the books"), facts.ledger_state),
        ),
        sections=(lines_of(facts), *(_variances(facts, each) for each in facts.comparisons)),
    )


def lines_of(facts: ForecastFacts) -> Section:
    """Lay out the amounts themselves, as a table that can be brought in again."""
    _ = words.gettext_for(facts.language)
    rows = tuple(
        (
            line.work_package,
            words.label(line.category, facts.language),
            quarter_code(line.quarter),
            line.amount,
        )
        for line in facts.forecast.lines
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
        totals=(_("Total"), None, None, facts.forecast.total) if rows else (),
        note=_("Amounts in euros, expected to be spent in each quarter."),
    )


def _variances(facts: ForecastFacts, comparison: Comparison) -> Section:
    """Lay out what differs, and what was said of it."""
    _ = words.gettext_for(facts.language)
    is_budget = comparison.against is Against.BUDGET
    shown = comparison.shown
    rows = tuple(
        (
            row.work_package,
            words.label(row.category, facts.language) if row.category else "",
            str(row.year or ""),
            row.expected,
            row.before,
            row.difference,
            " / ".join(comparison.explained(row, facts.forecast.explanations)),
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
