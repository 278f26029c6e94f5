"""Following what is made in the background: asked for once, left, cancelled, fetched, retried."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

from tests.web.conftest import token_of
from tests.web.filling import fields_of
from tests.web.test_imports import in_english
from tracker.actions import report_jobs
from tracker.domain.policy import Role
from tracker.domain.report_jobs import JobState
from tracker.store import report_jobs as stored

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

OFFICER, DIRECTOR, VIEWER = Role.FINANCE_OFFICER, Role.DIRECTOR, Role.FUNDER_VIEWER
DOSSIER = "/commitments/NGF-1/dossier"
STATEMENT = "/report-jobs/statement/NGF-1/2021-Q2.json"


def post(client: FlaskClient, address: str, **more: str) -> str:
    """Press a button of ours, and give the page to which it leads."""
    form = {"csrf_token": token_of(client), **more}
    return client.post(address, data=form, follow_redirects=True).text


def newest(session: Session) -> int:
    session.rollback()
    waiting = session.query(stored.ReportJobRow).order_by(stored.ReportJobRow.id.desc())
    found = waiting.first()
    assert found is not None
    return found.id


@pytest.fixture
def asleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """No job is carried out, as if its process were still beginning."""
    monkeypatch.setattr(report_jobs.Queue, "start", lambda *_: 0)
    monkeypatch.setattr("tracker.web.report_jobs.PATIENCE", 0)


def test_a_dossier_is_asked_for_made_and_fetched(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    client = in_english(sign_in(DIRECTOR))
    form = fields_of(client.get(DOSSIER).text, "")
    page = client.post(DOSSIER, data={**form, "period": "2023"}, follow_redirects=True).text
    assert "Audit dossier of NGF-1 over 2023" in page
    answer = client.get(f"/report-jobs/{newest(session)}/result.bin")
    assert answer.mimetype == "application/zip"
    assert "index.html" in ZipFile(BytesIO(answer.data)).namelist()


def test_a_dossier_is_offered_to_who_is_inside_and_only_there(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    assert DOSSIER in sign_in(DIRECTOR).get("/commitments/NGF-1").text
    viewer = sign_in(VIEWER)
    assert DOSSIER not in viewer.get("/commitments/NGF-1").text
    assert viewer.get(DOSSIER).status_code == 404
    assert viewer.get("/report-jobs").status_code == 404


def test_a_period_that_is_not_offered_is_refused(sign_in: Callable[[Role], FlaskClient]) -> None:
    client = sign_in(DIRECTOR)
    form = fields_of(client.get(DOSSIER).text, "")
    assert client.post(DOSSIER, data={**form, "period": "1999"}).status_code == 422


def test_a_report_is_made_once_however_often_somebody_clicks(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    client = in_english(sign_in(DIRECTOR))
    page = [post(client, STATEMENT) for _ in range(5)][-1]
    assert page.count('<th scope="row"') == 1
    answer = client.get(f"/report-jobs/{newest(session)}/result.bin")
    assert answer.mimetype == "application/json"


@pytest.mark.usefixtures("asleep")
def test_what_is_under_way_can_be_left_followed_and_cancelled_and_tried_again(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    client = in_english(sign_in(DIRECTOR))
    page = post(client, STATEMENT)
    key = newest(session)
    standing = f"/report-jobs/{key}/standing.json"
    assert f'data-standing="{standing}" data-state="job_running"' in page
    told = client.get(standing).get_json()
    assert told == {"state": "job_running", "done": 0, "whole": 0, "words": "Is being made"}
    assert client.get(f"/report-jobs/{key}/result.bin").status_code == 404
    assert "It is cancelled" in post(client, f"/report-jobs/{key}/cancel")
    page = post(client, f"/report-jobs/{key}/retry")
    assert "job_running" in page


@pytest.mark.usefixtures("asleep")
def test_what_somebody_else_asked_is_neither_shown_nor_handed_out_nor_cancelled(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    post(sign_in(DIRECTOR), STATEMENT)
    key, other = newest(session), in_english(sign_in(Role.AUDITOR))
    assert "You have asked for nothing yet" in other.get("/report-jobs").text
    for address in (f"/report-jobs/{key}/cancel", f"/report-jobs/{key}/retry"):
        assert "This was asked for by" in post(other, address)
    assert other.get(f"/report-jobs/{key}/result.bin").status_code == 422
    session.rollback()
    assert stored.report_job(session, key).state is JobState.RUNNING


def test_a_failure_says_why(sign_in: Callable[[Role], FlaskClient]) -> None:
    page = in_english(sign_in(OFFICER)).get("/report-jobs").text
    assert "The work ended before it was done; nothing of it was kept. Try it again." in page
    assert "Try again" in page


@pytest.mark.parametrize(
    "address",
    [
        "/report-jobs/nothing/NGF-1/2021.json",
        "/report-jobs/overview/NGF-1/2021.json",
        "/report-jobs/statement/XXX-1/2021.json",
        "/report-jobs/statement/NGF-1/2021.exe",
        "/report-jobs/999/cancel",
    ],
)
def test_what_is_not_there_is_not_found(
    sign_in: Callable[[Role], FlaskClient], address: str
) -> None:
    client = sign_in(DIRECTOR)
    assert client.post(address, data={"csrf_token": token_of(client)}).status_code == 404


@pytest.mark.parametrize(("most", "is_long"), [(0, True), (20_000, False)])
def test_the_files_of_a_long_report_are_made_in_the_background(
    sign_in: Callable[[Role], FlaskClient],
    monkeypatch: pytest.MonkeyPatch,
    most: int,
    *,
    is_long: bool,
) -> None:
    monkeypatch.setattr("tracker.web.reports.LONG", most)
    address = "/reports/statement/NGF-1/2021"
    page = sign_in(DIRECTOR).get(address).text
    assert ('action="/report-jobs/statement/NGF-1/2021.xlsx"' in page) == is_long
    assert (f'href="{address}.xlsx"' in page) == (not is_long)
