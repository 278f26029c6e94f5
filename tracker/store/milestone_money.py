"""The money on milestones: planned, committed, charged, and at risk."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tracker.domain.milestone_lists import Listed, MilestoneMoney
from tracker.domain.money import ZERO, Money
from tracker.domain.risk import at_risk
from tracker.store.milestone_plans import planned_of
from tracker.store.milestones import milestones_of
from tracker.store.risk import risks_on
from tracker.store.spending import By, charged

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.risk import Risk
    from tracker.store.milestone_plans import Planned


class MilestoneList(NamedTuple):
    """All milestones with their money, and every risk, of which some are of no milestone."""

    listed: tuple[Listed, ...]
    risks: tuple[Risk, ...]

    @property
    def at_risk(self) -> Money:
        """Everything that is at risk, each euro once."""
        return at_risk(self.risks)


def milestone_list(session: Session, today: date) -> MilestoneList:
    """Give the milestones with their money, in their order."""
    risks, plans = risks_on(session, today), planned_of(session)
    planned = _sums(plans)
    committed = _sums(one for one in plans if one.is_binding)
    spent = charged(session, By.MILESTONE)
    held: dict[tuple[int, str], Money] = {}
    for risk in risks:
        key = (risk.project_id, risk.milestone)
        held[key] = held.get(key, ZERO) + risk.counts
    return MilestoneList(
        tuple(
            Listed(
                one,
                MilestoneMoney(
                    planned.get(one.id, ZERO),
                    committed.get(one.id, ZERO),
                    Money(spent.get((one.id,), 0)),
                    held.get((one.project_id, one.code), ZERO),
                ),
            )
            for one in milestones_of(session)
        ),
        risks,
    )


def _sums(plans: Iterable[Planned]) -> dict[int, Money]:
    found: dict[int, Money] = {}
    for one in plans:
        found[one.milestone_id] = found.get(one.milestone_id, ZERO) + one.amount
    return found
