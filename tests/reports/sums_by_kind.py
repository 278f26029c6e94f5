"""What the tables say of reports of a commitment: the tests' own sums, in plain SQL and cents.

Nothing is shared with the tracker but the names of tables and columns, and of sections.
"""
# long: an oracle for every kind of report

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from unittest.mock import ANY

from tests.reports.faces import Number
from tests.reports.sums import MONTHS, Books, Euros, Row, Sections, counts, day_of
from tests.reports.sums import Number as SomeTime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MAANDEN = "jan feb mrt apr mei jun jul aug sep okt nov dec".split()
LATE = (
    "EXISTS (SELECT 1 FROM reporting_period p WHERE {counts} <> l.incurred_on"
    " AND l.incurred_on BETWEEN p.first_day AND p.last_day"
    " AND NOT {counts} BETWEEN p.first_day AND p.last_day)"
)
PUBLIC = {"national", "regional", "european"}
OWN = {"owner", "university"}
SIDES = ("public", "private", "own_contribution")
FORMS = ("cash", "in_kind", "loan")
NO_EUROS, NO_TIME = Euros(0), SomeTime(0)
NOTHING_GIVEN: Row = [ANY, *[None] * 4, NO_TIME, None, NO_EUROS, NO_EUROS, None]
NOBODY_WORKED: Row = [ANY, *[None] * 3, NO_TIME, NO_TIME, None, NO_EUROS, NO_EUROS]
BINDING = {"awarded", "determined", "settled", "closed"}


def side_of(kind: str) -> str:
    return "public" if kind in PUBLIC else "own_contribution" if kind in OWN else "private"


def month_in(day: date, language: str) -> str:
    return f"{(MAANDEN if language == 'nl' else MONTHS)[day.month - 1]} {day.year}"


def euros(amounts: Iterable[int]) -> Euros:
    return Euros(sum(amounts))


def cost_list(books: Books) -> Sections:
    found = [
        (code, package, day_of(day), bool(late), int(cents))
        for code, package, day, late, cents in books.rows(
            "SELECT k.code, l.cost_centre, l.incurred_on,"
            f" {LATE.format(counts=counts('a'))}, a.amount"
            " FROM allocation a JOIN commitment c ON c.id = a.commitment_id"
            " JOIN cost_line l ON l.id = a.cost_line_id"
            " JOIN cost_category k ON k.id = l.category_id"
            f" WHERE c.code = :code AND {counts('a')} BETWEEN '{books.first}' AND '{books.last}'"
        )
    ]
    categories = [
        code
        for (code,) in books.rows(
            "SELECT k.code FROM cost_category k JOIN commitment_category a ON a.category_id = k.id"
            " JOIN commitment c ON c.id = a.commitment_id WHERE c.code = :code ORDER BY k.position"
        )
    ]
    packages, months = (
        sorted({row[1] for row in found}),
        sorted({row[2].replace(day=1) for row in found}),
    )

    def told(name: Any, is_in: Callable[[Any], bool]) -> Row:
        lines = [row for row in found if is_in(row)]
        late = sum(row[4] for row in lines if row[3])
        whole = sum(row[4] for row in lines)
        return [name, len(lines), Euros(whole - late), Euros(late), Euros(whole)]

    total = told(ANY, lambda _row: True)
    return {
        "by_category": (
            [told(ANY, lambda row, code=code: row[0] == code) for code in categories],
            total,
        ),
        "by_package": (
            [told(code, lambda row, code=code: row[1] == code) for code in packages],
            total,
        ),
        "by_month": (
            [
                told(
                    month_in(day, books.language), lambda row, day=day: row[2].replace(day=1) == day
                )
                for day in months
            ],
            total,
        ),
        "lines": books.lines(),
    }


