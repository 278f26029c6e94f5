"""From a difference with the ledgers to the line that makes it, with the keyboard alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.served import OFFICER
from tests.e2e.test_funding import follow, sign_in_by_keyboard

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page


def test_a_difference_is_followed_down_to_the_line_that_makes_it(
    opened: Callable[..., Page], address: str
) -> None:
    page = sign_in_by_keyboard(opened, address, OFFICER)
    follow(page, "Reconciliation")
    expect(page.locator("h1")).to_have_text("Reconciliation")
    differing = page.locator("#rows ~ .frame tbody tr").first
    expect(differing).to_contain_text("Differs on purpose")
    amount = differing.locator("td.is-money a.how").nth(1)
    shown = amount.inner_text()
    amount.focus()
    page.keyboard.press("Enter")
    expect(page.locator("header.title .number")).to_contain_text(shown)
    expect(page.get_by_role("heading", name="The lines that it is made of")).to_be_visible()
    line = page.locator("#lines ~ .frame tbody th a").first
    key = line.inner_text()
    line.focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(key)
