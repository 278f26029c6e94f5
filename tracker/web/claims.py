"""What a commitment can be asked for: its direct costs, computed overhead, and its share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.domain.flat_rates import claim_with
from tracker.domain.money import ZERO
from tracker.store.terms import terms_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from tracker.domain.commitments import Commitment
    from tracker.domain.flat_rates import Claim
    from tracker.domain.money import Money


def claim_of(
    session: Session, commitment: Commitment, charged: Iterable[tuple[int, str, Money]]
) -> Claim | None:
    """Compute what a commitment can be asked for, from what is charged to it by category.

    Shape:  nothing for a commitment that does not bind, or that pays its charges as they are.
    """
    sheet, day = terms_of(session, commitment.programme_id), commitment.decided_on
    overhead = sheet.share("overhead_share", day=day)
    if not commitment.is_committed or not (overhead or commitment.share):
        return None
    costs: dict[str, Money] = {}
    for _, category, amount in charged:
        costs[category] = costs.get(category, ZERO) + amount
    return claim_with(
        list(costs.items()),
        sheet.categories("overhead_base", day=day) or (),
        overhead,
        funding_share=commitment.share,
        committed=commitment.amount,
    )
