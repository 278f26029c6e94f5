"""What every table of lines does on its way into the books, whatever it is of."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Generic, TypeAlias, TypeVar

from tracker.actions.books import ComingBooks
from tracker.domain.costs import Origin
from tracker.domain.errors import Finding, Sentence
from tracker.domain.imports import FileKind
from tracker.store import entries, projects

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.actions.books import Deed
    from tracker.actions.coming_book import ComingBook
    from tracker.domain.errors import CellFinding
    from tracker.domain.intakes import Control, Preview
    from tracker.domain.mappings import Mapping
    from tracker.domain.money import Money
    from tracker.domain.table_columns import TableKind
    from tracker.readers.cost_tables import CostTable, CostTableLine
    from tracker.readers.hour_tables import HourTable, HourTableLine
    from tracker.store.projects import Project

    Progress: TypeAlias = Callable[[int, int], None]

LineTable = TypeVar("LineTable", bound="CostTable | HourTable")


class TableImport(ABC, Generic[LineTable]):
    """One table of lines on its way into the database.

    Shape:  where a complaint is about a column that the table has not, it stands at
            ``main_column``, which every table of this kind has.
    """

    kind: ClassVar[TableKind]
    main_column: ClassVar[str]

    def __init__(
        self,
        session: Session,
        table: LineTable,
        company: str,
        mapping: Mapping,
        project: Project,
        leave_out: AbstractSet[str] = frozenset(),
    ) -> None:
        self._session = session
        self._table = table
        self._company = company
        self._places = mapping.places
        self._packages = projects.work_packages_of(session, project.id)
        self._milestones = entries.milestone_ids(session, project.id)
        self.coming = ComingBooks(session, project.id, table.name, leave_out)
        self._books: dict[int, ComingBook] = {}
        self._days: set[date] = set()

    @abstractmethod
    def read(self, progress: Progress) -> None:
        """Read the table to its end, and judge every line; nothing is kept yet.

        Errors: ``FileRefused`` with everything that is wrong.
        """

    @property
    def new(self) -> int:
        """How many lines are new."""
        return self.coming.new

    @property
    def same(self) -> int:
        """How many lines were kept before and say the same."""
        return self.coming.same

    @property
    @abstractmethod
    def total(self) -> Money:
        """What all lines add up to."""

    def cells(self) -> tuple[CellFinding, ...]:
        """What was found wrong, by cell."""
        return (*self._table.findings.by_cell(), *self.coming.findings.by_cell())

    def totals(self) -> tuple[tuple[Sentence, int | Money], ...]:
        """What was found, in the order in which it is told."""
        return ((Sentence("Lines in the file"), self._table.line_count), *self.coming.totals())

    def controls(self) -> tuple[Control, ...]:
        """What the table itself says that it adds up to, beside what it does."""
        return ()

    def warnings(self) -> tuple[Finding, ...]:
        """What deserves a look, but is no reason to refuse the table."""
        return (*self._table.warnings, *self.coming.warnings())

    def preview(self) -> Preview:
        """Say what keeping the table would do."""
        return self.coming.preview(
            FileKind.TABLE,
            table=self.kind,
            company=self._company,
            days=self._days,
            total=self.total,
            controls=self.controls(),
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

    def _milestone(self, line: CostTableLine | HourTableLine) -> int | None:
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
        self,
        line: CostTableLine | HourTableLine,
        column: str,
        message: str,
        remedy: str,
        **facts: str,
    ) -> None:
        self.coming.findings.add(self._place(line, column), message, remedy, **facts)

    def _place(self, line: CostTableLine | HourTableLine, column: str) -> str:
        index = self._places.get(column, self._places[self.main_column])
        return self._table.table.place(index, line.row)
