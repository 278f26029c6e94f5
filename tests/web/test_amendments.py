"""Decisions on the screen: entered by one person, confirmed by another, told to the right ones."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.filling import fields_of, fill_in
from tracker.domain.amendments import Entered, Verdict
from tracker.domain.commitments import Status
from tracker.domain.money import Money
from tracker.domain.policy import Role
from tracker.store.amendments import decisions_of, drafts
from tracker.store.commitments import commitment_named, commitments_of
from tracker.store.earmarks import particulars_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session
    from werkzeug.test import TestResponse

AWARD = {
    "code": "NGF-2",
    "reference": "NGF/2024/77",
    "status": "awarded",
    "decided_on": "15-03-2024",
    "amount": "1,250,000.00",
    "share": "45",
    "first_day": "01-01-2024",
    "last_day": "31-12-2025",
    "categories": ["personnel", "travel"],
    "reason": "The second round.",
    "conditions": "Report every year.",
    "work_packages": ["WP1"],
}
PDF = b"%PDF-1.7 a letter"


def letter() -> tuple[io.BytesIO, str]:
    return io.BytesIO(PDF), "letter.pdf"


def programme_id(session: Session, code: str = "NGF-1") -> str:
    return str(commitment_named(session, code).programme_id)


def waiting(session: Session) -> list[Entered]:
    """The drafts that there are now and were not in the sample."""
    session.rollback()
    return [draft for draft in drafts(session) if draft.commitment not in {"PZH-2", "HF-P"}]


def enter(client: FlaskClient, session: Session, **changes: Any) -> TestResponse:
    typed = AWARD | {"programme_id": programme_id(session)} | changes
    return fill_in(client, "/commitments/new", **typed)


def amend(client: FlaskClient, **changes: Any) -> TestResponse:
    typed = {"decided_on": "01-02-2025", "amount": "250000", "reason": "More of the same."}
    return fill_in(client, "/commitments/PZH-1/amend", **(typed | changes))


@pytest.fixture
def officer(sign_in: Callable[[Role], FlaskClient]) -> FlaskClient:
    return sign_in(Role.FINANCE_OFFICER)


@pytest.fixture
def controller(sign_in: Callable[[Role], FlaskClient]) -> FlaskClient:
    """Who confirms. The sample's controller reads Dutch."""
    return sign_in(Role.CONTROLLER)


@pytest.fixture
def viewer(sign_in: Callable[[Role], FlaskClient]) -> FlaskClient:
    return sign_in(Role.FUNDER_VIEWER)


def confirm(client: FlaskClient, session: Session) -> TestResponse:
    address = f"/amendments/{waiting(session)[0].id}"
    return fill_in(client, address, f"{address}/confirm")


def test_a_commitment_is_entered_as_a_draft_with_all_that_was_typed(
    officer: FlaskClient, session: Session
) -> None:
    answer = enter(officer, session, letter=letter())
    assert answer.status_code == 302
    assert answer.location == "/commitments/NGF-2"
    page = officer.get("/commitments/NGF-2").text
    assert "NGF-2 is entered. It counts once somebody else confirms it." in page
    assert "counts nowhere until somebody else confirms its first decision" in page
    session.rollback()
    known = commitment_named(session, "NGF-2")
    assert (known.status, known.amount) == (Status.DRAFT, Money(1_250_000_00))
    decision = decisions_of(session, known.id)[0]
    assert decision.decision.categories == ("personnel", "travel")
    assert decision.document_id
    assert particulars_of(session, known.id).work_packages == ("WP1",)


def test_the_programmes_stand_under_their_funders(officer: FlaskClient) -> None:
    page = officer.get("/commitments/new").text
    assert '<optgroup label="National Growth Fund">' in page


def test_what_is_wrong_stands_at_its_field_and_everything_typed_is_kept(
    officer: FlaskClient, session: Session
) -> None:
    answer = enter(officer, session, code="NGF-1", amount="1,25", last_day="31-12-2023")
    assert answer.status_code == 422
    assert 'value="1,25"' in answer.text
    assert "31 Dec 2023 is before 1 Jan 2024" in answer.text
    held = fields_of(answer.text)
    assert held["categories"] == ["personnel", "travel"]
    assert held["conditions"] == ["Report every year."]
    assert held["work_packages"] == ["WP1"]
    again = enter(officer, session, code="NGF-1")
    assert "There is a commitment NGF-1 already." in again.text
    assert re.search(
        r'id="code"[^>]*aria-invalid="true"|aria-invalid="true"[^>]*id="code"', again.text
    )


@pytest.mark.parametrize("code", ["new", "a/b", "export.csv", "NGF 2"])
def test_a_code_that_could_not_be_an_address_is_refused(
    officer: FlaskClient, session: Session, code: str
) -> None:
    answer = enter(officer, session, code=code)
    assert answer.status_code == 422
    assert "letters, digits and hyphens" in answer.text


