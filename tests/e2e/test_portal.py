"""A funder takes its report, checks it, and returns it; anybody may check it too."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from tests.actions.issued import issue, withdraw
from tests.e2e.laid_out import faults_of
from tests.e2e.served import OFFICER, VIEWER, choose_language, served, sign_in
from tests.e2e.test_every_page import SCREENS, findings_of
from tracker.store.session import open_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

    Opened = Callable[..., Page]

TODAY = date(2026, 1, 15)


@pytest.fixture(scope="module")
def issued_file(sample_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample in which a report was issued to the viewer's funder, withdrawn, issued anew."""
    copy = shutil.copyfile(sample_file, tmp_path_factory.mktemp("issued") / "tracker.db")
    engine = open_engine(f"sqlite:///{copy}")
    with Session(engine) as session:
        withdraw(session, issue(session, today=TODAY))
        issue(session, today=TODAY)
    engine.dispose()
    with closing(sqlite3.connect(copy)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return copy


@pytest.fixture
def issuing_address(issued_file: Path, tmp_path: Path) -> Iterator[str]:
    """A tracker of that sample, of one test's own."""
    copy = shutil.copyfile(issued_file, tmp_path / "tracker.db")
    with served(f"sqlite:///{copy}") as address:
        yield address


@pytest.mark.parametrize("has_scripts", [True, False])
def test_a_funder_takes_checks_and_returns_its_report(
    opened: Opened, issuing_address: str, tmp_path: Path, *, has_scripts: bool
) -> None:
    page = opened(issuing_address, java_script_enabled=has_scripts)
    sign_in(page, VIEWER)
    choose_language(page, "en")
    expect(page.get_by_role("heading", name="Issued reports")).to_be_visible()
    page.get_by_role("link", name="Statement of costs NGF-1 2021, version 2").click()
    if has_scripts:
        shuts_nobody_out(page)
    file = taken(page, "pdf", tmp_path)
    taken(page, "json", tmp_path)  # the page stays, and its buttons work on
    taken(page, "All of NGF-1 over 2021", tmp_path)

    stranger = opened(f"{issuing_address}/verify", java_script_enabled=has_scripts)
    choose_language(stranger, "en")
    check(stranger, file, "version 2")
    expect(stranger.locator("main")).not_to_contain_text("NGF-1")
    file.write_bytes(file.read_bytes()[:-1])
    check(stranger, file, "no file that we issued")

    page.get_by_label("Your comment").fill("Two invoices are not ours.")
    page.get_by_role("button", name="Return it").dblclick()  # and once is it returned
    expect(page.get_by_text("You returned version 2.")).to_be_visible()
    expect(page.get_by_role("button", name="Accept")).to_have_count(0)

    officer = opened(f"{issuing_address}/sign-in", java_script_enabled=has_scripts)
    sign_in(officer, OFFICER)
    choose_language(officer, "en")
    expect(officer.get_by_text("Two invoices are not ours").first).to_be_visible()
    officer.goto(f"{issuing_address}/issued")
    officer.get_by_role("link", name="Statement of costs NGF-1 2021, version 2").click()
    downloads = officer.get_by_role("region", name="Downloads")
    expect(downloads.locator("tbody tr")).to_have_count(4)  # the zip holds two versions
    expect(downloads).to_contain_text("funder@sample.example")


def shuts_nobody_out(page: Page) -> None:
    """Look at a page of a version, which no page of the sample is for a funder."""
    for width in SCREENS:
        page.set_viewport_size({"width": width, "height": 740})
        assert faults_of(page) == [], width
    assert findings_of(page) == []


def taken(page: Page, name: str, folder: Path) -> Path:
    """Press a button that hands a file out, and keep the file."""
    with page.expect_download() as found:
        page.get_by_role("button", name=name).click()
    path = folder / found.value.suggested_filename
    found.value.save_as(path)
    if path.suffix != ".zip":
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        expect(page.get_by_role("region", name="Files")).to_contain_text(digest)
    return path


def check(page: Page, file: Path, told: str) -> None:
    """Ask of a file whether it is one of ours."""
    page.get_by_label("The file").set_input_files(file)
    page.get_by_role("button", name="Check it").click()
    expect(page.locator(".note[role=status]")).to_contain_text(told)
