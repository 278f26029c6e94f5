"""A report is begun, written, looked at, approved by another, issued, returned and corrected."""

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
REASON = "De uren van december ontbreken."


def test_a_report_goes_from_its_first_word_to_its_second_version(
    opened: Opened, own_address: str
) -> None:
    officer = sign_in_by_keyboard(opened, own_address, OFFICER)
    address = begin_and_write(officer, own_address)
    controller = sign_in_by_keyboard(opened, own_address, CONTROLLER)
    approve(controller, address)
    issue_and_note_return(officer, address)
    correct(officer, address)


def begin_and_write(page: Page, address: str) -> str:
    """Begin a statement on PZH-1, explain what differs, write a text, and ask for review."""
    page.goto(f"{address}/funder-reports")
    page.get_by_label("Commitment").select_option("PZH-1")
    fill(page, first_day="01-01-2021", last_day="31-12-2021")
    follow(page, "Begin the report")
    expect(page.get_by_role("heading", name="Statement of costs PZH-1 2021")).to_be_visible()
    boxes = page.locator("textarea[id^='explain-']")
    for at in range(boxes.count()):
        boxes.nth(at).fill("De levering schoof door naar januari.")
        boxes.nth(at).locator("xpath=ancestor::form").get_by_role("button").click()
    page.get_by_role("link", name="Write In short").click()
    fill(page, said="Het jaar verliep **volgens plan**.")
    follow(page, "Show how it will print")
    expect(page.locator(".words strong")).to_have_text("volgens plan")
    follow(page, "Save")
    follow(page, "Ask for review")
    expect(page.get_by_text("Somebody else looks at the report now.").first).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    return page.url.partition("#")[0]


def approve(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator(".words strong")).to_have_text("volgens plan")
    page.locator("header form button").first.click()
    expect(page.get_by_role("status").first).to_be_visible()


def issue_and_note_return(page: Page, address: str) -> None:
    page.goto(address)
    follow(page, "Issue report")
    for _attempt in range(30):
        if page.get_by_role("heading", name="What was issued").count():
            break
        page.wait_for_timeout(1000)
        page.goto(address)
    expect(page.get_by_text("_v1.pdf").first).to_be_visible()
    page.get_by_role("link", name="Note the funder's answer").click()
    page.get_by_label("Returned by the funder").check()
    fill(page, said=REASON)
    follow(page, "Note the funder's answer")
    expect(page.get_by_text(REASON).first).to_be_visible()


def correct(page: Page, address: str) -> None:
    page.get_by_role("link", name="Correct", exact=True).click()
    fill(page, reason="De uren zijn geboekt.")
    follow(page, "Correct the report")
    expect(page.get_by_text("Next version").first).to_be_visible()
    expect(page.get_by_role("button", name="Ask for review")).to_be_visible()
    assert page.url.partition("#")[0] == address
