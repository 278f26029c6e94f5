"""Whose turn it is in the background, what is the same wish, and when a job is dead."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.errors import RuleViolation
from tracker.domain.report_jobs import (
    AT_ONCE,
    SILENT_FOR,
    STEPS,
    UNDER_WAY,
    JobKind,
    JobState,
    Queued,
    ReportJob,
    Wanted,
    check_step,
    whose_turn,
)

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
DOSSIER = Wanted(JobKind.DOSSIER, "NGF-1", "2021", NOW.date())
ISSUE = Wanted(JobKind.ISSUE, "NGF-1", "2021", NOW.date(), report_id=7, version=3)
queues = st.lists(st.sampled_from("abc"), max_size=8).map(
    lambda names: [Queued(at, name) for at, name in enumerate(names)]
)


def job(state: JobState, seen_at: datetime) -> ReportJob:
    return ReportJob(1, DOSSIER, state, 2, 0, 0, None, "a", NOW, seen_at, None)


@given(queues, queues)
def test_so_many_run_at_once_and_one_of_each_person(
    waiting: list[Queued], before: list[Queued]
) -> None:
    running = [before[at] for at in whose_turn(before, ())]
    chosen = [waiting[at] for at in whose_turn(waiting, running)]
    people = [one.asked_by for one in (*running, *chosen)]
    assert len(people) <= AT_ONCE
    assert len(set(people)) == len(people)


@given(queues)
def test_nobody_waits_whose_turn_it_could_be(waiting: list[Queued]) -> None:
    chosen = [waiting[at] for at in whose_turn(waiting, ())]
    first_of_each = {one.asked_by: one for one in reversed(waiting)}.values()
    assert chosen == sorted(first_of_each)[:AT_ONCE]


def test_who_asks_again_asks_the_same_until_the_books_say_otherwise() -> None:
    key = DOSSIER.key(1, "12-abc", "Ann")
    assert key == replace(DOSSIER).key(1, "12-abc", "Ann")
    others = (
        DOSSIER.key(1, "13-def", "Ann"),
        DOSSIER.key(1, "12-abc", "Ben"),
        DOSSIER.key(2, "12-abc", "Ann"),
        replace(DOSSIER, period="2022").key(1, "12-abc", "Ann"),
        replace(DOSSIER, made_on=date(2026, 1, 16)).key(1, "12-abc", "Ann"),
        replace(DOSSIER, kind=JobKind.REPORT).key(1, "12-abc", "Ann"),
    )
    assert len({key, *others}) == 1 + len(others)


def test_a_report_is_issued_once_whoever_asks_and_whatever_else_is_done() -> None:
    assert ISSUE.key(1, "12-abc", "Ann") == ISSUE.key(1, "13-def", "Ben")
    assert ISSUE.key(1, "12-abc", "Ann") != replace(ISSUE, version=4).key(1, "12-abc", "Ann")


def test_only_the_steps_of_the_ladder_are_taken() -> None:
    for now, then in product(JobState, JobState):
        if (now, then) in STEPS:
            check_step(now, then)
        else:
            with pytest.raises(RuleViolation, match=now.value):
                check_step(now, then)


def test_only_what_is_under_way_and_says_nothing_is_dead() -> None:
    just, too_long = NOW - SILENT_FOR, NOW - SILENT_FOR - timedelta(seconds=1)
    for state in JobState:
        assert job(state, too_long).is_silent(NOW) == (state in UNDER_WAY)
        assert not job(state, just).is_silent(NOW)
        assert job(state, just).is_under_way == (state in UNDER_WAY)
        ended = state in (JobState.FAILED, JobState.CANCELLED)
        assert job(state, just).may_be_retried == ended
