"""What orders ask attention for: invoices that are late, and more than was committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.domain.errors import Sentence
from tracker.domain.money import Money
from tracker.domain.obligations import over_committed
from tracker.domain.policy import Permission
from tracker.domain.texts import mark as _
from tracker.store.commitments import commitments_of
from tracker.store.obligations import obligations_of
from tracker.store.projects import the_project
from tracker.web.attention import Matter
from tracker.web.language import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.commitments import Commitment
    from tracker.domain.errors import Fact
    from tracker.domain.obligations import Obligation


ONE_DAY_LATE = _("The invoice of order {reference} of {supplier} is {days} day late.")
DAYS_LATE = _("The invoice of order {reference} of {supplier} is {days} days late.")


def warnings_of(session: Session, orders: Iterable[Obligation]) -> list[str]:
    """Say of which commitments the charges and the open orders exceed what was committed.

    Shape:  of the commitments that these orders name.
    """
    named = {one.commitment for one in orders if one.commitment and one.open}
    if not named:
        return []
    found = commitments_of(session)
    warnings = (warning_of(one, ordered_for(session, one)) for one in found if one.code in named)
    return [warning for warning in warnings if warning]


def ordered_for(session: Session, commitment: Commitment) -> Money:
    """Give what is ordered for a commitment and not yet invoiced."""
    project = the_project(session)
    found = obligations_of(session, project.id, commitment.id)
    return Money.total(one.open for one in found)


def late_orders(orders: Iterable[Obligation], today: date) -> Iterator[Matter]:
    """Say which orders are late with their invoice."""
    for one in orders:
        if days := one.days_late(today):
            facts: dict[str, Fact] = {"reference": one.reference, "supplier": one.supplier}
            what = ONE_DAY_LATE if days == 1 else DAYS_LATE
            said = Sentence(what, {**facts, "days": days})
            values = {"key": str(one.id)}
            to, asks = "obligations.show", Permission.BRING_IN_BOOKS
            yield Matter("late", said, one.open, to, values, one.expected_on, asks)


def warning_of(commitment: Commitment, ordered: Money) -> str:
    """Say that charges and orders exceed what was committed; nothing where they do not."""
    over = over_committed(commitment.amount, commitment.charged, ordered)
    if not over:
        return ""
    return say(
        "{code}: {charged} charged and {ordered} ordered come to {over} more than the {committed}"
        " that was committed.",
        code=commitment.code,
        charged=commitment.charged,
        ordered=ordered,
        over=over,
        committed=commitment.amount,
    )
