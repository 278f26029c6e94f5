"""Cost lines, and the lines of the books that are no costs; queries over them."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    UniqueConstraint,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from tracker.domain.costs import CostLine, CostShare, Origin
from tracker.domain.errors import NotFoundError
from tracker.domain.money import Money
from tracker.store.commitments import CommitmentRow
from tracker.store.imports import BookRow
from tracker.store.projects import CategoryRow
from tracker.store.tables import Base, Cents, whole_cents

WITHIN = "{part} BETWEEN {whole} AND 0 OR {part} BETWEEN 0 AND {whole}"
"""A part has the sign of its whole, and is not more."""


class CostLineRow(Base):
    """A cost of the project, as it stands in the books. Never changed, never deleted.

    Shape:  ``cost_centre`` is what the books say; ``work_package_id`` is empty where the programme
            does not know it. ``counted_on`` is filled only where a line counts in another period
            than the one in which it was incurred. ``amount`` is the cost: the net price and the
            VAT that cannot be deducted; ``vat`` is all VAT on the document. ``ineligible`` is the
            part that no funder may be asked for. ``reverses_id`` is the line that this one takes
            back, ``corrects_id`` the one that it replaces or lowers; ``charge_id`` is the deed
            that judged it when it was made, where the split rules have nothing to say.
    """

    __tablename__ = "cost_line"
    __table_args__ = (
        UniqueConstraint("book_id", "journal", "transaction_number", "line_number"),
        Index(None, "project_id", "id"),
        Index(None, "incurred_on", "id"),
        Index(None, "category_id", "incurred_on", "amount"),
        Index(
            "ix_cost_line_corrects_id",
            "corrects_id",
            sqlite_where=text("corrects_id IS NOT NULL"),
            postgresql_where=text("corrects_id IS NOT NULL"),
        ),
        Index(
            "ix_cost_line_reverses_id",
            "reverses_id",
            unique=True,
            sqlite_where=text("reverses_id IS NOT NULL"),
            postgresql_where=text("reverses_id IS NOT NULL"),
        ),
        CheckConstraint(WITHIN.format(part="vat_deductible", whole="vat"), name="vat_within"),
        CheckConstraint(WITHIN.format(part="ineligible", whole="amount"), name="eligible_within"),
        CheckConstraint("(ineligible = 0) = (ineligible_for = '')", name="ineligible_for_reason"),
        *whole_cents("amount", "vat", "vat_deductible", "ineligible"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    book_id: Mapped[int] = mapped_column(ForeignKey("book.id"))
    import_id: Mapped[int | None] = mapped_column(ForeignKey("import.id"))
    journal: Mapped[str]
    transaction_number: Mapped[str]
    line_number: Mapped[str]
    incurred_on: Mapped[date]
    booked_on: Mapped[date | None]
    amount: Mapped[Cents]
    category_id: Mapped[int] = mapped_column(ForeignKey("cost_category.id"))
    work_package_id: Mapped[int | None] = mapped_column(ForeignKey("work_package.id"))
    cost_centre: Mapped[str]
    account: Mapped[str]
    supplier: Mapped[str]
    document: Mapped[str]
    invoice: Mapped[str]
    description: Mapped[str]
    counted_on: Mapped[date | None] = mapped_column(default=None)
    paid_on: Mapped[date | None] = mapped_column(default=None)
    vat: Mapped[Cents] = mapped_column(default=0)
    vat_deductible: Mapped[Cents] = mapped_column(default=0)
    ineligible: Mapped[Cents] = mapped_column(default=0)
    ineligible_for: Mapped[str] = mapped_column(default="")
    person: Mapped[str] = mapped_column(default="")
    milestone_id: Mapped[int | None] = mapped_column(ForeignKey("milestone.id"), default=None)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("cost_line.id"), default=None)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("cost_line.id"), default=None)
    charge_id: Mapped[int | None] = mapped_column(ForeignKey("charge.id"), default=None)


def of_cost(line_id: int) -> str:
    """Name a cost line as the subject of a deed, and of the documents kept with it."""
    return f"cost/{line_id}"


def still_stands() -> tuple[Any, ...]:
    """Choose the cost lines that were not taken back, and that take nothing back."""
    reversing = aliased(CostLineRow)
    taken_back = select(reversing.id).where(reversing.reverses_id == CostLineRow.id).exists()
    return CostLineRow.reverses_id.is_(None), ~taken_back


def key_of(book: BookRow, journal: str, transaction: str, line: str) -> str:
    """Write a ledger key as people read it."""
    if book.origin == Origin.IN_KIND:
        return f"{book.fiscal_year} {book.company} {transaction}/{line}"
    return f"{book.fiscal_year} {journal} {transaction}/{line}"


def years_in(session: Session) -> list[int]:
    """List the calendar years in which costs were incurred, the first to the last."""
    first = session.scalar(select(func.min(CostLineRow.incurred_on)))
    last = session.scalar(select(func.max(CostLineRow.incurred_on)))
    return list(range(first.year, last.year + 1)) if first and last else []


def cost_line(session: Session, line_id: int) -> CostLine:
    """Give one cost line with what became of it.

    Errors: ``NotFoundError``.
    """
    found = lines_of(session, listed().where(CostLineRow.id == line_id))
    if not found:
        raise NotFoundError("There is no cost line {line}.", line=line_id)
    return found[0]


def listed() -> Select[CostLineRow, BookRow, str]:
    """Choose cost lines, each with its book and its category."""
    return (
        select(CostLineRow, BookRow, CategoryRow.code.label("category"))
        .join(BookRow, BookRow.id == CostLineRow.book_id)
        .join(CategoryRow, CategoryRow.id == CostLineRow.category_id)
    )


def lines_of(session: Session, query: Select[CostLineRow, BookRow, str]) -> list[CostLine]:
    """Read the cost lines that a query chooses, with what became of them."""
    rows = session.execute(query).all()
    keys = [row.CostLineRow.id for row in rows]
    shares, reversing = _shares(session, keys), _reversing(session, keys)
    milestones = _milestones(session, {row.CostLineRow.milestone_id for row in rows} - {None})
    return [
        CostLine(
            id=line.id,
            key=key_of(book, line.journal, line.transaction_number, line.line_number),
            origin=Origin(book.origin),
            incurred_on=line.incurred_on,
            booked_on=line.booked_on,
            supplier=line.supplier,
            document=line.document,
            invoice=line.invoice,
            description=line.description,
            category=category,
            work_package=line.cost_centre,
            account=line.account,
            amount=Money(line.amount),
            shares=tuple(shares.get(line.id, ())),
            counted_on=line.counted_on,
            paid_on=line.paid_on,
            vat=Money(line.vat),
            vat_deductible=Money(line.vat_deductible),
            ineligible=Money(line.ineligible),
            ineligible_for=line.ineligible_for,
            person=line.person,
            milestone_id=line.milestone_id,
            milestone=milestones.get(line.milestone_id, ""),
            corrects_id=line.corrects_id,
            reverses_id=line.reverses_id,
            reversed_by_id=reversing.get(line.id),
            is_judged_apart=line.charge_id is not None,
        )
        for line, book, category in rows
    ]


def _reversing(session: Session, line_ids: list[int]) -> dict[int, int]:
    """Give the lines that take these back, by the line that they take back."""
    rows = session.execute(
        select(CostLineRow.reverses_id, CostLineRow.id).where(CostLineRow.reverses_id.in_(line_ids))
    )
    return {line: by for line, by in rows if line is not None}


def _milestones(session: Session, keys: set[int | None]) -> dict[int | None, str]:
    """Give the codes of milestones by their ids."""
    from tracker.store.milestones import MilestoneRow

    if not keys:
        return {}
    rows = session.execute(
        select(MilestoneRow.id, MilestoneRow.code).where(MilestoneRow.id.in_(keys))
    )
    return {key: code for key, code in rows}  # noqa: C416 - typed rows


def _shares(session: Session, line_ids: list[int]) -> dict[int, list[CostShare]]:
    from tracker.store.allocations import AllocationRow, UnallocatedRow

    shares: dict[int, list[CostShare]] = {}
    charged = (
        select(AllocationRow.cost_line_id, CommitmentRow.code, AllocationRow.amount)
        .join(CommitmentRow, CommitmentRow.id == AllocationRow.commitment_id)
        .where(AllocationRow.cost_line_id.in_(line_ids))
        .order_by(AllocationRow.id)
    )
    keys = (UnallocatedRow.cost_line_id, CommitmentRow.code, UnallocatedRow.reason)
    left = (
        select(*keys, func.sum(UnallocatedRow.amount))
        .outerjoin(CommitmentRow, CommitmentRow.id == UnallocatedRow.commitment_id)
        .where(UnallocatedRow.cost_line_id.in_(line_ids))
        .group_by(*keys)
        .having(func.sum(UnallocatedRow.amount) != 0)
        .order_by(func.min(UnallocatedRow.id))
    )
    for line_id, code, amount in session.execute(charged):
        shares.setdefault(line_id, []).append(CostShare(code, Money(amount)))
    for line_id, code, reason, amount in session.execute(left):
        shares.setdefault(line_id, []).append(CostShare(code or "", Money(int(amount)), reason))
    return shares
