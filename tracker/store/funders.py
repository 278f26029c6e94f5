"""Funders, the accounts that they pay from, who works there, and the names of their programmes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.errors import NotFoundError
from tracker.domain.funders import Contact, NewFunder
from tracker.store.tables import Base

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")


class FunderRow(Base):
    """A body that provides money or hours."""

    __tablename__ = "funder"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    report_language: Mapped[str]
    kvk: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)


class ContactRow(Base):
    """Somebody at a funder. Who leaves is taken off the list."""

    __tablename__ = "contact"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    funder_id: Mapped[int] = mapped_column(ForeignKey("funder.id"), index=True)
    name: Mapped[str]
    task: Mapped[str]
    email: Mapped[str]
    phone: Mapped[str]


class FunderAccountRow(Base):
    """A bank account that a funder pays from."""

    __tablename__ = "funder_account"
    __table_args__ = (UniqueConstraint("iban"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    funder_id: Mapped[int] = mapped_column(ForeignKey("funder.id"))
    iban: Mapped[str]


class ProgrammeRow(Base):
    """The scheme under which a funder makes commitments."""

    __tablename__ = "programme"
    __table_args__ = (
        UniqueConstraint("funder_id", "name"),
        CheckConstraint("size IN ('small', 'medium', 'large')", name="size_known"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    funder_id: Mapped[int] = mapped_column(ForeignKey("funder.id"))
    name: Mapped[str]
    size: Mapped[str] = mapped_column(default="large")  # of the undertaking, for its aid ceiling


class ProgrammeTermRow(Base):
    """One term of a programme, from a day on, with its source. Never overwritten.

    ``scope`` is the cost category or the size of undertaking that it is about, or empty.
    """

    __tablename__ = "programme_term"
    __table_args__ = (
        UniqueConstraint("programme_id", "name", "scope", "first_day"),
        CheckConstraint("source <> ''", name="source_given"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    name: Mapped[str]
    value: Mapped[str]
    first_day: Mapped[date]
    source: Mapped[str]
    scope: Mapped[str] = mapped_column(default="")
    is_verified: Mapped[bool] = mapped_column(default=True)


@dataclass(frozen=True, slots=True)
class Funder:
    """A funder as a person is tied to one."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme as lists show it."""

    id: int
    funder_id: int
    funder: str
    name: str
    size: str


@dataclass(frozen=True, slots=True)
class FunderRecord:
    """Everything that is known of a funder itself; ``version`` tells whether it has changed."""

    id: int
    version: int
    particulars: NewFunder
    contacts: tuple[Contact, ...]
    programmes: tuple[Programme, ...]


def funder_named(session: Session, name: str) -> Funder:
    """Give the funder with this name.

    Errors: ``NotFoundError`` that names those there are.
    """
    funders = funders_of(session)
    for funder in funders:
        if funder.name == name:
            return funder
    raise NotFoundError(
        "There is no funder “{name}”.",
        "The funders are: {funders}.",
        name=name,
        funders=", ".join(funder.name for funder in funders),
    )


def funders_of(session: Session) -> list[Funder]:
    """List the funders by name."""
    return [
        Funder(key, name)
        for key, name in session.execute(
            select(FunderRow.id, FunderRow.name).order_by(FunderRow.name)
        )
    ]


def report_language_of(session: Session, funder_id: int) -> str:
    """The language in which a funder gets its reports."""
    return session.scalars(select(FunderRow.report_language).where(FunderRow.id == funder_id)).one()


def funder_records(session: Session) -> list[FunderRecord]:
    """List the funders by name, with what is known of each."""
    accounts = _by_funder(
        (row.funder_id, row.iban)
        for row in session.scalars(select(FunderAccountRow).order_by(FunderAccountRow.id))
    )
    contacts = _by_funder(
        (row.funder_id, _contact(row))
        for row in session.scalars(select(ContactRow).order_by(ContactRow.name, ContactRow.id))
    )
    programmes = _by_funder((found.funder_id, found) for found in programmes_of(session))
    return [
        FunderRecord(
            row.id,
            row.version,
            NewFunder(
                row.name, row.kind, row.report_language, row.kvk, tuple(accounts.get(row.id, ()))
            ),
            tuple(contacts.get(row.id, ())),
            tuple(programmes.get(row.id, ())),
        )
        for row in session.scalars(select(FunderRow).order_by(FunderRow.name))
    ]


def funder_record(session: Session, funder_id: int) -> FunderRecord:
    """Give what is known of a funder.

    Errors: ``NotFoundError``.
    """
    for record in funder_records(session):
        if record.id == funder_id:
            return record
    raise NotFoundError("There is no such funder.")


def programmes_of(session: Session) -> list[Programme]:
    """List the programmes, by funder and name."""
    rows = session.execute(
        select(
            ProgrammeRow.id,
            ProgrammeRow.funder_id,
            FunderRow.name,
            ProgrammeRow.name,
            ProgrammeRow.size,
        )
        .join(FunderRow, FunderRow.id == ProgrammeRow.funder_id)
        .order_by(FunderRow.name, ProgrammeRow.name)
    )
    return [Programme(*row) for row in rows]


def programme_numbered(session: Session, programme_id: int) -> Programme:
    """Give a programme.

    Errors: ``NotFoundError``.
    """
    for programme in programmes_of(session):
        if programme.id == programme_id:
            return programme
    raise NotFoundError("There is no such programme.")


def hold_funders(session: Session) -> None:
    """Let nobody else change a funder before this transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE funder IN SHARE ROW EXCLUSIVE MODE"))


def _contact(row: ContactRow) -> Contact:
    return Contact(row.name, row.task, row.email, row.phone, row.id)


def _by_funder(pairs: Iterable[tuple[int, T]]) -> dict[int, list[T]]:
    found: dict[int, list[T]] = {}
    for funder_id, one in pairs:
        found.setdefault(funder_id, []).append(one)
    return found
