"""Scripts only make pages better: everything works without them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.served import OFFICER, sign_in
from tests.e2e.test_journeys import NEW_HOURS, keep, look_at

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    Opened = Callable[..., Page]


def test_a_finance_officers_day_without_scripts(
    opened: Opened, own_address: str, tmp_path: Path
) -> None:
    hours = tmp_path / "hours.csv"
    hours.write_bytes(NEW_HOURS.encode("cp1252"))
    page = opened(own_address, java_script_enabled=False)
    sign_in(page, OFFICER)
    expect(page).to_have_url(f"{own_address}/work")

    page.get_by_role("link", name="Cost lines").click()
    page.get_by_label("Year incurred").select_option("2023")
    page.get_by_label("Category").select_option("travel")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("28 lines, € 76,728.74")).to_be_visible()
    page.get_by_role("link", name="Amount", exact=True).click()
    expect(page.locator("th[aria-sort]")).to_have_attribute("aria-sort", "descending")
    with page.expect_download() as coming:
        page.get_by_role("link", name="Export these lines").click()
    assert len(coming.value.path().read_text("utf-8-sig").splitlines()) == 29

    page.get_by_role("link", name="Imports").click()
    look_at(page, hours, has_scripts=False)
    keep(page, has_scripts=False)
    expect(page.get_by_text("2 new, 0 the same.")).to_be_visible()
    page.get_by_role("button", name="Charge what is not charged yet").click()
    expect(page.get_by_text("2 cost lines were judged")).to_be_visible()

    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("link", name="Reports", exact=True).click()
    page.get_by_label("Commitment", exact=True).select_option("RMX-K")
    page.get_by_label("Period", exact=True).select_option("2025-Q4")
    page.get_by_role("button", name="Show report").click()
    expect(page.get_by_role("region", name="Cost lines")).to_contain_text("459.38")
    page.get_by_role("button", name="Nederlands").click()
    expect(page.locator("html")).to_have_attribute("lang", "nl")
    expect(page).to_have_url(f"{own_address}/reports/statement/RMX-K/2025-Q4")
