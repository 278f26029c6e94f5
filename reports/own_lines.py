"""The costs in the funder's own lines: its codes and titles, in its order, with its subtotals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reports import words
from reports.model import Cell, Column, Kind, Section, Sum
from tracker.domain.crosswalks import LineKind, in_own_lines, unplaced
from tracker.domain.errors import Code, Sentence
from tracker.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Callable

    from reports.model import Row
    from tracker.domain.crosswalks import Crosswalk
    from tracker.domain.statements import CategoryLine, StatementFacts

KEY: Final = "own_lines"
_FIRST: Final = 2  # the first column of amounts
_AMOUNTS: Final[tuple[Callable[[CategoryLine], Money | None], ...]] = (
    lambda line: line.budget,
    lambda line: line.previously,
    lambda line: line.adjustments,
    lambda line: line.this_period,
    lambda line: line.to_date,
)


def own_lines(facts: StatementFacts) -> tuple[Section, ...]:
    """Lay out the costs in the funder's own lines; nothing where its programme has none.

    Shape:  what stands on no line of the form has a line of its own at the end.
    """
    crosswalk = facts.crosswalk
    if crosswalk is None:
        return ()
    rows = [*_rows(facts, crosswalk), *_left_over(facts, crosswalk)]
    subtotals = {at for at, line in enumerate(crosswalk.lines) if line.kind is LineKind.SUBTOTAL}
    lines = [at for at in range(len(rows)) if at not in subtotals]
    total = len(rows)
    _ = words.gettext_for(facts.language)
    rows.append(("", _("Total"), *_added([rows[at] for at in lines])))
    ties = _ties(rows, {total: lines, **_parts(crosswalk)})
    return (
        Section(KEY, _("In the funder's own lines"), _columns(facts.language), tuple(rows),
                note=_note(facts, crosswalk), ties=ties, subtotals=frozenset({*subtotals, total})),
    )  # fmt: skip


def _columns(language: str) -> tuple[Column, ...]:
    _ = words.gettext_for(language)
    return (
        Column(_("Line"), width=10),
        Column(_("Title on the form"), width=36),
        Column(_("Budget"), Kind.MONEY, 17),
        Column(_("Previously reported"), Kind.MONEY, 17),
        Column(_("Adjustments"), Kind.MONEY, 15),
        Column(_("This period"), Kind.MONEY, 17),
        Column(_("To date"), Kind.MONEY, 17, plus=(3, 4, 5)),
    )


def _rows(facts: StatementFacts, crosswalk: Crosswalk) -> list[Row]:
    told = [
        [amount for _line, amount in in_own_lines(crosswalk, _by_category(facts, amount_of))]
        for amount_of in _AMOUNTS
    ]
    has_budget = any(line.budget is not None for line in facts.categories)
    return [
        (line.code, line.title, budget if has_budget else None, *amounts)
        for line, budget, *amounts in zip(crosswalk.lines, *told, strict=True)
    ]


def _by_category(
    facts: StatementFacts, amount_of: Callable[[CategoryLine], Money | None]
) -> dict[str, Money]:
    return {line.category: amount_of(line) or Money(0) for line in facts.categories}


def _left_over(facts: StatementFacts, crosswalk: Crosswalk) -> list[Row]:
    """Tell what the form has no line for, so that nothing is lost."""
    left = unplaced(crosswalk, [line.category for line in facts.categories])
    lines = [line for line in facts.categories if line.category in left]
    amounts = [[amount_of(line) for line in lines] for amount_of in _AMOUNTS]
    if not any(any(column) for column in amounts):
        return []
    _ = words.gettext_for(facts.language)
    told = [_sum(column) for column in amounts]
    if not any(line.budget is not None for line in facts.categories):
        told[0] = None
    return [("–", _("On no line of the form"), *told)]


def _sum(column: list[Money | None]) -> Money | None:
    return Money.total(amount for amount in column if amount is not None)


def _added(rows: list[Row]) -> list[Money | None]:
    columns = list(zip(*rows, strict=True))[_FIRST:]
    return [
        None if all(value is None for value in column)
        else Money.total(value for value in column if isinstance(value, Money))
        for column in columns
    ]  # fmt: skip


def _parts(crosswalk: Crosswalk) -> dict[int, list[int]]:
    """Tell of each subtotal which rows it adds up: those since the subtotal before it."""
    parts: dict[int, list[int]] = {}
    since: list[int] = []
    for at, line in enumerate(crosswalk.lines):
        if line.kind is LineKind.SUBTOTAL:
            parts[at], since = since, []
        else:
            since.append(at)
    return parts


def _ties(rows: list[Row], parts: dict[int, list[int]]) -> dict[tuple[int, int], Sum]:
    return {
        (at, column): Sum(tuple(Cell(KEY, part, column) for part in added))
        for at, added in parts.items()
        for column in range(_FIRST, len(rows[at]) - 1)  # to date follows from the others
        if rows[at][column] is not None and added
    }


def _note(facts: StatementFacts, crosswalk: Crosswalk) -> str:
    about = Sentence(
        "Amounts in euros. The lines of the funder's form, version {number} of its crosswalk.",
        {"number": crosswalk.number},
    )
    left = unplaced(crosswalk, [line.category for line in facts.categories])
    told = [words.say(about, facts.language)]
    told += [
        words.say(
            Sentence("“{category}” is on no line of the form.", {"category": Code(category)}),
            facts.language,
        )
        for category in left
    ]
    return " ".join(told)
