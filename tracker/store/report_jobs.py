"""Reports that are made in the background: what was asked, how far it is, what came of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.domain.report_jobs import JobState
from tracker.store.tables import Base, one_of

_UNDER_WAY = text("state IN ('job_waiting', 'job_running')")


class ReportJobRow(Base):
    """A report that somebody asked for. Of one ``key`` there is one at a time under way.

    ``version`` counts its changes of state, ``what`` says as JSON what is to be made, and the
    document is what came of it.
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
    state: Mapped[str] = mapped_column(default=JobState.WAITING)
    version: Mapped[int] = mapped_column(default=1)
    done: Mapped[int] = mapped_column(default=0)
    whole: Mapped[int] = mapped_column(default=0)
    why: Mapped[str] = mapped_column(default="")
    asked_by: Mapped[str]
    role: Mapped[str]
    asked_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), default=None)
