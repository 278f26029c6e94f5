"""A list of milestones as a table that can leave the tracker, exactly as it was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports import words
from reports.model import Column, Kind, Section
from tracker.domain.milestone_lists import sums_of
from tracker.domain.texts import stem_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from reports.model import Report, Row
    from reports.occasion import Occasion
    from tracker.domain.milestone_lists import Listed


def build(listed: Sequence[Listed], occasion: Occasion) -> Report:
    """Lay out a list of milestones in the reader's language, as at the day on which it is made."""
    _, as_of = words.gettext_for(occasion.language), occasion.made_on
    return occasion.report(
        "milestones",
        _("Milestones"),
        as_of=as_of,
        version=_("As chosen"),
        file_stem=stem_of(occasion.project_code, "milestones", as_of),
        about=((_("As at"), as_of), (_("Milestones"), len(listed)), *occasion.signature),
        sections=(_table(listed, as_of, occasion.language),),
    )


def _table(listed: Sequence[Listed], as_of: date, language: str) -> Section:
    """Lay out the list itself, with the sums of its money."""
    _ = words.gettext_for(language)
    rows = tuple(_row(one, as_of, language) for one in listed)
    sums = sums_of(listed)
    money = (sums.planned, sums.committed, sums.charged, sums.to_come, sums.over, sums.at_risk)
    return Section(
        "milestones",
        _("Milestones"),
        (
            Column(_("Code"), width=10),
            Column(_("Milestone"), width=36),
            Column(_("Work package"), width=12),
            Column(_("Owner"), width=20),
            Column(_("Standing"), width=20),
            Column(_("Weight"), Kind.COUNT),
            Column(_("Progress in %"), Kind.COUNT),
            Column(_("Baseline"), Kind.DATE),
            Column(_("Current"), Kind.DATE),
            Column(_("Met"), Kind.DATE),
            Column(_("Moves"), Kind.COUNT),
            Column(_("Slip in days"), Kind.COUNT),
            Column(_("Comes after"), width=16),
            Column(_("Releases"), width=20),
            Column(_("Planned"), Kind.MONEY, 16),
            Column(_("Committed"), Kind.MONEY, 16),
            Column(_("Charged"), Kind.MONEY, 16),
            Column(_("Still to come"), Kind.MONEY, 16),
            Column(_("Over the plan"), Kind.MONEY, 16),
            Column(_("At risk"), Kind.MONEY, 16),
        ),
        rows,
        totals=(_("Total"), *[None] * 13, *money) if rows else (),
        note=_(
            "Amounts in euros. At risk is what milestones hold back and what cannot be spent in"
            " time, each euro once."
        ),
    )


def _row(one: Listed, as_of: date, language: str) -> Row:
    milestone, money = one.milestone, one.money
    released = milestone.releases
    return (
        milestone.code,
        milestone.title,
        milestone.work_package,
        milestone.owner,
        words.label(milestone.standing(as_of), language),
        milestone.weight,
        milestone.progress,
        milestone.baseline,
        milestone.current,
        milestone.met_on,
        len(milestone.moves),
        milestone.slip_days(),
        ", ".join(milestone.after),
        f"{released.commitment_code} {released.number}" if released else "",
        money.planned,
        money.committed,
        money.charged,
        money.to_come,
        money.over,
        money.at_risk,
    )
