"""A browser at the sample programme. Whatever a page complains of fails the test that met it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.e2e.served import CHROMIUM, launched, load_sample, served, sign_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, Response

    from tracker.domain.policy import Role

SECONDS = 60  # for a page to answer, and to come to what is expected; a busy machine is slow

expect.set_options(timeout=SECONDS * 1000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def sample_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's database, whole in one file."""
    folder = tmp_path_factory.mktemp("sample")
    load_sample(folder)
    with closing(sqlite3.connect(folder / "tracker.db")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder / "tracker.db"


@pytest.fixture(scope="session")
def address(sample_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The tracker that all tests look at; what they may change is languages and themes."""
    copy = shutil.copyfile(sample_file, tmp_path_factory.mktemp("served") / "tracker.db")
    with served(f"sqlite:///{copy}") as address:
        yield address


@pytest.fixture
def own_address(sample_file: Path, tmp_path: Path) -> Iterator[str]:
    """A tracker of one test's own, for deeds that change the books or the people."""
    copy = shutil.copyfile(sample_file, tmp_path / "tracker.db")
    with served(f"sqlite:///{copy}") as address:
        yield address


class Complaints(list[str]):
    """What a browser had to complain of: errors of scripts, of our policy, files that failed."""

    def listen_to(self, page: Page) -> None:
        page.on("console", lambda message: self._judge(message.type, message.text))
        page.on("pageerror", lambda error: self.append(f"script: {error}"))
        page.on("response", self._judge_response)

    def _judge(self, kind: str, text: str) -> None:
        # A page that answers 404 on purpose is told here too; files are judged by their response.
        if kind in {"error", "warning"} and not text.startswith("Failed to load resource"):
            self.append(f"console: {text}")

    def _judge_response(self, response: Response) -> None:
        if (
            not response.ok
            and response.status >= 400
            and not response.request.is_navigation_request()
        ):
            self.append(f"{response.status}: {response.url}")


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    complaints = Complaints()
    yield complaints
    assert complaints == []


@pytest.fixture
def opened(browser: Browser, complaints: Complaints) -> Iterator[Callable[..., Page]]:
    """Open a fresh browser at an address; it shares nothing with any other."""
    contexts: list[BrowserContext] = []

    def open_at(address: str, **settings: Any) -> Page:
        context = browser.new_context(**{"locale": "en-GB"} | settings)
        context.set_default_timeout(SECONDS * 1000)
        contexts.append(context)
        page = context.new_page()
        complaints.listen_to(page)
        page.goto(address)
        return page

    yield open_at
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def states(browser: Browser, address: str) -> Callable[[Role], Any]:
    """Give what a browser remembers after a role has signed in: each signs in once."""
    kept: dict[Role, Any] = {}

    def state_of(role: Role) -> Any:
        if role not in kept:
            context = browser.new_context()
            page = context.new_page()
            page.goto(f"{address}/sign-in")
            sign_in(page, role)
            kept[role] = context.storage_state()
            context.close()
        return kept[role]

    return state_of


@pytest.fixture
def opened_as(
    opened: Callable[..., Page], states: Callable[[Role], Any], address: str
) -> Callable[..., Page]:
    """Open a page of the shared tracker as somebody who signed in before."""

    def open_as(role: Role | None, path: str, **settings: Any) -> Page:
        known = {"storage_state": states(role)} if role else {}
        return opened(address + path, **known, **settings)

    return open_as
