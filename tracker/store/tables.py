"""The base of all tables, and the column types that they share."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Integer, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy import Dialect


class Moment(TypeDecorator[datetime]):
    """Stores an aware moment in UTC, also where the database knows no time zones."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Write UTC.

        Errors: ``ValueError`` for a moment without a time zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Read UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


class Share(TypeDecorator[Decimal]):
    """Stores a share from 0 to 1 as whole millionths, exact on both databases."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Write millionths.

        Errors: ``ValueError`` for a share that is finer than that.
        """
        if value is None:
            return None
        millionths = value * 1_000_000
        if millionths != int(millionths):
            raise ValueError(f"{value} is finer than a millionth")
        return int(millionths)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:
        """Read a share."""
        return None if value is None else Decimal(value) / 1_000_000


Cents = Annotated[int, mapped_column(BigInteger)]
"""An amount in whole cents: SUM is exact on both databases."""


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True, eq=False):
    """Names every constraint, and lets mypy check every row that is made."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: Moment(), Decimal: Share()}


def whole_cents(*columns: str) -> tuple[CheckConstraint, ...]:
    """Refuse anything but whole numbers, which SQLite would store as it comes."""
    return tuple(
        CheckConstraint(f"typeof({column}) = 'integer'", name=f"{column}_whole").ddl_if(
            dialect="sqlite"
        )
        for column in columns
    )


def one_of(column: str, values: type[Any]) -> CheckConstraint:
    """Allow a column the values of an enumeration only."""
    allowed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({allowed})", name=f"{column}_known")


__all__ = ["Base", "Cents", "Mapped", "Moment", "Share", "one_of", "whole_cents"]