def milestones_of(books: Books) -> list[Any]:
    """Code, title, package, weight, baseline, current, met, progress, status, criteria, moves."""
    moves: dict[int, list[Any]] = defaultdict(list)
    for key, *move in books.rows(
        "SELECT milestone_id, moved_on, to_day, reason FROM milestone_move"
        f" WHERE moved_on <= '{books.last}' ORDER BY moved_on, id"
    ):
        moves[key].append((day_of(move[0]), day_of(move[1]), move[2]))
    found = []
    for key, code, title, package, weight, baseline, met, progress, status, how in books.rows(
        "SELECT m.id, m.code, m.title, w.code, m.weight, m.baseline, m.met_on, m.progress,"
        " m.status, m.criteria FROM milestone m JOIN work_package w ON w.id = m.work_package_id"
        " WHERE EXISTS (SELECT 1 FROM split_rule r JOIN split_share s ON s.rule_id = r.id"
        " JOIN commitment c ON c.id = s.commitment_id"
        " WHERE r.work_package_id = w.id AND c.code = :code)"
        " OR EXISTS (SELECT 1 FROM instalment i JOIN commitment c ON c.id = i.commitment_id"
        " WHERE i.id = m.releases_id AND c.code = :code) ORDER BY m.position"
    ):
        before, actual = day_of(baseline), day_of(met)
        done: tuple[date | None, int, str] = (actual, progress, status)
        if actual and actual > books.last:
            done = (None, 0, "scheduled")
        current = moves[key][-1][1] if moves[key] else before
        found.append((code, title, package, weight, before, current, *done, how, moves[key]))
    return found


def milestones(books: Books) -> Sections:
    found = milestones_of(books)

    def counted(name: Any, chosen: list[Any]) -> Row:
        met = sum(one[6] is not None for one in chosen)
        lost = sum(one[6] is None and one[8] == "not_met" for one in chosen)
        late = sum(one[6] is None and one[8] != "not_met" and one[5] < books.last for one in chosen)
        weight = sum(one[3] for one in chosen)
        done = sum(one[3] * one[7] for one in chosen)
        return [name, len(chosen), met, late, lost, weight,
                Fraction(done, weight * 100) if weight else None]  # fmt: skip

    packages = sorted({one[2] for one in found})
    told: Sections = {
        "progress": (
            [counted(code, [one for one in found if one[2] == code]) for code in packages],
            counted(ANY, found),
        )
    }
    if not found:
        return told
    told["milestones"] = ([days_of(one) for one in found], [])
    told["judged"] = ([[*one[:4], one[7], one[9]] for one in found], [])
    told["moves"] = ([row for one in found for row in moves_of(one)], [])
    released = books.rows(
        "SELECT m.code, m.title, m.met_on, i.number, i.due_on, i.amount FROM instalment i"
        " JOIN milestone m ON m.releases_id = i.id JOIN commitment c ON c.id = i.commitment_id"
        " WHERE c.code = :code ORDER BY i.number"
    )
    if released:
        days = {one[0]: one[6] for one in found}
        rows = [[code, title, days[code], number, day_of(due), Euros(cents)]
                for code, title, _met, number, due, cents in released]  # fmt: skip
        told["released"] = (rows, [ANY, *[None] * 4, euros(row[5] for row in released)])
    return told


def days_of(one: Any) -> Row:
    code, title, _package, _weight, before, current, actual = one[:7]
    return [code, title, ANY, before, current, actual, ((actual or current) - before).days]


def moves_of(one: Any) -> list[Row]:
    rows, planned = [], one[4]
    for moved_on, to_day, reason in one[10]:
        rows.append([one[0], moved_on, planned, to_day, (to_day - planned).days, reason])
        planned = to_day
    return rows


def spent_of(books: Books) -> tuple[int, int, int]:
    """What was charged before the period, what adjusts it, and what is of the period."""
    to_date = books.charged("0001-01-01", books.last)
    period = books.charged(str(books.first), books.last)
    late = sum(row[2].cents for row in books.adjusted())
    return to_date - period, late, period - late


