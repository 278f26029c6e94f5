"""What keeps a mapping from being used: columns that are missing, double, or at odds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tracker.domain.errors import Finding, Sentence
from tracker.domain.table_columns import TableKind, columns_of, named

if TYPE_CHECKING:
    from tracker.domain.errors import Fact
    from tracker.domain.mappings import Mapping


def check_mapping(mapping: Mapping) -> tuple[Finding, ...]:
    """List what keeps a mapping from being used: columns missing, double or at odds.

    Shape:  in the order of the kind's columns; the place of a finding is the column's code.
    """
    codes = Counter(code for code, _ in mapping.columns)
    known = {column.code for column in columns_of(mapping.kind)}
    found = [_is_unknown(code) for code in codes if code not in known]
    found += [
        Finding(
            code, Sentence("Two columns are chosen for “{column}”.", _named(mapping, code)), ONE
        )
        for code, times in codes.items()
        if times > 1 and code in known
    ]
    found += _used_twice(mapping)
    has = {code for code in codes if code in known} | _stands_in(mapping)
    found += [
        Finding(
            column.code,
            Sentence("No column is chosen for “{column}”.", _named(mapping, column.code)),
            Sentence("Choose the column that holds it."),
        )
        for column in columns_of(mapping.kind)
        if column.is_required and column.code not in has
    ]
    for choice in _CHOICES.get(mapping.kind, ()):
        found += choice.findings(has)
    return tuple(found)


ONE: Final = Sentence("Choose one of them.")


@dataclass(frozen=True, slots=True)
class _Choice:
    """Sets of columns of which a table needs one.

    Shape:  a table that has any of ``apart`` beside any of ``beside`` says the same thing twice.
    """

    place: str
    sets: tuple[frozenset[str], ...]
    missing: Sentence
    apart: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()
    at_odds: Sentence = field(default_factory=lambda: Sentence(""))

    def findings(self, has: set[str]) -> list[Finding]:
        """Say what is missing or at odds in a table that has these columns."""
        found = []
        if not any(each <= has for each in self.sets):
            found.append(
                Finding(self.place, self.missing, Sentence("Choose the column that holds it."))
            )
        if self.apart & has and self.beside & has:
            found.append(Finding(self.place, self.at_odds, ONE))
        return found


def _any_of(*codes: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset({code}) for code in codes)


_CHOICES: Final = {
    TableKind.COSTS: (
        _Choice(
            "booked_on",
            _any_of("booked_on", "incurred_on"),
            Sentence("No column is chosen for the day of the booking or of the costs."),
        ),
        _Choice(
            "amount",
            (*_any_of("amount"), frozenset({"debit", "credit"})),
            Sentence("No column is chosen for the amount, nor two for debit and credit."),
            frozenset({"amount", "debit_credit"}),
            frozenset({"debit", "credit"}),
            Sentence("An amount is chosen, and debit and credit as well."),
        ),
        _Choice(
            "project",
            _any_of("project", "cost_centre"),
            Sentence("No column is chosen for the project or the work package."),
        ),
    ),
}


def _stands_in(mapping: Mapping) -> set[str]:
    """Name the columns that a file can do without, since the mapping says what they hold."""
    return {"project"} if mapping.project else set()


def _named(mapping: Mapping, code: str) -> dict[str, Fact]:
    return {"column": named(mapping.kind, code)}


def _is_unknown(code: str) -> Finding:
    message = Sentence("A table of this kind has no column “{column}”.", {"column": code[:40]})
    return Finding(code[:40], message, Sentence("Leave it out."))


def _used_twice(mapping: Mapping) -> list[Finding]:
    """Find the columns of a file that are chosen for two things."""
    users: dict[int, list[str]] = {}
    for code, index in mapping.columns:
        users.setdefault(index, []).append(code)
    return [
        Finding(
            codes[1],
            Sentence(
                "The column “{value}” is chosen for more than one thing.",
                {"value": mapping.heading_of(codes[0])},
            ),
            Sentence("Choose it once."),
        )
        for codes in users.values()
        if len(set(codes)) > 1
    ]
