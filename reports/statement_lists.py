"""The lists of a funder's statement: what its figures are made of."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from reports import figures, words
from reports.model import Cell, Column, Kind, LongSection, Section, Sum
from reports.statement_notes import milestones_note, notes_of
from tracker.domain.commitments import Form
from tracker.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from reports.model import Row
    from tracker.domain.milestones import Milestone
    from tracker.domain.statements import StatementFacts


def sections_of(facts: StatementFacts) -> list[Section | LongSection]:
    """Lay out the lists that apply: an award in kind has no receipts, and so on."""
    sections: list[Section | LongSection] = []
    if facts.commitment.form is not Form.IN_KIND:
        sections.append(_receipts(facts))
    if facts.instalments:
        sections.append(_instalments(facts))
    sections.append(_not_charged(facts))
    if facts.adjustments:
        sections.append(_adjustments(facts))
    if facts.milestones:
        sections.append(_milestones(facts))
    if facts.waivers:
        sections.append(_waivers(facts))
    return [*sections, _lines(facts), _checks(facts), notes_of(facts)]


def _receipts(facts: StatementFacts) -> Section:
    _ = words.gettext_for(facts.language)
    return Section(
        "receipts",
        _("Receipts"),
        (
            Column(_("Received on"), Kind.DATE, 17),
            Column(_("Paid by"), width=30),
            Column(_("Remittance"), width=50),
            Column(_("Recognised by"), width=16),
            Column(_("Amount"), Kind.MONEY, 18),
        ),
        tuple(
            (
                receipt.received_on,
                receipt.counterparty,
                receipt.remittance,
                words.label(receipt.recognised_by, facts.language),
                receipt.amount,
            )
            for receipt in facts.receipts
        ),
        (None, _("Received to date"), None, None, facts.received_to_date),
        _("Amounts in euros. All receipts up to the end of the period."),
    )


def _instalments(facts: StatementFacts) -> Section:
    _ = words.gettext_for(facts.language)
    titles = {milestone.code: milestone.title for milestone in facts.milestones}
    return Section(
        "instalments",
        _("Instalments"),
        (
            Column(_("Number"), Kind.COUNT, 9),
            Column(_("Due on"), Kind.DATE, 17),
            Column(_("Released by milestone"), width=50),
            Column(_("Amount"), Kind.MONEY, 18),
        ),
        tuple(
            (
                instalment.number,
                instalment.due_on,
                f"{instalment.milestone} {titles.get(instalment.milestone, '')}".strip(),
                instalment.amount,
            )
            for instalment in facts.instalments
        ),
        (None, None, _("Total"), Money.total(part.amount for part in facts.instalments)),
        _("Amounts in euros."),
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
            Column(_("Work package"), width=12),
            Column(_("Baseline"), Kind.DATE, 15),
            Column(_("Current date"), Kind.DATE, 15),
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


def _lines(facts: StatementFacts) -> LongSection:
    _ = words.gettext_for(facts.language)
    marks = (Column(_("Adjustment of"), width=14),) if facts.adjustments else ()
    return LongSection(
        "lines",
        _("Cost lines"),
        (
            Column(_("Ledger key"), width=20),
            Column(_("Incurred on"), Kind.DATE, 14),
            Column(_("Booked on"), Kind.DATE, 13),
            Column(_("Supplier"), width=26),
            Column(_("Document"), width=16),
            Column(_("Description"), width=36),
            Column(_("Category"), width=20),
            Column(_("Work package"), width=12),
            Column(_("Account"), width=11),
            Column(_("Amount of the line"), Kind.MONEY, 16),
            Column(_("Charged"), Kind.MONEY, 16),
            *marks,
        ),
        lambda: _rows_of(facts),
        facts.line_count,
        (_("Total"), *(None,) * 9, facts.listed, *(None for _mark in marks)),
        weight=10,
        note=_("Amounts in euros. Costs charged in the period, by the day they were incurred."),
    )


def _rows_of(facts: StatementFacts) -> Iterator[Row]:
    categories = cache(lambda code: words.label(code, facts.language))
    for line in facts.lines():
        yield (
            line.key,
            line.incurred_on,
            line.booked_on,
            _on_one_line(line.supplier),
            line.document,
            _on_one_line(line.description),
            categories(line.category),
            line.work_package,
            line.account,
            Money(line.amount),
            Money(line.charged),
            *((line.adjusts or None,) if facts.adjustments else ()),
        )


def _on_one_line(text: str) -> str:
    return " ".join(text.split()) if "\n" in text else text


def _checks(facts: StatementFacts) -> Section:
    """Lay out the checks of the facts, and those of the report's own sections on one another."""
    _ = words.gettext_for(facts.language)
    rows = [
        (words.say(check.what, facts.language), check.found, check.expected, check.difference)
        for check in facts.checks
    ]
    listed = Sum((Cell("lines", None, 10),))
    told = Sum((Cell("categories", None, 3), Cell("categories", None, 4)))
    ties = {(len(rows), 1): listed, (len(rows), 2): told}
    rows.append(
        (
            _("The list of cost lines, and costs by category"),
            facts.listed,
            facts.listed,
            Money(0),
        )
    )
    return Section(
        "checks",
        _("Checks"),
        (
            Column(_("What is compared"), width=64),
            Column(_("Found"), Kind.MONEY, 18),
            Column(_("Expected"), Kind.MONEY, 18),
            Column(_("Difference"), Kind.MONEY, 18, plus=(1,), minus=(2,)),
        ),
        tuple(rows),
        (_("All differences together"), None, None, Money(0)),
        _("Amounts in euros. Figures worked out in two ways; every difference is nil."),
        ties=ties,
    )
