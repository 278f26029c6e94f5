"""Orders: never a cost, open until their invoices come, and shown beside what was spent."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session as OrmSession

from tests.actions.programme import OFFICER
from tests.actions.test_costs import enter as enter_cost
from tracker.actions import corrections, obligations
from tracker.domain.corrections import CorrectionKind, Wish
from tracker.domain.errors import NotFoundError, RuleViolation
from tracker.domain.money import ZERO, Money
from tracker.domain.obligations import NewObligation
from tracker.store.audit import history_of
from tracker.store.contributions import contributions_of
from tracker.store.costs import CostLineRow, of_cost
from tracker.store.obligations import (
    fulfilled_by,
    invoices_of,
    left_of_cost,
    obligation_numbered,
    obligations_of,
    ordered_beside_spent,
)
from tracker.store.projects import the_project

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

TODAY = date(2026, 6, 30)
ORDER = NewObligation(
    reference="PO-1",
    supplier="Werkplaats Leiden",
    description="Adapter plates",
    ordered_on=date(2024, 4, 1),
    expected_on=date(2024, 5, 1),
    amount=Money.euros("15000"),
    category="materials",
    work_package="WP1",
    commitment="NGF-1",
)


def enter(session: Session, **changes: Any) -> int:
    session.rollback()
    return obligations.enter(session, replace(ORDER, **changes), today=TODAY, by=OFFICER)


def link(session: Session, key: int, line: int, euros: str) -> None:
    session.rollback()
    obligations.link(session, key, line, Money.euros(euros), by=OFFICER)


def test_an_order_is_no_cost_and_in_no_total(loaded: Session) -> None:
    def costs() -> int:
        return loaded.scalar(select(func.sum(CostLineRow.amount))) or 0

    before = costs()
    key = enter(loaded)
    assert costs() == before
    order = obligation_numbered(loaded, key)
    assert (order.open, order.commitment) == (ORDER.amount, "NGF-1")
    (beside,) = ordered_beside_spent(loaded, the_project(loaded).id)
    assert (beside.work_package, beside.category) == ("WP1", "materials")
    assert beside.ordered == ORDER.amount
    spent = loaded.scalar(
        select(func.sum(CostLineRow.amount)).where(
            CostLineRow.cost_centre == "WP1", CostLineRow.account.in_(_accounts(loaded))
        )
    )
    assert beside.spent == Money(spent or 0)


def _accounts(session: Session) -> list[str]:
    from tracker.store.projects import AccountRow, CategoryRow

    return list(
        session.scalars(
            select(AccountRow.code)
            .join(CategoryRow, CategoryRow.id == AccountRow.category_id)
            .where(CategoryRow.code == "materials")
        )
    )


def test_an_invoice_fulfils_a_part_and_can_be_taken_off_again(loaded: Session) -> None:
    key, line = enter(loaded), enter_cost(loaded)
    link(loaded, key, line, "10000")
    assert obligation_numbered(loaded, key).open == Money.euros("5000")
    assert left_of_cost(loaded, line) == Money.euros("840")
    assert [one.amount for one in invoices_of(loaded, key)] == [Money.euros("10000")]
    assert [one.reference for one in fulfilled_by(loaded, line)] == ["PO-1"]
    with pytest.raises(RuleViolation, match=r"€ 840\.00 of it belongs to no order"):
        link(loaded, key, line, "840.01")
    loaded.rollback()
    obligations.unlink(loaded, key, line, by=OFFICER)
    assert obligation_numbered(loaded, key).open == ORDER.amount
    assert (invoices_of(loaded, key), fulfilled_by(loaded, line)) == ([], [])
    assert left_of_cost(loaded, line) == Money.euros("10840")
    loaded.rollback()
    with pytest.raises(RuleViolation, match="fulfils nothing"):
        obligations.unlink(loaded, key, line, by=OFFICER)
    deeds = [deed.did for deed in history_of(loaded, of_cost(line))]
    assert deeds == ["unlink invoice", "link invoice", "enter cost"]


def test_hours_in_kind_fulfil_no_order(loaded: Session) -> None:
    key, hours = enter(loaded), contributions_of(loaded)[0].line_id
    with pytest.raises(RuleViolation, match="belongs to no order"):
        link(loaded, key, hours, "1")


def test_an_order_that_ends_early_has_nothing_open_and_says_why(loaded: Session) -> None:
    key, line = enter(loaded), enter_cost(loaded)
    link(loaded, key, line, "10000")
    loaded.rollback()
    obligations.end(loaded, key, "The rest was not needed", today=TODAY, by=OFFICER)
    order = obligation_numbered(loaded, key)
    assert (order.open, order.ended_for) == (ZERO, "The rest was not needed")
    assert order.invoiced == Money.euros("10000")
    with pytest.raises(RuleViolation, match="ended on"):
        link(loaded, key, line, "1")
    with pytest.raises(RuleViolation, match="Nothing of PO-1 is open"):
        obligations.end(loaded, key, "Again", today=TODAY, by=OFFICER)


def test_an_order_of_what_is_not_there_is_refused(loaded: Session) -> None:
    enter(loaded)
    for changes, field in (
        ({"reference": "po-1"}, "reference"),
        ({"reference": "PO-2", "work_package": "WP99"}, "work_package"),
        ({"reference": "PO-2", "milestone": "M99"}, "milestone"),
    ):
        with pytest.raises(RuleViolation) as refusal:
            enter(loaded, **changes)
        assert refusal.value.field == field
    with pytest.raises(NotFoundError):
        enter(loaded, reference="PO-2", commitment="XXX-1")
    with pytest.raises(NotFoundError):
        link(loaded, 99, enter_cost(loaded), "1")
    assert len(obligations_of(loaded, the_project(loaded).id)) == 1


def test_an_order_that_two_invoices_race_for_is_fulfilled_once(loaded: Session) -> None:
    key = enter(loaded)
    lines = [enter_cost(loaded), enter_cost(loaded, invoice="W-78")]
    loaded.rollback()
    refused: list[RuleViolation] = []
    both = threading.Barrier(2)

    def race(line: int) -> None:
        with OrmSession(loaded.get_bind()) as session:
            both.wait()
            try:
                obligations.link(session, key, line, Money.euros("10000"), by=OFFICER)
            except RuleViolation as error:
                refused.append(error)

    threads = [threading.Thread(target=race, args=(line,)) for line in lines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert "PO-1 has open: € 5,000.00" in str(refused[0])
    assert obligation_numbered(loaded, key).open == Money.euros("5000")


def test_a_cost_that_is_corrected_takes_its_order_along_or_lets_it_go(loaded: Session) -> None:
    key, line = enter(loaded), enter_cost(loaded)
    link(loaded, key, line, "10000")
    moved = Wish(kind=CorrectionKind.WRONG_WORK_PACKAGE, reason="Other lab", work_package="WP2")
    loaded.rollback()
    corrections.correct(loaded, line, moved, today=TODAY, by=OFFICER)
    (invoice,) = invoices_of(loaded, key)
    assert (invoice.line_id != line, invoice.amount) == (True, Money.euros("10000"))
    cancelled = Wish(kind=CorrectionKind.CANCELLED, reason="Never delivered")
    loaded.rollback()
    corrections.correct(loaded, invoice.line_id, cancelled, today=TODAY, by=OFFICER)
    assert obligation_numbered(loaded, key).open == ORDER.amount
    assert left_of_cost(loaded, invoice.line_id) == ZERO
