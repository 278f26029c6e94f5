"""The jobs on files on their way: begun for who asked, awaited for a moment, noticed when dead."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tracker.actions.jobs import Job
from tracker.domain.intakes import AT_WORK
from tracker.extensions import db
from tracker.store import intakes

if TYPE_CHECKING:
    from tracker.domain.intakes import Intake

PATIENCE = 2  # seconds: a small file is read by then, and its preview is shown at once
BLINK = timedelta(milliseconds=50)


def carry_on(*intake_ids: int) -> None:
    """Begin the jobs of files, and wait a moment for those that are soon done."""
    for intake_id in intake_ids:
        Job(db.session(), intake_id).start()
    deadline = time.monotonic() + PATIENCE
    for intake_id in intake_ids:
        while time.monotonic() < deadline and _is_at_work(intake_id):
            time.sleep(BLINK.total_seconds())


def notice(intake: Intake) -> Intake:
    """Give a file as it stands, and take its job for dead if that has been silent too long."""
    if intake.is_silent(datetime.now(UTC)):
        return Job(db.session(), intake.id).notice()
    return intake


def _is_at_work(intake_id: int) -> bool:
    session = db.session()
    session.rollback()
    return intakes.intake(session, intake_id).state in AT_WORK
