"""What is to be decided: one sentence each, with its figures, the day and the money."""
# long: a function for each kind of decision, and its sentences

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING, Final

from tracker.domain.commitments import Status
from tracker.domain.deadlines import DeadlineKind
from tracker.domain.errors import Code, Sentence
from tracker.domain.instalments import InstalmentState
from tracker.domain.milestones import Standing
from tracker.domain.money import ZERO, Money
from tracker.domain.own_due_dates import notified_by
from tracker.domain.policy import MAY, Permission, Role
from tracker.domain.risk import RiskKind
from tracker.domain.texts import mark as _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from tracker.domain.amendments import Entered
    from tracker.domain.commitments import Commitment
    from tracker.domain.deadlines import Deadline
    from tracker.domain.errors import Fact
    from tracker.domain.headlines import Dated
    from tracker.domain.instalments import Instalment
    from tracker.domain.lapse import Lapse
    from tracker.domain.milestones import Milestone
    from tracker.domain.reporting_periods import Reopening
    from tracker.domain.risk import Risk
    from tracker.domain.variances import Threshold, Variance
    from tracker.domain.waivers import Waiver


class Subject(StrEnum):
    """What a decision is about, and so where it is taken."""

    MILESTONE = "milestone"
    COMMITMENT = "commitment"
    INSTALMENT = "instalment"
    LAPSE = "lapse"
    CASH = "cash"
    DEVIATION = "deviation"
    DRAFT = "draft"
    WAIVER = "waiver"
    REOPENING = "reopening"


DECIDES: Final[Mapping[Subject, frozenset[Role]]] = {
    Subject.MILESTONE: MAY[Permission.PLAN] | {Role.DIRECTOR},
    Subject.COMMITMENT: MAY[Permission.ENTER_FUNDING] | {Role.DIRECTOR},
    Subject.INSTALMENT: MAY[Permission.ENTER_FUNDING],
    Subject.LAPSE: MAY[Permission.ENTER_FUNDING] | {Role.DIRECTOR},
    Subject.CASH: frozenset({Role.DIRECTOR}),
    Subject.DEVIATION: MAY[Permission.ENTER_FUNDING] | {Role.DIRECTOR},
    Subject.DRAFT: MAY[Permission.CONFIRM],
    Subject.WAIVER: MAY[Permission.CONFIRM],
    Subject.REOPENING: MAY[Permission.CONFIRM],
}
"""Whose decision it is; the others watch."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Something to be decided: what, by when, how much money it is about, and where.

    Shape:  ``state`` is ``late``, ``attention`` or ``blocked``. ``key`` names its record: the
            code of a milestone, a commitment or a period, or the number of a decision.
            ``entered_by`` may not decide on it.
    """

    subject: Subject
    state: str
    what: Sentence
    amount: Money | None
    due_on: date | None
    project_id: int
    key: str = ""
    entered_by: str = ""

    def is_for(self, role: Role, name: str) -> bool:
        """Tell whether a person is one of those who decide."""
        return role in DECIDES[self.subject] and name != self.entered_by


def in_order(decisions: Iterable[Decision], today: date) -> tuple[Decision, ...]:
    """Put decisions in the order of their days, and those of a day by the money.

    Shape:  what has no day can be decided today.
    """
    return tuple(
        sorted(
            decisions,
            key=lambda one: (one.due_on or today, -abs(one.amount.cents) if one.amount else 0),
        )
    )


def of_milestones(
    milestones: Iterable[Milestone], risks: Iterable[Risk], today: date
) -> Iterator[Decision]:
    """Tell which milestones are late or hold money back, and what cannot be spent in time."""
    found = sorted(risks, key=_of)
    by_milestone = {key: list(of) for key, of in groupby(found, key=_of)}
    for milestone in milestones:
        of = by_milestone.get((milestone.project_id, milestone.code), [])
        waiting = [risk for risk in of if risk.kind is RiskKind.HELD_BACK]
        if waiting or milestone.standing(today) is Standing.LATE:
            yield _of_milestone(milestone, waiting, today)
        yield from (_cannot_be_spent(milestone, r, today) for r in of if r not in waiting)


def _of(risk: Risk) -> tuple[int, str]:
    return risk.project_id, risk.milestone


def _of_milestone(milestone: Milestone, waiting: list[Risk], today: date) -> Decision:
    """Say what a milestone holds back, or only that it is late."""
    amount = Money.total(risk.amount for risk in waiting)
    days = milestone.days_late(today)
    facts: dict[str, Fact] = {
        "code": milestone.code,
        "title": milestone.title,
        "amount": amount,
        "days": days,
        "day": milestone.current,
    }
    if days and amount:
        text = LATE[days != 1]
    elif days:
        text = LATE_ONLY[days != 1]
    else:
        text = HOLDS_BACK if milestone.is_open else GIVEN_UP
    due_on = min((risk.due_on for risk in waiting if risk.due_on), default=milestone.current)
    due_on = milestone.current if days else due_on
    return Decision(
        Subject.MILESTONE,
        "late" if due_on < today else "attention",
        Sentence(text, facts),
        amount or None,
        due_on,
        milestone.project_id,
        milestone.code,
    )


