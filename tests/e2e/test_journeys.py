"""What each role does with the tracker, in a real browser, from signing in to signing out."""

from __future__ import annotations

import json
import re
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Error, expect

from tests.e2e.served import ADMINISTRATOR, OFFICER, VIEWER, sign_in
from tracker.actions import sample
from tracker.domain.policy import Role

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    Opened = Callable[..., Page]

KEEPS = re.compile("^(Bring in|Keep the receipt)")
PATIENCE = 180  # seconds for a job: a busy machine is slow
SETTLED = "document.readyState === 'complete' && !document.querySelector('[data-standing]')"
BOOKS = [
    *("Work list", "Calendar", "Reminders"),
    *("Overview", "Commitments", "Funders", "Financing", "In kind", "Receipts"),
    *("Imports", "Cost lines", "Orders", "Split rules", "Not charged", "Periods"),
    *("Reconciliation", "Forecast", "Outlook", "Scenarios", "Milestones"),
    *("Funder reports", "Issued reports", "Reports"),
]
LANDINGS = {
    Role.FINANCE_OFFICER: ("/work", BOOKS),
    Role.CONTROLLER: ("/work", [*BOOKS, "Audit trail"]),
    Role.DIRECTOR: ("/overview", BOOKS),
    Role.FUNDER_VIEWER: (
        "/overview",
        ["Calendar", "Reminders", "Overview", "Commitments", "Issued reports"],
    ),
    Role.AUDITOR: ("/costs", [*(way for way in BOOKS if way != "Scenarios"), "Audit trail"]),
    Role.ADMINISTRATOR: ("/people", ["Reminders", "People", "Audit trail"]),
}
NOT_A_FUNDERS = """
    /commitments/PZH-1 /reports /reports/statement/NGF-1/2023 /reports/statement/PZH-1/2023
    /funder-reports /issued/1 /reports/statement/UL-1/2023.xlsx
    /reports/statement/UL-1/2023.pdf /reports/statement/RMX-C/2023.json /costs /costs/1
    /costs/export.csv /work /not-charged /milestones /imports /people /audit-trail
""".split()
HOURS = "Partner;Datum;Werkpakket;Uren;Tarief;Omschrijving\r\n"
NEW_HOURS = (
    HOURS
    + "Biomaterials BV;15-12-2025;WP3;10,00;60,00;Metingen à € 60\r\n"
    + "Kapsel & Cel NV;16-12-2025;WP4;7,50;61,25;Inzet onderzoekers\r\n"
)  # 600.00 and 459.375, which is 459.38
WRONG_HOURS = (
    HOURS
    + "Biomaterials BV;31-02-2025;WP3;10,00;60,00;No such day\r\n"
    + "Biomaterials BV;15-12-2025;WP3;ten;60,00;No number\r\n"
)


