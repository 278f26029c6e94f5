"""The timeline: baseline hollow, current day solid, day it was met marked, the slip as a line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from reports import figures, words
from reports.charts_drawing import (
    ACCENT,
    ATTENTION,
    GOOD,
    INK,
    LATE,
    LETTER,
    LINE,
    PAPER,
    SOFT,
    box,
    circle,
    drawing,
    line,
    linked,
    path,
    shortened,
    text,
)

if TYPE_CHECKING:
    from reports.charts import Timeline, TimelineRow

WIDTH: Final = 960
PLOT_LEFT, PLOT_RIGHT = 284, 800
ROW: Final = 26
HEAD: Final = 50
FOOT: Final = 26
LABEL_LENGTH: Final = 42
YEARS_WITH_QUARTERS: Final = 3
YEARS_NAMED: Final = 14  # more do not fit beside each other
YEAR_WIDTH: Final = 36  # of its name, with what is before it
LATE_STANDING, NOT_MET_STANDING = "late", "not_met"


def timeline(chart: Timeline, language: str) -> str:
    """Draw the milestones one below the other, the days from left to right."""
    axis = Axis.over(chart)
    rows, top = [], HEAD
    for group, found in chart.groups.items():
        if group:
            rows.append(text("chart-group", 2, top + 17, group))
            top += ROW
        for row in found:
            rows.append(_row(row, top, axis, chart.today, language))
            top += ROW
    body = f"{_key(language)}{_scale(axis, top, language)}{''.join(rows)}"
    has_links = any(row.href for row in chart.rows)
    return drawing(chart, (WIDTH, top + FOOT), body, has_links=has_links)


@dataclass(frozen=True, slots=True)
class Axis:
    """The days from the first day of a year to the last of another, from left to right."""

    first: date
    last: date
    today: date
    is_dated: bool = False

    @classmethod
    def over(cls, chart: Timeline) -> Axis:
        """Make the axis on which all days of a chart stand, and today."""
        days = [chart.today]
        for row in chart.rows:
            days += (row.baseline, row.current, row.end)
        first, last = date(min(days).year, 1, 1), date(max(days).year, 12, 31)
        return cls(first, last, chart.today, chart.is_dated)

    def at(self, day: date) -> int:
        """Give the place of a day."""
        gone, all_days = (day - self.first).days, (self.last - self.first).days
        return PLOT_LEFT + gone * (PLOT_RIGHT - PLOT_LEFT) // all_days

    @property
    def years(self) -> range:
        """The years that it shows."""
        return range(self.first.year, self.last.year + 1)


def _scale(axis: Axis, bottom: int, language: str) -> str:
    """Draw the years, their quarters where there is room, and today."""
    drawn = []
    every = -(-len(axis.years) // YEARS_NAMED)
    now, today = axis.at(axis.today), words.gettext_for(language)("today")
    if axis.is_dated:
        today = figures.day(axis.today, language)
    top = HEAD - 14
    for year in axis.years:
        at = axis.at(date(year, 1, 1))
        drawn.append(line("chart-line", (at, HEAD - 14, at, bottom + 4), LINE))
        if (year - axis.first.year) % every == 0:
            drawn.append(text("chart-soft", at + 4, HEAD - 5, str(year), fill=SOFT))
            if 0 <= now - at < YEAR_WIDTH:
                top = HEAD - 2  # so as not to strike the year out
            drawn.append(text("chart-soft", at + 4, bottom + 16, str(year), fill=SOFT))
        if len(axis.years) <= YEARS_WITH_QUARTERS:
            drawn += _quarters(axis, year, bottom, language)
    drawn.append(line("chart-today", (now, top, now, bottom + 4), ACCENT, 2, "4 3"))
    drawn.append(text("chart-today-word", now + 4, HEAD - 18, today, fill=ACCENT))
    return f"<g>{''.join(drawn)}</g>"


def _quarters(axis: Axis, year: int, bottom: int, language: str) -> list[str]:
    named, drawn = words.gettext_for(language)("Q{quarter}"), []
    for quarter in (2, 3, 4):
        at = axis.at(date(year, 3 * quarter - 2, 1))
        drawn.append(line("chart-line", (at, HEAD - 2, at, bottom + 4), LINE, 1, "1 3"))
        said = named.format(quarter=quarter)
        drawn.append(text("chart-soft", at + 4, HEAD - 5, said, fill=SOFT))
    return drawn


def _key(language: str) -> str:
    """Say what the marks are, above the years."""
    _ = words.gettext_for(language)
    drawn, left = [], PLOT_LEFT
    for named, mark in (
        (_("Baseline"), _baseline),
        (_("Current date"), _current),
        (_("Met"), _met),
    ):
        drawn += [mark(left + 6, 10, ""), text("chart-key", left + 18, 14, named)]
        left += 40 + LETTER * len(named)
    drawn.append(line("chart-slip", (left, 10, left + 20, 10), ATTENTION, 2))
    drawn.append(text("chart-key", left + 26, 14, _("Slip")))
    return f'<g class="chart-legend">{"".join(drawn)}</g>'


class _Spoken(NamedTuple):
    """What is said of a milestone, mark by mark."""

    baseline: str
    current: str
    met: str
    slip: str


def _row(row: TimelineRow, top: int, axis: Axis, today: date, language: str) -> str:
    spoken = _in_words(row, today, language)
    y = top + ROW // 2
    baseline, current, end = axis.at(row.baseline), axis.at(row.current), axis.at(row.end)
    is_late = row.standing == LATE_STANDING
    label = shortened(f"{row.code} {row.title}", LABEL_LENGTH)
    drawn = [
        box("chart-row", (0, top, WIDTH, ROW), "none"),
        text("chart-label chart-late" if is_late else "chart-label", 2, y + 4, label,
             fill=LATE if is_late else "currentColor"),
    ]  # fmt: skip
    if baseline != end:
        drawn.append(line("chart-slip", (baseline, y, end, y), ATTENTION, 2))
    drawn.append(_baseline(baseline, y, spoken.baseline))
    if row.met_on is None or current != end:
        drawn.append(_current(current, y, spoken.current))
    if row.met_on is not None:
        drawn.append(_met(end, y, spoken.met))
    if spoken.slip:
        reach = (min(baseline, current, end), max(baseline, current, end))
        drawn.append(_slip_words(reach, y, spoken.slip, is_late=is_late))
    said = "; ".join(filter(None, (f"{row.code} {row.title}", *spoken)))
    return linked(row.href, said, f"<g>{''.join(drawn)}</g>")


def _slip_words(reach: tuple[int, int], y: int, said: str, *, is_late: bool) -> str:
    """Write the days to the right of the marks, or to the left where there is more room."""
    first, last = reach
    needed = LETTER * len(said) + 12
    fits_right, fits_left = last + needed <= WIDTH, first - needed >= PLOT_LEFT
    left, anchor = (first - 12, "end") if fits_left and not fits_right else (last + 12, "start")
    name, fill = ("chart-late", LATE) if is_late else ("chart-soft", SOFT)
    return text(name, left, y + 4, said, anchor=anchor, fill=fill)


def _baseline(x: int, y: int, says: str) -> str:
    return circle("chart-baseline", (x, y, 5), PAPER, SOFT, says)


def _current(x: int, y: int, says: str) -> str:
    return circle("chart-current", (x, y, 4), INK, INK, says)


def _met(x: int, y: int, says: str) -> str:
    course = f"M{x} {y - 7}l7 7l-7 7l-7 -7z"
    return path("chart-met", course, fill=GOOD, stroke=PAPER, says=says)


def slip_in_words(row: TimelineRow, today: date, language: str) -> str:
    """Say how many days later or earlier a milestone is, and that it is late or given up."""
    _ = words.gettext_for(language)
    said = []
    if row.slip > 0:
        one, many = _("{count} day later"), _("{count} days later")
        said.append(_counted(row.slip, one, many, language))
    elif row.slip < 0:
        one, many = _("{count} day earlier"), _("{count} days earlier")
        said.append(_counted(-row.slip, one, many, language))
    if row.standing == NOT_MET_STANDING:
        said.append(words.label(row.standing, language))
    elif row.standing == LATE_STANDING:
        one, many = _("{count} day late"), _("{count} days late")
        said.append(_counted((today - row.current).days, one, many, language))
    return " · ".join(said)


def _counted(count: int, one: str, many: str, language: str) -> str:
    return (one if count == 1 else many).format(count=figures.count(count, language))


def _in_words(row: TimelineRow, today: date, language: str) -> _Spoken:
    _ = words.gettext_for(language)
    met = _("{code} met {day}") if row.met_on else ""
    return _Spoken(
        _day_of(row.code, _("{code} baseline {day}"), row.baseline, language),
        _day_of(row.code, _("{code} current {day}"), row.current, language),
        _day_of(row.code, met, row.end, language),
        slip_in_words(row, today, language),
    )


def _day_of(code: str, template: str, day: date, language: str) -> str:
    return template.format(code=code, day=figures.day(day, language))
