"""The hours: who worked when on what, at which rate, and what of it a commitment pays."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from reports import figures, words
from reports.checks import Tied, checks_of
from reports.commitment_head import headed
from reports.declaration import declaration
from reports.hours_lines import hours_lines
from reports.model import Cell, Column, Kind, Section, Sum
from tracker.domain.labour import TimeUnit
from tracker.domain.money import Money
from tracker.domain.texts import mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reports.model import Report
    from tracker.domain.statement_parts import HoursLine
    from tracker.domain.statements import StatementFacts

TITLE: Final = mark("Hours")
CHARGED: Final = 4  # where the tables of sums tell what was charged
OF_LIST: Final = 8  # where the list does


def build(facts: StatementFacts) -> Report:
    """Lay out the working time among the costs of a period, in the funder's language.

    Errors: ``TrackerError`` if one of the checks of the facts does not come to zero.
    """
    _ = words.gettext_for(facts.language)
    sums = (
        _sums("by_person", _("Hours by person"), _("Person"), _people(facts), facts.language),
        _sums(
            "by_package",
            _("Hours by work package"),
            _("Work package"),
            _packages(facts),
            facts.language,
        ),
        _sums("by_month", _("Hours by month"), _("Month"), _months(facts), facts.language),
    )
    return headed(
        facts,
        "hours",
        TITLE,
        sections=(
            *sums,
            hours_lines(facts),
            declaration(facts),
            checks_of(facts, _tied(facts)),
        ),
    )


def _people(facts: StatementFacts) -> list[tuple[str, HoursLine]]:
    return sorted(((line.person, line) for line in facts.hours), key=lambda found: found[0])


def _packages(facts: StatementFacts) -> list[tuple[str, HoursLine]]:
    _ = words.gettext_for(facts.language)
    none = _("No work package")
    found = sorted(facts.hours, key=lambda line: (not line.work_package, line.work_package))
    return [(line.work_package or none, line) for line in found]


def _months(facts: StatementFacts) -> list[tuple[str, HoursLine]]:
    found = sorted(facts.hours, key=lambda line: line.month)
    return [(figures.month(line.month, facts.language), line) for line in found]


def _sums(
    key: str, title: str, by: str, found: Iterable[tuple[str, HoursLine]], language: str
) -> Section:
    """Add working time up, in the order in which it is found; hours and days stay apart."""
    _ = words.gettext_for(language)
    groups: dict[str, list[HoursLine]] = defaultdict(list)
    for name, line in found:
        groups[name].append(line)
    return Section(
        key,
        title,
        (
            Column(by, width=30),
            Column(_("Hours"), Kind.NUMBER, 14),
            Column(_("Days"), Kind.NUMBER, 14),
            Column(_("Amount"), Kind.MONEY, 18),
            Column(_("Charged"), Kind.MONEY, 18),
        ),
        tuple((name, *_added(lines)) for name, lines in groups.items()),
        (_("Total"), *_added([line for lines in groups.values() for line in lines])),
        _("Amounts in euros."),
    )


def _added(lines: Sequence[HoursLine]) -> tuple[Fraction, Fraction, Money, Money]:
    """Add up hours, days, their amount and what of it is charged."""
    hours, days = (
        sum((Fraction(line.time) for line in lines if line.method.unit is unit), Fraction(0))
        for unit in (TimeUnit.HOURS, TimeUnit.DAYS)
    )
    return (
        hours,
        days,
        Money.total(line.amount for line in lines),
        Money.total(line.charged for line in lines),
    )


def _tied(facts: StatementFacts) -> list[Tied]:
    """Say that each table of sums comes to what the list does."""
    _ = words.gettext_for(facts.language)
    told = {
        "by_person": _("Hours by person, and the list of hours"),
        "by_package": _("Hours by work package, and the list of hours"),
        "by_month": _("Hours by month, and the list of hours"),
    }
    charged = Money.total(line.charged for line in facts.hours)
    return [
        Tied(what, charged, Sum((Cell(key, None, CHARGED),)), Sum((Cell("hours", None, OF_LIST),)))
        for key, what in told.items()
    ]
