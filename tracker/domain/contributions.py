"""Contributions in kind: partners' hours, and what must be signed before they count."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tracker.domain.errors import RuleViolation
from tracker.domain.money import ZERO, Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from tracker.domain.costs import InKindRow


@dataclass(frozen=True, slots=True)
class Declaration:
    """A contributor's signed statement over the hours of a period, with its evidence."""

    id: int
    partner: str
    first_day: date
    last_day: date
    method: str
    signed_by: str
    signed_on: date
    document_id: int
    entered_by: str

    def covers(self, partner: str, day: date) -> bool:
        """Whether it vouches for a partner's hours of a day."""
        return self.partner == partner and self.first_day <= day <= self.last_day


@dataclass(frozen=True, slots=True)
class NewDeclaration:
    """A signed statement as somebody enters it."""

    partner: str
    first_day: date
    last_day: date
    method: str
    signed_by: str
    signed_on: date


@dataclass(frozen=True, slots=True)
class Contribution:
    """Hours of a partner on a day: a cost line that is never money.

    Shape:  without a ``declaration`` that covers the day it does not count yet.
    """

    line_id: int
    key: str
    partner: str
    worked_on: date
    work_package: str
    hours: Decimal
    rate: Decimal
    value: Money
    description: str
    declaration: Declaration | None = None

    @property
    def counts(self) -> bool:
        """Whether it counts towards co-financing: method, evidence and signature are there."""
        return self.declaration is not None


@dataclass(frozen=True, slots=True)
class ContributionSum:
    """What a partner contributed in a year: what counts, and what does not yet.

    Shape:  ``unsigned_days`` are the first and last day that no declaration covers, if any.
    """

    partner: str
    year: int
    hours: Decimal
    counted: Money
    waiting: Money
    unsigned_days: tuple[date, date] | None

    @property
    def value(self) -> Money:
        """All that was contributed."""
        return self.counted + self.waiting


def covering(declarations: Iterable[Declaration], partner: str, day: date) -> Declaration | None:
    """Find the signed statement that vouches for a partner's hours of a day; the newest one."""
    found = [each for each in declarations if each.covers(partner, day)]
    return max(found, key=lambda each: (each.signed_on, each.id), default=None)


def sums_of(contributions: Iterable[Contribution]) -> tuple[ContributionSum, ...]:
    """Add contributions up by partner and year, in that order."""
    by: dict[tuple[str, int], list[Contribution]] = {}
    for each in contributions:
        by.setdefault((each.partner, each.worked_on.year), []).append(each)
    return tuple(_sum(partner, year, by[partner, year]) for partner, year in sorted(by))


def _sum(partner: str, year: int, found: Sequence[Contribution]) -> ContributionSum:
    unsigned = [each.worked_on for each in found if not each.counts]
    return ContributionSum(
        partner,
        year,
        hours=sum((each.hours for each in found), Decimal(0)),
        counted=Money.total(each.value for each in found if each.counts),
        waiting=Money.total(each.value for each in found if not each.counts),
        unsigned_days=(min(unsigned), max(unsigned)) if unsigned else None,
    )


def check_declaration(new: NewDeclaration, today: date) -> None:
    """Refuse a statement that cannot vouch for its period.

    Errors: ``RuleViolation`` at the field.
    Source: domain rule 17: method, evidence and the contributor's dated signature.
    """
    for field, text in (("method", new.method), ("signed_by", new.signed_by)):
        if not text.strip():
            raise RuleViolation(
                "A declaration says by which method the hours are valued, and who signed.",
                "Fill it in.",
                field=field,
            )
    if new.last_day < new.first_day:
        raise RuleViolation(
            "The period would end on {last}, before it begins on {first}.",
            "Correct one of the days.",
            field="last_day",
            first=new.first_day,
            last=new.last_day,
        )
    if new.signed_on > today:
        raise RuleViolation(
            "{day} is still to come.",
            "Enter the date beside the signature.",
            field="signed_on",
            day=new.signed_on,
        )
    if new.signed_on < new.last_day:
        raise RuleViolation(
            "It was signed on {signed}, before the period ended on {last}: nobody vouches for"
            " hours that are still to be worked.",
            "End the period on {signed} at the latest; the days after it need another signature.",
            field="last_day",
            signed=new.signed_on,
            last=new.last_day,
        )


def check_partner(partner: str, known: Iterable[str]) -> None:
    """Refuse a partner without a name, or one that is known under another spelling.

    Errors: ``RuleViolation`` on field ``partner``.
    """
    if not partner:
        raise RuleViolation("A contribution is somebody's.", "Name the partner.", field="partner")
    for name in known:
        if name != partner and _folded(name) == _folded(partner):
            raise RuleViolation(
                "“{partner}” is known as “{name}”.",
                "Write the name as it is known, so that the hours add up.",
                field="partner",
                partner=partner,
                name=name,
            )


def _folded(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def check_contribution(row: InKindRow, today: date) -> None:
    """Refuse hours that cannot have been worked, or that are worth nothing.

    Errors: ``RuleViolation`` at the field.
    """
    if row.worked_on > today:
        raise RuleViolation(
            "{day} is still to come.",
            "Enter the day on which the hours were worked.",
            field="worked_on",
            day=row.worked_on,
        )
    if row.hours <= 0:
        raise RuleViolation(
            "A contribution has hours.", "Enter how many were worked.", field="hours"
        )
    if row.value <= ZERO:
        raise RuleViolation(
            "These hours would be worth {value}.",
            "Enter the rate of an hour, in euros.",
            field="rate",
            value=row.value,
        )
    if not row.description.strip():
        raise RuleViolation(
            "A contribution says what was done.",
            "Describe the work in a few words.",
            field="description",
        )
