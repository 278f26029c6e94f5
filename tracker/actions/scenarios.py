"""Scenarios: keeping what was supposed under a name. Nothing else changes by it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tracker.domain.scenarios import check_scenario
from tracker.store import audit, projects, scenarios
from tracker.store.session import transaction

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.scenarios import NewScenario
    from tracker.store.scenarios import ScenarioRow


def keep(session: Session, new: NewScenario, *, by: Actor) -> int:
    """Keep a scenario under its name, and give its key.

    Errors: ``RuleViolation`` at the field.
    """
    with transaction(session):
        project = projects.the_project(session)
        known = scenarios.scenarios_of(session, project.id)
        check_scenario(new, [one.name for one in known])
        key = scenarios.add_scenario(session, project.id, new, by.name)
        detail = {"name": new.name.strip(), "supposed": len(new.changes)}
        audit.record(session, by=by, did="keep scenario", subject=_subject(key), detail=detail)
    return key


def change(session: Session, key: int, new: NewScenario, *, version: int, by: Actor) -> None:
    """Let a scenario suppose something else.

    Errors: ``NotFoundError``; ``StaleEditError`` that says who changed it since it was shown;
            ``RuleViolation`` at the field.
    """
    with transaction(session):
        row = _held(session, key, version)
        known = scenarios.scenarios_of(session, row.project_id)
        check_scenario(new, [one.name for one in known if one.id != key])
        before = next(one for one in known if one.id == key)
        detail: dict[str, object] = {"name": [before.name, new.name.strip()]}
        if before.note != new.note.strip():
            detail["note"] = [before.note, new.note.strip()]
        if before.changes != new.changes:
            detail["supposed"] = [len(before.changes), len(new.changes)]
        scenarios.change_scenario(session, row, new)
        audit.record(session, by=by, did="change scenario", subject=_subject(key), detail=detail)


def drop(session: Session, key: int, *, version: int, by: Actor) -> None:
    """Offer a scenario no more.

    Errors: ``NotFoundError``; ``StaleEditError``.
    """
    with transaction(session):
        row = _held(session, key, version)
        row.dropped_at, row.version = datetime.now(UTC), row.version + 1
        audit.record(
            session, by=by, did="drop scenario", subject=_subject(key), detail={"name": row.name}
        )


def _held(session: Session, key: int, version: int) -> ScenarioRow:
    row = scenarios.held(session, key)
    if row.version != version:
        raise audit.stale_edit(session, _subject(key), row.version)
    return row


def _subject(key: int) -> str:
    return f"scenario/{key}"
