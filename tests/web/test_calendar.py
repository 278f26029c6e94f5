"""The calendar on the page, as a file, and at a secret address."""

from __future__ import annotations

import csv
import secrets
from datetime import date
from io import StringIO
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests.web.conftest import token_of, without_tokens
from tracker import demo
from tracker.actions.sample_reminders import SECRET
from tracker.domain.deadlines import DeadlineKind
from tracker.domain.policy import Role
from tracker.store.deadlines import deadlines_on
from tracker.store.milestones import MilestoneMoveRow, MilestoneRow
from tracker.web import deadlines
from tracker.web.calendar_ics import Event, folded, to_ics

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

    SignIn = Callable[[Role], FlaskClient]

DAY = date(2026, 3, 2)
FEED = f"/calendar/{SECRET}.ics"
any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


def parsed(calendar: bytes) -> list[dict[str, str]]:
    """Read a calendar as RFC 5545 says, by a reader of the test's own."""
    assert calendar.endswith(b"END:VCALENDAR\r\n")
    for physical in calendar.split(b"\r\n"):
        assert len(physical) <= 75
        assert b"\n" not in physical
        assert b"\r" not in physical
    lines = calendar.replace(b"\r\n ", b"").decode().split("\r\n")
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    events: list[dict[str, str]] = []
    for line in lines:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events:
            assert name not in events[-1] or name == "END"
            events[-1][name] = unescaped(value)
    for event in events:
        assert {"UID", "DTSTAMP", "DTSTART;VALUE=DATE", "SUMMARY"} <= event.keys()
    return events


def unescaped(value: str) -> str:
    written, letters = "", iter(value)
    for letter in letters:
        if letter != "\\":
            assert letter not in ",;" or value.startswith("http")
            written += letter
        else:
            following = next(letters)
            written += "\n" if following in "nN" else following
    return written


@given(any_text, any_text)
def test_any_text_comes_back_and_none_begins_a_line_of_its_own(summary: str, more: str) -> None:
    event = Event("1@x", DAY, f"x{summary}", f"x{more}", "https://x.org/a?b=1")
    (found,) = parsed(to_ics("Name", [event], DAY))

    def plain(text: str) -> str:
        broken = text.replace("\r\n", "\n").replace("\r", "\n")
        return "".join(c for c in broken if c in "\t\n" or (c >= " " and c != "\x7f"))

    assert found["SUMMARY"] == plain(event.summary)
    assert found["DESCRIPTION"] == plain(event.description)


@given(any_text)
def test_a_line_is_folded_between_letters(text: str) -> None:
    parts = folded("SUMMARY:" + text.replace("\r", "").replace("\n", "")).split(b"\r\n")
    assert all(len(part) <= 75 for part in parts)
    for part in parts:
        part.decode()  # no letter is torn


def test_a_day_at_the_end_of_a_year_ends_in_the_next() -> None:
    event = Event("1@x", date(2026, 12, 31), "x", "", "https://x.org")
    (found,) = parsed(to_ics("Name", [event], DAY))
    assert found["DTSTART;VALUE=DATE"] == "20261231"
    assert found["DTEND;VALUE=DATE"] == "20270101"


def test_everything_is_shown_once_what_is_late_before_all_else(
    sign_in: SignIn, session: Session
) -> None:
    page = sign_in(Role.FINANCE_OFFICER).get("/calendar").text
    dues = deadlines_on(session, demo.DAY)
    assert len(dues) > 10
    assert page.count('<tr><th scope="row"') == len(dues)
    assert page.index(">Late<") < page.index("Request the determination of NGF-1")


def test_the_address_chooses_what_is_shown(sign_in: SignIn) -> None:
    client = sign_in(Role.FINANCE_OFFICER)
    instalments = client.get("/calendar?kind=instalment_due&commitment=NGF-1").text
    assert "Instalment 6 of NGF-1" in instalments
    assert "UL-2" not in instalments.partition("<tbody>")[2]
    assert client.get("/calendar?kind=nonsense").status_code == 422
    mine = sign_in(Role.CONTROLLER).get("/calendar?mine=y").text
    assert "moet worden bevestigd" in mine
    assert "aanvragen" not in mine


