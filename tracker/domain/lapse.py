"""What a commitment leaves unspent at its end: how much, how sure that is, by when to act."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from tracker.domain.commitments import Form, Status
from tracker.domain.errors import Sentence
from tracker.domain.money import ZERO, Money
from tracker.domain.periods import months_after
from tracker.domain.shares import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracker.domain.commitments import Commitment
    from tracker.domain.errors import Fact
    from tracker.domain.periods import Period

WINDOW: Final = 12
"""Months by which the burn rate is told."""
AMENDMENT_WEEKS: Final = 13
"""How long a funder takes to decide on an amendment, where its programme does not say."""


class Sureness(StrEnum):
    """How sure it is that money lapses: by the forecast, and at the pace so far."""

    SURE = "surely_lapses"  # both say so
    LIKELY = "likely_lapses"  # what is expected to be spent says so
    POSSIBLE = "may_lapse"  # only the pace says so


@dataclass(frozen=True, slots=True)
class Lapse:
    """What an awarded commitment leaves unspent on its last day.

    Shape:  ``amount`` is by the forecast, ``at_pace`` if spending goes on at the burn rate;
            where nothing was spent yet there is no pace, and both are the same. ``act_by`` is
            the last day on which an amendment asked for can still be decided on in time: the
            ``weeks`` of its programme before the end, by its ``source``, or else the usual ones.
    """

    commitment: str
    amount: Money
    on: date
    at_pace: Money
    is_sure: Sureness
    act_by: date
    has_pace: bool = True
    has_ended: bool = False
    weeks: int = AMENDMENT_WEEKS
    source: str = ""

    @property
    def why_then(self) -> Sentence:
        """Say by when to act, and from which term that day comes."""
        facts: dict[str, Fact] = {"day": self.act_by, "weeks": self.weeks, "source": self.source}
        if self.source:
            return Sentence(
                "Act by {day}: its programme gives {weeks} weeks for a decision ({source}), and an"
                " amendment asked for later cannot be decided on in time.",
                facts,
            )
        return Sentence(
            "Act by {day}: {weeks} weeks before the end, as no term for its decisions is known; an"
            " amendment asked for later cannot be decided on in time.",
            facts,
        )

    @property
    def reason(self) -> Sentence:
        """Say why it is as sure as it is."""
        facts: dict[str, Fact] = {"amount": self.amount, "at_pace": self.at_pace}
        if self.has_ended:
            return Sentence("The period is over; {amount} was not spent in it.", facts)
        if self.is_sure is Sureness.POSSIBLE:
            return Sentence(
                "All of it is expected to be spent, but at the pace of the last months {at_pace}"
                " stays unspent.",
                facts,
            )
        if not self.has_pace:
            return Sentence(
                "What is expected to be spent leaves {amount}; nothing was spent in the last"
                " months, so there is no pace to hold it against.",
                facts,
            )
        if self.is_sure is Sureness.LIKELY:
            return Sentence(
                "What is expected to be spent leaves {amount}; at the pace of the last months"
                " all of it would be spent.",
                facts,
            )
        return Sentence(
            "What is expected to be spent leaves {amount}, the pace of the last months {at_pace}.",
            facts,
        )

    def says(self, funder: str, today: date) -> Sentence:
        """Say what doing nothing costs."""
        facts: dict[str, Fact] = {
            "funder": funder,
            "code": self.commitment,
            "amount": self.amount or self.at_pace,
            "days": (self.on - today).days,
            "day": self.on,
        }
        if self.has_ended:
            return Sentence("{code} of {funder} ended on {day}; {amount} was not spent.", facts)
        if self.on <= today + timedelta(1):
            return Sentence(
                "{code} of {funder} ends on {day}; {amount} of it is not spent and will lapse.",
                facts,
            )
        if self.is_sure is Sureness.POSSIBLE:
            return Sentence(
                "{code} of {funder} ends in {days} days; {amount} of it may not be spent by then"
                " and would lapse.",
                facts,
            )
        return Sentence(
            "{code} of {funder} ends in {days} days; {amount} of it will not be spent by then"
            " and lapses.",
            facts,
        )


def lapse_of(
    commitment: Commitment,
    left: int,
    rate: Money | None,
    room: int,
    today: date,
    weeks: int,
    source: str = "",
) -> Lapse | None:
    """Tell what an awarded commitment will leave unspent, if anything.

    Shape:  ``left`` is what the forecast leaves of its ``room``; ``rate`` what was spent on it in
            a month, ``None`` where it has no pace. What is given in kind does not lapse.
    Units:  cents; ``weeks`` that the funder takes to decide, by the ``source`` of its term.
    """
    if commitment.status is not Status.AWARDED or commitment.form is Form.IN_KIND:
        return None
    amount, last = Money(max(0, left)), commitment.period.last_day
    has_ended = last < today
    at_pace = amount
    if rate is not None and not has_ended:
        used = spent_at(rate, commitment.period, today)
        at_pace = max(ZERO, Money(room) - used)
    if not amount and not at_pace:
        return None
    return Lapse(
        commitment=commitment.code,
        amount=amount,
        on=last,
        at_pace=at_pace,
        is_sure=_sureness(amount, at_pace, has_pace=rate is not None or has_ended),
        act_by=last - timedelta(weeks=weeks),
        has_pace=rate is not None,
        has_ended=has_ended,
        weeks=weeks,
        source=source,
    )


def _sureness(amount: Money, at_pace: Money, *, has_pace: bool) -> Sureness:
    if not amount:
        return Sureness.POSSIBLE
    return Sureness.SURE if at_pace and has_pace else Sureness.LIKELY


def spent_at(rate: Money, period: Period, today: date) -> Money:
    """Tell what will be spent of a commitment from today to its last day, at a rate per month.

    Units:  a part of a month counts by its days; half a cent away from zero.
    """
    day, months = max(today, period.first_day), Fraction(0)
    while day <= period.last_day:
        days = monthrange(day.year, day.month)[1]
        last = min(day.replace(day=days), period.last_day)
        months += Fraction(last.day - day.day + 1, days)
        day = day.replace(day=days) + timedelta(1)
    return Money(nearest(rate.cents * months))


def burn_rate(spent: Money, months: int) -> Money:
    """Give what is spent in a month on average.

    Units:  half a cent away from zero: 742,310.18 in 18 months is 41,239.45.
    """
    return Money(nearest(Fraction(spent.cents, months)))


def runway(remaining: Money, rate: Money) -> Decimal | None:
    """Tell for how many months what remains lasts; nothing where nothing is spent.

    Units:  months to one decimal: 157,689.82 at 41,239.45 is 3.8.
    """
    if rate.cents <= 0:
        return None
    months = Decimal(max(0, remaining.cents)) / rate.cents
    return months.quantize(Decimal("0.1"), ROUND_HALF_UP)


def window_of(by_month: Mapping[date, int], current: date) -> tuple[date, int] | None:
    """Choose the months by which a pace is told: the first, and how many there are.

    Shape:  the last twelve up to the last month with costs before ``current``, fewer where costs
            began later; ``None`` where there were none in the twelve months before ``current``.
    """
    before = [month for month, cents in by_month.items() if month < current and cents]
    if not before or max(before) < months_after(current, -WINDOW):
        return None
    last = max(before)
    first = max(min(before), months_after(last, 1 - WINDOW))
    return first, (last.year - first.year) * 12 + last.month - first.month + 1


def pace_of(by_month: Mapping[date, int], current: date) -> Money | None:
    """Give what was spent in a month lately; ``None`` where nothing was."""
    window = window_of(by_month, current)
    if window is None:
        return None
    first, months = window
    spent = sum(cents for month, cents in by_month.items() if first <= month < current)
    rate = burn_rate(Money(spent), months)
    return rate if rate.cents > 0 else None
