"""Funder reports on the screen: due, begun, written, looked at, issued, answered, corrected."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest

from reports import catalogue
from tests.web.filling import Forms, fields_of, fill_in
from tests.web.routes import AUDITOR, CONTROLLER, OFFICER, VIEWER
from tracker.domain.funder_reports import ReportState
from tracker.store.funder_reports import report_numbered, reports_of, texts_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session
    from werkzeug.test import TestResponse

    SignIn = Callable[..., FlaskClient]

ACCEPTED, IN_REVIEW, DRAFT = 1, 2, 3
PNG = b"\x89PNG\r\n\x1a\n and the rest"


@pytest.fixture
def client(sign_in: SignIn) -> FlaskClient:
    return sign_in(OFFICER)


@pytest.fixture
def controller(sign_in: SignIn) -> FlaskClient:
    client = sign_in(CONTROLLER)
    client.post("/language", data={"language": "en", "csrf_token": ""})
    return client


@pytest.fixture(autouse=True)
def printed_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the PDF looks like is another test's matter."""
    monkeypatch.setattr(catalogue, "printed", lambda *_report: b"%PDF-1.7 printed elsewhere")


def address_of(key: int, deed: str = "") -> str:
    return f"/funder-reports/{key}{'/' if deed else ''}{deed}"


def send(client: FlaskClient, key: int, deed: str, **typed: str) -> TestResponse:
    """Send the form of a deed, as the page of the report shows it."""
    return fill_in(client, address_of(key), address_of(key, deed), **typed)


def push(client: FlaskClient, key: int, deed: str, version: str) -> TestResponse:
    """Send a deed that the page does not offer, as a page that is out of date would."""
    form = fields_of(client.get(address_of(DRAFT)).text, address_of(DRAFT, "drop"))
    return client.post(address_of(key, deed), data=form | {"version": version})


def state_of(session: Session, key: int) -> ReportState:
    found = report_numbered(session, key).state
    session.rollback()
    return found


def test_the_list_shows_what_is_due_and_what_was_begun_with_what_waits_for_you(
    client: FlaskClient,
) -> None:
    page = client.get("/funder-reports").text
    assert "2 wait for you" in page
    for stands in ("Due, not begun", "Draft", "In review", "Accepted"):
        assert stands in page
    only = client.get("/funder-reports?state=report_in_review").text
    assert address_of(IN_REVIEW) in only
    assert address_of(DRAFT) not in only
    assert "No report stands there" in client.get("/funder-reports?state=nowhere").text


def test_a_due_report_is_begun_by_one_click_and_once(client: FlaskClient, session: Session) -> None:
    forms = Forms(client.get("/funder-reports").text).forms
    one_click = next(held for given, held in forms if given.get("action") == "/funder-reports")
    begun = client.post("/funder-reports", data=one_click)
    assert begun.status_code == 302
    newest = reports_of(session)[-1]
    assert begun.location.endswith(address_of(newest.id))
    assert newest.commitment == "NGF-1"
    assert "Begin<span" not in client.get("/funder-reports").text
    session.rollback()


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"first_day": "01-01-2021", "last_day": "31-12-2021"}, "There is a report"),
        ({"first_day": "01-01-1999", "last_day": "31-12-1999"}, "lies outside"),
        ({"first_day": "31-12-2022", "last_day": "01-01-2022"}, "ends before it begins"),
        ({"first_day": "soon", "last_day": "31-12-2022"}, "soon"),
    ],
)
def test_a_report_that_cannot_be_is_refused_with_what_was_typed(
    client: FlaskClient, typed: dict[str, str], complaint: str
) -> None:
    wished = {"kind": "statement", "code": "NGF-1"} | typed
    refused = fill_in(client, "/funder-reports", "/funder-reports", **wished)
    assert refused.status_code == 422
    assert complaint in refused.text
    assert f'value="{typed["first_day"]}"' in refused.text


def test_a_draft_says_what_stands_in_the_way_and_where_to_mend_it(client: FlaskClient) -> None:
    page = client.get(address_of(DRAFT)).text
    assert "2 checks still stand in the way" in page
    assert 'href="/financing"' in page
    anchor = re.search(r'href="#(explain-[^"]+)"', page)
    assert anchor
    assert f'id="{anchor[1]}"' in page
    assert "Ask for review" not in page


