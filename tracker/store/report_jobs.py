"""Reports that are made in the background: what was asked, how far it is, what came of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import CursorResult, ForeignKey, Index, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.errors import NotFoundError
from tracker.domain.report_jobs import (
    UNDER_WAY,
    JobKind,
    JobState,
    Queued,
    ReportJob,
    check_step,
)
from tracker.store import plain, progress
from tracker.store.audit import ledger_state
from tracker.store.projects import the_project
from tracker.store.scope import over_all
from tracker.store.tables import Base, one_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Engine

    from tracker.domain.actor import Actor
    from tracker.domain.report_jobs import Wanted

OF_A_JOB: Final = "report_job/"
"""What the subject of a document begins with that a job made."""
_UNDER_WAY = text("state IN ('job_waiting', 'job_running')")


class ReportJobRow(Base):
    """A report that somebody asked for. Of one ``key`` there is one at a time under way.

    ``version`` counts its changes of state, ``what`` says as JSON what is to be made, ``why`` a
    finding as JSON where that failed, and the document is what came of it.
    """

    __tablename__ = "report_job"
    __table_args__ = (
        Index(
            "ix_report_job_one_at_a_time",
            "key",
            unique=True,
            sqlite_where=_UNDER_WAY,
            postgresql_where=_UNDER_WAY,
        ),
        one_of("state", JobState),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    key: Mapped[str]
    what: Mapped[str]
    asked_by: Mapped[str]
    role: Mapped[str]
    asked_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default=JobState.WAITING)
    version: Mapped[int] = mapped_column(default=1)
    done: Mapped[int] = mapped_column(default=0)
    whole: Mapped[int] = mapped_column(default=0)
    why: Mapped[str] = mapped_column(default="")
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), default=None)


def lock(session: Session) -> None:
    """Let nobody else ask for a report, or let one begin, until this transaction ends."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer anyway
        session.execute(text("LOCK TABLE report_job IN SHARE ROW EXCLUSIVE MODE"))


def job_row(session: Session, job_id: int) -> ReportJobRow:
    """Give the row of a job as it is now.

    Errors: ``NotFoundError``.
    """
    row = session.scalar(
        select(ReportJobRow)
        .where(ReportJobRow.id == job_id)
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFoundError("There is no such report under way.")
    return row


def report_job(session: Session, job_id: int) -> ReportJob:
    """Give a job as it stands.

    Errors: ``NotFoundError``.
    """
    return _job(job_row(session, job_id))


def jobs_of(session: Session, by: str, most: int = 50) -> list[ReportJob]:
    """List what a person asked for, the newest first."""
    rows = session.scalars(
        select(ReportJobRow)
        .where(ReportJobRow.asked_by == by)
        .order_by(ReportJobRow.id.desc())
        .limit(most)
    )
    return [_job(row) for row in rows]


def issuing_of(session: Session, report_id: int, version: int) -> ReportJob | None:
    """Find the newest job that issues a version of a report."""
    kind = JobKind.ISSUE
    row = session.scalars(
        select(ReportJobRow)
        .where(ReportJobRow.key == f"{kind}/{report_id}/{version}")
        .order_by(ReportJobRow.id.desc())
        .limit(1)
    ).first()
    return _job(row) if row else None


def known_job(session: Session, wanted: Wanted, *, by: Actor) -> int | None:
    """Find the job of what is asked, where that is under way or was made; nobody else asks now."""
    lock(session)
    return session.scalar(
        select(ReportJobRow.id)
        .where(
            ReportJobRow.key == _key_of(session, wanted, by),
            ReportJobRow.state.in_({*UNDER_WAY, JobState.DONE}),
        )
        .order_by(ReportJobRow.id.desc())
        .limit(1)
    )


def add_job(session: Session, wanted: Wanted, *, by: Actor, now: datetime) -> int:
    """Keep what is asked, and give the key of its job."""
    row = ReportJobRow(
        project_id=the_project(session).id,
        key=_key_of(session, wanted, by),
        what=plain.written(wanted),
        asked_by=by.name,
        role=by.role.value,
        asked_at=now,
        seen_at=now,
    )
    session.add(row)
    session.flush()
    return row.id


def _key_of(session: Session, wanted: Wanted, by: Actor) -> str:
    return wanted.key(the_project(session).id, ledger_state(session), by.name)


def under_way(session: Session, key: str) -> int | None:
    """Find the job of a key that is under way."""
    return session.scalar(
        select(ReportJobRow.id).where(ReportJobRow.key == key, ReportJobRow.state.in_(UNDER_WAY))
    )


def queue(session: Session) -> tuple[list[Queued], list[ReportJob]]:
    """List what waits, in its order, and what runs, of all projects together."""
    with over_all(session):
        rows = session.scalars(
            select(ReportJobRow)
            .where(ReportJobRow.state.in_(UNDER_WAY))
            .order_by(ReportJobRow.id)
            .execution_options(populate_existing=True)
        ).all()
    jobs = [_job(row) for row in rows]
    waiting = [Queued(job.id, job.asked_by) for job in jobs if job.state is JobState.WAITING]
    return waiting, [job for job in jobs if job.state is JobState.RUNNING]


def let_wait(session: Session, job_ids: Collection[int], now: datetime) -> None:
    """Note that the queue was looked after, and that these go on waiting for their turn."""
    with over_all(session):
        session.execute(
            update(ReportJobRow)
            .where(ReportJobRow.id.in_(job_ids))
            .values(seen_at=now)
            .execution_options(synchronize_session=False)
        )


def move(
    session: Session, job_id: int, seen: int, now: JobState, then: JobState, **values: Any
) -> bool:
    """Bring a job from its state to another, and tell whether it still was where it was seen.

    Errors: ``RuleViolation`` where nothing leads there.
    """
    check_step(now, then)
    row = ReportJobRow
    with over_all(session):
        found = cast(
            "CursorResult[Any]",
            session.execute(
                update(row)
                .where(row.id == job_id, row.version == seen, row.state == now)
                .values(state=then, version=seen + 1, seen_at=datetime.now(UTC), **values)
                .execution_options(synchronize_session=False)
            ),
        )
    return found.rowcount == 1


def tell_progress(engine: Engine, job_id: int, version: int, **values: int) -> bool:
    """Write down that a job is alive, and how far it is; tell whether it is still wanted."""
    running = (JobState.RUNNING,)
    return progress.tell(engine, ReportJobRow, running, job_id, version, **values)


def _job(row: ReportJobRow) -> ReportJob:
    return ReportJob(
        id=row.id,
        wanted=plain.read(row.what),
        state=JobState(row.state),
        version=row.version,
        done=row.done,
        whole=row.whole,
        why=plain.read(row.why) if row.why else None,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        seen_at=row.seen_at,
        document_id=row.document_id,
    )
