"""Why a cost line is split as it is: the rule's weights beside what became of each share."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tracker.domain.money import Money
from tracker.store.commitments import commitments_of
from tracker.store.projects import the_project
from tracker.store.splitting import judged_at, rule_for

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.costs import CostLine, CostShare
    from tracker.domain.splitting import SplitRule


@dataclass(frozen=True, slots=True)
class Split:
    """A commitment's part in a cost line: its weight, its share by the rule, what became of it.

    Shape:  ``outcomes`` are the charged part and the parts left with a reason; empty while the
            line waits to be charged.
    """

    commitment: str
    funder: str
    weight: int
    weight_share: Decimal
    share: Money
    outcomes: tuple[CostShare, ...]

    @property
    def charged(self) -> Money:
        """What the commitment pays of the line."""
        return Money.total(outcome.amount for outcome in self.outcomes if not outcome.reason)

    @property
    def left(self) -> tuple[CostShare, ...]:
        """What it does not pay, by reason."""
        return tuple(outcome for outcome in self.outcomes if outcome.reason)


def rule_of(session: Session, line: CostLine) -> SplitRule | None:
    """Give the rule that divided a cost line when it was judged, or that will."""
    if line.is_judged_apart:
        return None
    return rule_for(session, the_project(session).id, line.id, judged_at(session, line.id))


def splits_of(session: Session, line: CostLine) -> tuple[Split, ...]:
    """Explain a cost line by the split rule that divided it, or will; empty where none does.

    Shape:  of a line that was judged, the rule that held at that moment.
    """
    found = rule_of(session, line)
    if found is None:
        return ()
    rule = found.shares
    named = {commitment.id: commitment for commitment in commitments_of(session)}
    parts = line.eligible.share_out([share.weight for share in rule])
    whole = sum(share.weight for share in rule)
    return tuple(
        Split(
            commitment=named[share.commitment_id].code,
            funder=named[share.commitment_id].funder,
            weight=share.weight,
            weight_share=Decimal(share.weight) / whole,
            share=part,
            outcomes=tuple(
                s for s in line.shares if s.commitment == named[share.commitment_id].code
            ),
        )
        for share, part in zip(rule, parts, strict=True)
    )
