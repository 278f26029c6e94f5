"""Explaining costs: what was charged of them, what is left, and what they are; with the lines."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, extract, false, func, select

from tracker.domain import explained_shares
from tracker.domain.allocations import INELIGIBLE, Reason
from tracker.domain.commitments import UNCOUNTED
from tracker.domain.costs import CostFilter, CostState, Origin
from tracker.domain.entries import CORRECTION
from tracker.domain.errors import Code, Sentence
from tracker.domain.explained_shares import Share
from tracker.domain.explanations import NOBODY, Explanation, Part, Table
from tracker.domain.money import Money
from tracker.store.allocations import (
    COUNTED_ON,
    LEFT_ON,
    AllocationRow,
    ChargeRow,
    UnallocatedRow,
)
from tracker.store.charging import not_judged
from tracker.store.commitments import CommitmentRow
from tracker.store.cost_reading import chosen_costs
from tracker.store.costs import CostLineRow
from tracker.store.explained_lines import page_of_lines
from tracker.store.imports import BookRow
from tracker.store.milestones import MilestoneRow
from tracker.store.projects import CategoryRow
from tracker.store.questions import each_of, explained

if TYPE_CHECKING:
    from tracker.domain.explanations import Asked
    from tracker.store.questions import Question

LINE_DAY = func.coalesce(CostLineRow.counted_on, CostLineRow.incurred_on)
CORRECTIONS = "corrections"
NOT_ELIGIBLE = "ineligible"


def charged_costs(question: Question) -> Explanation:
    """Explain what was charged: of one commitment or narrower by its lines, else by commitment."""
    asked, one = question.asked, question.commitment
    plain = not set(asked.narrowed) - {"commitment", "on"}
    if plain and one is None:
        standing = [c for c in question.seen if c.status not in UNCOUNTED]
        said = Sentence(
            "What {count} of the commitments pay of the costs, added up.", {"count": len(standing)}
        )
        parts = each_of(standing, lambda c: c.charged, asked)
        return explained(asked, (said,), Sentence("By commitment"), parts)
    row = AllocationRow
    chosen = [*_of_lines(question, COUNTED_ON), row.commitment_id.in_(_ids(question))]
    late = case((CostLineRow.incurred_on != COUNTED_ON, 1), else_=0)
    shares = _shares(question, row, (COUNTED_ON, ChargeRow.kind, late), chosen)
    found = Money(sum(share.cents for share in shares))
    lines = page_of_lines(question, _by_line(row, COUNTED_ON, chosen))
    return explained_shares.charged(asked, one.charged if plain and one else found, shares, lines)


def left_costs(question: Question) -> Explanation:
    """Explain what nobody pays, of one commitment's shares or of all, for one reason or for all."""
    row, asked = UnallocatedRow, question.asked
    chosen = _of_lines(question, LEFT_ON)
    if asked.commitment == NOBODY:
        chosen.append(row.commitment_id.is_(None))
    elif question.commitment:
        chosen.append(row.commitment_id == question.commitment.id)
    if asked.reason:
        chosen.append(row.reason == asked.reason)
    if asked.state:
        is_apart = row.reason.in_(sorted(INELIGIBLE))
        chosen.append(is_apart if asked.state == NOT_ELIGIBLE else ~is_apart)
    shares = _shares(question, row, (LEFT_ON, row.reason, case((false(), 1), else_=0)), chosen)
    in_order = sorted(shares, key=lambda share: list(Reason).index(Reason(share.told)))
    amount = Money(sum(share.cents for share in shares))
    lines = page_of_lines(question, _by_line(row, LEFT_ON, chosen))
    return explained_shares.left(asked, amount, in_order, lines)


def all_costs(question: Question) -> Explanation:
    """Explain what the costs are that a list or a period holds: where they come from, and when."""
    said = Sentence(
        "Cost lines as they were brought in or entered, with the corrections of them, added up."
    )
    return _of_costs(question, said, [])


def waiting_costs(question: Question) -> Explanation:
    """Explain which costs the split rules have not judged yet."""
    said = Sentence("Cost lines that came in after the split rules were last applied.")
    return _of_costs(question, said, list(not_judged(question.session)))


def _of_costs(question: Question, said: Sentence, more: list[Any]) -> Explanation:
    asked, line = question.asked, CostLineRow
    wish = CostFilter(
        commitment=asked.commitment,
        state=CostState(asked.state) if asked.state else None,
        reason=asked.reason,
        text=asked.text,
    )
    chosen = [*_of_lines(question, LINE_DAY), *chosen_costs(wish), *more]
    origin = case(
        ((BookRow.origin == Origin.BY_HAND.value) & (line.journal == CORRECTION), CORRECTIONS),
        else_=BookRow.origin,
    )
    year = extract("year", line.incurred_on)
    rows = question.session.execute(
        select(origin, CategoryRow.code, year, func.count(), func.sum(line.amount))
        .select_from(line)
        .join(BookRow, BookRow.id == line.book_id)
        .join(CategoryRow, CategoryRow.id == line.category_id)
        .where(*chosen)
        .group_by(origin, CategoryRow.code, CategoryRow.position, year)
        .order_by(CategoryRow.position, year)
    )
    found = [(told, code, int(at), count, int(cents)) for told, code, at, count, cents in rows]
    whole = Money(sum(cents for *_, cents in found))
    tables = (
        _table(Sentence("By origin"), found, 0, asked, "origin"),
        _table(Sentence("By category"), found, 1, asked, "category"),
        _table(Sentence("By the year in which they were incurred"), found, 2, asked, "incurred"),
    )
    lines = page_of_lines(question, _of_own(chosen))
    return Explanation(asked, whole, (said,), tuple(t for t in tables if t), lines)


