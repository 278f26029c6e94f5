"""One row of a table of costs as a line of the books: its amount, its days, its VAT, its key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, cast

from tracker.domain.mappings import Sign
from tracker.domain.money import Money
from tracker.readers.cells import YEARS, UnreadableError
from tracker.readers.line_keys import LineKeys, bare
from tracker.readers.table_cells import has_side, is_debit
from tracker.readers.table_rows import BLANK, RowReader

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from decimal import Decimal
    from typing import TypeAlias

    from tracker.domain.errors import Fact
    from tracker.domain.mappings import Mapping
    from tracker.readers.findings import Findings
    from tracker.readers.table_rows import Value
    from tracker.readers.tables import Row, Table
    from tracker.readers.workbooks import CellValue

    Text: TypeAlias = Callable[[str], str | None]

CODE_MAX = 100  # letters of what is part of a key
EUROS = frozenset({"eur", "€", "euro", "euros"})
_YEAR_AND_PERIOD = re.compile(r"(20[0-9]{2})[-/. ]?[0-9]{1,3}")

KEYS = ("journal", "number", "line")
TEXTS = (  # the last parts of a line, in its order
    "account", "category", "period", "cost_centre", "supplier_code", "supplier", "document",
    "invoice", "description", "milestone", "person",
)  # fmt: skip
# What never changes of a line once it is booked, and so tells it from others.
IDENTITY = (
    "account", "description", "project", "cost_centre", "supplier_code", "supplier", "document",
    "invoice",
)  # fmt: skip


class CostTableLine(NamedTuple):
    """One line of an administration's export.

    Shape:  ``row`` is the row of the sheet, or the line of the file. ``journal``, ``number`` and
            ``line`` are its key within the fiscal year, however the rows are sorted or saved.
            An absent text is ``""``.
    Units:  ``cents`` are debit positive; VAT has the same sign, and is ``None`` where it is not
            told.
    """

    row: int
    sheet: str
    fiscal_year: int
    journal: str
    number: str
    line: str
    booked_on: date
    incurred_on: date
    paid_on: date | None
    cents: int
    vat: int | None
    vat_deductible: int | None
    project: str
    account: str
    category: str
    period: str
    cost_centre: str
    supplier_code: str
    supplier: str
    document: str
    invoice: str
    description: str
    milestone: str
    person: str


class CostRows:
    """Reads rows as cost lines, one after the other, and notes what is wrong with each.

    Shape:  ``findings`` are about cells that cannot be read; ``contradictions`` about cells that
            can be read and do not go together.
    """

    def __init__(
        self,
        table: Table,
        mapping: Mapping,
        findings: Findings,
        contradictions: Findings,
    ) -> None:
        self.reader = RowReader(table, mapping, findings)
        self._mapping = mapping
        self._sheet = table.sheet
        self._contradictions = contradictions
        self._keys = LineKeys()
        self._days = [code for code in ("booked_on", "incurred_on") if code in mapping.places]
        self._sides = [code for code in ("debit", "credit") if code in mapping.places]
        self._is_plain = (
            mapping.sign is Sign.DEBIT_POSITIVE and "debit_credit" not in mapping.places
        )
        self._asked_for = [
            code for code in ("account", "amount", "debit_credit") if code in mapping.places
        ]

    def line(self, row: Row, cells: Sequence[CellValue]) -> CostTableLine | None:
        """Read a row; nothing if something is wrong with it."""
        values = self.reader.values(row, cells)
        is_complete = self._is_complete(row, values)
        if not is_complete or not self.reader.is_whole(values):
            return None
        cents = self.cents(row, cells, values)
        booked_on, incurred_on = self._both_days(values)
        year = self._fiscal_year(row, values, booked_on)
        if cents is None or year is None or not self._is_bearable(row, values):
            return None
        text = cast("dict[str, str]", values).get
        scope = (year, text("journal") or self._mapping.journal)
        number, line = self._key(row, scope, text, (booked_on, incurred_on, cents))
        vat, deductible = self._vat(row, values, cents)
        paid_on = cast("date | None", values.get("paid_on"))
        project = text("project") or self._mapping.project
        return CostTableLine(
            row.number,
            self._sheet,
            *scope,
            number,
            line,
            booked_on,
            incurred_on,
            paid_on,
            cents,
            vat,
            deductible,
            project,
            *[text(code) or "" for code in TEXTS],
        )

    def cents(self, row: Row, cells: Sequence[CellValue], values: dict[str, Value]) -> int | None:
        """Read the amount of a row, debit positive; nothing if debit and credit contradict."""
        amounts = cast("dict[str, int | None]", values).get
        if self._sides:
            debit, credit = amounts("debit") or 0, amounts("credit") or 0
            if debit and credit:
                self._contradict(
                    row,
                    "credit",
                    "There is an amount under “{heading}” and under “{other}”.",
                    "Leave one of them out, or make two rows of it.",
                    heading=self._mapping.heading_of("debit"),
                    other=self._mapping.heading_of("credit"),
                )
                return None
            return debit - credit
        amount = amounts("amount") or 0
        if self._is_plain or has_side(cells[self.reader.places["amount"]]):
            return amount
        if "debit_credit" not in values:
            return -amount
        try:
            return amount if is_debit(cast("str", values["debit_credit"])) else -amount
        except UnreadableError as error:
            word = cast("str", values["debit_credit"])
            self.reader.complain(
                "debit_credit", row.number, error.message, error.remedy, value=word
            )
            return None

    def _is_complete(self, row: Row, values: dict[str, Value]) -> bool:
        """Tell whether nothing is blank that a line needs; of two days, one is enough."""
        is_complete = self.reader.has_all(self._asked_for, values, row.number)
        for either in (self._days, self._sides):
            if either and all(code in values and values[code] in BLANK for code in either):
                self.reader.ask_for(either[0], row.number)
                is_complete = False
        return is_complete

    def _both_days(self, values: dict[str, Value]) -> tuple[date, date]:
        """Give the day of the booking and that of the costs; each stands in for the other."""
        days = cast("dict[str, date | None]", values).get
        booked_on, incurred_on = days("booked_on"), days("incurred_on")
        either = cast("date", booked_on or incurred_on)
        return booked_on or either, incurred_on or either

    def _fiscal_year(self, row: Row, values: dict[str, Value], booked_on: date) -> int | None:
        """Give the fiscal year: as it is written, of the period, or else of the booking."""
        written = cast("Decimal | None", values.get("fiscal_year"))
        if written is None:
            found = _YEAR_AND_PERIOD.fullmatch(cast("str", values.get("period") or ""))
            return int(found[1]) if found else booked_on.year
        year = int(written)
        if year != written or year not in YEARS:
            message = "“{value}” is not a year between 2000 and 2099."
            self.reader.complain(
                "fiscal_year",
                row.number,
                message,
                "Correct the year.",
                value=f"{written.normalize():f}",
            )
            return None
        if abs(year - booked_on.year) > 1:
            self._contradict(
                row,
                "fiscal_year",
                "Booked on {day} in the fiscal year {year}.",
                "Correct the day or the year.",
                day=booked_on,
                year=str(year),
            )
        return year

    def _is_bearable(self, row: Row, values: dict[str, Value]) -> bool:
        """Tell whether the amount is in euros, and whether what is part of a key can be kept."""
        text = cast("dict[str, str]", values).get
        currency = text("currency")
        is_euro = not currency or currency.casefold() in EUROS
        if not is_euro:
            message = "“{value}” is not the euro."
            remedy = "Export the amounts in euros, as they stand in the books."
            self.reader.complain("currency", row.number, message, remedy, value=str(currency))
        long = [code for code in KEYS if len(text(code) or "") > CODE_MAX]
        for code in long:
            message = "The text has {letters} letters; {most} are kept."
            letters = len(text(code) or "")
            self.reader.complain(
                code, row.number, message, "Shorten the text.", letters=letters, most=CODE_MAX
            )
        return is_euro and not long

    def _key(
        self, row: Row, scope: tuple[int, str], text: Text, facts: tuple[date, date, int]
    ) -> tuple[str, str]:
        number, line = text("number") or "", text("line") or ""
        if number and line:
            key = self._keys.own(scope, number, line)
            if key is None:
                self._contradict(
                    row,
                    "line",
                    "Line {line} of entry {number} is in the file more than once.",
                    "Number the lines of an entry, or do not choose a column for the line number.",
                    line=line,
                    number=number,
                )
            return key or (number, line)
        said = [str(fact) for fact in facts]
        said += [bare(text(code) or "") for code in IDENTITY]
        return self._keys.made(scope, number, said)

    def _vat(self, row: Row, values: dict[str, Value], cents: int) -> tuple[int | None, int | None]:
        """Give the VAT, and how much of it is deductible, with the sign of the amount."""
        amounts = cast("dict[str, int | None]", values).get
        vat, deductible = amounts("vat"), amounts("vat_deductible")
        if vat is None and deductible is None:
            return None, None
        if abs(vat or 0) > abs(cents):
            self._contradict(
                row,
                "vat",
                "The VAT, {vat}, is more than the amount, {amount}.",
                "Correct one of them.",
                vat=Money(abs(vat or 0)),
                amount=Money(abs(cents)),
            )
        if vat is not None and abs(deductible or 0) > abs(vat):
            self._contradict(
                row,
                "vat_deductible",
                "The deductible VAT, {deductible}, is more than the VAT, {vat}.",
                "Correct one of them.",
                deductible=Money(abs(deductible or 0)),
                vat=Money(abs(vat)),
            )
        sign = -1 if cents < 0 else 1
        return _signed(vat, sign), _signed(deductible, sign)

    def _contradict(self, row: Row, code: str, message: str, remedy: str, **facts: Fact) -> None:
        self._contradictions.add(self.reader.place(code, row.number), message, remedy, **facts)


def _signed(cents: int | None, sign: int) -> int | None:
    return None if cents is None else sign * abs(cents)
