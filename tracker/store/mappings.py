"""How the exports of each source are read, remembered by their headings."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.errors import NotFoundError
from tracker.domain.intakes import Profile
from tracker.domain.mappings import Mapping, from_plain
from tracker.store.tables import Base

FORGOTTEN = "forgotten "


class MappingProfileRow(Base):
    """How the columns of a source's exports are read, remembered by their headings."""

    __tablename__ = "mapping_profile"
    __table_args__ = (
        UniqueConstraint("project_id", "kind", "fingerprint"),
        CheckConstraint("name <> ''", name="name_given"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    name: Mapped[str]
    kind: Mapped[str]
    fingerprint: Mapped[str]
    mapping: Mapped[str]  # as JSON
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


def profile_for(session: Session, project_id: int, fingerprint: str) -> Profile | None:
    """Give how tables with these headings are read, if somebody said so before."""
    row = MappingProfileRow
    found = session.scalars(
        select(row)
        .where(row.project_id == project_id, row.fingerprint == fingerprint)
        .order_by(row.entered_at.desc())
    ).first()
    return _profile(found) if found else None


def profile_named(session: Session, project_id: int, name: str) -> Profile:
    """Give the newest profile of a name.

    Errors: ``NotFoundError`` naming those there are.
    """
    profiles = profiles_of(session, project_id)
    if found := [profile for profile in profiles if profile.name == name]:
        return found[-1]
    raise NotFoundError(
        "There is no profile “{name}”.",
        "The profiles are: {names}.",
        name=name,
        names=", ".join(dict.fromkeys(profile.name for profile in profiles)) or "–",
    )


def profiles_of(session: Session, project_id: int) -> list[Profile]:
    """List how the exports of each source are read, by name."""
    row = MappingProfileRow
    rows = session.scalars(
        select(row)
        .where(row.project_id == project_id, row.fingerprint.not_like(f"{FORGOTTEN}%"))
        .order_by(row.name, row.entered_at)
    )
    return [_profile(each) for each in rows]


def remember_profile(
    session: Session, project_id: int, name: str, mapping: Mapping, *, by: str, at: datetime
) -> None:
    """Keep how the exports of a source are read; of the same headings, the last word counts."""
    row = session.scalars(
        select(MappingProfileRow).where(
            MappingProfileRow.project_id == project_id,
            MappingProfileRow.kind == mapping.kind,
            MappingProfileRow.fingerprint == mapping.fingerprint,
        )
    ).first()
    said = json.dumps(mapping.as_plain(), ensure_ascii=False)
    if row is None:
        row = MappingProfileRow(
            project_id=project_id,
            name=name,
            kind=mapping.kind,
            fingerprint=mapping.fingerprint,
            mapping=said,
            entered_by=by,
            entered_at=at,
        )
        session.add(row)
    elif (row.name, row.mapping) != (name, said):
        row.name, row.mapping, row.entered_by, row.entered_at = name, said, by, at
        row.version += 1
    session.flush()


def forget_profile(session: Session, profile_id: int) -> str:
    """Use a profile no more, and give its name; what it read stays as it is.

    Errors: ``NotFoundError``.
    """
    row = session.get(MappingProfileRow, profile_id)
    if row is None or row.fingerprint.startswith(FORGOTTEN):
        raise NotFoundError("There is no such profile.")
    row.fingerprint = f"{FORGOTTEN}{row.id}"
    row.version += 1
    session.flush()
    return row.name


def _profile(row: MappingProfileRow) -> Profile:
    mapping = from_plain(json.loads(row.mapping))
    return Profile(row.id, row.name, mapping, row.entered_by, row.entered_at)
