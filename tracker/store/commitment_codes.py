"""Codes of commitments, which are unique over all projects: whose each of them is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from tracker.store.commitments import CommitmentRow
from tracker.store.projects import ProjectRow
from tracker.store.scope import over_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


class Holder(NamedTuple):
    """Who has a code: the commitment as it is written, and the project that it is of."""

    code: str
    project: str
    project_id: int


def holder_of_code(session: Session, *codes: str) -> Holder | None:
    """Find a commitment of any project that has one of these codes, in capitals or not."""
    wanted = {code.lower() for code in codes}
    found = (holder for holder in _holders(session) if holder.code.lower() in wanted)
    return next(found, None)


def _holders(session: Session) -> Sequence[Holder]:
    with over_all(session):
        rows = session.execute(
            select(CommitmentRow.code, ProjectRow.code, ProjectRow.id)
            .join(ProjectRow, ProjectRow.id == CommitmentRow.project_id)
            .order_by(CommitmentRow.id)
        ).all()
    return [Holder(*row) for row in rows]


def project_of_code(session: Session, code: str) -> str:
    """Give the code of the project whose commitment has this code; empty where none has."""
    query = select(ProjectRow.code).join(CommitmentRow, CommitmentRow.project_id == ProjectRow.id)
    with over_all(session):
        return session.scalar(query.where(CommitmentRow.code == code)) or ""


def projects_of_commitments(session: Session) -> dict[int, int]:
    """Give the key of each commitment's project, by its own key."""
    rows = session.execute(select(CommitmentRow.id, CommitmentRow.project_id))
    return {key: project for key, project in rows}  # noqa: C416 - typed rows
