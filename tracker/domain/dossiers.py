"""The audit dossier: everything of a commitment and a period that an auditor wants in one file."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from tracker.domain.errors import RuleViolation
from tracker.domain.money import ZERO, Money

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.domain.funder_reports import FunderReport
    from tracker.domain.statements import CategoryLine, StatementFacts

MEGABYTE: Final = 1_000_000
SIZE_MAX: Final = 200 * MEGABYTE
"""What the documents of a dossier may come to; it is handed out as one file."""

NAME_MAX: Final = 80
_SIGNS: Final = frozenset(" -_.,()+&")
_TAKEN: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


class Folder(StrEnum):
    """Where a paper lies in a dossier."""

    REPORTS = "reports"
    COSTS = "costs"
    DECISIONS = "decisions"
    PAPERS = "report-papers"
    MILESTONES = "milestones"
    WAIVERS = "waivers"
    EVIDENCE = "cost-evidence"
    IN_KIND = "in-kind"


class Paper(NamedTuple):
    """A document that goes into a dossier, and the record that it belongs to."""

    folder: Folder
    about: str
    document_id: int
    name: str
    size: int
    sha256: str


class Deed(NamedTuple):
    """A line of the change log, with its seal in the audit trail."""

    seq: int
    at: datetime
    by: str
    role: str
    did: str
    subject: str
    detail: str
    seal: str


class Entry(NamedTuple):
    """A file in a dossier: its way, what it is about, and by what it is known."""

    way: str
    about: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class DossierFacts:
    """Everything that an audit dossier says.

    Shape:  ``statement`` is what the books say of the period now; ``reports`` are those that tell
            of days in it; ``listed`` and ``booked`` are what its cost lines, and the charges of
            the books, add up to by category: worked out apart.
    """

    statement: StatementFacts
    reports: tuple[FunderReport, ...]
    papers: tuple[Paper, ...]
    deeds: tuple[Deed, ...]
    listed: tuple[tuple[str, Money], ...]
    booked: tuple[tuple[str, Money], ...]

    def tied(self) -> list[tuple[str, Money, Money, Money]]:
        """Put side by side, by category, what the lines, the statement and the books come to."""
        listed, booked = dict(self.listed), dict(self.booked)
        told = {line.category: line.this_period + line.adjustments for line in self.categories}
        codes = [*told, *sorted({*listed, *booked} - set(told))]
        return [
            (code, listed.get(code, ZERO), told.get(code, ZERO), booked.get(code, ZERO))
            for code in codes
        ]

    @property
    def categories(self) -> tuple[CategoryLine, ...]:
        """The categories of the statement."""
        return self.statement.categories

    @property
    def is_tied(self) -> bool:
        """Whether the lines, the statement and the books say the same of every category."""
        return all(lines == told == booked for _code, lines, told, booked in self.tied())


def check_size(papers: int, commitment: str, period: str) -> None:
    """Refuse a dossier that is too large to be handed out as one file.

    Units:  bytes.
    Errors: ``RuleViolation`` on field ``period``.
    """
    if papers > SIZE_MAX:
        raise RuleViolation(
            "The papers of {commitment} over {period} come to {size} megabytes; a dossier holds"
            " {most} at most.",
            "Make dossiers over shorter periods.",
            field="period",
            commitment=commitment,
            period=period,
            size=-(-papers // MEGABYTE),
            most=SIZE_MAX // MEGABYTE,
        )


def safe_name(name: str) -> str:
    """Give a name that every file system takes, and that leads nowhere else.

    Shape:  ``../../Décision: 3.pdf`` -> ``Décision- 3.pdf``; a name without any letter or digit
            is ``document``.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(sign if sign.isalnum() or sign in _SIGNS else "-" for sign in last)
    stem, dot, ending = kept.strip(" .").rpartition(".")
    ending = ending[:10] if dot else ending
    whole = f"{stem[: NAME_MAX - len(ending) - 1].rstrip(' .')}{dot}{ending[:NAME_MAX]}"
    if not any(sign.isalnum() for sign in whole):
        return "document"
    return f"_{whole}" if _TAKEN.fullmatch(whole) else whole


class Ways:
    """The ways in a dossier: no two files have the same, also where capitals do not count."""

    def __init__(self) -> None:
        self._taken = Counter[str]()

    def take(self, folder: str, name: str) -> str:
        """Give the way of a file; the second of a name is numbered."""
        known = safe_name(name)
        stem, dot, ending = known.rpartition(".")
        at = 1
        while True:
            number = "" if at == 1 else f" ({at})"
            way = f"{folder}/{stem}{number}{dot}{ending}" if dot else f"{folder}/{known}{number}"
            if not self._taken[way.casefold()]:
                self._taken[way.casefold()] += 1
                return way
            at += 1
