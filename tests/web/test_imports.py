"""Handing files in through the page, looking at them, keeping them, and the receipts."""

from __future__ import annotations

import shutil
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from sqlalchemy import text

from reports.column_guides import template_columns
from tests.waiting_files import AGAIN, ROWS, WRONG, afas_csv
from tests.web.conftest import EMAILS, token_of, try_sign_in
from tests.web.filling import fields_of, fill_in
from tracker.actions import people, programmes, sample
from tracker.actions.jobs import Job
from tracker.domain.actor import Actor
from tracker.domain.intakes import IntakeState
from tracker.domain.people import NewPerson
from tracker.domain.policy import Role
from tracker.domain.table_columns import TableKind
from tracker.store import intakes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session
    from werkzeug.test import TestResponse

OFFICER = Role.FINANCE_OFFICER
BY = Actor("tests", Role.ADMINISTRATOR)
FILLED: dict[str, dict[str, Any]] = {
    "costs": {
        "account": "4200",
        "booked_on": date(2025, 11, 3),
        "amount": 12.5,
        "total": "12.50",
        "project": "NECST",
        "cost_centre": "WP1",
        "description": "Pipettes",
        "category": {"en": "Third parties", "nl": "Kosten derden"},
    },
    "in_kind": {
        "partner": "Biomaterials BV",
        "worked_on": date(2025, 11, 3),
        "hours": 8,
        "rate": 60,
        "work_package": "WP3",
        "description": "Metingen",
    },
}
READY, REFUSED, ASKED = "/imports/12", "/imports/13", "/imports/14"  # of tests.waiting_files


def send(client: FlaskClient, *files: tuple[str, bytes]) -> TestResponse:
    """Hand files in, and look at where that leads."""
    form = {
        "csrf_token": token_of(client),
        "files": [(BytesIO(content), name) for name, content in files],
    }
    return client.post("/imports", data=form, follow_redirects=True)


def keep(client: FlaskClient, page: TestResponse, **typed: object) -> TestResponse:
    """Keep the file whose preview is shown."""
    address = page.request.path
    form = fields_of(page.text, "/keep") | typed
    return client.post(f"{address}/keep", data=form, follow_redirects=True)


def in_english(client: FlaskClient) -> FlaskClient:
    client.post("/language", data={"csrf_token": token_of(client), "language": "en"})
    return client


def kept(session: Session) -> list[int]:
    """How much of everything that a file can bring is kept."""
    session.rollback()
    tables = ("import", "cost_line", "excluded_line", "bank_entry", "receipt")
    counts = (session.execute(text(f'SELECT count(*) FROM "{table}"')) for table in tables)
    return [count.scalar_one() for count in counts]


@pytest.fixture
def empty_programme(
    sqlite_template: Path, sample_url: str, make_app: Callable[..., Flask]
) -> FlaskClient:
    """A finance officer's browser on a programme without books."""
    from sqlalchemy.orm import Session

    from tracker.store.session import open_engine

    path = shutil.copyfile(sqlite_template, sample_url.removeprefix("sqlite:///"))
    engine = open_engine(f"sqlite:///{path}")
    with Session(engine) as session:
        programmes.set_up(session, sample.FILES / "case.json", by=BY)
        officer = NewPerson(EMAILS[OFFICER], "Officer", OFFICER, sample.PASSWORD)
        people.add(session, officer, by=BY)
    engine.dispose()
    client = make_app().test_client()
    assert try_sign_in(client, EMAILS[OFFICER], sample.PASSWORD).status_code == 302
    return client


