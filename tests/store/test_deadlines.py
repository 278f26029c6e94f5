"""Every deadline is read from the records, once, in as many questions for one as for many."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from tests.actions.closing import close
from tests.actions.programme import OFFICER
from tests.questions import questions
from tracker.actions import reporting_periods as periods
from tracker.domain.deadlines import DeadlineKind, Due
from tracker.domain.reporting_periods import Length
from tracker.store.commitments import commitments_of
from tracker.store.deadlines import deadlines_of_records, deadlines_on
from tracker.store.instalments import instalments_by_commitment
from tracker.store.milestones import (
    EvidenceRow,
    MilestoneReportRow,
    MilestoneRow,
    milestones_of,
)
from tracker.store.projects import ProjectRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

TODAY = date(2026, 1, 15)


def of_kind(dues: tuple[Due, ...], kind: DeadlineKind) -> list[Due]:
    return [due for due in dues if due.kind is kind]


def test_every_deadline_appears_exactly_once_in_order(loaded: Session) -> None:
    dues = deadlines_on(loaded, TODAY)
    assert dues
    assert max(Counter(due.key for due in dues).values()) == 1
    assert [due.due_on for due in dues] == sorted(due.due_on for due in dues)


def test_open_milestones_and_instalments_are_all_there(loaded: Session) -> None:
    dues = deadlines_on(loaded, TODAY)
    open_ones = {one.code: one.current for one in milestones_of(loaded) if one.is_open}
    found = {due.milestone: due.due_on for due in of_kind(dues, DeadlineKind.MILESTONE)}
    assert found == open_ones
    codes = {one.id: one.code for one in commitments_of(loaded) if one.is_committed}
    owed = {
        f"{codes[key]}/{one.number}": one.outstanding
        for key, plan in instalments_by_commitment(loaded).items()
        for one in plan
        if key in codes and one.outstanding
    }
    due = {due.subject: due.amount for due in of_kind(dues, DeadlineKind.INSTALMENT)}
    assert due.items() <= owed.items()
    for name in owed.keys() - due.keys():  # what waits for a milestone that is late
        assert name.partition("/")[0] in codes.values()


def test_a_met_milestone_is_due_no_more_and_a_moved_one_on_its_new_day(loaded: Session) -> None:
    before = deadlines_on(loaded, TODAY)
    first = of_kind(before, DeadlineKind.MILESTONE)[0]
    row = loaded.scalars(select(MilestoneRow).where(MilestoneRow.code == first.milestone)).one()
    loaded.add(EvidenceRow(milestone_id=row.id, title="Report"))
    commitment = next(one for one in commitments_of(loaded) if one.status == "awarded")
    loaded.add(
        MilestoneReportRow(
            milestone_id=row.id, commitment_id=commitment.id, title="Findings", weeks=6
        )
    )
    loaded.flush()
    more = deadlines_on(loaded, TODAY)
    (evidence,) = of_kind(more, DeadlineKind.EVIDENCE)
    (report,) = of_kind(more, DeadlineKind.MILESTONE_REPORT)
    assert evidence.due_on == first.due_on
    assert report.due_on == first.due_on + timedelta(weeks=6)
    assert report.funder_id == commitment.funder_id
    row.status, row.progress, row.met_on = "met", 100, TODAY
    loaded.flush()
    after = deadlines_on(loaded, TODAY)
    assert first.key not in {due.key for due in after}
    assert of_kind(after, DeadlineKind.EVIDENCE) == []
    assert of_kind(after, DeadlineKind.MILESTONE_REPORT)[0].due_on == TODAY + timedelta(weeks=6)


def test_a_period_is_due_until_it_is_closed(loaded: Session) -> None:
    loaded.rollback()
    periods.set_up(loaded, Length.YEAR, today=TODAY, by=OFFICER)
    before = {due.subject for due in of_kind(deadlines_on(loaded, TODAY), DeadlineKind.CLOSING)}
    loaded.rollback()
    close(loaded, min(before))
    after = {due.subject for due in of_kind(deadlines_on(loaded, TODAY), DeadlineKind.CLOSING)}
    assert after == before - {min(before)}


def test_partners_sign_for_hours_that_nothing_covers(loaded: Session) -> None:
    unsigned = of_kind(deadlines_on(loaded, TODAY), DeadlineKind.DECLARATION)
    assert unsigned
    assert all(due.amount and due.amount.cents > 0 for due in unsigned)


def test_more_milestones_ask_no_more_questions(loaded: Session) -> None:
    with questions(loaded.get_bind()) as few:
        deadlines_on(loaded, TODAY)
    known = loaded.scalars(select(MilestoneRow)).first()
    assert known
    loaded.add_all(
        MilestoneRow(
            project_id=known.project_id,
            code=f"X{number}",
            title="One more",
            work_package_id=known.work_package_id,
            weight=1,
            baseline=TODAY,
            met_on=None,
            releases_id=None,
            position=100 + number,
        )
        for number in range(50)
    )
    loaded.flush()
    with questions(loaded.get_bind()) as many:
        dues = deadlines_on(loaded, TODAY)
    assert len(of_kind(dues, DeadlineKind.MILESTONE)) >= 50
    assert len(many) <= len(few) <= 60


def test_what_will_lapse_is_due_while_something_can_be_done(loaded: Session) -> None:
    long_ago = loaded.scalars(select(ProjectRow.first_day)).one() + timedelta(200)
    dues = deadlines_on(loaded, long_ago)
    told = {due.commitment: due.amount for due in of_kind(dues, DeadlineKind.LAPSE)}
    assert told
    left = {one.code: one.remaining for one in commitments_of(loaded)}
    assert all(amount and amount <= left[code] for code, amount in told.items())
    assert of_kind(deadlines_of_records(loaded, long_ago), DeadlineKind.LAPSE) == []
