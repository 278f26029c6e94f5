"""How far commitments are on their way to settlement, and what is due next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker.domain.commitments import Form, Status
from tracker.domain.deadlines import Weeks, next_deadline
from tracker.domain.determination import Settlement
from tracker.store.amendments import confirmed_decisions
from tracker.store.determination import requests_of
from tracker.store.terms import term_sheets

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.commitments import Commitment
    from tracker.domain.deadlines import Deadline
    from tracker.domain.terms import TermSheet
    from tracker.store.determination import DeterminationRequest

OPEN = frozenset({Status.AWARDED, Status.DETERMINED})


@dataclass(frozen=True, slots=True)
class Ending:
    """How far a commitment is on its way to settlement.

    Shape:  ``next`` is nothing where the programme gives no weeks, or nothing is due any more;
            ``settlement`` is there once the funder determined the amount.
    """

    commitment: Commitment
    request: DeterminationRequest | None
    determined_on: date | None
    next: Deadline | None
    settlement: Settlement | None

    @property
    def is_open(self) -> bool:
        """Whether something of it is still to be done."""
        return self.commitment.status in OPEN


def endings_of(session: Session, commitments: Iterable[Commitment]) -> list[Ending]:
    """Tell how far commitments are on their way to settlement."""
    requests, sheets = requests_of(session), term_sheets(session)
    determined = {
        entered.commitment: entered.decision.decided_on
        for entered in confirmed_decisions(session)
        if entered.decision.status is Status.DETERMINED
    }
    return [
        _ending(
            commitment,
            requests.get(commitment.id),
            determined.get(commitment.code),
            sheets.get(commitment.programme_id),
        )
        for commitment in commitments
    ]


def _ending(
    commitment: Commitment,
    request: DeterminationRequest | None,
    determined_on: date | None,
    sheet: TermSheet | None,
) -> Ending:
    settlement = None
    if commitment.determined is not None and commitment.form is not Form.IN_KIND:
        settlement = Settlement(commitment.determined, commitment.received)
    due = None
    if commitment.status in OPEN and sheet is not None:
        due = next_deadline(
            commitment.period,
            _weeks(sheet, commitment.decided_on),
            request.requested_on if request else None,
            determined_on,
        )
    return Ending(commitment, request, determined_on, due, settlement)


def _weeks(sheet: TermSheet, day: date) -> Weeks:
    """Give the weeks that the programme gave when the commitment was decided on."""
    return Weeks(
        request=sheet.count("determination_weeks", day=day),
        decision=sheet.count("decision_weeks", day=day),
        payment=sheet.count("payment_weeks", day=day),
    )
