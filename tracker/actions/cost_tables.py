"""Bringing in a table of costs from any administration: judged line by line, as ledgers are."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from reports.words import code_of
from tracker.actions.table_imports import TableImport
from tracker.domain.costs import Exclusion, exclusion_of
from tracker.domain.errors import Sentence
from tracker.domain.intakes import Control
from tracker.domain.money import Money
from tracker.domain.table_columns import TableKind
from tracker.readers.cost_tables import CostTable
from tracker.store import projects
from tracker.store.books import NOTHING_MORE, Line

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from sqlalchemy.orm import Session

    from tracker.actions.table_imports import Progress
    from tracker.domain.mappings import Mapping
    from tracker.readers.cost_tables import CostTableLine
    from tracker.store.projects import Project

COUNT_EVERY = 2_000


class CostTableImport(TableImport[CostTable]):
    """One table of costs on its way into the database.

    Shape:  an export knows no project where its mapping has no column for one: then the cost
            centre tells, by being a work package of the programme.
    """

    kind: ClassVar = TableKind.COSTS
    main_column: ClassVar = "account"

    def __init__(
        self,
        session: Session,
        table: CostTable,
        company: str,
        mapping: Mapping,
        project: Project,
        leave_out: AbstractSet[str] = frozenset(),
    ) -> None:
        super().__init__(session, table, company, mapping, project, leave_out)
        self._project = project
        self._accounts = projects.accounts_of(session, project.id)
        self._categories = projects.categories_of(session, project.id)
        self._named: dict[str, str] = {}  # the category that a text names, in any language
        self._has_project = "project" in mapping.places or bool(mapping.project)

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
    def total(self) -> Money:
        """What all lines add up to, debit positive."""
        return Money(self._table.total)

    def totals(self) -> tuple[tuple[Sentence, int | Money], ...]:
        """What was found, in the order in which it is told."""
        lines, *found = super().totals()
        return (
            lines,
            (Sentence("Debit in the file"), Money(self._table.debit)),
            (Sentence("Credit in the file"), Money(self._table.credit)),
            *found,
        )

    def controls(self) -> tuple[Control, ...]:
        """What the table itself says that it adds up to, beside what it does."""
        stated = self._table.stated_total
        if stated is None:
            return ()
        return (Control(Sentence("Total that the table states"), Money(stated), self.total),)

    def _line(self, line: CostTableLine) -> Line:
        project = self._project_of(line)
        category, category_id = self._category(line, project)
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
        if self._has_project:
            return line.project
        return self._project.code if line.cost_centre in self._packages else ""

    def _category(self, line: CostTableLine, project: str) -> tuple[str | None, int | None]:
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
        if project == self._project.code:
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
