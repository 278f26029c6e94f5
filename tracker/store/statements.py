"""Reading the facts of a funder's statement, and the checks that it ties to the books."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select

from tracker.domain.allocations import Reason
from tracker.domain.costs import Origin
from tracker.domain.errors import Sentence
from tracker.domain.money import ZERO, Money
from tracker.domain.reporting_periods import adjusted
from tracker.domain.statements import (
    Adjustment,
    CategoryLine,
    ChargedLine,
    Check,
    Earlier,
    NotCharged,
    StatementFacts,
)
from tracker.store import (
    amendments,
    audit,
    budgets,
    commitments,
    funders,
    instalments,
    milestones,
    projects,
    receipts,
)
from tracker.store.allocations import (
    COUNTED_ON,
    LEFT_ON,
    AllocationRow,
    UnallocatedRow,
    charged_until,
    left_by_line,
)
from tracker.store.commitments import CommitmentBalanceRow
from tracker.store.costs import CostLineRow
from tracker.store.imports import BookRow
from tracker.store.ledgers import ExcludedLineRow
from tracker.store.projects import CategoryRow
from tracker.store.report_chain import carried_on
from tracker.store.reporting_periods import periods_of
from tracker.store.waivers import waivers_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from tracker.domain.commitments import Commitment
    from tracker.domain.periods import Period
    from tracker.store.projects import Project

CHUNK = 5_000
SAMPLE_NOTE = "Fictitious amounts."


def facts_of(
    session: Session, code: str, period: Period, *, made_on: date, author: str
) -> StatementFacts:
    """Gather what the statement of a commitment over a period says.

    Shape:  ``lines()`` of the answer reads through this session, which must still be open.
    Errors: ``NotFoundError`` for a commitment that does not exist.
    """
    project = projects.the_project(session)
    commitment = commitments.commitment_named(session, code)
    earlier = carried_on(session, commitment.id, period.first_day)
    told = _Told(session, project.id, commitment.id, period, earlier)
    categories = _categories(session, commitment, told)
    received = receipts.receipts_of(session, commitment.id, until=period.last_day)
    count, total = _charged_in(session, told)
    return StatementFacts(
        project_code=project.code,
        project_name=project.name,
        note=note_of(project),
        language=funders.report_language_of(session, commitment.funder_id),
        period=period,
        made_on=made_on,
        author=author,
        ledger_state=audit.ledger_state(session),
        commitment=commitment,
        amendments=amendments.amendments_of(session, commitment.id),
        instalments=instalments.instalments_of(session, commitment.id),
        categories=categories,
        receipts=received,
        milestones=tuple(milestones.milestones_of(session, commitment.id)),
        not_charged=_not_charged(session, commitment.id, period),
        checks=_checks(session, commitment, categories, total, earlier),
        line_count=count,
        lines=lambda: _lines(session, told),
        waivers=tuple(
            waiver
            for waiver in reversed(waivers_of(session, commitment.id))
            if waiver.matters_since(period.first_day)
        ),
        adjustments=told.adjustments,
        earlier=earlier,
    )


def note_of(project: Project) -> str:
    """Give what must be said wherever figures of a project are shown; often nothing."""
    return SAMPLE_NOTE if project.is_sample else project.note


class _Told:
    """What a statement tells line by line: the period, and what the last report did not tell."""

    def __init__(
        self,
        session: Session,
        project_id: int,
        commitment_id: int,
        period: Period,
        earlier: Earlier | None,
    ) -> None:
        self.commitment_id = commitment_id
        self.period = period
        self.reported = earlier.period.last_day if earlier else period.first_day - timedelta(1)
        self._known = [one.period for one in periods_of(session, project_id)]
        self.by_category: Counter[str] = Counter()
        self.adjustments = self._adjustments(session)

    @property
    def rows(self) -> tuple[Any, ...]:
        """The condition of what is told."""
        return (
            AllocationRow.commitment_id == self.commitment_id,
            self.reported < COUNTED_ON,
            self.period.last_day >= COUNTED_ON,
        )

    def adjusts(self, incurred_on: date, counts_on: date) -> str:
        """Name the earlier period that a cost is of; nothing where it is of this one."""
        if counts_on < self.period.first_day:
            found = next((one.code for one in self._known if counts_on in one), "")
            return found or str(counts_on.year)
        return adjusted(incurred_on, counts_on, self._known)

    def _adjustments(self, session: Session) -> tuple[Adjustment, ...]:
        """Add up what is of earlier periods, by these, and by category."""
        is_late = or_(CostLineRow.incurred_on != COUNTED_ON, self.period.first_day > COUNTED_ON)
        rows = session.execute(
            select(
                CategoryRow.code,
                CostLineRow.incurred_on,
                COUNTED_ON,
                func.count(),
                func.sum(AllocationRow.amount),
            )
            .select_from(AllocationRow)
            .join(CostLineRow, CostLineRow.id == AllocationRow.cost_line_id)
            .join(CategoryRow, CategoryRow.id == CostLineRow.category_id)
            .where(*self.rows, is_late)
            .group_by(CategoryRow.code, CostLineRow.incurred_on, COUNTED_ON)
        )
        counts, amounts = Counter[str](), Counter[str]()
        for category, incurred_on, counts_on, count, cents in rows:
            if code := self.adjusts(incurred_on, counts_on):
                counts[code] += count
                amounts[code] += int(cents)
                self.by_category[category] += int(cents)
        return tuple(
            Adjustment(code, counts[code], Money(amounts[code])) for code in sorted(counts)
        )


def _categories(session: Session, commitment: Commitment, told: _Told) -> tuple[CategoryLine, ...]:
    budget = budgets.budget_of(session, commitment.id)
    before = charged_until(session, commitment.id, told.reported)
    to_date = charged_until(session, commitment.id, told.period.last_day)
    allowed = commitments.allowed_categories_of(session, commitment.id)
    shown = [
        category
        for category in projects.the_project(session).categories
        if category in allowed or category in to_date
    ]
    return tuple(
        CategoryLine(
            category,
            budget.get(category, ZERO) if budget else None,
            Money(before.get(category, 0)),
            Money(to_date.get(category, 0) - before.get(category, 0) - told.by_category[category]),
            Money(told.by_category[category]),
        )
        for category in shown
    )


def _charged_in(session: Session, told: _Told) -> tuple[int, Money]:
    count, total = session.execute(
        select(func.count(), func.coalesce(func.sum(AllocationRow.amount), 0))
        .select_from(AllocationRow)
        .join(CostLineRow, CostLineRow.id == AllocationRow.cost_line_id)
        .where(*told.rows)
    ).one()
    return count, Money(int(total))


def _lines(session: Session, told: _Told) -> Iterator[ChargedLine]:
    line = CostLineRow
    rows = session.execute(
        select(
            BookRow.origin,
            BookRow.company,
            BookRow.fiscal_year,
            line.journal,
            line.transaction_number,
            line.line_number,
            line.incurred_on,
            line.booked_on,
            line.supplier,
            line.document,
            line.description,
            CategoryRow.code,
            line.cost_centre,
            line.account,
            line.amount,
            AllocationRow.amount.label("charged"),
            COUNTED_ON.label("counts_on"),
        )
        .select_from(AllocationRow)
        .join(line, line.id == AllocationRow.cost_line_id)
        .join(BookRow, BookRow.id == line.book_id)
        .join(CategoryRow, CategoryRow.id == line.category_id)
        .where(*told.rows)
        .order_by(line.incurred_on, line.id, AllocationRow.id),
        execution_options={"yield_per": CHUNK},
    )
    for origin, company, year, journal, number, line_number, *rest, counts_on in rows:
        place = company if origin == Origin.IN_KIND else journal
        found = ChargedLine(f"{year} {place} {number}/{line_number}", *rest)
        if counts_on != found.incurred_on or counts_on < told.period.first_day:
            found = found._replace(adjusts=told.adjusts(found.incurred_on, counts_on))
        yield found


def _not_charged(session: Session, commitment_id: int, period: Period) -> tuple[NotCharged, ...]:
    left = (
        left_by_line()
        .join(CostLineRow, CostLineRow.id == UnallocatedRow.cost_line_id)
        .where(
            UnallocatedRow.commitment_id == commitment_id,
            LEFT_ON.between(period.first_day, period.last_day),
        )
        .subquery()
    )
    rows = session.execute(
        select(left.c.reason, func.count(), func.sum(left.c.amount)).group_by(left.c.reason)
    )
    found = {Reason(reason): (count, Money(int(amount))) for reason, count, amount in rows}
    return tuple(NotCharged(reason, *found[reason]) for reason in Reason if reason in found)


def _checks(
    session: Session,
    commitment: Commitment,
    categories: tuple[CategoryLine, ...],
    listed: Money,
    earlier: Earlier | None,
) -> tuple[Check, ...]:
    """Work out the figures of the statement a second way, each from another table."""
    balance = session.get_one(CommitmentBalanceRow, commitment.id)
    booked = _booked(session)
    declared = session.scalar(
        select(func.coalesce(func.sum(BookRow.debit - BookRow.credit), 0)).where(
            BookRow.origin == Origin.LEDGER.value
        )
    )
    charged = session.scalar(
        select(func.sum(AllocationRow.amount)).where(AllocationRow.commitment_id == commitment.id)
    )
    amended = Money.total(a.amount for a in amendments.amendments_of(session, commitment.id))
    return (
        Check(
            Sentence("Costs by category, this period, and the list of cost lines"),
            Money.total(line.this_period + line.adjustments for line in categories),
            listed,
        ),
        *_as_reported(categories, earlier),
        Check(
            Sentence("All costs charged to the award, and its balance"),
            Money(int(charged or 0)),
            Money(balance.charged),
        ),
        Check(
            Sentence("The award with its amendments, and the amount committed"),
            amended,
            Money(balance.committed),
        ),
        Check(
            Sentence("Lines taken from the ledgers, and the ledgers' own control totals"),
            booked,
            Money(int(declared or 0)),
        ),
    )


def _as_reported(
    categories: tuple[CategoryLine, ...], earlier: Earlier | None
) -> tuple[Check, ...]:
    """Compare what the last report told with what the books say of the same days today."""
    if earlier is None:
        return ()
    what = Sentence(
        "What was reported up to {day}, and the books of the same days",
        {"day": earlier.period.last_day},
    )
    told = Money.total(amount for _category, amount in earlier.to_date)
    return (Check(what, told, Money.total(line.previously for line in categories)),)


def _booked(session: Session) -> Money:
    total = 0
    for table in (CostLineRow, ExcludedLineRow):
        total += int(
            session.scalar(
                select(func.coalesce(func.sum(table.amount), 0))
                .join(BookRow, BookRow.id == table.book_id)
                .where(BookRow.origin == Origin.LEDGER.value)
            )
            or 0
        )
    return Money(total)
