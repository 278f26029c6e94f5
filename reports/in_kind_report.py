"""Contributions in kind: what partners brought in hours, and whether it is signed for."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from reports import words
from reports.checks import Tied, checks_of
from reports.commitment_head import headed
from reports.declaration import declaration
from reports.hours_lines import contribution_lines
from reports.model import Cell, Column, Kind, Section, Sum
from tracker.domain.money import Money
from tracker.domain.texts import mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.model import Report
    from tracker.domain.statement_parts import InKindLine
    from tracker.domain.statements import StatementFacts

TITLE: Final = mark("Contributions in kind")
OF_SUMS: Final = 5  # where the tables of sums tell what this commitment counts
OF_LIST: Final = 8  # where the list does


def build(facts: StatementFacts) -> Report:
    """Lay out what partners contributed in a period, in the funder's language.

    Errors: ``TrackerError`` if one of the checks of the facts does not come to zero.
    """
    _ = words.gettext_for(facts.language)
    partners, packages = defaultdict(list), defaultdict(list)
    for line in facts.contributions:
        partners[line.partner].append(line)
        packages[line.work_package or _("No work package")].append(line)
    return headed(
        facts,
        "in_kind",
        TITLE,
        sections=(
            _sums("by_partner", _("By partner"), _("Partner"), partners, facts),
            _sums("by_package", _("By work package"), _("Work package"), packages, facts),
            contribution_lines(facts),
            declaration(facts),
            checks_of(facts, _tied(facts)),
        ),
    )


def _sums(
    key: str, title: str, by: str, groups: dict[str, list[InKindLine]], facts: StatementFacts
) -> Section:
    """Add contributions up; what nobody signed for does not count towards co-financing yet."""
    _ = words.gettext_for(facts.language)
    return Section(
        key,
        title,
        (
            Column(by, width=30),
            Column(_("Hours"), Kind.NUMBER, 14),
            Column(_("Signed for"), Kind.MONEY, 18),
            Column(_("Not signed for yet"), Kind.MONEY, 18),
            Column(_("Value"), Kind.MONEY, 18, plus=(2, 3)),
            Column(_("Charged"), Kind.MONEY, 18),
        ),
        tuple((name, *_added(groups[name])) for name in sorted(groups)),
        (_("Total"), *_added(facts.contributions)),
        _("Value in euros; none of it is money."),
    )


def _added(lines: Sequence[InKindLine]) -> tuple[Fraction, Money, Money, Money, Money]:
    """Add up hours, what is signed for and what is not, their value, and what counts here."""
    signed = Money.total(line.value for line in lines if line.signed_on)
    value = Money.total(line.value for line in lines)
    return (
        sum((Fraction(line.hours) for line in lines), Fraction(0)),
        signed,
        value - signed,
        value,
        Money.total(line.charged for line in lines),
    )


def _tied(facts: StatementFacts) -> list[Tied]:
    """Say that each table of sums comes to what the list does."""
    _ = words.gettext_for(facts.language)
    told = {
        "by_partner": _("Contributions by partner, and the list of contributions"),
        "by_package": _("Contributions by work package, and the list of contributions"),
    }
    counted = Money.total(line.charged for line in facts.contributions)
    listed = Sum((Cell("contributions", None, OF_LIST),))
    return [
        Tied(what, counted, Sum((Cell(key, None, OF_SUMS),)), listed) for key, what in told.items()
    ]
