"""Milestones: entered, moved with what comes after them, followed, funded and met."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from tests.actions.programme import OFFICER
from tracker.actions import milestones
from tracker.actions.milestones import NewDay, Released
from tracker.domain.errors import NotFoundError, RuleViolation, StaleEditError
from tracker.domain.milestone_rules import Follow
from tracker.domain.milestones import MilestoneStatus, MilestoneTerms, ReportDue
from tracker.domain.money import ZERO, Money
from tracker.store.audit import history_of
from tracker.store.documents import document_numbered, documents_of
from tracker.store.instalments import instalments_of
from tracker.store.milestone_moves import consequences_of
from tracker.store.milestone_plans import evidence_of, planned_of, reports_of, terms_of
from tracker.store.milestones import milestone_named, milestones_of, of_milestone

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.milestones import Milestone

TODAY = date(2026, 1, 15)
SCHEDULED, PARTLY = MilestoneStatus.SCHEDULED, MilestoneStatus.PARTLY_MET
MET, NOT_MET = MilestoneStatus.MET, MilestoneStatus.NOT_MET
TERMS = MilestoneTerms("Line open", "WP1", 5, "Ann", "It runs.", ("M7",), ("Permit", "Report"))
LETTER = ("permit.txt", "text/plain", b"It may run.")


def enter(session: Session, code: str = "M20", day: date = TODAY, **changes: Any) -> Milestone:
    session.rollback()
    milestones.enter(session, code, day, replace(TERMS, **changes), by=OFFICER)
    return found(session, code)


def found(session: Session, code: str) -> Milestone:
    session.rollback()
    return milestone_named(session, code)


def move(session: Session, code: str, day: date, *along: str, reason: str = "Late") -> None:
    new, version = NewDay(day, reason, along), found(session, code).version
    milestones.move(session, code, new, version=version, today=TODAY, by=OFFICER)


def follow(session: Session, code: str, wished: Follow) -> None:
    version = found(session, code).version
    milestones.follow(session, code, wished, version=version, today=TODAY, by=OFFICER)


def fund(session: Session, code: str, **euros: int) -> list[str]:
    amounts = {payer.replace("_", "-"): Money(sum_ * 100) for payer, sum_ in euros.items()}
    version = found(session, code).version
    told = milestones.plan_funding(session, code, amounts, version=version, by=OFFICER)
    return [str(warning) for warning in told]


def deeds(session: Session, code: str) -> list[str]:
    session.rollback()
    return [entry.did for entry in reversed(history_of(session, f"milestone/{code}"))]


def test_a_milestone_is_entered_with_all_that_it_is(loaded: Session) -> None:
    one = enter(loaded)
    assert (one.title, one.owner, one.after, one.status) == ("Line open", "Ann", ("M7",), SCHEDULED)
    assert (one.baseline, one.current, one.progress, one.moves) == (TODAY, TODAY, 0, ())
    assert [each.title for each in evidence_of(loaded)[one.id]] == ["Permit", "Report"]
    assert milestones_of(loaded)[-1].code == "M20"
    assert deeds(loaded, "M20") == ["enter milestone"]


@pytest.mark.parametrize(
    ("code", "changes", "field"),
    [
        ("m7", {}, "code"),
        ("", {}, "code"),
        ("A,B", {}, "code"),
        ("A/B", {}, "code"),
        ("M20", {"weight": -1}, "weight"),
        ("M20", {"after": ("M99",)}, "after"),
        ("M20", {"after": ("M20",)}, "after"),
        ("M20", {"evidence": ("One; two",)}, "evidence"),
    ],
)
def test_what_is_odd_about_a_new_milestone_is_refused_and_nothing_is_kept(
    loaded: Session, code: str, changes: dict[str, Any], field: str
) -> None:
    count = len(milestones_of(loaded))
    with pytest.raises(RuleViolation) as refusal:
        enter(loaded, code, **changes)
    assert refusal.value.field == field
    loaded.rollback()
    assert len(milestones_of(loaded)) == count


def test_the_second_of_two_people_is_told_who_changed_what(loaded: Session) -> None:
    one = enter(loaded)
    other = replace(TERMS, owner="Bob")
    milestones.change(loaded, "M20", other, version=one.version, by=OFFICER)
    assert found(loaded, "M20").owner == "Bob"
    with pytest.raises(StaleEditError, match="owner") as told:
        milestones.change(loaded, "M20", TERMS, version=one.version, by=OFFICER)
    assert found(loaded, "M20").owner == "Bob"
    milestones.change(loaded, "M20", TERMS, version=told.value.version, by=OFFICER)
    assert found(loaded, "M20").owner == "Ann"


def test_saving_what_is_there_already_is_no_change(loaded: Session) -> None:
    one = enter(loaded)
    milestones.change(loaded, "M20", TERMS, version=one.version, by=OFFICER)
    assert (found(loaded, "M20"), deeds(loaded, "M20")) == (one, ["enter milestone"])


def test_a_circle_is_refused_with_its_chain(loaded: Session) -> None:
    enter(loaded)
    enter(loaded, "M21", after=("M20",))
    version = found(loaded, "M7").version
    terms = replace(terms_of(loaded, "M7"), after=("M21",))
    loaded.rollback()
    with pytest.raises(RuleViolation, match="M7 → M21 → M20 → M7"):
        milestones.change(loaded, "M7", terms, version=version, by=OFFICER)


def test_a_move_keeps_the_baseline_and_takes_along_what_is_ticked(loaded: Session) -> None:
    enter(loaded)
    enter(loaded, "M21", TODAY + timedelta(30), after=("M20",))
    enter(loaded, "M22", TODAY + timedelta(40), after=("M21",))
    move(loaded, "M20", TODAY + timedelta(10), "M22", "M7")  # M7 comes before it, and stays
    seven = found(loaded, "M7").current
    assert [found(loaded, code).current for code in ("M20", "M21", "M22", "M7")] == [
        TODAY + timedelta(10),
        TODAY + timedelta(30),
        TODAY + timedelta(50),
        seven,
    ]
    assert found(loaded, "M22").baseline == TODAY + timedelta(40)
    assert found(loaded, "M22").moves[-1].reason == "Late"
    assert deeds(loaded, "M22") == ["enter milestone", "move milestone"]
    assert deeds(loaded, "M21") == ["enter milestone"]


def test_a_move_without_a_reason_or_of_what_somebody_else_moved_is_refused(loaded: Session) -> None:
    one = enter(loaded)
    with pytest.raises(RuleViolation, match="without a reason"):
        move(loaded, "M20", TODAY + timedelta(1), reason=" ")
    move(loaded, "M20", TODAY + timedelta(1))
    late = NewDay(TODAY + timedelta(2), "Later")
    with pytest.raises(StaleEditError, match="planned_for"):
        milestones.move(loaded, "M20", late, version=one.version, today=TODAY, by=OFFICER)
    assert len(found(loaded, "M20").moves) == 1


def test_what_follows_from_a_move_is_told_and_nothing_moves(loaded: Session) -> None:
    enter(loaded, day=date(2025, 6, 1), after=())
    enter(loaded, "M21", date(2025, 9, 1), after=("M20",))
    fund(loaded, "M20", NGF_1=1000)
    report = ReportDue(0, "NGF-1", "Report on the line", 4)
    version = found(loaded, "M20").version
    wished = Released("", 0, (report,))
    milestones.release(loaded, "M20", wished, version=version, by=OFFICER)
    loaded.rollback()
    before = [(one.code, one.current, one.version) for one in milestones_of(loaded)]
    told = consequences_of(loaded, "M20", date(2026, 3, 1), (), date(2025, 1, 1))
    (later,) = told.later
    assert (later.milestone.code, later.to_day) == ("M21", date(2026, 6, 1))
    (moved,) = told.reports
    assert (moved.before, moved.after) == (date(2025, 6, 29), date(2026, 3, 29))
    (risk,) = told.risks  # NGF-1 ends with 2025
    assert (risk.commitment, risk.ends_on, risk.amount) == (
        "NGF-1", date(2025, 12, 31), Money(100_000),
    )  # fmt: skip
    assert told.risk_after - told.risk_before == Money(100_000)
    assert [(one.code, one.current, one.version) for one in milestones_of(loaded)] == before


def test_a_milestone_is_met_only_when_its_evidence_and_what_comes_before_it_are_there(
    loaded: Session,
) -> None:
    one = enter(loaded)
    is_met = Follow(MET, 100, TODAY)
    with pytest.raises(RuleViolation, match="M20 comes after M7"):
        follow(loaded, "M20", is_met)
    follow(loaded, "M7", is_met)
    with pytest.raises(RuleViolation, match="not there yet: Permit, Report"):
        follow(loaded, "M20", is_met)
    for asked in evidence_of(loaded)[one.id]:
        loaded.rollback()
        milestones.hand_in(loaded, "M20", asked.id, LETTER, by=OFFICER)
    follow(loaded, "M20", is_met)
    done = found(loaded, "M20")
    assert (done.status, done.progress, done.met_on) == (MET, 100, TODAY)
    document = evidence_of(loaded)[one.id][0].document_id
    assert document is not None
    assert document_numbered(loaded, document)[1] == LETTER[2]
    assert deeds(loaded, "M20")[-3:] == ["hand in evidence", "hand in evidence", "meet milestone"]
    with pytest.raises(RuleViolation, match="does not ask for this"):
        milestones.hand_in(loaded, "M7", evidence_of(loaded)[one.id][0].id, LETTER, by=OFFICER)


def test_a_newer_version_of_evidence_takes_its_place_and_the_older_one_stays(
    loaded: Session,
) -> None:
    one = enter(loaded, after=())
    permit, report = evidence_of(loaded)[one.id]
    loaded.rollback()
    first = milestones.hand_in(loaded, "M20", permit.id, LETTER, by=OFFICER)
    with pytest.raises(RuleViolation, match="is the document that is there already"):
        milestones.hand_in(loaded, "M20", permit.id, LETTER, by=OFFICER)
    loaded.rollback()
    assert [each.id for each in documents_of(loaded, of_milestone(loaded, "M20"))] == [first]
    loaded.rollback()
    milestones.hand_in(loaded, "M20", report.id, LETTER, by=OFFICER)  # the same may show two things
    newer = ("permit-2.txt", "text/plain", b"It may run faster.")
    second = milestones.hand_in(loaded, "M20", permit.id, newer, by=OFFICER)
    assert [each.document_id for each in evidence_of(loaded)[one.id]] == [second, second - 1]
    assert document_numbered(loaded, first)[1] == LETTER[2]
    assert document_numbered(loaded, second)[1] == newer[2]
    entry = history_of(loaded, of_milestone(loaded, "M20"))[0]
    assert entry.did == "hand in newer evidence"
    assert entry.detail == {"evidence": "Permit", "file": ["permit.txt", "permit-2.txt"]}


def test_that_it_was_met_is_taken_back_with_a_reason_unless_its_instalment_was_paid(
    loaded: Session,
) -> None:
    enter(loaded, after=(), evidence=())
    follow(loaded, "M20", Follow(MET, 100, TODAY))
    with pytest.raises(RuleViolation, match="without a reason"):
        follow(loaded, "M20", Follow(PARTLY, 90))
    follow(loaded, "M20", Follow(PARTLY, 90, reason="The test was wrong"))
    assert (found(loaded, "M20").met_on, found(loaded, "M20").progress) == (None, 90)
    paid = next(
        one.code
        for one in milestones_of(loaded)
        if one.met_on and one.releases and _received(loaded, one.code)
    )
    with pytest.raises(RuleViolation, match="has come in on instalment"):
        follow(loaded, paid, Follow(SCHEDULED, 0, reason="Not really"))


def _received(session: Session, milestone: str) -> Money:
    return next(one.received for one in instalments_of(session) if one.milestone == milestone)


def test_what_is_given_up_is_taken_up_again(loaded: Session) -> None:
    enter(loaded)
    follow(loaded, "M20", Follow(NOT_MET, 30, reason="No money"))
    assert found(loaded, "M20").status is NOT_MET
    follow(loaded, "M20", Follow(SCHEDULED, 30))
    assert deeds(loaded, "M20")[1:] == ["give milestone up", "take milestone up again"]


def test_progress_of_several_milestones_is_noted_at_once(loaded: Session) -> None:
    one, other = enter(loaded), enter(loaded, "M21")
    said = {"M20": (40, one.version), "M21": (0, other.version)}
    assert milestones.note_progress(loaded, said, today=TODAY, by=OFFICER) == 1
    assert (found(loaded, "M20").progress, deeds(loaded, "M21")) == (40, ["enter milestone"])
    with pytest.raises(RuleViolation, match="at 40 % now") as refusal:
        milestones.note_progress(loaded, {"M20": (50, one.version)}, today=TODAY, by=OFFICER)
    assert refusal.value.field == "progress_M20"


def test_a_plan_above_what_is_committed_is_kept_and_warned_of(loaded: Session) -> None:
    enter(loaded)
    committed = next(
        each for each in instalments_of(loaded) if each.number == 1
    )  # any amount that there is
    assert committed.amount > ZERO
    assert fund(loaded, "M20", NGF_1=1000) == []
    (warning,) = fund(loaded, "M20", NGF_1=100_000_000)
    assert warning.startswith("The milestones plan € 100,000,000.00 of NGF-1")
    one = found(loaded, "M20")
    assert [(each.commitment, each.amount) for each in planned_of(loaded, one.id)] == [
        ("NGF-1", Money(100_000_000_00))
    ]
    assert fund(loaded, "M20") == []
    assert planned_of(loaded, one.id) == []
    with pytest.raises(RuleViolation, match="cannot be planned") as refusal:
        fund(loaded, "M20", NOBODY_1=5)
    assert refusal.value.field == "amount_NOBODY-1"


def test_an_instalment_is_released_by_one_milestone(loaded: Session) -> None:
    enter(loaded)
    six = Released("NGF-1", 6, ())
    with pytest.raises(RuleViolation, match="released by M7 already"):
        milestones.release(loaded, "M20", six, version=found(loaded, "M20").version, by=OFFICER)
    nothing = Released("", 0, ())
    milestones.release(loaded, "M7", nothing, version=found(loaded, "M7").version, by=OFFICER)
    milestones.release(loaded, "M20", six, version=found(loaded, "M20").version, by=OFFICER)
    released = found(loaded, "M20").releases
    assert released
    assert (released.commitment_code, released.number) == ("NGF-1", 6)
    assert reports_of(loaded) == {}
    with pytest.raises(RuleViolation, match="has no instalment 99"):
        milestones.release(
            loaded,
            "M20",
            Released("NGF-1", 99, ()),
            version=found(loaded, "M20").version,
            by=OFFICER,
        )


def test_what_is_not_there_is_not_found(loaded: Session) -> None:
    with pytest.raises(NotFoundError):
        milestone_named(loaded, "M99")


class MilestoneLife(RuleBasedStateMachine):
    """Moves and steps in any order: the history is kept, and the baseline never changes."""

    session: Session

    def __init__(self) -> None:
        super().__init__()
        self.session.rollback()
        self.code = f"L{len(milestones_of(self.session))}"
        enter(self.session, self.code, after=(), evidence=())
        self.days: list[date] = []
        self.status = SCHEDULED

    @precondition(lambda self: self.status is not MET)
    @rule(days=st.integers(-400, 400).filter(bool))
    def move(self, days: int) -> None:
        to_day = found(self.session, self.code).current + timedelta(days)
        move(self.session, self.code, to_day)
        self.days.append(to_day)

    @rule(after=st.sampled_from(MilestoneStatus), progress=st.integers(0, 99))
    def step(self, after: MilestoneStatus, progress: int) -> None:
        wished = Follow(after, progress, TODAY if after is MET else None, "Because")
        try:
            follow(self.session, self.code, wished)
        except RuleViolation:
            assert after is MET or self.status in (MET, NOT_MET)
        else:
            self.status = after

    def teardown(self) -> None:
        one = found(self.session, self.code)
        assert one.baseline == TODAY
        assert [each.to_day for each in one.moves] == self.days
        assert one.current == (self.days[-1] if self.days else TODAY)
        assert one.status is self.status
        assert (one.met_on == TODAY) is (self.status is MET)
        assert deeds(self.session, self.code).count("move milestone") == len(self.days)
        self.session.rollback()


def test_whatever_happens_to_a_milestone_its_history_stays(loaded: Session) -> None:
    from hypothesis import settings

    kind = type("MilestoneLifeHere", (MilestoneLife,), {"session": loaded})
    chosen = settings(max_examples=5, stateful_step_count=8, deadline=None)
    run_state_machine_as_test(kind, settings=chosen)
