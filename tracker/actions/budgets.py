"""Budgets: a new version of what a funder's money, or the project's plan, is divided over."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from tracker.domain.amendments import Verdict
from tracker.domain.budgets import check_consent, check_new_budget, check_total, key_name, moves
from tracker.domain.commitments import Status
from tracker.domain.errors import RuleViolation, StaleEditError
from tracker.domain.money import Money
from tracker.domain.reporting_periods import counting_day
from tracker.store import amendments, audit, budgets, commitments, documents, financing, projects
from tracker.store.commitments import CommitmentRow
from tracker.store.projects import ProjectRow
from tracker.store.reporting_periods import closed_periods
from tracker.store.session import transaction

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.budgets import BudgetLine, BudgetVersion, NewBudget
    from tracker.domain.commitments import Commitment
    from tracker.domain.errors import Sentence
    from tracker.store.documents import Upload


def divide(
    session: Session,
    code: str,
    new: NewBudget,
    *,
    today: date,
    by: Actor,
    consent: Upload | None = None,
) -> tuple[Sentence, ...]:
    """Enter a new version of a funder's budget.

    Shape:  the warnings: moves over the tolerance of a programme that only warns, or waived.
    Errors: ``RuleViolation`` at the field: a total that is not the commitment's, a move that the
            funder has to agree to; ``StaleEditError`` where another version came in between.
    """
    with transaction(session):
        division = Division.held(session, code, new, today)
        warnings = division.check(has_consent=consent is not None or bool(new.amendment))
        division.keep(by, consent)
    return warnings


def plan(session: Session, new: NewBudget, *, today: date, by: Actor) -> None:
    """Enter a new version of the project's own plan of costs.

    Errors: ``RuleViolation`` at the field; ``StaleEditError`` where another came in between.
    """
    with transaction(session):
        division = Division.held(session, "", new, today)
        division.check(has_consent=True)
        division.keep(by)


class Division:
    """A version of a budget on its way: judged, and then kept in the transaction that goes on.

    Shape:  of the project's own plan where there is no code of a commitment.
    """

    def __init__(self, session: Session, code: str, new: NewBudget, today: date) -> None:
        self._session = session
        self._new = new
        self._today = today
        self._project = projects.the_project(session)
        self._commitment = commitments.commitment_named(session, code) if code else None
        key = self._commitment.id if self._commitment else None
        self._versions = budgets.versions_of(session, self._project.id, key)

    @classmethod
    def held(cls, session: Session, code: str, new: NewBudget, today: date) -> Division:
        """Begin, and hold the budget still: another version of it waits."""
        row = CommitmentRow if code else ProjectRow
        this = CommitmentRow.code == code if code else ProjectRow.id.is_not(None)
        session.execute(select(row.id).where(this).with_for_update(key_share=True))
        return cls(session, code, new, today)

    def check(self, *, has_consent: bool) -> tuple[Sentence, ...]:
        """Judge the version, and give the warnings.

        Errors: as those of ``divide``.
        """
        new, held = self._new, self._commitment
        _check_newest(self._versions, new.based_on)
        amount, categories = (
            _promised(self._session, held, new.amendment)
            if held
            else (new.total, self._project.categories)
        )
        check_new_budget(new, categories, self._today)
        _check_open(self._session, self._project.id, new)
        if held is None:
            return ()
        check_total(new.total, amount, held.code)
        return check_consent(
            _agreed(self._versions),
            new.lines,
            financing.virement_of(self._session, held, self._today),
            has_consent=has_consent,
        )

    def keep(self, by: Actor, consent: Upload | None = None) -> None:
        """Keep the version, with the letter in which the funder agrees to it."""
        session, held = self._session, self._commitment
        document = _keep_consent(session, held.code, consent, by) if held else None
        budgets.keep_version(
            session,
            self._project.id,
            held.id if held else None,
            self._new,
            by=by.name,
            document_id=document,
        )
        audit.record(
            session,
            by=by,
            did="divide budget" if held else "plan costs",
            subject=audit.of_commitment(held.code) if held else f"project/{self._project.code}",
            detail=_said(self._versions, self._new),
        )


def _check_open(session: Session, project_id: int, new: NewBudget) -> None:
    """Refuse a version that is dated in a closed period: what was agreed then was reported.

    Errors: ``RuleViolation`` on ``made_on``.
    """
    for period in closed_periods(session, project_id):
        if new.made_on in period:
            raise RuleViolation(
                "{day} lies in {period}, which is closed.",
                "Date the version on or after {first}; say in its reason since when it was agreed.",
                field="made_on",
                day=new.made_on,
                period=period.code,
                first=counting_day(new.made_on, closed_periods(session, project_id)),
            )


def _keep_consent(session: Session, code: str, consent: Upload | None, by: Actor) -> int | None:
    if consent is None:
        return None
    return documents.add_document(
        session, audit.of_commitment(code), consent, by=by.name, at=datetime.now(UTC)
    )


def _check_newest(versions: list[BudgetVersion], based_on: int) -> None:
    """Refuse a version that is built on one that is not the newest any more."""
    newest = versions[0].number if versions else 0
    if newest != based_on:
        raise StaleEditError(
            "{who} entered version {number} on {day} while you had this open: {reason}.",
            "What you typed is still here. Compare it with that version, and save again if it"
            " still holds.",
            who=versions[0].entered_by if versions else "–",
            number=newest,
            day=versions[0].made_on if versions else date.min,
            reason=versions[0].reason if versions else "–",
            version=newest,
        )


def _promised(
    session: Session, commitment: Commitment, amendment: int
) -> tuple[Money, tuple[str, ...]]:
    """Tell what there is to divide, and over which categories.

    Shape:  with the amendment that the version goes with; of a draft, what the award will be.
    """
    allowed = commitments.allowed_categories_of(session, commitment.id)
    decisions = {entered.id: entered for entered in amendments.decisions_of(session, commitment.id)}
    if commitment.status is Status.DRAFT:
        return commitment.amount, next(iter(decisions.values())).decision.categories
    if not amendment:
        return commitment.amount, allowed
    if amendment not in decisions:
        raise RuleViolation(
            "{code} has no such amendment.",
            "Choose another, or none.",
            field="amendment",
            code=commitment.code,
        )
    entered = decisions[amendment]
    added = entered.decision.amount if entered.verdict is Verdict.DRAFT else Money(0)
    return commitment.amount + added, entered.decision.categories or allowed


def _agreed(versions: list[BudgetVersion]) -> tuple[BudgetLine, ...]:
    """Give the lines that the funder agreed to last."""
    return next((version.lines for version in versions if version.is_agreed), ())


def _said(versions: list[BudgetVersion], new: NewBudget) -> dict[str, Any]:
    """Put a version as the trail keeps it: its total, and what moved, before and after."""
    before = budgets.version_that_counts(versions)
    old = before.lines if before else ()
    return {
        "version": new.based_on + 1,
        "reason": new.reason.strip(),
        "total": [before.total.cents if before else 0, new.total.cents],
        "moves": {
            key_name((move.category, move.work_package, move.year)): [
                move.before.cents,
                move.after.cents,
            ]
            for move in moves(old, new.lines)
        },
    }
