"""The rows of a section's worksheet, with formulas for what follows from other figures.

Every formula carries its value, so that a program that does not calculate shows it too.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from reports import words
from reports.model import ADDING, Kind, LongSection, Section
from reports.named_tables import table_of
from reports.sheets import (
    FIRST_ROW,
    HEAD_ROW,
    amount_ending,
    cell,
    cleaned,
    letters,
    lines_in,
    number_ending,
    row,
    style_of,
    text_ending,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from reports.model import Cell, Column, Report, Row, Value
    from reports.named_tables import NamedTable

CHUNK: Final = 500  # lines of a long section that are written at once
REPEATED: Final = 4096  # values of a column whose cells are remembered


class SectionRows:
    """The rows of a section's worksheet: its title, its head, its lines and its totals.

    Shape:  ``sheets`` are the names of the worksheets by the key of their section; ``styles``
            the numbers of the cell styles by name. ``adding`` is the formula of a total.
    """

    adding = "SUM({})"

    def __init__(
        self,
        section: Section | LongSection,
        report: Report,
        styles: Mapping[str, int],
        sheets: Mapping[str, str],
    ) -> None:
        self.section = section
        self.report = report
        self.styles = styles
        self.sheets = sheets
        self.last_row = FIRST_ROW + section.row_count - 1
        self._names = [letters(at) for at in range(len(section.columns))]
        self._widths = [column.width for column in section.columns]
        self.is_long = isinstance(section, LongSection)

    @property
    def area(self) -> str:
        """The cells that are filled in, such as ``A1:K104``."""
        return f"A1:{self._names[-1]}{self.last_row + bool(self.section.totals)}"

    @property
    def note_area(self) -> str:
        """The cells over which the note runs: as wide as the list."""
        return f"A2:{self._names[-1]}2"

    @property
    def filter_area(self) -> str:
        """The head and the lines, without the totals: what can be filtered and sorted."""
        return f"A{HEAD_ROW}:{self._names[-1]}{max(self.last_row, HEAD_ROW)}"

    @property
    def table(self) -> NamedTable | None:
        """The table of the lines; there is none without lines."""
        if self.last_row < FIRST_ROW:
            return None
        headings = tuple(cleaned(column.title) for column in self.section.columns)
        return table_of(self.section, self.report, self.filter_area, headings)

    def column_of(self, at: int) -> str:
        """Name the cells of a column without its head: of the table, if there is one."""
        if table := self.table:
            return table.column(at)
        name = self._names[at]
        return f"{self._quoted(self.section.key)}!{name}{FIRST_ROW}:{name}{self.last_row}"

    def __iter__(self) -> Iterator[str]:
        section, styles = self.section, self.styles
        title, note = section.title, section.note
        yield row(1, [cell("A1", style_of(styles, "title", title), title)])
        lines = lines_in([note], [sum(self._widths)])
        yield row(2, [cell("A2", style_of(styles, "note", note), note)], lines)
        yield from self._above_head()
        yield row(
            HEAD_ROW,
            [
                cell(
                    f"{name}{HEAD_ROW}",
                    style_of(styles, f"head {_head(at, column)}", column.title),
                    column.title,
                )
                for at, (name, column) in enumerate(zip(self._names, section.columns, strict=True))
            ],
            lines_in((column.title for column in section.columns), self._widths),
        )
        yield from self._body()
        if section.totals:
            at = self.last_row + 1
            yield row(at, self._totals(at, section.totals, self.adding))

    def _above_head(self) -> Iterator[str]:
        """Write, above a long list, the totals of the rows that a filter leaves."""
        if self.is_long:
            shown = words.gettext_for(self.report.language)("Rows shown")
            yield row(3, self._totals(3, (shown, *self.section.totals[1:]), "SUBTOTAL(109,{})"))

    def _body(self) -> Iterator[str]:
        """Write the lines of a short section one by one, of a long one some hundreds at a time."""
        if not self.is_long:
            for at, values in enumerate(self.section.rows, FIRST_ROW):
                yield row(at, self._cells(at, values), lines_in(values, self._widths))
            return
        writers = [self._writer_of(column) for column in self.section.columns]
        # The number of the row stands in each of its cells.
        pattern = row("%s", [f'<c r="{name}%s%s' for name in self._names])
        lines, at = iter(self.section.rows), FIRST_ROW
        while chunk := tuple(islice(lines, CHUNK)):
            numbers = list(map(str, range(at, at + len(chunk))))
            pieces = [numbers]
            for write, values in zip(writers, zip(*chunk, strict=True), strict=True):
                pieces += [numbers, list(map(write, values))]
            yield "".join(map(pattern.__mod__, zip(*pieces, strict=True)))
            at += CHUNK

    def _writer_of(self, column: Column) -> Callable[[Value], str]:
        """Make the function that writes a column's cells, from behind the number of the row."""
        kind = "LINE" if column.kind is Kind.TEXT else column.kind.name
        plain = f'" s="{self.styles[kind]}"'
        if column.kind is Kind.TEXT:
            risky = f'" s="{self.styles[f"risky {kind}"]}"'
            return _Remembered(lambda text: text_ending(text, plain, risky)).__getitem__
        if column.kind is Kind.MONEY:
            return lambda amount: amount_ending(amount, plain)
        return _Remembered(lambda figure: number_ending(figure, plain)).__getitem__

    def _cells(self, at: int, values: Row) -> Iterator[str]:
        """Write the cells of a line, with a formula where a figure follows from others."""
        subtotals = self.section.subtotals if isinstance(self.section, Section) else ()
        weight = "strong " if at - FIRST_ROW in subtotals else ""
        for position, (column, value) in enumerate(zip(self.section.columns, values, strict=True)):
            name = f"{weight}{column.kind.name}" if weight else _look(position, column)
            style = style_of(self.styles, name, value)
            yield cell(f"{self._names[position]}{at}", style, value, self._formula(at, position))

    def _totals(self, at: int, totals: Row, adding: str) -> list[str]:
        """Write a row of totals; sums are formulas, unless there is nothing to add up."""
        cells = []
        for column, name, total in zip(self.section.columns, self._names, totals, strict=True):
            formula = ""
            if column.part_of:
                formula = self._share(at, column.part_of)
            elif column.kind in ADDING and self.last_row >= FIRST_ROW:
                formula = adding.format(f"{name}{FIRST_ROW}:{name}{self.last_row}")
            style = style_of(self.styles, f"total {column.kind.name}", total)
            cells.append(cell(f"{name}{at}", style, total, formula))
        return cells

    def _formula(self, at: int, position: int) -> str:
        """Give the formula of a cell that follows from others, or nothing."""
        column = self.section.columns[position]
        ties = self.section.ties if isinstance(self.section, Section) else {}
        if tie := ties.get((at - FIRST_ROW, position)):
            return signed(map(self.elsewhere, tie.plus), map(self.elsewhere, tie.minus))
        if column.part_of:
            return self._share(at, column.part_of)
        here = [f"{name}{at}" for name in self._names]
        return signed((here[i] for i in column.plus), (here[i] for i in column.minus))

    def _share(self, at: int, part_of: tuple[int, int]) -> str:
        part, whole = part_of
        return f"{self._names[part]}{at}/{self._names[whole]}{at}"

    def elsewhere(self, cell: Cell) -> str:
        """Name a cell of another worksheet."""
        at = self.report.section(cell.section).row_count if cell.row is None else cell.row
        at += FIRST_ROW
        return f"{self._quoted(cell.section)}!{letters(cell.column)}{at}"

    def _quoted(self, key: str) -> str:
        return "'{}'".format(self.sheets[key].replace("'", "''"))


def _look(at: int, column: Column) -> str:
    """Name the style of a column's cells: a number in front is a name, not a figure."""
    return "name COUNT" if at == 0 and column.kind is Kind.COUNT else column.kind.name


def _head(at: int, column: Column) -> str:
    """Name the style of a column's head, without the word for a head."""
    return Kind.TEXT.name if _look(at, column) != column.kind.name else column.kind.name


class _Remembered(dict["Value", str]):
    """What was written for the values seen first: names and days come back again and again."""

    def __init__(self, write: Callable[[Value], str]) -> None:
        self._write = write

    def __missing__(self, value: Value) -> str:
        written = self._write(value)
        if len(self) < REPEATED:
            self[value] = written
        return written


def signed(plus: Iterable[str], minus: Iterable[str]) -> str:
    """Write a formula that adds some cells and subtracts others."""
    return "+".join(plus) + "".join(f"-{place}" for place in minus)
