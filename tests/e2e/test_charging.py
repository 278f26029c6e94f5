"""From a rule to a charge and back, by keyboard alone."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from tests.e2e.served import OFFICER
from tests.e2e.test_funding import fill, follow, send, sign_in_by_keyboard
from tests.e2e.test_keyboard import tab_to
from tracker.domain.entries import BY_HAND, Entry, Provenance
from tracker.store.entries import add_entry
from tracker.store.projects import categories_of, the_project, work_packages_of
from tracker.store.session import open_engine, transaction

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    Opened = Callable[..., Page]

SUPPLIER = "Weefkamer BV"


@pytest.fixture
def line(own_address: str, tmp_path: Path) -> int:
    """A cost that waits to be charged: € 500 for personnel in the newest open days."""
    assert own_address
    engine = open_engine(f"sqlite:///{tmp_path / 'tracker.db'}")
    with Session(engine) as session, transaction(session):
        project = the_project(session)
        package, key = next(iter(work_packages_of(session, project.id).items()))
        entry = Entry(
            incurred_on=date(2025, 9, 1),
            amount=50_000,
            category_id=categories_of(session, project.id)["personnel"],
            work_package_id=key,
            cost_centre=package,
            account="4000",
            supplier=SUPPLIER,
            document="D-1",
            invoice="F-1",
            description="Two days of weaving",
        )
        made = add_entry(session, project.id, entry, Provenance(journal=BY_HAND))
    engine.dispose()
    return made


@pytest.fixture
def officer(opened: Opened, own_address: str) -> Page:
    return sign_in_by_keyboard(opened, own_address, OFFICER)


def test_a_cost_is_charged_by_a_rule_taken_back_and_charged_by_hand_without_a_mouse(
    officer: Page, own_address: str, line: int
) -> None:
    enter_a_rule(officer, own_address)
    charge_what_was_shown(officer, own_address)
    officer.goto(f"{own_address}/costs/{line}")
    expect(officer.locator("main")).to_contain_text("NGF-1")
    take_it_back(officer)
    expect(officer.locator("main")).to_contain_text("500.00 is taken back from NGF-1")
    charge_it_by_hand(officer)
    expect(officer.locator("main")).to_contain_text("is charged to")


def enter_a_rule(page: Page, address: str) -> None:
    page.goto(f"{address}/split-rules")
    follow(page, "Enter a rule")
    page.wait_for_url("**/split-rules/new")
    page.keyboard.press("Shift+Tab")  # the first field may have the focus
    weight = page.get_by_label("NGF-1").first.get_attribute("name") or ""
    fill(page, name="Weaving", supplier=SUPPLIER, **{weight: "100"})
    send(page, "Keep this rule")
    expect(page.locator("tbody tr").first).to_contain_text(f"of supplier {SUPPLIER}")
    expect(page.locator("tbody tr").first).to_contain_text("500.00")


def charge_what_was_shown(page: Page, address: str) -> None:
    page.goto(f"{address}/split-rules")
    follow(page, "See what would be charged")
    page.wait_for_url("**/charge/preview")
    row = page.locator("tbody tr", has_text=SUPPLIER)
    expect(row).to_contain_text("NGF-1")
    button = page.locator("form button", has_text="Charge ").first
    tab_to(page, button.inner_text())
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("p.note").first).to_contain_text("judged")


def take_it_back(page: Page) -> None:
    link = page.locator("main a", has_text="Take back").first
    follow(page, link.get_attribute("href") or "")
    page.wait_for_url("**/take-back**")
    page.keyboard.press("Shift+Tab")
    fill(page, reason="Booked on the wrong award")
    send(page, "Take back")


def charge_it_by_hand(page: Page) -> None:
    expect(page.locator("#rooms")).to_be_visible()
    fill(page, commitment="NGF-1", amount="250.00")
    send(page, "Charge")
