"""The hours behind the costs: of the facility's people, and of partners who contribute in kind."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from reports import figures, words
from reports.model import Column, Kind, LongSection
from tracker.domain.labour import TimeUnit
from tracker.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from reports.model import Row
    from tracker.domain.statements import StatementFacts


def hours_lines(facts: StatementFacts) -> LongSection:
    """List working time by person, month, work package and rate, and what this award pays of it."""
    _ = words.gettext_for(facts.language)
    hours = facts.hours
    return LongSection(
        "hours",
        _("Hours"),
        (
            Column(_("Person"), width=16),
            Column(_("Month"), width=12),
            Column(_("Work package"), width=12),
            Column(_("Method"), width=30),
            Column(_("Hours"), Kind.NUMBER, 11),
            Column(_("Days"), Kind.NUMBER, 11),
            Column(_("Rate"), Kind.NUMBER, 11),
            Column(_("Amount"), Kind.MONEY, 16),
            Column(_("Charged"), Kind.MONEY, 16),
        ),
        lambda: _hours(facts),
        len(hours),
        (
            _("Total"),
            *(None,) * 3,
            _together(one.time for one in hours if one.method.unit is TimeUnit.HOURS),
            _together(one.time for one in hours if one.method.unit is TimeUnit.DAYS),
            None,
            Money.total(one.amount for one in hours),
            Money.total(one.charged for one in hours),
        ),
        weight=8,
        note=_(
            "Amounts in euros. Rates are of an hour or a day, here with four decimals at most;"
            " amounts come from the exact rate, with the overhead on it."
        ),
    )


def _hours(facts: StatementFacts) -> Iterator[Row]:
    for one in facts.hours:
        in_days = one.method.unit is TimeUnit.DAYS
        time = Fraction(one.time)
        yield (
            one.person,
            figures.month(one.month, facts.language),
            one.work_package,
            words.label(one.method, facts.language),
            None if in_days else time,
            time if in_days else None,
            Fraction(one.rate),
            one.amount,
            one.charged,
        )


def contribution_lines(facts: StatementFacts) -> LongSection:
    """List partners' hours by partner and day, and what this award counts of their value."""
    _ = words.gettext_for(facts.language)
    told = facts.contributions
    return LongSection(
        "contributions",
        _("Contributions in kind"),
        (
            Column(_("Ledger key"), width=34),
            Column(_("Partner"), width=24),
            Column(_("Day"), Kind.DATE, 14),
            Column(_("Work package"), width=14),
            Column(_("What was done"), width=36),
            Column(_("Hours"), Kind.NUMBER, 11),
            Column(_("Rate"), Kind.NUMBER, 11),
            Column(_("Value"), Kind.MONEY, 16),
            Column(_("Charged"), Kind.MONEY, 16),
            Column(_("Signed on"), Kind.DATE, 14),
        ),
        lambda: _contributions(facts),
        len(told),
        (
            _("Total"),
            *(None,) * 4,
            _together(one.hours for one in told),
            None,
            Money.total(one.value for one in told),
            Money.total(one.charged for one in told),
            None,
        ),
        weight=8,
        note=_(
            "Amounts in euros, and never money: the value of hours that partners worked. Without"
            " the contributor's signature they do not count as co-financing yet."
        ),
    )


def _contributions(facts: StatementFacts) -> Iterator[Row]:
    for one in facts.contributions:
        yield (
            one.key,
            one.partner,
            one.worked_on,
            one.work_package,
            " ".join(one.description.split()),
            Fraction(one.hours),
            Fraction(one.rate),
            one.value,
            one.charged,
            one.signed_on,
        )


def _together(times: Iterable[Decimal]) -> Fraction:
    return sum((Fraction(time) for time in times), Fraction(0))
