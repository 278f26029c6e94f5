"""Explanations: of which parts a figure is made, and how it was computed, in words.

Whatever page shows a figure, it is asked for in one way, and answered in one shape.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final, NamedTuple, TypeAlias

from tracker.domain.errors import Sentence
from tracker.domain.money import Money

Name: TypeAlias = str | int | date | Sentence


class Figure(StrEnum):
    """What can be explained."""

    COMMITTED = "committed"
    ORIGINAL = "original"
    CONDITIONAL = "conditional"
    PLEDGED = "pledged"
    RECEIVED = "received"
    CHARGED = "charged"
    REMAINING = "remaining"
    ROOM = "room"
    CASH = "cash_on_hand"
    BUDGET = "budget"
    BUDGET_LEFT = "budget_left"
    PLANNED = "planned"
    GAP = "gap"
    IN_KIND = "in_kind"
    COSTS = "costs"
    LEFT = "left"
    WAITING = "waiting"
    EXCLUDED = "excluded"
    LINE = "line"  # one cost line
    MILESTONE_PLANNED = "milestone_planned"
    MILESTONE_CHARGED = "milestone_charged"
    AT_RISK = "at_risk"


OF_COMMITMENT: Final = frozenset(
    {
        Figure.COMMITTED,
        Figure.ORIGINAL,
        Figure.CONDITIONAL,
        Figure.PLEDGED,
        Figure.RECEIVED,
        Figure.CHARGED,
        Figure.REMAINING,
        Figure.CASH,
        Figure.BUDGET,
        Figure.BUDGET_LEFT,
        Figure.LEFT,
    }
)
"""What a funder may see of its own commitments; everything else is of the whole project."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A figure that somebody asks about, and of what it is. An absent wish is ``None`` or ``""``.

    Shape:  ``year`` and ``period`` are those in which something counts, ``incurred`` is the year
            in which a cost was incurred. ``commitment`` ``-`` stands for none. ``line`` is the
            number of a cost line, ``on`` the day of which a page spoke.
    """

    figure: Figure
    commitment: str = ""
    year: int | None = None
    period: str = ""
    incurred: int | None = None
    category: str = ""
    work_package: str = ""
    account: str = ""
    reason: str = ""
    origin: str = ""
    side: str = ""
    form: str = ""
    state: str = ""
    text: str = ""
    line: int | None = None
    milestone: str = ""
    on: date | None = None

    def but(self, **others: Any) -> Asked:
        """Ask for the same of something narrower, or for another figure of the same."""
        return replace(self, **others)

    @property
    def narrowed(self) -> dict[str, Any]:
        """Everything that is asked for besides the figure, by name, without what is absent."""
        pairs = ((name, getattr(self, name)) for name in _NARROWS)
        return {name: value for name, value in pairs if value not in (None, "")}


_NARROWS: Final = tuple(name for name in Asked.__dataclass_fields__ if name != "figure")
NOBODY: Final = "-"


class Place(StrEnum):
    """Where the records of a part stand."""

    COST_LINE = "cost_line"
    COMMITMENT = "commitment"
    DECISION = "decision"
    RECEIPTS = "receipts"
    BUDGET = "budget"
    PLAN = "plan"
    IN_KIND = "in_kind"
    MILESTONE = "milestone"


@dataclass(frozen=True, slots=True)
class Part:
    """One of the amounts that a figure is the sum of; what is subtracted is below zero.

    Shape:  ``asked`` explains it in turn; ``place`` and ``key`` tell where its record stands.
    """

    name: Name
    amount: Money
    count: int | None = None
    asked: Asked | None = None
    place: Place | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The parts of a figure, told apart by one thing: together they are the figure."""

    title: Sentence
    parts: tuple[Part, ...]

    @property
    def total(self) -> Money:
        """What the parts come to."""
        return Money.total(part.amount for part in self.parts)

    @property
    def is_counted(self) -> bool:
        """Whether its parts say of how many records they are."""
        return any(part.count is not None for part in self.parts)


class LineShare(NamedTuple):
    """A cost line, and how much of the figure it is; without ``id`` no page tells more of it."""

    id: int | None
    key: str
    incurred_on: date
    counts_on: date
    supplier: str
    description: str
    whole: Money
    amount: Money


@dataclass(frozen=True, slots=True)
class Lines:
    """A page of the lines that a figure is made of, and of how many it is one.

    Shape:  ``after`` is where the next page begins, if there is one.
    """

    shown: tuple[LineShare, ...]
    count: int
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A figure, how it was computed, and what it is made of, told apart in one or more ways.

    Shape:  ``name`` is what people call the record, where the question has only its number.
    """

    asked: Asked
    amount: Money
    says: tuple[Sentence, ...]
    tables: tuple[Table, ...]
    lines: Lines | None = None
    name: str = ""

    @property
    def apart(self) -> Money:
        """By how much the parts differ from the figure: nothing, unless the books are damaged."""
        off = (table.total - self.amount for table in self.tables if table.parts)
        return max(off, key=lambda difference: abs(difference.cents), default=Money(0))
