"""Checking what is kept: against its own invariants, and against answers worked out elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sqlalchemy import extract, func, select

from tracker.domain.commitments import Form
from tracker.domain.imports import FileKind
from tracker.domain.money import Money
from tracker.domain.periods import calendar_year
from tracker.store import (
    allocations,
    budgets,
    checks,
    commitments,
    imports,
    ledgers,
    projects,
    spending,
    statements,
)
from tracker.store.costs import CostLineRow
from tracker.store.projects import CategoryRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.errors import Sentence
    from tracker.domain.periods import Period


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that is not what it was expected to be."""

    what: str
    found: Any
    expected: Any


def broken_invariants(session: Session, *, by: Actor) -> list[tuple[Sentence, list[str]]]:
    """List the invariants that do not hold, each with the first rows that break it."""
    del by  # looking changes nothing, so the trail does not name who looked
    return checks.broken(session)


def differences(session: Session, expected: Mapping[str, Any], *, by: Actor) -> list[Difference]:
    """Compare every figure of an answer file with the database.

    Shape:  what the file does not mention is not compared, but for figures within a list that it
            does mention: there, an absent figure is nothing. All amounts are in cents.
    """
    del by
    found = _answers(session, expected)
    if "booked_twice" in expected:
        expected = {**expected, "booked_twice": sorted(expected["booked_twice"])}
    return list(_compare("", found, expected))


def _compare(path: str, found: Any, expected: Any) -> Iterator[Difference]:
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in sorted({*found, *expected}):
            yield from _compare(f"{path}/{key}".lstrip("/"), found.get(key), expected.get(key))
    elif isinstance(expected, dict) or isinstance(found, dict):
        whole = expected if isinstance(expected, dict) else found
        if any(_leaves(whole)):
            yield Difference(path, found, expected)
    elif (found or 0) != (expected or 0):
        yield Difference(path, found, expected)


def _leaves(tree: Any) -> Iterator[Any]:
    if isinstance(tree, dict):
        for branch in tree.values():
            yield from _leaves(branch)
    else:
        yield tree


def _answers(session: Session, expected: Mapping[str, Any]) -> dict[str, Any]:
    """Work out the figures that the answer file names, in its shape."""
    every = commitments.commitments_of(session)
    charged = {
        c.code: {
            f"{year}/{category}": amount.cents
            for year, category, amount in spending.charged_by_year(session, c.id)
        }
        for c in every
    }
    answers: dict[str, Any] = {
        "cost_lines": session.scalar(select(func.count()).select_from(CostLineRow)),
        "cost_total": int(session.scalar(select(func.sum(CostLineRow.amount))) or 0),
        "by": _totals(session),
        "excluded": {
            reason.value: {"lines": count, "amount": amount.cents}
            for reason, count, amount in ledgers.excluded(session)
        },
        "charged": charged,
        "charged_total": {c.code: c.charged.cents for c in every},
        "unallocated": {n.reason.value: n.amount.cents for n in allocations.not_charged(session)},
        "files": _files(session),
        "booked_twice": _pairs(ledgers.booked_twice(session)),
        "received": {c.code: c.received.cents for c in every},
        "cash_on_hand": {
            c.code: c.cash_on_hand.cents
            for c in every
            if c.form is Form.CASH and c.cash_on_hand is not None
        },
        "statement": _statements(session, expected.get("statement", {})),
    }
    return {name: answers.get(name) for name in expected}


def _totals(session: Session) -> dict[str, dict[str, int]]:
    year = extract("year", CostLineRow.incurred_on)
    by = {
        "year": select(year, func.sum(CostLineRow.amount)).group_by(year),
        "category": select(CategoryRow.code, func.sum(CostLineRow.amount))
        .join(CategoryRow, CategoryRow.id == CostLineRow.category_id)
        .group_by(CategoryRow.code),
        "work_package": select(CostLineRow.cost_centre, func.sum(CostLineRow.amount)).group_by(
            CostLineRow.cost_centre
        ),
    }
    return {
        name: {str(key): int(amount) for key, amount in session.execute(query)}
        for name, query in by.items()
    }


def _files(session: Session) -> dict[str, dict[str, int]]:
    files: dict[str, dict[str, int]] = {}
    for outcome in imports.imports_of(session):
        figures = [f.cents if isinstance(f, Money) else f for _, f in outcome.totals]
        if outcome.kind is FileKind.LEDGER:
            files[outcome.file_name] = dict(
                zip(("lines", "debit", "credit"), figures, strict=False)
            )
        elif outcome.kind is FileKind.BANK:
            files[outcome.file_name] = {"entries": figures[0], "closing": figures[2]}
    return files


def _pairs(groups: list[tuple[str, ...]]) -> list[list[str]]:
    """Name each further booking beside the one before it."""
    return sorted([first, again] for keys in groups for first, again in pairwise(keys))


def _statements(session: Session, years: Mapping[str, Any]) -> dict[str, Any]:
    """Read the yearly statements of the first commitment for which a funder set a budget."""
    project = projects.the_project(session)
    codes = [
        c.code for c in commitments.commitments_of(session) if budgets.budget_of(session, c.id)
    ]
    return {
        year: _statement(session, codes[0], calendar_year(int(year)), project.period.last_day)
        for year in years
        if codes
    }


def _statement(session: Session, code: str, period: Period, made_on: date) -> dict[str, Any]:
    facts = statements.facts_of(session, code, period, made_on=made_on, author="")
    rows = {
        line.category: {
            "budget": line.budget.cents if line.budget else 0,
            "previously": line.previously.cents,
            "this_period": line.this_period.cents,
            "to_date": line.to_date.cents,
            "remaining": line.remaining.cents if line.remaining else 0,
        }
        for line in facts.categories
    }
    figures = ("budget", "previously", "this_period", "to_date", "remaining")
    rows["total"] = {name: sum(row[name] for row in rows.values()) for name in figures}
    return rows
