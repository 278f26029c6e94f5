"""Bringing in bank statements: tried out first, to say what keeping them would do."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tracker.actions.recognition import Recognition
from tracker.domain.errors import Finding, Sentence
from tracker.domain.imports import FileKind, ImportOutcome
from tracker.domain.intakes import Control, Preview
from tracker.domain.money import Money
from tracker.store import imports
from tracker.store.scope import over_all
from tracker.store.session import transaction

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.actions.books import Deed
    from tracker.actions.ledgers import Progress
    from tracker.domain.actor import Actor
    from tracker.domain.receipts import (
        BankStatement,
    )


class _Rehearsed(Exception):  # noqa: N818 - the end of a rehearsal, and no error
    """Everything was tried, and is undone."""


class BankImport:
    """The statements of one file: tried out first, and undone, to say what keeping them does."""

    def __init__(
        self,
        session: Session,
        statements: list[BankStatement],
        file_name: str,
        by: Actor,
    ) -> None:
        self._session = session
        self._statements = statements
        self._file_name = file_name
        self._by = by

    def read(self, progress: Progress) -> None:
        """Recognise every entry the way keeping it would; nothing is kept yet.

        Errors: ``FileRefused`` where an entry that was kept before says something else now.
        """
        with suppress(_Rehearsed), transaction(self._session):
            now = datetime.now(UTC)
            rehearsal = ImportOutcome(
                file_name=self._file_name,
                kind=FileKind.BANK,
                new=0,
                same=0,
                already_imported=False,
                totals=(),
                imported_at=now,
                imported_by=self._by.name,
                sha256=f"rehearsal {now.isoformat()}",
            )
            self._run(imports.add_import(self._session, rehearsal))
            raise _Rehearsed
        count = sum(len(statement.entries) for statement in self._statements)
        progress(count, count)

    def keep(self, deed: Deed) -> None:
        """Keep what is new, in the transaction that goes on."""
        self._run(deed.import_id)

    def _run(self, import_id: int) -> None:
        with over_all(self._session):
            self._done = Recognition(
                self._session, self._statements, self._file_name, import_id, self._by
            )
            self._done.run()

    @property
    def new(self) -> int:
        """How many entries are new."""
        return self._done.new

    @property
    def same(self) -> int:
        """How many entries were kept before."""
        return self._done.same

    def totals(self) -> tuple[tuple[Sentence, int | Money], ...]:
        """What was found, in the order in which it is told."""
        return self._done.totals()

    def warnings(self) -> tuple[Finding, ...]:
        """What does not tie out in the statements, and what a person must look at."""
        return self._done.warnings()

    def preview(self) -> Preview:
        """Say what keeping the statements would do."""
        days = [entry.booked_on for each in self._statements for entry in each.entries]
        controls = tuple(
            Control(
                Sentence("Closing balance of statement {number}", {"number": each.number}),
                Money(each.closing),
                Money(each.opening + sum(entry.cents for entry in each.entries)),
            )
            for each in self._statements
        )
        return Preview(
            kind=FileKind.BANK,
            company=", ".join(dict.fromkeys(each.iban for each in self._statements)),
            first_day=min(days, default=None),
            last_day=max(days, default=None),
            new=self.new,
            same=self.same,
            controls=controls,
            totals=self.totals(),
            warnings=self.warnings(),
        )
