"""Reading what the five figures of the overview were in the year that has passed."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from tracker.domain.amendments import Verdict
from tracker.domain.commitments import Status
from tracker.domain.headlines import Dated, Past, Step, days_of_year
from tracker.domain.money import Money
from tracker.store.amendments import AmendmentRow
from tracker.store.budgets import BudgetRow, BudgetVersionRow
from tracker.store.receipts import ReceiptRow
from tracker.store.spending import By, charged

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from sqlalchemy.orm import Session

One = TypeVar("One")


def pasts_of(session: Session, owners: Mapping[int, int], today: date) -> dict[int, Past]:
    """Read the past of each project: decisions, receipts, charges and plans.

    Shape:  ``owners`` names the project of each commitment; of others nothing is told.
    """
    first = days_of_year(today)[0]
    steps = _of_owners(((one.commitment_id, one) for one in _steps(session)), owners)
    received = _of_owners(_received_after(session, first), owners)
    charges = _of_owners(_charged_after(session, first), owners)
    plans: defaultdict[int, list[Dated]] = defaultdict(list)
    version = BudgetVersionRow
    for project, made_on, cents in session.execute(
        select(version.project_id, version.made_on, func.coalesce(func.sum(BudgetRow.amount), 0))
        .outerjoin(BudgetRow, BudgetRow.version_id == version.id)
        .where(version.commitment_id.is_(None))
        .group_by(version.id, version.project_id, version.made_on, version.number)
        .order_by(version.project_id, version.number)
    ):
        plans[project].append(Dated(made_on, Money(int(cents))))
    return {
        project: Past(
            tuple(steps[project]),
            tuple(received[project]),
            tuple(charges[project]),
            tuple(plans[project]),
        )
        for project in {*owners.values(), *plans}
    }


def _of_owners(
    found: Iterable[tuple[int, One]], owners: Mapping[int, int]
) -> defaultdict[int, list[One]]:
    """Tell what is known of commitments project by project."""
    grouped: defaultdict[int, list[One]] = defaultdict(list)
    for commitment, one in found:
        if commitment in owners:
            grouped[owners[commitment]].append(one)
    return grouped


def _steps(session: Session) -> list[Step]:
    row = AmendmentRow
    found = session.execute(
        select(row.commitment_id, row.decided_on, row.number, row.amount, row.status)
        .where(row.verdict == Verdict.CONFIRMED.value)
        .order_by(row.commitment_id, row.number)
    )
    return [
        Step(key, day, number, Money(cents), Status(status) if status else None)
        for key, day, number, cents, status in found
    ]


def _received_after(session: Session, day: date) -> list[tuple[int, Dated]]:
    """Add up what came in after a day, by commitment and day; what was undone never came in."""
    undoing = aliased(ReceiptRow)
    rows = session.execute(
        select(ReceiptRow.commitment_id, ReceiptRow.received_on, func.sum(ReceiptRow.amount))
        .outerjoin(undoing, undoing.undoes_id == ReceiptRow.id)
        .where(ReceiptRow.undoes_id.is_(None), undoing.id.is_(None), ReceiptRow.received_on > day)
        .group_by(ReceiptRow.commitment_id, ReceiptRow.received_on)
    )
    return [(key, Dated(on, Money(int(cents)))) for key, on, cents in rows]


def _charged_after(session: Session, day: date) -> list[tuple[int, Dated]]:
    """Add up what was charged in the months after that of a day, by commitment and month."""
    found = charged(session, By.COMMITMENT, By.MONTH, since=day)
    return [(key, Dated(month, Money(cents))) for (key, month), cents in found.items()]
