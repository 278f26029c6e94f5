"""What the sample's office agreed on charging: a rule for later years, and overhead of a flat rate.

The amounts, and who would pay, are made up.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from tracker.actions import splitting as deeds
from tracker.actions import terms
from tracker.domain.allocations import Share
from tracker.domain.splitting import SplitRule
from tracker.domain.terms import DatedTerm
from tracker.store import splitting
from tracker.store.commitments import commitment_named
from tracker.store.projects import categories_of, the_project
from tracker.store.terms import terms_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor

EQUIPMENT = "Equipment, late 2025"
AGREED = (("overhead_share", "10"), ("overhead_base", "personnel"))


def live_through(session: Session, *, by: Actor) -> None:
    """Do what was agreed, or what an interrupted run left of it."""
    _share_equipment(session, by)
    university = commitment_named(session, "UL-1")
    known = terms_of(session, university.programme_id)
    for name, value in AGREED:
        if not known.history(name):
            term = DatedTerm(
                name, "", value, university.decided_on, "Made up for the sample", is_verified=False
            )
            terms.change_term(session, university.programme_id, term, by=by)


def _share_equipment(session: Session, by: Actor) -> None:
    """Enter a rule for equipment, and change its weights once."""
    project = the_project(session)
    rules = splitting.split_rules(session, project.id)
    payers = [commitment_named(session, code).id for code in ("NGF-1", "LUMC-1")]
    wished = SplitRule(
        id=0,
        position=0,
        name=EQUIPMENT,
        shares=tuple(Share(key, weight) for key, weight in zip(payers, (60, 40), strict=True)),
        category_id=categories_of(session, project.id)["equipment"],
        first_day=date(2025, 10, 1),
    )
    known = next((rule for rule in rules if rule.name == EQUIPMENT), None)
    if known is None:
        first = replace(wished, shares=tuple(Share(key, 50) for key in payers))
        key = deeds.enter_rule(session, first, before=rules[0].id, by=by)
        deeds.change_rule(session, key, wished, by=by)
