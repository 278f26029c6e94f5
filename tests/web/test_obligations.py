"""Orders on screen: entering, linking invoices, ending early, and what they come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
SPACE = "\N{NO-BREAK SPACE}"
ORDER = {
    "reference": "PO-2026-001",
    "supplier": "Calibra BV",
    "description": "Sensors",
    "ordered_on": "02-01-2026",
    "expected_on": "01-03-2026",
    "amount": "12500.00",
    "category": "materials",
    "work_package": "WP1",
    "commitment": "NGF-1",
}


def order_named(session: Session, reference: str) -> int:
    session.rollback()
    query = text("SELECT id FROM obligation WHERE reference = :reference")
    key: int = session.execute(query, {"reference": reference}).scalar_one()
    return key


def test_the_list_says_what_is_open_what_is_late_and_what_it_comes_to(sign_in: SignIn) -> None:
    page = sign_in(Role.AUDITOR).get("/obligations").text
    assert f"€{SPACE}106,500.00 ordered, not yet invoiced" in page
    assert page.index("PO-2025-014") < page.index("PO-2025-031") < page.index("PO-2025-032")
    assert "days late" in page
    assert "Ended early" in page
    assert "Costs so far" in page


def test_an_order_is_entered_and_shown_beside_its_commitment(
    sign_in: SignIn, session: Session
) -> None:
    client = sign_in(OFFICER)
    assert fill_in(client, "/obligations/new", **ORDER).status_code == 302
    assert "PO-2026-001" in client.get("/obligations").text
    page = client.get("/commitments/NGF-1").text
    assert "Ordered, not yet invoiced" in page
    assert f"€{SPACE}96,500.00" in page  # with the isolator of the sample
    shown = client.get(f"/obligations/{order_named(session, 'PO-2026-001')}").text
    assert "Entered an order" in shown
    assert "No invoice has come of it yet." in shown


def test_a_funder_sees_no_orders(sign_in: SignIn) -> None:
    viewer = sign_in(Role.FUNDER_VIEWER)
    assert viewer.get("/obligations").status_code == 404
    assert "Besteld, nog niet gefactureerd" not in viewer.get("/commitments/NGF-1").text
    inside = sign_in(Role.CONTROLLER).get("/commitments/NGF-1").text
    assert "Besteld, nog niet gefactureerd" in inside


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"reference": "PO-2025-014"}, "is entered already"),
        ({"amount": "0"}, "is no order"),
        ({"expected_on": "01-01-2026"}, "before it was ordered"),
        ({"ordered_on": "01-01-2199", "expected_on": ""}, "is still to come"),
        ({"supplier": ""}, "This field is required"),
    ],
)
def test_a_refused_order_says_why_and_keeps_what_was_typed(
    typed: dict[str, str], complaint: str, sign_in: SignIn, session: Session
) -> None:
    answer = fill_in(sign_in(OFFICER), "/obligations/new", **(ORDER | typed))
    assert answer.status_code == 422
    assert complaint in answer.text
    assert 'value="Sensors"' in answer.text
    count = text("SELECT count(*) FROM obligation")
    assert session.execute(count).scalar_one() == 3


def test_a_warning_says_that_orders_exceed_what_was_committed(sign_in: SignIn) -> None:
    client = sign_in(OFFICER)
    told = "NGF-1: "
    assert told not in client.get("/obligations").text
    fill_in(client, "/obligations/new", **(ORDER | {"amount": "20000000"}))
    for address in ("/obligations", "/commitments/NGF-1"):
        page = client.get(address).text
        assert told in page
        assert "more than the" in page


def test_a_cost_is_linked_to_its_order_and_taken_off_again(
    sign_in: SignIn, session: Session
) -> None:
    client = sign_in(OFFICER)
    key = order_named(session, "PO-2025-014")
    line = session.execute(
        text("SELECT id FROM cost_line WHERE amount > 100000 AND cost_centre = 'WP2' LIMIT 1")
    ).scalar_one()
    typed = {"obligation": str(key), "part": "1000.00"}
    answer = fill_in(client, f"/costs/{line}", f"/costs/{line}/order", **typed)
    assert answer.status_code == 302
    page = client.get(f"/costs/{line}").text
    assert "PO-2025-014" in page
    assert f"€{SPACE}83,000.00 open" in client.get(f"/obligations/{key}").text
    too_much = fill_in(
        client, f"/costs/{line}", f"/costs/{line}/order", **(typed | {"part": "83000.01"})
    )
    assert too_much.status_code == 422
    undo = f"/obligations/{key}/lines/{line}/undo"
    assert client.post(undo, data=fields_of(page, undo)).status_code == 302
    assert f"€{SPACE}84,000.00 open" in client.get(f"/obligations/{key}").text
    again = client.post(undo, data=fields_of(client.get("/obligations/new").text))
    assert again.status_code == 422
    assert "fulfils nothing" in again.text


def test_an_order_is_ended_with_a_reason(sign_in: SignIn, session: Session) -> None:
    client, key = sign_in(OFFICER), order_named(session, "PO-2025-014")
    address = f"/obligations/{key}"
    assert fill_in(client, address, f"{address}/end", reason="").status_code == 422
    ended = fill_in(client, address, f"{address}/end", reason="The supplier stopped")
    assert ended.status_code == 302
    page = client.get(address).text
    assert "The supplier stopped" in page
    assert "Ended early" in page
    assert client.get("/obligations/9999").status_code == 404


def test_the_work_list_names_orders_whose_invoice_is_late(sign_in: SignIn) -> None:
    page = sign_in(OFFICER).get("/work").text
    assert "The invoice of order PO-2025-014 of LabSupply Europe is" in page
    assert "PO-2025-031" not in page
