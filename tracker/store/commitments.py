"""Commitments, with their amendments, instalments and balances."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ScalarSelect,
    Select,
    UniqueConstraint,
    func,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.allocations import Terms
from tracker.domain.amendments import Verdict
from tracker.domain.commitments import COMMITTED, Commitment, Form, Status
from tracker.domain.errors import NotFoundError
from tracker.domain.money import Money
from tracker.domain.periods import Period
from tracker.domain.receipts import Payer
from tracker.store.amendments import AmendmentRow
from tracker.store.flat_rates import flat_rates_of
from tracker.store.funders import FunderAccountRow, FunderRow, ProgrammeRow
from tracker.store.projects import CategoryRow
from tracker.store.tables import Base, Cents, one_of, whole_cents


class CommitmentRow(Base):
    """A funder's promise, as its confirmed amendments make it.

    Triggers keep its status, period, share, categories and balance what the amendments say;
    nothing else may write them. ``version`` counts the changes to everything else.
    """

    __tablename__ = "commitment"
    __table_args__ = (
        UniqueConstraint("code"),
        UniqueConstraint("programme_id", "reference"),
        CheckConstraint("first_day <= last_day", name="period_in_order"),
        one_of("status", Status),
        one_of("form", Form),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    code: Mapped[str]
    reference: Mapped[str]
    status: Mapped[str]
    form: Mapped[str]
    decided_on: Mapped[date]
    first_day: Mapped[date]
    last_day: Mapped[date]
    position: Mapped[int]
    share: Mapped[Decimal | None] = mapped_column(default=None)
    conditions: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)


class CommitmentCategoryRow(Base):
    """A cost category that a commitment allows now; triggers keep it."""

    __tablename__ = "commitment_category"

    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"), primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("cost_category.id"), primary_key=True)


class CommitmentBalanceRow(Base):
    """What is committed and what is charged, kept by triggers: the last euro is raced for here.

    Nothing but the triggers writes this table. Its CHECK is what makes it impossible, for every
    path into the database, to charge more than was committed.
    """

    __tablename__ = "commitment_balance"
    __table_args__ = (
        CheckConstraint("charged <= committed", name="charged_within_committed"),
        *whole_cents("committed", "charged"),
    )

    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"), primary_key=True)
    committed: Mapped[Cents]
    charged: Mapped[Cents]


def commitments_of(session: Session, funder_id: int | None = None) -> list[Commitment]:
    """List the commitments, of one funder where one is named, in the order of the programme.

    Units:  everything received and charged so far.
    """
    query = _commitments()
    if funder_id is not None:
        query = query.where(FunderRow.id == funder_id)
    return [_commitment(row) for row in session.execute(query)]


def commitment_named(session: Session, code: str) -> Commitment:
    """Give the commitment with this code.

    Errors: ``NotFoundError``.
    """
    row = session.execute(_commitments().where(CommitmentRow.code == code)).first()
    if row is None:
        raise NotFoundError("There is no commitment “{code}”.", code=code)
    return _commitment(row)


def _commitments() -> Select[*tuple[Any, ...]]:
    return (
        select(
            CommitmentRow,
            FunderRow.id.label("funder_id"),
            FunderRow.name.label("funder"),
            ProgrammeRow.name.label("programme"),
            _of_amendments(AmendmentRow.amount, AmendmentRow.number == 0).label("award"),
            CommitmentBalanceRow.committed,
            CommitmentBalanceRow.charged,
            _received().label("received"),
            _of_amendments(
                func.max(AmendmentRow.determined), AmendmentRow.verdict == Verdict.CONFIRMED.value
            ).label("determined"),
        )
        .join(CommitmentBalanceRow, CommitmentBalanceRow.commitment_id == CommitmentRow.id)
        .join(ProgrammeRow, ProgrammeRow.id == CommitmentRow.programme_id)
        .join(FunderRow, FunderRow.id == ProgrammeRow.funder_id)
        .where(_of_amendments(AmendmentRow.id, AmendmentRow.number == 0).is_not(None))
        .order_by(CommitmentRow.position, CommitmentRow.id)
    )


def _of_amendments(column: Any, *of: Any) -> ScalarSelect[Any]:
    return (
        select(column)
        .where(
            AmendmentRow.commitment_id == CommitmentRow.id,
            AmendmentRow.verdict != Verdict.DROPPED.value,
            *of,
        )
        .scalar_subquery()
    )


def _received() -> ScalarSelect[Any]:
    from tracker.store.receipts import ReceiptRow  # the tables point at each other

    received = select(func.coalesce(func.sum(ReceiptRow.amount), 0))
    return received.where(ReceiptRow.commitment_id == CommitmentRow.id).scalar_subquery()


def _commitment(found: Any) -> Commitment:
    row = found.CommitmentRow
    status, award = Status(row.status), Money(int(found.award or 0))
    return Commitment(
        id=row.id,
        code=row.code,
        funder_id=found.funder_id,
        funder=found.funder,
        programme=found.programme,
        reference=row.reference,
        status=status,
        form=Form(row.form),
        decided_on=row.decided_on,
        period=Period(row.first_day, row.last_day),
        award=award,
        amount=award if status is Status.DRAFT else Money(found.committed),
        received=Money(int(found.received)),
        charged=Money(found.charged),
        share=row.share,
        determined=None if found.determined is None else Money(found.determined),
        conditions=row.conditions,
        programme_id=row.programme_id,
        version=row.version,
        project_id=row.project_id,
    )


def allowed_categories_of(session: Session, commitment_id: int) -> tuple[str, ...]:
    """The categories that a commitment pays for, in their order."""
    return tuple(
        session.scalars(
            select(CategoryRow.code)
            .join(CommitmentCategoryRow, CommitmentCategoryRow.category_id == CategoryRow.id)
            .where(CommitmentCategoryRow.commitment_id == commitment_id)
            .order_by(CategoryRow.position)
        )
    )


def terms_of(session: Session, project_id: int) -> dict[int, Terms]:
    """What charging must know of each commitment, by id.

    Shape:  read it under the lock under which it is used: flat rates know what is charged.
    """
    from tracker.store.earmarks import earmarks_of  # the tables point at each other

    meant, rates = earmarks_of(session), flat_rates_of(session)
    allowed: dict[int, set[int]] = {}
    for commitment_id, category_id in session.execute(
        select(CommitmentCategoryRow.commitment_id, CommitmentCategoryRow.category_id)
    ):
        allowed.setdefault(commitment_id, set()).add(category_id)
    rows = session.scalars(select(CommitmentRow).where(CommitmentRow.project_id == project_id))
    return {
        row.id: Terms(
            Status(row.status),
            Period(row.first_day, row.last_day),
            frozenset(allowed.get(row.id, ())),
            meant.get(row.id),
            rates.get(row.id),
        )
        for row in rows
    }


def lock_room(
    session: Session, project_id: int, commitment_id: int | None = None
) -> dict[int, int]:
    """Lock the commitments of a project, or one of them, and tell what is left of each in cents.

    Shape:  overhead that a flat rate adds to what is charged is not left.
    """
    query = _balances(project_id).with_for_update(of=CommitmentBalanceRow, key_share=True)
    if commitment_id is not None:
        query = query.where(CommitmentRow.id == commitment_id)
    return _left(session, query)


def room_of(session: Session, project_id: int) -> dict[int, int]:
    """Tell what is left of each commitment of a project in cents, without holding it still."""
    return _left(session, _balances(project_id))


def _balances(project_id: int) -> Select[int, int, int]:
    return (
        select(
            CommitmentBalanceRow.commitment_id,
            CommitmentBalanceRow.committed,
            CommitmentBalanceRow.charged,
        )
        .join(CommitmentRow, CommitmentRow.id == CommitmentBalanceRow.commitment_id)
        .where(CommitmentRow.project_id == project_id)
        .order_by(CommitmentBalanceRow.commitment_id)
    )


def _left(session: Session, balances: Select[int, int, int]) -> dict[int, int]:
    rows = session.execute(balances).all()
    rates = flat_rates_of(session)
    return {
        key: committed - charged - (rates[key].overhead() if key in rates else 0)
        for key, committed, charged in rows
    }


def payers_of(session: Session) -> list[Payer]:
    """The cash commitments that bind, as their payments are recognised."""
    accounts: dict[int, set[str]] = {}
    for funder_id, iban in session.execute(
        select(FunderAccountRow.funder_id, FunderAccountRow.iban)
    ):
        accounts.setdefault(funder_id, set()).add(iban)
    rows = session.execute(
        select(CommitmentRow.id, CommitmentRow.reference, ProgrammeRow.funder_id)
        .join(ProgrammeRow, ProgrammeRow.id == CommitmentRow.programme_id)
        .where(
            CommitmentRow.form != Form.IN_KIND.value,
            CommitmentRow.status.in_([status.value for status in COMMITTED]),
        )
        .order_by(CommitmentRow.project_id, CommitmentRow.position)
    )
    return [
        Payer(key, reference, frozenset(accounts.get(funder_id, ())))
        for key, reference, funder_id in rows
    ]


def commitment_row(session: Session, code: str) -> CommitmentRow:
    """Give the commitment with this code to be changed.

    Errors: ``NotFoundError``.
    """
    row = session.scalars(select(CommitmentRow).where(CommitmentRow.code == code)).first()
    if row is None:
        raise NotFoundError("There is no commitment “{code}”.", code=code)
    return row
