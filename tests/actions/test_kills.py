"""Importing and charging are killed at any moment: nothing is lost, half done or done twice."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.actions.programme import OFFICER
from tests.actions.small_books import small_books
from tests.books.cases import case_dir
from tests.conftest import closing_engine
from tracker.actions import allocations, imports, intakes, programmes
from tracker.actions.intake_jobs import IntakeJob
from tracker.actions.jobs import ENDED, Job
from tracker.domain.errors import FileRefused
from tracker.domain.intakes import Choice, IntakeState
from tracker.store import intakes as stored
from tracker.store.allocations import ChargeRow
from tracker.store.checks import broken
from tracker.store.costs import CostLineRow
from tracker.store.imports import ImportRow
from tracker.store.intakes import IntakeRow
from tracker.store.ledgers import ExcludedLineRow
from tracker.store.tables import Base

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Databases

SEED = 20_260_421
BOOKS = ("cost_line", "excluded_line", "invoice", "book", "allocation", "unallocated", "charge")
AGAIN = 3  # times that a piece of work is killed before it is let be
PATIENCE = 10  # where work ends before it is killed: how many times as many are tried
SHORTER, LONGER = (
    0.8,
    1.1,
)  # how the time that work takes is learnt: the machine is not always as busy
ENTRIES = 12
LINES = 2 * ENTRIES
OURS = frozenset(
    ["id", "import_id", "charge_id", "book_id", "cost_line_id", "charged_at", "last_line"]
)


@dataclass
class Work:
    """A piece of work that is killed, and about the seconds that it takes when it is let be."""

    do: Callable[[str], None]
    takes: float


def contents_of(url: str) -> dict[str, list[str]]:
    """What the books hold, without the keys and moments that each run makes anew."""
    tables, found = Base.metadata.tables, {}
    line = tables["cost_line"].c
    with closing_engine(url) as engine, Session(engine) as session:
        for name in BOOKS:
            columns = [column for column in tables[name].columns if column.name not in OURS]
            found[name] = sorted(map(repr, session.execute(select(*columns)).all()))
        for name in ("allocation", "unallocated"):
            of = tables[name].c
            query = select(line.transaction_number, line.incurred_on, of.commitment_id, of.amount)
            rows = session.execute(query.where(of.cost_line_id == line.id)).all()
            found[f"{name} by line"] = sorted(map(repr, rows))
    return found


def brought_in(path: Path) -> Callable[[str], None]:
    def do(url: str) -> None:
        with closing_engine(url) as engine, Session(engine) as session:
            (outcome,) = imports.bring_in(session, [(path.name, path)], by=OFFICER)
            assert not isinstance(outcome, FileRefused)

    return do


def kept_by_job(path: Path) -> Callable[[str], None]:
    """Hand the file in, look, confirm and keep: whatever was done before is not done again."""

    def do(url: str) -> None:
        with closing_engine(url) as engine, Session(engine) as session:
            key = intakes.hand_in(session, path.name, path, by=OFFICER).intake_id
            found = stored.intake(session, key)
            if found.state in (IntakeState.READING, IntakeState.KEEPING):
                Job(session, key).end(IntakeState.STOPPED, ENDED)
                version = stored.intake(session, key).version
                intakes.look_again(session, key, version=version, by=OFFICER)
            IntakeJob(session, key).carry_out()
            found = stored.intake(session, key)
            if found.state is IntakeState.READY:
                choice = Choice("seen")
                intakes.confirm(session, key, choice, version=found.version, by=OFFICER)
                IntakeJob(session, key).carry_out()
            assert stored.intake(session, key).state is IntakeState.KEPT

    return do


def charged(url: str) -> None:
    with closing_engine(url) as engine, Session(engine) as session:
        allocations.charge(session, by=OFFICER)


def forked(do: Callable[[str], None], url: str) -> int:
    """Do a piece of work in a child that shares nothing with us but the database."""
    child = os.fork()
    if child:
        return child
    code = 1
    with suppress(BaseException):
        do(url)
        code = 0
    os._exit(code)


def is_killed(work: Work, url: str, chance: random.Random) -> bool:
    """Begin a piece of work, kill it somewhere on its way, and tell whether that was in time."""
    child = forked(work.do, url)
    time.sleep(chance.random() * work.takes)
    os.kill(child, signal.SIGKILL)  # a child that is done is there until it is waited for
    return not ended_well(child)


def ended_well(child: int) -> bool:
    return os.waitpid(child, 0)[1] == 0


def seconds_of(do: Callable[[str], None], url: str) -> float:
    began = time.perf_counter()
    assert ended_well(forked(do, url))
    return time.perf_counter() - began


def checked(url: str) -> list[str]:
    """Look at a database after a kill: whole files only; and name what was kept."""
    with closing_engine(url) as engine, Session(engine) as session:
        assert broken(session) == []
        for row in session.scalars(select(ImportRow)):
            lines = sum(
                session.scalar(select(func.count()).where(table.import_id == row.id)) or 0
                for table in (CostLineRow, ExcludedLineRow)
            )
            assert lines == row.new == LINES, row.file_name
        kept = select(IntakeRow.import_id).where(IntakeRow.state == IntakeState.KEPT)
        imported = set(session.scalars(select(ImportRow.id)))
        assert set(session.scalars(kept)) == imported
        done = [f"import {key}" for key in imported]
        return [*done, *(f"charge {key}" for key in session.scalars(select(ChargeRow.id)))]


def programme(session: Session) -> None:
    programmes.set_up(session, case_dir(5, 40) / "case.json", by=OFFICER)


def killed_again_and_again(work: Work, url: str, chance: random.Random) -> int:
    """Kill a piece of work a few times and then let it be; count those killed in time."""
    killed, tried, done = 0, 0, checked(url)
    for _ in range(AGAIN):
        is_in_time = is_killed(work, url, chance)
        if not is_in_time and killed == tried:  # it took less than that
            work.takes *= SHORTER
        killed, tried = killed + is_in_time, tried + 1
        found = checked(url)
        assert set(done) <= set(found), "what was done is gone"
        done = found
    if killed == tried:
        work.takes *= LONGER
    assert ended_well(forked(work.do, url)), "it cannot be done after a kill"
    assert set(done) <= set(checked(url))
    return killed


def test_what_is_killed_at_any_moment_is_whole_or_not_there_and_can_be_done_again(
    databases: Databases, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    first, second = (small_books(tmp_path, year=year, entries=ENTRIES) for year in (2023, 2024))
    wished = int(request.config.getoption("--kills"))
    wished = wished if "sqlite" in request.node.name else max(1, wished // 10)
    chance = random.Random(SEED)
    with databases.copy_of("small_programme", programme) as url:
        works = [
            Work(do, seconds_of(do, url))
            for do in (brought_in(first), kept_by_job(second), charged)
        ]
        undisturbed = contents_of(url)
    tried = killed = 0
    while tried < wished or (killed <= tried // 2 and tried < PATIENCE * wished):
        with databases.copy_of("small_programme", programme) as url:
            for work in works:
                killed += killed_again_and_again(work, url, chance)
                tried += AGAIN
            assert contents_of(url) == undisturbed
    assert killed > tried // 2  # before they were done, that is


def test_what_is_not_whole_would_be_seen(database_url: str, tmp_path: Path) -> None:
    path = small_books(tmp_path, year=2023, entries=ENTRIES)
    with closing_engine(database_url) as engine, Session(engine) as session:
        programme(session)
    brought_in(path)(database_url)
    assert len(checked(database_url)) == 1
    with closing_engine(database_url) as engine, Session(engine) as session:
        row = session.scalars(select(ImportRow)).one()
        row.new -= 1
        session.commit()
    with pytest.raises(AssertionError, match="small-2023"):
        checked(database_url)
