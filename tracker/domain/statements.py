"""The facts of a funder's statement: what one commitment paid for in one period, and before."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from tracker.domain.money import ZERO, Money
from tracker.domain.report_texts import NO_WORDS, Wording
from tracker.domain.shares import WHOLE, nearest
from tracker.domain.texts import stem_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime

    from tracker.domain.allocations import Reason
    from tracker.domain.amendments import Amendment
    from tracker.domain.commitments import Commitment, Receipt
    from tracker.domain.crosswalks import Crosswalk
    from tracker.domain.errors import Sentence
    from tracker.domain.final_accounts import FinalAccount
    from tracker.domain.funder_workbooks import FunderWorkbook
    from tracker.domain.instalments import Instalment
    from tracker.domain.milestones import Milestone
    from tracker.domain.periods import Period
    from tracker.domain.statement_parts import Changed, HoursLine, InKindLine, SourceSum
    from tracker.domain.waivers import Waiver


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """One cost category of a statement. ``budget`` is ``None`` where the funder set none.

    Shape:  ``previously`` is what the last report said, or the books where there is none;
            ``adjustments`` are of days before the period that the last report did not tell.
            ``planned`` is what was budgeted up to the end of the period, where that is known.
    """

    category: str
    budget: Money | None
    previously: Money
    this_period: Money
    adjustments: Money = ZERO
    planned: Money | None = None

    @property
    def to_date(self) -> Money:
        """Everything charged up to and including the period."""
        return self.previously + self.adjustments + self.this_period

    @property
    def remaining(self) -> Money | None:
        """Budget − to date; negative when overspent."""
        return None if self.budget is None else self.budget - self.to_date

    @property
    def spent_share(self) -> Decimal | None:
        """To date as a share of the budget, 1 being all of it."""
        if not self.budget:
            return None
        return Decimal(self.to_date.cents) / Decimal(self.budget.cents)


class ChargedLine(NamedTuple):
    """One cost charged to the commitment. A tuple, because there are very many.

    Shape:  ``adjusts`` is the earlier period to which the cost belongs, where that was closed.
    Units:  cents; ``charged`` is the part of ``amount`` that this commitment pays.
    """

    key: str
    incurred_on: date
    booked_on: date | None
    supplier: str
    document: str
    description: str
    category: str
    work_package: str
    account: str
    amount: int
    charged: int
    adjusts: str = ""


class Earlier(NamedTuple):
    """The report that this one carries on: the newest before the period that still stands.

    Shape:  ``to_date`` is what it told of each category.
    """

    kind: str
    number: int
    period: Period
    issued_at: datetime
    to_date: tuple[tuple[str, Money], ...]

    def of(self, category: str) -> Money:
        """Give what it told of a category."""
        return dict(self.to_date).get(category, ZERO)


class Adjustment(NamedTuple):
    """What counts now of days before the period, and was in no report: by the period it is of.

    Source: domain rules 25 and 26.
    """

    period: str
    line_count: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Check:
    """Two figures that were worked out apart and must be the same."""

    what: Sentence
    found: Money
    expected: Money

    @property
    def difference(self) -> Money:
        """Found − expected: zero, or the report does not tie."""
        return self.found - self.expected


@dataclass(frozen=True, slots=True)
class NotCharged:
    """Shares of costs in the period that this commitment did not pay, by reason."""

    reason: Reason
    line_count: int
    amount: Money


@dataclass(frozen=True, slots=True)
class StatementFacts:
    """Everything a funder's statement says.

    Shape:  ``lines()`` reads the charged lines of the period and of its adjustments anew each
            time, by date incurred and ledger key; there are ``line_count`` of them.
            ``number`` is that of the version that is issued, 0 for a draft.
            ``earlier`` is the report that this one carries on; ``None`` for the first.
            ``crosswalk`` are the funder's own lines, where its programme has them.
            ``final`` is what its determination rests on, for the kinds of report that tell it.
            ``milestones`` are those of the work packages that the commitment pays for, and
            ``waivers`` those of it and of the whole project that mattered since the first day.
            ``hours`` and ``contributions`` are the working time and the partners' hours among
            the charged lines. ``sources`` are what pays for the project: this funder's own
            commitments, then the others together. ``changed`` is what is different from
            ``earlier``, and ``None`` without one. ``threshold`` is the share by which costs may
            deviate before the programme wants to know. ``own_workbook`` is the funder's own, to be
            filled beside the report that is issued.
    Units:  ``received_to_date`` counts receipts up to and including the period's last day.
            ``ordered`` is what orders that the award is to pay still have open. ``own_required``
            is what others must bring to the same costs, ``None`` where the award asks for
            nothing; ``own_spent`` what they brought up to the end of the period.
    """

    project_code: str
    project_name: str
    note: str
    language: str
    period: Period
    made_on: date
    author: str
    ledger_state: str
    commitment: Commitment
    amendments: tuple[Amendment, ...]
    instalments: tuple[Instalment, ...]
    categories: tuple[CategoryLine, ...]
    receipts: tuple[Receipt, ...]
    milestones: tuple[Milestone, ...]
    not_charged: tuple[NotCharged, ...]
    checks: tuple[Check, ...]
    line_count: int
    lines: Callable[[], Iterator[ChargedLine]]
    waivers: tuple[Waiver, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    earlier: Earlier | None = None
    number: int = 0
    approved_by: str = ""
    wording: Wording = NO_WORDS
    crosswalk: Crosswalk | None = None
    final: FinalAccount | None = None
    hours: tuple[HoursLine, ...] = ()
    contributions: tuple[InKindLine, ...] = ()
    sources: tuple[SourceSum, ...] = ()
    changed: Changed | None = None
    threshold: Decimal | None = None
    ordered: Money = ZERO
    own_required: Money | None = None
    own_spent: Money = ZERO
    own_workbook: FunderWorkbook | None = None

    @property
    def received_to_date(self) -> Money:
        """All money that came in up to the end of the period."""
        return Money.total(receipt.amount for receipt in self.receipts)

    @property
    def charged_to_date(self) -> Money:
        """All costs charged up to the end of the period."""
        return Money.total(line.to_date for line in self.categories)

    @property
    def previously(self) -> Money:
        """The costs that were reported before."""
        return Money.total(line.previously for line in self.categories)

    @property
    def charged_this_period(self) -> Money:
        """The costs of the period."""
        return Money.total(line.this_period for line in self.categories)

    @property
    def adjusted(self) -> Money:
        """The costs of earlier periods that are told now for the first time."""
        return Money.total(line.adjustments for line in self.categories)

    @property
    def listed(self) -> Money:
        """What the list of cost lines adds up to: the period and its adjustments."""
        return self.charged_this_period + self.adjusted

    @property
    def cash_on_hand(self) -> Money:
        """Received − charged to date; negative means the facility pre-finances."""
        return self.received_to_date - self.charged_to_date


def required_beside(amount: Money, share: Decimal | None) -> Money | None:
    """Give what others must bring where an award pays a share of the costs.

    Shape:  ``None`` where it pays all of them, or says nothing.
    Units:  450,000 at 45 % asks for 550,000 beside it; half a cent is rounded up.
    """
    if share is None or share in (0, WHOLE):
        return None
    return Money(nearest(Fraction(amount.cents) / Fraction(share))) - amount


def file_stem(
    project: str, commitment: str, period: Period, number: int = 0, kind: str = ""
) -> str:
    """Name the files of a report so that they sort and explain themselves.

    Shape:  ``NECST_NGF-1_2023-Q2_v1``, a draft without the version; a ``kind`` that is named
            stands after the commitment. What a file system would not take becomes ``-``.
    """
    version = (f"v{number}",) if number else ()
    named = (kind,) if kind else ()
    return stem_of(project, commitment, *named, period.code, *version)
