"""What a job does with a file: it looks at it, and keeps it when somebody has decided so.

A job is a process of its own, with limits on memory and time: what a file does to it happens to
nobody else. It writes down where its file stands; of the books it writes nothing before somebody
has confirmed, and then everything in one transaction.
"""

from __future__ import annotations

import json
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.actions import files
from tracker.actions.files import FileIn
from tracker.actions.jobs import LIMITS, NoLongerWantedError
from tracker.actions.tables import Source, TablesIn
from tracker.domain.actor import Actor
from tracker.domain.errors import FileRefused, Finding, Sentence, StaleEditError, TrackerError
from tracker.domain.imports import FileKind
from tracker.domain.intakes import RECORDS, Choice, Intake, IntakeState, Preview
from tracker.domain.mappings import from_plain
from tracker.domain.policy import Role
from tracker.readers import kinds
from tracker.store import books, intake_jobs, intakes, plain
from tracker.store import imports as stored
from tracker.store.scope import in_project
from tracker.store.session import transaction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from tracker.actions.files import Coming
    from tracker.domain.errors import CellFinding

TELL_EVERY = 1_000_000_000  # nanoseconds
MOVED = Finding(
    "",
    Sentence("What the tracker holds has changed since this file was looked at."),
    Sentence("This is what importing it would do now."),
)


class IntakeJob:
    """The work that one file waits for."""

    def __init__(self, session: Session, intake_id: int) -> None:
        self._session = session
        self._id = intake_id

    def carry_out(self) -> None:
        """Look at the file, or keep it, for the project of its intake. Of two jobs, one does it.

        Errors: whatever a fault of ours raises; refusals of the file are written down with it.
        """
        self._session.rollback()
        in_project(self._session, intake_jobs.project_of_intake(self._session, self._id))
        state = intakes.intake(self._session, self._id).state
        try:
            if state is IntakeState.WAITING:
                _Look(self._session, self._id).run()
            elif state is IntakeState.KEEPING:
                _Keep(self._session, self._id).run()
        except (NoLongerWantedError, StaleEditError):
            self._session.rollback()


class _Job:
    """A job on one file: it claims the file, says how far it is, and sees when it is unwanted."""

    def __init__(self, session: Session, intake_id: int) -> None:
        self._session = session
        self._id = intake_id
        self._coming: Coming | None = None
        self._mapping = ""  # how a table was read, as JSON
        self._told_at = 0
        self._version = 0

    def _claim(self, state: IntakeState) -> None:
        """Take the file, so that no other job does.

        Errors: ``StaleEditError``; ``NoLongerWantedError`` where another has it.
        """
        with transaction(self._session):
            row = intakes.intake_row(self._session, self._id)
            now = datetime.now(UTC)
            if row.state != state:
                self._version = intakes.move(self._session, row, state, seen_at=now)
                return
            claimed = intakes.claimed(row)
            if claimed == row.accepted:
                raise NoLongerWantedError
            self._version = intakes.change(self._session, row, accepted=claimed, seen_at=now)

    def _tell(self, done: int, whole: int) -> None:
        """Say how far the work is, at most every second.

        Errors: ``NoLongerWantedError`` where the file was cancelled.
        """
        now = time.monotonic_ns()
        if now - self._told_at < TELL_EVERY:
            return
        self._told_at = now
        engine: Any = self._session.get_bind()
        if not intake_jobs.tell_progress(engine, self._id, self._version, done, whole):
            raise NoLongerWantedError

    def _settle(self, state: IntakeState, said: object, **values: Any) -> None:
        """Write down what came of it, if the file is still ours.

        Errors: ``StaleEditError``.
        """
        with transaction(self._session):
            row = intakes.intake_row(self._session, self._id)
            intakes.move(
                self._session,
                row,
                state,
                version=self._version,
                preview=plain.written(said),
                **values,
            )

    def _refuse(self, findings: tuple[Finding, ...], kind: FileKind | None) -> None:
        cells: tuple[CellFinding, ...] = getattr(self._coming, "cells", tuple)()
        preview = Preview(kind or FileKind.TABLE, findings=findings, cells=cells)
        read_by = {"mapping": self._mapping} if self._mapping else {}
        self._settle(IntakeState.REFUSED, preview, kind=kind or "", **read_by)

    def _judge(self, file: FileIn, choice: Choice, by: Actor) -> tuple[books.State, Coming]:
        if file.source:
            self._mapping = json.dumps(file.source.mapping.as_plain())
        self._session.rollback()
        state = books.state_of(self._session)
        self._coming = files.coming_of(
            self._session, file, leave_out=frozenset(choice.leave_out), by=by
        )
        self._coming.read(self._tell)
        return state, self._coming


