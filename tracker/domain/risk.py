"""Money at risk: what late milestones hold back, and what cannot be spent in time.

A euro that is at risk for two reasons counts once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from tracker.domain.errors import Sentence
from tracker.domain.milestones import MilestoneStatus
from tracker.domain.money import ZERO, Money
from tracker.domain.texts import mark as _

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from tracker.domain.errors import Fact
    from tracker.domain.milestones import Milestone


class RiskKind(StrEnum):
    """Why money is at risk."""

    HELD_BACK = "waits_for_milestone"
    ENDS_FIRST = "ends_first"
    UNSPENDABLE = "unspendable"


class Fund(NamedTuple):
    """A binding commitment as risks see it: when it ends, and what may still come and go.

    Shape:  ``left`` may still be charged; ``outstanding`` should still come in; ``budgeted_after``
            is what its budget sets aside for years after its end.
    """

    id: int
    code: str
    project_id: int
    last_day: date
    left: Money
    outstanding: Money
    budgeted_after: Money = ZERO


class Waiting(NamedTuple):
    """An instalment that a milestone releases, and what is still outstanding of it."""

    milestone_id: int
    commitment_id: int
    due_on: date
    outstanding: Money


class Paying(NamedTuple):
    """What a commitment is to pay for a milestone, and was not charged with yet."""

    milestone_id: int
    commitment_id: int
    uncharged: Money


@dataclass(frozen=True, slots=True)
class Risk:
    """Money of a commitment that hangs on something: why, how much, and on which days.

    Shape:  no ``milestone`` where it is the budget of the commitment as a whole. ``counts`` is
            what of ``amount`` is not in another risk of the same commitment.
    """

    kind: RiskKind
    milestone: str
    commitment: str
    commitment_id: int
    project_id: int
    amount: Money
    due_on: date | None
    current: date | None
    ends_on: date | None
    counts: Money = ZERO


def at_risk(risks: Iterable[Risk]) -> Money:
    """Add up risks, each euro once.

    Units:  of a commitment never more than what is outstanding or left of it, whichever is more.
    """
    return Money.total(risk.counts for risk in risks)


def reason_of(risk: Risk) -> Sentence:
    """Say why money is at risk, with the days and the whole amount."""
    facts: dict[str, Fact] = {
        "code": risk.milestone,
        "commitment": risk.commitment,
        "amount": risk.amount,
    }
    days = {"day": risk.current, "due": risk.due_on, "end": risk.ends_on}
    facts |= {name: day for name, day in days.items() if day}
    return Sentence(_REASONS[risk.kind if risk.milestone else None], facts)


_REASONS: Final = {
    RiskKind.HELD_BACK: _(
        "{code} is planned for {day}: it holds back {amount} of {commitment}, due on {due}."
    ),
    RiskKind.ENDS_FIRST: _(
        "{commitment} ends on {end}, before {code} on {day}: {amount} planned for it cannot be"
        " spent in time."
    ),
    RiskKind.UNSPENDABLE: _(
        "{code} is not met any more: {amount} that {commitment} was to pay for it is not spent."
    ),
    None: _("{commitment} ends on {end}, and its budget sets aside {amount} for the years after."),
}


def risks(
    milestones: Iterable[Milestone],
    funds: Mapping[int, Fund],
    waiting: Iterable[Waiting],
    paying: Iterable[Paying],
    today: date,
) -> tuple[Risk, ...]:
    """Tell what money is at risk on a day, in the order of the milestones, then of budgets.

    Shape:  ``funds`` by key; a commitment that is not among them is not looked at.
    """
    held: dict[int, list[Waiting]] = {}
    for one in waiting:
        held.setdefault(one.milestone_id, []).append(one)
    paid: dict[int, list[Paying]] = {}
    for pays in paying:
        paid.setdefault(pays.milestone_id, []).append(pays)
    found: list[Risk] = []
    for milestone in milestones:
        found += [
            _risk(RiskKind.HELD_BACK, milestone, funds[one.commitment_id], one)
            for one in held.get(milestone.id, ())
            if one.commitment_id in funds and _holds_back(milestone, one.due_on, today)
        ]
        for pays in paid.get(milestone.id, ()):
            kind = _why_unspent(milestone, funds.get(pays.commitment_id))
            if kind:
                found.append(_risk(kind, milestone, funds[pays.commitment_id], pays))
    found += [_of_budget(fund) for fund in funds.values()]
    return _counted_once(found, funds)


def _holds_back(milestone: Milestone, due_on: date, today: date) -> bool:
    if milestone.met_on:
        return False
    is_given_up = milestone.status is MilestoneStatus.NOT_MET
    return is_given_up or today > milestone.current or milestone.current > due_on


def _why_unspent(milestone: Milestone, fund: Fund | None) -> RiskKind | None:
    """Say why what a commitment pays for a milestone cannot be spent; nothing where it can."""
    if fund is None or milestone.met_on:
        return None
    if milestone.status is MilestoneStatus.NOT_MET:
        return RiskKind.UNSPENDABLE
    return RiskKind.ENDS_FIRST if milestone.current > fund.last_day else None


def _risk(kind: RiskKind, milestone: Milestone, fund: Fund, of: Waiting | Paying) -> Risk:
    is_waiting = isinstance(of, Waiting)
    return Risk(
        kind=kind,
        milestone=milestone.code,
        commitment=fund.code,
        commitment_id=fund.id,
        project_id=fund.project_id,
        amount=of.outstanding if isinstance(of, Waiting) else min(of.uncharged, fund.left),
        due_on=of.due_on if isinstance(of, Waiting) else None,
        current=milestone.current,
        ends_on=None if is_waiting else fund.last_day,
    )


def _of_budget(fund: Fund) -> Risk:
    amount = min(fund.budgeted_after, fund.left)
    kind, end = RiskKind.UNSPENDABLE, fund.last_day
    return Risk(kind, "", fund.code, fund.id, fund.project_id, amount, None, None, end)


def _counted_once(found: Iterable[Risk], funds: Mapping[int, Fund]) -> tuple[Risk, ...]:
    counters = {key: _Counter(fund) for key, fund in funds.items()}
    return tuple(
        replace(risk, counts=counters[risk.commitment_id].count(risk))
        for risk in found
        if risk.amount.cents > 0
    )


class _Counter:
    """Counts the euros of one commitment once.

    What a milestone holds back and what cannot be spent on it are the same euros, as far as they
    go: a funder does not pay for what was not spent.
    """

    def __init__(self, fund: Fund) -> None:
        self.room = max(ZERO, fund.left, fund.outstanding)
        self.left = max(ZERO, fund.left)
        self.unspent = ZERO
        self.held: dict[str, Money] = {}

    def count(self, risk: Risk) -> Money:
        """Give what of a risk was not counted before."""
        if risk.kind is RiskKind.HELD_BACK:
            counts = min(risk.amount, self.room)
            self.held[risk.milestone] = self.held.get(risk.milestone, ZERO) + counts
        else:
            own = risk.amount if risk.milestone else max(ZERO, risk.amount - self.unspent)
            own = min(own, self.left - self.unspent)
            self.unspent += own
            counts = min(max(ZERO, own - self.held.get(risk.milestone, ZERO)), self.room)
        self.room -= counts
        return counts
