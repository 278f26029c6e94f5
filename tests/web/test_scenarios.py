"""Supposing on screen: in the address, kept, changed, compared and dropped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import text

from tests.web.filling import fill_in
from tracker.domain.policy import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

    SignIn = Callable[[Role], FlaskClient]

DIRECTOR = Role.DIRECTOR
SLOWER = "pace_=80&pace_from=01-03-2026"


def kept(session: Session) -> dict[str, int]:
    session.rollback()
    rows = session.execute(text("SELECT name, id FROM scenario WHERE dropped_at IS NULL"))
    return {name: key for name, key in rows}  # noqa: C416 - typed rows


def to_keep(query: str) -> str:
    return f"/scenarios/keep?{query}"


def test_what_is_supposed_stands_in_the_address_and_nothing_is_kept(
    sign_in: SignIn, session: Session
) -> None:
    before = kept(session)
    page = sign_in(DIRECTOR).get(f"/scenarios/try?{SLOWER}").text
    assert "Everything is spent at 80.0% of what is expected." in page
    assert "As supposed" in page
    assert 'value="80"' in page
    assert kept(session) == before


def test_what_is_left_empty_is_taken_out_of_the_address(sign_in: SignIn) -> None:
    answer = sign_in(DIRECTOR).get("/scenarios/try?pace_=80&pace_WP1=&move_M7=")
    assert answer.status_code == 302
    assert answer.location.endswith("/scenarios/try?pace_=80")


def test_what_cannot_be_read_is_marked_and_supposes_nothing(sign_in: SignIn) -> None:
    client = sign_in(DIRECTOR)
    for wrong, said in (
        ("pace_=soon", "is not a whole percentage"),
        ("move_M7=32-01-2026", "is not in the calendar"),
        ("add_code_1=NEW", "Fill this in, or empty the row."),
        (
            "add_code_1=NEW&add_amount_1=5&add_first_1=01-03-2026&add_last_1=01-02-2026",
            "before it begins",
        ),
    ):
        page = client.get(f"/scenarios/try?{wrong}").text
        assert said in page
        assert "As supposed" not in page


def test_a_milestone_that_moves_takes_its_instalment_along(sign_in: SignIn) -> None:
    page = sign_in(Role.AUDITOR)
    assert page.get("/scenarios/try").status_code == 403
    told = sign_in(DIRECTOR).get("/scenarios/try?move_M7=31-10-2026").text
    assert "Milestone M7 moves to 31 Oct 2026." in told
    assert "Lowest cash ahead" in told


def test_a_scenario_is_kept_changed_compared_and_dropped(sign_in: SignIn, session: Session) -> None:
    client = sign_in(DIRECTOR)
    before = kept(session)
    answer = fill_in(
        client, f"/scenarios/try?{SLOWER}", to_keep(SLOWER), name="Slower", note="Staff"
    )
    assert answer.status_code == 302
    (name,) = set(kept(session)) - set(before)
    key = kept(session)[name]
    assert name == "Slower"
    assert "Slower" in client.get("/scenarios").text

    page = client.get(f"/scenarios/{key}").text
    change = re.search(r'href="(/scenarios/try\?[^"]*)"', page)
    assert change
    address = change[1].replace("&amp;", "&")
    assert f"scenario={key}" in address
    assert "pace_=80" in address
    wished = f"{address}&pace_WP3=50"
    answer = fill_in(client, wished, to_keep(wished.partition("?")[2]), name="Slower", note="")
    assert answer.status_code == 302
    assert "Work package WP3 is spent at 50.0%" in client.get(f"/scenarios/{key}").text
    assert len(kept(session)) == len(before) + 1

    others = "&".join(f"with={each}" for each in kept(session).values())
    compared = client.get(f"/scenarios/compare?{others}").text
    assert all(each in compared for each in kept(session))
    assert fill_in(client, f"/scenarios/{key}", f"/scenarios/{key}/drop").status_code == 302
    assert kept(session) == before
    assert client.get(f"/scenarios/{key}").status_code == 404


def test_a_name_that_is_taken_is_refused_with_what_was_typed(
    sign_in: SignIn, session: Session
) -> None:
    name = next(iter(kept(session)))
    client = sign_in(DIRECTOR)
    answer = fill_in(client, f"/scenarios/try?{SLOWER}", to_keep(SLOWER), name=name)
    assert answer.status_code == 422
    assert f"There is a scenario “{name}” already." in answer.text
    assert "As supposed" in answer.text


def test_without_suppositions_there_is_nothing_to_keep(sign_in: SignIn) -> None:
    page = sign_in(DIRECTOR).get("/scenarios/try").text
    assert "Keep it under a name" not in page
