"""The head of a report of a commitment: whose it is, over what, in whose hand and which version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports import figures, words
from reports.checks import refuse_what_does_not_tie
from reports.declaration import texts_of
from reports.model import Report
from tracker.domain.statements import file_stem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.charts import Chart
    from reports.model import LongSection, Section, Value
    from tracker.domain.periods import Period
    from tracker.domain.statements import StatementFacts


def headed(
    facts: StatementFacts,
    slug: str,
    title: str,
    *,
    sections: Sequence[Section | LongSection],
    charts: Sequence[Chart] = (),
) -> Report:
    """Put a report together under the head of its commitment, in the funder's language.

    Shape:  ``title`` is English; what people wrote stands in front of what it is about. A file of
            another kind than a statement has the kind in its name.
    Errors: ``TrackerError`` if one of the checks of the facts does not come to zero;
            ``ValueError`` as of ``Report``.
    """
    refuse_what_does_not_tie(facts)
    _ = words.gettext_for(facts.language)
    commitment = facts.commitment
    kind = "" if slug == "statement" else slug.replace("_", "-")
    return Report(
        slug=slug,
        title=f"{_(title)} {facts.period.code}",
        subtitle=f"{commitment.funder} · {commitment.reference}",
        language=facts.language,
        file_stem=file_stem(facts.project_code, commitment.code, facts.period, facts.number, kind),
        as_of=facts.period.last_day,
        made_on=facts.made_on,
        author=facts.author,
        version=_version(facts),
        ledger_state=facts.ledger_state,
        note=_(facts.note) if facts.note else "",
        about=_about(facts),
        sections=tuple(sections),
        charts=tuple(charts),
        texts=texts_of(facts, sections),
    )


def _days(period: Period, language: str) -> str:
    first, last = (figures.day(day, language) for day in (period.first_day, period.last_day))
    return f"{first} – {last}"


def _version(facts: StatementFacts) -> str:
    _ = words.gettext_for(facts.language)
    return _("Version {number}").format(number=facts.number) if facts.number else _("Draft")


def _about(facts: StatementFacts) -> tuple[tuple[str, Value], ...]:
    _ = words.gettext_for(facts.language)
    commitment = facts.commitment
    programme = ((_("Programme"), commitment.programme),) if commitment.programme else ()
    return (
        (_("Project"), f"{facts.project_code} · {facts.project_name}"),
        (_("Funder"), commitment.funder),
        *programme,
        (_("Commitment"), commitment.code),
        (_("Reference of the award"), commitment.reference),
        (_("Decided on"), commitment.decided_on),
        (_("Status"), words.label(commitment.status, facts.language)),
        (_("Form"), words.label(commitment.form, facts.language)),
        (_("Eligible period"), _days(commitment.period, facts.language)),
        (_("Reporting period"), _days(facts.period, facts.language)),
        (_("As at"), facts.period.last_day),
        (_("Version"), _version(facts)),
        (_("Made on"), facts.made_on),
        (_("Made by"), facts.author),
        (_("State of the books"), facts.ledger_state),
    )
