"""What may become of a milestone: the ladder of its status, its moves, and its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tracker.domain.errors import Code, RuleViolation
from tracker.domain.milestones import PROGRESS_MAX, MilestoneStatus, missing_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from tracker.domain.milestones import Evidence, Milestone

LADDER: Final[dict[tuple[MilestoneStatus, MilestoneStatus], str]] = {
    (MilestoneStatus.SCHEDULED, MilestoneStatus.PARTLY_MET): "note progress",
    (MilestoneStatus.PARTLY_MET, MilestoneStatus.SCHEDULED): "note progress",
    (MilestoneStatus.SCHEDULED, MilestoneStatus.MET): "meet milestone",
    (MilestoneStatus.PARTLY_MET, MilestoneStatus.MET): "meet milestone",
    (MilestoneStatus.SCHEDULED, MilestoneStatus.NOT_MET): "give milestone up",
    (MilestoneStatus.PARTLY_MET, MilestoneStatus.NOT_MET): "give milestone up",
    (MilestoneStatus.NOT_MET, MilestoneStatus.SCHEDULED): "take milestone up again",
    (MilestoneStatus.MET, MilestoneStatus.SCHEDULED): "take milestone back",
    (MilestoneStatus.MET, MilestoneStatus.PARTLY_MET): "take milestone back",
}
"""Every step that a milestone may take, and the deed that takes it."""


def check_status(before: MilestoneStatus, after: MilestoneStatus) -> None:
    """Refuse a step that the ladder does not have; staying where it is, is none.

    Errors: ``RuleViolation`` on field ``status``.
    """
    if before is not after and (before, after) not in LADDER:
        raise RuleViolation(
            "A milestone does not go from “{before}” to “{after}”.",
            "One that is not met is taken up again first; that one was met is taken back first.",
            field="status",
            before=code_of(before),
            after=code_of(after),
        )


def code_of(status: MilestoneStatus) -> Code:
    """Give the code by which a status is named in the reader's language."""
    return Code(f"milestone_{status.value}")


def check_evidence(code: str, evidence: Iterable[Evidence]) -> None:
    """Refuse to call a milestone met while evidence that it asks for is missing.

    Errors: ``RuleViolation`` with what is missing.
    """
    missing = missing_of(evidence)
    if missing:
        raise RuleViolation(
            "{code} asks for evidence that is not there yet: {missing}.",
            "Hand it in on the page of the milestone first.",
            code=code,
            missing=", ".join(missing),
        )


@dataclass(frozen=True, slots=True)
class Follow:
    """What somebody says has become of a milestone: how far it is, and whether it was met."""

    status: MilestoneStatus
    progress: int
    met_on: date | None = None
    reason: str = ""


def check_follow(milestone: Milestone, wished: Follow, today: date) -> None:
    """Refuse what cannot be true of a milestone.

    Errors: ``RuleViolation`` at the field.
    """
    check_status(milestone.status, wished.status)
    if not 0 <= wished.progress <= PROGRESS_MAX:
        raise RuleViolation(
            "Progress is a percentage from 0 to 100, and not {progress}.",
            "Correct the number.",
            field="progress",
            progress=wished.progress,
        )
    if wished.status is MilestoneStatus.MET:
        _check_met(milestone, wished, today)
    elif wished.met_on:
        raise RuleViolation(
            "There is a day on which it was met, and it is not met.",
            "Choose that it is met, or leave the day empty.",
            field="met_on",
        )
    ends = milestone.status is MilestoneStatus.MET or wished.status is MilestoneStatus.NOT_MET
    if milestone.status is not wished.status and ends and not wished.reason.strip():
        raise RuleViolation(
            "{code} goes from “{before}” to “{after}” without a reason.",
            "Say why; the history shows it.",
            field="reason",
            code=milestone.code,
            before=code_of(milestone.status),
            after=code_of(wished.status),
        )


def _check_met(milestone: Milestone, wished: Follow, today: date) -> None:
    if milestone.met_on:
        raise RuleViolation(
            "{code} was met on {day} already.",
            "Take that back first if it is wrong.",
            field="status",
            code=milestone.code,
            day=milestone.met_on,
        )
    if wished.met_on is None:
        raise RuleViolation(
            "{code} is met without a day.",
            "Enter the day on which it was met.",
            field="met_on",
            code=milestone.code,
        )
    if wished.met_on > today:
        raise RuleViolation(
            "{day} is still to come.",
            "Enter the day on which it was met.",
            field="met_on",
            day=wished.met_on,
        )


def check_move(milestone: Milestone, to_day: date, reason: str) -> None:
    """Refuse a move of what is met, to where it is, or without a reason.

    Errors: ``RuleViolation`` on field ``to_day`` or ``reason``.
    """
    if milestone.met_on:
        raise RuleViolation(
            "{code} was met on {day}, so it does not move any more.",
            "Take that back first if it is wrong.",
            code=milestone.code,
            day=milestone.met_on,
        )
    if to_day == milestone.current:
        raise RuleViolation(
            "{code} is planned for {day} already.",
            "Choose another date.",
            field="to_day",
            code=milestone.code,
            day=to_day,
        )
    if not reason.strip():
        raise RuleViolation(
            "{code} moves to {day} without a reason.",
            "Say why; the reason stays beside the date.",
            field="reason",
            code=milestone.code,
            day=to_day,
        )
