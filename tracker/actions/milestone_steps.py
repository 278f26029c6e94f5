"""What deeds to milestones are made of; each takes part in the transaction that goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracker.domain.errors import RuleViolation
from tracker.domain.milestone_order import check_before, check_reachable
from tracker.domain.milestone_rules import (
    LADDER,
    check_evidence,
    check_follow,
    check_move,
    code_of,
)
from tracker.domain.milestones import PROGRESS_MAX, WEIGHT_MAX, MilestoneStatus
from tracker.store import audit, milestone_keeping, milestone_plans, milestones, projects

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.milestone_rules import Follow
    from tracker.domain.milestones import Milestone, MilestoneTerms, Move
    from tracker.domain.programmes import NewMilestone

LISTED = ", "


def enter(
    session: Session, new: NewMilestone, terms: MilestoneTerms | None = None, *, by: Actor
) -> None:
    """Enter a milestone, with the moves that it has had and the day on which it was met.

    Errors: ``RuleViolation`` on field ``code``, or as those of ``change``.
    """
    _check_code(session, new.code)
    if terms:
        _check_terms(session, new.code, terms)
    row = milestone_keeping.add_milestone(session, projects.the_project(session).id, new)
    if terms:
        milestone_plans.keep_terms(session, row, terms)
    detail: dict[str, object] = {
        "name": new.title,
        "work_package": new.work_package,
        "weight": new.weight,
        "baseline": new.baseline.isoformat(),
    }
    if terms:
        detail |= {"owner": terms.owner, "after": LISTED.join(terms.after)}
        detail["evidence"] = LISTED.join(terms.evidence)
    if new.moves:
        detail |= {"planned_for": new.moves[-1].to_day.isoformat(), "reason": new.moves[-1].reason}
    if new.met_on:
        detail["met_on"] = new.met_on.isoformat()
    _record(session, by, "enter milestone", new.code, detail)


def change(session: Session, code: str, terms: MilestoneTerms, *, by: Actor) -> None:
    """Change what a milestone is, besides its date.

    Errors: ``RuleViolation`` at the field.
    """
    _check_terms(session, code, terms)
    row, before = milestones.milestone_row(session, code), milestone_plans.terms_of(session, code)
    milestone_plans.keep_terms(session, row, terms)
    after = milestone_plans.terms_of(session, code)
    if before == after:
        return
    row.version += 1
    session.flush()
    pairs: dict[str, tuple[Any, Any]] = {
        "name": (before.title, after.title),
        "work_package": (before.work_package, after.work_package),
        "weight": (before.weight, after.weight),
        "owner": (before.owner, after.owner),
        "criteria": (before.criteria, after.criteria),
        "after": (LISTED.join(before.after), LISTED.join(after.after)),
        "evidence": (LISTED.join(before.evidence), LISTED.join(after.evidence)),
    }
    detail = {name: list(pair) for name, pair in pairs.items() if pair[0] != pair[1]}
    _record(session, by, "change milestone", code, detail)


def move(session: Session, code: str, before: date, to: Move, *, by: Actor) -> None:
    """Plan a milestone for another day.

    Errors: ``RuleViolation`` where it is not planned for ``before`` any more, or does not move.
    """
    found = milestones.held(session, code)
    if found.current != before:
        raise RuleViolation(
            "{code} is planned for {day} by now, or was met.",
            "Look at the milestone again.",
            code=code,
            day=found.current,
        )
    check_move(found, to.to_day, to.reason)
    milestone_keeping.add_move(session, code, to)
    days = [before.isoformat(), to.to_day.isoformat()]
    _record(session, by, "move milestone", code, {"planned_for": days, "reason": to.reason})


def follow(session: Session, code: str, wished: Follow, today: date, *, by: Actor) -> None:
    """Write down what has become of a milestone, and how far it is.

    Errors: ``RuleViolation`` at the field.
    """
    found = milestones.held(session, code)
    check_follow(found, wished, today)
    is_met = wished.status is MilestoneStatus.MET
    if is_met:
        check_before(found, milestones.milestones_of(session))
        check_evidence(code, milestone_plans.evidence_of(session).get(found.id, ()))
    if found.met_on:
        _check_unpaid(session, found)
    progress = PROGRESS_MAX if is_met else wished.progress
    if (found.status, found.progress) == (wished.status, progress):
        return
    milestone_keeping.note_status(session, code, wished.status, progress, wished.met_on)
    did = LADDER.get((found.status, wished.status), "note progress")
    detail: dict[str, object] = {"progress": [found.progress, progress]}
    if found.status is not wished.status:
        detail["status"] = [code_of(found.status), code_of(wished.status)]
    if wished.met_on:
        detail["met_on"] = wished.met_on.isoformat()
    detail["reason"] = wished.reason.strip()
    _record(session, by, did, code, detail)


def _check_unpaid(session: Session, found: Milestone) -> None:
    """Refuse to take back that a milestone was met, once its instalment was paid."""
    row = milestones.milestone_row(session, found.code)
    if row.releases_id is None or found.releases is None:
        return
    received = milestone_plans.received_on(session, row.releases_id)
    if received:
        raise RuleViolation(
            "{received} has come in on instalment {number} of {commitment}, which {code} released.",
            "Undo the receipt, or assign it to another instalment, first.",
            field="status",
            received=received,
            number=found.releases.number,
            commitment=found.releases.commitment_code,
            code=found.code,
        )


def _check_code(session: Session, code: str) -> None:
    if not code or "," in code or "/" in code:
        raise RuleViolation(
            "A milestone has a code, without a comma or a slash.",
            "For example M9.",
            field="code",
        )
    known = {one.code.casefold(): one for one in milestones.milestones_of(session)}
    if held := known.get(code.casefold()):
        raise RuleViolation(
            "There is a milestone {code} already: {title}.",
            "Choose another code; a milestone keeps its code for ever.",
            field="code",
            code=held.code,
            title=held.title,
        )


def _check_terms(session: Session, code: str, terms: MilestoneTerms) -> None:
    if not 0 <= terms.weight <= WEIGHT_MAX:
        raise RuleViolation(
            "“{value}” is not a whole number from {least} to {most}.",
            "Correct the number.",
            field="weight",
            value=str(terms.weight),
            least="0",
            most=str(WEIGHT_MAX),
        )
    odd = [title for title in terms.evidence if ";" in title]
    if odd:
        raise RuleViolation(
            "“{value}” has a semicolon, which stands between titles in a table.",
            "Take it out, or make two titles of it.",
            field="evidence",
            value=odd[0],
        )
    known = {one.code: one.after for one in milestones.milestones_of(session)}
    unknown = [one for one in terms.after if one not in known]
    if unknown:
        raise RuleViolation(
            "There is no milestone {code}.", "Choose another.", field="after", code=unknown[0]
        )
    check_reachable(code, terms.after, known)


def _record(session: Session, by: Actor, did: str, code: str, detail: Mapping[str, object]) -> None:
    subject = milestones.of_milestone(session, code)
    audit.record(session, by=by, did=did, subject=subject, detail=dict(detail))
