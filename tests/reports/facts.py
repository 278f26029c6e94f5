"""Facts of a statement, made by hand, for tests that look at reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from tracker.domain.allocations import Reason
from tracker.domain.amendments import Amendment
from tracker.domain.commitments import Commitment, Form, Receipt, Status
from tracker.domain.errors import Code, Sentence
from tracker.domain.financing import Side
from tracker.domain.instalments import Instalment
from tracker.domain.labour import RateMethod
from tracker.domain.milestones import Milestone, Move
from tracker.domain.money import Money
from tracker.domain.periods import Period, calendar_year
from tracker.domain.statement_parts import (
    Changed,
    ChangedAmount,
    ChangedTerm,
    ChangeOf,
    HoursLine,
    InKindLine,
    SourceSum,
)
from tracker.domain.statements import (
    CategoryLine,
    ChargedLine,
    Check,
    Earlier,
    NotCharged,
    StatementFacts,
)

HOSTILE = (
    "=SOM(A1)",
    "+31 6 1234",
    "@x",
    "-10%",
    "<b>bold</b> & <script>",
    "\"quoted\" 'single' «»",
    "bell\x07 null\x00 tab\tend",
    "emoji 🧬 and é",
    "\tleading tab",
    " spaces around ",
    "two\nlines",
    "_x0041_ escaped",
    "]]> cdata",
    '=HYPERLINK("http://example.org")',
)  # fmt: skip
CATEGORIES = ("personnel", "third_parties", "materials", "equipment", "construction", "travel")
YEAR = calendar_year(2023)
BUDGETS = (320_000_00, 280_000_00, 150_000_00, 240_000_00, 110_000_00, 12_000_00)
PREVIOUSLY = (190_123_45, 260_500_00, 88_000_01, 240_176_60, 0, -310_25)


def line_of(at: int) -> ChargedLine:
    """Make line number ``at``; every seventh is a credit note, every fifth has a hostile text."""
    day = date(2023, 1, 2) + timedelta(at % 360)
    sign = -1 if at % 7 == 6 else 1
    amount = sign * (20_000 + (at * 7_919) % 400_000)
    text = HOSTILE[at // 5 % len(HOSTILE)] if at % 5 == 0 else f"Delivery {at} of reagents"
    return ChargedLine(
        f"2023 INK {at}/1",
        day,
        None if at % 11 == 0 else day + timedelta(20),
        text if at % 10 == 0 else f"Supplier {at % 40} B.V.",
        f"F{at:06}",
        text,
        CATEGORIES[at % 6],
        f"WP{at % 5 + 1}",
        "4200",
        amount,
        amount * 45 // 100,
    )


def lines_of(count: int) -> Callable[[], Iterator[ChargedLine]]:
    """Make a reader of so many lines, in the order of the statement."""
    made = sorted((line_of(at) for at in range(count)), key=lambda line: line.incurred_on)
    return lambda: iter(made)


def facts_of(
    count: int = 40,
    language: str = "nl",
    form: Form = Form.CASH,
    *,
    with_budget: bool = True,
    checks: tuple[Check, ...] | None = None,
    lines: Callable[[], Iterator[ChargedLine]] | None = None,
    period: Period = YEAR,
) -> StatementFacts:
    """Make the facts of a statement that ties."""
    lines = lines or lines_of(count)
    spent = dict.fromkeys(CATEGORIES, 0)
    for line in lines():
        spent[line.category] += line.charged
    total = Money(sum(spent.values()))
    categories = tuple(
        CategoryLine(
            code, Money(budget) if with_budget else None, Money(before), Money(spent[code])
        )
        for code, budget, before in zip(CATEGORIES, BUDGETS, PREVIOUSLY, strict=True)
    )
    receipts = (
        Receipt(
            date(2021, 6, 3), Money(400_000_00), "Rijksdienst", "NGF-RMXB-2021-07", "reference"
        ),
        Receipt(date(2023, 7, 4), Money(350_000_50), "Rijksdienst", "=termijn 2", "iban"),
    )
    amendments = (
        Amendment(0, date(2021, 4, 9), Money(700_000_00), "award"),
        Amendment(1, date(2022, 7, 1), Money(412_000_00), "conditional part made definitive"),
    )
    charged = Money(sum(PREVIOUSLY)) + total
    return StatementFacts(
        project_code="NECST",
        project_name="Pilot facility for cell and gene therapy",
        note="Fictitious amounts. See README.md for what is public fact.",
        language=language,
        period=period,
        made_on=date(2026, 11, 21),
        author="J. de Vries",
        ledger_state="118-3fa9c07d21be",
        commitment=Commitment(
            id=1,
            code="NGF-1",
            funder_id=1,
            funder="National Growth Fund",
            programme="",
            reference="NGF-RMXB-2021-07",
            status=Status.AWARDED,
            form=form,
            decided_on=date(2021, 4, 9),
            period=Period(date(2021, 4, 9), date(2025, 12, 31)),
            award=Money(700_000_00),
            amount=Money(1_112_000_00),
            received=Money(750_000_50),
            charged=charged,
        ),
        amendments=amendments,
        instalments=(
            Instalment(1, date(2021, 6, 1), Money(400_000_00), "M1"),
            Instalment(2, date(2023, 7, 1), Money(350_000_00), "M2"),
            Instalment(3, date(2024, 7, 1), Money(362_000_00)),
        ),
        categories=categories,
        receipts=receipts,
        milestones=(
            Milestone("M1", "Construction started", "WP1", 10, date(2020, 10, 1),
                      (Move(date(2020, 9, 15), date(2021, 4, 1), "Financing partly secured"),),
                      date(2021, 4, 12)),
            Milestone("M2", "Cleanrooms delivered", "WP1", 20, date(2021, 10, 31),
                      (Move(date(2021, 6, 30), date(2022, 2, 28), "Three extra cleanrooms"),
                       Move(date(2022, 1, 20), date(2022, 5, 15), "Air handling late")),
                      date(2022, 5, 20)),
            Milestone("M6", "First patient batch", "WP3", 20, date(2023, 6, 30),
                      (Move(date(2024, 2, 1), date(2024, 9, 30), "After the period"),),
                      date(2024, 9, 1)),
        ),
        not_charged=(
            NotCharged(Reason.OUTSIDE_PERIOD, 3, Money(1_234_56)),
            NotCharged(Reason.COMMITMENT_EXHAUSTED, 1, Money(-10)),
        ),
        checks=(
            Check(Sentence("Costs by category, this period, and the list of cost lines"),
                  total, total),
        ) if checks is None else checks,
        line_count=sum(1 for _ in lines()),
        lines=lines,
        hours=HOURS,
        contributions=CONTRIBUTIONS,
        sources=(
            SourceSum((Side.PUBLIC,), (form,), Money(1_112_000_00),
                      Money(0) if form is Form.IN_KIND else Money(750_000_50), charged,
                      "NGF-1", "NGF-RMXB-2021-07"),
            SourceSum((Side.PRIVATE, Side.OWN), (Form.CASH, Form.IN_KIND), Money(888_000_00),
                      Money(400_000_00), Money(312_345_67)),
        ),
        threshold=Decimal("0.25"),
        ordered=Money(84_000_00),
        own_required=Money(1_359_111_11),
        own_spent=Money(951_891_18),
    )  # fmt: skip


HOURS = (
    HoursLine("P-07", date(2023, 3, 1), "WP3", RateMethod.WAGE_SURCHARGE, Decimal("412.5"),
              Decimal("41.4545"), Money(25_650_00), Money(11_542_50)),
    HoursLine("=P-08", date(2023, 4, 1), "WP4", RateMethod.FIXED_RATE, Decimal("-7.25"),
              Decimal(60), Money(-435_00), Money(-195_75)),
    HoursLine("P-09", date(2023, 4, 1), "WP4", RateMethod.DAY_RATE, Decimal(40),
              Decimal(400), Money(16_000_00), Money(0)),
)  # fmt: skip
CONTRIBUTIONS = (
    InKindLine("2023 Bio 1/1", "Biomaterials B.V.", date(2023, 1, 28), "WP3", "Two\nlines",
               Decimal("113.25"), Decimal(60), Money(6_795_00), Money(6_795_00),
               date(2023, 12, 20)),
    InKindLine("2023 Kap 2/1", "+Kapsel & Cel", date(2023, 2, 28), "WP3", "=SOM(A1)",
               Decimal(8), Decimal("62.5"), Money(500_00), Money(225_00), None),
)  # fmt: skip


def carried_on(facts: StatementFacts) -> StatementFacts:
    """Make the same facts as those of a report that carries an issued one on."""
    told = {line.category: line.previously for line in facts.categories}
    earlier = Earlier(
        "statement", 2, calendar_year(2022), datetime(2023, 3, 1, 9, tzinfo=UTC), (*told.items(),)
    )
    return replace(facts, earlier=earlier, changed=CHANGED)


CHANGED = Changed(
    amounts=(
        ChangedAmount(ChangeOf.AWARD, "", Money(700_000_00), Money(1_112_000_00)),
        ChangedAmount(ChangeOf.BUDGET, "travel", None, Money(12_000_00)),
        ChangedAmount(ChangeOf.RECEIVED, "", Money(400_000_00), Money(750_000_50)),
    ),
    terms=(
        ChangedTerm(ChangeOf.LAST_DAY, "", "", date(2025, 6, 30), date(2025, 12, 31), "more time"),
        ChangedTerm(ChangeOf.MILESTONE_STANDING, "M6", "First patient batch",
                    Code("on_schedule"), Code("late")),
        ChangedTerm(ChangeOf.WAIVER, "virement", "", None, date(2024, 1, 31), "=bought ahead"),
    ),
)  # fmt: skip
