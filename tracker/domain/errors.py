"""Everything that can go wrong in a way a person may need to read.

A message is a template and its facts, kept apart, so that the page can say it in the
reader's language with the reader's way of writing numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from tracker.domain.money import Money

    Fact: TypeAlias = str | int | Money | date | Decimal  # a fraction is said as a percentage


class Code(str):
    """A code among the facts of a sentence; it is said by its name in the reader's language."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence to be said in a language: ``template`` is its English, and its key.

    Shape:  ``Sentence("{name} has {lines} lines.", {"name": "a.xaf", "lines": 12})``.
    """

    template: str
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template.format_map({name: str(fact) for name, fact in self.facts.items()})


class TrackerError(Exception):
    """Base of all errors raised on purpose: what is wrong, with the figures, and what to do."""

    status = 500

    def __init__(self, message: str, hint: str = "", **facts: Fact) -> None:
        self.message = Sentence(message, facts)
        self.hint = Sentence(hint, facts)
        super().__init__(f"{self.message} {self.hint}".strip())


class NotFoundError(TrackerError):
    """The thing asked for does not exist, or may not be seen."""

    status = 404


class NotAllowedError(TrackerError):
    """This person may look at the thing, but not do this to it."""

    status = 403


class StaleEditError(TrackerError):
    """Someone else changed the record since this form was opened.

    Shape:  ``version`` is its new one; ``changed`` are the codes of what differs, which the fact
            ``what`` of the message names.
    """

    status = 409

    def __init__(
        self,
        message: str,
        hint: str = "",
        *,
        version: int = 0,
        changed: tuple[str, ...] = (),
        **facts: Fact,
    ) -> None:
        super().__init__(message, hint, **facts)
        self.version = version
        self.changed = changed


class AlreadyDoneError(TrackerError):
    """This very form was carried out before."""

    status = 409


class RuleViolation(TrackerError):  # noqa: N818 - a refusal, not a failure
    """A user asked for something the rules do not allow; ``field`` names what to mark."""

    status = 422

    def __init__(
        self, message: str, hint: str = "", *, field: str = "", source: str = "", **facts: Fact
    ) -> None:
        super().__init__(message, hint, **facts)
        self.field = field
        self.source = source


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong in a file: where, what, and what to do about it."""

    place: str
    message: Sentence
    remedy: Sentence = Sentence("")

    def __str__(self) -> str:
        return f"{self.place}: {self.message} {self.remedy}".strip().removeprefix(": ")


@dataclass(frozen=True, slots=True)
class CellFinding:
    """One thing that is wrong, or asks for a look, in one cell of a workbook.

    Shape:  no ``cell`` for what is said of a whole sheet, and no ``sheet`` for what is said of
            the file; a text file is one sheet without a name.
    """

    sheet: str
    cell: str
    message: Sentence
    remedy: Sentence = Sentence("")
    is_error: bool = True


class FileRefused(TrackerError):  # noqa: N818 - a refusal, not a failure
    """A file that is not kept, with everything that was found wrong in it."""

    status = 422

    def __init__(self, file_name: str, findings: Sequence[Finding]) -> None:
        self.file_name = file_name
        self.findings = tuple(findings)
        super().__init__("{file} was refused; nothing of it was kept.", file=file_name)
