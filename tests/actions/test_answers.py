"""Every figure is the one that an independent calculation gives, whatever the order of files."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from tests.actions.programme import OFFICER, answers_of, books_in, bring_in, load
from tests.books.cases import case_dir
from tracker.actions import allocations, checks, programmes

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

CASES = [(1, 240), (2, 60), (7, 25), (11, 400), (101, 5)]


@pytest.mark.parametrize(("seed", "invoices"), CASES)
def test_all_files_in_one_go_give_every_figure(session: Session, seed: int, invoices: int) -> None:
    case = load(session, seed=seed, invoices=invoices)
    assert checks.differences(session, answers_of(case), by=OFFICER) == []
    assert checks.broken_invariants(session, by=OFFICER) == []


@pytest.mark.parametrize(("seed", "invoices"), CASES[:3])
def test_files_one_by_one_in_any_order_give_every_figure(
    session: Session, seed: int, invoices: int
) -> None:
    case = case_dir(seed, invoices)
    files = books_in(case)
    random.Random(seed).shuffle(files)
    programmes.set_up(session, case / "case.json", by=OFFICER)
    for file in files:
        bring_in(session, [file])
    allocations.charge(session, by=OFFICER)
    assert checks.differences(session, answers_of(case), by=OFFICER) == []


def test_a_figure_that_is_a_cent_off_is_told(session: Session) -> None:
    answers = answers_of(load(session))
    answers["charged_total"]["NGF-1"] += 1
    answers["by"]["category"]["travel"] -= 1
    answers["booked_twice"].append(["2021INK000001", "2021INK000002"])
    answers["unallocated"]["bad_weather"] = 1
    told = {difference.what for difference in checks.differences(session, answers, by=OFFICER)}
    assert told == {
        "charged_total/NGF-1",
        "by/category/travel",
        "booked_twice",
        "unallocated/bad_weather",
    }


def test_charging_twice_changes_nothing(session: Session) -> None:
    answers = answers_of(load(session))
    again = allocations.charge(session, by=OFFICER)
    assert again.lines == 0
    assert checks.differences(session, answers, by=OFFICER) == []


def test_charging_year_by_year_keeps_every_invariant(session: Session) -> None:
    case = case_dir(3, 40)
    programmes.set_up(session, case / "case.json", by=OFFICER)
    for file in reversed(books_in(case)):
        bring_in(session, [file])
        allocations.charge(session, by=OFFICER)
    assert checks.broken_invariants(session, by=OFFICER) == []
    figures = ("cost_lines", "cost_total", "by", "excluded", "received", "files")
    answers = {name: answers_of(case)[name] for name in figures}
    assert checks.differences(session, answers, by=OFFICER) == []
