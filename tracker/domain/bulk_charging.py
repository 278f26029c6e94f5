"""Charging many cost lines at once: what is left of them, the rules again, or taking back.

Everything here says what would become of each line; nothing is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from tracker.domain.allocations import INELIGIBLE, ChargeKind, Reason, judge, taken_from
from tracker.domain.errors import RuleViolation
from tracker.domain.money import Money, share_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tracker.domain.allocations import Chargeable, Charged, Share, Terms

    Key: TypeAlias = tuple[int | None, str]  # a commitment and the reason, of what is left


class Aim(StrEnum):
    """What is to be done with the lines of a list."""

    TO_COMMITMENT = "to_commitment"
    AGAIN = "again"
    TAKE_BACK = "take_back"


KINDS = {
    Aim.TO_COMMITMENT: ChargeKind.IN_BULK,
    Aim.AGAIN: ChargeKind.AGAIN,
    Aim.TAKE_BACK: ChargeKind.TAKEN_BACK,
}


class Fate(StrEnum):
    """What becomes of a line, besides that a share of it is left for a reason."""

    CHARGED = "is_charged"
    TAKEN_BACK = "is_taken_back"
    WAITS = "waits_for_rules"
    SETTLED = "is_settled"
    NOTHING_LEFT = "nothing_left"
    NOTHING_CHARGED = "nothing_charged"
    LOCKED = "in_closed_period"


DEEDS = {
    Aim.TO_COMMITMENT: "charge in bulk",
    Aim.AGAIN: "charge again",
    Aim.TAKE_BACK: "take charges back",
}


DONE = frozenset({Fate.CHARGED, Fate.TAKEN_BACK})


class Wish(NamedTuple):
    """What is to be done, and with which commitment; a taking back may name none, for all."""

    aim: Aim
    commitment_id: int | None = None
    reason: str = ""


class Standing(NamedTuple):
    """A cost line as it stands: who pays of it, and what is left and why, in cents."""

    line: Chargeable
    charged: Mapping[int, Charged]
    left: Mapping[Key, int]
    is_waiting: bool = False
    is_settled: bool = False


class Change(NamedTuple):
    """What is added to who pays of a line, and to what is left of it, in cents."""

    line_id: int
    charged: Mapping[int, int]
    left: Mapping[Key, int]


class Step(NamedTuple):
    """What becomes of one line: each fate or reason with its cents, and the change, if any."""

    fates: tuple[tuple[str, int], ...]
    change: Change | None = None


@dataclass(slots=True)
class BulkRun:
    """What becomes of all the lines of a list.

    Shape:  ``fates`` by what becomes of them: the number of lines and the cents. A line of which
            a part is charged counts under both.
    """

    line_count: int = 0
    fates: dict[str, tuple[int, int]] = field(default_factory=dict)
    by_commitment: dict[int, int] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)

    @property
    def done(self) -> tuple[int, Money]:
        """Count the lines of which something is charged or taken back, and add it up."""
        found = [self.fates[fate] for fate in sorted(DONE) if fate in self.fates]
        return sum(count for count, _ in found), Money(sum(cents for _, cents in found))

    @property
    def told(self) -> tuple[tuple[str, int, Money, bool], ...]:
        """Tell what becomes of the lines: what is done first, then why the rest is not."""
        order = [*(f.value for f in Fate), *(r.value for r in Reason)]
        return tuple(
            (fate, *self._figures(fate), fate in DONE) for fate in order if fate in self.fates
        )

    def _figures(self, fate: str) -> tuple[int, Money]:
        count, cents = self.fates[fate]
        return count, Money(cents)

    def add(self, step: Step) -> None:
        """Add what becomes of one more line."""
        self.line_count += 1
        for fate, cents in step.fates:
            count, total = self.fates.get(fate, (0, 0))
            self.fates[fate] = count + 1, total + cents
        if step.change:
            self.changes.append(step.change)
            for key, cents in step.change.charged.items():
                self.by_commitment[key] = self.by_commitment.get(key, 0) + cents


def run_over(
    standings: Iterable[Standing],
    wish: Wish,
    rules: Mapping[int, Sequence[Share]],
    terms: Mapping[int, Terms],
    room: dict[int, int],
) -> BulkRun:
    """Judge lines in the order in which they are given.

    Shape:  ``room`` holds what is left of each commitment, and is kept up to date.
    """
    run, known = BulkRun(), dict(terms)
    steps: dict[Aim, Callable[[Standing], Step]] = {
        Aim.TO_COMMITMENT: lambda s: charge_left(s, wish.commitment_id or 0, known, room),
        Aim.AGAIN: lambda s: judge_again(s, rules.get(s.line.rule, ()), known, room),
        Aim.TAKE_BACK: lambda s: take_all_back(s, wish.commitment_id),
    }
    for standing in standings:
        run.add(_stopped(standing) or steps[wish.aim](standing))
    return run


def charge_left(
    standing: Standing, commitment_id: int, terms: dict[int, Terms], room: dict[int, int]
) -> Step:
    """Charge all that is left of a line to a commitment, as far as it pays for it."""
    left = {key: cents for key, cents in standing.left.items() if key[1] not in INELIGIBLE}
    unpaid = sum(left.values())
    if not unpaid:
        return Step(((Fate.NOTHING_LEFT, 0),))
    found = list(judge(standing.line, unpaid, commitment_id, terms, room))
    fates = tuple((each.reason or Fate.CHARGED, each.cents) for each in found)
    fits = sum(each.cents for each in found if each.reason is None)
    if not fits:
        return Step(fates)
    shares = [(share_of, reason, cents) for (share_of, reason), cents in left.items()]
    taken = taken_from(Money(fits), shares, commitment_id)
    off = {(share_of, reason): -cents for share_of, reason, cents in taken}
    return Step(fates, Change(standing.line.line_id, {commitment_id: fits}, off))


def judge_again(
    standing: Standing, shares: Sequence[Share], terms: dict[int, Terms], room: dict[int, int]
) -> Step:
    """Judge again, by the rule that fits now, what the rules left of a line.

    Shape:  what is charged stays charged, and what a person took back stays left.
    """
    left = {key: cents for key, cents in standing.left.items() if _is_of_rules(key)}
    unpaid = sum(left.values())
    if not unpaid:
        return Step(((Fate.NOTHING_LEFT, 0),))
    charged: dict[int, int] = {}
    after: dict[Key, int] = {}
    for commitment_id, part in _missing(standing, shares, unpaid):
        for each in judge(standing.line, part, commitment_id, terms, room):
            if each.reason is None:
                charged[commitment_id] = charged.get(commitment_id, 0) + each.cents
            else:
                after[commitment_id, each.reason] = each.cents
    if not shares:
        after[None, Reason.NO_SPLIT_RULE] = unpaid
    off = {key: after.get(key, 0) - left.get(key, 0) for key in (*left, *after)}
    off = {key: cents for key, cents in off.items() if cents}
    fates: list[tuple[str, int]] = [(Fate.CHARGED, sum(charged.values()))] if charged else []
    fates += [(reason, cents) for (_, reason), cents in after.items()]
    change = Change(standing.line.line_id, charged, off) if off else None
    return Step(_summed(fates), change)


def take_all_back(standing: Standing, commitment_id: int | None) -> Step:
    """Take back what a commitment pays of a line, or all do; a closed period keeps its own."""
    charged = {
        key: paid
        for key, paid in standing.charged.items()
        if commitment_id is None or key == commitment_id
    }
    if not charged:
        return Step(((Fate.NOTHING_CHARGED, 0),))
    free = {key: paid.cents - paid.locked for key, paid in charged.items()}
    free = {key: cents for key, cents in free.items() if cents}
    locked = sum(paid.locked for paid in charged.values())
    fates: list[tuple[str, int]] = [(Fate.TAKEN_BACK, sum(free.values()))] if free else []
    fates += [(Fate.LOCKED, locked)] if locked else []
    if not free:
        return Step(tuple(fates))
    left: dict[Key, int] = {(key, Reason.TAKEN_BACK): cents for key, cents in free.items()}
    off = {key: -cents for key, cents in free.items()}
    return Step(tuple(fates), Change(standing.line.line_id, off, left))


def check_reason(wish: Wish) -> None:
    """Refuse to take back without saying why.

    Errors: ``RuleViolation`` on field ``reason``.
    """
    if wish.aim is Aim.TAKE_BACK and not wish.reason.strip():
        raise RuleViolation(
            "Say why it is taken back.", "Who looks at the lines later reads that.", field="reason"
        )


def _stopped(standing: Standing) -> Step | None:
    if standing.is_settled:
        return Step(((Fate.SETTLED, standing.line.cents),))
    if standing.is_waiting:
        return Step(((Fate.WAITS, standing.line.cents),))
    return None


def _is_of_rules(key: Key) -> bool:
    return key[1] not in INELIGIBLE and key[1] != Reason.TAKEN_BACK


def _missing(standing: Standing, shares: Sequence[Share], unpaid: int) -> Iterable[tuple[int, int]]:
    """Tell what each commitment lacks of its share by the rule, in order, until nothing is left."""
    if not shares:
        return
    eligible = sum(cents for key, cents in standing.left.items() if key[1] not in INELIGIBLE)
    whole = eligible + sum(paid.cents for paid in standing.charged.values())
    sign = -1 if unpaid < 0 else 1
    for share, part in zip(shares, share_out(whole, [s.weight for s in shares]), strict=True):
        key = share.commitment_id
        paid = standing.charged[key].cents if key in standing.charged else 0
        held = paid + standing.left.get((key, Reason.TAKEN_BACK), 0)
        lacks = min(max(0, (part - held) * sign), unpaid * sign) * sign
        if lacks:
            yield key, lacks
            unpaid -= lacks


def _summed(fates: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    found: dict[str, int] = {}
    for fate, cents in fates:
        found[fate] = found.get(fate, 0) + cents
    return tuple(found.items())
