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


def _page(client: FlaskClient) -> None:
    answer = client.get(PAGE)
    assert answer.status_code == 200, answer.text
    assert answer.get_data()
