"""Money from its promise to the bank, by keyboard alone, by two people who check each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.served import EMAILS, OFFICER
from tests.e2e.test_journeys import until_done
from tests.e2e.test_keyboard import focused, tab_to
from tracker.actions import sample
from tracker.domain.policy import Role

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    Opened = Callable[..., Page]

IBAN = "NL91ABNA0417164300"
PAYER = "GB82WEST12345698765432"
STATEMENT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>
<GrpHdr><MsgId>1</MsgId><CreDtTm>2026-02-02T06:00:00</CreDtTm></GrpHdr>
<Stmt><Id>2026-02</Id><CreDtTm>2026-02-02T06:00:00</CreDtTm>
<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">0.00</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-02-01</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">40000.00</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-02-02</Dt></Dt></Bal>
<Ntry><Amt Ccy="EUR">40000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><Dt>2026-02-02</Dt></BookgDt><AcctSvcrRef>E2E-1</AcctSvcrRef>
<NtryDtls><TxDtls><RltdPties><Dbtr><Nm>Stichting Weefsel</Nm></Dbtr>
<DbtrAcct><Id><IBAN>{payer}</IBAN></Id></DbtrAcct></RltdPties>
<RmtInf><Ustrd>SW/2026/7 eerste termijn</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
</Stmt></BkToCstmrStmt></Document>
"""


def sign_in_by_keyboard(opened: Opened, address: str, role: Role) -> Page:
    page = opened(address)
    expect(page.locator("#email")).to_be_focused()  # which a browser may do after it has loaded
    page.keyboard.type(EMAILS[role])
    page.keyboard.press("Tab")
    page.keyboard.type(sample.PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("nav.menu")).to_be_visible()
    return page


def follow(page: Page, text: str) -> None:
    """Go to a link or a button by its text or address, and press it."""
    tab_to(page, text)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def fill(page: Page, **fields: str) -> None:
    """Fill in fields by name, in the order in which the tab key comes past them."""
    for name, text in fields.items():
        tab_to_field(page, name)
        if page.evaluate("document.activeElement.tagName") == "SELECT":
            choose(page, text)
        elif page.evaluate("document.activeElement.type") == "checkbox":
            page.keyboard.press("Space")
        else:
            page.keyboard.press("Control+A")
            page.keyboard.type(text)


def tab_to_field(page: Page, name: str) -> None:
    for _ in range(400):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == name:
            return
    raise AssertionError(f"{name} cannot be reached with the tab key")


def choose(page: Page, text: str) -> None:
    """Choose from a list with the arrows."""
    chosen = "document.activeElement.selectedOptions[0].text"
    page.keyboard.press("Home")
    for _ in range(60):
        if text in page.evaluate(chosen):
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{text} cannot be chosen")


def send(page: Page, button: str) -> None:
    tab_to(page, button)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(".field__errors li, .summary li")).to_have_text([])


def hand_in(page: Page, address: str, path: Path) -> None:
    """Choose a file with the keyboard, and wait until it has been read."""
    with page.expect_file_chooser() as chooser:  # said long before it is opened
        page.goto(f"{address}/imports")
        tab_to_field(page, "files")
        page.keyboard.press("Space")  # the window that opens is the system's
    chooser.value.set_files(path)
    send(page, "Look at these files")
    until_done(page)


@pytest.fixture
def officer(opened: Opened, own_address: str) -> Page:
    return sign_in_by_keyboard(opened, own_address, OFFICER)


@pytest.fixture
def controller(opened: Opened, own_address: str) -> Page:
    page = sign_in_by_keyboard(opened, own_address, Role.CONTROLLER)
    if page.locator("html").get_attribute("lang") != "en":
        tab_to(page, "English")
        page.keyboard.press("Enter")
        expect(page.locator("html")).to_have_attribute("lang", "en")
    return page


def test_a_promise_is_followed_to_its_last_euro_without_a_mouse(
    officer: Page, controller: Page, own_address: str, tmp_path: Path
) -> None:
    enter_a_funder(officer, own_address)
    enter_a_programme_from_a_preset(officer, own_address)
    enter_a_commitment(officer, own_address)
    have_it_confirmed(controller, own_address)
    amend_it(officer, own_address)
    have_it_confirmed(controller, own_address)
    plan_its_instalments(officer, own_address)
    bring_in_the_bank_statement(officer, own_address, tmp_path)
    officer.goto(f"{own_address}/commitments/SW-1/instalments")
    first = officer.locator("tbody tr").first
    expect(first).to_contain_text("Received")
    officer.goto(f"{own_address}/commitments/SW-1")
    expect(officer.locator("dl.strip")).to_contain_text("120,000.00")
    expect(officer.locator("dl.strip")).to_contain_text("40,000.00")


