"""A funder report from its beginning to what the funder answers, and what follows from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from reports import catalogue
from tests.actions import issued
from tests.actions.closing import NOW
from tests.actions.programme import OFFICER
from tests.actions.test_instalments import change, plan, wished
from tracker.actions import funder_reports as deeds
from tracker.actions import issuing, terms
from tracker.domain.actor import Actor
from tracker.domain.deadlines import DeadlineKind
from tracker.domain.errors import NotAllowedError, NotFoundError, RuleViolation, StaleEditError
from tracker.domain.funder_reports import ReportState, Standing
from tracker.domain.periods import calendar_year
from tracker.domain.policy import Role
from tracker.domain.report_texts import LONGEST, Place
from tracker.domain.terms import DatedTerm
from tracker.store import funder_reports as stored
from tracker.store.audit import history_of
from tracker.store.commitments import commitment_named
from tracker.store.deadlines import deadlines_of_records
from tracker.store.documents import documents_of
from tracker.store.report_dues import dues_on

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

YEAR = calendar_year(2021)
OTHER = Actor("other@example.org", Role.FINANCE_OFFICER)
CONTROLLER = Actor("controller@example.org", Role.CONTROLLER)
PNG = ("roof.png", "image/png", b"\x89PNG\r\n\x1a\n and the rest")


@pytest.fixture(autouse=True)
def printed_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the PDF looks like is another test's matter."""
    monkeypatch.setattr(catalogue, "printed", lambda *_report: b"%PDF-1.7 printed elsewhere")


def begin(session: Session, code: str = "LUMC-1") -> int:
    return deeds.begin(session, code, "statement", YEAR, by=OFFICER)


def state_of(session: Session, key: int) -> ReportState:
    found = stored.report_numbered(session, key).state
    session.rollback()
    return found


def version_of(session: Session, key: int) -> int:
    found = stored.report_numbered(session, key).version
    session.rollback()
    return found


def unblocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing block: what does is judged beside the checks."""
    for module in (deeds, issuing):
        monkeypatch.setattr(module, "blocking_of", lambda *_facts: ())


def test_a_report_is_begun_once_over_the_same_days(loaded: Session) -> None:
    key = begin(loaded)
    with pytest.raises(RuleViolation, match="already"):
        begin(loaded)
    deeds.drop(loaded, key, version=1, by=OFFICER)
    again = begin(loaded)
    assert again != key
    assert [one.id for one in stored.reports_of(loaded)] == [again]


def test_a_report_of_the_project_or_of_no_kind_is_not_begun(loaded: Session) -> None:
    for kind in ("overview", "nonsense"):
        with pytest.raises(NotFoundError):
            deeds.begin(loaded, "NGF-1", kind, YEAR, by=OFFICER)
    with pytest.raises(NotFoundError):
        deeds.begin(loaded, "XXX-1", "statement", YEAR, by=OFFICER)
    with pytest.raises(RuleViolation, match="lies outside"):
        deeds.begin(loaded, "NGF-1", "statement", calendar_year(1999), by=OFFICER)
    assert stored.reports_of(loaded) == []


def test_two_people_do_not_write_over_each_other(loaded: Session) -> None:
    key = begin(loaded)
    deeds.write(loaded, key, Place.SUMMARY, "first", version=0, by=OFFICER)
    with pytest.raises(StaleEditError) as refused:
        deeds.write(loaded, key, Place.SUMMARY, "second", version=0, by=OTHER)
    assert OFFICER.name in str(refused.value)
    assert refused.value.changed == ("said",)
    deeds.write(loaded, key, Place.SUMMARY, "second", version=refused.value.version, by=OTHER)
    deeds.write(loaded, key, Place.PROGRESS, "another place", version=0, by=OFFICER)
    assert stored.texts_of(loaded, key)["text_summary"].said == "second"


def test_the_same_words_again_are_no_change(loaded: Session) -> None:
    key = begin(loaded)
    deeds.explain(loaded, key, "category:travel", "a conference", version=0, by=OFFICER)
    deeds.explain(loaded, key, "category:travel", "a conference", version=1, by=OTHER)
    written = stored.explanations_of(loaded, key)["category:travel"]
    assert (written.version, written.written_by) == (1, OFFICER.name)


def test_a_text_that_is_too_long_is_refused_with_its_length(loaded: Session) -> None:
    key = begin(loaded)
    with pytest.raises(RuleViolation, match=str(LONGEST + 1)) as refused:
        deeds.write(loaded, key, Place.OUTLOOK, "x" * (LONGEST + 1), version=0, by=OFFICER)
    assert refused.value.field == "text_outlook"
    deeds.write(loaded, key, Place.OUTLOOK, "x" * LONGEST, version=0, by=OFFICER)


def test_a_picture_of_a_title_takes_the_place_of_the_older_one(loaded: Session) -> None:
    key = begin(loaded)
    with pytest.raises(RuleViolation, match="no title"):
        deeds.attach(loaded, key, "  ", PNG, by=OFFICER)
    deeds.attach(loaded, key, "Roof", PNG, by=OFFICER)
    deeds.attach(loaded, key, "Roof", ("new.png", PNG[1], PNG[2] + b"!"), by=OFFICER)
    (paper,) = stored.papers_of(loaded, key)
    assert paper.title == "Roof"
    (picture,) = stored.wording_of(loaded, key).pictures
    assert picture.media_type == "image/png"
    subject = stored.of_report(stored.report_numbered(loaded, key))
    assert [one.name for one in documents_of(loaded, subject)] == ["new.png", "roof.png"]


def test_a_comment_says_something_and_stays(loaded: Session) -> None:
    key = begin(loaded)
    with pytest.raises(RuleViolation, match="empty"):
        deeds.comment(loaded, key, "", " ", by=CONTROLLER)
    deeds.comment(loaded, key, Place.PROGRESS.value, "name the day", by=CONTROLLER)
    (said,) = stored.comments_of(loaded, key)
    assert (said.place, said.said, said.written_by) == (
        "text_progress", "name the day", CONTROLLER.name
    )  # fmt: skip


def test_a_draft_goes_on_only_when_nothing_blocks_it(loaded: Session) -> None:
    key = begin(loaded)
    with pytest.raises(RuleViolation) as refused:
        deeds.ask_review(loaded, key, version=1, today=NOW, by=OFFICER)
    assert str(refused.value.hint)
    assert state_of(loaded, key) is ReportState.DRAFT
    issued._clear_the_way(loaded, key, NOW)
    deeds.ask_review(loaded, key, version=1, today=NOW, by=OFFICER)
    assert state_of(loaded, key) is ReportState.IN_REVIEW


@pytest.mark.parametrize("writes", [OTHER, CONTROLLER])
def test_whoever_wrote_in_a_report_does_not_approve_it_also_when_others_wrote_after(
    loaded: Session, monkeypatch: pytest.MonkeyPatch, writes: Actor
) -> None:
    unblocked(monkeypatch)
    key = begin(loaded)
    deeds.write(loaded, key, Place.SUMMARY, "mine", version=0, by=writes)
    deeds.write(loaded, key, Place.SUMMARY, "ours", version=1, by=OFFICER)
    deeds.ask_review(loaded, key, version=1, today=NOW, by=OFFICER)
    for own in (OFFICER, writes):
        with pytest.raises(NotAllowedError, match="somebody else"):
            deeds.approve(loaded, key, version=2, by=own)
    third = ({OTHER, CONTROLLER} - {writes}).pop()
    deeds.approve(loaded, key, version=2, by=third)
    assert state_of(loaded, key) is ReportState.APPROVED


def test_what_is_sent_back_is_a_draft_with_its_words_and_without_its_approval(
    loaded: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    unblocked(monkeypatch)
    key = begin(loaded)
    deeds.write(loaded, key, Place.SUMMARY, "words", version=0, by=OFFICER)
    deeds.ask_review(loaded, key, version=1, today=NOW, by=OFFICER)
    with pytest.raises(RuleViolation, match="texts stay"):
        deeds.write(loaded, key, Place.SUMMARY, "other words", version=1, by=OFFICER)
    deeds.approve(loaded, key, version=2, by=CONTROLLER)
    with pytest.raises(RuleViolation, match="reason"):
        deeds.send_back(loaded, key, " ", version=3, by=CONTROLLER)
    deeds.send_back(loaded, key, "a name is missing", version=3, by=CONTROLLER)
    report = stored.report_numbered(loaded, key)
    assert (report.state, report.approved_by) == (ReportState.DRAFT, "")
    assert stored.texts_of(loaded, key)["text_summary"].said == "words"
    newest = history_of(loaded, stored.of_report(report))[0]
    assert newest.detail["reason"] == "a name is missing"
    loaded.rollback()
    with pytest.raises(RuleViolation, match="draft"):
        issuing.issue(loaded, key, version=4, today=NOW, by=OFFICER)


def test_a_step_on_a_page_that_is_out_of_date_says_who_was_faster(
    loaded: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    unblocked(monkeypatch)
    key = begin(loaded)
    deeds.ask_review(loaded, key, version=1, today=NOW, by=OFFICER)
    with pytest.raises(StaleEditError) as refused:
        deeds.drop(loaded, key, version=1, by=OTHER)
    assert refused.value.changed == ("status",)
    assert OFFICER.name in str(refused.value)


def test_what_was_issued_is_not_dropped(loaded: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    unblocked(monkeypatch)
    made = issued.issue(loaded)
    report, _one = stored.issue_numbered(loaded, made)
    loaded.rollback()
    issuing.withdraw(loaded, made, "wrong", version=report.version, by=OFFICER)
    deeds.correct(loaded, report.id, "mended", version=report.version + 1, by=OFFICER)
    with pytest.raises(RuleViolation, match="Version 1"):
        deeds.drop(loaded, report.id, version=report.version + 2, by=OFFICER)


def waiting_for(session: Session, report: str) -> None:
    """Let the last instalment wait for a report instead of a milestone."""
    change(
        session,
        [
            replace(one, milestone="", report=report) if one.number == 6 else one
            for one in wished(session)
        ],
    )


@pytest.mark.parametrize(
    ("named", "accepted", "is_released"),
    [
        ("Progress report 2021", True, True),
        ("Progress report 2021", False, False),
        ("Progress report 2022", True, False),
        ("Year 1", True, True),
        ("Year 2", True, False),
    ],
)
def test_an_accepted_report_releases_what_waits_for_it(
    loaded: Session,
    monkeypatch: pytest.MonkeyPatch,
    named: str,
    accepted: bool,
    is_released: bool,
) -> None:
    unblocked(monkeypatch)
    waiting_for(loaded, named)
    made = issued.issue(loaded)
    version = stored.issue_numbered(loaded, made)[0].version
    day, letter = date(2026, 11, 2), ("letter.txt", "text/plain", b"We agree.")
    issuing.answer(
        loaded, made, "so", is_accepted=accepted, version=version, by=OFFICER, on=day, letter=letter
    )
    released = plan(loaded)[-1]
    assert released.is_released is is_released
    assert released.accepted_on == (day if is_released else None)
    newest = history_of(loaded, "commitment/NGF-1")
    assert ("follow instalment" in {deed.did for deed in newest[:2]}) is is_released
    report, one = stored.issue_numbered(loaded, made)
    assert one.standing is (Standing.ACCEPTED if accepted else Standing.RETURNED)
    assert [found.name for found in documents_of(loaded, stored.answers_to(report))] == [letter[0]]


def ask_for_one_a_year(session: Session, code: str) -> None:
    """Let the terms of a commitment ask for a report each year, within eight weeks."""
    programme = commitment_named(session, code).programme_id
    session.rollback()
    for name, value in (("report_months", "12"), ("report_weeks", "8")):
        term = DatedTerm(name, "", value, date(2000, 1, 1), "award")
        terms.change_term(session, programme, term, by=OFFICER)


def due(session: Session, today: date) -> tuple[set[date], set[date]]:
    """The days until which a report on LUMC-1 is due, by the calendar and on the list."""
    reminded = {
        date.fromisoformat(one.subject.partition("/")[2])
        for one in deadlines_of_records(session, today)
        if one.kind is DeadlineKind.PROGRESS_REPORT and one.commitment == "LUMC-1"
    }
    listed = {
        one.period.last_day
        for one in dues_on(session, today)
        if one.is_open and one.commitment == "LUMC-1" and one.kind == "statement"
    }
    session.rollback()
    return reminded, listed


def test_a_deadline_is_met_by_issuing_and_comes_back_when_that_is_withdrawn(
    loaded: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    unblocked(monkeypatch)
    ask_for_one_a_year(loaded, "LUMC-1")
    today, last_day = date(2022, 2, 1), date(2021, 5, 31)
    reminded, listed = due(loaded, today)
    assert last_day in reminded & listed
    made = issued.issue(loaded, "LUMC-1")
    assert due(loaded, today) == (reminded - {last_day}, listed - {last_day})
    issued.withdraw(loaded, made)
    assert due(loaded, today) == (reminded, listed)
