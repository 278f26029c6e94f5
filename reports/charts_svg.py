"""Charts as SVG, the same on page and paper: every mark says its value, and links where it can."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from reports import charts_steps, charts_timeline, figures, words
from reports.charts import Bars, Bullets, StackedBar, Steps, Timeline, Trend
from reports.charts_drawing import (
    HUES,
    INK,
    LETTER,
    ON_HUES,
    PAPER,
    SOFT,
    STRONG,
    WIDTH,
    Scale,
    box,
    drawing,
    hatch,
    hatched,
    line,
    linked,
    shortened,
    text,
)
from tracker.domain.money import ZERO, Money, share_out

if TYPE_CHECKING:
    from reports.charts import Bar, Bullet, Chart, Part

# Bars: labels, bars, figures.
BAR_LEFT: Final = 240
BAR_WIDTH: Final = 304
TEXT_LEFT: Final = 552
LABEL_LENGTH: Final = 34
ROW: Final = 26
TOP: Final = 30
PART_HUES: Final = (1, 4, 2)  # of the parts of a bar

# The stacked bar: the bar, and below it its parts by name in two columns.
STACK_HEIGHT: Final = 30
KEYS_TOP: Final = 44
KEY_ROW: Final = 22
COLUMNS: Final = 2
COLUMN: Final = 412
NAME_LENGTH: Final = 30
AMOUNT_RIGHT: Final = 318
SHARE_RIGHT: Final = 386

BULLET_ROW: Final = 42


def to_svg(chart: Chart, language: str) -> str:
    """Draw a chart, with a title, a description, and its figures in words."""
    match chart:
        case Bars():
            return _bars(chart, language)
        case StackedBar():
            return _stacked(chart, language)
        case Bullets():
            return _bullets(chart, language)
        case Steps():
            return charts_steps.steps(chart, language)
        case Trend():
            return charts_steps.trend(chart, language)
        case Timeline():
            return charts_timeline.timeline(chart, language)


def _bars(chart: Bars, language: str) -> str:
    """Draw bars with a figure beside each.

    Shape:  a bar that is negative in all has no length; its figure says so.
    """
    bars = chart.bars
    longest = max((max(bar.length, bar.whole or ZERO).cents for bar in bars), default=0)
    height = TOP + ROW * len(bars) + 6
    body = "".join(
        _bar(chart, bar, TOP + ROW * at, max(longest, 1), language) for at, bar in enumerate(bars)
    )
    axis = line("chart-axis", (BAR_LEFT, TOP - 4, BAR_LEFT, height - 4), SOFT)
    return drawing(chart, (WIDTH, height), f"{_legend(chart, bars)}{body}{axis}")


def _bar(chart: Bars, bar: Bar, top: int, longest: int, language: str) -> str:
    drawn = [_label(bar.label, top + 13)]
    left, end = BAR_LEFT, 0
    for hue, column, part in zip(PART_HUES, chart.parts, bar.parts, strict=False):
        end = min(max(0, end + part.cents), max(0, bar.length.cents))
        right = BAR_LEFT + end * BAR_WIDTH // longest
        if right > left:
            says = f"{chart.section.columns[column].title}: {figures.amount(part, language)}"
            place = (left, top + 3, right - left, 12)
            drawn.append(box(f"chart-{hue}", place, HUES[hue - 1], stroke=SOFT, says=says))
            left = right
    if bar.whole and bar.whole.cents > 0:
        place = (BAR_LEFT, top, bar.whole.cents * BAR_WIDTH // longest, 18)
        drawn.append(box("chart-whole", place, "none", stroke=INK))
    drawn.append(text("chart-figure", TEXT_LEFT, top + 13, _of_whole(chart, bar, language)))
    return f"<g>{''.join(drawn)}</g>"


def _label(label: str, base: int) -> str:
    return text("chart-label", BAR_LEFT - 8, base, shortened(label, LABEL_LENGTH), anchor="end")


def _legend(chart: Bars, bars: list[Bar]) -> str:
    """Name the parts and, where there is one, the whole, above the bars."""
    left, drawn = BAR_LEFT, []
    for hue, column in zip(PART_HUES, chart.parts, strict=False):
        named = chart.section.columns[column].title
        drawn.append(box(f"chart-{hue}", (left, 4, 12, 12), HUES[hue - 1], stroke=SOFT))
        drawn.append(text("chart-key", left + 17, 14, named))
        left += 32 + LETTER * len(named)
    if chart.whole is not None and any(bar.whole is not None for bar in bars):
        drawn.append(box("chart-whole", (left, 4, 12, 12), "none", stroke=INK))
        drawn.append(text("chart-key", left + 17, 14, chart.section.columns[chart.whole].title))
    return f'<g class="chart-legend">{"".join(drawn)}</g>'


def _of_whole(chart: Bars, bar: Bar, language: str) -> str:
    part = figures.whole_euros(bar.length, language)
    if not bar.whole:
        return part
    return chart.of.format(
        part=part,
        whole=figures.whole_euros(bar.whole, language),
        share=share_of(bar.length, bar.whole, language),
    )


def share_of(part: Money, whole: Money, language: str) -> str:
    """Write a part as a share of its whole; nothing of nothing is a dash."""
    if not whole:
        return "–"
    return figures.share(Decimal(part.cents) / Decimal(whole.cents), language)


def _stacked(chart: StackedBar, language: str) -> str:
    """Draw a bar of all parts that are more than nothing, and name all parts below it."""
    weights = [max(0, part.amount.cents) for part in chart.parts]
    widths = share_out(WIDTH - 2, weights) if any(weights) else (0,) * len(weights)
    frame = box("chart-track", (1, 1, WIDTH - 2, STACK_HEIGHT), PAPER, stroke=STRONG)
    drawn, left, hue = [hatch(chart.name), frame], 1, 0
    for at, (part, width) in enumerate(zip(chart.parts, widths, strict=True)):
        hue += part.is_certain
        of_part = hue if part.is_certain else 0
        drawn.append(_part(chart, at, (left, width), of_part, language))
        left += width
    height = KEYS_TOP + KEY_ROW * -(-len(chart.parts) // COLUMNS) + 2
    has_links = any(part.href for part in chart.parts)
    return drawing(chart, (WIDTH, height), "".join(drawn), has_links=has_links)


def _part(chart: StackedBar, at: int, span: tuple[int, int], hue: int, language: str) -> str:
    """Draw a part of the bar, and its name with its figures below."""
    part, (left, width) = chart.parts[at], span
    amount = figures.amount(part.amount, language)
    share = share_of(part.amount, chart.whole, language)
    says = f"{part.label}: {amount} ({share})"
    column, row = at % COLUMNS * COLUMN, KEYS_TOP + KEY_ROW * (at // COLUMNS)
    drawn = [
        _filled(chart.name, (column + 1, row + 2, 12, 12), hue, ""),
        text("chart-key", column + 21, row + 13, shortened(part.label, NAME_LENGTH)),
        text("chart-figure", column + AMOUNT_RIGHT, row + 13, amount, anchor="end"),
        text("chart-figure", column + SHARE_RIGHT, row + 13, share, anchor="end"),
    ]
    if width:
        drawn.append(_filled(chart.name, (left, 1, width, STACK_HEIGHT), hue, says))
    if hue and LETTER * len(part.label) + 12 <= width:
        drawn.append(_on_part(part, left, hue))
    return linked(part.href, says, f"<g>{''.join(drawn)}</g>")


def _on_part(part: Part, left: int, hue: int) -> str:
    return text(f"chart-on-{hue}", left + 8, 20, part.label, fill=ON_HUES[hue - 1])


def _filled(name: str, place: tuple[int, int, int, int], hue: int, says: str) -> str:
    """Draw a box in a hue, or hatched where it has none."""
    if not hue:
        return box("chart-open", place, hatched(name), stroke=SOFT, dash="3 2", says=says)
    return box(f"chart-{hue}", place, HUES[hue - 1], stroke=SOFT, says=says)


def _bullets(chart: Bullets, language: str) -> str:
    """Draw a row for each: what is spent on top of what is expected, and a mark at the budget."""
    amounts = [
        amount
        for row in chart.rows
        for amount in (row.spent, row.forecast, row.budget)
        if amount is not None
    ]
    scale = Scale.over(amounts, BAR_LEFT, BAR_WIDTH)
    height = TOP + BULLET_ROW * len(chart.rows) + 6
    drawn = [
        _bullet(row, TOP + BULLET_ROW * at, scale, language) for at, row in enumerate(chart.rows)
    ]
    zero = scale.at(0)
    axis = line("chart-axis", (zero, TOP - 2, zero, height - 4), SOFT)
    has_links = any(row.href for row in chart.rows)
    body = f"{_bullet_legend(language)}{''.join(drawn)}{axis}"
    return drawing(chart, (WIDTH, height), body, has_links=has_links)


def _bullet_legend(language: str) -> str:
    _ = words.gettext_for(language)
    spent, forecast, budget = _("Spent"), _("Expected at the end"), _("Budget")
    second = BAR_LEFT + 32 + LETTER * len(spent)
    third = second + 32 + LETTER * len(forecast)
    drawn = (
        box("chart-1", (BAR_LEFT, 6, 12, 8), HUES[0], stroke=SOFT),
        text("chart-key", BAR_LEFT + 17, 14, spent),
        box("chart-5", (second, 4, 12, 12), HUES[4], stroke=SOFT),
        text("chart-key", second + 17, 14, forecast),
        line("chart-target", (third + 6, 2, third + 6, 18), INK, 3),
        text("chart-key", third + 17, 14, budget),
    )
    return f'<g class="chart-legend">{"".join(drawn)}</g>'


def _bullet(row: Bullet, top: int, scale: Scale, language: str) -> str:
    says = _bullet_in_words(row, language)
    drawn = [_label(row.label, top + 18)]
    if row.forecast is not None:
        place = _span(scale, row.forecast, top + 4, 20)
        drawn.append(box("chart-5", place, HUES[4], stroke=SOFT, says=f"{row.label}: {says[1]}"))
    place = _span(scale, row.spent, top + 9, 10)
    drawn.append(box("chart-1", place, HUES[0], stroke=SOFT, says=f"{row.label}: {says[0]}"))
    if row.budget is not None:
        at = scale.at(row.budget.cents)
        drawn.append(line("chart-target", (at, top, at, top + 28), INK, 3))
    drawn.append(text("chart-figure", TEXT_LEFT, top + 12, says[0]))
    drawn.append(text("chart-soft", TEXT_LEFT, top + 28, says[1], fill=SOFT))
    return linked(
        row.href, f"{row.label}: {'; '.join(filter(None, says))}", f"<g>{''.join(drawn)}</g>"
    )


def _span(scale: Scale, amount: Money, top: int, height: int) -> tuple[int, int, int, int]:
    """Give the place of a bar from zero to an amount, to whichever side that is."""
    zero, end = scale.at(0), scale.at(amount.cents)
    return min(zero, end), top, abs(end - zero), height


def _bullet_in_words(row: Bullet, language: str) -> tuple[str, str]:
    """Say what is spent of the budget, and what is expected."""
    _ = words.gettext_for(language)
    spent = figures.whole_euros(row.spent, language)
    if row.budget:
        spent = _("{part} of {whole} ({share})").format(
            part=spent,
            whole=figures.whole_euros(row.budget, language),
            share=share_of(row.spent, row.budget, language),
        )
    if row.forecast is None:
        return spent, ""
    at_end = figures.whole_euros(row.forecast, language)
    if row.budget is None or row.forecast <= row.budget:
        return spent, _("expected {amount}").format(amount=at_end)
    over = figures.whole_euros(row.forecast - row.budget, language)
    return spent, _("expected {amount}, {over} too much").format(amount=at_end, over=over)
