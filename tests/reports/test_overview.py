"""The programme overview: page, workbook, PDF and JSON tell the same figures.

The oracle works from the facts below, with its own arithmetic and its own way of writing figures.
"""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from reports import catalogue
from reports.occasion import Occasion
from reports.overview import build
from reports.to_html import to_html
from reports.to_json import to_json
from reports.to_pdf import to_pdf
from reports.to_xlsx import to_xlsx
from tests.actions.programme import load
from tests.reports.programs import recalculated, text_of
from tests.reports.test_three_faces import (
    Tables,
    formulas_of,
    rows_by_openpyxl,
    squeezed,
    written,
)
from tests.web.test_charts import commitment
from tracker.domain.cash_ahead import CashAhead
from tracker.domain.commitments import Status
from tracker.domain.errors import NotFoundError, Sentence
from tracker.domain.headlines import Dated, Headline, Measure
from tracker.domain.milestones import Milestone, Move
from tracker.domain.money import Money
from tracker.domain.overview import OverviewFacts, ProjectOverview, Spending
from tracker.domain.overview_decisions import Decision, Subject

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

TODAY = date(2026, 1, 15)
YEAR_AGO = date(2025, 1, 31)
# Cents, as the oracle knows them.
COMMITTED = {"Growth Fund": 11_000_000_00, "Province": 2_000_000_50}
CONDITIONAL = 900_000_00
NOW = {
    Measure.COMMITTED: sum(COMMITTED.values()),
    Measure.RECEIVED: 17_575_000_00,
    Measure.CHARGED: 17_663_644_33,
    Measure.AT_RISK: 750_000_01,
    Measure.GAP: -4_230_000_00,
}
CHANGES = {
    Measure.COMMITTED: 500_000_00,
    Measure.RECEIVED: 0,
    Measure.CHARGED: 1_797_791_43,
    Measure.AT_RISK: -25,
    Measure.GAP: 330_000_00,
}
AT_RISK = {"M1": 720_000_00, "": 30_000_01}
SPENT = {"WP1": (8_700_000_00, 6_919_086_87, 7_000_000_10), "WP2": (100_00, 250_00, None)}
CASH = (1_825_411_20, -197_806_43, 64_394_45)
LAPSE = 269_084_96
WHAT = "M1 <late> & £"


def facts_of(code: str = "NECST", *, key: int = 7) -> OverviewFacts:
    commitments = [
        commitment(name, Status.AWARDED, cents, at)
        for at, (name, cents) in enumerate(COMMITTED.items())
    ]
    commitments.append(commitment("Europe", Status.CONDITIONAL, CONDITIONAL, 9))
    months = (date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1))
    late = Milestone("M1", "Built", "WP1", 10, date(2025, 1, 1),
                     (Move(date(2025, 2, 1), date(2025, 12, 31), "Late air"),), None,
                     project_id=key)  # fmt: skip
    project = ProjectOverview(
        id=key,
        code=code,
        name="Pilot facility",
        commitments=tuple(commitments),
        milestones=(late, replace(late, code="M2", moves=(), met_on=date(2024, 12, 30))),
        headlines=tuple(
            Headline(one, Money(NOW[one]), (YEAR_AGO, TODAY),
                     (Money(NOW[one] - CHANGES[one]), Money(NOW[one])))
            for one in Measure
        ),
        at_risk={code: Money(cents) for code, cents in AT_RISK.items()},
        lapse=Money(LAPSE),
        cash=CashAhead(months, tuple(map(Money, CASH)), Dated(date(2026, 1, 31), Money(CASH[1]))),
    )  # fmt: skip
    what = Sentence("{code} holds back {amount}.", {"code": WHAT, "amount": Money(720_000_00)})
    decision = Decision(
        Subject.MILESTONE, "late", what, Money(720_000_00), date(2026, 3, 1), key, "M1"
    )
    spending = tuple(
        Spending(
            name, "Work", Money(spent), None if at_end is None else Money(at_end), Money(whole)
        )
        for name, (whole, spent, at_end) in SPENT.items()
    )
    return OverviewFacts(TODAY, (project,), (decision,), spending)


