"""A deed waits for those before it, longer than what may as well be left."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing, nullcontext
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.conftest import closing_engine
from tracker.store import session as opened
from tracker.store.session import WAIT_MILLISECONDS, transaction

if TYPE_CHECKING:
    from pathlib import Path

HELD = 0.6  # seconds
WRITE = text("INSERT INTO submission (key, at) VALUES ('a key of a form', '2026-01-01')")


def hold(path: Path, held: threading.Event) -> None:
    """Keep everybody else from writing for a moment."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        held.set()
        time.sleep(HELD)
        other.execute("ROLLBACK")


@pytest.mark.parametrize(("wait", "is_kept"), [(60_000, True), (1, False)])
def test_a_deed_waits_for_its_turn_as_long_as_deeds_do(
    sqlite_template: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    wait: int,
    is_kept: bool,
) -> None:
    path = tmp_path / "waiting.db"
    path.write_bytes(sqlite_template.read_bytes())
    monkeypatch.setattr(opened, "DEED_WAIT_MILLISECONDS", wait)
    monkeypatch.setattr(opened, "WAIT_MILLISECONDS", 1)
    held = threading.Event()
    with closing_engine(f"sqlite:///{path}") as engine, Session(engine) as session:
        other = threading.Thread(target=hold, args=(path, held))
        other.start()
        held.wait(60)
        refused = pytest.raises(OperationalError, match="locked")
        with nullcontext() if is_kept else refused, transaction(session):
            session.execute(WRITE)
        other.join()
        kept = session.scalar(text("SELECT COUNT(*) FROM submission"))
        assert kept == is_kept
        assert session.scalar(text("PRAGMA busy_timeout")) == 1


def test_what_is_no_deed_waits_no_longer_than_before(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "reading.db"
    path.write_bytes(sqlite_template.read_bytes())
    with closing_engine(f"sqlite:///{path}") as engine, Session(engine) as session:
        assert session.scalar(text("PRAGMA busy_timeout")) == WAIT_MILLISECONDS
        with transaction(session):
            session.execute(WRITE)
            assert session.scalar(text("PRAGMA busy_timeout")) == WAIT_MILLISECONDS
