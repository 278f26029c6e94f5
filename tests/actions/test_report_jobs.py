"""Reports in the background: made once, in their turn, whole or not at all, and tried again."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from reports import catalogue
from tests.actions.programme import OFFICER
from tests.conftest import closing_engine
from tracker.actions import funder_reports, report_jobs
from tracker.actions.jobs import NO_MEMORY
from tracker.domain.actor import Actor
from tracker.domain.errors import NotFoundError, RuleViolation, StaleEditError
from tracker.domain.funder_reports import ReportState
from tracker.domain.periods import calendar_year
from tracker.domain.policy import Role
from tracker.domain.report_jobs import AT_ONCE, SILENT_FOR, JobKind, JobState, ReportJob, Wanted
from tracker.store import audit
from tracker.store import report_jobs as stored
from tracker.store.documents import DocumentRow
from tracker.store.funder_reports import report_numbered
from tracker.store.issued_reports import IssuedFileRow, IssuedReportRow
from tracker.store.report_checks import topics_of
from tracker.store.report_jobs import ReportJobRow

if TYPE_CHECKING:
    from collections.abc import Callable

TODAY = date(2026, 1, 15)
OTHER = Actor("controller@example.org", Role.CONTROLLER)
AUDITOR = Actor("auditor@example.org", Role.AUDITOR)
CODE = "NGF-1"


def statement(face: str = "json", period: str = "2022-Q3") -> Wanted:
    return Wanted(JobKind.REPORT, CODE, period, TODAY, slug="statement", face=face)


def dossier() -> Wanted:
    return Wanted(JobKind.DOSSIER, CODE, "2021", TODAY)


def approved(session: Session) -> Wanted:
    """Bring a report to where it may be issued, and give what is wanted then."""
    key = funder_reports.begin(session, CODE, "statement", calendar_year(2021), by=OFFICER)
    report = report_numbered(session, key)
    facts = catalogue.facts_to_issue(session, report, made_on=TODAY)
    topics = [topic.key for topic in topics_of(report, facts)]
    for about in topics:
        funder_reports.explain(session, key, about, "As planned.", version=0, by=OFFICER)
    funder_reports.ask_review(session, key, version=1, today=TODAY, by=OFFICER)
    funder_reports.approve(session, key, version=2, by=OTHER)
    return Wanted(JobKind.ISSUE, CODE, "2021", TODAY, report_id=key, version=3)


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The jobs that were begun; nothing is carried out unless a test does so."""
    found: list[int] = []
    monkeypatch.setattr(report_jobs.Queue, "start", lambda _session, key: found.append(key))
    return found


def standing(session: Session, job_id: int) -> ReportJob:
    session.rollback()
    return stored.report_job(session, job_id)


def states(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(ReportJobRow.state).order_by(ReportJobRow.id)))


def silence(session: Session) -> None:
    """Let all jobs have said nothing for too long."""
    long_ago = datetime.now(UTC) - SILENT_FOR - timedelta(seconds=1)
    session.execute(update(ReportJobRow).values(seen_at=long_ago))
    session.commit()


def test_a_report_is_made_kept_and_handed_to_who_asked(loaded: Session, begun: list[int]) -> None:
    key = report_jobs.ask(loaded, statement(), by=OFFICER)
    assert begun == [key]
    assert standing(loaded, key).state is JobState.RUNNING
    with pytest.raises(NotFoundError):
        report_jobs.result_of(loaded, key, by=OFFICER)
    report_jobs.Queue(loaded).carry_out(key)
    job = standing(loaded, key)
    assert (job.state, job.done, job.whole) == (JobState.DONE, 2, 2)
    document, content = report_jobs.result_of(loaded, key, by=OFFICER)
    assert document.name.endswith("_2022-Q3.json")
    assert content.startswith(b"{")
    with pytest.raises(RuleViolation, match=OFFICER.name):
        report_jobs.result_of(loaded, key, by=AUDITOR)