def test_a_form_that_is_sent_twice_enters_one_commitment(
    officer: FlaskClient, session: Session
) -> None:
    before = len(commitments_of(session))
    filled = fields_of(officer.get("/commitments/new").text) | AWARD
    filled["programme_id"] = programme_id(session)
    assert {officer.post("/commitments/new", data=filled).location for _ in range(2)} == {
        "/commitments/NGF-2"
    }
    session.rollback()
    assert len(commitments_of(session)) == before + 1


def test_an_amendment_sent_twice_is_entered_once(officer: FlaskClient, session: Session) -> None:
    filled = fields_of(officer.get("/commitments/PZH-1/amend").text)
    filled |= {"decided_on": "01-02-2025", "amount": "250000", "reason": "More."}
    for _ in range(2):
        assert officer.post("/commitments/PZH-1/amend", data=filled).status_code == 302
    assert [draft.commitment for draft in waiting(session)] == ["PZH-1"]


def test_who_entered_it_is_told_that_somebody_else_confirms_it(
    officer: FlaskClient, session: Session
) -> None:
    enter(officer, session)
    address = f"/amendments/{waiting(session)[0].id}"
    page = officer.get(address).text
    assert "You entered this yourself, so somebody else confirms it." in page
    assert f'action="{address}/confirm"' not in page
    held = fields_of(page, "/take-back")
    assert officer.post(f"{address}/confirm", data=held).status_code == 403
    assert waiting(session)[0].verdict is Verdict.DRAFT


def test_a_second_person_sees_what_changes_and_confirms_it(
    officer: FlaskClient, controller: FlaskClient, session: Session
) -> None:
    assert amend(officer, last_day="30-06-2028").status_code == 302
    key = waiting(session)[0].id
    work = controller.get("/work").text
    assert f'href="/amendments/{key}"' in work
    page = controller.get(f"/amendments/{key}").text
    assert "2.000.000,00" in page
    assert "2.250.000,00" in page
    assert "30-06-2028" in page
    answer = confirm(controller, session)
    assert answer.location == "/commitments/PZH-1"
    session.rollback()
    known = commitment_named(session, "PZH-1")
    assert known.amount == Money(2_250_000_00)
    assert known.period.last_day.isoformat() == "2028-06-30"
    assert f'href="/amendments/{key}"' not in controller.get("/work").text


def test_only_what_was_changed_is_part_of_the_amendment(
    officer: FlaskClient, session: Session
) -> None:
    amend(officer)
    decision = waiting(session)[0].decision
    assert (decision.period, decision.share, decision.categories) == (None, None, ())
    assert decision.amount == Money(250_000_00)


def test_an_amendment_that_changes_nothing_or_too_much_is_refused_with_the_figures(
    officer: FlaskClient, session: Session
) -> None:
    nothing = amend(officer, amount="")
    assert nothing.status_code == 422
    assert "This decision changes nothing." in nothing.text
    too_much = amend(officer, amount="-1,999,999.00")
    assert too_much.status_code == 422
    assert "would come to €" in too_much.text
    assert 'value="-1,999,999.00"' in too_much.text
    assert waiting(session) == []


def test_the_new_amount_is_said_beside_the_change(officer: FlaskClient) -> None:
    page = officer.get("/commitments/PZH-1/amend").text
    assert 'data-from="200000000"' in page
    assert "The new amount is €\N{NO-BREAK SPACE}2,000,000.00." in page
    refused = amend(officer, reason="")
    assert "The new amount is €\N{NO-BREAK SPACE}2,250,000.00." in refused.text


def test_what_is_sent_back_is_mended_and_confirmed(
    officer: FlaskClient, controller: FlaskClient, session: Session
) -> None:
    amend(officer)
    address = f"/amendments/{waiting(session)[0].id}"
    refused = fill_in(controller, address, f"{address}/send-back", reason="")
    assert refused.status_code == 422
    fill_in(controller, address, f"{address}/send-back", reason="The letter says 300,000.")
    assert "was sent back to you" in officer.get("/work").text
    form = officer.get(f"{address}/change").text
    assert "The letter says 300,000." in form
    assert 'value="250,000.00"' in form
    assert fill_in(officer, f"{address}/change", amount="300000").status_code == 302
    confirm(controller, session)
    session.rollback()
    assert commitment_named(session, "PZH-1").amount == Money(2_300_000_00)


