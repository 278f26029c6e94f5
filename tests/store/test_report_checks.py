"""What the books say of a report before it goes on: each check blocks, and each can be mended."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import text

from reports import catalogue
from reports.catalogue import MIMETYPES
from tests.actions.closing import NOW, close, close_until
from tests.actions.issued import LEAVE, OTHER
from tests.actions.programme import OFFICER, load
from tests.actions.statements import STRANGER, bring_in, coming, entry_id
from tests.actions.test_financing import plan
from tests.reports.funder_template import FIRST, funder_template
from tracker.actions import (
    allocations,
    crosswalks,
    funder_reports,
    funder_workbooks,
    receipts,
    terms,
    waivers,
)
from tracker.domain.crosswalks import Crosswalk, CrosswalkLine
from tracker.domain.money import Money
from tracker.domain.periods import Period, calendar_year
from tracker.domain.report_checks import Blocking, ReportCheck
from tracker.domain.terms import DatedTerm
from tracker.domain.waivers import NewWaiver, Rule
from tracker.store.commitments import commitment_named
from tracker.store.crosswalks import add_crosswalk, categories_to_place
from tracker.store.funder_reports import report_numbered
from tracker.store.funder_workbooks import the_workbook
from tracker.store.funders import FunderAccountRow
from tracker.store.report_checks import AUDITORS_REPORT, blocking_of, topics_of

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

CODE, YEAR = "NGF-1", calendar_year(2022)
AT = datetime(2026, 1, 15, tzinfo=UTC)


def begin(
    session: Session, kind: str = "statement", period: Period = YEAR, *, code: str = CODE
) -> int:
    return funder_reports.begin(session, code, kind, period, by=OFFICER)


def blocks(session: Session, key: int, check: ReportCheck) -> list[Blocking]:
    """What one check says of a report now."""
    report = report_numbered(session, key)
    facts = catalogue.facts_to_issue(session, report, made_on=NOW)
    found = [one for one in blocking_of(session, report, facts) if one.check is check]
    session.rollback()
    return found


def programme_of(session: Session) -> int:
    found = commitment_named(session, CODE).programme_id
    session.rollback()
    return found


def test_costs_of_the_period_that_nobody_judged_block_until_they_are_charged(
    session: Session,
) -> None:
    load(session, charge=False)
    key = begin(session)
    (found,) = blocks(session, key, ReportCheck.COSTS)
    count, cents = session.execute(
        text(
            "SELECT count(*), sum(amount - ineligible) FROM cost_line"
            " WHERE incurred_on BETWEEN '2022-01-01' AND '2022-12-31' AND amount <> 0"
        )
    ).one()
    session.rollback()
    assert found.what.facts == {"count": count, "amount": Money(int(cents))}
    allocations.charge(session, by=OFFICER)
    assert blocks(session, key, ReportCheck.COSTS) == []


def test_an_open_period_blocks_until_it_is_closed(loaded: Session) -> None:
    close_until(loaded, date(2021, 12, 31))
    key = begin(loaded)
    (found,) = blocks(loaded, key, ReportCheck.PERIOD)
    assert found.what.facts["period"] == "2022"
    close(loaded, "2022")
    assert blocks(loaded, key, ReportCheck.PERIOD) == []


def test_a_broken_rule_blocks_until_a_waiver_is_approved(loaded: Session) -> None:
    key = begin(loaded)
    assert blocks(loaded, key, ReportCheck.RULES) == []
    plan(loaded, Money(100_000_000_00))
    assert blocks(loaded, key, ReportCheck.RULES) == []
    term = DatedTerm("private_minimum", "", "95", date(2000, 1, 1), "the call")
    terms.change_term(loaded, programme_of(loaded), term, by=OFFICER)
    (found,) = blocks(loaded, key, ReportCheck.RULES)
    assert "€" in str(found.what)
    new = NewWaiver(Rule.PRIVATE_MINIMUM, "", "leave was given", date(2030, 1, 1))
    waiver = waivers.ask(loaded, new, LEAVE, today=NOW, by=OFFICER)
    assert len(blocks(loaded, key, ReportCheck.RULES)) == 1
    waivers.approve(loaded, waiver, today=NOW, by=OTHER)
    assert blocks(loaded, key, ReportCheck.RULES) == []


def test_money_of_the_funder_on_no_commitment_blocks_until_it_is_matched_or_set_aside(
    loaded: Session, tmp_path: Path
) -> None:
    day = "2022-03-01"
    bring_in(loaded, tmp_path, coming("1000.00", "who knows", day=day))
    bring_in(loaded, tmp_path, coming("50.50", "what for", day=day, key="K2"), number="T2")
    late = coming("9.00", "later", day="2023-01-01", key="K3")
    bring_in(loaded, tmp_path, late, number="T3")
    key = begin(loaded)
    assert blocks(loaded, key, ReportCheck.MONEY) == []
    funder = commitment_named(loaded, CODE).funder_id
    loaded.add(FunderAccountRow(funder_id=funder, iban=STRANGER))
    loaded.commit()
    (found,) = blocks(loaded, key, ReportCheck.MONEY)
    assert found.what.facts == {"count": 2, "amount": Money(1050_50)}
    receipts.set_aside(loaded, entry_id(loaded), "interest", by=OFFICER)
    (found,) = blocks(loaded, key, ReportCheck.MONEY)
    assert found.what.facts == {"count": 1, "amount": Money(50_50)}
    receipts.set_aside(loaded, entry_id(loaded, "K2"), "interest", by=OFFICER)
    assert blocks(loaded, key, ReportCheck.MONEY) == []


def test_what_differs_blocks_until_it_is_explained_and_only_where_costs_are_told(
    loaded: Session,
) -> None:
    key, hours = begin(loaded, code="PZH-1"), begin(loaded, "hours", code="PZH-1")
    report = report_numbered(loaded, key)
    asked = topics_of(report, catalogue.facts_to_issue(loaded, report, made_on=NOW))
    loaded.rollback()
    assert asked
    assert [one.about for one in blocks(loaded, key, ReportCheck.WORDS)] == [
        topic.key for topic in asked
    ]
    assert blocks(loaded, hours, ReportCheck.WORDS) == []
    for topic in asked:
        funder_reports.explain(loaded, key, topic.key, "So.", version=0, by=OFFICER)
    assert blocks(loaded, key, ReportCheck.WORDS) == []


def test_the_auditors_report_is_asked_for_with_the_last_report_of_a_large_sum(
    loaded: Session,
) -> None:
    runs = commitment_named(loaded, CODE).period
    term = DatedTerm("auditor_threshold", "", "125000.00", date(2000, 1, 1), "art. 50")
    terms.change_term(loaded, programme_of(loaded), term, by=OFFICER)
    last = begin(loaded, "final_statement", runs)
    earlier, hours = begin(loaded), begin(loaded, "hours", runs)
    (found,) = blocks(loaded, last, ReportCheck.PAPERS)
    assert found.about == AUDITORS_REPORT
    assert blocks(loaded, earlier, ReportCheck.PAPERS) == []
    assert blocks(loaded, hours, ReportCheck.PAPERS) == []
    opinion = ("opinion.pdf", "application/pdf", b"%PDF-1.7 in order")
    funder_reports.attach(loaded, last, AUDITORS_REPORT, opinion, by=OFFICER)
    assert blocks(loaded, last, ReportCheck.PAPERS) == []


def test_a_category_on_no_line_of_the_form_blocks_until_it_has_one(loaded: Session) -> None:
    programme = programme_of(loaded)
    every = categories_to_place(loaded)
    key = begin(loaded)
    assert blocks(loaded, key, ReportCheck.LINES) == []
    lines = (CrosswalkLine("1", "Alles", categories=tuple(c for c in every if c != "personnel")),)
    with loaded.begin():
        add_crosswalk(loaded, programme, Crosswalk(1, "nl", lines), by="before", at=AT)
    (found,) = blocks(loaded, key, ReportCheck.LINES)
    cents = loaded.scalar(
        text(
            "SELECT sum(a.amount) FROM allocation a JOIN cost_line l ON l.id = a.cost_line_id"
            " JOIN cost_category k ON k.id = l.category_id"
            " JOIN commitment c ON c.id = a.commitment_id WHERE c.code = :code"
            " AND k.code = 'personnel' AND l.incurred_on BETWEEN '2022-01-01' AND '2022-12-31'"
        ),
        {"code": CODE},
    )
    assert (found.about, found.what.facts["amount"]) == ("personnel", Money(int(cents or 0)))
    hours = begin(loaded, "hours")
    assert blocks(loaded, hours, ReportCheck.LINES) == []
    whole = (CrosswalkLine("1", "Alles", categories=every),)
    crosswalks.change_lines(loaded, programme, "nl", whole, version=1, by=OFFICER)
    assert blocks(loaded, key, ReportCheck.LINES) == []


def test_a_workbook_that_asks_for_figures_that_are_gone_blocks_until_it_is_pointed_anew(
    loaded: Session,
) -> None:
    programme, every = programme_of(loaded), categories_to_place(loaded)
    codes = ("1.1", "1.2", "2.1", "2.2")
    parts = (every[:1], every[1:2], every[2:3], every[3:])
    pairs = zip(codes, parts, strict=True)
    lines = tuple(CrosswalkLine(code, "Post", categories=held) for code, held in pairs)
    crosswalks.change_lines(loaded, programme, "nl", lines, version=0, by=OFFICER)
    template = ("form.xlsx", MIMETYPES["xlsx"], funder_template(with_lines=True))
    funder_workbooks.hand_in(loaded, programme, template, version=0, by=OFFICER)
    key, hours = begin(loaded), begin(loaded, "hours")
    assert blocks(loaded, key, ReportCheck.FORM) == []
    whole = (*lines[:3], CrosswalkLine("3", "Overig", categories=lines[3].categories))
    crosswalks.change_lines(loaded, programme, "nl", whole, version=1, by=OFFICER)
    (found,) = blocks(loaded, key, ReportCheck.FORM)
    assert found.what.facts["count"] == 3
    assert f"Kosten 2023!C{FIRST + 3} (line.2.2.budget)" in str(found.what)
    assert blocks(loaded, hours, ReportCheck.FORM) == []
    pointed = [
        one._replace(figure=one.figure.replace("line.2.2.", "line.3."))
        for one in the_workbook(loaded, programme).pointed
    ]
    loaded.rollback()
    funder_workbooks.point(loaded, programme, pointed, version=1, by=OFFICER)
    assert blocks(loaded, key, ReportCheck.FORM) == []
