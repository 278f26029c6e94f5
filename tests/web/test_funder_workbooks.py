"""The funder's own lines and workbook on screen: entered, pointed at, looked at, kept."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from tests.reports.funder_template import FIRST, SHEETS, beyond_the_cells, funder_template
from tests.web.filling import Forms
from tracker.actions.sample_workbooks import FILE
from tracker.domain.crosswalks import Crosswalk, CrosswalkLine
from tracker.domain.policy import Role
from tracker.store.commitments import commitment_named
from tracker.store.crosswalks import add_crosswalk
from tracker.store.funder_workbooks import workbook_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session
    from werkzeug.test import TestResponse

LINES, CHANGE = "/programmes/3/lines", "/programmes/3/lines/change"
WORKBOOK, CELLS = "/programmes/3/workbook", "/programmes/3/workbook/cells"
COSTS = "Kosten 2023"


@pytest.fixture
def client(sign_in: Callable[[Role], FlaskClient]) -> FlaskClient:
    return sign_in(Role.FINANCE_OFFICER)


def held(client: FlaskClient, address: str) -> dict[str, list[str]]:
    """What the form of a page sends, as it stands."""
    forms = Forms(client.get(address).text).forms
    return next(fields for _given, fields in forms if "once" in fields)


def send(client: FlaskClient, address: str, to: str = "", **typed: object) -> TestResponse:
    return client.post(to or address, data=held(client, address) | typed)


def versions(session: Session, table: str) -> int:
    session.rollback()
    return int(session.scalar(text(f"SELECT max(number) FROM {table}")) or 0)


def test_the_lines_of_the_form_are_shown_with_what_is_told_there(client: FlaskClient) -> None:
    page = client.get(LINES).text
    assert "Loonkosten" in page
    assert "Subtotal of the lines above it" in page
    assert "Language of the form: Dutch" in page
    assert '<td class="is-name" lang="nl">Loonkosten</td>' in page
    assert "Lines of the funder&#39;s form" in client.get("/programmes/3").text


def test_lines_are_changed_and_the_older_ones_stay_visible(
    client: FlaskClient, session: Session
) -> None:
    answer = send(client, CHANGE, title_1="Lonen en salarissen")
    assert answer.status_code == 302
    page = client.get(LINES).text
    assert "Lonen en salarissen" in page
    assert "Lines of version 1" in page
    assert versions(session, "crosswalk") == 2


def test_lines_are_put_in_the_order_that_is_typed(client: FlaskClient) -> None:
    assert send(client, CHANGE, order_2="5").status_code == 302
    page = client.get(LINES).text.partition("Versions")[0]
    assert page.index("Kosten derden") < page.index("Loonkosten")


def test_a_category_on_no_line_or_on_one_that_is_not_there_is_refused(
    client: FlaskClient, session: Session
) -> None:
    answer = send(client, CHANGE, on_travel="7.7", title_1="Getypt")
    assert answer.status_code == 422
    assert "There is no line 7.7 above." in answer.text
    assert 'value="Getypt"' in answer.text
    answer = send(client, CHANGE, on_travel="")
    assert answer.status_code == 422
    assert versions(session, "crosswalk") == 1


def test_figures_are_pointed_at_cells_looked_at_and_kept(
    client: FlaskClient, session: Session
) -> None:
    chosen = send(client, CELLS, point="Voorblad!C8")
    assert chosen.status_code == 200
    assert 'value="Voorblad!C8"' in chosen.text
    at = len([name for name in held(client, CELLS) if name.startswith("where_")]) - 4
    typed = {f"where_{at}": "Voorblad!C8", f"figure_{at}": "report.author", "period": "2022"}
    looked = send(client, CELLS, do="look", code="UL-1", **typed)
    assert looked.status_code == 200
    assert "Kosten over 2022 (UL-1)" in looked.text
    assert versions(session, "funder_workbook") == 1
    filled = send(client, CELLS, do="download", code="UL-1", **typed)
    book = load_workbook(BytesIO(filled.data))
    assert book["Voorblad"]["C6"].value == "Kosten over 2022 (UL-1)"
    assert book["Voorblad"]["C8"].value
    assert send(client, CELLS, do="keep", **typed).status_code == 302
    assert versions(session, "funder_workbook") == 2
    assert "report.author" in client.get(WORKBOOK).text


def test_a_named_range_is_chosen_as_a_cell_is(client: FlaskClient) -> None:
    page = client.get(CELLS).text
    assert 'name="point" value="ontvangen"' in page
    assert 'name="point" value="totaal"' not in page  # a formula
    chosen = send(client, CELLS, point="ontvangen").text
    assert 'value="ontvangen"' in chosen
    assert 'name="point" value="ontvangen"' not in chosen


def test_each_figure_says_what_it_is_before_it_is_looked_at(client: FlaskClient) -> None:
    page = client.get(CELLS).text.partition("<details>")[0]
    assert "This period, line 1.2" in page
    assert "A text with figures" in page


def test_the_second_of_two_tabs_is_told_who_was_faster_and_keeps_what_was_typed(
    client: FlaskClient, session: Session
) -> None:
    late = held(client, CELLS)
    assert send(client, CELLS, do="keep", figure_1="project.code").status_code == 302
    answer = client.post(CELLS, data=late | {"do": "keep", "figure_2": "report.author"})
    assert answer.status_code == 422
    assert "finance@sample.example" in answer.text
    assert 'value="report.author"' in answer.text
    assert versions(session, "funder_workbook") == 2
    older = held(client, CHANGE)
    assert send(client, CHANGE, title_1="Lonen").status_code == 302
    answer = client.post(CHANGE, data=older | {"title_1": "Salarissen"})
    assert answer.status_code == 422
    assert 'value="Salarissen"' in answer.text
    assert versions(session, "crosswalk") == 2


def test_another_sheet_is_shown_and_what_was_typed_stays(client: FlaskClient) -> None:
    answer = send(client, CELLS, sheet=COSTS, figure_1="project.code")
    assert answer.status_code == 200
    assert f"Sheet {COSTS}" in answer.text
    assert 'value="project.code"' in answer.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"where_1": f"{COSTS}!F{FIRST}"}, "hold formulas"),
        ({"where_1": "Weg!A1"}, "There is no such cell"),
        ({"figure_1": "nothing"}, "figures that there are not"),
    ],
)
@pytest.mark.parametrize("do", ["keep", "look", "download"])
def test_what_cannot_be_pointed_at_is_refused_with_the_cell(
    client: FlaskClient, session: Session, typed: dict[str, str], said: str, do: str
) -> None:
    answer = send(client, CELLS, do=do, **typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert versions(session, "funder_workbook") == 1


def test_a_period_that_is_none_is_refused(client: FlaskClient) -> None:
    assert send(client, CELLS, do="look", period="soon").status_code == 422
    address = f"{WORKBOOK}/filled.xlsx?code=UL-1&period=soon"
    assert client.get(address).status_code == 422


def test_a_workbook_that_no_longer_fits_is_refused_with_the_cells(
    client: FlaskClient, session: Session
) -> None:
    changed = funder_template(label="Personeel", with_lines=True)
    answer = send(client, WORKBOOK, document=(BytesIO(changed), "nieuw.xlsx"))
    assert answer.status_code == 422
    assert f"{COSTS}!D{FIRST} (“Loonkosten” → “Personeel”)" in answer.text
    anew = send(client, WORKBOOK, document=(BytesIO(changed), "nieuw.xlsx"), is_anew="y")
    assert anew.status_code == 302
    assert versions(session, "funder_workbook") == 2
    assert "nieuw.xlsx" in client.get(WORKBOOK).text


def test_the_workbook_is_handed_out_filled_and_is_otherwise_as_the_funder_made_it(
    client: FlaskClient, session: Session
) -> None:
    answer = client.get(f"{WORKBOOK}/filled.xlsx?code=UL-1&period=2022")
    assert "UL-1_2022_verantwoording-universiteit.xlsx" in answer.headers["Content-Disposition"]
    book = load_workbook(BytesIO(answer.data))
    assert book["Voorblad"]["C6"].value == "Kosten over 2022 (UL-1)"
    own = workbook_of(session, 3)
    session.rollback()
    assert own
    assert len(own.pointed) == 15
    assert list(beyond_the_cells(FILE.read_bytes(), answer.data, own.shape)) == []
    assert set(beyond_the_cells(FILE.read_bytes(), answer.data, {})) == set(SHEETS[:2])
    draft = client.get("/funder-reports/1/filled.xlsx")
    assert load_workbook(BytesIO(draft.data))["Voorblad"]["C6"].value == "Kosten over 2021 (UL-1)"


def test_a_report_without_a_workbook_of_its_funder_has_none(client: FlaskClient) -> None:
    assert client.get("/funder-reports/3/filled.xlsx").status_code == 404
    assert "own workbook</a>" not in client.get("/funder-reports/3").text


def test_what_the_funders_form_lacks_blocks_its_report_and_leads_to_where_it_is_mended(
    client: FlaskClient, sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    assert "is on no line" not in client.get("/funder-reports/3").text
    programme = commitment_named(session, "NGF-1").programme_id
    gap = (CrosswalkLine("1", "Materieel", categories=("materials",)),)
    add_crosswalk(session, programme, Crosswalk(1, "nl", gap), by="before", at=datetime.now(UTC))
    session.commit()
    page, lines = client.get("/funder-reports/3").text, f"/programmes/{programme}/lines"
    told = re.findall(r"<span>(.+), is on no line of the funder", page)
    assert told
    assert all(re.fullmatch(r"[^€]+, €\s?[0-9,.]+", one) for one in told), told
    assert f'href="{lines}/change"' in page
    assert f'href="{lines}"' in sign_in(Role.CONTROLLER).get("/funder-reports/3").text


def test_a_workbook_that_asks_in_vain_blocks_its_report_and_leads_to_its_cells(
    client: FlaskClient, session: Session
) -> None:
    begun = client.post("/funder-reports", data=held(client, "/funder-reports") | {
        "kind": "statement", "code": "UL-1", "first_day": "01-01-2022", "last_day": "31-12-2022"
    })  # fmt: skip
    assert begun.status_code == 302
    assert "ask for figures" not in client.get(begun.location).text
    assert send(client, CHANGE, code_1="1.9", on_personnel="1.9").status_code == 302
    page = client.get(begun.location).text
    assert "3 cells of the funder&#39;s own workbook ask for figures that are not there:" in page
    assert f"{COSTS}!C9 (line.1.1.budget)" in page
    assert f'href="{CELLS}"' in page
    assert versions(session, "crosswalk") == 2
