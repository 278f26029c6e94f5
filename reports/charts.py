"""Charts: one definition, drawn here as SVG for page and paper, and by Excel in the workbook."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING, Final, NamedTuple

from reports import figures
from tracker.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.model import Section

# The drawing is 720 wide: labels, bars, figures. All places are whole numbers.
WIDTH: Final = 720
BAR_LEFT: Final = 118
BAR_WIDTH: Final = 372
TEXT_LEFT: Final = 500
ROW: Final = 26
TOP: Final = 30
LABEL_LENGTH: Final = 19
FONTS: Final = "Inter, DejaVu Sans, sans-serif"
# Apart in greyscale too: dark, light, and a frame. A page may give the classes other colours.
FILLS: Final = ("#0b5563", "#7fb9bf")


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars of a section's parts against a whole, such as costs against a budget.

    Shape:  ``label``, ``parts`` and ``whole`` are positions of the section's columns; the parts,
            at most two, are set end to end in this order. ``of`` says a bar in words, such as
            ``{part} of {whole} ({share})``.
    """

    title: str
    description: str
    section: str
    label: int
    parts: tuple[int, ...]
    whole: int
    of: str


class Bar(NamedTuple):
    """One bar of a chart: its parts in order, and the whole that it is set against, if any."""

    label: str
    parts: tuple[Money, ...]
    whole: Money | None

    @property
    def length(self) -> Money:
        """All parts together."""
        return Money.total(self.parts)


def bars_of(chart: Chart, section: Section) -> list[Bar]:
    """Read the bars of a chart from the rows of its section."""
    return [
        Bar(
            str(row[chart.label]),
            tuple(part for at in chart.parts if isinstance(part := row[at], Money)),
            whole if isinstance(whole := row[chart.whole], Money) else None,
        )
        for row in section.rows
    ]


def to_svg(chart: Chart, section: Section, language: str) -> str:
    """Draw a chart as SVG with a title, a description and a figure beside every bar.

    Shape:  a bar that is negative in all has no length; its figure says so.
    """
    bars = bars_of(chart, section)
    longest = max((max(bar.length, bar.whole or Money(0)).cents for bar in bars), default=0)
    height = TOP + ROW * len(bars) + 6
    name = f"chart-{escape(chart.section)}"
    head = (
        f'<svg class="chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"'
        f' font-family="{FONTS}"'
        f' role="img" aria-labelledby="{name}-title {name}-text">'
        f'<title id="{name}-title">{escape(chart.title)}</title>'
        f'<desc id="{name}-text">{escape(chart.description)}</desc>'
    )
    body = "".join(
        _bar(chart, bar, TOP + ROW * at, max(longest, 1), language) for at, bar in enumerate(bars)
    )
    axis = (
        f'<line class="chart-axis" x1="{BAR_LEFT}" y1="{TOP - 4}" x2="{BAR_LEFT}"'
        f' y2="{height - 4}" stroke="#5b6670" stroke-width="1"/>'
    )
    return f"{head}{_legend(chart, section, bars)}{body}{axis}</svg>"


def _bar(chart: Chart, bar: Bar, top: int, longest: int, language: str) -> str:
    drawn = [_text("chart-label", BAR_LEFT - 8, top + 13, _shortened(bar.label), "end")]
    left, end = BAR_LEFT, 0
    for at, part in enumerate(bar.parts):
        end = min(max(0, end + part.cents), max(0, bar.length.cents))
        right = BAR_LEFT + end * BAR_WIDTH // longest
        if right > left:
            drawn.append(_box(f"chart-part-{at}", left, top + 3, right - left, FILLS[at]))
            left = right
    if bar.whole and bar.whole.cents > 0:
        width = bar.whole.cents * BAR_WIDTH // longest
        drawn.append(
            f'<rect class="chart-whole" x="{BAR_LEFT}" y="{top}" width="{width}" height="18"'
            f' fill="none" stroke="#1c2731" stroke-width="1"/>'
        )
    drawn.append(_text("chart-figure", TEXT_LEFT, top + 13, _in_words(chart, bar, language)))
    return f"<g>{''.join(drawn)}</g>"


def _box(name: str, left: int, top: int, width: int, fill: str) -> str:
    return f'<rect class="{name}" x="{left}" y="{top}" width="{width}" height="12" fill="{fill}"/>'


def _legend(chart: Chart, section: Section, bars: Sequence[Bar]) -> str:
    """Name the parts and, where there is one, the whole, above the bars."""
    left, drawn = BAR_LEFT, []
    for at, column in enumerate(chart.parts):
        title = section.columns[column].title
        drawn.append(_box(f"chart-part-{at}", left, 4, 12, FILLS[at]))
        drawn.append(_text("chart-key", left + 17, 14, title))
        left += 32 + 6 * len(title)
    if any(bar.whole is not None for bar in bars):
        frame = (
            f'<rect class="chart-whole" x="{left}" y="4" width="12" height="12" fill="none"'
            f' stroke="#1c2731" stroke-width="1"/>'
        )
        drawn += [frame, _text("chart-key", left + 17, 14, section.columns[chart.whole].title)]
    return f'<g class="chart-legend">{"".join(drawn)}</g>'


def _text(name: str, left: int, base: int, text: str, anchor: str = "start") -> str:
    return (
        f'<text class="{name}" x="{left}" y="{base}" text-anchor="{anchor}" font-size="11"'
        f' fill="currentColor">{escape(text)}</text>'
    )


def _in_words(chart: Chart, bar: Bar, language: str) -> str:
    part = figures.whole_euros(bar.length, language)
    if not bar.whole:
        return part
    return chart.of.format(
        part=part,
        whole=figures.whole_euros(bar.whole, language),
        share=figures.share(Decimal(bar.length.cents) / Decimal(bar.whole.cents), language),
    )


def _shortened(label: str) -> str:
    return label if len(label) <= LABEL_LENGTH else f"{label[: LABEL_LENGTH - 1].rstrip()}…"
