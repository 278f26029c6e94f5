"""People who sign in, and what a password must be."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.domain.errors import RuleViolation
from tracker.domain.policy import Role

PASSWORD_MIN = 12
PASSWORD_MAX = 128


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody who is to sign in. A viewer belongs to a funder, nobody else does."""

    email: str
    name: str
    role: Role
    password: str
    funder_id: int | None = None
    language: str = "en"
    is_sample: bool = False


def check_person(new: NewPerson) -> None:
    """Refuse a person whose particulars do not fit together.

    Errors: ``RuleViolation`` on the field that is wrong.
    """
    check_email(new.email)
    if not new.name.strip():
        raise RuleViolation("A person has a name.", "Write the name.", field="name")
    if (new.role is Role.FUNDER_VIEWER) != (new.funder_id is not None):
        raise RuleViolation(
            "A funder's viewer belongs to one funder, and nobody else does.",
            "Choose the funder, or another role.",
            field="funder_id",
        )
    check_password(new.password)


def check_email(email: str) -> None:
    """Refuse what cannot be an e-mail address.

    Errors: ``RuleViolation`` on field ``email``.
    """
    if not is_email(email):
        raise RuleViolation(
            "“{email}” is not an e-mail address.",
            "Write it like name@organisation.nl.",
            field="email",
            email=email,
        )


def is_email(text: str) -> bool:
    """Tell whether a text can be an e-mail address."""
    local, at, host = text.partition("@")
    return bool(local and at and "." in host) and not any(c.isspace() for c in text)


def check_password(password: str) -> None:
    """Refuse a password that is too short to be safe, or too long to be checked.

    Errors: ``RuleViolation`` on field ``password``.
    """
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        raise RuleViolation(
            "The password has {length} characters.",
            "Choose one of {least} to {most} characters; a few words together are easy to"
            " remember.",
            field="password",
            length=len(password),
            least=PASSWORD_MIN,
            most=PASSWORD_MAX,
        )
