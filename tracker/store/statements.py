"""Reading the facts of a funder's statement, and the checks that it ties to the books."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from tracker.domain.allocations import Reason
from tracker.domain.costs import Origin
from tracker.domain.errors import Sentence
from tracker.domain.money import Money
from tracker.domain.reporting_periods import adjusted
from tracker.domain.statements import (
    Adjustment,
    CategoryLine,
    ChargedLine,
    Check,
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
    categories = _categories(session, commitment, period)
    received = receipts.receipts_of(session, commitment.id, until=period.last_day)
    count, total = _charged_in(session, commitment.id, period)
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
        checks=_checks(session, commitment, categories, total),
        line_count=count,
        lines=lambda: _lines(session, project.id, commitment.id, period),
        waivers=tuple(
            waiver
            for waiver in reversed(waivers_of(session, commitment.id))
            if waiver.matters_since(period.first_day)
        ),
        adjustments=_adjustments(session, project.id, commitment.id, period),
    )


def note_of(project: Project) -> str:
    """Give what must be said wherever figures of a project are shown; often nothing."""
    return SAMPLE_NOTE if project.is_sample else project.note


def _categories(
    session: Session, commitment: Commitment, period: Period
) -> tuple[CategoryLine, ...]:
    budget = budgets.budget_of(session, commitment.id)
    before = charged_until(session, commitment.id, period.first_day - timedelta(1))
    to_date = charged_until(session, commitment.id, period.last_day)
    allowed = commitments.allowed_categories_of(session, commitment.id)
    shown = [
        category
        for category in projects.the_project(session).categories
        if category in allowed or category in to_date
    ]
    nothing = Money(0)
    return tuple(
        CategoryLine(
            category,
            budget.get(category, nothing) if budget else None,
            Money(before.get(category, 0)),
            Money(to_date.get(category, 0) - before.get(category, 0)),
        )
        for category in shown
    )


def _within(commitment_id: int, period: Period) -> tuple[Any, ...]:
    return (
        AllocationRow.commitment_id == commitment_id,
        COUNTED_ON.between(period.first_day, period.last_day),
    )


def _charged_in(session: Session, commitment_id: int, period: Period) -> tuple[int, Money]:
    count, total = session.execute(
        select(func.count(), func.coalesce(func.sum(AllocationRow.amount), 0))
        .select_from(AllocationRow)
        .join(CostLineRow, CostLineRow.id == AllocationRow.cost_line_id)
        .where(*_within(commitment_id, period))
    ).one()
    return count, Money(int(total))


def _adjustments(
    session: Session, project_id: int, commitment_id: int, period: Period
) -> tuple[Adjustment, ...]:
    """Add up what was charged in the period of costs of earlier periods, by these."""
    known = [one.period for one in periods_of(session, project_id)]
    rows = session.execute(
        select(CostLineRow.incurred_on, COUNTED_ON, func.count(), func.sum(AllocationRow.amount))
        .select_from(AllocationRow)
        .join(CostLineRow, CostLineRow.id == AllocationRow.cost_line_id)
        .where(*_within(commitment_id, period), CostLineRow.incurred_on != COUNTED_ON)
        .group_by(CostLineRow.incurred_on, COUNTED_ON)
    )
    found: dict[str, tuple[int, int]] = {}
    for incurred_on, counts_on, count, cents in rows:
        if code := adjusted(incurred_on, counts_on, known):
            lines, amount = found.get(code, (0, 0))
            found[code] = lines + count, amount + int(cents)
    order = [one.code for one in known]
    return tuple(
        Adjustment(code, found[code][0], Money(found[code][1]))
        for code in sorted(found, key=order.index)
    )


def _lines(
    session: Session, project_id: int, commitment_id: int, period: Period
) -> Iterator[ChargedLine]:
    line, known = CostLineRow, [one.period for one in periods_of(session, project_id)]
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
        .where(*_within(commitment_id, period))
        .order_by(line.incurred_on, line.id, AllocationRow.id),
        execution_options={"yield_per": CHUNK},
    )
    for origin, company, year, journal, number, line_number, *rest, counts_on in rows:
        place = company if origin == Origin.IN_KIND else journal
        found = ChargedLine(f"{year} {place} {number}/{line_number}", *rest)
        if counts_on != found.incurred_on:
            found = found._replace(adjusts=adjusted(found.incurred_on, counts_on, known))
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
            Money.total(line.this_period for line in categories),
            listed,
        ),
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
