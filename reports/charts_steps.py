"""Step lines: amounts month by month, and the small trend beside a figure."""

from __future__ import annotations

from calendar import monthrange
from typing import TYPE_CHECKING, Final

from reports import figures, words
from reports.charts_drawing import (
    ACCENT,
    HUES,
    INK,
    LATE,
    LETTER,
    LINE,
    SIZE,
    SOFT,
    STROKES,
    WIDTH,
    Scale,
    box,
    circle,
    drawing,
    hatch,
    hatched,
    line,
    path,
    shortened,
    text,
)
from tracker.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reports.charts import StepLine, Steps, Trend

HEIGHT: Final = 282
LEFT, RIGHT = 96, 648
TOP, BOTTOM = 30, 232
TICKS: Final = 5  # lines of amounts, about
NAMED_MONTHS: Final = 9
YEAR: Final = 12
DASHED: Final = "5 3"

TREND_WIDTH, TREND_HEIGHT = 120, 30


def steps(chart: Steps, language: str) -> str:
    """Draw step lines over months, with the zero line, today and the lowest point."""
    scale = _amounts(chart)
    drawn = [hatch(chart.name), _grid(scale, language), _months(chart, language)]
    drawn.append(_below_zero(chart, scale))
    drawn += [_line(chart, at, scale) for at in reversed(range(len(chart.lines)))]
    drawn += [_today(chart, language), _labels(chart, scale), _lowest(chart, scale, language)]
    drawn += _hovers(chart, language)
    return drawing(chart, (WIDTH, HEIGHT), "".join(drawn))


def _amounts(chart: Steps) -> Scale:
    """Make the scale of the amounts: from whole tick to whole tick, zero among them."""
    cents = [amount.cents for one in chart.lines for amount in one.amounts]
    low, high = min(0, *cents, 0), max(0, *cents, 0)
    step = tick_of(high - low)
    low, high = low // step * step, -(-high // step) * step
    return Scale(low, max(high, low + step), TOP, BOTTOM - TOP)


def tick_of(cents: int) -> int:
    """Give the round step, 1, 2 or 5 with zeros, by which about five ticks span so much.

    Units:  cents; a euro at least.
    """
    step = 100
    while step * TICKS < cents:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return step


def _y(scale: Scale, cents: int) -> int:
    """Give the place of an amount from the top: more is higher."""
    return TOP + BOTTOM - scale.at(cents)


def _x(chart: Steps, month: int) -> int:
    """Give the place where a month begins."""
    return LEFT + month * (RIGHT - LEFT) // max(1, len(chart.months))


def _grid(scale: Scale, language: str) -> str:
    """Draw a line for every round amount, the zero line darker."""
    drawn = []
    step = tick_of(scale.high - scale.low)
    for cents in range(scale.low, scale.high + 1, step):
        y, is_zero = _y(scale, cents), cents == 0
        drawn.append(line("chart-axis" if is_zero else "chart-line", (LEFT, y, RIGHT, y),
                          INK if is_zero else LINE, 1))  # fmt: skip
        said = figures.whole_euros(Money(cents), language)
        drawn.append(text("chart-soft", LEFT - 8, y + 4, said, anchor="end", fill=SOFT))
    return f"<g>{''.join(drawn)}</g>"


