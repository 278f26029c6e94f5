"""What the sample's people ordered, and how their hours are valued."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from tracker.actions import obligations, terms
from tracker.actions.sample_funding import FICTITIOUS, TODAY
from tracker.domain.money import Money
from tracker.domain.obligations import NewObligation
from tracker.domain.terms import DatedTerm
from tracker.store.commitments import commitment_named
from tracker.store.costs import CostLineRow
from tracker.store.obligations import left_of_cost, references_of
from tracker.store.projects import the_project
from tracker.store.terms import terms_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor

METHOD: Final = ("NGF-1", "rate_method", "wage_surcharge")
ORDERS: Final = (  # reference, supplier, what, ordered, expected, euros, category, package, pays
    ("PO-2025-014", "LabSupply Europe", "Second isolator for cleanroom 9", date(2025, 3, 10),
     date(2025, 9, 30), 84_000, "equipment", "WP2", "NGF-1"),
    ("PO-2025-031", "Calibra BV", "Calibration of all sensors, two rounds", date(2025, 10, 6),
     date(2027, 3, 31), 26_500, "third_parties", "WP3", "PZH-1"),
    ("PO-2025-032", "Reis en Verblijf BV", "Visits to the other pilot lines", date(2025, 10, 8),
     None, 3_200, "travel", "WP1", ""),
)  # fmt: skip
ENDED: Final = ("PO-2025-032", "The visits were held on line")
INVOICED: Final = ("PO-2025-031", "WP3", Money(4_000_00))


def live_through(session: Session, *, by: Actor) -> None:
    """Place the orders of the sample, or those that an interrupted run left."""
    code, name, value = METHOD
    commitment = commitment_named(session, code)
    if not terms_of(session, commitment.programme_id).history(name):
        term = DatedTerm(name, "", value, commitment.decided_on, FICTITIOUS, is_verified=False)
        terms.change_term(session, commitment.programme_id, term, by=by)
    known = references_of(session, the_project(session).id)
    for reference, supplier, what, ordered, expected, euros, category, package, pays in ORDERS:
        if reference in known:
            continue
        new = NewObligation(
            reference=reference,
            supplier=supplier,
            description=what,
            ordered_on=ordered,
            expected_on=expected,
            amount=Money(euros * 100),
            category=category,
            work_package=package,
            commitment=pays,
        )
        key = obligations.enter(session, new, today=TODAY, by=by)
        _go_on(session, key, reference, by)


def _go_on(session: Session, key: int, reference: str, by: Actor) -> None:
    """Do with an order what the sample's people did with it."""
    if reference == ENDED[0]:
        obligations.end(session, key, ENDED[1], today=TODAY, by=by)
    if reference == INVOICED[0]:
        line = session.scalars(
            select(CostLineRow.id)
            .where(
                CostLineRow.cost_centre == INVOICED[1],
                CostLineRow.account != "",  # of the books, and no hours in kind
                CostLineRow.amount > INVOICED[2].cents,
            )
            .order_by(CostLineRow.incurred_on.desc(), CostLineRow.id.desc())
            .limit(1)
        ).one()
        part = min(INVOICED[2], left_of_cost(session, line))
        obligations.link(session, key, line, part, by=by)
