"""What is due beside what was begun, and for whom each report waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.test_funder_reports import FIRST, REPORT
from tracker.domain.actor import Actor
from tracker.domain.funder_reports import ReportState
from tracker.domain.periods import Period, calendar_year
from tracker.domain.policy import Role
from tracker.domain.report_dues import GROUPS, DueReport, count_by_standing, lines, waits_for

FENNA = Actor("fenna", Role.FINANCE_OFFICER)
COEN = Actor("coen", Role.CONTROLLER)
AUKJE = Actor("aukje", Role.AUDITOR)
DUE = DueReport(1, "NGF-1", "statement", calendar_year(2023), date(2024, 4, 1))
LATER = replace(DUE, period=calendar_year(2024), due_on=date(2025, 4, 1))


def test_a_due_report_is_a_line_until_it_is_begun_and_then_one_with_its_deadline() -> None:
    (line,) = lines([DUE], [], {}, FENNA)
    assert (line.stands, line.is_yours, line.due_on) == ("report_due", True, date(2024, 4, 1))
    (begun,) = lines([DUE], [REPORT], {}, FENNA)
    assert (begun.stands, begun.due_on) == ("report_draft", date(2024, 4, 1))


def test_a_report_over_part_of_the_days_meets_the_deadline_of_its_last_day() -> None:
    part = replace(REPORT, period=Period(date(2023, 4, 9), date(2023, 12, 31)))
    assert [line.due_on for line in lines([DUE], [part], {}, FENNA)] == [DUE.due_on]
    other = replace(REPORT, period=Period(date(2023, 1, 1), date(2023, 12, 30)))
    assert len(lines([DUE], [other], {}, FENNA)) == 2


def test_what_was_sent_or_overtaken_is_no_line_of_its_own() -> None:
    assert lines([replace(DUE, is_open=False)], [], {}, FENNA) == ()
    assert len(lines([DUE], [], {}, FENNA)) == 1


@pytest.mark.parametrize(
    ("state", "waits"),
    [
        (ReportState.DRAFT, {FENNA}),
        (ReportState.IN_REVIEW, {COEN}),
        (ReportState.APPROVED, {FENNA}),
        (ReportState.ISSUED, set()),
        (ReportState.ACCEPTED, set()),
        (ReportState.RETURNED, {FENNA}),
        (ReportState.WITHDRAWN, {FENNA}),
    ],
)
def test_a_report_waits_for_who_takes_its_next_step(state: ReportState, waits: set[Actor]) -> None:
    report = replace(REPORT, state=state)
    assert {actor for actor in (FENNA, COEN, AUKJE) if waits_for(report, (), actor)} == waits


def test_a_review_does_not_wait_for_who_wrote_in_the_report() -> None:
    report = replace(REPORT, state=ReportState.IN_REVIEW)
    assert not waits_for(report, {"coen"}, COEN)
    assert waits_for(report, {"fenna"}, COEN)


def test_days_late_are_told_until_it_went_out() -> None:
    (late,) = lines([DUE], [REPORT], {}, FENNA)
    assert late.days_late(date(2024, 4, 11)) == 10
    assert late.days_late(date(2024, 3, 1)) == 0
    sent = replace(REPORT, state=ReportState.ISSUED, issues=(FIRST,))
    (out,) = lines([DUE], [sent], {}, FENNA)
    assert out.days_late(date(2024, 4, 11)) == 0


@given(
    st.lists(
        st.builds(
            lambda year, state: replace(
                REPORT, id=year, period=calendar_year(2000 + year), state=state
            ),
            st.integers(0, 20),
            st.sampled_from([state for state in ReportState if state is not ReportState.DROPPED]),
        ),
        unique_by=lambda report: report.id,
    ),
    st.booleans(),
)
def test_lines_are_by_deadline_and_none_is_lost(reports: list[object], is_due: bool) -> None:
    dues = [DUE, LATER] if is_due else []
    found = lines(dues, reports, {}, COEN)  # type: ignore[arg-type]
    assert {line.report.id for line in found if line.report} == {one.id for one in reports}  # type: ignore[attr-defined]
    days = [line.due_on for line in found if line.due_on]
    assert days == sorted(days)
    assert [line.due_on is None for line in found] == sorted(line.due_on is None for line in found)
    counts = count_by_standing(found)
    assert sum(counts.values()) == len(found)
    assert list(counts) == [stands for stands in GROUPS if stands in counts]
