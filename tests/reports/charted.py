"""Charts made by hand, one of every kind, for tests that look at charts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from reports.charts import (
    Bars,
    Bullet,
    Bullets,
    Part,
    StackedBar,
    StepLine,
    Steps,
    Timeline,
    TimelineRow,
    Trend,
)
from reports.charts_table import table_of
from reports.model import Column, Kind, Report, Row, Section
from tracker.domain.money import Money

if TYPE_CHECKING:
    from reports.charts import Chart

HOSTILE = 'Fund <b>&"A"</b>\x07'
TODAY = date(2025, 11, 21)
MONTHS = tuple(date(2025 + at // 12, at % 12 + 1, 1) for at in range(30))


def euros(*amounts: int) -> tuple[Money, ...]:
    return tuple(Money.euros(amount) for amount in amounts)


def bullet(
    label: str, spent: int, forecast: int | None, budget: int | None, href: str = ""
) -> Bullet:
    at_end, whole = (None if one is None else Money.euros(one) for one in (forecast, budget))
    return Bullet(label, Money.euros(spent), at_end, whole, href)


def bars_of(*rows: Row) -> Bars:
    columns = (
        Column("What"),
        Column("Budget", Kind.MONEY),
        Column("Before", Kind.MONEY),
        Column("Now", Kind.MONEY),
    )
    section = Section("made", "Made", columns, rows)
    of = "{part} of {whole} ({share})"
    return Bars("Title <&>", 'Description "quoted"', section, 0, (2, 3), 1, of)


BARS = bars_of(
    ("Personnel", *euros(1000, 250, 500)), ("Travel", Money.euros(100), *euros(120, -10))
)
SOURCES = StackedBar(
    "sources",
    "Funding by source",
    "A bar of all funding.",
    (
        Part("Growth Fund", Money.euros(12_000_000), href="/commitments?funder=1"),
        Part(HOSTILE, Money.euros(4_000_000)),
        Part("University", Money.euros(2_500_000)),
        Part("Nothing", Money.euros(0)),
        Part("Conditional", Money.euros(1_500_000), is_certain=False),
    ),
)
BUDGET = Bullets(
    "budget",
    "Budget and spending",
    "A row for each category.",
    (
        bullet("Personnel", 631_124, 2_500_000, 2_600_000, href="/costs?category=personnel"),
        bullet("Third parties", 1_343_149, 1_500_000, 1_400_000),
        bullet("Came back", -50_000, 100_000, 300_000),
        bullet("No forecast", 2_517_566, None, 3_000_000),
        bullet(HOSTILE, 42_152, 100_000, None),
    ),
)
CASH = Steps(
    "cash",
    "Cash on hand",
    "A step for each month.",
    MONTHS,
    (
        StepLine(
            "Now",
            euros(*(900_000 - 80_000 * at + (1_200_000 if at > 20 else 0) for at in range(30))),
            date(2025, 11, 30),
        ),
        StepLine(HOSTILE, euros(*(900_000 - 20_000 * at for at in range(30)))),
    ),
    TODAY,
)
TREND = Trend("charged", "Charged", euros(100, 250, -75, 400), MONTHS[:4])
MILESTONES = Timeline(
    "milestones",
    "Milestones",
    "A line for each.",
    TODAY,
    (
        TimelineRow("M1", "Built", date(2020, 10, 1), date(2021, 4, 1), date(2021, 4, 12),
                    "met_late", "/milestones/M1", "ALPHA"),
        TimelineRow("M2", "Licence", date(2023, 6, 30), date(2023, 6, 30), date(2023, 6, 1),
                    "met", group="ALPHA"),
        TimelineRow("M3", HOSTILE, date(2024, 6, 30), date(2025, 9, 30), None, "late",
                    group="BETA"),
        TimelineRow("M4", "Done", date(2027, 12, 31), date(2027, 12, 31), None, "on_schedule",
                    group="BETA"),
    ),
)  # fmt: skip
EVERY_KIND: tuple[Chart, ...] = (BARS, SOURCES, BUDGET, CASH, TREND, MILESTONES)


def report_with(*charts: Chart, language: str = "en") -> Report:
    """Make a report that shows charts, each with its table."""
    return Report(
        slug="charted",
        title="Charted",
        subtitle="Every kind",
        language=language,
        file_stem="charted",
        as_of=TODAY,
        made_on=TODAY,
        author="A. Tester",
        version="Draft",
        ledger_state="1-abc",
        note="",
        about=(("Project", "ALPHA"),),
        sections=tuple(table_of(chart, language) for chart in charts),
        charts=charts,
    )
