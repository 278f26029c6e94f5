"""A mail leaves by itself after a report is issued or withdrawn; no deed waits for it."""

from __future__ import annotations

import os
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.orm import Session

from tests.actions.issued import ANOTHERS, NEWEST, issue, withdraw
from tests.actions.test_report_mails import fates, let_in
from tests.conftest import closing_engine
from tests.mail_sink import Mood
from tracker.actions import jobs, report_mails
from tracker.domain.policy import Role
from tracker.domain.report_mails import MailFate
from tracker.store.commitments import commitment_named
from tracker.store.turns import turn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.mail_sink import Sink

PATIENCE = 60


@pytest.fixture
def mailing(
    reported: Session, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Session, Sink]]:
    """A viewer of a funder to whom everything so far was told, and a mail server."""
    let_in(reported, "Piet", Role.FUNDER_VIEWER, commitment_named(reported, "PZH-1").funder_id)
    reported.rollback()
    for name, value in (
        ("TRACKER_SECRET_KEY", "k" * 32),
        ("TRACKER_SMTP_HOST", sink.server.host),
        ("TRACKER_SMTP_PORT", str(sink.server.port)),
        ("TRACKER_SMTP_FROM", sink.server.sender),
    ):
        monkeypatch.setenv(name, value)
    yield reported, sink
    for thread in threading.enumerate():
        if thread.name == jobs.WATCHING:
            thread.join(PATIENCE)


def wait_for(sink: Sink, count: int) -> None:
    until = time.monotonic() + PATIENCE
    while len(sink.taken) < count and time.monotonic() < until:
        time.sleep(0.1)
    assert len(sink.taken) == count


def test_a_withdrawal_is_told_soon_and_once_also_by_a_server_that_refuses_at_first(
    mailing: tuple[Session, Sink],
) -> None:
    session, sink = mailing
    sink.moods = [Mood.GREETS_NOBODY]
    withdraw(session, ANOTHERS, "One invoice was counted twice.")
    session.rollback()
    wait_for(sink, 1)
    (message,) = sink.taken
    assert message["To"] == "Piet <piet@example.org>"
    body = message.get_body(("plain",))
    assert body
    assert "One invoice was counted twice." in body.get_content()
    join()
    assert fates(session, ANOTHERS) == [(1, True, "piet@example.org", MailFate.SENT)]
    report_mails.Round(session).begin()
    join()
    assert len(sink.taken) == 1


def test_what_is_issued_is_told_soon(mailing: tuple[Session, Sink]) -> None:
    session, sink = mailing
    withdraw(session, ANOTHERS)
    wait_for(sink, 1)
    issue(session, "PZH-1")
    session.rollback()
    wait_for(sink, 2)
    body = sink.taken[1].get_body(("plain",))
    assert body
    assert "version 2" in body.get_content()


def test_no_deed_waits_for_the_mail_server_and_without_one_nothing_is_begun(
    mailing: tuple[Session, Sink], monkeypatch: pytest.MonkeyPatch
) -> None:
    session, _sink = mailing
    begun: list[Any] = []
    monkeypatch.setattr(jobs.Process, "start", lambda self, _session: begun.append(self))
    withdraw(session, ANOTHERS)
    assert len(begun) == 1
    for name in ("HOST", "PORT", "FROM"):
        monkeypatch.delenv(f"TRACKER_SMTP_{name}")
    withdraw(session, NEWEST)
    assert len(begun) == 1


def test_a_machine_without_room_for_a_process_leaves_the_deed_as_it_is(
    mailing: tuple[Session, Sink], monkeypatch: pytest.MonkeyPatch
) -> None:
    session, sink = mailing

    def refused(*_: object) -> None:
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(jobs.Process, "start", refused)
    withdraw(session, ANOTHERS)
    assert sink.taken == []
    assert fates(session, ANOTHERS) == []


def join() -> None:
    for thread in threading.enumerate():
        if thread.name == jobs.WATCHING:
            thread.join(PATIENCE)


def in_turn(url: str, holds: float, out: int) -> int:
    """Take a turn in a process of its own, and write down when it began and ended."""
    child = os.fork()
    if child:
        return child
    with closing_engine(url) as engine, turn(engine, "test") as is_ours:
        began = datetime.now(UTC).timestamp()
        time.sleep(holds if is_ours else 0)
        told = f"{is_ours} {began} {datetime.now(UTC).timestamp()}\n"
    os.write(out, told.encode())
    os._exit(0)


def test_one_is_at_work_one_waits_and_others_go_away(database_url: str) -> None:
    reading, writing = os.pipe()
    children = []
    for _ in range(4):
        children.append(in_turn(database_url, 1.5, writing))
        time.sleep(0.3)
    for child in children:
        assert os.waitpid(child, 0)[1] == 0
    os.close(writing)
    with os.fdopen(reading) as file:
        told = [line.split() for line in file]
    ours = sorted(
        (float(began), float(ended)) for is_ours, began, ended in told if is_ours == "True"
    )
    assert len(told) == 4
    assert len(ours) == 2
    assert ours[0][1] <= ours[1][0]
