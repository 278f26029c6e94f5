"""The overview page as a director gets it, and the floor: its statements on the bare driver."""

from __future__ import annotations

import secrets
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

    Every deed has all figures worked out anew: that is what the first who asks waits for.
    """
    from tracker import create_app
    from tracker.config import Settings

    app = create_app(Settings(secret_key=secrets.token_hex(32), database_url=url))
    client = signed_in(app, url)
    told: dict[str, Any] = {}
    for name, address in PAGES.items():
        _page(client, address)
        known = [milliseconds(lambda: _page(client, address)) for _ in range(times)]  # noqa: B023
        first = []
        for at in range(max(1, times // 20)):
            _do_something(url, at)
            first.append(milliseconds(lambda: _page(client, address)))  # noqa: B023
        told[name] = {**percentiles(known), "most": max(known), "first": first}
    return told


def _do_something(url: str, at: int) -> None:
    """Do a deed that changes no figure."""
    from tests.benchmarks.books import officer, session_on
    from tracker.store import audit
    from tracker.store.session import transaction

    with session_on(url) as session, transaction(session):
        audit.record(session, by=officer(), did="measure", subject=f"benchmark/{at}")


def _page(client: FlaskClient, address: str = PAGE) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert answer.get_data()
