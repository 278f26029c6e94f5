"""What the outlook is made from: read for all projects that the session shows, in bulk."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from sqlalchemy import extract, func, select

from tracker.domain.allocations import Share, Terms
from tracker.domain.budgets import BudgetLine
from tracker.domain.commitments import Form
from tracker.domain.lapse import AMENDMENT_WEEKS, WINDOW
from tracker.domain.money import Money
from tracker.domain.outlook import Awaited, Funding, OutlookFacts
from tracker.domain.periods import Period, month_of, months_after
from tracker.domain.splitting import SplitRule
from tracker.store.budgets import BudgetRow, BudgetVersionRow, newest_versions
from tracker.store.commitments import CommitmentCategoryRow, commitments_of
from tracker.store.earmarks import earmarks_of
from tracker.store.flat_rates import flat_rates_of
from tracker.store.forecasts import newest_forecasts
from tracker.store.instalments import instalments_by_commitment
from tracker.store.milestones import MilestoneMoveRow, MilestoneRow
from tracker.store.projects import CategoryRow, ProjectRow, WorkPackageRow
from tracker.store.receipts import ReceiptRow
from tracker.store.spending import By, charged, spent
from tracker.store.splitting import SplitRuleRow, SplitShareRow
from tracker.store.terms import term_sheets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from tracker.domain.commitments import Commitment
    from tracker.domain.instalments import Instalment

    ByMonth = dict[date, int]
    ByPlace = dict[tuple[int, int], int]

SETTLING: Final = (("determination_weeks", 13), ("decision_weeks", 13), ("payment_weeks", 6))
"""What lies between the last day and the balance, where a programme says nothing else.

