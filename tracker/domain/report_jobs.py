"""Reports that are made in the background: where each stands, and when it is taken for dead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

SILENT_FOR: Final = timedelta(seconds=60)
"""A job that said nothing for so long is dead."""


class JobState(StrEnum):
    """Where a report stands that is being made."""

    WAITING = "job_waiting"
    RUNNING = "job_running"
    DONE = "job_done"
    FAILED = "job_failed"
    CANCELLED = "job_cancelled"


UNDER_WAY: Final = frozenset({JobState.WAITING, JobState.RUNNING})


@dataclass(frozen=True, slots=True)
class ReportJob:
    """A report that is being made, or was; ``why`` says in a sentence why it failed."""

    id: int
    what: str
    state: JobState
    version: int
    done: int
    whole: int
    why: str
    asked_by: str
    asked_at: datetime
    seen_at: datetime
    document_id: int | None

    @property
    def is_under_way(self) -> bool:
        """Whether something will still come of it."""
        return self.state in UNDER_WAY

    def is_silent(self, now: datetime) -> bool:
        """Tell whether it is at work, and has said nothing for too long."""
        return self.state is JobState.RUNNING and now - self.seen_at > SILENT_FOR
