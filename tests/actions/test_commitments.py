"""Commitments are what their confirmed amendments say, whatever order things are done in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import count, product
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.actions.programme import OFFICER
from tests.conftest import closing_engine
from tracker.actions import amendments, budgets, commitments, waivers
from tracker.domain.actor import Actor
from tracker.domain.amendments import Amendment, Verdict
from tracker.domain.budgets import BudgetLine, NewBudget
from tracker.domain.commitments import Form, Particulars, Promise, Status, funding_totals
from tracker.domain.errors import (
    AlreadyDoneError,
    NotAllowedError,
    RuleViolation,
    StaleEditError,
)
from tracker.domain.financing import Side
from tracker.domain.money import Money
from tracker.domain.periods import Period
from tracker.domain.policy import Role
from tracker.domain.waivers import NewWaiver, Rule
from tracker.store import amendments as stored
from tracker.store import audit
from tracker.store.amendments import AmendmentRow
from tracker.store.checks import broken
from tracker.store.commitments import CommitmentRow, commitment_named, commitments_of
from tracker.store.earmarks import particulars_of
from tracker.store.financing import financing_facts
from tracker.store.session import transaction
from tracker.store.submissions import ONCE

if TYPE_CHECKING:
    from collections.abc import Callable

CONTROLLER = Actor("controller@example.org", Role.CONTROLLER)
TODAY = date(2026, 6, 30)
YEARS = Period(date(2022, 1, 1), date(2026, 12, 31))
LETTER = ("letter.pdf", "application/pdf", b"%PDF-1.7 a letter")
numbers = count(1)


def promise(session: Session, cents: int = 1_000_00, **changes: object) -> Promise:
    """A commitment that nobody knows yet."""
    number = next(numbers)
    award = Amendment(
        0,
        date(2022, 3, 1),
        Money(cents),
        "award",
        status=Status.AWARDED,
        period=YEARS,
        categories=("personnel", "travel"),
    )
    programme = commitment_named(session, "NGF-1").programme_id
    return Promise(
        programme,
        f"NEW-{number}",
        f"REF-{number}",
        Form.CASH,
        replace(award, **changes),  # type: ignore[arg-type]
    )


def entered(session: Session, cents: int = 1_000_00, **changes: object) -> tuple[str, int]:
    new = promise(session, cents, **changes)
    return new.code, commitments.enter(session, new, today=TODAY, by=OFFICER)


def confirmed(session: Session, cents: int = 1_000_00, **changes: object) -> str:
    code, key = entered(session, cents, **changes)
    amendments.confirm(session, key, version=1, today=TODAY, by=CONTROLLER)
    return code


def test_a_draft_counts_nowhere_until_somebody_else_confirms_it(loaded: Session) -> None:
    before = funding_totals(commitments_of(loaded))
    code, key = entered(loaded, 5_000_00)
    assert commitment_named(loaded, code).status is Status.DRAFT
    assert funding_totals(commitments_of(loaded)) == before
    with pytest.raises(NotAllowedError, match="somebody else confirms it"):
        amendments.confirm(loaded, key, version=1, today=TODAY, by=OFFICER)
    amendments.confirm(loaded, key, version=1, today=TODAY, by=CONTROLLER)
    after = commitment_named(loaded, code)
    assert (after.status, after.amount) == (Status.AWARDED, Money(5_000_00))
    assert funding_totals(commitments_of(loaded)).committed == before.committed + Money(5_000_00)
    assert broken(loaded) == []


def test_the_database_itself_refuses_that_somebody_confirms_their_own(loaded: Session) -> None:
    _, key = entered(loaded)
    say = text("UPDATE amendment SET verdict = 'confirmed', confirmed_by = :who WHERE id = :key")
    with pytest.raises(DBAPIError, match="confirmed_by_another"), transaction(loaded):
        loaded.execute(say, {"who": OFFICER.name, "key": key})
    with transaction(loaded):
        loaded.execute(say, {"who": CONTROLLER.name, "key": key})
    assert stored.decision_numbered(loaded, key).verdict is Verdict.CONFIRMED


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE amendment SET amount = amount + 1 WHERE id = {key}",
        "UPDATE amendment SET verdict = 'draft', confirmed_by = NULL WHERE id = {key}",
        "DELETE FROM amendment WHERE id = {key}",
        "DELETE FROM amendment_category WHERE amendment_id = {key}",
        "UPDATE commitment SET status = 'closed' WHERE code = '{code}'",
        "UPDATE commitment SET last_day = '2030-12-31' WHERE code = '{code}'",
    ],
)
def test_what_was_confirmed_is_never_written_again(loaded: Session, change: str) -> None:
    code, key = entered(loaded)
    amendments.confirm(loaded, key, version=1, today=TODAY, by=CONTROLLER)
    saying = r"is kept as|what its amendments say"
    with pytest.raises(DBAPIError, match=saying), transaction(loaded):
        loaded.execute(text(change.format(key=key, code=code)))
    assert commitment_named(loaded, code).amount == Money(1_000_00)


def decided(session: Session, verdict: Verdict) -> int:
    """A decision that stands so."""
    _, key = entered(session)
    if verdict is Verdict.CONFIRMED:
        amendments.confirm(session, key, version=1, today=TODAY, by=CONTROLLER)
    if verdict is Verdict.DROPPED:
        amendments.drop(session, key, version=1, by=OFFICER)
    return key


def test_the_database_takes_a_decision_from_draft_to_its_verdict_and_no_further(
    loaded: Session,
) -> None:
    change = text("UPDATE amendment SET verdict = :after, confirmed_by = :who WHERE id = :key")
    for before, after in product(Verdict, Verdict):
        key = decided(loaded, before)
        who = CONTROLLER.name if after is Verdict.CONFIRMED else None
        wished = {"after": after.value, "who": who, "key": key}
        if before is Verdict.DRAFT:
            with transaction(loaded):
                loaded.execute(change, wished)
        else:
            with pytest.raises(DBAPIError, match="is kept as"), transaction(loaded):
                loaded.execute(change, wished)
        loaded.expire_all()
        stands = after if before is Verdict.DRAFT else before
        assert stored.decision_numbered(loaded, key).verdict is stands


def test_a_row_cannot_begin_as_confirmed(loaded: Session) -> None:
    statement = text(
        "INSERT INTO amendment (commitment_id, number, decided_on, amount, reason, entered_by,"
        " entered_at, verdict, confirmed_by, returned, version) SELECT id, 9, decided_on, 1, 'x',"
        " 'a', '2026-01-01', 'confirmed', 'b', '', 1 FROM commitment WHERE code = 'NGF-1'"
    )
    with pytest.raises(DBAPIError, match="begins as a draft"), transaction(loaded):
        loaded.execute(statement)


def test_an_amendment_changes_only_what_it_names_and_the_original_stays(loaded: Session) -> None:
    code = confirmed(loaded)
    longer = Period(YEARS.first_day, date(2027, 6, 30))
    decision = Amendment(1, date(2024, 5, 1), Money(250_00), "longer", period=longer)
    key = amendments.amend(loaded, code, decision, today=TODAY, by=OFFICER, letter=LETTER)
    assert commitment_named(loaded, code).amount == Money(1_000_00)
    amendments.confirm(loaded, key, version=1, today=TODAY, by=CONTROLLER)
    now = commitment_named(loaded, code)
    assert (now.award, now.amount, now.period) == (Money(1_000_00), Money(1_250_00), longer)
    day_before = stored.standing_of(loaded, now.id, date(2024, 4, 30))
    assert (day_before.amount, day_before.period) == (Money(1_000_00), YEARS)
    assert stored.decision_numbered(loaded, key).document_id is not None
    assert broken(loaded) == []


def test_a_second_draft_waits_until_the_first_is_confirmed_or_taken_back(loaded: Session) -> None:
    code = confirmed(loaded)
    decision = Amendment(1, TODAY, Money(1), "a cent")
    key = amendments.amend(loaded, code, decision, today=TODAY, by=OFFICER)
    with pytest.raises(RuleViolation, match=r"Amendment 1 of .* still waits"):
        amendments.amend(loaded, code, decision, today=TODAY, by=OFFICER)
    amendments.drop(loaded, key, version=1, by=OFFICER)
    again = amendments.amend(loaded, code, decision, today=TODAY, by=OFFICER)
    assert stored.decision_numbered(loaded, again).decision.number == 1


def test_a_commitment_that_is_taken_back_gives_its_code_and_reference_free(
    loaded: Session,
) -> None:
    new = promise(loaded)
    key = commitments.enter(loaded, new, today=TODAY, by=OFFICER)
    amendments.drop(loaded, key, version=1, by=OFFICER)
    assert new.code not in {c.code for c in commitments_of(loaded)}
    again = commitments.enter(loaded, new, today=TODAY, by=OFFICER)
    amendments.confirm(loaded, again, version=1, today=TODAY, by=CONTROLLER)
    assert commitment_named(loaded, new.code).amount == Money(1_000_00)
    assert broken(loaded) == []


def test_what_is_sent_back_is_mended_by_who_entered_it_and_waits_again(loaded: Session) -> None:
    code, key = entered(loaded)
    with pytest.raises(RuleViolation, match="Say what is to be mended"):
        amendments.send_back(loaded, key, " ", version=1, by=CONTROLLER)
    amendments.send_back(loaded, key, "The letter says 1,500.", version=1, by=CONTROLLER)
    assert stored.decision_numbered(loaded, key).returned == "The letter says 1,500."
    mended = replace(stored.decision_numbered(loaded, key).decision, amount=Money(1_500_00))
    with pytest.raises(NotAllowedError, match=r"officer@example\.org entered this"):
        amendments.revise(loaded, key, mended, version=2, today=TODAY, by=CONTROLLER)
    amendments.revise(loaded, key, mended, version=2, today=TODAY, by=OFFICER)
    amendments.confirm(loaded, key, version=3, today=TODAY, by=CONTROLLER)
    assert commitment_named(loaded, code).amount == Money(1_500_00)


def test_who_confirms_what_has_changed_meanwhile_is_told_who_changed_what(loaded: Session) -> None:
    code, key = entered(loaded)
    mended = replace(stored.decision_numbered(loaded, key).decision, amount=Money(1_500_00))
    amendments.revise(loaded, key, mended, version=1, today=TODAY, by=OFFICER)
    with pytest.raises(StaleEditError, match=r"officer@example\.org changed .*change_of_amount"):
        amendments.confirm(loaded, key, version=1, today=TODAY, by=CONTROLLER)
    assert commitment_named(loaded, code).status is Status.DRAFT


def test_the_second_of_two_who_change_particulars_is_told(loaded: Session) -> None:
    code = confirmed(loaded)
    first = Particulars("Report every year.", ("WP1",), ("M1",))
    commitments.change_particulars(loaded, code, first, version=1, by=OFFICER)
    with pytest.raises(StaleEditError, match="conditions, milestones, work_packages") as told:
        commitments.change_particulars(loaded, code, Particulars("x"), version=1, by=CONTROLLER)
    assert told.value.version == 2
    row = commitment_named(loaded, code)
    assert particulars_of(loaded, row.id) == first
    commitments.change_particulars(loaded, code, Particulars("x"), version=2, by=CONTROLLER)
    assert particulars_of(loaded, row.id) == Particulars("x")


@pytest.mark.parametrize(
    ("again", "field"), [({"reference": "R"}, "code"), ({"code": "OTHER"}, "reference")]
)
def test_a_code_or_reference_in_use_is_refused(
    loaded: Session, again: dict[str, str], field: str
) -> None:
    new = promise(loaded)
    commitments.enter(loaded, new, today=TODAY, by=OFFICER)
    with pytest.raises(RuleViolation) as refusal:
        commitments.enter(loaded, replace(new, **again), today=TODAY, by=OFFICER)  # type: ignore[arg-type]
    assert refusal.value.field == field


def at_once(url: str, deed: Callable[[Session], object], people: int = 6) -> list[str]:
    """Let several do the same at one moment; give what each was told, nothing for who did it."""

    def attempt(_number: int) -> str:
        with closing_engine(url) as engine, Session(engine) as session:
            start.wait(60)
            try:
                deed(session)
            except RuleViolation as refusal:
                return str(refusal)
            return ""

    start = Barrier(people)
    with ThreadPoolExecutor(people) as threads:
        return list(threads.map(attempt, range(people)))


def test_of_many_who_enter_one_code_at_once_one_does_and_the_rest_are_told(
    loaded: Session, loaded_url: str
) -> None:
    new = promise(loaded)
    loaded.rollback()
    told = at_once(loaded_url, lambda s: commitments.enter(s, new, today=TODAY, by=OFFICER))
    assert told.count("") == 1
    assert all(f"There is a commitment {new.code} already." in t for t in told if t)


def test_of_many_who_amend_at_once_one_does_and_the_rest_are_told(
    loaded: Session, loaded_url: str
) -> None:
    code = confirmed(loaded)
    loaded.rollback()
    decision = Amendment(0, TODAY, Money(1), "a cent")
    told = at_once(
        loaded_url, lambda s: amendments.amend(s, code, decision, today=TODAY, by=OFFICER)
    )
    assert told.count("") == 1
    assert all("still waits for a second person" in t for t in told if t)


def test_a_form_that_is_sent_twice_at_once_is_carried_out_once(
    loaded: Session, loaded_url: str
) -> None:
    def send(session: Session) -> None:
        session.info[ONCE] = "one form, sent many times"
        with suppress(AlreadyDoneError):
            commitments.enter(session, new, today=TODAY, by=OFFICER)

    new = promise(loaded)
    loaded.rollback()
    assert at_once(loaded_url, send) == [""] * 6
    assert [c.code for c in commitments_of(loaded)].count(new.code) == 1


def test_a_form_that_is_sent_twice_creates_one_commitment(loaded: Session) -> None:
    def rows() -> int:
        return len(loaded.scalars(select(CommitmentRow.id)).all())

    before = rows()
    loaded.info[ONCE] = "key of the form"
    commitments.enter(loaded, promise(loaded), today=TODAY, by=OFFICER)
    loaded.info[ONCE] = "key of the form"
    with pytest.raises(AlreadyDoneError, match="carried out once"):
        commitments.enter(loaded, promise(loaded), today=TODAY, by=OFFICER)
    assert rows() == before + 1
    commitments.enter(loaded, promise(loaded), today=TODAY, by=OFFICER)
    assert rows() == before + 2


def test_a_refused_form_can_be_mended_and_sent_again(loaded: Session) -> None:
    for cents in (0, 1):
        loaded.info[ONCE] = "one form"
        with suppress(RuleViolation):
            commitments.enter(loaded, promise(loaded, cents), today=TODAY, by=OFFICER)
    assert commitments_of(loaded)[-1].amount == Money(1)


def plan_to_the_cent(session: Session) -> None:
    """A plan of costs that public money pays whole already."""
    public = Money.total(
        source.committed
        for source in financing_facts(session, TODAY).sources
        if source.side is Side.PUBLIC
    )
    line = BudgetLine("personnel", "", 0, public)
    budgets.plan(session, NewBudget(TODAY, "plan", (line,), 0), today=TODAY, by=OFFICER)


def test_what_breaks_a_rule_of_the_financing_plan_is_not_confirmed(loaded: Session) -> None:
    plan_to_the_cent(loaded)
    code, key = entered(loaded, 1)
    with pytest.raises(RuleViolation, match=r"€ 0\.01 too much") as refusal:
        amendments.confirm(loaded, key, version=1, today=TODAY, by=CONTROLLER)
    assert refusal.value.field == "amount"
    assert commitment_named(loaded, code).status is Status.DRAFT
    waiver = waivers.ask(
        loaded,
        NewWaiver(Rule.PUBLIC_FUNDING, "", "agreed with the funders", TODAY),
        LETTER,
        today=TODAY,
        by=OFFICER,
    )
    waivers.approve(loaded, waiver, today=TODAY, by=CONTROLLER)
    warnings = amendments.confirm(loaded, key, version=1, today=TODAY, by=CONTROLLER)
    assert len(warnings) == 1
    assert commitment_named(loaded, code).amount == Money(1)


def test_every_deed_is_in_the_trail_of_the_commitment(loaded: Session) -> None:
    code = confirmed(loaded)
    trail = [e for e in audit.entries_of(loaded) if e.subject == f"commitment/{code}"]
    assert [e.did for e in trail] == ["confirm amendment", "enter commitment"]
    assert [e.by for e in trail] == [CONTROLLER.name, OFFICER.name]
    assert trail[0].detail["amount"] == [0, 1_000_00]


@dataclass
class Known:
    """What the machine knows of a decision, kept apart from the tracker."""

    key: int
    decided_on: date
    cents: int
    verdict: str = "draft"
    version: int = 1
    last_day: date | None = None


@dataclass
class Ledger:
    """What the machine knows of a commitment."""

    code: str
    decisions: list[Known] = field(default_factory=list)

    def confirmed(self) -> list[Known]:
        return [d for d in self.decisions if d.verdict == "confirmed"]

    def draft(self) -> Known | None:
        return next((d for d in self.decisions if d.verdict == "draft"), None)


days = st.integers(0, 1500).map(lambda n: date(2022, 3, 1) + timedelta(n))


class Office(RuleBasedStateMachine):
    """People of an office who enter, mend, confirm and take back, in any order."""

    ledgers = Bundle("ledgers")
    session: Session

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.all: list[Ledger] = []

    @rule(target=ledgers, cents=st.integers(1, 10**9), day=days)
    def enter(self, cents: int, day: date) -> Ledger:
        code, key = entered(self.session, cents, decided_on=day)
        ledger = Ledger(code, [Known(key, day, cents, last_day=YEARS.last_day)])
        self.all.append(ledger)
        return ledger

    @rule(
        ledger=ledgers,
        cents=st.integers(-(10**8), 10**9),
        day=days,
        longer=st.none() | st.integers(0, 900),
    )
    def amend(self, ledger: Ledger, cents: int, day: date, longer: int | None) -> None:
        last_day = None if longer is None else YEARS.last_day + timedelta(longer)
        period = Period(YEARS.first_day, last_day) if last_day else None
        decision = Amendment(0, day, Money(cents), "letter", period=period)
        total = sum(d.cents for d in ledger.confirmed()) + cents
        fits = ledger.confirmed() and not ledger.draft() and total > 0 and (cents or period)
        try:
            key = amendments.amend(self.session, ledger.code, decision, today=TODAY, by=OFFICER)
        except RuleViolation:
            assert not fits
        else:
            assert fits
            ledger.decisions.append(Known(key, day, cents, last_day=last_day))

    @rule(ledger=ledgers, by=st.sampled_from([OFFICER, CONTROLLER]), stale=st.booleans())
    def confirm(self, ledger: Ledger, by: Actor, stale: bool) -> None:
        if (draft := ledger.draft()) is None:
            return
        version = draft.version - stale
        try:
            amendments.confirm(self.session, draft.key, version=version, today=TODAY, by=by)
        except (StaleEditError, NotAllowedError):
            assert stale or by is OFFICER
        else:
            assert by is CONTROLLER
            draft.verdict = "confirmed"

    @rule(ledger=ledgers, cents=st.integers(1, 10**9))
    def revise(self, ledger: Ledger, cents: int) -> None:
        if (draft := ledger.draft()) is None:
            return
        decision = stored.decision_numbered(self.session, draft.key).decision
        amendments.revise(
            self.session,
            draft.key,
            replace(decision, amount=Money(cents)),
            version=draft.version,
            today=TODAY,
            by=OFFICER,
        )
        draft.cents, draft.version = cents, draft.version + 1

    @rule(ledger=ledgers)
    def send_back(self, ledger: Ledger) -> None:
        if draft := ledger.draft():
            amendments.send_back(
                self.session, draft.key, "look again", version=draft.version, by=CONTROLLER
            )
            draft.version += 1

    @rule(target=ledgers, ledger=consumes(ledgers))
    def drop(self, ledger: Ledger) -> object:
        draft = ledger.draft()
        if draft is None:
            return ledger
        amendments.drop(self.session, draft.key, version=draft.version, by=OFFICER)
        draft.verdict = "dropped"
        if ledger.confirmed():
            return ledger
        self.all.remove(ledger)  # it was never confirmed, and is gone from every list
        return multiple()

    @invariant()
    def every_amount_on_any_day_is_the_sum_of_what_was_confirmed_to_that_day(self) -> None:
        for ledger in self.all:
            kept = commitment_named(self.session, ledger.code)
            counted = ledger.confirmed()
            if counted:
                assert kept.amount.cents == sum(d.cents for d in counted)
            else:
                assert kept.status is Status.DRAFT
            for day in {d.decided_on for d in ledger.decisions} | {date(2022, 2, 28), TODAY}:
                standing = stored.standing_of(self.session, kept.id, day)
                assert standing.amount.cents == sum(d.cents for d in counted if d.decided_on <= day)

    @invariant()
    def every_commitment_is_what_its_newest_decision_says(self) -> None:
        for ledger in self.all:
            if periods := [
                (d.decided_on, d.key, d.last_day) for d in ledger.confirmed() if d.last_day
            ]:
                assert (
                    commitment_named(self.session, ledger.code).period.last_day == max(periods)[2]
                )

    def teardown(self) -> None:
        assert broken(self.session) == []


def test_every_amount_is_the_sum_of_its_confirmed_amendments_whatever_happens(
    loaded: Session,
) -> None:
    run_state_machine_as_test(
        lambda: Office(loaded),
        settings=settings(
            max_examples=20,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert loaded.scalars(select(AmendmentRow.id)).all()
