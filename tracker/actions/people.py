"""Letting people in, and shutting them out."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from argon2 import PasswordHasher

from tracker.domain.errors import RuleViolation
from tracker.domain.people import NewPerson, check_password, check_person
from tracker.domain.policy import Role
from tracker.store import audit, people
from tracker.store.people import PersonRow
from tracker.store.session import transaction

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor


def add(session: Session, new: NewPerson, *, by: Actor) -> int:
    """Let somebody sign in from now on.

    Errors: ``RuleViolation`` for an address that is in use, or particulars that do not fit.
    """
    check_person(new)
    password = PasswordHasher().hash(new.password)
    with transaction(session):
        if people.is_known(session, new.email):
            raise RuleViolation(
                "Somebody signs in with {email} already.",
                "Use another address, or change that person.",
                field="email",
                email=new.email.lower(),
            )
        row = PersonRow(
            email=new.email.lower(),
            name=new.name.strip(),
            password=password,
            role=new.role.value,
            funder_id=new.funder_id,
            language=new.language,
            active=True,
            is_sample=new.is_sample,
            fs_uniquifier=secrets.token_hex(32),
        )
        session.add(row)
        session.flush()
        person_id = row.id
        audit.record(
            session,
            by=by,
            did="add person",
            subject=f"person/{person_id}",
            detail={"email": row.email, "role": row.role},
        )
    return person_id


def set_active(session: Session, person_id: int, *, active: bool, by: Actor) -> None:
    """Shut somebody out, or let them in again; all their sessions end at once.

    Errors: ``NotFoundError``; ``RuleViolation`` for the last administrator.
    """
    with transaction(session):
        row = people.person_numbered(session, person_id)
        if not active:
            _check_not_last(session, row)
        row.active = active
        row.fs_uniquifier = secrets.token_hex(32)
        did = "let in" if active else "shut out"
        audit.record(session, by=by, did=did, subject=f"person/{person_id}")


def set_password(session: Session, person_id: int, password: str, *, by: Actor) -> None:
    """Give somebody a new password; all their sessions end at once.

    Errors: ``NotFoundError``; ``RuleViolation`` for a password that is not safe.
    """
    check_password(password)
    hashed = PasswordHasher().hash(password)
    with transaction(session):
        row = people.person_numbered(session, person_id)
        row.password = hashed
        row.fs_uniquifier = secrets.token_hex(32)
        audit.record(session, by=by, did="set password", subject=f"person/{person_id}")


def set_language(session: Session, person_id: int, language: str, *, by: Actor) -> None:
    """Remember in which language somebody reads.

    Errors: ``NotFoundError``; ``RuleViolation`` for a language that is not spoken here.
    """
    if language not in ("en", "nl"):
        raise RuleViolation("The tracker speaks English and Dutch.", field="language")
    with transaction(session):
        people.person_numbered(session, person_id).language = language
        audit.record(session, by=by, did="choose language", subject=f"person/{person_id}")


def _check_not_last(session: Session, row: PersonRow) -> None:
    others = [
        person
        for person in people.people_of(session)
        if person.role is Role.ADMINISTRATOR and person.active and person.id != row.id
    ]
    if row.role == Role.ADMINISTRATOR and not others:
        raise RuleViolation(
            "{email} is the last administrator.",
            "Add another administrator first.",
            field="active",
            email=row.email,
        )