def occasion(language: str) -> Occasion:
    return Occasion(
        "NECST", "Pilot facility", language, TODAY,
        "D. Director", "118-3fa9c07d21be", "Fictitious amounts.",
    )  # fmt: skip


def kept(session: Session, language: str) -> Occasion:
    return catalogue.occasion_of(session, made_on=TODAY, author="A. Tester", language=language)


LANGUAGES = pytest.mark.parametrize("language", ["nl", "en"])


@LANGUAGES
def test_the_page_tells_every_figure(language: str) -> None:
    tables = Tables(to_html(build(facts_of(), occasion(language)))).rows
    told = tables["figures"][1:]
    for row, measure in zip(told, Measure, strict=False):
        ago = NOW[measure] - CHANGES[measure]
        figures = (NOW[measure], ago, CHANGES[measure])
        assert row[1:4] == [written(cents, language) for cents in figures]
    assert told[5][1:4] == [written(LAPSE, language), "", ""]
    assert told[6][1:4] == [written(CASH[1], language), "", ""]
    assert [row[-1] for row in tables["at_risk"][1:]] == [
        written(cents, language) for cents in (*AT_RISK.values(), sum(AT_RISK.values()))
    ]
    assert [row[1] for row in tables["cash"][1:]] == [written(cents, language) for cents in CASH]
    (decision,) = tables["decisions"][1:]
    assert decision[-1] == written(720_000_00, language)
    assert WHAT in decision[3]


@LANGUAGES
def test_the_page_tells_who_pays_and_what_is_spent(language: str) -> None:
    tables = Tables(to_html(build(facts_of(), occasion(language)))).rows
    whole = sum(COMMITTED.values()) + CONDITIONAL
    *parts, total = tables["sources"][1:]
    amounts = [*COMMITTED.values(), CONDITIONAL]
    assert [row[2] for row in parts] == [written(cents, language) for cents in amounts]
    assert total[1] == written(whole, language)
    for row, (budget, spent, at_end) in zip(tables["spending"][1:], SPENT.values(), strict=True):
        left = None if at_end is None else budget - at_end
        assert row[1:] == [
            "" if cents is None else written(cents, language)
            for cents in (budget, spent, at_end, left)
        ]
    first, second = tables["milestones"][1:]
    assert [first[0], first[-1], second[0], second[-1]] == ["M1", "364", "M2", "−2"]


def cents_of(value: Any) -> int:
    return round(Decimal(repr(value)) * 100)


def test_the_workbook_tells_every_figure_and_draws_them() -> None:
    workbook = to_xlsx(build(facts_of(), occasion("en")))
    told = rows_by_openpyxl(workbook, 1)
    for row, measure in zip(told, Measure, strict=False):
        assert cents_of(row[1]) == NOW[measure]
        assert cents_of(row[3]) == CHANGES[measure]
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    assert book.sheetnames == [
        "Cover", "Figures", "What is to be decided", "Money at risk", "Funding by source",
        "Budget, spending and forecast b", "Cash on hand", "Milestones over the years", "Checks",
    ]  # fmt: skip
    drawn = [len(sheet._charts) for sheet in book.worksheets]  # type: ignore[attr-defined]
    assert drawn == [0, 0, 0, 0, 1, 1, 1, 1, 0]


@pytest.mark.libreoffice
def test_a_program_that_calculates_comes_to_the_same_values(tmp_path: Path) -> None:
    workbook = to_xlsx(build(facts_of(), occasion("en")))
    told, found = formulas_of(workbook), formulas_of(recalculated(workbook, tmp_path))
    assert set(found) == set(told)
    assert told["Figures", "B5"][0] == "='Funding by source'!C5+'Funding by source'!C6"
    assert told["Figures", "B8"][0] == "='Money at risk'!C7"
    for place, (formula, value) in told.items():
        assert cents_of(found[place][1]) == cents_of(value), (place, formula)


