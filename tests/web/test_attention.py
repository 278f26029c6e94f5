"""What the work list says of instalments and waivers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.web.test_charts import commitment
from tracker.domain.commitments import Status
from tracker.domain.instalments import Instalment
from tracker.domain.money import Money
from tracker.domain.policy import Role
from tracker.domain.waivers import Waiver
from tracker.web import attention

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

TODAY = date(2026, 6, 30)
PROMISE = replace(commitment("Fund", Status.AWARDED, 1_000_00), id=1)
ONE = Instalment(1, date(2026, 6, 29), Money(400_00))


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (ONE, ["late: instalment 1 was due"]),
        (replace(ONE, milestone="M1"), []),
        (replace(ONE, milestone="M1", milestone_met_on=TODAY), ["late: instalment 1 was due"]),
        (replace(ONE, received=Money(400_00)), []),
        (replace(ONE, due_on=date(2026, 7, 30)), ["attention: instalment 1 is due"]),
        (replace(ONE, due_on=date(2026, 7, 31)), []),
        (replace(ONE, due_on=date(2026, 7, 30), requested_on=TODAY), []),
        (replace(ONE, report="2025"), []),
        (
            replace(
                ONE, due_on=date(2027, 1, 1), held_back=Money(1), held_back_reason="Late report."
            ),
            ["attention: the funder holds a part of instalment 1 back. Late report."],
        ),
        (replace(ONE, is_cancelled=True), []),
    ],
)
def test_instalments_are_told_when_there_is_something_to_do(
    one: Instalment, said: list[str]
) -> None:
    matters = list(attention.of_instalments([PROMISE], {1: (one,)}, TODAY))
    told = [f"{m.state}: {str(m.what).partition(': ')[2]}" for m in matters]
    assert len(told) == len(said)
    assert all(t.startswith(s) for t, s in zip(told, said, strict=True))


def test_a_pledge_is_not_asked_for() -> None:
    pledge = replace(PROMISE, status=Status.PLEDGE)
    assert list(attention.of_instalments([pledge], {1: (ONE,)}, TODAY)) == []


def test_a_waiver_waits_for_anybody_but_who_asked_for_it() -> None:
    asked = Waiver(1, "virement", "", "why", date(2026, 7, 1), None, "fenna", "", None, None)
    assert len(list(attention.of_waivers([asked], "coen", TODAY))) == 1
    assert list(attention.of_waivers([asked], "fenna", TODAY)) == []
    over = replace(asked, until=date(2026, 6, 29))
    assert list(attention.of_waivers([over], "coen", TODAY)) == []


def test_the_sample_holds_a_part_of_an_instalment_back(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    page = sign_in(Role.FINANCE_OFFICER).get("/work").text
    assert "NGF-1: the funder holds a part of instalment 6 back." in page