def _cannot_be_spent(milestone: Milestone, risk: Risk, today: date) -> Decision:
    """Say what a commitment cannot pay for a milestone any more."""
    facts: dict[str, Fact] = {
        "code": milestone.code,
        "title": milestone.title,
        "commitment": risk.commitment,
        "amount": risk.amount,
        "ends": risk.ends_on or milestone.current,
        "day": milestone.current,
    }
    text = ENDS_FIRST if risk.kind is RiskKind.ENDS_FIRST else NOT_NEEDED
    what, due_on = Sentence(text, facts), risk.ends_on
    return Decision(
        Subject.MILESTONE,
        "late" if due_on and due_on < today else "attention",
        what,
        risk.amount,
        due_on,
        risk.project_id,
        milestone.code,
    )


def of_budgets(risks: Iterable[Risk]) -> Iterator[Decision]:
    """Tell which budgets set money aside for years in which their commitment is over."""
    for risk in risks:
        if not risk.milestone and risk.ends_on:
            facts: dict[str, Fact] = {
                "code": risk.commitment,
                "amount": risk.amount,
                "day": risk.ends_on,
            }
            what = Sentence(BUDGETED_AFTER, facts)
            yield _of_commitment(risk, what, risk.ends_on)


def _of_commitment(risk: Risk, what: Sentence, due_on: date) -> Decision:
    return Decision(
        Subject.COMMITMENT,
        "attention",
        what,
        risk.amount,
        due_on,
        risk.project_id,
        risk.commitment,
    )


def of_endings(
    commitments: Iterable[Commitment], deadlines: Mapping[int, Deadline], today: date
) -> Iterator[Decision]:
    """Tell which binding commitments are over and are not determined yet.

    Shape:  ``deadlines`` on the way to settlement, by the key of the commitment.
    """
    for one in commitments:
        due, end = deadlines.get(one.id), one.period.last_day
        is_asked = due is not None and due.kind is not DeadlineKind.DETERMINATION_REQUEST
        if one.status is not Status.AWARDED or is_asked or end >= today:
            continue
        facts: dict[str, Fact] = {
            "code": one.code,
            "funder": one.funder,
            "day": end,
            "amount": one.remaining,
        }
        due_on = due.due_on if due else end
        what = Sentence(ENDED_IN_FULL if one.remaining <= ZERO else ENDED, facts)
        state = "late" if due_on < today else "attention"
        amount = one.remaining if one.remaining > ZERO else None
        yield Decision(Subject.COMMITMENT, state, what, amount, due_on, one.project_id, one.code)


def of_instalments(
    commitments: Iterable[Commitment],
    plans: Mapping[int, Sequence[Instalment]],
    today: date,
) -> Iterator[Decision]:
    """Tell which instalments have not come in, though nothing stands in their way."""
    for one in commitments:
        for part in plans.get(one.id, ()) if one.is_committed else ():
            if part.state(today) is not InstalmentState.OVERDUE:
                continue
            facts: dict[str, Fact] = {
                "code": one.code,
                "number": part.number,
                "day": part.due_on,
                "amount": part.outstanding,
            }
            what, amount = Sentence(NOT_RECEIVED, facts), part.outstanding
            yield Decision(
                Subject.INSTALMENT, "late", what, amount, part.due_on, one.project_id, one.code
            )


def of_lapses(
    commitments: Iterable[Commitment], lapses: Mapping[str, Lapse], today: date
) -> Iterator[Decision]:
    """Tell what will lapse if nobody acts, and by when to ask the funder for a change.

    Shape:  ``lapses`` by the code of a commitment; one that is over is told by ``of_endings``.
    """
    for one in commitments:
        lapse = lapses.get(one.code)
        if lapse is None or lapse.has_ended:
            continue
        amount, what = lapse.amount or lapse.at_pace, lapse.says(one.funder, today)
        state = "late" if lapse.act_by < today else "attention"
        yield Decision(Subject.LAPSE, state, what, amount, lapse.act_by, one.project_id, one.code)


def of_cash(project_id: int, code: str, lowest: Dated | None) -> Iterator[Decision]:
    """Tell that a project will have spent more than it received: when most, and how much."""
    if lowest is not None and lowest.amount < ZERO:
        facts: dict[str, Fact] = {"code": code, "amount": -lowest.amount, "day": lowest.day}
        what = Sentence(CASH_SHORT, facts)
        yield Decision(
            Subject.CASH, "attention", what, -lowest.amount, lowest.day, project_id, code
        )