@LANGUAGES
def test_the_pdf_tells_every_figure_and_draws_them(language: str) -> None:
    printed = squeezed("".join(text_of(to_pdf(to_html(build(facts_of(), occasion(language)))))))
    spent = [cents for row in SPENT.values() for cents in row if cents is not None]
    for cents in (*NOW.values(), *CHANGES.values(), *AT_RISK.values(), *spent, *CASH, LAPSE):
        assert written(cents, language) in printed
    drawn = {
        "en": ("364 days later · 15 days late", "lowest: −€ 197,806.43, Jan 2026"),
        "nl": ("364 dagen later · 15 dagen te laat", "laagste stand: −€ 197.806,43, jan 2026"),
    }[language]
    for words in drawn:
        assert squeezed(words) in printed


def test_json_tells_every_figure_exactly() -> None:
    told = json.loads(to_json(build(facts_of(), occasion("en"))))
    sections = {section["key"]: section for section in told["sections"]}
    figures = sections["figures"]["rows"]
    assert [row[1]["cents"] for row in figures] == [*NOW.values(), LAPSE, CASH[1]]
    assert [row[1]["cents"] for row in sections["cash"]["rows"]] == list(CASH)
    assert sections["decisions"]["rows"][0][0] == "2026-03-01"
    assert told["as_of"] == "2026-01-15"


def test_what_is_committed_ties_to_its_sources() -> None:
    facts = facts_of()
    (project,) = facts.projects
    wrong = replace(
        project, headlines=(replace(project.headlines[0], amount=Money(1)), *project.headlines[1:])
    )
    with pytest.raises(ValueError, match="but ties to"):
        build(replace(facts, projects=(wrong,)), occasion("en"))


def test_what_is_at_risk_ties_to_what_hangs_on_each_milestone() -> None:
    facts = facts_of()
    (project,) = facts.projects
    wrong = replace(project, at_risk={"M1": Money(1)})
    with pytest.raises(ValueError, match="but ties to"):
        build(replace(facts, projects=(wrong,)), occasion("en"))


def test_several_projects_stand_under_their_codes() -> None:
    one, other = facts_of("ALPHA"), facts_of("BETA", key=8)
    both = replace(
        one,
        projects=(*one.projects, *other.projects),
        decisions=(*one.decisions, *other.decisions),
    )
    report = build(both, occasion("en"))
    assert report.subtitle == "2 projects"
    milestones = report.section("milestones").rows
    assert [row[0] for row in milestones] == ["ALPHA", "ALPHA", "BETA", "BETA"]
    assert [row[2] for row in report.section("decisions").rows] == ["ALPHA", "BETA"]
    assert report.file_stem == "All-projects_overview_2026-01-15"


def test_nothing_is_said_of_what_is_not_known() -> None:
    (project,) = facts_of().projects
    gap = Headline(Measure.GAP, None)
    bare = replace(
        project,
        commitments=(),
        milestones=(),
        at_risk={},
        cash=None,
        lapse=None,
        headlines=(*project.headlines[:4], gap),
    )
    report = build(OverviewFacts(TODAY, (bare,)), occasion("en"))
    assert [section.key for section in report.sections] == ["figures", "decisions"]
    assert report.charts == ()
    assert list(report.section("figures").rows)[4][1:4] == (None, None, None)


def test_a_file_is_named_after_the_project_and_the_day() -> None:
    report = build(facts_of("A/B"), occasion("en"))
    assert report.file_stem == "A-B_overview_2026-01-15"


def test_it_is_made_of_what_is_kept_in_the_language_of_who_reads_it(session: Session) -> None:
    load(session)
    made = {
        language: catalogue.make_of_project(session, "overview", kept(session, language))
        for language in ("en", "nl")
    }
    assert made["en"].title == "Programme overview"
    assert made["nl"].title == "Programmaoverzicht"
    for report in made.values():
        assert [chart.name for chart in report.charts][:1] == ["sources"]
        assert report.author == "A. Tester"


@pytest.mark.parametrize("slug", ["statement", "absent"])
def test_a_report_of_a_commitment_is_none_of_the_project(session: Session, slug: str) -> None:
    load(session)
    with pytest.raises(NotFoundError):
        catalogue.make_of_project(session, slug, kept(session, "en"))
