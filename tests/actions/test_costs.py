"""Costs by hand: kept with their evidence, judged like any other, and never booked twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from tests.actions.programme import OFFICER
from tracker.actions import allocations, costs
from tracker.domain.costs import CostState, Origin
from tracker.domain.entries import NewCost
from tracker.domain.errors import NotFoundError, RuleViolation
from tracker.domain.money import Money
from tracker.domain.periods import Period
from tracker.store.audit import history_of
from tracker.store.checks import broken
from tracker.store.costs import CostLineRow, cost_line, of_cost
from tracker.store.documents import documents_of
from tracker.store.eligibility import costs_by_year
from tracker.store.entries import source_of
from tracker.store.projects import the_project
from tracker.store.reporting_periods import ReportingPeriodRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

TODAY = date(2026, 6, 30)
COST = NewCost(
    incurred_on=date(2024, 5, 2),
    booked_on=date(2024, 5, 6),
    paid_on=date(2024, 6, 1),
    supplier="Werkplaats Leiden",
    invoice="W-77",
    document="2024-0012",
    description="Adapter plates",
    gross=Money.euros("12100"),
    vat=Money.euros("2100"),
    deductible=Decimal("0.60"),
    category="materials",
    work_package="WP1",
    account="4300",
)
INVOICE = ("W-77.pdf", "application/pdf", b"%PDF-1.7 invoice")


def enter(session: Session, document: Any = INVOICE, why: Any = "", **changes: Any) -> int:
    session.rollback()
    new = replace(COST, **changes)
    return costs.enter(session, new, document, why, today=TODAY, by=OFFICER)


def refusal_of(session: Session, *evidence: Any, **changes: Any) -> RuleViolation:
    with pytest.raises(RuleViolation) as refusal:
        enter(session, *evidence, **changes)
    session.rollback()
    return refusal.value


def test_a_cost_by_hand_says_all_that_was_entered(loaded: Session) -> None:
    line = cost_line(loaded, enter(loaded))
    assert (line.origin, line.key) == (Origin.BY_HAND, "2024 HAND 1/1")
    assert line.amount == line.eligible == Money.euros("10840")
    assert (line.gross, line.vat, line.net) == (COST.gross, COST.vat, Money.euros("10000"))
    assert line.vat_borne == Money.euros("840")
    assert (line.incurred_on, line.booked_on, line.paid_on) == (
        COST.incurred_on,
        COST.booked_on,
        COST.paid_on,
    )
    assert (line.supplier, line.invoice, line.document) == (
        "Werkplaats Leiden",
        "W-77",
        "2024-0012",
    )
    assert line.state is CostState.WAITING
    assert source_of(loaded, line.id) is None
    assert [kept.name for kept in documents_of(loaded, of_cost(line.id))] == ["W-77.pdf"]
    assert [deed.did for deed in history_of(loaded, of_cost(line.id))] == ["enter cost"]


def test_a_line_of_a_file_names_its_file(loaded: Session) -> None:
    line_id = loaded.scalars(
        select(CostLineRow.id).where(CostLineRow.import_id.is_not(None))
    ).first()
    assert line_id
    source = source_of(loaded, line_id)
    assert source
    assert source.file_name
    assert len(source.sha256) == 64


def test_the_rules_charge_it_like_any_other_and_leave_what_does_not_count(loaded: Session) -> None:
    part = {"ineligible": Money.euros("840"), "ineligible_for": "economic_use"}
    line_id = enter(loaded, **part)
    loaded.rollback()
    allocations.charge(loaded, by=OFFICER)
    line = cost_line(loaded, line_id)
    economic = [share.amount for share in line.shares if share.reason == "economic_use"]
    assert economic == [Money.euros("840")]
    assert sum(share.amount.cents for share in line.shares) == line.amount.cents
    assert line.charged <= line.eligible == Money.euros("10000")
    assert broken(loaded) == []


def test_the_costs_of_every_year_are_divided_without_a_rest(loaded: Session) -> None:
    enter(loaded, ineligible=Money.euros("840"), ineligible_for="economic_use")
    waiting = {one.year: one.waiting for one in costs_by_year(loaded)}
    assert waiting[2024] == Money.euros("10840")
    loaded.rollback()
    allocations.charge(loaded, by=OFFICER)
    years = {one.year: one for one in costs_by_year(loaded)}
    assert years[2024].economic == Money.euros("840")
    assert all(not one.waiting for one in years.values())
    total = sum(loaded.scalars(select(CostLineRow.amount)))
    assert Money.total(one.total for one in years.values()) == Money(total)


@pytest.mark.parametrize("invoice", ["W-77", "w-77"])
@pytest.mark.parametrize("amount", ["12100", "10840", "10000"])
def test_the_same_invoice_again_asks_for_a_reason_whatever_amount_the_books_hold(
    invoice: str, amount: str, loaded: Session
) -> None:
    enter(loaded)
    again = {"invoice": invoice, "supplier": "werkplaats leiden"}
    like = {"gross": Money.euros("12100")} if amount == "12100" else {
        "gross": Money.euros(amount), "vat": Money(0)
    }  # fmt: skip
    refused = refusal_of(loaded, **again, **like)
    assert refused.field == "double_because"
    assert "2024 HAND 1/1" in str(refused)
    enter(loaded, **again, **like, double_because="The second half of the order")
    enter(loaded, invoice="W-78")


def test_a_line_of_the_ledger_is_known_again(loaded: Session) -> None:
    row = loaded.scalars(
        select(CostLineRow).where(CostLineRow.invoice != "", CostLineRow.amount > 0)
    ).first()
    assert row
    said = {"supplier": row.supplier, "invoice": row.invoice}
    same = {"gross": Money(row.amount), "vat": Money(0)}
    assert refusal_of(loaded, **said, **same).field == "double_because"
    enter(loaded, **said, gross=Money(row.amount + 1), vat=Money(0))


def test_a_cost_without_a_document_says_why(loaded: Session) -> None:
    assert refusal_of(loaded, None).field == "document"
    line_id = enter(loaded, None, "Lost in the move of the office")
    (deed,) = history_of(loaded, of_cost(line_id))
    assert deed.detail["without_document"] == "Lost in the move of the office"


@pytest.mark.parametrize("field", ["category", "work_package", "milestone"])
def test_what_the_programme_does_not_know_is_refused_at_its_field(
    field: str, loaded: Session
) -> None:
    lines = len(loaded.scalars(select(CostLineRow.id)).all())
    assert refusal_of(loaded, **{field: "XX9"}).field == field
    assert len(loaded.scalars(select(CostLineRow.id)).all()) == lines
    enter(loaded, milestone="M1" if field == "milestone" else "")


def test_a_cost_of_a_closed_period_counts_in_the_next_open_one(loaded: Session) -> None:
    project = the_project(loaded)
    year = Period(date(2024, 1, 1), date(2024, 12, 31))
    loaded.add(ReportingPeriodRow(project_id=project.id, first_day=year.first_day,
                                  last_day=year.last_day))  # fmt: skip
    loaded.commit()
    assert cost_line(loaded, enter(loaded)).counted_on is None
    row = loaded.scalars(select(ReportingPeriodRow)).one()
    for state in ("closing", "closed"):
        row.state, row.version = state, row.version + 1
        loaded.commit()
    line = cost_line(loaded, enter(loaded, invoice="W-78"))
    assert (line.incurred_on, line.counts_on) == (COST.incurred_on, date(2025, 1, 1))


def test_documents_are_added_to_a_line_and_to_nothing_else(loaded: Session) -> None:
    line_id = enter(loaded)
    proof = ("paid.pdf", "application/pdf", b"%PDF-1.7 paid")
    costs.add_document(loaded, line_id, proof, by=OFFICER)
    names = [kept.name for kept in documents_of(loaded, of_cost(line_id))]
    assert names == ["paid.pdf", "W-77.pdf"]
    loaded.rollback()
    with pytest.raises(NotFoundError):
        costs.add_document(loaded, 99_999_999, proof, by=OFFICER)
