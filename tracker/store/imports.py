"""Files that were brought in, and the books and statements that they hold."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.errors import Finding, NotFoundError
from tracker.domain.imports import FileKind, ImportOutcome
from tracker.store.plain import read, written
from tracker.store.projects import the_project
from tracker.store.tables import Base, Cents, one_of, whole_cents

if TYPE_CHECKING:
    from pathlib import Path


class ImportRow(Base):
    """A file that was kept, with its own control totals and what the import said of it."""

    __tablename__ = "import"
    __table_args__ = (UniqueConstraint("project_id", "sha256"), one_of("kind", FileKind))

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    file_name: Mapped[str]
    sha256: Mapped[str]
    kind: Mapped[str]
    imported_at: Mapped[datetime]
    imported_by: Mapped[str]
    new: Mapped[int]
    same: Mapped[int]
    totals: Mapped[str]  # sentences and figures, as JSON
    warnings: Mapped[str]  # findings, as JSON
    accepted: Mapped[str] = mapped_column(default="")  # why they were accepted


class BookRow(Base):
    """A fiscal year of a company's ledger, or a partner's hours of a year: where keys are unique.

    ``import_id`` is the import that opened it, if one did; its totals count what is kept of it.
    """

    __tablename__ = "book"
    __table_args__ = (
        UniqueConstraint("project_id", "origin", "company", "fiscal_year"),
        CheckConstraint("fiscal_year BETWEEN 1900 AND 2999", name="fiscal_year_sane"),
        *whole_cents("debit", "credit"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    origin: Mapped[str]
    company: Mapped[str]
    fiscal_year: Mapped[int]
    import_id: Mapped[int | None] = mapped_column(ForeignKey("import.id"))
    line_count: Mapped[int]
    debit: Mapped[Cents]
    credit: Mapped[Cents]


class StatementRow(Base):
    """A bank statement as the bank sent it."""

    __tablename__ = "bank_statement"
    __table_args__ = (
        UniqueConstraint("iban", "number", "import_id"),
        *whole_cents("opening", "closing"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("import.id"), index=True)
    iban: Mapped[str]
    number: Mapped[str]
    opening: Mapped[Cents]
    closing: Mapped[Cents]
    entry_count: Mapped[int]


def lock(session: Session) -> None:
    """Let one import at a time go on, until its transaction ends."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer anyway
        session.execute(text('LOCK TABLE "import" IN SHARE ROW EXCLUSIVE MODE'))


def import_of(session: Session, sha256: str) -> ImportOutcome | None:
    """Give what was said of these very bytes when they were brought in."""
    row = session.scalars(select(ImportRow).where(ImportRow.sha256 == sha256)).first()
    return _outcome(row) if row else None


def known_before(session: Session, name: str, sha256: str) -> ImportOutcome | None:
    """Say of bytes that were kept before that all of their lines are the same."""
    known = import_of(session, sha256)
    if known is None:
        return None
    return replace(known, file_name=name, new=0, same=known.new + known.same, totals=())


def hash_of(path: Path) -> str:
    """Give the seal of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def import_by_id(session: Session, import_id: int) -> ImportOutcome:
    """Give what was said of an import when it was done.

    Errors: ``NotFoundError``.
    """
    if row := session.get(ImportRow, import_id):
        return _outcome(row)
    raise NotFoundError("There is no import {number}.", number=import_id)


def imports_of(session: Session) -> list[ImportOutcome]:
    """List the files that were brought in, the newest first."""
    return [
        _outcome(row) for row in session.scalars(select(ImportRow).order_by(ImportRow.id.desc()))
    ]


def add_import(session: Session, outcome: ImportOutcome) -> int:
    """Remember a file that is being brought in; its outcome is filled in by ``close_import``."""
    if outcome.imported_at is None:
        raise ValueError("an import happens at a moment")
    row = ImportRow(
        project_id=the_project(session).id,
        file_name=outcome.file_name,
        sha256=outcome.sha256,
        kind=outcome.kind.value,
        imported_at=outcome.imported_at,
        imported_by=outcome.imported_by,
        new=outcome.new,
        same=outcome.same,
        totals=written(outcome.totals),
        warnings=_as_written(outcome.warnings),
        accepted=outcome.accepted,
    )
    session.add(row)
    session.flush()
    return row.id


def close_import(session: Session, import_id: int, outcome: ImportOutcome) -> None:
    """Write down what the import did, in the transaction in which it did it."""
    row = session.get_one(ImportRow, import_id)
    row.new, row.same = outcome.new, outcome.same
    row.totals, row.warnings = written(outcome.totals), _as_written(outcome.warnings)
    row.accepted = outcome.accepted


def book_named(session: Session, origin: str, company: str, fiscal_year: int) -> BookRow | None:
    """Give a book that has been brought in before."""
    return session.scalars(
        select(BookRow).where(
            BookRow.origin == origin,
            BookRow.company == company,
            BookRow.fiscal_year == fiscal_year,
        )
    ).first()


def add_book(
    session: Session, origin: str, company: str, fiscal_year: int, import_id: int | None
) -> BookRow:
    """Open a book that is brought in for the first time; its lines are counted as they are kept."""
    book = BookRow(
        project_id=the_project(session).id,
        origin=str(origin),
        company=company,
        fiscal_year=fiscal_year,
        import_id=import_id,
        line_count=0,
        debit=0,
        credit=0,
    )
    session.add(book)
    session.flush()
    return book


def _as_written(warnings: tuple[Finding, ...]) -> str:
    return written([(each.place, each.message, each.remedy) for each in warnings])


def _outcome(row: ImportRow) -> ImportOutcome:
    return ImportOutcome(
        file_name=row.file_name,
        kind=FileKind(row.kind),
        new=row.new,
        same=row.same,
        already_imported=True,
        totals=read(row.totals),
        warnings=tuple(Finding(*parts) for parts in read(row.warnings)),
        imported_at=row.imported_at,
        imported_by=row.imported_by,
        sha256=row.sha256,
        id=row.id,
        accepted=row.accepted,
    )
