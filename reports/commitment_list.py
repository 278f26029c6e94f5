"""A list of commitments as a table that can leave the tracker, exactly as it was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports import words
from reports.model import Column, Kind, Section
from tracker.domain.money import Money
from tracker.domain.texts import stem_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from reports.model import Report, Row
    from reports.occasion import Occasion
    from tracker.domain.commitments import Commitment


def build(commitments: Sequence[Commitment], as_of: date, occasion: Occasion) -> Report:
    """Lay out a list of commitments in the reader's language."""
    _ = words.gettext_for(occasion.language)
    return occasion.report(
        "commitments",
        _("Commitments"),
        as_of=as_of,
        version=_("As chosen"),
        file_stem=stem_of(occasion.project_code, "commitments", as_of),
        about=(
            (_("As at"), as_of),
            (_("Commitments"), len(commitments)),
            *occasion.signature,
        ),
        sections=(_table(commitments, occasion.language),),
    )


def _table(commitments: Sequence[Commitment], language: str) -> Section:
    """Lay out the list itself; what does not bind its funder is shown and not added up."""
    _ = words.gettext_for(language)
    rows = tuple(_row(commitment, language) for commitment in commitments)
    binding = [commitment for commitment in commitments if commitment.is_committed]
    sums = (
        Money.total(commitment.amount for commitment in binding),
        Money.total(commitment.received for commitment in commitments),
        Money.total(commitment.charged for commitment in commitments),
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
