"""The lists of a funder's statement: what its figures are made of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reports import figures, words
from reports.change_lines import changes, variances
from reports.checks import Tied, checks_of
from reports.cost_lines import cost_lines
from reports.declaration import declaration
from reports.hours_lines import contribution_lines, hours_lines
from reports.model import Cell, Column, Kind, LongSection, Section, Sum
from reports.receipt_lines import instalment_lines, receipt_lines
from reports.source_lines import source_lines
from reports.statement_notes import milestones_note, notes_of
from tracker.domain.commitments import Form
from tracker.domain.money import Money

if TYPE_CHECKING:
    from datetime import date

    from tracker.domain.milestones import Milestone
    from tracker.domain.statements import StatementFacts


def sections_of(facts: StatementFacts) -> list[Section | LongSection]:
    """Lay out what the figures are made of, without what does not apply to the award."""
    return [
        *([source_lines(facts)] if facts.sources else []),
        *variances(facts),
        _not_charged(facts),
        *([_adjustments(facts)] if facts.adjustments else []),
        *([_milestones(facts)] if facts.milestones else []),
        *([_waivers(facts)] if facts.waivers else []),
        cost_lines(facts),
        *([hours_lines(facts)] if facts.hours else []),
        *([contribution_lines(facts)] if facts.contributions else []),
        *([receipt_lines(facts)] if facts.commitment.form is not Form.IN_KIND else []),
        *([instalment_lines(facts)] if facts.instalments else []),
        *changes(facts),
        checks_of(facts, [_listed(facts)]),
        notes_of(facts),
        declaration(facts),
    ]


def _listed(facts: StatementFacts) -> Tied:
    _ = words.gettext_for(facts.language)
    return Tied(
        _("The list of cost lines, and costs by category"),
        facts.listed,
        Sum((Cell("lines", None, 10),)),
        Sum((Cell("categories", None, 3), Cell("categories", None, 4))),
    )


def _milestones(facts: StatementFacts) -> Section:
    _ = words.gettext_for(facts.language)
    as_of = facts.period.last_day
    seen = [_as_seen_on(milestone, as_of) for milestone in facts.milestones]
    return Section(
        "milestones",
        _("Milestones"),
        (
            Column(_("Code"), width=7),
            Column(_("Milestone"), width=32),
            Column(_("Work package"), width=14),
            Column(_("Baseline"), Kind.DATE, 17),
            Column(_("Current date"), Kind.DATE, 17),
            Column(_("Actual date"), Kind.DATE, 15),
            Column(_("Days of slip"), Kind.COUNT, 10),
            Column(_("Standing"), width=22),
            Column(_("Moves, with reason"), width=50),
        ),
        tuple(
            (
                milestone.code,
                milestone.title,
                milestone.work_package,
                milestone.baseline,
                milestone.current,
                milestone.met_on,
                milestone.slip_days(),
                words.label(milestone.standing(as_of), facts.language),
                _moves(milestone, facts.language),
            )
            for milestone in seen
        ),
        note=milestones_note(facts, seen),
    )


def _waivers(facts: StatementFacts) -> Section:
    """Lay out by whose leave a rule may be broken; without any, the statement does not say so."""
    _ = words.gettext_for(facts.language)
    return Section(
        "waivers",
        _("Waivers"),
        (
            Column(_("Rule"), width=28),
            Column(_("For"), width=20),
            Column(_("Reason"), width=52),
            Column(_("Approved by"), width=38),
            Column(_("Until"), Kind.DATE, 18),
        ),
        tuple(
            (
                words.label(waiver.rule, facts.language),
                waiver.commitment or _("The whole project"),
                waiver.reason,
                waiver.approved_by,
                waiver.until,
            )
            for waiver in facts.waivers
        ),
        note=_("Rules that may be broken for a while, with the reason and by whose leave."),
    )


def _as_seen_on(milestone: Milestone, day: date) -> Milestone:
    """Give a milestone as it was known on a day: later moves and a later end did not exist."""
    met_on = milestone.met_on if milestone.met_on and milestone.met_on <= day else None
    moves = tuple(move for move in milestone.moves if move.moved_on <= day)
    return replace(milestone, met_on=met_on, moves=moves)


def _moves(milestone: Milestone, language: str) -> str:
    return "\n".join(
        f"{figures.day(move.moved_on, language)} → {figures.day(move.to_day, language)}:"
        f" {move.reason}"
        for move in milestone.moves
    )


def _not_charged(facts: StatementFacts) -> Section:
    _ = words.gettext_for(facts.language)
    return Section(
        "not_charged",
        _("Not charged"),
        (
            Column(_("Reason"), width=50),
            Column(_("Shares of costs"), Kind.COUNT, 16),
            Column(_("Amount"), Kind.MONEY, 18),
        ),
        tuple(
            (words.label(left.reason, facts.language), left.line_count, left.amount)
            for left in facts.not_charged
        ),
        (
            _("Total"),
            sum(left.line_count for left in facts.not_charged),
            Money.total(left.amount for left in facts.not_charged),
        ),
        _(
            "Amounts in euros. Shares of the period's costs that the split rules give to this"
            " award, and it does not pay."
        ),
    )


def _adjustments(facts: StatementFacts) -> Section:
    _ = words.gettext_for(facts.language)
    return Section(
        "adjustments",
        _("Adjustments of earlier periods"),
        (
            Column(_("Period that is adjusted"), width=30),
            Column(_("Cost lines"), Kind.COUNT, 16),
            Column(_("Charged"), Kind.MONEY, 18),
        ),
        tuple((one.period, one.line_count, one.amount) for one in facts.adjustments),
        (_("Total"), sum(one.line_count for one in facts.adjustments), facts.adjusted),
        _(
            "Amounts in euros. Costs of earlier periods that no report told yet: brought in late,"
            " corrected since, or between two reports. The list of cost lines marks each."
        ),
    )
