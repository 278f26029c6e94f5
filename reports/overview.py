"""The programme overview: where a project stands, what is at risk, and what is to be decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reports import charts_made, figures, words
from reports.charts import StackedBar
from reports.charts_table import table_of
from reports.model import Cell, Column, Kind, Section, Sum
from tracker.domain.errors import Sentence
from tracker.domain.headlines import Measure
from tracker.domain.money import Money
from tracker.domain.texts import mark, stem_of

if TYPE_CHECKING:
    from reports.charts import Chart
    from reports.model import Report, Row
    from reports.occasion import Occasion
    from tracker.domain.overview import OverviewFacts
    from tracker.domain.overview_decisions import Decision

TITLE: Final = mark("Programme overview")
HOW: Final[dict[Measure, str]] = {
    Measure.COMMITTED: mark("Awards and confirmed amendments of binding commitments"),
    Measure.RECEIVED: mark("All receipts so far"),
    Measure.CHARGED: mark("All costs charged to commitments so far"),
    Measure.AT_RISK: mark("What late milestones hold back, and what cannot be spent in time"),
    Measure.GAP: mark("Planned cost − committed"),
}
STATES: Final = {"late": mark("Late"), "attention": mark("Attention"), "blocked": mark("Blocked")}
OF_SOURCE: Final = 2  # where the table of sources tells how much
OF_RISK: Final = 2  # where the table of risks does


def build(facts: OverviewFacts, occasion: Occasion) -> Report:
    """Lay out the overview of a project, or of several together."""
    _ = words.gettext_for(occasion.language)
    charts = _charts(facts, occasion.language)
    told = [table_of(chart, occasion.language) for chart in charts]
    code = facts.projects[0].code if len(facts.projects) == 1 else _("All projects")
    return occasion.report(
        "overview",
        _(TITLE),
        subtitle=_named(facts, occasion.language),
        as_of=facts.as_of,
        version=_("Draft"),
        file_stem=stem_of(code, "overview", facts.as_of),
        about=occasion.head(facts.as_of, _named(facts, occasion.language)),
        sections=(
            _figures(facts, charts, occasion.language),
            _decisions(facts, occasion.language),
            *_at_risk(facts, occasion.language),
            *told,
        ),
        charts=charts,
    )


def _named(facts: OverviewFacts, language: str) -> str:
    if len(facts.projects) == 1:
        return f"{facts.projects[0].code} · {facts.projects[0].name}"
    return words.say(Sentence(mark("{count} projects"), {"count": len(facts.projects)}), language)


def _charts(facts: OverviewFacts, language: str) -> list[Chart]:
    """Draw what there is to draw, each chart above its own table."""
    codes = {project.id: project.code for project in facts.projects}
    several = len(codes) > 1
    drawn = (
        charts_made.funding_by_source(facts.commitments, language),
        charts_made.spending_and_budget(facts.spending, language, is_of_projects=several),
        charts_made.cash_by_month(facts.cash, facts.as_of, language) if facts.cash else None,
        charts_made.milestones_over_time(
            (one for project in facts.projects for one in project.milestones),
            facts.as_of,
            language,
            group=lambda one: codes[one.project_id] if several else "",
        ),
    )
    return [chart for chart in drawn if chart is not None]


def _figures(facts: OverviewFacts, charts: list[Chart], language: str) -> Section:
    """Tell the figures that matter, as they are and as they were a year ago."""
    _ = words.gettext_for(language)
    rows: list[Row] = []
    for one in facts.headlines:
        ago = one.amounts[0] if one.amounts else None
        change = None if ago is None or one.amount is None else one.amount - ago
        named = words.label(f"figure_{one.measure}", language)
        rows.append((named, one.amount, ago, change, _(HOW[one.measure])))
    how = _("What commitments will leave unspent at their end")
    rows.append((_("Will lapse"), facts.lapse, None, None, how))
    if facts.cash:
        day = facts.cash.lowest.day
        said = _("Lowest cash on hand from today on, at the end of {month}")
        told = said.format(month=figures.month(day, language))
        rows.append((_("Lowest cash on hand"), facts.cash.lowest.amount, None, None, told))
    return Section(
        "figures",
        _("Figures"),
        (
            Column(_("Figure"), width=24),
            Column(_("Amount"), Kind.MONEY, 18),
            Column(_("A year ago"), Kind.MONEY, 18),
            Column(_("Difference"), Kind.MONEY, 18, plus=(1,), minus=(2,)),
            Column(_("How it comes about"), width=60),
        ),
        tuple(rows),
        note=_("Amounts in euros."),
        ties=_ties(facts, charts),
    )


def _ties(facts: OverviewFacts, charts: list[Chart]) -> dict[tuple[int, int], Sum]:
    """Say from which tables below figures follow: what is committed, and what is at risk."""
    places = {one.measure: at for at, one in enumerate(facts.headlines)}
    ties = {}
    for chart in charts:
        if isinstance(chart, StackedBar):
            ties[places[Measure.COMMITTED], 1] = _certain(chart)
    if facts.at_risk:
        ties[places[Measure.AT_RISK], 1] = Sum((Cell("at_risk", None, OF_RISK),))
    return ties


def _certain(chart: StackedBar) -> Sum:
    sure = (at for at, part in enumerate(chart.parts) if part.is_certain)
    return Sum(tuple(Cell(chart.name, at, OF_SOURCE) for at in sure))


def _decisions(facts: OverviewFacts, language: str) -> Section:
    """List what is to be decided, by date and then by the money."""
    _ = words.gettext_for(language)
    codes = {project.id: project.code for project in facts.projects}
    return Section(
        "decisions",
        _("What is to be decided"),
        (
            Column(_("Due on"), Kind.DATE, 14),
            Column(_("State"), width=14),
            Column(_("Project"), width=12),
            Column(_("What"), width=80),
            Column(_("Amount"), Kind.MONEY, 18),
        ),
        tuple(_decision(one, codes, language) for one in facts.decisions),
        note=_("By date, and then by the money. Amounts in euros."),
    )


def _decision(one: Decision, codes: dict[int, str], language: str) -> Row:
    return (
        one.due_on,
        words.gettext_for(language)(STATES[one.state]),
        codes.get(one.project_id, ""),
        words.say(one.what, language),
        one.amount,
    )


def _at_risk(facts: OverviewFacts, language: str) -> list[Section]:
    """Tell what hangs on which milestone, each euro once; nothing where nothing is at risk."""
    _ = words.gettext_for(language)
    codes = {project.id: project.code for project in facts.projects}
    found = sorted(facts.at_risk.items(), key=lambda of: (-of[1].cents, of[0]))
    if not found:
        return []
    return [
        Section(
            "at_risk",
            _("Money at risk"),
            (
                Column(_("Project"), width=12),
                Column(_("Milestone"), width=40),
                Column(_("Amount"), Kind.MONEY, 18),
            ),
            tuple(
                (codes[key], code or _("Budget for years after the end"), amount)
                for (key, code), amount in found
            ),
            (_("Total"), None, Money.total(amount for _place, amount in found)),
            _("Each euro counts once. Amounts in euros."),
        )
    ]
