"""Several projects in one database: set up one by one, and nothing of one touches another."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import DBAPIError

from tests.actions.closing import NOW, close
from tests.actions.programme import OFFICER, bring_in
from tests.actions.second_project import FIRST, MARK, SECOND, second_case, set_up_second
from tests.actions.statements import bring_in as bring_in_statement
from tests.actions.statements import coming
from tests.books.cases import case_dir
from tracker.actions import allocations, intakes, programmes
from tracker.actions import commitments as commitment_deeds
from tracker.actions import reporting_periods as periods
from tracker.actions.cost_index import CostIndex
from tracker.actions.intake_jobs import IntakeJob
from tracker.domain.amendments import Amendment
from tracker.domain.commitments import Form, Promise, Status
from tracker.domain.costs import CostFilter
from tracker.domain.errors import FileRefused, NotFoundError, RuleViolation
from tracker.domain.intakes import IntakeState
from tracker.domain.money import Money
from tracker.domain.periods import Period
from tracker.domain.reporting_periods import Length
from tracker.store import cost_index, scope, spending
from tracker.store import intakes as stored
from tracker.store.allocations import AllocationRow, ChargeRow, UnallocatedRow
from tracker.store.charging import waiting
from tracker.store.checks import broken
from tracker.store.commitments import commitment_named
from tracker.store.cost_lists import page_of_costs
from tracker.store.costs import CostLineRow
from tracker.store.funders import FunderAccountRow, FunderRow
from tracker.store.imports import BookRow, imports_of
from tracker.store.ledgers import (
    InvoiceRow,
    booked_twice,
    count_booked_twice,
    excluded,
    note_doubles,
)
from tracker.store.projects import choose_project, named_projects, the_project
from tracker.store.receipts import ReceiptRow, unmatched
from tracker.store.reporting_periods import of_period, periods_of
from tracker.store.scope import Scope, in_project, over_all
from tracker.store.session import transaction
from tracker.store.spending import By

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

TODAY = date(2025, 12, 31)
KEY = (CostLineRow.journal, CostLineRow.transaction_number, CostLineRow.line_number)
MONEY = (AllocationRow, UnallocatedRow, ReceiptRow, CostLineRow)


def about(session: Session, code: str) -> Session:
    """The session, about another project from now on."""
    session.rollback()
    choose_project(session, code)
    return session


def sums(session: Session) -> list[tuple[int, int]]:
    """The rows of money of what the session is about, counted and added up."""
    found = (
        session.execute(
            select(func.count(table.id), func.coalesce(func.sum(table.amount), 0))
        ).one()
        for table in MONEY
    )
    return [(count, int(cents)) for count, cents in found]


def second_ledgers() -> list[Path]:
    return sorted(second_case().glob("*.xaf"))


def promise(session: Session, code: str) -> Promise:
    award = Amendment(
        number=0,
        decided_on=date(2024, 1, 2),
        amount=Money(1_000_00),
        reason="award",
        status=Status.AWARDED,
        period=Period(date(2024, 1, 1), date(2024, 12, 31)),
        categories=("travel",),
    )
    programme = commitment_named(session, "NGF-1").programme_id
    return Promise(programme, code, f"letter {code}", Form.CASH, award)


def test_a_second_project_is_set_up_beside_the_first(loaded: Session) -> None:
    before, funders = sums(loaded), loaded.scalar(select(func.count(FunderRow.id)))
    accounts = loaded.scalar(select(func.count(FunderAccountRow.id)))
    set_up_second(loaded)
    assert the_project(loaded).code == SECOND
    assert sums(loaded) == [(0, 0)] * len(MONEY)
    assert loaded.scalar(select(func.count(FunderRow.id))) == funders
    assert loaded.scalar(select(func.count(FunderAccountRow.id))) == accounts
    assert [project.code for project in named_projects(loaded)] == [FIRST, SECOND]
    assert not programmes.set_up(loaded, second_case() / "case.json", by=OFFICER)
    assert sums(about(loaded, FIRST)) == before


def test_a_project_of_the_same_code_from_another_file_is_refused(
    loaded: Session, tmp_path: Path
) -> None:
    set_up_second(loaded)
    path = tmp_path / "again.json"
    path.write_text((second_case() / "case.json").read_text("utf-8") + "\n", "utf-8")
    with pytest.raises(RuleViolation, match=f"already holds the project {SECOND}"):
        programmes.set_up(loaded, path, by=OFFICER)
    assert len(named_projects(loaded)) == 2


def test_a_code_that_a_commitment_of_another_project_has_is_refused_and_named(
    loaded: Session, tmp_path: Path
) -> None:
    path = tmp_path / "case.json"
    said = (second_case() / "case.json").read_text("utf-8")
    path.write_text(said.replace(f'"{MARK}NGF-1"', '"ngf-1"'), "utf-8")
    with pytest.raises(RuleViolation, match=f"The project {FIRST} has a commitment NGF-1 already"):
        programmes.set_up(loaded, path, by=OFFICER)
    assert len(named_projects(loaded)) == 1


def test_an_account_that_is_known_as_anothers_is_refused(loaded: Session, tmp_path: Path) -> None:
    said: dict[str, Any] = json.loads((second_case() / "case.json").read_text("utf-8"))
    paying = [known for known in said["commitments"] if known["iban"]]
    first, other = paying[0], next(k for k in paying if k["funder"] != paying[0]["funder"])
    for known in paying:
        if known["funder"] in (first["funder"], other["funder"]):
            known["iban"] = {first["funder"]: other, other["funder"]: first}[known["funder"]][
                "iban"
            ]
    path = tmp_path / "case.json"
    path.write_text(json.dumps(said), "utf-8")
    with pytest.raises(RuleViolation, match=f"is known as one of {other['funder']}"):
        programmes.set_up(loaded, path, by=OFFICER)
    assert len(named_projects(loaded)) == 1


def test_a_code_of_another_project_is_refused_on_the_form_too(two_projects: Session) -> None:
    taken = promise(two_projects, f"{MARK}ngf-1")
    with pytest.raises(RuleViolation, match=f"The project {SECOND} has a commitment {MARK}NGF-1"):
        commitment_deeds.enter(two_projects, taken, today=TODAY, by=OFFICER)
    taken = promise(two_projects, "NGF-1")
    with pytest.raises(RuleViolation, match="There is a commitment NGF-1 already"):
        commitment_deeds.enter(two_projects, taken, today=TODAY, by=OFFICER)
    free = promise(two_projects, "NGF-9")
    assert commitment_deeds.enter(two_projects, free, today=TODAY, by=OFFICER)


def test_charging_one_project_leaves_the_other_waiting(loaded: Session) -> None:
    before = sums(loaded)
    set_up_second(loaded)
    bring_in(loaded, second_ledgers())
    count, _ = waiting(loaded)
    assert count
    assert waiting(about(loaded, FIRST)) == (0, Money(0))
    assert allocations.charge(loaded, by=OFFICER).lines == 0
    assert sums(loaded) == before
    assert waiting(about(loaded, SECOND))[0] == count
    assert allocations.charge(loaded, by=OFFICER).lines == count
    assert sums(about(loaded, FIRST)) == before
    assert broken(loaded) == []


def test_without_the_condition_charging_would_take_the_lines_of_both(
    loaded: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up_second(loaded)
    bring_in(loaded, second_ledgers())
    monkeypatch.setattr(scope, "_scope", lambda *_: Scope(None))
    in_project(loaded, 1)
    assert waiting(loaded)[0] > 0


def test_how_far_a_project_is_charged_says_nothing_of_another(two_projects: Session) -> None:
    furthest = select(func.max(ChargeRow.last_line))
    ends = [two_projects.scalar(furthest), about(two_projects, SECOND).scalar(furthest)]
    assert ends == sorted(ends, key=lambda end: end or 0)
    assert ends[0] != ends[1]


def test_a_period_that_one_project_closed_is_open_in_the_other(two_projects: Session) -> None:
    session = two_projects
    periods.set_up(session, Length.YEAR, today=NOW, by=OFFICER)
    close(session, "2021")
    with pytest.raises(DBAPIError, match="period_is_closed"):
        put_a_line_in_2021(session)
    about(session, SECOND)
    assert periods_of(session, the_project(session).id) == []
    put_a_line_in_2021(session)
    periods.set_up(session, Length.YEAR, today=NOW, by=OFFICER)
    assert of_period(session, "2021") == f"period/{SECOND}:2021"
    close(session, "2021")
    with pytest.raises(DBAPIError, match="period_is_closed"):
        put_a_line_in_2021(session)


def put_a_line_in_2021(session: Session) -> None:
    """Try to put one more cost of that year into the books; it is undone."""
    row = CostLineRow
    of_year = row.incurred_on.between(date(2021, 1, 1), date(2021, 12, 31))
    like = session.scalars(select(row).where(of_year).limit(1)).one()
    names = [column.key for column in row.__table__.columns if column.key != "id"]
    values = {name: getattr(like, name) for name in names} | {"line_number": "once more"}
    try:
        session.execute(insert(row).values(values))
    finally:
        session.rollback()


def test_the_same_ledger_comes_in_for_both_and_each_takes_its_own_lines(
    session: Session, tmp_path: Path
) -> None:
    whole = case_dir(5, 40) / "auditfile-2021.xaf"
    parts = whole.read_text("utf-8").split(FIRST)
    mixed = tmp_path / "mixed.xaf"
    ours = "".join(part + (FIRST, SECOND)[at % 2] for at, part in enumerate(parts[:-1]))
    mixed.write_text(ours + parts[-1], "utf-8")
    programmes.set_up(session, case_dir(5, 40) / "case.json", by=OFFICER)
    set_up_second(session)
    found = {}
    for code in (FIRST, SECOND):
        bring_in(about(session, code), [mixed])
        found[code] = set(session.execute(select(*KEY)))
        assert "other_project" in {reason.value for reason, *_ in excluded(session)}
        assert bring_in_again(session, mixed) == 0
        assert len(imports_of(session)) == 1
    assert all(found.values())
    assert not found[FIRST] & found[SECOND]
    with over_all(session):
        assert session.scalar(select(func.count(CostLineRow.id))) == sum(map(len, found.values()))
    assert broken(session) == []


def bring_in_again(session: Session, book: Path) -> int:
    from tracker.actions import imports

    (outcome,) = imports.bring_in(session, [(book.name, book)], by=OFFICER)
    assert not isinstance(outcome, FileRefused)
    assert outcome.already_imported
    return outcome.new


def test_an_invoice_is_booked_twice_only_where_one_project_has_both_bookings(
    two_projects: Session,
) -> None:
    session = two_projects
    for code in (FIRST, SECOND):
        book_invoice(about(session, code), "seal of both", "1")
    book_invoice(session, "seal of one", "2")
    book_invoice(session, "seal of one", "3")
    for code, count in ((FIRST, 0), (SECOND, 1)):
        before = len(booked_twice(about(session, code)))
        with transaction(session):
            note_doubles(session)
        assert len(booked_twice(session)) == before + count
        assert count_booked_twice(session) == before + count


def book_invoice(session: Session, seal: str, number: str) -> None:
    with transaction(session):
        book = session.scalars(select(BookRow.id).limit(1)).one()
        session.add(
            InvoiceRow(book_id=book, journal="X", transaction_number=number, signature=seal)
        )


def test_a_payment_counts_for_the_commitment_that_it_names_in_whatever_project(
    loaded: Session, tmp_path: Path
) -> None:
    session = loaded
    set_up_second(session)
    theirs, ours = commitment_named(session, f"{MARK}NGF-1"), sums(about(session, FIRST))[2]
    waits = unmatched(session)
    bring_in_statement(session, tmp_path, coming("1234.56", theirs.reference))
    assert sums(session)[2] == ours
    assert unmatched(session) == waits  # and it does not wait for anybody here
    about(session, SECOND)
    assert commitment_named(session, theirs.code).received == Money(1234_56)
    assert unmatched(session) == waits
    assert [outcome.kind.value for outcome in imports_of(session)] == ["bank"] * len(
        imports_of(session)
    )


def test_the_index_and_the_sums_of_months_are_of_all_projects_and_read_of_one(
    two_projects: Session,
) -> None:
    session = two_projects
    whole = {}
    for code in (FIRST, SECOND):
        about(session, code)
        whole[code] = (page_of_costs(session, CostFilter()), spending.spent(session, By.MONTH))
    assert not cost_index.is_current(session)
    CostIndex(about(session, FIRST)).follow()
    assert cost_index.is_current(session)
    for code in (FIRST, SECOND):
        about(session, code)
        found = page_of_costs(session, CostFilter()), spending.spent(session, By.MONTH)
        assert found == whole[code]
        assert spending.charged(session)[()] == sums(session)[0][1]
    with over_all(session):
        assert spending.spent(session, By.PROJECT).keys() == {(1,), (2,)}


def test_the_job_of_a_file_is_about_the_project_that_it_was_handed_in_for(
    loaded: Session,
) -> None:
    session, book = loaded, second_ledgers()[0]
    before = sums(session)
    set_up_second(session)
    key = intakes.hand_in(session, book.name, book, by=OFFICER).intake_id
    about(session, FIRST)
    with pytest.raises(NotFoundError):
        stored.intake(session, key)
    IntakeJob(session, key).carry_out()
    assert the_project(session).code == SECOND
    seen = stored.intake(session, key)
    assert seen.state is IntakeState.READY
    assert seen.preview is not None
    assert seen.preview.cost_lines
    assert sums(about(session, FIRST)) == before


def test_a_command_names_its_project_where_there_are_several(loaded: Session) -> None:
    choose_project(loaded, "")
    assert the_project(loaded).code == FIRST
    with pytest.raises(NotFoundError, match="no project OTHER"):
        choose_project(loaded, "OTHER")
    set_up_second(loaded)
    with pytest.raises(RuleViolation, match=f"holds 2 projects: {FIRST}, {SECOND}"):
        choose_project(loaded, "")
    choose_project(loaded, FIRST)
    assert the_project(loaded).code == FIRST


def test_a_funder_sees_the_projects_in_which_it_has_a_commitment(two_projects: Session) -> None:
    every = [project.code for project in named_projects(two_projects)]
    rows = two_projects.execute(select(FunderRow.name, FunderRow.id))
    keys = {name: key for name, key in rows}  # noqa: C416 - typed rows
    assert every == [FIRST, SECOND]
    funder = commitment_named(two_projects, "NGF-1").funder
    assert [project.code for project in named_projects(two_projects, keys[funder])] == every
    assert named_projects(two_projects, 10_000) == []


def test_the_books_of_the_case_are_those_of_another_seed() -> None:
    """Else nothing above would show that projects are kept apart."""
    assert second_case() != case_dir(5, 40)
    ours, theirs = case_dir(5, 40) / "auditfile-2021.xaf", second_ledgers()[0]
    assert ours.read_bytes() != theirs.read_bytes().replace(SECOND.encode(), FIRST.encode())
