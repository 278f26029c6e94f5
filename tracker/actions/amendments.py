"""Decisions on commitments: entering them, and confirming what somebody else entered."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from tracker.domain.amendments import Verdict, changes, check_changes, check_separate, said
from tracker.domain.commitments import Status
from tracker.domain.decisions import check_decision
from tracker.domain.errors import NotAllowedError, NotFoundError, RuleViolation
from tracker.domain.financing_rules import check_new_funding
from tracker.store import amendments, audit, decisions, financing, flat_rates
from tracker.store.amendments import AmendmentRow
from tracker.store.commitments import CommitmentRow, commitment_row
from tracker.store.session import transaction

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.amendments import Amendment
    from tracker.domain.errors import Sentence
    from tracker.store.documents import Upload


def amend(
    session: Session,
    code: str,
    decision: Amendment,
    *,
    today: date,
    by: Actor,
    letter: Upload | None = None,
    number: int | None = None,
) -> int:
    """Enter a decision on a commitment as a draft: an amendment, or a step on the ladder.

    Shape:  ``number`` is the one that it was to have when its form was shown, where one was.
    Errors: ``NotFoundError``; ``RuleViolation`` at the field for a decision that cannot be, or
            while another one waits; ``StaleEditError`` where another one was confirmed since.
    """
    with transaction(session):
        row = commitment_row(session, code)
        before = decisions.before_of(session, row.id)  # held still: of two at once, one waits
        _check_none_waits(session, row)
        due = amendments.next_number(session, row.id)
        if number not in (None, due):
            raise audit.stale_edit(session, audit.of_commitment(code), due)
        check_changes(decision)
        check_decision(decision, before, today)
        key = amendments.keep_draft(session, row, decision, letter, by.name)
        audit.record(
            session,
            by=by,
            did="enter amendment",
            subject=audit.of_commitment(code),
            detail=said(decision),
        )
    return key


def revise(
    session: Session,
    key: int,
    decision: Amendment,
    *,
    version: int,
    today: date,
    by: Actor,
    letter: Upload | None = None,
) -> None:
    """Change a draft. Only who entered it does; it then waits for a second person again.

    Errors: ``StaleEditError`` where it has changed since it was shown; ``NotAllowedError``;
            ``RuleViolation`` at the field.
    """
    with transaction(session):
        row = _draft(session, key, version)
        commitment = session.get_one(CommitmentRow, row.commitment_id)
        _check_own(row, by)
        if commitment.status != Status.DRAFT.value:
            check_changes(decision)
        check_decision(decision, decisions.before_of(session, row.commitment_id), today)
        before = said(amendments.decision_numbered(session, key).decision)
        amendments.fill(session, row, decision)
        if commitment.status == Status.DRAFT.value and decision.period:
            commitment.decided_on = decision.decided_on
            commitment.first_day = decision.period.first_day
            commitment.last_day = decision.period.last_day
        if letter:
            row.document_id = amendments.keep_letter(session, commitment.code, letter, by.name)
        row.returned, row.version = "", row.version + 1
        session.flush()
        audit.record(
            session,
            by=by,
            did="revise amendment",
            subject=audit.of_commitment(commitment.code),
            detail=changes(before, said(decision)),
        )


def confirm(
    session: Session, key: int, *, version: int, today: date, by: Actor
) -> tuple[Sentence, ...]:
    """Confirm what somebody else entered: from now on it counts.

    Shape:  what the financing plan warns of: rules that are broken by it and do not stop it.
    Errors: ``StaleEditError`` where it has changed since it was shown; ``NotAllowedError`` for
            who entered it; ``RuleViolation`` where it no longer fits.
    Source: separation of duties, domain rule 31.
    """
    with transaction(session):
        financing.lock_financing(session)
        mix = financing.financing_facts(session, today)
        row = _draft(session, key, version)
        check_separate(row.entered_by, by.name)
        before = decisions.before_of(session, row.commitment_id)
        entered = amendments.decision_numbered(session, key)
        check_decision(entered.decision, before, today)
        row.verdict = Verdict.CONFIRMED.value
        row.confirmed_by, row.confirmed_at = by.name, datetime.now(UTC)
        row.version += 1
        session.flush()
        session.expire_all()  # the triggers have carried it into the commitment
        flat_rates.check_flat_rates(session)
        warnings = check_new_funding(mix, financing.financing_facts(session, today))
        detail: dict[str, Any] = said(entered.decision)
        detail |= {"amount": [before.amount.cents, (before.amount + entered.decision.amount).cents]}
        audit.record(
            session,
            by=by,
            did="confirm amendment",
            subject=audit.of_commitment(before.code),
            detail=detail,
        )
    return warnings


def send_back(session: Session, key: int, reason: str, *, version: int, by: Actor) -> None:
    """Send a draft back to who entered it, with the reason.

    Errors: ``RuleViolation`` without a reason; ``StaleEditError``; ``NotAllowedError``.
    """
    with transaction(session):
        row = _draft(session, key, version)
        check_separate(row.entered_by, by.name)
        if not reason.strip():
            raise RuleViolation(
                "Say what is to be mended.", "Who entered it reads that.", field="reason"
            )
        row.returned, row.version = reason.strip(), row.version + 1
        code = session.get_one(CommitmentRow, row.commitment_id).code
        audit.record(
            session,
            by=by,
            did="send amendment back",
            subject=audit.of_commitment(code),
            detail={"number": row.number, "reason": row.returned},
        )


def drop(session: Session, key: int, *, version: int, by: Actor) -> None:
    """Take a draft of one's own back. It stays in the history, and counts nowhere.

    A commitment that was never confirmed goes with its draft; its code and reference are free.

    Errors: ``StaleEditError``; ``NotAllowedError`` for somebody else's draft.
    """
    with transaction(session):
        row = _draft(session, key, version)
        _check_own(row, by)
        row.verdict, row.version = Verdict.DROPPED.value, row.version + 1
        commitment = session.get_one(CommitmentRow, row.commitment_id)
        subject = audit.of_commitment(commitment.code)
        if row.number == 0:
            commitment.code = f"{commitment.code}~{commitment.id}"
            commitment.reference = f"{commitment.reference}~{commitment.id}"
        audit.record(
            session,
            by=by,
            did="take amendment back",
            subject=subject,
            detail={"number": row.number},
        )


def _check_none_waits(session: Session, row: CommitmentRow) -> None:
    """Refuse a second draft: the next decision builds on the one before."""
    for entered in amendments.decisions_of(session, row.id):
        if entered.verdict is Verdict.DRAFT:
            raise RuleViolation(
                "Amendment {number} of {code} still waits for a second person.",
                "Have it confirmed or take it back first; the next one builds on it.",
                number=entered.decision.number,
                code=row.code,
            )


def _draft(session: Session, key: int, version: int) -> AmendmentRow:
    """Give a draft as it was shown, and hold it still."""
    row = session.get(AmendmentRow, key, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFoundError("There is no such amendment.")
    if row.version != version or row.verdict != Verdict.DRAFT.value:
        code = session.get_one(CommitmentRow, row.commitment_id).code
        raise audit.stale_edit(session, audit.of_commitment(code), row.version)
    return row


def _check_own(row: AmendmentRow, by: Actor) -> None:
    if row.entered_by != by.name:
        raise NotAllowedError(
            "{who} entered this, so {who} changes it or takes it back.",
            "You may send it back, with the reason.",
            who=row.entered_by,
        )
