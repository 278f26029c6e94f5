"""What holds for every page in both languages: it fits, it shuts nobody out, it breaks no rule."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.conftest import SECONDS, Complaints
from tests.e2e.laid_out import faults_of
from tests.e2e.served import OFFICER, STOPS, Stop, choose_language
from tracker import create_app
from tracker.config import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tracker.domain.policy import Role

TELEPHONE = {"width": 360, "height": 740}
SCREENS = (360, 640, 1280)  # a telephone; a window of 1280 at 200 %, and at 100 %
NO_PAGES = {  # what answers with a file, or leads elsewhere
    "static",
    "calendar.export",
    "calendar.feed",
    "work.land",
    "security.logout",
    "commitments.export",
    "costs.export",
    "outlook.export",
    "milestones.export",
    "forecasts.export",
    "documents.download",
    "intakes.standing",
    "intakes.original",
    "intakes.returned",
    "blank_tables.download",
    "reports.download",
    "reports.download_of_project",
    "reconciliation.export",
    "report_jobs.standing",
    "report_jobs.result",
    "funder_reports.download_draft",
    "funder_workbooks.download",
    "funder_workbooks.download_draft",
}
OF_COLOUR = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
A_DOZEN = {"exclude": [["tbody > tr:nth-child(n+13)"]]}
"""The rows of a table are alike: looking at them takes most of the time, and finds no more."""


class Visit(NamedTuple):
    """A page that has been opened in a language, how it was answered, and what it complained of."""

    stop: Stop
    language: str
    page: Page
    status: int
    complaints: Complaints


@pytest.fixture(scope="module")
def desk_of(
    browser: Browser, states: Callable[[Role], Any], address: str
) -> Iterator[Callable[[str, Role | None], tuple[Page, Complaints]]]:
    """Give the browser of a role in a language; each is opened once."""
    desks: dict[tuple[str, Role | None], tuple[Page, Complaints]] = {}

    def desk(language: str, role: Role | None) -> tuple[Page, Complaints]:
        if (language, role) not in desks:
            known = {"storage_state": states(role)} if role else {}
            # Without motion: a colour that still fades into the other theme is no colour of ours.
            calm: Any = {"color_scheme": "light", "reduced_motion": "reduce"}
            page = browser.new_context(locale=language, **calm, **known).new_page()
            complaints = Complaints()
            complaints.listen_to(page)
            desks[language, role] = page, complaints
        return desks[language, role]

    yield desk
    for (language, role), (page, _complaints) in desks.items():
        if role and language != "en":  # it is the person's own; other tests expect English
            page.goto(f"{address}/sign-in")
            choose_language(page, "en")
        page.context.close()


@pytest.fixture(
    scope="module",
    # Language by language, as choosing one takes a while; in one of them unless all is asked for.
    params=[
        *(pytest.param(("nl", stop), id=f"{stop.name}-nl") for stop in STOPS),
        *(
            pytest.param(("en", stop), id=f"{stop.name}-en", marks=pytest.mark.long)
            for stop in STOPS
        ),
    ],
)
def visit(
    request: pytest.FixtureRequest,
    address: str,
    desk_of: Callable[[str, Role | None], tuple[Page, Complaints]],
) -> Visit:
    language, stop = request.param
    page, complaints = desk_of(language, stop.role)
    page.emulate_media(color_scheme="light")
    complaints.clear()
    answer = page.goto(address + stop.address)
    if page.locator("html").get_attribute("lang") != language:
        choose_language(page, language)
        answer = page.goto(address + stop.address)
    assert answer
    return Visit(stop, language, page, answer.status, complaints)


@pytest.fixture(scope="session")
def part(request: pytest.FixtureRequest) -> dict[str, Any] | None:
    """What axe looks at: all of a page, or so much as tells the same."""
    return None if request.config.getoption("--long") else A_DOZEN


def findings_of(
    page: Page, options: dict[str, Any] | None = None, part: dict[str, Any] | None = None
) -> list[str]:
    """What axe finds that shuts somebody out."""
    found = Axe().run(page, part, {"resultTypes": ["violations"], **(options or {})})
    return [
        f"{finding['id']}: {node['html'][:120]} {node.get('failureSummary', '')}"
        for finding in found.response["violations"]
        if finding["impact"] in {"moderate", "serious", "critical"}
        for node in finding["nodes"]
    ]


def test_the_page_is_there_in_the_language(visit: Visit) -> None:
    assert visit.status == visit.stop.status
    assert visit.page.locator("html").get_attribute("lang") == visit.language
    assert visit.page.locator("h1").count() == 1


def test_nothing_shuts_anybody_out(visit: Visit, part: dict[str, Any] | None) -> None:
    assert findings_of(visit.page, part=part) == []


@pytest.mark.parametrize(
    "visit",
    # Themes differ in a dozen colours that all pages have in common: some of the pages show them.
    [
        pytest.param(
            ("nl", stop), id=f"{stop.name}-nl", marks=[] if at % 6 == 0 else [pytest.mark.long]
        )
        for at, stop in enumerate(STOPS)
    ],
    indirect=True,
)
def test_nothing_shuts_anybody_out_in_the_dark(visit: Visit, part: dict[str, Any] | None) -> None:
    # In one language: the words of the other stand in the same colours.
    visit.page.emulate_media(color_scheme="dark")
    assert findings_of(visit.page, OF_COLOUR, part) == []  # the theme changes nothing but colours


def test_nothing_is_too_wide_cut_or_covered(visit: Visit) -> None:
    for width in SCREENS:
        visit.page.set_viewport_size({"width": width, "height": 740})
        assert faults_of(visit.page) == [], width


def test_the_browser_has_nothing_to_complain_of(visit: Visit) -> None:
    assert visit.complaints == []


@pytest.fixture
def overview(opened_as: Callable[..., Page]) -> Page:
    page = opened_as(OFFICER, "/overview", reduced_motion="reduce", viewport=TELEPHONE)
    assert faults_of(page) == []
    return page


def test_a_page_that_shuts_somebody_out_would_be_found(overview: Page) -> None:
    assert findings_of(overview) == []
    overview.evaluate(
        "document.querySelector('h1').innerHTML = '<img src=\"/static/img/favicon.svg\">'"
    )
    assert any(finding.startswith("image-alt") for finding in findings_of(overview))


def test_text_that_is_too_pale_in_the_dark_would_be_found(overview: Page) -> None:
    overview.evaluate("document.querySelector('h1').style.color = '#222'")
    assert findings_of(overview, OF_COLOUR) == []
    overview.emulate_media(color_scheme="dark")
    assert any(f.startswith("color-contrast") for f in findings_of(overview, OF_COLOUR))


def test_a_page_that_is_too_wide_would_be_found(overview: Page) -> None:
    overview.evaluate("document.querySelector('h1').textContent = 'x'.repeat(90)")
    assert any(fault.startswith("wider") for fault in faults_of(overview))


@pytest.mark.parametrize(
    ("what", "style", "fault"),
    [
        ("h1", {"width": "40px", "overflow": "hidden", "whiteSpace": "nowrap"}, "cut: h1"),
        ("h1", {"height": "8px", "overflow": "clip"}, "cut: h1"),
        (".strip dt", {"position": "relative", "top": "18px"}, "over each other"),
        (".strip dd", {"marginTop": "-18px"}, "over each other"),
    ],
)
def test_text_that_is_cut_or_covered_would_be_found(
    overview: Page, what: str, style: dict[str, str], fault: str
) -> None:
    lay = "([what, style]) => Object.assign(document.querySelector(what).style, style)"
    overview.evaluate(lay, [what, style])
    assert any(found.startswith(fault) for found in faults_of(overview)), faults_of(overview)


@pytest.mark.parametrize(
    ("tag", "what", "complaint"),
    [
        ("script", {"textContent": "document.title = 'ours no more'"}, "Content Security Policy"),
        ("img", {"src": "https://example.org/pixel.png"}, "Content Security Policy"),
        ("img", {"src": "/static/img/none.png"}, "404"),
    ],
)
def test_a_page_that_breaks_a_rule_would_be_found(
    overview: Page, complaints: Complaints, tag: str, what: dict[str, str], complaint: str
) -> None:
    add = "([tag, what]) => document.body.append(Object.assign(document.createElement(tag), what))"
    overview.evaluate(add, [tag, what])
    patient_until = time.monotonic() + SECONDS
    while not any(complaint in told for told in complaints):
        assert time.monotonic() < patient_until, complaints
        overview.wait_for_timeout(50)
    assert overview.title() != "ours no more"
    complaints.clear()


def test_every_page_of_the_application_is_looked_at(tmp_path: Path) -> None:
    app = create_app(Settings(secret_key="e" * 40, database_url=f"sqlite:///{tmp_path}/none.db"))
    ways = app.url_map.bind("127.0.0.1")
    looked_at = {ways.match(stop.address.partition("?")[0])[0] for stop in STOPS}
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert pages - looked_at - NO_PAGES == set()
    assert not looked_at & NO_PAGES