def test_every_kind_of_file_is_looked_at_kept_and_then_charged(
    empty_programme: FlaskClient,
) -> None:
    client = empty_programme
    for name in ("in-kind.csv", "bank-2021.xml", "auditfile-2021.xaf"):
        preview = send(client, (name, (sample.FILES / name).read_bytes()))
        assert "Receipt:" not in preview.text, "nothing is kept before somebody has looked"
        receipt = keep(client, preview, reason="As it came from the office.")
        assert f"Receipt: {name}" in receipt.text
    assert "to be charged" in client.get("/not-charged").text
    done = client.post("/charge", data={"csrf_token": token_of(client)}, follow_redirects=True)
    assert "cost lines were judged" in done.text
    assert "to be charged" not in done.text


def test_an_empty_programme_says_on_every_page_what_to_do_first(
    empty_programme: FlaskClient,
) -> None:
    expected = {
        "/costs": "Import the ledger first",
        "/imports": "No file has been brought in yet",
        "/imports/profiles": "No columns are remembered yet",
        "/not-charged": "No ledger has been imported yet",
        "/work": "No file has been brought in yet",
        "/overview": "Funding by source",
        "/milestones": "Milestones over the years",
        "/commitments/NGF-1": "Nothing has come in yet",
        "/reports": "Statement",
    }
    for address, sentence in expected.items():
        answer = empty_programme.get(address)
        assert answer.status_code == 200, address
        assert sentence in answer.text, address


def test_looking_keeps_nothing_and_keeping_does(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    client, before = sign_in(OFFICER), kept(session)
    page = client.get(READY)
    assert "Bring in 5 new lines" in page.text
    assert kept(session) == before
    receipt = keep(client, page, reason="Looked at with the supplier.")
    assert "Receipt: grootboek november.csv" in receipt.text
    after = kept(session)
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 4, 1, 0, 0]


