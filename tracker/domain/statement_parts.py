"""What a statement tells beside costs by category: hours, contributions, sources, changes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from tracker.domain.financing import Side
from tracker.domain.money import ZERO, Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from decimal import Decimal

    from tracker.domain.budgets import BudgetLine
    from tracker.domain.commitments import Form
    from tracker.domain.errors import Code
    from tracker.domain.labour import RateMethod


class HoursLine(NamedTuple):
    """Working time of a person in a month on a work package, all at one rate.

    Shape:  ``month`` is its first day; ``person`` is the code by which the books know somebody.
            Time that was taken back is negative. ``charged`` is what of ``amount`` this award
            pays, and is told alone where it changed in another period than the time itself.
    Units:  ``time`` in hours, or days where ``method`` counts these; ``rate`` in euros of one,
            rounded to four decimals, while ``amount`` comes from the exact rate.
    """

    person: str
    month: date
    work_package: str
    method: RateMethod
    time: Decimal
    rate: Decimal
    amount: Money
    charged: Money


class InKindLine(NamedTuple):
    """Hours that a partner contributed on a day; never money.

    Shape:  ``signed_on`` is the day of the contributor's signature, ``None`` without one: then
            they do not count yet. What was taken back is negative.
    Units:  ``rate`` in euros of an hour; ``value`` is hours × rate, ``charged`` what of it this
            award counts.
    """

    key: str
    partner: str
    worked_on: date
    work_package: str
    description: str
    hours: Decimal
    rate: Decimal
    value: Money
    charged: Money
    signed_on: date | None


@dataclass(frozen=True, slots=True)
class SourceSum:
    """What pays for the project: one commitment of this funder, or those of others together.

    Shape:  ``commitment`` and ``reference`` are empty for others, who are never named: each sum
            of theirs is of two funders at least. ``sides`` and ``forms`` are what it adds up.
    Units:  ``received`` and ``charged`` up to the end of the period.
    """

    sides: tuple[Side, ...]
    forms: tuple[Form, ...]
    committed: Money
    received: Money
    charged: Money
    commitment: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class SourcePart:
    """What one commitment of another funder brings; it goes into a sum, and nowhere else."""

    funder_id: int
    side: Side
    form: Form
    committed: Money
    received: Money
    charged: Money


FEWEST: Final = 2
"""Funders that a sum must be of, so that it does not tell what a single one pays."""


def told_together(parts: Iterable[SourcePart]) -> tuple[SourceSum, ...]:
    """Add up what other funders bring, so far apart as no single one is told by it.

    Shape:  by side and form; both forms of a side together where one of them would tell a
            funder; sides together likewise; nothing at all where there is only one other funder.
    """
    found = [part for part in parts if part.committed or part.received or part.charged]
    by_side = {side: [part for part in found if part.side is side] for side in Side}
    filled = {side: known for side, known in by_side.items() if known}
    small = [side for side, known in filled.items() if _is_few(known)]
    if small:
        small += _to_hide_among(small, filled)
    if small and _is_few([part for side in small for part in filled[side]]):
        return ()
    apart = [
        group for side, known in filled.items() if side not in small for group in _forms(known)
    ]
    pooled = [part for part in found if part.side in small]
    return tuple(_sum(group) for group in [*apart, *([pooled] if pooled else [])])


def _to_hide_among(small: Sequence[Side], filled: dict[Side, list[SourcePart]]) -> list[Side]:
    """Choose the sides that small ones must be added to: none where they are enough together."""
    chosen: list[Side] = []
    for side in filled:
        if not _is_few([part for one in [*small, *chosen] for part in filled[one]]):
            break
        if side not in small:
            chosen.append(side)
    return chosen


def _forms(parts: list[SourcePart]) -> list[list[SourcePart]]:
    forms = sorted({part.form for part in parts})
    apart = [[part for part in parts if part.form is form] for form in forms]
    return [parts] if any(_is_few(group) for group in apart) else apart


def _is_few(parts: Iterable[SourcePart]) -> bool:
    return len({part.funder_id for part in parts}) < FEWEST


def _sum(parts: Sequence[SourcePart]) -> SourceSum:
    sides, forms = {part.side for part in parts}, {part.form for part in parts}
    return SourceSum(
        tuple(side for side in Side if side in sides),
        tuple(sorted(forms)),
        Money.total(part.committed for part in parts),
        Money.total(part.received for part in parts),
        Money.total(part.charged for part in parts),
    )


LAST_DAY: Final = (12, 31)
"""Month and day on which a year ends."""


def budgeted_until(lines: Iterable[BudgetLine], day: date) -> dict[str, Money] | None:
    """Add up by category what a budget sets aside for the years up to a day.

    Shape:  ``None`` where it does not tell years apart, or where the day is not the last of one.
    """
    known = tuple(lines)
    if not known or (day.month, day.day) != LAST_DAY or any(not line.year for line in known):
        return None
    planned = dict.fromkeys((line.category for line in known), ZERO)
    for line in known:
        if line.year <= day.year:
            planned[line.category] += line.amount
    return planned


class ChangeOf(StrEnum):
    """What is different from the last report."""

    AWARD = "changed_award"
    BUDGET = "changed_budget"
    RECEIVED = "changed_received"
    STATUS = "changed_status"
    FIRST_DAY = "changed_first_day"
    LAST_DAY = "changed_last_day"
    MILESTONE = "changed_milestone"
    MILESTONE_DAY = "changed_milestone_day"
    MILESTONE_STANDING = "changed_milestone_standing"
    WAIVER = "changed_waiver"


@dataclass(frozen=True, slots=True)
class ChangedAmount:
    """An amount that is another one than in the last report; ``None`` where there was none.

    Shape:  ``about`` is the category of a budget, and empty for the award.
    """

    of: ChangeOf
    about: str
    before: Money | None
    now: Money | None


@dataclass(frozen=True, slots=True)
class ChangedTerm:
    """A day, a status or a waiver that is another one than in the last report.

    Shape:  ``about`` is the code of a milestone or the rule that is waived; ``None`` where there
            was, or is, nothing.
    """

    of: ChangeOf
    about: str
    title: str
    before: date | Code | None
    now: date | Code | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """All that is different from the last report, costs apart: those are told by category."""

    amounts: tuple[ChangedAmount, ...]
    terms: tuple[ChangedTerm, ...]
