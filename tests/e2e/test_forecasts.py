"""A forecast is made in a browser: totals follow what is typed, and the keyboard is enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.served import choose_language, sign_in
from tracker.domain.policy import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    Opened = Callable[..., Page]

CELL = '[name="amount_WP5.personnel.2027-Q1"]'
ROW = 'output[data-sum="amount_WP5.personnel.*"]'
QUARTER = 'output[data-sum="amount_*.2027-Q1"]'


def test_totals_follow_what_is_typed_and_a_version_is_made_by_keyboard(
    opened: Opened, own_address: str
) -> None:
    page = opened(f"{own_address}/sign-in")
    sign_in(page, Role.PROJECT_LEAD)
    choose_language(page, "en")
    page.goto(f"{own_address}/forecasts/new")
    expect(page.locator(ROW)).to_have_text("€\N{NO-BREAK SPACE}540,000.00")
    page.locator(CELL).fill("45,000.50")
    expect(page.locator(ROW)).to_have_text("€\N{NO-BREAK SPACE}540,000.50")
    expect(page.locator(QUARTER)).to_have_text("€\N{NO-BREAK SPACE}240,000.50")
    page.locator(CELL).fill("a lot")
    expect(page.locator(ROW)).to_have_text("?")
    page.locator(CELL).fill("45,000.50")
    with page.expect_navigation():
        page.locator(CELL).press("Enter")  # works out, and keeps nothing yet
    expect(page.get_by_role("heading", name="New version of the forecast")).to_be_visible()
    expect(page.locator(CELL)).to_have_value("45,000.50")
    page.get_by_label("Reason", exact=True).fill("Fifty cents more")
    page.get_by_role("button", name="Keep this version").press("Enter")
    expect(page.get_by_role("heading", name="Forecast, version 3")).to_be_visible()
    expect(page.get_by_text("€\N{NO-BREAK SPACE}2,890,000.50").first).to_be_visible()
