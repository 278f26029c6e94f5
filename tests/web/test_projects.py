"""Several projects in one database: pages are about one, chosen by the person or the address."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.orm import Session

from tests.actions.second_project import FIRST, MARK, SECOND, load_second
from tests.web.conftest import signed_in, token_in, token_of
from tests.web.routes import CONTROLLER, DIRECTOR, OFFICER, PAGES, VIEWER, Route
from tracker.actions.cost_index import CostIndex
from tracker.domain.policy import Role
from tracker.store import scope
from tracker.store.projects import named_projects
from tracker.store.scope import Scope
from tracker.store.session import open_engine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

# What all projects have in common is told in full on these.
OF_ALL = (
    *("audit", "funders", "people", "programmes", "security"),
    *("amendments.enter", "amendments.revise"),
    *("calendar.feed", "calendar.export", "reminders"),
)
OVER_PROJECTS = {(VIEWER, "overview.show")}
"""A funder sees its own commitments of every project on one page."""
APART = [page for page in PAGES if not page.endpoint.startswith(OF_ALL)]
TOKENS = re.compile(r'name="(?:csrf_token|once)" value="[^"]*"')
SWITCHER = re.compile(r'<form method="post" action="/project".*?</form>', re.DOTALL)
STATE = re.compile(r"\b\d+-[0-9a-f]{12}\b")
"""The state of the books counts the deeds to all of them."""


@pytest.fixture(scope="module")
def both_template(sample_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with a second project beside it, to be copied."""
    path = tmp_path_factory.mktemp("both") / "both.db"
    shutil.copyfile(sample_template, path)
    engine = open_engine(f"sqlite:///{path}")
    with Session(engine) as session:
        load_second(session)
        CostIndex(session).follow()
    engine.dispose()
    return path


@pytest.fixture
def both(both_template: Path, tmp_path: Path, make_app: Callable[..., Flask]) -> Flask:
    """The application over two projects."""
    copy = shutil.copyfile(both_template, tmp_path / "both.db")
    return make_app(database_url=f"sqlite:///{copy}")


def told(client: FlaskClient, address: str) -> tuple[int, str]:
    """What an address answers, without what differs from one answer to the next."""
    answer = client.get(address)
    body = answer.get_data()
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return answer.status_code, str(len(body) > 0)
    text = SWITCHER.sub("", TOKENS.sub("", text))
    text = text.replace(f'<input type="hidden" name="of_project" value="{FIRST}">', "")
    return answer.status_code, "\n".join(
        filter(None, map(str.strip, STATE.sub("", text).split("\n")))
    )


def differences(one: Flask, two: Flask, asked: dict[Role, list[Route]]) -> list[str]:
    """The addresses that two applications answer differently."""
    found = []
    for role, pages in asked.items():
        first, second = signed_in(one, role), signed_in(two, role)
        found += [
            f"{role}: {page.address}"
            for page in pages
            if told(first, page.address) != told(second, page.address)
        ]
    return found


def by_readers(*, each: bool) -> dict[Role, list[Route]]:
    """The pages with who asks for them: everybody who may, or a funder's viewer and one more."""
    asked: dict[Role, list[Route]] = {role: [] for role in Role}
    for at, page in enumerate(APART):
        readers = [role for role in Role if role in page.roles]
        for role in readers if each else {readers[at % len(readers)], VIEWER} & set(readers):
            if not (role is VIEWER and page.endpoint == "overview.show"):  # over all its own
                asked[role].append(page)
    return asked


@pytest.mark.parametrize("each", [False, pytest.param(True, marks=pytest.mark.long)])
def test_every_page_of_a_project_says_the_same_whether_it_is_alone_or_not(
    app: Flask, both: Flask, *, each: bool
) -> None:
    assert differences(app, both, by_readers(each=each)) == []


def test_without_the_condition_pages_would_tell_of_both(
    app: Flask, both: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scope, "_scope", lambda *_: Scope(None))
    few = [page for page in APART if page.endpoint.startswith(("costs", "commitments"))]
    found = differences(app, both, {OFFICER: few})
    assert any("/costs" in told for told in found)
    assert any("/commitments" in told for told in found)


