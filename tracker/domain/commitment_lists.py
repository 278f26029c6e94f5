"""Lists of commitments: which are in one, in what order, and what they add up to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from tracker.domain.amendments import standing_on
from tracker.domain.commitments import FundingTotals, Status, funding_totals
from tracker.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from tracker.domain.amendments import Amendment
    from tracker.domain.commitments import Commitment, Form

PAGE = 100


class Order(StrEnum):
    """The columns by which a list can be sorted; a minus in front turns the order around."""

    CODE = "code"
    FUNDER = "funder"
    REFERENCE = "reference"
    STATUS = "status"
    FORM = "form"
    PERIOD = "period"
    ORIGINAL = "original"
    CURRENT = "current"
    RECEIVED = "received"
    CHARGED = "charged"
    REMAINING = "remaining"


@dataclass(frozen=True, slots=True)
class CommitmentFilter:
    """Which commitments a list shows. An absent wish is ``None`` or ``""``."""

    text: str = ""
    funder_id: int | None = None
    programme_id: int | None = None
    status: Status | None = None
    form: Form | None = None
    ends_before: date | None = None


@dataclass(frozen=True, slots=True)
class CommitmentPage:
    """One page of a list of commitments, and what the whole list adds up to.

    Shape:  pages are numbered from 1; ``committed_count`` is how many bind their funder.
    Units:  ``original`` is the awards of those that bind, without their amendments.
    """

    commitments: tuple[Commitment, ...]
    number: int
    page_count: int
    count: int
    committed_count: int
    original: Money
    totals: FundingTotals


def on_day(
    commitment: Commitment,
    decisions: Iterable[Amendment],
    day: date,
    received: Money,
    charged: Money,
) -> Commitment | None:
    """Give a commitment as it was on a day, or nothing where it was not there yet.

    Shape:  confirmed decisions only.
    Units:  ``received`` came in until that day, ``charged`` is of costs incurred until then.
    """
    standing = standing_on(decisions, day)
    if standing.status is Status.DRAFT:
        return None
    return replace(
        commitment,
        status=standing.status,
        period=standing.period or commitment.period,
        amount=standing.amount,
        share=standing.share,
        determined=standing.determined,
        received=received,
        charged=charged,
    )


def chosen(
    commitments: Iterable[Commitment], wish: CommitmentFilter, order: str = ""
) -> list[Commitment]:
    """Give the commitments that fit a wish, in an order; without one, in that of the programme."""
    found = [commitment for commitment in commitments if fits(commitment, wish)]
    if order:
        by = _KEYS[Order(order.removeprefix("-"))]
        found.sort(key=by, reverse=order.startswith("-"))
    return found


def fits(commitment: Commitment, wish: CommitmentFilter) -> bool:
    """Tell whether a commitment is among those that a list shows."""
    said = (commitment.code, commitment.funder, commitment.programme, commitment.reference)
    wanted = (
        not wish.text or any(wish.text.casefold() in part.casefold() for part in said),
        wish.funder_id in (None, commitment.funder_id),
        wish.programme_id in (None, commitment.programme_id),
        wish.status in (None, commitment.status),
        wish.form in (None, commitment.form),
        wish.ends_before is None or commitment.period.last_day < wish.ends_before,
    )
    return all(wanted)


def page_of(found: list[Commitment], number: int = 1) -> CommitmentPage:
    """Cut a page out of a list; a number that there is not gives the nearest page."""
    page_count = max(1, -(-len(found) // PAGE))
    at = min(max(number, 1), page_count)
    binding = [commitment for commitment in found if commitment.is_committed]
    return CommitmentPage(
        tuple(found[(at - 1) * PAGE : at * PAGE]),
        at,
        page_count,
        len(found),
        len(binding),
        Money.total(commitment.award for commitment in binding),
        funding_totals(found),
    )


_LADDER = tuple(Status)
_KEYS: dict[Order, Callable[[Commitment], tuple[int, str] | tuple[date, str]]] = {
    Order.CODE: lambda c: (0, c.code.casefold()),
    Order.FUNDER: lambda c: (0, f"{c.funder.casefold()}\0{c.code}"),
    Order.REFERENCE: lambda c: (0, c.reference.casefold()),
    Order.STATUS: lambda c: (_LADDER.index(c.status), c.code),
    Order.FORM: lambda c: (0, f"{c.form.value}\0{c.code}"),
    Order.PERIOD: lambda c: (c.period.last_day, c.code),
    Order.ORIGINAL: lambda c: (c.award.cents, c.code),
    Order.CURRENT: lambda c: (c.amount.cents, c.code),
    Order.RECEIVED: lambda c: (c.received.cents, c.code),
    Order.CHARGED: lambda c: (c.charged.cents, c.code),
    Order.REMAINING: lambda c: (c.remaining.cents if c.is_committed else 0, c.code),
}
