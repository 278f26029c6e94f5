"""How the amount of a cost line was found, where it was worked out: hours, and depreciation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.commitments import COMMITTED
from tracker.domain.depreciation import Asset, WrittenOff
from tracker.domain.labour import RateMethod
from tracker.domain.money import Money
from tracker.domain.reporting_periods import PeriodState
from tracker.domain.worked import Worked, WorkedBefore
from tracker.store.allocations import COUNTED_ON, AllocationRow
from tracker.store.commitments import CommitmentRow
from tracker.store.costs import CostLineRow, still_stands
from tracker.store.funders import ProgrammeRow
from tracker.store.reporting_periods import ReportingPeriodRow, SentReportRow
from tracker.store.scope import over_all
from tracker.store.tables import Base, Cents, one_of, whole_cents
from tracker.store.terms import term_sheets

THOUSANDTHS: Final = 1_000
HUNDREDTHS: Final = 100
RATE_PARTS: Final = 10_000  # of a euro: a rate has four decimals
MILLIONTHS: Final = 1_000_000


class WorkedRow(Base):
    """Working time that a cost line values: time × rate, and the overhead on it.

    Units:  ``time`` in thousandths of an hour or day; ``rate`` in hundredths of a cent where it
            is fixed, else the costs of a year and the basis in hundredths; ``surcharge`` in
            millionths.
    """

    __tablename__ = "worked"
    __table_args__ = (
        Index(None, "person"),
        CheckConstraint("time > 0", name="time_positive"),
        CheckConstraint(
            "(annual_cost IS NULL) = (basis IS NULL) AND (annual_cost IS NULL) <> (rate IS NULL)",
            name="one_rate",
        ),
        one_of("method", RateMethod),
    )

    cost_line_id: Mapped[int] = mapped_column(ForeignKey("cost_line.id"), primary_key=True)
    person: Mapped[str]
    method: Mapped[str]
    time: Mapped[int]
    rate: Mapped[Cents | None]
    annual_cost: Mapped[Cents | None]
    basis: Mapped[int | None]
    surcharge: Mapped[int]


class DepreciationRow(Base):
    """What a cost line counts of an asset: its price over its life, for the months and the use.

    Units:  ``use`` in millionths.
    """

    __tablename__ = "depreciation"
    __table_args__ = (
        Index(None, "asset_line_id"),
        CheckConstraint("months > 0 AND life_months > 0", name="months_positive"),
        CheckConstraint("use > 0 AND use <= 1000000", name="use_of_one"),
        *whole_cents("price", "residual"),
    )

    cost_line_id: Mapped[int] = mapped_column(ForeignKey("cost_line.id"), primary_key=True)
    asset_line_id: Mapped[int] = mapped_column(ForeignKey("cost_line.id"))
    price: Mapped[Cents]
    residual: Mapped[Cents]
    life_months: Mapped[int]
    months: Mapped[int]
    use: Mapped[int]


def worked_of(session: Session, line_id: int) -> Worked | None:
    """Give how a cost line was valued by time; nothing for one that was not."""
    row = session.get(WorkedRow, line_id)
    return None if row is None else worked_in(row)


def add_worked(session: Session, line_id: int, worked: Worked) -> None:
    """Keep how a cost line was valued by time.

    Errors: ``ValueError`` for time or a basis that is finer than can be kept.
    """
    of_year = worked.annual_cost is not None
    session.add(
        WorkedRow(
            cost_line_id=line_id,
            person=worked.person,
            method=worked.method.value,
            time=_whole(worked.time * THOUSANDTHS),
            rate=None if of_year else _whole((worked.rate or Decimal(0)) * RATE_PARTS),
            annual_cost=worked.annual_cost.cents if worked.annual_cost is not None else None,
            basis=_whole((worked.basis or Decimal(0)) * HUNDREDTHS) if of_year else None,
            surcharge=_whole(worked.surcharge * MILLIONTHS),
        )
    )
    session.flush()


def lines_of_import(session: Session, import_id: int, journal: str) -> list[tuple[int, str, str]]:
    """List the lines of a journal that an import brought: id, number, and line without ending.

    Shape:  without those that take others back.
    """
    line = CostLineRow
    rows = session.execute(
        select(line.id, line.transaction_number, line.line_number).where(
            line.import_id == import_id, line.journal == journal, line.reverses_id.is_(None)
        )
    )
    return [(key, number, line_number.partition("~")[0]) for key, number, line_number in rows]


def worked_in_year(session: Session, person: str, year: int) -> list[WorkedBefore]:
    """List the time of a person that counts in a year, over all projects.

    Shape:  without what was taken back.
    """
    line = CostLineRow
    query = (
        select(WorkedRow, line.incurred_on, line.document, line.cost_centre, line.description)
        .join(line, line.id == WorkedRow.cost_line_id)
        .where(
            func.lower(WorkedRow.person) == person.lower(),
            line.incurred_on.between(date(year, 1, 1), date(year, 12, 31)),
            *still_stands(),
        )
        .order_by(line.id)
    )
    with over_all(session):
        rows = session.execute(query).all()
    return [
        WorkedBefore(worked_in(row), day, period, package, said)
        for row, day, period, package, said in rows
    ]


def people_of(session: Session) -> list[str]:
    """Name those whose time has been valued, by name."""
    return list(session.scalars(select(WorkedRow.person).distinct().order_by(WorkedRow.person)))


def written_off(session: Session, line_id: int) -> WrittenOff | None:
    """Give what a cost line counts of an asset; nothing for one that is no depreciation."""
    row = session.get(DepreciationRow, line_id)
    return None if row is None else _written_off(row)


def add_written_off(session: Session, written: WrittenOff) -> None:
    """Keep what a cost line counts of an asset."""
    asset = written.asset
    session.add(
        DepreciationRow(
            cost_line_id=written.line_id,
            asset_line_id=written.asset_line_id,
            price=asset.price.cents,
            residual=asset.residual.cents,
            life_months=asset.term_months,
            months=written.months,
            use=_whole(written.use * MILLIONTHS),
        )
    )
    session.flush()


def written_off_of(session: Session, asset_line_id: int) -> list[WrittenOff]:
    """List the depreciation of an asset that still stands, the first to the last."""
    rows = session.scalars(
        select(DepreciationRow)
        .join(CostLineRow, CostLineRow.id == DepreciationRow.cost_line_id)
        .where(DepreciationRow.asset_line_id == asset_line_id, *still_stands())
        .order_by(DepreciationRow.cost_line_id)
    )
    return [_written_off(row) for row in rows]


def carry_over(session: Session, line_id: int, to_line_id: int) -> None:
    """Let a line that replaces another keep how its amount was found."""
    if worked := worked_of(session, line_id):
        add_worked(session, to_line_id, worked)
    if written := written_off(session, line_id):
        add_written_off(session, replace(written, line_id=to_line_id))


def shortest_terms(session: Session, project_id: int, day: date) -> list[tuple[int, str]]:
    """List the shortest terms that the programmes of commitments ask, the longest first."""
    sheets = term_sheets(session)
    rows = session.execute(
        select(ProgrammeRow.id, ProgrammeRow.name)
        .join(CommitmentRow, CommitmentRow.programme_id == ProgrammeRow.id)
        .where(CommitmentRow.project_id == project_id, CommitmentRow.status.in_(COMMITTED))
        .distinct()
    )
    asked = [(sheets[key].count("depreciation_months", day=day), name) for key, name in rows]
    return sorted(((months, name) for months, name in asked if months), reverse=True)


def reported_charges(session: Session, line_id: int) -> tuple[Money, str]:
    """Add up what is charged of a cost line in closed periods whose report was sent.

    Shape:  with the commitments that were told.
    """
    period = ReportingPeriodRow
    rows = session.execute(
        select(CommitmentRow.code, func.sum(AllocationRow.amount))
        .join(CommitmentRow, CommitmentRow.id == AllocationRow.commitment_id)
        .join(CostLineRow, CostLineRow.id == AllocationRow.cost_line_id)
        .join(period, COUNTED_ON.between(period.first_day, period.last_day))
        .join(
            SentReportRow,
            (SentReportRow.period_id == period.id)
            & (SentReportRow.commitment_id == CommitmentRow.id),
        )
        .where(
            AllocationRow.cost_line_id == line_id,
            period.project_id == CommitmentRow.project_id,
            period.state == PeriodState.CLOSED,
        )
        .group_by(CommitmentRow.code)
        .having(func.sum(AllocationRow.amount) != 0)
        .order_by(CommitmentRow.code)
    ).all()
    told = Money(sum(int(amount) for _, amount in rows))
    return told, ", ".join(code for code, _ in rows)


def worked_in(row: WorkedRow) -> Worked:
    """Give how a row says that a cost line was valued by time."""
    return Worked(
        person=row.person,
        time=Decimal(row.time) / THOUSANDTHS,
        method=RateMethod(row.method),
        rate=None if row.rate is None else Decimal(row.rate) / RATE_PARTS,
        annual_cost=None if row.annual_cost is None else Money(row.annual_cost),
        basis=None if row.basis is None else Decimal(row.basis) / HUNDREDTHS,
        surcharge=Decimal(row.surcharge) / MILLIONTHS,
    )


def _written_off(row: DepreciationRow) -> WrittenOff:
    asset = Asset(Money(row.price), Money(row.residual), row.life_months, 1)
    use = Decimal(row.use) / MILLIONTHS
    return WrittenOff(row.cost_line_id, row.asset_line_id, asset, row.months, use)


def _whole(value: Decimal) -> int:
    whole = int(value)
    if whole != value:
        raise ValueError(f"{value} is finer than can be kept")
    return whole
