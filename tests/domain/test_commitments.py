"""Only what binds a funder counts as committed; pledges and conditions stand beside it."""

from __future__ import annotations

from datetime import date

import pytest

from tracker.domain.commitments import (
    COMMITTED,
    PLEDGED,
    Commitment,
    Form,
    FundingTotals,
    Status,
    funding_totals,
)
from tracker.domain.money import Money
from tracker.domain.periods import calendar_year


def commitment(
    status: Status,
    amount: int,
    received: int = 0,
    charged: int = 0,
    form: Form = Form.CASH,
) -> Commitment:
    return Commitment(
        id=1,
        code="C",
        funder_id=1,
        funder="Funder",
        programme="Programme",
        reference="R",
        status=status,
        form=form,
        decided_on=date(2023, 1, 1),
        period=calendar_year(2023),
        award=Money(amount),
        amount=Money(amount),
        received=Money(received),
        charged=Money(charged),
    )


def test_certainty_is_never_mixed() -> None:
    totals = funding_totals(
        [
            commitment(Status.AWARDED, 1000, received=700, charged=900),
            commitment(Status.SETTLED, 500, received=500, charged=400),
            commitment(Status.AWARDED, 300, charged=100, form=Form.IN_KIND),
            commitment(Status.CONDITIONAL, 90),
            commitment(Status.PLEDGE, 7),
            commitment(Status.RESERVED, 5),
            commitment(Status.WITHDRAWN, 10_000),
        ]
    )
    assert totals == FundingTotals(
        committed=Money(1800),
        conditional=Money(90),
        pledged=Money(12),
        received=Money(1200),
        charged=Money(1400),
        remaining=Money(400),
        cash_on_hand=Money(-100),
    )


@pytest.mark.parametrize("status", Status)
def test_each_step_of_the_ladder_counts_in_one_place_at_most(status: Status) -> None:
    counted = [status in COMMITTED, status in PLEDGED, status is Status.CONDITIONAL]
    assert sum(counted) == (status not in (Status.DRAFT, Status.WITHDRAWN))


def test_what_is_in_kind_or_not_binding_has_no_cash() -> None:
    assert commitment(Status.AWARDED, 10, 0, 4).cash_on_hand == Money(-4)
    assert commitment(Status.AWARDED, 10, 0, 4, Form.IN_KIND).cash_on_hand is None
    assert commitment(Status.PLEDGE, 10).cash_on_hand is None
