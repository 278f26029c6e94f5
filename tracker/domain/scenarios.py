"""Scenarios: what if. They change the outlook that is shown, and nothing that is kept."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tracker.domain.errors import RuleViolation
from tracker.domain.money import ZERO, Money

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from tracker.domain.lapse import Lapse
    from tracker.domain.outlook import Outlook

NAME_MAX: Final = 80
COMPARED_MAX: Final = 3


class ChangeKind(StrEnum):
    """What a scenario supposes."""

    MOVE_MILESTONE = "move_milestone"
    DROP_COMMITMENT = "drop_commitment"
    ADD_COMMITMENT = "add_commitment"
    PACE = "pace"


@dataclass(frozen=True, slots=True)
class Change:
    """One supposition.

    Shape:  ``move_milestone``: ``code`` to ``first_day``. ``drop_commitment``: ``code`` from
            ``first_day`` on. ``add_commitment``: a cash commitment named ``code`` of ``amount``
            over ``first_day`` to ``last_day``, which pays ``share`` of what nobody else pays.
            ``pace``: spending of work package ``code``, of all where it is empty, at ``share``
            of the forecast (1.2 is a fifth faster), from ``first_day`` on.
    """

    kind: ChangeKind
    code: str = ""
    amount: Money = ZERO
    share: Decimal | None = None
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """Suppositions that somebody gave a name."""

    id: int
    name: str
    note: str
    made_by: str
    version: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class NewScenario:
    """A scenario as somebody keeps it."""

    name: str
    note: str
    changes: tuple[Change, ...]


def check_scenario(new: NewScenario, names: Sequence[str]) -> None:
    """Refuse a scenario without a name of its own, or that supposes nothing.

    Shape:  ``names`` are those of the others.
    Errors: ``RuleViolation`` at the field.
    """
    if not new.name.strip():
        raise RuleViolation(
            "The scenario has no name.", "Name it by what it supposes.", field="name"
        )
    if new.name.strip().casefold() in {name.casefold() for name in names}:
        raise RuleViolation(
            "There is a scenario “{name}” already.",
            "Choose another name, or change that one.",
            field="name",
            name=new.name.strip(),
        )
    if not new.changes:
        raise RuleViolation(
            "The scenario supposes nothing, so it is the outlook as it is.",
            "Suppose at least one change, and show what comes of it.",
        )
    for change in new.changes:
        check_change(change)


def check_change(change: Change) -> None:
    """Refuse a supposition that cannot be.

    Errors: ``RuleViolation``.
    """
    first, last = change.first_day, change.last_day
    if change.kind is ChangeKind.ADD_COMMITMENT:
        if change.amount <= ZERO:
            raise RuleViolation(
                "{code} is supposed to bring nothing.", "Enter its amount.", code=change.code
            )
        if first and last and last < first:
            raise RuleViolation(
                "{code} ends on {last}, before it begins on {first}.",
                "Swap the days.",
                code=change.code,
                first=first,
                last=last,
            )


@dataclass(frozen=True, slots=True)
class Beside:
    """The outlook as it would be, beside the outlook as it is."""

    as_is: Outlook
    as_supposed: Outlook

    @property
    def appearing(self) -> tuple[Lapse, ...]:
        """What would lapse, and does not now."""
        known = {one.commitment for one in self.as_is.lapses}
        return tuple(one for one in self.as_supposed.lapses if one.commitment not in known)

    @property
    def disappearing(self) -> tuple[Lapse, ...]:
        """What lapses now, and would not."""
        kept = {one.commitment for one in self.as_supposed.lapses}
        return tuple(one for one in self.as_is.lapses if one.commitment not in kept)

    @property
    def differing(self) -> tuple[tuple[Lapse, Lapse], ...]:
        """What lapses either way, of other amounts: as it is, and as it would be."""
        now = {one.commitment: one for one in self.as_is.lapses}
        return tuple(
            (now[one.commitment], one)
            for one in self.as_supposed.lapses
            if one.commitment in now and now[one.commitment].amount != one.amount
        )


def cash_over(outlook: Outlook, months: Sequence[date]) -> tuple[Money, ...]:
    """Give the cash at the end of each of these months; before the first none, after the last its.

    Shape:  so that two outlooks can be drawn over the same months.
    """
    known = dict(zip(outlook.months, outlook.cash, strict=True))
    last = outlook.months[-1]
    return tuple(known.get(month, outlook.cash[-1] if month > last else ZERO) for month in months)