def _table(
    title: Sentence, found: list[tuple[Any, ...]], at: int, asked: Asked, wish: str
) -> Table | None:
    if getattr(asked, wish):
        return None
    sums: dict[Any, list[int]] = {}
    for row in found:
        told = sums.setdefault(row[at], [0, 0])
        told[0] += row[3]
        told[1] += row[4]
    return Table(
        title,
        tuple(
            Part(
                value if isinstance(value, int) else Code(value),
                Money(cents),
                count,
                asked.but(**{wish: value}),
            )
            for value, (count, cents) in _in_order(sums)
        ),
    )


def _in_order(sums: dict[Any, list[int]]) -> list[tuple[Any, list[int]]]:
    """Put years in their order; everything else comes in its own."""
    years = all(isinstance(value, int) for value in sums)
    return sorted(sums.items()) if years else list(sums.items())


def _of_lines(question: Question, day: Any) -> list[Any]:
    """Choose cost lines by what was asked of them, and by the day on which something counts."""
    asked, line = question.asked, CostLineRow
    chosen: list[Any] = []
    if asked.year:
        chosen.append(day.between(date(asked.year, 1, 1), date(asked.year, 12, 31)))
    if period := question.period:
        chosen.append(day.between(period.first_day, period.last_day))
    if asked.on:
        chosen.append(asked.on >= day)
    if asked.line is not None:
        chosen.append(line.id == asked.line)
    chosen += chosen_costs(CostFilter(year=asked.incurred, category=asked.category))
    return chosen + _of_places(asked)


def _of_places(asked: Asked) -> list[Any]:
    """Choose cost lines by account, place and origin; ``NOBODY`` stands for an empty one."""
    line, chosen = CostLineRow, list[Any]()
    for column, wanted in ((line.account, asked.account), (line.cost_centre, asked.work_package)):
        if wanted:
            chosen.append(column == ("" if wanted == NOBODY else wanted))
    if asked.origin:
        chosen.append(_of_origin(asked.origin))
    if asked.milestone:
        named = select(MilestoneRow.id).where(MilestoneRow.code == asked.milestone)
        chosen.append(line.milestone_id.in_(named))
    return chosen


def _of_origin(origin: str) -> Any:
    line = CostLineRow
    wanted = Origin.BY_HAND.value if origin == CORRECTIONS else origin
    books = line.book_id.in_(select(BookRow.id).where(BookRow.origin == wanted))
    if wanted != Origin.BY_HAND:
        return books
    corrects = line.journal == CORRECTION
    return books & (corrects if origin == CORRECTIONS else ~corrects)


def _ids(question: Question) -> list[int]:
    one = question.commitment
    return [one.id] if one else [commitment.id for commitment in question.seen]


def _shares(
    question: Question, row: Any, told: tuple[Any, Any, Any], chosen: list[Any]
) -> list[Share]:
    """Add up charges, or what is left, by everything that an explanation tells apart."""
    day, kind, late = told
    keys = (row.commitment_id, CostLineRow.category_id, extract("year", day), kind, late)
    rows = question.session.execute(
        select(*keys, func.count(), func.sum(row.amount))
        .select_from(row)
        .join(CostLineRow, CostLineRow.id == row.cost_line_id)
        .join(ChargeRow, ChargeRow.id == row.charge_id)
        .where(*chosen)
        .group_by(*keys)
    ).all()
    categories = _named(question, select(CategoryRow.id, CategoryRow.code, CategoryRow.position))
    codes = _named(question, select(CommitmentRow.id, CommitmentRow.code, CommitmentRow.position))
    nobody = (0, "")
    in_order = sorted(
        rows, key=lambda r: (codes.get(r[0], nobody)[0], categories[r[1]][0], r[2], str(r[3]))
    )
    return [
        Share(
            codes.get(commitment, nobody)[1],
            categories[category][1],
            int(year),
            str(kind),
            bool(is_late),
            count,
            int(cents),
        )
        for commitment, category, year, kind, is_late, count, cents in in_order
    ]


def _named(question: Question, query: Any) -> dict[int, tuple[int, str]]:
    return {key: (position, code) for key, code, position in question.session.execute(query)}


def _by_line(row: Any, day: Any, chosen: list[Any]) -> Any:
    """Add up charges, or what is left, by cost line: nothing where they cancel each other."""
    return (
        select(
            row.cost_line_id.label("line"),
            func.max(day).label("day"),
            func.sum(row.amount).label("cents"),
        )
        .join(CostLineRow, CostLineRow.id == row.cost_line_id)
        .where(*chosen)
        .group_by(row.cost_line_id)
        .having(func.sum(row.amount) != 0)
    )


def _of_own(chosen: list[Any]) -> Any:
    line = CostLineRow
    return select(line.id.label("line"), LINE_DAY.label("day"), line.amount.label("cents")).where(
        *chosen
    )
