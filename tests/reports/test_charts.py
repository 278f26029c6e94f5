from __future__ import annotations

from decimal import Decimal
from xml.etree import ElementTree as ET

from reports.charts import BAR_WIDTH, Chart, to_svg
from reports.model import Column, Kind, Row, Section
from tracker.domain.money import Money

SVG = "{http://www.w3.org/2000/svg}"
CHART = Chart(
    "Title <&>", 'Description "quoted"', "made", 0, (2, 3), 1, "{part} of {whole} ({share})"
)


def drawn(*rows: Row) -> ET.Element:
    columns = (
        Column("What"),
        Column("Budget", Kind.MONEY),
        Column("Before", Kind.MONEY),
        Column("Now", Kind.MONEY),
    )
    return ET.fromstring(to_svg(CHART, Section("made", "Made", columns, rows), "en"))


def widths(svg: ET.Element, name: str) -> list[int]:
    found = [box for box in svg.iter(f"{SVG}rect") if box.get("class") == name]
    return [int(box.get("width", "")) for box in found][1:]  # the first is the legend's


def texts(svg: ET.Element) -> list[str]:
    return ["".join(text.itertext()) for text in svg.iter(f"{SVG}text")]


def row(label: str, budget: int | None, before: int, now: int) -> Row:
    whole = None if budget is None else Money(budget * 100)
    return (label, whole, Money(before * 100), Money(now * 100))


def test_bars_are_as_long_as_their_amounts() -> None:
    svg = drawn(row("a", 1000, 250, 500), row("b", 500, 0, 100))
    assert widths(svg, "chart-whole") == [BAR_WIDTH, BAR_WIDTH // 2]
    assert widths(svg, "chart-part-0") == [BAR_WIDTH // 4]
    assert widths(svg, "chart-part-1") == [BAR_WIDTH * 3 // 4 - BAR_WIDTH // 4, BAR_WIDTH // 10]


def test_a_bar_over_its_budget_reaches_beyond_the_frame() -> None:
    svg = drawn(row("a", 500, 800, 200))
    assert widths(svg, "chart-whole") == [BAR_WIDTH // 2]
    assert sum(widths(svg, "chart-part-0") + widths(svg, "chart-part-1")) == BAR_WIDTH


def test_money_that_came_back_shortens_the_bar() -> None:
    svg = drawn(row("a", 1000, 600, -100), row("b", 1000, -50, 10))
    assert widths(svg, "chart-part-0") == [BAR_WIDTH // 2]
    assert widths(svg, "chart-part-1") == []
    assert "−40 of 1,000 (−4.0%)" in texts(svg)


def test_every_bar_says_its_figures() -> None:
    svg = drawn(row("a", 1000, 250, 500), row("without", None, 1, 2))
    assert "750 of 1,000 (75.0%)" in texts(svg)
    assert "3" in texts(svg)
    assert {"Before", "Now", "Budget"} <= set(texts(svg))


def test_without_any_budget_there_is_no_frame() -> None:
    svg = drawn(row("a", None, 250, 500))
    assert [box for box in svg.iter(f"{SVG}rect") if box.get("class") == "chart-whole"] == []
    assert "Budget" not in texts(svg)


def test_nothing_spent_and_nothing_budgeted_is_no_bar() -> None:
    svg = drawn(row("a", 0, 0, 0))
    assert widths(svg, "chart-part-0") == widths(svg, "chart-whole") == []


def test_a_chart_has_a_title_and_a_description_for_who_cannot_see_it() -> None:
    svg = drawn(row("<b>", 1, 1, 1))
    assert svg.get("role") == "img"
    named = {element.get("id"): element.text for element in svg if element.get("id")}
    assert svg.get("aria-labelledby", "").split() == list(named)
    assert list(named.values()) == ["Title <&>", 'Description "quoted"']
    assert "<b>" in texts(svg)


def test_a_long_label_is_cut_where_one_sees_it() -> None:
    assert "A label far longer…" in texts(drawn(row("A label far longer than fits", 1, 1, 1)))


def lightness(colour: str) -> Decimal:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return (Decimal("0.299") * red + Decimal("0.587") * green + Decimal("0.114") * blue) / 255


def test_the_parts_differ_in_greyscale_too() -> None:
    svg = drawn(row("a", 1000, 250, 500))
    fills = {box.get("class"): box.get("fill", "") for box in svg.iter(f"{SVG}rect")}
    dark, light = (lightness(fills[f"chart-part-{at}"]) for at in (0, 1))
    assert light - dark > Decimal("0.3")


def test_a_chart_needs_no_style_of_a_page() -> None:
    assert all(element.get("style") is None for element in drawn(row("a", 1, 1, 1)).iter())
