"""Split rules, each kept as it was: a rule that changes ends, and another takes its place."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    UniqueConstraint,
    and_,
    case,
    func,
    literal,
    select,
    union,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.domain.allocations import ChargeKind, Share
from tracker.domain.costs import Origin
from tracker.domain.money import Money
from tracker.domain.splitting import EndedRule, SplitRule
from tracker.store.tables import Base

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement

NO_RULE = -1
"""The key of the rule that lines follow which no rule fits: there is none."""


class SplitRuleRow(Base):
    """A rule by which costs are shared, from when it was entered until it was ended."""

    __tablename__ = "split_rule"
    __table_args__ = (
        CheckConstraint("name <> ''", name="name_given"),
        CheckConstraint("first_day <= last_day", name="in_order"),
        CheckConstraint("(ended_at IS NULL) = (ended_by = '')", name="ended_by_somebody"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    position: Mapped[int]
    name: Mapped[str]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]
    is_in_kind: Mapped[bool] = mapped_column(default=False)
    work_package_id: Mapped[int | None] = mapped_column(ForeignKey("work_package.id"), default=None)
    category_id: Mapped[int | None] = mapped_column(ForeignKey("cost_category.id"), default=None)
    account: Mapped[str] = mapped_column(default="")
    supplier: Mapped[str] = mapped_column(default="")
    first_day: Mapped[date | None] = mapped_column(default=None)
    last_day: Mapped[date | None] = mapped_column(default=None)
    ended_by: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(default=1)


class SplitShareRow(Base):
    """A commitment's weight in a split rule. Never changed, never deleted."""

    __tablename__ = "split_share"
    __table_args__ = (
        UniqueConstraint("rule_id", "commitment_id"),
        CheckConstraint("weight > 0", name="weight_positive"),
    )

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("split_rule.id"))
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"))
    weight: Mapped[int]
    position: Mapped[int]


def split_rules(
    session: Session, project_id: int, at: datetime | None = None
) -> tuple[SplitRule, ...]:
    """List the split rules that hold now, or held at a moment, in the order in which they count."""
    row = SplitRuleRow
    holds: ColumnElement[bool] = row.ended_at.is_(None)
    if at is not None:
        holds = and_(row.entered_at <= at, (row.ended_at > at) | row.ended_at.is_(None))
    rules = session.scalars(
        select(row).where(row.project_id == project_id, holds).order_by(row.position, row.id)
    ).all()
    shares = _shares(session, [rule.id for rule in rules])
    return tuple(_rule(rule, shares) for rule in rules)


def ended_rules(session: Session, project_id: int) -> list[EndedRule]:
    """List the rules that hold no more, those that ended last first."""
    row = SplitRuleRow
    rules = session.scalars(
        select(row)
        .where(row.project_id == project_id, row.ended_at.is_not(None))
        .order_by(row.ended_at.desc(), row.id.desc())
    ).all()
    shares = _shares(session, [rule.id for rule in rules])
    return [
        EndedRule(_rule(rule, shares), rule.entered_at, rule.ended_at, rule.ended_by)
        for rule in rules
        if rule.ended_at is not None
    ]


def rule_numbered(session: Session, rule_id: int) -> SplitRule | None:
    """Give a rule by its key, whether or not it still holds."""
    row = session.get(SplitRuleRow, rule_id)
    return _rule(row, _shares(session, [rule_id])) if row else None


def add_rule(session: Session, project_id: int, rule: SplitRule, at: datetime, by: str) -> int:
    """Keep a rule that holds from a moment on, and give its key."""
    row = SplitRuleRow(
        project_id=project_id,
        position=rule.position,
        name=rule.name,
        entered_by=by,
        entered_at=at,
        is_in_kind=rule.is_in_kind,
        work_package_id=rule.work_package_id,
        category_id=rule.category_id,
        account=rule.account,
        supplier=rule.supplier,
        first_day=rule.first_day,
        last_day=rule.last_day,
    )
    session.add(row)
    session.flush()
    for place, share in enumerate(rule.shares):
        session.add(
            SplitShareRow(
                rule_id=row.id,
                commitment_id=share.commitment_id,
                weight=share.weight,
                position=place,
            )
        )
    session.flush()
    return row.id


def end_rule(session: Session, rule_id: int, at: datetime, by: str) -> None:
    """Let a rule hold until a moment; it is kept as it was."""
    row = session.get_one(SplitRuleRow, rule_id)
    row.ended_at, row.ended_by, row.version = at, by, row.version + 1
    session.flush()