Source: Kaderbesluit nationale EZ-subsidies art. 50 and 52; Awb 4:87.
"""


@dataclass(frozen=True, slots=True)
class _Sums:
    """What the books add up to, for all projects at once."""

    spent: Mapping[int, ByMonth]
    charged: Mapping[int, ByMonth]
    lately: Mapping[int, ByPlace]
    this_year: Mapping[int, ByPlace]


def outlook_facts(
    session: Session,
    today: date,
    commitments: list[Commitment] | None = None,
    instalments: Mapping[int, tuple[Instalment, ...]] | None = None,
) -> dict[int, OutlookFacts]:
    """Give what the outlook of each project is made from, by the project's key.

    Shape:  of all projects where the session reads them together, or else of its own. Who has
            read all ``commitments`` and ``instalments`` already hands them over.
    """
    commitments = commitments_of(session) if commitments is None else commitments
    instalments = instalments_by_commitment(session) if instalments is None else instalments
    plans = _plans(session, today.year)
    sums = _sums(session, commitments, today, with_year=bool(plans))
    milestones = _milestones(session)
    funding = _funding(session, commitments, instalments, sums, milestones)
    packages, categories = _keys(session, WorkPackageRow), _keys(session, CategoryRow)
    forecasts, rules = newest_forecasts(session), _rules(session)
    of = (ProjectRow.id, ProjectRow.code, ProjectRow.first_day, ProjectRow.last_day)
    return {
        row.id: OutlookFacts(
            project_id=row.id,
            project=row.code,
            period=Period(row.first_day, row.last_day),
            as_of=today,
            packages=packages[row.id],
            categories=categories[row.id],
            spent=sums.spent.get(row.id, {}),
            funding=tuple(funding[row.id]),
            rules=tuple(rules[row.id]),
            forecast=forecasts.get(row.id),
            lately=sums.lately.get(row.id, {}),
            this_year=sums.this_year.get(row.id, {}),
            plan=plans.get(row.id, ()),
            milestones=milestones.get(row.id, {}),
        )
        for row in session.execute(select(*of).order_by(ProjectRow.id))
    }


def _funding(
    session: Session,
    commitments: list[Commitment],
    plans: Mapping[int, tuple[Instalment, ...]],
    sums: _Sums,
    milestones: Mapping[int, Mapping[str, date]],
) -> dict[int, list[Funding]]:
    allowed: dict[int, set[int]] = defaultdict(set)
    for commitment_id, category_id in session.execute(
        select(CommitmentCategoryRow.commitment_id, CommitmentCategoryRow.category_id)
    ):
        allowed[commitment_id].add(category_id)
    meant, rates = earmarks_of(session), flat_rates_of(session)
    received, sheets = _received(session), term_sheets(session)
    found: dict[int, list[Funding]] = defaultdict(list)
    for one in commitments:
        sheet, rate = sheets[one.programme_id], rates.get(one.id)
        weeks = {name: sheet.count(name, day=one.decided_on) or most for name, most in SETTLING}
        decided_by = sheet.term("decision_weeks", day=one.decided_on)
        found[one.project_id].append(
            Funding(
                commitment=one,
                terms=Terms(
                    one.status, one.period, frozenset(allowed[one.id]), meant.get(one.id), rate
                ),
                room=one.remaining.cents - (rate.overhead() if rate else 0),
                received=received.get(one.id, {}),
                charged=sums.charged.get(one.id, {}),
                awaited=_awaited(plans.get(one.id, ()), milestones.get(one.project_id, {})),
                settled_after=sum(weeks.values()),
                decided_in=sheet.count("decision_weeks", day=one.decided_on) or AMENDMENT_WEEKS,
                decided_by=decided_by.source if decided_by else "",
            )
        )
    return found


def _awaited(
    instalments: tuple[Instalment, ...], milestones: Mapping[str, date]
) -> tuple[Awaited, ...]:
    """List what has not come in of a plan, with when its milestones are planned."""
    return tuple(
        Awaited(
            each.number,
            each.outstanding,
            each.due_on,
            each.milestone,
            milestones.get(each.milestone),
        )
        for each in instalments
        if each.outstanding
    )


def _sums(
    session: Session, commitments: list[Commitment], today: date, *, with_year: bool
) -> _Sums:
    all_spent: dict[int, ByMonth] = defaultdict(dict)
    for (project, month), cents in spent(session, By.PROJECT, By.MONTH).items():
        all_spent[project][month] = cents
    paid: dict[int, ByMonth] = defaultdict(dict)
    for (commitment, month), cents in charged(session, By.COMMITMENT, By.MONTH).items():
        paid[commitment][month] = cents
    current = month_of(today)
    window = months_after(current, -WINDOW), months_after(current, -1)
    lately = _places(session, *window)
    in_kind = {one.id: one.project_id for one in commitments if one.form is Form.IN_KIND}
    if in_kind:
        places = (By.COMMITMENT, By.WORK_PACKAGE, By.CATEGORY)
        given = charged(session, *places, since=window[0], until=window[1])
        for (commitment, *place), cents in given.items():
            if commitment in in_kind:
                of = lately[in_kind[commitment]]
                of[place[0], place[1]] = of.get((place[0], place[1]), 0) - cents
    year = (date(today.year, 1, 1), date(today.year, 12, 1))
    return _Sums(all_spent, paid, lately, _places(session, *year) if with_year else {})


def _places(session: Session, since: date, until: date) -> dict[int, ByPlace]:
    """Add up what was spent in some months by project, work package and category."""
    found: dict[int, ByPlace] = defaultdict(dict)
    places = (By.PROJECT, By.WORK_PACKAGE, By.CATEGORY)
    for (project, *place), cents in spent(session, *places, since=since, until=until).items():
        found[project][place[0], place[1]] = cents
    return found


def _received(session: Session) -> dict[int, ByMonth]:
    """Add up what came in on each commitment by month."""
    day = ReceiptRow.received_on
    year, month = extract("year", day), extract("month", day)
    found: dict[int, ByMonth] = defaultdict(dict)
    for commitment, in_year, in_month, cents in session.execute(
        select(ReceiptRow.commitment_id, year, month, func.sum(ReceiptRow.amount)).group_by(
            ReceiptRow.commitment_id, year, month
        )
    ):
        if cents:
            found[commitment][date(int(in_year), int(in_month), 1)] = int(cents)
    return found


def _rules(session: Session) -> dict[int, list[SplitRule]]:
    """List the split rules that a forecast can follow, as they count in each project."""
    shares: dict[int, list[Share]] = defaultdict(list)
    rule, share = SplitRuleRow, SplitShareRow
    for rule_id, commitment_id, weight in session.execute(
        select(share.rule_id, share.commitment_id, share.weight)
        .join(rule, rule.id == share.rule_id)
        .where(rule.ended_at.is_(None))
        .order_by(share.rule_id, share.position)
    ):
        shares[rule_id].append(Share(commitment_id, weight))
    found: dict[int, list[SplitRule]] = defaultdict(list)
    for row in session.scalars(
        select(rule)
        .where(rule.ended_at.is_(None), ~rule.is_in_kind, rule.account == "", rule.supplier == "")
        .order_by(rule.project_id, rule.position, rule.id)
    ):
        found[row.project_id].append(
            SplitRule(
                id=row.id,
                position=row.position,
                name=row.name,
                shares=tuple(shares[row.id]),
                work_package_id=row.work_package_id,
                category_id=row.category_id,
                first_day=row.first_day,
                last_day=row.last_day,
            )
        )
    return found


def _milestones(session: Session) -> dict[int, dict[str, date]]:
    """Give the current dates of the milestones that are not met, by project and code."""
    move = MilestoneMoveRow
    moves = session.execute(select(move.milestone_id, move.to_day).order_by(move.moved_on, move.id))
    moved = {milestone_id: to_day for milestone_id, to_day in moves}  # noqa: C416 - typed rows
    found: dict[int, dict[str, date]] = defaultdict(dict)
    row = MilestoneRow
    for key, project_id, code, baseline in session.execute(
        select(row.id, row.project_id, row.code, row.baseline)
        .where(row.met_on.is_(None))
        .order_by(row.project_id, row.position)
    ):
        found[project_id][code] = moved.get(key, baseline)
    return found


def _plans(session: Session, year: int) -> dict[int, tuple[BudgetLine, ...]]:
    """Give the lines of each project's newest plan from a year on.

    Shape:  none of a plan that does not tell work packages or years apart.
    """
    version, line = BudgetVersionRow, BudgetRow
    rows = session.execute(
        select(version.project_id, WorkPackageRow.code, CategoryRow.code, line.year, line.amount)
        .join(line, line.version_id == version.id)
        .join(CategoryRow, CategoryRow.id == line.category_id)
        .outerjoin(WorkPackageRow, WorkPackageRow.id == line.work_package_id)
        .where(version.commitment_id.is_(None), version.id.in_(newest_versions()))
        .order_by(line.year, WorkPackageRow.position, CategoryRow.position)
    ).all()
    rough = {row[0] for row in rows if not row[1] or not row[3]}
    found: dict[int, list[BudgetLine]] = defaultdict(list)
    for project_id, package, category, in_year, amount in rows:
        if project_id not in rough and in_year is not None and in_year >= year:
            found[project_id].append(BudgetLine(category, package, in_year, Money(amount)))
    return {project_id: tuple(lines) for project_id, lines in found.items()}


def _keys(session: Session, table: type[WorkPackageRow | CategoryRow]) -> dict[int, dict[str, int]]:
    """Give the keys of work packages or categories by project and code, in their order."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for project_id, code, key in session.execute(
        select(table.project_id, table.code, table.id).order_by(table.project_id, table.position)
    ):
        found[project_id][code] = key
    return found
