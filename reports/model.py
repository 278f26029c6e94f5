"""The report model: what is told, apart from how it looks.

A section re-adds itself when it is made, and so does a report: one that is a cent off, or whose
sections do not tie, cannot exist. A section too long to hold in memory is added up whenever it
is read to its end.
"""
# long: the parts of a report, which judge one another

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from heapq import nlargest
from typing import TYPE_CHECKING, Final, TypeAlias

from tracker.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from reports.charts import Chart
    from tracker.domain.report_texts import Picture

Value: TypeAlias = str | date | Money | Decimal | Fraction | int | None
Row: TypeAlias = tuple[Value, ...]


class Kind(Enum):
    """What a column holds; decides alignment, wording and the number format of a workbook.

    Shape:  a number is of hours or days, or a rate: exact, with four decimals at most.
    """

    TEXT = str
    DATE = date
    MONEY = Money
    SHARE = Decimal
    COUNT = int
    NUMBER = Fraction


ADDING: Final = frozenset({Kind.MONEY, Kind.COUNT, Kind.NUMBER})


@dataclass(frozen=True, slots=True)
class Column:
    """A titled column of one kind, and how its value follows from other columns of the row.

    Shape:  ``plus`` and ``minus`` are the positions of columns that are added and subtracted;
            ``part_of`` is the positions of a part and of its whole. A row may leave the value
            out; where it is given, it must be right.
    Units:  ``width`` is in characters.
    """

    title: str
    kind: Kind = Kind.TEXT
    width: int = 14
    plus: tuple[int, ...] = ()
    minus: tuple[int, ...] = ()
    part_of: tuple[int, int] | None = None

    @property
    def follows(self) -> bool:
        """Whether its values follow from other columns of the row."""
        return bool(self.plus) or self.part_of is not None

    def check(self, row: Row, value: Value) -> None:
        """Refuse a value that does not follow from the other values of its row.

        Errors: ``ValueError``.
        """
        if value is None:
            return
        expected = value
        if self.plus:
            cents = sum(_cents(row[at]) for at in self.plus)
            expected = Money(cents - sum(_cents(row[at]) for at in self.minus))
        elif self.part_of:
            part, whole = (_cents(row[at]) for at in self.part_of)
            expected = Decimal(part) / Decimal(whole)
        if value != expected:
            raise ValueError(f"{self.title!r} says {value}, but comes to {expected}")


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a figure of the report stands; row ``None`` is the row of totals."""

    section: str
    row: int | None
    column: int


@dataclass(frozen=True, slots=True)
class Sum:
    """How a single figure follows from figures elsewhere in the report."""

    plus: tuple[Cell, ...]
    minus: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A table with an optional row of totals. ``None`` is an empty cell.

    Shape:  ``rest`` stands for the rows that are not shown, and counts in the totals; ``ties``
            say, by (row, column), from which other figures of the report a figure follows;
            ``subtotals`` are the rows that add others up, and stand out.
    Errors: ``TypeError`` for a value in the wrong column, ``ValueError`` for a figure that
            does not follow from the others: what is a cent off cannot be made.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    totals: Row = ()
    note: str = ""
    rest: Row = ()
    ties: Mapping[tuple[int, int], Sum] = field(default_factory=dict)
    subtotals: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        added = Adding(self.columns, self.rows)
        if self.rest:
            added.take(self.rest)
        added.check(self.totals)

    @property
    def row_count(self) -> int:
        """How many rows are shown."""
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class LongSection:
    """A table that is read anew each time, because it may be too long to hold.

    Shape:  ``read()`` gives the rows from the first one on; ``rows`` are the same, checked.
            ``weight`` is the position of the amounts that tell which rows matter most.
    Errors: reading to the end raises ``ValueError`` if rows or sums are not as announced.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    read: Callable[[], Iterable[Row]]
    row_count: int
    totals: Row
    weight: int
    note: str = ""

    @property
    def rows(self) -> Iterator[Row]:
        """Read the rows, and check at the end that they are as many, and as much, as told."""
        added = Adding(self.columns)
        for row in self.read():
            added.take(row)
            yield row
        if added.row_count != self.row_count:
            raise ValueError(f"{self.title!r} tells {self.row_count} rows, has {added.row_count}")
        added.check(self.totals)

    def abridged(self, most: int, note: str, rest: str) -> Section:
        """Keep the rows with the largest amounts, in their order, and add up the others.

        Shape:  ``note`` and ``rest`` are said of the section and of the row that stands for
                the others; neither is used where all rows are kept.
        """
        heaviest = nlargest(
            most, enumerate(self.rows), key=lambda found: abs(_cents(found[1][self.weight]))
        )
        rows = tuple(row for _at, row in sorted(heaviest, key=lambda found: found[0]))
        if len(rows) == self.row_count:
            return Section(self.key, self.title, self.columns, rows, self.totals, self.note)
        shown = Adding(self.columns, rows)
        left = tuple(_less(total, shown.sums[at]) for at, total in enumerate(self.totals))
        return Section(
            self.key, self.title, self.columns, rows, self.totals, note, (rest, *left[1:])
        )


