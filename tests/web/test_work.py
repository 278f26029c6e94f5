"""The work list by deadline."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.deadlines import DeadlineKind, Due
from tracker.domain.errors import Sentence
from tracker.domain.money import Money
from tracker.domain.policy import Role
from tracker.web.attention import GROUPS, Matter, by_deadline, of_deadlines

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

TODAY = date(2026, 3, 4)  # a Wednesday
MATTER = Matter("attention", Sentence("x"), None, "work.show_list")
DUE = Due(
    due_on=TODAY,
    kind=DeadlineKind.WAIVER_END,
    subject="1",
    project_id=1,
    what=Sentence("The waiver ends"),
)
matters = st.lists(
    st.builds(
        lambda due_on, cents: replace(
            MATTER, due_on=due_on, amount=None if cents is None else Money(cents)
        ),
        st.none() | st.dates(TODAY - timedelta(60), TODAY + timedelta(90)),
        st.none() | st.integers(-(10**9), 10**9),
    )
)


@pytest.mark.parametrize(
    ("due_on", "group"),
    [
        (date(2026, 3, 3), "due_late"),
        (date(2026, 3, 4), "due_this_week"),
        (date(2026, 3, 8), "due_this_week"),
        (date(2026, 3, 9), "due_this_month"),
        (date(2026, 3, 31), "due_this_month"),
        (date(2026, 4, 1), "due_later"),
        (date(2027, 3, 20), "due_later"),
        (None, "due_some_day"),
    ],
)
def test_each_matter_has_its_group(due_on: date | None, group: str) -> None:
    assert list(by_deadline([replace(MATTER, due_on=due_on)], TODAY)) == [group]


def test_a_week_that_ends_in_the_next_month_is_this_week() -> None:
    matter = replace(MATTER, due_on=date(2027, 1, 3))
    assert list(by_deadline([matter], date(2026, 12, 31))) == ["due_this_week"]


@given(matters)
def test_every_matter_is_in_one_group_by_its_day_and_then_its_money(found: list[Matter]) -> None:
    groups = by_deadline(found, TODAY)
    assert list(groups) == [name for name in GROUPS if name in groups]
    assert sum(len(of) for of in groups.values()) == len(found)
    for of in groups.values():
        keys = [(one.due_on or TODAY, -abs(one.amount.cents) if one.amount else 0) for one in of]
        assert keys == sorted(keys)


@pytest.mark.parametrize(
    ("days", "states"), [(-1, ["late"]), (0, ["attention"]), (30, ["attention"]), (31, [])]
)
def test_a_deadline_that_nothing_else_tells_of_is_told_when_it_is_near(
    days: int, states: list[str]
) -> None:
    due = replace(DUE, due_on=TODAY + timedelta(days))
    assert [matter.state for matter in of_deadlines([due], TODAY)] == states
    told = replace(due, kind=DeadlineKind.INSTALMENT, commitment="NGF-1")
    assert list(of_deadlines([told], TODAY)) == []


def test_the_page_counts_each_group_and_what_waits_for_the_reader(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    page = sign_in(Role.CONTROLLER).get("/work").text
    count = re.search(r"(\d+) punten, (\d+) voor u", page)
    assert count
    whole, yours = int(count[1]), int(count[2])
    groups = [int(n) for n in re.findall(r'<h2 id="due_[^>]+>[^<]*<span[^>]*>(\d+)', page)]
    assert sum(groups) == whole == page.count('<li>\n    <span class="state')
    assert 0 < yours < whole
    assert page.count("<b>") == yours
    auditor = sign_in(Role.AUDITOR).get("/work").text
    assert "for you" not in auditor
