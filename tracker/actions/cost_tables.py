"""Bringing in a table of costs from any administration: judged line by line, as ledgers are."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from reports.words import code_of
from tracker.actions.books import ComingBooks
from tracker.domain.costs import Exclusion, Origin, exclusion_of
from tracker.domain.errors import Finding, Sentence
from tracker.domain.imports import FileKind
from tracker.domain.intakes import Control
from tracker.domain.money import Money
from tracker.domain.table_columns import TableKind
from tracker.store import entries, projects
from tracker.store.books import NOTHING_MORE, Line

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
    from tracker.readers.cost_tables import CostTable, CostTableLine
    from tracker.store.projects import Project

    Progress: TypeAlias = Callable[[int, int], None]

COUNT_EVERY = 2_000


class CostTableImport:
    """One table of costs on its way into the database.

    Shape:  an export knows no project where its mapping has no column for one: then the cost
            centre tells, by being a work package of the programme.
    """

    def __init__(
        self,
        session: Session,
        table: CostTable,
        company: str,
        mapping: Mapping,
        project: Project,
        leave_out: AbstractSet[str] = frozenset(),
    ) -> None:
        self._session = session
        self._table = table
        self._company = company
        self._mapping = mapping
        self._project = project
        self._accounts = projects.accounts_of(session, project.id)
        self._packages = projects.work_packages_of(session, project.id)
        self._milestones = entries.milestone_ids(session, project.id)
        self._categories = projects.categories_of(session, project.id)
        self._named: dict[str, str] = {}  # the category that a text names, in any language
        self._has_project = "project" in mapping.places or bool(mapping.project)
        self.coming = ComingBooks(session, project.id, table.name, leave_out)
        self._books: dict[int, ComingBook] = {}
        self._days: set[date] = set()

    def read(self, progress: Progress) -> None:
        """Read the table to its end, and judge every line; nothing is kept yet.

        Errors: ``FileRefused`` with everything that is wrong.
        """
        done = 0
        for line in self._table.lines():
            self._days.add(line.incurred_on)
            self.coming.take(self._book(line.fiscal_year), [self._line(line)])
            done += 1
            if done % COUNT_EVERY == 0:
                progress(done, 0)
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
        return (
            (Sentence("Lines in the file"), self._table.line_count),
            (Sentence("Debit in the file"), Money(self._table.debit)),
            (Sentence("Credit in the file"), Money(self._table.credit)),
            *self.coming.totals(),
        )

    def warnings(self) -> tuple[Finding, ...]:
        """What deserves a look, but is no reason to refuse the table."""
        return (*self._table.warnings, *self.coming.warnings())

    def preview(self) -> Preview:
        """Say what keeping the table would do."""
        total, stated = Money(self._table.total), self._table.stated_total
        controls = (
            ()
            if stated is None
            else (Control(Sentence("Total that the table states"), Money(stated), total),)
        )
        return self.coming.preview(
            FileKind.TABLE,
            table=TableKind.COSTS,
            company=self._company,
            days=self._days,
            total=total,
            controls=controls,
            totals=self.totals(),
            warnings=self.warnings(),
        )

    def keep(self, deed: Deed) -> None:
        """Keep what is new, and what was decided, in the transaction that goes on."""
        self.coming.keep(deed)

    def _book(self, year: int) -> ComingBook:
        if year not in self._books:
            self._books[year] = self.coming.book(Origin.EXPORT, self._company, year, is_whole=False)
        return self._books[year]

    def _line(self, line: CostTableLine) -> Line:
        category, category_id = self._category(line)
        project = line.project if self._has_project else self._project_of(line)
        reason = exclusion_of(category, project, self._project.code)
        key = (line.journal, line.number, line.line)
        day = line.incurred_on.isoformat()
        if reason is not None:
            said = "" if reason is Exclusion.NOT_A_COST else line.description
            values = (day, line.cents, reason.value, line.account, project, line.cost_centre, said)
            return Line(is_cost=False, row=(*key, *values))
        row = (
            *key,
            day,
            line.booked_on.isoformat(),
            line.cents,
            category_id,
            self._packages.get(line.cost_centre),
            line.cost_centre,
            line.account,
            line.supplier or line.person,
            line.document,
            line.invoice,
            line.description,
        )
        return Line(is_cost=True, row=row, more=self._more(line))

    def _more(self, line: CostTableLine) -> tuple[str | int | None, ...] | None:
        more = (
            None,
            line.paid_on.isoformat() if line.paid_on else None,
            line.vat or 0,
            line.vat_deductible or 0,
            line.person,
            self._milestone(line),
        )
        return None if more == NOTHING_MORE else more

    def _project_of(self, line: CostTableLine) -> str:
        return self._project.code if line.cost_centre in self._packages else ""

    def _category(self, line: CostTableLine) -> tuple[str | None, int | None]:
        """Give the category of a line: the one that it names, or else that of its account."""
        if line.category:
            if line.category not in self._named:
                self._named[line.category] = code_of(line.category, self._categories)
            code = self._named[line.category]
            if not code:
                self._complain(
                    line,
                    "category",
                    "“{value}” is not a cost category of the programme.",
                    "Correct it: the categories are {known}.",
                    value=line.category[:80],
                    known=", ".join(self._project.categories),
                )
            return code, self._categories.get(code)
        account = self._accounts.get(line.account)
        if account is not None:
            return account.category, account.category_id
        if (line.project if self._has_project else self._project_of(line)) == self._project.code:
            self._complain(
                line,
                "account",
                "The books charge account {account} to project {project}, but the programme does"
                " not say which cost category it is.",
                "Add the account to the programme, or correct the booking.",
                account=line.account,
                project=self._project.code,
            )
        return line.account, None

    def _milestone(self, line: CostTableLine) -> int | None:
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
        self, line: CostTableLine, column: str, message: str, remedy: str, **facts: str
    ) -> None:
        index = self._mapping.places.get(column, 0)
        place = self._table.table.place(index, line.row)
        self.coming.findings.add(place, message, remedy, **facts)
