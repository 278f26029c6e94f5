"""Very many projects in one database, with all that an overview of them tells."""

from __future__ import annotations

import json
import random
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    Row = tuple[Any, ...]

FIRST_DAY, LAST_DAY = date(2021, 1, 1), date(2028, 12, 31)
DAYS: Final = 2100  # on which something was spent
COMMITMENTS: Final = ("NGF", "PZH", "LUMC", "UL", "RMX-K")
FUNDERS: Final = (
    "National Growth Fund",
    "Province South Holland",
    "LUMC",
    "Leiden University",
    "RegMed XB partners",
)
MILESTONES: Final = 25
PAID: Final = 0.9  # of instalments that were due, and of costs
AWARD: Final = 2_000_000_000  # cents
LINE_COLUMNS: Final = (
    *("project_id", "book_id", "journal", "transaction_number", "line_number", "incurred_on"),
    *("booked_on", "amount", "category_id", "work_package_id", "milestone_id", "cost_centre"),
    *("account", "supplier", "document", "invoice", "description"),
)
CHARGE_COLUMNS: Final = ("charge_id", "cost_line_id", "commitment_id", "amount")


def fill(url: str, case: str, projects: int, lines: int) -> dict[str, Any]:
    """Make projects with commitments, milestones, forecasts, plans, receipts and cost lines."""
    from tests.benchmarks.books import officer, session_on
    from tracker.actions import programmes
    from tracker.store.schema import upgrade

    upgrade(url)
    given = json.loads((Path(case) / "case.json").read_text())
    with TemporaryDirectory() as folder, session_on(url) as session:
        for number in range(projects):
            path = Path(folder) / "case.json"
            path.write_text(json.dumps(_case(given, number)))
            programmes.set_up(session, path, by=officer())
        _fill_plans(session)
        _fill_books(session, lines)
        _settle(session)
    return {}


def _case(given: dict[str, Any], number: int) -> dict[str, Any]:
    """Make the case of a project: four commitments in cash, one in kind, many milestones."""
    chance, name = random.Random(number), f"P{number:02}"
    by_funder = {one["funder"]: one for one in given["commitments"]}
    commitments = [
        _commitment(by_funder[funder], f"{name}-{code}", chance)
        for funder, code in zip(FUNDERS, COMMITMENTS, strict=True)
    ]
    in_cash = [one["id"] for one in commitments[:-1]]
    packages = list(given["work_packages"])
    return given | {
        "project": given["project"]
        | {"code": name, "name": f"Project {number}", "last_day": LAST_DAY.isoformat()},
        "funders": [one for one in given["funders"] if one["name"] in FUNDERS],
        "commitments": commitments,
        "in_kind": {"commitment": commitments[-1]["id"], "category": "personnel"},
        "split_rules": {
            package: [{"commitment": code, "weight": 50} for code in chance.sample(in_cash, 2)]
            for package in packages
        },
        "budget": {},
        "milestones": [_milestone(at, in_cash, packages, chance) for at in range(MILESTONES)],
    }


