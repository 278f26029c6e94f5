"""Forecasts in versions: none is ever changed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from tracker.domain.forecasts import Against, Forecast, ForecastExplanation, ForecastLine
from tracker.domain.money import Money
from tracker.store.projects import CategoryRow, WorkPackageRow, categories_of, work_packages_of
from tracker.store.tables import Base, Cents, one_of, whole_cents

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Select

    from tracker.domain.forecasts import NewForecast


class ForecastRow(Base):
    """A version of a project's forecast. Never changed, never deleted."""

    __tablename__ = "forecast"
    __table_args__ = (UniqueConstraint("project_id", "number"),)

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    number: Mapped[int]
    first_day: Mapped[date]
    made_on: Mapped[date]
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    reason: Mapped[str]


class ForecastLineRow(Base):
    """What a version expects to be spent in a quarter, named by its first day."""

    __tablename__ = "forecast_line"
    __table_args__ = (
        UniqueConstraint("forecast_id", "work_package_id", "category_id", "quarter"),
        *whole_cents("amount"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    forecast_id: Mapped[int] = mapped_column(ForeignKey("forecast.id"))
    work_package_id: Mapped[int] = mapped_column(ForeignKey("work_package.id"))
    category_id: Mapped[int] = mapped_column(ForeignKey("cost_category.id"))
    quarter: Mapped[date]
    amount: Mapped[Cents]


class ForecastExplanationRow(Base):
    """Why a version differs from the budget, or from the version before it, in a year."""

    __tablename__ = "forecast_explanation"
    __table_args__ = (
        CheckConstraint("said <> ''", name="said_something"),
        one_of("against", Against),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    forecast_id: Mapped[int] = mapped_column(ForeignKey("forecast.id"), index=True)
    against: Mapped[str]
    work_package_id: Mapped[int | None] = mapped_column(ForeignKey("work_package.id"))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("cost_category.id"))
    year: Mapped[int]
    said: Mapped[str]


def forecasts_of(session: Session, project_id: int) -> list[Forecast]:
    """List the versions of a project's forecast, the newest first."""
    rows = session.scalars(
        select(ForecastRow)
        .where(ForecastRow.project_id == project_id)
        .order_by(ForecastRow.number.desc())
    ).all()
    return _forecasts(session, rows)


def newest_forecasts(session: Session) -> dict[int, Forecast]:
    """The newest version of each project's forecast, by the project's key."""
    rows = session.scalars(select(ForecastRow).where(ForecastRow.id.in_(newest_versions()))).all()
    projects = {row.id: row.project_id for row in rows}
    return {projects[one.id]: one for one in _forecasts(session, rows)}


def newest_versions() -> Select[int]:
    """Choose the newest version of each project's forecast."""
    row, newest = ForecastRow, aliased(ForecastRow)
    last = select(func.max(newest.number)).where(newest.project_id == row.project_id)
    return select(row.id).where(row.number == last.scalar_subquery())


def keep_forecast(
    session: Session, project_id: int, new: NewForecast, *, made_on: date, by: str
) -> int:
    """Keep a version as the newest of a project, and give its number; empty lines are left out."""
    row = ForecastRow(
        project_id=project_id,
        number=new.based_on + 1,
        first_day=new.first_day,
        made_on=made_on,
        made_at=datetime.now(UTC),
        made_by=by,
        reason=new.reason.strip(),
    )
    session.add(row)
    session.flush()
    _keep_words(session, row, new)
    session.flush()
    return row.number


def _keep_words(session: Session, row: ForecastRow, new: NewForecast) -> None:
    """Keep what a version says: its amounts, and why it differs."""
    packages = work_packages_of(session, row.project_id)
    categories = categories_of(session, row.project_id)
    session.add_all(
        ForecastLineRow(
            forecast_id=row.id,
            work_package_id=packages[line.work_package],
            category_id=categories[line.category],
            quarter=line.quarter,
            amount=line.amount.cents,
        )
        for line in new.lines
        if line.amount
    )
    session.add_all(
        ForecastExplanationRow(
            forecast_id=row.id,
            against=why.against.value,
            work_package_id=packages[why.work_package] if why.work_package else None,
            category_id=categories[why.category] if why.category else None,
            year=why.year,
            said=why.said.strip(),
        )
        for why in new.explanations
        if why.said.strip()
    )


def _forecasts(session: Session, rows: Iterable[ForecastRow]) -> list[Forecast]:
    found = list(rows)
    ids = [row.id for row in found]
    lines: dict[int, list[ForecastLine]] = {}
    said: dict[int, list[ForecastExplanation]] = {}
    line, why = ForecastLineRow, ForecastExplanationRow
    for key, package, category, quarter, amount in session.execute(
        select(line.forecast_id, WorkPackageRow.code, CategoryRow.code, line.quarter, line.amount)
        .join(WorkPackageRow, WorkPackageRow.id == line.work_package_id)
        .join(CategoryRow, CategoryRow.id == line.category_id)
        .where(line.forecast_id.in_(ids))
        .order_by(line.quarter, WorkPackageRow.position, CategoryRow.position)
    ):
        lines.setdefault(key, []).append(ForecastLine(package, category, quarter, Money(amount)))
    for key, against, package, category, year, text in session.execute(
        select(
            why.forecast_id, why.against, WorkPackageRow.code, CategoryRow.code, why.year, why.said
        )
        .outerjoin(WorkPackageRow, WorkPackageRow.id == why.work_package_id)
        .outerjoin(CategoryRow, CategoryRow.id == why.category_id)
        .where(why.forecast_id.in_(ids))
        .order_by(why.id)
    ):
        said.setdefault(key, []).append(
            ForecastExplanation(Against(against), package or "", category or "", year, text)
        )
    return [
        Forecast(
            id=row.id,
            number=row.number,
            first_day=row.first_day,
            made_on=row.made_on,
            made_by=row.made_by,
            reason=row.reason,
            lines=tuple(lines.get(row.id, ())),
            explanations=tuple(said.get(row.id, ())),
        )
        for row in found
    ]
