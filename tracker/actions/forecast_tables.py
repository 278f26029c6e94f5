"""Bringing in a table of a forecast: a new version of it, where a row says otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from tracker.actions import forecasts
from tracker.actions.records import EMPTY, RecordImport
from tracker.domain.errors import Code, RuleViolation, Sentence, StaleEditError
from tracker.domain.forecasts import (
    ForecastExplanation,
    ForecastLine,
    NewForecast,
    check_amount,
    quarter_code,
)
from tracker.domain.intakes import FieldChange
from tracker.domain.money import ZERO, Money
from tracker.domain.periods import period_named
from tracker.domain.table_columns import TableKind
from tracker.domain.variances import not_explained
from tracker.store.forecasting import forecasting

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.actions.books import Deed
    from tracker.domain.actor import Actor
    from tracker.domain.variances import Comparison, Variance
    from tracker.readers.record_tables import Record, RecordTable

    Cell: TypeAlias = tuple[str, str, date]

QUARTER_LENGTH = 7  # letters of 2026-Q1
ON_A_ROW = (
    "Say why in the column with explanations, on a row of that work package, category and year; an"
    " amount of 0 will do."
)


class ForecastTableImport(RecordImport):
    """One table of a forecast on its way into the database. It holds the whole of a version."""

    kind = TableKind.FORECASTS

    def __init__(self, session: Session, table: RecordTable, by: Actor) -> None:
        super().__init__(session, table, by)
        self._facts = forecasting(session, self.project, self.today)
        self._rows: dict[Cell, tuple[Record, Money]] = {}
        self._version: NewForecast | None = None

    def take(self, record: Record) -> None:
        """Judge one row: an amount of a quarter."""
        package = self.code_in(record, "work_package", self._facts.work_packages)
        category = self.code_in(record, "category", self._facts.categories)
        quarter, amount = self._quarter(record), Money(self.cents(record, "amount"))
        try:
            check_amount(amount)
        except RuleViolation as refused:
            self.refuse(record, "amount", refused)
        if not package or not category or quarter is None:
            return
        if (package, category, quarter) in self._rows:
            self.twice(record, "quarter")
            return
        self._rows[package, category, quarter] = record, amount

    def _quarter(self, record: Record) -> date | None:
        """Give the first day of the quarter in a cell, and complain of what is none to come."""
        said = self.text(record, "quarter").upper()
        earliest = self._facts.beginnings.earliest
        try:
            quarter = period_named(said).first_day if len(said) == QUARTER_LENGTH else None
        except RuleViolation:
            quarter = None
        if quarter is None or not earliest <= quarter <= self._facts.last_day:
            self.complain(
                record,
                "quarter",
                "“{value}” is no quarter that can be forecast.",
                "Write a quarter from {first} to {last}.",
                value=said[:QUARTER_LENGTH],
                first=quarter_code(earliest),
                last=quarter_code(self._facts.last_day),
            )
            return None
        return quarter

    def finish(self) -> None:
        """Judge the version as a whole."""
        newest = self._facts.newest
        held = (
            {(x.work_package, x.category, x.quarter): x.amount for x in newest.lines}
            if newest
            else {}
        )
        now = {cell: amount for cell, (_, amount) in self._rows.items() if amount}
        if held == now:
            self.same = len(self._rows)
            return
        lines = tuple(ForecastLine(*cell, amount) for cell, amount in now.items())
        first_day = min([self._facts.beginnings.usual, *(line.quarter for line in lines)])
        found = self._facts.comparisons(first_day, lines, newest)
        # Its reason is given when the table is kept; until then the file stands for it.
        new = NewForecast(
            first_day, self.kind, lines, self._said(found), newest.number if newest else 0
        )
        if self._is_explained(found, new) and self._is_allowed(new):
            self._version = new
            self._tell(held, now)

    def _said(self, comparisons: tuple[Comparison, ...]) -> tuple[ForecastExplanation, ...]:
        """Give each deviation that is asked about the words of its rows."""
        said = []
        for comparison in comparisons:
            for row in comparison.asked:
                texts = (self.text(record, "explanation") for record in self._records_of(row))
                if words := " ".join(dict.fromkeys(filter(None, texts))):
                    said.append(ForecastExplanation(comparison.against, *row.key, words))
        return tuple(said)

    def _records_of(self, row: Variance) -> list[Record]:
        """Give the rows of the table that a deviation is about."""
        return [
            record
            for (package, category, quarter), (record, _) in self._rows.items()
            if row.work_package in ("", package)
            and row.category in ("", category)
            and row.year in (0, quarter.year)
        ]

    def _is_explained(self, comparisons: tuple[Comparison, ...], new: NewForecast) -> bool:
        """Complain of each deviation that no row explains."""
        column = "explanation" if self.has("explanation") else "amount"
        complete = True
        for comparison in comparisons:
            for row in comparison.unexplained(new.explanations):
                refused = not_explained(comparison, row)
                places = self._records_of(row) or [next(iter(self._rows.values()))[0]]
                self.complain(
                    places[0],
                    column,
                    "{package}, {category}, {year}: {expected} is expected where {before} was, and"
                    " {programme} wants to know of more than {share}.",
                    ON_A_ROW,
                    package=row.work_package or EMPTY,
                    category=Code(row.category) if row.category else EMPTY,
                    year=str(row.year or EMPTY),
                    **dict(refused.message.facts),
                )
                complete = False
        return complete

    def _is_allowed(self, new: NewForecast) -> bool:
        """Complain of a version that cannot be, in the first row."""
        try:
            self._facts.check(new)
        except RuleViolation as refused:
            self.refuse(next(iter(self._rows.values()))[0], "quarter", refused)
            return False
        return True

    def _tell(self, held: dict[Cell, Money], now: dict[Cell, Money]) -> None:
        """Note what is new, or what differs from the version before."""
        if not held:
            self.new = len(now)
            return
        for cell in dict.fromkeys([*held, *now]):
            was, said = held.get(cell, ZERO), now.get(cell, ZERO)
            if was == said:
                self.same += 1
                continue
            package, category, quarter = cell
            name = f"{package} {quarter_code(quarter)}"
            self.change(name, FieldChange(category, was, said), before=was, now=said)

    def totals(self) -> tuple[tuple[Sentence, int | Money], ...]:
        """What was found, in the order in which it is told."""
        return (
            *super().totals(),
            (Sentence("Amount of the rows in the file"), self.total() or ZERO),
        )

    def keep(self, deed: Deed) -> None:
        """Keep the version, if it is the first or if that was decided.

        Errors: ``RuleViolation`` where somebody else was first, or there is no reason.
        """
        new = self._version
        if new is None or (new.based_on and not deed.applies_changes):
            return
        version = replace(new, reason=deed.reason)
        try:
            forecasts.keep(self.session, version, today=self.today, by=self.by)
        except StaleEditError as moved:
            facts: dict[str, Any] = dict(moved.message.facts)
            raise RuleViolation(
                moved.message.template, "Look at the file again.", **facts
            ) from moved
