"""Bringing in a table of budgets: a new version of each budget of which a row says otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from tracker.actions.budgets import Division
from tracker.actions.records import RecordImport
from tracker.domain.budgets import BudgetLine, NewBudget, key_name
from tracker.domain.errors import RuleViolation, Sentence, StaleEditError
from tracker.domain.intakes import FieldChange
from tracker.domain.money import ZERO, Money
from tracker.domain.table_columns import TableKind
from tracker.store.records import budgets_held

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.actions.books import Deed
    from tracker.domain.actor import Actor
    from tracker.domain.budgets import Key
    from tracker.readers.record_tables import Record, RecordTable

    Rows: TypeAlias = dict[Key, tuple[Record, Money]]

FIRST_YEAR, LAST_YEAR = 2000, 2099
ON_ITS_PAGE = "Enter this budget on its page, with the funder's consent."


class BudgetTableImport(RecordImport):
    """One table of budgets on its way into the database.

    Shape:  a budget that the table names is in it whole; a budget that it does not name stays.
    """

    kind = TableKind.BUDGETS

    def __init__(self, session: Session, table: RecordTable, by: Actor) -> None:
        super().__init__(session, table, by)
        self._held = budgets_held(session)
        self._rows: dict[str, Rows] = {}
        self._first: dict[str, NewBudget] = {}
        self._next: dict[str, NewBudget] = {}

    def take(self, record: Record) -> None:
        """Judge one row: an amount of a budget."""
        code = self.code_in(record, "commitment", tuple(self._held))
        category = self.code_in(record, "category", self.project.categories)
        package = self.code_in(record, "work_package", tuple(self.project.work_packages))
        year = self.whole(record, "year", FIRST_YEAR, LAST_YEAR) or 0
        if not code or not category:
            return
        rows = self._rows.setdefault(code, {})
        if (category, package, year) in rows:
            self.twice(record, "category")
            return
        rows[category, package, year] = record, Money(self.cents(record, "amount"))

    def finish(self) -> None:
        """Judge each budget as a whole."""
        for code, rows in self._rows.items():
            before = {line.key: line.amount for line in self._held[code].lines}
            after = {key: amount for key, (_, amount) in rows.items() if amount}
            if before == after:
                self.same += len(rows)
            else:
                self._judge(code, rows, before)

    def _judge(self, code: str, rows: Rows, before: dict[Key, Money]) -> None:
        lines = tuple(BudgetLine(*key, amount) for key, (_, amount) in rows.items())
        # Its reason is given when the table is kept; until then the file stands for it.
        new = NewBudget(self.today, self.kind, lines, self._held[code].number)
        if not (self._is_alike(rows) and self._is_allowed(code, rows, new)):
            return
        self.same += sum(1 for line in lines if before.get(line.key, ZERO) == line.amount)
        if self._held[code].version is None:
            self._first[code] = new
            self.new += sum(1 for line in lines if line.amount)
            return
        self._next[code] = new
        after = {line.key: line.amount for line in lines}
        for key in dict.fromkeys([*before, *after]):
            was, now = before.get(key, ZERO), after.get(key, ZERO)
            if was != now:
                self._note(code, key, was, now)

    def _note(self, code: str, key: Key, was: Money, now: Money) -> None:
        category, package, year = key
        name = " ".join(filter(None, (code, package, str(year or ""))))
        self.change(name, FieldChange(category, was, now), before=was, now=now)

    def _is_alike(self, rows: Rows) -> bool:
        """Complain of a budget that tells years or work packages apart in some rows only."""
        first = next(iter(rows))
        for at, column in ((1, "work_package"), (2, "year")):
            for key, (record, _) in rows.items():
                if bool(key[at]) != bool(first[at]):
                    self.complain(
                        record,
                        column,
                        "Some rows of this budget fill this in, and others do not.",
                        "Fill it in on every row of the budget, or on none.",
                    )
                    return False
        return True

    def _is_allowed(self, code: str, rows: Rows, new: NewBudget) -> bool:
        """Complain of a version that cannot be, in the row that it is about."""
        try:
            division = Division(self.session, self._commitment(code), new, self.today)
            warnings = division.check(has_consent=False)
        except RuleViolation as refused:
            by_name = {f"amount_{key_name(key)}": record for key, (record, _) in rows.items()}
            record = by_name.get(refused.field) or next(iter(rows.values()))[0]
            remedy = ON_ITS_PAGE if refused.field == "consent" else ""
            self.refuse(record, "amount", refused, remedy)
            return False
        for said in warnings:
            self.warn(next(iter(rows.values()))[0], "amount", said)
        return True

    def _commitment(self, code: str) -> str:
        """Give the code of a commitment; nothing for the project's own plan."""
        return "" if code == self.project.code else code

    def totals(self) -> tuple[tuple[Sentence, int | Money], ...]:
        """What was found, in the order in which it is told."""
        return (
            *super().totals(),
            (Sentence("Amount of the rows in the file"), self.total() or ZERO),
            (Sentence("Budgets that were not there"), len(self._first)),
            (Sentence("Budgets that differ"), len(self._next)),
        )

    def keep(self, deed: Deed) -> None:
        """Keep a version of each budget that is new, and of those that differ if it was decided.

        Errors: ``RuleViolation`` where somebody else was first, or there is no reason.
        """
        for code, new in (self._first | (self._next if deed.applies_changes else {})).items():
            version = replace(new, reason=deed.reason)
            division = Division.held(self.session, self._commitment(code), version, self.today)
            try:
                division.check(has_consent=False)
            except StaleEditError as moved:
                said = moved.message
                hint = "Look at the file again."
                facts: dict[str, Any] = dict(said.facts)
                raise RuleViolation(said.template, hint, **facts) from moved
            division.keep(self.by)
