"""Every route against every role, and a funder's viewer against everything of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.web.conftest import token_of, without_tokens
from tests.web.routes import ANOTHERS, NOBODYS, OF_A_COMMITMENT, OWN, PAGES, ROUTES, UNSAFE, VIEWER
from tracker.domain.policy import Role
from tracker.store.commitments import commitments_of
from tracker.web.permissions import permission_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session
    from werkzeug.test import TestResponse

    from tests.web.routes import Route


def ask(client: FlaskClient, route: Route, token: str = "") -> TestResponse:
    """Use a route as a page of ours would, with nothing typed in."""
    if route.method == "GET":
        return client.get(route.address, buffered=True)
    return client.post(route.address, data={"csrf_token": token or token_of(client)})


def test_every_route_has_decided_who_may_come_in(app: Flask) -> None:
    undecided = {r.endpoint for r in app.url_map.iter_rules() if not permission_of(app, r.endpoint)}
    assert undecided == set()


def test_the_table_of_the_tests_knows_every_route(app: Flask) -> None:
    ways = {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert ways == {(route.endpoint, route.method) for route in ROUTES}


def test_a_route_that_nobody_decided_about_lets_nobody_in(app: Flask) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    answer = app.test_client().get("/forgotten")
    assert answer.status_code == 403
    assert "secret" not in answer.text


@pytest.mark.parametrize("role", Role)
def test_each_role_comes_in_where_it_may_and_nowhere_else(
    role: Role, sign_in: Callable[[Role], FlaskClient]
) -> None:
    client = sign_in(role)
    token, refused = token_of(client), 404 if role is VIEWER else 403
    for route in ROUTES:
        if route.endpoint == "security.logout":
            continue  # would end the test early; it has tests of its own
        status = ask(client, route, token).status_code
        let_in = status not in (401, 403, 404)
        assert let_in == (role in route.roles), f"{role} {route.method} {route.address}: {status}"
        assert let_in or status == refused


def test_who_has_not_signed_in_is_sent_to_the_sign_in(app: Flask) -> None:
    for route in ROUTES:
        client = app.test_client()
        answer = ask(client, route)
        sent_away = answer.status_code == 302 and answer.location.startswith("/sign-in")
        anonymous = route.anonymous and route.endpoint != "security.logout"
        assert sent_away != anonymous, f"{route.method} {route.address}: {answer.status_code}"


def test_after_signing_in_a_person_comes_back_to_the_page_they_asked_for(app: Flask) -> None:
    answer = app.test_client().get("/costs?year=2023")
    assert answer.location == "/sign-in?next=/costs?year%3D2023"


@pytest.mark.parametrize("pattern", OF_A_COMMITMENT)
def test_another_funders_commitment_answers_exactly_as_one_that_does_not_exist(
    pattern: str, sign_in: Callable[[Role], FlaskClient]
) -> None:
    viewer, director = sign_in(VIEWER), sign_in(Role.DIRECTOR)
    anothers = viewer.get(pattern.format(code=ANOTHERS))
    nobodys = viewer.get(pattern.format(code=NOBODYS))
    assert anothers.status_code == nobodys.status_code == 404
    assert without_tokens(anothers.text) == without_tokens(nobodys.text)
    assert viewer.get(pattern.format(code=OWN)).status_code == 200
    assert director.get(pattern.format(code=ANOTHERS)).status_code == 200


def test_no_page_of_a_viewer_names_another_funder(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    viewer, director = sign_in(VIEWER), sign_in(Role.DIRECTOR)
    others = [c for c in commitments_of(session) if c.code != OWN]
    names = {name for c in others for name in (f">{c.code}<", c.funder, c.reference)}
    pages = [r.address for r in PAGES if VIEWER in r.roles and r.endpoint != "security.login"]
    for address in pages:
        shown = viewer.get(address, follow_redirects=True).text
        assert [name for name in names if name in shown] == [], address
    assert [name for name in names if name in director.get("/overview").text]


def test_what_happens_to_other_funders_changes_nothing_that_a_viewer_sees(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    viewer, director = sign_in(VIEWER), sign_in(Role.DIRECTOR)
    pages = [r.address for r in PAGES if VIEWER in r.roles]

    def seen_by(client: FlaskClient) -> list[str]:
        return [without_tokens(client.get(address).text) for address in pages]

    before, before_inside = seen_by(viewer), seen_by(director)
    session.execute(
        text(
            "INSERT INTO amendment (commitment_id, number, decided_on, amount, reason, entered_by,"
            " entered_at, verdict, returned, version) SELECT id, 9, '2024-01-01', 12345600,"
            " 'more', 'a', '2024-01-01', 'draft', '', 1 FROM commitment WHERE code = :code"
        ),
        {"code": ANOTHERS},
    )
    session.execute(
        text("UPDATE amendment SET verdict = 'confirmed', confirmed_by = 'b' WHERE number = 9")
    )
    session.commit()
    assert seen_by(viewer) == before
    assert seen_by(director) != before_inside


def test_no_role_changes_anything_by_looking(
    sign_in: Callable[[Role], FlaskClient], statements: list[str]
) -> None:
    from tests.web.conftest import writes_in

    for role in Role:
        client = sign_in(role)
        for route in PAGES:
            client.get(route.address)
            if role is Role.FINANCE_OFFICER:
                client.head(route.address)
    assert writes_in(statements) == []
    officer = sign_in(Role.FINANCE_OFFICER)
    officer.post("/language", data={"language": "nl", "csrf_token": token_of(officer)})
    assert writes_in(statements)


def test_every_unsafe_route_is_closed_to_reading(app: Flask) -> None:
    read = {r.address.partition("?")[0] for r in PAGES}
    only_posts = {r.address for r in UNSAFE if r.address.partition("?")[0] not in read}
    assert only_posts
    for address in only_posts:
        assert app.test_client().get(address).status_code == 405
