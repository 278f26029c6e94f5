"""What the sample's office agreed on for 2026 to 2028: two commitments, who shares, and a plan.

The amounts, letters and dates are made up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from tracker.actions import amendments, budgets, commitments, instalments, scenarios, splitting
from tracker.actions.sample_funding import EXTRA_CLEANROOMS, PLAN, TODAY, Office
from tracker.domain.allocations import Share
from tracker.domain.amendments import Amendment
from tracker.domain.budgets import BudgetLine, NewBudget
from tracker.domain.commitments import Form, Particulars, Promise, Status
from tracker.domain.instalments import InstalmentKind, NewInstalment
from tracker.domain.money import Money
from tracker.domain.periods import Period
from tracker.domain.scenarios import Change, ChangeKind, NewScenario
from tracker.domain.splitting import SplitRule
from tracker.store import splitting as stored_rules
from tracker.store.budgets import versions_of
from tracker.store.commitments import commitment_named
from tracker.store.instalments import instalments_of
from tracker.store.projects import the_project, work_packages_of
from tracker.store.scenarios import scenarios_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor

FIRST_DAY: Final = date(2026, 1, 1)
BEFORE: Final = 2
"""Versions that the plan had before."""
PACE: Final = (10, 30, 25, 20, 15)
"""How the first plan fell over 2021 to 2025."""
COMING: Final = {
    ("personnel", "WP3"): (300_000, 310_000, 290_000),
    ("personnel", "WP4"): (120_000, 120_000, 110_000),
    ("personnel", "WP5"): (180_000, 180_000, 170_000),
    ("third_parties", "WP3"): (60_000, 50_000, 40_000),
    ("third_parties", "WP4"): (60_000, 50_000, 40_000),
    ("materials", "WP3"): (150_000, 150_000, 130_000),
    ("equipment", "WP2"): (120_000, 80_000, 60_000),
    ("travel", "WP5"): (20_000, 20_000, 20_000),
}
"""Planned costs of 2026, 2027 and 2028."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """A commitment that was agreed on; it stands beside an older one of the same funder."""

    code: str
    beside: str
    reference: str
    decided_on: date
    amount: int
    last_day: date
    categories: tuple[str, ...]
    work_packages: tuple[str, ...]
    instalments: tuple[tuple[date, int], ...]
    released_by: Mapping[int, str] = field(default_factory=dict)


AGREED: Final = (
    Agreed(
        "UL-2",
        "UL-1",
        "UL/FIN/2025/204",
        date(2025, 12, 8),
        900_000,
        date(2027, 12, 31),
        ("personnel", "materials"),
        ("WP3", "WP5"),
        (
            (date(2026, 2, 1), 225_000),
            (date(2026, 7, 1), 225_000),
            (date(2027, 2, 1), 225_000),
            (date(2027, 7, 1), 135_000),
        ),
        released_by={3: "Year 1"},
    ),
    Agreed(
        "LUMC-2",
        "LUMC-1",
        "LUMC-RvB-2025-47",
        date(2025, 12, 15),
        1_600_000,
        date(2028, 12, 31),
        ("personnel", "third_parties", "materials", "equipment", "construction", "travel"),
        (),
        (
            (date(2026, 4, 1), 500_000),
            (date(2027, 1, 15), 500_000),
            (date(2028, 1, 15), 440_000),
        ),
    ),
)
RULES: Final = (
    ("Process development from 2026", ("WP3",), (("UL-2", 45), ("LUMC-2", 35), ("RMX-C", 20))),
    ("Programme management from 2026", ("WP5",), (("UL-2", 40), ("LUMC-2", 60))),
    ("Facility, equipment and quality from 2026", ("WP1", "WP2", "WP4"), (("LUMC-2", 100),)),
)

SCENARIOS: Final = (
    NewScenario(
        "Validation takes until autumn",
        "The second validation run of M7 fails as well.",
        (Change(ChangeKind.MOVE_MILESTONE, "M7", first_day=date(2026, 10, 31)),),
    ),
    NewScenario(
        "Faster, with help of the province",
        "Spending goes a quarter faster, and the province pays half of what nobody else does.",
        (
            Change(
                ChangeKind.ADD_COMMITMENT,
                "PZH-NEW",
                Money(30_000_000),
                Decimal("0.5"),
                FIRST_DAY,
                date(2027, 12, 31),
            ),
            Change(ChangeKind.PACE, "", share=Decimal("1.25")),
        ),
    ),
)


def live_through(session: Session, *, controller: Actor, by: Actor) -> None:
    """Do what was agreed on for the coming years, or what an interrupted run left of it."""
    office = Office(session, by, controller)
    _plan_years(office)
    for agreed in AGREED:
        _promise(office, agreed)
        _plan_instalments(office, agreed)
    _share_costs(office)
    _suppose(office)


def _plan_years(office: Office) -> None:
    """Tell the plan by year, and plan the years that come."""
    project = the_project(office.session)
    if len(versions_of(office.session, project.id, None)) > BEFORE:
        return
    years = range(2021, 2026)
    lines = []
    for key in PLAN:
        whole = Money((PLAN[key] + EXTRA_CLEANROOMS.get(key, 0)) * 100)
        for year, amount in zip(years, whole.share_out(PACE), strict=True):
            lines.append(BudgetLine(*key, year, amount))
    for key, amounts in COMING.items():
        for year, euros in enumerate(amounts, FIRST_DAY.year):
            lines.append(BudgetLine(*key, year, Money(euros * 100)))
    reason = "Three years more, and the plan by year"
    new = NewBudget(date(2025, 12, 17), reason, tuple(lines), based_on=BEFORE)
    budgets.plan(office.session, new, today=TODAY, by=office.officer)


def _promise(office: Office, agreed: Agreed) -> None:
    """Enter a commitment, and have it confirmed."""
    subject = f"commitment/{agreed.code}"
    if office.has_done("confirm amendment", subject):
        return
    key = office.draft_of(agreed.code)
    if not key:
        beside = commitment_named(office.session, agreed.beside)
        award = Amendment(
            0,
            agreed.decided_on,
            Money(agreed.amount * 100),
            "Award for 2026 and later",
            status=Status.AWARDED,
            period=Period(FIRST_DAY, agreed.last_day),
            categories=agreed.categories,
        )
        promise = Promise(
            beside.programme_id,
            agreed.code,
            agreed.reference,
            Form.CASH,
            award,
            Particulars("", agreed.work_packages),
        )
        said = office.letter(beside.funder, f"An amount of {agreed.amount:,}.00 is awarded.")
        key = commitments.enter(
            office.session, promise, today=TODAY, by=office.officer, letter=said
        )
    amendments.confirm(office.session, key, version=1, today=TODAY, by=office.controller)


def _plan_instalments(office: Office, agreed: Agreed) -> None:
    """Plan the advances; what is left is paid when the amount has been determined."""
    commitment = commitment_named(office.session, agreed.code)
    if instalments_of(office.session, commitment.id):
        return
    wished = [
        NewInstalment(
            number,
            due_on,
            Money(euros * 100),
            InstalmentKind.ADVANCE,
            report=agreed.released_by.get(number, ""),
        )
        for number, (due_on, euros) in enumerate(agreed.instalments, 1)
    ]
    instalments.change_plan(
        office.session,
        agreed.code,
        wished,
        version=commitment.version,
        today=TODAY,
        by=office.officer,
    )


def _suppose(office: Office) -> None:
    """Keep two scenarios that the office looks at."""
    known = {one.name for one in scenarios_of(office.session, the_project(office.session).id)}
    for new in SCENARIOS:
        if new.name not in known:
            scenarios.keep(office.session, new, by=office.officer)


def _share_costs(office: Office) -> None:
    """Enter who shares the costs from 2026 on, before the rules of the years until then."""
    project = the_project(office.session)
    keys = work_packages_of(office.session, project.id)
    rules = stored_rules.split_rules(office.session, project.id)
    known = {(rule.name, rule.work_package_id) for rule in rules}
    older = next(rule.id for rule in rules if rule.first_day != FIRST_DAY)
    for name, packages, shares in RULES:
        parts = tuple(
            Share(commitment_named(office.session, code).id, weight) for code, weight in shares
        )
        for package in packages:
            named = name if len(packages) == 1 else f"{name}: {package}"
            if (named, keys[package]) in known:
                continue
            rule = SplitRule(
                id=0,
                position=0,
                name=named,
                shares=parts,
                work_package_id=keys[package],
                first_day=FIRST_DAY,
            )
            splitting.enter_rule(office.session, rule, before=older, by=office.officer)
