"""The outlook on screen and as a file, and the worked example that the documents give of it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session as OrmSession

from tracker.domain.outlook import outlook
from tracker.domain.policy import Role
from tracker.store.outlook import outlook_facts
from tracker.store.session import open_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask.testing import FlaskClient

    from tracker.domain.outlook import Outlook

    SignIn = Callable[[Role], FlaskClient]

PAGE = Path(__file__).parents[2] / "docs" / "outlook.md"
TODAY, FEBRUARY = date(2026, 1, 15), date(2026, 2, 1)
SPACE = "\N{NO-BREAK SPACE}"


def cents(written: str) -> int:
    return int(written.replace("−", "-").replace(",", "").replace(".", ""))


def rows_below(heading: str) -> list[list[str]]:
    """The cells of the table below a heading of the page, without its head."""
    rest = PAGE.read_text("utf-8").partition(f"### {heading}\n")[2].partition("\n#")[0]
    lines = [line for line in rest.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def steps_below(heading: str) -> dict[str, int]:
    return {name: cents(amount) for name, amount in rows_below(heading)}


def divided(whole: int, weights: list[int]) -> list[int]:
    """Largest remainder, written out once more: the earlier of equals first."""
    parts = [whole * weight // sum(weights) for weight in weights]
    lost = [(whole * weight % sum(weights), -at) for at, weight in enumerate(weights)]
    for _, at in sorted(lost, reverse=True)[: whole - sum(parts)]:
        parts[-at] += 1
    return parts


@pytest.fixture
def sample(sample_url: str) -> Iterator[OrmSession]:
    engine = open_engine(sample_url)
    with OrmSession(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def made(sample: OrmSession) -> Outlook:
    (facts,) = outlook_facts(sample, TODAY).values()
    return outlook(facts)


def forecast_of(sample: OrmSession) -> list[tuple[str, str, date, int]]:
    """The newest forecast, read from its tables."""
    rows = sample.execute(
        text(
            "SELECT w.code, c.code, l.quarter, l.amount FROM forecast_line l"
            " JOIN work_package w ON w.id = l.work_package_id"
            " JOIN cost_category c ON c.id = l.category_id"
            " WHERE l.forecast_id = (SELECT max(id) FROM forecast)"
        )
    )
    return [(wp, cat, date.fromisoformat(str(day)), amount) for wp, cat, day, amount in rows]


def test_what_the_example_says_of_february_follows_from_the_forecast(
    sample: OrmSession, made: Outlook
) -> None:
    quarter = {(w, c): a for w, c, day, a in forecast_of(sample) if day == date(2026, 1, 1)}
    *rows, whole = rows_below("What UL-2 pays in February")
    assert {(row[0], row[1]) for row in rows} == {k for k in quarter if k[0] in ("WP3", "WP5")}
    weights = {"WP3": [45, 35, 20], "WP5": [40, 60]}
    for package, category, told, february, parts, paid, refused in rows:
        month = divided(quarter[package, category], [1, 1, 1])[1]
        share = divided(month, weights[package])[0]
        allowed = category in ("personnel", "materials")
        assert cents(told) == quarter[package, category]
        assert cents(february) == month
        assert int(parts) == weights[package][0]
        assert (cents(paid), cents(refused)) == ((share, 0) if allowed else (0, share))
    assert cents(whole[5]) == sum(cents(row[5]) for row in rows)
    assert cents(whole[6]) == sum(cents(row[6]) for row in rows)

    one = next(each for each in made.by_commitment if each.commitment.code == "UL-2")
    assert one.charged[made.months.index(FEBRUARY)].cents == cents(whole[5])


def expected_of_ul2(sample: OrmSession) -> dict[tuple[int, bool], int]:
    """What UL-2 pays by year, and whether it is personnel, worked out once more."""
    weights = {"WP3": [45, 35, 20], "WP5": [40, 60]}
    found: dict[tuple[int, bool], int] = {}
    for package, category, quarter, amount in forecast_of(sample):
        if package not in weights or category not in ("personnel", "materials"):
            continue
        for at, month in enumerate(divided(amount, [1, 1, 1])):
            part = divided(month, [14, 17])[1] if quarter.month + at == 1 else month
            share = divided(part if quarter.year == 2026 else month, weights[package])[0]
            key = (quarter.year, category == "personnel")
            found[key] = found.get(key, 0) + share
    return found


def test_what_the_example_says_is_left_follows_from_the_forecast(
    sample: OrmSession, made: Outlook
) -> None:
    told, found = steps_below("What UL-2 leaves unspent"), expected_of_ul2(sample)
    personnel = found[2026, True] + found[2027, True]
    assert told == {
        "committed": 90_000_000,
        "− charged until today": 0,
        "− expected in 2026, from 15 January on": found[2026, True] + found[2026, False],
        "− expected in 2027": found[2027, True] + found[2027, False],
        "− overhead, 10% of the personnel in it": (personnel + 5) // 10,
        "= left on 31 December 2027": 90_000_000
        - sum(paid for (year, _), paid in found.items() if year < 2028)
        - (personnel + 5) // 10,
    }
    one = next(each for each in made.by_commitment if each.commitment.code == "UL-2")
    assert one.left.cents == told["= left on 31 December 2027"]
    assert one.lapse
    assert one.lapse.act_by == date(2027, 12, 31) - timedelta(weeks=13) == date(2027, 10, 1)


def test_the_cash_of_the_example_adds_up_and_is_that_of_the_outlook(made: Outlook) -> None:
    at = made.months.index(FEBRUARY)
    one = next(each for each in made.by_commitment if each.commitment.code == "UL-2")
    before, came, paid, after = steps_below("The cash of UL-2 in February").values()
    assert before + came - paid == after
    assert [one.cash[at - 1], one.received[at], one.charged[at], one.cash[at]] == [
        type(one.left)(amount) for amount in (before, came, paid, after)
    ]

    spending, covered, nobody, before, came, paid, after = steps_below("All of February").values()
    assert spending == covered + nobody
    assert before + came - paid == after
    assert paid == covered
    assert (made.spending[at].cents, made.uncovered[at].cents) == (spending, nobody)
    assert (made.cash[at - 1].cents, made.receipts[at].cents) == (before, came)
    assert made.cash[at].cents == after


def test_the_page_says_the_figures_of_the_outlook(sign_in: SignIn, made: Outlook) -> None:
    page = sign_in(Role.DIRECTOR).get("/outlook?quarter=2026-Q1").text
    assert f"{made.cash_now.as_decimal:,.2f}" in page
    assert f"€{SPACE}{made.lapsing.as_decimal:,.2f} of it will not be spent by then" in page
    assert "/outlook/months/2026-02" in page
    assert "/outlook/months/2026-05" not in page  # only the quarter that is open
    assert f"{made.gap.as_decimal:,.2f}" in page
    assert "12.3 months" in page


def test_the_page_speaks_dutch(sign_in: SignIn) -> None:
    page = sign_in(Role.CONTROLLER).get("/outlook").text
    assert "Vooruitblik" in page
    assert "12,3 maanden" in page


def test_a_month_opens_to_what_it_is_made_of(sign_in: SignIn) -> None:
    page = sign_in(Role.AUDITOR).get("/outlook/months/2026-02").text
    for amount in ("31,666.67", "26,583.33", "183,838.72", "760,968.20"):
        assert amount in page
    for wrong in ("2026-13", "soon", "2051-01"):
        assert sign_in(Role.AUDITOR).get(f"/outlook/months/{wrong}").status_code == 404


def test_a_commitment_opens_to_its_lines(sign_in: SignIn) -> None:
    client = sign_in(Role.AUDITOR)
    page = client.get("/outlook/UL-2?year=2026").text
    for amount in ("900,000.00", "44,920.43", "269,084.96", "306,994.61", "14,250.00"):
        assert amount in page
    assert "Category not allowed" in page or "category" in page.lower()
    assert client.get("/outlook/HF-P").status_code == 404  # a pledge has no outlook


def test_the_files_hold_what_the_page_shows(sign_in: SignIn, made: Outlook) -> None:
    client = sign_in(Role.FINANCE_OFFICER)
    lines = client.get("/outlook/export.csv").text.splitlines()
    assert len(lines) == 1 + len(made.months) + 1
    assert re.search(r"2026-02,Expected,94166\.67,81250\.00,12916\.67,625000\.00,", lines[62])
    book = openpyxl.load_workbook(BytesIO(client.get("/outlook/export.xlsx").data))
    told = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert {"UL-2", "LUMC-2", "2028"} <= told
