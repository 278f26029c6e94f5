"""A file on its way takes the steps of its ladder and no others."""

from __future__ import annotations

from itertools import product

import pytest

from tracker.domain.errors import RuleViolation
from tracker.domain.intakes import AT_WORK, LADDER, ON_ITS_WAY, IntakeState, check_move

STEPS = {
    "waiting": {"reading", "stopped", "cancelled"},
    "reading": {"mapping", "ready", "refused", "stopped", "cancelled"},
    "mapping": {"waiting", "cancelled"},
    "ready": {"waiting", "keeping", "cancelled"},
    "keeping": {"kept", "ready", "refused", "stopped", "cancelled"},
    "refused": {"waiting", "cancelled"},
    "stopped": {"waiting", "cancelled"},
    "cancelled": {"waiting"},
    "kept": set(),
}


@pytest.mark.parametrize(("now", "then"), list(product(IntakeState, IntakeState)))
def test_every_pair_of_states_is_a_step_or_is_refused(now: IntakeState, then: IntakeState) -> None:
    if then.value in STEPS[now.value]:
        assert check_move(now, then) == LADDER[now, then]
        return
    with pytest.raises(RuleViolation) as refusal:
        check_move(now, then)
    assert refusal.value.message.facts == {"state": f"intake_{now}"}


def test_a_file_is_kept_only_after_somebody_confirmed_it_and_for_good() -> None:
    assert {now for now, then in LADDER if then is IntakeState.KEPT} == {IntakeState.KEEPING}
    assert {now for now, then in LADDER if then is IntakeState.KEEPING} == {IntakeState.READY}
    assert not [then for now, then in LADDER if now is IntakeState.KEPT]
    assert AT_WORK < ON_ITS_WAY
