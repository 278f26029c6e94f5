"""What belongs to milestones: who pays what for them, evidence, predecessors and reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import delete, func, select

from tracker.domain.commitments import COMMITTED
from tracker.domain.milestones import Evidence, MilestoneTerms, ReportDue
from tracker.domain.money import Money
from tracker.store.commitments import CommitmentBalanceRow, CommitmentRow
from tracker.store.milestones import (
    EvidenceRow,
    MilestoneAfterRow,
    MilestoneFundingRow,
    MilestoneReportRow,
    MilestoneRow,
    milestone_named,
)
from tracker.store.projects import work_packages_of
from tracker.store.receipts import ReceiptRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from tracker.domain.milestones import Milestone


class Planned(NamedTuple):
    """What a milestone is planned to cost a commitment; without one, nobody pays that yet."""

    milestone_id: int
    commitment_id: int | None
    commitment: str
    is_binding: bool
    amount: Money


def planned_of(session: Session, milestone_id: int | None = None) -> list[Planned]:
    """List what milestones are planned to cost, in the order of the commitments, nobody's last."""
    row = MilestoneFundingRow
    query = (
        select(
            row.milestone_id,
            row.commitment_id,
            row.amount,
            CommitmentRow.code,
            CommitmentRow.status,
        )
        .outerjoin(CommitmentRow, CommitmentRow.id == row.commitment_id)
        .order_by(row.commitment_id.is_(None), CommitmentRow.position, row.id)
    )
    if milestone_id is not None:
        query = query.where(row.milestone_id == milestone_id)
    return [
        Planned(key, commitment_id, code or "", status in COMMITTED, Money(amount))
        for key, commitment_id, amount, code, status in session.execute(query)
    ]


def keep_planned(session: Session, milestone_id: int, amounts: Mapping[str, Money]) -> None:
    """Say what a milestone is planned to cost, by the code of who pays; ``""`` is nobody yet."""
    row = MilestoneFundingRow
    session.execute(delete(row).where(row.milestone_id == milestone_id))
    keys: dict[str, int | None] = {"": None, **_keys(session)}
    for code, amount in amounts.items():
        if amount:
            session.add(
                row(milestone_id=milestone_id, commitment_id=keys[code], amount=amount.cents)
            )
    session.flush()


def _keys(session: Session) -> dict[str, int]:
    rows = session.execute(select(CommitmentRow.code, CommitmentRow.id))
    return {code: key for code, key in rows}  # noqa: C416 - typed rows


def beyond_room(session: Session) -> list[tuple[str, Money, Money]]:
    """Name the commitments of which milestones plan more than there is: the plan, and the room."""
    row, balance = MilestoneFundingRow, CommitmentBalanceRow
    query = (
        select(CommitmentRow.code, func.sum(row.amount), balance.committed)
        .join(CommitmentRow, CommitmentRow.id == row.commitment_id)
        .join(balance, balance.commitment_id == CommitmentRow.id)
        .group_by(CommitmentRow.id, CommitmentRow.code, CommitmentRow.position, balance.committed)
        .having(func.sum(row.amount) > balance.committed)
        .order_by(CommitmentRow.position)
    )
    return [
        (code, Money(int(planned)), Money(int(committed)))
        for code, planned, committed in session.execute(query)
    ]


def evidence_of(session: Session) -> dict[int, tuple[Evidence, ...]]:
    """The evidence that each milestone asks for, by its key, in the order in which it was named."""
    found: dict[int, tuple[Evidence, ...]] = {}
    for row in session.scalars(select(EvidenceRow).order_by(EvidenceRow.id)):
        one = Evidence(row.id, row.title, row.document_id)
        found[row.milestone_id] = (*found.get(row.milestone_id, ()), one)
    return found


def reports_of(session: Session) -> dict[int, tuple[ReportDue, ...]]:
    """The reports that are due after each milestone, by its key."""
    row = MilestoneReportRow
    found: dict[int, tuple[ReportDue, ...]] = {}
    for key, milestone_id, code, title, weeks in session.execute(
        select(row.id, row.milestone_id, CommitmentRow.code, row.title, row.weeks)
        .join(CommitmentRow, CommitmentRow.id == row.commitment_id)
        .order_by(row.id)
    ):
        found[milestone_id] = (*found.get(milestone_id, ()), ReportDue(key, code, title, weeks))
    return found


def keep_reports(session: Session, milestone_id: int, reports: Iterable[ReportDue]) -> None:
    """Say which reports are due after a milestone, in place of what was said before."""
    row = MilestoneReportRow
    session.execute(delete(row).where(row.milestone_id == milestone_id))
    keys = _keys(session)
    for one in reports:
        session.add(
            row(
                milestone_id=milestone_id,
                commitment_id=keys[one.commitment],
                title=one.title,
                weeks=one.weeks,
            )
        )
    session.flush()


def terms_of(session: Session, code: str) -> MilestoneTerms:
    """What may change of a milestone besides its date, as it is now."""
    one = milestone_named(session, code)
    return terms_with(one, evidence_of(session).get(one.id, ()))


def terms_with(one: Milestone, evidence: Iterable[Evidence]) -> MilestoneTerms:
    """Give what may change of a milestone besides its date, with the evidence that it asks for."""
    return MilestoneTerms(
        title=one.title,
        work_package=one.work_package,
        weight=one.weight,
        owner=one.owner,
        criteria=one.criteria,
        after=one.after,
        evidence=tuple(each.title for each in evidence),
    )


def keep_terms(session: Session, row: MilestoneRow, terms: MilestoneTerms) -> None:
    """Write down what a milestone is; evidence that was handed in stays with its title."""
    row.title, row.weight = terms.title, terms.weight
    row.owner, row.criteria = terms.owner, terms.criteria
    row.work_package_id = work_packages_of(session, row.project_id)[terms.work_package]
    _keep_after(session, row, terms.after)
    _keep_evidence(session, row.id, terms.evidence)
    session.flush()


def _keep_after(session: Session, row: MilestoneRow, codes: Sequence[str]) -> None:
    after = MilestoneAfterRow
    session.execute(delete(after).where(after.milestone_id == row.id))
    for key in session.scalars(
        select(MilestoneRow.id).where(
            MilestoneRow.project_id == row.project_id, MilestoneRow.code.in_(codes)
        )
    ):
        session.add(after(milestone_id=row.id, after_id=key))


def _keep_evidence(session: Session, milestone_id: int, titles: Sequence[str]) -> None:
    known = {
        row.title: row
        for row in session.scalars(
            select(EvidenceRow).where(EvidenceRow.milestone_id == milestone_id)
        )
    }
    for title, row in known.items():
        if title not in titles:
            session.delete(row)
    session.flush()
    for title in titles:
        if title not in known:
            session.add(EvidenceRow(milestone_id=milestone_id, title=title))
            session.flush()  # their order is that of their keys


def received_on(session: Session, instalment_id: int) -> Money:
    """What came in on an instalment."""
    row = ReceiptRow
    found = session.scalar(select(func.sum(row.amount)).where(row.instalment_id == instalment_id))
    return Money(int(found or 0))
