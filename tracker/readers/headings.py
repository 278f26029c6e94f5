"""What stands under the headings of a table, by the software that wrote them.

A suggestion, and no more: offices rename columns, and so a person confirms it on the screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from tracker.domain.mappings import folded
from tracker.domain.table_columns import COLUMNS, TableKind
from tracker.readers.heading_names import COSTS_ELSEWHERE, HOURS_ELSEWHERE, OWN_DUTCH

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

OWN = "Funding Tracker"
OTHER = ""


class Sureness(StrEnum):
    """How well a heading is known."""

    SURE = "sure"  # this software calls it so
    LIKELY = "likely"  # other software calls it so


@dataclass(frozen=True, slots=True)
class Suggested:
    """A column that a heading seems to stand for."""

    code: str
    index: int
    sureness: Sureness


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a table seems to be, for somebody to confirm.

    Shape:  ``source`` is the name of the software, ``""`` where it is not known.
    """

    kind: TableKind
    source: str
    columns: tuple[Suggested, ...]

    @property
    def places(self) -> tuple[tuple[str, int], ...]:
        """The columns as a mapping holds them."""
        return tuple((column.code, column.index) for column in self.columns)


class _Dialect(NamedTuple):
    """What one kind of software calls its columns, by folded heading."""

    kind: TableKind
    source: str
    codes: dict[str, str]


def suggest(headings: Sequence[str], kind: TableKind | None = None) -> Suggestion:
    """Say what a table with these headings seems to be, and which column is which.

    Shape:  at most one heading for a column, and one column for a heading; of an amount, and
            debit and credit, only one.
    """
    names = [folded(heading) for heading in headings]
    dialects = [each for each in _dialects() if kind in (None, each.kind)]
    best = max(dialects, key=lambda dialect: _fit(dialect, names))
    chosen: dict[str, Suggested] = {}
    others = [each for each in _dialects() if each.kind is best.kind and each is not best]
    for sureness, known in ((Sureness.SURE, [best]), (Sureness.LIKELY, others)):
        taken = {column.index for column in chosen.values()}
        for dialect in known:
            for index, name in enumerate(names):
                code = dialect.codes.get(name)
                if code and index not in taken and code not in chosen:
                    chosen[code] = Suggested(code, index, sureness)
                    taken.add(index)
    columns = sorted(_without_doubles(chosen), key=lambda column: column.index)
    return Suggestion(best.kind, best.source if columns else OTHER, tuple(columns))


def is_known(heading: str) -> bool:
    """Tell whether any software, or a template of ours, calls a column so."""
    return folded(heading) in _every_name()


def _fit(dialect: _Dialect, names: Iterable[str]) -> tuple[int, int]:
    """Count the columns found, those that must be there first."""
    found = {dialect.codes[name] for name in names if name in dialect.codes}
    required = {column.code for column in COLUMNS[dialect.kind] if column.is_required}
    missing = len(required - found)
    return len(found) - missing, -len(required)


def _without_doubles(chosen: dict[str, Suggested]) -> list[Suggested]:
    """Leave out the amount where debit and credit say the same, or the other way round."""
    left_out: set[str] = set()
    if {"debit", "credit"} <= chosen.keys():
        left_out = {"amount", "debit_credit"}
    elif "amount" in chosen:
        left_out = {"debit", "credit"}
    return [column for code, column in chosen.items() if code not in left_out]


@cache
def _dialects() -> tuple[_Dialect, ...]:
    """Every way of naming columns that is known; our own templates first."""
    own = [
        _Dialect(
            kind,
            OWN,
            {folded(column.heading): column.code for column in columns}
            | {folded(heading): code for code, heading in OWN_DUTCH[kind].items()},
        )
        for kind, columns in COLUMNS.items()
    ]
    costs = [
        _Dialect(TableKind.COSTS, source, _folded(names))
        for source, names in COSTS_ELSEWHERE.items()
    ]
    return (*own, *costs, _Dialect(TableKind.HOURS, OTHER, _folded(HOURS_ELSEWHERE)))


@cache
def _every_name() -> frozenset[str]:
    return frozenset(name for dialect in _dialects() for name in dialect.codes)


def _folded(names: dict[str, str]) -> dict[str, str]:
    """Turn columns and their names around; the first column keeps a name that two would have."""
    codes: dict[str, str] = {}
    for code, written in names.items():
        for name in written.split("|"):
            codes.setdefault(folded(name), code)
    return codes
