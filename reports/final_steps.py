"""The end of a commitment: the steps to its settlement, and what an auditor holds against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports import words
from reports.model import Cell, Column, Kind, Section, Sum
from tracker.domain.final_accounts import limits_of

if TYPE_CHECKING:
    from tracker.domain.final_accounts import FinalAccount
    from tracker.domain.statements import StatementFacts


def steps_of(facts: StatementFacts, final: FinalAccount) -> Section:
    """List the steps towards settlement, with their terms and what is done of them."""
    _ = words.gettext_for(facts.language)
    return Section(
        "steps",
        _("Steps towards settlement"),
        (
            Column(_("Step"), width=36),
            Column(_("Term begins on"), Kind.DATE, 16),
            Column(_("Weeks"), Kind.COUNT, 9),
            Column(_("Due on"), Kind.DATE, 16),
            Column(_("Done on"), Kind.DATE, 16),
        ),
        tuple(
            (
                words.label(step.kind, facts.language),
                step.since,
                step.weeks,
                step.due_on,
                step.done_on,
            )
            for step in final.steps(facts.commitment)
        ),
        note=_("A term begins when the step before it is done. The programme gives the weeks."),
    )


def audit_of(facts: StatementFacts, final: FinalAccount) -> tuple[Section, ...]:
    """Tell whether an auditor reports, and how much error that bears; nothing without a threshold.

    Source: Controleprotocol (Regeling nationale EZ-subsidies, bijlage 1.3).
    """
    if final.auditor_from is None:
        return ()
    _ = words.gettext_for(facts.language)
    limits = limits_of(facts.charged_to_date)
    is_needed = final.needs_auditor(facts.commitment)
    asked = _("An auditor's report is needed") if is_needed else _("No auditor's report is needed")
    return (
        Section(
            "audit",
            _("Auditor's report"),
            (
                Column(_("Figure"), width=34),
                Column(_("Amount"), Kind.MONEY, 18),
                Column(_("How it comes about"), width=60),
            ),
            (
                (_("Auditor's report from"), final.auditor_from, _("What the programme says")),
                (_("Committed"), facts.commitment.amount, asked),
                (_("Costs"), facts.charged_to_date, _("What the auditor reports on")),
                (_("Error that stays unsaid, below"), limits.unqualified, _("1% of the costs")),
                (_("Adverse opinion, above"), limits.adverse, _("3% of the costs")),
            ),
            note=_(
                "Amounts in euros. Errors count whatever their sign; none makes up for another."
            ),
            ties={
                (1, 1): Sum((Cell("settlement", 2, 1),)),
                (2, 1): Sum((Cell("categories", None, 5),)),
            },
        ),
    )
