"""What holds for every page, and for the words on it."""

from __future__ import annotations

from collections import defaultdict
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from babel.messages.extract import extract_from_dir

from reports.words import translations_for
from tests.web.routes import PAGES
from tracker.domain.policy import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient

ROOT = Path(__file__).parents[2]
EMPTY = {"area", "br", "col", "hr", "img", "input", "link", "meta"}
MARKS = {"_": None, "say": (1,), "translate": (1,), "Sentence": (1,), "plural": (2, 3)}


def faults_of(tag: str, given: dict[str, str]) -> list[str]:
    """What no element may be or carry."""
    faults = [f"{name} on <{tag}>" for name in given if name == "style" or name[:2] == "on"]
    if tag == "style" or (tag == "script" and "src" not in given):
        faults.append(f"<{tag}> within the page")
    if tag == "th" and "scope" not in given:
        faults.append("<th> without a scope")
    return faults


REPEATABLE = frozenset(
    """security.login security.logout preferences.language preferences.theme projects.choose
    people.set_active waivers.approve waivers.end reporting_periods.confirm reporting_periods.drop
    splitting.move_up splitting.move_down splitting.end imports.bring_in intakes.cancel
    intakes.begin_anew mappings.choose mappings.read_as report_jobs.ask report_jobs.cancel
    report_jobs.retry issued.download issued.download_period consortium.download""".split()
)
"""What may be sent again: it finds its work done, knows a file again, or hands one out."""


ALIKE = 3
"""How many links are followed of those that lead to one page with the same wishes."""


class Page(HTMLParser):
    """Reads a page and notes what no page may have."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.refers: list[str] = []
        self.links: list[str] = []
        self.forms: list[str] = []
        self.without_key: list[str] = []
        self.headings: list[str] = []
        self.feed(text)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self.open]
        self.faults += [f"id {i} stands twice" for i in set(self.ids) if self.ids.count(i) > 1]
        self.faults += [f"there is no id {i}" for i in self.refers if i not in self.ids]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in EMPTY:
            self.open.append(tag)
        self.ids += [given["id"]] if "id" in given else []
        for name in ("for", "aria-labelledby", "aria-describedby"):
            self.refers += given.get(name, "").split()
        self.faults += faults_of(tag, given)
        self.note(tag, given)

    def note(self, tag: str, given: dict[str, str]) -> None:
        match tag:
            case "a":
                self.links.append(given.get("href", ""))
            case "h1":
                self.headings.append(tag)
            case "form" if given.get("method") == "post":
                self.forms.append("without a token")
                self.without_key.append(given.get("action", ""))
            case "input" if given.get("name") == "once" and self.without_key:
                self.without_key.pop()
            case "input" if given.get("name") == "csrf_token" and self.forms:
                self.forms[-1] = "with a token"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in EMPTY:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1:]}")
        if tag in self.open:
            while self.open.pop() != tag:
                pass


@pytest.fixture(scope="module")
def seen() -> dict[Role, dict[str, Page]]:
    """What each role has seen: every copy of the sample shows the same pages."""
    return {}


@pytest.fixture
def pages(
    role: Role, sign_in: Callable[[Role], FlaskClient], seen: dict[Role, dict[str, Page]]
) -> dict[str, Page]:
    """All pages that a role may see, by their addresses."""
    if role not in seen:
        client = sign_in(role)
        seen[role] = {
            r.address: Page(client.get(r.address, follow_redirects=True).text)
            for r in PAGES
            if role in r.roles and "." not in r.address and r.endpoint != "documents.download"
        }
    return seen[role]


@pytest.mark.parametrize("role", Role)
def test_every_page_is_well_formed_and_carries_nothing_inline(
    pages: dict[str, Page], app: Flask
) -> None:
    doors = app.url_map.bind("localhost")
    for address, page in pages.items():
        assert page.faults == [], address
        assert page.headings.count("h1") == 1, address
        assert "without a token" not in page.forms, address
        ways = {way.partition("?")[0] for way in page.without_key if way}
        assert {doors.match(way, "POST")[0] for way in ways} <= REPEATABLE, address
        assert "" not in page.without_key, address


def test_a_fault_in_a_page_would_be_found() -> None:
    faults = Page('<p style="x"><a id="a"><b id="a"></a><label for="c">').faults
    assert len(faults) >= 5


@pytest.mark.parametrize("role", Role)
def test_no_page_leads_its_reader_to_a_closed_door(
    role: Role, sign_in: Callable[[Role], FlaskClient], pages: dict[str, Page], app: Flask
) -> None:
    client, doors = sign_in(role), app.url_map.bind("localhost")
    found = {link for page in pages.values() for link in page.links}
    slow = (".xlsx", ".pdf", ".json", ".csv")
    alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for link in sorted(link for link in found if link.startswith("/")):
        at = urlsplit(link)
        if not at.path.endswith(slow):
            alike[doors.match(at.path)[0], *sorted(parse_qs(at.query))].append(link)
    for ways in alike.values():
        for way in ways[:ALIKE]:
            assert client.get(way, follow_redirects=True).status_code == 200, way


def words_of_the_screen() -> set[str]:
    """Every text that a template or a view marks for translation."""
    found: set[str] = set()
    for folder, methods in (
        (ROOT / "templates", [("reports/**", "ignore"), ("**.html", "jinja2.ext:babel_extract")]),
        (ROOT / "tracker" / "web", [("**.py", "python")]),
    ):
        options = {"**.html": {"silent": "false"}}
        for _, _, texts, _, _ in extract_from_dir(
            folder, method_map=methods, options_map=options, keywords=MARKS
        ):
            found.update([texts] if isinstance(texts, str) else [t for t in texts if t])
    return found


def test_every_text_of_the_screen_has_its_dutch() -> None:
    dutch = translations_for("nl")
    known = set(getattr(dutch, "_catalog", {}))
    texts = words_of_the_screen()
    assert len(texts) > 200
    assert sorted(texts - known) == []


def test_a_translation_has_the_same_figures_in_it() -> None:
    from string import Formatter

    def names(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    dutch = translations_for("nl")
    for text in words_of_the_screen():
        assert names(dutch.gettext(text)) == names(text), text