@dataclass(frozen=True, slots=True)
class Prose:
    """Words that people wrote for a report, in Markdown; it stands before a section.

    Shape:  ``before`` is the key of that section; ``pictures`` are those that the words name.
    """

    key: str
    title: str
    markdown: str
    before: str
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a reader sees, in reading order, in one language.

    Shape:  ``about`` are labelled facts of the head; ``note`` must be said wherever the report
            is shown; ``file_stem`` is the name of its files, without the ending. ``texts`` in
            front of the same section are in reading order. ``facts_sha256`` is the hash of the
            facts that are kept, of a report that is issued.
    Errors: ``ValueError`` if a figure does not tie with the figures it follows from.
    """

    slug: str
    title: str
    subtitle: str
    language: str
    file_stem: str
    as_of: date
    made_on: date
    author: str
    version: str
    ledger_state: str
    note: str
    about: tuple[tuple[str, Value], ...]
    sections: tuple[Section | LongSection, ...]
    charts: tuple[Chart, ...] = ()
    texts: tuple[Prose, ...] = ()
    facts_sha256: str = ""

    def __post_init__(self) -> None:
        if len({section.key for section in self.sections}) != len(self.sections):
            raise ValueError("two sections have the same key")
        for section in self.sections:
            if isinstance(section, Section):
                self._check_ties(section)
        for chart in self.charts:
            self.section(chart.name)
        for text in self.texts:
            self.section(text.before)

    def section(self, key: str) -> Section | LongSection:
        """Find a section by its key.

        Errors: ``KeyError``.
        """
        return {section.key: section for section in self.sections}[key]

    def _check_ties(self, section: Section) -> None:
        for (row, column), tie in section.ties.items():
            plus = Money.total(self._money_at(cell) for cell in tie.plus)
            expected = plus - Money.total(self._money_at(cell) for cell in tie.minus)
            if (found := section.rows[row][column]) != expected:
                told = f"{section.title!r}, row {row}, says {found}"
                raise ValueError(f"{told}, but ties to {expected}")

    def _money_at(self, cell: Cell) -> Money:
        section = self.section(cell.section)
        if cell.row is None:
            value = section.totals[cell.column]
        else:
            assert isinstance(section, Section), "a row of a long section is not at hand"
            value = section.rows[cell.row][cell.column]
        if not isinstance(value, Money):
            raise TypeError(f"{cell} holds no amount, but {value!r}")
        return value


class Adding:
    """Rows being added up, column by column.

    Units:  ``sums`` are cents for amounts, and numbers for the others.
    """

    def __init__(self, columns: tuple[Column, ...], rows: Iterable[Row] = ()) -> None:
        self.columns = columns
        self.sums: list[int | Fraction] = [0] * len(columns)
        self.row_count = 0
        self._adding = [at for at, column in enumerate(columns) if column.kind in ADDING]
        self._following = [at for at, column in enumerate(columns) if column.follows]
        self._fitting: set[tuple[type, ...]] = set()
        for row in rows:
            self.take(row)

    def take(self, row: Row) -> None:
        """Add a row.

        Errors: ``TypeError`` for a value in the wrong column, ``ValueError`` for one that does
                not follow from the others.
        """
        if (types := tuple(map(type, row))) not in self._fitting:  # rows are alike: judged once
            self._check_kinds(row)
            self._fitting.add(types)
        self.row_count += 1
        for at in self._adding:
            value = row[at]
            if isinstance(value, Money):
                self.sums[at] += value.cents
            elif isinstance(value, int | Fraction):
                self.sums[at] += value
        for at in self._following:
            self.columns[at].check(row, row[at])

    def check(self, totals: Row) -> None:
        """Refuse totals that are not the sums of the rows taken; ``None`` is not judged.

        Errors: as for a row.
        """
        if not totals:
            return
        self._check_kinds(totals)
        for at, (column, total) in enumerate(zip(self.columns, totals, strict=True)):
            if column.part_of:
                column.check(totals, total)
            elif isinstance(total, Money | int | Fraction):
                added = Money(int(self.sums[at])) if isinstance(total, Money) else self.sums[at]
                if total != added:
                    raise ValueError(f"{column.title!r} says {total}, but adds up to {added}")

    def _check_kinds(self, row: Row) -> None:
        for column, value in zip(self.columns, row, strict=True):
            if value is not None and not isinstance(value, column.kind.value):
                raise TypeError(f"{column.title!r} cannot hold {value!r}")


def _less(total: Value, shown: int | Fraction) -> Value:
    """Take what is shown off a total; nothing is left of what does not add up."""
    if isinstance(total, Money):
        return total - Money(int(shown))
    return total - shown if isinstance(total, Fraction) else None


def _cents(value: Value) -> int:
    if not isinstance(value, Money):
        raise TypeError(f"an amount is needed, not {value!r}")
    return value.cents
