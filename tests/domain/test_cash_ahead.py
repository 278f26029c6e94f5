"""Cash is added up month by month over projects, and lowest from this month on."""

from __future__ import annotations

from datetime import date

from tracker.domain.cash_ahead import cash_ahead, cash_together
from tracker.domain.headlines import Dated
from tracker.domain.money import Money

TODAY = date(2026, 1, 15)


def test_the_lowest_cash_is_looked_for_from_this_month_on() -> None:
    months = (date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1))
    cash = cash_ahead(months, tuple(map(Money, (-900, 40, -5, -5))), TODAY)
    assert cash.lowest == Dated(date(2026, 2, 28), Money(-5))


def test_a_project_that_is_over_keeps_its_cash_in_the_sum() -> None:
    one = cash_ahead((date(2025, 12, 1),), (Money(70),), TODAY)
    two = cash_ahead((date(2026, 1, 1), date(2026, 2, 1)), (Money(10), Money(-30)), TODAY)
    both = cash_together([one, two], TODAY)
    assert both is not None
    assert [amount.cents for amount in both.amounts] == [70, 80, 40]
    assert both.lowest == Dated(date(2026, 2, 28), Money(40))
    assert cash_together([], TODAY) is None
