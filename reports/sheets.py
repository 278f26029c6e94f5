"""The rows of a worksheet, written one by one: cells, formulas and the values they come to.

Every formula carries its value, so that a program that does not calculate shows it too. Text is
always written as text: what looks like a formula stays what somebody typed.
"""

from __future__ import annotations

import re
from datetime import date
from html import escape
from itertools import islice
from typing import TYPE_CHECKING, Final

from reports import figures, words
from reports.model import Kind, LongSection, Section
from tracker.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from reports.model import Cell, Column, Report, Row, Value

HEAD_ROW: Final = 4
FIRST_ROW: Final = 5
ROWS_MAX: Final = 1_048_576  # of a worksheet
TEXT_MAX: Final = 32_767  # UTF-16 units in a cell; Excel cuts the rest in silence
CUT: Final = " […]"
DAY_ZERO: Final = date(1899, 12, 30).toordinal()
LINE_HEIGHT: Final = 13  # points
EURO: Final = 100  # cents
CHUNK: Final = 500  # lines of a long section that are written at once
REPEATED: Final = 4096  # values of a column whose cells are remembered

_LIKE_A_FORMULA: Final = re.compile(r"[=+\-@\t\r]")
_MARKUP: Final = re.compile(r"[&<>_]")
_LIKE_AN_ESCAPE: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def letters(at: int) -> str:
    """Name the column at a position: 0 is A, 26 is AA."""
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(65 + rest) + name
    return name


def is_risky(text: str) -> bool:
    """Tell whether a program could take a text for a formula once somebody edits it."""
    return _LIKE_A_FORMULA.match(text) is not None


def written(text: str) -> str:
    """Write a text as XML for a cell: without control characters, and cut where it must be."""
    return escape(cleaned(text), quote=False)


def cleaned(text: str) -> str:
    """Make a text fit for a cell: without control characters, and cut where it must be."""
    clean = figures.as_text(text, "")
    if len(clean) > TEXT_MAX // 2 and len(clean.encode("utf-16-le")) // 2 > TEXT_MAX:
        kept = clean.encode("utf-16-le")[: 2 * (TEXT_MAX - len(CUT))]
        clean = kept.decode("utf-16-le", errors="ignore") + CUT
    return _LIKE_AN_ESCAPE.sub("_x005F_", clean)


def number(value: Value) -> str:
    """Write a figure as a worksheet keeps it: euros with two decimals, a day as its number."""
    if isinstance(value, Money):
        cents = value.cents
        if cents < 0:
            return f"-{-cents // 100}.{-cents % 100:02}"
        return f"{cents // 100}.{cents % 100:02}"
    if isinstance(value, date):
        return str(day_number(value))
    return str(value)


def day_number(day: date) -> int:
    """Give the number by which a worksheet knows a day."""
    return day.toordinal() - DAY_ZERO


def cell(place: str, style: int, value: Value, formula: str = "") -> str:
    """Write one cell, with the formula that its value comes from, if there is one."""
    styled = f'{place}" s="{style}"'
    if value is None or isinstance(value, str):
        return f'<c r="{_text_ending(value, styled, styled)}'
    told = f"<f>{escape(formula, quote=False)}</f>" if formula else ""
    return f'<c r="{styled}>{told}<v>{number(value)}</v></c>'


def row(at: int | str, cells: Iterable[str], lines: int = 1) -> str:
    """Write one row of cells, as high as so many lines of text; not all programs see to that."""
    height = f' ht="{lines * LINE_HEIGHT + 2}" customHeight="1"' if lines > 1 else ""
    return f'<row r="{at}"{height}>{"".join(cells)}</row>'


