"""Bringing in partners' hours."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, TypeAlias

from tracker.actions.books import ComingBooks
from tracker.domain.costs import InKindRow, Origin
from tracker.domain.errors import Finding, RuleViolation, Sentence
from tracker.domain.imports import FileKind
from tracker.domain.money import Money
from tracker.store import projects
from tracker.store.books import Line

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

    from sqlalchemy.orm import Session

    from tracker.actions.books import Deed
    from tracker.domain.intakes import Preview
    from tracker.store.projects import Project

    Progress: TypeAlias = Callable[[int, int], None]

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
        project: Project,
        leave_out: AbstractSet[str] = frozenset(),
    ) -> None:
        self._session = session
        self._rows = rows
        self._project = project
        self._packages = projects.work_packages_of(session, project.id)
        self.coming = ComingBooks(session, project.id, file_name, leave_out)

    def read(self, progress: Progress) -> None:
        """Judge every row; nothing is kept yet.

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
                self.coming.findings.add(
                    row.work_package,
                    "Work package {code} is not part of the programme.",
                    "Correct the code, or add the work package to the programme first.",
                    code=row.work_package,
                )
            by_book[row.partner, row.worked_on.year].append(row)
        self.coming.findings.check()
        for (partner, year), rows in by_book.items():
            self._take(partner, year, rows, category)
        self.coming.finish()
        progress(len(self._rows), len(self._rows))

    @property
    def new(self) -> int:
        """How many rows are new."""
        return self.coming.new

    @property
    def same(self) -> int:
        """How many rows were kept before."""
        return self.coming.same

    def totals(self) -> tuple[tuple[Sentence, int | Money], ...]:
        """What was found, in the order in which it is told."""
        return (
            (Sentence("Rows in the file"), len(self._rows)),
            (Sentence("Value of the file"), self._value()),
            *self.coming.totals(),
        )

    def warnings(self) -> tuple[Finding, ...]:
        """What deserves a look, but is no reason to refuse the list."""
        return self.coming.warnings()

    def preview(self) -> Preview:
        """Say what keeping the list would do."""
        return self.coming.preview(
            FileKind.IN_KIND,
            company=", ".join(sorted({row.partner for row in self._rows})),
            days=[row.worked_on for row in self._rows],
            total=self._value(),
            totals=self.totals(),
            warnings=self.warnings(),
        )

    def keep(self, deed: Deed) -> None:
        """Keep what is new, in the transaction that goes on."""
        self.coming.keep(deed)

    def _value(self) -> Money:
        return Money.total(row.value for row in self._rows)

    def _take(self, partner: str, year: int, rows: list[InKindRow], category: int) -> None:
        book = self.coming.book(Origin.IN_KIND, partner, year, is_whole=False)
        times: Counter[str] = Counter()
        for row in rows:
            number = _number_of(row)
            times[number] += 1
            package = self._packages[row.work_package]
            line = Line(is_cost=True, row=_values(row, number, times[number], category, package))
            self.coming.take(book, [line])


def _number_of(row: InKindRow) -> str:
    said = (
        f"{row.worked_on}|{row.work_package}|{row.hours.normalize()}|{row.rate.normalize()}"
        f"|{row.description}"
    )
    return hashlib.sha256(said.encode()).hexdigest()[:10]


def _values(
    row: InKindRow, number: str, time: int, category: int, package: int
) -> tuple[str | int | None, ...]:
    day = row.worked_on.isoformat()
    return (
        JOURNAL,
        number,
        str(time),
        day,
        day,
        row.value.cents,
        category,
        package,
        row.work_package,
        "",
        row.partner,
        f"{row.hours.normalize():f} × {row.rate.normalize():f}",
        "",
        row.description,
    )
