"""The cost lines of a list as they stand, and keeping what many of them become at once."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from tracker.domain.allocations import Chargeable
from tracker.domain.bulk_charging import Standing, run_over
from tracker.store import audit, commitments, projects, splitting
from tracker.store.allocations import AllocationRow, UnallocatedRow, charged_by_line
from tracker.store.bulk import as_stored, insert_many
from tracker.store.charging import (
    COLUMNS,
    last_judged,
    late_lines,
    order_of_charging,
)
from tracker.store.cost_reading import chosen_costs
from tracker.store.costs import CostLineRow
from tracker.store.imports import BookRow
from tracker.store.splitting import rule_of_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.bulk_charging import BulkRun, Change, Key, Wish
    from tracker.domain.costs import CostFilter
    from tracker.domain.splitting import SplitRule


def try_in_bulk(session: Session, lines: CostFilter, wish: Wish) -> tuple[BulkRun, str]:
    """Tell what would become of the lines of a list now, by which state of the books."""
    project = projects.the_project(session)
    room = commitments.room_of(session, project.id)
    return run_in_bulk(session, project.id, lines, wish, room), audit.ledger_state(session)


def run_in_bulk(
    session: Session, project_id: int, lines: CostFilter, wish: Wish, room: dict[int, int]
) -> BulkRun:
    """Judge the lines of a list against the room that is given."""
    rules = splitting.split_rules(session, project_id)
    standings = standings_of(session, project_id, lines, rules)
    shares = {rule.id: rule.shares for rule in rules}
    return run_over(standings, wish, shares, commitments.terms_of(session, project_id), room)


def standings_of(
    session: Session, project_id: int, wish: CostFilter, rules: Sequence[SplitRule]
) -> list[Standing]:
    """List how the cost lines stand that somebody wishes to see, in the order of charging."""
    chosen = _chosen(wish)
    charged = charged_by_line(session, project_id, *chosen)
    left = _left_by_line(session, chosen)
    reversing = aliased(CostLineRow)
    reversed_too = select(reversing.id).where(reversing.reverses_id == CostLineRow.id).exists()
    line, judged = CostLineRow, last_judged(session)
    rows = session.execute(
        select(
            line.id,
            line.incurred_on,
            line.amount,
            line.category_id,
            rule_of_line(rules),
            line.work_package_id,
            line.milestone_id,
            line.charge_id,
            or_(line.reverses_id.is_not(None), reversed_too).label("is_settled"),
        )
        .join(BookRow, BookRow.id == line.book_id)
        .where(line.amount != 0, *chosen)
        .order_by(*order_of_charging(session))
    )
    return [
        Standing(
            Chargeable(*row[:7]),
            charged.get(row.id, {}),
            left.get(row.id, {}),
            is_waiting=row.charge_id is None and row.id > judged,
            is_settled=bool(row.is_settled),
        )
        for row in rows
    ]


def late_days(session: Session, project_id: int, wish: CostFilter) -> dict[int, date]:
    """Give the day on which the lines of a list count now whose own period was closed."""
    return late_lines(session, project_id, *_chosen(wish))


def keep_changes(
    session: Session, charge_id: int, changes: Iterable[Change], late: Mapping[int, date]
) -> None:
    """Keep what lines become; what makes room goes in first, and the database checks it all."""
    days = {line_id: as_stored(session, day) for line_id, day in late.items()}
    back: list[tuple[Any, ...]] = []
    charged: list[tuple[Any, ...]] = []
    left: list[tuple[Any, ...]] = []
    for line_id, by_commitment, shares in changes:
        day = days.get(line_id)
        for paying, cents in by_commitment.items():
            row = (charge_id, line_id, paying, cents, day)
            (charged if cents > 0 else back).append(row)
        for (share_of, reason), cents in shares.items():
            left.append((charge_id, line_id, share_of, cents, day, str(reason)))
    insert_many(session, AllocationRow, COLUMNS, chain(back, charged))
    insert_many(session, UnallocatedRow, (*COLUMNS, "reason"), left)


def _chosen(wish: CostFilter) -> list[Any]:
    """Choose the lines of a list; apart, so that its own tables are not taken for the query's."""
    listed = select(CostLineRow.id).where(*chosen_costs(wish)).subquery()
    return [CostLineRow.id.in_(select(listed.c.id))]


def _left_by_line(session: Session, chosen: list[Any]) -> dict[int, dict[Key, int]]:
    row, total = UnallocatedRow, func.sum(UnallocatedRow.amount)
    keys = (row.cost_line_id, row.commitment_id, row.reason)
    rows = session.execute(
        select(*keys, total)
        .join(CostLineRow, CostLineRow.id == row.cost_line_id)
        .where(*chosen)
        .group_by(*keys)
        .having(total != 0)
    )
    found: dict[int, dict[Key, int]] = {}
    for line_id, commitment_id, reason, cents in rows:
        found.setdefault(line_id, {})[commitment_id, reason] = int(cents)
    return found
