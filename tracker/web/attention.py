"""What needs attention: sentences with the figures, made from what the store tells."""

# long: one short function for each thing that needs attention, and its sentences

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from tracker.domain.commitments import Status
from tracker.domain.costs import CostState
from tracker.domain.deadlines import DeadlineKind
from tracker.domain.errors import Code, Sentence
from tracker.domain.funder_reports import ReportState
from tracker.domain.instalments import InstalmentState
from tracker.domain.milestones import Standing
from tracker.domain.own_due_dates import CLOSED_WITHIN, confirmed_by
from tracker.domain.policy import Permission, Role
from tracker.domain.report_dues import ASKS, waits_for
from tracker.domain.reporting_periods import PeriodState
from tracker.domain.texts import mark as _
from tracker.domain.waivers import WaiverState
from tracker.web.deadlines import NEAR, place_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from tracker.domain.actor import Actor
    from tracker.domain.amendments import Entered
    from tracker.domain.commitments import Commitment
    from tracker.domain.deadlines import Due
    from tracker.domain.determination import Settlement
    from tracker.domain.errors import Fact
    from tracker.domain.funder_reports import FunderReport
    from tracker.domain.instalments import Instalment
    from tracker.domain.milestones import Milestone
    from tracker.domain.money import Money
    from tracker.domain.reporting_periods import Reopening, ReportingPeriod
    from tracker.domain.statements import NotCharged
    from tracker.domain.waivers import Waiver
    from tracker.store.endings import Ending

