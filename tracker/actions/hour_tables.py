"""Bringing in a table of hours: each line valued by the method of the programme that names one."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from tracker.actions.books import ComingBooks
from tracker.domain.costs import Origin
from tracker.domain.errors import Finding, RuleViolation, Sentence
from tracker.domain.imports import FileKind
from tracker.domain.labour import TimeUnit, check_day, check_year
from tracker.domain.money import Money
from tracker.domain.table_columns import TableKind
from tracker.domain.worked import as_unit, labour_terms, value
from tracker.store import entries, projects, valuations
from tracker.store.books import NOTHING_MORE, Line
from tracker.store.terms import term_sheets

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.actions.books import Deed
    from tracker.actions.coming_book import ComingBook
    from tracker.domain.errors import CellFinding
    from tracker.domain.intakes import Preview
    from tracker.domain.mappings import Mapping
    from tracker.domain.worked import LabourTerms, Worked
    from tracker.readers.hour_tables import HourTable, HourTableLine
    from tracker.store.projects import Project

    Progress: TypeAlias = Callable[[int, int], None]

JOURNAL = "HOURS"
LABOUR = "personnel"  # the category of costs that hours are
HUNDREDTHS = 100


class HourTableImport:
    """One table of hours on its way into the database."""

    def __init__(
        self,
        session: Session,
        table: HourTable,
        company: str,
        mapping: Mapping,
        project: Project,
        leave_out: AbstractSet[str] = frozenset(),
    ) -> None:
        self._session = session
        self._table = table
        self._company = company
        self._mapping = mapping
        self._packages = projects.work_packages_of(session, project.id)
        self._milestones = entries.milestone_ids(session, project.id)
        self._category = projects.categories_of(session, project.id).get(LABOUR)
        self._sheets = list(term_sheets(session).values())
        self.coming = ComingBooks(session, project.id, table.name, leave_out)
        self._books: dict[int, ComingBook] = {}
        self._terms: dict[date, LabourTerms] = {}
        self._worked: dict[tuple[str, str], Worked] = {}
        self._new: defaultdict[tuple[str, int], list[tuple[HourTableLine, Worked]]] = defaultdict(
            list
        )
        self._days: set[date] = set()

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
    def new(self) -> int:
        """How many lines are new."""
        return self.coming.new

    @property
    def same(self) -> int:
        """How many lines were kept before and say the same."""
        return self.coming.same

    def cells(self) -> tuple[CellFinding, ...]:
        """What was found wrong, by cell."""
        return (*self._table.findings.by_cell(), *self.coming.findings.by_cell())

    def totals(self) -> tuple[tuple[Sentence, int | Money], ...]:
        """What was found, in the order in which it is told."""
        return ((Sentence("Lines in the file"), self._table.line_count), *self.coming.totals())

    def warnings(self) -> tuple[Finding, ...]:
        """What deserves a look, but is no reason to refuse the table."""
        return (*self._table.warnings, *self.coming.warnings())

    def preview(self) -> Preview:
        """Say what keeping the table would do; its total is in hundredths of an hour."""
        return self.coming.preview(
            FileKind.TABLE,
            table=TableKind.HOURS,
            company=self._company,
            days=self._days,
            total=Money(int(self._table.hours * HUNDREDTHS)),
            totals=self.totals(),
            warnings=self.warnings(),
        )

    def keep(self, deed: Deed) -> None:
        """Keep what is new, and how each line was valued, in the transaction that goes on."""
        self.coming.keep(deed)
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

    def _book(self, year: int) -> ComingBook:
        if year not in self._books:
            self._books[year] = self.coming.book(Origin.EXPORT, self._company, year, is_whole=False)
        return self._books[year]

    def _milestone(self, line: HourTableLine) -> int | None:
        if not line.milestone:
            return None
        key = self._milestones.get(line.milestone)
        if key is None:
            self._complain(
                line,
                "milestone",
                "“{value}” is not a milestone of the programme.",
                "Correct the code, or leave it out.",
                value=line.milestone[:80],
            )
        return key

    def _complain(
        self, line: HourTableLine, column: str, message: str, remedy: str, **facts: str
    ) -> None:
        self.coming.findings.add(self._place(line, column), message, remedy, **facts)

    def _place(self, line: HourTableLine, column: str) -> str:
        places = self._mapping.places
        return self._table.table.place(places.get(column, places["hours"]), line.row)
