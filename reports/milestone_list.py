"""A list of milestones as a table that can leave the tracker, exactly as it was chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports import words
from reports.model import Column, Kind, Report, Section
from tracker.domain.milestone_lists import sums_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from reports.model import Row
    from tracker.domain.milestone_lists import Listed


@dataclass(frozen=True, slots=True)
class ListFacts:
    """What is told of a list of milestones: what is in it, and of what day and state it is."""

    project_code: str
    project_name: str
    language: str
    as_of: date
    author: str
    ledger_state: str
    note: str
    listed: Sequence[Listed]


def build(facts: ListFacts) -> Report:
    """Lay out a list of milestones in the reader's language."""
    _ = words.gettext_for(facts.language)
    return Report(
        slug="milestones",
        title=_("Milestones"),
        subtitle=f"{facts.project_code} · {facts.project_name}",
        language=facts.language,
        file_stem=f"{facts.project_code}_milestones_{facts.as_of.isoformat()}",
        as_of=facts.as_of,
        made_on=facts.as_of,
        author=facts.author,
        version=_("As chosen"),
        ledger_state=facts.ledger_state,
        note=_(facts.note) if facts.note else "",
        about=(
            (_("As at"), facts.as_of),
            (_("Milestones"), len(facts.listed)),
            (_("Made by"), facts.author),
            (_("State of the books"), facts.ledger_state),
        ),
        sections=(table_of(facts),),
    )


def table_of(facts: ListFacts) -> Section:
    """Lay out the list itself, with the sums of its money."""
    _ = words.gettext_for(facts.language)
    rows = tuple(_row(one, facts) for one in facts.listed)
    sums = sums_of(facts.listed)
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


def _row(one: Listed, facts: ListFacts) -> Row:
    milestone, money = one.milestone, one.money
    released = milestone.releases
    return (
        milestone.code,
        milestone.title,
        milestone.work_package,
        milestone.owner,
        words.label(milestone.standing(facts.as_of), facts.language),
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
