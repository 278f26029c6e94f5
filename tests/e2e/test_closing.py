"""A year is closed by one, and reopened by two; what is wrong in it is corrected on its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.served import OFFICER
from tests.e2e.test_funding import fill, follow, sign_in_by_keyboard
from tracker.domain.policy import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    Opened = Callable[..., Page]

CONTROLLER = Role.CONTROLLER


def test_a_year_is_closed_reopened_by_two_people_and_its_line_corrected(
    opened: Opened, own_address: str
) -> None:
    officer = sign_in_by_keyboard(opened, own_address, OFFICER)
    close_year(officer, own_address)
    controller = sign_in_by_keyboard(opened, own_address, CONTROLLER)
    reopen_year(officer, controller, own_address)
    cancel_line(officer, own_address)


def close_year(page: Page, address: str) -> None:
    page.goto(f"{address}/periods/2022")
    expect(page.get_by_role("heading", name="What is not finished")).to_be_visible()
    fill(page, reason="What is left was looked at line by line.")
    follow(page, "Close 2022")
    expect(page.get_by_text("2022 is closed.").first).to_be_visible()


def reopen_year(officer: Page, controller: Page, address: str) -> None:
    fill(officer, reason="The ledger of June was missing.")
    follow(officer, "Ask to reopen this period")
    expect(officer.get_by_text("so somebody else decides").first).to_be_visible()
    controller.goto(f"{address}/periods/2022")
    expect(controller.get_by_text("The ledger of June was missing.").first).to_be_visible()
    follow(controller, "Periode heropenen")
    officer.reload()
    expect(officer.get_by_role("button", name="Begin closing")).to_be_visible()


def cancel_line(page: Page, address: str) -> None:
    page.goto(f"{address}/costs/1")
    follow(page, "Cancelled invoice")
    fill(page, reason="It was never delivered.")
    follow(page, "Look what will happen")
    expect(page.get_by_role("heading", name="What will happen")).to_be_visible()
    expect(page.get_by_text("takes this one back; it counts in 2022")).to_be_visible()
    follow(page, "Correct the line")
    expect(page.get_by_text("It was never delivered.").first).to_be_visible()
    expect(page.get_by_text("settled").first).to_be_visible()
