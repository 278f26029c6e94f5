"""Hours in a table of any administration: who worked when, on what, and at which rate.

In here: what each row says, and whether a day has room for it. Not in here: whether the hours
fit in a year over all projects; only the tracker knows those.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple, cast

from tracker.domain.errors import RuleViolation
from tracker.domain.labour import check_day, is_long_day
from tracker.domain.table_columns import TableKind, columns_of
from tracker.readers.findings import Findings
from tracker.readers.line_keys import LineKeys
from tracker.readers.table_rows import RowReader, is_blank
from tracker.readers.tables import table_for
from tracker.readers.totals import is_total

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from tracker.domain.errors import Finding
    from tracker.domain.mappings import Mapping
    from tracker.readers.table_rows import Value
    from tracker.readers.tables import Row, Table

REQUIRED = [column.code for column in columns_of(TableKind.HOURS) if column.is_required]


class HourTableLine(NamedTuple):
    """The hours of one person on one day.

    Shape:  ``row`` is the row of the sheet, or the line of the file; ``number`` and ``line`` are
            its key within the year, made of what it says. A rate that is not told is ``None``.
    Units:  ``rate`` is euros an hour, exact; ``annual_cost`` is cents.
    """

    row: int
    sheet: str
    number: str
    line: str
    person: str
    day: date
    hours: Decimal
    work_package: str
    rate: Decimal | None
    annual_cost: int | None
    description: str
    milestone: str


class HourTable:
    """A table of hours, read from its beginning each time that its lines are asked for.

    Shape:  ``findings`` tells what was wrong in the last reading; see ``CostTable``.
    """

    def __init__(
        self, table: Table, mapping: Mapping, name: str, warnings: tuple[Finding, ...] = ()
    ) -> None:
        self.table = table
        self.name = name
        self._mapping = mapping
        self._before = warnings
        self._restart()

    def _restart(self) -> None:
        self.findings = Findings(self.name)
        self._contradictions = Findings(self.name)
        self._unusual = Findings(self.name)
        self._reader = RowReader(self.table, self._mapping, self.findings)
        self._keys = LineKeys()
        self._days: defaultdict[tuple[str, date], Decimal] = defaultdict(Decimal)
        self.line_count = 0
        self.hours = Decimal(0)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What was unusual, and yet no reason to refuse; all of it once the lines are read."""
        return (*self._before, *self._unusual.listed())

    def place(self, code: str, row: int) -> str:
        """Name the cell of a column in a row, as ``findings`` has it."""
        return self._reader.place(code, row)

    def lines(self) -> Iterator[HourTableLine]:
        """Read the lines, one at a time.

        Errors: ``FileRefused`` at the end, with all findings.
        """
        self._restart()
        places = self._reader.places
        for row in self.table.rows():
            cells = self._reader.cells(row)
            if is_blank(cells[places["day"]]) and any(map(is_total, cells)):
                continue
            if all(is_blank(cells[index]) for index in places.values()):
                continue
            values = self._reader.values(row, cells)
            is_complete = self._reader.has_all(REQUIRED, values, row.number)
            if is_complete and self._reader.is_whole(values):
                line = self._line(row, values)
                self.line_count += 1
                self.hours += line.hours
                yield line
        if not (self.line_count or self.findings):
            place = self._reader.place("day", self.table.heading_row)
            message = "There is no line under the headings."
            self.findings.add(place, message, "Choose the sheet and the row of its headings again.")
        self.findings.check()
        if self._contradictions:
            self.findings = self._contradictions
        self.findings.check()

    def _line(self, row: Row, values: dict[str, Value]) -> HourTableLine:
        text = cast("dict[str, str]", values).get
        day, hours = cast("date", values["day"]), cast("Decimal", values["hours"])
        person, package = text("person", ""), text("work_package", "")
        description = text("description", "")
        rate = cast("Decimal | None", values.get("rate"))
        annual_cost = cast("int | None", values.get("annual_cost"))
        said = (person, day.isoformat(), f"{hours.normalize():f}", package, description)
        number, line = self._keys.made((day.year, ""), "", said)
        self._check_day(row, person, day, hours)
        if rate is not None and annual_cost is not None:
            message = "There is a rate, and the costs of a year as well."
            place = self._reader.place("rate", row.number)
            self._contradictions.add(place, message, "Leave one of them out.")
        return HourTableLine(
            *(row.number, self.table.sheet, number, line, person, day, hours, package),
            *(rate, annual_cost, description, text("milestone", "")),
        )

    def _check_day(self, row: Row, person: str, day: date, hours: Decimal) -> None:
        """Compare the hours of one person on one day with what a day has."""
        self._days[person, day] += hours
        total = self._days[person, day]
        place = self._reader.place("hours", row.number)
        try:
            check_day(total)
        except RuleViolation as refused:
            message, hint = refused.message, refused.hint
            self._contradictions.add(place, message.template, hint.template, **message.facts)
            return
        if is_long_day(total):
            self._unusual.add(
                place,
                "{person} worked {hours} hours on {day}.",
                "Check the hours with the time sheet.",
                person=person,
                hours=f"{total.normalize():f}",
                day=day,
            )


def read(path: Path, name: str, mapping: Mapping) -> HourTable:
    """Open a table of hours; its lines are read when they are asked for.

    Errors: ``FileRefused`` for a file that the mapping was not made for.
    """
    table, file = table_for(mapping, path, name)
    return HourTable(table, mapping, name, file.warnings)