def test_where_there_is_one_project_there_is_no_switcher(app: Flask) -> None:
    page = signed_in(app, OFFICER).get("/commitments")
    assert "switcher" not in page.text
    assert "of_project" not in page.text


def test_the_switcher_offers_every_project_and_keeps_the_choice(both: Flask) -> None:
    client = signed_in(both, DIRECTOR)
    page = client.get("/commitments").text
    assert "NGF-1" in page
    assert f"{MARK}NGF-1" not in page
    choice = {"csrf_token": token_in(page), "project": SECOND, "next": "/commitments"}
    answer = client.post("/project", data=choice)
    assert answer.headers["Location"] == "/commitments"
    page = client.get("/commitments").text
    assert f"{MARK}NGF-1" in page
    assert '"/commitments/NGF-1"' not in page
    assert f'<option value="{SECOND}" selected>' in page
    assert client.get("/periods/2021").status_code == 404


def test_an_address_that_names_a_project_shows_it_and_is_the_choice_from_then_on(
    both: Flask,
) -> None:
    client = signed_in(both, OFFICER)
    assert f"{MARK}NGF-1" in client.get(f"/commitments?project={SECOND}").text
    assert f"{MARK}NGF-1" in client.get("/commitments").text
    assert client.get("/commitments?project=OTHER").status_code == 404
    assert f"{MARK}NGF-1" in client.get("/commitments").text
    assert client.get(f"/commitments/NGF-1?project={FIRST}").status_code == 200


def test_the_code_of_a_commitment_names_its_project_too(both: Flask) -> None:
    client = signed_in(both, OFFICER)
    chosen = f'<option value="{SECOND}" selected>'
    assert chosen not in client.get("/commitments/NGF-1").text
    assert chosen in client.get(f"/commitments/{MARK}NGF-1/budget").text
    assert chosen in client.get("/commitments").text
    assert client.get(f"/reports/statement/{MARK}NGF-1/2021").status_code == 200
    assert chosen not in client.get("/reports/statement/NGF-1/2021").text
    assert client.get("/commitments/NGF-0").status_code == 404


def test_a_project_that_is_not_offered_cannot_be_chosen(both: Flask) -> None:
    client = signed_in(both, OFFICER)
    choice = {"csrf_token": token_of(client), "project": "OTHER"}
    assert client.post("/project", data=choice).status_code == 400


def test_a_form_is_about_the_project_that_it_was_opened_in(both: Flask) -> None:
    client = signed_in(both, CONTROLLER)
    page = client.get(f"/periods?project={SECOND}").text
    hidden = f'name="of_project" value="{SECOND}"'
    assert hidden in page
    form = dict(re.findall(r'name="(csrf_token|once|of_project)" value="([^"]*)"', page))
    client.get(f"/periods?project={FIRST}")  # in another window
    answer = client.post("/periods", data=form | {"length": "year"})
    assert answer.status_code == 302
    page = client.get(answer.headers["Location"]).text
    assert hidden in page
    assert 'href="/periods/2021"' in page
    stray = client.post("/periods", data=form | {"length": "year", "of_project": "OTHER"})
    assert stray.status_code == 404


def test_a_funders_viewer_is_offered_the_projects_that_its_funder_is_in(
    both: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(both, VIEWER)
    page = client.get("/commitments").text
    assert f'<option value="{SECOND}">' in page
    assert client.get(f"/commitments/{MARK}NGF-1?project={SECOND}").status_code == 200
    assert client.get(f"/commitments/{MARK}RMX-K").status_code == 404
    monkeypatch.setattr(
        "tracker.web.projects.projects.named_projects",
        lambda session, _funder=None: named_projects(session)[:1],
    )
    assert "switcher" not in client.get("/commitments").text
    assert client.get(f"/commitments?project={SECOND}").status_code == 404
