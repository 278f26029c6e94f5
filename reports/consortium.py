"""The project overview for the consortium: what partners may see of each other's project.

Sources stand in groups, never by name; what is to be decided, what is at risk and the cash of the
facility stay inside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reports import charts_made, words
from reports.charts import Bullets, Part, StackedBar
from reports.charts_table import table_of
from reports.model import Cell, Column, Kind, Section, Sum
from reports.told_figures import Told, told_figures
from tracker.domain.money import ZERO, Money
from tracker.domain.statement_parts import SourcePart, told_together
from tracker.domain.texts import mark, stem_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.charts import Chart
    from reports.model import Report
    from reports.occasion import Occasion
    from tracker.domain.financing import FinancingFacts
    from tracker.domain.overview import OverviewFacts
    from tracker.domain.statement_parts import SourceSum

TITLE: Final = mark("Project overview for the consortium")
OF_SOURCE: Final = 2  # where the table of sources tells how much
OF_SPENT: Final = 2  # where that of work packages does


def build(facts: OverviewFacts, financing: FinancingFacts, occasion: Occasion) -> Report:
    """Lay out the overview of a project for its partners, in the reader's language."""
    _, language = words.gettext_for(occasion.language), occasion.language
    charts = _charts(facts, financing, language)
    return occasion.report(
        "consortium",
        _(TITLE),
        as_of=facts.as_of,
        version=occasion.version,
        file_stem=stem_of(
            occasion.project_code,
            "consortium",
            facts.as_of,
            *([f"v{occasion.number}"] if occasion.number else []),
        ),
        about=occasion.head(facts.as_of),
        sections=(
            _figures(facts, financing, charts, language),
            *(table_of(chart, language) for chart in charts),
            _moves(facts, language),
        ),
        charts=charts,
    )


def _charts(facts: OverviewFacts, financing: FinancingFacts, language: str) -> list[Chart]:
    """Draw who pays, what is spent and how far the work is; each chart above its own table."""
    drawn = (
        _sources(financing, language),
        charts_made.spending_and_budget(facts.spending, language, is_of_projects=False),
        charts_made.milestones_over_time(
            (one for project in facts.projects for one in project.milestones),
            facts.as_of,
            language,
        ),
    )
    return [chart for chart in drawn if chart is not None]


def _sources(financing: FinancingFacts, language: str) -> StackedBar | None:
    """Show who pays in groups of two funders at least; what is not binding stands apart."""
    _ = words.gettext_for(language)
    funders = {source.funder: at for at, source in enumerate(financing.sources)}
    groups = told_together(
        SourcePart(funders[one.funder], one.side, one.form, one.committed, ZERO, ZERO)
        for one in financing.sources
        if one.committed
    )
    parts = [Part(_named(group, language), group.committed) for group in groups]
    open_ = {"conditional": financing.conditional, "pledge": financing.pledged}
    parts += [
        Part(words.label(status, language), amount, is_certain=False)
        for status, amount in open_.items()
        if amount
    ]
    if not groups:
        return None
    return StackedBar(
        "sources",
        _("Funding by group"),
        _(
            "A bar of all funding, divided by groups of funders; conditional and pledged money"
            " stand apart. The list below gives the figures."
        ),
        tuple(parts),
    )


def _named(group: SourceSum, language: str) -> str:
    sides, forms = (
        ", ".join(words.label(code, language) for code in codes)
        for codes in (group.sides, group.forms)
    )
    return f"{sides}: {forms}"


def _figures(
    facts: OverviewFacts, financing: FinancingFacts, charts: Sequence[Chart], language: str
) -> Section:
    """Tell what was promised, what it cost so far, and what partners brought in kind."""
    _ = words.gettext_for(language)
    ties = _ties(charts)
    spent = Money.total(one.spent for one in facts.spending)
    sure = _("Awards and confirmed amendments of binding commitments")
    told: list[Told] = [
        (_("Committed"), financing.committed, sure, ties.get("sources")),
        (_("Spent"), spent, _("All costs of the work packages so far"), ties.get("spending")),
        (_("In kind, signed for"), financing.in_kind_signed, _("Partners' hours; not money"), None),
        (
            _("In kind, not signed for yet"),
            financing.in_kind_unsigned,
            _("Does not count yet"),
            None,
        ),
    ]
    if financing.planned is not None:
        told.insert(0, (_("Planned cost"), financing.planned, _("The project's plan"), None))
    return told_figures("figures", _("Figures"), told, language, width=32)


def _ties(charts: Sequence[Chart]) -> dict[str, Sum]:
    """Say from which tables below figures follow, by the name of their chart."""
    ties = {}
    for chart in charts:
        if isinstance(chart, StackedBar):
            sure = (at for at, part in enumerate(chart.parts) if part.is_certain)
            ties[chart.name] = Sum(tuple(Cell(chart.name, at, OF_SOURCE) for at in sure))
        elif isinstance(chart, Bullets):
            rows = range(len(chart.rows))
            ties[chart.name] = Sum(tuple(Cell(chart.name, at, OF_SPENT) for at in rows))
    return ties


def _moves(facts: OverviewFacts, language: str) -> Section:
    """List every move of a milestone, with its reason, the newest first."""
    _ = words.gettext_for(language)
    moves = [
        (move.moved_on, milestone.code, move.to_day, move.reason)
        for project in facts.projects
        for milestone in project.milestones
        for move in milestone.moves
    ]
    return Section(
        "moves",
        _("Moves of milestones"),
        (
            Column(_("Decided on"), Kind.DATE, 17),
            Column(_("Code"), width=8),
            Column(_("To"), Kind.DATE, 14),
            Column(_("Reason"), width=70),
        ),
        tuple(sorted(moves, key=lambda found: (found[0], found[1]), reverse=True)),
    )
