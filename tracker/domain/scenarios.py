"""Scenarios: what if. They change the outlook that is shown, and nothing that is kept."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tracker.domain.money import ZERO, Money

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal


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
