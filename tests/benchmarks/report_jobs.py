"""Many reports asked for at once, and pages asked for while they are made."""

from __future__ import annotations

import time
from datetime import date
from itertools import cycle, islice, product
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from tests.benchmarks.asking import milliseconds, percentiles, signed_in
from tests.benchmarks.measuring import KILOBYTE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

    from tracker.domain.report_jobs import Wanted

TODAY = date(2026, 1, 15)
PAGES = ("/overview", "/commitments", "/commitments/NGF-1", "/costs?year=2023", "/report-jobs")
PERIODS = [
    str(year) + part for year in range(2021, 2026) for part in ("", "-Q1", "-Q2", "-Q3", "-Q4")
]
PATIENCE = 3_600  # seconds


def ask_at_once(url: str, reports: int, times: int) -> dict[str, Any]:
    """Ask for reports, each by another person, and for pages until all are made."""
    from tracker import create_app
    from tracker.config import Settings

    app = create_app(Settings(secret_key="b" * 40, database_url=url))
    client, told = signed_in(app, url), dict[str, Any]()
    for page in PAGES:
        _ask(client, page)  # what is remembered of them is, before anything is measured
    alone = [_time_of(client, page) for page in islice(cycle(PAGES), times)]
    threads = [
        Thread(target=_want, args=(url, at, wanted))
        for at, wanted in enumerate(islice(_wanted(), reports))
    ]
    began, peak, measured = time.perf_counter(), 0, list[float]()
    for thread in threads:
        thread.start()
    for page in cycle(PAGES):
        measured.append(_time_of(client, page))
        peak = max(peak, _memory(url))
        is_asked = not any(thread.is_alive() for thread in threads)
        if (is_asked and len(measured) >= times and not _under_way(url)) or (
            time.perf_counter() - began > PATIENCE
        ):
            break
    told["wall"] = time.perf_counter() - began
    states = _states(url)
    assert states == {"job_done": reports}, states
    return {
        **told,
        "alone": percentiles(alone),
        "page": {**percentiles(measured), "count": len(measured)},
        "memory": peak,
    }


def _ask(client: FlaskClient, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code == 200, (page, answer.status_code)
    assert answer.data


def _time_of(client: FlaskClient, page: str) -> float:
    return milliseconds(lambda: _ask(client, page))


def _wanted() -> Iterator[Wanted]:
    """Give reports that differ: workbooks and PDFs, of years and quarters, of two commitments."""
    from tracker.domain.report_jobs import JobKind, Wanted

    for code, period, face in product(("NGF-1", "PZH-1"), PERIODS, ("xlsx", "pdf")):
        yield Wanted(JobKind.REPORT, code, period, TODAY, slug="statement", face=face)


def _want(url: str, at: int, wanted: Wanted) -> None:
    from tests.benchmarks.books import session_on
    from tracker.actions import report_jobs
    from tracker.domain.actor import Actor
    from tracker.domain.policy import Role

    with session_on(url) as session:
        report_jobs.ask(session, wanted, by=Actor(f"person {at}", Role.FINANCE_OFFICER))


def _under_way(url: str) -> bool:
    states = _states(url)
    return bool(states.get("job_waiting", 0) + states.get("job_running", 0))


def _states(url: str) -> dict[str, int]:
    from sqlalchemy import text

    from tests.benchmarks.books import session_on

    with session_on(url) as session:
        rows = session.execute(text("SELECT state, count(*) FROM report_job GROUP BY state"))
        return {row[0]: row[1] for row in rows}


def _memory(url: str) -> int:
    """Add up what this process and the jobs of a database hold in memory."""
    return sum(_held_by(process, url) for process in Path("/proc").iterdir() if _is_one(process))


def _is_one(process: Path) -> bool:
    return process.name.isdigit()


def _held_by(process: Path, url: str) -> int:
    """Tell what a process holds; nothing where it is none of ours, or has just ended."""
    from os import getpid

    try:
        words = (process / "cmdline").read_bytes().split(b"\0")
        is_job = b"tracker.jobs" in words and url.encode() in (process / "environ").read_bytes()
        if not is_job and int(process.name) != getpid():
            return 0
        lines = (process / "status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0
    held = [line.split()[1] for line in lines if line.startswith("VmRSS:")]
    return sum(map(int, held)) * KILOBYTE
