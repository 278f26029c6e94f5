"""A list of milestones with their money: which it shows, in which order, and what it adds up to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from tracker.domain.money import ZERO, Money

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from tracker.domain.milestones import Milestone, Standing

PAGE = 100


@dataclass(frozen=True, slots=True)
class MilestoneMoney:
    """What a milestone is planned to cost, and what of that is committed, charged and at risk.

    Shape:  ``committed`` is the part of the plan that binding commitments pay; ``charged`` are
            the costs booked to the milestone that were charged to anybody.
    """

    planned: Money = ZERO
    committed: Money = ZERO
    charged: Money = ZERO
    at_risk: Money = ZERO

    @property
    def to_come(self) -> Money:
        """What is planned and not charged yet; never below zero."""
        return max(ZERO, self.planned - self.charged)

    @property
    def over(self) -> Money:
        """What is charged beyond the plan; never below zero."""
        return max(ZERO, self.charged - self.planned)


@dataclass(frozen=True, slots=True)
class Listed:
    """A milestone with its money."""

    milestone: Milestone
    money: MilestoneMoney


class Order(StrEnum):
    """By what a list of milestones can be put in order."""

    CODE = "code"
    TITLE = "title"
    OWNER = "owner"
    CURRENT = "current"
    SLIP = "slip"
    PROGRESS = "progress"
    PLANNED = "planned"
    CHARGED = "charged"
    AT_RISK = "at_risk"


@dataclass(frozen=True, slots=True)
class MilestoneFilter:
    """Which milestones a list shows. An absent wish is ``None`` or ``""``."""

    text: str = ""
    standing: Standing | None = None
    work_package: str = ""
    owner: str = ""
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Sums:
    """What a list adds up to: each row for itself, so that no plan hides what is over another."""

    planned: Money
    committed: Money
    charged: Money
    to_come: Money
    over: Money
    at_risk: Money


def chosen(
    listed: Iterable[Listed], wish: MilestoneFilter, today: date, order: str = ""
) -> list[Listed]:
    """Give the milestones that fit a wish, in an order; without one, in that of the project."""
    found = [one for one in listed if fits(one.milestone, wish, today)]
    if order:
        found.sort(key=_KEYS[Order(order.removeprefix("-"))], reverse=order.startswith("-"))
    return found


def fits(milestone: Milestone, wish: MilestoneFilter, today: date) -> bool:
    """Tell whether a milestone is among those that a list shows."""
    text = wish.text.casefold()
    wanted = (
        text in milestone.code.casefold() or text in milestone.title.casefold(),
        wish.standing in (None, milestone.standing(today)),
        wish.work_package in ("", milestone.work_package),
        wish.owner in ("", milestone.owner),
        not wish.is_late or milestone.days_late(today) > 0,
    )
    return all(wanted)


def sums_of(listed: Iterable[Listed]) -> Sums:
    """Add up the money of milestones."""
    money = [one.money for one in listed]
    return Sums(
        planned=Money.total(one.planned for one in money),
        committed=Money.total(one.committed for one in money),
        charged=Money.total(one.charged for one in money),
        to_come=Money.total(one.to_come for one in money),
        over=Money.total(one.over for one in money),
        at_risk=Money.total(one.at_risk for one in money),
    )


_KEYS: Final[dict[Order, Callable[[Listed], Any]]] = {
    Order.CODE: lambda one: _natural(one.milestone.code),
    Order.TITLE: lambda one: one.milestone.title.casefold(),
    Order.OWNER: lambda one: (one.milestone.owner.casefold(), one.milestone.current),
    Order.CURRENT: lambda one: one.milestone.met_on or one.milestone.current,
    Order.SLIP: lambda one: one.milestone.slip_days(),
    Order.PROGRESS: lambda one: one.milestone.progress,
    Order.PLANNED: lambda one: one.money.planned,
    Order.CHARGED: lambda one: one.money.charged,
    Order.AT_RISK: lambda one: one.money.at_risk,
}


def _natural(code: str) -> tuple[str, int, str]:
    """Sort M10 after M9."""
    letters = code.rstrip("0123456789")
    number = code[len(letters) :]
    return letters.casefold(), int(number or 0), code
