"""The list of costs that a commitment paid for, as every report that has one lists them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from reports import words
from reports.model import Column, Kind, LongSection
from tracker.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reports.model import Row
    from tracker.domain.statements import StatementFacts


def cost_lines(facts: StatementFacts) -> LongSection:
    """List what was charged in the period and of its adjustments, by the day it was incurred."""
    _ = words.gettext_for(facts.language)
    marks = (Column(_("Adjustment of"), width=14),) if facts.adjustments else ()
    return LongSection(
        "lines",
        _("Cost lines"),
        (
            Column(_("Ledger key"), width=20),
            Column(_("Incurred on"), Kind.DATE, 14),
            Column(_("Booked on"), Kind.DATE, 13),
            Column(_("Supplier"), width=26),
            Column(_("Document"), width=16),
            Column(_("Description"), width=36),
            Column(_("Category"), width=20),
            Column(_("Work package"), width=13),
            Column(_("Account"), width=11),
            Column(_("Amount of the line"), Kind.MONEY, 16),
            Column(_("Charged"), Kind.MONEY, 16),
            *marks,
        ),
        lambda: _rows_of(facts),
        facts.line_count,
        (_("Total"), *(None,) * 9, facts.listed, *(None for _mark in marks)),
        weight=10,
        note=_("Amounts in euros. Costs charged in the period, by the day they were incurred."),
    )


def _rows_of(facts: StatementFacts) -> Iterator[Row]:
    categories = cache(lambda code: words.label(code, facts.language))
    for line in facts.lines():
        yield (
            line.key,
            line.incurred_on,
            line.booked_on,
            _on_one_line(line.supplier),
            line.document,
            _on_one_line(line.description),
            categories(line.category),
            line.work_package,
            line.account,
            Money(line.amount),
            Money(line.charged),
            *((line.adjusts or None,) if facts.adjustments else ()),
        )


def _on_one_line(text: str) -> str:
    return " ".join(text.split()) if "\n" in text else text
