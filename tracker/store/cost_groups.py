"""Bringing the index over the cost lines up to the books, a part at a time."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from sqlalchemy import bindparam, delete, func, insert, select, text, update

from tracker.domain.costs import CostState
from tracker.store.allocations import AllocationRow, UnallocatedRow
from tracker.store.bulk import as_stored, insert_many
from tracker.store.cost_index import CostGroupRow, CostIndexRow, CostPlaceRow, Extent
from tracker.store.costs import CostLineRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Table
    from sqlalchemy.orm import Session

CHUNK = 20_000
FEW = 2_000


class _Group(NamedTuple):
    year: int
    category_id: int
    account: str
    cost_centre: str
    state: str
    paid_by: str
    left_for: str


def follow(session: Session, goal: Extent, after: int = 0) -> int | None:
    """Bring a part of the index up to the books; give the line to go on after, if any.

    Shape:  each part is whole in itself, and one that is done twice changes nothing.
    """
    reached = session.scalars(select(CostIndexRow).with_for_update()).one()
    first, few = _astray(session, reached, goal)
    if few is not None:
        chosen: Any = CostLineRow.id.in_(few)
        rows = _lines(session, chosen) if few else []
        more = False
    else:
        within = CostLineRow.id > max(after, first - 1), CostLineRow.id <= goal.line
        rows = _lines(session, *within)
        more = len(rows) == CHUNK
    if rows:
        keys = few if few is not None else range(rows[0].id, rows[-1].id + 1)
        _replace(session, rows, keys)
    if more:
        return int(rows[-1].id)
    reached.last_line, reached.last_allocation, reached.last_unallocated = goal
    session.execute(delete(CostGroupRow).where(CostGroupRow.line_count == 0))
    session.flush()
    return None


def _astray(session: Session, reached: CostIndexRow, goal: Extent) -> tuple[int, list[int] | None]:
    """Find the first line whose place may not be what the books say; all of them if they are few.

    Shape:  ``(first, few)``; ``few`` is ``None`` where all lines from the first on are looked at.
    """
    line, paid, left = CostLineRow, AllocationRow, UnallocatedRow
    new = select(line.id.label("line")).where(line.id > reached.last_line, line.id <= goal.line)
    charged = select(paid.cost_line_id).where(
        paid.id > reached.last_allocation, paid.id <= goal.allocation
    )
    rest = select(left.cost_line_id).where(
        left.id > reached.last_unallocated, left.id <= goal.unallocated
    )
    lag = goal.line - reached.last_line + goal.allocation - reached.last_allocation
    if lag + goal.unallocated - reached.last_unallocated <= FEW:
        return 0, list(session.scalars(new.union(charged, rest)))
    touched = new.union_all(charged, rest).subquery()
    return session.scalar(select(func.min(touched.c.line))) or 0, None


def _lines(session: Session, *chosen: Any) -> list[Any]:
    line = CostLineRow
    return list(
        session.execute(
            select(
                *(line.id, line.incurred_on, line.amount, line.category_id),
                *(line.account, line.cost_centre),
                *(line.supplier, line.description, line.document, line.invoice),
            )
            .where(*chosen)
            .order_by(line.id)
            .limit(CHUNK)
        ).all()
    )


def _replace(session: Session, rows: list[Any], keys: Sequence[int]) -> None:
    """Put lines in the groups that they belong to now."""
    place = CostPlaceRow
    old = {
        line: (group, amount)
        for line, group, amount in session.execute(
            select(place.cost_line_id, place.group_id, place.amount).where(
                _among(place.cost_line_id, keys)
            )
        )
    }
    groups = _groups_of(session, rows, keys)
    ids = _ids_of(session, set(groups.values()))
    change: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for group, amount in old.values():
        change[group][0] -= 1
        change[group][1] -= amount
    places = []
    for row in rows:
        group = ids[groups[row.id]]
        change[group][0] += 1
        change[group][1] += row.amount
        places.append((row.id, group, as_stored(session, row.incurred_on), row.amount))
    session.execute(delete(place).where(_among(place.cost_line_id, keys)))
    columns = ("cost_line_id", "group_id", "incurred_on", "amount")
    insert_many(session, place, columns, places)
    _count(session, change)
    _keep_texts(session, [row for row in rows if row.id not in old])


def _groups_of(session: Session, rows: list[Any], keys: Sequence[int]) -> dict[int, _Group]:
    paid_by: dict[int, list[int]] = defaultdict(list)
    left_for: dict[int, list[str]] = defaultdict(list)
    judged: set[int] = set()
    paid, left = AllocationRow, UnallocatedRow
    for line, commitment, cents in session.execute(
        select(paid.cost_line_id, paid.commitment_id, func.sum(paid.amount))
        .where(_among(paid.cost_line_id, keys))
        .group_by(paid.cost_line_id, paid.commitment_id)
        .order_by(paid.cost_line_id, paid.commitment_id)
    ):
        judged.add(line)
        if cents:
            paid_by[line].append(commitment)
    whose = func.coalesce(left.commitment_id, 0)
    for line, commitment, reason, cents in session.execute(
        select(left.cost_line_id, whose, left.reason, func.sum(left.amount))
        .where(_among(left.cost_line_id, keys))
        .group_by(left.cost_line_id, whose, left.reason)
        .order_by(left.cost_line_id, whose, left.reason)
    ):
        judged.add(line)
        if cents:
            left_for[line].append(f"{commitment}:{reason}")
    return {
        row.id: _Group(
            row.incurred_on.year,
            row.category_id,
            row.account,
            row.cost_centre,
            _state(row, row.id in judged, bool(paid_by.get(row.id)), bool(left_for.get(row.id))),
            _listed(paid_by.get(row.id, ())),
            _listed(left_for.get(row.id, ())),
        )
        for row in rows
    }


def _state(row: Any, is_judged: bool, is_paid: bool, is_left: bool) -> str:  # noqa: FBT001
    if not is_judged:
        return CostState.WAITING if row.amount else ""
    if is_left:
        return CostState.PARTLY if is_paid else CostState.NOT_CHARGED
    return CostState.CHARGED if is_paid else ""


def _listed(codes: Iterable[object]) -> str:
    return "".join(f",{code}" for code in codes) + ","


def _ids_of(session: Session, wanted: set[_Group]) -> dict[_Group, int]:
    """Give the ids of groups; those that are new are made."""
    row = CostGroupRow
    columns = [getattr(row, name) for name in _Group._fields]
    ids = {_Group(*of): key for key, *of in session.execute(select(row.id, *columns))}
    for group in wanted - ids.keys():
        made = insert(row).values(**group._asdict(), line_count=0, amount=0).returning(row.id)
        ids[group] = session.scalars(made).one()
    return ids


def _count(session: Session, change: dict[int, list[int]]) -> None:
    row = cast("Table", CostGroupRow.__table__)
    counted = (
        update(row)
        .where(row.c.id == bindparam("group"))
        .values(line_count=row.c.line_count + bindparam("lines"))
        .values(amount=row.c.amount + bindparam("cents"))
    )
    parts = [
        {"group": group, "lines": lines, "cents": cents}
        for group, (lines, cents) in sorted(change.items())
        if lines or cents
    ]
    if parts:
        session.connection().execute(counted, parts)


def _keep_texts(session: Session, rows: list[Any]) -> None:
    key = "rowid" if session.get_bind().dialect.name == "sqlite" else "cost_line_id"
    said = [
        {"line": row.id, "said": said_by(row.supplier, row.description, row.document, row.invoice)}
        for row in rows
    ]
    if said:
        session.execute(text(f"INSERT INTO cost_text ({key}, said) VALUES (:line, :said)"), said)  # noqa: S608


def said_by(*texts: str) -> str:
    """Write the texts of a line as they are looked for: in small letters, each on its line."""
    return "\n".join(texts).lower()


def _among(column: Any, keys: Sequence[int]) -> Any:
    if isinstance(keys, range):
        return column.between(keys.start, keys.stop - 1)
    return column.in_(keys)
