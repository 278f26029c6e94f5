"""Charts of values of the domain, for pages and reports alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reports import words
from reports.charts import (
    HUES,
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
from tracker.domain.commitments import PLEDGED, Status
from tracker.domain.money import Money
from tracker.domain.periods import month_of, months_after

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from tracker.domain.cash_ahead import CashAhead
    from tracker.domain.commitments import Commitment
    from tracker.domain.headlines import Headline
    from tracker.domain.milestones import Milestone
    from tracker.domain.overview import Spending

BACK: Final = 12  # months before the current one for which cash on hand is shown


def funding_by_source(
    commitments: Iterable[Commitment],
    language: str,
    *,
    address: Callable[[int], str] = lambda _funder: "",
) -> StackedBar | None:
    """Show who funds the project: binding parts by funder, then conditional and pledged.

    Shape:  the largest funders by name, the others together; nothing without any money.
            ``address`` says where the commitments of a funder are shown.
    """
    _ = words.gettext_for(language)
    binding: dict[tuple[str, int], int] = {}
    open_: dict[str, int] = {"conditional": 0, "pledge": 0}
    for commitment in commitments:
        cents = commitment.amount.cents
        if commitment.is_committed:
            funder = (commitment.funder, commitment.funder_id)
            binding[funder] = binding.get(funder, 0) + cents
        elif commitment.status is Status.CONDITIONAL:
            open_["conditional"] += cents
        elif commitment.status in PLEDGED:
            open_["pledge"] += cents
    parts = [
        *_largest(binding, _("Other funders"), address),
        *(
            Part(words.label(status, language), Money(cents), is_certain=False)
            for status, cents in open_.items()
        ),
    ]
    return _funding([part for part in parts if part.amount], language)


def _largest(
    binding: dict[tuple[str, int], int], others: str, address: Callable[[int], str]
) -> list[Part]:
    """Give a part to each of the largest funders, and one to all others."""
    ranked = sorted(binding.items(), key=lambda found: -found[1])
    named = ranked if len(ranked) <= HUES else ranked[: HUES - 1]
    parts = [Part(name, Money(cents), True, address(key)) for (name, key), cents in named]
    rest = sum(cents for _funder, cents in ranked[len(named) :])
    return [*parts, Part(others, Money(rest))]


def _funding(parts: Sequence[Part], language: str) -> StackedBar | None:
    _ = words.gettext_for(language)
    if not parts:
        return None
    return StackedBar(
        "sources",
        _("Funding by source"),
        _(
            "A bar of all funding, divided by funder; conditional and pledged money stand apart."
            " The list below gives the figures."
        ),
        tuple(parts),
    )


def milestones_over_time(
    milestones: Iterable[Milestone],
    today: date,
    language: str,
    *,
    address: Callable[[Milestone], str] = lambda _milestone: "",
    group: Callable[[Milestone], str] = lambda _milestone: "",
    is_dated: bool = False,
) -> Timeline | None:
    """Show milestones on a timeline, in the order given; nothing without milestones.

    Shape:  ``address`` says where a milestone is shown, ``group`` under which name it stands.
    """
    _ = words.gettext_for(language)
    rows = tuple(
        TimelineRow(
            milestone.code,
            milestone.title,
            milestone.baseline,
            milestone.current,
            milestone.met_on,
            milestone.standing(today),
            address(milestone),
            group(milestone),
        )
        for milestone in milestones
    )
    if not rows:
        return None
    return Timeline(
        "milestones",
        _("Milestones over the years"),
        _(
            "For each milestone the baseline, the current date and the day it was met; the table"
            " below gives the dates."
        ),
        today,
        rows,
        is_dated,
    )


def spending_and_budget(
    spending: Sequence[Spending],
    language: str,
    *,
    is_of_projects: bool,
    address: Callable[[Spending], str] = lambda _spending: "",
) -> Bullets | None:
    """Set spending against budget and forecast; nothing where none of them is known.

    Shape:  ``address`` says where the costs of a row are shown.
    """
    _ = words.gettext_for(language)
    if not spending:
        return None
    title = _("Budget, spending and forecast by work package")
    if is_of_projects:
        title = _("Budget, spending and forecast by project")
    return Bullets(
        "spending",
        title,
        _(
            "For each the costs so far as a bar, the budget as a line across it, and what it is"
            " expected to cost in the end."
        ),
        tuple(
            Bullet(
                f"{one.name} {one.title}".strip() or _("Without a work package"),
                one.spent,
                one.forecast,
                one.budget,
                address(one),
            )
            for one in spending
        ),
    )


def cash_by_month(cash: CashAhead, today: date, language: str) -> Steps:
    """Show cash on hand from a year back on: as the books say, then as is expected."""
    _ = words.gettext_for(language)
    title, first = _("Cash on hand"), months_after(month_of(today), -BACK)
    begin = sum(month < first for month in cash.months)
    return Steps(
        "cash",
        title,
        _(
            "Cash on hand at the end of each month, a year back and as far ahead as is known: what"
            " the books say until today, then what is expected."
        ),
        cash.months[begin:],
        (StepLine(title, cash.amounts[begin:], today),),
        today,
    )


def trend_of(headline: Headline, language: str) -> Trend | None:
    """Show how a figure went in a year; nothing where it was never known."""
    if not headline.amounts:
        return None
    named = words.label(f"figure_{headline.measure}", language)
    return Trend(f"trend-{headline.measure}", named, headline.amounts, headline.months)
