"""What is expected to be spent: which costs come, and who pays them.

Costs that come are judged as costs in the books are: by the first split rule that fits, and by
each commitment's status, period, categories, purpose and room.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from tracker.domain.allocations import Chargeable, Judgement, charge
from tracker.domain.forecasts import monthly
from tracker.domain.lapse import pace_of
from tracker.domain.money import Money, share_out
from tracker.domain.periods import month_of, months_after
from tracker.domain.shares import WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tracker.domain.outlook import Funding, OutlookFacts
    from tracker.domain.splitting import SplitRule

NO_RULE: Final = 0


class Cell(NamedTuple):
    """Costs that are expected in a month, by the keys of work package and category."""

    month: date
    work_package_id: int
    category_id: int
    cents: int


@dataclass(frozen=True, slots=True)
class Charges:
    """What comes of expected costs: all of them by month, what each commitment pays of them.

    Shape:  ``room`` is what is left of each commitment in the end, by key; ``cells`` are the
            costs themselves.
    Units:  cents.
    """

    spending: Mapping[date, int]
    by_commitment: Mapping[int, Mapping[date, int]]
    room: Mapping[int, int]
    by_burn_rate: tuple[date, ...]
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Share:
    """What a commitment pays of the costs of a work package and category in a month.

    Shape:  ``cost`` is all that is expected there; ``reason`` why a part of its share is not paid.
    """

    month: date
    work_package_id: int
    category_id: int
    cost: Money
    paid: Money
    refused: Money
    reason: str


def expected_charges(facts: OutlookFacts) -> Charges:
    """Judge all costs that are expected from today on."""
    cells, by_burn_rate = expected_costs(facts)
    spending: dict[date, int] = {}
    for cell in cells:
        spending[cell.month] = spending.get(cell.month, 0) + cell.cents
    paid: dict[int, dict[date, int]] = {}
    room = {one.commitment.id: one.room for one in facts.funding}
    for line, judgement in judged(facts, cells, room):
        if judgement.reason is None and judgement.commitment_id is not None:
            by_month = paid.setdefault(judgement.commitment_id, {})
            month = month_of(line.incurred_on)
            by_month[month] = by_month.get(month, 0) + judgement.cents
    return Charges(spending, paid, room, by_burn_rate, cells)


def expected_costs(facts: OutlookFacts) -> tuple[list[Cell], tuple[date, ...]]:
    """List the costs that are expected, and the months for which the burn rate tells them.

    Shape:  in the order of the months. Of this month only what its days from today on bring.
    """
    found, spoken_of = _by_forecast(facts)
    months = _unspoken(facts, spoken_of)
    by_rate = _by_burn_rate(facts, months)
    cells = [*found, *by_rate]
    if facts.paces:
        cells = [cell._replace(cents=_at_pace(facts, cell)) for cell in cells]
    cells.sort(key=lambda cell: cell.month)
    return cells, months if by_rate else ()


def _by_forecast(facts: OutlookFacts) -> tuple[list[Cell], tuple[date, date] | None]:
    """Spread the quarters of the forecast over their months; tell of which months it speaks."""
    forecast, current = facts.forecast, month_of(facts.as_of)
    if forecast is None or not forecast.lines:
        return [], None
    found = []
    for (package, category, month), amount in monthly(forecast).items():
        coming = _coming(month, amount.cents, facts.as_of) if month >= current else 0
        if coming:
            keys = facts.packages[package], facts.categories[category]
            found.append(Cell(month, *keys, coming))
    last = months_after(max(line.quarter for line in forecast.lines), 2)
    return found, (month_of(forecast.first_day), last)


def _unspoken(facts: OutlookFacts, spoken_of: tuple[date, date] | None) -> tuple[date, ...]:
    """List the coming months of the project that no forecast speaks of."""
    month, months = month_of(facts.as_of), []
    while month <= facts.period.last_day:
        if spoken_of is None or not spoken_of[0] <= month <= spoken_of[1]:
            months.append(month)
        month = months_after(month, 1)
    return tuple(months)


def _by_burn_rate(facts: OutlookFacts, months: Iterable[date]) -> list[Cell]:
    """Let spending go on as it was lately, where it was."""
    rate = pace_of(facts.in_cash, month_of(facts.as_of))
    lately = {keys: cents for keys, cents in facts.lately.items() if cents > 0}
    if rate is None or not lately:
        return []
    found = []
    for month in months:
        coming = _coming(month, rate.cents, facts.as_of, facts.period.last_day)
        for keys, cents in zip(lately, share_out(coming, list(lately.values())), strict=True):
            if cents:
                found.append(Cell(month, *keys, cents))
    return found


def _coming(month: date, cents: int, today: date, last_day: date = date.max) -> int:
    """Take of a month's costs what its days from today to a last day bring."""
    days = monthrange(month.year, month.month)[1]
    gone = today.day - 1 if month == month_of(today) else 0
    last = last_day.day if month == month_of(last_day) else days
    if last <= gone:
        return 0
    if last - gone == days:
        return cents
    return share_out(cents, (gone, last - gone, days - last))[1]


