"""The tracker by keyboard alone: everything can be reached, and where one is can be seen."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.e2e.served import EMAILS, OFFICER
from tracker.actions import sample

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    Opened = Callable[..., Page]

FOCUSED = """() => {
  const here = document.activeElement, style = getComputedStyle(here);
  const box = here.getBoundingClientRect();
  return {
    text: (here.innerText || here.name || here.id).trim(),
    tag: here.tagName,
    name: here.getAttribute("href") || here.id || here.value || "",
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.right > 0
      && box.top < innerHeight && box.left < innerWidth,
  };
}"""
MOST = 400  # presses of the tab key; more means that the focus is caught somewhere


def focused(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(FOCUSED)
    return found


def tab_to(page: Page, text: str) -> None:
    """Press the tab key until something with this text has the focus."""
    for _ in range(MOST):
        page.keyboard.press("Tab")
        if text in (focused(page)["text"], focused(page)["name"]):
            return
    raise AssertionError(f"{text} cannot be reached with the tab key")


def test_one_can_sign_in_and_out_without_a_mouse(opened: Opened, own_address: str) -> None:
    page = opened(own_address)
    expect(page.get_by_label("E-mail address")).to_be_focused()
    page.keyboard.type(EMAILS[OFFICER])
    page.keyboard.press("Tab")
    page.keyboard.type(sample.PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page).to_have_url(f"{own_address}/work")
    tab_to(page, "Sign out")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_the_first_press_offers_to_skip_to_the_content(opened_as: Opened) -> None:
    page = opened_as(OFFICER, "/overview")
    assert not page.locator(".skip").evaluate("link => link === document.activeElement")
    page.keyboard.press("Tab")
    link = focused(page)
    assert (link["name"], link["seen"]) == ("#content", True)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    inside = "document.getElementById('content').contains(document.activeElement)"
    assert page.evaluate(inside), "the next stop is past the menu"


@pytest.mark.parametrize(
    "way", ["/work", "/overview", "/costs", "/not-charged", "/milestones", "/reports", "/imports"]
)
def test_every_entry_of_the_menu_is_reached_and_followed(opened_as: Opened, way: str) -> None:
    page = opened_as(OFFICER, "/work" if way != "/work" else "/overview")
    tab_to(page, way)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_url(f"**{way}")
    expect(page.locator(".menu [aria-current=page]")).to_have_attribute("href", way)


def test_choosing_from_a_list_goes_nowhere_until_one_asks(opened_as: Opened) -> None:
    page = opened_as(OFFICER, "/costs")
    page.get_by_label("Year incurred").focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.wait_for_timeout(300)
    assert focused(page)["name"] == "year", "the focus was lost"
    tab_to(page, "Show")
    page.keyboard.press("Enter")
    page.wait_for_url("**year=2023**")


@pytest.mark.parametrize(
    ("path", "width"),
    [
        *product(
            ["/overview", "/commitments/NGF-1", "/imports", "/reports", "/milestones"], [1280]
        ),
        *product(["/overview", "/imports"], [360]),
    ],
)
def test_where_the_focus_is_can_be_seen(opened_as: Opened, path: str, width: int) -> None:
    page = opened_as(OFFICER, path, viewport={"width": width, "height": 800})
    stops = []
    for _ in range(MOST):
        page.keyboard.press("Tab")
        here = focused(page)
        if here["tag"] == "BODY":
            break
        assert here["seen"], here
        assert here["outlined"], here
        stops.append(here["name"])
    else:
        raise AssertionError("the focus does not come to an end of the page")
    reachable = page.locator("a[href], button, input:not([type=hidden]), select").count()
    assert len(stops) >= reachable


def test_a_focus_that_cannot_be_seen_would_be_found(opened_as: Opened) -> None:
    page = opened_as(OFFICER, "/overview")
    page.keyboard.press("Tab")
    assert focused(page)["outlined"]
    page.evaluate("document.activeElement.style.outline = 'none'")
    assert not focused(page)["outlined"]
    page.evaluate("document.activeElement.style.left = '-9999px'")
    assert not focused(page)["seen"]
