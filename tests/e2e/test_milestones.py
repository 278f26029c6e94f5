"""A project lead keeps milestones true, by keyboard alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.served import choose_language
from tests.e2e.test_funding import fill, follow, send, sign_in_by_keyboard, tab_to_field
from tracker.domain.policy import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    Opened = Callable[..., Page]


@pytest.fixture
def lead(opened: Opened, own_address: str) -> Page:
    page = sign_in_by_keyboard(opened, own_address, Role.PROJECT_LEAD)
    choose_language(page, "en")
    return page


def test_a_lead_moves_a_milestone_sees_what_follows_confirms_and_sees_the_history(
    lead: Page, own_address: str
) -> None:
    lead.goto(f"{own_address}/milestones")
    follow(lead, "M10 Process transferred to the second line")
    follow(lead, "Move")
    fill(lead, to_day="30-06-2028")
    follow(lead, "Show what follows")
    expect(lead.get_by_role("heading", level=2)).to_have_text(
        "What follows if M10 moves to 30 Jun 2028"
    )
    expect(lead.locator("dl.strip")).to_contain_text("1,855,000.00")
    expect(lead.get_by_text("UL-2 ends on 31 Dec 2027, before M10")).to_be_visible()
    tab_to_field(lead, "along")
    lead.keyboard.press("Space")
    follow(lead, "Show what follows with these")
    expect(lead.get_by_label("M11 GMP licence covers the second line")).to_be_checked()
    fill(lead, reason="The second pump was lost at sea")
    send(lead, "Move M10 to 30 Jun 2028")
    expect(lead.get_by_role("heading", level=1)).to_contain_text("M10")
    history = lead.get_by_role("region", name="History")
    expect(history.get_by_role("row").nth(1)).to_contain_text("Moved a milestone")
    expect(history).to_contain_text("The second pump was lost at sea")
    expect(lead.get_by_role("region", name="Moves and their reasons")).to_contain_text(
        "30 Jun 2028"
    )
    lead.goto(f"{own_address}/milestones/M11")
    expect(lead.get_by_role("region", name="Moves and their reasons")).to_contain_text(
        "13 Jan 2029"
    )
