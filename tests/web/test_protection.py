"""What every request must satisfy, and what every response carries."""

from __future__ import annotations

import re
from collections import defaultdict
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.web.conftest import EMAILS, signed_in, token_of, writes_in
from tests.web.routes import ROUTES, UNSAFE
from tracker.actions import sample
from tracker.domain.policy import Role
from tracker.web import protection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session
    from werkzeug.test import TestResponse

    from tests.web.routes import Route

OFFICER = Role.FINANCE_OFFICER
REQUIRED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ELSEWHERE = [
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example/%2f..",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    " //evil.example",
    "\x01//evil.example",
    "javascript:alert(1)",
    "http:evil.example",
    "/%0d%0aLocation:x\r\nX: y",
    "evil.example",
]


def every_kind_of_answer(app: Flask) -> list[TestResponse]:
    """One answer of every status that there is."""
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def broken() -> str:
        raise ZeroDivisionError

    broken.permission = protection_anyone()
    app.add_url_rule("/broken", "broken", broken)
    client = app.test_client()
    token = token_of(client)
    wrong = {"email": "x@example.org", "password": "x", "csrf_token": token}
    answers = [
        client.get("/sign-in"),
        client.get("/static/css/base.css", buffered=True),
        client.get("/"),
        client.post("/language"),
        client.get("/nowhere"),
        client.get("/sign-out"),
        client.post("/sign-in", data={"csrf_token": token, "x": "x" * (protection.FORM_MAX + 1)}),
        client.post("/sign-in", data=wrong),
        client.get("/broken"),
    ]
    entry = {"email": EMAILS[Role.DIRECTOR], "password": sample.PASSWORD, "csrf_token": token}
    client.post("/sign-in", data=entry)
    answers.append(client.get("/people"))
    return answers


def protection_anyone() -> object:
    from tracker.domain.policy import Permission

    return Permission.ANYONE


def test_every_answer_carries_the_protective_headers(app: Flask) -> None:
    answers = every_kind_of_answer(app)
    statuses = {answer.status_code for answer in answers}
    assert statuses == {200, 302, 400, 403, 404, 405, 413, 422, 500}
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, answer.request.path
        assert "unsafe" not in policy
        assert {k: answer.headers[k] for k in REQUIRED} == REQUIRED, answer.request.path
        assert "Strict-Transport-Security" not in answer.headers


def test_only_files_of_ours_may_be_kept_by_the_browser(app: Flask) -> None:
    for answer in every_kind_of_answer(app):
        kept = answer.headers["Cache-Control"] != "no-store"
        assert kept == answer.request.path.startswith("/static/"), answer.request.path


def test_a_file_is_kept_for_ever_at_the_address_that_changes_with_it(
    sign_in: Callable[[Role], FlaskClient], statements: list[str]
) -> None:
    client = sign_in(Role.DIRECTOR)
    address = re.search(r"/static/css/base.css[?]v=\w{12}", client.get("/overview").text)
    assert address
    for name in (address[0], address[0][:-1], "/static/css/base.css"):
        statements.clear()
        with client.get(name) as answer:
            is_kept = "immutable" in answer.headers.get("Cache-Control", "")
            assert is_kept == (name == address[0]), name
            # Whoever keeps it for others as well keeps nothing of who asked.
            assert {"Set-Cookie", "Vary"}.isdisjoint(answer.headers.keys())
        assert statements == []
    assert client.get("/static/none?v=").headers["Cache-Control"] == "no-store"


def test_over_https_cookies_are_bound_to_the_host_and_browsers_stay_on_https(
    make_app: Callable[..., Flask], session: Session
) -> None:
    session.execute(text("UPDATE person SET is_sample = 0"))
    session.commit()
    client = make_app(url="https://tracker.example").test_client()
    answer = client.get("/sign-in", headers={"Host": "tracker.example"})
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    for mark in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert mark in cookie
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]


def test_a_failure_says_sorry_with_a_reference_and_tells_nothing_else(app: Flask) -> None:
    answer = every_kind_of_answer(app)[-2]
    assert answer.status_code == 500
    assert "ZeroDivision" not in answer.text
    assert "reference" in answer.text


def by_who_may(routes: Iterable[Route]) -> dict[Role, list[Route]]:
    """Sort routes by the first role that may use them."""
    found = defaultdict(list)
    for route in routes:
        # What nobody of the sample may do, a viewer may do to reports of its own.
        somebody = next((role for role in Role if role in route.roles), Role.FUNDER_VIEWER)
        found[somebody].append(route)
    return found


