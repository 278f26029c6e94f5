"""An asset is written off instead of charged: the price goes to nobody, and never twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.actions.programme import OFFICER
from tests.actions.test_costs import enter as enter_cost
from tracker.actions import allocations, corrections, depreciation, terms
from tracker.domain.corrections import CorrectionKind, Wish
from tracker.domain.depreciation import NewDepreciation
from tracker.domain.errors import RuleViolation
from tracker.domain.money import ZERO, Money
from tracker.domain.terms import DatedTerm
from tracker.store.checks import broken
from tracker.store.commitments import commitment_named
from tracker.store.contributions import contributions_of
from tracker.store.costs import cost_line
from tracker.store.projects import the_project
from tracker.store.reporting_periods import ReportingPeriodRow, SentReportRow
from tracker.store.valuations import shortest_terms, written_off, written_off_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

TODAY = date(2026, 6, 30)
NEW = NewDepreciation(
    counted_to=date(2025, 10, 31),
    residual=ZERO,
    term_months=60,
    months=18,
    use=Decimal("0.75"),
    description="Isolator, first 18 months",
)
PRICE = {"gross": Money.euros("480000"), "vat": ZERO, "category": "equipment"}


@pytest.fixture
def asset(loaded: Session) -> int:
    """An isolator of 480,000 that has been charged as far as there was room."""
    key = enter_cost(loaded, **PRICE)
    loaded.rollback()
    allocations.charge(loaded, by=OFFICER)
    return key


def write_off(session: Session, asset: int, **changes: Any) -> int:
    session.rollback()
    new = replace(NEW, **changes)
    return depreciation.write_off(session, asset, new, today=TODAY, by=OFFICER)


def refusal_of(session: Session, asset: int, **changes: Any) -> RuleViolation:
    with pytest.raises(RuleViolation) as refusal:
        write_off(session, asset, **changes)
    session.rollback()
    return refusal.value


def test_worked_number_24_counts_and_the_price_goes_to_nobody(loaded: Session, asset: int) -> None:
    assert cost_line(loaded, asset).charged > ZERO
    made = write_off(loaded, asset)
    line = cost_line(loaded, made)
    assert line.amount == Money.euros("108000.00")
    assert (line.category, line.incurred_on) == ("equipment", date(2025, 10, 31))
    kept = written_off(loaded, made)
    assert kept
    assert (kept.asset_line_id, kept.amount) == (asset, line.amount)
    price = cost_line(loaded, asset)
    assert price.charged == ZERO
    left = {share.reason for share in price.shares if share.amount}
    assert "depreciated" in left
    assert not {"commitment_exhausted", "taken_back"} & left
    loaded.rollback()
    allocations.charge(loaded, by=OFFICER)
    assert cost_line(loaded, asset).charged == ZERO
    assert broken(loaded) == []


def test_months_add_up_to_the_term_at_most(loaded: Session, asset: int) -> None:
    write_off(loaded, asset)
    assert refusal_of(loaded, asset, months=43).field == "months"
    assert refusal_of(loaded, asset, months=1, term_months=72).field == "term_months"
    assert refusal_of(loaded, asset, months=1, residual=Money(1)).field == "residual"
    write_off(loaded, asset, months=42, use=Decimal(1))
    assert refusal_of(loaded, asset, months=1).field == "months"
    assert [one.months for one in written_off_of(loaded, asset)] == [18, 42]
    together = Money.total(one.amount for one in written_off_of(loaded, asset))
    assert together == Money.euros("108000") + Money.euros("336000")


def test_the_term_of_the_strictest_scheme_counts(loaded: Session, asset: int) -> None:
    key = commitment_named(loaded, "NGF-1").programme_id
    loaded.rollback()
    term = DatedTerm("depreciation_months", "", "60", date(2021, 1, 1), "Kaderbesluit, art. 10")
    terms.change_term(loaded, key, term, by=OFFICER)
    assert shortest_terms(loaded, the_project(loaded).id, TODAY)[0][0] == 60
    assert refusal_of(loaded, asset, term_months=48).field == "term_months"
    write_off(loaded, asset)


def test_an_asset_that_waits_is_charged_first_or_bought_to_be_written_off(loaded: Session) -> None:
    waiting = enter_cost(loaded, **PRICE)
    assert "have not judged" in str(refusal_of(loaded, waiting))
    meant = {"ineligible": Money.euros("480000"), "ineligible_for": "depreciated"}
    bought = enter_cost(loaded, **PRICE, **meant, invoice="W-79")
    made = write_off(loaded, bought)
    loaded.rollback()
    allocations.charge(loaded, by=OFFICER)
    assert cost_line(loaded, bought).charged == ZERO
    assert cost_line(loaded, made).state != "waiting"
    assert broken(loaded) == []


def test_hours_in_kind_and_depreciation_itself_are_not_written_off(
    loaded: Session, asset: int
) -> None:
    hours = contributions_of(loaded)[0].line_id
    assert "no purchase" in str(refusal_of(loaded, hours))
    made = write_off(loaded, asset)
    loaded.rollback()
    allocations.charge(loaded, by=OFFICER)
    assert "no purchase" in str(refusal_of(loaded, made))


def close_2024(session: Session) -> int:
    project = the_project(session)
    row = ReportingPeriodRow(
        project_id=project.id, first_day=date(2024, 1, 1), last_day=date(2024, 12, 31)
    )
    session.add(row)
    session.commit()
    for state in ("closing", "closed"):
        row.state, row.version = state, row.version + 1
        session.commit()
    return row.id


def test_in_a_closed_period_what_is_taken_back_counts_in_the_open_one(
    loaded: Session, asset: int
) -> None:
    close_2024(loaded)
    write_off(loaded, asset)
    price = cost_line(loaded, asset)
    assert price.charged == ZERO
    assert broken(loaded) == []


def test_a_price_that_a_funder_was_told_of_is_corrected_first(loaded: Session, asset: int) -> None:
    period = close_2024(loaded)
    paying = next(share.commitment for share in cost_line(loaded, asset).shares if not share.reason)
    loaded.add(
        SentReportRow(
            period_id=period,
            commitment_id=commitment_named(loaded, paying).id,
            sent_on=date(2025, 2, 1),
            note="",
            entered_by=OFFICER.name,
            entered_at=datetime.now(UTC),
        )
    )
    loaded.commit()
    refused = refusal_of(loaded, asset)
    assert f"in a report that was sent to {paying}" in str(refused)
    assert cost_line(loaded, asset).charged > ZERO


def test_an_asset_that_is_written_off_is_not_taken_back_before_its_depreciation(
    loaded: Session, asset: int
) -> None:
    made = write_off(loaded, asset)
    cancel = Wish(kind=CorrectionKind.CANCELLED, reason="Sent back")
    loaded.rollback()
    with pytest.raises(RuleViolation, match=r"€ 108,000\.00 of this asset is written off"):
        corrections.correct(loaded, asset, cancel, today=TODAY, by=OFFICER)
    for line in (made, asset):
        loaded.rollback()
        corrections.correct(loaded, line, cancel, today=TODAY, by=OFFICER)
    assert written_off_of(loaded, asset) == []
    assert broken(loaded) == []


def test_depreciation_in_another_work_package_is_still_depreciation(
    loaded: Session, asset: int
) -> None:
    made = write_off(loaded, asset)
    wish = Wish(kind=CorrectionKind.WRONG_WORK_PACKAGE, reason="Used there", work_package="WP2")
    loaded.rollback()
    corrections.correct(loaded, made, wish, today=TODAY, by=OFFICER)
    (kept,) = written_off_of(loaded, asset)
    assert kept.line_id != made
    assert cost_line(loaded, kept.line_id).work_package == "WP2"
    assert refusal_of(loaded, asset, months=43).field == "months"
