"""A file of any kind on its way: which import reads it, and how what was judged is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

from tracker.actions.bank import BankImport
from tracker.actions.books import Deed
from tracker.actions.budget_tables import BudgetTableImport
from tracker.actions.commitment_tables import CommitmentTableImport
from tracker.actions.cost_tables import CostTableImport
from tracker.actions.forecast_tables import ForecastTableImport
from tracker.actions.hour_tables import HourTableImport
from tracker.actions.in_kind import InKindImport
from tracker.actions.ledgers import LedgerImport
from tracker.actions.milestone_tables import MilestoneTableImport
from tracker.domain.errors import Finding, RuleViolation, Sentence
from tracker.domain.imports import FileKind, ImportOutcome
from tracker.domain.table_columns import TableKind
from tracker.readers import camt, cost_tables, hour_tables, in_kind, record_tables, xaf
from tracker.store import audit, books, imports
from tracker.store.projects import the_project

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from sqlalchemy.orm import Session

    from tracker.actions.records import RecordImport
    from tracker.actions.tables import Source
    from tracker.domain.actor import Actor
    from tracker.domain.intakes import Choice, Preview
    from tracker.domain.money import Money
    from tracker.store.books import State
    from tracker.store.projects import Project

RECORDS: Mapping[TableKind, type[RecordImport]] = {
    TableKind.MILESTONES: MilestoneTableImport,
    TableKind.BUDGETS: BudgetTableImport,
    TableKind.COMMITMENTS: CommitmentTableImport,
    TableKind.FORECASTS: ForecastTableImport,
}
ATTEMPTS = 5  # at a file, while others change the books


class Coming(Protocol):
    """A file of any kind on its way: read and judged first, kept in a deed of its own."""

    @property
    def new(self) -> int:
        """How many lines are new."""

    @property
    def same(self) -> int:
        """How many lines were kept before and say the same."""

    def read(self, progress: Callable[[int, int], None]) -> None:
        """Read the file to its end, and judge every line."""

    def totals(self) -> tuple[tuple[Sentence, int | Money], ...]:
        """What was found, in the order in which it is told."""

    def warnings(self) -> tuple[Finding, ...]:
        """What deserves a look, but is no reason to refuse the file."""

    def preview(self) -> Preview:
        """Say what keeping the file would do."""

    def keep(self, deed: Deed) -> None:
        """Keep what is new, and what was decided, in the transaction that goes on."""


class BooksMovedError(RuleViolation):
    """Others kept changing the books while a file was read."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "The books changed {count} times while {name} was read.",
            "Bring it in when nobody else imports or charges.",
            count=ATTEMPTS,
            name=name,
        )


class FileIn(NamedTuple):
    """A file as it is to be brought in: by which name, of what kind, and where from."""

    name: str
    path: Path
    kind: FileKind
    source: Source | None = None


def judge(
    session: Session,
    file: FileIn,
    progress: Callable[[int, int], None],
    *,
    leave_out: AbstractSet[str],
    by: Actor,
) -> tuple[State, Coming]:
    """Read a file and judge every line of it, beside what the books hold now.

    Errors: ``FileRefused`` with everything that was found wrong; ``RuleViolation``.
    """
    session.rollback()
    state = books.state_of(session)
    coming = coming_of(session, file, leave_out=leave_out, by=by)
    coming.read(progress)
    return state, coming


def coming_of(session: Session, file: FileIn, *, leave_out: AbstractSet[str], by: Actor) -> Coming:
    """Begin the import of a file; nothing but its front is read yet.

    Errors: ``FileRefused``; ``RuleViolation``.
    """
    name, path, project = file.name, file.path, the_project(session)
    if file.kind is FileKind.LEDGER:
        return LedgerImport(session, xaf.read(path, name), name, project, leave_out)
    if file.kind is FileKind.BANK:
        return BankImport(session, camt.read(path, name), name, by)
    if file.kind is FileKind.IN_KIND:
        return InKindImport(session, in_kind.read(path, name), name, project, leave_out)
    assert file.source is not None
    return _table_import(session, file, file.source, project, leave_out, by)


def keep(
    session: Session, file: FileIn, sha256: str, coming: Coming, choice: Choice, *, by: Actor
) -> ImportOutcome:
    """Keep a file that was judged, in the transaction that goes on; under the lock of imports."""
    outcome = ImportOutcome(
        file_name=file.name,
        kind=file.kind,
        new=0,
        same=0,
        already_imported=False,
        totals=(),
        imported_at=datetime.now(UTC),
        imported_by=by.name,
        sha256=sha256,
        accepted=choice.reason.strip(),
    )
    import_id = imports.add_import(session, outcome)
    coming.keep(Deed(import_id, by.name, outcome.accepted, choice.apply_changes))
    preview = coming.preview()
    done = replace(
        outcome,
        id=import_id,
        new=coming.new,
        same=coming.same,
        totals=(*coming.totals(), *_of_changes(preview, choice)),
        warnings=coming.warnings(),
    )
    imports.close_import(session, import_id, done)
    audit.record(
        session,
        by=by,
        did="import",
        subject=f"file/{file.name}",
        detail=_said(done, preview, choice),
    )
    return done


def _of_changes(preview: Preview, choice: Choice) -> tuple[tuple[Sentence, int | Money], ...]:
    if not preview.changed:
        return ()
    applied = preview.changed - preview.settled if choice.apply_changes else 0
    return (
        (Sentence("Changed lines that were applied"), applied),
        (Sentence("Changed lines that stay as they were"), preview.changed - applied),
    )


def _said(done: ImportOutcome, preview: Preview, choice: Choice) -> dict[str, object]:
    said: dict[str, object] = {"sha256": done.sha256, "new": done.new, "same": done.same}
    if choice.reason.strip():
        said["reason"] = choice.reason.strip()
    if preview.changed:
        said["changed"] = preview.changed
        said["applied"] = choice.apply_changes
    if choice.leave_out:
        said["left_out"] = ", ".join(choice.leave_out)
    return said


def _table_import(
    session: Session,
    file: FileIn,
    source: Source,
    project: Project,
    leave_out: AbstractSet[str],
    by: Actor,
) -> Coming:
    """Begin the import of a table of the kind that its mapping names.

    Errors: ``FileRefused``; ``RuleViolation`` for a kind that comes in as a list of its own.
    """
    mapping = source.mapping
    if mapping.kind is TableKind.COSTS:
        costs = cost_tables.read(file.path, file.name, mapping)
        return CostTableImport(session, costs, source.name, mapping, project, leave_out)
    if mapping.kind is TableKind.HOURS:
        hours = hour_tables.read(file.path, file.name, mapping)
        return HourTableImport(session, hours, source.name, mapping, project, leave_out)
    if of_records := RECORDS.get(mapping.kind):
        return of_records(session, record_tables.read(file.path, file.name, mapping), by)
    raise RuleViolation(
        "This table holds hours in kind, with other columns than such a list has.",
        "Fill in the template for hours in kind, and import that.",
        field="kind",
    )
