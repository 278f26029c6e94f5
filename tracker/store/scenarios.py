"""Scenarios as they were kept, to be compared."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.errors import NotFoundError
from tracker.domain.money import Money
from tracker.domain.scenarios import Change, ChangeKind, NewScenario, Scenario
from tracker.store.tables import Base, Cents, one_of, whole_cents


class ScenarioRow(Base):
    """Suppositions under a name. Dropped, it stays, and is not offered any more."""

    __tablename__ = "scenario"
    __table_args__ = (CheckConstraint("name <> ''", name="name_given"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    name: Mapped[str]
    note: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    dropped_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(default=1)


class ScenarioChangeRow(Base):
    """One supposition of a scenario; ``domain.scenarios.Change`` says which column means what."""

    __tablename__ = "scenario_change"
    __table_args__ = (one_of("kind", ChangeKind), *whole_cents("amount"))

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenario.id"), index=True)
    position: Mapped[int]
    kind: Mapped[str]
    code: Mapped[str]
    amount: Mapped[Cents]
    share: Mapped[Decimal | None]
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]


def scenarios_of(session: Session, project_id: int) -> list[Scenario]:
    """List the scenarios of a project that were not dropped, in the order in which they came."""
    rows = session.scalars(
        select(ScenarioRow)
        .where(ScenarioRow.project_id == project_id, ScenarioRow.dropped_at.is_(None))
        .order_by(ScenarioRow.id)
    ).all()
    changes: dict[int, list[Change]] = {}
    for each in session.scalars(
        select(ScenarioChangeRow)
        .where(ScenarioChangeRow.scenario_id.in_([row.id for row in rows]))
        .order_by(ScenarioChangeRow.position)
    ):
        changes.setdefault(each.scenario_id, []).append(
            Change(
                ChangeKind(each.kind),
                each.code,
                Money(each.amount),
                each.share,
                each.first_day,
                each.last_day,
            )
        )
    return [
        Scenario(
            row.id, row.name, row.note, row.made_by, row.version, tuple(changes.get(row.id, ()))
        )
        for row in rows
    ]


def scenario_numbered(session: Session, project_id: int, key: int) -> Scenario:
    """Give a scenario of a project by its key.

    Errors: ``NotFoundError`` for one that is not there, or was dropped.
    """
    for found in scenarios_of(session, project_id):
        if found.id == key:
            return found
    raise NotFoundError("There is no such scenario.")


def held(session: Session, key: int) -> ScenarioRow:
    """Give a scenario to be changed, and hold it still.

    Errors: ``NotFoundError`` for one that is not there, or was dropped.
    """
    row = session.scalars(
        select(ScenarioRow)
        .where(ScenarioRow.id == key, ScenarioRow.dropped_at.is_(None))
        .with_for_update()
    ).first()
    if row is None:
        raise NotFoundError("There is no such scenario.")
    return row


def add_scenario(session: Session, project_id: int, new: NewScenario, by: str) -> int:
    """Keep a scenario, and give its key."""
    row = ScenarioRow(
        project_id=project_id,
        name=new.name.strip(),
        note=new.note.strip(),
        made_by=by,
        made_at=datetime.now(UTC),
    )
    session.add(row)
    session.flush()
    _keep_changes(session, row.id, new)
    return row.id


def change_scenario(session: Session, row: ScenarioRow, new: NewScenario) -> None:
    """Let a scenario suppose something else from now on."""
    row.name, row.note, row.version = new.name.strip(), new.note.strip(), row.version + 1
    session.execute(delete(ScenarioChangeRow).where(ScenarioChangeRow.scenario_id == row.id))
    _keep_changes(session, row.id, new)


def _keep_changes(session: Session, key: int, new: NewScenario) -> None:
    for position, change in enumerate(new.changes):
        session.add(
            ScenarioChangeRow(
                scenario_id=key,
                position=position,
                kind=change.kind.value,
                code=change.code,
                amount=change.amount.cents,
                share=change.share,
                first_day=change.first_day,
                last_day=change.last_day,
            )
        )
    session.flush()
