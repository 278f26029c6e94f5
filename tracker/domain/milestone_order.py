"""Which milestones come after which, and what a move of one does to those after it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tracker.domain.errors import RuleViolation
from tracker.domain.milestones import Move

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from tracker.domain.milestones import Milestone, ReportDue
    from tracker.domain.money import Money
    from tracker.domain.risk import Risk


def check_reachable(code: str, after: Iterable[str], known: Mapping[str, Sequence[str]]) -> None:
    """Refuse that a milestone comes after others, where they come after it: a circle.

    Shape:  ``known`` names what each milestone comes after.
    Errors: ``RuleViolation`` on field ``after``, with the chain.
    """
    for first in after:
        chain = _chain(first, code, known)
        if chain:
            raise RuleViolation(
                "{code} would come after itself: {chain}.",
                "Take one of them out of the chain.",
                field="after",
                code=code,
                chain=" → ".join((code, *chain)),
            )


def _chain(begin: str, wanted: str, known: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Give the way from one milestone back to another, both included; empty without one."""
    ways: list[tuple[str, ...]] = [(begin,)]
    seen = {begin}
    while ways:
        way = ways.pop()
        if way[-1] == wanted:
            return way
        fresh = [one for one in known.get(way[-1], ()) if one not in seen]
        seen.update(fresh)
        ways += [(*way, one) for one in fresh]
    return ()


@dataclass(frozen=True, slots=True)
class Followed:
    """A later milestone that a move reaches, and the date that keeps its distance."""

    milestone: Milestone
    to_day: date


def followers(
    moved: Milestone, to_day: date, milestones: Iterable[Milestone]
) -> tuple[Followed, ...]:
    """Tell which open milestones come after one that moves, near and far, and where they would go.

    Shape:  by date; each would move by as many days as the milestone does. One that moves forward
            takes nobody along.
    """
    days = (to_day - moved.current).days
    if days <= 0:
        return ()
    found = {moved.code}
    rest = [milestone for milestone in milestones if milestone.is_open]
    later: list[Milestone] = []
    while fresh := [one for one in rest if one.code not in found and found & set(one.after)]:
        found |= {one.code for one in fresh}
        later += fresh
    later.sort(key=lambda one: (one.current, one.code))
    return tuple(Followed(one, one.current + timedelta(days)) for one in later)


def check_before(milestone: Milestone, milestones: Iterable[Milestone]) -> None:
    """Refuse that a milestone is met while one that comes before it is open.

    Errors: ``RuleViolation`` with those that are open.
    """
    open_ = [one.code for one in milestones if one.code in milestone.after and not one.met_on]
    if open_:
        raise RuleViolation(
            "{code} comes after {before}, which is not met yet.",
            "Meet that first, or change what {code} comes after.",
            field="status",
            code=milestone.code,
            before=", ".join(open_),
        )


def out_of_order(milestone: Milestone, milestones: Iterable[Milestone]) -> tuple[Milestone, ...]:
    """Give the open milestones that come before one and are planned for a later date."""
    return tuple(
        one
        for one in milestones
        if one.code in milestone.after and one.is_open and one.current > milestone.current
    )


def moved_along(
    milestones: Iterable[Milestone], to: Move, moved: Milestone, along: Collection[str]
) -> tuple[Milestone, ...]:
    """Give milestones as they would be if one moved, and took others of those after it along."""
    listed = list(milestones)
    days = {moved.code: to.to_day} | {
        one.milestone.code: one.to_day
        for one in followers(moved, to.to_day, listed)
        if one.milestone.code in along
    }
    return tuple(
        replace(one, moves=(*one.moves, Move(to.moved_on, days[one.code], to.reason)))
        if one.code in days
        else one
        for one in listed
    )


@dataclass(frozen=True, slots=True)
class ReportMoved:
    """A report that is due after a milestone, before and after a move of that."""

    milestone: str
    report: ReportDue
    before: date
    after: date


@dataclass(frozen=True, slots=True)
class Consequences:
    """What follows from moving a milestone: dates, and the money at risk before and after.

    Shape:  ``later`` are the milestones that come after it; ``out_of_order`` those before it that
            would be planned for a later date. ``risks`` are those of the milestones that move.
    """

    milestone: Milestone
    to_day: date
    later: tuple[Followed, ...]
    out_of_order: tuple[Milestone, ...]
    reports: tuple[ReportMoved, ...]
    risks: tuple[Risk, ...]
    risk_before: Money
    risk_after: Money
