"""Other funders are told together, so that no single one of them is told."""

from __future__ import annotations

from datetime import date
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.budgets import BudgetLine
from tracker.domain.commitments import Form
from tracker.domain.financing import Side
from tracker.domain.money import Money
from tracker.domain.statement_parts import SourcePart, SourceSum, budgeted_until, told_together


def part(funder: int, side: Side, euros: int, form: Form = Form.CASH) -> SourcePart:
    amount = Money.euros(str(euros))
    return SourcePart(funder, side, form, amount, amount, amount)


def told(*parts: SourcePart) -> list[tuple[str, str, int]]:
    return [
        ("+".join(one.sides), "+".join(one.forms), one.committed.cents // 100)
        for one in told_together(parts)
    ]


def test_sides_and_forms_stand_apart_where_each_is_of_two_funders() -> None:
    assert told(
        part(1, Side.PUBLIC, 100),
        part(2, Side.PUBLIC, 20),
        part(3, Side.PRIVATE, 3),
        part(4, Side.PRIVATE, 40),
        part(3, Side.PRIVATE, 5, Form.IN_KIND),
        part(5, Side.PRIVATE, 60, Form.IN_KIND),
    ) == [("public", "cash", 120), ("private", "cash", 43), ("private", "in_kind", 65)]


def test_a_form_of_one_funder_is_told_with_the_other_form() -> None:
    assert told(
        part(1, Side.PRIVATE, 100),
        part(2, Side.PRIVATE, 20),
        part(2, Side.PRIVATE, 3, Form.IN_KIND),
    ) == [("private", "cash+in_kind", 123)]


def test_two_sides_of_one_funder_each_are_told_together() -> None:
    assert told(
        part(1, Side.PUBLIC, 100),
        part(2, Side.PRIVATE, 20),
        part(3, Side.OWN, 3),
        part(4, Side.OWN, 4),
    ) == [("own_contribution", "cash", 7), ("public+private", "cash", 120)]


def test_a_single_funder_hides_among_another_side() -> None:
    assert told(
        part(1, Side.PUBLIC, 100),
        part(2, Side.OWN, 20),
        part(3, Side.OWN, 3),
    ) == [("public+own_contribution", "cash", 123)]


def test_a_single_other_funder_is_not_told_at_all() -> None:
    assert told(part(1, Side.PUBLIC, 100), part(1, Side.PRIVATE, 20, Form.IN_KIND)) == []
    assert told() == []


def test_a_funder_that_brings_nothing_hides_nobody() -> None:
    assert told(part(1, Side.PUBLIC, 100), part(2, Side.PUBLIC, 0)) == []


@given(
    st.lists(st.tuples(st.integers(1, 4), st.sampled_from(Side), st.sampled_from(Form)), max_size=9)
)
def test_no_sum_is_ever_of_one_funder(found: list[tuple[int, Side, Form]]) -> None:
    """Each part has a digit of its own, so that a sum says which parts are in it."""
    side_of = {funder: side for funder, side, _ in found}
    parts = [
        part(funder, side_of[funder], 1 << at, form) for at, (funder, _, form) in enumerate(found)
    ]
    sums = told_together(parts)
    inside = [funders_in(one, parts) for one in sums]
    assert all(len(set(funders)) >= 2 for funders in inside)
    everybody = sorted(part.funder_id for part in parts)
    assert sorted(chain.from_iterable(inside)) == (everybody if len(set(everybody)) > 1 else [])
    for one in sums:
        assert one.committed == one.received == one.charged
        assert (one.commitment, one.reference) == ("", "")


def funders_in(told_sum: SourceSum, parts: list[SourcePart]) -> list[int]:
    bits = told_sum.committed.cents // 100
    return [one.funder_id for at, one in enumerate(parts) if bits >> at & 1]


@given(st.integers(-(10**6), 10**6))
def test_what_moves_between_two_of_a_sum_is_not_seen(moved: int) -> None:
    others = [part(3, Side.PUBLIC, 10), part(4, Side.PUBLIC, 20)]
    one = [part(1, Side.OWN, 10**7), part(2, Side.OWN, 10**7)]
    two = [part(1, Side.OWN, 10**7 + moved), part(2, Side.OWN, 10**7 - moved)]
    assert told_together([*others, *one]) == told_together([*others, *two])
    assert told_together([*others, *one]) != told_together(
        [*others, *one[:1], part(2, Side.OWN, 1)]
    )


def test_what_was_budgeted_up_to_a_day_needs_years_and_their_end() -> None:
    lines = [
        BudgetLine("travel", "", 2022, Money(1_00)),
        BudgetLine("travel", "WP1", 2023, Money(2_00)),
        BudgetLine("personnel", "", 2024, Money(4_00)),
    ]
    planned = {"travel": Money(3_00), "personnel": Money(0)}
    assert budgeted_until(lines, date(2023, 12, 31)) == planned
    assert budgeted_until(lines, date(2023, 9, 30)) is None
    undated = [*lines, BudgetLine("travel", "", 0, Money(1))]
    assert budgeted_until(undated, date(2023, 12, 31)) is None
    assert budgeted_until([], date(2023, 12, 31)) is None
