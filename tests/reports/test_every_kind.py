"""Every other kind of report ties to the tables, on every face, in the language of its reader."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from reports import catalogue
from tests.actions.closing import close_until
from tests.actions.issued import issue
from tests.actions.programme import OFFICER, load
from tests.conftest import closing_engine
from tests.reports import faces, sums_by_kind, sums_of_project
from tests.reports.programs import recalculated_all, text_of
from tests.reports.sums import Books, Sections
from tests.reports.test_three_faces import formulas_of
from tracker.actions import (
    allocations,
    budgets,
    contributions,
    determination,
    forecasts,
    terms,
    worked,
)
from tracker.domain.budgets import BudgetLine, NewBudget
from tracker.domain.contributions import NewDeclaration
from tracker.domain.determination import Request
from tracker.domain.forecasts import ForecastLine, NewForecast
from tracker.domain.money import Money
from tracker.domain.periods import period_named
from tracker.domain.terms import DatedTerm
from tracker.domain.worked import NewHours
from tracker.store.commitments import commitment_named
from tracker.store.kept_facts import facts_in, kept
from tracker.store.report_chain import carried_on
from tracker.store.statements import facts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from reports.model import Report
    from tests.conftest import Databases, SqliteFiles

TODAY = date(2026, 6, 30)
LETTER = ("letter.pdf", "application/pdf", b"%PDF-1.7 signed")
ORACLES = sums_by_kind.ORACLES | sums_of_project.ORACLES
OWN_TESTS = {"statement"}
WITHOUT_SUMS = {
    "checks": "they are nil, which is looked at on every face",
    "declaration": "it holds names and a day",
    "decisions": "what is to be decided is worked out in tests/domain/test_overview_decisions.py",
}
OF_COMMITMENT = [
    slug for slug, kind in catalogue.CATALOGUE.items() if slug in ORACLES and kind.of_commitment
]
OF_PROJECT = [
    slug for slug, kind in catalogue.CATALOGUE.items() if slug in ORACLES and kind.of_project
]
CASES = [
    (slug, code, year)
    for slug in OF_COMMITMENT
    for code, year in (("NGF-1", 2023), ("RMX-K", 2023), ("LUMC-1", 2022))
]
ON_EVERY_FACE = [case for case in CASES if case[1] != "LUMC-1"]
TERMS = {
    "rate_method": "wage_surcharge",
    "hours_basis": "1650",
    "wage_surcharge": "50",
    "advance_ceiling_percent": "90",
    "retention_share": "12.5",
    "determination_weeks": "13",
    "decision_weeks": "22",
    "payment_weeks": "6",
    "auditor_threshold": "125000.00",
    "private_minimum": "7.5",
    "research_minimum": "33.3",
}
HOURS = NewHours(
    person="P-007",
    first_day=date(2023, 1, 1),
    last_day=date(2023, 3, 31),
    time=Decimal("412.5"),
    programme_id=0,
    category="personnel",
    work_package="WP1",
    description="Process development",
    annual_cost=Money.euros("68400"),
)
FORECAST_ON = date(2025, 6, 30)
AHEAD = NewForecast(
    date(2025, 4, 1),
    "more people",
    (
        ForecastLine("WP3", "personnel", date(2025, 4, 1), Money(123_456_78)),
        ForecastLine("WP3", "travel", date(2025, 10, 1), Money(1_000_01)),
    ),
    (),
    0,
)


def write_all(session: Session) -> None:
    """Add to a case what it has none of: a plan, a forecast, hours, a signature and so on."""
    load(session)
    write_down(session)


def write_down(session: Session) -> None:
    set_plan(session)
    forecasts.make(session, AHEAD, today=FORECAST_ON, by=OFFICER)
    key = commitment_named(session, "NGF-1").programme_id
    session.rollback()
    for code, value in TERMS.items():
        terms.change_term(
            session, key, DatedTerm(code, "", value, date(2020, 1, 1), "the award"), by=OFFICER
        )
    for person, month, package in (("P-007", 2, "WP1"), ("P-008", 3, "WP1"), ("P-007", 5, "WP3")):
        days = {"first_day": date(2023, month, 1), "last_day": date(2023, month, 28)}
        new = replace(HOURS, programme_id=key, person=person, work_package=package,
                      time=Decimal("100.25"), **days)  # fmt: skip
        worked.enter(session, new, LETTER, today=TODAY, by=OFFICER)
    signed = NewDeclaration("Kapsel & Cel NV", date(2023, 1, 1), date(2023, 6, 30),
                            "fixed rate", "K.", date(2024, 1, 9))  # fmt: skip
    contributions.declare(session, signed, LETTER, today=TODAY, by=OFFICER)
    asked = Request(date(2026, 3, 1), Money.euros("750000.55"))
    determination.request(session, "NGF-1", asked, today=TODAY, by=OFFICER)
    allocations.charge(session, by=OFFICER)
    close_until(session, date(2022, 12, 31))
    late = replace(HOURS, programme_id=key, person="P-009", first_day=date(2022, 5, 1),
                   last_day=date(2022, 5, 31), time=Decimal(40))  # fmt: skip
    worked.enter(session, late, LETTER, today=TODAY, by=OFFICER)
    allocations.charge(session, by=OFFICER)


def set_plan(session: Session) -> None:
    lines = [
        BudgetLine(category, package, year, Money(cents))
        for category, package, year, cents in (
            ("personnel", "WP1", 2023, 9_000_000_01),
            ("materials", "WP1", 2024, 7_500_000_00),
            ("equipment", "WP2", 2023, 12_500_000_50),
        )
    ]
    new = NewBudget(date(2024, 2, 1), "the plan", tuple(lines), 0)
    session.rollback()
    budgets.plan(session, new, today=TODAY, by=OFFICER)


@pytest.fixture(scope="module")
def engine_of_all(sqlite_files: SqliteFiles) -> Iterator[Engine]:
    with sqlite_files.copy_of("every_kind", write_all) as url, closing_engine(url) as engine:
        yield engine


@pytest.fixture
def engine_of_each(databases: Databases) -> Iterator[Engine]:
    """The same on each kind of database, for one test that may spoil it."""
    with databases.copy_of("every_kind", write_all) as url, closing_engine(url) as engine:
        yield engine


def made(session: Session, slug: str, code: str, year: int) -> Report:
    period = period_named(str(year))
    return catalogue.make(session, slug, code, period, made_on=TODAY, author="A. Tester")


def made_of_project(session: Session, slug: str, language: str) -> Report:
    found = catalogue.occasion_of(session, made_on=TODAY, author="A. Tester", language=language)
    return catalogue.make_of_project(session, slug, found)


def check(report: Report, expected: Sections) -> None:
    told = {face: catalogue.to_format(report, face) for face in catalogue.FACES}
    faces.check_every_face(told, text_of(told["pdf"]), expected, report.language)


def books_of(engine: Engine, code: str, year: int) -> Books:
    return Books(engine, code, date(year, 1, 1), date(year, 12, 31))


def books_of_project(engine: Engine, language: str) -> Books:
    books = Books(engine, "NGF-1", TODAY, TODAY)
    books.language = language
    return books


def test_every_kind_of_report_has_sums_of_its_own() -> None:
    assert set(ORACLES) == set(catalogue.CATALOGUE) - OWN_TESTS


@pytest.mark.parametrize("slug", [*OF_COMMITMENT, *OF_PROJECT])
def test_every_section_is_compared_with_the_tables(engine_of_all: Engine, slug: str) -> None:
    with Session(engine_of_all) as session:
        if slug in OF_PROJECT:
            told = [(made_of_project(session, slug, "en"), books_of_project(engine_of_all, "en"))]
        else:
            told = [
                (made(session, slug, code, year), books_of(engine_of_all, code, year))
                for _slug, code, year in CASES
                if _slug == slug
            ]
    for report, books in told:
        keys = {section.key for section in report.sections}
        sums = set(ORACLES[slug](books))
        assert keys - sums <= set(WITHOUT_SUMS), "a section that nothing is compared with"
        assert sums <= keys, "what the tables say is not told"


@pytest.mark.parametrize(("slug", "code", "year"), ON_EVERY_FACE)
def test_a_report_of_a_commitment_ties_on_every_face(
    engine_of_all: Engine, slug: str, code: str, year: int
) -> None:
    with Session(engine_of_all) as session:
        check(made(session, slug, code, year), ORACLES[slug](books_of(engine_of_all, code, year)))


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("slug", OF_PROJECT)
def test_a_report_of_the_project_ties_on_every_face(
    engine_of_all: Engine, slug: str, language: str
) -> None:
    books = books_of_project(engine_of_all, language)
    with Session(engine_of_all) as session:
        check(made_of_project(session, slug, language), ORACLES[slug](books))


def test_the_books_of_these_tests_have_everything_that_is_told(engine_of_all: Engine) -> None:
    books = books_of(engine_of_all, "NGF-1", 2023)
    assert len(ORACLES["hours"](books)["by_person"][0]) > 1
    assert books.adjusted()
    assert {"audit", "milestones"} <= set(ORACLES["final_statement"](books))
    of_project = books_of_project(engine_of_all, "en")
    assert len(ORACLES["financing_plan"](of_project)["rules"][0]) > 1
    assert {"spending", "at_risk"} <= set(ORACLES["overview"](of_project))
    partners = ORACLES["in_kind"](books_of(engine_of_all, "RMX-K", 2023))["by_partner"]
    signed, unsigned = partners[1][2:4]
    assert signed.cents > 0 < unsigned.cents


def test_every_database_gives_the_same_reports(engine_of_each: Engine) -> None:
    with Session(engine_of_each) as session:
        for slug, code, year in CASES:
            told = json.loads(catalogue.to_format(made(session, slug, code, year), "json"))
            faces.check_json(told, ORACLES[slug](books_of(engine_of_each, code, year)))
        for slug in OF_PROJECT:
            told = json.loads(catalogue.to_format(made_of_project(session, slug, "en"), "json"))
            faces.check_json(told, ORACLES[slug](books_of_project(engine_of_each, "en")))


@pytest.mark.parametrize(
    ("slug", "table"),
    [
        ("cost_list", "allocation"),
        ("receipts", "receipt"),
        ("final_statement", "receipt"),
        ("financing_plan", "budget"),
        ("consortium", "budget"),
        ("overview", "receipt"),
    ],
)
def test_a_flipped_cent_in_the_books_is_noticed(
    engine_of_each: Engine, slug: str, table: str
) -> None:
    engine = engine_of_each
    with Session(engine) as session:
        report = (
            made(session, slug, "NGF-1", 2023)
            if slug in OF_COMMITMENT
            else made_of_project(session, slug, "en")
        )
        told = json.loads(catalogue.to_format(report, "json"))
    books = books_of_project(engine, "en")
    if slug in OF_COMMITMENT:
        books = books_of(engine, "NGF-1", 2023)
    faces.check_json(told, ORACLES[slug](books))
    flip_a_cent(engine, table)
    with pytest.raises(AssertionError):
        faces.check_json(told, ORACLES[slug](books))


def flip_a_cent(engine: Engine, table: str) -> None:
    """Add a cent to a row, past the guard that keeps rows as they were written."""
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text(f"DROP TRIGGER {table}_no_update"))
        else:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        rows = {
            "budget": "budget t JOIN budget_version v ON v.id = t.version_id"
            " WHERE v.commitment_id IS NULL",
            "receipt": "receipt t JOIN commitment c ON c.id = t.commitment_id"
            " WHERE c.code = 'NGF-1'",
            "allocation": "allocation t JOIN commitment c ON c.id = t.commitment_id"
            " JOIN cost_line l ON l.id = t.cost_line_id"
            " WHERE c.code = 'NGF-1' AND l.incurred_on BETWEEN '2023-01-01' AND '2023-12-31'",
        }[table]
        first = f"SELECT MIN(t.id) FROM {rows}"
        done = connection.execute(
            text(f"UPDATE {table} SET amount = amount + 1 WHERE id = ({first})")
        )
        assert done.rowcount == 1


@pytest.fixture(scope="module")
def worked_out_again(
    engine_of_all: Engine, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, tuple[Report, bytes, bytes]]:
    """The workbook of every kind, in Dutch, as it is made and as LibreOffice works it out."""
    reports = {}
    with Session(engine_of_all) as session:
        for slug in OF_COMMITMENT:
            reports[slug] = made(session, slug, "RMX-K" if slug == "in_kind" else "NGF-1", 2023)
        for slug in OF_PROJECT:
            reports[slug] = made_of_project(session, slug, "nl")
        workbooks = {slug: catalogue.to_format(one, "xlsx") for slug, one in reports.items()}
    again = recalculated_all(workbooks, tmp_path_factory.mktemp("worked_out"))
    return {slug: (reports[slug], workbooks[slug], again[slug]) for slug in workbooks}


@pytest.mark.libreoffice
@pytest.mark.parametrize("slug", [*OF_COMMITMENT, *OF_PROJECT])
def test_a_program_that_calculates_comes_to_the_same_values(
    worked_out_again: dict[str, tuple[Report, bytes, bytes]], slug: str, engine_of_all: Engine
) -> None:
    report, workbook, again = worked_out_again[slug]
    told, found = formulas_of(workbook), formulas_of(again)
    assert set(found) == set(told)
    for place, (formula, value) in told.items():
        if isinstance(value, int | float):
            off = Decimal(repr(found[place][1])) - Decimal(repr(value))
            assert abs(off) < Decimal("1e-6"), (place, formula)
    books = books_of_project(engine_of_all, "nl")
    if slug in OF_COMMITMENT:
        books = books_of(engine_of_all, "RMX-K" if slug == "in_kind" else "NGF-1", 2023)
    said = json.loads(catalogue.to_format(report, "json"))
    faces.check_workbook(faces.values_by_openpyxl(again), said, ORACLES[slug](books))


@pytest.mark.parametrize("slug", OF_COMMITMENT)
def test_kept_facts_give_the_same_report_again(engine_of_all: Engine, slug: str) -> None:
    """What is issued can be made again from its facts alone, to the byte."""
    with Session(engine_of_all) as session:
        report = made(session, slug, "NGF-1", 2023)
        found = facts_of(session, "NGF-1", period_named("2023"), made_on=TODAY, author="A. Tester")
        again = catalogue.laid_out(slug, facts_in(kept(catalogue.with_final(session, slug, found))))
        for face in ("json", "xlsx"):
            assert catalogue.to_format(again, face) == catalogue.to_format(report, face)


def test_files_of_two_kinds_have_two_names(engine_of_all: Engine) -> None:
    with Session(engine_of_all) as session:
        stems = [made(session, slug, "NGF-1", 2023).file_stem for slug in OF_COMMITMENT]
    assert len(set(stems)) == len(stems)
    assert "NECST_NGF-1_final-statement_2023" in stems


def test_no_other_funder_is_named_to_a_funder_or_a_partner(engine_of_all: Engine) -> None:
    with Session(engine_of_all) as session:
        names = [
            name
            for (name,) in session.execute(
                text("SELECT name FROM funder WHERE name NOT LIKE 'National Growth Fund%'")
            )
        ]
        told = catalogue.to_format(made(session, "final_statement", "NGF-1", 2023), "json").decode()
        partners = catalogue.to_format(made_of_project(session, "consortium", "en"), "json")
        inside = catalogue.to_format(made_of_project(session, "financing_plan", "en"), "json")
    assert names
    assert not [name for name in names if name in told or name in partners.decode()]
    assert all(name in inside.decode() for name in names if "LUMC" in name)


def test_only_a_report_of_costs_is_carried_on(engine: Engine) -> None:
    """A list of hours tells no costs to date, so that no statement can begin where it ends."""
    with Session(engine) as session:
        load(session)
        commitment = commitment_named(session, "NGF-1").id
        issue(session, period="2021", kind="hours")
        assert carried_on(session, commitment, date(2022, 1, 1)) is None
        session.rollback()
        issue(session, period="2021", kind="final_statement")
        earlier = carried_on(session, commitment, date(2022, 1, 1))
        assert earlier is not None
        assert earlier.kind == "final_statement"
