"""The milestone report: how far the work is that a commitment pays for, and what moved and why."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from reports import charts_made, words
from reports.charts_table import table_of
from reports.checks import checks_of
from reports.commitment_head import headed
from reports.model import Column, Kind, Section
from reports.statement_notes import milestones_note
from tracker.domain.errors import Sentence
from tracker.domain.milestones import Standing, progress_of
from tracker.domain.money import Money
from tracker.domain.texts import mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.charts import Timeline
    from reports.model import Report, Row
    from tracker.domain.milestones import Milestone
    from tracker.domain.statements import StatementFacts

TITLE: Final = mark("Milestone report")
DONE: Final = frozenset({Standing.MET, Standing.MET_LATE})


def build(facts: StatementFacts) -> Report:
    """Lay out the milestones as they were known at the end of the period.

    Errors: ``TrackerError`` if one of the checks of the facts does not come to zero.
    """
    seen = seen_by(facts)
    chart = timeline_of(facts)
    told = (
        ()
        if chart is None
        else (
            told_of(chart, facts),
            _judged(seen, facts.language),
            _moves(seen, facts.language),
        )
    )
    return headed(
        facts,
        "milestones",
        TITLE,
        sections=(_progress(seen, facts), *told, *_released(seen, facts), checks_of(facts, ())),
        charts=() if chart is None else (chart,),
    )


def timeline_of(facts: StatementFacts) -> Timeline | None:
    """Draw the milestones as they were known at the end of the period; nothing without any."""
    last = facts.period.last_day
    return charts_made.milestones_over_time(seen_by(facts), last, facts.language, is_dated=True)


def told_of(chart: Timeline, facts: StatementFacts) -> Section:
    """Give the table of a timeline of a commitment's milestones, and say as of when it is."""
    note = milestones_note(facts, seen_by(facts))
    return replace(table_of(chart, facts.language), note=note)


def seen_by(facts: StatementFacts) -> list[Milestone]:
    """Give the milestones as they were known at the end of the period."""
    return [milestone.as_of(facts.period.last_day) for milestone in facts.milestones]


def _progress(seen: Sequence[Milestone], facts: StatementFacts) -> Section:
    """Count the milestones of each work package, and say how far they are by their weights."""
    _ = words.gettext_for(facts.language)
    packages = sorted({milestone.work_package for milestone in seen})
    rows = [
        _counted(code, [one for one in seen if one.work_package == code], facts)
        for code in packages
    ]
    return Section(
        "progress",
        _("Progress by work package"),
        (
            Column(_("Work package"), width=20),
            Column(_("Milestones"), Kind.COUNT, 12),
            Column(_("Met"), Kind.COUNT, 12),
            Column(_("Late"), Kind.COUNT, 12),
            Column(_("Not met"), Kind.COUNT, 12),
            Column(_("Weight"), Kind.COUNT, 12),
            Column(_("Progress"), Kind.SHARE, 12),
        ),
        tuple(rows),
        _counted(_("Total"), seen, facts),
        _how_far(seen, facts),
    )


def _how_far(seen: Sequence[Milestone], facts: StatementFacts) -> str:
    """Say from when the progress is, or that there is none to tell."""
    if not seen:
        nothing = Sentence(mark("No milestone concerns this commitment."))
        return words.say(nothing, facts.language)
    weighed = Sentence(
        mark("Progress is that of each milestone by its weight, as it is told on {day}."),
        {"day": facts.made_on},
    )
    return words.say(weighed, facts.language)


def _counted(name: str, milestones: Sequence[Milestone], facts: StatementFacts) -> Row:
    standings = [milestone.standing(facts.period.last_day) for milestone in milestones]
    return (
        name,
        len(standings),
        sum(one in DONE for one in standings),
        sum(one is Standing.LATE for one in standings),
        sum(one is Standing.NOT_MET for one in standings),
        sum(milestone.weight for milestone in milestones),
        progress_of(milestones),
    )


def _judged(seen: Sequence[Milestone], language: str) -> Section:
    """List by what each milestone is judged, what it weighs, and how far it is."""
    _ = words.gettext_for(language)
    return Section(
        "judged",
        _("How milestones are judged"),
        (
            Column(_("Code"), width=7),
            Column(_("Milestone"), width=36),
            Column(_("Work package"), width=14),
            Column(_("Weight"), Kind.COUNT, 10),
            Column(_("Progress in %"), Kind.COUNT, 10),
            Column(_("How it is judged"), width=60),
        ),
        tuple(
            (one.code, one.title, one.work_package, one.weight, one.progress, one.criteria)
            for one in seen
        ),
    )


def _moves(seen: Sequence[Milestone], language: str) -> Section:
    """List every move up to the end of the period, with its reason."""
    _ = words.gettext_for(language)
    return Section(
        "moves",
        _("Moves of milestones"),
        (
            Column(_("Code"), width=7),
            Column(_("Decided on"), Kind.DATE, 17),
            Column(_("From"), Kind.DATE, 15),
            Column(_("To"), Kind.DATE, 15),
            Column(_("Days"), Kind.COUNT, 10),
            Column(_("Reason"), width=60),
        ),
        tuple(row for one in seen for row in _moved(one)),
    )


def _moved(milestone: Milestone) -> list[Row]:
    rows: list[Row] = []
    planned = milestone.baseline
    for move in milestone.moves:
        days = (move.to_day - planned).days
        rows.append((milestone.code, move.moved_on, planned, move.to_day, days, move.reason))
        planned = move.to_day
    return rows


def _released(seen: Sequence[Milestone], facts: StatementFacts) -> tuple[Section, ...]:
    """List the instalments that wait for milestones; nothing where none does."""
    _ = words.gettext_for(facts.language)
    known = {one.code: one for one in seen}
    waiting = [part for part in facts.instalments if part.milestone in known]
    if not waiting:
        return ()
    return (
        Section(
            "released",
            _("Instalments that milestones release"),
            (
                Column(_("Code"), width=7),
                Column(_("Milestone"), width=36),
                Column(_("Actual date"), Kind.DATE, 15),
                Column(_("Number"), Kind.COUNT, 9),
                Column(_("Due on"), Kind.DATE, 15),
                Column(_("Amount"), Kind.MONEY, 18),
            ),
            tuple(
                (
                    part.milestone,
                    known[part.milestone].title,
                    known[part.milestone].met_on,
                    part.number,
                    part.due_on,
                    part.amount,
                )
                for part in waiting
            ),
            (_("Total"), None, None, None, None, Money.total(part.amount for part in waiting)),
            _("Amounts in euros."),
        ),
    )