def term_of(books: Books, name: str) -> str | None:
    found = books.rows(
        "SELECT t.value FROM programme_term t JOIN commitment c ON c.programme_id = t.programme_id"
        f" WHERE c.code = :code AND t.name = '{name}' AND t.scope = ''"
        " AND t.first_day <= c.decided_on ORDER BY t.first_day DESC"
    )
    return found[0][0] if found else None


def percent_of(cents: int, *names: str | None) -> int:
    """Of an amount the smallest of these percentages, rounded down."""
    return min(int(Fraction(cents) * Fraction(name) / 100) for name in names if name is not None)


def receipts(books: Books) -> Sections:
    committed, spent = books.sum("amendment"), spent_of(books)
    figures = [committed]
    ceiling, kept = (
        term_of(books, name) for name in ("advance_ceiling_percent", "retention_share")
    )
    if not books.in_kind and (ceiling or kept):
        rest = str(100 - Fraction(kept)) if kept else None
        figures.append(percent_of(committed, ceiling, rest))
    plan = books.rows(
        "SELECT i.amount, i.held_back FROM instalment i JOIN commitment c"
        " ON c.id = i.commitment_id WHERE c.code = :code AND i.cancelled = FALSE"
    )
    if plan:
        planned, held = (sum(row[at] for row in plan) for at in (0, 1))
        figures += [planned, held, planned - held]
    if books.in_kind:
        figures.append(sum(spent))
    else:
        received = books.received
        figures += [received, committed - received, sum(spent), received - sum(spent)]
    by_year: dict[int, list[int]] = defaultdict(list)
    for row in books.receipts()[0] if not books.in_kind else []:
        by_year[row[0].year].append(row[-1].cents)
    years = [[str(year), len(some), euros(some)] for year, some in sorted(by_year.items())]
    told: Sections = {
        "figures": ([[ANY, Euros(cents), ANY] for cents in figures], []),
        "years": (years, [ANY, sum(row[1] for row in years), euros(row[2].cents for row in years)]),
        "spent": ([[ANY, Euros(cents)] for cents in spent], [ANY, Euros(sum(spent))]),
        "receipts": books.receipts(),
    }
    if instalments := books.instalments():
        told["instalments"] = instalments
    return told


def in_kind(books: Books) -> Sections:
    found = [
        (partner, package, Fraction(document.split(" ")[0]), int(value), int(charged), bool(signed))
        for partner, package, document, value, charged, signed in books.rows(
            "SELECT b.company, l.cost_centre, l.document, l.amount, a.amount,"
            " EXISTS (SELECT 1 FROM in_kind_declaration d WHERE d.partner = b.company"
            " AND l.incurred_on BETWEEN d.first_day AND d.last_day)"
            " FROM allocation a JOIN commitment c ON c.id = a.commitment_id"
            " JOIN cost_line l ON l.id = a.cost_line_id JOIN book b ON b.id = l.book_id"
            " WHERE c.code = :code AND b.origin = 'in_kind'"
            f" AND {counts('a')} BETWEEN '{books.first}' AND '{books.last}'"
        )
    ]

    def added(name: Any, lines: list[Any]) -> Row:
        signed = sum(line[3] for line in lines if line[5])
        value = sum(line[3] for line in lines)
        hours = Number(sum((line[2] for line in lines), Fraction(0)))
        money = (signed, value - signed, value, sum(line[4] for line in lines))
        return [name, hours, *map(Euros, money)]

    def by(at: int) -> list[Row]:
        names = sorted({line[at] for line in found})
        return [added(name, [line for line in found if line[at] == name]) for name in names]

    return {
        "by_partner": (by(0), added(ANY, found)),
        "by_package": (by(1), added(ANY, found)),
        "contributions": books.hours_of_partners().get("contributions", ([], NOTHING_GIVEN)),
    }


