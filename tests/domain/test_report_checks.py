"""What blocks a funder report, and what it must explain."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.reports.facts import facts_of
from tracker.domain.crosswalks import Crosswalk, CrosswalkLine
from tracker.domain.errors import RuleViolation, Sentence
from tracker.domain.money import Money
from tracker.domain.report_checks import (
    ReportCheck,
    Situation,
    Topic,
    blocking,
    check_nothing_blocks,
    without_line,
)
from tracker.domain.statements import CategoryLine, StatementFacts

CLEAR = Situation((), 0, 0, Money(0), (), (), ())
TRAVEL = Topic("category:travel", Sentence("Travel is more."))
LATE = Topic("milestone:M2", Sentence("M2 is late."))


def test_nothing_blocks_where_everything_is_finished() -> None:
    assert blocking(CLEAR, (), ()) == ()
    assert blocking(CLEAR, (TRAVEL,), {TRAVEL.key}) == ()
    check_nothing_blocks(())


@pytest.mark.parametrize(
    ("situation", "check", "said"),
    [
        (replace(CLEAR, open_periods=("2023",)), ReportCheck.PERIOD, "2023 is not closed"),
        (
            replace(CLEAR, waiting=3, waiting_amount=Money(1250)),
            ReportCheck.COSTS,
            "3 cost lines of the period, € 12.50 together, wait",
        ),
        (
            replace(CLEAR, waiting=1, waiting_amount=Money(1250)),
            ReportCheck.COSTS,
            "One cost line of the period, € 12.50, waits",
        ),
        (
            replace(CLEAR, unmatched_count=1, unmatched=Money(500)),
            ReportCheck.MONEY,
            "One payment of this funder, € 5.00, is",
        ),
        (
            replace(CLEAR, unplaced=(("travel", Money(120_050)),)),
            ReportCheck.LINES,
            "travel, € 1,200.50, is on no line of the funder's form",
        ),
        (
            replace(CLEAR, unfilled=("Costs!B7 (line.1.budget)", "total (line.1.to_date)")),
            ReportCheck.FORM,
            r"2 cells .* not there: Costs!B7 \(line.1.budget\), total",
        ),
        (
            replace(CLEAR, unmatched_count=2, unmatched=Money(500)),
            ReportCheck.MONEY,
            "2 payments of this funder, € 5.00 together",
        ),
        (replace(CLEAR, broken=(Sentence("Too much aid."),)), ReportCheck.RULES, "Too much aid"),
        (replace(CLEAR, required=("Auditor's report",)), ReportCheck.PAPERS, "Auditor's report"),
    ],
)
def test_each_check_blocks_with_one_sentence_and_what_to_do(
    situation: Situation, check: ReportCheck, said: str
) -> None:
    (found,) = blocking(situation, (), ())
    assert found.check is check
    assert re.search(said, str(found.what))
    assert str(found.hint)
    with pytest.raises(RuleViolation, match=str(found.hint)):
        check_nothing_blocks([found])


def test_what_differs_blocks_until_it_is_explained_and_names_what_it_is_about() -> None:
    found = blocking(CLEAR, (TRAVEL, LATE), {TRAVEL.key})
    assert [(one.check, one.about) for one in found] == [(ReportCheck.WORDS, LATE.key)]


def test_a_required_document_is_found_by_its_title() -> None:
    asked = replace(CLEAR, required=("Auditor's report",))
    assert blocking(replace(asked, papers=("Auditor's report",)), (), ()) == ()
    (found,) = blocking(replace(asked, papers=("A picture",)), (), ())
    assert found.about == "Auditor's report"


def test_every_open_period_is_named() -> None:
    found = blocking(replace(CLEAR, open_periods=("2022", "2023")), (), ())
    assert [one.what.facts["period"] for one in found] == ["2022", "2023"]


FORM = Crosswalk(1, "nl", (CrosswalkLine("1", "Lonen", categories=("personnel",)),))


def told(*lines: CategoryLine, form: Crosswalk | None = FORM) -> StatementFacts:
    return replace(facts_of(), categories=lines, crosswalk=form)


def test_a_category_on_no_line_of_the_form_is_told_with_what_the_report_says_of_it() -> None:
    placed = CategoryLine("personnel", None, Money(5), Money(7))
    travel = CategoryLine("travel", None, Money(100), Money(20), Money(3))
    assert without_line(told(placed, travel)) == (("travel", Money(23)),)
    before = CategoryLine("travel", None, Money(100), Money(0))
    assert without_line(told(placed, before)) == (("travel", Money(100)),)


def test_a_category_without_costs_and_one_that_has_a_line_are_not_missed() -> None:
    nothing = CategoryLine("travel", Money(900), Money(0), Money(0))
    placed = CategoryLine("personnel", None, Money(5), Money(7))
    assert without_line(told(placed, nothing)) == ()
    missed = replace(nothing, this_period=Money(1))
    assert without_line(told(placed, missed, form=None)) == ()
    assert without_line(told(placed, missed)) == (("travel", Money(1)),)
