"""The words around the figures: what people wrote, and who stands for the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports import words
from reports.model import Column, Kind, Prose, Section
from tracker.domain.report_texts import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reports.model import LongSection
    from tracker.domain.statements import StatementFacts

BEFORE: Mapping[Place, tuple[str, ...]] = {
    Place.SUMMARY: ("summary",),
    Place.DEVIATIONS: ("variances", "not_charged"),
    Place.PROGRESS: ("progress", "milestones", "lines"),
    Place.OUTLOOK: ("lines",),
}
"""In front of which section a text stands: the first of these that a report has, or its first."""


def texts_of(facts: StatementFacts, sections: Iterable[Section | LongSection]) -> tuple[Prose, ...]:
    """Give the texts that people wrote, each in front of the section that it is about."""
    keys = [section.key for section in sections]
    return tuple(
        Prose(
            key=place.value,
            title=words.label(place, facts.language),
            markdown=facts.wording.text(place),
            before=next((key for key in BEFORE[place] if key in keys), keys[0]),
            pictures=facts.wording.pictures,
        )
        for place in Place
        if facts.wording.text(place)
    )


def declaration(facts: StatementFacts) -> Section:
    """Lay out who stands for the report, with room for day and signature."""
    _ = words.gettext_for(facts.language)
    return Section(
        "declaration",
        _("Declaration"),
        (
            Column(_("Role"), width=30),
            Column(_("Name"), width=40),
            Column(_("Date"), Kind.DATE, 20),
            Column(_("Signature"), width=50),
        ),
        (
            (_("Prepared by"), facts.author, facts.made_on, None),
            (_("Approved by"), facts.approved_by or None, None, None),
            (_("Signed for the facility"), None, None, None),
        ),
        note=_(
            "The facility declares that this report was made from its books, that the costs in it"
            " were incurred for the project, and that what is charged to this award was charged to"
            " no other."
        ),
    )
