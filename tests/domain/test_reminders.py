"""Who is told what, and when; and never twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.deadlines import OF_FUNDERS, DeadlineKind, Due
from tracker.domain.errors import Sentence
from tracker.domain.money import Money
from tracker.domain.policy import Role
from tracker.domain.reminders import (
    Reader,
    Rhythm,
    Step,
    Wish,
    lines_for,
    step_of,
    usual_wish,
)

TODAY = date(2026, 3, 2)  # a Monday
DUE = Due(
    due_on=TODAY,
    kind=DeadlineKind.INSTALMENT,
    subject="NGF-1/1",
    project_id=1,
    what=Sentence("x"),
    amount=Money(100),
    commitment="NGF-1",
    funder_id=4,
)
OFFICER = Reader(1, "Fenna", "fenna@example.org", Role.FINANCE_OFFICER)
DIRECTOR = Reader(2, "Dirkje", "dirkje@example.org", Role.DIRECTOR)
FUNDER = Reader(3, "Floris", "floris@example.org", Role.FUNDER_VIEWER, 4)
ADMINISTRATOR = Reader(4, "Adam", "adam@example.org", Role.ADMINISTRATOR)
LEAD = Reader(5, "Lotte", "lotte@example.org", Role.PROJECT_LEAD)

dues = st.lists(
    st.builds(
        lambda number, left, kind, role, funder: replace(
            DUE,
            subject=f"S{number}",
            due_on=TODAY + timedelta(left),
            kind=kind,
            role=role,
            funder_id=funder,
        ),
        st.integers(0, 10**6),
        st.integers(-60, 60),
        st.sampled_from(DeadlineKind),
        st.sampled_from(Role),
        st.integers(0, 5),
    ),
    max_size=20,
    unique_by=lambda due: due.line,
)
wishes = st.builds(
    Wish,
    st.sampled_from(Rhythm),
    *[st.booleans()] * 5,
)
readers = st.sampled_from([OFFICER, DIRECTOR, FUNDER, ADMINISTRATOR, LEAD])


def due_in(days: int) -> Due:
    return replace(DUE, due_on=TODAY + timedelta(days))


@pytest.mark.parametrize(
    ("days", "step"),
    [
        (31, None), (30, Step.IN_30_DAYS), (15, Step.IN_30_DAYS), (14, Step.IN_14_DAYS),
        (4, Step.IN_14_DAYS), (3, Step.IN_3_DAYS), (0, Step.IN_3_DAYS), (-1, Step.OVERDUE),
        (-15, Step.OVERDUE),
    ],
)  # fmt: skip
def test_each_day_has_its_step(days: int, step: Step | None) -> None:
    assert step_of(due_in(days), Role.FINANCE_OFFICER, TODAY) is step


@pytest.mark.parametrize(("days", "step"), [(-14, Step.OVERDUE), (-15, Step.ESCALATED)])
def test_what_is_late_for_more_than_two_weeks_goes_to_the_directors(days: int, step: Step) -> None:
    assert step_of(due_in(days), Role.DIRECTOR, TODAY) is step
    own = Wish(own_only=True)
    told = lines_for(DIRECTOR, own, [due_in(days)], (), TODAY)
    assert [line.step for line in told] == ([step] if step is Step.ESCALATED else [])


def test_a_weekly_digest_looks_at_the_whole_week() -> None:
    friday = due_in(9)
    told = {
        rhythm: lines_for(OFFICER, Wish(rhythm), [friday], (), TODAY)[0].step
        for rhythm in (Rhythm.DAILY, Rhythm.WEEKLY)
    }
    assert told == {Rhythm.DAILY: Step.IN_14_DAYS, Rhythm.WEEKLY: Step.IN_3_DAYS}


@given(st.integers(-3, 40))
def test_who_is_told_weekly_misses_no_step_that_is_wished(left: int) -> None:
    due, wish = due_in(left), Wish(Rhythm.WEEKLY)
    told: set[tuple[str, Step]] = set()
    for days in range(60):
        day = TODAY + timedelta(days)
        if wish.is_for(day):
            told |= {
                (line.due.line, line.step) for line in lines_for(OFFICER, wish, [due], told, day)
            }
    steps = {step for _, step in told}
    assert Step.OVERDUE in steps
    assert left < 0 or Step.IN_3_DAYS in steps


@pytest.mark.parametrize(
    ("rhythm", "days"),
    [(Rhythm.DAILY, 7), (Rhythm.WEEKLY, 1), (Rhythm.NEVER, 0)],
)
def test_a_digest_comes_every_day_on_mondays_or_never(rhythm: Rhythm, days: int) -> None:
    week = [TODAY + timedelta(n) for n in range(7)]
    assert sum(Wish(rhythm).is_for(day) for day in week) == days


@given(readers, wishes, dues)
def test_nobody_is_told_the_same_twice(reader: Reader, wish: Wish, known: list[Due]) -> None:
    first = lines_for(reader, wish, known, frozenset(), TODAY)
    told = {(line.due.line, line.step) for line in first}
    assert len(told) == len(first)
    assert lines_for(reader, wish, known, told, TODAY) == ()


@given(wishes, dues)
def test_a_funder_is_told_of_its_own_only_and_an_administrator_of_nothing(
    wish: Wish, known: list[Due]
) -> None:
    for line in lines_for(FUNDER, wish, known, (), TODAY):
        assert line.due.funder_id == FUNDER.funder_id
        assert line.due.kind in OF_FUNDERS
    assert lines_for(ADMINISTRATOR, wish, known, (), TODAY) == ()


@given(readers, wishes, dues)
def test_only_what_is_wished_is_told_the_most_urgent_first(
    reader: Reader, wish: Wish, known: list[Due]
) -> None:
    told = lines_for(reader, wish, known, (), TODAY)
    order = [Step.ESCALATED, Step.OVERDUE, Step.IN_3_DAYS, Step.IN_14_DAYS, Step.IN_30_DAYS]
    places = [order.index(line.step) for line in told]
    assert places == sorted(places)
    for line in told:
        assert wish.wants(line.step)
        is_escalated = line.step is Step.ESCALATED
        assert is_escalated or not wish.own_only or reader.looks_after(line.due)


def test_what_has_an_owner_is_the_owners_and_else_the_roles() -> None:
    due = replace(DUE, kind=DeadlineKind.MILESTONE, role=Role.PROJECT_LEAD)
    assert LEAD.looks_after(due)
    assert not OFFICER.looks_after(due)
    for name in ("fenna", "FENNA@example.org"):
        owned = replace(due, owner=name)
        assert OFFICER.looks_after(owned)
        assert not LEAD.looks_after(owned)


@pytest.mark.parametrize("role", Role)
def test_who_enters_nothing_gets_no_mail_unasked(role: Role) -> None:
    quiet = usual_wish(role).rhythm is Rhythm.NEVER
    assert quiet == (role in (Role.ADMINISTRATOR, Role.AUDITOR))
    assert usual_wish(role).own_only == (role is Role.DIRECTOR)