def test_fifty_who_ask_at_once_for_the_same_are_given_one(
    loaded: Session, loaded_url: str, begun: list[int]
) -> None:
    keys: list[int] = []

    def ask() -> None:
        with closing_engine(loaded_url) as engine, Session(engine) as session:
            keys.append(report_jobs.ask(session, statement(), by=OFFICER))

    threads = [threading.Thread(target=ask) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 50
    assert len(set(keys)) == 1
    assert begun == keys[:1]
    report_jobs.Queue(loaded).carry_out(keys[0])
    assert report_jobs.ask(loaded, statement(), by=OFFICER) == keys[0]  # made already
    other = report_jobs.ask(loaded, statement("xlsx"), by=OFFICER)
    assert other != keys[0]


@pytest.mark.usefixtures("begun")
def test_what_was_made_before_the_books_moved_is_made_anew(loaded: Session) -> None:
    first = report_jobs.ask(loaded, statement(), by=OFFICER)
    report_jobs.Queue(loaded).carry_out(first)
    funder_reports.begin(loaded, CODE, "statement", calendar_year(2024), by=OFFICER)
    assert report_jobs.ask(loaded, statement(), by=OFFICER) != first


def test_jobs_take_their_turn(loaded: Session, begun: list[int]) -> None:
    first = report_jobs.ask(loaded, statement(), by=OFFICER)
    second = report_jobs.ask(loaded, statement("xlsx"), by=OFFICER)
    third = report_jobs.ask(loaded, statement(), by=OTHER)
    fourth = report_jobs.ask(loaded, statement(), by=AUDITOR)
    assert begun == [first, third]
    assert len(begun) == AT_ONCE
    report_jobs.Queue(loaded).carry_out(first)
    report_jobs.Queue(loaded).advance()
    assert begun == [first, third, second]
    report_jobs.Queue(loaded).carry_out(third)
    report_jobs.Queue(loaded).advance()
    assert begun == [first, third, second, fourth]
    report_jobs.Queue(loaded).advance()
    assert len(begun) == 4


def test_what_is_cancelled_is_not_kept_and_makes_room(loaded: Session, begun: list[int]) -> None:
    first = report_jobs.ask(loaded, dossier(), by=OFFICER)
    second = report_jobs.ask(loaded, statement(), by=OFFICER)
    with pytest.raises(RuleViolation, match=OFFICER.name):
        report_jobs.cancel(loaded, first, by=AUDITOR)
    job = standing(loaded, first)
    report_jobs.cancel(loaded, first, by=OFFICER)
    assert begun == [first, second]
    before = loaded.scalar(select(func.count()).select_from(DocumentRow))
    report_jobs._Work(loaded, job, OFFICER).run()  # its process did not know yet
    assert standing(loaded, first).state is JobState.CANCELLED
    assert loaded.scalar(select(func.count()).select_from(DocumentRow)) == before
    with pytest.raises(RuleViolation, match="job_cancelled"):
        report_jobs.cancel(loaded, first, by=OFFICER)


@pytest.mark.usefixtures("begun")
def test_an_issue_that_is_cancelled_at_the_last_moment_is_not_issued(
    loaded: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = approved(loaded)
    key = report_jobs.ask(loaded, wanted, by=OFFICER)
    job = standing(loaded, key)
    report_jobs.cancel(loaded, key, by=OFFICER)
    monkeypatch.setattr(report_jobs._Work, "_tell", lambda *_: None)  # it is told too late
    report_jobs._Work(loaded, job, OFFICER).run()
    loaded.rollback()
    assert report_numbered(loaded, wanted.report_id).state is ReportState.APPROVED
    loaded.rollback()
    assert report_jobs.retry(loaded, key, by=OFFICER) == key
    report_jobs.Queue(loaded).carry_out(key)
    assert standing(loaded, key).state is JobState.DONE
    assert report_numbered(loaded, wanted.report_id).state is ReportState.ISSUED


@pytest.mark.usefixtures("begun")
def test_a_report_is_issued_once_however_often_somebody_asks(loaded: Session) -> None:
    wanted = approved(loaded)
    key = report_jobs.ask(loaded, wanted, by=OFFICER)
    assert report_jobs.ask(loaded, wanted, by=OTHER) == key
    report_jobs.Queue(loaded).carry_out(key)
    report_jobs.Queue(loaded).carry_out(key)  # a second process does nothing
    assert report_jobs.ask(loaded, wanted, by=OFFICER) == key
    assert loaded.scalar(select(func.count()).select_from(IssuedReportRow)) == 1


@pytest.mark.usefixtures("begun")
def test_what_cannot_come_to_anything_is_refused_at_once(loaded: Session) -> None:
    wanted = approved(loaded)
    stale = Wanted(JobKind.ISSUE, CODE, "2021", TODAY, report_id=wanted.report_id, version=1)
    with pytest.raises(StaleEditError):
        report_jobs.ask(loaded, stale, by=OFFICER)
    funder_reports.send_back(loaded, wanted.report_id, "Not yet.", version=3, by=OTHER)
    draft = Wanted(JobKind.ISSUE, CODE, "2021", TODAY, report_id=wanted.report_id, version=4)
    with pytest.raises(RuleViolation):
        report_jobs.ask(loaded, draft, by=OFFICER)
    with pytest.raises(NotFoundError):
        report_jobs.ask(loaded, Wanted(JobKind.DOSSIER, "XXX-1", "2021", TODAY), by=OFFICER)
    assert states(loaded) == []


@pytest.mark.usefixtures("begun")
def test_a_refusal_says_why_and_can_be_tried_again(loaded: Session) -> None:
    wanted = approved(loaded)
    key = report_jobs.ask(loaded, wanted, by=OFFICER)
    funder_reports.send_back(loaded, wanted.report_id, "Not yet.", version=3, by=OTHER)
    report_jobs.Queue(loaded).carry_out(key)
    job = standing(loaded, key)
    assert job.state is JobState.FAILED
    assert job.why is not None
    assert OTHER.name in str(job.why.message)
    report_jobs.retry(loaded, key, by=OFFICER)
    assert standing(loaded, key).state is JobState.RUNNING
    assert standing(loaded, key).why is None
    with pytest.raises(RuleViolation, match="job_running"):
        report_jobs.retry(loaded, key, by=OFFICER)


@pytest.mark.usefixtures("begun")
def test_what_is_tried_again_while_it_is_under_way_anew_is_that(loaded: Session) -> None:
    first = report_jobs.ask(loaded, statement(), by=OFFICER)
    report_jobs.cancel(loaded, first, by=OFFICER)
    second = report_jobs.ask(loaded, statement(), by=OFFICER)
    assert second != first
    assert report_jobs.retry(loaded, first, by=OFFICER) == second
    assert states(loaded) == [JobState.CANCELLED, JobState.RUNNING]


def test_a_job_that_is_silent_is_dead_and_the_next_begins(
    loaded: Session, begun: list[int]
) -> None:
    first = report_jobs.ask(loaded, dossier(), by=OFFICER)
    second = report_jobs.ask(loaded, statement(), by=OFFICER)
    assert report_jobs.Queue(loaded).notice(standing(loaded, first)).state is JobState.RUNNING
    silence(loaded)
    found = report_jobs.Queue(loaded).notice(standing(loaded, first))
    assert (found.state, found.why) == (JobState.FAILED, report_jobs.ENDED)
    assert begun == [first, second]


def test_what_waits_for_its_turn_is_looked_after_once_a_minute(
    loaded: Session, begun: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = report_jobs.ask(loaded, dossier(), by=OFFICER)
    second = report_jobs.ask(loaded, statement(), by=OFFICER)
    silence(loaded)
    with_pulse = update(ReportJobRow).where(ReportJobRow.id == first)
    loaded.execute(with_pulse.values(seen_at=datetime.now(UTC)))
    loaded.commit()
    assert report_jobs.Queue(loaded).notice(standing(loaded, second)).state is JobState.WAITING
    assert begun == [first]
    monkeypatch.setattr(report_jobs.Queue, "advance", lambda _queue: begun.append(0))
    report_jobs.Queue(loaded).notice(standing(loaded, second))
    assert begun == [first]


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (NO_MEMORY, report_jobs.LIMITS),
        (-signal.SIGXCPU, report_jobs.LIMITS),
        (-signal.SIGALRM, report_jobs.LIMITS),
        (-signal.SIGKILL, report_jobs.ENDED),
        (1, report_jobs.FAILED),
    ],
)
@pytest.mark.usefixtures("begun")
def test_how_a_process_ended_is_said(loaded: Session, code: int, why: object) -> None:
    key = report_jobs.ask(loaded, dossier(), by=OFFICER)
    report_jobs._see_off(loaded, code, key)
    assert standing(loaded, key).why == why
    report_jobs._see_off(loaded, code, key)  # of a job that is over nothing is said
    assert states(loaded) == [JobState.FAILED]


@pytest.mark.usefixtures("begun")
def test_a_job_that_takes_too_much_memory_is_refused(
    loaded: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hog(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("tracker.actions.made_reports.made", hog)
    key = report_jobs.ask(loaded, dossier(), by=OFFICER)
    report_jobs.Queue(loaded).carry_out(key)
    assert standing(loaded, key).why == report_jobs.LIMITS


def finished(url: str, key: int, seconds: float = 60) -> ReportJob:
    """Wait for a job, as pages do that look at it."""
    deadline = time.monotonic() + seconds
    with closing_engine(url) as engine, Session(engine) as session:
        while time.monotonic() < deadline:
            job = standing(session, key)
            if not job.is_under_way:
                return job
            session.rollback()
            time.sleep(0.1)
    raise AssertionError("the job did not end")


def test_processes_of_their_own_make_what_two_people_ask_one_after_the_other(
    loaded: Session, loaded_url: str
) -> None:
    keys = [
        report_jobs.ask(loaded, wanted, by=by)
        for wanted in (statement(), statement("xlsx"))
        for by in (OFFICER, OTHER)
    ]
    for key in keys:
        assert finished(loaded_url, key).state is JobState.DONE
    loaded.rollback()
    assert audit.broken_seals(loaded) == []


def make(url: str, key: int) -> None:
    """Do what the process of a job does."""
    with closing_engine(url) as engine, Session(engine) as session:
        report_jobs.Queue(session).carry_out(key)


def killed(do: Callable[[], None], after: float) -> None:
    """Do something in a process of its own, and kill that on its way."""
    child = os.fork()
    if not child:
        with suppress(BaseException):
            do()
        os._exit(0)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def whole(session: Session, wanted: Wanted, key: int) -> bool:
    """Tell whether something was made; look that it is whole or not there."""
    job = standing(session, key)
    issued = session.scalars(select(IssuedReportRow)).all()
    files = session.scalar(select(func.count()).select_from(IssuedFileRow)) or 0
    is_issued = report_numbered(session, wanted.report_id).state is ReportState.ISSUED
    assert len(issued) == (1 if is_issued else 0)
    assert bool(files) == is_issued
    assert (job.state is JobState.DONE) == is_issued
    assert audit.broken_seals(session) == []
    session.rollback()
    return is_issued


@pytest.mark.usefixtures("begun")
def test_an_issue_that_is_killed_at_any_moment_is_whole_or_not_there_and_can_be_tried_again(
    loaded: Session, loaded_url: str, request: pytest.FixtureRequest
) -> None:
    wanted = approved(loaded)
    key = report_jobs.ask(loaded, wanted, by=OFFICER)
    chance, done = random.Random(20_260_421), 0
    tries = max(3, int(request.config.getoption("--kills")) // 6)
    for _ in range(tries):
        loaded.rollback()
        killed(lambda: make(loaded_url, key), chance.random() * 1.5)
        if whole(loaded, wanted, key):
            done += 1
            break
        silence(loaded)
        assert report_jobs.Queue(loaded).notice(standing(loaded, key)).state is JobState.FAILED
        assert report_jobs.retry(loaded, key, by=OFFICER) == key
    if not done:
        report_jobs.Queue(loaded).carry_out(key)
    assert whole(loaded, wanted, key)
