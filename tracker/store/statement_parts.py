"""Reading what a statement tells beside its costs by category."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tracker.domain.statement_changes import changed_since
from tracker.domain.statements import required_beside
from tracker.store.report_chain import facts_carried_on
from tracker.store.statement_hours import contributions_in, hours_of
from tracker.store.statement_sources import ordered_of, sources_of, spent_beside
from tracker.store.terms import terms_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from decimal import Decimal

    from sqlalchemy.orm import Session

    from tracker.domain.commitments import Commitment
    from tracker.domain.statements import StatementFacts


def with_parts(
    session: Session, facts: StatementFacts, rows: tuple[Any, ...], is_told: Callable[[date], bool]
) -> StatementFacts:
    """Add hours, contributions, sources, orders, and what changed since the last report.

    Shape:  ``rows`` is the condition of what was charged; ``is_told`` tells of the day on which a
            cost line counts whether the report tells it.
    """
    commitment, day = facts.commitment, facts.period.last_day
    whole = replace(
        facts,
        hours=hours_of(session, rows, is_told),
        contributions=contributions_in(session, rows, is_told),
        sources=sources_of(session, commitment, day),
        threshold=_threshold(session, commitment),
        ordered=ordered_of(session, commitment, day),
        own_required=required_beside(commitment.amount, commitment.share),
        own_spent=spent_beside(session, commitment, day),
    )
    before = facts_carried_on(session, commitment.id, facts.period.first_day)
    return replace(whole, changed=changed_since(before, whole)) if before else whole


def _threshold(session: Session, commitment: Commitment) -> Decimal | None:
    sheet = terms_of(session, commitment.programme_id)
    return sheet.share("deviation_threshold", day=commitment.decided_on)
