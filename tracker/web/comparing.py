"""What a commitment was and what it is, side by side, in the reader's words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tracker.domain.amendments import Standing, standing_on
from tracker.domain.commitments import Status
from tracker.domain.texts import mark as _
from tracker.web.language import amount, figure, label, say, translate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tracker.domain.amendments import Amendment

Compared = list[tuple[str, str, str]]


NAMES = (
    _("Amount"),
    _("Status"),
    _("Costs incurred between"),
    _("Funding share"),
    _("Categories"),
    _("Determined at"),
)


def side_by_side(before: Standing, after: Standing) -> Compared:
    """Put two standings beside each other; what neither of them says is left out."""
    rows = zip(NAMES, _in_words(before), _in_words(after), strict=True)
    return [
        (translate(name), first or "–", now or "–") for name, first, now in rows if first or now
    ]


def effect_of(decision: Amendment, confirmed: Iterable[Amendment]) -> tuple[Standing, Standing]:
    """Give what was true before a decision and what is true with it, in the order of numbers."""
    earlier = [d for d in confirmed if d.number < decision.number]
    return standing_on(earlier, date.max), standing_on([*earlier, decision], date.max)


def original_of(decisions: Iterable[Amendment]) -> Standing:
    """Give what the first decision said."""
    return standing_on([d for d in decisions if d.number == 0], date.max)


def _in_words(standing: Standing) -> tuple[str, ...]:
    period, nothing = standing.period, standing.status is Status.DRAFT
    return (
        "" if nothing else amount(standing.amount),
        "" if nothing else label(standing.status),
        say("{first} and {last}", first=period.first_day, last=period.last_day) if period else "",
        "" if standing.share is None else figure(standing.share),
        ", ".join(label(code) for code in standing.categories),
        "" if standing.determined is None else amount(standing.determined),
    )