@pytest.mark.parametrize("face", ["csv", "ics"])
def test_the_file_holds_exactly_what_the_page_shows(sign_in: SignIn, face: str) -> None:
    client = sign_in(Role.FINANCE_OFFICER)
    for wish in ("", "kind=instalment_due", "commitment=UL-2&mine=y"):
        rows = client.get(f"/calendar?{wish}").text.count('<tr><th scope="row"')
        file = client.get(f"/calendar/export.{face}?{wish}")
        told = (
            len(list(csv.reader(StringIO(file.text)))) - 1
            if face == "csv"
            else len(parsed(file.data))
        )
        assert told == rows > 0
    assert client.get(f"/calendar/export.{face}?kind=nonsense").status_code == 404


def test_every_deadline_leads_to_where_it_is_seen_to(
    sign_in: SignIn, app: Flask, session: Session
) -> None:
    client = sign_in(Role.FINANCE_OFFICER)
    dues = deadlines_on(session, demo.DAY)
    assert len({due.kind for due in dues}) > 6
    with app.test_request_context():
        ways = {deadlines.address_of(due) for due in dues}
    for way in ways:
        assert client.get(way).status_code == 200, way


@pytest.mark.parametrize("kind", DeadlineKind)
def test_every_kind_has_a_name_in_both_languages(kind: DeadlineKind) -> None:
    from reports.words import LABELS, label

    assert kind in LABELS
    assert label(kind, "nl") != label(kind, "en") or kind is DeadlineKind.MILESTONE


def test_the_feed_needs_no_sign_in_and_speaks_its_owners_language(app: Flask) -> None:
    answer = app.test_client().get(FEED)
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert "Set-Cookie" not in answer.headers
    events = parsed(answer.data)
    assert "Vaststelling van NGF-1 aanvragen" in {event["SUMMARY"] for event in events}
    assert {urlsplit(event["URL"]).path.split("/")[2] for event in events} == {"NGF-1"}


def test_a_feed_holds_what_its_owner_sees_on_the_page(sign_in: SignIn, app: Flask) -> None:
    page = parsed(sign_in(Role.FUNDER_VIEWER).get("/calendar/export.ics").data)
    assert parsed(app.test_client().get(FEED).data) == page


def test_the_same_deadline_keeps_its_name_when_its_day_moves(app: Flask, session: Session) -> None:
    def days() -> dict[str, str]:
        events = parsed(app.test_client().get(FEED).data)
        return {event["UID"]: event["DTSTART;VALUE=DATE"] for event in events}

    before = days()
    row = session.scalars(select(MilestoneRow).where(MilestoneRow.code == "M7")).one()
    session.add(
        MilestoneMoveRow(
            milestone_id=row.id,
            moved_on=demo.DAY,
            to_day=date(2026, 9, 30),
            reason="The validation takes longer",
        )
    )
    session.commit()
    after = days()
    assert before.keys() == after.keys()
    assert [after[uid] for uid in before if before[uid] != after[uid]] == ["20260930"]


def test_a_wrong_address_and_a_withdrawn_one_are_not_there(app: Flask, sign_in: SignIn) -> None:
    client = app.test_client()
    wrong = client.get(f"/calendar/{secrets.token_urlsafe(32)}.ics")
    owner = sign_in(Role.FUNDER_VIEWER)
    owner.post("/reminders/feed/close", data=form_of(owner))
    withdrawn = client.get(FEED)
    assert wrong.status_code == withdrawn.status_code == 404
    assert without_tokens(wrong.text) == without_tokens(withdrawn.text)
    assert client.get("/calendar/short.ics").status_code == 404


def test_who_guesses_addresses_is_answered_no_more_and_who_knows_one_is(app: Flask) -> None:
    client = app.test_client()
    for _ in range(12):
        assert client.get(FEED).status_code == 200
    guesses = [client.get(f"/calendar/{secrets.token_urlsafe(32)}.ics") for _ in range(11)]
    assert [answer.status_code for answer in guesses] == [404] * 10 + [429]


def form_of(client: FlaskClient) -> dict[str, str]:
    return {"csrf_token": token_of(client), "once": secrets.token_urlsafe()}