def _months(chart: Steps, language: str) -> str:
    """Name months, quarters or years along the foot, as many as there is room for."""
    every = next(
        (n for n in (1, 3, 6) if len(chart.months) <= n * NAMED_MONTHS),
        YEAR * -(-len(chart.months) // (YEAR * NAMED_MONTHS)),
    )
    drawn = []
    for at, month in enumerate(chart.months):
        if (month.year * YEAR + month.month - 1) % every == 0:
            x = _x(chart, at)
            said = str(month.year) if every >= YEAR else figures.month(month, language)
            drawn.append(line("chart-line", (x, BOTTOM, x, BOTTOM + 8), SOFT))
            drawn.append(text("chart-soft", x + 3, BOTTOM + 18, said, fill=SOFT))
    return f"<g>{''.join(drawn)}</g>"


def _below_zero(chart: Steps, scale: Scale) -> str:
    """Hatch what lies between zero and the first line where that is below it."""
    zero = _y(scale, 0)
    course = "".join(
        f"M{_x(chart, at)} {zero}H{_x(chart, at + 1)}V{_y(scale, amount.cents)}H{_x(chart, at)}z"
        for at, amount in enumerate(chart.lines[0].amounts)
        if amount.cents < 0
    )
    return path("chart-below-zero", course, fill=hatched(chart.name)) if course else ""


def _line(chart: Steps, at: int, scale: Scale) -> str:
    """Draw a line: through as far as it is known, dashed after that."""
    one, (stroke, width) = chart.lines[at], STROKES[at]
    known = known_months(chart, one)
    name = f"chart-step-{at + 1}"
    courses = (_course(chart, one, (0, known), scale), _course(chart, one, (known, None), scale))
    return "".join(
        path(name, course, stroke=stroke, width=width, dash=dash)
        for course, dash in zip(courses, ("", DASHED), strict=True)
        if course
    )


def known_months(chart: Steps, one: StepLine) -> int:
    """Count the months of a line that are known, and not expected."""
    until = one.is_actual_until
    if until is None:
        return len(chart.months)
    return sum((month.year, month.month) <= (until.year, until.month) for month in chart.months)


def _course(chart: Steps, one: StepLine, span: tuple[int, int | None], scale: Scale) -> str:
    """Give the course of a line through some months, joined to the month before."""
    first, last = span
    found = list(enumerate(one.amounts))[first:last]
    if not found:
        return ""
    begin = one.amounts[max(0, first - 1)].cents
    course = "".join(f"V{_y(scale, amount.cents)}H{_x(chart, at + 1)}" for at, amount in found)
    return f"M{_x(chart, first)} {_y(scale, begin)}{course}"


def _today(chart: Steps, language: str) -> str:
    months = [(month.year, month.month) for month in chart.months]
    today = chart.today
    if (today.year, today.month) not in months:
        return ""
    at, days = months.index((today.year, today.month)), monthrange(today.year, today.month)[1]
    first, last = _x(chart, at), _x(chart, at + 1)
    x = first + (last - first) * (today.day - 1) // days
    said = words.gettext_for(language)("today")
    return line("chart-today", (x, TOP - 6, x, BOTTOM), ACCENT, 2, "4 3") + text(
        "chart-today-word", x + 4, TOP - 10, said, fill=ACCENT
    )


def _labels(chart: Steps, scale: Scale) -> str:
    """Name each line where it ends, the names apart from each other."""
    ends = sorted(
        (_y(scale, one.amounts[-1].cents if one.amounts else 0), at)
        for at, one in enumerate(chart.lines)
    )
    drawn, lowest = [], TOP - SIZE
    for y, at in ends:
        lowest = max(y + 4, lowest + SIZE + 2)
        (stroke, width), named = STROKES[at], chart.lines[at].label
        dash = "" if known_months(chart, chart.lines[at]) else DASHED
        swatch = (RIGHT + 8, lowest - 4, RIGHT + 24, lowest - 4)
        drawn.append(line(f"chart-step-{at + 1}", swatch, stroke, width, dash))
        drawn.append(text("chart-label", RIGHT + 28, lowest, shortened(named, 18)))
    return f"<g>{''.join(drawn)}</g>"


def _lowest(chart: Steps, scale: Scale, language: str) -> str:
    """Mark the lowest point of the first line, and say below how low it is and when."""
    if (at := chart.lowest) is None:
        return ""
    amount = chart.lines[0].amounts[at]
    template = words.gettext_for(language)("lowest: {amount}, {month}")
    told = figures.amount(amount, language)
    said = template.format(amount=told, month=figures.month(chart.months[at], language))
    if len(chart.lines) > 1:
        said = f"{chart.lines[0].label}, {said}"
    x, y = (_x(chart, at) + _x(chart, at + 1)) // 2, _y(scale, amount.cents)
    half = LETTER * len(said) // 2
    middle = min(max(x, LEFT + half), RIGHT - half)
    named, marked, colour = ("chart-label", "chart-lowest", INK)
    if amount.cents < 0:
        named, marked, colour = ("chart-late", "chart-lowest chart-lowest--below", LATE)
    return (
        circle(marked, (x, y, 5), "none", colour)
        + circle(marked, (middle - half, HEIGHT - 10, 5), "none", colour)
        + text(named, middle - half + 12, HEIGHT - 6, said, fill=colour)
    )


def _hovers(chart: Steps, language: str) -> Iterator[str]:
    """Lay a strip over every month that says its amounts."""
    for at, month in enumerate(chart.months):
        told = "; ".join(
            f"{one.label} {figures.amount(one.amounts[at], language)}" for one in chart.lines
        )
        left, right = _x(chart, at), _x(chart, at + 1)
        place = (left, TOP, right - left, BOTTOM - TOP)
        yield box("chart-hover", place, "none", says=f"{figures.month(month, language)}: {told}")


def trend(chart: Trend, language: str) -> str:
    """Draw a small line that says in its title from what to what the figure went."""
    scale = Scale.over(chart.amounts, 5, TREND_HEIGHT - 10)
    places = list(_trend_places(chart.amounts, scale))
    zero = TREND_HEIGHT - scale.at(0)
    drawn = [line("chart-line", (0, zero, TREND_WIDTH, zero), LINE)]
    if places:
        course = "M" + "L".join(f"{x} {y}" for x, y in places)
        drawn.append(path("chart-step-1", course, stroke=HUES[0], width=2))
        drawn.append(circle("chart-last", (*places[-1], 3), HUES[0], HUES[0]))
    said = f"{chart.title}: {trend_in_words(chart, language)}"
    return drawing(chart, (TREND_WIDTH, TREND_HEIGHT), "".join(drawn), says=said)


def _trend_places(amounts: Sequence[Money], scale: Scale) -> Iterator[tuple[int, int]]:
    last = max(1, len(amounts) - 1)
    for at, amount in enumerate(amounts):
        yield 4 + at * (TREND_WIDTH - 8) // last, TREND_HEIGHT - scale.at(amount.cents)


def trend_in_words(chart: Trend, language: str) -> str:
    """Say the first and the last amount of a trend, and when they were."""
    _ = words.gettext_for(language)
    if not chart.amounts:
        return _("nothing yet")
    return _("{first} in {begin}, {last} in {end}").format(
        first=figures.amount(chart.amounts[0], language),
        begin=figures.month(chart.months[0], language),
        last=figures.amount(chart.amounts[-1], language),
        end=figures.month(chart.months[-1], language),
    )