def test_an_explanation_beside_its_figure_takes_its_check_away(client: FlaskClient) -> None:
    page = client.get(address_of(DRAFT)).text
    about = re.findall(r'name="about" value="([^"]+)"', page)[-1]
    kept = send(client, DRAFT, "explanations", about=about, said="Een vergissing.", version="0")
    assert kept.status_code == 302
    page = client.get(address_of(DRAFT)).text
    assert "One check still stands in the way" in page
    assert "Een vergissing." in page


def test_a_text_is_looked_at_without_being_kept_and_then_kept(
    client: FlaskClient, session: Session
) -> None:
    where = address_of(DRAFT, "texts/text_outlook")
    look = fill_in(client, where, where, said="In **2024**: <script>", look="1")
    assert look.status_code == 200
    assert "<strong>2024</strong>" in look.text
    assert "<script>alert" not in look.text
    assert "text_outlook" not in texts_of(session, DRAFT)
    session.rollback()
    assert fill_in(client, where, where, said="In **2024**").status_code == 302
    assert texts_of(session, DRAFT)["text_outlook"].said == "In **2024**"
    session.rollback()
    assert "<strong>2024</strong>" in client.get(address_of(DRAFT)).text
    assert "<strong>2024</strong>" in client.get(address_of(DRAFT, "draft")).text
    assert client.get(address_of(DRAFT, "texts/nowhere")).status_code == 404


def test_a_text_that_somebody_changed_meanwhile_is_not_lost(client: FlaskClient) -> None:
    where = address_of(DRAFT, "texts/text_summary")
    late = fill_in(client, where, where, said="mine", version="0")
    assert late.status_code == 422
    assert "finance@sample.example" in late.text
    assert ">mine</textarea>" in late.text.replace("\r\n", "")
    assert fill_in(client, where, where, said="mine", version="1").status_code == 302


def test_a_picture_is_shown_where_a_text_names_it(client: FlaskClient) -> None:
    kept = fill_in(
        client, address_of(DRAFT), address_of(DRAFT, "papers"),
        title="Roof", document=(io.BytesIO(PNG), "roof.png"),
    )  # fmt: skip
    assert kept.status_code == 302
    where = address_of(DRAFT, "texts/text_summary")
    look = fill_in(client, where, where, said="![The roof](picture:Roof)", look="1")
    picture = re.search(r'<img[^>]+src="(/documents/\d+)[^"]*"', look.text)
    assert picture
    assert client.get(picture[1]).data == PNG


def test_a_funder_sees_neither_drafts_nor_their_documents(
    client: FlaskClient, sign_in: SignIn
) -> None:
    fill_in(
        client, address_of(DRAFT), address_of(DRAFT, "papers"),
        title="Roof", document=(io.BytesIO(PNG), "roof.png"),
    )  # fmt: skip
    document = re.findall(r'href="(/documents/\d+)"', client.get(address_of(DRAFT)).text)[-1]
    viewer = sign_in(VIEWER)
    for address in ("/funder-reports", address_of(DRAFT), address_of(DRAFT, "draft"), document):
        assert viewer.get(address).status_code == 404
        assert client.get(address).status_code == 200
    assert "bouw van de cleanrooms" not in viewer.get("/commitments/NGF-1/history").text


def test_a_draft_is_handed_out_in_every_format_and_marked(client: FlaskClient) -> None:
    assert client.get(address_of(DRAFT, "draft.json")).status_code == 200
    assert client.get(address_of(DRAFT, "draft.exe")).status_code == 404
    assert client.get(address_of(ACCEPTED, "draft")).status_code == 404
    assert "A draft, as the books are now" in client.get(address_of(DRAFT, "draft")).text


def test_who_looks_only_is_offered_no_deed(sign_in: SignIn) -> None:
    page = sign_in(AUDITOR).get(address_of(IN_REVIEW)).text
    for deed in ("approve", "send-back", "comments"):
        assert f'action="{address_of(IN_REVIEW, deed)}"' not in page
    assert "approves it, or sends it back" in page


