"""Budgets in versions: what each sets aside, what it moves, and when the funder must agree."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from tracker.domain.errors import Code, RuleViolation, Sentence
from tracker.domain.money import ZERO, Money

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date
    from typing import TypeAlias

    Key: TypeAlias = tuple[str, str, int]  # category, work package, year


class Detail(StrEnum):
    """What a budget tells apart besides the category."""

    CATEGORY = "by_category"
    WORK_PACKAGE = "by_work_package"
    YEAR = "by_year"
    BOTH = "by_work_package_and_year"


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """An amount of a budget; an empty work package and year 0 mean that they are not told apart."""

    category: str
    work_package: str
    year: int
    amount: Money

    @property
    def key(self) -> Key:
        """What the amount is for."""
        return self.category, self.work_package, self.year


@dataclass(frozen=True, slots=True)
class BudgetVersion:
    """A version of a budget with its lines.

    Shape:  ``counts`` unless its amendment is not confirmed; ``is_agreed`` where the funder has
            said so: with the award, by an amendment or by a document.
    """

    id: int
    number: int
    made_on: date
    reason: str
    entered_by: str
    document_id: int | None
    amendment: int | None
    counts: bool
    lines: tuple[BudgetLine, ...]

    @property
    def total(self) -> Money:
        """Everything that the version sets aside."""
        return Money.total(line.amount for line in self.lines)

    @property
    def by_category(self) -> dict[str, Money]:
        """What it sets aside by category."""
        return {category: amount for (category, _, _), amount in _sums(self.lines, coarse=True)}

    @property
    def detail(self) -> Detail:
        """What it tells apart."""
        return detail_of(self.lines)

    @property
    def is_agreed(self) -> bool:
        """Whether the funder agreed to exactly this."""
        agreed = self.number == 1 or self.amendment is not None or self.document_id is not None
        return self.counts and agreed


@dataclass(frozen=True, slots=True)
class NewBudget:
    """A version as somebody enters it.

    Shape:  ``based_on`` is the number of the newest version that they saw, 0 for none;
            ``amendment`` the key of the draft that it goes with, 0 for none.
    """

    made_on: date
    reason: str
    lines: tuple[BudgetLine, ...]
    based_on: int
    amendment: int = 0

    @property
    def total(self) -> Money:
        """Everything that it sets aside."""
        return Money.total(line.amount for line in self.lines)


@dataclass(frozen=True, slots=True)
class Move:
    """What a version does to one line of the version before it."""

    category: str
    work_package: str
    year: int
    before: Money
    after: Money

    @property
    def difference(self) -> Money:
        """After − before: negative for a line that money leaves."""
        return self.after - self.before

    @property
    def share_moved(self) -> Decimal | None:
        """The part of the line that left it; none for a line that grows or was empty."""
        if self.after >= self.before or not self.before:
            return None
        return Decimal(-self.difference.cents) / Decimal(self.before.cents)


@dataclass(frozen=True, slots=True)
class Virement:
    """What a programme says of moves within its budget, and whether that is waived.

    Shape:  no ``tolerance`` where it says nothing: then nothing is asked.
    """

    tolerance: Decimal | None
    stops: bool = True
    is_waived: bool = False


def detail_of(lines: Iterable[BudgetLine]) -> Detail:
    """Tell what a budget tells apart."""
    found = list(lines)
    by_package, by_year = any(line.work_package for line in found), any(line.year for line in found)
    if by_package and by_year:
        return Detail.BOTH
    if by_package:
        return Detail.WORK_PACKAGE
    return Detail.YEAR if by_year else Detail.CATEGORY


def at_detail(lines: Iterable[BudgetLine], detail: Detail) -> tuple[BudgetLine, ...]:
    """Add lines up to what a detail tells apart, in their order."""
    by_package = detail in (Detail.WORK_PACKAGE, Detail.BOTH)
    by_year = detail in (Detail.YEAR, Detail.BOTH)
    sums: dict[Key, Money] = {}
    for line in lines:
        key = (line.category, line.work_package * by_package, line.year * by_year)
        sums[key] = sums.get(key, ZERO) + line.amount
    return tuple(BudgetLine(*key, amount) for key, amount in sums.items())


def moves(before: Iterable[BudgetLine], after: Iterable[BudgetLine]) -> tuple[Move, ...]:
    """Tell what a version moves; what stays as it was is left out.

    Shape:  line by line; by category where the two versions tell different things apart.
    """
    before, after = tuple(before), tuple(after)
    coarse = bool(before and after) and detail_of(before) is not detail_of(after)
    old, new = dict(_sums(before, coarse=coarse)), dict(_sums(after, coarse=coarse))
    return tuple(
        Move(*key, old.get(key, ZERO), new.get(key, ZERO))
        for key in dict.fromkeys([*old, *new])
        if old.get(key, ZERO) != new.get(key, ZERO)
    )


def _sums(lines: Iterable[BudgetLine], *, coarse: bool) -> Iterable[tuple[Key, Money]]:
    sums: dict[Key, Money] = {}
    for line in lines:
        key = (line.category, "", 0) if coarse else line.key
        sums[key] = sums.get(key, ZERO) + line.amount
    return sums.items()


def needing_consent(
    agreed: Iterable[BudgetLine], new: Iterable[BudgetLine], tolerance: Decimal | None
) -> tuple[Move, ...]:
    """List the categories of which more leaves than may move without the funder's consent.

    Shape:  measured from what the funder agreed to last, so that small moves do not add up to a
            large one unseen.
    Source: domain rule 4: 60,000 of 500,000 is 12 %, which a tolerance of 10 % does not allow.
    """
    if tolerance is None:
        return ()
    found = moves(at_detail(agreed, Detail.CATEGORY), at_detail(new, Detail.CATEGORY))
    return tuple(m for m in found if m.share_moved is not None and m.share_moved > tolerance)


def check_consent(
    agreed: Iterable[BudgetLine], new: Iterable[BudgetLine], rule: Virement, *, has_consent: bool
) -> tuple[Sentence, ...]:
    """Refuse a move that the funder has to agree to and has not; or warn, where it only asks that.

    Shape:  the warnings: what is over the tolerance and passes all the same.
    Errors: ``RuleViolation`` on field ``consent``.
    """
    over = () if has_consent else needing_consent(agreed, new, rule.tolerance)
    said = [_over_tolerance(move, rule.tolerance or Decimal(0)) for move in over]
    if said and rule.stops and not rule.is_waived:
        raise RuleViolation(
            said[0].template,
            "Attach the funder's consent, or move less.",
            field="consent",
            source="",
            **said[0].facts,
        )
    return tuple(said)


def _over_tolerance(move: Move, tolerance: Decimal) -> Sentence:
    return Sentence(
        "“{category}”: {moved} of {before} is {share}; {tolerance} may move without consent.",
        {
            "category": Code(move.category),
            "moved": -move.difference,
            "before": move.before,
            "share": move.share_moved or Decimal(0),
            "tolerance": tolerance,
        },
    )


def check_new_budget(new: NewBudget, categories: Collection[str], today: date) -> None:
    """Refuse a version that cannot be, whoever it is of.

    Errors: ``RuleViolation`` at the field.
    """
    if new.made_on > today:
        raise RuleViolation(
            "{day} is still to come.",
            "Enter the day on which this budget was decided.",
            field="made_on",
            day=new.made_on,
        )
    if not new.reason.strip():
        raise RuleViolation(
            "A version has a reason.", "Say why the budget changes.", field="reason"
        )
    if new.total <= ZERO:
        raise RuleViolation(
            "This budget sets nothing aside.", "Fill in at least one amount.", field="total"
        )
    for line in new.lines:
        if line.amount < ZERO or line.category not in categories:
            raise RuleViolation(
                "“{category}” cannot have {amount}: it is below nothing, or not paid for here.",
                "Correct the amount, or amend the categories of the commitment first.",
                field=f"amount_{key_name(line.key)}",
                category=Code(line.category),
                amount=line.amount,
            )


def check_total(total: Money, amount: Money, code: str) -> None:
    """Refuse a funder's budget that does not divide exactly what the funder promised.

    Errors: ``RuleViolation`` on field ``total``.
    """
    if total > amount:
        raise RuleViolation(
            "The budget adds up to {total}, and {code} is {amount}: {over} too much.",
            "Lower a line, or enter the amendment that raises the commitment first.",
            field="total",
            total=total,
            code=code,
            amount=amount,
            over=total - amount,
        )
    if total < amount:
        raise RuleViolation(
            "The budget adds up to {total}, and {code} is {amount}: {left} is not divided yet.",
            "Raise a line until nothing is left.",
            field="total",
            total=total,
            code=code,
            amount=amount,
            left=amount - total,
        )


def key_name(key: Key) -> str:
    """Name a line within a form: ``personnel.WP1.2024``; what is not told apart is empty."""
    category, package, year = key
    return f"{category}.{package}.{year or ''}"
