"""The final account of a commitment: what its determination rests on, and what is then settled."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from tracker.domain.deadlines import DeadlineKind, Weeks, weeks_after
from tracker.domain.determination import Materiality, Settlement, materiality, needs_auditor
from tracker.domain.money import ZERO, Money

if TYPE_CHECKING:
    from datetime import date

    from tracker.domain.commitments import Commitment
    from tracker.domain.statement_parts import SourceSum

UNQUALIFIED: Final = Decimal("0.01")
ADVERSE: Final = Decimal("0.03")
"""Error up to which an auditor says nothing, and above which the opinion is adverse.

Source: Controleprotocol (Regeling nationale EZ-subsidies, bijlage 1.3).
"""


NO_WEEKS: Final = Weeks()


class Step(NamedTuple):
    """A step towards settlement: when its term began, how long it is, and when it was done."""

    kind: DeadlineKind
    since: date | None
    weeks: int | None
    done_on: date | None

    @property
    def due_on(self) -> date | None:
        """Its last day, where its term has begun and the programme gives one."""
        if self.since is None or self.weeks is None:
            return None
        return weeks_after(self.since, self.weeks)


@dataclass(frozen=True, slots=True)
class FinalAccount:
    """What the determination of a commitment rests on, beside its costs and its receipts.

    Shape:  ``others`` are those who paid for the same costs, added up so that no single one is
            told; nothing where that cannot be done. ``weeks`` are the programme's, and so are
            ``auditor_from`` and ``advance_limit``: ``None`` where it says nothing.
    Units:  ``total_cost`` is all of the costs that the commitment pays a part of.
    """

    total_cost: Money
    others: tuple[SourceSum, ...] = ()
    weeks: Weeks = NO_WEEKS
    requested_on: date | None = None
    claimed: Money | None = None
    determined_on: date | None = None
    auditor_from: Money | None = None
    advance_limit: Money | None = None

    @property
    def paid_by_others(self) -> Money:
        """What others paid of the same costs."""
        return Money.total(one.charged for one in self.others)

    def paid_by_nobody(self, charged: Money) -> Money:
        """Give what is left of the costs once everybody has paid."""
        return self.total_cost - charged - self.paid_by_others

    def claim(self, commitment: Commitment, charged: Money) -> Money:
        """Give what was claimed, or what can be: the costs, and never more than was committed."""
        if self.claimed is not None:
            return self.claimed
        return max(ZERO, min(charged, commitment.amount))

    def settlement(self, commitment: Commitment, charged: Money, received: Money) -> Settlement:
        """Settle what was determined, or else what is claimed, with the advances.

        Source: Awb 4:95.
        """
        determined = commitment.determined
        if determined is None:
            determined = self.claim(commitment, charged)
        return Settlement(determined, received)

    def steps(self, commitment: Commitment) -> tuple[Step, ...]:
        """List the steps towards settlement; a term begins when the step before it is done.

        Source: Awb 4:87 (payment); the others by programme.
        """
        return (
            Step(
                DeadlineKind.DETERMINATION_REQUEST,
                commitment.period.last_day,
                self.weeks.request,
                self.requested_on,
            ),
            Step(
                DeadlineKind.DETERMINATION_DECISION,
                self.requested_on,
                self.weeks.decision,
                self.determined_on,
            ),
            Step(
                DeadlineKind.SETTLEMENT_PAYMENT,
                self.determined_on,
                self.weeks.payment,
                None,
            ),
        )

    def needs_auditor(self, commitment: Commitment) -> bool:
        """Tell whether an auditor's report goes with the request."""
        return needs_auditor(commitment.amount, self.auditor_from)


def limits_of(charged: Money) -> Materiality:
    """Give the two limits of error that an auditor holds against the costs."""
    return materiality(charged, UNQUALIFIED, ADVERSE)
