"""Setting up a project and its funding."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from tracker.readers import programmes as reader
from tracker.store import audit
from tracker.store.case_promises import Origin
from tracker.store.programmes import check_unknown, keep_case
from tracker.store.projects import ProjectRow
from tracker.store.scope import in_project, over_all
from tracker.store.session import transaction

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor


def set_up(session: Session, path: Path, *, by: Actor, is_sample: bool = False) -> bool:
    """Load a project from a file, beside those that are there; it is what the session is about.

    Shape:  ``False`` where the same file has been loaded before.
    Errors: ``FileRefused`` for a file that is not right; ``RuleViolation`` where the database
            holds this project from another file, or another project has one of its codes.
    """
    case = reader.read(path, path.name)
    case_hash = hashlib.sha256(path.read_bytes()).hexdigest()
    with transaction(session), over_all(session):
        known = {row.case_hash: row for row in session.scalars(select(ProjectRow))}
        project_id = known[case_hash].id if case_hash in known else 0
        if not project_id:
            check_unknown(session, case)
            origin = Origin(path.name, case_hash, by.name, datetime.now(UTC), is_sample)
            project_id = keep_case(session, case, origin)
            audit.record(
                session,
                by=by,
                did="set up",
                subject=f"project/{case.project}",
                detail={"file": path.name, "sha256": case_hash},
            )
    in_project(session, project_id)
    return case_hash not in known
