"""The geometry of the charts on pages, in whole units of their own; templates only draw it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tracker.domain.commitments import PLEDGED, Status
from tracker.domain.money import ZERO, Money, share_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from tracker.domain.commitments import Commitment
    from tracker.domain.milestones import Milestone, Standing

BAR = 1000  # units in the whole width of a bar
HUES = 5

PLOT_LEFT, PLOT_RIGHT = 220, 960
TITLE_MAX = 30  # letters of a title that fit beside the plot
ROW, HEAD = 28, 26


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a stacked bar; ``hue`` 0 is for what does not bind."""

    label: str
    standing: str
    amount: Money
    share: Decimal
    x: int
    width: int
    hue: int


def funding_by_source(commitments: Iterable[Commitment]) -> tuple[Segment, ...]:
    """Lay out who funds the project: binding parts by funder, then conditional and pledged.

    Shape:  the largest funders by name, the others together; widths add up to ``BAR``.
    """
    binding: dict[str, int] = {}
    open_: dict[str, int] = {"conditional": 0, "pledge": 0}
    for commitment in commitments:
        cents = commitment.amount.cents
        if commitment.is_committed:
            binding[commitment.funder] = binding.get(commitment.funder, 0) + cents
        elif commitment.status is Status.CONDITIONAL:
            open_["conditional"] += cents
        elif commitment.status in PLEDGED:
            open_["pledge"] += cents
    ranked = sorted(binding.items(), key=lambda found: -found[1])
    parts = [(name, "awarded", cents) for name, cents in ranked[:HUES]]
    if len(ranked) > HUES:
        rest = sum(cents for _, cents in ranked[HUES - 1 :])
        parts = [*parts[: HUES - 1], ("", "awarded", rest)]
    parts += [("", status, cents) for status, cents in open_.items()]
    return _stacked([part for part in parts if part[2] > 0])


def _stacked(parts: Sequence[tuple[str, str, int]]) -> tuple[Segment, ...]:
    if not parts:
        return ()
    whole = Money(sum(cents for _, _, cents in parts))
    widths = share_out(BAR, [cents for _, _, cents in parts])
    segments, x = [], 0
    for at, ((label, standing, cents), width) in enumerate(zip(parts, widths, strict=True)):
        hue = at + 1 if standing == "awarded" else 0
        share = Money(cents).as_decimal / whole.as_decimal
        segments.append(Segment(label, standing, Money(cents), share, x, width, hue))
        x += width
    return tuple(segments)


def fill(part: Money, whole: Money) -> int:
    """Tell how far a bar of the whole is filled, from 0 to ``BAR``."""
    if whole <= ZERO or part <= ZERO:
        return 0
    return min(BAR, part.cents * BAR // whole.cents)


@dataclass(frozen=True, slots=True)
class Mark:
    """A milestone on the timeline: where its baseline, its current and its actual day stand."""

    milestone: Milestone
    standing: Standing
    y: int
    baseline: int
    current: int
    met: int | None
    slip: int

    @property
    def title(self) -> str:
        """The code and the beginning of the title."""
        title = f"{self.milestone.code} {self.milestone.title}"
        return title if len(title) <= TITLE_MAX else f"{title[:TITLE_MAX].rstrip()}…"

    @property
    def end(self) -> int:
        """Where the slip ends: at the day it was met, or else at the current date."""
        return self.current if self.met is None else self.met


@dataclass(frozen=True, slots=True)
class Timeline:
    """Milestones over the years."""

    marks: tuple[Mark, ...]
    years: tuple[tuple[int, int], ...]  # year, and where it begins
    today: int
    width: int
    height: int


def timeline(milestones: Sequence[Milestone], today: date) -> Timeline | None:
    """Lay out milestones by their days; none without milestones."""
    if not milestones:
        return None
    days = [d for m in milestones for d in (m.baseline, m.current, m.met_on or m.current)]
    first, last = date(min(*days, today).year, 1, 1), date(max(*days, today).year, 12, 31)
    span = (last - first).days

    def x_of(day: date) -> int:
        return PLOT_LEFT + (day - first).days * (PLOT_RIGHT - PLOT_LEFT) // span

    marks = tuple(
        Mark(
            milestone=m,
            standing=m.standing(today),
            y=HEAD + ROW * at + ROW // 2,
            baseline=x_of(m.baseline),
            current=x_of(m.current),
            met=x_of(m.met_on) if m.met_on else None,
            slip=m.slip_days(),
        )
        for at, m in enumerate(milestones)
    )
    years = tuple((year, x_of(date(year, 1, 1))) for year in range(first.year, last.year + 1))
    return Timeline(marks, years, x_of(today), PLOT_RIGHT + 90, HEAD + ROW * len(marks) + 8)
