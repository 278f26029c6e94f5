"""A report from its first word to the version that its funder accepts, by all who have a part."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import pytest
from playwright.sync_api import FilePayload, expect
from sqlalchemy.orm import Session

from tests.e2e.served import EMAILS, OFFICER, choose_language, sign_in, sign_in_as
from tests.e2e.test_funding import fill, follow, sign_in_by_keyboard
from tests.e2e.test_journeys import until_done
from tests.e2e.test_keyboard import tab_to
from tracker.actions import people
from tracker.domain.actor import Actor
from tracker.domain.people import NewPerson
from tracker.domain.policy import Role
from tracker.store.audit import history_of
from tracker.store.commitments import commitment_named
from tracker.store.funder_reports import of_report, reports_of
from tracker.store.session import open_engine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from tracker.domain.funder_reports import FunderReport

    Opened = Callable[..., Page]

CONTROLLER, DIRECTOR = Role.CONTROLLER, Role.DIRECTOR
PROVINCE, PASSWORD = "saskia@province.example", "a bridge over water"
NAME = "Statement of costs PZH-1 2021"
DIFFERS = 2
"""What the funder wants to know of that year: a late milestone, and costs that were not charged."""
LOOKS = "Somebody else looks at the report now."
APPROVED = "The report is approved, and may be issued."
REASON = "De uren van december ontbreken."
FACES = {"csv": b"PK", "json": b"{", "pdf": b"%PDF-", "xlsx": b"PK"}
ROOF = FilePayload(name="dak.png", mimeType="image/png", buffer=b"\x89PNG\r\n\x1a\n and the rest")
ONCE_EACH = {
    **dict.fromkeys(("begin report", "add report paper", "comment on report"), 1),
    **dict.fromkeys(("send report back", "approve report", "issue report", "return report"), 1),
    "ask review": 2,
    "correct report": 1,
    "write report": DIFFERS + 1,
}


@pytest.fixture
def database(own_address: str, tmp_path: Path) -> str:
    assert own_address
    return f"sqlite:///{tmp_path / 'tracker.db'}"


@pytest.fixture
def province(database: str) -> str:
    """Somebody of the funder of PZH-1, who may sign in."""
    engine = open_engine(database)
    with Session(engine) as session:
        funder = commitment_named(session, "PZH-1").funder_id
        new = NewPerson(PROVINCE, "Saskia", Role.FUNDER_VIEWER, PASSWORD, funder)
        session.rollback()
        people.add(session, new, by=Actor("tests", Role.ADMINISTRATOR))
    engine.dispose()
    return PROVINCE


def test_a_report_goes_from_its_first_word_to_an_accepted_version_without_a_mouse(
    opened: Opened, own_address: str, province: str, tmp_path: Path
) -> None:
    officer = sign_in_by_keyboard(opened, own_address, OFFICER)
    controller = sign_in_by_keyboard(opened, own_address, CONTROLLER)
    choose_language(controller, "en")
    address = begin(officer, own_address)
    explain(officer)
    write(officer)
    attach(officer)
    bring_out(officer, controller, address, 1)

    funder = opened(f"{own_address}/sign-in")
    sign_in_as(funder, province, PASSWORD)
    expect(funder.get_by_role("heading", name="Issued reports")).to_be_visible()
    expect(funder.locator("main")).not_to_contain_text("NGF-1")
    named(funder, f"{NAME}, version 1")
    files = {face: taken(funder, face, tmp_path) for face in FACES}
    stranger = opened(f"{own_address}/verify")
    told(stranger, files["pdf"], "It is the newest version, and was not withdrawn.")
    fill(funder, said=REASON)
    follow(funder, "Return it with this comment")
    expect(funder.get_by_text("You returned version 1.")).to_be_visible()

    correct(officer, own_address, address)
    bring_out(officer, controller, address, 2)
    told(stranger, files["pdf"], "It was followed by version 2: use that one.")
    told(stranger, files["xlsx"], "It was followed by version 2: use that one.")
    accept(funder, own_address)
    officer.goto(address)
    expect(officer.locator("header .state")).to_have_text("Accepted")


def named(page: Page, name: str) -> None:
    """Follow the link whose text ends so, what only listeners hear included."""
    link = page.get_by_role("link", name=name)
    follow(page, link.get_attribute("href") or "")


def begin(page: Page, address: str) -> str:
    """Begin a statement on PZH-1 over a year that is closed."""
    page.goto(f"{address}/funder-reports")
    fill(page, code="PZH-1", first_day="01-01-2021", last_day="31-12-2021")
    follow(page, "Begin the report")
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    expect(page.get_by_role("button", name="Ask for review")).to_have_count(0)
    return page.url.partition("#")[0]


def in_the_way(page: Page, count: int) -> None:
    heading = page.get_by_role("heading", name="What stands in the way")
    expect(heading).to_have_text(f"What stands in the way {count}")


def explain(page: Page) -> None:
    boxes = page.locator("textarea[id^='explain-']")
    expect(boxes).to_have_count(DIFFERS)
    for at in range(DIFFERS):
        in_the_way(page, DIFFERS - at)
        tab_to(page, boxes.nth(at).get_attribute("id") or "")
        page.keyboard.type("De levering schoof door naar januari.")
        page.keyboard.press("Tab")
        with page.expect_navigation():
            page.keyboard.press("Enter")
    in_the_way(page, 0)


def write(page: Page) -> None:
    """Write a text, look how it will print, and keep it."""
    named(page, "Write In short")
    fill(page, said="Het jaar verliep **volgens plan**.")
    follow(page, "Show how it will print")
    expect(page.locator(".words strong")).to_have_text("volgens plan")
    follow(page, "Save")
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    expect(page.locator(".words strong")).to_have_text("volgens plan")


def attach(page: Page) -> None:
    """Put a document with the report; the window in which a file is chosen is the system's."""
    fill(page, title="Dak")
    page.get_by_label("Document", exact=True).set_input_files([ROOF])
    follow(page, "Add the document")
    expect(page.get_by_role("link", name="Dak")).to_be_visible()


