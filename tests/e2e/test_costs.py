"""A cost, its order and its working time, by keyboard alone; the sums follow what is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.served import OFFICER
from tests.e2e.test_funding import fill, follow, sign_in_by_keyboard, tab_to_field

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    Opened = Callable[..., Page]

SPACE = "\N{NO-BREAK SPACE}"


def in_euros(text: str) -> str:
    return text.replace("€ ", f"€{SPACE}")


def test_an_invoice_is_entered_by_keyboard_and_its_sums_follow_what_is_typed(
    own_address: str, opened: Opened
) -> None:
    page = sign_in_by_keyboard(opened, own_address, OFFICER)
    page.goto(f"{own_address}/costs")
    follow(page, "Enter a cost")
    live = page.locator("output[data-cost]")
    fill(
        page,
        supplier="Werkplaats Leiden",
        invoice="W-77",
        description="Adapter plates",
        incurred_on="02-05-2024",
        gross="12,100.00",
        vat_rate="21",
    )
    whole = "Net € 10,000.00, VAT € 2,100.00, cost € 10,000.00; € 10,000.00 of it counts."
    expect(live).to_have_text(in_euros(whole))
    fill(page, deductible="60", ineligible="840.00")
    part = "Net € 10,000.00, VAT € 2,100.00, cost € 10,840.00; € 10,000.00 of it counts."
    expect(live).to_have_text(in_euros(part))
    fill(page, ineligible_for="Economic use", category="Materials", work_package="WP1")
    fill(page, without_because="Lost in the move of the office")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("p.note[role=status]")).to_contain_text(in_euros("€ 10,840.00"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("2024 HAND 1/1")
    expect(page.locator("main")).to_contain_text("VAT that does not come back")


def test_what_cannot_be_read_is_said_and_not_guessed(own_address: str, opened: Opened) -> None:
    page = sign_in_by_keyboard(opened, own_address, OFFICER)
    page.goto(f"{own_address}/costs/new")
    live = page.locator("output[data-cost]")
    fill(page, gross="1.250")
    expect(live).to_have_text("What it comes to follows when every amount can be read.")
    fill(page, vat_rate="21")
    tab_to_field(page, "gross")
    page.keyboard.press("Control+A")
    page.keyboard.type("-121.00")
    reversed_sums = "Net −€ 100.00, VAT −€ 21.00, cost −€ 100.00; −€ 100.00 of it counts."
    expect(live).to_have_text(in_euros(reversed_sums))


def test_an_order_is_entered_and_ended_by_keyboard(own_address: str, opened: Opened) -> None:
    page = sign_in_by_keyboard(opened, own_address, OFFICER)
    page.goto(f"{own_address}/obligations")
    follow(page, "Enter an order")
    fill(
        page,
        reference="PO-2026-001",
        supplier="Calibra BV",
        amount="12,500.00",
        description="Sensors",
        ordered_on="02-01-2026",
    )
    with page.expect_navigation():
        page.keyboard.press("Enter")
    follow(page, "PO-2026-001")
    fill(page, reason="The supplier stopped")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("h1 ~ .state")).to_have_text("Ended early")
