"""Tables of milestones, budgets and commitments are downloaded, changed, and brought in again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from sqlalchemy import func, select

from reports.blank_tables import FIRST_ROW, HEAD_ROW, blank_table
from reports.codes import Codes
from reports.column_guides import template_columns
from tests.actions.programme import OFFICER
from tests.actions.test_budgets import say
from tracker.actions import amendments, imports, intake_jobs, intakes
from tracker.domain.actor import Actor
from tracker.domain.commitments import Status
from tracker.domain.errors import FileRefused, RuleViolation
from tracker.domain.intakes import Choice, Intake, IntakeState
from tracker.domain.money import Money
from tracker.domain.policy import Role
from tracker.domain.table_columns import TableKind
from tracker.store import intakes as stored
from tracker.store import records
from tracker.store.audit import history_of
from tracker.store.budgets import BudgetVersionRow, budget_of
from tracker.store.commitments import CommitmentRow, commitment_named
from tracker.store.imports import imports_of
from tracker.store.milestones import MilestoneMoveRow, MilestoneRow, milestones_of
from tracker.store.projects import the_project

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from tracker.domain.imports import ImportOutcome

CONTROLLER = Actor("controller@example.org", Role.CONTROLLER)
KINDS = (TableKind.MILESTONES, TableKind.BUDGETS, TableKind.COMMITMENTS)
TABLES = (MilestoneRow, MilestoneMoveRow, BudgetVersionRow, CommitmentRow)
HELD = {
    TableKind.MILESTONES: records.milestone_records,
    TableKind.BUDGETS: records.budget_records,
    TableKind.COMMITMENTS: records.commitment_records,
}


def rows_in_use(session: Session, kind: TableKind) -> list[dict[str, Any]]:
    found = HELD[kind](session)
    session.rollback()
    return found


def template(
    folder: Path, kind: TableKind, rows: list[dict[str, Any]], language: str = "nl", name: str = ""
) -> Path:
    """A template as it is downloaded, filled in."""
    path = folder / (name or f"{kind}.xlsx")
    path.write_bytes(blank_table(kind, Codes(), language, rows))
    return path


def looked_at(session: Session, path: Path) -> Intake:
    key = intakes.hand_in(session, path.name, path, by=OFFICER).intake_id
    intake_jobs.IntakeJob(session, key).carry_out()
    found = stored.intake(session, key)
    session.rollback()
    return found


def kept(
    session: Session, found: Intake, reason: str = "", *, apply_changes: bool = True
) -> Intake:
    """Keep a table that was looked at, with the total that it has."""
    assert found.preview is not None
    assert found.state is IntakeState.READY, found.preview.findings
    if found.preview.needs_expected:
        total = found.preview.total
        assert total is not None
        intakes.set_expected(session, found.id, total, version=found.version, by=OFFICER)
    version = stored.intake(session, found.id).version
    choice = Choice(reason, apply_changes=apply_changes)
    intakes.confirm(session, found.id, choice, version=version, by=OFFICER)
    intake_jobs.IntakeJob(session, found.id).carry_out()
    done = stored.intake(session, found.id)
    session.rollback()
    return done


def counts(session: Session) -> list[int]:
    found = [session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES]
    session.rollback()
    return found


def figures(found: Intake) -> tuple[int, int, int]:
    """New, changed and the same."""
    assert found.preview is not None
    assert found.state is IntakeState.READY, found.preview.findings
    return found.preview.new, found.preview.changed, found.preview.same


def findings(found: Intake) -> list[str]:
    assert found.state is IntakeState.REFUSED
    assert found.preview is not None
    return [str(finding) for finding in found.preview.findings]


def place(kind: TableKind, code: str, row: int = FIRST_ROW) -> str:
    codes = [column.code for column in template_columns(kind)]
    return f"{chr(ord('A') + codes.index(code))}{row}"


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_download_that_comes_back_unchanged_changes_nothing(
    loaded: Session, tmp_path: Path, kind: TableKind, language: str
) -> None:
    rows, before = rows_in_use(loaded, kind), counts(loaded)
    found = looked_at(loaded, template(tmp_path, kind, rows, language))
    assert figures(found) == (0, 0, len(rows))
    assert len(rows) > 1
    assert kept(loaded, found).state is IntakeState.KEPT
    assert counts(loaded) == before


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_file_twice_is_known_and_saved_again_it_is_the_same(
    loaded: Session, tmp_path: Path, kind: TableKind
) -> None:
    rows = [*rows_in_use(loaded, kind), *([] if kind is TableKind.BUDGETS else [ADDED[kind]])]
    if kind is TableKind.BUDGETS:
        rows = moved(rows, Money(100))
    path = template(tmp_path, kind, rows)
    assert kept(loaded, looked_at(loaded, path), "As agreed").state is IntakeState.KEPT
    after = counts(loaded)
    assert intakes.hand_in(loaded, path.name, path, by=OFFICER).is_known
    again = looked_at(loaded, template(tmp_path, kind, rows, "en", "again.xlsx"))
    assert figures(again) == (0, 0, len(rows))
    assert counts(loaded) == after


def moved(rows: list[dict[str, Any]], amount: Money) -> list[dict[str, Any]]:
    """The rows with an amount moved between the first two categories of the first budget."""
    first, second, *rest = rows
    assert first["commitment"] == second["commitment"]
    return [
        first | {"amount": first["amount"] - amount},
        second | {"amount": second["amount"] + amount},
        *rest,
    ]


ADDED: dict[TableKind, dict[str, Any]] = {
    TableKind.MILESTONES: {
        "code": "M-NEW",
        "title": "Second line open",
        "work_package": "WP1",
        "weight": 7,
        "baseline": date(2026, 9, 1),
        "current": date(2026, 10, 1),
        "reason": "The permit came late",
        "met_on": None,
    },
    TableKind.COMMITMENTS: {
        "code": "NEW-1",
        "reference": "NEW-2026-1",
        "form": "cash",
        "status": "awarded",
        "decided_on": date(2025, 3, 1),
        "first_day": date(2025, 1, 1),
        "last_day": date(2026, 12, 31),
        "amount": Money(5_000_000),
        "work_packages": "WP1, WP2",
        "conditions": "Report every year",
    },
}


@pytest.fixture(autouse=True)
def _a_programme_that_is_there(loaded: Session) -> None:
    held = rows_in_use(loaded, TableKind.COMMITMENTS)[0]
    names = {code: held[code] for code in ("funder", "programme")}
    ADDED[TableKind.COMMITMENTS] |= names


def test_a_cell_that_differs_moves_one_milestone_with_the_reason_that_was_given(
    loaded: Session, tmp_path: Path
) -> None:
    rows = rows_in_use(loaded, TableKind.MILESTONES)
    at = next(at for at, row in enumerate(rows) if not row["met_on"])
    code, before = rows[at]["code"], rows[at]["current"] or rows[at]["baseline"]
    rows[at]["current"] = later = before + timedelta(days=30)
    found = looked_at(loaded, template(tmp_path, TableKind.MILESTONES, rows))
    assert figures(found) == (0, 1, len(rows) - 1)
    assert found.preview is not None
    (change,) = found.preview.changes
    assert change.key == code
    assert [(each.before, each.now) for each in change.fields] == [(before, later)]
    with pytest.raises(RuleViolation, match="without a reason"):
        kept(loaded, found)
    done = kept(loaded, stored.intake(loaded, found.id), "Deliveries are late")
    assert done.state is IntakeState.KEPT, done.preview
    milestone = next(each for each in milestones_of(loaded) if each.code == code)
    assert (milestone.current, milestone.moves[-1].reason) == (later, "Deliveries are late")
    loaded.rollback()
    (deed,) = history_of(loaded, f"milestone/{code}")
    assert (deed.did, deed.by) == ("move milestone", OFFICER.name)
    assert deed.detail["planned_for"] == [before.isoformat(), later.isoformat()]


def test_changes_that_nobody_ticked_stay_as_they_were(loaded: Session, tmp_path: Path) -> None:
    rows, before = rows_in_use(loaded, TableKind.MILESTONES), counts(loaded)
    at = next(at for at, row in enumerate(rows) if not row["met_on"])
    rows[at] |= {"current": date(2031, 1, 1), "reason": "Later"}
    found = looked_at(loaded, template(tmp_path, TableKind.MILESTONES, rows))
    done = kept(loaded, found, "Not agreed yet", apply_changes=False)
    assert done.state is IntakeState.KEPT
    assert counts(loaded) == before
    found = looked_at(loaded, template(tmp_path, TableKind.MILESTONES, rows, "en", "again.xlsx"))
    assert figures(found) == (0, 1, len(rows) - 1)


def test_a_milestone_that_is_met_and_a_new_one_come_in_together(
    loaded: Session, tmp_path: Path
) -> None:
    rows = rows_in_use(loaded, TableKind.MILESTONES)
    at = next(at for at, row in enumerate(rows) if not row["met_on"])
    rows[at]["met_on"] = date(2026, 1, 15)
    rows.append(ADDED[TableKind.MILESTONES])
    found = looked_at(loaded, template(tmp_path, TableKind.MILESTONES, rows))
    assert figures(found) == (1, 1, len(rows) - 2)
    assert found.preview is not None
    assert not found.preview.needs_expected
    assert kept(loaded, found, "Seen on site").state is IntakeState.KEPT
    by_code = {each.code: each for each in milestones_of(loaded)}
    assert by_code[rows[at]["code"]].met_on == date(2026, 1, 15)
    new = by_code["M-NEW"]
    assert (new.weight, new.baseline, new.current) == (7, date(2026, 9, 1), date(2026, 10, 1))
    assert new.moves[0].reason == "The permit came late"
    assert new.title == "Second line open"


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("title", "Something else", "the table says Something else"),
        ("weight", 99, "the table says 99"),
        ("baseline", date(2020, 2, 2), "the table says 2020-02-02"),
        ("work_package", "WP99", "The tracker does not know “WP99”."),
        ("met_on", date(2090, 1, 1), "2090-01-01 is still to come."),
    ],
)
def test_what_never_changes_of_a_milestone_is_found_in_its_cell(
    loaded: Session, tmp_path: Path, column: str, value: object, said: str
) -> None:
    rows, before = rows_in_use(loaded, TableKind.MILESTONES), counts(loaded)
    at = next(at for at, row in enumerate(rows) if not row["met_on"])
    rows[at][column] = value
    path = template(tmp_path, TableKind.MILESTONES, rows, "en")
    (finding,) = findings(looked_at(loaded, path))
    assert finding.startswith(f"Milestones!{place(TableKind.MILESTONES, column, FIRST_ROW + at)}: ")
    assert said in finding
    assert counts(loaded) == before


def test_a_new_milestone_off_its_baseline_and_a_row_that_comes_twice_are_refused(
    loaded: Session, tmp_path: Path
) -> None:
    new = ADDED[TableKind.MILESTONES]
    rows = [new | {"reason": ""}, new]
    said = findings(looked_at(loaded, template(tmp_path, TableKind.MILESTONES, rows, "en")))
    assert any("not for its baseline, without a reason" in each for each in said)
    assert any("Another row of this table is about “M-NEW” too." in each for each in said)


def test_a_budget_that_differs_gets_one_version_and_the_others_none(
    loaded: Session, tmp_path: Path
) -> None:
    rows = rows_in_use(loaded, TableKind.BUDGETS)
    code = rows[0]["commitment"]
    before = counts(loaded)
    changed = moved(rows, Money(12_345))
    found = looked_at(loaded, template(tmp_path, TableKind.BUDGETS, changed))
    assert figures(found) == (0, 2, len(rows) - 2)
    assert found.preview is not None
    change = found.preview.changes[0]
    assert (change.before, change.now) == (rows[0]["amount"], changed[0]["amount"])
    assert [each.name for each in change.fields] == [rows[0]["category"]]
    with pytest.raises(RuleViolation, match="A version has a reason"):
        kept(loaded, found)
    done = kept(loaded, stored.intake(loaded, found.id), "Prices of 2026")
    assert done.state is IntakeState.KEPT, done.preview
    assert counts(loaded) == [*before[:2], before[2] + 1, before[3]]
    key = None if code == the_project(loaded).code else commitment_named(loaded, code).id
    newest = loaded.scalars(select(BudgetVersionRow).order_by(BudgetVersionRow.id.desc())).first()
    assert newest is not None
    assert (newest.commitment_id, newest.reason) == (key, "Prices of 2026")
    loaded.rollback()
    assert rows_in_use(loaded, TableKind.BUDGETS) == changed


def test_a_move_over_the_tolerance_is_sent_to_the_page_of_the_budget(
    loaded: Session, tmp_path: Path
) -> None:
    say(loaded, "virement_tolerance", "10")
    before = counts(loaded)
    rows = [r for r in rows_in_use(loaded, TableKind.BUDGETS) if r["commitment"] == "NGF-1"]
    small = Money(rows[0]["amount"].cents // 100)
    path = template(tmp_path, TableKind.BUDGETS, moved(rows, small), name="small.xlsx")
    assert figures(looked_at(loaded, path))[1] == 2
    large = Money(rows[0]["amount"].cents // 2)
    path = template(tmp_path, TableKind.BUDGETS, moved(rows, large), "en")
    (finding,) = findings(looked_at(loaded, path))
    assert finding.startswith("Budgets!E4: ")
    assert "may move without consent" in finding
    assert "Enter this budget on its page, with the funder's consent." in finding
    assert counts(loaded) == before


@pytest.mark.parametrize("off", [-1, 1])
def test_a_budget_divides_its_commitment_to_the_cent(
    loaded: Session, tmp_path: Path, off: int
) -> None:
    rows = [r for r in rows_in_use(loaded, TableKind.BUDGETS) if r["commitment"] == "NGF-1"]
    rows[0]["amount"] += Money(off)
    (finding,) = findings(looked_at(loaded, template(tmp_path, TableKind.BUDGETS, rows, "en")))
    assert "The budget adds up to" in finding


def test_a_row_that_is_left_out_of_a_budget_is_money_that_is_gone(
    loaded: Session, tmp_path: Path
) -> None:
    rows = [r for r in rows_in_use(loaded, TableKind.BUDGETS) if r["commitment"] == "NGF-1"]
    first, second, *rest = rows
    second["amount"] += first["amount"]
    found = looked_at(loaded, template(tmp_path, TableKind.BUDGETS, [second, *rest]))
    assert figures(found) == (0, 2, len(rest))
    assert kept(loaded, found, "No more of that").state is IntakeState.KEPT
    held = budget_of(loaded, commitment_named(loaded, "NGF-1").id)
    assert first["category"] not in held
    assert held[second["category"]] == second["amount"]


def test_the_plan_of_costs_goes_by_the_code_of_the_project(loaded: Session, tmp_path: Path) -> None:
    code = the_project(loaded).code
    assert all(row["commitment"] != code for row in rows_in_use(loaded, TableKind.BUDGETS))
    rows = [
        {"commitment": code, "category": "personnel", "work_package": "WP1", "year": year,
         "amount": Money(1_000_000)}
        for year in (2025, 2026)
    ]  # fmt: skip
    found = looked_at(loaded, template(tmp_path, TableKind.BUDGETS, rows))
    assert figures(found) == (2, 0, 0)
    with pytest.raises(RuleViolation, match="A version has a reason"):
        kept(loaded, found)
    assert kept(loaded, stored.intake(loaded, found.id), "First plan").state is IntakeState.KEPT
    held = [r for r in rows_in_use(loaded, TableKind.BUDGETS) if r["commitment"] == code]
    assert held == rows


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"category": "gold"}, "The tracker does not know “Gold”."),
        ({"commitment": "NGF-99"}, "The tracker does not know “NGF-99”."),
        ({"year": 1999}, "“1999” is not a whole number from 2000 to 2099."),
        ({"work_package": "WP1"}, "Some rows of this budget fill this in"),
    ],
)
def test_what_a_budget_cannot_say_is_found_in_its_cell(
    loaded: Session, tmp_path: Path, change: dict[str, object], said: str
) -> None:
    rows = [r for r in rows_in_use(loaded, TableKind.BUDGETS) if r["commitment"] == "NGF-1"]
    rows[1] |= change
    text = findings(looked_at(loaded, template(tmp_path, TableKind.BUDGETS, rows, "en")))
    assert any(said in each for each in text), text


def test_what_changed_since_a_table_was_looked_at_is_shown_first(
    loaded: Session, tmp_path: Path
) -> None:
    rows = rows_in_use(loaded, TableKind.BUDGETS)
    mine = looked_at(loaded, template(tmp_path, TableKind.BUDGETS, moved(rows, Money(100))))
    path = template(tmp_path, TableKind.BUDGETS, moved(rows, Money(300)), name="theirs.xlsx")
    assert kept(loaded, looked_at(loaded, path), "Theirs").state is IntakeState.KEPT
    after = counts(loaded)
    done = kept(loaded, mine, "Mine")
    assert done.state is IntakeState.READY
    assert done.preview is not None
    assert "has changed since" in str(done.preview.warnings[0].message)
    assert counts(loaded) == after


def test_a_new_commitment_is_a_draft_that_somebody_else_confirms(
    loaded: Session, tmp_path: Path
) -> None:
    rows = rows_in_use(loaded, TableKind.COMMITMENTS)
    new = ADDED[TableKind.COMMITMENTS]
    found = looked_at(loaded, template(tmp_path, TableKind.COMMITMENTS, [*rows, new]))
    assert figures(found) == (1, 0, len(rows))
    assert found.preview is not None
    assert found.preview.total == Money.total(row["amount"] for row in [*rows, new])
    done = kept(loaded, found)
    assert done.state is IntakeState.KEPT, done.preview
    entered = commitment_named(loaded, "NEW-1")
    assert (entered.status, entered.amount) == (Status.DRAFT, Money(5_000_000))
    held = rows_in_use(loaded, TableKind.COMMITMENTS)[-1]
    assert {code: held[code] for code in new} == new
    (draft,) = amendments_of(loaded, entered.id)
    amendments.confirm(loaded, draft, version=1, today=date(2026, 6, 1), by=CONTROLLER)
    assert commitment_named(loaded, "NEW-1").status is Status.AWARDED


def amendments_of(session: Session, commitment_id: int) -> list[int]:
    from tracker.store.amendments import decisions_of

    found = [entered.id for entered in decisions_of(session, commitment_id)]
    session.rollback()
    return found


@pytest.mark.parametrize(
    ("column", "value", "remedy"),
    [
        ("amount", Money(1), "use “Enter an amendment” on the page of"),
        ("status", "pledge", "use “Enter an amendment” on the page of"),
        ("last_day", date(2090, 1, 1), "use “Enter an amendment” on the page of"),
        ("categories", "travel", "use “Enter an amendment” on the page of"),
        ("conditions", "None at all", "Use “Change the conditions” on the page of"),
        ("reference", "X-1", "Put back what it was"),
    ],
)
def test_what_was_promised_changes_by_an_amendment_only(
    loaded: Session, tmp_path: Path, column: str, value: object, remedy: str
) -> None:
    rows, before = rows_in_use(loaded, TableKind.COMMITMENTS), counts(loaded)
    rows[1][column] = value
    (finding,) = findings(looked_at(loaded, template(tmp_path, TableKind.COMMITMENTS, rows, "en")))
    assert finding.startswith(
        f"Commitments!{place(TableKind.COMMITMENTS, column, FIRST_ROW + 1)}: "
    )
    assert remedy in finding
    assert counts(loaded) == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"funder": "Nobody"}, "The tracker does not know “Nobody”."),
        ({"programme": "None"}, "The tracker does not know “None”."),
        ({"status": "settled"}, "A commitment does not go from"),
        ({"decided_on": date(2090, 1, 1)}, "is still to come"),
        ({"last_day": date(2024, 1, 1)}, "is before the first"),
        ({"amount": Money(0)}, "a commitment is more than nothing"),
        ({"milestones": "M99"}, "The tracker does not know “M99”."),
    ],
)
def test_what_a_commitment_cannot_be_is_found_in_its_row(
    loaded: Session, tmp_path: Path, change: dict[str, object], said: str
) -> None:
    row = ADDED[TableKind.COMMITMENTS] | change
    text = findings(looked_at(loaded, template(tmp_path, TableKind.COMMITMENTS, [row], "en")))
    assert any(said in each for each in text), text


def test_two_rows_with_one_reference_are_not_both_new(loaded: Session, tmp_path: Path) -> None:
    row = ADDED[TableKind.COMMITMENTS]
    path = template(tmp_path, TableKind.COMMITMENTS, [row, row | {"code": "NEW-2"}], "en")
    (finding,) = findings(looked_at(loaded, path))
    assert "Another row of this table is about “NEW-2026-1” too." in finding


def brought_in(session: Session, path: Path, **more: Any) -> ImportOutcome | FileRefused:
    (outcome,) = imports.bring_in(session, [(path.name, path)], by=OFFICER, **more)
    return outcome


def test_from_the_command_line_a_new_milestone_comes_in_and_a_change_asks_for_a_reason(
    loaded: Session, tmp_path: Path
) -> None:
    rows = [*rows_in_use(loaded, TableKind.MILESTONES), ADDED[TableKind.MILESTONES]]
    outcome = brought_in(loaded, template(tmp_path, TableKind.MILESTONES, rows))
    assert not isinstance(outcome, FileRefused)
    assert (outcome.new, outcome.same) == (1, len(rows) - 1)
    assert imports_of(loaded)[0].id == outcome.id
    rows[-1] = rows[-1] | {"met_on": date(2026, 2, 1)}
    path = template(tmp_path, TableKind.MILESTONES, rows, name="again.xlsx")
    refused = brought_in(loaded, path)
    assert isinstance(refused, FileRefused)
    assert "M-NEW: This row says something else than the tracker." in str(refused.findings[0])
    outcome = brought_in(loaded, path, choice=Choice("Seen", apply_changes=True))
    assert not isinstance(outcome, FileRefused)
    assert next(m for m in milestones_of(loaded) if m.code == "M-NEW").met_on == date(2026, 2, 1)


def test_a_table_in_which_one_row_is_wrong_is_not_kept_at_all(
    loaded: Session, tmp_path: Path
) -> None:
    before = counts(loaded)
    good = ADDED[TableKind.MILESTONES]
    path = template(tmp_path, TableKind.MILESTONES, [good, good | {"code": "M2X", "weight": 0}])
    book = openpyxl.load_workbook(path)
    book.worksheets[0].cell(HEAD_ROW + 2, 4).value = "heavy"
    book.save(path)
    assert findings(looked_at(loaded, path))
    assert counts(loaded) == before
