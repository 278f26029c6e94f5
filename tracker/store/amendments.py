"""Decisions on commitments: drafts, and what a second person confirmed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, delete, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.amendments import Amendment, Entered, Standing, Verdict, standing_on
from tracker.domain.commitments import Status
from tracker.domain.errors import NotFoundError
from tracker.domain.money import Money
from tracker.domain.periods import Period
from tracker.store.audit import of_commitment
from tracker.store.documents import add_document
from tracker.store.projects import CategoryRow
from tracker.store.tables import Base, Cents, one_of, whole_cents

if TYPE_CHECKING:
    from sqlalchemy import Select

    from tracker.store.commitments import CommitmentRow
    from tracker.store.documents import Upload


class AmendmentRow(Base):
    """A dated decision on a commitment; number 0 is the award.

    A draft may be changed by who entered it. Somebody else confirms it; from then on it counts,
    by triggers, and is never written again.
    """

    __tablename__ = "amendment"
    __table_args__ = (
        Index(
            "ix_amendment_commitment_id_number_standing",
            "commitment_id",
            "number",
            unique=True,
            sqlite_where=text("verdict <> 'dropped'"),
            postgresql_where=text("verdict <> 'dropped'"),
        ),
        CheckConstraint("number >= 0", name="number_from_0"),
        CheckConstraint("first_day <= last_day", name="period_in_order"),
        CheckConstraint("(first_day IS NULL) = (last_day IS NULL)", name="period_whole"),
        CheckConstraint("share BETWEEN 0 AND 1000000", name="share_of_one"),
        CheckConstraint(
            "(determined IS NOT NULL) = (COALESCE(status, '') = 'determined')",
            name="determined_has_amount",
        ),
        CheckConstraint("determined >= 0", name="determined_not_negative"),
        CheckConstraint(
            "(verdict = 'confirmed') = (confirmed_by IS NOT NULL)", name="confirmed_by_somebody"
        ),
        CheckConstraint("confirmed_by <> entered_by", name="confirmed_by_another"),
        CheckConstraint("reason <> ''", name="reason_given"),
        one_of("status", Status),
        one_of("verdict", Verdict),
        *whole_cents("amount"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"))
    number: Mapped[int]
    decided_on: Mapped[date]
    amount: Mapped[Cents]
    reason: Mapped[str]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]
    status: Mapped[str | None] = mapped_column(default=None)
    first_day: Mapped[date | None] = mapped_column(default=None)
    last_day: Mapped[date | None] = mapped_column(default=None)
    share: Mapped[Decimal | None] = mapped_column(default=None)
    determined: Mapped[Cents | None] = mapped_column(default=None)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), default=None)
    verdict: Mapped[str] = mapped_column(default=Verdict.DRAFT.value)
    confirmed_by: Mapped[str | None] = mapped_column(default=None)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    returned: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)


class AmendmentCategoryRow(Base):
    """A cost category that a commitment pays for from this decision on."""

    __tablename__ = "amendment_category"

    amendment_id: Mapped[int] = mapped_column(ForeignKey("amendment.id"), primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("cost_category.id"), primary_key=True)


def amendments_of(session: Session, commitment_id: int) -> tuple[Amendment, ...]:
    """The award and all its confirmed amendments, in order."""
    return tuple(
        entered.decision
        for entered in decisions_of(session, commitment_id)
        if entered.verdict is Verdict.CONFIRMED
    )


def decisions_of(session: Session, commitment_id: int) -> list[Entered]:
    """Every decision that was entered on a commitment and not dropped, in order."""
    return _entered(
        session,
        _decisions().where(
            AmendmentRow.commitment_id == commitment_id,
            AmendmentRow.verdict != Verdict.DROPPED.value,
        ),
    )


def drafts(session: Session) -> list[Entered]:
    """Every decision that waits for a second person, the oldest first."""
    return _entered(session, _decisions().where(AmendmentRow.verdict == Verdict.DRAFT.value))


def confirmed_decisions(session: Session) -> list[Entered]:
    """Every decision that a second person confirmed, on all commitments, in order."""
    return _entered(session, _decisions().where(AmendmentRow.verdict == Verdict.CONFIRMED.value))


def decision_numbered(session: Session, key: int) -> Entered:
    """Give one decision.

    Errors: ``NotFoundError``.
    """
    found = _entered(session, _decisions().where(AmendmentRow.id == key))
    if not found:
        raise NotFoundError("There is no such amendment.")
    return found[0]


def standing_of(session: Session, commitment_id: int, day: date) -> Standing:
    """Tell what was true of a commitment on a day."""
    return standing_on(amendments_of(session, commitment_id), day)


def next_number(session: Session, commitment_id: int) -> int:
    """Number the next decision on a commitment; what was dropped leaves no gap."""
    last = session.scalar(
        select(func.max(AmendmentRow.number)).where(
            AmendmentRow.commitment_id == commitment_id,
            AmendmentRow.verdict != Verdict.DROPPED.value,
        )
    )
    return 0 if last is None else last + 1


def _decisions() -> Select[AmendmentRow, str]:
    from tracker.store.commitments import CommitmentRow  # the tables point at each other

    return (
        select(AmendmentRow, CommitmentRow.code)
        .join(CommitmentRow, CommitmentRow.id == AmendmentRow.commitment_id)
        .order_by(AmendmentRow.number, AmendmentRow.id)
    )


def _entered(session: Session, query: Select[AmendmentRow, str]) -> list[Entered]:
    rows = session.execute(query).all()
    categories: dict[int, tuple[str, ...]] = {}
    for key, code in session.execute(
        select(AmendmentCategoryRow.amendment_id, CategoryRow.code)
        .join(CategoryRow, CategoryRow.id == AmendmentCategoryRow.category_id)
        .where(AmendmentCategoryRow.amendment_id.in_([row.id for row, _ in rows]))
        .order_by(CategoryRow.position)
    ):
        categories[key] = (*categories.get(key, ()), code)
    return [
        Entered(
            id=row.id,
            commitment=code,
            decision=_decision(row, categories.get(row.id, ())),
            verdict=Verdict(row.verdict),
            entered_by=row.entered_by,
            entered_at=row.entered_at,
            confirmed_by=row.confirmed_by or "",
            returned=row.returned,
            document_id=row.document_id,
            version=row.version,
        )
        for row, code in rows
    ]


def _decision(row: AmendmentRow, categories: tuple[str, ...]) -> Amendment:
    return Amendment(
        number=row.number,
        decided_on=row.decided_on,
        amount=Money(row.amount),
        reason=row.reason,
        status=Status(row.status) if row.status else None,
        period=Period(row.first_day, row.last_day) if row.first_day and row.last_day else None,
        share=row.share,
        categories=categories,
        determined=None if row.determined is None else Money(row.determined),
    )


def keep_draft(
    session: Session, commitment: CommitmentRow, decision: Amendment, letter: Upload | None, by: str
) -> int:
    """Keep a decision that waits for a second person, numbered next."""
    row = AmendmentRow(
        commitment_id=commitment.id,
        number=next_number(session, commitment.id),
        decided_on=decision.decided_on,
        amount=decision.amount.cents,
        reason=decision.reason,
        entered_by=by,
        entered_at=datetime.now(UTC),
    )
    if letter:
        row.document_id = keep_letter(session, commitment.code, letter, by)
    session.add(row)
    session.flush()
    fill(session, row, decision)
    return row.id


def fill(session: Session, row: AmendmentRow, decision: Amendment) -> None:
    """Make a draft say what a decision says, but for its number."""
    row.decided_on, row.amount = decision.decided_on, decision.amount.cents
    row.reason, row.share = decision.reason, decision.share
    row.status = decision.status.value if decision.status else None
    row.first_day = decision.period.first_day if decision.period else None
    row.last_day = decision.period.last_day if decision.period else None
    row.determined = None if decision.determined is None else decision.determined.cents
    session.execute(delete(AmendmentCategoryRow).where(AmendmentCategoryRow.amendment_id == row.id))
    for category in session.scalars(
        select(CategoryRow).where(CategoryRow.code.in_(decision.categories))
    ):
        session.add(AmendmentCategoryRow(amendment_id=row.id, category_id=category.id))
    session.flush()


def keep_letter(session: Session, code: str, letter: Upload, by: str) -> int:
    """Keep the funder's letter with the commitment that it is about."""
    return add_document(session, of_commitment(code), letter, by=by, at=datetime.now(UTC))
