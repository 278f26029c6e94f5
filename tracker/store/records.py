"""What the tracker holds of milestones, budgets and commitments, by the columns of their tables.

A table that is downloaded is filled from here, and one that comes in is compared with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tracker.domain.commitments import Status
from tracker.domain.milestone_rules import code_of
from tracker.store import (
    amendments,
    budgets,
    commitments,
    earmarks,
    milestone_plans,
    milestones,
    projects,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal
    from typing import TypeAlias

    from sqlalchemy.orm import Session

    from tracker.domain.budgets import BudgetLine, BudgetVersion
    from tracker.domain.commitments import Commitment
    from tracker.domain.milestones import Evidence, Milestone
    from tracker.domain.money import Money

    Held: TypeAlias = dict[str, "str | int | Decimal | Money | date | None"]

LISTED = ", "  # between codes in one cell
IN_A_ROW = "; "  # between titles in one cell


class BudgetHeld(NamedTuple):
    """A budget: its versions, the newest first, and the lines of the one that counts.

    Shape:  no ``version`` where it has none that counts.
    """

    versions: list[BudgetVersion]
    version: BudgetVersion | None

    @property
    def lines(self) -> tuple[BudgetLine, ...]:
        """What is set aside now."""
        return self.version.lines if self.version else ()

    @property
    def number(self) -> int:
        """The number of the newest version, whether it counts or not."""
        return self.versions[0].number if self.versions else 0


def milestone_records(session: Session) -> list[Held]:
    """Give every milestone as a row of a table."""
    asked = milestone_plans.evidence_of(session)
    return [
        _of_milestone(each, asked.get(each.id, ())) for each in milestones.milestones_of(session)
    ]


def budgets_held(session: Session) -> dict[str, BudgetHeld]:
    """Give every budget by the code of its commitment; the plan of costs by the project's."""
    project = projects.the_project(session)
    keys: dict[str, int | None] = {project.code: None}
    keys |= {each.code: each.id for each in commitments.commitments_of(session)}
    found = {}
    for code, key in keys.items():
        versions = budgets.versions_of(session, project.id, key)
        found[code] = BudgetHeld(versions, budgets.version_that_counts(versions))
    return found


def budget_records(session: Session) -> list[Held]:
    """Give every line of every budget that counts as a row of a table."""
    return [
        {
            "commitment": code,
            "category": line.category,
            "work_package": line.work_package,
            "year": line.year or None,
            "amount": line.amount,
        }
        for code, held in budgets_held(session).items()
        for line in held.lines
    ]


def commitment_records(session: Session) -> list[Held]:
    """Give every commitment as a row of a table; a draft as its first decision says."""
    return [_of_commitment(session, each) for each in commitments.commitments_of(session)]


def _of_milestone(one: Milestone, evidence: Sequence[Evidence]) -> Held:
    return {
        "code": one.code,
        "title": one.title,
        "work_package": one.work_package,
        "weight": one.weight,
        "baseline": one.baseline,
        "current": one.current if one.moves else None,
        "reason": one.moves[-1].reason if one.moves else "",
        "met_on": one.met_on,
        "owner": one.owner,
        "outcome": code_of(one.status),
        "progress": one.progress,
        "criteria": " ".join(one.criteria.split()),
        "after": LISTED.join(one.after),
        "evidence": IN_A_ROW.join(each.title for each in evidence),
    }


def _of_commitment(session: Session, one: Commitment) -> Held:
    meant = earmarks.particulars_of(session, one.id)
    held: Held = {
        "code": one.code,
        "funder": one.funder,
        "programme": one.programme,
        "reference": one.reference,
        "form": one.form.value,
        "status": one.status.value,
        "decided_on": one.decided_on,
        "first_day": one.period.first_day,
        "last_day": one.period.last_day,
        "amount": one.amount,
        "share": one.share,
        "categories": LISTED.join(commitments.allowed_categories_of(session, one.id)),
        "work_packages": LISTED.join(meant.work_packages),
        "milestones": LISTED.join(meant.milestones),
        "conditions": meant.conditions,
    }
    return held | _of_draft(session, one) if one.status is Status.DRAFT else held


def _of_draft(session: Session, one: Commitment) -> Held:
    """Give what a commitment will be when its first decision is confirmed."""
    first = amendments.decisions_of(session, one.id)[0].decision
    period = first.period or one.period
    return {
        "status": (first.status or one.status).value,
        "decided_on": first.decided_on,
        "first_day": period.first_day,
        "last_day": period.last_day,
        "amount": first.amount,
        "share": first.share,
        "categories": LISTED.join(first.categories),
    }
