"""Bringing in files: each whole or not at all, in any order, and twice without harm."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol, TypeAlias

from tracker.actions.bank import BankImport
from tracker.actions.in_kind import InKindImport
from tracker.actions.ledgers import LedgerImport
from tracker.domain.errors import FileRefused, Finding, RuleViolation, Sentence
from tracker.domain.imports import FileKind, ImportOutcome
from tracker.readers import camt, in_kind, kinds, xaf
from tracker.store import audit, imports
from tracker.store.projects import the_project
from tracker.store.session import transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.money import Money

    Progress: TypeAlias = Callable[[str, int, int], None]


def bring_in(
    session: Session,
    files: Sequence[tuple[str, Path]],
    *,
    by: Actor,
    progress: Progress = lambda _name, _done, _whole: None,
) -> list[ImportOutcome | FileRefused]:
    """Bring in files by the name that people know them by; a refused one stops no other.

    Shape:  one answer per file, in the order given. ``progress`` is told the file, the lines
            done and the lines in all.
    Errors: ``NotFoundError`` where no programme has been set up.
    """
    the_project(session)
    return [_bring_in(session, name, path, by, progress) for name, path in files]


def _bring_in(
    session: Session, name: str, path: Path, by: Actor, progress: Progress
) -> ImportOutcome | FileRefused:
    sha256 = _hash_of(path)
    try:
        outcome = ImportOutcome(
            file_name=name,
            kind=kinds.kind_of(path, name),
            new=0,
            same=0,
            already_imported=False,
            totals=(),
            imported_at=datetime.now(UTC),
            imported_by=by.name,
            sha256=sha256,
        )
        with transaction(session):
            imports.lock(session)  # the same file, brought in twice at the same moment
            if known := imports.import_of(session, sha256):
                again = known.new + known.same
                return replace(known, file_name=name, new=0, same=again, totals=())
            outcome = _keep(session, path, outcome, by, progress)
            audit.record(
                session,
                by=by,
                did="import",
                subject=f"file/{name}",
                detail={"sha256": sha256, "new": outcome.new, "same": outcome.same},
            )
    except FileRefused as refusal:
        return refusal
    except RuleViolation as refusal:
        return FileRefused(name, [Finding("", refusal.message, refusal.hint)])
    return outcome


def _keep(
    session: Session, path: Path, outcome: ImportOutcome, by: Actor, progress: Progress
) -> ImportOutcome:
    import_id = imports.add_import(session, outcome)
    coming = _coming(session, path, outcome, import_id, by, progress)
    done = replace(
        outcome,
        new=coming.new,
        same=coming.same,
        totals=coming.totals(),
        warnings=coming.warnings(),
    )
    imports.close_import(session, import_id, done)
    return done


class _Import(Protocol):
    """What an import of any kind can say when it is done."""

    new: int
    same: int

    def totals(self) -> tuple[tuple[Sentence, int | Money], ...]: ...
    def warnings(self) -> tuple[Finding, ...]: ...


def _coming(
    session: Session,
    path: Path,
    outcome: ImportOutcome,
    import_id: int,
    by: Actor,
    progress: Progress,
) -> _Import:
    name, project = outcome.file_name, the_project(session)
    if outcome.kind is FileKind.LEDGER:
        ledger = LedgerImport(session, xaf.read(path, name), name, import_id, project)
        ledger.run(lambda done, whole: progress(name, done, whole))
        return ledger
    if outcome.kind is FileKind.BANK:
        bank = BankImport(session, camt.read(path, name), name, import_id, project, by)
        bank.run()
        return bank
    hours = InKindImport(session, in_kind.read(path, name), name, import_id, project)
    hours.run()
    return hours


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
