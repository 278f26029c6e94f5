"""Receipts and instalments of a commitment: what came in, and what is still to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports import words
from reports.model import Column, Kind, Section
from tracker.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reports.model import Row
    from tracker.domain.instalments import Instalment
    from tracker.domain.statements import StatementFacts


def receipt_lines(facts: StatementFacts) -> Section:
    """List the money that came in up to the end of the period, and how it was recognised."""
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


def instalment_lines(facts: StatementFacts) -> Section:
    """List what is to be paid, what releases it, and what of it is held back or came in."""
    _ = words.gettext_for(facts.language)
    parts = facts.instalments
    received = _received(facts)
    return Section(
        "instalments",
        _("Instalments"),
        (
            Column(_("Number"), Kind.COUNT, 9),
            Column(_("Due on"), Kind.DATE, 15),
            Column(_("Kind"), width=14),
            Column(_("Released by"), width=40),
            Column(_("Requested on"), Kind.DATE, 15),
            Column(_("Amount"), Kind.MONEY, 17),
            Column(_("Held back"), Kind.MONEY, 15),
            Column(_("Expected"), Kind.MONEY, 17, plus=(5,), minus=(6,)),
            Column(_("Received"), Kind.MONEY, 17),
        ),
        tuple(_instalment(part, received, facts) for part in parts),
        (
            None,
            None,
            _("Total"),
            None,
            None,
            Money.total(part.amount for part in parts),
            Money.total(part.held_back for part in parts),
            Money.total(part.expected for part in parts),
            Money.total(received.get(part.number, Money(0)) for part in parts),
        ),
        _note(facts),
    )


def _instalment(part: Instalment, received: Mapping[int, Money], facts: StatementFacts) -> Row:
    titles = {milestone.code: milestone.title for milestone in facts.milestones}
    released = part.report or f"{part.milestone} {titles.get(part.milestone, '')}".strip()
    requested = part.requested_on
    return (
        part.number,
        part.due_on,
        words.label(part.kind, facts.language),
        released,
        requested if requested and requested <= facts.period.last_day else None,
        part.amount,
        part.held_back,
        part.expected,
        received.get(part.number, Money(0)),
    )


def _received(facts: StatementFacts) -> dict[int, Money]:
    """Add up what came in by the number of its instalment, up to the end of the period."""
    received: dict[int, Money] = {}
    for receipt in facts.receipts:
        found = received.get(receipt.instalment, Money(0))
        received[receipt.instalment] = found + receipt.amount
    return received


def _note(facts: StatementFacts) -> str:
    _ = words.gettext_for(facts.language)
    note = _("Amounts in euros. Received up to the end of the period.")
    if any(not receipt.instalment for receipt in facts.receipts):
        note += " " + _("Some receipts are on no instalment; the table of receipts has them all.")
    return note
