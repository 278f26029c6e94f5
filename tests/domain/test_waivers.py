"""A waiver holds from its approval by somebody else until its last day, or its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.errors import RuleViolation
from tracker.domain.waivers import (
    NewWaiver,
    Rule,
    Waiver,
    WaiverState,
    check_can_approve,
    check_can_end,
    check_new_waiver,
    is_waived,
)

TODAY = date(2026, 6, 30)
ASKED = Waiver(1, Rule.VIREMENT, "NGF-1", "why", TODAY, 1, "officer", "", None, None)
HOLDS = replace(ASKED, approved_by="controller", approved_on=TODAY)
days = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(days, days, st.none() | days, st.booleans())
def test_it_holds_only_while_approved_and_neither_over_nor_ended(
    day: date, until: date, ended_on: date | None, is_approved: bool
) -> None:
    waiver = replace(HOLDS if is_approved else ASKED, until=until, ended_on=ended_on)
    is_over = day > until or (ended_on is not None and day >= ended_on)
    assert waiver.holds_on(day) == (is_approved and not is_over)
    assert waiver.matters_since(day) == waiver.holds_on(day)


def test_it_holds_for_its_rule_and_its_commitment_or_for_all() -> None:
    assert is_waived([HOLDS], Rule.VIREMENT, "NGF-1", TODAY)
    assert not is_waived([HOLDS], Rule.VIREMENT, "PZH-1", TODAY)
    assert not is_waived([HOLDS], Rule.ADVANCE_CEILING, "NGF-1", TODAY)
    assert is_waived([replace(HOLDS, commitment="")], Rule.VIREMENT, "PZH-1", TODAY)
    assert not is_waived([ASKED], Rule.VIREMENT, "NGF-1", TODAY)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"rule": "gravity"}, "rule"),
        ({"reason": " "}, "reason"),
        ({"until": TODAY - timedelta(1)}, "until"),
    ],
)
def test_a_waiver_that_would_never_hold_is_refused(changes: dict[str, str], field: str) -> None:
    new = NewWaiver(Rule.VIREMENT, "", "why", TODAY)
    check_new_waiver(new, TODAY)
    with pytest.raises(RuleViolation) as refusal:
        check_new_waiver(replace(new, **changes), TODAY)  # type: ignore[arg-type]
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("waiver", "state"),
    [
        (ASKED, WaiverState.ASKED),
        (HOLDS, WaiverState.HOLDS),
        (replace(HOLDS, until=TODAY - timedelta(1)), WaiverState.EXPIRED),
        (replace(HOLDS, ended_on=TODAY), WaiverState.ENDED),
    ],
)
def test_what_may_be_done_follows_from_how_it_stands(waiver: Waiver, state: WaiverState) -> None:
    assert waiver.state(TODAY) is state
    for check, allowed in (
        (check_can_approve, {WaiverState.ASKED}),
        (check_can_end, {WaiverState.ASKED, WaiverState.HOLDS}),
    ):
        if state in allowed:
            check(waiver, TODAY)
        else:
            with pytest.raises(RuleViolation):
                check(waiver, TODAY)
