"""Split rules: which funders share a cost, told by what the cost is and when it was incurred."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from tracker.domain.errors import RuleViolation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from tracker.domain.allocations import Share, Terms

WEIGHT_MAX: Final = 1_000_000
GAP: Final = 1000
"""Between the places of two rules, so that others fit between them later."""


@dataclass(frozen=True, slots=True)
class SplitRule:
    """A rule for the costs that fit all that it names; of several, the first that fits counts.

    Shape:  what it does not name is ``None`` or ``""``, and any will do. ``supplier`` fits
            whatever the case of its letters. Both days are included.
    """

    id: int
    position: int
    name: str
    shares: tuple[Share, ...]
    is_in_kind: bool = False
    work_package_id: int | None = None
    category_id: int | None = None
    account: str = ""
    supplier: str = ""
    first_day: date | None = None
    last_day: date | None = None

    def is_like(self, other: SplitRule) -> bool:
        """Tell whether another rule says the same, at whatever place."""
        return replace(self, id=0, position=0) == replace(other, id=0, position=0)

    def takes_all_of(self, other: SplitRule) -> bool:
        """Tell whether every cost that fits another rule fits this one too."""
        return (
            self.is_in_kind == other.is_in_kind
            and all(mine in ("", None, theirs) for mine, theirs in _named(self, other))
            and (self.first_day or date.min) <= (other.first_day or date.min)
            and (self.last_day or date.max) >= (other.last_day or date.max)
        )

    def meets(self, terms: Terms) -> bool:
        """Tell whether a cost can be incurred within both the rule and the commitment's period."""
        first, last = self.first_day or date.min, self.last_day or date.max
        return first <= terms.period.last_day and last >= terms.period.first_day


@dataclass(frozen=True, slots=True)
class EndedRule:
    """A rule that holds no more, with who ended it and when."""

    rule: SplitRule
    entered_at: datetime
    ended_at: datetime
    ended_by: str


def _named(rule: SplitRule, other: SplitRule) -> tuple[tuple[object, object], ...]:
    return (
        (rule.work_package_id, other.work_package_id),
        (rule.category_id, other.category_id),
        (rule.account, other.account),
        (rule.supplier.casefold(), other.supplier.casefold()),
    )


def hidden_by(rules: Sequence[SplitRule]) -> dict[int, SplitRule]:
    """Find the rules that can never fit, each with the earlier rule that takes all of its costs.

    Shape:  ``rules`` in the order in which they count.
    """
    found: dict[int, SplitRule] = {}
    for at, rule in enumerate(rules):
        earlier = (before for before in rules[:at] if before.takes_all_of(rule))
        if (first := next(earlier, None)) is not None:
            found[rule.id] = first
    return found


def out_of_time(rule: SplitRule, terms: Mapping[int, Terms]) -> tuple[int, ...]:
    """List the commitments of a rule that pay for no day on which it holds."""
    return tuple(
        share.commitment_id for share in rule.shares if not rule.meets(terms[share.commitment_id])
    )


def check_rule(rule: SplitRule) -> None:
    """Refuse a rule that says nothing, or cannot be carried out.

    Errors: ``RuleViolation`` at the field.
    """
    if not rule.name.strip():
        raise RuleViolation("The rule has no name.", "Name it by what it is for.", field="name")
    if rule.first_day and rule.last_day and rule.first_day > rule.last_day:
        raise RuleViolation(
            "The rule ends on {last}, before it begins on {first}.",
            "Swap the days, or leave one empty.",
            field="last_day",
            first=rule.first_day,
            last=rule.last_day,
        )
    if not rule.shares:
        raise RuleViolation(
            "The rule gives no commitment a weight, so nobody would pay.",
            "Give at least one commitment a weight, such as 100.",
            field="shares",
        )
    if any(not 0 < share.weight <= WEIGHT_MAX for share in rule.shares):
        raise RuleViolation(
            "A weight is a whole number from 1 to {most}.",
            "For percentages, write them as they are: 60 and 40.",
            field="shares",
            most=WEIGHT_MAX,
        )


def place_among(positions: Sequence[int], at: int) -> int | None:
    """Give a place between the rules that stand before and after, in the order in which they count.

    Shape:  ``at`` counts from 0, before the first. ``None`` where two stand side by side, so that
            those after must move on.
    """
    if not positions:
        return 0
    if at <= 0:
        return positions[0] - GAP
    if at >= len(positions):
        return positions[-1] + GAP
    before, after = positions[at - 1], positions[at]
    return (before + after) // 2 if after - before > 1 else None
