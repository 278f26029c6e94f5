"""What a scenario changes of the facts from which the outlook is made."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tracker.domain.allocations import Terms
from tracker.domain.commitments import Commitment, Form, Status
from tracker.domain.errors import Sentence
from tracker.domain.money import ZERO
from tracker.domain.outlook import Awaited, Funding, Pace
from tracker.domain.periods import Period, month_of, months_after
from tracker.domain.scenarios import ChangeKind
from tracker.domain.shares import WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from tracker.domain.outlook import OutlookFacts
    from tracker.domain.scenarios import Change


def supposing(facts: OutlookFacts, changes: Sequence[Change]) -> OutlookFacts:
    """Give the facts as they would be; what does not fit any more is left out."""
    for change in changes:
        if misfit(facts, change) is None:
            facts = _SUPPOSE[change.kind](facts, change)
    return facts


def misfits(facts: OutlookFacts, changes: Sequence[Change]) -> tuple[Sentence, ...]:
    """Say which suppositions do not fit any more, and why."""
    found = []
    for change in changes:
        wrong = misfit(facts, change)
        if wrong is None:
            facts = _SUPPOSE[change.kind](facts, change)
        else:
            found.append(wrong)
    return tuple(found)


def misfit(facts: OutlookFacts, change: Change) -> Sentence | None:
    """Say why a supposition changes nothing, if it does not fit."""
    codes = {one.commitment.code for one in facts.funding}
    binding = {one.commitment.code for one in facts.funding if one.binds}
    code, said = change.code, {"code": change.code}
    match change.kind:
        case ChangeKind.MOVE_MILESTONE if code not in facts.milestones:
            return Sentence("Milestone {code} is met or gone: moving it changes nothing.", said)
        case ChangeKind.DROP_COMMITMENT if code not in binding:
            return Sentence(
                "{code} is no commitment that binds: dropping it changes nothing.", said
            )
        case ChangeKind.ADD_COMMITMENT if code in codes:
            return Sentence("{code} is there by now: it is not added once more.", said)
        case ChangeKind.ADD_COMMITMENT if change.last_day and change.last_day < facts.as_of:
            return Sentence("{code} would be over by now: adding it changes nothing.", said)
        case ChangeKind.PACE if code and code not in facts.packages:
            return Sentence("There is no work package {code}: its pace changes nothing.", said)
    return None


def _move(facts: OutlookFacts, change: Change) -> OutlookFacts:
    """Let what waits for a milestone wait for another day."""
    day = change.first_day or facts.milestones[change.code]

    def moved(awaited: Awaited) -> Awaited:
        return replace(awaited, planned_on=day) if awaited.milestone == change.code else awaited

    return replace(
        facts,
        milestones={**facts.milestones, change.code: day},
        funding=tuple(
            replace(one, awaited=tuple(moved(each) for each in one.awaited))
            for one in facts.funding
        ),
    )


def _drop(facts: OutlookFacts, change: Change) -> OutlookFacts:
    """Let a commitment end the day before, and be settled."""
    day = max(change.first_day or facts.as_of, facts.as_of)
    return replace(
        facts,
        funding=tuple(
            _dropped(one, day) if one.commitment.code == change.code else one
            for one in facts.funding
        ),
    )


def _dropped(one: Funding, day: date) -> Funding:
    period, terms = one.commitment.period, one.terms
    if day > period.last_day:
        return one
    if day <= period.first_day:
        terms, last = terms._replace(categories=frozenset()), period.first_day
    else:
        last = day - timedelta(1)
    period = Period(period.first_day, last)
    return replace(
        one,
        commitment=replace(one.commitment, period=period),
        terms=terms._replace(period=period),
        awaited=tuple(
            each for each in one.awaited if max(each.due_on, each.planned_on or each.due_on) < day
        ),
        is_dropped=True,
    )


def _add(facts: OutlookFacts, change: Change) -> OutlookFacts:
    """Let a new commitment take a share of what nobody pays; its money comes month by month."""
    first = change.first_day or facts.as_of
    period = Period(first, max(first, change.last_day or _last_day_ahead(facts)))
    commitment = Commitment(
        id=min([0, *(one.commitment.id for one in facts.funding)]) - 1,
        code=change.code,
        funder_id=0,
        funder="",
        programme="",
        reference="",
        status=Status.AWARDED,
        form=Form.CASH,
        decided_on=facts.as_of,
        period=period,
        award=change.amount,
        amount=change.amount,
        received=ZERO,
        charged=ZERO,
        project_id=facts.project_id,
    )
    days = [first]
    while (day := months_after(month_of(days[-1]), 1)) <= period.last_day:
        days.append(day)
    parts = change.amount.share_out([1] * len(days))
    added = Funding(
        commitment=commitment,
        terms=Terms(Status.AWARDED, period, frozenset(facts.categories.values())),
        room=change.amount.cents,
        received={},
        charged={},
        awaited=tuple(
            Awaited(number, part, day)
            for number, (day, part) in enumerate(zip(days, parts, strict=True), 1)
        ),
        gap_share=WHOLE if change.share is None else change.share,
    )
    return replace(facts, funding=(*facts.funding, added))


def _last_day_ahead(facts: OutlookFacts) -> date:
    """Give the last day of all that is known: the project, what binds, and the forecast."""
    lines = facts.forecast.lines if facts.forecast else ()
    return max(
        facts.period.last_day,
        *(one.commitment.period.last_day for one in facts.funding if one.binds),
        *(months_after(line.quarter, 3) - timedelta(1) for line in lines if line.amount),
    )


def _pace(facts: OutlookFacts, change: Change) -> OutlookFacts:
    """Let spending go faster or slower."""
    share = WHOLE if change.share is None else change.share
    pace = Pace(change.code, share, change.first_day or facts.as_of)
    return replace(facts, paces=(*facts.paces, pace))


_SUPPOSE: Final[Mapping[ChangeKind, Callable[[OutlookFacts, Change], OutlookFacts]]] = {
    ChangeKind.MOVE_MILESTONE: _move,
    ChangeKind.DROP_COMMITMENT: _drop,
    ChangeKind.ADD_COMMITMENT: _add,
    ChangeKind.PACE: _pace,
}
