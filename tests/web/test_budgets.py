"""Budgets and the plan of costs on screen."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from tests.web.filling import fields_of, fill_in
from tracker.domain.policy import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

    SignIn = Callable[[Role], FlaskClient]

OFFICER = Role.FINANCE_OFFICER
NEW = "/commitments/NGF-1/budget/new"
MOVE = {
    "amount_personnel..": "2,288,000.00",  # 12 % of 2,600,000 leaves
    "amount_travel..": "512,000.00",
    "reason": "Other prices",
    "made_on": "01-05-2025",
}
LETTER = b"%PDF-1.7 we agree"


def count(session: Session, commitment: str = "NGF-1") -> int:
    session.rollback()
    return session.execute(
        text(
            "SELECT count(*) FROM budget_version v JOIN commitment c ON c.id = v.commitment_id"
            " WHERE c.code = :code"
        ),
        {"code": commitment},
    ).scalar_one()


@pytest.fixture
def tolerance(session: Session) -> None:
    """Let the programme of NGF-1 allow a tenth to move, and take the sample's waivers away."""
    session.execute(
        text(
            "INSERT INTO programme_term (programme_id, name, value, first_day, source, scope,"
            " is_verified) SELECT programme_id, 'virement_tolerance', '10', '2020-01-01', 'letter',"
            " '', 1 FROM commitment WHERE code = 'NGF-1'"
        )
    )
    session.execute(text("UPDATE waiver SET ended_on = '2020-01-01'"))
    session.commit()


def test_the_page_shows_what_is_set_aside_charged_and_left_and_its_versions(
    sign_in: SignIn,
) -> None:
    page = sign_in(OFFICER).get("/commitments/NGF-1/budget").text
    assert "€\N{NO-BREAK SPACE}11,000,000.00" in page
    assert "Version 2 against version 1" in page
    assert "Enter a new version" in page
    first = sign_in(OFFICER).get("/commitments/NGF-1/budget?version=1").text
    assert "Version 1, the first" in first


def test_a_commitment_without_a_budget_says_what_to_do_first(sign_in: SignIn) -> None:
    page = sign_in(OFFICER).get("/commitments/UL-1/budget").text
    assert "UL-1 has no budget yet. Divide €\N{NO-BREAK SPACE}1,500,000.00" in page


def test_a_funder_sees_its_own_budget_and_may_enter_none(sign_in: SignIn) -> None:
    client = sign_in(Role.FUNDER_VIEWER)
    page = client.get("/commitments/NGF-1/budget")
    assert page.status_code == 200
    assert "Nieuwe versie invoeren" not in page.text
    assert "finance@sample.example" not in page.text
    assert client.get("/commitments/PZH-1/budget").status_code == 404
    assert client.get("/plan").status_code == 404


def test_a_funder_does_not_see_a_version_that_waits(sign_in: SignIn) -> None:
    draft = sign_in(OFFICER)
    answer = fill_in(
        draft, "/commitments/NGF-1/amend", amount="1000", decided_on="01-05-2025", reason="More"
    )
    assert answer.status_code == 302, answer.text
    page = draft.get(NEW).text
    held = fields_of(page)
    choice = [key for key in _choices(page) if key][-1]
    typed = {"amendment": choice, "amount_travel..": "201,000.00", "reason": "Waits for it"}
    assert draft.post(NEW, data=held | typed).status_code == 302
    assert "Waits for its amendment" in draft.get("/commitments/NGF-1/budget").text
    seen = sign_in(Role.FUNDER_VIEWER).get("/commitments/NGF-1/budget").text
    assert "Waits for it" not in seen


def _choices(page: str) -> list[str]:
    select = page.partition('name="amendment"')[2].partition("</select>")[0]
    return re.findall(r'value="([^"]*)"', select)