def menu_of(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Main menu").get_by_role("link")


def in_english(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.parametrize("role", LANDINGS)
def test_each_role_lands_where_its_work_is(opened: Opened, own_address: str, role: Role) -> None:
    page = opened(own_address)
    expect(page).to_have_url(f"{own_address}/sign-in")
    sign_in(page, role)
    landing, menu = LANDINGS[role]
    expect(page).to_have_url(own_address + landing)
    in_english(page)
    expect(menu_of(page)).to_have_text(menu)
    # That every entry answers every role is seen without a browser.
    for entry in menu if role in (OFFICER, VIEWER) else menu[:2]:
        page.get_by_role("navigation", name="Main menu").get_by_role(
            "link", name=entry, exact=True
        ).click()
        expect(page.get_by_role("link", name=entry, exact=True).first).to_have_attribute(
            "aria-current", "page"
        )
        expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_wrong_password_is_refused_and_the_address_stays(opened: Opened, address: str) -> None:
    page = opened(f"{address}/sign-in")
    page.get_by_label("E-mail address").fill("finance@sample.example")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("is not right")
    expect(page.get_by_label("E-mail address")).to_have_value("finance@sample.example")
    expect(page.get_by_label("Password")).to_have_value("")


def test_signing_in_leads_on_to_the_page_that_was_asked_for(opened: Opened, address: str) -> None:
    page = opened(f"{address}/costs?year=2023&category=travel")
    sign_in(page, OFFICER)
    expect(page).to_have_url(f"{address}/costs?year=2023&category=travel")


def test_after_signing_out_nothing_can_be_seen(opened: Opened, own_address: str) -> None:
    page = opened(own_address)
    sign_in(page, OFFICER)
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{own_address}/sign-in")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.goto(f"{own_address}/overview")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_finance_officer_brings_in_hours_and_charges_them(
    opened: Opened, own_address: str, tmp_path: Path
) -> None:
    hours = tmp_path / "in-kind-december.csv"
    hours.write_bytes(NEW_HOURS.encode("cp1252"))
    page = opened(own_address)
    sign_in(page, OFFICER)
    page.get_by_role("link", name="Imports").click()

    look_at(page, hours)
    expect(page.get_by_text("2 new, 0 changed, 0 the same, 0 suspicious")).to_be_visible()
    expect(page.get_by_text("€ 1,059.38")).to_be_visible()
    keep(page)
    expect(page.get_by_text("2 new, 0 the same.")).to_be_visible()
    expect(page.get_by_role("region", name="What was kept")).to_contain_text("1,059.38")
    page.get_by_role("link", name="Imports").first.click()
    look_at(page, hours)
    expect(page.get_by_text("brought in before; nothing changed")).to_be_visible()

    page.get_by_role("link", name="Work list").click()
    expect(page.get_by_text("Cost lines that wait to be charged: 2")).to_be_visible()
    page.get_by_role("link", name="Imports").click()
    page.get_by_role("button", name="Charge what is not charged yet").click()
    expect(page.get_by_role("status").first).to_contain_text(
        "2 cost lines were judged: € 1,059.38 charged, € 0.00 left"
    )
    # 353,280.00 of the sample and 1,059.38 of the new hours
    page.get_by_role("link", name="Overview", exact=True).click()
    awards = page.get_by_role("region", name="Commitments", exact=True)
    row = awards.get_by_role("row").filter(has=page.get_by_role("link", name="RMX-K"))
    expect(row).to_contain_text("354,339.38")
    page.goto(f"{own_address}/reports/statement/RMX-K/2025-Q4")
    lines = page.get_by_role("region", name="Cost lines")
    expect(lines).to_contain_text("Metingen à € 60")
    expect(lines).to_contain_text("459.38")


def look_at(page: Page, *files: Path, has_scripts: bool = True) -> None:
    """Hand files in, and wait until they have been read."""
    page.get_by_label("Ledgers (XAF)").set_input_files(list(files))
    with page.expect_navigation():
        page.get_by_role("button", name="Look at these files").click()
    until_done(page, has_scripts=has_scripts)


def keep(page: Page, *, has_scripts: bool = True) -> None:
    """Keep the file whose preview is shown, and wait for its receipt."""
    with page.expect_navigation():
        page.get_by_role("button", name=KEEPS).click()
    until_done(page, has_scripts=has_scripts)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Receipt: ")


def until_done(page: Page, *, has_scripts: bool = True) -> None:
    """Wait for the jobs that the page shows; without scripts, by looking again."""
    patient_until = time.monotonic() + PATIENCE
    while not has_settled(page):
        assert time.monotonic() < patient_until, "the job does not come to an end"
        page.wait_for_timeout(200)
        if not has_scripts:
            with page.expect_navigation():
                page.get_by_role("link", name="Look again").click()


def has_settled(page: Page) -> bool:
    """Tell whether a whole page is there, and nothing on it is still under way."""
    with suppress(Error):  # it is just being replaced by its next look
        return bool(page.evaluate(SETTLED))
    return False


def test_a_file_that_is_wrong_is_refused_with_the_place_and_the_remedy(
    opened: Opened, own_address: str, tmp_path: Path
) -> None:
    hours, ledger, fine = (tmp_path / name for name in ("hours.csv", "2023.xaf", "fine.csv"))
    hours.write_bytes(WRONG_HOURS.encode("cp1252"))
    fine.write_bytes(NEW_HOURS.encode("cp1252"))
    books = (sample.FILES / "auditfile-2023.xaf").read_text("utf-8")
    declared = re.search("<linesCount>([0-9]+)</linesCount>", books)
    assert declared
    ledger.write_text(books.replace(declared[0], "<linesCount>7</linesCount>"), "utf-8")
    page = opened(f"{own_address}/imports")
    sign_in(page, OFFICER)
    expect(page.get_by_role("heading", level=1)).to_have_text("Imports")

    look_at(page, hours, ledger, fine)
    on_their_way = page.get_by_role("region", name="On their way")
    expect(on_their_way.get_by_role("row").filter(has_text="Refused")).to_have_count(3)
    on_their_way.get_by_role("link", name="2023.xaf").click()
    expect(page.locator(".findings")).to_contain_text(f"{int(declared[1]):,}")
    expect(page.locator(".findings")).to_contain_text("The file declares 7 lines")

    page.goto(f"{own_address}/imports")
    on_their_way.get_by_role("link", name="hours.csv", exact=True).click()
    expect(page.locator(".findings").get_by_role("listitem")).to_have_count(2)
    expect(page.locator(".findings")).to_contain_text("B2")
    expect(page.locator(".findings")).to_contain_text("31-02-2025")
    expect(page.locator(".findings")).to_contain_text("D3")
    page.get_by_label("The corrected file").set_input_files(fine)  # on the page that complains
    page.get_by_role("button", name="Look at these files").click()
    until_done(page)
    keep(page)
    expect(page.get_by_text("2 new, 0 the same.")).to_be_visible()


def test_cost_lines_are_filtered_paged_and_opened(opened_as: Opened) -> None:
    page = opened_as(OFFICER, "/costs")
    in_english(page)
    expect(rows_on(page)).to_have_count(100)
    first = keys_on(page)
    page.get_by_role("link", name="Next 100").click()
    page.wait_for_url("**after=*")
    second = keys_on(page)
    assert not set(first) & set(second)
    page.get_by_role("link", name="Previous").first.click()
    page.wait_for_url("**before=*")
    assert keys_on(page) == first

    show(page, "Year incurred", "2023")
    show(page, "Category", "travel")
    expect(page.get_by_text("28 lines, € 76,728.74")).to_be_visible()
    page.get_by_label("Supplier, description, document").fill("creditnota")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**text=creditnota**")
    expect(rows_on(page)).to_have_count(1)

    (key,) = keys_on(page)
    page.get_by_role("link", name=key).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(key)
    page.wait_for_load_state()
    split = page.get_by_role("table").first
    amounts = [
        cents(text)
        for text in split.locator("tbody tr td.is-money:nth-of-type(4)").all_inner_texts()
    ]
    total = cents(split.locator("tfoot td.is-money").first.inner_text())
    assert amounts
    assert sum(amounts) == total < 0


def show(page: Page, filter_name: str, wish: str) -> None:
    page.get_by_label(filter_name).select_option(wish)
    with page.expect_navigation():
        page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url(f"**={wish}**")


def rows_on(page: Page) -> Locator:
    return page.locator("main tbody tr").get_by_role("rowheader")


def keys_on(page: Page) -> list[str]:
    return rows_on(page).all_inner_texts()


def cents(text: str) -> int:
    return int(re.sub("[^0-9-]", "", text.replace("−", "-").replace("–", "0")) or 0)


@pytest.mark.parametrize(
    ("name", "ending", "begins"),
    [("Workbook", "xlsx", b"PK"), ("PDF", "pdf", b"%PDF-"), ("JSON", "json", b"{")],
)
def test_a_statement_is_downloaded(
    opened_as: Opened, name: str, ending: str, begins: bytes
) -> None:
    page = opened_as(OFFICER, "/reports")
    in_english(page)
    page.get_by_label("Commitment", exact=True).select_option("RMX-C")
    page.get_by_label("Period", exact=True).select_option("2023-Q2")
    page.get_by_role("button", name="Show report").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Statement of costs 2023-Q2")
    with page.expect_download(timeout=PATIENCE * 1000) as coming:
        page.get_by_role("link", name=name, exact=True).click(timeout=PATIENCE * 1000)
    assert coming.value.suggested_filename == f"NECST_RMX-C_2023-Q2.{ending}"
    content = coming.value.path().read_bytes()
    assert content.startswith(begins)
    if ending == "json":
        assert json.loads(content)["as_of"] == "2023-06-30"


def test_a_funder_sees_its_own_awards_and_nobody_elses(opened_as: Opened, address: str) -> None:
    page = opened_as(VIEWER, "/overview")
    in_english(page)
    rows = page.get_by_role("region", name="Commitments", exact=True).locator("tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("NGF-1")
    rows.get_by_role("link", name="NGF-1").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("National Growth Fund")
    expect(page.get_by_role("link", name="Statement of 2025")).to_have_count(0)
    page.get_by_role("link", name="Issued reports").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Issued reports")
    for path in NOT_A_FUNDERS:
        answer = page.goto(address + path)
        assert answer, path
        assert answer.status == 404, path
        assert "Province" not in page.locator("main").inner_text()


def test_an_administrator_lets_somebody_in(opened: Opened, own_address: str) -> None:
    page = opened(own_address)
    sign_in(page, ADMINISTRATOR)
    page.get_by_label("Name", exact=True).fill("Saskia Province")
    page.get_by_label("E-mail address").fill("saskia@province.example")
    page.get_by_label("Role").select_option("funder_viewer")
    page.get_by_label("Language").last.select_option("en")
    page.get_by_label("First password").fill("a bridge over water")
    page.get_by_role("button", name="Let this person in").click()
    expect(page.locator("[aria-invalid=true]")).to_have_count(1)  # a viewer of which funder
    expect(page.get_by_label("Name", exact=True)).to_have_value("Saskia Province")
    page.get_by_label("Funder").select_option(label="Province South Holland")
    page.get_by_label("First password").fill("a bridge over water")
    page.get_by_role("button", name="Let this person in").click()
    expect(page.get_by_role("status").first).to_contain_text("Saskia Province can sign in now.")

    theirs = opened(own_address)
    theirs.get_by_label("E-mail address").fill("saskia@province.example")
    theirs.get_by_label("Password").fill("a bridge over water")
    theirs.get_by_role("button", name="Sign in").click()
    expect(theirs.get_by_role("region", name="Commitments")).to_contain_text("PZH-1")
    row = page.get_by_role("row").filter(has_text="saskia@province.example")
    row.get_by_role("button", name="Shut this person out").click()
    expect(row).to_contain_text("Shut out")
    theirs.goto(f"{own_address}/overview")
    expect(theirs.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_the_language_changes_and_is_remembered(opened: Opened, own_address: str) -> None:
    page = opened(f"{own_address}/overview")
    page.get_by_role("button", name="Nederlands").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Inloggen")
    sign_in(page, OFFICER)  # whose own choice is English
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    page.get_by_role("button", name="Nederlands").click()
    expect(page).to_have_url(f"{own_address}/overview")
    expect(page.get_by_role("heading", level=1)).to_have_text("Overzicht")
    expect(page.locator("main")).to_contain_text("€ 24.800.000,00")
    with page.expect_navigation():
        page.get_by_role("button", name="Uitloggen").click()
    page.goto(f"{own_address}/overview")
    sign_in(page, OFFICER)
    expect(page.get_by_role("heading", level=1)).to_have_text("Overzicht")
    in_english(page)
    expect(page.locator("main")).to_contain_text("€ 24,800,000.00")


def test_the_theme_is_the_systems_until_one_is_chosen(opened_as: Opened) -> None:
    page = opened_as(OFFICER, "/overview", color_scheme="dark", reduced_motion="reduce")
    in_english(page)
    assert brightness_of(page) < 60
    choose_theme(page, "Light", "light")
    assert brightness_of(page) > 200
    page.reload()
    assert brightness_of(page) > 200
    choose_theme(page, "Dark", "dark")
    page.emulate_media(color_scheme="light")
    assert brightness_of(page) < 60
    choose_theme(page, "Automatic", "system")
    assert brightness_of(page) > 200


def choose_theme(page: Page, name: str, theme: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()
    expect(page.locator("html")).to_have_attribute("data-theme", theme)


def brightness_of(page: Page) -> int:
    """How light the paper is, from 0 to 255."""
    drawn: int = page.evaluate(
        """() => {
          const canvas = document.createElement("canvas").getContext("2d");
          canvas.fillStyle = getComputedStyle(document.body).backgroundColor;
          canvas.fillRect(0, 0, 1, 1);
          return canvas.getImageData(0, 0, 1, 1).data[0];
        }"""
    )
    return drawn