def waiting_by_rule(
    session: Session, project_id: int, rules: Sequence[SplitRule]
) -> dict[int, tuple[int, Money]]:
    """Count and add up what waits to be charged by the rule that fits it; see ``NO_RULE``."""
    from tracker.store.charging import not_judged
    from tracker.store.costs import CostLineRow as Line
    from tracker.store.imports import BookRow

    fitting = (
        select(rule_of_line(rules).label("rule"), Line.amount.label("amount"))
        .join(BookRow, BookRow.id == Line.book_id)
        .where(Line.project_id == project_id, *not_judged(session))
        .subquery()
    )
    rows = session.execute(
        select(fitting.c.rule, func.count(), func.sum(fitting.c.amount)).group_by(fitting.c.rule)
    )
    return {rule: (count, Money(int(amount))) for rule, count, amount in rows}


def judged_at(session: Session, line_id: int) -> datetime | None:
    """Give the moment at which the rules last judged a cost line."""
    from tracker.store.allocations import AllocationRow, ChargeRow, UnallocatedRow

    of_line = union(
        select(AllocationRow.charge_id).where(AllocationRow.cost_line_id == line_id),
        select(UnallocatedRow.charge_id).where(UnallocatedRow.cost_line_id == line_id),
    )
    return session.scalar(
        select(func.max(ChargeRow.charged_at)).where(
            ChargeRow.kind.in_((ChargeKind.RULES, ChargeKind.AGAIN)), ChargeRow.id.in_(of_line)
        )
    )


def _rule(rule: SplitRuleRow, shares: Mapping[int, Sequence[Share]]) -> SplitRule:
    return SplitRule(
        id=rule.id,
        position=rule.position,
        name=rule.name,
        shares=tuple(shares.get(rule.id, ())),
        is_in_kind=rule.is_in_kind,
        work_package_id=rule.work_package_id,
        category_id=rule.category_id,
        account=rule.account,
        supplier=rule.supplier,
        first_day=rule.first_day,
        last_day=rule.last_day,
    )


def rule_of_line(rules: Sequence[SplitRule]) -> ColumnElement[int]:
    """Choose, in the database, the key of the first rule that fits a cost line.

    Shape:  for a query over cost lines joined with their books; ``NO_RULE`` where none fits.
    """
    whens = [(and_(*_conditions(rule)), rule.id) for rule in rules]
    return case(*whens, else_=NO_RULE) if whens else literal(NO_RULE)


def rule_for(
    session: Session, project_id: int, line_id: int, at: datetime | None = None
) -> SplitRule | None:
    """Give the rule that fits a cost line now, or fitted it at a moment."""
    from tracker.store.costs import CostLineRow as Line
    from tracker.store.imports import BookRow

    rules = split_rules(session, project_id, at)
    key = session.scalar(
        select(rule_of_line(rules))
        .select_from(Line)
        .join(BookRow, BookRow.id == Line.book_id)
        .where(Line.id == line_id)
    )
    return next((rule for rule in rules if rule.id == key), None)


def _conditions(rule: SplitRule) -> list[Any]:
    from tracker.store.costs import CostLineRow as Line
    from tracker.store.imports import BookRow

    of_partner = BookRow.origin == Origin.IN_KIND.value
    chosen: list[Any] = [of_partner if rule.is_in_kind else ~of_partner]
    if rule.work_package_id is not None:
        chosen.append(Line.work_package_id == rule.work_package_id)
    if rule.category_id is not None:
        chosen.append(Line.category_id == rule.category_id)
    if rule.account:
        chosen.append(Line.account == rule.account)
    if rule.supplier:
        chosen.append(func.lower(Line.supplier) == rule.supplier.lower())
    if rule.first_day is not None:
        chosen.append(Line.incurred_on >= rule.first_day)
    if rule.last_day is not None:
        chosen.append(Line.incurred_on <= rule.last_day)
    return chosen


def _shares(session: Session, rule_ids: list[int]) -> dict[int, list[Share]]:
    rows = session.execute(
        select(SplitShareRow.rule_id, SplitShareRow.commitment_id, SplitShareRow.weight)
        .where(SplitShareRow.rule_id.in_(rule_ids))
        .order_by(SplitShareRow.position)
    )
    shares: dict[int, list[Share]] = {}
    for rule, commitment, weight in rows:
        shares.setdefault(rule, []).append(Share(commitment, weight))
    return shares