@pytest.mark.usefixtures("tolerance")
def test_a_move_over_the_tolerance_asks_for_consent_at_the_field_and_keeps_what_was_typed(
    sign_in: SignIn, session: Session
) -> None:
    client, before = sign_in(OFFICER), count(session)
    refused = fill_in(client, NEW, **MOVE)
    assert refused.status_code == 422
    said = (
        "“Personnel”: €\N{NO-BREAK SPACE}312,000.00 of €\N{NO-BREAK SPACE}2,600,000.00 is 12.0%;"
        " 10.0% may move without consent."
    )
    assert said in refused.text
    assert 'id="consent-errors"' in refused.text
    assert 'value="2,288,000.00"' in refused.text
    assert count(session) == before
    consent: dict[str, Any] = {"consent": (io.BytesIO(LETTER), "consent.pdf")}
    assert fill_in(client, NEW, **MOVE, **consent).status_code == 302
    assert count(session) == before + 1
    page = client.get("/commitments/NGF-1/budget").text
    assert "Version 3 against version 2" in page
    assert "The funder&#39;s consent" in page


def test_a_total_that_is_not_the_commitments_is_refused_with_the_difference(
    sign_in: SignIn, session: Session
) -> None:
    before = count(session)
    refused = fill_in(
        sign_in(OFFICER), NEW, **{"amount_travel..": "200,000.01", "reason": "A cent more"}
    )
    assert refused.status_code == 422
    assert "€\N{NO-BREAK SPACE}0.01 too much." in refused.text
    assert count(session) == before


def test_a_cell_that_cannot_be_read_complains_in_its_own_place(sign_in: SignIn) -> None:
    refused = fill_in(sign_in(OFFICER), NEW, **{"amount_travel..": "much", "reason": "why"})
    assert refused.status_code == 422
    assert 'id="amount_travel..-errors"' in refused.text
    assert 'value="much"' in refused.text


def test_the_same_form_sent_twice_is_one_version(sign_in: SignIn, session: Session) -> None:
    client, before = sign_in(OFFICER), count(session)
    held = fields_of(client.get(NEW).text) | {"reason": "Once"}
    assert client.post(NEW, data=held).status_code == 302
    assert client.post(NEW, data=held).status_code == 302
    assert count(session) == before + 1


def test_who_is_second_is_told_who_was_first(sign_in: SignIn, session: Session) -> None:
    client, before = sign_in(OFFICER), count(session)
    first, second = (fields_of(client.get(NEW).text) for _ in range(2))
    assert client.post(NEW, data=first | {"reason": "The first of two"}).status_code == 302
    told = client.post(NEW, data=second | {"reason": "The second"})
    assert told.status_code == 422
    assert "finance@sample.example entered version 3" in told.text
    assert "The first of two" in told.text
    again = fields_of(told.text) | {"reason": "The second, meant"}
    assert client.post(NEW, data=again).status_code == 302
    assert count(session) == before + 2


@pytest.mark.parametrize(
    ("detail", "cell"),
    [
        ("by_category", "amount_travel.."),
        ("by_work_package", "amount_travel.WP5."),
        ("by_year", "amount_travel..2024"),
        ("by_work_package_and_year", "amount_travel.WP5.2024"),
    ],
)
def test_the_plan_is_entered_at_the_detail_that_is_chosen(
    sign_in: SignIn, detail: str, cell: str
) -> None:
    client, address = sign_in(OFFICER), f"/plan/new?detail={detail}"
    assert f'name="{cell}"' in client.get(address).text
    answer = fill_in(client, address, reason="A new plan", **{cell: "123,456.78"})
    assert answer.status_code == 302
    assert "123,456.78" in client.get("/plan").text


def test_the_plan_of_nothing_is_refused(sign_in: SignIn) -> None:
    client, address = sign_in(OFFICER), "/plan/new?detail=by_year"
    amounts = [name for name in fields_of(client.get(address).text) if name.startswith("amount_")]
    assert any(name.endswith("2028") for name in amounts)  # years after the project's last day
    refused = fill_in(client, address, reason="Empty", **dict.fromkeys(amounts, ""))
    assert refused.status_code == 422
    assert "This budget sets nothing aside." in refused.text


def test_the_history_tells_what_moved(sign_in: SignIn) -> None:
    client = sign_in(OFFICER)
    fill_in(client, NEW, reason="Less travel", **{
        "amount_travel..": "190,000.00", "amount_materials..": "1,010,000.00"})  # fmt: skip
    page = client.get("/commitments/NGF-1/history").text
    assert "Entered a version of the budget" in page
    assert "€\N{NO-BREAK SPACE}190,000.00" in page
