"""The funder's own lines and workbook: kept under a number, refused where they no longer fit."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from reports import catalogue
from reports.catalogue import MIMETYPES, laid_out
from tests.reports.funder_template import FIRST, LINES, TOTAL, funder_template
from tests.store.changed_outside import flip, open_up
from tracker.actions import crosswalks, funder_reports, funder_workbooks, issuing
from tracker.domain.actor import Actor
from tracker.domain.crosswalks import CrosswalkLine, LineKind
from tracker.domain.errors import NotFoundError, RuleViolation, StaleEditError, TrackerError
from tracker.domain.funder_workbooks import Pointed
from tracker.domain.periods import calendar_year
from tracker.domain.policy import Role
from tracker.store import audit
from tracker.store.commitments import commitment_named
from tracker.store.crosswalks import crosswalk_of, crosswalks_of
from tracker.store.funder_reports import report_numbered
from tracker.store.funder_workbooks import (
    the_workbook,
    workbook_numbered,
    workbook_of,
    workbooks_of,
)
from tracker.store.statements import facts_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.statements import StatementFacts
    from tracker.store.documents import Upload

OFFICER = Actor("officer@example.org", Role.FINANCE_OFFICER)
CONTROLLER = Actor("controller@example.org", Role.CONTROLLER)
TODAY = date(2026, 1, 15)
CODE, YEAR = "NGF-1", calendar_year(2022)
COSTS = "Kosten 2023"
OWN = (
    CrosswalkLine("1.1", "Loonkosten", categories=("personnel",)),
    CrosswalkLine("1.2", "Kosten derden", categories=("third_parties",)),
    CrosswalkLine("1", "Personele kosten", LineKind.SUBTOTAL),
    CrosswalkLine("2.1", "Materialen", categories=("equipment", "materials")),
    CrosswalkLine("2.2", "Overige kosten", categories=("construction", "travel")),
)


def upload(content: bytes, name: str = "verantwoording.xlsx") -> tuple[str, str, bytes]:
    return name, MIMETYPES["xlsx"], content


@pytest.fixture
def programme(loaded: Session) -> int:
    return commitment_named(loaded, CODE).programme_id


@pytest.fixture
def filled_in(loaded: Session, programme: int) -> int:
    """The programme with lines of its own and a workbook that asks for them."""
    crosswalks.change_lines(loaded, programme, "nl", OWN, version=0, by=OFFICER)
    template = upload(funder_template(with_lines=True))
    assert funder_workbooks.hand_in(loaded, programme, template, version=0, by=OFFICER) == 1
    return programme


def facts(session: Session) -> StatementFacts:
    return facts_of(session, CODE, YEAR, made_on=TODAY, author="officer")


def fill(session: Session, programme: int, told: StatementFacts) -> Upload:
    """Fill the workbook of a programme as it holds."""
    return catalogue.filled(session, the_workbook(session, programme), told)


def deeds(session: Session, programme: int) -> list[str]:
    return [entry.did for entry in audit.history_of(session, f"programme/{programme}")]


def test_every_change_of_the_lines_makes_a_version(loaded: Session, programme: int) -> None:
    assert crosswalk_of(loaded, programme) is None
    assert crosswalks.change_lines(loaded, programme, "nl", OWN, version=0, by=OFFICER) == 1
    assert crosswalks.change_lines(loaded, programme, "nl", OWN, version=1, by=OFFICER) == 1
    changed = (*OWN[:4], CrosswalkLine("2.2", "Bouw en reis", categories=OWN[4].categories))
    assert crosswalks.change_lines(loaded, programme, "nl", changed, version=1, by=OFFICER) == 2
    newest, first = crosswalks_of(loaded, programme)
    assert (newest.crosswalk.lines, first.crosswalk.lines) == (changed, OWN)
    assert (newest.crosswalk.number, first.made_by) == (2, OFFICER.name)
    assert deeds(loaded, programme).count("change own lines") == 2


def test_lines_that_lose_a_category_of_the_project_are_refused(
    loaded: Session, programme: int
) -> None:
    with pytest.raises(RuleViolation, match=r"“travel” stands on 0|“construction” stands on 0"):
        crosswalks.change_lines(loaded, programme, "nl", OWN[:4], version=0, by=OFFICER)
    with pytest.raises(RuleViolation, match="language"):
        crosswalks.change_lines(loaded, programme, "fr", OWN, version=0, by=OFFICER)
    with pytest.raises(NotFoundError):
        crosswalks.change_lines(loaded, 999, "nl", OWN, version=0, by=OFFICER)
    assert crosswalk_of(loaded, programme) is None


def test_lines_that_somebody_else_changed_are_not_written_over(
    loaded: Session, programme: int
) -> None:
    crosswalks.change_lines(loaded, programme, "nl", OWN, version=0, by=CONTROLLER)
    with pytest.raises(StaleEditError) as refusal:
        crosswalks.change_lines(loaded, programme, "en", OWN, version=0, by=OFFICER)
    assert refusal.value.version == 1


def test_the_statement_tells_the_costs_in_the_own_lines(loaded: Session, filled_in: int) -> None:
    told = facts(loaded)
    assert told.crosswalk == crosswalk_of(loaded, filled_in)
    section = laid_out("statement", told).section("own_lines")
    rows = list(section.rows)
    assert rows[-1][-1] == told.charged_to_date
    cents = loaded.scalar(
        text(
            "SELECT sum(a.amount) FROM allocation a JOIN cost_line l ON l.id = a.cost_line_id"
            " JOIN cost_category k ON k.id = l.category_id"
            " JOIN commitment c ON c.id = a.commitment_id WHERE c.code = :code"
            " AND k.code IN ('equipment', 'materials') AND l.incurred_on <= '2022-12-31'"
        ),
        {"code": CODE},
    )
    assert rows[3][-1].cents == int(cents or 0)  # type: ignore[union-attr]


def test_marks_in_the_cells_are_the_mapping(loaded: Session, filled_in: int) -> None:
    found = workbook_of(loaded, filled_in)
    assert found is not None
    assert len(found.pointed) == 3 * len(LINES) + 3
    assert Pointed(COSTS, f"D{FIRST}", "line.1.1.this_period") in found.pointed
    assert found.shape[f"{COSTS}!D{FIRST}"].left == "Loonkosten"
    assert deeds(loaded, filled_in).count("hand in funder workbook") == 1


def test_the_filled_workbook_holds_the_figures_of_the_statement(
    loaded: Session, filled_in: int
) -> None:
    told = facts(loaded)
    made = fill(loaded, filled_in, told)
    name, media_type, content = made
    assert name.endswith(f"{CODE}_2022_verantwoording.xlsx")
    assert media_type == MIMETYPES["xlsx"]
    book = load_workbook(BytesIO(content))
    personnel = next(line for line in told.categories if line.category == "personnel")
    assert round(book[COSTS][f"D{FIRST}"].value * 100) == personnel.this_period.cents
    assert round(book[COSTS][f"E{FIRST}"].value * 100) == personnel.to_date.cents
    assert book["Voorblad"]["C6"].value == f"Kosten over 2022 ({CODE})"
    assert book[COSTS][f"D{TOTAL}"].value == f"=SUM(D{FIRST}:D{TOTAL - 1})"
    assert fill(loaded, filled_in, told) == made


def test_a_changed_mapping_is_a_new_version_of_the_same_file(
    loaded: Session, filled_in: int
) -> None:
    before = workbook_numbered(loaded, filled_in, 1)
    pointed = (*before.pointed, Pointed("", "ontvangen", "received"))
    assert funder_workbooks.point(loaded, filled_in, pointed, version=1, by=OFFICER) == 2
    assert funder_workbooks.point(loaded, filled_in, pointed, version=2, by=OFFICER) == 2
    newest, first = workbooks_of(loaded, filled_in)
    assert newest.pointed == pointed
    assert first == before
    assert newest.document_id == first.document_id
    with pytest.raises(StaleEditError):
        funder_workbooks.point(loaded, filled_in, before.pointed, version=1, by=OFFICER)
    with pytest.raises(RuleViolation, match=f"hold formulas.*{COSTS}!D{TOTAL}"):
        funder_workbooks.point(
            loaded,
            filled_in,
            [Pointed(COSTS, f"D{TOTAL}", "award")],
            version=2,
            by=OFFICER,
        )
    assert len(workbooks_of(loaded, filled_in)) == 2


def test_a_changed_template_that_fits_takes_the_mapping_over(
    loaded: Session, filled_in: int
) -> None:
    first = workbook_numbered(loaded, filled_in, 1)
    changed = upload(funder_template(with_marks=False), "nieuw.xlsx")
    assert funder_workbooks.hand_in(loaded, filled_in, changed, version=1, by=OFFICER) == 2
    newest = workbook_of(loaded, filled_in)
    assert newest is not None
    assert newest.pointed == first.pointed
    assert newest.file_name == "nieuw.xlsx"


def test_a_changed_template_that_no_longer_fits_is_refused_with_the_cells(
    loaded: Session, filled_in: int
) -> None:
    changed = upload(funder_template(label="Personeel", with_lines=True))
    with pytest.raises(RuleViolation) as refusal:
        funder_workbooks.hand_in(loaded, filled_in, changed, version=1, by=OFFICER)
    assert refusal.value.field == "document"
    for column in "CDE":
        assert f"{COSTS}!{column}{FIRST} (“Loonkosten” → “Personeel”" in str(refusal.value)
    assert len(workbooks_of(loaded, filled_in)) == 1
    number = funder_workbooks.hand_in(
        loaded, filled_in, changed, is_anew=True, version=1, by=OFFICER
    )
    assert number == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04 no archive", "the list of its parts cannot be read"),
        (b"%PDF-1.7", "The file is no workbook"),
    ],
)
def test_what_is_no_workbook_is_refused(
    loaded: Session, programme: int, content: bytes, said: str
) -> None:
    with pytest.raises(RuleViolation, match=said) as refusal:
        funder_workbooks.hand_in(loaded, programme, upload(content), version=0, by=OFFICER)
    assert refusal.value.field == "document"
    text_file = ("a.txt", "text/plain", b"a")
    with pytest.raises(RuleViolation, match=r"a\.txt is no workbook"):
        funder_workbooks.hand_in(loaded, programme, text_file, version=0, by=OFFICER)
    assert workbook_of(loaded, programme) is None


def test_a_figure_that_there_no_longer_is_keeps_the_workbook_from_being_filled(
    loaded: Session, filled_in: int
) -> None:
    lines = (CrosswalkLine("9", "Alles", categories=tuple(c for o in OWN for c in o.categories)),)
    assert fill(loaded, filled_in, facts(loaded))
    crosswalks.change_lines(loaded, filled_in, "nl", lines, version=1, by=OFFICER)
    with pytest.raises(RuleViolation, match=rf"{COSTS}!C{FIRST} \(line\.1\.1\.budget\)"):
        fill(loaded, filled_in, facts(loaded))


def test_a_template_that_was_changed_from_outside_is_not_filled(
    loaded: Session, filled_in: int
) -> None:
    found = workbook_numbered(loaded, filled_in, 1)
    told = facts(loaded)
    assert fill(loaded, filled_in, told)
    open_up(loaded, "document")
    flip(loaded, found.document_id)
    with pytest.raises(TrackerError, match="is not what was kept"):
        fill(loaded, filled_in, told)


def test_an_issued_statement_comes_in_the_funders_own_workbook_too(
    loaded: Session, filled_in: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuing, "blocking_of", lambda *_: ())
    monkeypatch.setattr(funder_reports, "blocking_of", lambda *_: ())
    key = funder_reports.begin(loaded, CODE, "statement", YEAR, by=OFFICER)
    funder_reports.ask_review(loaded, key, version=1, today=TODAY, by=OFFICER)
    funder_reports.approve(loaded, key, version=2, by=CONTROLLER)
    issued = issuing.issue(loaded, key, version=3, today=TODAY, by=OFFICER)
    file, content = issuing.take(loaded, issued, "filled", by=OFFICER)
    assert file.name.endswith(f"{CODE}_2022_v1_verantwoording.xlsx")
    newest = report_numbered(loaded, key).newest
    assert newest is not None
    pointed = (Pointed("Voorblad", "C8", "report.author"),)
    funder_workbooks.point(loaded, filled_in, pointed, version=1, by=OFFICER)
    assert issuing.take(loaded, issued, "filled", by=OFFICER) == (file, content)
