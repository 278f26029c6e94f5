"""Periods on the screen: closing over checks, reopening by two people, and what stays shut."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.web.filling import fill_in
from tests.web.routes import AUDITOR, CONTROLLER, OFFICER

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session
    from werkzeug.test import TestResponse

    SignIn = Callable[..., FlaskClient]

SHUT, CLOSING, OPEN = "2021", "2022", "2023"
WHY = "looked at line by line"


@pytest.fixture
def client(sign_in: SignIn) -> FlaskClient:
    return sign_in(OFFICER)


def page_of(client: FlaskClient, code: str) -> str:
    return client.get(f"/periods/{code}").text


def send(client: FlaskClient, code: str, deed: str, **typed: str) -> TestResponse:
    address = f"/periods/{code}"
    return fill_in(client, address, f"{address}/{deed}", **typed)


def test_the_list_shows_the_periods_and_what_counts_in_each(client: FlaskClient) -> None:
    page = client.get("/periods").text
    for code in (SHUT, CLOSING, OPEN, "2025"):
        assert f'href="/periods/{code}"' in page
    assert "Being closed" in page
    assert client.get("/periods/1999").status_code == 404


def test_the_series_is_extended_and_not_set_up_again(client: FlaskClient) -> None:
    assert fill_in(client, "/periods", "/next-period", length="quarter").status_code == 302
    assert 'href="/periods/2026-Q1"' in client.get("/periods").text
    refused = fill_in(client, "/periods", "/next-period", length="decade")
    assert refused.status_code == 422


def test_a_closing_shows_what_is_not_finished_with_a_way_to_it(client: FlaskClient) -> None:
    page = page_of(client, CLOSING)
    for way in ("/costs?reason=", "/in-kind", "/receipts"):
        assert f'href="{way}' in page
    assert "Warns" in page
    assert "What is not finished" not in page_of(client, OPEN)


def test_a_period_is_closed_with_a_reason_for_what_warns(client: FlaskClient) -> None:
    refused = send(client, CLOSING, "close", reason="")
    assert refused.status_code == 422
    assert "is not finished" in refused.text
    assert send(client, CLOSING, "close", reason=WHY).status_code == 302
    page = page_of(client, CLOSING)
    assert WHY in page
    assert "Ask to reopen this period" in page
    assert "/close" not in page


def test_a_closing_is_begun_and_broken_off(client: FlaskClient) -> None:
    assert send(client, OPEN, "begin").status_code == 302
    assert send(client, OPEN, "break-off").status_code == 302
    assert "Begin closing" in page_of(client, OPEN)


def test_of_two_who_have_a_period_open_the_second_is_told(client: FlaskClient) -> None:
    assert send(client, OPEN, "begin", version="1").status_code == 302
    late = send(client, OPEN, "break-off", version="1")
    assert late.status_code == 422
    assert "while you had it open" in late.text


def test_a_reopening_is_decided_by_a_second_person(client: FlaskClient, sign_in: SignIn) -> None:
    send(client, CLOSING, "close", reason=WHY)
    assert send(client, CLOSING, "reopen", reason="a ledger was missing").status_code == 302
    own = page_of(client, CLOSING)
    assert "so somebody else decides" in own
    assert "/confirm" not in own
    other = sign_in(CONTROLLER)
    assert "a ledger was missing" in page_of(other, CLOSING)
    assert "vraagt om heropening van 2022" in other.get("/work").text
    (way,) = re.findall(r"/reopenings/\d+/confirm", page_of(other, CLOSING))
    assert fill_in(other, f"/periods/{CLOSING}", way).status_code == 302
    assert "Begin closing" in page_of(client, CLOSING)


def test_once_a_report_is_noted_the_page_points_to_corrections(client: FlaskClient) -> None:
    page = page_of(client, SHUT)
    assert "it cannot be reopened" in page
    assert f"/periods/{SHUT}/reopen" not in page
    address = f"/periods/{SHUT}/reports/new"
    typed = {"commitment": "LUMC-1", "sent_on": "01-04-2022", "note": "by mail"}
    assert fill_in(client, address, **typed | {"sent_on": "01-04-2021"}).status_code == 422
    assert fill_in(client, address, **typed).status_code == 302
    assert "by mail" in page_of(client, SHUT)


def test_who_may_only_look_sees_no_way_to_close(sign_in: SignIn) -> None:
    page = page_of(sign_in(AUDITOR), CLOSING)
    assert "What is not finished" in page
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]


ENTRY = {"counterparty": "RVO", "remittance": "", "goes_to": "NGF-1/0", "amount_1": "100.00"}
COUNTED = (
    "SELECT COALESCE(SUM(amount), 0) FROM receipt"
    " WHERE COALESCE(counted_on, received_on) BETWEEN '2021-01-01' AND '2021-12-31'"
)
DAYS = [f"{day:02}-{month:02}-2021" for month in range(1, 13) for day in (1, 28)]


def test_what_is_entered_for_a_closed_period_counts_after_it(
    client: FlaskClient, session: Session
) -> None:
    before = session.scalar(text(COUNTED))
    for at, day in enumerate(DAYS):
        typed = ENTRY | {"received_on": day, "amount_1": f"{100 + at}.00"}
        fill_in(client, "/receipts/new", **typed)
    session.rollback()
    assert session.scalar(text(COUNTED)) == before
    assert session.scalar(text("SELECT COUNT(*) FROM receipt WHERE counted_on IS NOT NULL")) > 9


def test_a_screen_that_forgets_it_is_refused_by_the_database_in_words(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, module in list(sys.modules.items()):
        if name.startswith("tracker.") and hasattr(module, "closed_periods"):
            monkeypatch.setattr(module, "closed_periods", lambda *_: [])
    before = session.scalar(text(COUNTED))
    refused = [fill_in(client, "/receipts/new", **ENTRY | {"received_on": day}) for day in DAYS]
    assert {answer.status_code for answer in refused} == {422}
    assert all("a reporting period that is closed" in answer.text for answer in refused)
    session.rollback()
    assert session.scalar(text(COUNTED)) == before
    opened = ENTRY | {"received_on": "01-02-2023", "amount_1": "77.00"}
    assert fill_in(client, "/receipts/new", **opened).status_code == 302
