"""What is handed out as a file has one head, says one note, and is named after what it tells."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from sqlalchemy import text

from tracker.domain.policy import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient
    from sqlalchemy.orm import Session

    SignIn = Callable[[Role], FlaskClient]

LISTS = {
    "/commitments/export": "NECST_commitments_2026-01-15",
    "/milestones/export": "NECST_milestones_2026-01-15",
    "/outlook/export": "NECST_outlook_2026-01-15",
    "/reconciliation/export": "NECST_reconciliation_by_year_incurred_2026-01-15",
    "/forecasts/2/export": "NECST_forecast_2026-01-12_v2",
    "/reports/overview": "NECST_overview_2026-01-15",
}
NOTE = "Shown to the auditor only."
SAMPLE = "Fictitious amounts."


def head_of(client: FlaskClient, address: str) -> dict[Any, Any]:
    """The facts on the cover of a workbook; what stands alone there has no value."""
    answer = client.get(f"{address}.xlsx")
    assert answer.status_code == 200
    cover = openpyxl.load_workbook(BytesIO(answer.data)).worksheets[0]
    return {row[0]: row[1] for row in cover.iter_rows(max_col=2, values_only=True)}


@pytest.mark.parametrize("address", LISTS)
def test_a_file_says_who_made_it_when_and_of_which_books(sign_in: SignIn, address: str) -> None:
    client = sign_in(Role.AUDITOR)
    file = client.get(f"{address}.xlsx").headers["Content-Disposition"]
    assert file == f"attachment; filename={LISTS[address]}.xlsx"
    told, of_overview = head_of(client, address), head_of(client, "/reports/overview")
    assert told["State of the books"] == of_overview["State of the books"] != ""
    if address != "/forecasts/2/export":  # it tells when and by whom the version was made
        assert told["Made by"] == of_overview["Made by"] == "Aukje Auditor"
        assert told["Made on"].date() == of_overview["Made on"].date() == date(2026, 1, 15)


@pytest.mark.parametrize("address", LISTS)
def test_a_note_of_a_project_is_said_on_every_file(
    sign_in: SignIn, session: Session, address: str
) -> None:
    client = sign_in(Role.AUDITOR)
    told = head_of(client, address)
    assert SAMPLE in {*told, *told.values()}
    session.execute(text("UPDATE project SET is_sample = false, note = :note"), {"note": NOTE})
    session.commit()
    told = head_of(client, address)
    assert NOTE in {*told, *told.values()}
    assert SAMPLE not in {*told, *told.values()}
