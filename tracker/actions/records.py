"""Tables of records on their way in: rows of which each says all of one thing.

In here: what milestones, budgets and commitments have in common.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from reports.words import code_of
from tracker.domain.errors import Finding, RuleViolation, Sentence
from tracker.domain.imports import FileKind
from tracker.domain.intakes import CHANGES_MAX, Change, FieldChange, Preview
from tracker.domain.money import ZERO, Money
from tracker.store.projects import day_of_sample, the_project

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from sqlalchemy.orm import Session

    from tracker.actions.books import Deed
    from tracker.domain.actor import Actor
    from tracker.domain.errors import CellFinding, Fact
    from tracker.domain.table_columns import TableKind
    from tracker.readers.record_tables import Record, RecordTable

    Progress: TypeAlias = Callable[[int, int], None]

SHOWN_MAX = 80  # letters of a cell that a complaint repeats
EMPTY = "–"


class RecordImport(ABC):
    """One table of records on its way into the database."""

    kind: TableKind

    def __init__(self, session: Session, table: RecordTable, by: Actor) -> None:
        self.session = session
        self.table = table
        self.by = by
        self.project = the_project(session)
        self.today = day_of_sample(session) or datetime.now(UTC).date()
        self.new = self.same = self.complaints = 0
        self.changes: list[Change] = []
        self._odd: list[Finding] = []

    def read(self, progress: Progress) -> None:
        """Judge every row; nothing is kept yet.

        Errors: ``FileRefused`` with everything that is wrong.
        """
        for record in self.table.records:
            self.take(record)
        if not self.complaints:
            self.finish()
        self.table.findings.check()
        progress(len(self.table.records), len(self.table.records))

    @abstractmethod
    def take(self, record: Record) -> None:
        """Judge one row."""

    def finish(self) -> None:  # noqa: B027 - most rows say all there is to judge
        """Judge what only all rows together show; every row could be read."""

    @abstractmethod
    def keep(self, deed: Deed) -> None:
        """Keep what is new, and what was decided, in the transaction that goes on."""

    def total(self) -> Money | None:
        """Give what the table adds up to, where that means something."""
        return Money(sum(self.cents(record, "amount") for record in self.table.records))

    def totals(self) -> tuple[tuple[Sentence, int | Money], ...]:
        """What was found, in the order in which it is told."""
        return ((Sentence("Rows in the file"), len(self.table.records)),)

    def warnings(self) -> tuple[Finding, ...]:
        """What deserves a look, but is no reason to refuse the table."""
        return (*self.table.warnings, *self._odd)

    def cells(self) -> tuple[CellFinding, ...]:
        """What was found wrong, by cell."""
        return tuple(self.table.findings.by_cell())

    def preview(self) -> Preview:
        """Say what keeping the table would do."""
        return Preview(
            kind=FileKind.TABLE,
            table=self.kind,
            new=self.new,
            changed=len(self.changes),
            same=self.same,
            total=self.total(),
            totals=self.totals(),
            warnings=self.warnings(),
            changes=tuple(self.changes[:CHANGES_MAX]),
        )

    def complain(
        self, record: Record, code: str, message: str, remedy: str, /, **facts: Fact
    ) -> None:
        """Note what is wrong in a cell."""
        self.complaints += 1
        self.table.complain(code, record.row, message, remedy, **facts)

    def refuse(self, record: Record, code: str, refused: RuleViolation, remedy: str = "") -> None:
        """Note in a cell what a rule refuses."""
        said = refused.message
        hint = remedy or refused.hint.template
        self.complain(record, code, said.template, hint, **dict(said.facts))

    def warn(self, record: Record, code: str, said: Sentence) -> None:
        """Note what is odd in a cell, and yet possible."""
        self._odd.append(Finding(self.table.reader.place(code, record.row), said))

    def change(
        self, key: str, *fields: FieldChange, before: Money = ZERO, now: Money = ZERO
    ) -> None:
        """Note that a row says something else than the tracker holds."""
        self.changes.append(Change(key, before, now, fields))

    def has(self, code: str) -> bool:
        """Tell whether the table has a column."""
        return code in self.table.reader.places

    def text(self, record: Record, code: str) -> str:
        """Give the text in a cell, without spare spaces; of an absent column, nothing."""
        return " ".join(str(record.values.get(code) or "").split())

    def day(self, record: Record, code: str) -> date | None:
        """Give the day in a cell."""
        value = record.values.get(code)
        return value if isinstance(value, date) else None

    def cents(self, record: Record, code: str) -> int:
        """Give the cents in a cell; 0 where it is empty."""
        value = record.values.get(code)
        return value if isinstance(value, int) else 0

    def whole(self, record: Record, code: str, least: int, most: int) -> int | None:
        """Give the whole number in a cell, and complain of any other."""
        value = record.values.get(code)
        if not isinstance(value, Decimal):
            return None
        if value == int(value) and least <= value <= most:
            return int(value)
        self.complain(
            record,
            code,
            "“{value}” is not a whole number from {least} to {most}.",
            "Correct the number.",
            value=f"{value.normalize():f}",
            least=str(least),
            most=str(most),
        )
        return None

    def code_in(self, record: Record, code: str, known: Collection[str]) -> str:
        """Give the code that a cell names in any language, and complain of another."""
        said = self.text(record, code)
        if not said:
            return ""
        found = code_of(said, known)
        if not found:
            self.unknown(record, code, said, known)
        return found

    def codes_in(self, record: Record, code: str, known: Collection[str]) -> tuple[str, ...]:
        """Give the codes in a cell, with commas between them, in the order of what is known."""
        named = [each for part in self.text(record, code).split(",") if (each := part.strip())]
        found = [code_of(each, known) for each in named]
        for each, is_known in zip(named, found, strict=True):
            if not is_known:
                self.unknown(record, code, each, known)
        return tuple(each for each in known if each in found)

    def unknown(self, record: Record, code: str, said: str, known: Collection[str]) -> None:
        """Complain that a cell names what the tracker does not know."""
        self.complain(
            record,
            code,
            "The tracker does not know “{value}”.",
            "Correct it, or enter it in the tracker first. Known are: {known}.",
            value=said[:SHOWN_MAX],
            known=", ".join(known) or EMPTY,
        )

    def twice(self, record: Record, code: str) -> None:
        """Complain that a row says again what another row said."""
        self.complain(
            record,
            code,
            "Another row of this table is about “{value}” too.",
            "Leave one of them out.",
            value=self.text(record, code)[:SHOWN_MAX],
        )