def test_who_prepared_a_report_is_told_why_somebody_else_approves_it(
    client: FlaskClient, controller: FlaskClient
) -> None:
    page = client.get(address_of(IN_REVIEW)).text
    assert "You prepared this report" in page
    assert address_of(IN_REVIEW, "approve") not in page
    assert address_of(IN_REVIEW, "approve") in controller.get(address_of(IN_REVIEW)).text
    assert push(client, IN_REVIEW, "approve", "2").status_code == 403


def test_a_report_goes_from_review_to_issued_returned_and_corrected(
    client: FlaskClient, controller: FlaskClient, session: Session
) -> None:
    assert send(controller, IN_REVIEW, "approve").status_code == 302
    assert state_of(session, IN_REVIEW) is ReportState.APPROVED
    assert send(client, IN_REVIEW, "issue").status_code == 302
    assert state_of(session, IN_REVIEW) is ReportState.ISSUED
    page = client.get(address_of(IN_REVIEW)).text
    for file in report_numbered(session, IN_REVIEW).issues[0].files:
        assert file.sha256 in page
    session.rollback()
    where = address_of(IN_REVIEW, "answer")
    refused = fill_in(client, where, where, answer="report_returned", said="")
    assert refused.status_code == 422
    assert "A reason is needed" in refused.text
    sent = {"answer": "report_returned", "said": "De uren ontbreken."}
    letter = (io.BytesIO(b"Wij sturen het terug."), "brief.txt")
    assert fill_in(client, where, where, **sent, document=letter).status_code == 302
    page = client.get(address_of(IN_REVIEW)).text
    assert "De uren ontbreken." in page
    assert "brief.txt" in page
    where = address_of(IN_REVIEW, "correct")
    assert fill_in(client, where, where, reason="uren toegevoegd").status_code == 302
    assert state_of(session, IN_REVIEW) is ReportState.DRAFT
    assert "Ask for review" in client.get(address_of(IN_REVIEW)).text


def test_what_is_sent_back_says_why(
    client: FlaskClient, controller: FlaskClient, session: Session
) -> None:
    where = address_of(IN_REVIEW, "send-back")
    assert fill_in(controller, where, where, reason="").status_code == 422
    assert fill_in(controller, where, where, reason="te kort").status_code == 302
    assert state_of(session, IN_REVIEW) is ReportState.DRAFT
    assert "te kort" in client.get(address_of(IN_REVIEW)).text


def test_a_withdrawn_version_stays_and_says_so(client: FlaskClient, session: Session) -> None:
    where = address_of(ACCEPTED, "withdraw")
    assert fill_in(client, where, where, reason="verkeerd jaar").status_code == 302
    assert state_of(session, ACCEPTED) is ReportState.WITHDRAWN
    page = client.get(address_of(ACCEPTED)).text
    assert "Version 1 was withdrawn: verkeerd jaar" in page
    assert address_of(ACCEPTED, "correct") in page


def test_a_step_that_is_not_there_any_more_is_refused_with_the_page(
    client: FlaskClient, controller: FlaskClient
) -> None:
    assert send(controller, IN_REVIEW, "approve", version="1").status_code == 422
    assert push(client, DRAFT, "ask-review", "1").status_code == 422
    assert client.get(address_of(DRAFT, "answer")).status_code == 404


def test_a_draft_is_dropped_and_gone_from_the_list(client: FlaskClient) -> None:
    assert send(client, DRAFT, "drop").status_code == 302
    assert address_of(DRAFT) not in client.get("/funder-reports").text


def test_a_comment_stays_beside_the_report(client: FlaskClient, controller: FlaskClient) -> None:
    assert send(controller, DRAFT, "comments", said="").status_code == 422
    assert send(controller, DRAFT, "comments", said="Noem de dag.").status_code == 302
    assert "Noem de dag." in client.get(address_of(DRAFT)).text


def test_the_work_list_tells_who_approves_that_a_report_waits(
    client: FlaskClient, controller: FlaskClient
) -> None:
    waits = f'href="{address_of(IN_REVIEW)}"'
    assert waits in controller.get("/work").text
    assert waits not in client.get("/work").text
