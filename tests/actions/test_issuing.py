"""Issued is final: whole or not there, once, of the books at one moment, served as it was kept."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import random
import signal
import time
from contextlib import contextmanager, suppress
from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from reports import catalogue
from tests.actions.issued import NEWEST, OTHER, issued, withdraw
from tests.actions.programme import OFFICER
from tests.actions.small_books import small_books
from tests.books.cases import case_dir
from tests.conftest import closing_engine
from tracker.actions import allocations, funder_reports, imports, issuing, programmes
from tracker.domain.errors import FileRefused, RuleViolation, StaleEditError, TrackerError
from tracker.domain.funder_reports import ReportState
from tracker.domain.money import Money
from tracker.domain.periods import Period, calendar_year
from tracker.store import audit
from tracker.store.documents import DocumentRow, intact
from tracker.store.funder_reports import issue_numbered, report_numbered
from tracker.store.issued_reports import IssuedFigureRow, IssuedFileRow, IssuedReportRow
from tracker.store.kept_facts import facts_in
from tracker.store.verification import changed_issues, hashes_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.synchronize import Barrier
    from pathlib import Path

    from tests.conftest import Databases

CODE, TODAY = "NGF-1", date(2026, 1, 15)
TWO_YEARS = Period(date(2023, 1, 1), date(2024, 12, 31))
ENTRIES, RACERS = 12, 4
FACES = 4
"""How many files are issued of a report; its facts are kept beside them."""


@pytest.fixture(autouse=True)
def only_the_issuing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a PDF looks like and what blocks a report are other tests' matter."""
    monkeypatch.setattr(catalogue, "printed", lambda *_report: b"%PDF-1.7 printed elsewhere")
    for module in (funder_reports, issuing):
        monkeypatch.setattr(module, "blocking_of", lambda *_facts: ())


def approved(session: Session, period: Period) -> int:
    """Bring a report to where it may be issued, as version 3 of what is written down of it."""
    key = funder_reports.begin(session, CODE, "statement", period, by=OFFICER)
    funder_reports.ask_review(session, key, version=1, today=TODAY, by=OFFICER)
    funder_reports.approve(session, key, version=2, by=OTHER)
    return key


def issue(session: Session, key: int, tell: Callable[[int, int], None] = lambda *_: None) -> int:
    return issuing.issue(session, key, version=3, today=TODAY, by=OFFICER, tell=tell)


def counts(session: Session) -> tuple[int, int, int]:
    """How many versions, files and documents there are."""
    session.rollback()
    rows = (IssuedReportRow, IssuedFileRow, DocumentRow)
    found = [session.scalar(select(func.count()).select_from(row)) or 0 for row in rows]
    session.rollback()
    return found[0], found[1], found[2]


def check_one(session: Session, key: int, before: tuple[int, int, int]) -> None:
    """Look that a report was issued once and as a whole."""
    issues, files, kept = before
    assert counts(session) == (issues + 1, files + FACES, kept + FACES + 1)
    assert report_numbered(session, key).state is ReportState.ISSUED
    assert changed_issues(session, hashes_of(session)) == []
    assert audit.broken_seals(session) == []
    session.rollback()


