"""Charging: which part of which cost goes to which commitment, and why a part does not.

The order of the lines, and the order of the reasons, decide who gets the last euro. Both are
fixed here and nowhere else.
"""
# long: one ladder of reasons, for the rules and for what people charge by hand

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from tracker.domain.commitments import COMMITTED, Status
from tracker.domain.errors import Code, RuleViolation
from tracker.domain.money import Money, splitter
from tracker.domain.texts import mark as _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from tracker.domain.flat_rates import FlatRate
    from tracker.domain.periods import Period


class Reason(StrEnum):
    """Why a share of a cost is not charged. The first that holds counts."""

    NO_SPLIT_RULE = "no_split_rule"
    NOT_AWARDED = "not_awarded"
    OUTSIDE_PERIOD = "outside_period"
    CATEGORY_NOT_ALLOWED = "category_not_allowed"
    NOT_EARMARKED = "not_earmarked"
    COVERED_BY_FLAT_RATE = "covered_by_flat_rate"
    COMMITMENT_EXHAUSTED = "commitment_exhausted"
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
    work_package_id: int | None = None
    milestone_id: int | None = None


class Earmarks(NamedTuple):
    """The work packages and the milestones that a commitment is meant for, by key."""

    work_packages: frozenset[int]
    milestones: frozenset[int]


class Terms(NamedTuple):
    """What charging must know of a commitment; without earmarks it is meant for everything."""

    status: Status
    period: Period
    categories: frozenset[int]
    earmarks: Earmarks | None = None
    flat_rate: FlatRate | None = None


class Charged(NamedTuple):
    """What a commitment pays of a cost line, and what of that counts in a closed period."""

    cents: int
    locked: int


class Judgement(NamedTuple):
    """What becomes of one share: charged to a commitment, or left with a reason."""

    line_id: int
    commitment_id: int | None
    cents: int
    reason: Reason | None

    @property
    def amount(self) -> Money:
        """The share."""
        return Money(self.cents)


def charge(  # noqa: C901 - one loop, read from top to bottom
    lines: Iterable[Chargeable],
    rules: Mapping[int, Sequence[Share]],
    terms: Mapping[int, Terms],
    room: dict[int, int],
) -> Iterator[Judgement]:
    """Judge every share of every line, in the order in which the lines are given.

    Shape:  the judgements of a line add up to the line; a share of nothing is not mentioned.
            ``room`` holds what is left of each commitment, with its overhead, and is kept up to
            date.
    Units:  cents. A negative share makes room again.
    """
    known = dict(terms)
    splits = {rule: splitter([share.weight for share in shares]) for rule, shares in rules.items()}
    answers: dict[tuple[object, ...], list[_Answer]] = {}
    for line in lines:
        line_id, incurred_on, cents, category_id, rule, work_package_id, milestone_id = line
        if rule not in splits:
            if cents:
                yield Judgement(line_id, None, cents, Reason.NO_SPLIT_RULE)
            continue
        # Of lines that are alike each commitment says the same, but for its room: asked once.
        alike = (rule, incurred_on, category_id, work_package_id, milestone_id)
        takers = answers.get(alike)
        if takers is None:
            takers = answers[alike] = _answers(line, rules[rule], terms)
        for part, (commitment_id, reason, is_base) in zip(splits[rule](cents), takers, strict=True):
            if not part:
                continue
            if reason is not None:
                yield Judgement(line_id, commitment_id, part, reason)
            elif is_base or part > room[commitment_id]:
                yield from judge(line, part, commitment_id, known, room)
            else:
                # Written out for what is plain: this runs a million times for a large programme.
                room[commitment_id] -= part
                yield Judgement(line_id, commitment_id, part, None)


def judge(
    line: Chargeable, part: int, commitment_id: int, terms: dict[int, Terms], room: dict[int, int]
) -> Iterator[Judgement]:
    """Judge one share of a line, and keep the room and the flat rates up to date."""
    asked = terms[commitment_id]
    reason = why_not(line, asked)
    if reason is not None:
        yield Judgement(line.line_id, commitment_id, part, reason)
        return
    left = room[commitment_id]
    fits = min(part, room_for(line, asked, left)) if part > 0 else part
    if asked.flat_rate and _is_base(line, asked):
        room[commitment_id] = left - asked.flat_rate.cost_of(fits)
        terms[commitment_id] = asked._replace(flat_rate=asked.flat_rate.after(fits))
    else:
        room[commitment_id] = left - fits
    if fits:
        yield Judgement(line.line_id, commitment_id, fits, None)
    if part != fits:
        yield Judgement(line.line_id, commitment_id, part - fits, Reason.COMMITMENT_EXHAUSTED)


def why_not(line: Chargeable, terms: Terms) -> Reason | None:
    """Tell why a commitment does not pay for a cost, whatever its room; the first that holds."""
    if terms.status not in COMMITTED:
        return Reason.NOT_AWARDED
    if line.incurred_on not in terms.period:
        return Reason.OUTSIDE_PERIOD
    if line.category_id not in terms.categories:
        return Reason.CATEGORY_NOT_ALLOWED
    meant = terms.earmarks
    if meant and not (
        line.work_package_id in meant.work_packages or line.milestone_id in meant.milestones
    ):
        return Reason.NOT_EARMARKED
    if terms.flat_rate and line.category_id in terms.flat_rate.covers:
        return Reason.COVERED_BY_FLAT_RATE
    return None