def bring_out(officer: Page, controller: Page, address: str, number: int) -> None:
    """Have the report approved by somebody else, and issue it."""
    officer.goto(address)
    follow(officer, "Ask for review")
    expect(officer.get_by_text(LOOKS)).to_be_visible()
    expect(officer.get_by_role("button", name="Approve")).to_have_count(0)
    controller.goto(address)
    expect(controller.locator(".words strong").first).to_have_text("volgens plan")
    follow(controller, "Approve")
    expect(controller.get_by_text(APPROVED)).to_be_visible()
    expect(controller.get_by_role("button", name="Issue report")).to_have_count(0)
    officer.goto(address)
    follow(officer, "Issue report")
    until_done(officer)
    expect(officer.get_by_role("heading", name="What was issued")).to_be_visible()
    expect(officer.get_by_text(f"_v{number}.pdf").first).to_be_visible()


def taken(page: Page, face: str, folder: Path) -> Path:
    """Take a file of the version that is shown: its bytes are those whose hash stands beside it."""
    with page.expect_download() as coming:
        tab_to(page, page.get_by_role("button", name=f"{face} NECST_").inner_text().strip())
        page.keyboard.press("Enter")
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    content = path.read_bytes()
    assert content.startswith(FACES[face])
    row = page.get_by_role("region", name="Files").get_by_role("row").filter(has_text=path.name)
    expect(row).to_contain_text(hashlib.sha256(content).hexdigest())
    return path


def told(page: Page, file: Path, said: str) -> None:
    """Ask whether a file is one of ours."""
    page.get_by_label("The file").set_input_files(file)
    follow(page, "Check it")
    expect(page.locator(".note[role=status]")).to_contain_text(said)


def correct(page: Page, address: str, report: str) -> None:
    """Find what the funder returned among one's work, and begin the next version of it."""
    page.goto(f"{address}/work")
    expect(page.get_by_text(REASON.removesuffix(".")).first).to_be_visible()
    page.goto(report)
    expect(page.get_by_text(f"Version 1 was returned by the funder: {REASON}")).to_be_visible()
    follow(page, "Correct")
    fill(page, reason="De uren zijn geboekt.")
    follow(page, "Correct the report")
    expect(page.get_by_text("Next version").first).to_be_visible()
    assert page.url.partition("#")[0] == report


def accept(page: Page, address: str) -> None:
    """See that the first version was followed, and accept the second."""
    page.goto(f"{address}/issued")
    rows = page.get_by_role("region", name="Issued reports").locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("Waits for your answer")
    expect(rows.nth(1)).to_contain_text("Followed by version 2.")
    expect(rows.nth(1).locator("s")).to_have_count(1)
    named(page, f"{NAME}, version 1")
    expect(page.get_by_role("button", name="Accept")).to_have_count(0)
    follow(page, "Look at the newest version")
    follow(page, "Accept the report")
    expect(page.get_by_text("You accepted version 2.")).to_be_visible()


class Desk(NamedTuple):
    """Somebody at work who clicks twice on every button."""

    page: Page
    has_scripts: bool

    def twice(self, button: Locator, told: Locator) -> None:
        """Click a button twice; with scripts its form is sent once."""
        sent: list[str] = []
        self.page.on("request", lambda request: sent.append(request.method))
        button.dblclick()
        expect(told.first).to_be_visible()
        self.page.wait_for_load_state()
        assert 1 <= sent.count("POST") <= (1 if self.has_scripts else 2)

    def press(self, name: str, told: Locator) -> None:
        """Click twice on the button of a name."""
        self.twice(self.page.get_by_role("button", name=name, exact=True), told)


