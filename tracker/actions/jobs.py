"""Jobs: a process of its own for each, begun and watched; and the job of one file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from threading import Thread
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from tracker.config import ROOT
from tracker.domain.errors import Finding, Sentence
from tracker.domain.imports import FileKind
from tracker.domain.intakes import AT_WORK, IntakeState, Preview
from tracker.store import intakes, plain
from tracker.store.scope import over_all
from tracker.store.session import open_engine, transaction

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker.domain.intakes import Intake

WATCHING = "watching a job"
NO_MEMORY = 77  # how a job ends that saw its memory run out
BY_LIMITS = frozenset(
    {
        NO_MEMORY,
        *(-number for number in (signal.SIGXCPU, signal.SIGALRM, signal.SIGABRT, signal.SIGSEGV)),
        -signal.SIGBUS,
    }
)
BY_OTHERS = frozenset({-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP})

LIMITS = Finding(
    "",
    Sentence("The file could not be read within the limits of memory and time."),
    Sentence("Divide it into smaller files, or export it again without what is not needed."),
)
ENDED = Finding(
    "",
    Sentence("The work on this file ended before it was done; nothing of it was kept."),
    Sentence("Let it begin anew."),
)
FAILED = Finding(
    "",
    Sentence("Reading this file failed by a fault of the tracker; nothing of it was kept."),
    Sentence("Tell who looks after the tracker; the server's log says what went wrong."),
)


class NoLongerWantedError(Exception):
    """Somebody cancelled what a job is at work on, or another job has it."""


class Process:
    """A job in a process of its own, by the words that name it.

    Shape:  ``ended`` writes down how a job ended that could not say so itself, by the code with
            which it ended.
    """

    def __init__(self, words: list[str], ended: Callable[[Session, int], None]) -> None:
        self._words, self._ended = words, ended

    def start(self, session: Session) -> int:
        """Begin it, and give its number; it goes on when this process ends, then unwatched."""
        bind: Any = session.get_bind()
        url = bind.engine.url.render_as_string(hide_password=False)
        job = subprocess.Popen(
            [sys.executable, "-m", "tracker.jobs", *self._words],
            cwd=ROOT,
            env=os.environ | {"TRACKER_DATABASE_URL": url},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        Thread(target=self._see_off, args=(job, url), name=WATCHING, daemon=True).start()
        return job.pid

    def _see_off(self, job: subprocess.Popen[bytes], url: str) -> None:
        code = job.wait()
        if code == 0:
            return
        engine = open_engine(url)
        try:
            with Session(engine) as session, over_all(session):
                self._ended(session, code)
        finally:
            engine.dispose()


class Job:
    """The job of one file, seen from outside."""

    def __init__(self, session: Session, intake_id: int) -> None:
        self._session = session
        self._id = intake_id

    def start(self) -> int:
        """Begin what the file waits for, and give the number of its process."""
        return Process([str(self._id)], self._see_off).start(self._session)

    def notice(self) -> Intake:
        """Give the file as it stands; a job that was silent for too long is taken for dead.

        Errors: ``NotFoundError``.
        """
        found = intakes.intake(self._session, self._id)
        if found.is_silent(datetime.now(UTC)):
            self.end(IntakeState.STOPPED, ENDED)
            found = intakes.intake(self._session, self._id)
        return found

    def end(self, state: IntakeState, why: Finding) -> None:
        """Write down that the job ended without a word, if it still was at work."""
        with transaction(self._session):
            row = intakes.intake_row(self._session, self._id)
            if row.state not in AT_WORK:
                return
            if row.state == IntakeState.WAITING:
                state = IntakeState.STOPPED  # it never began
            kind = FileKind(row.kind) if row.kind else FileKind.TABLE
            preview = plain.written(Preview(kind, findings=(why,)))
            intakes.move(self._session, row, state, preview=preview)

    def _see_off(self, session: Session, code: int) -> None:
        Job(session, self._id).end(*_what_ended(code))


def _what_ended(code: int) -> tuple[IntakeState, Finding]:
    """Say where a file stands whose job ended with a code, and why.

    Shape:  what its limits ended would end so again, and is refused.
    """
    if code in BY_LIMITS:
        return IntakeState.REFUSED, LIMITS
    return IntakeState.STOPPED, ENDED if code in BY_OTHERS else FAILED
