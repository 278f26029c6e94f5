"""Reports that are made in the background: what is asked, whose turn it is, when one is dead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from tracker.domain.errors import Code, RuleViolation

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from tracker.domain.errors import Finding

SILENT_FOR: Final = timedelta(seconds=60)
"""A job that said nothing for so long is dead."""

AT_ONCE: Final = 2
"""How many jobs are carried out at the same time: the pages need the machine as well."""

LONG: Final = 20_000
"""A report with more lines than this is made in the background."""


class JobState(StrEnum):
    """Where a report stands that is being made."""

    WAITING = "job_waiting"
    RUNNING = "job_running"
    DONE = "job_done"
    FAILED = "job_failed"
    CANCELLED = "job_cancelled"


_S = JobState
STEPS: Final = frozenset(
    {
        (_S.WAITING, _S.RUNNING),
        (_S.WAITING, _S.CANCELLED),
        (_S.RUNNING, _S.CANCELLED),
        (_S.RUNNING, _S.DONE),
        (_S.RUNNING, _S.FAILED),
        (_S.FAILED, _S.WAITING),
        (_S.CANCELLED, _S.WAITING),
    }
)
"""What leads from one state to another; nothing else does."""

UNDER_WAY: Final = frozenset({JobState.WAITING, JobState.RUNNING})


class JobKind(StrEnum):
    """What a job makes."""

    ISSUE = "job_issue"
    REPORT = "job_report"
    DOSSIER = "job_dossier"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks to be made, about a commitment and a period.

    Shape:  ``report_id`` and ``version`` are of the report that is issued; ``slug`` and ``face``
            name a report of the catalogue and its format.
    """

    kind: JobKind
    commitment: str
    period: str
    made_on: date
    report_id: int = 0
    version: int = 0
    slug: str = ""
    face: str = ""

    def key(self, project_id: int, ledger_state: str, by: str) -> str:
        """Name what is asked, so that who asks again is given what is under way, or was made.

        Shape:  a report is issued once, whoever asks; what is made for a person bears the name of
                that person, and says what the books say.
        """
        if self.kind is JobKind.ISSUE:
            return f"{self.kind}/{self.report_id}/{self.version}"
        what = f"{self.commitment}/{self.period}/{self.slug}/{self.face}/{self.made_on}"
        return f"{self.kind}/{project_id}/{what}/{ledger_state}/{by}"


@dataclass(frozen=True, slots=True)
class ReportJob:
    """A report that is being made, or was; ``why`` says why it failed, and what to do."""

    id: int
    wanted: Wanted
    state: JobState
    version: int
    done: int
    whole: int
    why: Finding | None
    asked_by: str
    asked_at: datetime
    seen_at: datetime
    document_id: int | None

    @property
    def is_under_way(self) -> bool:
        """Whether something will still come of it."""
        return self.state in UNDER_WAY

    @property
    def may_be_retried(self) -> bool:
        """Whether it ended without a result, and may begin anew."""
        return (self.state, JobState.WAITING) in STEPS

    def is_silent(self, now: datetime) -> bool:
        """Tell whether it is under way, and nothing was heard of it for too long."""
        return self.is_under_way and now - self.seen_at > SILENT_FOR


class Queued(NamedTuple):
    """A job that waits or runs, and who asked for it."""

    id: int
    asked_by: str


def whose_turn(waiting: Iterable[Queued], running: Iterable[Queued]) -> list[int]:
    """Name the jobs that may begin: in their order, so many at once, and one of each person."""
    people = [each.asked_by for each in running]
    chosen = []
    for job in waiting:
        if len(people) >= AT_ONCE:
            break
        if job.asked_by not in people:
            people.append(job.asked_by)
            chosen.append(job.id)
    return chosen


def check_step(now: JobState, then: JobState) -> None:
    """Refuse what leads from no state to another.

    Errors: ``RuleViolation``.
    """
    if (now, then) not in STEPS:
        raise RuleViolation(
            "What was asked is {state}; that cannot be done with it now.",
            "Look at it again.",
            state=Code(now),
        )
