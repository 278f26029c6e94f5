"""What the records of each project say, to tell whose have changed since they were read.

A state is what the small tables say of a project, word for word, and how many rows the books have
of it after a certain one: rows of the books are added and never changed.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, select, type_coerce
from sqlalchemy.types import NULLTYPE

from tracker.store.audit import AuditRow
from tracker.store.scope import OF_PROJECT, scope_of
from tracker.store.spending import SpendingExtentRow
from tracker.store.tables import Base

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, FromClause, Select
    from sqlalchemy.orm import Session

    State = tuple[Any, ...]

WHOLE = (
    *("project", "work_package", "cost_category", "commitment", "commitment_balance"),
    *("commitment_category", "amendment", "amendment_category", "determination_request"),
    *("earmark", "instalment", "receipt", "milestone", "milestone_after", "milestone_funding"),
    *("milestone_move", "budget_version", "forecast", "split_rule", "split_share", "waiver"),
    *("reporting_period", "reopening"),
)
"""Tables of which every row of a project is looked at."""

OF_ALL = ("funder", "programme", "programme_term")
"""Tables that all projects have in common: what changes in them changes every state."""


class Since(NamedTuple):
    """From where on the rows of the books are counted, and the newest deed at that time.

    Shape:  nobody may still be writing rows before it; see ``cost_index.settle``.
    """

    last_line: int
    last_allocation: int
    seq: int
    seal: str


def newest_deed(session: Session) -> tuple[int, str]:
    """Name the newest deed and its seal."""
    newest = select(AuditRow.seq, AuditRow.hash).order_by(AuditRow.seq.desc()).limit(1)
    found = session.execute(newest).first()
    return (found.seq, found.hash) if found else (0, "")


def from_now_on(session: Session) -> Since:
    """Count the rows of the books from those on that are not in the kept sums yet."""
    deed, extent = newest_deed(session), session.get_one(SpendingExtentRow, 1)
    return Since(extent.last_line, extent.last_allocation, *deed)


def still_holds(session: Session, since: Since, most: int) -> bool:
    """Tell whether not too many rows were kept since, and this is still the same database.

    Put back from a backup, it could lack deeds that were there.
    """
    row = SpendingExtentRow
    kept = session.scalar(select(row.last_line + row.last_allocation)) or 0
    seal = session.scalar(select(AuditRow.hash).where(AuditRow.seq == since.seq))
    return (seal or "") == since.seal and kept - since.last_line - since.last_allocation <= most


def states_of(session: Session, since: Since) -> dict[int, State]:
    """Give the state of each project that the session reads, in the order of their keys."""
    connection, only = session.connection(), scope_of(session).project_id
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for name in WHOLE:
        asked, project = _rows_of(name)
        for row in connection.execute(asked if only is None else asked.where(project == only)):
            found[row[0]].append((name, *row))
    shared = [connection.execute(_as_kept(name)).all() for name in OF_ALL]
    lines, charges = _lines_since(session, since), _charges_since(session, since)
    return {
        key: (*rows, *shared, lines.get(key, 0), charges.get(key, 0))
        for key, rows in sorted(found.items())
    }


@cache
def _rows_of(name: str) -> tuple[Select[*tuple[Any, ...]], ColumnElement[int]]:
    """Ask for the rows of a table, each with the key of its project before it."""
    tables = Base.metadata.tables
    joined: FromClause = tables[name]
    at, (column, parent) = name, OF_PROJECT[name]
    while parent:
        joined = joined.join(tables[parent], tables[parent].c.id == tables[at].c[column])
        at, (column, parent) = parent, OF_PROJECT[parent]
    project = tables[at].c[column]
    rows = _as_kept(name)
    order = Base.metadata.tables[name].primary_key.columns
    asked = select(project, *rows.selected_columns).select_from(joined).order_by(*order)
    return asked, project


@cache
def _as_kept(name: str) -> Select[*tuple[Any, ...]]:
    """Ask for the rows of a table in the order of their keys, as the driver gives them."""
    table = Base.metadata.tables[name]
    return select(*(type_coerce(column, NULLTYPE) for column in table.columns)).order_by(
        *table.primary_key.columns
    )


def _lines_since(session: Session, since: Since) -> dict[int, int]:
    """Count the cost lines after one, by project."""
    line = Base.metadata.tables["cost_line"].c
    late = select(line.project_id).where(line.id > since.last_line).cte("late_line")
    of = late.prefix_with("MATERIALIZED").c.project_id
    return dict(iter(session.execute(select(of, func.count()).group_by(of))))


def _charges_since(session: Session, since: Since) -> dict[int, int]:
    """Count the charges after one, by the project of their commitment."""
    charge = Base.metadata.tables["allocation"].c
    commitment = Base.metadata.tables["commitment"].c
    late = select(charge.commitment_id).where(charge.id > since.last_allocation).cte("late_charge")
    of = late.prefix_with("MATERIALIZED")
    counted = (
        select(commitment.project_id, func.count())
        .join(of, of.c.commitment_id == commitment.id)
        .group_by(commitment.project_id)
    )
    return dict(iter(session.execute(counted)))
