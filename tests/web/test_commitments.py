"""The overview and the page of a commitment say what the books say."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING

from tests.books.cases import DEMO
from tracker.domain.policy import Role

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask.testing import FlaskClient

EXPECTED: Path = DEMO.parents[1] / "tests" / "books" / "expected.json"


def english(cents: int) -> str:
    """Write cents as an English page does; told apart from the code that does it."""
    sign = "−" if cents < 0 else ""
    euros, rest = divmod(abs(cents), 100)
    return f"{sign}{euros:,}.{rest:02d}"


def rows_of(page: str) -> list[list[str]]:
    """The texts of the cells of every row."""
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", page, re.DOTALL)
    return [
        [
            " ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split())
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in rows
    ]


def test_the_overview_agrees_with_the_answers_to_the_cent(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    answers = json.loads(EXPECTED.read_text())
    case = json.loads((DEMO / "case.json").read_text())
    rows = {row[0]: row for row in rows_of(sign_in(Role.DIRECTOR).get("/overview").text) if row}
    for commitment in case["commitments"]:
        code, amount = commitment["id"], sum(a["amount"] for a in commitment["amounts"])
        row = rows[code]
        column = {"awarded": 3, "conditional": 4}.get(commitment["status"], 5)
        assert row[column] == english(amount), code
        if commitment["status"] == "awarded":
            charged = answers["charged_total"].get(code, 0)
            received = answers["received"].get(code)
            assert row[6] == (english(received) if received else "–"), code
            assert row[7] == english(charged)
            if commitment["form"] != "in_kind":
                assert row[9] == english(answers["cash_on_hand"][code])
    total = rows["Total"]
    assert total[7] == english(sum(answers["charged_total"].values()))
    assert total[6] == english(sum(answers["received"].values()))


def test_what_is_not_charged_agrees_with_the_answers(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    answers = json.loads(EXPECTED.read_text())["unallocated"]
    rows = rows_of(sign_in(Role.DIRECTOR).get("/not-charged").text)
    shown = {row[0]: row[2] for row in rows if len(row) == 3}
    assert shown["Outside the commitment's period"] == english(answers["outside_period"])
    assert shown["Category not allowed"] == english(answers["category_not_allowed"])
    assert shown["Commitment exhausted"] == english(answers["commitment_exhausted"])
    assert shown["Total"] == english(sum(answers.values()))


def test_a_commitments_page_shows_its_charges_by_year_and_category(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    charged = json.loads(EXPECTED.read_text())["charged"]["NGF-1"]
    page = sign_in(Role.DIRECTOR).get("/commitments/NGF-1").text
    rows = {row[0]: row for row in rows_of(page) if len(row) == 10}
    years = sorted({key.partition("/")[0] for key in charged})
    assert [cell for cell in rows["Category"] if cell.isdigit()] == years
    for name, code in (("Personnel", "personnel"), ("Third parties", "third_parties")):
        assert rows[name][2:7] == [english(charged.get(f"{year}/{code}", 0)) for year in years]


def test_a_commitment_with_less_cash_than_charges_says_who_pre_finances(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    client = sign_in(Role.DIRECTOR)
    assert "pre-financed by the facility" in client.get("/commitments/PZH-1").text
    assert "pre-financed by the facility" not in client.get("/commitments/NGF-1").text


def test_the_sample_says_on_every_page_that_its_amounts_are_fictitious(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    client = sign_in(Role.DIRECTOR)
    for address in ("/overview", "/costs", "/reports/statement/NGF-1/2022"):
        assert "fictitious" in client.get(address).text
