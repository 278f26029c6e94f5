"""Milestones on screen: the list and its filters, what follows from a move, progress, evidence."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.test_docs import cents, rows_below
from tests.web.filling import fields_of, fill_in
from tracker import demo
from tracker.domain.policy import Role
from tracker.domain.risk import at_risk
from tracker.store.risk import risks_on

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

    SignIn = Callable[[Role], FlaskClient]

LEAD, AUDITOR, OFFICER = Role.PROJECT_LEAD, Role.AUDITOR, Role.FINANCE_OFFICER
ASKED = r'action="(/milestones/M9/evidence/\d+)"[^>]*aria-label="Acceptance by the quality unit"'
SPACE = "\N{NO-BREAK SPACE}"
NEW = {
    "code": "M20",
    "baseline": "01-09-2026",
    "title": "Third line open",
    "work_package": "WP2",
    "weight": "3",
    "owner": "Lotte Lead",
    "evidence": "Permit\r\n\r\nReport of the test\r\n",
}


def codes_in(page: str) -> list[str]:
    return re.findall(r'<th scope="row" class="is-name"><a href="/milestones/(M\d+)"', page)


@pytest.fixture
def lead(sign_in: SignIn) -> FlaskClient:
    """Lotte Lead, who reads English here."""
    client = sign_in(LEAD)
    fields = fields_of(client.get("/milestones").text, "/language")
    assert client.post("/language", data=fields | {"language": "en"}).status_code == 302
    return client


def test_the_list_shows_what_fits_in_the_order_that_is_asked(sign_in: SignIn) -> None:
    client = sign_in(AUDITOR)
    page = client.get("/milestones").text
    assert codes_in(page) == [f"M{number}" for number in range(1, 13)]
    assert "6 of 12 met" in page
    assert codes_in(client.get("/milestones?late=y").text) == ["M9"]
    assert codes_in(client.get("/milestones?owner=Lotte+Lead&order=-code").text) == [
        "M10",
        "M9",
        "M7",
        "M6",
    ]
    assert codes_in(client.get("/milestones?standing=slipped").text) == ["M7", "M10"]
    assert "No milestone fits" in client.get("/milestones?text=nobody").text
    refused = client.get("/milestones?order=colour")
    assert refused.status_code == 422
    assert "There is no such order." in refused.text


def test_what_is_exported_is_what_is_shown(sign_in: SignIn) -> None:
    client = sign_in(AUDITOR)
    page = client.get("/milestones?owner=Lotte+Lead").text
    answer = client.get("/milestones/export.xlsx?owner=Lotte+Lead")
    sheets = openpyxl.load_workbook(BytesIO(answer.data), data_only=True)
    said = [[cell.value for cell in row] for sheet in sheets for row in sheet.iter_rows()]
    rows = [row for row in said if str(row[0]) in codes_in(page)]
    assert [row[0] for row in rows] == codes_in(page)
    lines = client.get("/milestones/export.csv?owner=Lotte+Lead").text.splitlines()
    assert [line.split(",")[0] for line in lines[1:-1]] == codes_in(page)
    assert lines[-1].startswith("Total,")
    assert client.get("/milestones/export.csv?order=colour").status_code == 422


def test_the_amounts_at_risk_add_up_to_what_the_project_says(sign_in: SignIn) -> None:
    client = sign_in(AUDITOR)
    page = client.get("/milestones").text
    whole = f"€{SPACE}1,035,000.00"
    assert whole in page
    assert whole in client.get("/explain/at_risk").text
    nine = client.get("/explain/at_risk?milestone=M9").text
    assert f"€{SPACE}225,000.00 of UL-2, due on 1{SPACE}Feb{SPACE}2026" in nine.replace(
        "1 Feb 2026", f"1{SPACE}Feb{SPACE}2026"
    )


def test_the_example_of_the_documents_is_the_sample(session: Session) -> None:
    *rows, whole = rows_below("milestones.md", "An example")
    risks = risks_on(session, demo.DAY)
    told = [(row[0], cents(row[2]), cents(row[3])) for row in rows]
    assert told == [(one.milestone, one.amount.cents, one.counts.cents) for one in risks]
    assert cents(whole[2]) == sum(amount for _, amount, _ in told)
    assert cents(whole[3]) == at_risk(risks).cents


def test_a_milestone_is_entered_once_however_often_the_form_is_sent(lead: FlaskClient) -> None:
    sent = fields_of(lead.get("/milestones/new").text) | NEW
    for _ in range(2):
        answer = lead.post("/milestones/new", data=sent)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/milestones/M20")
    page = lead.get("/milestones/M20").text
    assert "Third line open" in page
    assert page.count("Entered a milestone") == 1
    assert "not there yet: Permit, Report of the test" in page
    again = fill_in(lead, "/milestones/new", **NEW)
    assert again.status_code == 422
    assert "There is a milestone M20 already: Third line open." in again.text
    assert "Report of the test" in again.text


def test_what_follows_is_shown_before_anything_moves(lead: FlaskClient) -> None:
    way = "/milestones/M10/move?to_day=30-06-2028"
    page = lead.get(way).text
    assert f"€{SPACE}1,855,000.00" in page  # at risk after the move
    assert "UL-2 ends on" in page
    assert "Has to move" in page
    assert "Report on the process transfer" in page
    sent = fields_of(page, "/milestones/M10/move") | {"along": ["M11"], "reason": "The pump broke"}
    looked = lead.post("/milestones/M10/move", data=sent | {"look": "1"})
    assert looked.status_code == 200
    assert "It has never moved" in lead.get("/milestones/M11").text
    assert lead.post("/milestones/M10/move", data=sent).status_code == 302
    moved = lead.get("/milestones/M11").text
    assert "13 Jan 2029" in moved.replace(SPACE, " ")
    assert "The pump broke" in moved
    assert "It has never moved" in lead.get("/milestones/M12").text
    assert "is planned for" in lead.get("/milestones/M12").text  # M11 comes before it, and later


def test_a_move_that_is_refused_keeps_what_was_typed_and_shows_what_follows(
    lead: FlaskClient,
) -> None:
    page = lead.get("/milestones/M10/move?to_day=30-06-2028").text
    sent = fields_of(page, "/milestones/M10/move") | {"along": ["M11"], "reason": ""}
    refused = lead.post("/milestones/M10/move", data=sent)
    assert refused.status_code == 422
    assert "What follows if M10 moves to" in refused.text
    assert re.search(r'checked[^>]*value="M11"|value="M11"[^>]*checked', refused.text)
    assert lead.get("/milestones/M10/move?to_day=soon").status_code == 422


def test_a_milestone_that_was_met_does_not_move(lead: FlaskClient) -> None:
    page = lead.get("/milestones/M2/move?to_day=01-02-2026").text
    assert "does not move any more" in page
    assert "What follows if" not in page


def test_progress_of_all_ones_milestones_is_noted_in_one_form(lead: FlaskClient) -> None:
    way = "/milestones/progress?owner=Lotte+Lead"
    page = lead.get(way).text
    assert "M8" not in page
    sent = fields_of(page) | {"progress_M7": "75", "progress_M10": "20"}
    assert lead.post(way, data=sent).status_code == 302
    assert "75 %" in lead.get("/milestones/M7").text
    late = sent | {"progress_M7": "80"} | {"once": "x" * 30}
    told = lead.post(way, data=late)
    assert told.status_code == 422
    assert "it is at 75 % now" in told.text
    again = fields_of(told.text)
    assert again["progress_M7"] == ["80"]
    assert lead.post(way, data=again).status_code == 302
    assert "80 %" in lead.get("/milestones/M7").text


def test_evidence_is_handed_in_and_then_it_can_be_met(lead: FlaskClient) -> None:
    fill_in(lead, "/milestones/M7/status", status="met", met_on="10-01-2026")
    refused = fill_in(lead, "/milestones/M9/status", status="met", met_on="12-01-2026")
    assert refused.status_code == 422
    assert "M9 asks for evidence that is not there yet: Acceptance by the quality unit." in (
        refused.text
    )
    page = lead.get("/milestones/M9").text
    (way,) = re.findall(ASKED, page)
    empty = lead.post(way, data=fields_of(page, way))
    assert empty.status_code == 422
    assert "Choose a document first." in empty.text
    sent = fields_of(page, way) | {"document": (BytesIO(b"Accepted."), "acceptance.txt")}
    assert lead.post(way, data=sent).status_code == 302
    assert "acceptance.txt" in lead.get("/milestones/M9").text
    met = fill_in(lead, "/milestones/M9/status", status="met", met_on="12-01-2026")
    assert met.status_code == 302
    assert "Met late" in lead.get("/milestones/M9").text


def test_a_newer_version_of_evidence_is_handed_in_under_the_same_title(lead: FlaskClient) -> None:
    page = lead.get("/milestones/M9").text
    (way,) = re.findall(ASKED, page)
    assert "Earlier documents" not in page
    for name in ("first.txt", "second.txt"):
        sent = fields_of(lead.get("/milestones/M9").text, way)
        sent |= {"document": (BytesIO(name.encode()), name)}
        assert lead.post(way, data=sent).status_code == 302
    page = lead.get("/milestones/M9").text
    assert "Acceptance by the quality unit., newer version" not in page
    assert "Acceptance by the quality unit, newer version" in page
    current, earlier = page.split("Earlier documents")
    assert "second.txt" in current
    assert "first.txt</a>" in earlier
    assert "first.txt</a>" not in current
    same = fields_of(page, way) | {"document": (BytesIO(b"second.txt"), "copy.txt")}
    refused = lead.post(way, data=same)
    assert refused.status_code == 422
    assert "second.txt is the document that is there already" in refused.text


def test_who_pays_is_planned_and_warned_of(lead: FlaskClient) -> None:
    way = "/milestones/M11/funding"
    answer = fill_in(lead, way, **{"amount_UL-2": "1,000,000.00", "amount_nobody": "5.00"})
    assert answer.status_code == 302
    page = lead.get("/milestones/M11").text
    assert "The milestones plan" in page
    assert "too much" in page
    assert "Nobody yet" in page
    assert "amount_UL-2" in fill_in(lead, way, **{"amount_UL-2": "-1.00"}).text


def test_what_it_releases_is_chosen_from_the_plans_of_instalments(lead: FlaskClient) -> None:
    way = "/milestones/M11/releases"
    page = lead.get(way).text
    assert "LUMC-2/3" in page
    assert "LUMC-2/2" not in page  # M10 releases that one
    half = fill_in(lead, way, instalment="LUMC-2/3", title_1="Report")
    assert half.status_code == 422
    assert "Fill this in, or empty the row." in half.text
    row = {"commitment_1": "LUMC-2", "title_1": "Report on the licence", "weeks_1": "6"}
    assert fill_in(lead, way, instalment="LUMC-2/3", **row).status_code == 302
    shown = lead.get("/milestones/M11").text
    assert "LUMC-2, instalment 3" in shown
    assert "Report on the licence (LUMC-2)" in shown


def test_the_second_of_two_people_is_told_on_the_form(sign_in: SignIn, lead: FlaskClient) -> None:
    officer = sign_in(OFFICER)
    mine = fields_of(lead.get("/milestones/M12/change").text)
    assert fill_in(officer, "/milestones/M12/change", owner="Bob").status_code == 302
    told = lead.post("/milestones/M12/change", data=mine | {"title": "Five clients"})
    assert told.status_code == 422
    assert "changed this on" in told.text
    again = lead.post("/milestones/M12/change", data=fields_of(told.text))
    assert again.status_code == 302
    assert "Five clients" in lead.get("/milestones/M12").text


def test_a_milestone_that_is_not_there_is_not_found(lead: FlaskClient) -> None:
    for way in ("", "/move", "/status", "/funding", "/releases", "/change"):
        assert lead.get(f"/milestones/M99{way}").status_code == 404
