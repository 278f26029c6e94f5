"""Charts on page and paper: every mark stands where its figure says, and says that figure.

The oracle has its own arithmetic: a place is the share of an amount in what is shown, within one.
"""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.charts import (
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
from reports.charts_drawing import HUES, PAPER, SOFT
from reports.charts_steps import tick_of
from reports.charts_svg import BAR_LEFT, BAR_WIDTH, to_svg
from reports.charts_table import table_of
from reports.to_html import to_html
from reports.to_pdf import to_pdf
from tests.reports.charted import (
    BARS,
    BUDGET,
    CASH,
    EVERY_KIND,
    HOSTILE,
    MILESTONES,
    MONTHS,
    SOURCES,
    TODAY,
    TREND,
    bars_of,
    euros,
    report_with,
)
from tests.reports.programs import text_of
from tracker.domain.money import Money

if TYPE_CHECKING:
    from reports.charts import Chart
    from reports.model import Row

SVG = "{http://www.w3.org/2000/svg}"
ROOT = Path(__file__).parents[2]
SEEN = HOSTILE.replace("\x07", "")
kinds = pytest.mark.parametrize("chart", EVERY_KIND, ids=lambda chart: type(chart).__name__)


def drawn(chart: Chart, language: str = "en") -> ET.Element:
    return ET.fromstring(to_svg(chart, language))


def named(svg: ET.Element, tag: str, name: str) -> list[ET.Element]:
    """The shapes of a class, without those of the legend."""
    legend = {id(one) for part in svg.iter() if part.get("class") == "chart-legend" for one in part}
    return [
        found
        for found in svg.iter(f"{SVG}{tag}")
        if name in str(found.get("class")).split() and id(found) not in legend
    ]


def number(element: ET.Element, name: str) -> int:
    return int(element.get(name, ""))


def texts(svg: ET.Element) -> list[str]:
    return ["".join(text.itertext()) for text in svg.iter(f"{SVG}text")]


def titles(svg: ET.Element) -> list[str]:
    return ["".join(title.itertext()) for title in svg.iter(f"{SVG}title")]


def widths(svg: ET.Element, name: str) -> list[int]:
    return [number(box, "width") for box in named(svg, "rect", name)]


# What holds for every kind.


@kinds
def test_a_chart_has_a_title_and_where_it_needs_one_a_description(chart: Chart) -> None:
    svg = drawn(chart)
    told = {element.get("id"): element.text for element in svg if element.get("id")}
    assert svg.get("aria-labelledby", "").split() == list(told)
    title, *description = told.values()
    assert str(title).startswith(chart.title)
    assert description == ([chart.description] if chart.description else [])


@kinds
def test_a_chart_with_links_is_no_picture_that_hides_them(chart: Chart) -> None:
    svg = drawn(chart)
    links = list(svg.iter(f"{SVG}a"))
    assert svg.get("role") == ("group" if links else "img")
    for link in links:
        assert link.get("href")
        assert link.get("aria-label")


def test_links_lead_where_they_should_and_are_read_aloud() -> None:
    found = {
        str(link.get("href")): str(link.get("aria-label"))
        for chart in EVERY_KIND
        for link in drawn(chart).iter(f"{SVG}a")
    }
    assert found["/commitments?funder=1"] == "Growth Fund: €\xa012,000,000.00 (60.0%)"
    assert found["/milestones/M1"].startswith("M1 Built; M1 baseline 1 Oct 2020")
    assert found["/costs?category=personnel"].startswith("Personnel: 631,124 of 2,600,000")


@kinds
@pytest.mark.parametrize("language", ["en", "nl"])
def test_a_chart_is_well_formed_and_needs_no_style(chart: Chart, language: str) -> None:
    for element in drawn(chart, language).iter():
        assert element.get("style") is None
        assert element.tag != f"{SVG}script"


def test_what_people_typed_is_shown_as_they_typed_it_and_is_no_markup() -> None:
    for chart in (SOURCES, BUDGET, MILESTONES):
        assert "\x07" not in to_svg(chart, "en")
        assert any(SEEN in text for text in texts(drawn(chart))), chart.name
    assert list(drawn(SOURCES).iter(f"{SVG}b")) == []


@pytest.mark.parametrize("name", ["", "two words", '"><script>', "1st"])
def test_a_name_that_cannot_name_a_drawing_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot name a chart"):
        replace(SOURCES, name=name)


def places(svg: ET.Element) -> list[tuple[int, int]]:
    """Every place that anything is drawn at."""
    found = []
    for element in svg.iter():
        if element.tag in {f"{SVG}pattern", f"{SVG}defs"} or "width" in element.attrib:
            if element.get("x"):
                x, y = number(element, "x"), number(element, "y")
                found += [(x, y), (x + number(element, "width"), y + number(element, "height"))]
            continue
        for across, down in (("x", "y"), ("cx", "cy"), ("x1", "y1"), ("x2", "y2")):
            if element.get(across):
                found.append((number(element, across), number(element, down)))
        if "chart-met" not in str(element.get("class")):
            found += on_course(element.get("d", ""))
    return found


def on_course(course: str) -> list[tuple[int, int]]:
    """The places that a path goes to, by its absolute steps."""
    found, x, y = [], 0, 0
    for step, told in re.findall(r"([MLHV])([-\d ]+)", course):
        at = [int(number) for number in told.split()]
        x = at[0] if step in "MLH" else x
        y = at[-1] if step in "MLV" else y
        found.append((x, y))
    return found


def check_inside(chart: Chart) -> None:
    svg = drawn(chart, "nl")
    _, _, width, height = map(int, svg.get("viewBox", "").split())
    for x, y in places(svg):
        assert 0 <= x <= width, (x, width)
        assert 0 <= y <= height, (y, height)


@kinds
def test_nothing_leaves_the_plot(chart: Chart) -> None:
    assert len(places(drawn(chart))) > 3
    check_inside(chart)


amounts = st.integers(-(10**13), 10**13).map(Money)
perhaps = st.none() | amounts


@given(st.lists(st.tuples(amounts, st.booleans()), max_size=5), st.integers(0, 9))
def test_no_amount_leaves_a_stacked_bar_and_its_parts_fill_it(
    parts: list[tuple[Money, bool]], more: int
) -> None:
    told = [Part(f"P{at}", amount, sure) for at, (amount, sure) in enumerate(parts)]
    told += [Part(f"O{at}", Money(at), is_certain=False) for at in range(more)]
    chart = StackedBar("any", "Any", "", tuple(told))
    check_inside(chart)
    bar = [box for box in drawn(chart).iter(f"{SVG}rect") if box.get("height") == "30"]
    track, *filled = bar
    whole = number(track, "width") if any(part.amount > Money(0) for part in told) else 0
    assert sum(number(box, "width") for box in filled) == whole


@given(st.lists(st.tuples(amounts, perhaps, perhaps), max_size=6))
def test_no_amount_leaves_a_row_of_bullets(
    rows: list[tuple[Money, Money | None, Money | None]],
) -> None:
    check_inside(Bullets("any", "Any", "", tuple(Bullet("Row", *row) for row in rows)))


@given(st.lists(st.tuples(amounts, amounts), min_size=1, max_size=30), st.integers(-5, 40))
def test_no_amount_leaves_a_step_line(found: list[tuple[Money, Money]], known: int) -> None:
    months = MONTHS[: len(found)] if len(found) <= len(MONTHS) else MONTHS
    first, second = (tuple(column) for column in zip(*found[: len(months)], strict=True))
    until = date(2025, 1, 1) + timedelta(30 * known)
    lines = (StepLine("One", first, until), StepLine("Two", second))
    check_inside(Steps("any", "Any", "", months, lines, TODAY))
    check_inside(Trend("any", "Any", first, months))


days = st.integers(0, 30_000).map(lambda n: date(1990, 1, 1) + timedelta(n))
timeline_rows = st.builds(
    TimelineRow, st.just("M1"), st.text(max_size=60), days, days, st.none() | days, st.just("late")
)


@given(st.lists(timeline_rows, max_size=8), days)
def test_later_days_stand_further_right_and_none_leaves_the_timeline(
    rows: list[TimelineRow], today: date
) -> None:
    chart = Timeline("any", "Any", "", today, tuple(rows))
    check_inside(chart)
    svg = drawn(chart)
    (now,) = named(svg, "line", "chart-today")
    found = [(today, number(now, "x1"))]
    marks = zip(rows, named(svg, "circle", "chart-baseline"), strict=True)
    found += [(row.baseline, number(mark, "cx")) for row, mark in marks]
    for row, mark in zip([row for row in rows if row.met_on],
                         named(svg, "path", "chart-met"), strict=True):  # fmt: skip
        found.append((row.end, on_course(mark.get("d", ""))[0][0]))
    ordered = sorted(found)
    assert [x for _, x in ordered] == sorted(x for _, x in found)


# Bars.


def row(label: str, budget: int | None, before: int, now: int) -> Row:
    whole = None if budget is None else Money(budget * 100)
    return (label, whole, Money(before * 100), Money(now * 100))


def test_bars_are_as_long_as_their_amounts() -> None:
    svg = drawn(bars_of(row("a", 1000, 250, 500), row("b", 500, 0, 100)))
    assert widths(svg, "chart-whole") == [BAR_WIDTH, BAR_WIDTH // 2]
    assert widths(svg, "chart-1") == [BAR_WIDTH // 4]
    assert widths(svg, "chart-4") == [BAR_WIDTH * 3 // 4 - BAR_WIDTH // 4, BAR_WIDTH // 10]


def test_a_bar_over_its_budget_reaches_beyond_the_frame() -> None:
    svg = drawn(bars_of(row("a", 500, 800, 200)))
    assert widths(svg, "chart-whole") == [BAR_WIDTH // 2]
    assert sum(widths(svg, "chart-1") + widths(svg, "chart-4")) == BAR_WIDTH


def test_money_that_came_back_shortens_the_bar() -> None:
    svg = drawn(bars_of(row("a", 1000, 600, -100), row("b", 1000, -50, 10)))
    assert widths(svg, "chart-1") == [BAR_WIDTH // 2]
    assert widths(svg, "chart-4") == []
    assert "−40 of 1,000 (−4.0%)" in texts(svg)


def test_every_bar_says_its_figures() -> None:
    svg = drawn(bars_of(row("a", 1000, 250, 500), row("without", None, 1, 2)))
    assert "750 of 1,000 (75.0%)" in texts(svg)
    assert "3" in texts(svg)
    assert {"Before", "Now", "Budget"} <= set(texts(svg))
    assert "Before: €\xa0250.00" in titles(svg)


def test_without_any_budget_there_is_no_frame() -> None:
    svg = drawn(bars_of(row("a", None, 250, 500)))
    assert [box for box in svg.iter(f"{SVG}rect") if box.get("class") == "chart-whole"] == []
    assert "Budget" not in texts(svg)


def test_nothing_spent_and_nothing_budgeted_is_no_bar() -> None:
    svg = drawn(bars_of(row("a", 0, 0, 0)))
    assert widths(svg, "chart-1") == widths(svg, "chart-whole") == []


def test_a_long_label_is_cut_where_one_sees_it() -> None:
    svg = drawn(bars_of(row("A label that is far longer than fits beside", 1, 1, 1)))
    assert "A label that is far longer than f…" in texts(svg)


# The stacked bar.


def test_parts_are_as_wide_as_their_amounts_and_say_them() -> None:
    svg = drawn(SOURCES)
    boxes = [box for box in svg.iter(f"{SVG}rect") if box.get("height") == "30"]
    track, *parts = boxes
    whole = number(track, "width")
    shares = [Decimal(12_000_000), Decimal(4_000_000), Decimal(2_500_000), Decimal(1_500_000)]
    at = number(track, "x")
    for box, share in zip(parts, shares, strict=True):
        assert number(box, "x") == at
        assert abs(number(box, "width") - share / 20_000_000 * whole) < 1
        at += number(box, "width")
    assert {"€\xa012,000,000.00", "60.0%", "€\xa00.00", "0.0%", "7.5%"} <= set(texts(svg))
    assert "Conditional: €\xa01,500,000.00 (7.5%)" in titles(svg)


def test_what_is_not_certain_is_hatched_and_has_no_hue() -> None:
    svg = drawn(SOURCES)
    pattern = next(iter(svg.iter(f"{SVG}pattern"))).get("id")
    assert {box.get("fill") for box in named(svg, "rect", "chart-open")} == {f"url(#{pattern})"}
    sure = drawn(replace(SOURCES, parts=SOURCES.parts[:3]))
    assert named(sure, "rect", "chart-open") == []


def test_more_parts_than_can_be_told_apart_are_refused() -> None:
    parts = tuple(Part(str(at), Money(1)) for at in range(6))
    with pytest.raises(ValueError, match="more than 5 parts"):
        replace(SOURCES, parts=parts)
    fits = replace(SOURCES, parts=(*parts[:5], Part("open", Money(1), is_certain=False)))
    assert fits.whole == Money(6)


# Bullets.


def test_bullets_reach_from_zero_to_their_amounts() -> None:
    svg = drawn(BUDGET)
    low, high = -50_000, 3_000_000

    def place(amount: int) -> Decimal:
        return BAR_LEFT + Decimal(amount - low) * BAR_WIDTH / (high - low)

    spent = [631_124, 1_343_149, -50_000, 2_517_566, 42_152]
    for box, amount in zip(named(svg, "rect", "chart-1"), spent, strict=True):
        left, right = sorted((place(0), place(amount)))
        assert abs(number(box, "x") - left) <= 1
        assert abs(number(box, "x") + number(box, "width") - right) <= 1
    assert len(named(svg, "rect", "chart-5")) == 4  # one has no forecast
    budgets = [2_600_000, 1_400_000, 300_000, 3_000_000]  # and one no budget
    for mark, amount in zip(named(svg, "line", "chart-target"), budgets, strict=True):
        assert abs(number(mark, "x1") - place(amount)) <= 1


def test_bullets_say_what_is_spent_and_what_is_too_much() -> None:
    told = texts(drawn(BUDGET))
    assert "1,343,149 of 1,400,000 (95.9%)" in told
    assert "expected 1,500,000, 100,000 too much" in told
    assert "expected 2,500,000" in told
    assert "42,152" in told
    assert "verwacht 1.500.000, 100.000 te veel" in texts(drawn(BUDGET, "nl"))


# Step lines.


def test_steps_stand_at_their_amounts_and_are_dashed_where_they_are_expected() -> None:
    svg = drawn(CASH)
    known, expected = named(svg, "path", "chart-step-1")
    assert known.get("stroke-dasharray") is None
    assert expected.get("stroke-dasharray")
    amounts = [amount.cents for amount in CASH.lines[0].amounts]
    low, high = -1_000_000_00, 1_000_000_00  # the round amounts around them
    steps = [on_course(path.get("d", ""))[1:] for path in (known, expected)]
    assert len(steps[0]) == 2 * 11  # January to November, down and along
    heights = [y for x, y in [*steps[0][1::2], *steps[1][1::2]]]
    top, bottom = 30, 232
    for y, cents in zip(heights, amounts, strict=True):
        assert abs(y - (bottom - Decimal(cents - low) * (bottom - top) / (high - low))) <= 1


def test_a_line_that_is_known_to_its_end_is_not_dashed() -> None:
    (path,) = named(drawn(CASH), "path", "chart-step-2")
    assert path.get("stroke-dasharray") is None


def test_the_lowest_point_is_said_with_its_month() -> None:
    alone = replace(CASH, lines=CASH.lines[:1])
    assert "lowest: −€\xa0700,000.00, Sep 2026" in texts(drawn(alone))
    assert "laagste stand: −€\xa0700.000,00, sep 2026" in texts(drawn(alone, "nl"))


def test_of_several_lines_the_lowest_point_says_whose_it_is() -> None:
    assert "Now, lowest: −€\xa0700,000.00, Sep 2026" in texts(drawn(CASH))
    assert "Now, laagste stand: −€\xa0700.000,00, sep 2026" in texts(drawn(CASH, "nl"))


def test_what_is_below_zero_is_hatched_and_what_is_not_is_not() -> None:
    (below,) = named(drawn(CASH), "path", "chart-below-zero")
    months = sum(amount < Money(0) for amount in CASH.lines[0].amounts)
    assert below.get("d", "").count("z") == months > 0
    assert below.get("fill", "").startswith("url(#")
    above = replace(CASH, lines=(CASH.lines[1],))
    assert named(drawn(above), "path", "chart-below-zero") == []


def test_every_month_says_its_amounts() -> None:
    told = titles(drawn(CASH))
    assert f"Feb 2025: Now €\xa0820,000.00; {SEEN} €\xa0880,000.00" in told
    assert len([title for title in told if "; " in title]) == len(MONTHS)


def test_lines_are_named_where_they_end_and_names_stand_apart() -> None:
    svg = drawn(CASH)
    labels = [text for text in svg.iter(f"{SVG}text") if text.get("x") == "676"]
    shown = SEEN if len(SEEN) <= 18 else f"{SEEN[:17]}…"
    assert {"".join(label.itertext()) for label in labels} == {shown, "Now"}
    heights = sorted(number(label, "y") for label in labels)
    assert heights[1] - heights[0] >= 12


def test_today_is_marked_where_it_lies_in_its_month() -> None:
    (now,) = named(drawn(CASH), "line", "chart-today")
    month = Decimal(648 - 96) / 30
    assert abs(number(now, "x1") - (96 + month * (10 + Decimal(20) / 30))) <= 1
    later = replace(CASH, today=date(2031, 1, 1))
    assert named(drawn(later), "line", "chart-today") == []


def test_a_line_without_an_amount_for_every_month_is_refused() -> None:
    short = StepLine("Short", euros(1, 2))
    with pytest.raises(ValueError, match="2 amounts do not stand for 30 months"):
        replace(CASH, lines=(short,))
    with pytest.raises(ValueError, match="1 to 3 lines, not 0"):
        replace(CASH, lines=())
    with pytest.raises(ValueError, match="do not stand for"):
        replace(TREND, months=MONTHS)


@given(st.integers(0, 10**14))
def test_a_tick_is_round_and_there_are_few(cents: int) -> None:
    tick = tick_of(cents)
    assert tick >= 100
    assert str(tick).rstrip("0") in {"1", "2", "5"}
    assert cents <= 5 * tick
    assert tick == 100 or cents > tick


def test_a_trend_says_its_first_and_its_last_amount() -> None:
    assert titles(drawn(TREND)) == ["Charged: €\xa0100.00 in Jan 2025, €\xa0400.00 in Apr 2025"]
    assert titles(drawn(TREND, "nl")) == [
        "Charged: €\xa0100,00 in jan 2025, €\xa0400,00 in apr 2025"
    ]
    assert titles(drawn(Trend("none", "None", (), ()))) == ["None: nothing yet"]


# The timeline.


def test_a_slip_is_said_in_days() -> None:
    told = texts(drawn(MILESTONES))
    assert "193 days later" in told
    assert "29 days earlier" in told
    assert "457 days later · 52 days late" in told
    assert len([text for text in told if "day" in text and text != "today"]) == 3
    assert "457 dagen later · 52 dagen te laat" in texts(drawn(MILESTONES, "nl"))


def test_marks_say_their_days() -> None:
    told = titles(drawn(MILESTONES))
    for said in ("M1 baseline 1 Oct 2020", "M1 current 1 Apr 2021", "M1 met 12 Apr 2021"):
        assert said in told
    assert "M4 met" not in "".join(told)


def test_what_was_given_up_is_not_late() -> None:
    given_up = MILESTONES.rows[2]._replace(standing="not_met")
    svg = drawn(replace(MILESTONES, rows=(given_up,)))
    assert "457 days later · Not met" in texts(svg)
    assert named(svg, "text", "chart-late") == []


def test_groups_stand_under_their_names() -> None:
    svg = drawn(MILESTONES)
    names = ["".join(text.itertext()) for text in named(svg, "text", "chart-group")]
    assert names == ["ALPHA", "BETA"]
    plain = replace(MILESTONES, rows=tuple(row._replace(group="") for row in MILESTONES.rows))
    assert named(drawn(plain), "text", "chart-group") == []


def test_what_is_late_is_told_in_more_than_its_colour() -> None:
    (label, slip) = named(drawn(MILESTONES), "text", "chart-late")
    assert "".join(label.itertext()).startswith("M3")
    assert "".join(slip.itertext()).endswith("52 days late")


def test_quarters_are_named_where_there_is_room() -> None:
    rows = (TimelineRow("M1", "Soon", TODAY, TODAY, None, "on_schedule"),)
    near = replace(MILESTONES, rows=rows)
    assert {"2025", "Q2", "Q4"} <= set(texts(drawn(near)))
    assert "K2" in texts(drawn(near, "nl"))
    assert "Q2" not in texts(drawn(MILESTONES))


def test_a_thousand_milestones_are_drawn_at_once() -> None:
    first = date(2020, 1, 1)
    rows = tuple(
        TimelineRow(
            f"M{at}", f"Milestone {at}", first + timedelta(at), first + timedelta(at + 30),
            first + timedelta(at + 40) if at % 2 else None, "met", f"/m/{at}", f"P{at % 40}",
        )
        for at in range(1000)
    )  # fmt: skip
    chart = replace(MILESTONES, rows=rows)

    def seconds() -> Decimal:
        begun = time.process_time_ns()
        to_svg(chart, "nl")
        return Decimal(time.process_time_ns() - begun) / 10**9

    assert min(seconds() for _ in range(3)) < Decimal("0.15")  # of the processor; 0.04 when idle
    assert len(list(drawn(chart).iter(f"{SVG}a"))) == 1000


# Tables.


def test_the_table_of_parts_says_all() -> None:
    table = table_of(SOURCES, "en")
    assert [row[0] for row in table.rows] == [part.label for part in SOURCES.parts]
    assert table.rows[0][1:] == ("Binding", Money.euros(12_000_000), Decimal("0.6"))
    assert table.rows[4][1] == "Not binding yet"
    assert table.totals[2] == Money.euros(20_000_000)


def test_the_table_of_bullets_says_all() -> None:
    rows = table_of(BUDGET, "en").rows
    assert rows[1] == ("Third parties", *euros(1_400_000, 1_343_149, 1_500_000, -100_000))
    assert rows[3][3:] == (None, None)


def test_the_table_of_months_says_all() -> None:
    table = table_of(CASH, "nl")
    assert [column.title for column in table.columns] == ["Maand", "Now", SEEN]
    assert table.rows[8] == ("sep 2025", *euros(260_000, 740_000))
    assert len(table.rows) == len(MONTHS)
    assert table_of(TREND, "en").rows[2] == ("Mar 2025", Money.euros(-75))


def test_the_table_of_days_says_all() -> None:
    table = table_of(MILESTONES, "en")
    assert table.rows[0] == (
        "ALPHA", "M1", "Built", "Met late",
        date(2020, 10, 1), date(2021, 4, 1), date(2021, 4, 12), 193,
    )  # fmt: skip
    assert [row[-1] for row in table.rows] == [193, -29, 457, 0]
    plain = replace(MILESTONES, rows=tuple(row._replace(group="") for row in MILESTONES.rows))
    assert [column.title for column in table_of(plain, "en").columns][:2] == ["Code", "Milestone"]


def test_the_table_of_bars_is_their_section() -> None:
    assert table_of(BARS, "en") is BARS.section


# Greyscale, and what can be seen at all.


def luminance(colour: str) -> Decimal:
    """How light a colour is, from 0 to 1, as WCAG 2.2 defines it."""
    parts = [_linear(Decimal(int(colour[at : at + 2], 16)) / 255) for at in (1, 3, 5)]
    red, green, blue = parts
    return Decimal("0.2126") * red + Decimal("0.7152") * green + Decimal("0.0722") * blue


def _linear(part: Decimal) -> Decimal:
    if part <= Decimal("0.04045"):
        return part / Decimal("12.92")
    return ((part + Decimal("0.055")) / Decimal("1.055")) ** Decimal("2.4")


def contrast(one: str, other: str) -> Decimal:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + Decimal("0.05")) / (dark + Decimal("0.05"))


def themes(name: str, sheet: str) -> tuple[str, str]:
    """The colours of a token in the light and in the dark."""
    text = (ROOT / "static" / "css" / sheet).read_text("utf-8")
    found = re.search(rf"--{name}: light-dark\((#\w+), (#\w+)\)", text)
    assert found, name
    light, dark = (
        "#" + "".join(c * 2 for c in colour[1:]) if len(colour) == 4 else colour
        for colour in found.groups()
    )
    return light, dark


def test_hues_are_apart_in_greyscale_on_paper_and_in_both_themes() -> None:
    parts = [themes(f"part-{at}", "charts.css") for at in range(1, 6)]
    assert [light for light, _ in parts] == list(HUES)
    for hues in (list(HUES), [dark for _, dark in reversed(parts)]):
        for darker, lighter in pairwise(hues):
            assert contrast(darker, lighter) >= Decimal("1.3"), (darker, lighter)


def test_shapes_stand_out_from_paper_in_both_themes() -> None:
    assert contrast(SOFT, PAPER) >= 3
    papers = themes("paper", "tokens.css")
    for name in ("ink", "ink-soft", "line-strong", "accent", "good", "attention", "late"):
        for colour, paper in zip(themes(name, "tokens.css"), papers, strict=True):
            assert contrast(colour, paper) >= 3, name
    for chart in (SOURCES, BUDGET, BARS):  # the light hues by their outline
        for box in drawn(chart).iter(f"{SVG}rect"):
            if box.get("fill") in HUES:
                assert box.get("stroke") == SOFT


def test_two_hues_that_look_alike_would_be_found() -> None:
    assert contrast("#2f8f86", "#b7791f") < Decimal("1.3")  # apart by their hue alone


# On paper.


def test_the_pdf_tells_titles_and_figures() -> None:
    charts = (SOURCES, BUDGET, CASH, MILESTONES)
    printed = " ".join(" ".join(text_of(to_pdf(to_html(report_with(*charts))))).split())
    for chart in charts:
        assert chart.title in printed
    for said in ("1,343,149 of 1,400,000 (95.9%)", "expected 1,500,000, 100,000 too much",
                 "lowest: −€ 700,000.00, Sep 2026", "457 days later", "60.0%"):  # fmt: skip
        assert said in printed.replace("\xa0", " "), said
