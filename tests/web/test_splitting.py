"""Split rules on the screen, the dry run, many lines at once, and taking a charge back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.web.conftest import token_in
from tracker.domain.money import Money
from tracker.domain.policy import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

OFFICER = Role.FINANCE_OFFICER


@pytest.fixture
def client(sign_in: Callable[[Role], FlaskClient]) -> FlaskClient:
    return sign_in(OFFICER)


def sent(page: str, **fields: str) -> dict[str, str]:
    once = page.partition('name="once"')[2].partition('value="')[2].partition('"')[0]
    state = re.search(r'name="state" value="([^"]+)"', page)
    known = {"state": state[1]} if state else {}
    return {"csrf_token": token_in(page), "once": once} | known | fields


def count(session: Session, sql: str) -> int:
    session.rollback()
    return int(session.execute(text(sql)).scalar_one())


def key_of(session: Session, code: str) -> int:
    return count(session, f"SELECT id FROM commitment WHERE code = '{code}'")


def test_a_rule_is_entered_changed_and_ended_and_its_past_stays_in_sight(
    client: FlaskClient, session: Session
) -> None:
    payer = key_of(session, "NGF-1")
    form = sent(client.get("/split-rules/new").text)
    fields = {"name": "Labs of Bergman", "supplier": "Bergman", f"weight_{payer}": "60"}
    answer = client.post("/split-rules/new", data=form | fields)
    assert answer.status_code == 302
    page = client.get("/split-rules").text
    assert "Costs of supplier Bergman" in page
    assert "NGF-1 60" in page
    rule = count(session, "SELECT MAX(id) FROM split_rule")
    form = sent(client.get(f"/split-rules/{rule}/change").text)
    changed = client.post(
        f"/split-rules/{rule}/change", data=form | fields | {f"weight_{payer}": "70"}
    )
    assert changed.status_code == 302
    page = client.get("/split-rules").text
    assert "NGF-1 70" in page
    assert "NGF-1 60" in page.partition('id="ended"')[2]
    newest = count(session, "SELECT MAX(id) FROM split_rule")
    ended = client.post(f"/split-rules/{newest}/end", data={"csrf_token": token_in(page)})
    assert ended.status_code == 302
    assert count(session, "SELECT COUNT(*) FROM split_rule WHERE supplier = 'Bergman'") == 2
    late = client.post(f"/split-rules/{newest}/end", data={"csrf_token": token_in(page)})
    assert late.status_code == 409


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"name": ""}, "required"),
        ({"weight": "0"}, "is no weight"),
        ({"weight": "1.5"}, "is no weight"),
        ({"weight": ""}, "gives no commitment a weight"),
        ({"first_day": "01-02-2024", "last_day": "31-01-2024"}, "before it begins"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_and_stays_typed(
    client: FlaskClient, session: Session, fields: dict[str, str], complaint: str
) -> None:
    before = count(session, "SELECT COUNT(*) FROM split_rule")
    payer = key_of(session, "NGF-1")
    typed = {"name": "Odd", "weight": "60"} | fields
    typed[f"weight_{payer}"] = typed.pop("weight")
    answer = client.post("/split-rules/new", data=sent(client.get("/split-rules/new").text) | typed)
    assert answer.status_code == 422
    assert complaint in answer.text
    assert count(session, "SELECT COUNT(*) FROM split_rule") == before


def test_a_rule_that_can_never_fit_is_said_to_be_so(client: FlaskClient, session: Session) -> None:
    payer = key_of(session, "NGF-1")
    form = sent(client.get("/split-rules/new").text)
    client.post(
        "/split-rules/new", data=form | {"name": "All", f"weight_{payer}": "1", "before": "1"}
    )
    assert "It never fits: All takes all of its costs first." in client.get("/split-rules").text


def test_many_lines_are_charged_back_and_again_as_was_shown(
    client: FlaskClient, session: Session
) -> None:
    address = "/charge/lines?year=2025&category=travel&aim=take_back"
    shown = client.get(address).text
    done = re.search(r"Take back €.([\d,.]+) of (\d+) lines", shown)
    assert done
    before = count(session, "SELECT SUM(amount) FROM allocation")
    refused = client.post(address, data=sent(shown))
    assert refused.status_code == 422
    assert "Say why it is taken back." in refused.text
    answer = client.post(address, data=sent(refused.text, reason="the award was withdrawn"))
    assert answer.status_code == 302
    after = count(session, "SELECT SUM(amount) FROM allocation")
    assert str(Money(before - after)) == f"€ {done[1]}"
    payer = key_of(session, "NGF-1")
    page = client.get(f"/charge/lines?reason=taken_back&aim=to_commitment&to={payer}").text
    assert "Was taken back" not in page
    assert "Nothing is charged" not in page


def test_what_was_shown_before_the_books_changed_is_shown_anew(
    client: FlaskClient, session: Session
) -> None:
    address = "/charge/lines?year=2025&category=travel&aim=take_back"
    shown = client.get(address).text
    client.post("/split-rules/1/end", data={"csrf_token": token_in(shown)})
    before = count(session, "SELECT COUNT(*) FROM allocation")
    answer = client.post(address, data=sent(shown, reason="too late"))
    assert answer.status_code == 422
    assert "The books have changed since this was shown" in answer.text
    assert count(session, "SELECT COUNT(*) FROM allocation") == before
    assert client.post(address, data=sent(answer.text, reason="now")).status_code == 302


def test_a_dry_run_of_nothing_says_so_and_can_be_looked_at_by_an_auditor(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    page = sign_in(Role.AUDITOR).get("/charge/preview")
    assert page.status_code == 200
    assert "would be charged" in page.text


def test_a_charge_is_taken_back_with_its_reason(client: FlaskClient, session: Session) -> None:
    line = count(
        session,
        "SELECT cost_line_id FROM allocation a JOIN cost_line l ON l.id = a.cost_line_id"
        " WHERE a.amount > 10000 AND l.incurred_on > '2025-01-01' LIMIT 1",
    )
    code = session.execute(
        text(
            "SELECT code FROM commitment c JOIN allocation a ON a.commitment_id = c.id"
            " WHERE a.cost_line_id = :line LIMIT 1"
        ),
        {"line": line},
    ).scalar_one()
    address = f"/costs/{line}/take-back?commitment={code}"
    page = client.get(address).text
    form = sent(page, commitment=code, amount="1.50", reason="wrong award")
    assert client.post(address, data=form).status_code == 302
    assert f"1.50 is taken back from {code}." in client.get(f"/costs/{line}").text
    again = sent(client.get(address).text, commitment=code, amount="99,999,999.00", reason="more")
    refused = client.post(address, data=again)
    assert refused.status_code == 422
    assert "cannot be taken back" in refused.text
