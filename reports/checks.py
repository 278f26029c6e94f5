"""The checks of a report of a commitment: figures that were worked out in two ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from reports import words
from reports.model import Column, Kind, Section, Sum
from tracker.domain.errors import TrackerError
from tracker.domain.money import ZERO, Money

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reports.model import Row
    from tracker.domain.statements import StatementFacts

KEY: Final = "checks"


class Tied(NamedTuple):
    """A figure of the report itself, and the two places of the report that both come to it."""

    what: str
    amount: Money
    found: Sum
    expected: Sum


def refuse_what_does_not_tie(facts: StatementFacts) -> None:
    """Refuse facts of which two figures that must be the same are not.

    Errors: ``TrackerError`` with both figures.
    """
    for check in facts.checks:
        if check.difference:
            raise TrackerError(
                "The statement does not tie, and is not made. {what}: {found} against {expected}.",
                "Run “tracker check”: it names every figure that differs.",
                what=words.say(check.what, facts.language),
                found=check.found,
                expected=check.expected,
            )


def checks_of(facts: StatementFacts, tied: Sequence[Tied]) -> Section:
    """Lay out the checks of the facts, and those of the report's own sections on one another.

    Errors: ``TrackerError`` if one of the facts does not come to zero.
    """
    refuse_what_does_not_tie(facts)
    rows: list[Row] = [
        (words.say(check.what, facts.language), check.found, check.expected, check.difference)
        for check in facts.checks
    ]
    ties: dict[tuple[int, int], Sum] = {}
    for one in tied:
        ties[len(rows), 1], ties[len(rows), 2] = one.found, one.expected
        rows.append((one.what, one.amount, one.amount, ZERO))
    return section_of(rows, facts.language, ties)


def section_of(
    rows: Sequence[Row], language: str, ties: Mapping[tuple[int, int], Sum] | None = None
) -> Section:
    """Lay out checks, whatever they compare: what, found, expected, and the difference."""
    _ = words.gettext_for(language)
    return Section(
        KEY,
        _("Checks"),
        (
            Column(_("What is compared"), width=64),
            Column(_("Found"), Kind.MONEY, 18),
            Column(_("Expected"), Kind.MONEY, 18),
            Column(_("Difference"), Kind.MONEY, 18, plus=(1,), minus=(2,)),
        ),
        tuple(rows),
        (_("All differences together"), None, None, ZERO),
        _("Amounts in euros. Figures worked out in two ways; every difference is nil."),
        ties=ties or {},
    )
