"""The reconciliation: what does not tie, or everything, and the same in its files."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from tests.web.conftest import token_of
from tests.web.test_commitments import rows_of
from tracker.domain.policy import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

STATES = {"Ties", "Differs on purpose", "Does not tie"}
BY = ["by_year_incurred", "by_period", "by_account", "by_package"]


@pytest.fixture
def director(sign_in: Callable[[Role], FlaskClient]) -> FlaskClient:
    return sign_in(Role.DIRECTOR)


def table_of(page: str) -> list[list[str]]:
    """The rows of the ledgers beside the tracker, as the page shows them."""
    part = page.partition('id="rows"')[2].partition("</section>")[0]
    return [row for row in rows_of(part) if row and row[-1] in STATES]


def amount(shown: str) -> str:
    plain = shown.replace(",", "").replace("−", "-")
    return "0.00" if plain == "–" else plain


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("everything", ["", "&everything=y"])
def test_the_files_hold_exactly_the_rows_of_the_page(
    director: FlaskClient, by: str, everything: str
) -> None:
    wish = f"by={by}{everything}"
    page = table_of(director.get(f"/reconciliation?{wish}").text)
    told = director.get(f"/reconciliation/export.csv?{wish}").data.decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(told))
    rows = [row for row in rows if row[0] != "Total"]
    assert [row[-1] for row in rows] == [row[-1] for row in page]
    tracker = head.index("Tracker")
    assert [row[tracker] for row in rows] == [amount(row[-2]) for row in page]
    assert [row[1] for row in rows] == [amount(row[1]) for row in page]
    book = director.get(f"/reconciliation/export.xlsx?{wish}").data
    cells = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(1).to_python()
    assert [row[-1] for row in cells if row[-1] in STATES] == [row[-1] for row in page]


def test_only_what_does_not_tie_is_shown_unless_everything_is_asked(director: FlaskClient) -> None:
    some = table_of(director.get("/reconciliation?by=by_account").text)
    every = table_of(director.get("/reconciliation?by=by_account&everything=y").text)
    assert len(every) > len(some) > 0
    assert "Ties" not in {row[-1] for row in some}
    assert "Ties" in {row[-1] for row in every}


def test_a_book_that_lost_lines_is_said_and_shown(director: FlaskClient, session: Session) -> None:
    assert "0 of" in director.get("/reconciliation").text
    session.execute(text("UPDATE book SET line_count = line_count + 1 WHERE origin = 'ledger'"))
    session.commit()
    page = director.get("/reconciliation").text
    said = re.search(r"(\d+) of \d+ do not tie", page)
    assert said
    assert int(said[1]) > 1
    assert page.count("Does not tie") == int(said[1])


def test_what_it_cannot_be_told_apart_by_is_refused(director: FlaskClient) -> None:
    for address in ("/reconciliation?by=colour", "/reconciliation/export.csv?by=colour"):
        answer = director.get(address)
        assert answer.status_code == 422
        assert "Not a valid choice" in answer.text


def test_what_is_wrong_with_a_wish_is_said_in_the_language_of_the_reader(
    director: FlaskClient,
) -> None:
    director.post("/language", data={"language": "nl", "csrf_token": token_of(director)})
    answer = director.get("/reconciliation?by=colour")
    assert answer.status_code == 422
    assert "Ongeldige keuze" in answer.text
    assert "Not a valid choice" not in answer.text
