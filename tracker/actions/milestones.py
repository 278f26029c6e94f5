"""Milestones: entering them, moving their dates with a reason, and what becomes of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NamedTuple

from tracker.actions import milestone_steps as steps
from tracker.domain.errors import RuleViolation, Sentence
from tracker.domain.milestone_order import followers
from tracker.domain.milestone_rules import Follow
from tracker.domain.milestones import Move
from tracker.domain.programmes import NewMilestone
from tracker.store import audit, commitments, documents, milestone_plans, milestones
from tracker.store.instalments import InstalmentRow, instalments_of
from tracker.store.milestones import EvidenceRow, MilestoneRow
from tracker.store.session import transaction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.milestones import MilestoneTerms, ReportDue
    from tracker.domain.money import Money
    from tracker.store.documents import Document, Upload


class NewDay(NamedTuple):
    """Where a milestone moves to, and which of those after it move along."""

    to_day: date
    reason: str
    along: tuple[str, ...] = ()


class Released(NamedTuple):
    """What a milestone releases: an instalment by commitment and number, and reports.

    Shape:  no commitment where it releases no instalment.
    """

    commitment: str
    number: int
    reports: tuple[ReportDue, ...]


def enter(session: Session, code: str, baseline: date, terms: MilestoneTerms, *, by: Actor) -> None:
    """Enter a milestone with its baseline.

    Errors: ``RuleViolation`` at the field.
    """
    with transaction(session):
        packed = (code.strip(), terms.title, terms.work_package, terms.weight, baseline)
        steps.enter(session, NewMilestone(*packed, (), None, None), terms, by=by)


def change(session: Session, code: str, terms: MilestoneTerms, *, version: int, by: Actor) -> None:
    """Change what a milestone is, besides its date.

    Errors: ``StaleEditError`` that says who changed what since it was shown; ``RuleViolation``.
    """
    with transaction(session):
        _fresh_row(session, code, version)
        steps.change(session, code, terms, by=by)


def move(session: Session, code: str, new: NewDay, *, version: int, today: date, by: Actor) -> None:
    """Plan a milestone for another day, and those of the ones after it that move along.

    Errors: ``StaleEditError``; ``RuleViolation`` at the field.
    """
    with transaction(session):
        _fresh_row(session, code, version)
        moved = milestones.held(session, code)
        later = followers(moved, new.to_day, milestones.milestones_of(session))
        reason = new.reason.strip()
        steps.move(session, code, moved.current, Move(today, new.to_day, reason), by=by)
        for one in later:
            if one.milestone.code in new.along:
                to = Move(today, one.to_day, reason)
                steps.move(session, one.milestone.code, one.milestone.current, to, by=by)


def follow(
    session: Session, code: str, wished: Follow, *, version: int, today: date, by: Actor
) -> None:
    """Write down what has become of a milestone: progress, met, not met, or taken back.

    Errors: ``StaleEditError``; ``RuleViolation`` at the field.
    """
    with transaction(session):
        _fresh_row(session, code, version)
        steps.follow(session, code, wished, today, by=by)


def note_progress(
    session: Session, said: Mapping[str, tuple[int, int]], *, today: date, by: Actor
) -> int:
    """Note how far several milestones are, and tell how many of them that changes.

    Shape:  by code, the percentage, and the version that was shown. A milestone that is on its
            way becomes partly met only where somebody says so on its own page.
    Errors: ``RuleViolation`` on field ``progress_<code>`` where somebody was faster.
    """
    changed = 0
    with transaction(session):
        known = {one.code: one for one in milestones.milestones_of(session)}
        for code, (progress, version) in said.items():
            one = known.get(code)
            if one is None or one.progress == progress or not one.is_open:
                continue
            if one.version != version:
                raise RuleViolation(
                    "Somebody changed {code} while you had it open: it is at {progress} % now.",
                    "Compare it with what you typed, and save again if that still holds.",
                    field=f"progress_{code}",
                    code=code,
                    progress=one.progress,
                )
            steps.follow(session, code, Follow(one.status, progress), today, by=by)
            changed += 1
    return changed


def plan_funding(
    session: Session, code: str, amounts: Mapping[str, Money], *, version: int, by: Actor
) -> list[Sentence]:
    """Say what a milestone is planned to cost each commitment; ``""`` stands for nobody yet.

    Shape:  warnings, where the milestones of a commitment plan more than it is.
    Errors: ``StaleEditError``; ``RuleViolation`` on field ``amount_<commitment>``.
    """
    with transaction(session):
        row = _fresh_row(session, code, version)
        known = {one.code: one for one in commitments.commitments_of(session)}
        for payer, amount in amounts.items():
            if amount.cents < 0 or (payer and payer not in known):
                raise RuleViolation(
                    "{amount} cannot be planned of {commitment}.",
                    "Enter an amount above zero, or leave it empty.",
                    field=f"amount_{payer}",
                    amount=amount,
                    commitment=payer or "–",
                )
        before = {one.commitment: one.amount for one in milestone_plans.planned_of(session, row.id)}
        milestone_plans.keep_planned(session, row.id, amounts)
        after = {one.commitment: one.amount for one in milestone_plans.planned_of(session, row.id)}
        if before != after:
            row.version += 1
            detail = {"moves": _differing(before, after)}
            _record(session, by, "plan funding of milestone", code, detail)
        return _warnings(session, set(after))


def _differing(before: Mapping[str, Money], after: Mapping[str, Money]) -> dict[str, list[int]]:
    found = {}
    for payer in dict.fromkeys([*before, *after]):
        pair = [found_in[payer].cents if payer in found_in else 0 for found_in in (before, after)]
        if pair[0] != pair[1]:
            found[payer or "nobody_yet"] = pair
    return found


def _warnings(session: Session, payers: set[str]) -> list[Sentence]:
    return [
        Sentence(
            "The milestones plan {planned} of {code}, and it is {amount}: {over} too much.",
            {"planned": planned, "code": payer, "amount": room, "over": planned - room},
        )
        for payer, planned, room in milestone_plans.beyond_room(session)
        if payer in payers
    ]


def release(session: Session, code: str, wished: Released, *, version: int, by: Actor) -> None:
    """Say which instalment a milestone releases, and which reports are due after it.

    Errors: ``StaleEditError``; ``RuleViolation`` on field ``instalment``.
    """
    with transaction(session):
        row = _fresh_row(session, code, version)
        before = milestones.milestone_named(session, code).releases
        row.releases_id = _instalment_to_release(session, row, wished)
        milestone_plans.keep_reports(session, row.id, wished.reports)
        row.version += 1
        session.flush()
        after = milestones.milestone_named(session, code).releases
        names = [f"{one.commitment_code} {one.number}" if one else "" for one in (before, after)]
        reports = ", ".join(f"{one.commitment} {one.title} +{one.weeks}" for one in wished.reports)
        detail = {"instalment": names, "report": reports}
        _record(session, by, "change what milestone releases", code, detail)


def _instalment_to_release(session: Session, row: MilestoneRow, wished: Released) -> int | None:
    if not wished.commitment:
        return None
    commitment = commitments.commitment_named(session, wished.commitment)
    for one in instalments_of(session, commitment.id):
        if one.number == wished.number:
            held = session.get_one(InstalmentRow, one.id)
            if held.report or (one.milestone and one.milestone != row.code):
                raise RuleViolation(
                    "Instalment {number} of {commitment} is released by {other} already.",
                    "Choose another, or change the plan of the instalments first.",
                    field="instalment",
                    number=one.number,
                    commitment=commitment.code,
                    other=one.report or one.milestone,
                )
            return one.id
    raise RuleViolation(
        "{commitment} has no instalment {number}.",
        "Choose one of its plan.",
        field="instalment",
        commitment=commitment.code,
        number=wished.number,
    )


def hand_in(session: Session, code: str, evidence_id: int, upload: Upload, *, by: Actor) -> int:
    """Keep the document that a milestone asks for as evidence, or a newer version of it.

    Shape:  the version before stays among the documents of the milestone.
    Errors: ``NotFoundError``; ``RuleViolation`` where the milestone does not ask for it, or has
            this very document.
    """
    with transaction(session):
        row = milestones.milestone_row(session, code)
        asked = session.get(EvidenceRow, evidence_id)
        if asked is None or asked.milestone_id != row.id:
            raise RuleViolation(
                "{code} does not ask for this evidence any more.",
                "Look at the milestone again.",
                code=code,
            )
        subject, at = milestones.of_milestone(session, code), datetime.now(UTC)
        before = _evidence_before(session, subject, asked)
        if before and documents.hash_of(upload) == before.sha256:
            raise RuleViolation(
                "{file} is the document that is there already, handed in by {who}.",
                "Choose the newer version.",
                field="document",
                file=before.name,
                who=before.added_by,
            )
        key = documents.add_document(session, subject, upload, by=by.name, at=at)
        asked.document_id = key
        row.version += 1
        session.flush()
        files = [before.name, upload[0]] if before else upload[0]
        did = "hand in newer evidence" if before else "hand in evidence"
        _record(session, by, did, code, {"evidence": asked.title, "file": files})
    return key


def _evidence_before(session: Session, subject: str, asked: EvidenceRow) -> Document | None:
    """Give the document that was handed in for it before."""
    known = documents.documents_of(session, subject)
    return next((one for one in known if one.id == asked.document_id), None)


def _fresh_row(session: Session, code: str, version: int) -> MilestoneRow:
    row = milestones.milestone_row(session, code)
    if row.version != version:
        raise audit.stale_edit(session, milestones.of_milestone(session, code), row.version)
    return row


def _record(session: Session, by: Actor, did: str, code: str, detail: Mapping[str, object]) -> None:
    subject = milestones.of_milestone(session, code)
    audit.record(session, by=by, did=did, subject=subject, detail=dict(detail))
