"""Reading the facts of a funder's statement, and the checks that it ties to the books."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select

from tracker.domain.allocations import Reason
from tracker.domain.costs import Origin
from tracker.domain.money import ZERO, Money
from tracker.domain.reporting_periods import adjusted
from tracker.domain.statement_parts import budgeted_until
from tracker.domain.statements import (
    Adjustment,
    CategoryLine,
    ChargedLine,
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
from tracker.store.costs import CostLineRow
from tracker.store.crosswalks import crosswalk_of
from tracker.store.imports import BookRow
from tracker.store.people import name_of
from tracker.store.projects import CategoryRow
from tracker.store.report_chain import carried_on
from tracker.store.reporting_periods import periods_of
from tracker.store.statement_checks import checks_of
from tracker.store.statement_parts import with_parts
from tracker.store.waivers import waivers_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from tracker.domain.commitments import Commitment
    from tracker.domain.periods import Period
    from tracker.domain.waivers import Waiver
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
    count, total = _charged_in(session, told)
    facts = StatementFacts(
        project_code=project.code,
        project_name=project.name,
        note=note_of(project),
        language=funders.report_language_of(session, commitment.funder_id),
        period=period,
        made_on=made_on,
        author=name_of(session, author),
        ledger_state=audit.ledger_state(session),
        commitment=commitment,
        amendments=amendments.amendments_of(session, commitment.id),
        instalments=instalments.instalments_of(session, commitment.id),
        categories=categories,
        receipts=receipts.receipts_of(session, commitment.id, until=period.last_day),
        milestones=tuple(milestones.milestones_of(session, commitment.id)),
        not_charged=_not_charged(session, commitment.id, period),
        checks=checks_of(session, commitment, categories, total, earlier),
        line_count=count,
        lines=lambda: _lines(session, told),
        waivers=_waivers(session, commitment, period),
        adjustments=told.adjustments,
        earlier=earlier,
        crosswalk=crosswalk_of(session, commitment.programme_id),
    )
    return with_parts(session, facts, told.rows, told.is_told)


def _waivers(session: Session, commitment: Commitment, period: Period) -> tuple[Waiver, ...]:
    known = reversed(waivers_of(session, commitment.id))
    return tuple(
        replace(waiver, approved_by=name_of(session, waiver.approved_by))
        for waiver in known
        if waiver.matters_since(period.first_day)
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

    def is_told(self, day: date) -> bool:
        """Tell whether what counts on a day is told."""
        return self.reported < day <= self.period.last_day

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
    planned = _planned(session, commitment, told.period, budget)
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
            planned.get(category, ZERO) if planned is not None else None,
        )
        for category in shown
    )


def _planned(
    session: Session, commitment: Commitment, period: Period, budget: dict[str, Money]
) -> dict[str, Money] | None:
    """Give what was budgeted up to the end of a period, where the budget says so."""
    if period.last_day >= commitment.period.last_day:
        return budget or None
    versions = budgets.versions_of(session, commitment.project_id, commitment.id)
    counting = budgets.version_that_counts(versions)
    return budgeted_until(counting.lines if counting else (), period.last_day)


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
