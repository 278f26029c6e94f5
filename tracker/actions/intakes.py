"""Files on their way in: handed in by a person, read by a job, looked at, and then kept or not.

Not in here: reading and keeping; a job does that, see ``intake_jobs`` and ``jobs``.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tracker.actions.tables import Source
from tracker.domain.errors import (
    RuleViolation,
)
from tracker.domain.intakes import (
    Choice,
    HandedIn,
    IntakeState,
    check_choice,
    check_kept_by,
    check_move,
    check_seen_to_by,
)
from tracker.domain.mapping_checks import check_mapping
from tracker.readers.kinds import kind_of_books
from tracker.store import audit, intakes, mappings
from tracker.store import imports as stored
from tracker.store.projects import the_project
from tracker.store.scope import named
from tracker.store.session import transaction

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.intakes import Intake
    from tracker.domain.mappings import Mapping
    from tracker.domain.money import Money
    from tracker.store.intakes import IntakeRow

    Progress = Callable[[int, int], None]


def hand_in(session: Session, name: str, path: Path, *, by: Actor) -> HandedIn:
    """Keep the bytes of a file, for a job to look at; of bytes that were handed in, once.

    Shape:  known are bytes that were kept before. A file that was refused, stopped or cancelled
            begins anew.
    Errors: ``NotFoundError`` where no programme has been set up; those of ``check_handed_in``.
    """
    check_handed_in(name, path, by=by)
    sha256 = stored.hash_of(path)
    with transaction(session):
        the_project(session)
        stored.lock(session)
        row = intakes.intake_of_bytes(session, sha256)
        kept = stored.import_of(session, sha256)
        now = datetime.now(UTC)
        if row is None:
            row = intakes.add_intake(session, name, path, sha256, by=by.name, at=now)
            _record(session, row, "hand in", by, bytes=row.size)
        if kept and row.state != IntakeState.KEPT:
            row.state, row.import_id, row.kind = IntakeState.KEPT, kept.id, kept.kind
        elif row.state in (IntakeState.REFUSED, IntakeState.STOPPED, IntakeState.CANCELLED):
            values: dict[str, Any] = {"file_name": name, "asked_by": by.name, "asked_at": now}
            intakes.move(session, row, IntakeState.WAITING, **_blank(), **values)
            _record(session, row, "hand in", by, bytes=row.size)
        session.flush()
        return HandedIn(row.id, is_known=kept is not None)


def _blank() -> dict[str, Any]:
    """Give what a file has that waits for its job."""
    now = datetime.now(UTC)
    return {"preview": "", "accepted": "", "done": 0, "whole": 0, "seen_at": now}


def check_handed_in(name: str, path: Path, *, by: Actor) -> None:
    """Refuse a ledger or a statement from somebody who brings in plans alone.

    Errors: ``RuleViolation``; what a table holds is judged when its columns are known.
    """
    if kind := kind_of_books(path):
        check_kept_by(by, name, kind)


def set_mapping(
    session: Session,
    intake_id: int,
    mapping: Mapping,
    *,
    version: int | None,
    by: Actor,
    source: str = "",
) -> None:
    """Say what the columns of a table are; it is remembered for the next file of the source.

    Errors: ``RuleViolation`` for columns that are missing, double or at odds; ``StaleEditError``.
    """
    if findings := check_mapping(mapping):
        first = findings[0]
        facts: dict[str, Any] = dict(first.message.facts)
        raise RuleViolation(
            first.message.template, first.remedy.template, field=first.place, **facts
        )
    name = Source.called(source, mapping).name
    with transaction(session):
        row = _seen_to(session, intake_id, by)
        check_kept_by(by, row.file_name, mapping.kind)
        said = json.dumps(mapping.as_plain(), ensure_ascii=False)
        intakes.move(
            session, row, IntakeState.WAITING, version=version, **(_blank() | {"mapping": said})
        )
        project, now = the_project(session), datetime.now(UTC)
        mappings.remember_profile(session, project.id, name, mapping, by=by.name, at=now)
        _record(session, row, "choose columns", by, source=name, kind=mapping.kind.value)


def look_again(
    session: Session,
    intake_id: int,
    *,
    version: int | None,
    by: Actor,
    encoding: str = "",
) -> None:
    """Let a file be read anew; its columns are asked for again where an encoding is given.

    Errors: ``RuleViolation`` for one that is being read, or was kept; ``StaleEditError``.
    """
    with transaction(session):
        row = _seen_to(session, intake_id, by)
        values = _blank()
        if encoding or row.state == IntakeState.MAPPING:
            values["mapping"] = json.dumps({"encoding": encoding})
        intakes.move(session, row, IntakeState.WAITING, version=version, **values)
        _record(session, row, "look again", by)


def set_expected(
    session: Session, intake_id: int, total: Money, *, version: int | None, by: Actor
) -> None:
    """Write down what the office expects a table to add up to.

    Errors: ``RuleViolation`` for a file that is past that; ``StaleEditError``.
    """
    with transaction(session):
        row, _found = _to_keep(session, intake_id, by)
        _check_open(row)
        intakes.change(session, row, version=version, expected=total.cents)
        _record(session, row, "expect total", by, total=total.cents)


def confirm(
    session: Session, intake_id: int, choice: Choice, *, version: int | None, by: Actor
) -> None:
    """Decide that a file is kept, as its preview says.

    Errors: ``RuleViolation`` at the field, for what was not decided; ``StaleEditError``.
    """
    with transaction(session):
        row, found = _to_keep(session, intake_id, by)
        if found.preview is None or found.state is not IntakeState.READY:
            check_move(found.state, IntakeState.KEEPING)
        assert found.preview is not None
        check_choice(found.preview, found.expected, choice)
        accepted = intakes.decided(choice, by.name, by.role.value)
        values = {"accepted": accepted, "done": 0, "seen_at": datetime.now(UTC)}
        intakes.move(session, row, IntakeState.KEEPING, version=version, **values)
        detail = {"reason": choice.reason, "changes": choice.apply_changes}
        _record(session, row, "confirm import", by, **detail)


def cancel(session: Session, intake_id: int, *, version: int | None, by: Actor) -> None:
    """Let a file be: its job stops, and nothing of it is kept.

    Errors: ``RuleViolation`` for one that was kept or has ended; ``StaleEditError``.
    """
    with transaction(session):
        row = _seen_to(session, intake_id, by)
        intakes.move(session, row, IntakeState.CANCELLED, version=version)
        _record(session, row, "cancel import", by)


def forget_profile(session: Session, profile_id: int, *, by: Actor) -> None:
    """Read no more tables the way a profile says.

    Errors: ``NotFoundError``.
    """
    with transaction(session):
        name = mappings.forget_profile(session, profile_id)
        audit.record(
            session, by=by, did="forget profile", subject=f"profile/{named(session, name)}"
        )


def _seen_to(session: Session, intake_id: int, by: Actor) -> IntakeRow:
    """Give a file to whoever may see to it."""
    row = intakes.intake_row(session, intake_id)
    check_seen_to_by(by, intakes.intake(session, intake_id))
    return row


def _to_keep(session: Session, intake_id: int, by: Actor) -> tuple[IntakeRow, Intake]:
    """Give a file to whoever may bring it in."""
    row, found = intakes.intake_row(session, intake_id), intakes.intake(session, intake_id)
    check_kept_by(by, found.file_name, found.table or found.kind)
    return row, found


def _check_open(row: IntakeRow) -> None:
    if row.state not in (IntakeState.MAPPING, IntakeState.READY):
        check_move(IntakeState(row.state), IntakeState.KEEPING)


def _record(session: Session, row: IntakeRow, did: str, by: Actor, **detail: Any) -> None:
    audit.record(
        session,
        by=by,
        did=did,
        subject=f"intake/{row.id}",
        detail={"file": row.file_name, **detail},
    )
