"""What commitments and milestones imply, and when: reports, instalments, settlement, evidence.

What the facility sees to itself is in ``own_due_dates``.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from tracker.domain.commitments import Status
from tracker.domain.deadlines import Deadline, DeadlineKind, Due, progress_reports
from tracker.domain.errors import Sentence
from tracker.domain.milestone_reports import called_for
from tracker.domain.policy import Role
from tracker.domain.texts import mark as _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tracker.domain.commitments import Commitment
    from tracker.domain.determination import Settlement
    from tracker.domain.errors import Fact
    from tracker.domain.instalments import Instalment
    from tracker.domain.lapse import Lapse
    from tracker.domain.milestone_reports import Promised
    from tracker.domain.milestones import Milestone
    from tracker.domain.money import Money
    from tracker.domain.terms import TermSheet


class Sent(NamedTuple):
    """A report that a funder was sent: when, and the last day that it speaks about."""

    sent_on: date
    about: date


def of_progress_reports(
    commitment: Commitment, sheet: TermSheet, sent: Sequence[Sent], today: date
) -> Iterator[Due]:
    """Tell which progress reports on a commitment are to come, and the newest that is late.

    Shape:  none where the programme does not say both how often and within how many weeks. What
            was sent about a later day, or is followed by a stretch that has ended, is overtaken.
    Source: Aanwijzingen voor subsidieverstrekking: at most one per 12 months.
    """
    for one in still_to_send(promised_reports(commitment, sheet), sent, today):
        if one.period:
            what = Sentence(
                _("Progress report on {code} over {first} to {last}"),
                {
                    "code": commitment.code,
                    "first": one.period.first_day,
                    "last": one.period.last_day,
                },
            )
            yield _of_commitment(commitment, one, f"{commitment.code}/{one.period.last_day}", what)


def promised_reports(commitment: Commitment, sheet: TermSheet) -> tuple[Deadline, ...]:
    """List the progress reports that the terms of a commitment ask for, sent or not, in order.

    Shape:  none where the programme does not say both how often and within how many weeks.
    """
    months = sheet.count("report_months", day=commitment.decided_on)
    weeks = sheet.count("report_weeks", day=commitment.decided_on)
    if months is None or weeks is None or commitment.status is not Status.AWARDED:
        return ()
    return progress_reports(commitment.period, months, weeks)


def still_to_send(
    promised: Sequence[Deadline], sent: Iterable[Sent], today: date
) -> tuple[Deadline, ...]:
    """Pick the progress reports that are to come, and the newest that is late."""
    told = max((report.about for report in sent), default=date.min)
    ended = [one for one in promised if one.period and one.period.last_day < today]
    return tuple(
        one
        for one in (*ended[-1:], *promised[len(ended) :])
        if one.period and one.period.last_day > told
    )


def of_ending(
    commitment: Commitment,
    due: Deadline | None,
    claimed: Money | None,
    settlement: Settlement | None,
    today: date,
) -> Iterator[Due]:
    """Tell what is due on the way to settlement, and when what is not charged lapses.

    Shape:  what was ``claimed`` is at stake once determination is requested; what is left to
            charge before that, and the ``settlement`` after it.
    """
    if due and (settlement is None or settlement.amount):
        what = Sentence(STEPS[due.kind], {"code": commitment.code})
        amount = commitment.remaining if claimed is None else claimed
        if settlement:
            amount = settlement.to_receive or settlement.to_repay
        yield _of_commitment(commitment, due, commitment.code, what, amount)
    is_charged_in_full = commitment.remaining.cents <= 0
    if commitment.status is Status.AWARDED and not is_charged_in_full:
        end = Deadline(commitment.period.last_day, DeadlineKind.COMMITMENT_END)
        what = Sentence(
            _("{code} ends; what is not charged by then lapses"), {"code": commitment.code}
        )
        if end.due_on >= today:
            yield _of_commitment(commitment, end, commitment.code, what, commitment.remaining)


def of_lapses(lapses: Iterable[Lapse], commitments: Mapping[str, Commitment]) -> Iterator[Due]:
    """Tell by when to ask the funder for a change, where money is going to lapse."""
    for one in lapses:
        amount, commitment = one.amount or one.at_pace, commitments.get(one.commitment)
        if one.has_ended or not amount or commitment is None:
            continue
        yield Due(
            due_on=one.act_by,
            kind=DeadlineKind.LAPSE,
            subject=one.commitment,
            project_id=commitment.project_id,
            what=Sentence(
                _("Ask the funder of {code} for a change: money lapses on {day}"),
                {"code": one.commitment, "day": one.on},
            ),
            amount=amount,
            commitment=one.commitment,
            role=Role.DIRECTOR,
        )


def of_instalments(
    commitment: Commitment,
    plan: Iterable[Instalment],
    milestones: Mapping[tuple[int, str], Milestone],
    today: date,
) -> Iterator[Due]:
    """Tell when the instalments of a commitment are to be asked for, or should come in.

    Shape:  one that waits for a milestone is expected when that is planned, and not before its
            own day; once both are past, nobody can tell when.
    """
    for one in plan if commitment.is_committed else ():
        if not one.outstanding:
            continue
        milestone = milestones.get((commitment.project_id, one.milestone))
        expected = max(one.due_on, milestone.current) if milestone else one.due_on
        due_on = one.due_on if one.is_released else expected
        if due_on < today and not one.is_released:
            continue
        facts: dict[str, Fact] = {
            "code": commitment.code,
            "number": one.number,
            "what": one.milestone or one.report,
        }
        yield Due(
            due_on=due_on,
            kind=DeadlineKind.INSTALMENT,
            subject=f"{commitment.code}/{one.number}",
            project_id=commitment.project_id,
            what=Sentence(_said_of(one), facts),
            amount=one.outstanding,
            commitment=commitment.code,
            milestone=one.milestone,
            funder_id=commitment.funder_id,
        )


def of_milestones(
    milestones: Iterable[Milestone], missing: Mapping[int, Sequence[str]]
) -> Iterator[Due]:
    """Tell when open milestones are to be met, and the evidence of them to be there.

    Shape:  ``missing`` names the documents that are not there yet, by the key of the milestone.
    """
    for one in milestones:
        if not one.is_open:
            continue
        facts = {"code": one.code, "title": one.title}
        yield _of_milestone(
            one,
            DeadlineKind.MILESTONE,
            Sentence(_("{code} {title} is to be met"), facts),
            one.releases.amount if one.releases else None,
        )
        if titles := missing.get(one.id):
            what = Sentence(_("Evidence of {code} is missing: {titles}"),
                            {**facts, "titles": ", ".join(titles)})  # fmt: skip
            yield _of_milestone(one, DeadlineKind.EVIDENCE, what)


def of_milestone_reports(
    promised: Iterable[Promised],
    milestones: Mapping[int, Milestone],
    commitments: Mapping[int, Commitment],
    sent: Mapping[int, Sequence[Sent]],
) -> Iterator[Due]:
    """Tell when the reports that milestones call for are due: so many weeks after each."""
    for one in called_for(promised, milestones, commitments, sent):
        if one.is_sent:
            continue
        milestone, commitment = one.milestone, one.commitment
        yield Due(
            due_on=one.due_on,
            kind=DeadlineKind.MILESTONE_REPORT,
            subject=f"{milestone.code}/{one.promised.id}",
            project_id=milestone.project_id,
            what=Sentence(
                _("{title} to the funder of {code}, after milestone {milestone}"),
                {
                    "title": one.promised.title,
                    "code": commitment.code,
                    "milestone": milestone.code,
                },
            ),
            commitment=commitment.code,
            milestone=milestone.code,
            funder_id=commitment.funder_id,
        )


def _of_commitment(
    commitment: Commitment,
    deadline: Deadline,
    subject: str,
    what: Sentence,
    amount: Money | None = None,
) -> Due:
    return Due(
        due_on=deadline.due_on,
        kind=deadline.kind,
        subject=subject,
        project_id=commitment.project_id,
        what=what,
        amount=amount,
        commitment=commitment.code,
        funder_id=commitment.funder_id,
    )


def _of_milestone(
    one: Milestone, kind: DeadlineKind, what: Sentence, amount: Money | None = None
) -> Due:
    return Due(
        due_on=one.current,
        kind=kind,
        subject=one.code,
        project_id=one.project_id,
        what=what,
        amount=amount,
        milestone=one.code,
        role=Role.PROJECT_LEAD,
        owner=one.owner,
    )


def _said_of(one: Instalment) -> str:
    if not one.is_released:
        return WAITS_FOR_MILESTONE if one.milestone else WAITS_FOR_REPORT
    return ASKED_FOR if one.requested_on else TO_ASK_FOR


STEPS: Final[dict[DeadlineKind, str]] = {
    DeadlineKind.DETERMINATION_REQUEST: _("Request the determination of {code}"),
    DeadlineKind.DETERMINATION_DECISION: _("The funder decides on the determination of {code}"),
    DeadlineKind.SETTLEMENT_PAYMENT: _("{code} is settled"),
}
ASKED_FOR: Final = _("Instalment {number} of {code} comes in")
TO_ASK_FOR: Final = _("Ask for instalment {number} of {code}")
WAITS_FOR_MILESTONE: Final = _("Instalment {number} of {code}, once milestone {what} is met")
WAITS_FOR_REPORT: Final = _("Instalment {number} of {code}, once report {what} is accepted")