def killed_at(do: Callable[[], object]) -> bool:
    """Do something in a process of its own, and tell whether that was killed."""
    child = os.fork()
    if not child:
        with suppress(BaseException):
            do()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def die(*_told: object, **_more: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


MOMENTS = {
    "files are made": ("tracker.actions.issuing.files_of", 0),
    "the first file is kept": ("tracker.store.documents.add_document", 1),
    "the last file is kept": ("tracker.store.documents.add_document", FACES),
    "the figures are kept": ("tracker.actions.issuing._keep_figures", 0),
    "the step is taken": ("tracker.actions.issuing.step", 0),
    "the trail is written": ("tracker.store.audit.record", 0),
}
"""Where a process is killed: when something is to be done, after it was done so many times."""


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_process_killed_while_it_issues_leaves_nothing_and_another_issues_once(
    loaded: Session, loaded_url: str, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = approved(loaded, calendar_year(2021))
    before = counts(loaded)
    where, times = MOMENTS[moment]

    def fatal() -> None:
        module, _dot, name = where.rpartition(".")
        own = getattr(__import__(module, fromlist=[name]), name)
        done: list[object] = []

        def do(*told: object, **more: object) -> object:
            if len(done) == times:
                die()
            done.append(told)
            return own(*told, **more)

        monkeypatch.setattr(where, do)
        with closing_engine(loaded_url) as engine, Session(engine) as session:
            issue(session, key)

    assert killed_at(fatal)
    assert counts(loaded) == before
    assert report_numbered(loaded, key).state is ReportState.APPROVED
    assert audit.broken_seals(loaded) == []
    loaded.rollback()
    issue(loaded, key)
    check_one(loaded, key, before)


def test_a_process_killed_right_after_it_issued_has_issued(
    loaded: Session, loaded_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: a kill that comes too late changes nothing, and nobody can issue it again."""
    key = approved(loaded, calendar_year(2021))
    before = counts(loaded)

    def fatal() -> None:
        monkeypatch.setattr("tracker.actions.report_mails.Round.begin", die)
        with closing_engine(loaded_url) as engine, Session(engine) as session:
            issue(session, key)

    assert killed_at(fatal)
    check_one(loaded, key, before)
    with pytest.raises(StaleEditError):
        issue(loaded, key)
    check_one(loaded, key, before)


def press(url: str, key: int, barrier: Barrier, told: list[str]) -> None:
    with closing_engine(url) as engine, Session(engine) as session:
        barrier.wait(300)
        try:
            issue(session, key)
            told.append("issued")
        except (RuleViolation, StaleEditError) as error:
            told.append(str(error.message))


def test_of_several_who_press_at_once_one_issues_and_the_others_are_told(
    loaded: Session, loaded_url: str
) -> None:
    key = approved(loaded, calendar_year(2021))
    before = counts(loaded)
    context = multiprocessing.get_context("fork")
    with context.Manager() as manager:
        barrier, told = manager.Barrier(RACERS), manager.list()
        racers = [
            context.Process(target=press, args=(loaded_url, key, barrier, told))
            for _ in range(RACERS)
        ]
        for racer in racers:
            racer.start()
        for racer in racers:
            racer.join(600)
        assert [racer.exitcode for racer in racers] == [0] * RACERS
        assert len(told) == RACERS
        assert list(told).count("issued") == 1
    check_one(loaded, key, before)


def programme(session: Session) -> None:
    programmes.set_up(session, case_dir(5, 40) / "case.json", by=OFFICER)


def bring_in(session: Session, path: Path) -> None:
    (outcome,) = imports.bring_in(session, [(path.name, path)], by=OFFICER)
    assert not isinstance(outcome, FileRefused)
    allocations.charge(session, by=OFFICER)


def bring_in_beside(url: str, path: Path) -> None:
    with closing_engine(url) as engine, Session(engine) as session:
        bring_in(session, path)


@contextmanager
def small(databases: Databases, path: Path) -> Iterator[tuple[str, Session, int]]:
    """A programme with the costs of one year, and a report over two that may be issued."""
    with (
        databases.copy_of("small_programme", programme) as url,
        closing_engine(url) as engine,
        Session(engine) as session,
    ):
        bring_in(session, path)
        yield url, session, approved(session, TWO_YEARS)


def check_told(session: Session, issued_id: int) -> Money:
    """Look that a report says one thing with its figures, its facts and its lines; say how much."""
    row = session.scalars(select(IssuedReportRow).where(IssuedReportRow.id == issued_id)).one()
    facts = facts_in(intact(session, row.facts_id))
    figures = session.scalars(
        select(IssuedFigureRow).where(IssuedFigureRow.issued_id == issued_id)
    ).all()
    assert sum(figure.to_date for figure in figures) == facts.charged_to_date.cents
    assert sum(line.charged for line in facts.lines()) == facts.listed.cents
    assert [check for check in facts.checks if check.difference] == []
    session.rollback()
    return facts.charged_to_date


def test_what_is_brought_in_while_the_files_are_made_is_in_them(
    databases: Databases, tmp_path: Path
) -> None:
    first, second = (small_books(tmp_path, year=year, entries=ENTRIES) for year in (2023, 2024))
    told: list[int] = []
    with small(databases, first) as (url, session, key):

        def tell(done: int, _whole: int) -> None:
            if not told:
                bring_in_beside(url, second)
            told.append(done)

        before = counts(session)
        found = check_told(session, issue(session, key, tell))
        charged = session.execute(
            text(
                "SELECT SUM(a.amount) FROM allocation a JOIN commitment c"
                " ON c.id = a.commitment_id WHERE c.code = :code"
            ),
            {"code": CODE},
        ).scalar_one()
        assert found == Money(int(charged))
        assert told.count(0) == 2  # its files were made twice
        check_one(session, key, before)


def test_a_report_whose_books_never_stand_still_is_not_issued(
    databases: Databases, tmp_path: Path
) -> None:
    with small(databases, small_books(tmp_path, year=2023, entries=ENTRIES)) as (url, session, key):
        companies = iter(range(1, 9))

        def tell(done: int, _whole: int) -> None:
            if not done:
                path = small_books(tmp_path, year=2024, entries=2)
                other = path.read_text("utf-8").replace("0012 b01", f"{next(companies):04} b99")
                path.write_text(other, "utf-8")
                bring_in_beside(url, path)

        before = counts(session)
        with pytest.raises(TrackerError, match="3 times in a row"):
            issue(session, key, tell)
        session.rollback()
        assert counts(session) == before
        assert report_numbered(session, key).state is ReportState.APPROVED
        assert next(companies) == 4
        session.rollback()
        check_told(session, issue(session, key))  # the twin: now they stand still


def test_a_report_that_is_issued_beside_an_import_says_what_the_books_said_at_one_moment(
    databases: Databases, tmp_path: Path
) -> None:
    first, second = (small_books(tmp_path, year=year, entries=ENTRIES) for year in (2023, 2024))
    chance = random.Random(20_260_422)
    for _ in range(3):
        with small(databases, first) as (url, session, key):
            before = counts(session)
            child = os.fork()
            if not child:
                with suppress(BaseException):
                    bring_in_beside(url, second)
                    os._exit(0)
                os._exit(1)
            time.sleep(chance.random())
            issued_id = issue(session, key)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
            check_told(session, issued_id)
            check_one(session, key, before)


@pytest.mark.faces
def test_downloads_serve_what_was_kept_also_when_the_program_writes_otherwise(
    reported: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = issued(reported, NEWEST).files
    for face in list(catalogue.FACES):
        monkeypatch.setitem(catalogue.FACES, face, lambda _report: b"written by a newer program")
    for file in files:
        _file, content = issuing.take(reported, NEWEST, file.face, by=OTHER)
        assert hashlib.sha256(content).hexdigest() == file.sha256
        assert b"newer program" not in content


def test_a_withdrawal_is_seen_and_changes_nothing_of_what_was_issued(reported: Session) -> None:
    def kept() -> list[object]:
        names = ("issued_report", "issued_file", "issued_figure", "document")
        rows = [reported.execute(text(f"SELECT * FROM {name} ORDER BY id")).all() for name in names]
        reported.rollback()
        return list(rows)

    before, was = kept(), issued(reported, NEWEST)
    withdraw(reported, NEWEST, "The wrong period.")
    assert kept() == before
    now = issued(reported, NEWEST)
    assert (now.reason, now.withdrawn_by, now.stands) == ("The wrong period.", OFFICER.name, False)
    assert now.files == was.files
    assert issue_numbered(reported, NEWEST)[0].state is ReportState.WITHDRAWN
    reported.rollback()
    for file in now.files:
        assert issuing.take(reported, NEWEST, file.face, by=OTHER)[0] == file
    with pytest.raises(RuleViolation):
        withdraw(reported, NEWEST)
