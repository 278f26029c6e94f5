"""The consortium: who its partners are, and the overviews of the project that they were given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tracker.domain.errors import NotFoundError, RuleViolation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

PARTNERS: Final = frozenset(
    {"university", "owner", "consortium", "charity", "foundation", "company"}
)
"""Kinds of funders that take part in the project; governments fund it and are reported to."""


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file of an overview: its bytes are kept as they were given, and known by their hash."""

    face: str
    name: str
    size: int
    sha256: str
    document_id: int


@dataclass(frozen=True, slots=True)
class Taking:
    """That somebody took a file of an overview."""

    face: str
    by: str
    role: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Given:
    """An overview of a project that was given to its partners; the highest number is the newest.

    Shape:  ``reason`` says why it was withdrawn, if it was.
    """

    number: int
    as_of: date
    by: str
    at: datetime
    files: tuple[GivenFile, ...]
    takings: tuple[Taking, ...] = ()
    withdrawn_at: datetime | None = None
    reason: str = ""

    def file(self, face: str) -> GivenFile:
        """Give its file of a format.

        Errors: ``NotFoundError``.
        """
        for one in self.files:
            if one.face == face:
                return one
        raise NotFoundError("This overview has no file of that format.")


def numbered(given: Sequence[Given], number: int) -> Given:
    """Give the overview of a number.

    Errors: ``NotFoundError``.
    """
    for one in given:
        if one.number == number:
            return one
    raise NotFoundError("There is no overview of that number.")


def check_standing(given: Given) -> None:
    """Refuse to withdraw what was withdrawn.

    Errors: ``RuleViolation``.
    """
    if given.withdrawn_at:
        raise RuleViolation(
            "Overview {number} was withdrawn on {day}.",
            "Nothing is left to do.",
            number=given.number,
            day=given.withdrawn_at.date(),
        )