WAITING = {"state": CostState.WAITING.value}  # where the lines that wait are shown
SOON = 90  # days in which money that will lapse can still be spent
BOOKS, FUNDING = Permission.BRING_IN_BOOKS, Permission.ENTER_FUNDING
TOLD_HERE = frozenset(
    {
        DeadlineKind.PROGRESS_REPORT,
        DeadlineKind.MILESTONE_REPORT,
        DeadlineKind.EVIDENCE,
        DeadlineKind.WAIVER_END,
        DeadlineKind.DECLARATION,
        DeadlineKind.NOTIFICATION,
    }
)
GROUPS = ("due_late", "due_this_week", "due_this_month", "due_later", "due_some_day")
SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that needs attention: how urgent, what, how much, and where to look.

    Shape:  ``state`` is ``late``, ``attention``, ``blocked`` or ``good``; ``endpoint`` and
            ``values`` make the address. It waits for who may do what it ``asks``.
    """

    state: str
    what: Sentence
    amount: Money | None
    endpoint: str
    values: dict[str, str] = field(default_factory=dict)
    due_on: date | None = None
    asks: Permission | None = None


def by_deadline(matters: Iterable[Matter], today: date) -> dict[str, list[Matter]]:
    """Put matters under when they are due, and of one day the most money first.

    Shape:  late, this week, this month, later, and what has no day; only where there are any.
    """
    groups: dict[str, list[Matter]] = {name: [] for name in GROUPS}
    for matter in matters:
        groups[_group_of(matter, today)].append(matter)
    for found in groups.values():
        found.sort(
            key=lambda one: (one.due_on or today, -abs(one.amount.cents) if one.amount else 0)
        )
    return {name: found for name, found in groups.items() if found}


def _group_of(matter: Matter, today: date) -> str:
    if matter.due_on is None:
        return "due_some_day"
    if matter.due_on < today:
        return "due_late"
    if matter.due_on <= today + timedelta(SUNDAY - today.weekday()):
        return "due_this_week"
    is_this_month = (matter.due_on.year, matter.due_on.month) == (today.year, today.month)
    return "due_this_month" if is_this_month else "due_later"


def of_costs(
    waiting: tuple[int, Money],
    left: Iterable[NotCharged],
    twice: int,
    unmatched: tuple[int, Money],
) -> Iterator[Matter]:
    """Tell what the books ask for: costs to charge, costs that nobody pays, doubles."""
    count, amount = waiting
    if count:
        what = Sentence(_("Cost lines that wait to be charged: {count}."), {"count": count})
        yield Matter("attention", what, amount, "costs.show_list", WAITING, asks=BOOKS)
    for reason, count, amount in ((n.reason, n.line_count, n.amount) for n in left):
        what = Sentence(NOT_CHARGED[reason.value], {"count": count})
        values = {"reason": reason.value}
        yield Matter("blocked", what, amount, "costs.show_list", values, asks=BOOKS)
    if twice:
        what = Sentence(_("Invoices that may have been booked twice: {count}."), {"count": twice})
        yield Matter("attention", what, None, "allocations.not_charged", asks=BOOKS)
    count, amount = unmatched
    if count:
        what = Sentence(_("Receipts that belong to no commitment: {count}."), {"count": count})
        yield Matter("attention", what, amount, "receipts.show_list", asks=FUNDING)


def of_milestones(milestones: Iterable[Milestone], today: date) -> Iterator[Matter]:
    """Tell which milestones are late, and the money that hangs on them."""
    for milestone in milestones:
        standing = milestone.standing(today)
        if standing not in (Standing.LATE, Standing.SLIPPED):
            continue
        late = standing is Standing.LATE
        days = milestone.days_late(today) if late else milestone.slip_days()
        facts: dict[str, Fact] = {"code": milestone.code, "title": milestone.title, "days": days}
        text = (LATE if late else MOVED)[days != 1]
        amount = milestone.releases.amount if milestone.releases else None
        state = "late" if late else "attention"
        yield Matter(
            state,
            Sentence(text, facts),
            amount,
            "milestones.show",
            {"code": milestone.code},
            due_on=milestone.current,
            asks=Permission.PLAN,
        )


def of_drafts(
    drafts: Iterable[Entered], who: str, today: date, *, may_confirm: bool
) -> Iterator[Matter]:
    """Tell which drafts wait for a person: to be confirmed, or to be mended and sent again."""
    for draft in drafts:
        facts: dict[str, Fact] = {
            "code": draft.commitment,
            "number": draft.decision.number,
            "who": draft.entered_by,
        }
        is_first = draft.decision.number == 0
        asks = Permission.CONFIRM
        if draft.entered_by == who and draft.returned:
            text, asks = RETURNED if is_first else RETURNED_AMENDMENT, FUNDING
        elif draft.entered_by != who and may_confirm and not draft.returned:
            text = TO_CONFIRM if is_first else AMENDMENT_TO_CONFIRM
        else:
            continue
        amount = draft.decision.amount or None
        values = {"amendment_id": str(draft.id)}
        yield Matter(
            "attention",
            Sentence(text, facts),
            amount,
            "amendments.show",
            values,
            confirmed_by(draft.entered_at.date(), today),
            asks,
        )


def of_waivers(waivers: Iterable[Waiver], who: str, today: date) -> Iterator[Matter]:
    """Tell which waivers wait for a second person."""
    for waiver in waivers:
        if waiver.state(today) is WaiverState.ASKED and waiver.entered_by != who:
            facts: dict[str, Fact] = {"rule": Code(waiver.rule), "who": waiver.entered_by}
            what = Sentence(WAIVER_ASKED, facts)
            yield Matter("attention", what, None, "financing.show", asks=Permission.CONFIRM)


def of_periods(
    periods: Iterable[ReportingPeriod],
    asked: Iterable[Reopening],
    who: str,
    today: date,
    *,
    may_confirm: bool,
) -> Iterator[Matter]:
    """Tell which periods are being closed, should be by now, or are asked to be reopened."""
    for request in asked:
        if may_confirm and request.asked_by != who:
            facts: dict[str, Fact] = {"period": request.period.code, "who": request.asked_by}
            asks = Permission.CONFIRM
            yield _of_period(request.period, "attention", REOPENING_ASKED, facts, asks)
    for one in periods:
        facts = {"period": one.code, "day": one.period.last_day}
        if one.state is PeriodState.CLOSING:
            yield _of_period(one, "attention", IN_CLOSING, facts)
        elif one.state is PeriodState.OPEN and (today - one.period.last_day).days > CLOSED_WITHIN:
            yield _of_period(one, "late", STILL_OPEN, facts)


def _of_period(
    one: ReportingPeriod,
    state: str,
    text: str,
    facts: dict[str, Fact],
    asks: Permission = Permission.CLOSE_PERIODS,
) -> Matter:
    is_closing = asks is Permission.CLOSE_PERIODS
    due_on = one.period.last_day + timedelta(CLOSED_WITHIN) if is_closing else None
    address = {"code": one.code}
    return Matter(
        state, Sentence(text, facts), None, "reporting_periods.show", address, due_on, asks
    )


def of_instalments(
    commitments: Iterable[Commitment], plans: Mapping[int, Sequence[Instalment]], today: date
) -> Iterator[Matter]:
    """Tell which instalments are late, may be asked for, or are held back in part."""
    for commitment in commitments:
        for one in plans.get(commitment.id, ()) if commitment.is_committed else ():
            facts: dict[str, Fact] = {
                "code": commitment.code,
                "number": one.number,
                "day": one.due_on,
                "reason": one.held_back_reason,
            }
            values = {"code": commitment.code}
            if one.held_back:
                what, held = Sentence(HELD_BACK, facts), one.held_back
                yield Matter("attention", what, held, "instalments.show", values, asks=FUNDING)
            late = one.state(today) is InstalmentState.OVERDUE
            if late or is_to_request(one, today):
                state, text = ("late", OVERDUE) if late else ("attention", TO_REQUEST)
                what = Sentence(text, facts)
                to = "instalments.show"
                yield Matter(state, what, one.outstanding, to, values, one.due_on, FUNDING)


def is_to_request(one: Instalment, today: date) -> bool:
    """Tell whether an instalment may be asked for, and has not been."""
    is_near = (one.due_on - today).days <= NEAR
    return is_near and one.is_released and not one.requested_on and bool(one.outstanding)


def of_endings(endings: Iterable[Ending], today: date) -> Iterator[Matter]:
    """Tell what is due on the way to settlement soon, or too late, and what is to be settled."""
    for ending in endings:
        due, settlement = ending.next, ending.settlement
        is_settled = settlement is not None and not settlement.amount
        if due is None and settlement and not is_settled and ending.is_open:
            yield _to_settle(ending.commitment.code, settlement)
        if due is None or is_settled or (left := due.days_left(today)) > SOON:
            continue
        what: str = due.kind.value
        amount = ending.request.claimed if ending.request else ending.commitment.remaining
        if settlement is not None:
            what = "settlement_receive" if settlement.to_receive else "settlement_repay"
            amount = settlement.to_receive or settlement.to_repay
        text = (IS_DUE if left >= 0 else WAS_DUE)[abs(left) != 1]
        facts: dict[str, Fact] = {
            "code": ending.commitment.code,
            "what": Code(what),
            "day": due.due_on,
            "days": abs(left),
        }
        state, values = "late" if left < 0 else "attention", {"code": ending.commitment.code}
        said = Sentence(text, facts)
        yield Matter(state, said, amount, "commitments.show", values, due.due_on, FUNDING)


def _to_settle(code: str, settlement: Settlement) -> Matter:
    text = TO_RECEIVE if settlement.to_receive else TO_REPAY
    amount = settlement.to_receive or settlement.to_repay
    what, values = Sentence(text, {"code": code}), {"code": code}
    return Matter("attention", what, amount, "commitments.show", values, asks=FUNDING)


def of_commitments(commitments: Iterable[Commitment], today: date) -> Iterator[Matter]:
    """Tell which commitments are conditional, pre-financed, or lapse with money unspent."""
    for commitment in commitments:
        yield from _of_commitment(commitment, today)


def _of_commitment(commitment: Commitment, today: date) -> Iterator[Matter]:
    def matter(
        state: str, text: str, amount: Money, due_on: date | None = None, **facts: int | date
    ) -> Matter:
        what = Sentence(text, {"code": commitment.code, "funder": commitment.funder, **facts})
        values = {"code": commitment.code}
        return Matter(state, what, amount, "commitments.show", values, due_on, FUNDING)

    if commitment.status is Status.CONDITIONAL:
        text = _("{code} of {funder} is conditional and cannot be charged yet.")
        yield matter("blocked", text, commitment.amount)
    if (cash := commitment.cash_on_hand) is not None and cash.cents < 0:
        text = _("{code} of {funder}: the facility pre-finances what was charged.")
        yield matter("attention", text, -cash)
    if not commitment.is_committed or commitment.remaining.cents <= 0:
        return
    days, last_day = (commitment.period.last_day - today).days, commitment.period.last_day
    if days < 0:
        text = _("{code} of {funder} ended on {day} and was not charged in full.")
        yield matter("attention", text, commitment.remaining, last_day, day=last_day)
    elif days <= SOON:
        yield matter("late", ENDS[days != 1], commitment.remaining, last_day, days=days)


def of_reports(
    reports: Iterable[FunderReport], writers: Mapping[int, Collection[str]], actor: Actor
) -> Iterator[Matter]:
    """Tell which reports wait for somebody to approve them, or to be issued."""
    for report in reports:
        if report.state in REPORTS_WAIT and waits_for(report, writers.get(report.id, ()), actor):
            facts: dict[str, Fact] = {"code": report.commitment, "period": report.period.code}
            text, asks = REPORTS_WAIT[report.state], ASKS[report.state]
            values = {"report_id": str(report.id)}
            yield Matter(
                "attention", Sentence(text, facts), None, "funder_reports.show", values, asks=asks
            )


def of_returned(reports: Iterable[FunderReport]) -> Iterator[Matter]:
    """Tell which issued reports a funder returned, and why."""
    for report in reports:
        issued = report.newest
        if report.state is ReportState.RETURNED and issued is not None:
            facts: dict[str, Fact] = {
                "code": report.commitment,
                "period": report.period.code,
                "reason": issued.said,
            }
            values = {"report_id": str(report.id)}
            what, asks = Sentence(RETURNED_REPORT, facts), Permission.PREPARE_REPORTS
            yield Matter("late", what, None, "funder_reports.show", values, asks=asks)


def of_deadlines(dues: Iterable[Due], today: date) -> Iterator[Matter]:
    """Tell of the deadlines that are near or late, where nothing else tells of them."""
    for due in dues:
        if due.kind in TOLD_HERE and due.days_left(today) <= NEAR:
            state = "late" if due.days_left(today) < 0 else "attention"
            endpoint, values = place_of(due)
            asks = Permission.PLAN if due.role is Role.PROJECT_LEAD else FUNDING
            yield Matter(state, due.what, due.amount, endpoint, values, due.due_on, asks)


# One day, and several.
LATE = (_("{code} {title} is {days} day late."), _("{code} {title} is {days} days late."))
MOVED = (
    _("{code} {title} has moved by {days} day."),
    _("{code} {title} has moved by {days} days."),
)
ENDS = (
    _("{code} of {funder} ends in {days} day; what is not charged by then lapses."),
    _("{code} of {funder} ends in {days} days; what is not charged by then lapses."),
)
IS_DUE = (
    _("{code}: {what}, due {day}, {days} day left."),
    _("{code}: {what}, due {day}, {days} days left."),
)
WAS_DUE = (
    _("{code}: {what}, due {day}, {days} day late."),
    _("{code}: {what}, due {day}, {days} days late."),
)
REOPENING_ASKED = _("{who} asks to reopen {period}; that waits for you to decide.")
IN_CLOSING = _("{period} is being closed.")
STILL_OPEN = _("{period} ended on {day} and is still open.")
WAIVER_ASKED = _("A waiver of “{rule}”, asked for by {who}, waits for you to approve it.")
HELD_BACK = _("{code}: the funder holds a part of instalment {number} back. {reason}")
OVERDUE = _("{code}: instalment {number} was due on {day} and has not come in.")
TO_REQUEST = _("{code}: instalment {number} is due on {day} and can be asked for.")
TO_RECEIVE = _("{code} was determined; the settlement is still to be received.")
TO_REPAY = _("{code} was determined; the settlement is still to be repaid.")
TO_CONFIRM = _("{code}, entered by {who}, waits for you to confirm it.")
AMENDMENT_TO_CONFIRM = _("Amendment {number} of {code}, entered by {who}, waits for you.")
REPORTS_WAIT = {
    ReportState.IN_REVIEW: _("{code}: the report over {period} waits for you to approve it."),
    ReportState.APPROVED: _("{code}: the report over {period} is approved, and not issued yet."),
}
RETURNED_REPORT = _("{code}: the funder returned the report over {period}: {reason}")
RETURNED = _("{code} was sent back to you.")
RETURNED_AMENDMENT = _("Amendment {number} of {code} was sent back to you.")

NOT_CHARGED = {
    "no_split_rule": _("Shares not charged, as the work package has no split rule: {count}."),
    "not_awarded": _("Shares not charged, as the commitment is not awarded: {count}."),
    "outside_period": _("Shares not charged, outside the commitment's period: {count}."),
    "category_not_allowed": _("Shares not charged, as the category is not allowed: {count}."),
    "commitment_exhausted": _("Shares not charged, as the commitment is exhausted: {count}."),
}
