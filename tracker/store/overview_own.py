"""Reading what the overview shows to a funder: what is its own, and nothing of others."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import select

from tracker.domain.commitments import funding_totals
from tracker.domain.deadlines import OF_FUNDERS
from tracker.domain.headlines import Past, days_of_year, headlines_of
from tracker.domain.money import ZERO, Money
from tracker.domain.overview import OwnFacts, OwnMilestone
from tracker.store.deadlines import deadlines_on
from tracker.store.headlines import pasts_of
from tracker.store.instalments import InstalmentRow
from tracker.store.milestones import MilestoneFundingRow, MilestoneRow, milestones_of
from tracker.store.spending import By, charged

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.commitments import Commitment

OF_COMMITMENTS = 3
"""How many of the five figures are known of commitments: the first ones."""


def own_facts(session: Session, seen: Sequence[Commitment], today: date) -> OwnFacts:
    """Gather what the overview shows to who sees only these commitments."""
    keys = {one.id: 0 for one in seen}
    past = pasts_of(session, keys, today).get(0, Past())
    none_at_risk = [ZERO for _ in days_of_year(today)]
    codes = {one.code for one in seen}
    return OwnFacts(
        as_of=today,
        commitments=tuple(seen),
        headlines=headlines_of(funding_totals(seen), past, none_at_risk, today)[:OF_COMMITMENTS],
        milestones=_milestones(session, set(keys)),
        dues=tuple(
            due
            for due in deadlines_on(session, today)
            if due.commitment in codes and due.kind in OF_FUNDERS
        ),
    )


def _milestones(session: Session, commitments: set[int]) -> tuple[OwnMilestone, ...]:
    """Give the milestones that these commitments pay for, or that release their instalments."""
    row = MilestoneFundingRow
    planned: defaultdict[int, int] = defaultdict(int)
    for key, cents in session.execute(
        select(row.milestone_id, row.amount).where(row.commitment_id.in_(commitments))
    ):
        planned[key] += cents
    paid: defaultdict[int, int] = defaultdict(int)
    for (commitment, milestone), cents in charged(session, By.COMMITMENT, By.MILESTONE).items():
        if commitment in commitments and milestone:
            paid[milestone] += cents
    released = session.scalars(
        select(MilestoneRow.id)
        .join(InstalmentRow, InstalmentRow.id == MilestoneRow.releases_id)
        .where(InstalmentRow.commitment_id.in_(commitments))
    )
    own = {*planned, *paid, *released}
    return tuple(
        OwnMilestone(one, Money(planned[one.id]), Money(paid[one.id]))
        for one in milestones_of(session)
        if one.id in own
    )
