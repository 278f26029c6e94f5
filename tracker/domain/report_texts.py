"""The words that people put into a funder report, and what they say of it to each other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tracker.domain.errors import RuleViolation

if TYPE_CHECKING:
    from datetime import datetime

LONGEST: Final = 20_000
"""Signs that one text may have: about seven pages."""


class Place(StrEnum):
    """Where a report has room for words, in the order in which they are read."""

    SUMMARY = "text_summary"
    PROGRESS = "text_progress"
    DEVIATIONS = "text_deviations"
    OUTLOOK = "text_outlook"


@dataclass(frozen=True, slots=True)
class Written:
    """A text as it stands: Markdown, by whom and when, and how often it was changed."""

    said: str
    written_by: str
    written_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that goes with a report: one that is required, or a picture of its texts."""

    title: str
    document_id: int


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said of a report, or of one of its parts, while it was made."""

    place: str
    said: str
    written_by: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that texts name by its title; its bytes in base64, so that facts hold them."""

    title: str
    media_type: str
    base64: str


@dataclass(frozen=True, slots=True)
class Wording:
    """All words of a report: texts by place, explanations by what they are about, pictures."""

    texts: tuple[tuple[str, str], ...] = ()
    explanations: tuple[tuple[str, str], ...] = ()
    pictures: tuple[Picture, ...] = ()

    def text(self, place: Place) -> str:
        """Give the text of a place; empty where nothing was written."""
        return dict(self.texts).get(place.value, "")

    def explanation(self, about: str) -> str:
        """Give what was said of something; empty where nothing was."""
        return dict(self.explanations).get(about, "")


NO_WORDS: Final = Wording()


def check_text(said: str, field: str) -> str:
    """Give a text with the ends of its lines in one way.

    Errors: ``RuleViolation`` at the field where it is too long.
    """
    text = "\n".join(said.replace("\r\n", "\n").replace("\r", "\n").split("\n")).strip()
    if len(text) > LONGEST:
        raise RuleViolation(
            "This text has {count} signs; {most} is the most.",
            "Put the rest into a document that goes with the report.",
            field=field,
            count=len(text),
            most=LONGEST,
        )
    return text
