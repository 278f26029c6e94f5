"""Reports in the background: asked for once, made in their turn, cancelled, and tried again.

A job is a process of its own, with limits on memory and time. It writes down how far it is; what
it makes is kept together with the note that it is made, or neither.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tracker.actions import issuing, jobs, made_reports
from tracker.actions.jobs import NoLongerWantedError, Process
from tracker.actions.report_mails import Round
from tracker.domain.actor import Actor
from tracker.domain.errors import (
    Finding,
    NotFoundError,
    RuleViolation,
    Sentence,
    TrackerError,
)
from tracker.domain.funder_reports import ReportState, check_step
from tracker.domain.policy import Role
from tracker.domain.report_jobs import JobKind, JobState, Queued, whose_turn
from tracker.store import audit, commitments, documents, plain
from tracker.store import report_jobs as stored
from tracker.store.funder_reports import of_report, report_numbered
from tracker.store.scope import in_project, over_all
from tracker.store.session import at_one_moment, transaction

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.report_jobs import ReportJob, Wanted
    from tracker.store.documents import Document

LIMITS = Finding(
    "",
    Sentence("This could not be made within the limits of memory and time."),
    Sentence("Ask for a shorter period; if it is short, tell who looks after the tracker."),
)
ENDED = Finding(
    "",
    Sentence("The work ended before it was done; nothing of it was kept."),
    Sentence("Try it again."),
)
FAILED = Finding(
    "",
    Sentence("Making this failed by a fault of the tracker; nothing of it was kept."),
    Sentence("Tell who looks after the tracker; the server's log says what went wrong."),
)


def ask(session: Session, wanted: Wanted, *, by: Actor) -> int:
    """Ask for something to be made, and give the key of the job; asked again, it is the same.

    Shape:  the job begins at once, or when it is its turn.
    Errors: ``NotFoundError`` for a commitment or a report that does not exist; ``RuleViolation``
            and ``StaleEditError`` where the report cannot be issued.
    """
    with transaction(session):
        job_id = stored.known_job(session, wanted, by=by)
        if job_id is None:
            _check(session, wanted)
            job_id = stored.add_job(session, wanted, by=by, now=datetime.now(UTC))
    Queue(session).advance()
    return job_id


def cancel(session: Session, job_id: int, *, by: Actor) -> None:
    """Let what was asked be; nothing of it is kept.

    Errors: ``NotFoundError``; ``RuleViolation`` where somebody else asked, or it is over.
    """
    with transaction(session):
        stored.lock(session)
        job = own_job(session, job_id, by=by)
        stored.move(session, job_id, job.version, job.state, JobState.CANCELLED)
    Queue(session).advance()


def retry(session: Session, job_id: int, *, by: Actor) -> int:
    """Begin anew what failed or was cancelled, and give the key of the job that is under way.

    Errors: ``NotFoundError``; ``RuleViolation`` where somebody else asked, or it did not end.
    """
    with transaction(session):
        stored.lock(session)
        job = own_job(session, job_id, by=by)
        known = stored.under_way(session, stored.job_row(session, job_id).key)
        if known is None or known == job_id:
            anew = {"done": 0, "whole": 0, "why": "", "role": by.role.value}
            stored.move(session, job_id, job.version, job.state, JobState.WAITING, **anew)
    Queue(session).advance()
    return known or job_id


def _check(session: Session, wanted: Wanted) -> None:
    """Refuse at once what cannot come to anything."""
    commitments.commitment_named(session, wanted.commitment)
    if wanted.kind is JobKind.ISSUE:
        report = report_numbered(session, wanted.report_id)
        if report.version != wanted.version:
            raise audit.stale_edit(session, of_report(report), report.version)
        check_step(report, ReportState.ISSUED)


def own_job(session: Session, job_id: int, *, by: Actor) -> ReportJob:
    """Give a job to who asked for it.

    Errors: ``NotFoundError``; ``RuleViolation`` for anybody else.
    """
    job = stored.report_job(session, job_id)
    if job.asked_by != by.name:
        raise RuleViolation(
            "This was asked for by {who}.",
            "Ask for it yourself: it then says what the books say now.",
            who=job.asked_by,
        )
    return job


def result_of(session: Session, job_id: int, *, by: Actor) -> tuple[Document, bytes]:
    """Give what was made to who asked for it.

    Errors: ``NotFoundError`` where nothing was made yet; ``RuleViolation`` for anybody else.
    """
    job = own_job(session, job_id, by=by)
    if job.document_id is None:
        raise NotFoundError("Nothing was made yet.")
    return documents.document_numbered(session, job.document_id)


class Queue:
    """The jobs of a database: whose turn it is, and which of them are dead."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def notice(self, job: ReportJob) -> ReportJob:
        """Give a job as it stands; where nothing was heard of it, the queue is looked after."""
        if not job.is_silent(datetime.now(UTC)):
            return job
        self.advance()
        return stored.report_job(self._session, job.id)

    def advance(self) -> None:
        """Take jobs for dead that were silent for too long, and begin those whose turn it is."""
        session = self._session
        with transaction(session):
            stored.lock(session)
            waiting, running = stored.queue(session)
            now, alive = datetime.now(UTC), []
            for job in running:
                if job.is_silent(now):
                    _fail(session, job, ENDED)
                else:
                    alive.append(Queued(job.id, job.asked_by))
            chosen = whose_turn(waiting, alive)
            stored.let_wait(session, [job.id for job in waiting if job.id not in chosen], now)
            for job_id in chosen:
                with over_all(session):
                    version = stored.report_job(session, job_id).version
                stored.move(session, job_id, version, JobState.WAITING, JobState.RUNNING)
        for job_id in chosen:
            self.start(job_id)

    def start(self, job_id: int) -> int:
        """Begin a job whose turn it is, and give the number of its process."""

        def ended(other: Session, code: int) -> None:
            _see_off(other, code, job_id)

        return Process(["report", str(job_id)], ended).start(self._session)

    def carry_out(self, job_id: int) -> None:
        """Make what a job is about, for its project and for who asked.

        Errors: whatever a fault of ours raises; refusals are written down with the job.
        """
        session = self._session
        session.rollback()
        with over_all(session):
            row = stored.job_row(session, job_id)
            project_id, by = row.project_id, Actor(row.asked_by, Role(row.role))
            job = stored.report_job(session, job_id)
        if job.state is JobState.RUNNING:
            in_project(session, project_id)
            _Work(session, job, by).run()


