"""Language and theme."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.web.conftest import signed_in, token_of
from tests.web.routes import PAGES
from tracker.domain.policy import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

DIRECTOR = Role.DIRECTOR  # reads English in the sample


def choose(client: FlaskClient, address: str, **form: str) -> TestResponse:
    return client.post(address, data=form | {"csrf_token": token_of(client)})


def language_of(page: str) -> str:
    found = re.search(r'<html lang="(\w+)"', page)
    assert found
    return found[1]


@pytest.mark.parametrize(("wish", "spoken"), [("nl-NL,en;q=0.5", "nl"), ("de", "en"), ("en", "en")])
def test_a_visitor_is_spoken_to_as_the_browser_wishes(app: Flask, wish: str, spoken: str) -> None:
    page = app.test_client().get("/sign-in", headers={"Accept-Language": wish}).text
    assert language_of(page) == spoken


def test_a_visitor_may_choose_a_language_before_signing_in(app: Flask) -> None:
    client = app.test_client()
    assert choose(client, "/language", language="nl", next="/sign-in").location == "/sign-in"
    page = client.get("/sign-in", headers={"Accept-Language": "en"}).text
    assert language_of(page) == "nl"


def test_a_persons_language_is_kept_for_the_next_time(app: Flask) -> None:
    client = signed_in(app, DIRECTOR)
    english = client.get("/overview").text
    assert language_of(english) == "en"
    assert "11,000,000.00" in english
    choose(client, "/language", language="nl")
    dutch = signed_in(app, DIRECTOR).get("/overview").text
    assert language_of(dutch) == "nl"
    assert "11.000.000,00" in dutch
    assert "11,000,000.00" not in dutch


def test_only_languages_and_themes_that_exist_can_be_chosen(app: Flask) -> None:
    client = signed_in(app, DIRECTOR)
    assert choose(client, "/language", language="fr").status_code == 400
    assert choose(client, "/theme", theme="pink").status_code == 400
    assert language_of(client.get("/overview").text) == "en"


def test_the_chosen_theme_is_kept_in_the_browser(app: Flask) -> None:
    client = signed_in(app, DIRECTOR)
    assert 'data-theme="system"' in client.get("/overview").text
    answer = choose(client, "/theme", theme="dark", next="/overview")
    assert answer.location == "/overview"
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert 'data-theme="dark"' in client.get("/overview").text


def test_every_page_is_in_the_language_of_its_reader(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    to_see = {
        route.address: route
        for route in PAGES
        if "." not in route.address and route.endpoint != "documents.download"
    }
    for role in Role:
        client = sign_in(role)
        seen = [address for address, route in to_see.items() if role in route.roles]
        for chosen in ("nl", "en"):
            choose(client, "/language", language=chosen)
            for address in seen:
                page = client.get(address, follow_redirects=True)
                assert page.status_code == 200, address
                assert language_of(page.text) == chosen, address
        for address in seen:
            del to_see[address]
    assert not to_see