def test_a_receipt_says_what_was_kept_and_with_which_reason(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    client = sign_in(OFFICER)
    receipt = keep(client, client.get(READY), reason="Two deliveries.", leave_out=["71 90/1"]).text
    for said in ("Two deliveries.", "Suspicious, and left out", "71 90/1", "AFAS", "5,759.79"):
        assert said in receipt, said
    assert "Also in another book" in receipt
    again = client.get("/imports").text
    assert "grootboek november.csv" in again.partition("Files that were brought in")[2]


def test_what_is_suspicious_is_not_kept_without_a_reason(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    client, before = sign_in(OFFICER), kept(session)
    answer = keep(client, client.get(READY), leave_out=["71 90/1"])
    assert answer.status_code == 422
    assert "accepted without a reason" in answer.text
    assert 'aria-invalid="true"' in answer.text
    ticked = fields_of(answer.text, "/keep")["leave_out"]
    assert ticked == ["71 90/1"], "what was ticked stays ticked"
    assert kept(session) == before


def test_the_preview_shows_what_resembles_what_and_what_comes_late(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    page = sign_in(OFFICER).get(READY).text
    assert "1 line may be one too many" in page
    assert 'href="/costs/167"' in page, "the line that it resembles is one press away"
    assert "closed period" in page


def test_the_same_file_twice_changes_nothing_and_says_so(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    client = sign_in(OFFICER)
    before = kept(session)
    content = (sample.FILES / "bank-2022.xml").read_bytes()
    answer = send(client, ("again.xml", content), ("once more.xml", content))
    assert answer.status_code == 200
    assert "2 of these very files were brought in before; nothing changed." in answer.text
    assert "Receipt: bank-2022.xml" in answer.text
    assert kept(session) == before


def test_the_same_lines_in_another_file_are_known_and_can_be_kept_as_a_receipt(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    client = sign_in(OFFICER)
    before = kept(session)
    content = (sample.FILES / "in-kind.csv").read_bytes()
    page = send(client, ("saved again.csv", content + b"\r\n"))
    assert "0 new, 0 changed, 96 the same, 0 suspicious" in page.text
    receipt = keep(client, page)
    assert "0 new, 96 the same." in receipt.text
    assert [now - then for now, then in zip(kept(session), before, strict=True)] == [1, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.xaf", b""),
        ("text.xaf", b"hello"),
        ("broken.xaf", b"<auditfile><header>"),
        ("zeros.xml", bytes(4000)),
        ("page.xml", b"<html><script>alert(1)</script></html>"),
        ("archive.xlsx", b"PK\x03\x04" + bytes(400)),
    ],
)
def test_a_refused_file_shows_its_findings_and_nothing_of_it_is_kept(
    name: str, content: bytes, sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    client = sign_in(OFFICER)
    before = kept(session)
    answer = send(client, (name, content))
    assert answer.status_code == 200
    assert f"{name} was refused; nothing of it was kept." in answer.text
    assert '<strong class="place">' in answer.text
    assert 'type="file"' in answer.text, "the corrected file is handed in on this very page"
    assert kept(session) == before


def test_an_amount_that_was_changed_in_the_file_is_found_and_named(
    empty_programme: FlaskClient,
) -> None:
    content = (sample.FILES / "auditfile-2021.xaf").read_bytes()
    changed = content.replace(b"<amnt>", b"<amnt>9", 1)
    assert changed != content
    answer = send(empty_programme, ("changed.xaf", changed))
    assert "changed.xaf was refused" in answer.text
    assert "No file has been brought in yet" in empty_programme.get("/imports").text


def test_a_refused_file_stops_no_other(empty_programme: FlaskClient) -> None:
    good = (sample.FILES / "in-kind.csv").read_bytes()
    answer = send(empty_programme, ("bad.xaf", b"x"), ("good.csv", good))
    on_their_way = answer.text.partition("On their way")[2]
    assert "See what is wrong, and hand it in again" in on_their_way
    assert "Look at what would be kept, and keep it" in on_their_way


def test_a_refused_table_comes_back_with_a_comment_on_every_bad_cell(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    client = sign_in(OFFICER)
    page = client.get(REFUSED).text
    assert f'href="{REFUSED}/findings.xlsx"' in page
    answer = client.get(f"{REFUSED}/findings.xlsx")
    book = openpyxl.load_workbook(BytesIO(answer.data))
    cells = {cell.coordinate: cell for row in book.worksheets[0].iter_rows() for cell in row}
    comments = {name: cell.comment.text for name, cell in cells.items() if cell.comment}
    assert set(comments) == {"E4", "G5", "G6"}
    assert cells["E4"].value == "31-02-2025", "and it says what it said"
    assert "31-02-2025" in comments["E4"]
    assert len(book.worksheets) == 2, "a sheet lists them all"


def test_a_file_without_findings_in_cells_says_that_there_is_nothing_to_give_back(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    answer = sign_in(OFFICER).get("/imports/1/findings.xlsx")
    assert answer.status_code == 422
    assert "has no cell of which something is said" in answer.text


def test_the_original_comes_back_byte_by_byte(sign_in: Callable[[Role], FlaskClient]) -> None:
    answer = sign_in(Role.AUDITOR).get(f"{REFUSED}/original.bin")
    assert answer.data == afas_csv(*WRONG)
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.mimetype == "application/octet-stream", "no browser opens it as a page"


def test_a_cancelled_file_is_gone_from_the_list_and_can_begin_anew(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    client = sign_in(OFFICER)
    before = kept(session)
    form = {"csrf_token": token_of(client)}
    answer = client.post(f"{READY}/cancel", data=form, follow_redirects=True)
    assert "grootboek november.csv" not in answer.text
    assert "This import was cancelled. Nothing of it is kept." in client.get(READY).text
    again = client.post(f"{READY}/anew", data=form, follow_redirects=True)
    assert "Which total do you expect?" in again.text or "Bring in 5 new lines" in again.text
    assert kept(session) == before


def test_what_was_kept_cannot_be_cancelled(sign_in: Callable[[Role], FlaskClient]) -> None:
    client = sign_in(OFFICER)
    answer = client.post("/imports/1/cancel", data={"csrf_token": token_of(client)})
    assert answer.status_code == 422
    assert "Receipt:" in client.get("/imports/1").text


def test_a_table_is_not_kept_before_its_total_is_what_the_office_expects(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    client, before = sign_in(OFFICER), kept(session)
    page = send(client, ("nog een.csv", afas_csv(*ROWS)))
    assert "Which total do you expect?" in page.text
    assert "1,568.45" not in page.text, "the office says it without having seen it"
    address = page.request.path
    assert fields_of(page.text, "/expected")["expected"] == [""]

    wrong = fill_in(client, address, f"{address}/expected", expected="1.568,45")
    assert wrong.status_code == 422
    assert "the point and the comma the other way round" in wrong.text
    assert 'value="1.568,45"' in wrong.text, "what was typed stays"

    fill_in(client, address, f"{address}/expected", expected="1,568.46")
    differs = client.get(address).text
    assert "Differs" in differs
    assert "1,568.45" in differs
    assert "Bring in" not in differs
    forced = {
        "csrf_token": token_of(client),
        **fields_of(differs, "/expected"),
        "reason": "Never mind.",
    }
    refused = client.post(f"{address}/keep", data=forced)
    assert refused.status_code == 422
    assert "1,568.46 was expected, a difference of −€ 0.01" in refused.text.replace("\xa0", " ")
    assert kept(session) == before

    fill_in(client, address, f"{address}/expected", expected="1,568.45")
    assert "Receipt:" in keep(client, client.get(address)).text


def test_a_changed_line_is_shown_old_beside_new_and_applied_only_when_asked(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    client = sign_in(OFFICER)
    keep(client, client.get(READY), reason="Two deliveries.")
    rows = (
        ROWS[0].replace("1.250,00", "1.350,00").replace("Pipetten", "Puntjes"),
        *ROWS[1:],
        AGAIN,
    )
    page = send(client, ("november, verbeterd.csv", afas_csv(*rows)))
    address = page.request.path
    fill_in(client, address, f"{address}/expected", expected="5,859.79")
    page = client.get(address)
    for said in ("1 line says something else", "1,250.00", "1,350.00", "Pipetten", "Puntjes"):
        assert said in page.text, said
    before = kept(session)
    untouched = keep(client, page, reason="Not now.").text
    assert "Changed lines that stay as they were" in untouched
    assert kept(session)[1] == before[1]

    page = send(client, ("november, definitief.csv", afas_csv(*rows) + b"\r\n"))
    address = page.request.path
    fill_in(client, address, f"{address}/expected", expected="5,859.79")
    applied = keep(
        client, client.get(address), reason="The supplier corrected it.", apply_changes="y"
    )
    assert "Changed lines that were applied" in applied.text
    assert kept(session)[1] == before[1] + 2, "taken back, and booked anew"


def test_two_people_who_look_at_once_are_told_of_each_other(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    client = sign_in(OFFICER)
    seen = client.get(READY)
    fill_in(client, READY, f"{READY}/anew")
    late = keep(client, seen, reason="Looked at before.")
    assert late.status_code == 422
    assert "Look at it again." in late.text or "cannot be done" in late.text


def test_a_script_is_told_how_far_a_file_is(
    monkeypatch: pytest.MonkeyPatch, sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    monkeypatch.setattr(Job, "start", lambda _job: 0)
    monkeypatch.setattr("tracker.web.intake_jobs.PATIENCE", 0)
    client = sign_in(OFFICER)
    page = send(client, ("large.csv", afas_csv(*ROWS, ROWS[0].replace(";1;", ";9;"))))
    address = page.request.path
    assert f'data-standing="{address}/standing.json" data-state="waiting"' in page.text
    assert f'href="{address}">Look again' in page.text, "without scripts there is a link"
    told = client.get(f"{address}/standing.json").get_json()
    assert told == {"state": "waiting", "done": 0, "whole": 0, "words": "Waiting for its turn"}
    intake_id = int(address.rpartition("/")[2])
    session.rollback()
    row = intakes.intake_row(session, intake_id)
    intakes.move(session, row, IntakeState.READING, done=40_000, whole=160_000)
    session.commit()
    told = client.get(f"{address}/standing.json").get_json()
    assert (told["state"], told["words"]) == ("reading", "25% done")
    assert f"{address}/cancel" in client.get("/imports").text
    long_ago = datetime.now(UTC) - timedelta(minutes=5)
    intakes.change(session, intakes.intake_row(session, intake_id), seen_at=long_ago)
    session.commit()
    dead = client.get(address).text
    assert "The work on this file broke off." in dead
    assert f'action="{address}/anew"' in dead


def test_a_file_is_read_by_a_process_of_its_own(
    monkeypatch: pytest.MonkeyPatch, sign_in: Callable[[Role], FlaskClient]
) -> None:
    monkeypatch.undo()
    client = sign_in(OFFICER)
    page = send(client, ("own process.csv", afas_csv(*ROWS, ROWS[1].replace(";1;", ";8;"))))
    address, deadline = page.request.path, time.monotonic() + 60
    while "data-standing" in page.text and time.monotonic() < deadline:
        time.sleep(0.2)
        page = client.get(address)
    assert "Which total do you expect?" in page.text


@pytest.mark.parametrize("name", ["../../etc/x.xaf", "<b>x.xaf", "/x.xaf"])
def test_the_name_of_a_file_is_only_ever_shown(
    name: str, sign_in: Callable[[Role], FlaskClient]
) -> None:
    answer = send(sign_in(OFFICER), (name, b"x"))
    assert "x.xaf was refused" in answer.text
    assert "etc/x" not in answer.text
    assert "<b>x" not in answer.text


def test_nothing_chosen_is_said_beside_the_field(sign_in: Callable[[Role], FlaskClient]) -> None:
    client = sign_in(OFFICER)
    answer = client.post("/imports", data={"csrf_token": token_of(client)})
    assert answer.status_code == 422
    assert "Choose at least one file." in answer.text
    assert 'aria-describedby="files-hint files-errors"' in answer.text


def test_twenty_files_are_taken_at_once_and_one_more_is_not(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    client = sign_in(OFFICER)
    assert "At most 20 files at a time" in client.get("/imports").text, "it is said before"
    before = len(intakes.intakes_of(session))
    too_many = send(client, *((f"{at}.xaf", b"%d" % at) for at in range(21)))
    assert too_many.status_code == 422
    assert "21 files are more than 20." in too_many.text
    assert len(intakes.intakes_of(session)) == before
    assert send(client, *((f"{at}.xaf", b"%d" % at) for at in range(20))).status_code == 200
    session.rollback()
    assert len(intakes.intakes_of(session)) == before + 20


def test_only_a_finance_officer_is_offered_the_import(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    assert "multipart/form-data" in sign_in(OFFICER).get("/imports").text
    auditor = sign_in(Role.AUDITOR)
    assert "multipart/form-data" not in auditor.get("/imports").text
    for address in (READY, REFUSED, ASKED):
        page = auditor.get(address).text
        assert "grootboek" in page or "ander pakket" in page, "an auditor may look"
        assert f'action="{address}/' not in page


@pytest.mark.parametrize("kind", ["forecasts", "milestones"])
def test_a_project_lead_brings_in_forecasts_and_milestones(
    kind: str, sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    lead, before = in_english(sign_in(Role.PROJECT_LEAD)), kept(session)
    assert "multipart/form-data" in lead.get("/imports").text
    content = lead.get(f"/imports/templates/{kind}.xlsx").data
    page = send(lead, (f"{kind}.xlsx", content))
    assert "the same, 0 suspicious" in page.text
    if "/expected" in page.text:
        sheet = openpyxl.load_workbook(BytesIO(content)).worksheets[0]
        at = [column.code for column in template_columns(TableKind(kind))].index("amount")
        rows = [row for row in sheet.iter_rows(4, values_only=True) if any(row)]
        total = sum(Decimal(str(row[at])) for row in rows)
        address = page.request.path
        fill_in(lead, address, f"{address}/expected", expected=f"{total:.2f}")
        page = lead.get(address)
    assert "Receipt:" in keep(lead, page).text
    assert kept(session) == [before[0] + 1, *before[1:]]


def test_a_project_lead_is_refused_a_ledger_and_nothing_of_the_others_is_handed_in(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    lead, before = in_english(sign_in(Role.PROJECT_LEAD)), len(intakes.intakes_of(session))
    ledger = (sample.FILES / "auditfile-2021.xaf").read_bytes() + b" "
    table = lead.get("/imports/templates/forecasts.xlsx").data
    refused = send(lead, ("plan.xlsx", table), ("ledger.csv", ledger))
    assert refused.status_code == 422
    said = "ledger.csv is for the books (Ledger); who plans brings in forecasts and milestones."
    assert said in refused.text
    session.rollback()
    assert len(intakes.intakes_of(session)) == before
    assert send(sign_in(OFFICER), ("ledger.csv", ledger)).status_code == 200
    session.rollback()
    assert len(intakes.intakes_of(session)) == before + 1


def test_a_project_lead_neither_keeps_nor_cancels_a_table_of_costs(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    lead, before = in_english(sign_in(Role.PROJECT_LEAD)), kept(session)
    token = {"csrf_token": token_of(lead)}
    for address in (READY, ASKED):
        page = lead.get(address).text
        assert f'action="{address}/' not in page
    assert "is for the books (Costs)" in lead.get(READY).text
    assert "is for the books" not in sign_in(OFFICER).get(READY).text
    sent = fields_of(sign_in(OFFICER).get(READY).text, "/keep") | token | {"expected": "1,568.45"}
    for deed in ("expected", "keep", "cancel", "anew"):
        answer = lead.post(f"{READY}/{deed}", data=sent)
        assert answer.status_code == 422, deed
        assert "books" in answer.text or "holds no forecast" in answer.text, deed
    assert kept(session) == before
    assert intakes.intake(session, int(READY.rpartition("/")[2])).state is IntakeState.READY


def test_a_table_of_costs_of_a_project_lead_waits_for_a_finance_officer_or_is_cancelled(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    lead = in_english(sign_in(Role.PROJECT_LEAD))
    page = send(lead, ("export.csv", afas_csv(ROWS[0].replace("1.250,00", "1.251,00"))))
    address = page.request.path
    assert "is for the books (Costs)" in page.text
    assert f'"{address}/expected"' not in page.text
    assert f'"{address}/cancel"' in page.text
    assert f'"{address}/expected"' in sign_in(OFFICER).get(address).text
    lead.post(f"{address}/cancel", data={"csrf_token": token_of(lead)})
    assert "cancelled" in lead.get(address).text


@pytest.mark.parametrize("kind", TableKind)
def test_a_template_has_the_codes_in_use_and_the_language_of_the_reader(
    kind: str, sign_in: Callable[[Role], FlaskClient]
) -> None:
    client = sign_in(OFFICER)
    answer = client.get(f"/imports/templates/{kind}.xlsx")
    book = openpyxl.load_workbook(BytesIO(answer.data))
    codes = {cell.value for row in book["Codes"].iter_rows() for cell in row}
    assert {"Awarded", "Pledge"} <= codes if kind == "commitments" else {"WP1", "WP2"} <= codes
    client.post("/language", data={"csrf_token": token_of(client), "language": "nl"})
    dutch = openpyxl.load_workbook(BytesIO(client.get(f"/imports/templates/{kind}.xlsx").data))
    assert dutch.worksheets[0].title != book.worksheets[0].title
    assert client.get("/imports/templates/secrets.xlsx").status_code == 404


@pytest.mark.parametrize("kind", ["milestones", "budgets", "commitments"])
@pytest.mark.parametrize("language", ["en", "nl"])
def test_a_template_holds_what_there_is_and_comes_back_as_the_same(
    kind: str, language: str, sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    client, before = sign_in(OFFICER), kept(session)
    client.post("/language", data={"csrf_token": token_of(client), "language": language})
    content = client.get(f"/imports/templates/{kind}.xlsx").data
    sheet = openpyxl.load_workbook(BytesIO(content)).worksheets[0]
    rows = [row for row in sheet.iter_rows(4, values_only=True) if any(row)]
    assert len(rows) > 2
    client.post("/language", data={"csrf_token": token_of(client), "language": "en"})
    page = send(client, (f"{kind}.xlsx", content))
    assert f"0 new, 0 changed, {len(rows)} the same, 0 suspicious" in page.text
    assert "Costs that come in" not in page.text
    if kind == "milestones":
        assert "/expected" not in page.text
    else:
        address = page.request.path
        at = [column.code for column in template_columns(TableKind(kind))].index("amount")
        total = sum(Decimal(str(row[at])) for row in rows)
        fill_in(client, address, f"{address}/expected", expected=f"{total:.2f}")
        page = client.get(address)
    assert "Receipt:" in keep(client, page).text
    assert kept(session) == [before[0] + 1, *before[1:]]


def test_changed_rows_of_a_table_are_shown_old_beside_new_and_applied_with_a_reason(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    client = sign_in(OFFICER)
    book = openpyxl.load_workbook(BytesIO(client.get("/imports/templates/milestones.xlsx").data))
    sheet = book.worksheets[0]
    columns = [column.code for column in template_columns(TableKind.MILESTONES)]
    at = {code: columns.index(code) + 1 for code in ("current", "met_on")}
    row = next(n for n in range(4, 40) if not sheet.cell(n, at["met_on"]).value)
    sheet.cell(row, at["current"]).value = date(2031, 5, 17)
    content = BytesIO()
    book.save(content)
    page = send(client, ("milestones.xlsx", content.getvalue()))
    assert "1 row says something else than the tracker" in page.text
    assert "<ins>2031-05-17</ins>" in page.text or "<ins>17 May 2031</ins>" in page.text
    assert "accepted without a reason" in keep(client, page, apply_changes="y").text
    done = keep(client, page, apply_changes="y", reason="The permit came late")
    assert "Receipt:" in done.text
    assert "The permit came late" in client.get("/milestones").text


@pytest.mark.parametrize("kind", ["costs", "in_kind"])
@pytest.mark.parametrize("language", ["en", "nl"])
def test_a_template_that_was_filled_in_is_brought_in_again(
    kind: str, language: str, sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    client = sign_in(OFFICER)
    client.post("/language", data={"csrf_token": token_of(client), "language": language})
    book = openpyxl.load_workbook(BytesIO(client.get(f"/imports/templates/{kind}.xlsx").data))
    for at, column in enumerate(template_columns(TableKind(kind)), 1):
        value = FILLED[kind].get(column.code)
        said = value[language] if isinstance(value, dict) else value
        book.worksheets[0].cell(4, at, said)
    content = BytesIO()
    book.save(content)
    client.post("/language", data={"csrf_token": token_of(client), "language": "en"})
    page = send(client, (f"{kind}.xlsx", content.getvalue()))
    if "/expected" in page.text:
        address = page.request.path
        fill_in(client, address, f"{address}/expected", expected=FILLED[kind]["total"])
        page = client.get(address)
    assert "1 new, 0 changed, 0 the same, 0 suspicious" in page.text
    before = kept(session)
    assert "Receipt:" in keep(client, page, reason="By hand.").text
    assert kept(session)[1] > before[1]
