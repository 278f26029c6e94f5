"""What the tables say of reports of the project: the tests' own sums, in plain SQL and cents.

Nothing is shared with the tracker but the names of tables and columns, and of sections.
"""
# long: an oracle for every kind of report

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from unittest.mock import ANY

from tests.reports.sums import Books, Euros, Row, Sections, day_of
from tests.reports.sums_by_kind import (
    BINDING,
    FORMS,
    SIDES,
    certain,
    euros,
    in_groups,
    month_in,
    sources_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

NAMED = 5  # funders that a chart tells apart
COUNTED = "COALESCE(l.counted_on, l.incurred_on)"
PAID_IN_CASH = (
    f"SELECT COALESCE(a.counted_on, {COUNTED}), -a.amount FROM allocation a"
    " JOIN cost_line l ON l.id = a.cost_line_id JOIN commitment c"
    " ON c.id = a.commitment_id WHERE c.form <> 'in_kind'"
)


def plan_of(books: Books) -> list[Any]:
    return [
        (code, package, year, int(cents))
        for code, package, year, cents in books.rows(
            "SELECT k.code, w.code, b.year, b.amount FROM budget b"
            " JOIN budget_version v ON v.id = b.version_id"
            " JOIN cost_category k ON k.id = b.category_id"
            " LEFT JOIN work_package w ON w.id = b.work_package_id"
            " WHERE v.commitment_id IS NULL AND v.number = (SELECT MAX(number)"
            " FROM budget_version WHERE commitment_id IS NULL) ORDER BY b.id"
        )
    ]


def in_kind_in_all(books: Books) -> tuple[int, int]:
    """The value of partners' hours that is signed for, and of the rest."""
    found = books.rows(
        "SELECT l.amount, EXISTS (SELECT 1 FROM in_kind_declaration d WHERE d.partner = b.company"
        " AND l.incurred_on BETWEEN d.first_day AND d.last_day) FROM cost_line l"
        " JOIN book b ON b.id = l.book_id WHERE b.origin = 'in_kind'"
    )
    signed = sum(int(cents) for cents, is_signed in found if is_signed)
    return signed, sum(int(cents) for cents, _is_signed in found) - signed


def financing_plan(books: Books) -> Sections:
    sources, plan = sources_of(books), plan_of(books)
    committed, conditional, pledged = (sum(certain(one)[at] for one in sources) for at in range(3))
    planned = sum(row[3] for row in plan)
    figures = [committed, conditional, pledged]
    if plan:
        gap = planned - committed
        figures = [planned, *figures, gap, gap - conditional - pledged]
    figures += in_kind_in_all(books)

    def mixed(name: Any, sides: tuple[str, ...]) -> Row:
        cents = [
            sum(certain(one)[0] for one in sources if one[4] in sides and one[5] == form)
            for form in FORMS
        ]
        share = Fraction(sum(cents), planned) if plan else None
        return [name, *map(Euros, cents), Euros(sum(cents)), share]

    told: Sections = {
        "figures": ([[ANY, Euros(cents), ANY] for cents in figures], []),
        "commitments": (
            [[one[0], one[2], one[3], ANY, ANY, ANY, *map(Euros, certain(one))] for one in sources],
            [ANY, *[None] * 5, Euros(committed), Euros(conditional), Euros(pledged)],
        ),
        "mix": ([mixed(ANY, (side,)) for side in SIDES], mixed(ANY, SIDES)),
    }
    told["sources"] = by_funder(sources)
    if rules := rules_of(books, sources, planned):
        told["rules"] = (rules, [])
    for key, at in (("by_category", 0), ("by_package", 1), ("by_year", 2)):
        names = [*dict.fromkeys(row[at] for row in plan if row[at])]
        names = names if key == "by_category" else sorted(names)
        sums = [euros(row[3] for row in plan if row[at] == name) for name in names]
        shown = [ANY if key == "by_category" else str(name) for name in names]
        rows = [list(row) for row in zip(shown, sums, strict=True)]
        if rows:
            told[key] = (rows, [ANY, Euros(planned)])
    return told


def consortium(books: Books) -> Sections:
    sources, plan = sources_of(books), plan_of(books)
    ((spent,),) = books.rows("SELECT COALESCE(SUM(amount), 0) FROM cost_line")
    binding = [one for one in sources if certain(one)[0]]
    groups = in_groups([(one[1], one[4], one[5], one[7]) for one in binding])
    committed, *open_ = (sum(certain(one)[at] for one in sources) for at in range(3))
    figures = [committed, int(spent), *in_kind_in_all(books)]
    if plan:
        figures.insert(0, sum(row[3] for row in plan))
    amounts = [*groups, *(cents for cents in open_ if cents)]
    whole = sum(amounts)
    moves = books.rows(
        "SELECT v.moved_on, m.code, v.to_day, v.reason FROM milestone_move v"
        " JOIN milestone m ON m.id = v.milestone_id ORDER BY v.moved_on DESC, m.code DESC"
    )
    return {
        "figures": ([[ANY, Euros(cents), ANY] for cents in figures], []),
        "sources": (
            [[ANY, ANY, Euros(cents), Fraction(cents, whole)] for cents in amounts],
            [ANY, None, Euros(whole), None],
        ),
        "spending": (spending(books), []),
        "milestones": (all_milestones(books), []),
        "moves": ([[day_of(day), code, day_of(to), why] for day, code, to, why in moves], []),
    }


def by_funder(sources: list[Any]) -> tuple[list[Row], Row]:
    """What each funder committed, the largest first; what is not binding stands apart."""
    binding: Counter[str] = Counter()
    for one in sources:
        binding[one[2]] += certain(one)[0]
    ranked = [(name, cents) for name, cents in binding.most_common() if cents]
    if len(ranked) > NAMED:
        ranked[NAMED - 1 :] = [(ANY, sum(cents for _name, cents in ranked[NAMED - 1 :]))]
    open_ = (sum(certain(one)[at] for one in sources) for at in (1, 2))
    amounts = [*ranked, *((ANY, cents) for cents in open_ if cents)]
    whole = sum(cents for _name, cents in amounts)
    rows = [[name, ANY, Euros(cents), Fraction(cents, whole)] for name, cents in amounts]
    return rows, [ANY, None, Euros(whole), None]


def rules_of(books: Books, sources: list[Any], planned: int) -> list[Row]:
    """What the law allows of the plan, and what each programme asks of it."""
    if not planned:
        return []

    def found(sides: tuple[str, ...], forms: tuple[str, ...] = FORMS) -> int:
        chosen = (one for one in sources if one[4] in sides and one[5] in forms)
        return sum(certain(one)[0] for one in chosen)

    public = found(("public",))
    rows: list[Row] = [[ANY, ANY, *map(Euros, (planned, public, planned - public)), ANY, ANY]]
    terms = {
        (programme, name): (value, source)
        for programme, name, value, source in books.rows(
            "SELECT p.name, t.name, t.value, t.source FROM programme_term t"
            " JOIN programme p ON p.id = t.programme_id WHERE t.scope = '' ORDER BY t.first_day"
        )
    }
    for programme in dict.fromkeys(one[3] for one in sources):
        for name, sides in (
            ("private_minimum", ("private",)),
            ("research_minimum", ("own_contribution",)),
        ):
            if asked := terms.get((programme, name)):
                limit = int(planned * Fraction(asked[0]) / 100 + Fraction(1, 2))
                room = found(sides) - limit
                amounts = map(Euros, (limit, found(sides), room))
                rows.append([ANY, programme, *amounts, ANY, asked[1]])
    return rows


def spending(books: Books) -> list[Row]:
    """What each work package may cost, did cost and is expected to cost in the end."""
    forecast = books.rows("SELECT id, first_day FROM forecast ORDER BY number DESC")
    newest, day = forecast[0] if forecast else (0, None)
    ahead = dict(
        books.rows(
            "SELECT w.code, SUM(f.amount) FROM forecast_line f JOIN work_package w"
            f" ON w.id = f.work_package_id WHERE f.forecast_id = {newest} GROUP BY w.code"
        )
    )
    planned: Counter[str] = Counter()
    for _category, package, _year, cents in plan_of(books):
        planned[package or ""] += cents
    spent, before = Counter[str](), Counter[str]()
    for package, counted, cents in books.rows(
        f"SELECT w.code, {COUNTED}, l.amount FROM cost_line l"
        " LEFT JOIN work_package w ON w.id = l.work_package_id"
    ):
        spent[package or ""] += int(cents)
        if day and day_of(counted) < day_of(day):
            before[package or ""] += int(cents)
    names = books.rows("SELECT code, name FROM work_package ORDER BY position")
    rows: list[Row] = []
    for code, name in [*names, ("", "")]:
        if spent[code] or code in planned or code in ahead:
            at_end = int(ahead.get(code, 0)) + before[code] if day else None
            budget = planned.get(code)
            left = None if at_end is None or budget is None else budget - at_end
            cents = (budget, spent[code], at_end, left)
            told = [None if one is None else Euros(one) for one in cents]
            rows.append([f"{code} {name}" if code else ANY, *told])
    return rows


def all_milestones(books: Books) -> list[Row]:
    moves = books.rows("SELECT milestone_id, to_day FROM milestone_move ORDER BY moved_on, id")
    newest = {key: day_of(day) for key, day in moves}
    rows: list[Row] = []
    for key, code, title, baseline, met_on in books.rows(
        "SELECT id, code, title, baseline, met_on FROM milestone ORDER BY position"
    ):
        before, met = day_of(baseline), day_of(met_on)
        current = newest.get(key, before)
        slip = ((met or current) - before).days
        rows.append([code, title, ANY, before, current, met, slip])
    return rows


def overview(books: Books) -> Sections:
    """What is said of days to come is judged where it is foreseen: here stands what was."""
    today, ago = books.last, date(books.last.year - 1, books.last.month + 1, 1) - timedelta(1)
    now, then = headlines(books, today), headlines(books, ago)
    figures: list[Row] = [
        [ANY, *map(Euros, (one, before, one - before)), ANY]
        for one, before in zip(now, then, strict=True)
    ]
    sources, risks = sources_of(books), risks_on(books, today)
    told: Sections = {
        "figures": ([*figures, [ANY, ANY, None, None, ANY], [ANY, ANY, None, None, ANY]], []),
        "sources": by_funder(sources),
        "spending": (spending(books), []),
        "cash": (cash(books, today), []),
        "milestones": (all_milestones(books), []),
    }
    if risks:
        ranked = sorted(risks.items(), key=lambda found: (-found[1], found[0]))
        total = [ANY, None, euros(risks.values())]
        told["at_risk"] = ([[ANY, code, Euros(cents)] for code, cents in ranked], total)
    return told


def headlines(books: Books, day: date) -> list[int]:
    """Committed, received, charged, at risk, and the gap, as they were on a day."""
    standing: dict[int, tuple[str, int]] = {}
    for key, cents, status in books.rows(
        "SELECT commitment_id, amount, status FROM amendment WHERE verdict = 'confirmed'"
        f" AND decided_on <= '{day}' ORDER BY decided_on, number"
    ):
        before = standing.get(key, ("", 0))
        standing[key] = (status or before[0], before[1] + int(cents))
    committed = sum(cents for status, cents in standing.values() if status in BINDING)
    ((received,),) = books.rows(
        f"SELECT COALESCE(SUM(amount), 0) FROM receipt WHERE received_on <= '{day}'"
    )
    ((charged,),) = books.rows(
        "SELECT COALESCE(SUM(a.amount), 0) FROM allocation a JOIN cost_line l"
        f" ON l.id = a.cost_line_id WHERE COALESCE(a.counted_on, {COUNTED}) <= '{day}'"
    )
    plans = books.rows(
        "SELECT SUM(b.amount) FROM budget_version v JOIN budget b ON b.version_id = v.id"
        f" WHERE v.commitment_id IS NULL AND v.made_on <= '{day}' GROUP BY v.id, v.number"
        " ORDER BY v.number DESC"
    )
    at_risk = sum(risks_on(books, day).values())
    return [committed, int(received), int(charged), at_risk, int(plans[0][0]) - committed]


def risks_on(books: Books, day: date) -> dict[str, int]:
    """What late milestones hold back; the books of these tests have no other money at risk."""
    for nothing in ("milestone_funding", "earmark"):
        assert books.rows(f"SELECT COUNT(*) FROM {nothing}") == [[0]]
    moves = books.rows(
        f"SELECT milestone_id, to_day FROM milestone_move WHERE moved_on <= '{day}'"
        " ORDER BY moved_on, id"
    )
    newest = {key: day_of(to) for key, to in moves}
    found: Counter[str] = Counter()
    for key, code, baseline, met, due, cents, came_in in books.rows(
        "SELECT m.id, m.code, m.baseline, m.met_on, i.due_on, i.amount - i.held_back,"
        " (SELECT COALESCE(SUM(r.amount), 0) FROM receipt r WHERE r.instalment_id = i.id"
        f" AND r.received_on <= '{day}') FROM instalment i JOIN milestone m"
        " ON m.releases_id = i.id WHERE i.cancelled = FALSE ORDER BY m.position"
    ):
        current = newest.get(key, day_of(baseline))
        is_late = day > current or current > day_of(due)
        if is_late and not (met and day_of(met) <= day):
            found[code] += max(0, cents - int(came_in))
    return {code: cents for code, cents in found.items() if cents}


def cash(books: Books, today: date) -> list[Row]:
    """Cash on hand at the end of each month of the year before today; of later ones any amount."""
    flows = [
        (day_of(day), int(cents))
        for query in (
            "SELECT received_on, amount FROM receipt",
            PAID_IN_CASH,
        )
        for day, cents in books.rows(query)
    ]
    rows: list[Row] = []
    month = today.replace(year=today.year - 1, day=1)
    end = settled_on(books)
    while month <= end:
        after = (month + timedelta(32)).replace(day=1)
        cents = sum(amount for day, amount in flows if day < after)
        is_past = month < today.replace(day=1)
        rows.append([month_in(month, books.language), Euros(cents) if is_past else ANY])
        month = after
    return rows


def settled_on(books: Books) -> date:
    """The day on which the last commitment is settled, by the weeks of its programme."""
    weeks: dict[int, int] = {}
    for programme, value in books.rows(
        "SELECT programme_id, value FROM programme_term WHERE scope = '' AND name IN"
        " ('determination_weeks', 'decision_weeks', 'payment_weeks')"
    ):
        weeks[programme] = weeks.get(programme, 0) + int(value)
    found = books.rows(
        "SELECT programme_id, last_day FROM commitment"
        " WHERE status = 'awarded' AND form <> 'in_kind'"
    )
    return max(day_of(last) + timedelta(weeks=weeks.get(key, 32)) for key, last in found)


ORACLES: dict[str, Callable[[Books], Sections]] = {
    "financing_plan": financing_plan,
    "consortium": consortium,
    "overview": overview,
}
