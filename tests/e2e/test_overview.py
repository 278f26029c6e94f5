"""A director on Monday morning: reads the figures, opens a decision, and how one was computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.served import VIEWER
from tests.e2e.test_funding import follow, sign_in_by_keyboard
from tests.e2e.test_keyboard import focused, tab_to
from tracker.domain.policy import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    Opened = Callable[..., Page]


def land(opened: Opened, address: str, role: Role) -> Page:
    """Sign in by keyboard, and come to the overview."""
    page = sign_in_by_keyboard(opened, address, role)
    page.wait_for_url("**/overview")
    return page


def test_a_director_sees_what_to_decide_and_opens_it_by_keyboard(
    opened: Opened, own_address: str
) -> None:
    page = land(opened, own_address, Role.DIRECTOR)
    figures = page.locator(".strip > div")
    expect(figures).to_have_count(5)
    for name in ("Committed", "Received", "Charged", "At risk", "Gap"):
        expect(figures.filter(has_text=name)).to_contain_text("a year ago")
    first = page.locator("[aria-labelledby=decide] tbody a").first
    said, where = first.inner_text(), first.get_attribute("href") or ""
    assert any(letter.isdigit() for letter in said)
    follow(page, where)
    expect(page.locator("main h1")).to_be_visible()
    page.go_back()
    at_risk = figures.filter(has_text="At risk").locator("a.how")
    amount = at_risk.inner_text()
    follow(page, at_risk.get_attribute("href") or "")
    expect(page.locator("header.title .number")).to_have_text(amount)


def test_the_timeline_is_narrowed_by_keyboard(opened: Opened, own_address: str) -> None:
    page = land(opened, own_address, Role.DIRECTOR)
    rows = page.locator("section[aria-labelledby=timeline] svg a")
    before = rows.count()
    tab_to(page, "milestones")
    assert focused(page)["tag"] == "SELECT"
    page.keyboard.type("Met")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert 0 < rows.count() < before
    assert "milestones=met" in page.url


def test_a_funder_finds_its_own_commitments_and_what_is_due(
    opened: Opened, own_address: str
) -> None:
    page = land(opened, own_address, VIEWER)
    expect(page.locator("#due")).to_be_visible()
    link = page.locator("[aria-labelledby=due] tbody a").first
    follow(page, link.get_attribute("href") or "")
    expect(page.locator("main h1")).to_contain_text("NGF-1")
