"""The list of very many cost lines, filtered, sorted and paged at random, and the floor.

The floor is the same statements on the bare driver.
"""

from __future__ import annotations

import random
import secrets
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from tests.benchmarks.asking import (
    driver_of,
    milliseconds,
    percentiles,
    signed_in,
    statements_of,
)
from tests.benchmarks.measuring import stopwatch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

FIRST_DAY, DAYS = date(2021, 1, 1), 1826
COLUMNS: Final = (
    *("project_id", "book_id", "import_id", "journal", "transaction_number", "line_number"),
    *("incurred_on", "booked_on", "amount", "category_id", "work_package_id", "cost_centre"),
    *("account", "supplier", "document", "invoice", "description"),
)
NAMES: Final = "Bakker Visser Müller Jansen Smit Vos Meijer Kok Bos Peters Dekker Mulder".split()
TRADES: Final = "Labs Service Bio Supplies Techniek Noord Zuid".split()
WORDS: Final = (
    "reagents filters maintenance lease validation hours travel conference column buffer gowning"
    " licence consultancy calibration shipment storage nitrogen"
).split()
TEXTS: Final = ("müller", "bakker bio", "F123", "INK0012", "filters 5", "zzz", "B.V.", "lease h")


def fill(url: str, case: str, lines: int) -> dict[str, Any]:
    """Make a programme with very many cost lines, charge them and index them."""
    from sqlalchemy import text

    from tests.benchmarks.books import officer, session_on, set_up
    from tracker.actions import allocations
    from tracker.actions.cost_index import CostIndex
    from tracker.store.bulk import insert_many
    from tracker.store.costs import CostLineRow
    from tracker.store.session import transaction

    set_up(url, case)
    told: dict[str, Any] = {}
    with session_on(url) as session:
        with transaction(session):
            insert_many(session, CostLineRow, COLUMNS, _lines(session, lines))
        allocations.charge(session, by=officer())
        with stopwatch(told):
            CostIndex(session).follow()
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("ANALYZE"))
            session.commit()
    return told


def show(url: str, times: int) -> dict[str, Any]:
    """Ask for lists as people may wish them, and for their statements in turn."""
    from tracker import create_app
    from tracker.config import Settings

    app = create_app(Settings(secret_key=secrets.token_hex(32), database_url=url))
    client, ask = signed_in(app, url), driver_of(url)
    chance = random.Random(11)
    page, sql = [], []
    for wish in _wishes(app, chance, times):
        address = f"/costs?{urlencode(wish)}"

        def get(address: str = address) -> None:
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.text[:2000])

        statements = statements_of(app, get)
        page.append(milliseconds(get))

        def bare(statements: list[tuple[str, Any]] = statements) -> None:
            ask("BEGIN", ())
            for statement, values in statements:
                ask(statement, values)
            ask("ROLLBACK", ())

        sql.append(milliseconds(bare))
    return {"page": percentiles(page), "sql": percentiles(sql), "most": max(page)}


def _lines(session: Session, count: int) -> Iterator[tuple[Any, ...]]:
    from sqlalchemy import select

    from tracker.domain.costs import Origin
    from tracker.store.bulk import as_stored
    from tracker.store.imports import add_book
    from tracker.store.projects import AccountRow, ProjectRow, work_packages_of

    chance = random.Random(5)
    project = session.scalars(select(ProjectRow.id)).one()
    years = range(FIRST_DAY.year, FIRST_DAY.year + 5)
    books = {year: add_book(session, Origin.LEDGER, "BENCH", year, None).id for year in years}
    accounts = session.execute(
        select(AccountRow.code, AccountRow.category_id).where(AccountRow.category_id.is_not(None))
    ).all()
    packages: list[tuple[str, int | None]] = [*work_packages_of(session, project).items()]
    packages.append(("WPX", None))
    for at in range(count):
        day = FIRST_DAY + timedelta(chance.randrange(DAYS))
        account, category = chance.choice(accounts)
        package, package_id = chance.choice(packages)
        cents = int(chance.lognormvariate(9.5, 1.2)) + 1
        cents = -cents if chance.random() < 0.03 else cents
        stored = as_stored(session, day)
        said = f"{chance.choice(WORDS)} {chance.choice(WORDS)} {at % 977}"
        supplier = f"{chance.choice(NAMES)} {chance.choice(TRADES)} B.V."
        yield (
            *(project, books[day.year], None, "INK", str(at), "1", stored, stored, cents, category),
            *(package_id, package, account, supplier, f"INK{at:07}"),
            *(f"F{chance.randrange(10**7):07}", said),
        )


def _wishes(app: Any, chance: random.Random, count: int) -> Iterator[dict[str, Any]]:
    """Wish for any filter, sort and page; a part of the wishes goes on in the middle of a list."""
    from tracker.domain.allocations import Reason
    from tracker.domain.costs import CostOrder, CostState
    from tracker.extensions import db
    from tracker.store.commitments import commitments_of
    from tracker.store.projects import account_names, the_project

    with app.app_context():
        session = db.session()
        project = the_project(session)
        offered = {
            "year": range(FIRST_DAY.year, FIRST_DAY.year + 5),
            "category": project.categories,
            "work_package": list(project.work_packages),
            "account": list(account_names(session, project.id)),
            "commitment": [commitment.code for commitment in commitments_of(session)],
            "state": [state.value for state in CostState],
            "reason": [reason.value for reason in Reason][:5],
            "text": TEXTS,
        }
    for _ in range(count):
        wish = {name: chance.choice(of) for name, of in offered.items() if chance.random() < 0.3}
        wish["order"] = order = chance.choice([order.value for order in CostOrder])
        if chance.random() < 0.4:
            day = FIRST_DAY + timedelta(chance.randrange(DAYS))
            begin = day if order in ("newest", "oldest") else chance.randrange(1, 60_000)
            wish[chance.choice(["after", "before"])] = f"{begin}_{chance.randrange(10**6)}"
        yield wish
