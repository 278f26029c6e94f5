"""Asking the tracker for a page as a person does, and the database for what the page asks it."""

from __future__ import annotations

import re
import secrets
import sqlite3
import time
from collections import deque
from statistics import quantiles
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flask import Flask
    from flask.testing import FlaskClient


def signed_in(app: Flask, url: str) -> FlaskClient:
    """Let a director in, by the form that people use."""
    from tests.benchmarks.books import officer, session_on
    from tracker.actions import people
    from tracker.domain.people import NewPerson
    from tracker.domain.policy import Role

    email, password = f"{secrets.token_hex(4)}@example.org", secrets.token_hex(16)
    with session_on(url) as session:
        new = NewPerson(email=email, name="Director", role=Role.DIRECTOR, password=password)
        people.add(session, new, by=officer())
    client = app.test_client()
    form = client.get("/sign-in").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form)
    assert token is not None, "the sign-in has no token"
    given = {"csrf_token": token[1], "email": email, "password": password}
    answer = client.post("/sign-in", data=given)
    assert answer.status_code == 302, answer.text
    return client


def statements_of(app: Flask, ask: Callable[[], None]) -> list[tuple[str, Any]]:
    """Write down the statements that a request sends to the database, with their values."""
    from sqlalchemy import event

    from tracker.extensions import db

    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if statement != "BEGIN":
            sent.append((statement, values))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    ask()
    event.remove(engine, "before_cursor_execute", note)
    assert sent, "the page asked nothing of the database"
    return sent


def driver_of(url: str) -> Callable[[str, Any], None]:
    """Give what sends a statement, and takes all rows, on a connection set up as the tracker's."""
    from sqlalchemy.engine import make_url

    from tracker.store.session import SQLITE_SETTINGS

    if make_url(url).get_backend_name() == "sqlite":
        database = sqlite3.connect(make_url(url).database or "", isolation_level=None)
        for setting in SQLITE_SETTINGS:
            database.execute(setting)
        return lambda statement, values: deque(database.execute(statement, values), 0).clear()
    import psycopg

    cursor = psycopg.connect(url, autocommit=True).cursor()

    def ask(statement: str, values: Any) -> None:
        cursor.execute(statement, values)
        if cursor.description:
            cursor.fetchall()

    return ask


def milliseconds(work: Callable[[], None]) -> float:
    """Give how long a piece of work takes by the clock."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def percentiles(measured: Sequence[float]) -> dict[str, float]:
    """Give the middle, and what nineteen of twenty stay under."""
    steps = quantiles(measured, n=20, method="inclusive")
    return {"p50": steps[9], "p95": steps[18]}
