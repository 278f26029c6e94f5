"""Saying what the columns of a table hold, and the sources that are remembered."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook, load_workbook

from reports.column_guides import template_columns
from tests.waiting_files import HEADINGS, ROWS, afas_csv
from tests.web.filling import fields_of, fill_in
from tests.web.test_imports import ASKED, OFFICER, READY, REFUSED, send
from tracker.domain.intakes import Intake, IntakeState
from tracker.domain.policy import Role
from tracker.domain.table_columns import TableKind
from tracker.store import intakes, mappings
from tracker.store.projects import the_project
from tracker.web.places import headings_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

COLUMNS = f"{ASKED}/columns?kind=costs&sheet=&row=3"
PLACES = {name: f"column_{at}" for at, name in enumerate(HEADINGS.split(";"))}


def intake(session: Session, address: str) -> Intake:
    session.rollback()
    return intakes.intake(session, int(address.rpartition("/")[2]))


def source_names(session: Session) -> list[str]:
    session.rollback()
    return [each.name for each in mappings.profiles_of(session, the_project(session).id)]


def test_the_columns_stand_over_real_rows_and_what_is_recognised_is_chosen(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    page = sign_in(OFFICER).get(ASKED).text
    chosen = fields_of(page, COLUMNS)
    assert chosen[PLACES["Rekeningnummer"]] == ["account"]
    assert chosen[PLACES["Bedrag debet"]] == ["debit"]
    assert chosen["column_10"] == [""], "“Wie” is known to nobody"
    for real in ("Pipetten à € 60", "1.250,00", "Reisbureau Oegstgeest", "Row 3", "Row 6"):
        assert real in page, real
    assert page.count(">recognised<") >= 8
    assert "Export grootboekmutaties" not in page, "what stands above the headings is no row"


def test_the_letters_are_those_of_the_file_or_of_whoever_looks(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    client = sign_in(OFFICER)
    assert "Windows (cp1252) (now)" in client.get(ASKED).text
    fill_in(client, ASKED, f"{ASKED}/letters", encoding="cp850")
    other = client.get(ASKED).text
    assert "DOS (cp850) (now)" in other
    assert "Pipetten à € 60" not in other
    fill_in(client, ASKED, f"{ASKED}/letters", encoding="klingon")
    assert "DOS (cp850) (now)" in client.get(ASKED).text


def test_chosen_columns_lead_to_the_preview_and_are_remembered(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    client = sign_in(OFFICER)
    answer = fill_in(client, ASKED, COLUMNS, column_10="supplier", name="Ander pakket")
    assert answer.status_code == 302
    assert intake(session, ASKED).state is IntakeState.READY
    assert source_names(session) == ["AFAS", "Ander pakket"]

    turned = [";".join(reversed(row.split(";"))) for row in (HEADINGS, *ROWS)]
    turned[0] = turned[0].replace("Naam crediteur", "Wie")
    page = send(client, ("in another order.csv", afas_csv(*turned[1:], headings=turned[0])))
    assert "Which total do you expect?" in page.text, "its columns are not asked for again"
    assert "Ander pakket" in page.text


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"column_3": ""}, "No column is chosen for “Account”."),
        ({"column_10": "account"}, "Two columns are chosen for “Account”."),
        ({"column_10": "amount"}, "An amount is chosen, and debit and credit as well."),
        ({"column_6": "", "column_7": ""}, "No column is chosen for the amount"),
        ({"column_4": ""}, "No column is chosen for the day of the booking or of the costs."),
        ({"name": ""}, "This field is required"),
        ({"column_3": "shoe size"}, "Not a valid choice"),
        ({"decimal": "semicolon"}, "Not a valid choice"),
    ],
)
def test_columns_that_are_missing_double_or_at_odds_are_named_and_the_rest_stays(
    changes: dict[str, str],
    complaint: str,
    sign_in: Callable[[Role], FlaskClient],
    session: Session,
) -> None:
    client = sign_in(OFFICER)
    typed = {"name": "My own name", "journal": "70"} | changes
    answer = fill_in(client, ASKED, COLUMNS, **typed)
    assert answer.status_code == 422
    assert complaint in answer.text
    held = fields_of(answer.text, COLUMNS)
    assert held["journal"] == ["70"]
    assert held["column_5"] == ["description"]
    assert intake(session, ASKED).state is IntakeState.MAPPING
    assert source_names(session) == ["AFAS"]


def test_another_row_or_kind_shows_other_columns_and_nothing_is_kept_of_looking(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    client = sign_in(OFFICER)
    hours = client.get(f"{ASKED}?kind=hours&row=3").text
    assert ">Annual" in hours or ">Costs of a year<" in hours
    assert "Boekstuknummer" in hours
    row = client.get(f"{ASKED}?row=4").text
    assert '<span class="heading">26700001</span>' in row
    beyond = client.get(f"{ASKED}?row=4000&kind=shoes&sheet=none")
    assert beyond.status_code == 200
    assert "Boekstuknummer" in beyond.text, "what there is not is not shown"
    assert intake(session, ASKED).version == 3


def test_a_workbook_shows_each_of_its_sheets(sign_in: Callable[[Role], FlaskClient]) -> None:
    book, content = Workbook(), BytesIO()
    first, second = book.active, book.create_sheet("Mutaties 2025")
    assert first is not None
    first.append(["Toelichting", "Wat"])
    first.append(["Niets", "Hier"])
    second.append(["Rek", "Dag", "Bedrag", "Project"])
    second.append(["4200", "15-11-2025", 12.5, "NECST"])
    book.save(content)
    client = sign_in(OFFICER)
    page = send(client, ("two sheets.xlsx", content.getvalue()))
    assert "Mutaties 2025" in page.text
    address = page.request.path
    other = client.get(f"{address}?sheet=Mutaties+2025").text
    assert '<span class="heading">Bedrag</span>' in other
    assert "12.5" in other or "12,5" in other


def test_columns_that_are_not_asked_for_cannot_be_chosen(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    client = sign_in(OFFICER)
    form = fields_of(client.get(ASKED).text, COLUMNS)
    for address in (READY, "/imports/1"):
        answer = client.post(COLUMNS.replace(ASKED, address), data=form)
        assert answer.status_code == 422
        assert "are not asked for now" in answer.text
    assert intake(session, READY).state is IntakeState.READY


@pytest.mark.parametrize("address", [READY, REFUSED])
def test_columns_can_be_chosen_again_after_a_look(
    address: str, sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    client = sign_in(OFFICER)
    assert "Choose the columns again" in client.get(address).text
    fill_in(client, address, f"{address}/anew", columns="again")
    assert intake(session, address).state is IntakeState.MAPPING
    assert "Say what its columns hold" in client.get(address).text


def test_a_source_is_forgotten_once_somebody_has_confirmed_it(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    client = sign_in(OFFICER)
    listed = client.get("/imports/profiles").text
    assert "Rekeningnummer = Account" in listed
    asked = client.get("/imports/profiles/1/forget")
    assert "asks again what its columns hold" in asked.text
    assert source_names(session) == ["AFAS"]
    fill_in(client, "/imports/profiles/1/forget")
    assert source_names(session) == []
    assert client.get("/imports/profiles/1/forget").status_code == 404
    page = send(client, ("asks again.csv", afas_csv(ROWS[1], ROWS[0])))
    assert "Say what its columns hold" in page.text


def test_a_place_is_named_by_the_headings_of_the_file(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    refused = intake(session, REFUSED)
    assert headings_at("E4, E9, G5 (+3)", refused) == "Boekingsdatum, Bedrag debet"
    assert headings_at("Costs!E4", refused) == "Boekingsdatum"
    assert headings_at("'AB12 cells'!ZZ9", refused) == ""
    assert headings_at("E4", None) == ""
    page = sign_in(Role.AUDITOR).get(REFUSED).text
    assert 'E4</strong> <span class="soft">Boekingsdatum</span>' in page


def test_a_template_with_a_column_of_ones_own_is_brought_in_once_its_columns_are_confirmed(
    sign_in: Callable[[Role], FlaskClient], session: Session
) -> None:
    client = sign_in(OFFICER)
    book = load_workbook(BytesIO(client.get("/imports/templates/milestones.xlsx").data))
    sheet = book.worksheets[0]
    columns = len(template_columns(TableKind.MILESTONES))
    rows = [row for row in sheet.iter_rows(4, values_only=True) if any(row)]
    sheet.cell(3, columns + 1).value = "Who looks after it"
    sheet.cell(4, columns + 1).value = "Jan"
    content = BytesIO()
    book.save(content)
    page = send(client, ("milestones.xlsx", content.getvalue()))
    address = page.request.path
    assert intake(session, address).state is IntakeState.MAPPING
    assert '<option selected value="milestones">' in page.text
    chosen = f"{address}/columns?kind=milestones&sheet={sheet.title}&row=3"
    answer = fill_in(client, address, chosen, name="Planning")
    assert answer.status_code == 302
    found = intake(session, address)
    assert found.state is IntakeState.READY
    assert found.preview is not None
    assert (found.preview.new, found.preview.changed, found.preview.same) == (0, 0, len(rows))
