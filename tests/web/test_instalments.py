"""The plan of instalments on screen: seen by its funder, changed by one officer at a time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.web.conftest import token_in
from tests.web.test_funders import opened, send
from tracker.domain.policy import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

OFFICER, VIEWER, AUDITOR = Role.FINANCE_OFFICER, Role.FUNDER_VIEWER, Role.AUDITOR
PLAN = "/commitments/NGF-1/instalments"
CHANGE = f"{PLAN}/change"
SEVENTH = {"due_on_7": "01-07-2026", "kind_7": "balance", "amount_7": "1.000,00"}
OLD = {f"_{number}" for number in range(1, 7)}
TAG = re.compile(r"<input [^>]*>")
CHOICE = re.compile(r'<select [^>]*name="([a-z_]+_\d)"[^>]*>(.*?)</select>', re.DOTALL)


@pytest.fixture
def client(sign_in: Callable[[Role], FlaskClient]) -> FlaskClient:
    client = sign_in(OFFICER)
    token = token_in(client.get("/funders/new").text)
    client.post("/language", data={"csrf_token": token, "language": "nl"})
    return client


def planned(client: FlaskClient) -> dict[str, str]:
    """The plan as its form shows it."""
    page, fields = client.get(CHANGE).text, {}
    for tag in TAG.findall(page):
        given = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        fields[given["name"]] = given.get("value", "")
    for name, options in CHOICE.findall(page):
        chosen = re.search(r'selected value="([^"]*)"', options)
        fields[name] = chosen[1] if chosen else ""
    return {name: value for name, value in fields.items() if name[-2:] in OLD}


def count(session: Session) -> int:
    session.rollback()
    found = session.execute(
        text("SELECT count(*) FROM instalment WHERE NOT cancelled")
    ).scalar_one()
    return int(found)


def test_the_plan_shows_what_releases_each_instalment_and_how_far_it_came(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    page = sign_in(OFFICER).get(PLAN).text
    for said in (
        "M1 Construction started",
        "met on 12 Apr 2021",
        "not met yet; now 30 Apr 2026",
        "90.0% of the commitment",
        "€\xa01,100,000.00 waits for the determination",
        "9,900,000.00",
        "All instalments",
    ):
        assert said in page, said
    assert page.count('class="state state--good">Received<') == 5


def test_the_funder_sees_its_own_plan_and_no_buttons(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    page = sign_in(VIEWER).get(PLAN).text
    assert "M1 Construction started" in page
    assert "/change" not in page
    assert "/change" in sign_in(OFFICER).get(PLAN).text


def test_a_commitment_without_money_says_why_it_has_no_plan(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    page = sign_in(OFFICER).get("/commitments/RMX-K/instalments").text
    assert "in kind: no money comes in on it" in page
    assert "/change" not in page


def test_an_instalment_is_added_to_the_plan(client: FlaskClient, session: Session) -> None:
    before = count(session)
    answer = send(client, CHANGE, **planned(client), **SEVENTH)
    assert answer.status_code == 302, answer.text
    assert count(session) == before + 1
    page = client.get(answer.location).text
    assert "1.000,00" in page
    assert "Slottermijn" in page


def test_an_emptied_row_is_taken_out_of_the_plan(client: FlaskClient, session: Session) -> None:
    before = count(session)
    rest = {name: value for name, value in planned(client).items() if not name.endswith("_6")}
    assert send(client, CHANGE, **rest).status_code == 302
    assert count(session) == before - 1


@pytest.mark.parametrize(
    ("typed", "complaint", "field"),
    [
        (
            {"kind_7": "advance"},
            "De voorschotten worden €\xa09.901.000,00",
            "amount_7",
        ),
        ({"amount_7": "2.000.000,00"}, "€\xa011.000.000,00", "amount_7"),
        ({"amount_7": ""}, "Vul dit in, of maak de regel leeg.", "amount_7"),
        ({"amount_7": "1.000"}, "1.000", "amount_7"),
        ({"due_on_7": "31-02-2026"}, "31-02-2026", "due_on_7"),
        ({"milestone_7": "M8", "report_7": "Jaar 4"}, "komt al vrij met mijlpaal M8", "report_7"),
        ({"amount_5": "", "due_on_5": "", "report_5": ""}, "blijft in het plan", "amount_5"),
    ],
)
def test_a_refused_plan_says_why_at_the_field_and_keeps_what_was_typed(
    client: FlaskClient, session: Session, typed: dict[str, str], complaint: str, field: str
) -> None:
    before = count(session)
    answer = send(client, CHANGE, **(planned(client) | SEVENTH | typed))
    assert answer.status_code == 422
    errors = re.search(rf'id="{field}-errors">(.*?)</ul>', answer.text, re.DOTALL)
    assert errors
    assert complaint in errors[1]
    assert 'value="1.600.000,00"' in answer.text
    if typed.get("due_on_7", SEVENTH["due_on_7"]):
        assert f'value="{typed.get("due_on_7", SEVENTH["due_on_7"])}"' in answer.text
    assert count(session) == before


def test_the_room_that_is_left_stands_under_the_plan(client: FlaskClient) -> None:
    assert "Totaal €\xa09.900.000,00; nog €\xa01.100.000,00 over." in client.get(CHANGE).text


def test_a_form_that_is_sent_twice_plans_once(client: FlaskClient, session: Session) -> None:
    before = count(session)
    form = opened(client, CHANGE) | planned(client) | SEVENTH
    first, second = (client.post(CHANGE, data=form) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert count(session) == before + 1


def test_the_second_of_two_is_told_who_was_first(client: FlaskClient) -> None:
    late = opened(client, CHANGE) | planned(client) | {"amount_6": "1,00"}
    assert send(client, CHANGE, **planned(client), **SEVENTH).status_code == 302
    answer = client.post(CHANGE, data=late)
    assert answer.status_code == 422
    assert "finance@sample.example" in answer.text
    assert 'value="1,00"' in answer.text


def test_a_programme_that_warns_shows_the_warning(client: FlaskClient, session: Session) -> None:
    session.execute(
        text(
            "INSERT INTO programme_term (programme_id, name, value, first_day, source, scope,"
            " is_verified) SELECT programme_id, 'on_advance_ceiling', 'warn', decided_on, 'letter',"
            " '', 1 FROM commitment WHERE code = 'NGF-1'"
        )
    )
    session.commit()
    answer = send(client, CHANGE, **(planned(client) | SEVENTH | {"kind_7": "advance"}))
    assert answer.status_code == 302
    page = client.get(PLAN).text
    assert page.count("De voorschotten worden €\xa09.901.000,00") == 2  # said, and shown
    assert "De regeling laat dit met deze waarschuwing toe." in page
    assert client.get(PLAN).text.count("De voorschotten worden") == 1


def test_an_instalment_is_asked_for_and_held_back_with_the_reason(client: FlaskClient) -> None:
    typed = {"requested_on": "05-01-2026", "held_back": "300.000,00", "held_back_reason": "te laat"}
    assert send(client, f"{PLAN}/6", **typed).status_code == 302
    page = client.get(PLAN).text
    for said in ("05-01-2026", "300.000,00", "te laat", "500.000,00"):
        assert said in page
    form = client.get(f"{PLAN}/6").text
    assert 'value="300.000,00"' in form
    assert send(client, f"{PLAN}/6", **dict.fromkeys(typed, "")).status_code == 302
    assert "te laat" not in client.get(PLAN).text


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"held_back": "800.000,01", "held_back_reason": "x"}, "hoogstens €\xa0800.000,00"),
        ({"held_back": "1,00", "held_back_reason": ""}, "zonder reden"),
        ({"requested_on": "31-12-2099"}, "moet nog komen"),
    ],
)
def test_what_cannot_be_of_an_instalment_is_refused_with_the_figures(
    client: FlaskClient, typed: dict[str, str], complaint: str
) -> None:
    answer = send(client, f"{PLAN}/6", **typed)
    assert answer.status_code == 422
    assert complaint in answer.text
    for value in typed.values():
        assert f'value="{value}"' in answer.text


def test_an_instalment_that_is_not_there_is_not_found(client: FlaskClient) -> None:
    assert client.get(f"{PLAN}/9").status_code == 404
    assert client.get(f"{PLAN}/6").status_code == 200