def test_who_confirms_what_has_changed_meanwhile_is_told_who_changed_what(
    officer: FlaskClient, sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    director = sign_in(Role.DIRECTOR)
    amend(officer)
    address = f"/amendments/{waiting(session)[0].id}"
    seen = fields_of(director.get(address).text, "/confirm")
    fill_in(officer, f"{address}/change", amount="900000")
    answer = director.post(f"{address}/confirm", data=seen)
    assert answer.status_code == 422
    assert "finance@sample.example changed this on" in answer.text
    assert "2,900,000.00" in answer.text
    assert waiting(session)


def test_who_amends_what_was_amended_meanwhile_is_told(
    officer: FlaskClient, controller: FlaskClient, session: Session
) -> None:
    filled = fields_of(officer.get("/commitments/PZH-1/amend").text)
    filled |= {"decided_on": "01-02-2025", "amount": "1000", "reason": "Late."}
    amend(officer)
    confirm(controller, session)
    answer = officer.post("/commitments/PZH-1/amend", data=filled)
    assert answer.status_code == 422
    assert "controller@sample.example changed this on" in answer.text
    assert 'value="1000"' in answer.text or "1000" in answer.text


def test_a_draft_can_be_taken_back_and_stays_in_the_history(
    officer: FlaskClient, session: Session
) -> None:
    amend(officer)
    key = waiting(session)[0].id
    fill_in(officer, f"/amendments/{key}", f"/amendments/{key}/take-back")
    assert waiting(session) == []
    assert "Took a draft back" in officer.get("/commitments/PZH-1/history").text
    assert "Taken back" in officer.get(f"/amendments/{key}").text


def test_while_one_amendment_waits_the_next_is_shown_the_way_to_it(
    officer: FlaskClient, session: Session
) -> None:
    amend(officer)
    key = waiting(session)[0].id
    assert officer.get("/commitments/PZH-1/amend").location == f"/amendments/{key}"
    page = officer.get("/commitments/PZH-1").text
    assert "No other amendment can be entered until this one is confirmed or taken back." in page


def test_a_funders_viewer_never_sees_a_draft(
    officer: FlaskClient,
    sign_in: Callable[[Role], FlaskClient],
    viewer: FlaskClient,
    session: Session,
) -> None:
    enter(officer, session)
    typed = {"decided_on": "01-02-2025", "amount": "77000", "reason": "A secret."}
    fill_in(officer, "/commitments/NGF-1/amend", letter=letter(), **typed)
    mine = next(draft for draft in waiting(session) if draft.commitment == "NGF-1")
    seen = [f"/amendments/{mine.id}", f"/documents/{mine.document_id}", "/commitments/NGF-2"]
    assert [viewer.get(address).status_code for address in seen] == [404, 404, 404]
    pages = ["/commitments", "/overview", "/commitments/NGF-1", "/commitments/NGF-1/history"]
    for address in [*pages, "/commitments/export.csv"]:
        page = viewer.get(address).text
        assert "A secret." not in page, address
        assert "NGF-2" not in page, address
    address = f"/amendments/{mine.id}"
    fill_in(sign_in(Role.DIRECTOR), address, f"{address}/confirm")
    assert [viewer.get(a).status_code for a in seen[:2]] == [200, 200]
    assert "A secret." in viewer.get("/commitments/NGF-1").text
    for shown in ("/commitments/NGF-1", "/commitments/NGF-1/history", address):
        assert "@sample.example" not in viewer.get(shown).text.replace("funder@", ""), shown


def test_a_determination_asks_for_its_amount_and_settles(
    officer: FlaskClient, controller: FlaskClient, session: Session
) -> None:
    address = "/commitments/PZH-1/amend"
    typed = {"decided_on": "12-01-2026", "status": "determined", "reason": "Determined."}
    assert fill_in(officer, address, **typed).status_code == 422
    known = commitment_named(session, "PZH-1")
    answer = fill_in(officer, address, **typed, determined="1,900,000.00")
    assert answer.status_code == 302, answer.text
    confirm(controller, session)
    page = officer.get("/commitments/PZH-1").text
    due = Money(1_900_000_00) - known.received
    assert ("to receive" if due.cents > 0 else "to repay") in page
    after = officer.get(address).text
    assert 'name="amount"' not in after
    assert '<option value="settled"' in after


def test_an_amendment_that_was_confirmed_is_kept_and_cannot_be_changed(
    officer: FlaskClient, controller: FlaskClient, session: Session
) -> None:
    amend(officer)
    key = waiting(session)[0].id
    held = fields_of(officer.get(f"/amendments/{key}/change").text)
    confirm(controller, session)
    assert officer.post(f"/amendments/{key}/change", data=held).status_code == 422
    session.rollback()
    known = commitment_named(session, "PZH-1")
    assert officer.get(f"/amendments/{key}/change").location == f"/amendments/{key}"
    assert decisions_of(session, known.id)[-1].verdict is Verdict.CONFIRMED
