"""The list of commitments: filtered, sorted, as of a day, and handed out as files."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from python_calamine import CalamineWorkbook

from tests.books.cases import DEMO
from tests.web.test_commitments import english, rows_of
from tracker.actions import commitments as deeds
from tracker.domain.actor import Actor
from tracker.domain.amendments import Amendment
from tracker.domain.commitments import Form, Promise, Status
from tracker.domain.money import Money
from tracker.domain.periods import Period, calendar_year
from tracker.domain.policy import Role
from tracker.store.commitments import commitment_named, commitments_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

CASE = json.loads((DEMO / "case.json").read_text())
LATER = {"UL-2": 90_000_000, "LUMC-2": 160_000_000}  # what was agreed on after the file
CODES = [*(commitment["id"] for commitment in CASE["commitments"]), "PZH-2", *LATER]


def listed(page: str) -> list[str]:
    return [row[0] for row in rows_of(page) if row and row[0] in CODES]


def total_of(page: str) -> list[str]:
    return next(row for row in rows_of(page) if row and row[0].startswith("Total committed"))


@pytest.fixture
def director(sign_in: Callable[[Role], FlaskClient]) -> FlaskClient:
    return sign_in(Role.DIRECTOR)


def test_every_commitment_is_listed_and_the_total_is_of_what_is_committed(
    director: FlaskClient,
) -> None:
    page = director.get("/commitments").text
    assert listed(page) == CODES
    awarded = [c for c in CASE["commitments"] if c["status"] == "awarded"]
    later = sum(LATER.values())
    committed = sum(a["amount"] for c in awarded for a in c["amounts"]) + later
    original = sum(c["amounts"][0]["amount"] for c in awarded) + later
    assert total_of(page)[0] == f"Total committed ({len(awarded) + len(LATER)})"
    assert total_of(page)[-5:-3] == [english(original), english(committed)]
    assert "Not in the total:" in page


@pytest.mark.parametrize(
    ("wish", "found"),
    [
        ("text=rmx-", ["RMX-C", "RMX-K"]),
        ("status=pledge", ["HF-P"]),
        ("form=in_kind", ["RMX-K"]),
        ("text=nobody", []),
    ],
)
def test_a_filter_in_the_address_leaves_the_others_out(
    director: FlaskClient, wish: str, found: list[str]
) -> None:
    page = director.get(f"/commitments?{wish}").text
    assert listed(page) == found
    assert ("No commitment fits" in page) == (not found)


def test_a_day_before_which_commitments_end_leaves_the_later_ones_out(
    director: FlaskClient, session: Session
) -> None:
    ends = {c.code: c.period.last_day for c in commitments_of(session)}
    day = sorted(ends.values())[len(ends) // 2]
    page = director.get(f"/commitments?ends_before={day:%d-%m-%Y}").text
    assert listed(page) == [code for code in CODES if ends[code] < day]


def test_a_heading_sorts_and_once_more_turns_the_order_around(
    director: FlaskClient, session: Session
) -> None:
    by_amount = [c.code for c in sorted(commitments_of(session), key=lambda c: c.amount.cents)]
    first = director.get("/commitments?order=current").text
    assert listed(first) == by_amount
    assert re.search(r'aria-sort="ascending"><a href="/commitments\?order=-current"', first)
    assert listed(director.get("/commitments?order=-current").text) == by_amount[::-1]


def test_a_wish_that_cannot_be_read_is_shown_again_with_its_complaint(
    director: FlaskClient,
) -> None:
    answer = director.get("/commitments?ends_before=soon&text=rmx")
    assert answer.status_code == 422
    assert 'value="soon"' in answer.text
    assert 'value="rmx"' in answer.text
    assert director.get("/commitments?order=colour").status_code == 422


def test_as_of_a_day_shows_the_amounts_of_that_day(director: FlaskClient, session: Session) -> None:
    case = next(c for c in CASE["commitments"] if len(c["amounts"]) > 1)
    first, second = case["amounts"][:2]
    before = director.get(f"/commitments?on={_day_before(second['on'])}").text
    row = next(row for row in rows_of(before) if row and row[0] == case["id"])
    assert english(first["amount"]) in row
    now = director.get("/commitments").text
    row = next(row for row in rows_of(now) if row and row[0] == case["id"])
    assert english(sum(a["amount"] for a in case["amounts"])) in row
    assert commitment_named(session, case["id"]).award == Money(first["amount"])


def _day_before(iso: str) -> str:
    return f"{date.fromisoformat(iso) - timedelta(1):%d-%m-%Y}"


def test_before_the_first_decision_nothing_is_listed(director: FlaskClient) -> None:
    page = director.get("/commitments?on=01-01-1990").text
    assert listed(page) == []
    assert "No commitment fits" in page


def test_a_day_to_come_is_refused(director: FlaskClient) -> None:
    answer = director.get("/commitments?on=01-01-2199")
    assert answer.status_code == 422
    assert "is still to come" in answer.text


def test_the_files_hold_exactly_what_is_shown(director: FlaskClient) -> None:
    wish = "text=rmx-&order=-current"
    shown = listed(director.get(f"/commitments?{wish}").text)
    text = director.get(f"/commitments/export.csv?{wish}").data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert [row[0] for row in rows[1:-1]] == shown
    assert rows[-1][0] == "Total"
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(director.get(f"/commitments/export.xlsx?{wish}").data)
    )
    cells = book.get_sheet_by_name("Commitments").to_python()
    assert [row[0] for row in cells if row[0] in CODES] == shown


def test_a_reference_that_looks_like_a_formula_stays_text_in_the_files(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    enter(session, "A-1", "=1+1")
    text = sign_in(Role.DIRECTOR).get("/commitments/export.csv?text=A-1").data.decode("utf-8-sig")
    assert "'=1+1" in text
    assert ",=1+1" not in text


def test_a_list_of_hundreds_has_pages_and_all_of_it_in_the_file(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    for number in range(100):
        enter(session, f"N-{number:03}", f"REF-{number}")
    client = sign_in(Role.DIRECTOR)
    first, second = (client.get(f"/commitments?page={n}").text for n in (1, 2))
    assert "Page 1 of 2" in first
    assert 'rel="next"' in first
    assert listed(second) == []
    assert ">N-099<" in second
    file = client.get("/commitments/export.csv").data.decode("utf-8-sig")
    assert len(file.splitlines()) == len(CODES) + 100 + 2


def test_a_funders_viewer_lists_and_takes_out_its_own_only(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    viewer = sign_in(Role.FUNDER_VIEWER)
    page = viewer.get("/commitments").text
    assert listed(page) == ["NGF-1"]
    assert "PZH" not in page
    assert listed(viewer.get("/commitments?on=31-12-2023").text) == ["NGF-1"]
    assert "PZH" not in viewer.get("/commitments/export.csv").text


def enter(session: Session, code: str, reference: str) -> int:
    """Enter a commitment that waits for its confirmation."""
    known = commitment_named(session, "NGF-1")
    decision = Amendment(
        0,
        known.decided_on,
        Money(100_00),
        "award",
        status=Status.AWARDED,
        period=Period(calendar_year(2022).first_day, calendar_year(2024).last_day),
        categories=("personnel",),
    )
    promise = Promise(known.programme_id, code, reference, Form.CASH, decision)
    by = Actor("finance@sample.example", Role.FINANCE_OFFICER)
    return deeds.enter(session, promise, today=known.decided_on, by=by)
