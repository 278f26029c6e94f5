"""Split rules: kept as they were, in an order, and each line explained by the one that held."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tests.actions.programme import OFFICER, load
from tracker.actions import allocations, splitting
from tracker.domain.allocations import Reason, Share
from tracker.domain.errors import RuleViolation, StaleEditError
from tracker.domain.splitting import SplitRule
from tracker.store import audit
from tracker.store.allocations import AllocationRow, UnallocatedRow
from tracker.store.commitments import commitment_named
from tracker.store.costs import CostLineRow, cost_line
from tracker.store.projects import categories_of, the_project, work_packages_of
from tracker.store.session import transaction
from tracker.store.splitting import NO_RULE, ended_rules, rule_for, split_rules, waiting_by_rule

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def rules_in(session: Session) -> list[SplitRule]:
    session.rollback()
    return list(split_rules(session, the_project(session).id))


def names_in(session: Session) -> list[str]:
    return [rule.name for rule in rules_in(session)]


def equipment_rule(session: Session, name: str = "Equipment") -> SplitRule:
    category = categories_of(session, the_project(session).id)["equipment"]
    payer = commitment_named(session, "PZH-1").id
    return SplitRule(0, 0, name, (Share(payer, 100),), category_id=category)


@pytest.fixture
def waiting(session: Session) -> Session:
    load(session, charge=False)
    return session


def test_a_rule_that_counts_before_the_others_takes_its_costs(waiting: Session) -> None:
    first = rules_in(waiting)[0]
    project = the_project(waiting).id
    before = waiting_by_rule(waiting, project, rules_in(waiting))
    key = splitting.enter_rule(waiting, equipment_rule(waiting), before=first.id, by=OFFICER)
    now = waiting_by_rule(waiting, project, rules_in(waiting))
    assert names_in(waiting)[0] == "Equipment"
    assert now[key][0] > 0
    assert sum(count for count, _ in now.values()) == sum(count for count, _ in before.values())
    allocations.charge(waiting, by=OFFICER)
    category = categories_of(waiting, project)["equipment"]
    paying = waiting.scalars(
        select(AllocationRow.commitment_id)
        .join(CostLineRow, CostLineRow.id == AllocationRow.cost_line_id)
        .where(CostLineRow.category_id == category)
        .distinct()
    ).all()
    assert set(paying) <= {commitment_named(waiting, "PZH-1").id}


def test_a_rule_after_all_others_takes_nothing_that_fits_them(waiting: Session) -> None:
    key = splitting.enter_rule(waiting, equipment_rule(waiting), by=OFFICER)
    assert names_in(waiting)[-1] == "Equipment"
    assert key not in waiting_by_rule(waiting, the_project(waiting).id, rules_in(waiting))


def test_a_change_ends_the_rule_and_enters_another_in_its_place(loaded: Session) -> None:
    before = rules_in(loaded)
    wished = replace(before[1], name="Renamed", account="4000")
    key = splitting.change_rule(loaded, before[1].id, wished, by=OFFICER)
    now = rules_in(loaded)
    assert [rule.id for rule in now] == [before[0].id, key, *(rule.id for rule in before[2:])]
    assert replace(now[1], id=0) == replace(wished, id=0)
    ended = ended_rules(loaded, the_project(loaded).id)
    assert [each.rule.id for each in ended] == [before[1].id]
    assert ended[0].ended_by == OFFICER.name
    assert audit.history_of(loaded, f"rule/{key}")[0].did == "change split rule"
    assert splitting.change_rule(loaded, key, now[1], by=OFFICER) == key


def test_of_two_who_change_a_rule_at_once_the_second_is_told(loaded: Session) -> None:
    rule = rules_in(loaded)[0]
    splitting.change_rule(loaded, rule.id, replace(rule, name="Theirs"), by=OFFICER)
    for deed in (
        lambda: splitting.change_rule(loaded, rule.id, replace(rule, name="Mine"), by=OFFICER),
        lambda: splitting.move_rule(loaded, rule.id, 1, by=OFFICER),
        lambda: splitting.end_rule(loaded, rule.id, by=OFFICER),
    ):
        with pytest.raises(StaleEditError, match=OFFICER.name):
            deed()
    assert names_in(loaded)[0] == "Theirs"


def test_rules_move_one_place_at_a_time_and_stop_at_the_ends(loaded: Session) -> None:
    names = names_in(loaded)
    key = splitting.move_rule(loaded, rules_in(loaded)[2].id, -1, by=OFFICER)
    assert names_in(loaded) == [names[0], names[2], names[1], *names[3:]]
    key = splitting.move_rule(loaded, key, -1, by=OFFICER)
    key = splitting.move_rule(loaded, key, -1, by=OFFICER)
    assert names_in(loaded) == [names[2], names[0], names[1], *names[3:]]
    for _ in names:
        key = splitting.move_rule(loaded, key, 1, by=OFFICER)
    assert names_in(loaded) == [*names[:2], *names[3:], names[2]]
    positions = [rule.position for rule in rules_in(loaded)]
    assert positions == sorted(set(positions))


def test_a_line_stays_explained_by_the_rule_that_held_when_it_was_judged(loaded: Session) -> None:
    from tracker.store.splitting import judged_at

    project, line = the_project(loaded).id, loaded.scalar(select(AllocationRow.cost_line_id))
    assert line
    held = rule_for(loaded, project, line)
    assert held
    splitting.end_rule(loaded, held.id, by=OFFICER)
    moment = judged_at(loaded, line)
    assert moment
    assert rule_for(loaded, project, line, moment) == held
    assert rule_for(loaded, project, line) != held


def test_lines_whose_rule_was_ended_wait_without_one_and_are_left_with_that_reason(
    waiting: Session,
) -> None:
    project = the_project(waiting).id
    rule = next(r for r in rules_in(waiting) if r.work_package_id is not None)
    count, amount = waiting_by_rule(waiting, project, rules_in(waiting))[rule.id]
    splitting.end_rule(waiting, rule.id, by=OFFICER)
    assert waiting_by_rule(waiting, project, rules_in(waiting))[NO_RULE] == (count, amount)
    allocations.charge(waiting, by=OFFICER)
    found = waiting.scalars(
        select(UnallocatedRow.cost_line_id).where(UnallocatedRow.reason == Reason.NO_SPLIT_RULE)
    ).all()
    assert len(found) == count
    package = rule.work_package_id
    codes = {key: code for code, key in work_packages_of(waiting, project).items()}
    assert {cost_line(waiting, line).work_package for line in found} == {codes[package or 0]}


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"name": " "}, "name"), ({"shares": ()}, "shares")],
)
def test_a_rule_that_says_nothing_is_refused(
    loaded: Session, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(RuleViolation) as refused:
        splitting.enter_rule(loaded, replace(equipment_rule(loaded), **changes), by=OFFICER)
    assert refused.value.field == field
    assert splitting.enter_rule(loaded, equipment_rule(loaded), by=OFFICER)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE split_rule SET name = 'other'",
        "UPDATE split_rule SET position = position + 1",
        "UPDATE split_rule SET supplier = 'X'",
        "UPDATE split_share SET weight = weight + 1",
        "DELETE FROM split_rule",
        "DELETE FROM split_share",
    ],
)
def test_no_path_into_the_database_rewrites_a_rule(loaded: Session, sql: str) -> None:
    with pytest.raises(DBAPIError), transaction(loaded):
        loaded.execute(text(sql))