def enter_a_funder(page: Page, address: str) -> None:
    page.goto(f"{address}/funders")
    follow(page, "Enter a funder")
    page.wait_for_url("**/funders/new")
    fill(page, name="Stichting Weefsel", kind="Foundation", kvk="12345678", ibans=PAYER)
    send(page, "Enter this funder")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Stichting Weefsel")


def enter_a_programme_from_a_preset(page: Page, address: str) -> None:
    page.goto(f"{address}/programmes/new")
    fill(page, preset="Horizon Europe")
    send(page, "Fill in these terms")
    fill(page, funder_id="Stichting Weefsel", name="Weefsel 2026", first_day="01-01-2026")
    send(page, "Enter this programme")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Weefsel 2026")
    expect(page.locator("main")).to_contain_text("215")


def enter_a_commitment(page: Page, address: str) -> None:
    page.goto(f"{address}/commitments")
    follow(page, "/commitments/new")
    page.wait_for_url("**/commitments/new")
    page.keyboard.press("Shift+Tab")  # the first field has the focus
    fill(
        page,
        programme_id="Weefsel 2026",
        code="SW-1",
        reference="SW/2026/7",
        status="Awarded",
        decided_on="15-1-2026",
        amount="100,000.00",
        first_day="1-2-2026",
        last_day="31-12-2027",
        categories="personnel",
        reason="Award",
    )
    send(page, "Enter this commitment")
    expect(page.locator("main")).to_contain_text("counts nowhere")


def have_it_confirmed(page: Page, address: str) -> None:
    page.goto(f"{address}/work")
    matter = page.locator("main a", has_text="SW-1").first
    follow(page, matter.get_attribute("href") or "")
    page.wait_for_url("**/amendments/*")
    send(page, "Confirm")
    expect(page.locator("main")).to_contain_text("SW-1")


def amend_it(page: Page, address: str) -> None:
    page.goto(f"{address}/commitments/SW-1")
    follow(page, "Enter an amendment")
    page.wait_for_url("**/amend")
    page.keyboard.press("Shift+Tab")
    fill(page, decided_on="15-1-2026", amount="20,000.00", reason="More cells")
    expect(page.locator("main")).to_contain_text("120,000.00")
    send(page, "Save the draft")


def plan_its_instalments(page: Page, address: str) -> None:
    page.goto(f"{address}/commitments/SW-1/instalments")
    follow(page, "Plan the instalments")
    page.wait_for_url("**/instalments/change")
    page.locator("body").press("Home")
    rows = page.locator("tbody input[name^=due_on_]")
    keys = [(rows.nth(at).get_attribute("name") or "").rpartition("_")[2] for at in (0, 1)]
    fill(
        page,
        **{
            f"due_on_{keys[0]}": "1-2-2026",
            f"amount_{keys[0]}": "40,000.00",
            f"due_on_{keys[1]}": "1-2-2027",
            f"amount_{keys[1]}": "50,000.00",
        },
    )
    send(page, "Save the plan")


def bring_in_the_bank_statement(page: Page, address: str, folder: Path) -> None:
    statement = folder / "bank.xml"
    statement.write_text(STATEMENT.format(iban=IBAN, payer=PAYER), "utf-8")
    hand_in(page, address, statement)
    expect(page.locator("main")).to_contain_text("bank.xml")
    if page.locator("[name=reason]").count():
        fill(page, reason="As the bank sent it.")
    send(page, page.locator("[data-bring]").inner_text())
    until_done(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Receipt: bank.xml")


def test_what_cannot_be_stays_typed_and_says_why_at_the_field(
    officer: Page, own_address: str
) -> None:
    officer.goto(f"{own_address}/commitments/NGF-1/instalments/change")
    name = officer.locator("tbody input[name^=amount_]").first.get_attribute("name") or ""
    fill(officer, **{name: "9,900,000.00"})
    expect(officer.locator("output")).to_contain_text("7,200,000.00")
    follow(officer, "Save the plan")
    field = officer.locator(f"[name={name}]")
    expect(field).to_have_value("9,900,000.00")
    expect(officer.locator(".field__errors").first).to_be_visible()
    assert focused(officer)["tag"] != "BODY"