@pytest.mark.parametrize("somebody", by_who_may(UNSAFE))
def test_an_unsafe_request_without_a_good_token_is_refused(
    somebody: Role, app: Flask, statements: list[str]
) -> None:
    client, elsewhere = signed_in(app, somebody), signed_in(app, somebody)
    visitor = app.test_client()
    good, bad = token_of(client), ["", "x", token_of(elsewhere), token_of(visitor)]
    statements.clear()
    for route in by_who_may(UNSAFE)[somebody]:
        for token in bad:
            answer = client.post(route.address, data={"csrf_token": token})
            assert answer.status_code == 400, route
        assert client.post(route.address).status_code == 400, route
        for headers in (
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
        ):
            answer = client.post(route.address, data={"csrf_token": good}, headers=headers)
            assert answer.status_code == 400, (route, headers)
    assert writes_in(statements) == []
    assert app.test_client().get("/sign-in").status_code == 200


def test_a_form_of_ours_is_accepted(sign_in: Callable[[Role], FlaskClient]) -> None:
    client = sign_in(OFFICER)
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    answer = client.post("/charge", data={"csrf_token": token_of(client)}, headers=headers)
    assert answer.status_code == 302


@pytest.mark.parametrize("way", ELSEWHERE)
def test_nobody_is_led_to_another_site(app: Flask, way: str) -> None:
    client = app.test_client()
    token = token_of(client)
    entry = {"email": EMAILS[OFFICER], "password": sample.PASSWORD, "csrf_token": token}
    forms = {
        "/sign-in": entry | {"next": way},
        "/language": {"language": "nl", "csrf_token": token, "next": way},
        "/theme": {"theme": "dark", "csrf_token": token, "next": way},
    }
    for address, form in forms.items():
        for answer in (
            client.post(address, data=form),
            client.post(address, data=form | {"next": ""}, query_string={"next": way}),
            client.get(address, query_string={"next": way}),
        ):
            assert answer.status_code == 400, (address, answer.status_code)
            assert "Location" not in answer.headers


@pytest.mark.parametrize("way", ["/costs", "/costs?year=2023&order=largest", "/commitments/NGF-1"])
def test_who_signs_in_goes_on_to_the_page_of_ours(app: Flask, way: str) -> None:
    client = app.test_client()
    token = token_of(client)
    entry = {"email": EMAILS[OFFICER], "password": sample.PASSWORD, "csrf_token": token}
    assert client.post("/sign-in", data=entry | {"next": way}).location == way


@pytest.mark.parametrize(
    ("headers", "environment"),
    [
        ({"Host": "tracker.example"}, {}),
        ({"Host": "192.0.2.7:8000"}, {}),
        ({}, {"REMOTE_ADDR": "192.0.2.7"}),
        ({}, {"REMOTE_ADDR": "2001:db8::7"}),
        ({"X-Forwarded-For": "192.0.2.7"}, {}),
    ],
)
def test_while_sample_sign_ins_exist_only_this_computer_is_answered(
    app: Flask, session: Session, headers: dict[str, str], environment: dict[str, str]
) -> None:
    client = app.test_client()
    addresses = {route.address for route in ROUTES}
    for address in addresses:
        answer = client.get(address, headers=headers, environ_base=environment, buffered=True)
        assert answer.status_code == 403, address
        assert "well-known passwords" in answer.text
    assert client.get("/sign-in").status_code == 200
    session.execute(text("UPDATE person SET is_sample = 0"))
    session.commit()
    answer = client.get("/sign-in", headers=headers, environ_base=environment)
    known_host = "Host" not in headers
    assert answer.status_code == (200 if known_host else 400)


@pytest.mark.parametrize("address", ["/costs?text=a%00b", "/sign-in?x=%00", "/reports?code=%00"])
def test_a_character_that_no_database_keeps_is_refused(
    address: str, sign_in: Callable[[Role], FlaskClient]
) -> None:
    client = sign_in(OFFICER)
    assert client.get(address).status_code == 400
    form = {"text": "\0", "csrf_token": token_of(client)}
    assert client.post("/charge", data=form).status_code == 400
    assert client.get(address.replace("%00", "")).status_code in (200, 302)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000"])
def test_the_loopback_has_several_names(app: Flask, host: str) -> None:
    assert app.test_client().get("/sign-in", headers={"Host": host}).status_code == 200


def test_uploads_may_be_large_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, sign_in: Callable[[Role], FlaskClient]
) -> None:
    # Small ones, as what is large goes through files.
    monkeypatch.setattr(protection, "FORM_MAX", 10_000)
    monkeypatch.setattr(protection, "UPLOAD_MAX", 30_000)
    client = sign_in(OFFICER)
    token = token_of(client)

    def send(address: str, size: int) -> int:
        files = {"files": (BytesIO(b"x" * size), "big.xaf"), "csrf_token": token}
        return client.post(address, data=files).status_code

    assert send("/imports", 2 * protection.FORM_MAX) == 302
    assert send("/imports", 4 * protection.FORM_MAX) == 413
    assert send("/charge", 2 * protection.FORM_MAX) == 413


def test_an_upload_of_somebody_who_may_not_is_not_read(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    director = sign_in(Role.DIRECTOR)
    unread = BytesIO(b"x" * 5000)
    answer = director.post("/imports", input_stream=unread, content_length=5000)
    assert answer.status_code == 403
    assert unread.tell() == 0
