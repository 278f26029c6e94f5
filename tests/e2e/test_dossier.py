"""The index of a dossier, opened from a folder: no network, no scripts, and every link leads."""

from __future__ import annotations

import hashlib
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import unquote
from zipfile import ZipFile

import pytest
from sqlalchemy.orm import Session

from tracker.actions import dossiers
from tracker.domain.actor import Actor
from tracker.domain.periods import period_named
from tracker.domain.policy import Role
from tracker.domain.report_jobs import JobKind, Wanted
from tracker.store.session import open_engine

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

TODAY = date(2025, 12, 31)
SPOKEN = {"nl": "Controledossier 2021", "en": "Audit dossier 2021"}


def unpacked(sample_file: Path, folder: Path, language: str) -> Path:
    """Make the dossier of a commitment of the sample, for a funder of a language."""
    engine = open_engine(f"sqlite:///{sample_file}")
    with Session(engine) as session:
        session.connection().exec_driver_sql("UPDATE funder SET report_language = ?", (language,))
        wanted = Wanted(JobKind.DOSSIER, "UL-1", "2021", TODAY)
        by = Actor("Fenna Officer", Role.FINANCE_OFFICER)
        made = dossiers.made(session, wanted, period_named("2021"), lambda *_: None, by=by)
        session.rollback()
    engine.dispose()
    with ZipFile(BytesIO(made[2])) as archive:
        archive.extractall(folder)
    return folder


@pytest.mark.parametrize("language", ["nl", pytest.param("en", marks=pytest.mark.long)])
def test_the_index_is_read_offline_and_each_link_leads_to_what_it_says(
    browser: Browser, sample_file: Path, tmp_path: Path, language: str
) -> None:
    folder = unpacked(sample_file, tmp_path, language)
    asked: list[str] = []
    context = browser.new_context(offline=True, java_script_enabled=False)
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto((folder / "index.html").as_uri())
    assert page.locator("h1").inner_text() == SPOKEN[language]
    assert page.locator("html").get_attribute("lang") == language
    links = page.locator("a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    sums = {name: seal for seal, _, name in (line.partition("  ") for line in lines)}
    assert {unquote(link) for link in links} == {name for name in sums if "/" in name}
    for link in links:
        found = hashlib.sha256((folder / unquote(link)).read_bytes()).hexdigest()
        assert found == sums[unquote(link)]
        assert found in page.locator("tr", has=page.locator(f'a[href="{link}"]')).inner_text()
    for folded in page.locator("details").all():
        folded.locator("summary").click()
    for width in (360, 640, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    told = page.locator("details").last.inner_text()
    assert {"nl": "Bracht een rapport uit", "en": "Issued a report"}[language] in told
    assert all(url.startswith("file:") for url in asked)
    context.close()
