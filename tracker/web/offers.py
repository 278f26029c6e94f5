"""What can be done with a cost line: who could pay what is left of it, and who pays now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.domain.allocations import INELIGIBLE, room_for, why_not
from tracker.domain.commitments import UNCOUNTED
from tracker.domain.costs import CostState
from tracker.domain.money import ZERO, Money
from tracker.store import charging, commitments
from tracker.store.projects import the_project

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.allocations import Reason
    from tracker.domain.commitments import Commitment
    from tracker.domain.costs import CostLine


@dataclass(frozen=True, slots=True)
class Offer:
    """A commitment beside a cost line: its room, and why it cannot pay, if it cannot."""

    commitment: Commitment
    room: Money
    reason: Reason | None

    @property
    def can_pay(self) -> bool:
        """Tell whether it could pay some of the line."""
        return self.reason is None and bool(self.room)


@dataclass(frozen=True, slots=True)
class Charges:
    """Who pays a cost line, what is open to all funders, and what each of them has room for."""

    paid: dict[str, Money]
    open: Money
    offers: tuple[Offer, ...]


def charges_of(session: Session, line: CostLine) -> Charges:
    """Gather what the page of a cost line shows of charging it.

    Shape:  no offers where nothing can be charged: it waits for the rules, nothing is left, or it
            was taken back.
    """
    left = open_part(line)
    offers = offers_for(session, line) if left and line.state is not CostState.WAITING else ()
    return Charges(paid_by(line), left, offers)


def offers_for(session: Session, line: CostLine) -> tuple[Offer, ...]:
    """Look at every commitment that counts, in the order of the programme."""
    project = the_project(session)
    asked = charging.looked_at(session, line.id)
    terms = commitments.terms_of(session, project.id)
    room = commitments.room_of(session, project.id)
    return tuple(
        Offer(
            commitment,
            Money(room_for(asked, terms[commitment.id], room[commitment.id])),
            why_not(asked, terms[commitment.id]),
        )
        for commitment in commitments.commitments_of(session)
        if commitment.status not in UNCOUNTED
    )


def paid_by(line: CostLine) -> dict[str, Money]:
    """Add up what each commitment pays of a line; who got all of it back is left out."""
    found: dict[str, Money] = {}
    for share in line.shares:
        if not share.reason:
            found[share.commitment] = found.get(share.commitment, ZERO) + share.amount
    return {code: amount for code, amount in found.items() if amount}


def open_part(line: CostLine) -> Money:
    """Give what nobody pays of a line and a funder may be asked for."""
    if line.is_settled:
        return ZERO
    refused = frozenset(reason.value for reason in INELIGIBLE)
    return Money.total(s.amount for s in line.shares if s.reason and s.reason not in refused)
