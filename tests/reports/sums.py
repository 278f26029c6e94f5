"""What the tables say of a statement: the tests' own sums, in plain SQL and whole cents.

Nothing is shared with the tracker but the names of tables and columns; figures are written here
in a way of our own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest.mock import ANY

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy import Engine

MILLION = 1_000_000
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


class Euros(NamedTuple):
    cents: int


class Number(Fraction):
    """Hours, days or a rate; a fraction that is none of these is a share."""


OWN = {"RMX-C": ["RMX-C", "RMX-K"], "RMX-K": ["RMX-K", "RMX-C"]}
TOGETHER = {
    "NGF-1": [["UL-1", "LUMC-1"], ["PZH-1", "RMX-C", "RMX-K"]],
    "PZH-1": [["UL-1", "LUMC-1"], ["NGF-1", "RMX-C", "RMX-K"]],
    "UL-1": [["NGF-1", "PZH-1"], ["LUMC-1", "RMX-C", "RMX-K"]],
    "LUMC-1": [["NGF-1", "PZH-1"], ["UL-1", "RMX-C", "RMX-K"]],
    "RMX-C": [["NGF-1", "PZH-1"], ["UL-1", "LUMC-1"]],
    "RMX-K": [["NGF-1", "PZH-1"], ["UL-1", "LUMC-1"]],
}
"""Which commitments of others a funder sees together: sums of at least two funders."""


class Known(NamedTuple):
    """Amounts in cents by name, and the days for which milestones were planned, by code."""

    amounts: dict[str, int]
    planned: dict[str, date]


Row = list[Any]  # Euros, Number, Fraction, date, int, str, None for an empty cell, ANY for a word
Sections = dict[str, tuple[list[Row], Row]]  # rows and totals by the key of the section


@dataclass
class Books:
    """What the tables say of one commitment up to the end of a period."""

    engine: Engine
    code: str
    first: date
    last: date
    language: str = field(init=False)
    in_kind: bool = field(init=False)

    def __post_init__(self) -> None:
        ((self.language, form),) = self.rows(
            "SELECT f.report_language, c.form FROM commitment c"
            " JOIN programme p ON p.id = c.programme_id JOIN funder f ON f.id = p.funder_id"
            " WHERE c.code = :code"
        )
        self.in_kind = form == "in_kind"

    def rows(self, query: str) -> list[Row]:
        with self.engine.connect() as connection:
            return [list(row) for row in connection.execute(text(query), {"code": self.code})]

    def sum(self, source: str, condition: str = "1 = 1") -> int:
        ((found,),) = self.rows(
            f"SELECT COALESCE(SUM(s.amount), 0) FROM {source} s"
            " JOIN commitment c ON c.id = s.commitment_id"
            f" WHERE c.code = :code AND {condition}"
        )
        return int(found)

    def charged(self, first: str, last: date, category: str = "") -> int:
        """What was charged for costs of these days; of one category, or of all."""
        within = (
            "SELECT 1 FROM cost_line l JOIN cost_category k ON k.id = l.category_id"
            f" WHERE l.id = s.cost_line_id AND {counts('s')} >= '{first}'"
            f" AND {counts('s')} <= '{last}'"
        )
        if category:
            within += f" AND k.code = '{category}'"
        return self.sum("allocation", f"EXISTS ({within})")

    @property
    def received(self) -> int:
        return self.sum("receipt", f"COALESCE(s.counted_on, s.received_on) <= '{self.last}'")

    def known(self) -> Known:
        """What is compared from one report to the next."""
        budgets = self.rows(
            "SELECT k.code, SUM(b.amount) FROM budget b JOIN cost_category k"
            " ON k.id = b.category_id JOIN budget_version v ON v.id = b.version_id"
            " JOIN commitment c ON c.id = v.commitment_id WHERE c.code = :code AND v.number ="
            " (SELECT MAX(number) FROM budget_version WHERE commitment_id = c.id)"
            " GROUP BY k.code, k.position ORDER BY k.position"
        )
        held = {code: int(cents) for code, cents in budgets}
        amounts = {"award": self.sum("amendment"), **held, "received": self.received}
        return Known(amounts, {row[0]: row[4] for row in self.milestones()})

    def sections(self) -> Sections:
        """The figures of the statement; the sections that a statement may leave out are last."""
        found: Sections = {
            "summary": self.summary(),
            "grant_lines": self.grant_lines(),
            "award": self.award(),
            "categories": self.categories(),
            "sources": self.sources(),
            "not_charged": self.not_charged(),
            "lines": self.lines(),
        }
        if not self.in_kind:
            found["receipts"] = self.receipts()
        if instalments := self.instalments():
            found["instalments"] = instalments
        found |= {
            key: (rows, [])
            for key, rows in (("milestones", self.milestones()), ("waivers", self.waivers()))
            if rows
        }
        found |= self.hours_of_people() | self.hours_of_partners()
        if adjusted := self.adjusted():
            total = [ANY, sum(row[1] for row in adjusted), Euros(sum(r[2].cents for r in adjusted))]
            found["adjustments"] = (adjusted, total)
        if milestones := self.milestones():
            found["milestones"] = (milestones, [])
        if waivers := self.waivers():
            found["waivers"] = (waivers, [])
        return found

    def hours_of_people(self) -> Sections:
        hours = self.hours()
        totals = [ANY, *[None] * 3, *added(hours, 4, 5), None, *added(hours, 7, 8)]
        return {"hours": (hours, totals)} if hours else {}

    def hours_of_partners(self) -> Sections:
        given = self.contributions()
        totals = [ANY, *[None] * 4, *added(given, 5), None, *added(given, 7, 8), None]
        return {"contributions": (given, totals)} if given else {}

    def grant_lines(self) -> tuple[list[Row], Row]:
        """Lines a to k of form SF-425."""
        committed, spent = self.sum("amendment"), self.charged("0001-01-01", self.last)
        ordered = self.sum(
            "(SELECT o.commitment_id, o.ordered_on, CASE WHEN o.ended_on IS NULL THEN o.amount"
            " ELSE 0 END AS amount FROM obligation o)",
            f"s.ordered_on <= '{self.last}'",
        )
        figures: dict[str, int | None] = {}
        if not self.in_kind:
            figures |= {"a": self.received, "b": spent, "c": self.received - spent}
        figures |= {"d": committed, "e": spent, "f": ordered, "g": spent + ordered}
        figures |= {"h": committed - spent - ordered, "i": None}
        ((share,),) = self.rows("SELECT share FROM commitment c WHERE c.code = :code")
        if share is not None and share != MILLION:
            whole = Fraction(committed * MILLION, share)
            figures["i"] = required = int(whole + Fraction(1, 2)) - committed
            figures |= {"j": (beside := self.beside()), "k": required - beside}
        return [
            [letter, ANY, None if cents is None else Euros(cents), ANY]
            for letter, cents in figures.items()
        ], []

    def beside(self) -> int:
        """What others pay of the costs that this commitment pays a part of."""
        rows = self.rows(
            "SELECT l.amount - l.ineligible, SUM(a.amount) FROM allocation a"
            " JOIN cost_line l ON l.id = a.cost_line_id JOIN commitment c"
            f" ON c.id = a.commitment_id WHERE c.code = :code AND {counts('a')} <= '{self.last}'"
            " GROUP BY l.id, l.amount, l.ineligible HAVING SUM(a.amount) <> 0"
        )
        return sum(int(amount) - int(charged) for amount, charged in rows)

    def sources(self) -> tuple[list[Row], Row]:
        """What pays for the project; who is told together with whom was worked out by hand."""
        groups = [[code] for code in OWN.get(self.code, [self.code])] + TOGETHER[self.code]
        amounts = [
            [sum(cents) for cents in zip(*(self.brought(code) for code in group), strict=True)]
            for group in groups
        ]
        sums = [sum(column) for column in zip(*amounts, strict=True)]
        rows: list[Row] = [
            [ANY, ANY, ANY, *map(Euros, cents), Fraction(cents[0], sums[0])] for cents in amounts
        ]
        return rows, [ANY, None, None, *map(Euros, sums), Fraction(1)]

    def brought(self, code: str) -> list[int]:
        """What a commitment has committed, received and paid up to the end of the period."""
        books = Books(self.engine, code, self.first, self.last)
        return [books.sum("amendment"), books.received, books.charged("0001-01-01", self.last)]

    def hours(self) -> list[Row]:
        """Working time, one cost line a row: so the tests enter it."""
        found = self.rows(
            "SELECT w.person, l.cost_centre, w.method, w.time, w.rate, w.annual_cost, w.basis,"
            " l.amount, a.amount FROM worked w JOIN cost_line l ON l.id = w.cost_line_id"
            " JOIN allocation a ON a.cost_line_id = l.id"
            " JOIN commitment c ON c.id = a.commitment_id"
            f" WHERE c.code = :code AND {counts('a')} >= '{self.first}'"
            f" AND {counts('a')} <= '{self.last}' ORDER BY w.person, l.incurred_on"
        )
        rows: list[Row] = []
        for person, package, method, time, rate, cost, basis, amount, charged in found:
            exact = Fraction(rate, 10_000) if cost is None else Fraction(cost, basis)
            told = [None, Number(time, 1000)]
            told = told if method == "day_rate" else told[::-1]
            rows.append([person, ANY, package, ANY, *told, Number(round(exact * 10_000), 10_000),
                         Euros(amount), Euros(charged)])  # fmt: skip
        return rows

    def contributions(self) -> list[Row]:
        found = self.rows(
            "SELECT b.fiscal_year, b.company, l.transaction_number, l.line_number, l.incurred_on,"
            " l.cost_centre, l.description, l.document, l.amount, a.amount,"
            " (SELECT MAX(d.signed_on) FROM in_kind_declaration d WHERE d.partner = b.company"
            " AND l.incurred_on BETWEEN d.first_day AND d.last_day)"
            " FROM allocation a JOIN cost_line l ON l.id = a.cost_line_id"
            " JOIN book b ON b.id = l.book_id JOIN commitment c ON c.id = a.commitment_id"
            f" WHERE c.code = :code AND b.origin = 'in_kind' AND {counts('a')} >= '{self.first}'"
            f" AND {counts('a')} <= '{self.last}' ORDER BY b.company, l.incurred_on, l.id"
        )
        rows: list[Row] = []
        for year, partner, number, line, day, package, said, document, value, paid, signed in found:
            hours, rate = (Number(int(Decimal(part) * 100), 100) for part in document.split(" × "))
            rows.append([f"{year} {partner} {number}/{line}", partner, day_of(day), package, said,
                         hours, rate, Euros(value), Euros(paid), day_of(signed)])  # fmt: skip
        return rows

    def waivers(self) -> list[Row]:
        found = self.rows(
            "SELECT w.commitment_id, w.reason, COALESCE(p.name, w.approved_by), w.until"
            " FROM waiver w JOIN commitment c ON c.code = :code"
            " LEFT JOIN person p ON p.email = w.approved_by"
            " WHERE (w.commitment_id = c.id OR w.commitment_id IS NULL)"
            f" AND w.approved_by IS NOT NULL AND w.until >= '{self.first}'"
            f" AND (w.ended_on IS NULL OR w.ended_on > '{self.first}') ORDER BY w.id"
        )
        return [
            [ANY, self.code if own else ANY, reason, who, day_of(day)]
            for own, reason, who, day in found
        ]

    def summary(self) -> tuple[list[Row], Row]:
        award = self.sum("amendment", "s.number = 0")
        committed = self.sum("amendment")
        period, to_date = (self.charged(day, self.last) for day in (str(self.first), "0001-01-01"))
        figures = [award, committed - award, committed]
        late = sum(row[2].cents for row in self.adjusted())
        figures += [to_date - period, late, period - late, to_date, committed - to_date]
        if not self.in_kind:
            figures += [self.received, self.received - to_date]
        return [[ANY, Euros(cents), ANY] for cents in figures], []

    def award(self) -> tuple[list[Row], Row]:
        found = self.rows(
            "SELECT a.number, a.decided_on, a.amount FROM amendment a"
            " JOIN commitment c ON c.id = a.commitment_id WHERE c.code = :code ORDER BY a.number"
        )
        rows = [[number, day_of(day), ANY, Euros(cents)] for number, day, cents in found]
        return rows, [None, None, ANY, Euros(self.sum("amendment"))]

    def categories(self) -> tuple[list[Row], Row]:
        codes = self.rows(
            "SELECT k.code FROM cost_category k WHERE EXISTS (SELECT 1 FROM commitment_category a"
            " JOIN commitment c ON c.id = a.commitment_id"
            " WHERE a.category_id = k.id AND c.code = :code) ORDER BY k.position"
        )
        budgets = dict(
            self.rows(
                "SELECT k.code, b.amount FROM budget b JOIN cost_category k ON k.id = b.category_id"
                " JOIN budget_version v ON v.id = b.version_id"
                " JOIN commitment c ON c.id = v.commitment_id WHERE c.code = :code"
                " AND v.number = (SELECT MAX(number) FROM budget_version"
                " WHERE commitment_id = c.id)"
            )
        )
        rows, sums = [], [0, 0, 0]
        for (code,) in codes:
            to_date = self.charged("0001-01-01", self.last, code)
            period = self.charged(str(self.first), self.last, code)
            late = sum(row[2].cents for row in self.adjusted(code))
            told = [to_date - period, late, period - late]
            sums = [whole + part for whole, part in zip(sums, told, strict=True)]
            rows.append([ANY, *category_cells(budgets.get(code), *told)])
        whole = sum(budgets.values()) if budgets else None
        return rows, [ANY, *category_cells(whole, *sums)]

    def not_charged(self) -> tuple[list[Row], Row]:
        found = self.rows(
            "SELECT u.reason, COUNT(*), SUM(u.amount) FROM unallocated u"
            " JOIN commitment c ON c.id = u.commitment_id JOIN cost_line l ON l.id = u.cost_line_id"
            f" WHERE c.code = :code AND {counts('u')} >= '{self.first}'"
            f" AND {counts('u')} <= '{self.last}' GROUP BY u.reason"
        )
        by_reason = {reason: [ANY, count, Euros(int(cents))] for reason, count, cents in found}
        order = ["no_split_rule", "not_awarded", "outside_period", "category_not_allowed",
                 "commitment_exhausted"]  # fmt: skip
        rows = [by_reason[reason] for reason in order if reason in by_reason]
        totals = sum(row[1] for row in rows), Euros(sum(row[2].cents for row in rows))
        return rows, [ANY, *totals]

    def lines(self) -> tuple[list[Row], Row]:
        found = self.rows(
            "SELECT CASE b.origin WHEN 'in_kind' THEN b.company ELSE l.journal END, b.fiscal_year,"
            " l.transaction_number, l.line_number, l.incurred_on, l.booked_on, l.supplier,"
            " l.document, l.description, l.cost_centre, l.account, l.amount, a.amount,"
            f" (SELECT {FIRST_AND_LAST} FROM reporting_period p WHERE {counts('a')}"
            " <> l.incurred_on AND l.incurred_on BETWEEN p.first_day AND p.last_day"
            f" AND NOT {counts('a')} BETWEEN p.first_day AND p.last_day)"
            " FROM allocation a JOIN commitment c ON c.id = a.commitment_id"
            " JOIN cost_line l ON l.id = a.cost_line_id JOIN book b ON b.id = l.book_id"
            f" WHERE c.code = :code AND {counts('a')} >= '{self.first}'"
            f" AND {counts('a')} <= '{self.last}' ORDER BY l.incurred_on, l.id, a.id"
        )
        rows: list[Row] = []
        marked = bool(self.adjusted())
        for place, year, number, line, incurred, booked, *texts, amount, charged, late in found:
            supplier, document, description, package, account = (t or None for t in texts)
            rows.append([
                f"{year} {place} {number}/{line}", day_of(incurred), day_of(booked), supplier,
                document, description, ANY, package, account, Euros(amount), Euros(charged),
                *([year_of(late)] if marked else []),
            ])  # fmt: skip
        total = Euros(sum(row[10].cents for row in rows))
        return rows, [ANY, *[None] * 9, total, *([None] if marked else [])]

    def adjusted(self, category: str = "") -> list[Row]:
        """What counts in the period and belongs to an earlier one; the periods are years here."""
        chosen = "AND l.category_id = (SELECT k.id FROM cost_category k WHERE k.code = '{}')"
        found = self.rows(
            f"SELECT {FIRST_AND_LAST}, COUNT(*), SUM(a.amount) FROM allocation a"
            " JOIN commitment c ON c.id = a.commitment_id JOIN cost_line l ON l.id = a.cost_line_id"
            " JOIN reporting_period p ON l.incurred_on BETWEEN p.first_day AND p.last_day"
            f" WHERE c.code = :code AND {counts('a')} >= '{self.first}'"
            f" AND {counts('a')} <= '{self.last}'"
            f" AND NOT {counts('a')} BETWEEN p.first_day AND p.last_day"
            f" {chosen.format(category) if category else ''}"
            " GROUP BY p.first_day, p.last_day ORDER BY p.first_day"
        )
        return [[year_of(days), count, Euros(int(cents))] for days, count, cents in found]

    def receipts(self) -> tuple[list[Row], Row]:
        found = self.rows(
            "SELECT r.received_on, e.counterparty, e.remittance, r.amount FROM receipt r"
            " JOIN commitment c ON c.id = r.commitment_id"
            " JOIN bank_entry e ON e.id = r.bank_entry_id WHERE c.code = :code"
            f" AND COALESCE(r.counted_on, r.received_on) <= '{self.last}'"
            " ORDER BY r.received_on, r.id"
        )
        rows = [[day_of(day), who, what, ANY, Euros(cents)] for day, who, what, cents in found]
        return rows, [None, ANY, None, None, Euros(self.received)]

    def instalments(self) -> tuple[list[Row], Row] | None:
        found = self.rows(
            "SELECT i.number, i.due_on, i.requested_on, i.amount, i.held_back,"
            " (SELECT COALESCE(SUM(r.amount), 0) FROM receipt r WHERE r.instalment_id = i.id"
            f" AND COALESCE(r.counted_on, r.received_on) <= '{self.last}') FROM instalment i"
            " JOIN commitment c ON c.id = i.commitment_id WHERE c.code = :code ORDER BY i.number"
        )
        rows: list[Row] = [
            [number, day_of(due), ANY, ANY, day_of(asked),
             *map(Euros, (amount, held, amount - held, int(received)))]
            for number, due, asked, amount, held, received in found
        ]  # fmt: skip
        totals = [None, None, ANY, None, None, *added(rows, 5, 6, 7, 8)]
        return (rows, totals) if rows else None

    def milestones(self) -> list[Row]:
        """Those of the work packages that the commitment pays for, as known at the end."""
        found = self.rows(
            "SELECT m.id, m.code, m.title, w.code, m.baseline, m.met_on FROM milestone m"
            " JOIN work_package w ON w.id = m.work_package_id WHERE EXISTS (SELECT 1"
            " FROM split_rule r JOIN split_share s ON s.rule_id = r.id"
            " JOIN commitment c ON c.id = s.commitment_id"
            " WHERE r.work_package_id = w.id AND c.code = :code) ORDER BY m.position"
        )
        moves = self.rows(
            "SELECT milestone_id, to_day FROM milestone_move"
            f" WHERE moved_on <= '{self.last}' ORDER BY moved_on, id"
        )
        current = {milestone: day_of(day) for milestone, day in moves}
        rows: list[Row] = []
        for key, code, title, package, baseline, met in found:
            planned, before = current.get(key, day_of(baseline)), day_of(baseline)
            actual = day_of(met) if met and day_of(met) <= self.last else None
            slip = ((actual or planned) - before).days
            rows.append([code, title, package, before, planned, actual, slip, ANY, ANY])
        return rows


def added(rows: list[Row], *columns: int) -> Row:
    """The sums of columns; of an empty one nothing, or zero, is told."""
    sums: Row = []
    for at in columns:
        filled = [row[at] for row in rows if row[at] is not None]
        if any(isinstance(cell, Euros) for cell in filled):
            sums.append(Euros(sum(cell.cents for cell in filled)))
        else:
            whole = sum(filled, Fraction(0))
            sums.append(Number(whole.numerator, whole.denominator))
    return sums


def counts(row: str) -> str:
    """The day on which what is charged, or left, of a line counts."""
    return f"COALESCE({row}.counted_on, l.counted_on, l.incurred_on)"


FIRST_AND_LAST = "CAST(p.first_day AS CHAR(10)) || ' ' || CAST(p.last_day AS CHAR(10))"


def year_of(days: str | None) -> str | None:
    """The name of a period that is a calendar year, by its first and its last day."""
    if days is None:
        return None
    first, last = days.split()
    assert (first[4:], last[4:], first[:4]) == ("-01-01", "-12-31", last[:4])
    return first[:4]


def day_of(value: date | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def category_cells(budget: int | None, previously: int, late: int, period: int) -> Row:
    to_date = previously + late + period
    told = [Euros(previously), Euros(late), Euros(period), Euros(to_date)]
    if budget is None:
        return [None, *told, None, None]
    return [Euros(budget), *told, Euros(budget - to_date), Fraction(to_date, budget)]


def written(value: Any, language: str) -> str:
    """A value as a reader of the language would write it; none of the tracker's own writing."""
    if isinstance(value, Number):
        return number(value, language)
    if isinstance(value, Euros | Fraction):
        tail = ""
        amount = Decimal(value.cents) / 100 if isinstance(value, Euros) else percentage(value)
        if isinstance(value, Fraction):
            tail = "%"
        digits = 2 if isinstance(value, Euros) else 1
        body = f"{abs(amount):,.{digits}f}"
        if language == "nl":
            body = body.translate(str.maketrans(",.", ".,"))
        return ("−" if amount < 0 else "") + body + tail
    if isinstance(value, date):
        if language == "nl":
            return value.strftime("%d-%m-%Y")
        return f"{value.day} {MONTHS[value.month - 1]} {value.year}"
    return "" if value is None else " ".join(str(value).split())


def number(value: Number, language: str) -> str:
    """Two decimals, or as many as it has up to four."""
    size = Decimal(abs(value.numerator)) / Decimal(value.denominator)
    body = f"{size:,.4f}"
    body = body[:-2] + body[-2:].rstrip("0")
    if language == "nl":
        body = body.translate(str.maketrans(",.", ".,"))
    return ("−" if value < 0 else "") + body


def percentage(share: Fraction) -> Decimal:
    exact = Decimal(share.numerator * 100) / Decimal(share.denominator)
    return exact.quantize(Decimal("0.1"), ROUND_HALF_UP)


def figures_of(row: Row, language: str) -> list[str]:
    """The amounts, days, shares and counts of a row, as written."""
    figures = [cell for cell in row if cell is not ANY and not isinstance(cell, str | None)]
    return [written(cell, language) for cell in figures]
