"""What charging would do, told before it is done: by commitment, by reason, and line by line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from tracker.domain.allocations import Reason
from tracker.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tracker.domain.allocations import Chargeable, Judgement

FIRST: Final = 100
"""So many lines are told one by one."""


class Effect(NamedTuple):
    """What would be charged to one commitment, and the room that it has before and after."""

    commitment_id: int
    shares: int
    amount: Money
    room_before: Money
    room_after: Money


class LeftFor(NamedTuple):
    """What would be left for one reason."""

    reason: Reason
    shares: int
    amount: Money


@dataclass(frozen=True, slots=True)
class DryRun:
    """What the split rules would do with what waits, and by which state of the ledger.

    Shape:  ``first`` are the judgements of the first lines, by line in the order of charging;
            ``without_rule`` the first lines that no rule fits.
    """

    lines: int
    amount: Money
    effects: tuple[Effect, ...]
    left: tuple[LeftFor, ...]
    first: Mapping[int, tuple[Judgement, ...]]
    without_rule: tuple[int, ...]
    state: str

    @property
    def charged(self) -> Money:
        """All that would be charged."""
        return Money.total(effect.amount for effect in self.effects)

    @property
    def left_total(self) -> Money:
        """All that would be left."""
        return Money.total(each.amount for each in self.left)


def dry_run(
    lines: Sequence[Chargeable],
    judgements: Iterable[Judgement],
    before: Mapping[int, int],
    after: Mapping[int, int],
    state: str,
) -> DryRun:
    """Add up what charging would do.

    Shape:  ``after`` is the room that the judging keeps up to date while it is read here.
    """
    tally = _Tally({line[0]: [] for line in lines[:FIRST]})
    for judgement in judgements:
        tally.add(judgement)
    effects = tuple(
        Effect(key, shares, Money(total), Money(before[key]), Money(after[key]))
        for key, (shares, total) in sorted(tally.charged.items())
    )
    left = tuple(
        LeftFor(reason, tally.left[reason][0], Money(tally.left[reason][1]))
        for reason in Reason
        if reason in tally.left
    )
    return DryRun(
        lines=len(lines),
        amount=Money(tally.total),
        effects=effects,
        left=left,
        first={line_id: tuple(found) for line_id, found in tally.first.items()},
        without_rule=tuple(tally.without_rule),
        state=state,
    )


@dataclass(slots=True)
class _Tally:
    """What was judged so far: shares and cents by commitment, and by reason."""

    first: dict[int, list[Judgement]]
    charged: dict[int, tuple[int, int]] = field(default_factory=dict)
    left: dict[Reason, tuple[int, int]] = field(default_factory=dict)
    without_rule: list[int] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All that was judged, in cents."""
        return sum(total for _, total in (*self.charged.values(), *self.left.values()))

    def add(self, judgement: Judgement) -> None:
        """Add one share."""
        line_id, commitment_id, cents, reason = judgement
        if line_id in self.first:
            self.first[line_id].append(judgement)
        if reason is not None:
            shares, total = self.left.get(reason, (0, 0))
            self.left[reason] = shares + 1, total + cents
        elif commitment_id is not None:
            shares, total = self.charged.get(commitment_id, (0, 0))
            self.charged[commitment_id] = shares + 1, total + cents
        if reason is Reason.NO_SPLIT_RULE and len(self.without_rule) < FIRST:
            self.without_rule.append(line_id)