@pytest.mark.parametrize("has_scripts", [True, pytest.param(False, marks=pytest.mark.long)])
def test_each_deed_is_done_once_however_often_its_button_is_clicked(
    opened: Opened, own_address: str, database: str, *, has_scripts: bool
) -> None:
    officer, controller = (
        seated(opened, own_address, role, has_scripts=has_scripts) for role in (OFFICER, CONTROLLER)
    )
    page = officer.page
    page.goto(f"{own_address}/funder-reports")
    page.get_by_label("Commitment", exact=True).select_option("PZH-1")
    page.get_by_label("From").fill("01-01-2021")
    page.get_by_label("Until").fill("31-12-2021")
    # Who sends it again, without scripts, is shown the list instead of the report.
    officer.press("Begin the report", page.locator("h1, tbody a").filter(has_text=NAME))
    address = f"{own_address}/funder-reports/{report_of(database).id}"
    prepare_twice(officer, address)
    look_twice(officer, controller, address)
    issue_twice(officer, address)
    assert deeds_of(database) == ONCE_EACH
    assert len(report_of(database).issues) == 1

    page.goto(f"{own_address}/funder-reports/1/withdraw")
    page.get_by_label("Reason").fill("Verkeerd jaar.")
    gone = page.get_by_text("Version 1 was withdrawn: Verkeerd jaar.")
    officer.press("Withdraw the report", gone)
    page.goto(f"{own_address}/funder-reports/3")
    officer.press("Drop the draft", page.get_by_text("The draft is dropped."))


def seated(opened: Opened, address: str, role: Role, *, has_scripts: bool) -> Desk:
    page = opened(f"{address}/sign-in", java_script_enabled=has_scripts)
    sign_in(page, role)
    choose_language(page, "en")
    return Desk(page, has_scripts)


def prepare_twice(officer: Desk, address: str) -> None:
    page = officer.page
    page.goto(address)
    boxes = page.locator("textarea[id^='explain-']")
    for at in range(DIFFERS):
        in_the_way(page, DIFFERS - at)
        boxes.nth(at).fill("De levering schoof door.")
        form = page.locator("tr form").filter(has=boxes).nth(at)
        officer.twice(form.get_by_role("button"), form.get_by_text(EMAILS[OFFICER]))
    page.goto(f"{address}/texts/text_summary")
    page.get_by_label("Text").fill("Alles **ging** goed.")
    officer.press("Save", page.get_by_role("heading", level=1, name=NAME))
    page.get_by_label("Title").fill("Dak")
    page.get_by_label("Document", exact=True).set_input_files([ROOF])
    officer.press("Add the document", page.get_by_role("link", name="Dak"))
    officer.press("Ask for review", page.get_by_text(LOOKS))


def look_twice(officer: Desk, controller: Desk, address: str) -> None:
    page = controller.page
    page.goto(address)
    page.get_by_label("Comment", exact=True).fill("Noem de dag.")
    controller.press("Add the comment", page.locator(".told", has_text="Noem de dag."))
    page.goto(f"{address}/send-back")
    page.get_by_label("Reason").fill("Te kort.")
    back = page.locator("header .state").filter(has_text="Draft")
    controller.press("Send the report back", back)
    officer.page.goto(address)
    officer.press("Ask for review", officer.page.get_by_text(LOOKS))
    page.goto(address)
    controller.press("Approve", page.get_by_text(APPROVED))


def issue_twice(officer: Desk, address: str) -> None:
    page = officer.page
    page.goto(address)
    officer.press("Issue report", page.locator("[data-standing], #issued"))
    until_done(page, has_scripts=officer.has_scripts)
    expect(page.get_by_text("_v1.pdf").first).to_be_visible()
    page.goto(f"{address}/answer")
    page.get_by_label("Returned by the funder").check()
    page.get_by_label("What it wrote").fill(REASON)
    officer.press("Note the funder's answer", page.get_by_text(f"by the funder: {REASON}"))
    page.goto(f"{address}/correct")
    page.get_by_label("Reason").fill("De uren zijn geboekt.")
    officer.press("Correct the report", page.get_by_text("Next version"))


def report_of(database: str) -> FunderReport:
    engine = open_engine(database)
    with Session(engine) as session:
        (found,) = [one for one in reports_of(session) if one.commitment == "PZH-1"]
    engine.dispose()
    return found


def deeds_of(database: str) -> Counter[str]:
    engine, report = open_engine(database), report_of(database)
    with Session(engine) as session:
        deeds = Counter(entry.did for entry in history_of(session, of_report(report)))
    engine.dispose()
    return deeds


def test_who_comes_second_is_told_what_the_first_did(opened: Opened, own_address: str) -> None:
    address = f"{own_address}/funder-reports/2"
    first, second = sign_in_by_keyboard(opened, own_address, CONTROLLER), opened(own_address)
    sign_in(second, DIRECTOR)
    for page in (first, second):
        choose_language(page, "en")
        page.goto(address)
    tab = first.context.new_page()  # the same person has it open twice
    tab.goto(address)
    first.get_by_role("button", name="Approve").click()
    expect(first.get_by_text(APPROVED)).to_be_visible()
    for page in (second, tab):
        page.get_by_role("button", name="Approve").click()
        expect(page.get_by_role("alert")).to_contain_text(EMAILS[CONTROLLER])
        expect(page.locator("header .state")).to_have_text("Approved")
        expect(page.get_by_role("button", name="Approve")).to_have_count(0)
