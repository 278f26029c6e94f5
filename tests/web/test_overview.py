"""The overview says what to decide, leads there, and tells a funder nothing of others."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.actions.second_project import FIRST, MARK, SECOND
from tests.web.conftest import signed_in, without_tokens
from tests.web.routes import ANOTHERS, AUDITOR, DIRECTOR, LEAD, OFFICER, OWN, VIEWER
from tests.web.test_projects import both, both_template  # noqa: F401 - fixtures
from tracker.actions.sample import SIGN_INS
from tracker.domain.actor import Actor
from tracker.domain.money import Money
from tracker.extensions import db
from tracker.store import audit
from tracker.store.milestones import MilestoneRow
from tracker.store.overview import overview_facts
from tracker.store.scope import over_all
from tracker.web.clock import today

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

    from tracker.domain.overview import OverviewFacts
    from tracker.domain.policy import Role

SECTION = re.compile(r'<section[^>]*>\s*<h2 id="(\w+)">(.*?)</section>', re.DOTALL)
LINK = re.compile(r'<a href="([^"]+)"')
ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)

OF_ANOTHER = " FROM commitment WHERE code = :code"
CHANGES_OF_ANOTHER = (
    f"UPDATE instalment SET amount = amount + 100 WHERE commitment_id IN (SELECT id{OF_ANOTHER})",
    f"""INSERT INTO receipt (commitment_id, received_on, amount, recognised_by, counterparty,
    reason, remittance, entered_by) SELECT id, '2025-06-02', 12345, 'hand', 'a', '', '',
    'b'{OF_ANOTHER}""",
    f"""INSERT INTO milestone_funding (milestone_id, commitment_id, amount)
    SELECT (SELECT id FROM milestone WHERE code = 'M8'), id, 777{OF_ANOTHER}""",
    f"""INSERT INTO amendment (commitment_id, number, decided_on, amount, reason, entered_by,
    entered_at, verdict, returned, version) SELECT id, 9, '2024-01-01', 12345600, 'more', 'a',
    '2024-01-01', 'draft', '', 1{OF_ANOTHER}""",
)


def sections(page: str) -> dict[str, str]:
    """The sections of a page by the names of their headings."""
    return {name: unescape(body) for name, body in SECTION.findall(page)}


def facts_of(app: Flask) -> OverviewFacts:
    with app.test_request_context(), over_all(db.session()):
        return overview_facts(db.session(), today())


def test_every_decision_leads_to_a_page_that_is_there(
    sign_in: Callable[[Role], FlaskClient], app: Flask
) -> None:
    director, facts = sign_in(DIRECTOR), facts_of(app)
    found = sections(director.get("/overview").text)
    links = LINK.findall(found["decide"]) + LINK.findall(found["watch"])
    assert len(links) == len(facts.decisions) > 3
    assert {director.get(link).status_code for link in set(links)} == {200}


def test_who_may_not_decide_watches(sign_in: Callable[[Role], FlaskClient]) -> None:
    decides = sections(sign_in(DIRECTOR).get("/overview").text)
    watches = sections(sign_in(AUDITOR).get("/overview").text)
    assert ROW.findall(decides["decide"])
    assert not ROW.findall(watches["decide"])
    assert len(ROW.findall(watches["watch"])) > len(ROW.findall(decides["watch"]))


def test_who_entered_a_draft_is_not_asked_to_confirm_it(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    draft = re.compile(r'href="/amendments/\d+"')
    for role, where in ((OFFICER, "watch"), (DIRECTOR, "decide")):
        found = sections(sign_in(role).get("/overview").text)
        assert draft.search(found[where])
        other = "watch" if where == "decide" else "decide"
        assert not draft.search(found[other])


def test_a_project_lead_sees_own_milestones_first(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    lead = next(each.name for each in SIGN_INS if each.role is LEAD)
    session.execute(text("UPDATE milestone SET owner = :name WHERE code = 'M8'"), {"name": lead})
    session.commit()
    page = sign_in(LEAD).get("/overview").text
    assert next(iter(sections(page))) == "yours"
    assert ">M8<" in sections(page)["yours"]
    assert "yours" not in sections(sign_in(AUDITOR).get("/overview").text)


@pytest.mark.parametrize("wish", ["", "open", "late", "at_risk", "met"])
def test_the_timeline_shows_the_milestones_that_are_wished(
    sign_in: Callable[[Role], FlaskClient], session: Session, wish: str
) -> None:
    found = sections(sign_in(DIRECTOR).get(f"/overview?milestones={wish}").text)["timeline"]
    shown = set(re.findall(r'href="/milestones/(M\d+)"', found))
    met = {row.code for row in session.query(MilestoneRow).filter(MilestoneRow.met_on.is_not(None))}
    assert shown
    if wish == "met":
        assert shown == met
    elif wish:
        assert not shown & met


@pytest.mark.parametrize("query", ["milestones=soon", "over=some", "order=colour", "page=x"])
def test_a_wish_that_there_is_not_is_refused_and_the_page_shown(
    sign_in: Callable[[Role], FlaskClient], query: str
) -> None:
    answer = sign_in(DIRECTOR).get(f"/overview?{query}")
    assert answer.status_code == 422
    assert 'id="decide"' in answer.text


@pytest.mark.usefixtures("both_template")
def test_over_all_projects_each_has_a_line_and_the_sums_are_theirs(
    both: Flask,  # noqa: F811
) -> None:
    director, facts = signed_in(both, DIRECTOR), facts_of(both)
    page = director.get("/overview?over=all").text
    table = sections(page)["projects"]
    for one in facts.projects:
        assert f'href="/overview?project={one.code}"' in table
    assert {one.code for one in facts.projects} == {FIRST, SECOND}
    assert facts.totals.committed == Money.total(
        one.amount for one in facts.commitments if one.is_committed
    )
    ordered = sections(director.get("/overview?over=all&order=-code").text)["projects"]
    assert ordered.index(f"?project={SECOND}") < ordered.index(f"?project={FIRST}")
    found = sections(page)
    links = {link for name in ("decide", "watch") for link in LINK.findall(found[name])}
    assert {director.get(link).status_code for link in links} == {200}
    assert any("project=SECOND" in link for link in links)


@pytest.mark.usefixtures("both_template")
def test_a_funder_sees_its_commitments_of_every_project_on_one_page(
    both: Flask,  # noqa: F811
) -> None:
    viewer = signed_in(both, VIEWER)
    page = viewer.get("/overview").text
    assert f">{OWN}<" in viewer.get("/overview?over=all").text
    assert f">{OWN}<" in page
    assert f">{MARK}{OWN}<" in page
    assert ANOTHERS not in page
    links = [unescape(link) for link in LINK.findall(page) if "/commitments/" in link]
    assert len(links) >= 2
    assert {viewer.get(link).status_code for link in links} == {200}


def test_worlds_that_differ_in_what_is_anothers_look_the_same_to_a_funder(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    viewer, director = sign_in(VIEWER), sign_in(DIRECTOR)
    before, inside = (without_tokens(one.get("/overview").text) for one in (viewer, director))
    for change in CHANGES_OF_ANOTHER:
        session.execute(text(change), {"code": ANOTHERS})
    session.execute(
        text("UPDATE amendment SET verdict = 'confirmed', confirmed_by = 'b' WHERE number = 9")
    )
    audit.record(session, by=Actor("b", OFFICER), did="confirm amendment", subject="commitment/X")
    session.commit()
    assert without_tokens(viewer.get("/overview").text) == before
    assert without_tokens(director.get("/overview").text) != inside
