"""Funder reports: the ladder from a draft to what a funder accepted, and what was issued.

A report is about one commitment and one period. What is issued of it is final: it is numbered,
kept, and withdrawn visibly if it was wrong; a correction is issued under the next number.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tracker.domain.errors import Code, NotAllowedError, RuleViolation

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tracker.domain.commitments import Commitment
    from tracker.domain.periods import Period


class ReportState(StrEnum):
    """Where a funder report stands."""

    DRAFT = "report_draft"
    IN_REVIEW = "report_in_review"
    APPROVED = "report_approved"
    ISSUED = "report_issued"
    ACCEPTED = "report_accepted"
    RETURNED = "report_returned"
    WITHDRAWN = "report_withdrawn"
    DROPPED = "report_dropped"


LADDER: Final[dict[tuple[ReportState, ReportState], str]] = {
    (ReportState.DRAFT, ReportState.IN_REVIEW): "ask review",
    (ReportState.DRAFT, ReportState.DROPPED): "drop report",
    (ReportState.IN_REVIEW, ReportState.DRAFT): "send report back",
    (ReportState.IN_REVIEW, ReportState.APPROVED): "approve report",
    (ReportState.APPROVED, ReportState.DRAFT): "send report back",
    (ReportState.APPROVED, ReportState.ISSUED): "issue report",
    (ReportState.ISSUED, ReportState.ACCEPTED): "accept report",
    (ReportState.ISSUED, ReportState.RETURNED): "return report",
    (ReportState.ISSUED, ReportState.WITHDRAWN): "withdraw report",
    (ReportState.ACCEPTED, ReportState.WITHDRAWN): "withdraw report",
    (ReportState.RETURNED, ReportState.DRAFT): "correct report",
    (ReportState.RETURNED, ReportState.WITHDRAWN): "withdraw report",
    (ReportState.WITHDRAWN, ReportState.DRAFT): "correct report",
}
"""Every step that a report may take, and the deed that takes it."""

AT_WORK: Final = frozenset({ReportState.DRAFT, ReportState.IN_REVIEW, ReportState.APPROVED})
"""Where a report is still being made."""
TELLING: Final = frozenset({"statement", "final_statement"})
"""Kinds that tell how the money was spent: accepting one releases what waits for it.

They carry each other on, explain what differs, and come in the funder's own lines and workbook.
"""
DETERMINING: Final = frozenset({"final_statement", "receipts"})
"""Kinds that tell what the determination rests on."""
MILESTONES: Final = "milestones"
"""The kind that tells how far the work is: it answers what milestones call for."""


class Standing(StrEnum):
    """How an issued version stands: only one that stands is carried on by the next report."""

    ISSUED = "report_issued"
    ACCEPTED = "report_accepted"
    RETURNED = "report_returned"
    WITHDRAWN = "report_withdrawn"


STANDING: Final = frozenset({Standing.ISSUED, Standing.ACCEPTED})


@dataclass(frozen=True, slots=True)
class IssuedFile:
    """A file of an issued report: its bytes are kept as they are, and known by their hash."""

    face: str
    name: str
    size: int
    sha256: str
    document_id: int


@dataclass(frozen=True, slots=True)
class IssuedReport:
    """One version of a report that was issued; the highest number is the newest.

    Shape:  ``said`` is what the funder wrote when it accepted or returned it, and ``reason`` why
            it was withdrawn.
    """

    id: int
    number: int
    standing: Standing
    ledger_state: str
    issued_by: str
    approved_by: str
    issued_at: datetime
    files: tuple[IssuedFile, ...]
    answered_by: str = ""
    answered_at: datetime | None = None
    said: str = ""
    withdrawn_by: str = ""
    withdrawn_at: datetime | None = None
    reason: str = ""

    @property
    def stands(self) -> bool:
        """Whether it was neither returned nor withdrawn."""
        return self.standing in STANDING

    def file(self, face: str) -> IssuedFile | None:
        """Find its file of a format."""
        return next((one for one in self.files if one.face == face), None)


@dataclass(frozen=True, slots=True)
class FunderReport:
    """A report to a funder as it stands, with every version of it that was issued.

    Shape:  ``version`` counts its changes, so that two people cannot change it unseen; ``issues``
            are in the order of their numbers.
    """

    id: int
    project_id: int
    commitment_id: int
    commitment: str
    kind: str
    period: Period
    state: ReportState
    version: int
    prepared_by: str
    prepared_at: datetime
    asked_by: str
    approved_by: str
    issues: tuple[IssuedReport, ...] = ()

    @property
    def next_number(self) -> int:
        """The number under which it will be issued."""
        return len(self.issues) + 1

    @property
    def newest(self) -> IssuedReport | None:
        """What was issued last of it."""
        return self.issues[-1] if self.issues else None


def check_begin(commitment: Commitment, period: Period) -> None:
    """Refuse a report on what is not committed, or over days that it does not run.

    Errors: ``RuleViolation`` at the field.
    """
    if not commitment.is_committed:
        raise RuleViolation(
            "{code} is {status}, so there is nothing to report on yet.",
            "Enter the award first.",
            field="code",
            code=commitment.code,
            status=Code(commitment.status),
        )
    runs = commitment.period
    if period.last_day < runs.first_day or period.first_day > runs.last_day:
        raise RuleViolation(
            "{code} runs from {first} to {last}, and this period lies outside.",
            "Choose days on which it runs.",
            field="first_day",
            code=commitment.code,
            first=runs.first_day,
            last=runs.last_day,
        )


def check_step(report: FunderReport, to: ReportState) -> str:
    """Name the step of a report to another state.

    Errors: ``RuleViolation`` where there is no such step.
    """
    deed = LADDER.get((report.state, to))
    if deed is None:
        raise RuleViolation(
            "This report is {state}.",
            "Look at the report as it stands now.",
            state=Code(report.state),
        )
    return deed


def check_editable(report: FunderReport) -> None:
    """Refuse to change the texts of a report that is not a draft.

    Errors: ``RuleViolation``.
    """
    if report.state is not ReportState.DRAFT:
        raise RuleViolation(
            "This report is {state}, so its texts stay as they are.",
            "Send it back to its preparer first, or correct what was issued in a new version.",
            state=Code(report.state),
        )


def check_approver(report: FunderReport, writers: Iterable[str], name: str) -> None:
    """Refuse an approval by somebody who prepared the report, or wrote in it.

    Errors: ``NotAllowedError``.
    Source: separation of duties, domain rule 31.
    """
    if name in {report.prepared_by, report.asked_by, *writers}:
        raise NotAllowedError(
            "You prepared this report, or wrote in it, so somebody else approves it.",
            "Ask a controller, a director, or another finance officer.",
        )


def check_reason(reason: str, field: str) -> str:
    """Give a reason without the space around it.

    Errors: ``RuleViolation`` at the field where it is empty.
    """
    if not reason.strip():
        raise RuleViolation(
            "A reason is needed.",
            "Say in a sentence why; the funder and the auditor will read it.",
            field=field,
        )
    return reason.strip()
