"""A table from the office's own software, by keyboard alone: from its columns to its receipt."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from reports.column_guides import template_columns
from tests.e2e.laid_out import faults_of
from tests.e2e.served import OFFICER
from tests.e2e.test_every_page import SCREENS
from tests.e2e.test_funding import fill, hand_in, sign_in_by_keyboard
from tests.e2e.test_journeys import until_done
from tests.e2e.test_keyboard import tab_to
from tests.waiting_files import ROWS, afas_csv
from tracker.domain.table_columns import TableKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    Opened = Callable[..., Page]


@pytest.fixture
def officer(opened: Opened, own_address: str) -> Page:
    return sign_in_by_keyboard(opened, own_address, OFFICER)


def press(page: Page, text: str) -> None:
    """Go to a button by its text, press it, and see what comes of it."""
    tab_to(page, text)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    until_done(page)


def test_an_export_is_brought_in_without_a_mouse(
    officer: Page, own_address: str, tmp_path: Path
) -> None:
    export = tmp_path / "mutaties.csv"
    export.write_bytes(afas_csv(ROWS[0].replace("Pipetten", "Buisjes"), *ROWS[1:]))
    officer.goto(f"{own_address}/imports/profiles/1/forget")
    press(officer, "Forget these columns")
    hand_in(officer, own_address, export)
    expect(officer.get_by_text("look like an export of AFAS")).to_be_visible()
    expect(officer.get_by_role("cell", name="Buisjes à € 60")).to_be_visible()  # cp1252 was read

    fill(officer, column_3="Not used")
    press(officer, "Look at what would be kept")
    expect(officer.locator(".summary")).to_contain_text("No column is chosen for “Account”.")
    expect(officer.locator("[name=column_7]")).to_have_value("credit")  # the rest stays
    fill(officer, column_3="Account", name="AFAS")
    press(officer, "Look at what would be kept")

    fill(officer, expected="1,568.46")
    press(officer, "Compare the totals")
    row = officer.get_by_role("row").filter(has_text="Total that the office expects")
    expect(row).to_contain_text("Differs")
    expect(row).to_contain_text("−0.01")
    fill(officer, expected="1,568.45")
    press(officer, "Compare the totals")
    expect(row).to_contain_text("The same")

    press(officer, "Bring in 4 new lines")
    expect(officer.get_by_role("heading", level=1)).to_have_text("Receipt: mutaties.csv")
    expect(officer.get_by_text("4 new, 0 the same.")).to_be_visible()
    expect(officer.locator("button[data-print]")).to_be_visible()

    hand_in(officer, own_address, export)
    expect(officer.get_by_text("brought in before; nothing changed")).to_be_visible()
    export.write_bytes(export.read_bytes() + b"\r\n")
    hand_in(officer, own_address, export)
    fill(officer, expected="1,568.45")
    press(officer, "Compare the totals")
    expect(officer.get_by_text("0 new, 0 changed, 4 the same, 0 suspicious")).to_be_visible()


def test_a_workbook_with_bad_cells_comes_back_with_a_comment_on_each(
    officer: Page, own_address: str, tmp_path: Path
) -> None:
    path = tmp_path / "kosten.xlsx"
    with officer.expect_download() as coming:
        officer.goto(f"{own_address}/imports")
        tab_to(officer, "/imports/templates/costs.xlsx")
        officer.keyboard.press("Enter")
    book = openpyxl.load_workbook(BytesIO(coming.value.path().read_bytes()))
    sheet = book.worksheets[0]
    columns = {str(cell.value).partition(" (")[0]: at for at, cell in enumerate(sheet[3], 1)}
    for name, value in (("Account", "4200"), ("Booked on", "soon"), ("Amount", "1.2.3")):
        sheet.cell(4, columns[name], value)
    sheet.cell(4, columns["Work package"], "WP1")
    book.save(path)

    hand_in(officer, own_address, path)
    expect(officer.get_by_role("alert")).to_contain_text("kosten.xlsx was refused")
    places = officer.locator(".findings .place")
    expect(places).to_have_count(2)
    with officer.expect_download() as coming:
        tab_to(officer, "Download the file with the findings in it")
        officer.keyboard.press("Enter")
    returned = openpyxl.load_workbook(BytesIO(coming.value.path().read_bytes()))
    commented = {
        cell.value for row in returned.worksheets[0].iter_rows(4, 4) for cell in row if cell.comment
    }
    assert commented == {"soon", "1.2.3"}
    assert len(returned.worksheets) == len(book.worksheets) + 1


def test_a_file_may_be_dropped_on_the_page_and_too_much_is_said_before_it_is_sent(
    officer: Page, own_address: str
) -> None:
    officer.goto(f"{own_address}/imports")
    drop = """count => {
      const dropped = new DataTransfer();
      for (let at = 0; at < count; at++) dropped.items.add(new File(["x"], `${at}.csv`));
      const event = { dataTransfer: dropped, bubbles: true, cancelable: true };
      for (const kind of ["dragover", "drop"]) dispatchEvent(new DragEvent(kind, event));
      const input = document.querySelector("#files");
      return [input.files.length, input.validationMessage];
    }"""
    assert officer.evaluate(drop, 2) == [2, ""]
    count, complaint = officer.evaluate(drop, 21)
    assert count == 21
    assert complaint.startswith("At most 20 files at a time")


def test_the_button_says_what_is_done_with_what_is_chosen(opened_as: Opened) -> None:
    page = opened_as(OFFICER, "/imports/12")
    button = page.locator("[data-bring]")
    expect(button).to_have_text("Bring in 5 new lines")
    page.get_by_label("Leave out 71 90/1").check()
    expect(button).to_have_text("Bring in 5 new lines, leave out 1")
    page.get_by_label("Leave out 71 90/1").uncheck()
    expect(button).to_have_text("Bring in 5 new lines")


def test_changed_milestones_are_looked_at_and_applied_without_a_mouse(
    officer: Page, own_address: str, tmp_path: Path
) -> None:
    answer = officer.request.get(f"{own_address}/imports/templates/milestones.xlsx")
    book = openpyxl.load_workbook(BytesIO(answer.body()))
    sheet = book.worksheets[0]
    columns = [column.code for column in template_columns(TableKind.MILESTONES)]
    current, met_on = columns.index("current") + 1, columns.index("met_on") + 1
    row = next(at for at in range(4, 40) if not sheet.cell(at, met_on).value)
    sheet.cell(row, current).value = date(2031, 5, 17)
    table = tmp_path / "milestones.xlsx"
    book.save(table)
    hand_in(officer, own_address, table)
    changed = officer.get_by_role("row").filter(has_text=str(sheet.cell(row, 1).value))
    expect(changed).to_contain_text("Planned for")
    expect(changed.locator("ins")).to_contain_text("2031")
    for width in SCREENS:
        officer.set_viewport_size({"width": width, "height": 740})
        assert faults_of(officer) == [], width
    assert Axe().run(officer).response["violations"] == []
    fill(officer, reason="The permit came late")
    officer.get_by_label("Apply the changed rows").focus()
    officer.keyboard.press("Space")
    press(officer, "Apply 1 change")
    expect(officer.get_by_role("heading", level=1)).to_have_text("Receipt: milestones.xlsx")
    officer.goto(f"{own_address}/milestones/{sheet.cell(row, 1).value}")
    expect(officer.get_by_text("The permit came late").first).to_be_visible()
