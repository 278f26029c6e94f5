"""Which project a session is about: of the others it reads nothing.

A database may hold several projects. A session is about one of them: the first, unless another is
chosen. A condition is added to everything that it reads by its tables, here and nowhere else;
what reads by other ways keeps projects apart itself. Where there is only one project, nothing is
added. What is read of all projects together says so with ``over_all``.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from sqlalchemy import event, inspect, or_, select, true
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from tracker.domain.imports import FileKind
from tracker.store.tables import Base

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import ColumnElement, Table

SCOPE = "tracker_scope"
"""Where a session carries what it is about."""

OF_PROJECT: Mapping[str, tuple[str, str]] = {
    "project": ("id", ""),
    **dict.fromkeys(
        (
            *("account", "book", "booked_twice", "budget_version", "charge", "commitment"),
            *("cost_category", "cost_line", "forecast", "import", "in_kind_declaration"),
            *("in_kind_rule", "intake", "mapping_profile", "milestone", "obligation"),
            *("reporting_period", "scenario", "spent_month", "split_rule", "waiver"),
            *("report_job", "work_package"),
        ),
        ("project_id", ""),
    ),
    **dict.fromkeys(
        (
            *("allocation", "amendment", "charged_month", "commitment_balance"),
            *("commitment_category", "determination_request", "earmark", "funder_report"),
            *("instalment", "receipt"),
        ),
        ("commitment_id", "commitment"),
    ),
    **dict.fromkeys(
        (
            *("evidence", "milestone_after", "milestone_funding", "milestone_move"),
            "milestone_report",
        ),
        ("milestone_id", "milestone"),
    ),
    **dict.fromkeys(("correction", "depreciation", "worked"), ("cost_line_id", "cost_line")),
    **dict.fromkeys(("excluded_line", "invoice"), ("book_id", "book")),
    **dict.fromkeys(("forecast_explanation", "forecast_line"), ("forecast_id", "forecast")),
    **dict.fromkeys(("reopening", "sent_report"), ("period_id", "reporting_period")),
    **dict.fromkeys(
        (
            *("issued_report", "report_comment", "report_explanation", "report_paper"),
            "report_text",
        ),
        ("report_id", "funder_report"),
    ),
    **dict.fromkeys(
        (
            *("issued_figure", "issued_file", "report_answer", "report_download"),
            "report_withdrawal",
        ),
        ("issued_id", "issued_report"),
    ),
    "amendment_category": ("amendment_id", "amendment"),
    "budget": ("version_id", "budget_version"),
    "cost_group": ("category_id", "cost_category"),
    "intake_piece": ("intake_id", "intake"),
    "invoiced": ("obligation_id", "obligation"),
    "scenario_change": ("scenario_id", "scenario"),
    "split_share": ("rule_id", "split_rule"),
    "unallocated": ("charge_id", "charge"),
}
"""By which column a row belongs to a project: its own, or that of the row it is a part of."""

SHARED = frozenset(
    {
        *("contact", "funder", "funder_account", "programme", "programme_term"),
        *("crosswalk", "crosswalk_line", "crosswalk_part", "funder_workbook", "workbook_figure"),
        *("bank_entry", "bank_statement", "set_aside"),  # the facility's account is one
        *("audit", "document", "person", "reminded", "reminder_wish", "submission"),
        *("cost_index", "cost_place", "spending_extent"),  # reached by groups and months only
    }
)
"""What all projects have in common; subjects of the trail and documents name their project."""

OF_THE_FACILITY = ("import", "intake")
"""Tables of files: a bank statement is seen from every project, whichever it came in with."""

VERY_MANY = frozenset({"cost_line"})
"""Parents that are looked up one by one, because there are too many to list."""


class Scope(NamedTuple):
    """What a session is about.

    Shape:  ``project_id`` is ``None`` where nothing must be kept apart; ``prefix`` stands before
            what has a code within its project only, in the trail and with documents.
    """

    project_id: int | None
    prefix: str = ""


def in_project(session: Session, project_id: int) -> None:
    """Let a session be about one project from now on."""
    session.info[SCOPE] = _scope(session, project_id)


@contextmanager
def over_all(session: Session) -> Iterator[None]:
    """Let a session read all projects together for a while."""
    before = session.info.get(SCOPE)
    session.info[SCOPE] = Scope(None)
    try:
        yield
    finally:
        if before is None:
            del session.info[SCOPE]
        else:
            session.info[SCOPE] = before


def scope_of(session: Session) -> Scope:
    """Tell what a session is about: the first project, if nothing was chosen."""
    found: Scope | None = session.info.get(SCOPE)
    if found is None:
        found = session.info[SCOPE] = _scope(session, None)
    return found


def named(session: Session, code: str) -> str:
    """Name what has a code within its project, so that no other project has the same name.

    Shape:  ``MS1`` in the first project of a database, ``PROJECT:MS1`` in the others.
    """
    return f"{scope_of(session).prefix}{code}"


def _scope(session: Session, project_id: int | None) -> Scope:
    project = Base.metadata.tables["project"]
    found = session.execute(select(project.c.id, project.c.code).order_by(project.c.id)).all()
    if len(found) <= 1:
        return Scope(None)
    first = found[0].id
    codes: dict[int, str] = {row.id: row.code for row in found}
    chosen = first if project_id is None else project_id
    return Scope(chosen, "" if chosen == first else f"{codes[chosen]}:")


@event.listens_for(Session, "do_orm_execute")
def _keep_apart(state: ORMExecuteState) -> None:
    """Add the condition to what reads or changes rows; a row that was read may be read again."""
    if not state.is_orm_statement or state.is_insert or state.is_column_load:
        return
    project_id = scope_of(state.session).project_id
    if project_id is not None:
        state.statement = state.statement.options(_condition(project_id))


@cache
def _condition(project_id: int) -> Any:
    return with_loader_criteria(
        Base, lambda entity: _belongs(entity, project_id), include_aliases=True
    )


def _belongs(entity: Any, project_id: Any) -> ColumnElement[bool]:
    """Say when a row of a table, or of an alias of one, belongs to a project."""
    mapped: Any = inspect(entity, raiseerr=False)
    if mapped is None:  # all tables, before any of them is met
        return cast("ColumnElement[bool]", _table("project").c.id == project_id)
    name = mapped.mapper.local_table.name
    if name not in OF_PROJECT:
        return true()
    return _is_of(name, lambda column: getattr(entity, column), project_id)


def _is_of(name: str, column_named: Any, project_id: Any) -> ColumnElement[bool]:
    column, parent = OF_PROJECT[name]
    if not parent:
        own = column_named(column) == project_id
        is_shared = name in OF_THE_FACILITY
        return or_(own, column_named("kind") == FileKind.BANK.value) if is_shared else own
    above = _table(parent).alias()
    is_of = _is_of(parent, lambda column: above.c[column], project_id)
    if parent in VERY_MANY:
        return select(above.c.id).where(above.c.id == column_named(column), is_of).exists()
    return cast("ColumnElement[bool]", column_named(column).in_(select(above.c.id).where(is_of)))


def _table(name: str) -> Table:
    return Base.metadata.tables[name]
