"""The overview page as a director gets it, and the floor: its statements on the bare driver."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from tests.benchmarks.asking import (
    driver_of,
    milliseconds,
    percentiles,
    signed_in,
    statements_of,
)

if TYPE_CHECKING:
    from flask.testing import FlaskClient

PAGE = "/overview"
PAGES = {
    "one of the projects": "/overview?project=P00",
    "all projects": "/overview?over=all",
    "timeline, its last page": "/overview?over=all&page=10",
}
WARM_UP = 10


def show(url: str, times: int) -> dict[str, Any]:
    """Ask for the page and for its statements in turn, so that both see the same machine."""
    from tracker import create_app
    from tracker.config import Settings

    app = create_app(Settings(secret_key=secrets.token_hex(32), database_url=url))
    client = signed_in(app, url)
    statements = statements_of(app, lambda: _page(client))
    ask = driver_of(url)

    def bare() -> None:
        ask("BEGIN", ())
        for statement, values in statements:
            ask(statement, values)
        ask("ROLLBACK", ())

    for _ in range(WARM_UP):
        _page(client)
        bare()
    page, sql = [], []
    for _ in range(times):
        page.append(milliseconds(lambda: _page(client)))
        sql.append(milliseconds(bare))
    return {"page": percentiles(page), "sql": percentiles(sql), "statements": len(statements)}


def show_all(url: str, times: int) -> dict[str, Any]:
    """Ask for the overviews of many projects, and for each of them first after a deed.

    A deed has the project in which it is done worked out anew: that is what the first who asks
    waits for, on the page of that project as on that of all. The very first of all pages is that
    of all projects, which a server that has just begun works out from nothing.
    """
    from tracker import create_app
    from tracker.config import Settings

    app = create_app(Settings(secret_key=secrets.token_hex(32), database_url=url))
    client = signed_in(app, url)
    begun = milliseconds(lambda: _page(client, "/overview?over=all"))
    told: dict[str, Any] = {"begun": begun, "pages": {}}
    moves = count()
    for name, address in PAGES.items():
        _page(client, address)
        known = [milliseconds(lambda: _page(client, address)) for _ in range(times)]  # noqa: B023
        first = []
        for _ in range(max(1, times // 5)):
            _move_a_milestone(url, next(moves))
            first.append(milliseconds(lambda: _page(client, address)))  # noqa: B023
        told["pages"][name] = {
            **percentiles(known),
            "most": max(known),
            "first": percentiles(first) if len(first) > 1 else {"p50": first[0], "p95": first[0]},
        }
    return told


def _move_a_milestone(url: str, at: int) -> None:
    """Move the last milestone of the first project by a day."""
    from tests.benchmarks.books import officer, session_on
    from tracker.actions import milestones
    from tracker.actions.milestones import NewDay
    from tracker.store.milestones import milestones_of

    with session_on(url) as session:
        last = milestones_of(session)[-1]
        day = NewDay(last.current + timedelta(1), f"move {at}")
        today = datetime.now(UTC).date()
        milestones.move(session, last.code, day, version=last.version, today=today, by=officer())


def _page(client: FlaskClient, address: str = PAGE) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.get_data()
