"""A list of commitments as a table that can leave the tracker, exactly as it was chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports import words
from reports.model import Column, Kind, Report, Section
from tracker.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from reports.model import Row
    from tracker.domain.commitments import Commitment


@dataclass(frozen=True, slots=True)
class ListFacts:
    """What is told of a list of commitments: what is in it, and of what day and state it is."""

    project_code: str
    project_name: str
    language: str
    as_of: date
    made_on: date
    author: str
    ledger_state: str
    note: str
    commitments: Sequence[Commitment]


def build(facts: ListFacts) -> Report:
    """Lay out a list of commitments in the reader's language."""
    _ = words.gettext_for(facts.language)
    return Report(
        slug="commitments",
        title=_("Commitments"),
        subtitle=f"{facts.project_code} · {facts.project_name}",
        language=facts.language,
        file_stem=f"{facts.project_code}_commitments_{facts.as_of.isoformat()}",
        as_of=facts.as_of,
        made_on=facts.made_on,
        author=facts.author,
        version=_("As chosen"),
        ledger_state=facts.ledger_state,
        note=_(facts.note) if facts.note else "",
        about=(
            (_("As at"), facts.as_of),
            (_("Commitments"), len(facts.commitments)),
            (_("Made on"), facts.made_on),
            (_("Made by"), facts.author),
            (_("State of the books"), facts.ledger_state),
        ),
        sections=(table_of(facts),),
    )


def table_of(facts: ListFacts) -> Section:
    """Lay out the list itself; what does not bind its funder is shown and not added up."""
    _ = words.gettext_for(facts.language)
    rows = tuple(_row(commitment, facts.language) for commitment in facts.commitments)
    binding = [commitment for commitment in facts.commitments if commitment.is_committed]
    sums = (
        Money.total(commitment.amount for commitment in binding),
        Money.total(commitment.received for commitment in facts.commitments),
        Money.total(commitment.charged for commitment in facts.commitments),
        Money.total(commitment.remaining for commitment in binding),
    )
    return Section(
        "commitments",
        _("Commitments"),
        (
            Column(_("Code"), width=12),
            Column(_("Funder"), width=28),
            Column(_("Programme"), width=28),
            Column(_("Reference"), width=20),
            Column(_("Status")),
            Column(_("Form")),
            Column(_("First day"), Kind.DATE),
            Column(_("Last day"), Kind.DATE),
            Column(_("Original amount"), Kind.MONEY, 16),
            Column(_("Current amount"), Kind.MONEY, 16),
            Column(_("Committed"), Kind.MONEY, 16),
            Column(_("Received"), Kind.MONEY, 16),
            Column(_("Charged"), Kind.MONEY, 16),
            Column(_("Remaining"), Kind.MONEY, 16, plus=(10,), minus=(12,)),
        ),
        rows,
        totals=(_("Total"), *[None] * 9, *sums) if rows else (),
        note=_(
            "Amounts in euros. Committed is what is awarded and later; pledges, reservations and"
            " conditional awards are not in it."
        ),
    )


def _row(commitment: Commitment, language: str) -> Row:
    binds = commitment.is_committed
    return (
        commitment.code,
        commitment.funder,
        commitment.programme,
        commitment.reference,
        words.label(commitment.status, language),
        words.label(commitment.form, language),
        commitment.period.first_day,
        commitment.period.last_day,
        commitment.award,
        commitment.amount,
        commitment.amount if binds else None,
        commitment.received,
        commitment.charged,
        commitment.remaining if binds else None,
    )
