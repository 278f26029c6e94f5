"""Every figure on a page opens its explanation, which comes to the very same amount."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

from tracker.domain.policy import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

LINK = re.compile(r'<a class="how" href="([^"]+)" aria-label="([^"]+)">([^<]+)</a>')
HEAD = re.compile(r'<header class="title"><h1>[^<]*</h1><span class="number">([^<]+)</span>')
FOOT = re.compile(r"<tfoot>.*?</tfoot>", re.DOTALL)
CELL = re.compile(r'<td class="is-money[^"]*">(.*?)</td>', re.DOTALL)
PAGES = {
    "/overview": 40,
    "/commitments": 35,
    "/commitments?on=31-12-2022": 20,
    "/commitments?form=cash": 30,
    "/commitments/NGF-1": 40,
    "/commitments/NGF-1?on=31-12-2022": 5,
    "/commitments/RMX-K": 10,
    "/commitments/EFRO-C": 3,
    "/commitments/PZH-2": 3,
    "/commitments/NGF-1/receipts": 1,
    "/not-charged": 14,
    "/financing": 25,
    "/in-kind": 6,
    "/costs": 150,
    "/costs?year=2023&category=travel&order=largest": 40,
    "/costs?reason=outside_period": 100,
    "/costs?commitment=NGF-1&state=partly": 2,
    "/costs/1": 1,
    "/periods/2021": 3,
    "/reconciliation?everything=y": 30,
    "/reconciliation?by=by_account&everything=y": 30,
    "/reconciliation?by=by_package&everything=y": 25,
    "/reconciliation?by=by_period&everything=y": 25,
}
OF_A_FUNDER = {
    "/overview": 12,
    "/commitments": 9,
    "/commitments/NGF-1": 40,
    "/commitments/NGF-1?on=31-12-2022": 5,
}
FOLLOWED = 24
"""Of a page with very many figures, this many are opened, spread over all of it."""


def cents(written: str) -> int:
    """Read an amount as pages write it, in English or in Dutch."""
    digits = int(re.sub(r"\D", "", written))
    return -digits if "−" in written else digits


def explained_on(page: str) -> list[tuple[str, str, int]]:
    return [(unescape(where), name, cents(shown)) for where, name, shown in LINK.findall(page)]


def check(client: FlaskClient, address: str, least: int, opened: set[tuple[str, int]]) -> None:
    """Open the explanation of the figures on a page, and of the parts of the first of them."""
    page = client.get(address)
    assert page.status_code == 200, address
    found = explained_on(page.text)
    assert len(found) >= least, f"{address} explains {len(found)} figures"
    for where, name, amount in found[:: 1 + len(found) // FOLLOWED]:
        assert ", how this was computed" in name or ", hoe dit is berekend" in name
        if (where, amount) in opened:
            continue
        opened.add((where, amount))
        answer = client.get(where)
        assert answer.status_code == 200, where
        said = HEAD.search(answer.text)
        assert said, where
        assert cents(said[1]) == amount, f"{where} on {address}"
        for foot in FOOT.findall(answer.text):
            assert cents(CELL.findall(foot)[-1]) == amount, f"the parts of {where}"


@pytest.mark.parametrize("address", PAGES)
def test_every_figure_that_can_be_opened_is_explained_to_the_cent(
    sign_in: Callable[[Role], FlaskClient], address: str
) -> None:
    check(sign_in(Role.FINANCE_OFFICER), address, PAGES[address], set())


@pytest.mark.parametrize("address", OF_A_FUNDER)
def test_a_funder_opens_the_figures_of_its_own_commitments(
    sign_in: Callable[[Role], FlaskClient], address: str
) -> None:
    check(sign_in(Role.FUNDER_VIEWER), address, OF_A_FUNDER[address], set())


@pytest.mark.parametrize(
    "address",
    ["/explain/charged?commitment=NGF-1", "/explain/left", "/explain/costs", "/explain/committed"],
)
def test_the_parts_of_an_explanation_are_explained_in_turn(
    sign_in: Callable[[Role], FlaskClient], address: str
) -> None:
    check(sign_in(Role.CONTROLLER), address, 4, set())


@pytest.mark.parametrize(
    "address",
    [
        "/explain/charged?commitment=PZH-1",
        "/explain/committed?commitment=XXX-1",
        "/explain/left",
        "/explain/left?commitment=-",
        "/explain/costs",
        "/explain/waiting",
        "/explain/excluded",
        "/explain/planned",
        "/explain/gap",
        "/explain/in_kind",
        "/explain/room?commitment=NGF-1",
        "/explain/line?line=1",
    ],
)
def test_a_funder_opens_nothing_of_others_or_of_the_whole_project(
    sign_in: Callable[[Role], FlaskClient], address: str
) -> None:
    assert sign_in(Role.FUNDER_VIEWER).get(address).status_code == 404
    inside = sign_in(Role.DIRECTOR).get(address).status_code
    assert inside == (404 if "XXX-1" in address else 200)


def test_a_funder_sees_the_lines_that_it_pays_and_not_what_others_pay_of_them(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    page = sign_in(Role.FUNDER_VIEWER).get("/explain/charged?commitment=NGF-1&year=2023").text
    assert "De regels waaruit het bestaat" in page
    assert "/costs/" not in page
    assert "PZH-1" not in page
    left = sign_in(Role.FUNDER_VIEWER).get("/explain/left?commitment=NGF-1").text
    assert "De regels waaruit het bestaat" not in left
    inside = sign_in(Role.DIRECTOR).get("/explain/left?commitment=NGF-1").text
    assert "The lines that it is made of" in inside
    assert "/costs/" in inside


def test_the_lines_of_a_figure_come_page_by_page(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    client, seen, page = sign_in(Role.DIRECTOR), list[str](), ""
    address = "/explain/charged?commitment=NGF-1&year=2022"
    while address:
        page = client.get(address).text
        seen += re.findall(r'<a href="/costs/(\d+)">', page)
        following = re.search(r'rel="next" href="([^"#]+)', page)
        address = unescape(following[1]) if following else ""
    assert len(seen) == len(set(seen)) > 100
    counted = re.search(r"([\d,]+) lines, and how much", page)
    assert counted
    assert int(counted[1].replace(",", "")) == len(seen)


@pytest.mark.parametrize(
    "address",
    [
        "/explain/nothing",
        "/explain/charged?year=soon",
        "/explain/charged?year=99999999999999999999",
        "/explain/charged?on=32-13-2023",
        "/explain/line?line=-4",
        "/explain/line?line=99999999999999999999999",
        "/explain/costs?state=lost",
        "/explain/costs?period=never",
        f"/explain/costs?text={'x' * 101}",
    ],
)
def test_an_address_that_no_page_gave_explains_nothing(
    sign_in: Callable[[Role], FlaskClient], address: str
) -> None:
    assert sign_in(Role.DIRECTOR).get(address).status_code in (404, 422)
