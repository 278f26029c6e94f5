"""Correcting a cost line on its page: a look at what will happen, and then the deed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.web.filling import fill_in
from tests.web.routes import AUDITOR, OFFICER
from tracker.domain.corrections import BY_PEOPLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

    SignIn = Callable[..., FlaskClient]


@pytest.fixture
def client(sign_in: SignIn) -> FlaskClient:
    return sign_in(OFFICER)


@pytest.fixture
def line(session: Session) -> int:
    """A line of a closed year that is paid in full."""
    found = session.scalar(
        text(
            "SELECT l.id FROM cost_line l JOIN allocation a ON a.cost_line_id = l.id"
            " JOIN book b ON b.id = l.book_id WHERE b.origin = 'ledger' AND l.amount > 10000"
            " AND l.incurred_on < '2022-01-01' GROUP BY l.id HAVING SUM(a.amount) = l.amount"
            " ORDER BY l.id LIMIT 1"
        )
    )
    session.rollback()
    assert found
    return int(found)


def lines_in(session: Session) -> int:
    session.rollback()
    return int(session.scalar(text("SELECT COUNT(*) FROM cost_line")) or 0)


def test_a_line_offers_the_corrections_that_fit_it(
    client: FlaskClient, sign_in: SignIn, line: int
) -> None:
    page = client.get(f"/costs/{line}").text
    for kind in BY_PEOPLE:
        offered = f'href="/costs/{line}/correct/{kind.value}"' in page
        assert offered == (kind.value != "eligible_again"), kind
    assert "/correct/" not in sign_in(AUDITOR).get(f"/costs/{line}").text
    assert client.get(f"/costs/{line}/correct/rebooked").status_code == 404


@pytest.mark.parametrize("kind", BY_PEOPLE)
def test_every_correction_has_a_form_of_its_own(client: FlaskClient, line: int, kind: str) -> None:
    page = client.get(f"/costs/{line}/correct/{kind}")
    assert page.status_code == 200
    assert 'name="reason"' in page.text
    refused = fill_in(client, f"/costs/{line}/correct/{kind}", reason="")
    assert refused.status_code == 422


def test_what_will_happen_is_shown_first_and_nothing_is_kept(
    client: FlaskClient, session: Session, line: int
) -> None:
    before = lines_in(session)
    address = f"/costs/{line}/correct/cancelled"
    seen = fill_in(client, address, reason="never delivered", look="yes")
    assert seen.status_code == 200
    assert "takes this one back; it counts in 2022" in seen.text
    assert "is taken back from" in seen.text
    assert "never delivered" in seen.text
    assert lines_in(session) == before
    assert fill_in(client, address, reason="never delivered", keep="yes").status_code == 302
    assert lines_in(session) == before + 1
    page = client.get(f"/costs/{line}").text
    assert "Cancelled invoice" in page
    assert "never delivered" in page
    assert f"/costs/{line}/correct/" not in page


def test_the_same_form_corrects_once(client: FlaskClient, session: Session, line: int) -> None:
    from tests.web.filling import fields_of

    address, before = f"/costs/{line}/correct/credit_note", lines_in(session)
    typed = {"amount": "10.00", "day": "01-02-2024", "reason": "returned", "keep": "yes"}
    sent = fields_of(client.get(address).text) | typed
    for _ in range(2):
        assert client.post(address, data=sent).status_code == 302
    assert lines_in(session) == before + 1


def test_a_refused_correction_keeps_what_was_typed(client: FlaskClient, line: int) -> None:
    address = f"/costs/{line}/correct/credit_note"
    typed = {"amount": "99,999,999.00", "day": "01-02-2024", "reason": "a credit note"}
    refused = fill_in(client, address, **typed, keep="yes")
    assert refused.status_code == 422
    assert "has not been credited yet" in refused.text
    assert "a credit note" in refused.text
    assert 'value="99,999,999.00"' in refused.text