def _at_pace(facts: OutlookFacts, cell: Cell) -> int:
    """Give the costs of a cell as a scenario has them faster or slower."""
    cents = cell.cents
    for pace in facts.paces:
        fits = not pace.work_package or facts.packages.get(pace.work_package) == (
            cell.work_package_id
        )
        if fits and cell.month >= month_of(pace.first_day):
            cents = Money(cents).share_nearest(pace.share).cents
    return cents


def judged(
    facts: OutlookFacts, cells: Sequence[Cell], room: dict[int, int]
) -> Iterator[tuple[Chargeable, Judgement]]:
    """Judge expected costs as the books' are; what nobody pays goes to supposed commitments.

    Shape:  ``cells`` in the order of their months; ``room`` is kept up to date. A line's number
            is that of its cell. The judgements of a cell add up to it.
    """
    lines = list(_lines(facts, cells))
    rules = {rule.id: rule.shares for rule in facts.rules}
    terms = {one.commitment.id: one.terms for one in facts.funding}
    supposed = [one for one in facts.funding if one.gap_share is not None]
    numbered = [line._replace(line_id=number) for number, line in enumerate(lines)]
    for judgement in charge(numbered, rules, terms, room):
        line = lines[judgement.line_id]
        if judgement.reason is None or not supposed:
            yield line, judgement
        else:
            yield from ((line, each) for each in _supposed(line, judgement, supposed, room))


def _supposed(
    line: Chargeable, left: Judgement, supposed: Iterable[Funding], room: dict[int, int]
) -> Iterator[Judgement]:
    """Let supposed commitments pay their share of what is left of a cost."""
    cents = left.cents
    for one in supposed:
        if line.incurred_on not in one.terms.period or cents <= 0:
            continue
        key = one.commitment.id
        part = Money(cents).share_nearest(one.gap_share or WHOLE).cents
        part = max(0, min(part, room[key]))
        if part:
            room[key] -= part
            cents -= part
            yield Judgement(line.line_id, key, part, None)
    if cents:
        yield left._replace(cents=cents)


def _lines(facts: OutlookFacts, cells: Iterable[Cell]) -> Iterator[Chargeable]:
    """Turn cells into costs that can be judged: one for each stretch of days that is alike."""
    breaks, current = _breaks(facts), month_of(facts.as_of)
    stretches: dict[date, list[tuple[date, int]]] = {}
    fitting: dict[tuple[int, int, date], int] = {}
    for number, (month, package, category, cents) in enumerate(cells):
        if month not in stretches:
            first = facts.as_of if month == current else month
            stretches[month] = _stretches(first, breaks.get(month, ()))
        parts = stretches[month]
        shares = share_out(cents, [days for _, days in parts]) if len(parts) > 1 else (cents,)
        for (day, _), part in zip(parts, shares, strict=True):
            key = (package, category, day)
            if key not in fitting:
                fitting[key] = _rule_for(facts.rules, *key)
            if part:
                yield Chargeable(number, day, part, category, fitting[key], package)


def _breaks(facts: OutlookFacts) -> dict[date, set[date]]:
    """Find the days within months on which somebody begins to pay, or pays no more."""
    days = set()
    for one in facts.funding:
        days |= {one.terms.period.first_day, one.terms.period.last_day + timedelta(1)}
    for rule in facts.rules:
        days |= {rule.first_day} if rule.first_day else set()
        days |= {rule.last_day + timedelta(1)} if rule.last_day else set()
    found: dict[date, set[date]] = {}
    for day in days:
        found.setdefault(month_of(day), set()).add(day)
    return found


def _stretches(first: date, breaks: Iterable[date]) -> list[tuple[date, int]]:
    """Divide the rest of a month at the breaks: the first day of each stretch, and its days."""
    end = months_after(month_of(first), 1)
    begins = [first, *sorted(day for day in breaks if day > first), end]
    return [(day, (begins[at + 1] - day).days) for at, day in enumerate(begins[:-1])]


def _rule_for(rules: Iterable[SplitRule], package: int, category: int, day: date) -> int:
    for rule in rules:
        if (
            rule.work_package_id in (None, package)
            and rule.category_id in (None, category)
            and (rule.first_day or date.min) <= day <= (rule.last_day or date.max)
        ):
            return rule.id
    return NO_RULE


def shares_of(facts: OutlookFacts, commitment_id: int) -> list[Share]:
    """List what a commitment pays of each expected cost that a rule gives it a part of."""
    cells, _ = expected_costs(facts)
    room = {one.commitment.id: one.room for one in facts.funding}
    cells_of: dict[tuple[date, int, int], int] = {}
    for cell in cells:
        cells_of[cell[:3]] = cells_of.get(cell[:3], 0) + cell.cents
    found: dict[tuple[date, int, int], list[tuple[int, int, str]]] = {}
    for line, each in judged(facts, cells, room):
        if each.commitment_id == commitment_id:
            key = (month_of(line.incurred_on), line.work_package_id or 0, line.category_id)
            part = (each.cents, 0, "") if each.reason is None else (0, each.cents, each.reason)
            found.setdefault(key, []).append(part)
    return [
        Share(
            *key,
            cost=Money(cells_of[key]),
            paid=Money(sum(paid for paid, _, _ in parts)),
            refused=Money(sum(refused for _, refused, _ in parts)),
            reason=next((reason for _, _, reason in parts if reason), ""),
        )
        for key, parts in found.items()
    ]