def _commitment(like: dict[str, Any], code: str, chance: random.Random) -> dict[str, Any]:
    first = FIRST_DAY + timedelta(chance.randrange(200))
    last = date(chance.choice((2025, 2026, 2027, 2028)), chance.choice((6, 12)), 28)
    more = first + timedelta(chance.randrange(2000))
    is_cash = like["form"] != "in_kind"
    made = like | {
        "id": code,
        "reference": f"REF-{code}",
        "decided_on": first.isoformat(),
        "first_day": first.isoformat(),
        "last_day": last.isoformat(),
        "status": "awarded",
        "amounts": [
            {"on": first.isoformat(), "amount": AWARD, "reason": "award"},
            {"on": more.isoformat(), "amount": AWARD // 10, "reason": "more"},
        ],
    }
    if is_cash:
        made["instalments"] = [
            {"number": at + 1, "due": f"{2021 + at}-07-01", "amount": AWARD // 8} for at in range(8)
        ]
    return made


def _milestone(
    at: int, commitments: list[str], packages: list[str], chance: random.Random
) -> dict[str, Any]:
    baseline = FIRST_DAY + timedelta(at * 110 + chance.randrange(90))
    current = baseline + timedelta(chance.randrange(1, 300))
    is_met = at < MILESTONES * 2 // 3 and chance.random() < 0.9
    met_on = current + timedelta(chance.randrange(20))
    made = {
        "code": f"M{at + 1}",
        "title": f"Milestone {at + 1} of the plan",
        "work_package": packages[at % len(packages)],
        "weight": 10,
        "baseline": baseline.isoformat(),
        "moves": [
            {
                "on": (baseline - timedelta(30)).isoformat(),
                "to": current.isoformat(),
                "reason": "took longer",
            }
        ],
        "met_on": met_on.isoformat() if is_met and met_on < date(2026, 10, 1) else None,
    }
    made["releases"] = None
    if at >= MILESTONES // 2:  # each releases another instalment
        of = commitments[at % len(commitments)]
        number = 5 + (at - MILESTONES // 2) // len(commitments)
        made["releases"] = {"commitment": of, "instalment": min(number, 8)}
    return made


def _fill_plans(session: Session) -> None:
    """Fill in what projects plan, expect, and received."""
    from sqlalchemy import insert

    from tracker.store.budgets import BudgetRow
    from tracker.store.forecasts import ForecastLineRow
    from tracker.store.milestones import MilestoneFundingRow
    from tracker.store.receipts import ReceiptRow
    from tracker.store.scope import over_all
    from tracker.store.session import transaction

    chance = random.Random(3)
    with over_all(session), transaction(session):
        places = _places(session)
        filled: tuple[tuple[Any, Iterator[dict[str, Any]]], ...] = (
            (BudgetRow, _budgets(session, places, chance)),
            (ForecastLineRow, _forecasts(session, places, chance)),
            (MilestoneFundingRow, _funding(places, chance)),
            (ReceiptRow, _receipts(session, chance)),
        )
        for table, rows in filled:
            session.execute(insert(table), list(rows))


def _budgets(
    session: Session, places: dict[int, Any], chance: random.Random
) -> Iterator[dict[str, Any]]:
    from tracker.store.budgets import BudgetVersionRow

    for project, (packages, categories, *_) in places.items():
        for number, made_on in ((1, date(2021, 1, 15)), (2, date(2026, 3, 1))):
            version = BudgetVersionRow(
                project_id=project,
                commitment_id=None,
                number=number,
                made_on=made_on,
                reason="plan",
                entered_by="measured",
                entered_at=datetime.now(UTC),
            )
            session.add(version)
            session.flush()
            for at, (package, category) in enumerate(product(packages, categories)):
                yield {
                    "version_id": version.id,
                    "category_id": category,
                    "work_package_id": package,
                    "year": 2021 + at % 8,
                    "amount": chance.randrange(10**8, 10**9),
                }


def _forecasts(
    session: Session, places: dict[int, Any], chance: random.Random
) -> Iterator[dict[str, Any]]:
    from tracker.store.forecasts import ForecastRow

    quarters = (date(2026, 10, 1), date(2027, 1, 1), date(2027, 4, 1))
    for project, (packages, categories, *_) in places.items():
        forecast = ForecastRow(
            project_id=project,
            number=1,
            first_day=quarters[0],
            made_on=date(2026, 10, 5),
            made_at=datetime.now(UTC),
            made_by="measured",
            reason="first",
        )
        session.add(forecast)
        session.flush()
        for package, category, quarter in product(packages, categories, quarters):
            yield {
                "forecast_id": forecast.id,
                "work_package_id": package,
                "category_id": category,
                "quarter": quarter,
                "amount": chance.randrange(10**5, 10**7),
            }


def _funding(places: dict[int, Any], chance: random.Random) -> Iterator[dict[str, Any]]:
    for _packages, _categories, milestones, commitments in places.values():
        for milestone in milestones:
            payer = chance.choice(commitments)
            yield {"milestone_id": milestone, "commitment_id": payer, "amount": AWARD // 100}


def _receipts(session: Session, chance: random.Random) -> Iterator[dict[str, Any]]:
    from sqlalchemy import select

    from tracker.store.instalments import InstalmentRow as Row

    due = select(Row.id, Row.commitment_id, Row.due_on, Row.amount).where(
        Row.due_on < date(2026, 7, 2)
    )
    for key, commitment, due_on, amount in session.execute(due).all():
        if chance.random() < PAID:
            yield {
                "bank_entry_id": None,
                "commitment_id": commitment,
                "amount": amount,
                "received_on": due_on + timedelta(9),
                "recognised_by": "hand",
                "instalment_id": key,
                "counterparty": "funder",
                "entered_by": "measured",
            }


def _fill_books(session: Session, lines: int) -> None:
    """Fill in cost lines and what commitments pay of them, and keep the sums of both."""
    from sqlalchemy import func, select

    from tracker.domain.costs import Origin
    from tracker.store.allocations import AllocationRow, ChargeRow
    from tracker.store.bulk import insert_many
    from tracker.store.costs import CostLineRow
    from tracker.store.imports import BookRow
    from tracker.store.projects import ProjectRow
    from tracker.store.scope import over_all
    from tracker.store.session import transaction
    from tracker.store.spending import follow

    with over_all(session), transaction(session):
        keys = session.scalars(select(ProjectRow.id).order_by(ProjectRow.id)).all()
        books, charges = {}, {}
        for key in keys:
            book = BookRow(
                project_id=key,
                origin=Origin.LEDGER.value,
                company="BENCH",
                fiscal_year=2021,
                import_id=None,
                line_count=0,
                debit=0,
                credit=0,
            )
            now = datetime.now(UTC)
            charge = ChargeRow(project_id=key, charged_at=now, charged_by="bench", last_line=lines)
            session.add_all((book, charge))
            session.flush()
            books[key], charges[key] = book.id, charge.id
        places = _places(session)
        with _without_triggers(session):
            insert_many(session, CostLineRow, LINE_COLUMNS, _lines(session, lines, books, places))
            insert_many(
                session, AllocationRow, CHARGE_COLUMNS, _charges(session, lines, charges, places)
            )
            _balance(session)
    with over_all(session):
        newest = [
            session.scalar(select(func.max(of.id))) or 0 for of in (CostLineRow, AllocationRow)
        ]
        is_all = False
        while not is_all:
            with transaction(session):
                is_all = follow(session, *newest)


def _places(session: Session) -> dict[int, tuple[list[int], list[int], list[int], list[int]]]:
    """Give each project's work packages, categories, milestones and commitments in cash."""
    from sqlalchemy import select

    from tracker.store.commitments import CommitmentRow
    from tracker.store.milestones import MilestoneRow
    from tracker.store.projects import CategoryRow, WorkPackageRow

    found: dict[int, tuple[list[int], list[int], list[int], list[int]]] = {}
    tables: tuple[Any, ...] = (WorkPackageRow, CategoryRow, MilestoneRow, CommitmentRow)
    for at, table in enumerate(tables):
        rows = session.execute(select(table.project_id, table.id).order_by(table.id))
        for project, key in rows:
            found.setdefault(project, ([], [], [], []))[at].append(key)
    return {key: (*of[:3], of[3][:-1]) for key, of in found.items()}


def _lines(
    session: Session, count: int, books: dict[int, int], places: dict[int, Any]
) -> Iterator[Row]:
    from tracker.store.bulk import as_stored

    chance, keys = random.Random(5), list(books)
    days = [as_stored(session, FIRST_DAY + timedelta(at)) for at in range(DAYS)]
    for at in range(count):
        key = keys[at % len(keys)]
        packages, categories, milestones, _ = places[key]
        day = days[int(chance.random() * DAYS)]
        cents = int(chance.random() * 150_000) + 1
        milestone = chance.choice(milestones) if at % 10 == 0 else None
        yield (
            *(key, books[key], "INK", str(at), "1", day, day, cents),
            *(chance.choice(categories), chance.choice(packages), milestone, "WP"),
            *("4200", "Bakker Labs B.V.", f"INK{at}", "", "reagents"),
        )


def _charges(
    session: Session, count: int, charges: dict[int, int], places: dict[int, Any]
) -> Iterator[Row]:
    from sqlalchemy import text

    chance = random.Random(7)
    rows = session.connection().execute(text("SELECT id, project_id, amount FROM cost_line"))
    for line, project, cents in rows.fetchall()[:count]:
        if chance.random() < PAID:
            yield charges[project], line, chance.choice(places[project][3]), cents


def _balance(session: Session) -> None:
    """Write down what was charged: the triggers that do so were away."""
    from sqlalchemy import text

    session.execute(
        text(
            "UPDATE commitment_balance SET charged = COALESCE((SELECT SUM(a.amount) FROM allocation"
            " a WHERE a.commitment_id = commitment_balance.commitment_id), 0)"
        )
    )


@contextmanager
def _without_triggers(session: Session) -> Iterator[None]:
    """Let rows be filled in without what guards them one by one; they are made to be right."""
    from sqlalchemy import text

    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL session_replication_role = replica"))
        yield
        session.execute(text("SET LOCAL session_replication_role = origin"))
        return
    connection = session.connection()
    found = connection.execute(
        text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    ).all()
    for name, _sql in found:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    yield
    for _name, sql in found:
        connection.exec_driver_sql(sql)


def _settle(session: Session) -> None:
    """Let the database look at its tables, as PostgreSQL does by itself after a while."""
    from sqlalchemy import text

    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("ANALYZE"))
        session.commit()
