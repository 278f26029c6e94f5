"""The list of cost lines, its export, and the page of one line."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from tests.web.conftest import token_of
from tests.web.filling import fields_of, fill_in
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
    usual: dict[str, Any] = {
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


OFFICER = Role.FINANCE_OFFICER
SPACE = "\N{NO-BREAK SPACE}"
COST = {
    "supplier": "Werkplaats Leiden",
    "invoice": "W-77",
    "description": "Adapter plates",
    "incurred_on": "02-05-2024",
    "gross": "12100.00",
    "vat_rate": "21",
    "vat": "",
    "deductible": "60",
    "category": "materials",
    "work_package": "WP1",
}


def invoice() -> tuple[io.BytesIO, str]:
    return io.BytesIO(b"%PDF-1.7 invoice"), "W-77.pdf"


def newest_line(session: Session) -> int:
    session.rollback()
    newest: int = session.execute(text("SELECT max(id) FROM cost_line")).scalar_one()
    return newest


def test_a_cost_by_hand_is_kept_and_explained_in_words(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    client, before = sign_in(OFFICER), newest_line(session)
    answer = fill_in(client, "/costs/new", **COST, document=invoice())
    assert answer.status_code == 302
    line = newest_line(session)
    assert line == before + 1
    page = client.get(f"/costs/{line}").text
    assert f"€{SPACE}12,100.00 − €{SPACE}2,100.00 VAT = €{SPACE}10,000.00" in page
    assert (
        f"€{SPACE}10,000.00 + €{SPACE}840.00 VAT that does not come back = €{SPACE}10,840.00"
    ) in page
    assert "W-77.pdf" in page
    assert "Entered a cost by hand" in page
    assert "Entered in the tracker" in page
    again = fill_in(client, "/costs/new", **COST, document=invoice())
    assert again.status_code == 422
    assert "is a cost of the same supplier, with the same invoice and amount" in again.text
    assert 'name="double_because"' in again.text
    held = COST | {"double_because": "The second delivery"}
    page = client.get("/costs/new").text
    sent = fields_of(page) | held | {"document": invoice()}
    assert client.post("/costs/new", data=sent).status_code == 302
    assert client.post("/costs/new", data=sent | {"document": invoice()}).status_code == 302
    assert newest_line(session) == line + 1  # sent twice, kept once


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"gross": "0"}, "is no cost"),
        ({"vat": "900.00"}, "VAT in"),
        ({"incurred_on": "01-01-2199"}, "is still to come"),
        ({"ineligible": "840.00"}, "has an amount and a reason"),
        ({"ineligible": "20000", "ineligible_for": "economic_use"}, "cannot be left out"),
        ({"supplier": ""}, "This field is required"),
        ({"category": "x"}, "Not a valid choice"),
    ],
)
def test_a_refused_cost_says_why_and_keeps_what_was_typed(
    typed: dict[str, str],
    complaint: str,
    sign_in: Callable[[Role], FlaskClient],
    session: Session,
) -> None:
    before = newest_line(session)
    answer = fill_in(sign_in(OFFICER), "/costs/new", **(COST | typed), document=invoice())
    assert answer.status_code == 422
    assert complaint in answer.text
    assert 'value="Adapter plates"' in answer.text
    assert newest_line(session) == before


def test_the_form_says_what_an_invoice_comes_to_without_scripts(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    client = sign_in(OFFICER)
    unread = "What it comes to follows when every amount can be read."
    assert f">{unread}</output>" in client.get("/costs/new").text
    typed = COST | {"supplier": "", "ineligible": "840.00", "ineligible_for": "economic_use"}
    page = fill_in(client, "/costs/new", **typed).text
    assert (
        f"Net €{SPACE}10,000.00, VAT €{SPACE}2,100.00, cost €{SPACE}10,840.00;"
        f" €{SPACE}10,000.00 of it counts."
    ) in page


def test_a_cost_without_a_document_says_why(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    client = sign_in(OFFICER)
    refused = fill_in(client, "/costs/new", **COST)
    assert refused.status_code == 422
    assert "Attach the invoice, or say why there is none." in refused.text
    why = {"without_because": "Lost in the move"}
    assert fill_in(client, "/costs/new", **COST, **why).status_code == 302


def test_working_time_is_kept_and_explained_in_words(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    client = sign_in(OFFICER)
    typed = {
        "person": "P-007",
        "first_day": "01-01-2024",
        "last_day": "31-03-2024",
        "time": "412.5",
        "annual_cost": "68400.00",
        "category": "personnel",
        "work_package": "WP1",
        "description": "Process development",
    }
    refused = fill_in(client, "/costs/hours/new", **(typed | {"annual_cost": ""}))
    assert refused.status_code == 422
    assert "Enter the costs of the year." in refused.text
    assert fill_in(client, "/costs/hours/new", **typed).status_code == 302
    page = client.get(f"/costs/{newest_line(session)}").text
    assert f"412.5 h × €{SPACE}68,400.00 / 1,650 h = €{SPACE}17,100.00" in page
    assert (f"+ 50.0% overhead = €{SPACE}8,550.00; together €{SPACE}25,650.00") in page
    assert "This very time of P-007" in fill_in(client, "/costs/hours/new", **typed).text


def test_an_asset_is_written_off_on_its_own_page(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    client = sign_in(OFFICER)
    line = session.execute(
        text(
            "SELECT l.id FROM cost_line l JOIN cost_category c ON c.id = l.category_id"
            " JOIN allocation a ON a.cost_line_id = l.id"
            " WHERE c.code = 'equipment' AND l.amount > 100000"
            " ORDER BY l.incurred_on DESC, l.id LIMIT 1"
        )
    ).scalar_one()
    address = f"/costs/{line}/depreciation"
    assert address in client.get(f"/costs/{line}").text
    typed = {"months": "12", "counted_to": "31-12-2025", "use": "75"}
    short = fill_in(client, address, **typed, term_months="48")
    assert short.status_code == 422
    assert "asks a term of at least 60 months" in short.text
    assert fill_in(client, address, **typed).status_code == 302
    page = client.get(f"/costs/{line}").text
    assert "This asset is written off: 1 line of depreciation" in page
    assert "Written off instead" in page
    made = client.get(f"/costs/{newest_line(session)}").text
    assert "× 12/60 months × 75.0% =" in made
    assert "The asset that is written off" in made
    assert client.get("/costs/99999999/depreciation").status_code == 404


def test_a_document_is_kept_with_a_cost_line(sign_in: Callable[[Role], FlaskClient]) -> None:
    client = sign_in(OFFICER)
    sent = fill_in(client, "/costs/1", "/costs/1/documents", document=invoice())
    assert sent.status_code == 302
    assert "W-77.pdf" in client.get("/costs/1").text
    nothing = fill_in(client, "/costs/1", "/costs/1/documents", document="")
    assert nothing.status_code == 422
    assert "Choose a document first." in nothing.text


def test_the_years_of_costs_add_up_on_the_page(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    page = sign_in(AUDITOR).get("/costs/eligibility").text
    total = session.execute(text("SELECT sum(amount) FROM cost_line")).scalar_one()
    assert f"€{SPACE}{total / 100:,.2f}" in page
    assert "Economic use" in page


def test_the_export_says_what_the_amounts_are_made_of(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    client = sign_in(OFFICER)
    part = {"ineligible": "840.00", "ineligible_for": "economic_use", "person": "P-007"}
    fill_in(client, "/costs/new", **COST, **part, document=invoice())
    content = client.get("/costs/export.csv?text=Werkplaats").data.decode("utf-8-sig")
    head, row = csv.reader(io.StringIO(content))
    told = dict(zip(head, row, strict=True))
    assert (told["Gross"], told["VAT"], told["Net"]) == ("12100.00", "2100.00", "10000.00")
    assert (told["Deductible VAT"], told["Eligible when it was entered"]) == ("1260.00", "10000.00")
    assert (told["Why it does not count"], told["Person"]) == ("Economic use", "P-007")
    assert (told["Counts on"], told["Paid"], told["Milestone"]) == ("2024-05-02", "", "")
