"""The process of one job: ``python -m tracker.jobs 12`` does what file 12 waits for.

``python -m tracker.jobs index`` brings the index over the cost lines up to the books, and
``python -m tracker.jobs report 7`` makes what report job 7 is about. ``python -m tracker.jobs
mail`` mails funders what was issued to them.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tracker.readers.limits import limit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

MEMORY = 1_024  # MiB of addresses; a year of books with 137,000 lines takes a seventh of it
CPU_SECONDS = 600
WALL_SECONDS = 1_200
PULSE = 5  # seconds between two signs of life of a report job
GENTLY = 10  # how far a report steps back for the pages
PAUSES = (0, 2, 10, 30, 120, 300, 600)  # seconds before each try to mail what the server refused


def main(words: list[str]) -> None:
    """Carry out one job within the limits that every job has."""
    limit(MEMORY, CPU_SECONDS)
    signal.alarm(WALL_SECONDS)
    from sqlalchemy.orm import Session

    from tracker.actions.jobs import NO_MEMORY
    from tracker.config import database_url
    from tracker.store.session import open_engine

    engine = open_engine(database_url())
    try:
        with Session(engine) as session:
            if words[0] == "report":
                _report(session, engine, int(words[1]))
            elif words[0] == "mail":
                _mail(session, engine)
            else:
                _file(session, words[0])
    except MemoryError:
        os._exit(NO_MEMORY)  # whatever else is done takes memory
    finally:
        engine.dispose()


def _file(session: Session, named: str) -> None:
    from tracker.actions.cost_index import CostIndex
    from tracker.actions.intake_jobs import IntakeJob

    if named != "index":
        IntakeJob(session, int(named)).carry_out()
    CostIndex(session).follow()


def _report(session: Session, engine: Engine, job_id: int) -> None:
    from tracker.actions import report_jobs

    os.nice(GENTLY)
    with _alive(engine, job_id):
        report_jobs.Queue(session).carry_out(job_id)
    report_jobs.Queue(session).advance()


def _mail(session: Session, engine: Engine) -> None:
    """Mail funders what is new to them, and try again what the mail server refuses."""
    from tracker.store.turns import turn

    os.nice(GENTLY)
    signal.alarm(2 * WALL_SECONDS)  # it may wait for the one before it
    with turn(engine, "mail") as is_ours:
        if is_ours:
            _tell_until_taken(session)


def _tell_until_taken(session: Session) -> None:
    from tracker import create_app
    from tracker.actions.reminders import Fate
    from tracker.config import Settings
    from tracker.domain.actor import Actor
    from tracker.domain.policy import Role
    from tracker.web.report_mails import Telling

    settings = Settings.from_env()
    telling = Telling(create_app(settings), settings, session)
    by = Actor("mail", Role.FINANCE_OFFICER)
    for pause in PAUSES:
        time.sleep(pause)
        if all(one.fate is not Fate.REFUSED for one in telling.carry_out(by=by)):
            return


@contextmanager
def _alive(engine: Engine, job_id: int) -> Iterator[None]:
    """Give signs of life while a report is made; nobody wants it any more: the process ends."""
    from sqlalchemy.orm import Session

    from tracker.actions import report_jobs
    from tracker.store import report_jobs as stored
    from tracker.store.scope import over_all

    with Session(engine) as session, over_all(session):
        version = stored.report_job(session, job_id).version
    is_done = threading.Event()

    def beat() -> None:
        while not is_done.wait(PULSE):
            if not stored.tell_progress(engine, job_id, version) and not is_done.is_set():
                with Session(engine) as session:
                    report_jobs.Queue(session).advance()
                os._exit(0)

    pulse = threading.Thread(target=beat, name="pulse", daemon=True)
    pulse.start()
    try:
        yield
    finally:
        is_done.set()
        pulse.join()


if __name__ == "__main__":
    main(sys.argv[1:])
