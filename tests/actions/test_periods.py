"""Periods are closed over checks, reopened by two people, and never after a report was sent."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from tests.actions.closing import NOW, WHY, close, series_of
from tests.actions.programme import OFFICER, load
from tracker.actions import allocations, corrections
from tracker.actions import reporting_periods as deeds
from tracker.domain.actor import Actor
from tracker.domain.corrections import CorrectionKind, Wish
from tracker.domain.errors import NotAllowedError, NotFoundError, RuleViolation, StaleEditError
from tracker.domain.policy import Role
from tracker.domain.reporting_periods import Check, Length, PeriodState
from tracker.store import audit, checks, closing
from tracker.store.costs import CostLineRow
from tracker.store.documents import documents_of
from tracker.store.ledgers import InvoiceRow, note_doubles
from tracker.store.reporting_periods import reopenings_asked, sent_reports
from tracker.store.session import transaction

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.reporting_periods import ReportingPeriod, Unfinished

OTHER = Actor("controller@example.org", Role.CONTROLLER)
YEAR = "2021"


def period(session: Session, code: str = YEAR) -> ReportingPeriod:
    return next(one for one in series_of(session) if one.code == code)


@pytest.fixture
def years(loaded: Session) -> Session:
    deeds.set_up(loaded, Length.YEAR, today=NOW, by=OFFICER)
    return loaded


def unfinished(session: Session, code: str = YEAR) -> dict[Check, Unfinished]:
    found = closing.unfinished_in(session, period(session, code).period, NOW)
    session.rollback()
    return {one.check: one for one in found}


def test_the_series_is_set_up_once_and_extended_one_by_one(loaded: Session) -> None:
    with pytest.raises(RuleViolation, match="No periods have been set up"):
        deeds.extend(loaded, Length.QUARTER, by=OFFICER)
    deeds.set_up(loaded, Length.QUARTER, today=date(2021, 8, 15), by=OFFICER)
    assert [one.code for one in series_of(loaded)] == ["2021-Q1", "2021-Q2", "2021-Q3"]
    with pytest.raises(RuleViolation, match="set up already"):
        deeds.set_up(loaded, Length.YEAR, today=NOW, by=OFFICER)
    assert deeds.extend(loaded, Length.QUARTER, by=OFFICER) == "2021-Q4"
    assert deeds.extend(loaded, Length.YEAR, by=OFFICER) == "2022"
    assert {one.state for one in series_of(loaded)} == {PeriodState.OPEN}


def test_a_period_is_closed_over_its_warnings_with_one_reason_that_is_kept(
    years: Session,
) -> None:
    deeds.begin_closing(years, YEAR, version=1, by=OFFICER)
    warned = {check for check, one in unfinished(years).items() if not one.blocks}
    assert Check.LEFT in warned
    with pytest.raises(RuleViolation, match="is not finished") as refusal:
        deeds.close(years, YEAR, " ", version=2, today=NOW, by=OFFICER)
    assert refusal.value.field == "reason"
    deeds.close(years, YEAR, WHY, version=2, today=NOW, by=OFFICER)
    assert period(years).state is PeriodState.CLOSED
    kept = audit.history_of(years, f"period/{YEAR}")[0]
    assert (kept.did, kept.detail["reason"]) == ("close period", WHY)
    assert kept.detail["accepted"]


def test_lines_that_wait_block_the_closing_until_they_are_charged(session: Session) -> None:
    load(session, charge=False)
    deeds.set_up(session, Length.YEAR, today=NOW, by=OFFICER)
    deeds.begin_closing(session, YEAR, version=1, by=OFFICER)
    assert unfinished(session)[Check.WAITING].blocks
    with pytest.raises(RuleViolation, match="cannot be closed"):
        deeds.close(session, YEAR, WHY, version=2, today=NOW, by=OFFICER)
    allocations.charge(session, by=OFFICER)
    assert Check.WAITING not in unfinished(session)
    deeds.close(session, YEAR, WHY, version=2, today=NOW, by=OFFICER)


def book_twice(session: Session) -> None:
    """Book one invoice of the first year a second time."""
    first = session.scalars(select(InvoiceRow).order_by(InvoiceRow.id).limit(1)).one()
    again = InvoiceRow(
        book_id=first.book_id,
        journal=first.journal,
        transaction_number="again",
        signature=first.signature,
    )
    with transaction(session):
        session.add(again)
        session.flush()
        note_doubles(session)


def test_the_checks_are_of_the_period_and_count_what_is_there(years: Session) -> None:
    book_twice(years)
    every = {check for one in series_of(years) for check in unfinished(years, one.code)}
    assert {Check.LEFT, Check.HOURS, Check.DOUBLES, Check.MONEY} <= every
    assert not {Check.INVARIANTS, Check.BOOKS} & every
    after = unfinished(years, deeds.extend(years, Length.YEAR, by=OFFICER))
    assert not {Check.LEFT, Check.HOURS, Check.DOUBLES, Check.MONEY} & set(after)


def test_of_two_people_the_second_is_told_that_the_period_has_moved_on(years: Session) -> None:
    deeds.begin_closing(years, YEAR, version=1, by=OTHER)
    with pytest.raises(StaleEditError, match=OTHER.name):
        deeds.begin_closing(years, YEAR, version=1, by=OFFICER)
    deeds.close(years, YEAR, WHY, version=2, today=NOW, by=OTHER)
    with pytest.raises(StaleEditError, match=f"changed {YEAR}"):
        deeds.close(years, YEAR, WHY, version=2, today=NOW, by=OFFICER)


def test_a_period_takes_one_step_at_a_time_and_a_closing_can_be_broken_off(
    years: Session,
) -> None:
    with pytest.raises(RuleViolation, match="is"):
        deeds.close(years, YEAR, WHY, version=1, today=NOW, by=OFFICER)
    with pytest.raises(RuleViolation, match="not being closed"):
        deeds.break_off(years, YEAR, version=1, by=OFFICER)
    deeds.begin_closing(years, YEAR, version=1, by=OFFICER)
    deeds.break_off(years, YEAR, version=2, by=OFFICER)
    assert period(years).state is PeriodState.OPEN
    with pytest.raises(NotFoundError):
        deeds.begin_closing(years, "1999", version=1, by=OFFICER)


def test_a_period_is_reopened_by_a_second_person_for_a_reason(years: Session) -> None:
    close(years, YEAR)
    with pytest.raises(RuleViolation, match="without a reason"):
        deeds.ask_reopening(years, YEAR, "", version=3, by=OFFICER)
    deeds.ask_reopening(years, YEAR, "a whole ledger was missing", version=3, by=OFFICER)
    with pytest.raises(RuleViolation, match="asked already"):
        deeds.ask_reopening(years, YEAR, "me too", version=3, by=OTHER)
    (asked,) = reopenings_asked(years)
    with pytest.raises(NotAllowedError):
        deeds.confirm_reopening(years, asked.id, by=OFFICER)
    assert period(years).state is PeriodState.CLOSED
    assert deeds.confirm_reopening(years, asked.id, by=OTHER) == YEAR
    assert period(years).state is PeriodState.OPEN
    with pytest.raises(RuleViolation, match="decided on this request already"):
        deeds.drop_reopening(years, asked.id, by=OTHER)
    did = [entry.did for entry in audit.history_of(years, f"period/{YEAR}")]
    assert did[:2] == ["reopen period", "ask for reopening"]


def test_a_request_can_be_turned_down_and_taken_back(years: Session) -> None:
    close(years, YEAR)
    for who in (OTHER, OFFICER):
        deeds.ask_reopening(years, YEAR, "why not", version=3, by=OFFICER)
        deeds.drop_reopening(years, reopenings_asked(years)[0].id, by=who)
    assert period(years).state is PeriodState.CLOSED
    assert reopenings_asked(years) == []


def test_once_a_report_was_sent_the_period_stays_closed_and_lines_are_corrected(
    years: Session,
) -> None:
    sent = date(2022, 4, 1)
    with pytest.raises(RuleViolation, match="is not closed"):
        deeds.note_sent(years, YEAR, "NGF-1", sent, "", today=NOW, by=OFFICER)
    close(years, YEAR)
    deeds.ask_reopening(years, YEAR, "too late", version=3, by=OFFICER)
    (asked,) = reopenings_asked(years)
    for day in (date(2021, 12, 31), date(2030, 1, 1)):
        with pytest.raises(RuleViolation) as refusal:
            deeds.note_sent(years, YEAR, "NGF-1", day, "", today=NOW, by=OFFICER)
        assert refusal.value.field == "sent_on"
    letter = ("report.txt", "text/plain", b"the report")
    deeds.note_sent(years, YEAR, "NGF-1", sent, "by mail", today=NOW, by=OFFICER, document=letter)
    with pytest.raises(RuleViolation, match="noted for NGF-1 already"):
        deeds.note_sent(years, YEAR, "NGF-1", sent, "", today=NOW, by=OFFICER)
    with pytest.raises(RuleViolation, match="was sent for NGF-1"):
        deeds.confirm_reopening(years, asked.id, by=OTHER)
    with pytest.raises(RuleViolation, match="Correct the cost line instead"):
        deeds.ask_reopening(years, YEAR, "still", version=3, by=OFFICER)
    assert [r.commitment for r in sent_reports(years, period(years).id)] == ["NGF-1"]
    assert [d.name for d in documents_of(years, f"period/{YEAR}")] == ["report.txt"]
    line = years.scalars(
        select(CostLineRow.id).where(CostLineRow.incurred_on < date(2022, 1, 1)).limit(1)
    ).one()
    years.rollback()
    wish = Wish(kind=CorrectionKind.CANCELLED, reason="never delivered")
    made = corrections.correct(years, line, wish, today=NOW, by=OFFICER).made[0]
    assert made.counts_on == date(2022, 1, 1)
    assert checks.broken(years) == []


def test_the_figures_of_all_periods_are_those_of_the_books(years: Session) -> None:
    close(years, YEAR)

    figures = closing.figures_in(years, series_of(years))
    assert sum(one.costs.cents for one in figures.values()) == sum(
        years.scalars(select(CostLineRow.amount))
    )