class _Work:
    """The work on one job: it says how far it is, and sees when it is unwanted."""

    def __init__(self, session: Session, job: ReportJob, by: Actor) -> None:
        self._session, self._job, self._by = session, job, by

    def run(self) -> None:
        """Make what is wanted, and write down what came of it."""
        makes = self._issue if self._job.wanted.kind is JobKind.ISSUE else self._make
        try:
            makes(self._job.wanted)
        except NoLongerWantedError:
            self._session.rollback()
        except MemoryError:
            self._refuse(LIMITS)
        except TrackerError as error:
            self._refuse(Finding("", error.message, error.hint))

    def _issue(self, wanted: Wanted) -> None:
        issuing.issue(
            self._session,
            wanted.report_id,
            version=wanted.version,
            today=wanted.made_on,
            by=self._by,
            tell=self._tell,
            settle=self._settle,
        )

    def _make(self, wanted: Wanted) -> None:
        at_one_moment(self._session)
        upload = made_reports.made(self._session, wanted, self._tell, by=self._by)
        with transaction(self._session):
            key = documents.add_document(
                self._session,
                f"{stored.OF_A_JOB}{self._job.id}",
                upload,
                by=self._by.name,
                at=datetime.now(UTC),
            )
            made_reports.record(self._session, wanted, upload, by=self._by)
            self._settle(document_id=key)

    def _tell(self, done: int, whole: int) -> None:
        engine: Any = self._session.get_bind()
        job = self._job
        if not stored.tell_progress(engine, job.id, job.version, done=done, whole=whole):
            raise NoLongerWantedError

    def _settle(self, **values: int) -> None:
        """Note in the transaction of the work that it is done.

        Errors: ``NoLongerWantedError``, with which all of it is undone.
        """
        job = self._job
        if not stored.move(
            self._session, job.id, job.version, JobState.RUNNING, JobState.DONE, **values
        ):
            raise NoLongerWantedError

    def _refuse(self, why: Finding) -> None:
        with transaction(self._session):
            _fail(self._session, self._job, why)


def _fail(session: Session, job: ReportJob, why: Finding) -> None:
    said = plain.written(why)
    stored.move(session, job.id, job.version, JobState.RUNNING, JobState.FAILED, why=said)


def _see_off(session: Session, code: int, job_id: int) -> None:
    """Write down that a job ended without a word, and let the next begin."""
    with transaction(session):
        stored.lock(session)
        job = stored.report_job(session, job_id)
        if job.state is JobState.RUNNING:
            _fail(session, job, _why(code))
    if job.wanted.kind is JobKind.ISSUE:
        Round(session).begin()  # it may have ended between the report and its mails
    Queue(session).advance()


def _why(code: int) -> Finding:
    if code in jobs.BY_LIMITS:
        return LIMITS
    return ENDED if code in jobs.BY_OTHERS else FAILED
