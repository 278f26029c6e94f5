"""Cost lines as a file for a spreadsheet, in the reader's way of writing numbers."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from reports.plain_texts import defused
from reports.to_csv import MARK
from reports.words import gettext_for, label
from tracker.domain.texts import mark as _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tracker.domain.costs import CostLine
    from tracker.domain.money import Money

HEADINGS = (
    _("Ledger key"),
    _("Incurred"),
    _("Booked"),
    _("Supplier"),
    _("Document"),
    _("Invoice"),
    _("Description"),
    _("Category"),
    _("Work package"),
    _("Account"),
    _("Amount"),
    _("Charged"),
    _("State"),
    _("Counts on"),
    _("Paid"),
    _("Gross"),
    _("VAT"),
    _("Deductible VAT"),
    _("Net"),
    _("Eligible when it was entered"),
    _("Why it does not count"),
    _("Person"),
    _("Milestone"),
)


def lines_of_csv(lines: Iterable[CostLine], language: str) -> Iterator[str]:
    """Write the lines one by one, after a line of headings.

    Units:  euros with two decimals, days as 2023-12-31; Dutch files have semicolons and
            decimal commas, as Excel expects them there.
    """
    dutch = language == "nl"
    buffer = StringIO()
    writer = csv.writer(buffer, delimiter=";" if dutch else ",")
    say = gettext_for(language)
    writer.writerow([say(heading) for heading in HEADINGS])
    yield MARK + _taken(buffer)
    for line in lines:
        amounts = (_euros(amount, dutch=dutch) for amount in (line.amount, line.charged))
        parts = (line.gross, line.vat, line.vat_deductible, line.net, line.eligible)
        texts = (line.supplier, line.document, line.invoice, line.description)
        writer.writerow([
            defused(line.key),
            line.incurred_on.isoformat(),
            line.booked_on.isoformat() if line.booked_on else "",
            *(defused(text) for text in texts),
            label(line.category, language),
            defused(line.work_package),
            defused(line.account),
            *amounts,
            label(line.state, language),
            line.counts_on.isoformat(),
            line.paid_on.isoformat() if line.paid_on else "",
            *(_euros(amount, dutch=dutch) for amount in parts),
            label(line.ineligible_for, language),
            defused(line.person),
            defused(line.milestone),
        ])  # fmt: skip
        yield _taken(buffer)


def _euros(amount: Money, *, dutch: bool) -> str:
    text = f"{amount.as_decimal:.2f}"
    return text.replace(".", ",") if dutch else text


def _taken(buffer: StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
