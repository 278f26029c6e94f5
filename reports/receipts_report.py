"""Receipts and advances: what a funder paid, what is still to come, and what was spent of it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from reports import words
from reports.checks import Tied, checks_of
from reports.commitment_head import headed
from reports.model import Cell, Column, Kind, Section, Sum
from reports.receipt_lines import instalment_lines, receipt_lines
from reports.told_figures import Told, told_figures
from tracker.domain.commitments import Form
from tracker.domain.money import Money
from tracker.domain.texts import mark

if TYPE_CHECKING:
    from reports.model import Report
    from tracker.domain.statements import StatementFacts

TITLE: Final = mark("Receipts and advances")
RECEIVED: Final = Cell("receipts", None, 4)
PLANNED, HELD_BACK, EXPECTED = (Cell("instalments", None, at) for at in (5, 6, 7))
SPENT: Final = Cell("spent", None, 1)


def build(facts: StatementFacts) -> Report:
    """Lay out receipts and advances, in the funder's language.

    Errors: ``TrackerError`` if one of the checks of the facts does not come to zero.
    """
    _ = words.gettext_for(facts.language)
    tied = Tied(
        _("Receipts one by one, and by year"),
        facts.received_to_date,
        Sum((Cell("years", None, 2),)),
        Sum((RECEIVED,)),
    )
    return headed(
        facts,
        "receipts",
        TITLE,
        sections=(
            _figures(facts),
            *((instalment_lines(facts),) if facts.instalments else ()),
            receipt_lines(facts),
            _years(facts),
            _spent(facts),
            checks_of(facts, (tied,)),
        ),
    )


def _figures(facts: StatementFacts) -> Section:
    """Tell what was promised, planned, received and spent, and what is left of each."""
    _ = words.gettext_for(facts.language)
    told = [*_promised(facts), *_paid(facts)]
    return told_figures("figures", _("Figures"), told, facts.language, width=34)


def _promised(facts: StatementFacts) -> list[Told]:
    """Tell the award, the ceiling of its advances, and what is planned under it."""
    _ = words.gettext_for(facts.language)
    told: list[Told] = [
        (_("Committed"), facts.commitment.amount, _("Award + amendments"), None),
    ]
    limit = facts.final.advance_limit if facts.final else None
    if limit is not None and facts.commitment.form is not Form.IN_KIND:
        how = _("What the programme allows before the determination")
        told.append((_("Ceiling of advances"), limit, how, None))
    if facts.instalments:
        planned = Money.total(part.amount for part in facts.instalments)
        held = Money.total(part.held_back for part in facts.instalments)
        told += [
            (_("Planned instalments"), planned, _("All of the plan"), Sum((PLANNED,))),
            (_("Held back"), held, _("By the funder, of the plan"), Sum((HELD_BACK,))),
            (
                _("Expected"),
                planned - held,
                _("Planned − held back"),
                Sum((PLANNED,), (HELD_BACK,)),
            ),
        ]
    return told


def _paid(facts: StatementFacts) -> list[Told]:
    """Tell what came in and what went out; in kind no money comes in."""
    _ = words.gettext_for(facts.language)
    received, charged = facts.received_to_date, facts.charged_to_date
    how = _("Previously reported + adjustments + this period")
    spent: Told = (_("Charged to date"), charged, how, Sum((SPENT,)))
    if facts.commitment.form is Form.IN_KIND:
        return [spent]
    until = _("All receipts up to the end of the period")
    left, on_hand = (
        _("Committed − received to date"),
        _("Received − charged to date; negative if the facility pre-finances"),
    )
    return [
        (_("Received to date"), received, until, Sum((RECEIVED,))),
        (_("Still to be received"), facts.commitment.amount - received, left, None),
        spent,
        (_("Cash on hand"), received - charged, on_hand, Sum((RECEIVED,), (SPENT,))),
    ]


def _years(facts: StatementFacts) -> Section:
    """Add the receipts up by the calendar year in which they came in."""
    _ = words.gettext_for(facts.language)
    counts, cents = Counter[int](), Counter[int]()
    for receipt in facts.receipts:
        counts[receipt.received_on.year] += 1
        cents[receipt.received_on.year] += receipt.amount.cents
    return Section(
        "years",
        _("Receipts by year"),
        (
            Column(_("Year"), width=12),
            Column(_("Receipts"), Kind.COUNT, 12),
            Column(_("Amount"), Kind.MONEY, 18),
        ),
        tuple((str(year), counts[year], Money(cents[year])) for year in sorted(counts)),
        (_("Total"), len(facts.receipts), facts.received_to_date),
        _("Amounts in euros."),
    )


def _spent(facts: StatementFacts) -> Section:
    """Tell what the money was spent on so far, as the statement of the period does."""
    _ = words.gettext_for(facts.language)
    return Section(
        "spent",
        _("Costs"),
        (Column(_("What"), width=34), Column(_("Amount"), Kind.MONEY, 18)),
        (
            (_("Previously reported"), facts.previously),
            (_("Adjustments"), facts.adjusted),
            (_("This period"), facts.charged_this_period),
        ),
        (_("Charged to date"), facts.charged_to_date),
        _("Amounts in euros."),
    )
