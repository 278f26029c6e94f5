"""Funders on screen: entering, changing, contacts, and who may do what."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.questions import count
from tests.web.conftest import token_in
from tracker.domain.policy import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session
    from werkzeug.test import TestResponse

OFFICER, AUDITOR = Role.FINANCE_OFFICER, Role.AUDITOR
ENTRY = {
    "name": "Health Foundation",
    "kind": "foundation",
    "kvk": "27375169",
    "report_language": "en",
    "ibans": "NL72 TRIO 0338 4195 20\n\nNL39RABO0300065264",
}


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def opened(client: FlaskClient, address: str) -> dict[str, str]:
    """What a form carries unseen when it is opened."""
    page = client.get(address).text
    carried = {"csrf_token": token_in(page), "once": hidden(page, "once")}
    return carried | ({"version": hidden(page, "version")} if 'name="version"' in page else {})


def send(client: FlaskClient, address: str, **form: str | list[str]) -> TestResponse:
    return client.post(address, data={**opened(client, address), **form})


@pytest.fixture
def client(sign_in: Callable[[Role], FlaskClient]) -> FlaskClient:
    return sign_in(OFFICER)


def test_the_list_shows_what_each_funder_has_committed(client: FlaskClient) -> None:
    page = client.get("/funders").text
    assert "National Growth Fund" in page
    assert "All funders" in page
    assert 'href="/funders/1"' in page


def test_a_funder_is_entered_and_shown_with_its_history(client: FlaskClient) -> None:
    answer = send(client, "/funders/new", **ENTRY)
    assert answer.status_code == 302
    page = client.get(answer.location).text
    for said in ("Health Foundation", "Foundation", "27375169", "NL72TRIO0338419520"):
        assert said in page
    assert "Entered the funder" in page
    assert "finance@sample.example" in page


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"kvk": "1234567"}, "A KvK number has 8 digits; “1234567” has 7."),
        ({"ibans": "NL72TRIO0338419521"}, "The check digits of NL72TRIO0338419521 are not right"),
        ({"name": "lumc"}, "There is a funder LUMC already."),
        ({"name": ""}, "This field is required."),
        ({"kind": "emperor"}, "Not a valid choice."),
    ],
)
def test_a_refused_funder_says_why_and_keeps_what_was_typed(
    client: FlaskClient, session: Session, changes: dict[str, str], complaint: str
) -> None:
    before = count(session, "funder")
    answer = send(client, "/funders/new", **(ENTRY | changes))
    assert answer.status_code == 422
    assert complaint in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert f'value="{changes.get("kvk", ENTRY["kvk"])}"' in answer.text
    assert count(session, "funder") == before


def test_an_account_of_another_funder_is_refused_by_name(client: FlaskClient) -> None:
    send(client, "/funders/new", **ENTRY)
    answer = send(client, "/funders/new", **(ENTRY | {"name": "Another"}))
    assert answer.status_code == 422
    assert "is an account of Health Foundation." in answer.text


def test_a_form_that_is_sent_twice_enters_one_funder(client: FlaskClient, session: Session) -> None:
    before, form = count(session, "funder"), opened(client, "/funders/new") | ENTRY
    first, second = (client.post("/funders/new", data=form) for _ in range(2))
    assert (first.status_code, first.location) == (302, second.location)
    assert count(session, "funder") == before + 1


def test_the_second_of_two_who_change_a_funder_is_told_who_was_first(
    client: FlaskClient,
) -> None:
    address = send(client, "/funders/new", **ENTRY).location
    late = opened(client, f"{address}/change") | ENTRY | {"name": "Mine"}
    assert send(client, f"{address}/change", **(ENTRY | {"kvk": ""})).status_code == 302
    answer = client.post(f"{address}/change", data=late)
    assert answer.status_code == 422
    assert "finance@sample.example changed this on" in answer.text
    assert 'value="Mine"' in answer.text
    again = late | {"version": hidden(answer.text, "version")}
    assert client.post(f"{address}/change", data=again).status_code == 302
    assert "<h1>Mine</h1>" in client.get(address).text


def test_an_account_of_the_sample_stays_when_something_else_changes(client: FlaskClient) -> None:
    page = client.get("/funders/1/change").text
    ibans = re.search(r"<textarea[^>]*>\s*([^<]*)</textarea>", page)
    assert ibans
    answer = send(
        client, "/funders/1/change", name="National Growth Fund", kind="national",
        kvk="27378529", report_language="nl", ibans=ibans[1],
    )  # fmt: skip
    assert answer.status_code == 302
    assert "27378529" in client.get("/funders/1").text


def test_contacts_come_change_and_go(client: FlaskClient) -> None:
    address = "/funders/1/contacts"
    noor = {"name_new1": "Noor", "email_new1": "noor@pzh.example"}
    assert send(client, address, **noor).status_code == 302
    name = re.search(r'name="(name_\d+)"', client.get(address).text)
    assert name
    email = name[1].replace("name", "email")
    changed = {name[1]: "Noor", email: "noor@zh.example"}
    assert send(client, address, **changed).status_code == 302
    assert "Noor, noor@pzh.example → Noor, noor@zh.example" in client.get("/funders/1").text
    assert send(client, address).status_code == 302
    page = client.get("/funders/1").text
    assert "mailto:" not in page
    assert "Noor, noor@zh.example → –" in page


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ({"name_new1": "Noor", "email_new1": "noor"}, "“noor” is not an e-mail address."),
        ({"name_new1": "Noor", "phone_new1": "at the desk"}, "is not a telephone number"),
        ({"name_new1": "", "task_new1": "Noor"}, "Fill this in, or empty the row."),
    ],
)
def test_a_refused_contact_says_why_and_keeps_what_was_typed(
    client: FlaskClient, row: dict[str, str], complaint: str
) -> None:
    answer = send(client, "/funders/1/contacts", **row)
    assert answer.status_code == 422
    assert complaint in answer.text
    assert 'value="Noor"' in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_who_may_only_look_sees_no_buttons(
    sign_in: Callable[[Role], FlaskClient], client: FlaskClient
) -> None:
    for address in ("/funders", "/funders/1"):
        assert "button--main" in client.get(address).text
        assert "button--main" not in sign_in(AUDITOR).get(address).text


def test_a_funder_that_is_not_there_is_not_found(client: FlaskClient) -> None:
    for address in ("/funders/99", "/funders/99/change", "/funders/99/contacts"):
        assert client.get(address).status_code == 404


def test_the_pages_are_said_in_dutch(client: FlaskClient) -> None:
    client.post(
        "/language", data={"csrf_token": token_in(client.get("/funders/1").text), "language": "nl"}
    )
    assert "Subsidieverstrekkers" in client.get("/funders").text
    refused = send(client, "/funders/new", **(ENTRY | {"kvk": "1"}))
    assert "Een KvK-nummer heeft 8 cijfers; “1” heeft er 1." in refused.text
