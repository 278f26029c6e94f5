"""Money at risk, read from what is kept: milestones, instalments, funding plans and budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, select

from tracker.domain import risk
from tracker.domain.commitments import COMMITTED, Form
from tracker.domain.money import ZERO, Money
from tracker.domain.periods import month_of
from tracker.domain.risk import Fund, Paying, Waiting
from tracker.store.budgets import BudgetRow, BudgetVersionRow, newest_versions
from tracker.store.commitments import CommitmentBalanceRow, CommitmentRow
from tracker.store.earmarks import EarmarkRow
from tracker.store.instalments import InstalmentRow
from tracker.store.milestones import MilestoneFundingRow, MilestoneRow, milestones_of
from tracker.store.receipts import ReceiptRow
from tracker.store.spending import By, charged

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.milestones import Milestone
    from tracker.domain.risk import Risk


class RiskFacts(NamedTuple):
    """All that risks are told from, as known on a day."""

    milestones: tuple[Milestone, ...]
    funds: dict[int, Fund]
    waiting: tuple[Waiting, ...]
    paying: tuple[Paying, ...]

    def risks_on(self, today: date) -> tuple[Risk, ...]:
        """Tell what money is at risk on the day of these facts."""
        return risk.risks(self.milestones, self.funds, self.waiting, self.paying, today)


def risks_on(session: Session, today: date) -> tuple[Risk, ...]:
    """Tell what money is at risk on a day, also on one that has passed.

    Shape:  of every project that the session reads, in the order of projects and milestones.
    Units:  received until the day, charged until the end of its month, dates as planned then;
            amounts of commitments, instalments and funding plans are today's.
    """
    return risk_facts(session, today).risks_on(today)


def risks_by_day(
    session: Session, days: Sequence[date], milestones: Iterable[Milestone]
) -> list[tuple[Risk, ...]]:
    """Tell what money was at risk on each of several days, the first first; it is read once.

    Shape:  ``milestones`` are all those that the session reads.
    """
    records = _records(session, days[0], days[-1], milestones)
    return [records.on(day).risks_on(day) for day in days]


def risk_facts(session: Session, today: date) -> RiskFacts:
    """Read what risks are told from, as known on a day; a handful of queries, whatever the size."""
    return _records(session, today, today, milestones_of(session)).on(today)


class _Committed(NamedTuple):
    """A binding commitment in cash: what it is, apart from what came and went on it."""

    id: int
    code: str
    project_id: int
    last_day: date
    committed: int
    budgeted_after: int


class _Instalment(NamedTuple):
    """An instalment that is planned: what is expected of it, and the milestone it waits for."""

    id: int
    commitment_id: int
    due_on: date
    expected: int
    milestone_id: int | None


class _Records(NamedTuple):
    """What risks are told from on any of several days.

    Shape:  ``spent`` is by commitment and milestone, until the last day; ``spent_after`` what of
            it came in the months after that of the first. ``received`` is by instalment, with its
            days. ``planned`` are milestones, commitments and amounts; ``meant`` the milestones
            that commitments without a plan are for.
    """

    milestones: tuple[Milestone, ...]
    commitments: tuple[_Committed, ...]
    instalments: tuple[_Instalment, ...]
    spent: dict[tuple[int, ...], int]
    spent_after: dict[tuple[Any, ...], int]
    received: dict[int, list[tuple[date, int]]]
    planned: tuple[tuple[int, int, int], ...]
    meant: dict[int, set[int]]

    def on(self, day: date) -> RiskFacts:
        """Give them as they were known on a day."""
        spent = self._spent_until(day)
        waiting, outstanding = self._waiting_on(day)
        funds = self._funds(spent, outstanding)
        milestones = tuple(each.as_of(day) for each in self.milestones)
        paying = [
            Paying(milestone, commitment, Money(amount - spent.get((commitment, milestone), 0)))
            for milestone, commitment, amount in self.planned
        ]
        return RiskFacts(milestones, funds, waiting, (*paying, *self._earmarked(milestones, funds)))

    def _spent_until(self, day: date) -> dict[tuple[int, ...], int]:
        """Take off what was charged in the months after that of a day."""
        month, found = month_of(day), dict(self.spent)
        for (commitment, milestone, when), cents in self.spent_after.items():
            if when > month:
                found[commitment, milestone] = found.get((commitment, milestone), 0) - cents
        return found

    def _funds(
        self, spent: Mapping[tuple[int, ...], int], outstanding: Mapping[int, int]
    ) -> dict[int, Fund]:
        charged: dict[int, int] = {}
        for (commitment, _milestone), cents in spent.items():
            charged[commitment] = charged.get(commitment, 0) + cents
        return {
            one.id: Fund(
                id=one.id,
                code=one.code,
                project_id=one.project_id,
                last_day=one.last_day,
                left=max(ZERO, Money(one.committed - charged.get(one.id, 0))),
                outstanding=Money(outstanding.get(one.id, 0)),
                budgeted_after=Money(one.budgeted_after),
            )
            for one in self.commitments
        }

    def _waiting_on(self, day: date) -> tuple[tuple[Waiting, ...], dict[int, int]]:
        """Give the instalments that milestones release, and what is outstanding by commitment."""
        found: list[Waiting] = []
        outstanding: dict[int, int] = {}
        for one in self.instalments:
            came_in = sum(cents for when, cents in self.received.get(one.id, ()) if when <= day)
            open_ = max(0, one.expected - came_in)
            outstanding[one.commitment_id] = outstanding.get(one.commitment_id, 0) + open_
            if one.milestone_id is not None and open_:
                waits = Waiting(one.milestone_id, one.commitment_id, one.due_on, Money(open_))
                found.append(waits)
        return tuple(found), outstanding

    def _earmarked(
        self, milestones: tuple[Milestone, ...], funds: Mapping[int, Fund]
    ) -> list[Paying]:
        """Give what is left of commitments that are meant for milestones alone, without a plan.

        Shape:  only where none of its open milestones comes before its end: otherwise it can be
                spent on that one. It stands at the first of them.
        """
        planned = {commitment for _milestone, commitment, _amount in self.planned}
        found = []
        for key, keys in self.meant.items():
            fund = funds.get(key)
            if fund is None or key in planned or 0 in keys:
                continue
            is_open = [each for each in milestones if each.id in keys and each.met_on is None]
            if is_open and all(each.current > fund.last_day for each in is_open):
                found.append(Paying(is_open[0].id, key, fund.left))
        return found


def _records(
    session: Session, first: date, last: date, milestones: Iterable[Milestone]
) -> _Records:
    """Read what risks are told from on the days from the first to the last."""
    funding = MilestoneFundingRow
    planned = session.execute(
        select(funding.milestone_id, funding.commitment_id, funding.amount)
        .where(funding.commitment_id.is_not(None))
        .order_by(funding.id)
    )
    meant: dict[int, set[int]] = {}
    for key, milestone_id in session.execute(
        select(EarmarkRow.commitment_id, EarmarkRow.milestone_id)
    ):
        meant.setdefault(key, set()).add(milestone_id or 0)
    by = (By.COMMITMENT, By.MILESTONE)
    return _Records(
        milestones=tuple(milestones),
        commitments=_committed(session),
        instalments=_instalments(session),
        spent=charged(session, *by, until=last),
        spent_after=charged(session, *by, By.MONTH, since=first, until=last)
        if month_of(first) < month_of(last)
        else {},
        received=_received(session, last),
        planned=tuple((milestone, key or 0, amount) for milestone, key, amount in planned),
        meant=meant,
    )


def _committed(session: Session) -> tuple[_Committed, ...]:
    after = _budgeted_after(session)
    rows = session.execute(
        select(
            CommitmentRow.id,
            CommitmentRow.code,
            CommitmentRow.project_id,
            CommitmentRow.last_day,
            CommitmentBalanceRow.committed,
        )
        .join(CommitmentBalanceRow, CommitmentBalanceRow.commitment_id == CommitmentRow.id)
        .where(
            CommitmentRow.status.in_([status.value for status in COMMITTED]),
            CommitmentRow.form != Form.IN_KIND.value,
        )
        .order_by(CommitmentRow.project_id, CommitmentRow.position)
    )
    return tuple(
        _Committed(
            *(key, code, project_id, last_day, committed),
            sum(cents for year, cents in after.get(key, ()) if year > last_day.year),
        )
        for key, code, project_id, last_day, committed in rows
    )


def _instalments(session: Session) -> tuple[_Instalment, ...]:
    row = InstalmentRow
    rows = session.execute(
        select(
            row.id,
            row.commitment_id,
            row.due_on,
            row.amount - row.held_back,
            MilestoneRow.id,
        )
        .outerjoin(MilestoneRow, MilestoneRow.releases_id == row.id)
        .where(row.cancelled.is_(False))
        .order_by(row.commitment_id, row.number)
    )
    return tuple(_Instalment(*found) for found in rows)


def _received(session: Session, last: date) -> dict[int, list[tuple[date, int]]]:
    row = ReceiptRow
    found: dict[int, list[tuple[date, int]]] = {}
    for key, day, cents in session.execute(
        select(row.instalment_id, row.received_on, func.sum(row.amount))
        .where(row.instalment_id.is_not(None), row.received_on <= last)
        .group_by(row.instalment_id, row.received_on)
    ):
        if key is not None:
            found.setdefault(key, []).append((day, int(cents)))
    return found


def _budgeted_after(session: Session) -> dict[int, list[tuple[int, int]]]:
    """Give the years and amounts of the budget of each commitment that counts now."""
    version = BudgetVersionRow
    found: dict[int, list[tuple[int, int]]] = {}
    for key, year, cents in session.execute(
        select(version.commitment_id, BudgetRow.year, func.sum(BudgetRow.amount))
        .join(BudgetRow, BudgetRow.version_id == version.id)
        .where(
            version.commitment_id.is_not(None),
            version.id.in_(newest_versions()),
            BudgetRow.year.is_not(None),
        )
        .group_by(version.commitment_id, BudgetRow.year)
    ):
        if key is not None and year is not None:
            found.setdefault(key, []).append((year, int(cents)))
    return found