def lines_in(values: Iterable[Value], widths: Iterable[int]) -> int:
    """Count the lines that the highest of some wrapped cells takes, about.

    Shape:  at least 1; a character is taken to be as wide as the average one.
    """
    return max(
        sum(len(line) // width + 1 for line in value.split("\n"))
        if isinstance(value, str) and value
        else 1
        for value, width in zip(values, widths, strict=True)
    )


class SectionRows:
    """The rows of a section's worksheet: its title, its head, its lines and its totals.

    Shape:  ``sheets`` are the names of the worksheets by the key of their section; ``styles``
            the numbers of the cell styles by name.
    """

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
    def filter_area(self) -> str:
        """The head and the lines, without the totals: what can be filtered and sorted."""
        return f"A{HEAD_ROW}:{self._names[-1]}{max(self.last_row, HEAD_ROW)}"

    def __iter__(self) -> Iterator[str]:
        section, styles = self.section, self.styles
        yield row(1, [cell("A1", styles["title"], section.title)])
        yield row(2, [cell("A2", styles["note"], section.note)])
        if self.is_long:
            shown = words.gettext_for(self.report.language)("Rows shown")
            yield row(3, self._totals(3, (shown, *section.totals[1:]), "SUBTOTAL(109,{})"))
        yield row(
            HEAD_ROW,
            [
                cell(f"{name}{HEAD_ROW}", styles[f"head {column.kind.name}"], column.title)
                for name, column in zip(self._names, section.columns, strict=True)
            ],
            lines_in((column.title for column in section.columns), self._widths),
        )
        yield from self._body()
        if section.totals:
            at = self.last_row + 1
            yield row(at, self._totals(at, section.totals, "SUM({})"))

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
            return _Remembered(lambda text: _text_ending(text, plain, risky)).__getitem__
        if column.kind is Kind.MONEY:
            return lambda amount: _amount_ending(amount, plain)
        return _Remembered(lambda figure: _number_ending(figure, plain)).__getitem__

    def _cells(self, at: int, values: Row) -> Iterator[str]:
        """Write the cells of a line, with a formula where a figure follows from others."""
        for position, (column, value) in enumerate(zip(self.section.columns, values, strict=True)):
            risky = isinstance(value, str) and is_risky(value)
            style = self.styles[f"risky {column.kind.name}" if risky else column.kind.name]
            yield cell(f"{self._names[position]}{at}", style, value, self._formula(at, position))

    def _totals(self, at: int, totals: Row, adding: str) -> list[str]:
        """Write a row of totals; sums are formulas, unless there is nothing to add up."""
        cells = []
        for column, name, total in zip(self.section.columns, self._names, totals, strict=True):
            formula = ""
            if column.part_of:
                formula = self._share(at, column.part_of)
            elif self.section.row_count:
                formula = adding.format(f"{name}{FIRST_ROW}:{name}{self.last_row}")
            style = self.styles[f"total {column.kind.name}"]
            cells.append(cell(f"{name}{at}", style, total, formula))
        return cells

    def _formula(self, at: int, position: int) -> str:
        """Give the formula of a cell that follows from others, or nothing."""
        column = self.section.columns[position]
        ties = self.section.ties if isinstance(self.section, Section) else {}
        if tie := ties.get((at - FIRST_ROW, position)):
            return _signed(map(self._elsewhere, tie.plus), map(self._elsewhere, tie.minus))
        if column.part_of:
            return self._share(at, column.part_of)
        here = [f"{name}{at}" for name in self._names]
        return _signed((here[i] for i in column.plus), (here[i] for i in column.minus))

    def _share(self, at: int, part_of: tuple[int, int]) -> str:
        part, whole = part_of
        return f"{self._names[part]}{at}/{self._names[whole]}{at}"

    def _elsewhere(self, cell: Cell) -> str:
        sheet = self.sheets[cell.section].replace("'", "''")
        last = self.report.section(cell.section).row_count
        at = FIRST_ROW + (last if cell.row is None else cell.row)
        return f"'{sheet}'!{letters(cell.column)}{at}"


def _text_ending(value: Value, plain: str, risky: str) -> str:
    if not value:
        return f"{plain}/>"
    text = str(value)
    if (  # nothing about it needs care: so are nearly all, and this is quick
        text.isprintable()
        and text[0] not in "=+-@ "
        and text[-1] != " "
        and not _MARKUP.search(text)
        and len(text) <= TEXT_MAX // 2
    ):
        return f'{plain} t="inlineStr"><is><t>{text}</t></is></c>'
    style = risky if is_risky(text) else plain
    return f'{style} t="inlineStr"><is><t xml:space="preserve">{written(text)}</t></is></c>'


def _amount_ending(value: Value, style: str) -> str:
    if isinstance(value, Money) and (cents := value.cents) >= EURO:  # by far the most, so first
        digits = str(cents)
        return f"{style}><v>{digits[:-2]}.{digits[-2:]}</v></c>"
    return _number_ending(value, style)


def _number_ending(value: Value, style: str) -> str:
    return f"{style}/>" if value is None else f"{style}><v>{number(value)}</v></c>"


class _Remembered(dict["Value", str]):
    """What was written for the values seen first: names and days come back again and again."""

    def __init__(self, write: Callable[[Value], str]) -> None:
        self._write = write

    def __missing__(self, value: Value) -> str:
        written = self._write(value)
        if len(self) < REPEATED:
            self[value] = written
        return written


def _signed(plus: Iterable[str], minus: Iterable[str]) -> str:
    return "+".join(plus) + "".join(f"-{place}" for place in minus)
