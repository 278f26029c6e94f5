"""Charging: which part of which cost goes to which commitment, and why a part does not.

The order of the lines, and the order of the reasons, decide who gets the last euro. Both are
fixed here and nowhere else.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from tracker.domain.commitments import COMMITTED, Status
from tracker.domain.money import share_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from tracker.domain.periods import Period


class Reason(StrEnum):
    """Why a share of a cost is not charged. The first that holds counts."""

    NO_SPLIT_RULE = "no_split_rule"
    NOT_AWARDED = "not_awarded"
    OUTSIDE_PERIOD = "outside_period"
    CATEGORY_NOT_ALLOWED = "category_not_allowed"
    COMMITMENT_EXHAUSTED = "commitment_exhausted"


class Share(NamedTuple):
    """The weight with which a commitment takes part in a split rule."""

    commitment_id: int
    weight: int


class Chargeable(NamedTuple):
    """What charging must know of a cost line. A tuple, because there are very many."""

    line_id: int
    incurred_on: date
    cents: int
    category_id: int
    rule: int  # key of the split rule: a work package, or the in-kind rule


class Terms(NamedTuple):
    """What charging must know of a commitment."""

    status: Status
    period: Period
    categories: frozenset[int]


class Judgement(NamedTuple):
    """What becomes of one share: charged to a commitment, or left with a reason."""

    line_id: int
    commitment_id: int | None
    cents: int
    reason: Reason | None


def charge(
    lines: Iterable[Chargeable],
    rules: Mapping[int, Sequence[Share]],
    terms: Mapping[int, Terms],
    room: dict[int, int],
) -> Iterator[Judgement]:
    """Judge every share of every line, in the order in which the lines are given.

    Shape:  the judgements of a line add up to the line; a share of nothing is not mentioned.
            ``room`` holds what is left of each commitment and is kept up to date.
    Units:  cents. A negative share makes room again.
    """
    weights = {rule: [share.weight for share in shares] for rule, shares in rules.items()}
    for line_id, incurred_on, cents, category_id, rule in lines:
        if rule not in weights:
            if cents:
                yield Judgement(line_id, None, cents, Reason.NO_SPLIT_RULE)
            continue
        parts = share_out(cents, weights[rule])
        for (commitment_id, _), part in zip(rules[rule], parts, strict=True):
            if not part:
                continue
            if reason := _objection(terms[commitment_id], incurred_on, category_id):
                yield Judgement(line_id, commitment_id, part, reason)
                continue
            taken = min(part, room[commitment_id])
            room[commitment_id] -= taken
            if taken:
                yield Judgement(line_id, commitment_id, taken, None)
            if taken != part:
                left = part - taken
                yield Judgement(line_id, commitment_id, left, Reason.COMMITMENT_EXHAUSTED)


def _objection(terms: Terms, incurred_on: date, category_id: int) -> Reason | None:
    if terms.status not in COMMITTED:
        return Reason.NOT_AWARDED
    period = terms.period
    if not period.first_day <= incurred_on <= period.last_day:
        return Reason.OUTSIDE_PERIOD
    if category_id not in terms.categories:
        return Reason.CATEGORY_NOT_ALLOWED
    return None
