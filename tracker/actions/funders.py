"""Entering funders, and changing what is known of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from tracker.domain.errors import NotFoundError, RuleViolation
from tracker.domain.funders import Contact, NewFunder, check_contact, check_funder, tidied
from tracker.store import audit, funders
from tracker.store.funders import ContactRow, FunderAccountRow, FunderRow
from tracker.store.session import transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.store.funders import FunderRecord


def enter(session: Session, new: NewFunder, *, by: Actor) -> int:
    """Enter a funder, and give its key.

    Errors: ``RuleViolation`` at the field: a name or an account that another funder has, or
            particulars that cannot be right.
    """
    new = tidied(new)
    check_funder(new)
    with transaction(session):
        funders.hold_funders(session)
        _check_own(new, funders.funder_records(session))
        row = FunderRow(
            name=new.name, kind=new.kind, report_language=new.report_language, kvk=new.kvk
        )
        session.add(row)
        session.flush()
        session.add_all(FunderAccountRow(funder_id=row.id, iban=iban) for iban in new.ibans)
        key = row.id
        audit.record(
            session, by=by, did="enter funder", subject=_subject(key), detail=_particulars(new)
        )
    return key


def change(session: Session, funder_id: int, wished: NewFunder, *, version: int, by: Actor) -> None:
    """Change the particulars and the accounts of a funder.

    Errors: ``NotFoundError``; ``StaleEditError`` that says who changed what since it was shown;
            ``RuleViolation`` at the field.
    """
    wished = tidied(wished)
    with transaction(session):
        row = _row(session, funder_id, version)
        known = funders.funder_records(session)
        before = next(record for record in known if record.id == funder_id).particulars
        check_funder(wished, frozenset(before.ibans))
        _check_own(wished, (record for record in known if record.id != funder_id))
        changes = _differences(_particulars(before), _particulars(wished))
        if not changes:
            return
        row.name, row.kind = wished.name, wished.kind
        row.report_language, row.kvk = wished.report_language, wished.kvk
        row.version += 1
        _keep_accounts(session, funder_id, before.ibans, wished.ibans)
        audit.record(
            session, by=by, did="change funder", subject=_subject(funder_id), detail=changes
        )


def keep_contacts(
    session: Session, funder_id: int, wished: Sequence[Contact], *, version: int, by: Actor
) -> None:
    """Keep these contacts of a funder and no others; the history still names who is left out.

    Shape:  a contact without an ``id`` is a new one.
    Errors: ``NotFoundError``; ``StaleEditError``; ``RuleViolation`` at the field.
    """
    for contact in wished:
        check_contact(contact)
    with transaction(session):
        funder = _row(session, funder_id, version)
        before = _contacts_said(session, funder_id)
        rows = {
            row.id: row
            for row in session.scalars(select(ContactRow).where(ContactRow.funder_id == funder_id))
        }
        for contact in wished:
            _keep_contact(session, funder_id, rows.pop(contact.id, None), contact)
        for row in rows.values():
            session.delete(row)
        session.flush()
        after = _contacts_said(session, funder_id)
        if before == after:
            return
        funder.version += 1
        audit.record(
            session,
            by=by,
            did="change contacts",
            subject=_subject(funder_id),
            detail={"contacts": [before, after]},
        )


def _subject(funder_id: int) -> str:
    return f"funder/{funder_id}"


def _row(session: Session, funder_id: int, version: int | None = None) -> FunderRow:
    """Give a funder, as it was shown where that is known, and hold it still."""
    funders.hold_funders(session)
    row = session.get(FunderRow, funder_id)
    if row is None:
        raise NotFoundError("There is no such funder.")
    if version not in (None, row.version):
        raise audit.stale_edit(session, _subject(funder_id), row.version)
    return row


def _keep_contact(
    session: Session, funder_id: int, row: ContactRow | None, contact: Contact
) -> None:
    if row is None:
        session.add(ContactRow(funder_id=funder_id, **_details(contact)))
        return
    for name, value in _details(contact).items():
        setattr(row, name, value)


def _contacts_said(session: Session, funder_id: int) -> str:
    """Name the contacts of a funder with all that is known of them, for the history."""
    contacts = funders.funder_record(session, funder_id).contacts
    return "; ".join(
        ", ".join(value for value in _details(contact).values() if value) for contact in contacts
    )


def _check_own(new: NewFunder, others: Iterable[FunderRecord]) -> None:
    """Refuse a name or an account that another funder has."""
    for other in (record.particulars for record in others):
        if other.name.casefold() == new.name.casefold():
            raise RuleViolation(
                "There is a funder {name} already.",
                "Open that one, or tell the two apart by their names.",
                field="name",
                name=other.name,
            )
        for iban in new.ibans:
            if iban in other.ibans:
                raise RuleViolation(
                    "{iban} is an account of {funder}.",
                    "Money is recognised by it, so it belongs to one funder: check the number, or"
                    " take it off {funder} first.",
                    field="ibans",
                    iban=iban,
                    funder=other.name,
                )


def _keep_accounts(
    session: Session, funder_id: int, before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    gone = [iban for iban in before if iban not in after]
    session.execute(delete(FunderAccountRow).where(FunderAccountRow.iban.in_(gone)))
    session.add_all(
        FunderAccountRow(funder_id=funder_id, iban=iban) for iban in after if iban not in before
    )


def _particulars(funder: NewFunder) -> dict[str, str]:
    return {
        "name": funder.name,
        "kind": funder.kind,
        "kvk": funder.kvk,
        "report_language": funder.report_language,
        "accounts": ", ".join(funder.ibans),
    }


def _differences(before: dict[str, str], after: dict[str, str]) -> dict[str, Any]:
    return {name: [before[name], after[name]] for name in after if before[name] != after[name]}


def _details(contact: Contact) -> dict[str, str]:
    return {
        "name": contact.name.strip(),
        "task": contact.task.strip(),
        "email": contact.email.strip(),
        "phone": contact.phone.strip(),
    }
