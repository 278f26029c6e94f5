"""Setting up a programme."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from tracker.domain.errors import RuleViolation
from tracker.readers import programmes as reader
from tracker.store import audit
from tracker.store.case_promises import Origin
from tracker.store.programmes import keep_case
from tracker.store.projects import ProjectRow
from tracker.store.session import transaction

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor


def set_up(session: Session, path: Path, *, by: Actor, is_sample: bool = False) -> bool:
    """Load a programme from a file; ``False`` where the same file has been loaded before.

    Errors: ``FileRefused`` for a file that is not right; ``RuleViolation`` where the database
            holds another programme already.
    """
    case = reader.read(path, path.name)
    case_hash = hashlib.sha256(path.read_bytes()).hexdigest()
    with transaction(session):
        known = session.scalars(select(ProjectRow)).first()
        if known is not None and known.case_hash == case_hash:
            return False
        if known is not None:
            raise RuleViolation(
                "This database already holds the programme {project}, set up from another file.",
                "Changes are entered as amendments; for another programme, name a new database"
                " in TRACKER_DATABASE_URL.",
                project=known.code,
            )
        origin = Origin(path.name, case_hash, by.name, datetime.now(UTC), is_sample)
        keep_case(session, case, origin)
        audit.record(
            session,
            by=by,
            did="set up",
            subject=f"project/{case.project}",
            detail={"file": path.name, "sha256": case_hash},
        )
    return True
