"""The financing plan and its waivers on screen."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from tests.web.conftest import token_of
from tests.web.filling import fill_in
from tracker.domain.policy import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

    SignIn = Callable[[Role], FlaskClient]

OFFICER, CONTROLLER = Role.FINANCE_OFFICER, Role.CONTROLLER
EUR = "€\N{NO-BREAK SPACE}"


def waiver(**typed: str) -> dict[str, Any]:
    """What is typed for a waiver, with its letter."""
    letter = (io.BytesIO(b"%PDF-1.7 you may"), "leave.pdf")
    asked = {"rule": "aid_intensity", "commitment": "NGF-1", "reason": "Bought ahead of the plan"}
    return asked | {"until": "31-12-2099", "document": letter} | typed


def newest(session: Session) -> Any:
    session.rollback()
    return session.execute(text("SELECT * FROM waiver ORDER BY id DESC LIMIT 1")).one()


def test_the_plan_at_a_glance_says_planned_committed_and_the_gap(sign_in: SignIn) -> None:
    page = sign_in(OFFICER).get("/financing").text
    for figure in ("29,030,000.00", "24,800,000.00", "900,000.00", "1,200,000.00", "4,230,000.00"):
        assert f"{EUR}{figure}" in page
    assert f"{EUR}4,230,000.00 still to be found" in page
    assert f"{EUR}2,130,000.00 if all that is conditional and pledged comes" in page


def test_without_a_plan_the_gap_is_unknown_and_the_plan_is_asked_for(
    sign_in: SignIn, session: Session
) -> None:
    for table in ("budget", "budget_version"):
        session.execute(text(f"DROP TRIGGER {table}_no_delete"))
    plan = "SELECT id FROM budget_version WHERE commitment_id IS NULL"
    session.execute(text(f"DELETE FROM budget WHERE version_id IN ({plan})"))
    session.execute(text("DELETE FROM budget_version WHERE commitment_id IS NULL"))
    session.commit()
    page = sign_in(OFFICER).get("/financing").text
    assert "No plan of costs yet" in page
    assert "Enter the plan of costs" in page
    assert "still to be found" not in page
    assert "enter the plan of costs first" in page


def test_a_broken_rule_says_so_in_figures_and_a_waiver_shows_beside_it(
    sign_in: SignIn, session: Session
) -> None:
    session.execute(
        text(
            "INSERT INTO programme_term (programme_id, name, value, first_day, source, scope,"
            " is_verified) SELECT programme_id, 'aid_ceiling', '37', '2025-01-01',"
            " 'GBER art. 26(6)', 'large', 1 FROM commitment WHERE code = 'NGF-1'"
        )
    )
    session.commit()
    page = sign_in(OFFICER).get("/financing").text
    assert f"State aid comes to {EUR}11,000,000.00" in page
    assert f"allows {EUR}10,741,100.00: {EUR}258,900.00 too much." in page
    assert "GBER art. 26(6)" in page
    assert page.count("Broken") == 2  # the sample's partners contribute too little as well
    fill_in(sign_in(OFFICER), "/waivers/new", **waiver())
    key = newest(session).id
    controller = sign_in(CONTROLLER)
    controller.post(f"/waivers/{key}/approve", data={"csrf_token": token_of(controller)})
    page = sign_in(OFFICER).get("/financing").text
    assert "Waived until 31 Dec 2099 by controller@sample.example." in page
    assert page.count("Broken") == 1


def test_a_waiver_is_asked_for_by_one_and_approved_by_another(
    sign_in: SignIn, session: Session
) -> None:
    officer, controller = sign_in(OFFICER), sign_in(CONTROLLER)
    assert fill_in(officer, "/waivers/new", **waiver()).status_code == 302
    assert "You asked for this, so somebody else approves it." in officer.get("/financing").text
    key = newest(session).id
    own = officer.post(f"/waivers/{key}/approve", data={"csrf_token": token_of(officer)})
    assert own.status_code == 403
    assert newest(session).approved_by is None
    assert f"/waivers/{key}/approve" in controller.get("/financing").text
    sent = controller.post(f"/waivers/{key}/approve", data={"csrf_token": token_of(controller)})
    assert sent.status_code == 302
    assert newest(session).approved_by == "controller@sample.example"
    page = officer.get("/reports/statement/NGF-1/2025").text
    assert "Bought ahead of the plan" in page
    assert "Steunintensiteit" in page  # in the funder's language
    officer.post(f"/waivers/{key}/end", data={"csrf_token": token_of(officer)})
    assert newest(session).ended_on is not None
    history = officer.get("/financing").text.partition('id="history"')[2]
    deeds = ("Asked for a waiver", "Approved a waiver", "Ended a waiver")
    assert [history.count(deed) for deed in deeds] == [2, 2, 1]  # one is of the sample


def test_public_money_that_is_not_called_aid_is_said_beside_the_rule(sign_in: SignIn) -> None:
    page = sign_in(OFFICER).get("/financing").text
    assert f"Without {EUR}2,000,000.00 of public money whose programme names no category" in page


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"until": "01-01-2020"}, "has passed, so this waiver would never hold"),
        ({"until": "soon"}, "soon"),
        ({"reason": ""}, "This field is required"),
        ({"document": ""}, "A waiver rests on a document."),
        ({"rule": "gravity"}, "Not a valid choice"),
    ],
)
def test_a_refused_waiver_says_why_and_keeps_what_was_typed(
    typed: dict[str, str], complaint: str, sign_in: SignIn, session: Session
) -> None:
    before = newest(session).id
    asked = waiver(**typed)
    answer = fill_in(sign_in(OFFICER), "/waivers/new", **asked)
    assert answer.status_code == 422
    assert complaint in answer.text
    assert asked["reason"] in answer.text
    assert newest(session).id == before


def test_the_page_speaks_dutch_to_who_reads_dutch(sign_in: SignIn) -> None:
    page = sign_in(CONTROLLER).get("/financing").text
    assert "Begrote kosten" in page
    assert "29.030.000,00" in page
    assert "Own contribution" not in page
