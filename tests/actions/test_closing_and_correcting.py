"""Whatever is charged, corrected, closed and reopened: the books hold, and what is closed stays."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.actions.closing import NOW, close, series_of
from tests.actions.programme import OFFICER, load
from tests.conftest import closing_engine
from tracker.actions import allocations, corrections
from tracker.actions import reporting_periods as periods
from tracker.domain.actor import Actor
from tracker.domain.corrections import LOWERING, REPLACING, CorrectionKind, Wish
from tracker.domain.errors import RuleViolation
from tracker.domain.money import Money
from tracker.domain.policy import Role
from tracker.domain.reporting_periods import Length, PeriodState
from tracker.store import checks
from tracker.store.allocations import COUNTED_ON, AllocationRow
from tracker.store.closing import LINE_DAY
from tracker.store.costs import CostLineRow
from tracker.store.reporting_periods import reopenings_asked

if TYPE_CHECKING:
    from tests.conftest import Databases

OTHER = Actor("controller@example.org", Role.CONTROLLER)
PACKAGES, CATEGORIES = ("WP1", "WP2", "WP3"), ("travel", "materials", "third_parties")
KINDS = tuple(kind for kind in CorrectionKind if kind is not CorrectionKind.REBOOKED)


class Office(RuleBasedStateMachine):
    """An office that does anything it may, beside a model of what must count in which year."""

    databases: Databases
    made: Counter[CorrectionKind]

    def __init__(self) -> None:
        super().__init__()
        self.copy = self.databases.copy_of("loaded", load)
        self.opened = closing_engine(self.copy.__enter__())
        self.session = Session(self.opened.__enter__())
        periods.set_up(self.session, Length.YEAR, today=NOW, by=OFFICER)
        self.costs = Counter(self.sums(CostLineRow.amount, LINE_DAY))
        self.closed: dict[int, tuple[int, dict[str, int]]] = {}

    def teardown(self) -> None:
        self.session.close()
        self.opened.__exit__(None, None, None)
        self.copy.__exit__(None, None, None)

    def sums(self, amount: Any, day: Any) -> dict[int, int]:
        """Add up by the year in which something counts."""
        query = select(day, func.sum(amount)).select_from(CostLineRow).group_by(day)
        if amount is AllocationRow.amount:
            query = query.join(AllocationRow, AllocationRow.cost_line_id == CostLineRow.id)
        found: Counter[int] = Counter()
        for counted, cents in self.session.execute(query):
            found[counted.year] += int(cents)
        self.session.rollback()
        return {year: cents for year, cents in found.items() if cents}

    def by_commitment(self, year: int) -> dict[str, int]:
        days = COUNTED_ON.between(date(year, 1, 1), date(year, 12, 31))
        rows = self.session.execute(
            select(AllocationRow.commitment_id, func.sum(AllocationRow.amount))
            .join(CostLineRow, CostLineRow.id == AllocationRow.cost_line_id)
            .where(days)
            .group_by(AllocationRow.commitment_id)
        ).all()
        self.session.rollback()
        return {str(key): int(cents) for key, cents in rows}

    def counts_in(self, year: int) -> int:
        """The model: what would count in a closed year counts in the first open one after it."""
        while year in self.closed:
            year += 1
        return year

    @initialize(year=st.sampled_from([0, 2021, 2022]))
    def begin(self, year: int) -> None:
        if year:
            self.close_year(2021)

    @rule()
    def charge(self) -> None:
        allocations.charge(self.session, by=OFFICER)

    @rule(
        wished=st.lists(
            st.tuples(
                st.sampled_from(KINDS),
                st.integers(0, 10_000),
                st.integers(-500_000, 500_000),
                st.integers(0, 2),
            ),
            min_size=3,
            max_size=8,
        )
    )
    def correct(self, wished: list[tuple[CorrectionKind, int, int, int]]) -> None:
        for kind, at, cents, other in wished:
            self.correct_one(kind, at, cents, other)

    def correct_one(self, kind: CorrectionKind, at: int, cents: int, other: int) -> None:
        lines = self.session.execute(
            select(CostLineRow.id, CostLineRow.amount, LINE_DAY).order_by(CostLineRow.id)
        ).all()
        commitments = [("NGF-1", "PZH-1"), ("PZH-1", "LUMC-1"), ("LUMC-1", "NGF-1")][other]
        self.session.rollback()
        key, amount, day = lines[at % len(lines)]
        wish = Wish(
            kind=kind,
            reason="it was wrong",
            day=date(2021 + at % 4, 1 + at % 12, 1),
            work_package=PACKAGES[other],
            category=CATEGORIES[other],
            taken_from=commitments[0],
            charged_to=commitments[1],
            amount=Money(cents),
            ineligible_for="not_eligible",
        )
        try:
            corrections.correct(self.session, key, wish, today=NOW, by=OFFICER)
        except RuleViolation:
            return
        self.made[kind] += 1
        own = self.counts_in(day.year)
        if kind in LOWERING:
            self.costs[own] -= abs(cents)
        if kind in REPLACING or kind is CorrectionKind.CANCELLED:
            self.costs[own] -= amount
        if kind is CorrectionKind.WRONG_PERIOD and wish.day:
            self.costs[self.counts_in(wish.day.year)] += amount
        elif kind in REPLACING:
            self.costs[own] += amount

    @rule(year=st.sampled_from([2021, 2022, 2023]))
    def close_year(self, year: int) -> None:
        if year in self.closed:
            return
        allocations.charge(self.session, by=OFFICER)
        close(self.session, str(year))
        self.closed[year] = (self.costs[year], self.by_commitment(year))

    @rule(year=st.sampled_from([2021, 2022, 2023]))
    def reopen(self, year: int) -> None:
        if year not in self.closed:
            return
        found = next(one for one in series_of(self.session) if one.code == str(year))
        why = "it cannot be corrected"
        periods.ask_reopening(self.session, str(year), why, version=found.version, by=OFFICER)
        (asked,) = reopenings_asked(self.session)
        periods.confirm_reopening(self.session, asked.id, by=OTHER)
        del self.closed[year]

    @invariant()
    def the_books_hold(self) -> None:
        assert checks.broken(self.session) == []
        self.session.rollback()

    @invariant()
    def every_year_counts_what_the_model_says(self) -> None:
        found = self.sums(CostLineRow.amount, LINE_DAY)
        assert found == {year: cents for year, cents in self.costs.items() if cents}

    @invariant()
    def what_is_closed_does_not_change(self) -> None:
        states = {one.code: one.state for one in series_of(self.session)}
        for year, (costs, charged) in self.closed.items():
            assert states[str(year)] is PeriodState.CLOSED
            assert (self.costs[year], self.by_commitment(year)) == (costs, charged)

    @invariant()
    def to_date_is_what_was_before_and_the_period_with_its_adjustments(self) -> None:
        """Domain rule 26, from the charges themselves."""
        by_year = self.sums(AllocationRow.amount, COUNTED_ON)
        adjusted: Counter[int] = Counter()
        own: Counter[int] = Counter()
        for incurred, counted, cents in self.session.execute(
            select(CostLineRow.incurred_on, COUNTED_ON, AllocationRow.amount).join(
                AllocationRow, AllocationRow.cost_line_id == CostLineRow.id
            )
        ):
            (own if incurred.year == counted.year else adjusted)[counted.year] += cents
        self.session.rollback()
        to_date = 0
        for year in range(2021, 2028):
            before, to_date = to_date, sum(c for y, c in by_year.items() if y <= year)
            assert to_date == before + own[year] + adjusted[year]


def test_an_office_may_do_anything_and_its_books_hold(databases: Databases) -> None:
    made: Counter[CorrectionKind] = Counter()
    office = type("OfficeOfThisDatabase", (Office,), {"databases": databases, "made": made})
    run_state_machine_as_test(
        office,
        settings=settings(
            max_examples=10,
            stateful_step_count=16,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert made[CorrectionKind.CANCELLED], "an office that corrects nothing shows nothing"
    assert sum(made.values()) > 20
