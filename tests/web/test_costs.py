"""The list of cost lines, its export, and the page of one line."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.web.conftest import token_of
from tracker.domain.costs import CostLine, Origin
from tracker.domain.money import Money
from tracker.domain.policy import Role
from tracker.web.costs_csv import lines_of_csv

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

AUDITOR = Role.AUDITOR  # reads English in the sample
PARTS = """
    WITH refused AS (SELECT cost_line_id FROM unallocated WHERE reason = 'category_not_allowed'),
    left_over AS (
        SELECT cost_line_id FROM unallocated
        WHERE cost_line_id NOT IN (SELECT cost_line_id FROM allocation)
    )
"""
LINE = re.compile(r'href="/costs/(\d+)"')


def following(client: FlaskClient, address: str, rel: str) -> list[list[int]]:
    """The lines of a page and of those that follow it, page by page."""
    pages = []
    while address:
        page = client.get(address).text
        pages.append([int(key) for key in LINE.findall(page)])
        onwards = re.search(rf'rel="{rel}" href="([^"]+)"', page)
        address = onwards[1].replace("&amp;", "&") if onwards else ""
    return pages


@pytest.mark.parametrize("order", ["newest", "oldest", "largest", "smallest"])
def test_paging_shows_every_line_once_there_and_back(
    order: str, sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    client = sign_in(AUDITOR)
    forth = following(client, f"/costs?order={order}&year=2023", "next")
    known = session.execute(
        text("SELECT id FROM cost_line WHERE incurred_on BETWEEN '2023-01-01' AND '2023-12-31'")
    ).scalars()
    shown = [key for page in forth for key in page]
    assert sorted(shown) == sorted(known)
    assert [len(page) for page in forth[:-1]] == [100] * (len(forth) - 1)
    assert len(forth) > 2
    last = client.get(f"/costs?order={order}&year=2023")
    for _ in forth[1:]:
        onwards = re.search(r'rel="next" href="([^"]+)"', last.text)
        assert onwards
        last = client.get(onwards[1].replace("&amp;", "&"))
    back = following(client, last.request.full_path, "prev")
    assert back == forth[::-1]


@pytest.mark.parametrize(
    ("wish", "condition"),
    [
        ("category=travel", "c.code = 'travel'"),
        ("work_package=WP3", "l.cost_centre = 'WP3'"),
        ("year=2022", "l.incurred_on LIKE '2022%'"),
        ("text=labsupply", "l.supplier LIKE '%labsupply%'"),
        ("text=%25", "l.description LIKE '%!%%' ESCAPE '!'"),
        ("reason=category_not_allowed", "l.id IN (SELECT cost_line_id FROM refused)"),
        ("state=not_charged", "l.id IN (SELECT cost_line_id FROM left_over)"),
    ],
)
def test_the_list_counts_and_adds_up_what_was_asked_for(
    wish: str, condition: str, sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    count, cents = session.execute(
        text(
            f"{PARTS} SELECT count(*), coalesce(sum(l.amount), 0) FROM cost_line l"
            f" JOIN cost_category c ON c.id = l.category_id WHERE {condition}"
        )
    ).one()
    page = sign_in(AUDITOR).get(f"/costs?{wish}").text
    assert count > 0
    euros = f"{cents / 100:,.2f}"
    noun = "line" if count == 1 else "lines"
    assert f"{count:,} {noun}, €\N{NO-BREAK SPACE}{euros}" in page


@pytest.mark.parametrize(
    "wish", ["year=abc", "category=x", "state=1", "order=random", "text=" + "x" * 101]
)
def test_a_wish_that_the_form_does_not_offer_is_refused_with_what_was_asked(
    wish: str, sign_in: Callable[[Role], FlaskClient]
) -> None:
    client = sign_in(AUDITOR)
    answer = client.get(f"/costs?{wish}")
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert client.get(f"/costs/export.csv?{wish}").status_code == 422


@pytest.mark.parametrize("key", ["x", "2023-01-01", "2023-01-01_x", "_", "2023-13-01_1"])
def test_a_place_in_the_list_that_no_page_gave_is_refused_with_a_sentence(
    key: str, sign_in: Callable[[Role], FlaskClient]
) -> None:
    answer = sign_in(AUDITOR).get("/costs", query_string={"after": key})
    assert answer.status_code == 422
    assert "first page" in answer.text


@pytest.mark.parametrize(("language", "delimiter", "point"), [("en", ",", "."), ("nl", ";", ",")])
def test_the_export_holds_exactly_what_is_shown(
    language: str,
    delimiter: str,
    point: str,
    sign_in: Callable[[Role], FlaskClient],
    session: Session,
) -> None:
    client = sign_in(AUDITOR)
    client.post("/language", data={"language": language, "csrf_token": token_of(client)})
    answer = client.get("/costs/export.csv?work_package=WP2&order=largest")
    assert answer.headers["Content-Disposition"] == "attachment; filename=NECST_costs.csv"
    content = answer.data.decode("utf-8-sig")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(io.StringIO(content), delimiter=delimiter)
    amounts = [Decimal(row[10].replace(point, ".")) for row in rows]
    count, cents = session.execute(
        text("SELECT count(*), sum(amount) FROM cost_line WHERE cost_centre = 'WP2'")
    ).one()
    assert len(rows) == count
    assert sum(amounts) * 100 == cents
    assert amounts == sorted(amounts, reverse=True)
    assert {len(row) for row in rows} == {len(head)}


def line(day: date, **texts: str) -> CostLine:
    usual = {
        "key": "2023 INK 1/1", "supplier": "", "document": "", "invoice": "", "description": "",
        "category": "travel", "work_package": "WP1", "account": "4000",
    }  # fmt: skip
    return CostLine(
        id=1,
        origin=Origin.LEDGER,
        incurred_on=day,
        booked_on=None,
        amount=Money(-123456),
        **(usual | texts),
    )


@pytest.mark.parametrize("risk", ["=SUM(A1)", "+31 71", "-10%", "@x", "\tx", "\rx"])
@pytest.mark.parametrize("column", ["supplier", "document", "invoice", "description"])
def test_no_text_in_the_export_can_become_a_formula(risk: str, column: str) -> None:
    from datetime import date

    content = "".join(lines_of_csv([line(date(2023, 1, 2), **{column: risk})], "en"))
    _, row = csv.reader(io.StringIO(content, newline=""))
    assert f"'{risk}" in row
    assert row[10] == "-1234.56"  # an amount stays a number
    assert not [cell for cell in row if cell.startswith(("=", "+", "@", "\t", "\r"))]


def test_a_cost_line_explains_its_split_to_the_cent(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    key, cents = session.execute(
        text(
            "SELECT l.id, l.amount FROM cost_line l JOIN unallocated u ON u.cost_line_id = l.id"
            " WHERE l.cost_centre = 'WP1' AND u.reason = 'commitment_exhausted'"
            " AND EXISTS (SELECT 1 FROM allocation a WHERE a.cost_line_id = l.id)"
            " ORDER BY l.id LIMIT 1"
        )
    ).one()
    page = sign_in(AUDITOR).get(f"/costs/{key}").text
    euros = f"{cents / 100:,.2f}"
    for code, weight in (("NGF-1", "45"), ("PZH-1", "30"), ("LUMC-1", "25")):
        assert f">{code}</a>" in page
        assert f">{weight}</td>" in page
    assert "Commitment exhausted" in page
    assert f">{euros}</td>" in page


def test_a_cost_line_that_does_not_exist_is_not_found(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    client = sign_in(AUDITOR)
    for key in ("0", "99999999", "9" * 30, "x"):
        assert client.get(f"/costs/{key}").status_code == 404
