"""Ceilings: the most that is allowed, what of it is used, and the room that is left."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.domain.money import ZERO, Money


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most that is allowed, and what of it is used."""

    amount: Money
    used: Money

    @property
    def room(self) -> Money:
        """What still fits; never below zero."""
        return max(ZERO, self.amount - self.used)

    def has_room_for(self, more: Money) -> bool:
        """Whether so much more fits; what lowers the total always does."""
        return more <= max(ZERO, self.amount - self.used)
