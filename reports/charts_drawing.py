"""The strokes that charts are drawn with: shapes, texts, links, and the colours of paper.

Every shape has a class, by which pages give it the colours of their theme, and the colours of
paper as attributes, with which it needs no style at all. All places are whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from reports import figures

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reports.charts import Chart
    from tracker.domain.money import Money

WIDTH: Final = 800
SIZE: Final = 12  # of texts
LETTER: Final = 7  # how wide a letter is, at most on average
FONTS: Final = "Inter, DejaVu Sans, sans-serif"
# Each is lighter than the one before, so that they differ in greyscale; all have an outline.
HUES: Final = ("#0b3f3b", "#1f766e", "#b8862f", "#8fc9c1", "#efdcb4")
PAPER, INK, SOFT = "#ffffff", "#17211f", "#50605d"
LINE, STRONG = "#d8dfdd", "#7d8b88"
ACCENT, GOOD, ATTENTION, LATE = "#0b5d57", "#1f6b3b", "#8a5300", "#b0201a"
STROKES: Final = ((HUES[0], 3), (HUES[2], 2), (HUES[1], 2))  # of lines: hue and width
ON_HUES: Final = (PAPER, PAPER, INK, INK, INK)  # what is written on them


@dataclass(frozen=True, slots=True)
class Scale:
    """Where an amount stands between two ends: the lowest at ``left``, the highest ``width`` on.

    Shape:  zero is always between the ends; what lies beyond them stands at the end.
    """

    low: int
    high: int
    left: int
    width: int

    @classmethod
    def over(cls, amounts: Iterable[Money], left: int, width: int) -> Scale:
        """Make the scale that holds all these amounts and zero."""
        cents = [0, *(amount.cents for amount in amounts)]
        low, high = min(cents), max(cents)
        return cls(low, high if high > low else low + 1, left, width)

    def at(self, cents: int) -> int:
        """Give the place of an amount."""
        inside = min(max(cents, self.low), self.high) - self.low
        return self.left + inside * self.width // (self.high - self.low)


def drawing(
    chart: Chart, size: tuple[int, int], body: str, *, has_links: bool = False, says: str = ""
) -> str:
    """Put what is drawn into its frame, with the title and the description of the chart.

    Shape:  a chart with links is a group of them; another is a picture. ``says`` is said in
            place of the title.
    """
    width, height = size
    name = f"chart-{chart.name}"
    named = f"{name}-title {name}-text" if chart.description else f"{name}-title"
    told = f'<desc id="{name}-text">{_clean(chart.description)}</desc>' if chart.description else ""
    kind = type(chart).__name__.lower()
    return (
        f'<svg class="chart chart--{kind}" xmlns="http://www.w3.org/2000/svg"'
        f' viewBox="0 0 {width} {height}" font-family="{FONTS}"'
        f' role="{"group" if has_links else "img"}" aria-labelledby="{named}">'
        f'<title id="{name}-title">{_clean(says or chart.title)}</title>{told}{body}</svg>'
    )


def title(says: str) -> str:
    """Name a shape: what hovering over it tells."""
    return f"<title>{_clean(says)}</title>" if says else ""


def box(
    name: str,
    place: tuple[int, int, int, int],
    fill: str,
    *,
    stroke: str = "",
    dash: str = "",
    says: str = "",
) -> str:
    """Draw a rectangle at x and y, so wide and so high."""
    x, y, width, height = place
    return (
        f'<rect class="{name}" x="{x}" y="{y}" width="{width}" height="{height}" fill="{fill}"'
        f"{_stroked(stroke, 1, dash)}>{title(says)}</rect>"
    )


def line(
    name: str, ends: tuple[int, int, int, int], stroke: str, width: int = 1, dash: str = ""
) -> str:
    """Draw a line from x and y to x and y."""
    x1, y1, x2, y2 = ends
    return (
        f'<line class="{name}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"'
        f"{_stroked(stroke, width, dash)}/>"
    )


def circle(name: str, place: tuple[int, int, int], fill: str, stroke: str, says: str = "") -> str:
    """Draw a circle around x and y, with a radius."""
    x, y, radius = place
    return (
        f'<circle class="{name}" cx="{x}" cy="{y}" r="{radius}" fill="{fill}"'
        f' stroke="{stroke}" stroke-width="2">{title(says)}</circle>'
    )


def path(
    name: str,
    course: str,
    *,
    fill: str = "none",
    stroke: str = "",
    width: int = 1,
    dash: str = "",
    says: str = "",
) -> str:
    """Draw a course of lines."""
    return (
        f'<path class="{name}" d="{course}" fill="{fill}"{_stroked(stroke, width, dash)}>'
        f"{title(says)}</path>"
    )


def text(
    name: str, x: int, y: int, words: str, *, anchor: str = "start", fill: str = "currentColor"
) -> str:
    """Write words on a line."""
    return (
        f'<text class="{name}" x="{x}" y="{y}" text-anchor="{anchor}" font-size="{SIZE}"'
        f' fill="{fill}">{_clean(words)}</text>'
    )


def linked(href: str, says: str, drawn: str) -> str:
    """Make a link of what is drawn, if it leads anywhere."""
    if not href:
        return drawn
    return f'<a class="chart-link" href="{escape(href)}" aria-label="{_clean(says)}">{drawn}</a>'


def hatch(name: str) -> str:
    """Define the hatch of what is not certain, or below zero; ``hatched`` fills with it."""
    return (
        f'<defs><pattern id="chart-{name}-hatch" width="6" height="6"'
        f' patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect class="chart-paper" width="6" height="6" fill="{PAPER}"/>'
        f'<rect class="chart-hatch" width="2" height="6" fill="{STRONG}"/></pattern></defs>'
    )


def hatched(name: str) -> str:
    """Give the fill that a chart's hatch is."""
    return f"url(#chart-{name}-hatch)"


def shortened(label: str, most: int) -> str:
    """Cut a label to so many letters, and show that it was cut."""
    return label if len(label) <= most else f"{label[: most - 1].rstrip()}…"


def _clean(words: str) -> str:
    """Make words fit to stand in a drawing: escaped, without control characters."""
    return escape(figures.as_text(words, ""))


def _stroked(stroke: str, width: int, dash: str) -> str:
    if not stroke:
        return ""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f' stroke="{stroke}" stroke-width="{width}"{dashed}'