def hours(books: Books) -> Sections:
    found = [
        (person, package, day_of(day), method, Fraction(time, 1000), int(amount), int(charged))
        for person, package, day, method, time, amount, charged in books.rows(
            "SELECT w.person, l.cost_centre, l.incurred_on, w.method, w.time, l.amount, a.amount"
            " FROM worked w JOIN cost_line l ON l.id = w.cost_line_id"
            " JOIN allocation a ON a.cost_line_id = l.id"
            " JOIN commitment c ON c.id = a.commitment_id"
            f" WHERE c.code = :code AND {counts('a')} BETWEEN '{books.first}' AND '{books.last}'"
        )
    ]

    def added(name: Any, lines: list[Any]) -> Row:
        days = sum((line[4] for line in lines if line[3] == "day_rate"), Fraction(0))
        whole = sum((line[4] for line in lines), Fraction(0))
        money = euros(line[5] for line in lines), euros(line[6] for line in lines)
        return [name, Number(whole - days), Number(days), *money]

    def by(key: Callable[[Any], Any], name: Callable[[Any], Any]) -> tuple[list[Row], Row]:
        keys = sorted({key(line) for line in found})
        rows = [added(name(one), [line for line in found if key(line) == one]) for one in keys]
        return rows, added(ANY, found)

    return {
        "by_person": by(lambda line: line[0], str),
        "by_package": by(lambda line: line[1], str),
        "by_month": by(
            lambda line: line[2].replace(day=1), lambda day: month_in(day, books.language)
        ),
        "hours": books.hours_of_people().get("hours", ([], NOBODY_WORKED)),
    }


def final_statement(books: Books) -> Sections:
    award, committed = books.sum("amendment", "s.number = 0"), books.sum("amendment")
    spent, received = sum(spent_of(books)), books.received
    ((last, asked, claimed),) = books.rows(
        "SELECT c.last_day, d.requested_on, d.claimed FROM commitment c"
        " LEFT JOIN determination_request d ON d.commitment_id = c.id WHERE c.code = :code"
    )
    claim = max(0, min(spent, committed)) if claimed is None else claimed
    figures: list[Any] = [award, committed - award, committed, spent, claim, None]
    if not books.in_kind:
        left = claim - received
        figures += [received, left, max(0, left), max(0, -left)]
    told: Sections = {
        "settlement": (
            [[ANY, None if cents is None else Euros(cents), ANY] for cents in figures],
            [],
        ),
        "grant_lines": books.grant_lines(),
        "award": books.award(),
        "categories": books.categories(),
        "paid_by": paid_by(books, spent),
        "steps": (steps(books, day_of(last), day_of(asked)), []),
    }
    if threshold := term_of(books, "auditor_threshold"):
        amounts = [int(Fraction(threshold) * 100), committed, spent]
        amounts += [int(Fraction(spent, 100)), int(Fraction(3 * spent, 100))]
        told["audit"] = ([[ANY, Euros(cents), ANY] for cents in amounts], [])
    if not books.in_kind:
        told["receipts"] = books.receipts()
    if found := milestones_of(books):
        told["milestones"] = ([days_of(one) for one in found], [])
    return told


def steps(books: Books, last: date, asked: date | None) -> list[Row]:
    names = ("determination_weeks", "decision_weeks", "payment_weeks")
    weeks = [int(found) if (found := term_of(books, name)) else None for name in names]

    def due(since: date | None, term: int | None) -> date | None:
        return since + timedelta(days=7 * term) if since and term else None

    return [
        [ANY, last, weeks[0], due(last, weeks[0]), asked],
        [ANY, asked, weeks[1], due(asked, weeks[1]), None],
        [ANY, None, weeks[2], None, None],
    ]


