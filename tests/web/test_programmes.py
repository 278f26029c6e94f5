"""Programmes on screen: presets, terms as of a day, and another value from a day on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.questions import count
from tests.web.test_funders import opened, send
from tracker.domain.policy import Role
from tracker.domain.presets import PRESETS

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

OFFICER, AUDITOR = Role.FINANCE_OFFICER, Role.AUDITOR
NAME = "Call of 2024"
ENTRY: dict[str, str | list[str]] = {
    "funder_id": "1",
    "name": NAME,
    "size": "large",
    "first_day": "01-03-2024",
    "source": "Regulation of 2024",
    "value_funding_share": "47.5 %",
    "value_funding_share__personnel": "2/3",
    "value_auditor_threshold": "125,000.00",
    "value_hours_basis": "1650",
    "value_decision_weeks": "22",
    "value_cost_basis": "paid",
    "value_overhead_base": ["personnel", "travel"],
    "source_auditor_threshold": "Article 50",
    "verified_auditor_threshold": "y",
}


@pytest.fixture
def client(sign_in: Callable[[Role], FlaskClient]) -> FlaskClient:
    return sign_in(OFFICER)


def kept(session: Session, name: str) -> list[tuple[str, str, str, str, bool]]:
    session.rollback()
    rows = session.execute(
        text(
            "SELECT t.name, scope, value, source, is_verified FROM programme_term t"
            " JOIN programme p ON p.id = t.programme_id WHERE p.name = :name ORDER BY t.id"
        ),
        {"name": name},
    )
    return [(row[0], row[1], row[2], row[3], bool(row[4])) for row in rows]


def test_a_programme_is_entered_with_every_kind_of_term(
    client: FlaskClient, session: Session
) -> None:
    answer = send(client, "/programmes/new", **ENTRY)
    assert answer.status_code == 302
    general = "Regulation of 2024"
    assert kept(session, NAME) == [
        ("funding_share", "", "47.5", general, False),
        ("funding_share", "personnel", "2/3", general, False),
        ("cost_basis", "", "paid", general, False),
        ("overhead_base", "", "personnel,travel", general, False),
        ("hours_basis", "", "1650", general, False),
        ("auditor_threshold", "", "125000.00", "Article 50", True),
        ("decision_weeks", "", "22", general, False),
    ]
    page = client.get(answer.location).text
    for said in (
        "47.5%",
        "66.7%",
        "€\xa0125,000.00",
        "1650 hours",
        "22 weeks",
        "Personnel, Travel",
    ):
        assert said in page
    assert "6 terms: nobody has compared them with their source." in page
    assert "Entered the programme" in page


@pytest.mark.parametrize("code", PRESETS)
def test_each_preset_fills_the_form_in_and_can_be_sent_as_it_stands(
    client: FlaskClient, session: Session, code: str
) -> None:
    page = client.get(f"/programmes/new?funder=1&preset={code}").text
    form: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = (re.search(rf' {part}="([^"]*)"', tag) for part in ("name", "value"))
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            form.setdefault(name[1], []).append(value[1] if value else "")
    for name, options in re.findall(
        r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL
    ):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        form[name] = [chosen[1] if chosen else ""]
    form |= {"first_day": ["2024-03-01"], "name": ["Mine"], "size": ["large"]}
    answer = client.post("/programmes/new", data=form)
    assert answer.status_code == 302, re.findall(r"field__errors[^>]*>(.*?)</ul>", answer.text)
    as_preset = sorted((t.code, t.scope, t.source, t.is_verified) for t in PRESETS[code].terms)
    assert sorted((row[0], row[1], row[3], row[4]) for row in kept(session, "Mine")) == as_preset


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"value_funding_share": "ninety"}, "ninety"),
        ({"value_decision_weeks": "0"}, "“0” is no value for"),
        ({"source": ""}, "A term has a source."),
        ({"first_day": "31-02-2024"}, "31-02-2024"),
        ({"name": ""}, "This field is required."),
        ({"funder_id": "99"}, "Not a valid choice."),
    ],
)
def test_a_refused_programme_says_why_and_keeps_what_was_typed(
    client: FlaskClient, session: Session, changes: dict[str, str], complaint: str
) -> None:
    before = count(session, "programme")
    answer = send(client, "/programmes/new", **(ENTRY | changes))
    assert answer.status_code == 422
    assert complaint in answer.text
    assert 'value="125,000.00"' in answer.text
    assert count(session, "programme") == before


def test_a_programme_that_is_sent_twice_is_entered_once(
    client: FlaskClient, session: Session
) -> None:
    before, form = count(session, "programme"), {**opened(client, "/programmes/new"), **ENTRY}
    first, second = (client.post("/programmes/new", data=form) for _ in range(2))
    assert (first.status_code, first.location) == (302, second.location)
    assert count(session, "programme") == before + 1


def test_another_value_holds_from_its_day_and_is_in_the_history(client: FlaskClient) -> None:
    term = "/programmes/1/terms/advance_ceiling_percent"
    new = {"value": "95", "first_day": "01-01-2030", "source": "Letter of 2029"}
    answer = send(client, term, **new)
    assert (answer.status_code, answer.location) == (302, "/programmes/1?on=2030-01-01")
    before = client.get("/programmes/1?on=31-12-2029").text
    assert "90.0% → 95.0%" in before
    stated = before[before.index('id="terms"') : before.index('id="values"')]
    assert "90.0%" in stated
    assert "95.0%" not in stated
    assert "31 Dec 2029" in stated
    again = send(client, term, **new)
    assert again.status_code == 422
    assert "From 1 Jan 2030 on this is 95.0% already, by Letter of 2029." in again.text
    assert 'value="Letter of 2029"' in again.text


def test_a_term_that_the_programme_did_not_have_is_offered_and_entered(
    client: FlaskClient,
) -> None:
    assert "/programmes/1/terms/retention_share" in client.get("/programmes/1").text
    entry = {"value": "10", "first_day": "2021-01-01", "source": "Award"}
    assert send(client, "/programmes/1/terms/retention_share", **entry).status_code == 302
    page = client.get("/programmes/1?on=2021-01-01").text
    assert "Not verified" in page
    assert "10.0%" in page


def test_a_day_that_cannot_be_read_shows_today_and_says_so(client: FlaskClient) -> None:
    answer = client.get("/programmes/1?on=yesterday")
    assert answer.status_code == 200
    assert "yesterday" in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_the_second_of_two_who_rename_a_programme_is_told_who_was_first(
    client: FlaskClient,
) -> None:
    late = opened(client, "/programmes/1/change") | {"name": "Mine", "size": "large"}
    assert send(client, "/programmes/1/change", name="Theirs", size="small").status_code == 302
    answer = client.post("/programmes/1/change", data=late)
    assert answer.status_code == 422
    assert "finance@sample.example changed this on" in answer.text
    assert 'value="Mine"' in answer.text
    assert "<h1>Theirs</h1>" in client.get("/programmes/1").text


def test_who_may_only_look_is_offered_no_change(
    sign_in: Callable[[Role], FlaskClient], client: FlaskClient
) -> None:
    assert "/programmes/1/terms/" in client.get("/programmes/1").text
    assert "/programmes/1/terms/" not in sign_in(AUDITOR).get("/programmes/1").text


def test_what_is_not_there_is_not_found(client: FlaskClient) -> None:
    for address in ("/programmes/99", "/programmes/1/terms/emperor", "/programmes/99/change"):
        assert client.get(address).status_code == 404
