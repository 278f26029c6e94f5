"""Charts: what each kind of them shows, once. How they are drawn and told is made from this.

In here are values only: ``charts_svg`` draws them for page and paper, ``charts_table`` tells them
in words and exact figures, ``charts_native`` has a workbook draw them of its own cells. Titles,
descriptions and labels are in the reader's language already.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple, TypeAlias

from tracker.domain.money import Money
from tracker.domain.periods import month_of

if TYPE_CHECKING:
    from datetime import date

    from reports.model import Row, Section

HUES: Final = 5  # that can be told apart, in greyscale too
LINES: Final = 3
_NAME: Final = re.compile(r"[A-Za-z][\w-]*")


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars of a section's parts against a whole, such as costs against a budget.

    Shape:  ``label``, ``parts`` and ``whole`` are positions of the section's columns; the parts,
            at most three, are set end to end in this order. ``of`` says a bar in words, such as
            ``{part} of {whole} ({share})``; bars of which there is no whole need neither.
    """

    follows_table: ClassVar[bool] = True

    title: str
    description: str
    section: Section
    label: int
    parts: tuple[int, ...]
    whole: int | None = None
    of: str = ""

    @property
    def name(self) -> str:
        """The key of the section that holds its figures."""
        return self.section.key

    @property
    def bars(self) -> list[Bar]:
        """The bars, one for each row of the section."""
        return [
            Bar(
                str(row[self.label]),
                tuple(part for at in self.parts if isinstance(part := row[at], Money)),
                self._whole_in(row),
            )
            for row in self.section.rows
        ]

    def _whole_in(self, row: Row) -> Money | None:
        whole = None if self.whole is None else row[self.whole]
        return whole if isinstance(whole, Money) else None


class Bar(NamedTuple):
    """One bar of a chart: its parts in order, and the whole that it is set against, if any."""

    label: str
    parts: tuple[Money, ...]
    whole: Money | None

    @property
    def length(self) -> Money:
        """All parts together."""
        return Money.total(self.parts)


class Part(NamedTuple):
    """A part of a stacked bar. What is not certain is drawn open, whatever its size."""

    label: str
    amount: Money
    is_certain: bool = True
    href: str = ""


@dataclass(frozen=True, slots=True)
class StackedBar:
    """One bar divided into parts, such as funding by source.

    Errors: ``ValueError`` for more certain parts than there are hues.
    """

    follows_table: ClassVar[bool] = False

    name: str
    title: str
    description: str
    parts: tuple[Part, ...]

    def __post_init__(self) -> None:
        _check_name(self.name)
        if sum(part.is_certain for part in self.parts) > HUES:
            raise ValueError(f"more than {HUES} parts cannot be told apart")

    @property
    def whole(self) -> Money:
        """All parts together."""
        return Money.total(part.amount for part in self.parts)


class Bullet(NamedTuple):
    """What is spent, what is expected at the end, and the budget for it."""

    label: str
    spent: Money
    forecast: Money | None = None
    budget: Money | None = None
    href: str = ""


@dataclass(frozen=True, slots=True)
class Bullets:
    """Spending against budget and forecast, a row for each."""

    follows_table: ClassVar[bool] = False

    name: str
    title: str
    description: str
    rows: tuple[Bullet, ...]

    def __post_init__(self) -> None:
        _check_name(self.name)


class StepLine(NamedTuple):
    """An amount at the end of each month. It is dashed after the day it is known until.

    Shape:  without ``is_actual_until`` all of it is drawn through.
    """

    label: str
    amounts: tuple[Money, ...]
    is_actual_until: date | None = None


@dataclass(frozen=True, slots=True)
class Steps:
    """Amounts month by month, such as cash on hand, and the lowest point of the first line.

    Shape:  ``months`` are days in consecutive months; each line has an amount for every one.
    Errors: ``ValueError`` for a line that has more or fewer, or for too many lines.
    """

    follows_table: ClassVar[bool] = False

    name: str
    title: str
    description: str
    months: tuple[date, ...]
    lines: tuple[StepLine, ...]
    today: date

    def __post_init__(self) -> None:
        _check_name(self.name)
        if not 1 <= len(self.lines) <= LINES:
            raise ValueError(f"a chart has 1 to {LINES} lines, not {len(self.lines)}")
        for line in self.lines:
            _check_months(self.months, line.amounts)

    @property
    def lowest(self) -> int | None:
        """The month, from that of today on, in which the first line is lowest; by its position.

        Shape:  where all months are over, it is looked for among all; none without months.
        """
        begun = month_of(self.today)
        months = range(len(self.months))
        ahead = [at for at in months if self.months[at] >= begun] or list(months)
        return min(ahead, key=lambda at: self.lines[0].amounts[at], default=None)


@dataclass(frozen=True, slots=True)
class Trend:
    """How a figure came to be what it is, small enough to stand beside it.

    Errors: ``ValueError`` unless there is an amount for every month.
    """

    follows_table: ClassVar[bool] = False

    name: str
    title: str
    amounts: tuple[Money, ...]
    months: tuple[date, ...]

    def __post_init__(self) -> None:
        _check_name(self.name)
        _check_months(self.months, self.amounts)

    @property
    def description(self) -> str:
        """Nothing: what it shows stands in its title."""
        return ""


class TimelineRow(NamedTuple):
    """A milestone: the day of its baseline, of its current plan, and on which it was met."""

    code: str
    title: str
    baseline: date
    current: date
    met_on: date | None
    standing: str
    href: str = ""
    group: str = ""

    @property
    def end(self) -> date:
        """The day it was met, or else the current one."""
        return self.met_on or self.current

    @property
    def slip(self) -> int:
        """Days from the baseline to the end; less than zero if it came early."""
        return (self.end - self.baseline).days


@dataclass(frozen=True, slots=True)
class Timeline:
    """Milestones over the years, in the order given; groups stand together under their name.

    Shape:  ``is_dated`` where the day of the chart is told by its date, and not as today.
    """

    follows_table: ClassVar[bool] = False

    name: str
    title: str
    description: str
    today: date
    rows: tuple[TimelineRow, ...]
    is_dated: bool = False

    def __post_init__(self) -> None:
        _check_name(self.name)

    @property
    def groups(self) -> dict[str, list[TimelineRow]]:
        """The rows by the name of their group, in the order in which the groups come first."""
        found: dict[str, list[TimelineRow]] = {}
        for row in self.rows:
            found.setdefault(row.group, []).append(row)
        return found


Chart: TypeAlias = Bars | StackedBar | Bullets | Steps | Trend | Timeline


def _check_name(name: str) -> None:
    """Refuse a name that cannot stand in a document as the name of a drawing."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} cannot name a chart")


def _check_months(months: tuple[date, ...], amounts: tuple[Money, ...]) -> None:
    if len(months) != len(amounts):
        raise ValueError(f"{len(amounts)} amounts do not stand for {len(months)} months")