def of_deviations(
    found: Iterable[tuple[int, Variance, Threshold]], today: date
) -> Iterator[Decision]:
    """Tell of which years funders are to be told that spending deviates from the budget.

    Shape:  each with the key of its project, and the threshold that it is above.
    Source: Awb 4:70; Kaderbesluit nationale EZ-subsidies, art. 37; domain rule 21.
    """
    for project_id, variance, threshold in found:
        facts: dict[str, Fact] = {
            "year": str(variance.year),
            "expected": variance.expected,
            "share": variance.share_of_size or Decimal(0),
            "budget": variance.before,
            "programme": threshold.programme,
            "threshold": threshold.share,
            "source": threshold.source,
        }
        due_on, is_more = notified_by(variance.year), variance.difference > ZERO
        yield Decision(
            Subject.DEVIATION,
            "late" if due_on < today else "attention",
            Sentence(SPENT_MORE if is_more else SPENT_LESS, facts),
            variance.size,
            due_on,
            project_id,
            str(variance.year),
        )


def of_drafts(drafts: Iterable[Entered], projects: Mapping[str, int]) -> Iterator[Decision]:
    """Tell which decisions on commitments wait for a second person.

    Shape:  ``projects`` by the code of a commitment.
    """
    for draft in drafts:
        if draft.returned:
            continue
        facts: dict[str, Fact] = {
            "code": draft.commitment,
            "number": draft.decision.number,
            "who": draft.entered_by,
        }
        text = AMENDMENT_WAITS if draft.decision.number else AWARD_WAITS
        yield Decision(
            Subject.DRAFT,
            "attention",
            Sentence(text, facts),
            draft.decision.amount or None,
            None,
            projects.get(draft.commitment, 0),
            str(draft.id),
            draft.entered_by,
        )


def of_waivers(waivers: Iterable[tuple[int, Waiver]]) -> Iterator[Decision]:
    """Tell which waivers, each with the key of its project, wait for a second person."""
    for project_id, waiver in waivers:
        facts: dict[str, Fact] = {
            "rule": Code(waiver.rule),
            "who": waiver.entered_by,
            "day": waiver.until,
        }
        yield Decision(
            Subject.WAIVER,
            "attention",
            Sentence(WAIVER_WAITS, facts),
            None,
            waiver.until,
            project_id,
            str(waiver.id),
            waiver.entered_by,
        )


def of_reopenings(asked: Iterable[tuple[int, Reopening]]) -> Iterator[Decision]:
    """Tell which periods, each with the key of its project, somebody asks to reopen."""
    for project_id, request in asked:
        facts: dict[str, Fact] = {"period": request.period.code, "who": request.asked_by}
        what = Sentence(REOPENING_WAITS, facts)
        key, who = request.period.code, request.asked_by
        yield Decision(Subject.REOPENING, "attention", what, None, None, project_id, key, who)


# One day, and several.
LATE = (
    _("{code} {title} is {days} day late; {amount} waits for it."),
    _("{code} {title} is {days} days late; {amount} waits for it."),
)
LATE_ONLY = (
    _("{code} {title} is {days} day late."),
    _("{code} {title} is {days} days late."),
)
HOLDS_BACK = _("{code} {title} is planned for {day}; {amount} is due before that and waits for it.")
GIVEN_UP = _("{code} {title} was given up; {amount} waits for it.")
ENDS_FIRST = _(
    "{commitment} runs until {ends}, and {code} {title} is planned for {day}: {amount} that it was"
    " to pay cannot be spent in time."
)
NOT_NEEDED = _("{code} {title} was given up; {amount} of {commitment} was meant for it.")
BUDGETED_AFTER = _("{code} ends on {day}, and its budget sets {amount} aside for after that.")
ENDED = _(
    "{code} of {funder} ended on {day} with {amount} not charged; its determination is still to be"
    " requested."
)
ENDED_IN_FULL = _(
    "{code} of {funder} ended on {day}, charged in full; its determination is still to be"
    " requested."
)
NOT_RECEIVED = _("Instalment {number} of {code} was due on {day}, and {amount} has not come in.")
CASH_SHORT = _("By {day}, {code} will have spent {amount} more than has come in.")
SPENT_MORE = _(
    "{year} comes to {expected}, {share} above its budget of {budget}; {programme} wants to be told"
    " of more than {threshold} ({source})."
)
SPENT_LESS = _(
    "{year} comes to {expected}, {share} below its budget of {budget}; {programme} wants to be told"
    " of more than {threshold} ({source})."
)
AWARD_WAITS = _("{code}, entered by {who}, waits for a second person.")
AMENDMENT_WAITS = _("Amendment {number} of {code}, entered by {who}, waits for a second person.")
WAIVER_WAITS = _("A waiver of “{rule}” until {day}, asked for by {who}, waits for approval.")
REOPENING_WAITS = _("{who} asks to reopen {period}.")
