"""Bringing in partners' hours."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from tracker.domain.costs import InKindRow, Origin
from tracker.domain.errors import Finding, RuleViolation, Sentence
from tracker.domain.ledgers import LedgerLine, LedgerTransaction
from tracker.domain.money import Money
from tracker.readers.findings import Findings
from tracker.store import books, projects
from tracker.store.imports import add_book, book_named

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.store.projects import Project

JOURNAL = "IN-KIND"


class InKindImport:
    """One list of partners' hours on its way into the database.

    A row has no number of its own, so its key is made of what it says. Rows that say the same
    are counted, and so are kept apart and known again, in whatever order they come.
    """

    def __init__(
        self,
        session: Session,
        rows: list[InKindRow],
        file_name: str,
        import_id: int,
        project: Project,
    ) -> None:
        self._session = session
        self._rows = rows
        self._findings = Findings(file_name)
        self._import_id = import_id
        self._project = project
        self._packages = projects.work_packages_of(session, project.id)
        self.new = self.same = 0
        self._cents = 0

    def run(self) -> None:
        """Keep what is new.

        Errors: ``FileRefused`` for unknown work packages; ``RuleViolation`` where the programme
                knows no in-kind contributions.
        """
        category = projects.in_kind_category_of(self._session, self._project.id)
        if category is None:
            raise RuleViolation(
                "The programme knows no in-kind contributions.",
                "Name their commitment and category in the programme first.",
            )
        by_book: dict[tuple[str, int], list[InKindRow]] = defaultdict(list)
        for row in self._rows:
            if row.work_package not in self._packages:
                self._findings.add(
                    row.work_package,
                    "Work package {code} is not part of the programme.",
                    "Correct the code, or add the work package to the programme first.",
                    code=row.work_package,
                )
            by_book[row.partner, row.worked_on.year].append(row)
        self._findings.check()
        for (partner, year), rows in by_book.items():
            self._keep_book(partner, year, rows, category)
        self._session.flush()

    def totals(self) -> tuple[tuple[Sentence, int | Money], ...]:
        """What was found, in the order in which it is told."""
        return (
            (Sentence("Rows in the file"), len(self._rows)),
            (Sentence("Value of the file"), Money.total(row.value for row in self._rows)),
            (Sentence("New cost lines"), self.new),
            (Sentence("Amount of the new cost lines"), Money(self._cents)),
        )

    def warnings(self) -> tuple[Finding, ...]:
        """Nothing that is kept of such a list needs a second look."""
        return ()

    def _keep_book(self, partner: str, year: int, rows: list[InKindRow], category: int) -> None:
        book = book_named(self._session, Origin.IN_KIND, partner, year)
        known = books.known_lines(self._session, book.id) if book else {}
        if book is None:
            book = add_book(self._session, Origin.IN_KIND, partner, year, self._import_id)
        writer = books.BookWriter(
            self._session,
            project_id=self._project.id,
            book_id=book.id,
            import_id=self._import_id,
        )
        times: Counter[str] = Counter()
        for row in rows:
            number = _number_of(row)
            times[number] += 1
            entry = _entry(row, number, times[number])
            line = entry.lines[0]
            if (JOURNAL, number, line.line) in known:
                self.same += 1
                continue
            self.new += 1
            self._cents += line.cents
            writer.cost(entry, line, category, self._packages[row.work_package])
            book.line_count += 1
            book.debit += line.cents
        writer.finish()


def _number_of(row: InKindRow) -> str:
    said = (
        f"{row.worked_on}|{row.work_package}|{row.hours.normalize()}|{row.rate.normalize()}"
        f"|{row.description}"
    )
    return hashlib.sha256(said.encode()).hexdigest()[:10]


def _entry(row: InKindRow, number: str, time: int) -> LedgerTransaction:
    line = LedgerLine(
        line=str(time),
        account="",
        cents=row.value.cents,
        incurred_on=row.worked_on,
        description=row.description,
        document=f"{row.hours.normalize():f} × {row.rate.normalize():f}",
        invoice="",
        supplier_code="",
        supplier=row.partner,
        cost_centre=row.work_package,
        project="",
    )
    return LedgerTransaction(JOURNAL, number, row.worked_on, row.description, (line,))
