"""Charging: which part of which cost goes to which commitment, and why a part does not.

The order of the lines, and the order of the reasons, decide who gets the last euro. Both are
fixed here and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from tracker.domain.commitments import COMMITTED, Status
from tracker.domain.errors import Code, RuleViolation
from tracker.domain.money import Money, splitter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from tracker.domain.periods import Period


class Reason(StrEnum):
    """Why a share of a cost is not charged. The first that holds counts."""

    NO_SPLIT_RULE = "no_split_rule"
    NOT_AWARDED = "not_awarded"
    OUTSIDE_PERIOD = "outside_period"
    CATEGORY_NOT_ALLOWED = "category_not_allowed"
    COMMITMENT_EXHAUSTED = "commitment_exhausted"
    NOT_EARMARKED = "not_earmarked"
    COVERED_BY_FLAT_RATE = "covered_by_flat_rate"
    TAKEN_BACK = "taken_back"  # by a person, who may charge it elsewhere
    NOT_ELIGIBLE = "not_eligible"
    ECONOMIC_USE = "economic_use"
    DEPRECIATED = "depreciated"  # its depreciation counts instead


INELIGIBLE: Final = frozenset({Reason.NOT_ELIGIBLE, Reason.ECONOMIC_USE, Reason.DEPRECIATED})
"""The reasons for which no funder may be asked, whoever it is."""


class ChargeKind(StrEnum):
    """By what costs were charged, or charges taken back."""

    RULES = "rules"
    AGAIN = "again"  # the rules, over what they left before
    BY_HAND = "by_hand"
    IN_BULK = "in_bulk"
    TAKEN_BACK = "taken_back"
    CORRECTION = "correction"


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
    rule: int  # key of the split rule


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


def charge(  # noqa: C901 - one ladder of reasons, read from top to bottom
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
    plans = {rule: _plan(shares, terms) for rule, shares in rules.items()}
    for line_id, incurred_on, cents, category_id, rule in lines:
        plan = plans.get(rule)
        if plan is None:
            if cents:
                yield Judgement(line_id, None, cents, Reason.NO_SPLIT_RULE)
            continue
        split, takers = plan
        for part, (commitment_id, binds, first_day, last_day, categories) in zip(
            split(cents), takers, strict=True
        ):
            # Written out, and not in functions: this runs a million times for a large programme.
            if not part:
                continue
            if not binds:
                yield Judgement(line_id, commitment_id, part, Reason.NOT_AWARDED)
            elif not first_day <= incurred_on <= last_day:
                yield Judgement(line_id, commitment_id, part, Reason.OUTSIDE_PERIOD)
            elif category_id not in categories:
                yield Judgement(line_id, commitment_id, part, Reason.CATEGORY_NOT_ALLOWED)
            elif part <= (left := room[commitment_id]):
                room[commitment_id] = left - part
                yield Judgement(line_id, commitment_id, part, None)
            else:
                room[commitment_id] = 0
                if left:
                    yield Judgement(line_id, commitment_id, left, None)
                yield Judgement(line_id, commitment_id, part - left, Reason.COMMITMENT_EXHAUSTED)


class _Taker(NamedTuple):
    commitment_id: int
    binds: bool
    first_day: date
    last_day: date
    categories: frozenset[int]


def _plan(
    shares: Sequence[Share], terms: Mapping[int, Terms]
) -> tuple[Callable[[int], Sequence[int]], tuple[_Taker, ...]]:
    takers = tuple(
        _Taker(
            share.commitment_id,
            terms[share.commitment_id].status in COMMITTED,
            terms[share.commitment_id].period.first_day,
            terms[share.commitment_id].period.last_day,
            terms[share.commitment_id].categories,
        )
        for share in shares
    )
    return splitter([share.weight for share in shares]), takers


@dataclass(frozen=True, slots=True)
class ByHand:
    """A part of one cost line that a person charges to a commitment.

    Shape:  ``taken`` says what it is taken from: the commitment of the share that was left, the
            reason for which it was, and its cents.
    """

    line_id: int
    commitment_id: int
    amount: Money
    taken: tuple[tuple[int | None, str, int], ...]


def charge_by_hand(
    line: Chargeable,
    code: str,
    commitment_id: int,
    amount: Money,
    *,
    terms: Terms,
    room: Money,
    left: Sequence[tuple[int | None, str, int]],
) -> ByHand:
    """Judge a part of a cost line that a person charges to a commitment.

    Errors: ``RuleViolation`` at the field that is wrong, with what is left.
    Source: domain rules 2, 3 and 5.
    """
    unpaid = sum(cents for _, _, cents in left)
    if amount.cents * line.cents <= 0 or abs(amount.cents) > abs(unpaid):
        raise RuleViolation(
            "{amount} is not what can be charged of this line: {left} of it is paid by nobody.",
            "Charge {left} of it at most.",
            field="amount",
            amount=amount,
            left=Money(unpaid),
        )
    _check_terms(line, code, terms)
    if amount > room:
        raise RuleViolation(
            "{amount} does not fit: {code} has {room} left.",
            "Charge {room} of it at most, or have the commitment amended.",
            field="amount",
            amount=amount,
            code=code,
            room=room,
        )
    return ByHand(line.line_id, commitment_id, amount, _taken(amount, left, commitment_id))


def _taken(
    amount: Money, left: Sequence[tuple[int | None, str, int]], commitment_id: int
) -> tuple[tuple[int | None, str, int], ...]:
    """Take an amount from what is left, from the commitment's own share first."""
    taken, wanted = [], abs(amount.cents)
    for share_of, reason, cents in sorted(left, key=lambda share: share[0] != commitment_id):
        part = min(wanted, abs(cents))
        if part:
            taken.append((share_of, reason, part if cents > 0 else -part))
        wanted -= part
    return tuple(taken)


def _check_terms(line: Chargeable, code: str, terms: Terms) -> None:
    if terms.status not in COMMITTED:
        raise RuleViolation(
            "{code} is {status} and binds nobody yet.",
            "Choose a commitment that has been awarded.",
            field="commitment",
            code=code,
            status=Code(terms.status),
        )
    if line.incurred_on not in terms.period:
        raise RuleViolation(
            "{code} pays for costs from {first} to {last}; this one was incurred on {day}.",
            "Choose a commitment whose period holds that day.",
            field="commitment",
            code=code,
            first=terms.period.first_day,
            last=terms.period.last_day,
            day=line.incurred_on,
        )
    if line.category_id not in terms.categories:
        raise RuleViolation(
            "{code} does not pay for this category of costs.",
            "Choose a commitment that allows it.",
            field="commitment",
            code=code,
        )
