"""How the amount of a cost line was found, where it was worked out: hours, and depreciation."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tracker.domain.labour import RateMethod
from tracker.store.tables import Base, Cents, one_of, whole_cents


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
