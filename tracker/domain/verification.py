"""Verification: what the holder of a file is told of it, and no more.

Told are the kind of report, its period, its version, and whether that was withdrawn or followed.
Nobody learns of whom it is, what is in it, or what a funder said of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tracker.domain.errors import RuleViolation, Sentence

if TYPE_CHECKING:
    from datetime import date

    from tracker.domain.periods import Period

HASH: Final = re.compile(r"[0-9a-f]{64}")
NOT_ISSUED: Final = Sentence(
    "This is no file that we issued. If it was one, it has been changed since."
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is told of a file that was issued, byte for byte.

    Shape:  ``newest`` is the number that was issued last of the same report. The period of what
            is told as at a day is that day.
    """

    kind: str
    face: str
    period: Period
    number: int
    newest: int
    issued_on: date
    withdrawn_on: date | None = None

    @property
    def is_newest(self) -> bool:
        """Whether no later version followed it."""
        return self.number == self.newest

    @property
    def holds(self) -> bool:
        """Whether it is what stands today: neither withdrawn nor followed."""
        return self.is_newest and self.withdrawn_on is None


def check_hash(text: str) -> str:
    """Read a SHA-256 hash as people and programs write it.

    Errors: ``RuleViolation`` on field ``sha256`` for what is none.
    """
    found = "".join(text.split()).lower()
    if not HASH.fullmatch(found):
        raise RuleViolation(
            "“{text}” is no SHA-256 hash.",
            "That has 64 characters, from 0 to 9 and from a to f.",
            field="sha256",
            text=text.strip()[:80],
        )
    return found


def in_sentences(verdict: Verdict | None, title: str = "") -> tuple[Sentence, ...]:
    """Say what is told of a file; ``title`` names its kind of report in the reader's language."""
    if verdict is None:
        return (NOT_ISSUED,)
    period = verdict.period
    is_of_a_day = period.first_day == period.last_day
    issued = Sentence(
        "We issued this file on {day}: {title} as at {period}, version {number}."
        if is_of_a_day
        else "We issued this file on {day}: {title} over {period}, version {number}.",
        {
            "day": verdict.issued_on,
            "title": title,
            "period": period.last_day if is_of_a_day else period.code,
            "number": verdict.number,
        },
    )
    return (issued, *_what_became(verdict))


def _what_became(verdict: Verdict) -> tuple[Sentence, ...]:
    if verdict.holds:
        return (Sentence("It is the newest version, and was not withdrawn."),)
    found = []
    if verdict.withdrawn_on:
        facts = {"day": verdict.withdrawn_on}
        found.append(Sentence("It was withdrawn on {day}: do not rely on it.", facts))
    if not verdict.is_newest:
        newest = {"number": verdict.newest}
        found.append(Sentence("It was followed by version {number}: use that one.", newest))
    return tuple(found)
