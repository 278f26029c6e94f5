"""What has changed since the last report, worked out from what both of them say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.domain.errors import Code
from tracker.domain.statement_parts import Changed, ChangedAmount, ChangedTerm, ChangeOf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.domain.milestones import Milestone
    from tracker.domain.statements import StatementFacts


def changed_since(before: StatementFacts, now: StatementFacts) -> Changed:
    """Compare the facts of a report with those of the one that it carries on."""
    terms = (*_of_commitment(before, now), *_of_milestones(before, now), *_of_waivers(before, now))
    return Changed(tuple(_amounts(before, now)), terms)


def _amounts(before: StatementFacts, now: StatementFacts) -> Iterator[ChangedAmount]:
    pairs = [(ChangeOf.AWARD, "", before.commitment.amount, now.commitment.amount)]
    budgets = {line.category: line.budget for line in before.categories}
    after = {line.category: line.budget for line in now.categories}
    changed = [
        ChangedAmount(ChangeOf.BUDGET, code, budgets.get(code), after.get(code))
        for code in {**after, **budgets}
        if budgets.get(code) != after.get(code)
    ]
    received = (ChangeOf.RECEIVED, "", before.received_to_date, now.received_to_date)
    for of, about, was, is_now in pairs:
        if was != is_now:
            yield ChangedAmount(of, about, was, is_now)
    yield from changed
    if received[2] != received[3]:
        yield ChangedAmount(*received)


def _of_commitment(before: StatementFacts, now: StatementFacts) -> Iterator[ChangedTerm]:
    was, is_now = before.commitment, now.commitment
    known = {amendment.number for amendment in before.amendments}
    reasons = [one.reason for one in now.amendments if one.number not in known]
    why = "; ".join(reason for reason in reasons if reason)
    for of, old, new in (
        (ChangeOf.STATUS, Code(was.status), Code(is_now.status)),
        (ChangeOf.FIRST_DAY, was.period.first_day, is_now.period.first_day),
        (ChangeOf.LAST_DAY, was.period.last_day, is_now.period.last_day),
    ):
        if old != new:
            yield ChangedTerm(of, "", "", old, new, why)


def _of_milestones(before: StatementFacts, now: StatementFacts) -> Iterator[ChangedTerm]:
    """Compare milestones as each report knew them at the end of its period."""
    then, today = before.period.last_day, now.period.last_day
    known = {one.code: one.as_of(then) for one in before.milestones}
    for milestone in now.milestones:
        seen, was = milestone.as_of(today), known.pop(milestone.code, None)
        if was is None:
            yield ChangedTerm(ChangeOf.MILESTONE, seen.code, seen.title, None, seen.current)
            continue
        if was.current != seen.current:
            yield ChangedTerm(
                ChangeOf.MILESTONE_DAY, seen.code, seen.title, was.current, seen.current,
                _why_moved(was, seen),
            )  # fmt: skip
        old, new = Code(was.standing(then)), Code(seen.standing(today))
        if old != new:
            yield ChangedTerm(ChangeOf.MILESTONE_STANDING, seen.code, seen.title, old, new)
    for gone in known.values():
        yield ChangedTerm(ChangeOf.MILESTONE, gone.code, gone.title, gone.current, None)


def _why_moved(was: Milestone, seen: Milestone) -> str:
    return "; ".join(move.reason for move in seen.moves if move not in was.moves)


def _of_waivers(before: StatementFacts, now: StatementFacts) -> Iterator[ChangedTerm]:
    known = {waiver.id: waiver for waiver in before.waivers}
    for waiver in now.waivers:
        was = known.pop(waiver.id, None)
        if was is None or was.until != waiver.until:
            until = was.until if was else None
            yield ChangedTerm(ChangeOf.WAIVER, waiver.rule, "", until, waiver.until, waiver.reason)
    for gone in known.values():
        yield ChangedTerm(ChangeOf.WAIVER, gone.rule, "", gone.until, None, gone.reason)
