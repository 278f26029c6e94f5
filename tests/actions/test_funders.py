"""Entering funders, on both databases, by one person or by two at once."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from tests.actions.programme import OFFICER
from tracker.actions import funders
from tracker.domain.actor import Actor
from tracker.domain.errors import AlreadyDoneError, NotFoundError, RuleViolation, StaleEditError
from tracker.domain.funders import Contact, NewFunder
from tracker.domain.policy import Role
from tracker.store.audit import AuditRow
from tracker.store.funders import ContactRow, FunderRow, funder_record, funder_records

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

COLLEAGUE = Actor("colleague@example.org", Role.FINANCE_OFFICER)
IBAN, OTHER_IBAN = "NL91ABNA0417164300", "NL20INGB0001234567"
PROVINCE = NewFunder("Province", "regional", "nl", "27375169", (IBAN,))
NOOR = Contact("Noor de Wit", "Reports", "noor@pzh.example", "070 441 66 11")


def count(session: Session, table: type[FunderRow | ContactRow | AuditRow]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def last_detail(session: Session) -> dict[str, object]:
    row = session.scalars(select(AuditRow).order_by(AuditRow.seq.desc()).limit(1)).one()
    detail: dict[str, object] = json.loads(row.detail)
    return detail


def test_a_funder_is_kept_with_its_accounts(session: Session) -> None:
    key = funders.enter(session, PROVINCE, by=OFFICER)
    assert funder_record(session, key).particulars == PROVINCE


def test_the_same_form_twice_enters_one_funder(session: Session) -> None:
    session.info["once"] = "form-1"
    funders.enter(session, PROVINCE, by=OFFICER)
    session.info["once"] = "form-1"
    with pytest.raises(AlreadyDoneError):
        funders.enter(session, replace(PROVINCE, name="Another", ibans=()), by=OFFICER)
    assert count(session, FunderRow) == 1
    session.info["once"] = "form-2"
    funders.enter(session, replace(PROVINCE, name="Another", ibans=()), by=OFFICER)
    assert count(session, FunderRow) == 2


def test_a_name_that_is_taken_is_refused_in_any_letters(session: Session) -> None:
    funders.enter(session, PROVINCE, by=OFFICER)
    with pytest.raises(RuleViolation, match="a funder Province already") as refusal:
        funders.enter(session, NewFunder("province", "regional", "nl"), by=OFFICER)
    assert refusal.value.field == "name"


def test_an_account_of_another_funder_is_refused_with_its_name(session: Session) -> None:
    funders.enter(session, PROVINCE, by=OFFICER)
    with pytest.raises(RuleViolation, match=f"{IBAN} is an account of Province") as refusal:
        funders.enter(session, NewFunder("City", "regional", "nl", ibans=(IBAN,)), by=OFFICER)
    assert refusal.value.field == "ibans"
    assert count(session, FunderRow) == 1


def test_an_account_may_move_once_it_was_taken_off(session: Session) -> None:
    key = funders.enter(session, PROVINCE, by=OFFICER)
    wished = replace(PROVINCE, ibans=(OTHER_IBAN,))
    funders.change(session, key, wished, version=1, by=OFFICER)
    funders.enter(session, NewFunder("City", "regional", "nl", ibans=(IBAN,)), by=OFFICER)
    found = {
        record.particulars.name: record.particulars.ibans for record in funder_records(session)
    }
    assert found == {"City": (IBAN,), "Province": (OTHER_IBAN,)}


def test_a_change_is_written_down_as_before_and_after(session: Session) -> None:
    key = funders.enter(session, PROVINCE, by=OFFICER)
    wished = replace(PROVINCE, kvk="", ibans=(IBAN, OTHER_IBAN))
    funders.change(session, key, wished, version=1, by=OFFICER)
    assert last_detail(session) == {
        "kvk": ["27375169", ""],
        "accounts": [IBAN, f"{IBAN}, {OTHER_IBAN}"],
    }


def test_saving_what_is_there_changes_nothing(session: Session) -> None:
    key = funders.enter(session, PROVINCE, by=OFFICER)
    entries = count(session, AuditRow)
    funders.change(session, key, PROVINCE, version=1, by=OFFICER)
    assert (funder_record(session, key).version, count(session, AuditRow)) == (1, entries)
    funders.change(session, key, replace(PROVINCE, kvk=""), version=1, by=OFFICER)
    assert (funder_record(session, key).version, count(session, AuditRow)) == (2, entries + 1)


def test_the_second_of_two_is_told_who_changed_what(session: Session) -> None:
    key = funders.enter(session, PROVINCE, by=OFFICER)
    funders.change(session, key, replace(PROVINCE, kvk="12345678"), version=1, by=COLLEAGUE)
    mine = replace(PROVINCE, name="Province South Holland")
    with pytest.raises(
        StaleEditError, match=r"colleague@example\.org changed this .*: kvk"
    ) as told:
        funders.change(session, key, mine, version=1, by=OFFICER)
    assert told.value.version == 2
    assert funder_record(session, key).particulars.name == "Province"
    funders.change(session, key, mine, version=told.value.version, by=OFFICER)
    assert funder_record(session, key).particulars.name == "Province South Holland"


def keep(session: Session, key: int, *contacts: Contact, by: Actor = OFFICER) -> None:
    version = funder_record(session, key).version
    funders.keep_contacts(session, key, contacts, version=version, by=by)


def test_contacts_come_change_and_go(session: Session) -> None:
    key = funders.enter(session, PROVINCE, by=OFFICER)
    keep(session, key, NOOR)
    kept = funder_record(session, key).contacts[0]
    assert kept == replace(NOOR, id=kept.id)
    keep(session, key, replace(kept, phone=""), Contact("Ali"))
    assert [c.name for c in funder_record(session, key).contacts] == ["Ali", "Noor de Wit"]
    assert funder_record(session, key).contacts[1].id == kept.id
    keep(session, key)
    assert funder_record(session, key).contacts == ()
    assert last_detail(session) == {"contacts": ["Ali; Noor de Wit, Reports, noor@pzh.example", ""]}


def test_contacts_that_somebody_else_changed_are_not_overwritten(session: Session) -> None:
    key = funders.enter(session, PROVINCE, by=OFFICER)
    seen = funder_record(session, key).version
    keep(session, key, replace(NOOR, task="Audit"), by=COLLEAGUE)
    with pytest.raises(StaleEditError, match=r"colleague.*contacts"):
        funders.keep_contacts(session, key, [NOOR], version=seen, by=OFFICER)
    assert [c.task for c in funder_record(session, key).contacts] == ["Audit"]


def test_a_contact_of_another_funder_is_not_taken_over(session: Session) -> None:
    first = funders.enter(session, PROVINCE, by=OFFICER)
    keep(session, first, NOOR)
    theirs = funder_record(session, first).contacts[0]
    second = funders.enter(session, NewFunder("City", "regional", "nl"), by=OFFICER)
    keep(session, second, theirs)
    assert funder_record(session, first).contacts == (theirs,)
    assert funder_record(session, second).contacts[0].id != theirs.id


def test_nobody_and_nothing_that_is_not_there_is_changed(session: Session) -> None:
    with pytest.raises(NotFoundError):
        funders.change(session, 99, PROVINCE, version=1, by=OFFICER)
    with pytest.raises(NotFoundError):
        funders.keep_contacts(session, 99, [NOOR], version=1, by=OFFICER)