def room_for(line: Chargeable, terms: Terms, left: int) -> int:
    """Give what can be charged of costs like this one, of what is left of a commitment.

    Units:  cents; the overhead on what is charged must fit too.
    """
    if terms.flat_rate and _is_base(line, terms):
        return terms.flat_rate.most(left)
    return max(0, left)


_Answer: TypeAlias = tuple[int, Reason | None, bool]
"""A commitment, why it does not pay, and whether it computes overhead on the cost."""


def _answers(
    line: Chargeable, shares: Sequence[Share], terms: Mapping[int, Terms]
) -> list[_Answer]:
    asked = [(share.commitment_id, terms[share.commitment_id]) for share in shares]
    return [(key, why_not(line, said), _is_base(line, said)) for key, said in asked]


def _is_base(line: Chargeable, terms: Terms) -> bool:
    return terms.flat_rate is not None and line.category_id in terms.flat_rate.base


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

    Shape:  ``left`` is all that nobody pays of the line; what is not eligible stays where it is.
    Errors: ``RuleViolation`` at the field that is wrong, with what is left.
    Source: domain rules 2, 3, 5, 9 and 14.
    """
    open_to_all = [share for share in left if share[1] not in INELIGIBLE]
    unpaid = sum(cents for _, _, cents in open_to_all)
    if amount.cents * line.cents <= 0 or abs(amount.cents) > abs(unpaid):
        raise RuleViolation(
            "{amount} is not what can be charged of this line: {left} of it is paid by nobody.",
            "Charge {left} of it at most.",
            field="amount",
            amount=amount,
            left=Money(unpaid),
        )
    check_terms(line, code, terms)
    _check_room(line, code, amount, terms, room)
    return ByHand(
        line.line_id, commitment_id, amount, taken_from(amount, open_to_all, commitment_id)
    )


def _check_room(line: Chargeable, code: str, amount: Money, terms: Terms, room: Money) -> None:
    fits = Money(room_for(line, terms, room.cents))
    if amount <= fits or amount.cents < 0:
        return
    if terms.flat_rate and fits != room:
        raise RuleViolation(
            "{amount} and the overhead on it, {share}, do not fit: {code} has {room} left.",
            "Charge {fits} of it at most, or have the commitment amended.",
            field="amount",
            amount=amount,
            share=terms.flat_rate.share,
            code=code,
            room=room,
            fits=fits,
        )
    raise RuleViolation(
        "{amount} does not fit: {code} has {room} left.",
        "Charge {room} of it at most, or have the commitment amended.",
        field="amount",
        amount=amount,
        code=code,
        room=fits,
    )


def taken_from(
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


def check_terms(line: Chargeable, code: str, terms: Terms) -> None:
    """Refuse a commitment that does not pay for a cost, whatever its room.

    Errors: ``RuleViolation`` on field ``commitment``.
    """
    refused = why_not(line, terms)
    if refused is None:
        return
    message, hint = REFUSALS[refused]
    share = terms.flat_rate.share if terms.flat_rate else 0
    raise RuleViolation(
        message,
        hint,
        field="commitment",
        code=code,
        status=Code(terms.status),
        first=terms.period.first_day,
        last=terms.period.last_day,
        day=line.incurred_on,
        share=share,
    )


def check_taking_back(
    line: Chargeable, code: str, amount: Money, reason: str, charged: Charged | None
) -> None:
    """Refuse to take back what is not charged, or what counts in a period that is closed.

    Errors: ``RuleViolation`` at the field.
    """
    paid, locked = charged or Charged(0, 0)
    if not reason.strip():
        raise RuleViolation(
            "Say why it is taken back.", "Who looks at the line later reads that.", field="reason"
        )
    if amount.cents * line.cents <= 0 or abs(amount.cents) > abs(paid):
        raise RuleViolation(
            "{amount} cannot be taken back: {code} pays {paid} of this line.",
            "Take back {paid} at most.",
            field="amount",
            amount=amount,
            code=code,
            paid=Money(paid),
        )
    if abs(amount.cents) > abs(paid - locked):
        raise RuleViolation(
            "{locked} of what {code} pays of this line counts in a closed period.",
            "Use the correction “wrong funder” on the line: it takes back in the open period.",
            field="amount",
            code=code,
            locked=Money(locked),
        )


REFUSALS: Final = {
    Reason.NOT_AWARDED: (
        _("{code} is {status} and binds nobody yet."),
        _("Choose a commitment that has been awarded."),
    ),
    Reason.OUTSIDE_PERIOD: (
        _("{code} pays for costs from {first} to {last}; this one was incurred on {day}."),
        _("Choose a commitment whose period holds that day."),
    ),
    Reason.CATEGORY_NOT_ALLOWED: (
        _("{code} does not pay for this category of costs."),
        _("Choose a commitment that allows it."),
    ),
    Reason.NOT_EARMARKED: (
        _("{code} is meant for other work packages or milestones than that of this cost."),
        _("Choose a commitment that is meant for it, or for the whole project."),
    ),
    Reason.COVERED_BY_FLAT_RATE: (
        _("{code} pays {share} overhead as a flat rate, and that covers this category."),
        _("Choose another commitment: charged here too, it would be funded twice."),
    ),
}
"""What is said to a person of each reason for which a commitment does not pay."""
