"""The people who sign in."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, exists, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.errors import NotFoundError
from tracker.domain.policy import Role
from tracker.store.funders import FunderRow
from tracker.store.tables import Base, one_of


class PersonRow(Base):
    """Somebody who signs in. The password is a hash; ``fs_uniquifier`` ends all sessions."""

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("email"),
        UniqueConstraint("fs_uniquifier"),
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint(
            "(role = 'funder_viewer') = (funder_id IS NOT NULL)", name="viewer_has_funder"
        ),
        CheckConstraint("language IN ('en', 'nl')", name="language_known"),
        one_of("role", Role),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    email: Mapped[str]
    name: Mapped[str]
    password: Mapped[str]
    role: Mapped[str]
    funder_id: Mapped[int | None] = mapped_column(ForeignKey("funder.id"))
    language: Mapped[str]
    active: Mapped[bool]
    is_sample: Mapped[bool]
    fs_uniquifier: Mapped[str]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs in, as the list of people shows them."""

    id: int
    email: str
    name: str
    role: Role
    funder_id: int | None
    funder: str
    language: str
    active: bool
    is_sample: bool


def people_of(session: Session) -> list[Person]:
    """List everybody who has ever been able to sign in, by name."""
    rows = session.execute(
        select(PersonRow, FunderRow.name)
        .outerjoin(FunderRow, FunderRow.id == PersonRow.funder_id)
        .order_by(PersonRow.name, PersonRow.id)
    )
    return [
        Person(
            row.id,
            row.email,
            row.name,
            Role(row.role),
            row.funder_id,
            funder or "",
            row.language,
            row.active,
            row.is_sample,
        )
        for row, funder in rows
    ]


def person_numbered(session: Session, person_id: int) -> PersonRow:
    """Give one person's row.

    Errors: ``NotFoundError``.
    """
    if row := session.get(PersonRow, person_id):
        return row
    raise NotFoundError("There is no person {person}.", person=person_id)


def is_known(session: Session, email: str) -> bool:
    """Tell whether somebody signs in, or did, with this address."""
    return bool(session.scalar(select(exists().where(PersonRow.email == email.lower()))))


def name_of(session: Session, known_as: str) -> str:
    """Give the name of who the audit trail knows by an address; what is no address stays."""
    found = session.scalar(select(PersonRow.name).where(PersonRow.email == known_as.lower()))
    return found or known_as


def has_sample_people(session: Session) -> bool:
    """Tell whether sign-ins exist whose passwords everybody knows."""
    return bool(session.scalar(select(exists().where(PersonRow.is_sample))))
