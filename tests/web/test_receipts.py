"""Receipts on screen: what waits, matching, entering by hand, undoing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.web.test_funders import opened, send
from tracker.domain.policy import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

OFFICER, VIEWER, AUDITOR = Role.FINANCE_OFFICER, Role.FUNDER_VIEWER, Role.AUDITOR
ENTRY = "/receipts/entries/4"  # 33,491.44 of nobody that the tracker knows
MATCH = f"{ENTRY}/match"
BY_HAND = {
    "received_on": "25-02-2021",
    "counterparty": "Somebody",
    "remittance": "by telephone",
    "goes_to": "NGF-1/0",
    "amount_1": "33,491.44",
}


@pytest.fixture
def client(sign_in: Callable[[Role], FlaskClient]) -> FlaskClient:
    return sign_in(OFFICER)


def standing(session: Session) -> int:
    session.rollback()
    found = session.execute(text("SELECT sum(amount) FROM receipt")).scalar_one()
    return int(found)


def test_money_that_waits_is_listed_with_its_total(client: FlaskClient) -> None:
    page = client.get("/receipts").text
    assert "Relatie 4" in page
    assert "waits to be matched" in page
    assert f'href="{MATCH}"' in page


def test_who_may_only_look_sees_no_buttons(sign_in: Callable[[Role], FlaskClient]) -> None:
    for address in ("/receipts", "/commitments/NGF-1/receipts"):
        page = sign_in(AUDITOR).get(address)
        assert page.status_code == 200
        assert "button--main" not in page.text
        assert "/match" not in page.text
        assert "/undo" not in page.text
    assert "/undo" in sign_in(OFFICER).get("/commitments/NGF-1/receipts").text


def test_a_funder_sees_its_own_receipts_and_not_what_waits(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    viewer = sign_in(VIEWER)
    assert "Termijn 5 NGF-RMXB-2021-07" in viewer.get("/commitments/NGF-1/receipts").text
    assert viewer.get("/receipts").status_code == 404


def test_money_is_matched_to_two_commitments(client: FlaskClient, session: Session) -> None:
    before = standing(session)
    answer = send(
        client,
        MATCH,
        goes_to_1="NGF-1/6",
        amount_1="30,000.00",
        goes_to_2="PZH-1/0",
        amount_2="3,491.44",
    )
    assert answer.status_code == 302, answer.text
    assert standing(session) == before + 33_491_44
    assert "What came in on 20 Feb 2021 is matched." in client.get("/receipts").text
    page = client.get("/commitments/NGF-1/receipts").text
    assert "Matched by hand" in page
    assert "30,000.00" in page
    assert "Received in part" in client.get("/commitments/NGF-1/instalments").text


@pytest.mark.parametrize(
    ("typed", "complaint", "field"),
    [
        ({"goes_to_1": "NGF-1/0", "amount_1": "33,491.45"}, "more than what is left", "amount_1"),
        ({"goes_to_1": "NGF-1/0", "amount_1": "-1.00"}, "is more than nothing", "amount_1"),
        ({"goes_to_1": "NGF-1/0", "amount_1": ""}, "Enter how much", "amount_1"),
        ({"goes_to_1": "", "amount_1": "5.00"}, "Choose where this amount", "goes_to_1"),
        ({"goes_to_1": "NGF-1/5", "amount_1": "5.00"}, "Not a valid choice", "goes_to_1"),
        ({"goes_to_1": "EFRO-C/0", "amount_1": "5.00"}, "Not a valid choice", "goes_to_1"),
        ({}, "Nothing is matched yet", "amount_1"),
    ],
)
def test_what_cannot_be_matched_is_told_at_its_field_and_stays_typed(
    client: FlaskClient, session: Session, typed: dict[str, str], complaint: str, field: str
) -> None:
    before = standing(session)
    answer = send(client, MATCH, **typed)
    assert answer.status_code == 422
    errors = re.search(rf'id="{field}-errors">(.*?)</ul>', answer.text, re.DOTALL)
    assert errors, answer.text
    assert complaint in errors[1]
    if typed.get("amount_1"):
        assert f'value="{typed["amount_1"]}"' in answer.text
    assert standing(session) == before


def test_what_is_left_to_match_stands_beside_the_amounts(client: FlaskClient) -> None:
    assert "Total €\xa00.00; €\xa033,491.44 left." in client.get(MATCH).text
    filled = client.get(f"{MATCH}?to=NGF-1/6").text
    assert "Total €\xa033,491.44; €\xa00.00 left." in filled
    assert 'selected value="NGF-1/6"' in filled


def test_a_form_that_is_sent_twice_matches_once(client: FlaskClient, session: Session) -> None:
    before = standing(session)
    form = opened(client, MATCH) | {"goes_to_1": "NGF-1/0", "amount_1": "100.00"}
    assert [client.post(MATCH, data=form).status_code for _ in range(2)] == [302, 302]
    assert standing(session) == before + 100_00


def test_a_receipt_is_undone_with_its_reason_and_the_money_waits_again(
    client: FlaskClient, session: Session
) -> None:
    before = standing(session)
    assert send(client, "/receipts/1/undo", reason="").status_code == 422
    assert standing(session) == before
    answer = send(client, "/receipts/1/undo", reason="of another facility")
    assert answer.status_code == 302
    page = client.get(answer.location).text
    assert "of another facility" in page
    assert "Undone" in page
    assert standing(session) == before - 2_000_000_00
    waiting = client.get("/receipts").text
    assert "2,000,000.00" in waiting
    assert "LUMC-1 no. 1" in " ".join(re.sub(r"<[^>]+>", " ", waiting).split())
    assert client.get("/receipts/1/undo").status_code == 404


def test_money_that_is_no_funders_is_set_aside_and_can_still_be_matched(
    client: FlaskClient,
) -> None:
    assert send(client, f"{ENTRY}/set-aside", reason=" ").status_code == 422
    assert send(client, f"{ENTRY}/set-aside", reason="rent of a tenant").status_code == 302
    page = client.get("/receipts").text
    assert "rent of a tenant" in page
    assert f"{ENTRY}/set-aside" not in page
    again = send(client, MATCH, goes_to_1="NGF-1/0", amount_1="33,491.44")
    assert again.status_code == 302
    listed, _, history = client.get("/receipts").text.partition('id="history"')
    assert "rent of a tenant" not in listed
    assert "rent of a tenant" in history


def test_a_receipt_is_entered_by_hand_and_the_bank_entry_takes_its_place(
    client: FlaskClient, session: Session
) -> None:
    before = standing(session)
    answer = send(client, "/receipts/new", **BY_HAND)
    assert answer.location == "/commitments/NGF-1/receipts"
    assert "Entered by hand" in client.get(answer.location).text
    page = client.get(MATCH).text
    assert "was entered by hand on NGF-1" in page
    address = re.search(rf'action="({ENTRY}/replace/\d+)"', page)
    assert address
    form = opened(client, MATCH)
    assert client.post(address[1], data=form).status_code == 302
    assert standing(session) == before + 33_491_44
    page = client.get(answer.location).text
    assert "replaced by the bank entry" in page
    assert "Relatie 4" in page


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"received_on": "31-12-2099"}, "is still to come"),
        ({"received_on": ""}, "This field is required."),
        ({"counterparty": ""}, "This field is required."),
        ({"amount_1": "0.00"}, "a receipt is more than nothing"),
        ({"goes_to": ""}, "This field is required."),
        (
            {"received_on": "08-06-2021", "amount_1": "1,600,000.00"},
            "The bank statement brought €\xa01,600,000.00 on NGF-1",
        ),
    ],
)
def test_a_refused_receipt_says_why_and_keeps_what_was_typed(
    client: FlaskClient, session: Session, typed: dict[str, str], complaint: str
) -> None:
    before = standing(session)
    answer = send(client, "/receipts/new", **(BY_HAND | typed))
    assert answer.status_code == 422
    assert complaint in answer.text
    assert 'value="by telephone"' in answer.text
    assert standing(session) == before


def test_a_receipt_is_assigned_to_another_instalment(client: FlaskClient) -> None:
    assert send(client, "/receipts/3/assign", instalment="6").status_code == 422
    assert send(client, "/receipts/3/assign", instalment="0").status_code == 302
    page = client.get("/commitments/NGF-1/receipts").text
    assert "assigned to an instalment" in page


def test_what_is_not_there_is_not_found(client: FlaskClient) -> None:
    for address in (
        "/receipts/999/undo",
        "/receipts/999/assign",
        "/receipts/entries/999/match",
        "/receipts/entries/999/set-aside",
    ):
        assert client.get(address).status_code == 404, address
        assert client.get(address.replace("999", "4")).status_code == 200, address


def test_money_that_left_is_not_matched(client: FlaskClient, session: Session) -> None:
    left = session.execute(text("SELECT id FROM bank_entry WHERE amount < 0 LIMIT 1")).scalar_one()
    session.rollback()
    assert client.get(f"/receipts/entries/{left}/match").status_code == 404


def test_the_work_list_leads_to_what_waits(client: FlaskClient) -> None:
    assert 'href="/receipts"' in client.get("/work").text
    assert 'href="/receipts"' in client.get("/imports").text
