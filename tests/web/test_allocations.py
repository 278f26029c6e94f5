"""Charging by hand what the split rules left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.web.conftest import token_in
from tracker.domain.policy import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

OFFICER = Role.FINANCE_OFFICER


@pytest.fixture
def line(session: Session) -> int:
    """A cost of personnel in 2022 that nobody pays all of, though UL-1 has room."""
    found = session.execute(
        text(
            "SELECT l.id FROM cost_line l JOIN unallocated u ON u.cost_line_id = l.id"
            " JOIN cost_category k ON k.id = l.category_id WHERE k.code = 'personnel'"
            " AND l.incurred_on BETWEEN '2022-01-01' AND '2024-12-31' AND u.amount > 200 LIMIT 1"
        )
    ).scalar_one()
    return int(found)


def left_of(session: Session, line: int) -> int:
    session.rollback()
    found = session.execute(
        text("SELECT SUM(amount) FROM unallocated WHERE cost_line_id = :line"), {"line": line}
    ).scalar_one()
    return int(found)


def entry(page: str, **changes: str) -> dict[str, str]:
    once = page.partition('name="once"')[2].partition('value="')[2].partition('"')[0]
    token = token_in(page)
    return {"csrf_token": token, "once": once, "commitment": "UL-1", "amount": "1.50"} | changes


def test_a_part_that_nobody_pays_is_charged_once_however_often_it_is_sent(
    sign_in: Callable[[Role], FlaskClient], session: Session, line: int
) -> None:
    before, client = left_of(session, line), sign_in(OFFICER)
    form = entry(client.get(f"/costs/{line}").text)
    for _ in range(2):
        assert client.post(f"/costs/{line}/charge", data=form).status_code == 302
    assert left_of(session, line) == before - 150
    assert "1.50 is charged to UL-1." in client.get(f"/costs/{line}").text


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"amount": "99,999,999.00"}, "of it is paid by nobody"),
        ({"amount": "1.250"}, "1250"),
        ({"amount": ""}, "required"),
        ({"commitment": "HF-P"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_charged_is_refused_and_stays_typed(
    sign_in: Callable[[Role], FlaskClient],
    session: Session,
    line: int,
    changes: dict[str, str],
    complaint: str,
) -> None:
    before, client = left_of(session, line), sign_in(OFFICER)
    form = entry(client.get(f"/costs/{line}").text, **changes)
    answer = client.post(f"/costs/{line}/charge", data=form)
    assert answer.status_code == 422
    assert complaint in answer.text
    assert f'value="{form["amount"]}"' in answer.text
    assert left_of(session, line) == before