def paid_by(books: Books, spent: int) -> tuple[list[Row], Row]:
    """Who paid for the lines of which the commitment pays a part, in groups of funders."""
    paid_for = (
        "SELECT a.cost_line_id FROM allocation a JOIN commitment c ON c.id = a.commitment_id"
        " JOIN cost_line l ON l.id = a.cost_line_id"
        f" WHERE c.code = :code AND {counts('a')} <= '{books.last}'"
    )
    ((total,),) = books.rows(
        f"SELECT COALESCE(SUM(x.amount), 0) FROM cost_line x WHERE x.id IN ({paid_for})"
    )
    others = books.rows(
        "SELECT f.id, f.kind, c.form, SUM(a.amount) FROM allocation a"
        " JOIN cost_line l ON l.id = a.cost_line_id JOIN commitment c ON c.id = a.commitment_id"
        " JOIN programme p ON p.id = c.programme_id JOIN funder f ON f.id = p.funder_id"
        f" WHERE c.code <> :code AND a.cost_line_id IN ({paid_for})"
        f" AND {counts('a')} <= '{books.last}' GROUP BY f.id, f.kind, c.form"
    )
    amounts = in_groups(
        [(key, side_of(kind), form, int(cents)) for key, kind, form, cents in others]
    )
    amounts = [spent, *amounts, int(total) - spent - sum(amounts)]
    rows = [
        [ANY, Euros(cents), Fraction(cents, int(total)) if total else None] for cents in amounts
    ]
    return rows, [ANY, Euros(int(total)), None]


Part = tuple[int, str, str, int]  # whose, on which side, in which form, how much


def few(parts: Iterable[Part]) -> bool:
    """Whether a sum of these would tell what a single funder pays."""
    return len({part[0] for part in parts}) in {0, 1}


def in_groups(parts: list[Part]) -> list[int]:
    """Sums of others: by side and form, and together where a single funder would be told."""
    parts = [part for part in parts if part[3]]
    sides = {side: [part for part in parts if part[1] == side] for side in SIDES}
    filled = {side: some for side, some in sides.items() if some}
    pooled = [side for side, some in filled.items() if few(some)]
    for side in [*filled] if pooled else []:
        if side not in pooled and few(part for part in parts if part[1] in pooled):
            pooled.append(side)
    pool = [part for part in parts if part[1] in pooled]
    if pool and few(pool):
        return []
    told = [sum_ for side in filled if side not in pooled for sum_ in by_form(filled[side])]
    return [*told, sum(part[3] for part in pool)] if pool else told


def by_form(parts: list[Part]) -> list[int]:
    groups = [group for form in FORMS if (group := [part for part in parts if part[2] == form])]
    if any(few(group) for group in groups):
        groups = [parts]
    return [sum(part[3] for part in group) for group in groups]


def sources_of(books: Books) -> list[Any]:
    """Code, funder's key, name, programme, side, form, status and amount of all that stands."""
    return [
        (code, key, name, programme, side_of(kind), form, status, int(cents))
        for code, key, name, programme, kind, form, status, cents in books.rows(
            "SELECT c.code, f.id, f.name, p.name, f.kind, c.form, c.status,"
            " (SELECT SUM(a.amount) FROM amendment a WHERE a.commitment_id = c.id"
            " AND a.verdict = 'confirmed')"
            " FROM commitment c JOIN programme p ON p.id = c.programme_id"
            " JOIN funder f ON f.id = p.funder_id"
            " WHERE c.status NOT IN ('draft', 'withdrawn') ORDER BY c.position, c.id"
        )
    ]


def certain(source: Any) -> list[int]:
    """The amount of a source as committed, conditional or pledged."""
    status, cents = source[6], source[7]
    place = 0 if status in BINDING else 1 if status == "conditional" else 2
    return [cents if at == place else 0 for at in range(3)]


ORACLES: dict[str, Callable[[Books], Sections]] = {
    "final_statement": final_statement,
    "cost_list": cost_list,
    "milestones": milestones,
    "receipts": receipts,
    "in_kind": in_kind,
    "hours": hours,
}
