"""What blocks a funder report, and what it must explain."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tracker.domain.errors import RuleViolation, Sentence
from tracker.domain.money import Money
from tracker.domain.report_checks import (
    ReportCheck,
    Situation,
    Topic,
    blocking,
    check_nothing_blocks,
)

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
        (replace(CLEAR, waiting=3), ReportCheck.COSTS, "3 cost lines"),
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
    assert said in str(found.what)
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