class _Look(_Job):
    """Reading a file and judging every line, without keeping anything."""

    def run(self) -> None:
        """Look at the file, and write down what importing it would do."""
        self._claim(IntakeState.READING)
        row = intakes.intake_row(self._session, self._id)
        name, said, by = row.file_name, row.mapping, row.asked_by
        kind: FileKind | None = None
        with _file_of(self._session, self._id) as path:
            try:
                kind = kinds.kind_of(path, name)
                file = FileIn(name, path, kind, self._source(path, name, kind, said))
                if kind is FileKind.TABLE and file.source is None:
                    encoding = json.loads(said).get("encoding", "") if said else ""
                    look = TablesIn(self._session, path, name).look(encoding)
                    self._settle(IntakeState.MAPPING, look, kind=kind, mapping="")
                    return
                _, coming = self._judge(file, Choice(), Actor(by, Role.FINANCE_OFFICER))
                preview = coming.preview()
                self._settle(IntakeState.READY, preview, kind=kind, mapping=self._mapping)
            except FileRefused as refusal:
                self._refuse(refusal.findings, kind)
            except MemoryError:
                self._coming = None
                self._refuse((LIMITS,), kind)
            except (NoLongerWantedError, StaleEditError):
                raise
            except TrackerError as error:
                self._refuse((Finding("", error.message, error.hint),), kind)

    def _source(self, path: Path, name: str, kind: FileKind, said: str) -> Source | None:
        if kind is not FileKind.TABLE:
            return None
        if not said:
            return TablesIn(self._session, path, name).source()
        return _source_in(self._session, said)


class _Keep(_Job):
    """Keeping a file as somebody decided who looked at its preview."""

    def run(self) -> None:
        """Keep the file whole, or write down why not."""
        self._claim(IntakeState.KEEPING)
        row = intakes.intake_row(self._session, self._id)
        choice, name, role = intakes.choice_in(row)
        by, seen = Actor(name, Role(role)), intakes.intake(self._session, self._id)
        kind = FileKind(row.kind)
        source = _source_in(self._session, row.mapping) if kind is FileKind.TABLE else None
        sha256, file_name = row.sha256, row.file_name
        with _file_of(self._session, self._id) as path:
            file = FileIn(file_name, path, kind, source)
            try:
                self._keep(file, sha256, choice, seen, by)
            except FileRefused as refusal:
                self._refuse(refusal.findings, kind)
            except MemoryError:
                self._coming = None
                self._refuse((LIMITS,), kind)
            except (NoLongerWantedError, StaleEditError):
                raise
            except TrackerError as error:
                self._refuse((Finding("", error.message, error.hint),), kind)

    def _keep(self, file: FileIn, sha256: str, choice: Choice, seen: Intake, by: Actor) -> None:
        for _ in range(files.ATTEMPTS):
            state, coming = self._judge(file, choice, by)
            now = coming.preview()
            if seen.preview is None or not _is_alike(seen.preview, now, choice):
                _, coming = self._judge(file, Choice(), by)
                preview = coming.preview()
                self._settle(
                    IntakeState.READY,
                    replace(preview, warnings=(MOVED, *preview.warnings)),
                    accepted="",
                )
                return
            with transaction(self._session):
                stored.lock(self._session)
                if books.state_of(self._session) != state:
                    continue
                row = intakes.intake_row(self._session, self._id)
                outcome = files.keep(self._session, file, sha256, coming, choice, by=by)
                intakes.move(
                    self._session,
                    row,
                    IntakeState.KEPT,
                    version=self._version,
                    import_id=outcome.id,
                )
                return
        raise files.BooksMovedError(file.name)


def _source_in(session: Session, said: str) -> Source | None:
    """Give the source that was chosen for a file; nothing where its columns are not chosen."""
    parts = json.loads(said)
    return Source.of(session, from_plain(parts)) if "columns" in parts else None


def _is_alike(seen: Preview, now: Preview, choice: Choice) -> bool:
    """Tell whether keeping a file does what somebody saw who decided about it."""
    if choice.leave_out:
        left = {suspicion.key for suspicion in seen.suspicions} - set(choice.leave_out)
        return (seen.changed, seen.same, seen.missing) == (
            now.changed,
            now.same,
            now.missing,
        ) and left == {suspicion.key for suspicion in now.suspicions}
    return _essence(seen) == _essence(now)


def _essence(preview: Preview) -> tuple[object, ...]:
    counts = (preview.new, preview.changed, preview.same, preview.missing, preview.settled)
    sums = (preview.cost_lines, preview.amount, preview.total, preview.late, preview.late_on)
    changes = preview.changes if preview.table in RECORDS else ()
    return (*counts, *sums, preview.suspicions, preview.totals, changes)


@contextmanager
def _file_of(session: Session, intake_id: int) -> Iterator[Path]:
    """Write the bytes of a file where readers can open them; they are gone with the process."""
    with tempfile.TemporaryFile(prefix="intake-") as file:
        for content in intakes.original(session, intake_id):
            file.write(content)
        file.flush()
        session.rollback()
        yield Path(f"/proc/self/fd/{file.fileno()}")
