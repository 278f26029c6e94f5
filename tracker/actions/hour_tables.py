"""Bringing in a table of hours: each line valued by the method of the programme that names one."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from tracker.actions.table_imports import TableImport
from tracker.domain.errors import RuleViolation
from tracker.domain.labour import TimeUnit, check_day, check_year
from tracker.domain.money import Money
from tracker.domain.table_columns import TableKind
from tracker.domain.worked import as_unit, labour_terms, value
from tracker.readers.hour_tables import HourTable
from tracker.store import projects, valuations
from tracker.store.books import NOTHING_MORE, Line
from tracker.store.terms import term_sheets

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.actions.books import Deed
    from tracker.actions.table_imports import Progress
    from tracker.domain.mappings import Mapping
    from tracker.domain.worked import LabourTerms, Worked
    from tracker.readers.hour_tables import HourTableLine
    from tracker.store.projects import Project

JOURNAL = "HOURS"
LABOUR = "personnel"  # the category of costs that hours are
HUNDREDTHS = 100


class HourTableImport(TableImport[HourTable]):
    """One table of hours on its way into the database."""

    kind: ClassVar = TableKind.HOURS
    main_column: ClassVar = "hours"

    def __init__(
        self,
        session: Session,
        table: HourTable,
        company: str,
        mapping: Mapping,
        project: Project,
        leave_out: AbstractSet[str] = frozenset(),
    ) -> None:
        super().__init__(session, table, company, mapping, project, leave_out)
        self._category = projects.categories_of(session, project.id).get(LABOUR)
        self._sheets = list(term_sheets(session).values())
        self._terms: dict[date, LabourTerms] = {}
        self._worked: dict[tuple[str, str], Worked] = {}
        self._new: defaultdict[tuple[str, int], list[tuple[HourTableLine, Worked]]] = defaultdict(
            list
        )

    def read(self, progress: Progress) -> None:
        """Read the table to its end, and value every line; nothing is kept yet.

        Errors: ``FileRefused`` with everything that is wrong; ``RuleViolation`` where the
                programme has no category for hours, or says nothing of their value.
        """
        if self._category is None:
            raise RuleViolation(
                "The programme has no cost category “{category}” for hours.",
                "Import the hours as costs, with the category of each line.",
                category=LABOUR,
            )
        done = 0
        for line in self._table.lines():
            done += 1
            self._days.add(line.day)
            self._take(line, self._category)
        for (person, year), new in self._new.items():
            self._check_room(person, year, new)
        self.coming.finish()
        progress(done, done)

    @property
    def total(self) -> Money:
        """What all lines add up to, in hundredths of an hour."""
        return Money(int(self._table.hours * HUNDREDTHS))

    def keep(self, deed: Deed) -> None:
        """Keep what is new, and how each line was valued, in the transaction that goes on."""
        super().keep(deed)
        for line_id, number, line in valuations.lines_of_import(
            self._session, deed.import_id, JOURNAL
        ):
            valuations.add_worked(self._session, line_id, self._worked[number, line])

    def _take(self, line: HourTableLine, category: int) -> None:
        package = self._packages.get(line.work_package)
        if package is None:
            self._complain(
                line,
                "work_package",
                "Work package {code} is not part of the programme.",
                "Correct the code, or add the work package to the programme first.",
                code=line.work_package,
            )
        worked = self._value(line)
        if worked is None or package is None:
            return
        self._worked[line.number, line.line] = worked
        row = self._row(line, worked, category, package)
        more = (*NOTHING_MORE[:4], line.person, self._milestone(line))
        if self.coming.take(self._book(line.day.year), [Line(is_cost=True, row=row, more=more)]):
            self._new[line.person, line.day.year].append((line, worked))

    def _row(
        self, line: HourTableLine, worked: Worked, category: int, package: int
    ) -> tuple[str | int | None, ...]:
        day = line.day.isoformat()
        key = (JOURNAL, line.number, line.line, day, day)
        texts = ("", "", day, "", line.description)  # of which the document is the day worked
        return (*key, worked.cost.total.cents, category, package, line.work_package, *texts)

    def _value(self, line: HourTableLine) -> Worked | None:
        terms = self._terms_on(line.day)
        annual = None if line.annual_cost is None else Money(line.annual_cost)
        time = as_unit(line.hours, TimeUnit.HOURS, terms.unit)
        try:
            return value(line.person, time, terms, rate=line.rate, annual_cost=annual)
        except RuleViolation as refused:
            facts = dict(refused.message.facts)
            said, hint = refused.message.template, refused.hint.template
            self.coming.findings.add(self._place(line, refused.field), said, hint, **facts)
            return None

    def _terms_on(self, day: date) -> LabourTerms:
        """Give what is said of working time on a day by the programmes that say anything.

        Errors: ``RuleViolation`` where none does, or where they contradict each other.
        """
        if day not in self._terms:
            found = {labour_terms(sheet, day) for sheet in self._sheets} - {None}
            if len(found) != 1:
                raise RuleViolation(
                    "{count} programmes say, each in its own way, how working time is valued.",
                    "One way is needed: see the method of the hourly rate on the pages of the"
                    " programmes.",
                    count=len(found),
                )
            (terms,) = found
            assert terms is not None
            self._terms[day] = terms
        return self._terms[day]

    def _check_room(self, person: str, year: int, new: list[tuple[HourTableLine, Worked]]) -> None:
        """Compare the new hours of a person with what a year and its days have room for."""
        before = valuations.worked_in_year(self._session, person, year)
        last, worked = new[-1]
        cap = self._terms_on(last.day).year
        try:
            if cap is not None:
                taken = [as_unit(b.worked.time, b.worked.unit, worked.unit) for b in before]
                check_year(sum((w.time for _, w in new), Decimal(0)), cap, taken, worked.unit)
            for day in {line.day for line, _ in new}:
                there = [b.worked for b in before if b.is_on(day)]
                there += [one for line, one in new if line.day == day]
                hours = (as_unit(one.time, one.unit, TimeUnit.HOURS) for one in there)
                check_day(sum(hours, Decimal(0)))
        except RuleViolation as refused:
            said, hint = refused.message.template, refused.hint.template
            facts = dict(refused.message.facts)
            self.coming.findings.add(self._place(last, "hours"), said, hint, **facts)
