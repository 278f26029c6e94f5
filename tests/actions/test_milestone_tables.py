"""A table of milestones also says who sees to them, how far they are, and what they ask for."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from openpyxl import load_workbook

from tests.actions.test_milestones import TERMS, deeds, enter, found, fund, move
from tests.actions.test_record_tables import (
    figures,
    findings,
    kept,
    looked_at,
    rows_in_use,
    template,
)
from tracker.domain.milestones import MilestoneStatus
from tracker.domain.table_columns import TableKind
from tracker.store.milestone_plans import evidence_of
from tracker.store.milestones import milestones_of

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

KIND = TableKind.MILESTONES
OLD = 8  # columns that tables had before


def rows_of(session: Session, code: str, **changes: Any) -> list[dict[str, Any]]:
    rows = rows_in_use(session, KIND)
    next(row for row in rows if row["code"] == code).update(changes)
    return rows


def test_everything_that_it_holds_goes_out_and_comes_back_the_same(
    loaded: Session, tmp_path: Path
) -> None:
    enter(loaded, criteria="It runs.\nThree times.")
    enter(loaded, "M21", after=("M7", "M20"))
    fund(loaded, "M21", NGF_1=100)
    move(loaded, "M21", date(2026, 9, 1))
    rows = rows_in_use(loaded, KIND)
    assert rows[-1]["after"] == "M7, M20"
    assert rows[-1]["evidence"] == "Permit; Report"
    for language in ("nl", "en"):
        path = template(tmp_path, KIND, rows, language, f"{language}.xlsx")
        assert figures(looked_at(loaded, path)) == (0, 0, len(rows))


def test_a_table_says_how_far_a_milestone_is_and_what_it_asks_for(
    loaded: Session, tmp_path: Path
) -> None:
    rows = rows_of(
        loaded,
        "M7",
        owner="Bob",
        outcome="milestone_partly_met",
        progress=70,
        criteria="It runs.",
        after="M6",
        evidence="Permit; Report of the test",
    )
    looked = looked_at(loaded, template(tmp_path, KIND, rows))
    assert figures(looked) == (0, 1, len(rows) - 1)
    assert looked.preview is not None
    (change,) = looked.preview.changes
    assert [each.name.partition(".")[2] for each in change.fields] == [
        "outcome",
        "owner",
        "criteria",
        "after",
        "evidence",
    ]
    kept(loaded, looked, "Seen on site")
    seven = found(loaded, "M7")
    assert (seven.owner, seven.progress, seven.after) == ("Bob", 70, ("M6",))
    assert (seven.status, seven.criteria) == (MilestoneStatus.PARTLY_MET, "It runs.")
    titles = [one.title for one in evidence_of(loaded)[seven.id]]
    assert titles == ["Permit", "Report of the test"]
    assert deeds(loaded, "M7") == ["change milestone", "note progress"]


def test_a_file_without_the_newer_columns_leaves_them_as_they_are(
    loaded: Session, tmp_path: Path
) -> None:
    enter(loaded)
    rows = rows_of(loaded, "M20", current=date(2026, 5, 1), reason="Late")
    path = template(tmp_path, KIND, rows)
    book = load_workbook(path)
    book.worksheets[0].delete_cols(OLD + 1, 20)
    book.worksheets[0].data_validations.dataValidation = []
    book.save(path)
    looked = looked_at(loaded, path)
    assert figures(looked) == (0, 1, len(rows) - 1)
    kept(loaded, looked, "As agreed")
    one = found(loaded, "M20")
    assert (one.current, one.owner, one.after) == (date(2026, 5, 1), TERMS.owner, TERMS.after)


def test_new_milestones_come_after_each_other_whatever_their_order(
    loaded: Session, tmp_path: Path
) -> None:
    new = {"work_package": "WP1", "weight": 1, "baseline": date(2026, 9, 1), "progress": 10}
    rows = [
        *rows_in_use(loaded, KIND),
        new | {"code": "N2", "title": "Second", "after": "N1, M7", "owner": "Ann"},
        new | {"code": "N1", "title": "First", "evidence": "Permit"},
    ]
    kept(loaded, looked_at(loaded, template(tmp_path, KIND, rows)), "As agreed")
    by_code = {one.code: one for one in milestones_of(loaded)}
    assert set(by_code["N2"].after) == {"N1", "M7"}
    assert (by_code["N2"].owner, by_code["N2"].progress) == ("Ann", 10)


def test_a_circle_a_wrong_step_and_missing_evidence_are_found_in_their_cells(
    loaded: Session, tmp_path: Path
) -> None:
    enter(loaded)
    rows = rows_of(loaded, "M7", after="M20")
    told = findings(looked_at(loaded, template(tmp_path, KIND, rows, name="a.xlsx")))
    assert any("M7 → M20 → M7" in each for each in told)
    rows = rows_of(loaded, "M20", met_on=date(2026, 1, 10))
    (told_of_evidence,) = findings(looked_at(loaded, template(tmp_path, KIND, rows, name="b.xlsx")))
    assert "not there yet: Permit, Report" in told_of_evidence
    rows = rows_of(loaded, "M7", outcome="milestone_met")
    (without_a_day,) = findings(looked_at(loaded, template(tmp_path, KIND, rows, name="c.xlsx")))
    assert "M7 is met without a day" in without_a_day
    rows = rows_of(loaded, "M7", progress=101, after="M99")
    told = findings(looked_at(loaded, template(tmp_path, KIND, rows, name="d.xlsx")))
    assert any("“101” is not a whole number" in each for each in told)
    assert any("does not know “M99”" in each for each in told)


def test_two_that_come_after_each_other_are_met_in_one_table(
    loaded: Session, tmp_path: Path
) -> None:
    enter(loaded, evidence=())
    rows = rows_of(loaded, "M7", met_on=date(2026, 1, 9))
    rows = [row | ({"met_on": date(2026, 1, 10)} if row["code"] == "M20" else {}) for row in rows]
    rows.reverse()  # the second stands above the first
    kept(loaded, looked_at(loaded, template(tmp_path, KIND, rows)), "Both done")
    assert found(loaded, "M20").met_on == date(2026, 1, 10)
    assert found(loaded, "M7").met_on == date(2026, 1, 9)
