"""The checks of a workbook: every total and every figure that follows, worked out once more.

The report's own checks come first. What is added here belongs to a workbook, where figures can
be typed over: each total against its rows, against those beside it and against the report as it
was made, and each figure against those that it follows from. A check is not nil once a figure is
changed.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final, NamedTuple

from reports import words
from reports.checks import KEY, section_of
from reports.figures import NUMBER_DECIMALS
from reports.model import ADDING, Cell, Kind, Section
from reports.section_rows import SectionRows, signed
from reports.sheets import FIRST_ROW, cell, lines_in, row, style_of
from tracker.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reports.model import Column, LongSection, Report

DIFFERENCE: Final = 3
WIDTH: Final = 90  # characters of what is compared


class Check(NamedTuple):
    """Two places that must hold the same figure; where no formula is expected, the figure is."""

    what: str
    figure: Money | int | Fraction
    found: str
    expected: str = ""


def checks_of(report: Report) -> Section:
    """Give the section of a report's own checks; one without rows if it has none."""
    for section in report.sections:
        if isinstance(section, Section) and section.key == KEY:
            return section
    return section_of((), report.language)


class ChecksRows(SectionRows):
    """The rows of the worksheet of checks: those of the report, and those of the workbook.

    Shape:  as for a section; above the head stands how many checks are not nil. The differences
            are added up without their signs, so that two of them never hide each other.
    """

    adding = "SUMPRODUCT(ABS({}))"

    def __init__(
        self,
        section: Section,
        report: Report,
        styles: Mapping[str, int],
        sheets: Mapping[str, str],
        others: Mapping[str, SectionRows],
    ) -> None:
        what, *figures = section.columns
        columns = (replace(what, width=WIDTH), *figures)
        super().__init__(replace(section, columns=columns), report, styles, sheets)
        self.checks = tuple(
            check
            for of in report.sections
            if of.key != KEY
            for check in _SectionChecks(of, others[of.key], self).all()
        )
        self.last_row += len(self.checks)

    @property
    def differences(self) -> str:
        """The cells that must all hold nil."""
        return f"D{FIRST_ROW}:D{max(self.last_row, FIRST_ROW)}"

    def _above_head(self) -> Iterator[str]:
        told = words.gettext_for(self.report.language)("Checks that are not nil")
        count = f'COUNTIF({self.differences},"<>0")'
        yield row(
            3,
            [
                cell("A3", self.styles["total TEXT"], told),
                cell("B3", self.styles["total TEXT"], None),
                cell("C3", self.styles["total TEXT"], None),
                cell("D3", self.styles["total COUNT"], 0, count),
            ],
        )

    def _body(self) -> Iterator[str]:
        yield from super()._body()
        width = self.section.columns[0].width
        for at, check in enumerate(self.checks, FIRST_ROW + self.section.row_count):
            kind = next(kind for kind in ADDING if isinstance(check.figure, kind.value))
            figures, nil = self.styles[kind.name], Money(0) if kind is Kind.MONEY else 0
            yield row(
                at,
                [
                    cell(f"A{at}", style_of(self.styles, "TEXT", check.what), check.what),
                    cell(f"B{at}", figures, check.figure, check.found),
                    cell(f"C{at}", figures, check.figure, check.expected),
                    cell(f"D{at}", figures, nil, _difference(at, kind)),
                ],
                lines_in([check.what], [width]),
            )

    def _formula(self, at: int, position: int) -> str:
        if position == DIFFERENCE:
            return _difference(at, Kind.MONEY)
        return super()._formula(at, position)


def _difference(at: int, kind: Kind) -> str:
    """Write a difference in whole cents: sums of a spreadsheet are off by less than that."""
    return f"ROUND(B{at}-C{at},{NUMBER_DECIMALS if kind is Kind.NUMBER else 2})"


class _SectionChecks:
    """The checks of one section: of its totals, and of the figures that follow from others."""

    def __init__(
        self, section: Section | LongSection, rows: SectionRows, sheet: ChecksRows
    ) -> None:
        self.section, self.rows, self.sheet = section, rows, sheet
        self._ = words.gettext_for(sheet.report.language)

    def all(self) -> Iterator[Check]:
        for at, (column, total) in enumerate(
            zip(self.section.columns, self.section.totals, strict=False)
        ):
            if column.kind in ADDING and isinstance(total, Money | int | Fraction):
                yield from self._of_total(at, column, total)
        if isinstance(self.section, Section):
            yield from self._of_ties(self.section)

    def _of_total(self, at: int, column: Column, total: Money | int | Fraction) -> Iterator[Check]:
        _, name = self._, f"{self.section.title} · {column.title}"
        found = self._total(at)
        if self.section.row_count:
            told = _("{figure}: total and rows").format(figure=name)
            yield Check(told, total, found, f"SUM({self.rows.column_of(at)})")
        if column.plus and self._tells((*column.plus, *column.minus)):
            told = _("{figure}: total and those beside it").format(figure=name)
            beside = signed(map(self._total, column.plus), map(self._total, column.minus))
            yield Check(told, total, found, beside)
        told = _("{figure}: total and the report as it was made").format(figure=name)
        yield Check(told, total, found)

    def _total(self, at: int) -> str:
        return self.sheet.elsewhere(Cell(self.section.key, None, at))

    def _tells(self, totals: tuple[int, ...]) -> bool:
        return all(isinstance(self.section.totals[at], Money) for at in totals)

    def _of_ties(self, section: Section) -> Iterator[Check]:
        for (line, at), tie in section.ties.items():
            figure = section.rows[line][at]
            assert isinstance(figure, Money), "amounts tie"
            named = next((text for text in section.rows[line] if isinstance(text, str)), "")
            told = self._("{figure}: as it follows from the others")
            follows = signed(
                map(self.sheet.elsewhere, tie.plus), map(self.sheet.elsewhere, tie.minus)
            )
            place = self.sheet.elsewhere(Cell(section.key, line, at))
            yield Check(told.format(figure=f"{section.title} · {named}"), figure, place, follows)
