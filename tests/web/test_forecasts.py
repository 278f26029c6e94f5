"""Forecasts on screen: what they begin with, what they come to, and what is to be explained."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from tests.questions import count
from tests.web.filling import fields_of, fill_in
from tracker.domain.policy import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

    SignIn = Callable[[Role], FlaskClient]

OFFICER, LEAD = Role.FINANCE_OFFICER, Role.PROJECT_LEAD
NEW = "/forecasts/new"
CELL = "amount_WP5.personnel.2027-Q1"
WHY = "why_previous.WP5.personnel.2027"
MORE = {CELL: "145,000.00", "reason": "Three people more", "step": "keep"}


def test_the_page_shows_what_is_spent_expected_and_budgeted_and_every_version(
    sign_in: SignIn,
) -> None:
    page = sign_in(Role.AUDITOR).get("/forecasts").text
    assert "Forecast, version 2" in page
    assert "It begins with 2026-Q1" in page
    assert "more than budgeted" in page
    assert "National Growth Fund (NGF-1) wants an explanation of more than 25.0%" in page
    assert "Two process developers start in January instead of July." in page
    assert "Outlook after the third quarter of 2025" in page
    assert "Make a new version" not in page
    assert "Make a new version" in sign_in(OFFICER).get("/forecasts").text


def test_amounts_that_were_spent_lead_to_their_cost_lines(sign_in: SignIn) -> None:
    page = sign_in(OFFICER).get("/forecasts").text
    for address in ("work_package=WP3", "category=travel", "year=2025"):
        assert f'href="/costs?{address}"' in page


def test_what_does_not_differ_is_hidden_and_counted(sign_in: SignIn) -> None:
    page = sign_in(OFFICER).get("/forecasts").text
    against = page.partition('id="against-budget"')[2].partition("</section>")[0]
    assert re.search(r"\d+ rows do not differ and are left out", against)
    assert "as budgeted" not in against
    assert "Years before 2026" in against
    assert ">2024<" not in against
    whole = sign_in(OFFICER).get("/forecasts/2?years=all").text
    against = whole.partition('id="against-budget"')[2].partition("</section>")[0]
    assert ">2024<" in against
    assert "Years before 2026" not in against


def test_a_version_that_is_not_there_is_not_found(sign_in: SignIn) -> None:
    assert sign_in(OFFICER).get("/forecasts/3").status_code == 404
    assert sign_in(Role.FUNDER_VIEWER).get("/forecasts").status_code == 404


@pytest.mark.parametrize("basis", ["previous_forecast", "budget_left", "burn_rate", "colour"])
def test_a_new_version_begins_with_amounts_that_say_where_they_come_from(
    sign_in: SignIn, basis: str
) -> None:
    page = sign_in(OFFICER).get(f"{NEW}?basis={basis}").text
    held = fields_of(page)
    assert any(value[0] for name, value in held.items() if name.startswith("amount_"))
    begun = {"budget_left": "Budget €", "burn_rate": "in 4 quarters to 2025-Q4"}
    assert begun.get(basis, "Version 2") in page


def test_a_version_that_is_explained_is_kept(sign_in: SignIn, session: Session) -> None:
    client, before = sign_in(OFFICER), count(session, "forecast")
    worked = fill_in(client, NEW, **MORE | {"step": "work_out"})
    assert worked.status_code == 200
    assert 'value="145,000.00"' in worked.text
    assert "100,000.00 more than before, 55.6%" in worked.text
    held = fields_of(worked.text)
    assert {WHY, "why_budget.WP5.personnel.2027"} <= held.keys()
    assert count(session, "forecast") == before
    said = {name: "A new team" for name in held if name.startswith("why_")}
    answer = client.post(NEW, data=held | said | MORE)
    assert answer.status_code == 302, answer.text
    assert count(session, "forecast") == before + 1
    page = client.get("/forecasts").text
    assert "Version 3 of the forecast is kept." in page
    assert "A new team" in page


def test_a_version_that_is_not_explained_is_refused_at_each_row_and_nothing_typed_is_lost(
    sign_in: SignIn, session: Session
) -> None:
    client, before = sign_in(OFFICER), count(session, "forecast")
    refused = fill_in(client, NEW, **MORE, **{WHY: "A new team"})
    assert refused.status_code == 422
    assert 'id="why_budget.WP5.personnel.2027-errors"' in refused.text
    assert f'id="{WHY}-errors"' not in refused.text
    assert "A new team" in refused.text
    assert 'value="145,000.00"' in refused.text
    assert 'value="Three people more"' in refused.text
    assert count(session, "forecast") == before


def test_an_amount_that_cannot_be_read_is_refused_at_its_cell(
    sign_in: SignIn, session: Session
) -> None:
    client, before = sign_in(OFFICER), count(session, "forecast")
    refused = fill_in(client, NEW, **MORE | {CELL: "a lot"}, **{WHY: "A new team"})
    assert refused.status_code == 422
    assert f'id="{CELL}-errors"' in refused.text
    assert "A new team" in refused.text, "what was said is kept though nothing can be compared"
    below = fill_in(client, NEW, **MORE | {CELL: "-1"})
    assert below.status_code == 422
    assert "1.00 is less than nothing." in below.text
    assert f'id="{CELL}-errors"' in below.text
    assert count(session, "forecast") == before


def test_of_two_who_have_the_form_open_the_second_is_told(
    sign_in: SignIn, session: Session
) -> None:
    client, before = sign_in(OFFICER), count(session, "forecast")
    late = fields_of(client.get(NEW).text) | {"reason": "Later", "step": "keep"}
    assert fill_in(client, NEW, reason="First", step="keep").status_code == 302
    told = client.post(NEW, data=late)
    assert told.status_code == 422
    assert "made version 3" in told.text
    again = fields_of(told.text) | {"step": "keep"}
    assert client.post(NEW, data=again).status_code == 302
    assert count(session, "forecast") == before + 2


def test_a_form_that_is_sent_twice_makes_one_version(sign_in: SignIn, session: Session) -> None:
    client, before = sign_in(OFFICER), count(session, "forecast")
    form = fields_of(client.get(NEW).text) | {"reason": "Once", "step": "keep"}
    assert client.post(NEW, data=form).status_code == 302
    client.post(NEW, data=form)
    assert count(session, "forecast") == before + 1


def test_amounts_are_typed_as_the_reader_writes_them(sign_in: SignIn) -> None:
    client = sign_in(LEAD)  # who reads Dutch
    held = fields_of(client.get(NEW).text)
    assert held["amount_WP5.personnel.2027-Q1"] == ["45.000,00"]
    held |= {CELL: "45.000,50", "reason": "Vijftig cent", "step": "keep"}
    assert client.post(NEW, data=held).status_code == 302
    assert "€\N{NO-BREAK SPACE}2.890.000,50" in client.get("/forecasts").text


def test_any_two_versions_are_compared(sign_in: SignIn) -> None:
    client = sign_in(OFFICER)
    assert fill_in(client, NEW, reason="The same", step="keep").status_code == 302
    page = client.get("/forecasts/3").text
    assert "Against version 2" in page
    assert "Nothing differs." in page
    page = client.get("/forecasts/3?before=1").text
    assert "Against version 1" in page


def test_the_workbook_and_the_csv_say_what_the_page_says(sign_in: SignIn) -> None:
    client = sign_in(OFFICER)
    book = load_workbook(BytesIO(client.get("/forecasts/2/export.xlsx").data))
    cells = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "Two process developers start in January instead of July." in cells
    assert 45_000 in cells
    lines = client.get("/forecasts/2/export.csv").data.decode("utf-8-sig").splitlines()
    assert lines[0] == "Work package,Category,Quarter,Amount"
    assert "WP5,Personnel,2027-Q1,45000.00" in lines
    assert lines[-1] == "Total,,,2890000.00"
