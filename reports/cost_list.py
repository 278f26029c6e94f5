"""The cost list: every cost that a commitment paid for in a period, and what they add up to."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reports import figures, words
from reports.charts import Bars
from reports.checks import Tied, checks_of
from reports.commitment_head import headed
from reports.cost_lines import cost_lines
from reports.declaration import declaration
from reports.model import Cell, Column, Kind, Section, Sum
from tracker.domain.money import Money
from tracker.domain.periods import month_of
from tracker.domain.texts import mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from reports.model import Report
    from tracker.domain.statements import ChargedLine, StatementFacts

TITLE: Final = mark("Cost list")
NO_PACKAGE: Final = mark("No work package")
CHARGED: Final = 4  # where the tables of sums tell what was charged
LISTED: Final = 10  # where the list does


def build(facts: StatementFacts) -> Report:
    """Lay out a cost list, in the funder's language.

    Errors: ``TrackerError`` if one of the checks of the facts does not come to zero.
    """
    tables = _tables(facts)
    return headed(
        facts,
        "cost_list",
        TITLE,
        sections=(
            *tables,
            cost_lines(facts),
            declaration(facts),
            checks_of(facts, _tied(facts)),
        ),
        charts=(_chart(tables[0], facts.language),),
    )


@dataclass(slots=True)
class _Added:
    """Cost lines that are told together: how many, and their cents."""

    count: int = 0
    period: int = 0
    adjustments: int = 0

    def take(self, line: ChargedLine) -> None:
        self.count += 1
        if line.adjusts:
            self.adjustments += line.charged
        else:
            self.period += line.charged


def _tables(facts: StatementFacts) -> tuple[Section, Section, Section]:
    """Add the lines up by category, by work package and by month, in one go."""
    _ = words.gettext_for(facts.language)
    categories = {line.category: _Added() for line in facts.categories}
    packages: dict[str, _Added] = defaultdict(_Added)
    months: dict[date, _Added] = defaultdict(_Added)
    for line in facts.lines():
        categories[line.category].take(line)
        packages[line.work_package].take(line)
        months[month_of(line.incurred_on)].take(line)
    by_category = [(words.label(code, facts.language), sums) for code, sums in categories.items()]
    by_package = [
        (code or _(NO_PACKAGE), sums)
        for code, sums in sorted(packages.items(), key=lambda one: (not one[0], one[0]))
    ]
    by_month = [(figures.month(day, facts.language), sums) for day, sums in sorted(months.items())]
    return (
        _table("by_category", _("Costs by category"), _("Category"), by_category, _),
        _table("by_package", _("Costs by work package"), _("Work package"), by_package, _),
        _table("by_month", _("Costs by month"), _("Month"), by_month, _),
    )


def _table(
    key: str,
    title: str,
    by: str,
    found: Iterable[tuple[str, _Added]],
    _: Callable[[str], str],
) -> Section:
    """Lay out sums: how many lines, what is of the period, and what adjusts earlier ones."""
    rows = [
        (
            name,
            sums.count,
            Money(sums.period),
            Money(sums.adjustments),
            Money(sums.period + sums.adjustments),
        )
        for name, sums in found
    ]
    return Section(
        key,
        title,
        (
            Column(by, width=30),
            Column(_("Cost lines"), Kind.COUNT, 12),
            Column(_("Of the period"), Kind.MONEY, 18),
            Column(_("Adjustments"), Kind.MONEY, 18),
            Column(_("Charged"), Kind.MONEY, 18, plus=(2, 3)),
        ),
        tuple(rows),
        (
            _("Total"),
            sum(count for _name, count, *_amounts in rows),
            Money.total(period for _name, _count, period, _late, _whole in rows),
            Money.total(late for _name, _count, _period, late, _whole in rows),
            Money.total(whole for _name, _count, _period, _late, whole in rows),
        ),
        _("Amounts in euros."),
    )


def _tied(facts: StatementFacts) -> list[Tied]:
    """Say that each table of sums comes to what the list does."""
    _ = words.gettext_for(facts.language)
    listed = Sum((Cell("lines", None, LISTED),))
    told = {
        "by_category": _("Costs by category, and the list of cost lines"),
        "by_package": _("Costs by work package, and the list of cost lines"),
        "by_month": _("Costs by month, and the list of cost lines"),
    }
    return [
        Tied(what, facts.listed, Sum((Cell(key, None, CHARGED),)), listed)
        for key, what in told.items()
    ]


def _chart(by_category: Section, language: str) -> Bars:
    _ = words.gettext_for(language)
    return Bars(
        _("Costs by category"),
        _(
            "For each category a bar of what was charged in the period and of adjustments. The"
            " table above holds the same figures."
        ),
        section=by_category,
        label=0,
        parts=(2, 3),
    )
