"""What the words of a funder's statement mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reports import words
from reports.model import Column, Section
from tracker.domain.commitments import Form
from tracker.domain.errors import Sentence
from tracker.domain.texts import mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tracker.domain.milestones import Milestone
    from tracker.domain.statements import StatementFacts


def notes_of(facts: StatementFacts) -> Section:
    """Lay out what the words of the statement mean, and first what must be said of all of it."""
    _ = words.gettext_for(facts.language)
    rows = [(_(term), _(meaning)) for term, meaning in NOTES]
    if facts.commitment.form is not Form.IN_KIND:
        rows += [(_(term), _(meaning)) for term, meaning in NOTES_ON_CASH]
    if facts.note:
        rows.insert(0, (_("About the amounts"), _(facts.note)))
    return Section(
        "notes",
        _("Notes"),
        (Column(_("Term"), width=28), Column(_("Meaning"), width=100)),
        tuple(rows),
    )


def milestones_note(facts: StatementFacts, seen: Sequence[Milestone]) -> str:
    """Say from when the milestones are; what was given up carries no day of its own."""
    _ = words.gettext_for(facts.language)
    note = _("As they stood at the end of the period.")
    if facts.made_on <= facts.period.last_day or all(each.is_open or each.met_on for each in seen):
        return note
    given_up = Sentence(
        mark("That a milestone is not met is told as it is on {day}."), {"day": facts.made_on}
    )
    return f"{note} {words.say(given_up, facts.language)}"


NOTES: Final = (
    (
        mark("Period of a cost"),
        mark("A cost belongs to the period in which it was incurred, whenever it was booked."),
    ),
    (
        mark("Charged"),
        mark(
            "The part of a cost that this award pays: its share by the split rule of the work"
            " package, to the cent, within its period, its categories and its amount."
        ),
    ),
    (
        mark("Not charged"),
        mark(
            "A share of a cost that this award would pay by the split rule, but that falls outside"
            " its period, its categories or its amount. The first reason that applies is told."
        ),
    ),
    (
        mark("Previously reported"),
        mark(
            "What the last report that stands told to date; before a first report, costs charged up"
            " to the day before the first day of the period."
        ),
    ),
    (
        mark("Adjustments"),
        mark(
            "Costs of days before the period that no report told yet: brought in late or corrected"
            " since. Each is among the cost lines, with the period that it is of."
        ),
    ),
    (mark("To date"), mark("Previously reported + adjustments + this period.")),
    (mark("Remaining"), mark("Budget − to date; negative if more was charged than budgeted.")),
    (mark("Share of budget"), mark("To date as a percentage of the budget.")),
    (
        mark("Days of slip"),
        mark("Days from the baseline to the actual day, or else to the current day."),
    ),
    (
        mark("Ledger key"),
        mark("Fiscal year, journal, transaction and line: where the cost stands in the books."),
    ),
    (mark("Credit notes"), mark("A credit note is a negative cost.")),
    (
        mark("Orders"),
        mark("Ordered up to the end of the period, and not yet invoiced when the report was made."),
    ),
    (
        mark("Other sources"),
        mark(
            "What other funders bring, told so far together that no single one of them is told by"
            " it. Committed by decisions known when the report was made."
        ),
    ),
    (
        mark("Own contribution"),
        mark("What the owner and universities pay: no public aid, and no private contribution."),
    ),
    (
        mark("In kind"),
        mark("Hours of partners at their value. They never are money, and count once signed for."),
    ),
)

NOTES_ON_CASH: Final = (
    (
        mark("Received to date"),
        mark(
            "Bank entries of the funder up to the end of the period, recognised by the reference"
            " of the award or else by the funder's account."
        ),
    ),
    (
        mark("Cash on hand"),
        mark("Received − charged to date; negative if the facility pre-finances."),
    ),
)
