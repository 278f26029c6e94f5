"""Funders, the accounts that they pay from, and their programmes with dated terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.errors import NotFoundError
from tracker.store.tables import Base


class FunderRow(Base):
    """A body that provides money or hours."""

    __tablename__ = "funder"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    report_language: Mapped[str]


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
    __table_args__ = (UniqueConstraint("funder_id", "name"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    funder_id: Mapped[int] = mapped_column(ForeignKey("funder.id"))
    name: Mapped[str]


class ProgrammeTermRow(Base):
    """One term of a programme, from a day on, with its source. Never overwritten."""

    __tablename__ = "programme_term"
    __table_args__ = (UniqueConstraint("programme_id", "name", "first_day"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    name: Mapped[str]
    value: Mapped[str]
    first_day: Mapped[date]
    source: Mapped[str]


@dataclass(frozen=True, slots=True)
class Funder:
    """A funder as a person is tied to one."""

    id: int
    name: str


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
