"""What somebody may do next with a funder report, and what not, with the reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tracker.domain.errors import Code, Sentence
from tracker.domain.funder_reports import ReportState
from tracker.domain.policy import Permission, is_allowed
from tracker.domain.texts import mark as _

if TYPE_CHECKING:
    from collections.abc import Collection

    from tracker.domain.actor import Actor
    from tracker.domain.funder_reports import FunderReport


class Step(StrEnum):
    """A deed with a report; each is an endpoint of ``report_deeds``."""

    ASK_REVIEW = "ask_review"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    ISSUE = "issue"
    ANSWER = "answer"
    WITHDRAW = "withdraw"
    CORRECT = "correct"
    DROP = "drop"


AT_ONCE: Final = (Step.ASK_REVIEW, Step.APPROVE, Step.ISSUE)
"""Steps that need no words: their buttons stand at the head of the page."""
PREPARING: Final = frozenset(
    {Step.ASK_REVIEW, Step.ISSUE, Step.ANSWER, Step.WITHDRAW, Step.CORRECT, Step.DROP}
)
FROM: Final[dict[ReportState, tuple[Step, ...]]] = {
    ReportState.DRAFT: (Step.ASK_REVIEW, Step.DROP),
    ReportState.IN_REVIEW: (Step.APPROVE, Step.SEND_BACK),
    ReportState.APPROVED: (Step.ISSUE, Step.SEND_BACK),
    ReportState.ISSUED: (Step.ANSWER, Step.WITHDRAW),
    ReportState.ACCEPTED: (Step.WITHDRAW,),
    ReportState.RETURNED: (Step.CORRECT, Step.WITHDRAW),
    ReportState.WITHDRAWN: (Step.CORRECT,),
}
CHECKED: Final = frozenset({Step.ASK_REVIEW, Step.ISSUE})


@dataclass(frozen=True, slots=True)
class Steps:
    """What a person may do with a report now, and why the rest may not be done."""

    may: list[Step] = field(default_factory=list)
    reasons: list[Sentence] = field(default_factory=list)

    @property
    def at_once(self) -> list[Step]:
        """Those that need no words."""
        return [step for step in self.may if step in AT_ONCE]


def steps_of(report: FunderReport, writers: Collection[str], blocking: int, actor: Actor) -> Steps:
    """Tell what a person may do with a report as it stands, while so many checks block it."""
    found = Steps()
    for step in FROM.get(report.state, ()):
        asked = Permission.PREPARE_REPORTS if step in PREPARING else Permission.CONFIRM
        if not is_allowed(actor.role, asked):
            continue
        if reason := _why_not(step, report, writers, blocking, actor):
            found.reasons.append(reason)
        elif step is not Step.DROP or not report.issues:
            found.may.append(step)
    if not found.may and not found.reasons:
        found.reasons.append(Sentence(WAITS[report.state]))
    return found


def _why_not(
    step: Step, report: FunderReport, writers: Collection[str], blocking: int, actor: Actor
) -> Sentence | None:
    if step in CHECKED and blocking:
        return Sentence(ONE_BLOCKS if blocking == 1 else MORE_BLOCK, {"count": blocking})
    is_own = actor.name in {report.prepared_by, report.asked_by, *writers}
    if step is Step.APPROVE and is_own:
        return Sentence(
            _("You prepared this report, or wrote in it, so somebody else approves it.")
        )
    return None


def next_step(report: FunderReport) -> Sentence:
    """Say what a report waits for."""
    return Sentence(WAITS[report.state], {"state": Code(report.state)})


ONE_BLOCKS: Final = _("One check still stands in the way.")
MORE_BLOCK: Final = _("{count} checks still stand in the way.")
WAITS: Final[dict[ReportState, str]] = {
    ReportState.DRAFT: _("A finance officer finishes it, and asks somebody else to look at it."),
    ReportState.IN_REVIEW: _(
        "Somebody who neither prepared it nor wrote in it approves it, or sends it back."
    ),
    ReportState.APPROVED: _("A finance officer issues it: its files are made, and kept for good."),
    ReportState.ISSUED: _("The funder accepts it, or returns it."),
    ReportState.ACCEPTED: _("The funder accepted it: nothing more is asked."),
    ReportState.RETURNED: _("A finance officer corrects it, and issues the next version."),
    ReportState.WITHDRAWN: _(
        "It was issued in error and stands no more. A finance officer corrects it."
    ),
    ReportState.DROPPED: _("It was dropped as a draft; nothing was issued of it."),
}
