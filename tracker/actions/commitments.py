"""Entering commitments, and what may change of them without a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from tracker.domain.amendments import said
from tracker.domain.commitments import Status
from tracker.domain.decisions import Before, check_decision
from tracker.domain.errors import RuleViolation
from tracker.domain.money import Money
from tracker.store import amendments, audit, commitments, earmarks, financing, projects
from tracker.store.commitment_codes import holder_of_code
from tracker.store.commitments import CommitmentRow
from tracker.store.funders import ProgrammeRow
from tracker.store.scope import over_all
from tracker.store.session import transaction

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.commitments import Particulars, Promise
    from tracker.store.documents import Upload


def enter(
    session: Session, promise: Promise, *, today: date, by: Actor, letter: Upload | None = None
) -> int:
    """Enter a commitment as a draft, which counts nowhere until somebody else confirms it.

    Shape:  the key of the decision that is to be confirmed.
    Errors: ``RuleViolation`` at the field for a code or reference that is in use, or a decision
            that cannot be.
    """
    with transaction(session):
        with over_all(session):  # of two with one code at once, the second is told
            financing.lock_financing(session)
        entry = Entry(session, promise, today)
        entry.check()
        return entry.keep(by, letter)


class Entry:
    """A commitment on its way: judged, and then kept in the transaction that goes on."""

    def __init__(self, session: Session, promise: Promise, today: date) -> None:
        self._session = session
        self._promise = promise
        self._today = today

    def check(self) -> None:
        """Judge the commitment and its first decision.

        Errors: as those of ``enter``.
        """
        _check_unknown(self._session, self._promise)
        code = self._promise.code.strip()
        nothing = Before(code, Status.DRAFT, Money(0), Money(0), Money(0))
        check_decision(self._promise.decision, nothing, self._today)

    def keep(self, by: Actor, letter: Upload | None = None) -> int:
        """Keep the commitment as a draft, and give the key of its decision."""
        session, promise = self._session, self._promise
        decision, code = promise.decision, promise.code.strip()
        if decision.period is None:
            raise AssertionError("a first decision has a period")
        row = CommitmentRow(
            project_id=projects.the_project(session).id,
            programme_id=promise.programme_id,
            code=code,
            reference=promise.reference.strip(),
            status=Status.DRAFT.value,
            form=promise.form.value,
            decided_on=decision.decided_on,
            first_day=decision.period.first_day,
            last_day=decision.period.last_day,
            position=_next_position(session),
            conditions=promise.particulars.conditions.strip(),
        )
        session.add(row)
        session.flush()
        earmarks.keep_earmarks(session, row, promise.particulars)
        key = amendments.keep_draft(session, row, decision, letter, by.name)
        subject, detail = audit.of_commitment(code), said(decision)
        audit.record(session, by=by, did="enter commitment", subject=subject, detail=detail)
        return key


def change_particulars(
    session: Session, code: str, particulars: Particulars, *, version: int, by: Actor
) -> None:
    """Change the conditions and the purpose of a commitment.

    Errors: ``StaleEditError`` that says who changed what since it was shown.
    """
    with transaction(session):
        row = commitments.commitment_row(session, code)
        if row.version != version:
            raise audit.stale_edit(session, audit.of_commitment(code), row.version)
        before = earmarks.particulars_of(session, row.id)
        row.conditions, row.version = particulars.conditions.strip(), row.version + 1
        earmarks.keep_earmarks(session, row, particulars)
        session.flush()
        after = earmarks.particulars_of(session, row.id)
        audit.record(
            session,
            by=by,
            did="change particulars",
            subject=audit.of_commitment(code),
            detail={
                "conditions": [before.conditions, after.conditions],
                "work_packages": [", ".join(before.work_packages), ", ".join(after.work_packages)],
                "milestones": [", ".join(before.milestones), ", ".join(after.milestones)],
            },
        )


def _check_unknown(session: Session, promise: Promise) -> None:
    """Refuse a code or a reference that is in use already."""
    if not promise.code.strip() or "/" in promise.code:
        raise RuleViolation(
            "A commitment has a code, without a slash.", "For example NGF-2.", field="code"
        )
    if session.get(ProgrammeRow, promise.programme_id) is None:
        raise RuleViolation("There is no such programme.", "Choose another.", field="programme_id")
    if taken := holder_of_code(session, promise.code.strip()):
        if taken.project == projects.the_project(session).code:
            raise RuleViolation(
                "There is a commitment {code} already.", field="code", code=taken.code
            )
        raise RuleViolation(
            "The project {project} has a commitment {code} already.",
            "Codes of commitments are unique over all projects: choose another.",
            field="code",
            project=taken.project,
            code=taken.code,
        )
    with over_all(session):
        same = select(CommitmentRow).where(
            CommitmentRow.programme_id == promise.programme_id,
            CommitmentRow.reference == promise.reference.strip(),
        )
        if row := session.scalars(same).first():
            raise RuleViolation(
                "{code} has the reference {reference} already.",
                "A second part of the same award is an amendment of {code}.",
                field="reference",
                code=row.code,
                reference=row.reference,
            )


def _next_position(session: Session) -> int:
    return (session.scalar(select(func.max(CommitmentRow.position))) or 0) + 1
