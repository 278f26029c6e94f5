"""The example on the page of every kind of report is what the report says of the same facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from reports import catalogue, consortium, figures, financing_plan, overview
from tests.reports.facts import facts_of
from tests.reports.test_overview import facts_of as overview_of
from tests.reports.test_overview import occasion
from tests.test_docs import rows_below
from tracker.domain.budgets import BudgetLine
from tracker.domain.commitments import Form, Status
from tracker.domain.deadlines import Weeks
from tracker.domain.final_accounts import FinalAccount
from tracker.domain.financing import FinancingFacts, Side, Source
from tracker.domain.labour import RateMethod
from tracker.domain.money import ZERO, Money
from tracker.domain.statement_parts import HoursLine, InKindLine
from tracker.domain.statements import ChargedLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from reports.model import Report
    from tracker.domain.statements import StatementFacts

LINES = (
    ChargedLine("2023 INK 1/1", date(2023, 1, 5), None, "", "", "Reagents",
                "materials", "WP3", "4200", 501_00, 250_50),
    ChargedLine("2023 INK 2/1", date(2023, 3, 1), None, "", "", "Salaries",
                "personnel", "WP3", "4000", 200_00, 100_00),
    ChargedLine("2023 INK 3/2", date(2023, 4, 1), None, "", "", "Credit note",
                "travel", "WP4", "4600", -40_50, -20_25),
)  # fmt: skip
FINAL = FinalAccount(
    Money(1_500_000_00),
    weeks=Weeks(13, 22, 6),
    requested_on=date(2026, 3, 31),
    auditor_from=Money(125_000_00),
    advance_limit=Money(1_000_800_00),
)
HOURS = (
    HoursLine("P-007", date(2023, 1, 1), "WP1", RateMethod.WAGE_SURCHARGE, Decimal("412.5"),
              Decimal("41.4545"), Money(25_650_00), Money(25_650_00)),
    HoursLine("P-008", date(2023, 2, 1), "WP1", RateMethod.DAY_RATE, Decimal(12),
              Decimal(400), Money(4_800_00), Money(2_400_00)),
)  # fmt: skip


def contributed(partner: str, hours: str, *, is_signed: bool = True) -> InKindLine:
    value = Money.euros(Decimal(hours) * 60)
    return InKindLine(
        f"2023 {partner}", partner, date(2023, 5, 2), "WP3", "Assay", Decimal(hours), Decimal(60),
        value, value, date(2024, 1, 9) if is_signed else None,
    )  # fmt: skip


def facts() -> StatementFacts:
    return replace(
        facts_of(language="en", lines=lambda: iter(LINES)),
        final=FINAL,
        hours=HOURS,
        contributions=(
            contributed("Biomaterials BV", "320"),
            contributed("Kapsel & Cel NV", "7.5"),
            contributed("Kapsel & Cel NV", "10.25", is_signed=False),
        ),
    )


def promised(funder: str, side: Side, euros: int, status: Status = Status.AWARDED) -> Source:
    return Source(funder, funder, "", side, Form.CASH, status, Money(euros * 100))


def plan() -> Report:
    known = FinancingFacts(
        Money(1_000_000_00),
        (
            promised("A", Side.PUBLIC, 600_000),
            promised("B", Side.PUBLIC, 250_000, Status.CONDITIONAL),
            promised("C", Side.PRIVATE, 50_000, Status.PLEDGE),
        ),
        in_kind_signed=Money(19_200_00),
        in_kind_unsigned=Money(615_00),
    )
    planned = (BudgetLine("personnel", "WP1", 2024, Money(1_000_000_00)),)
    return financing_plan.build(known, planned, (), occasion("en"))


def groups() -> Report:
    known = FinancingFacts(
        None,
        (
            promised("A", Side.PUBLIC, 350_000),
            promised("B", Side.PUBLIC, 150_000),
            promised("C", Side.OWN, 200_000),
            promised("D", Side.OWN, 100_000),
            promised("E", Side.PRIVATE, 100_000),
            promised("F", Side.PRIVATE, 100_000, Status.CONDITIONAL),
        ),
    )
    return consortium.build(overview_of(), known, occasion("en"))


def of_commitment(slug: str) -> Callable[[], Report]:
    return lambda: catalogue.laid_out(slug, facts())


EXAMPLES: dict[str, tuple[Callable[[], Report], str]] = {
    "final_statement": (of_commitment("final_statement"), "settlement"),
    "cost_list": (of_commitment("cost_list"), "by_category"),
    "milestones": (of_commitment("milestones"), "progress"),
    "receipts": (of_commitment("receipts"), "figures"),
    "in_kind": (of_commitment("in_kind"), "by_partner"),
    "hours": (of_commitment("hours"), "by_person"),
    "financing_plan": (plan, "figures"),
    "consortium": (groups, "sources"),
    "overview": (lambda: overview.build(overview_of(), occasion("en")), "figures"),
}
OWN_TESTS = {"statement"}


def test_every_kind_of_report_has_an_example() -> None:
    assert set(EXAMPLES) == set(catalogue.CATALOGUE) - OWN_TESTS


@pytest.mark.parametrize("slug", EXAMPLES)
def test_the_example_is_what_the_report_says(slug: str) -> None:
    build, key = EXAMPLES[slug]
    section = build().section(key)
    rows = [*section.rows, *([section.totals] if section.totals else [])]
    told = [[figures.as_text(cell, "en") for cell in row] for row in rows]
    assert rows_below(f"reports/{slug}.md", "An example") == told


def test_a_final_statement_without_what_it_rests_on_is_not_made() -> None:
    with pytest.raises(ValueError, match="rests on"):
        catalogue.laid_out("final_statement", replace(facts(), final=None))


def test_what_was_determined_is_settled_whatever_was_claimed() -> None:
    known = facts()
    determined = replace(known.commitment, determined=Money(700_000_00))
    decided = replace(FINAL, determined_on=date(2026, 6, 1), claimed=Money(778_820_06))
    report = catalogue.laid_out(
        "final_statement", replace(known, commitment=determined, final=decided)
    )
    told = {row[0]: row[1] for row in report.section("settlement").rows}
    assert told["Settlement"] == Money(-50_000_50)
    assert (told["To receive"], told["To repay"]) == (ZERO, Money(50_000_50))
    assert [row[3] for row in report.section("steps").rows] == [
        date(2026, 4, 1), date(2026, 9, 1), date(2026, 7, 13),
    ]  # fmt: skip


def test_an_award_in_kind_is_not_settled_in_money() -> None:
    known = replace(facts_of(language="en", form=Form.IN_KIND), final=FINAL)
    report = catalogue.laid_out("final_statement", known)
    assert "receipts" not in {section.key for section in report.sections}
    assert "To receive" not in {row[0] for row in report.section("settlement").rows}


def test_a_report_over_part_of_a_commitment_says_that_it_is_not_final() -> None:
    known = facts()
    note = catalogue.laid_out("final_statement", known).section("settlement").note
    assert "Not final: the commitment runs until 31 Dec 2025." in note
    ended = replace(known.commitment, period=replace(known.commitment.period,
                                                     last_day=known.period.last_day))  # fmt: skip
    whole = catalogue.laid_out("final_statement", replace(known, commitment=ended))
    assert "Not final" not in whole.section("settlement").note
