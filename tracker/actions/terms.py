"""Entering programmes, and changing their terms from a day on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from tracker.domain.errors import NotFoundError, RuleViolation
from tracker.domain.funders import NewProgramme, check_new_day, check_programme, check_term
from tracker.store import audit, flat_rates, terms
from tracker.store.funders import FunderRow, ProgrammeRow, ProgrammeTermRow
from tracker.store.scope import over_all
from tracker.store.session import transaction

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.terms import DatedTerm


def enter_programme(session: Session, new: NewProgramme, *, by: Actor) -> int:
    """Enter a programme with its terms, and give its key.

    Errors: ``RuleViolation`` at the field: a name that the funder's programmes have already, or
            a term that cannot be. ``NotFoundError`` for a funder that is not there.
    """
    check_programme(new)
    with transaction(session):
        funder = session.get(FunderRow, new.funder_id, with_for_update=True)
        if funder is None:
            raise NotFoundError("There is no such funder.")
        _check_name(session, new, funder.name)
        row = ProgrammeRow(funder_id=funder.id, name=new.name.strip(), size=new.size)
        session.add(row)
        session.flush()
        session.add_all(_term_row(row.id, term) for term in new.terms)
        key = row.id
        detail = {"programme": row.name, "size": row.size, "terms": len(new.terms)}
        audit.record(session, by=by, did="enter programme", subject=_subject(key), detail=detail)
        audit.record(
            session,
            by=by,
            did="enter programme",
            subject=f"funder/{funder.id}",
            detail={"programme": row.name},
        )
    return key


def change_programme(
    session: Session, programme_id: int, name: str, size: str, *, version: int, by: Actor
) -> None:
    """Change what a programme is called and for what size of undertaking its terms hold.

    Shape:  ``version`` is the number of deeds to the programme when it was shown.
    Errors: ``NotFoundError``; ``StaleEditError`` that says who changed what; ``RuleViolation``.
    """
    with transaction(session):
        row = _row(session, programme_id)
        now = terms.version_of(session, programme_id)
        if version != now:
            raise audit.stale_edit(session, _subject(programme_id), now)
        wished = NewProgramme(row.funder_id, name.strip(), size)
        check_programme(wished)
        funder = session.get_one(FunderRow, row.funder_id, with_for_update=True)
        _check_name(session, wished, funder.name, but=programme_id)
        changes = {
            "name": [row.name, wished.name],
            "size": [row.size, wished.size],
        }
        changes = {field: pair for field, pair in changes.items() if pair[0] != pair[1]}
        if not changes:
            return
        row.name, row.size = wished.name, wished.size
        audit.record(
            session,
            by=by,
            did="change programme",
            subject=_subject(programme_id),
            detail=changes,
        )


def change_term(session: Session, programme_id: int, term: DatedTerm, *, by: Actor) -> None:
    """Give a programme a term from a day on; what held before stays as it was.

    Errors: ``NotFoundError``; ``RuleViolation`` at the field, for a second value on one day too.
    """
    check_term(term)
    with transaction(session):
        _row(session, programme_id)
        values = terms.terms_of(session, programme_id).history(term.code, term.scope)
        check_new_day(term, values)
        held = [known for known in values if known.first_day < term.first_day]
        session.add(_term_row(programme_id, term))
        session.flush()
        with over_all(session):  # a programme may fund several projects
            flat_rates.check_flat_rates(session)
        audit.record(
            session,
            by=by,
            did="change term",
            subject=_subject(programme_id),
            detail={
                "term": term.code,
                "scope": term.scope,
                "value": [held[-1].value if held else "", term.value],
                "first_day": term.first_day.isoformat(),
                "source": term.source.strip(),
                "verified": term.is_verified,
            },
        )


def _subject(programme_id: int) -> str:
    return f"programme/{programme_id}"


def _row(session: Session, programme_id: int) -> ProgrammeRow:
    """Give a programme, and hold it still."""
    row = session.get(ProgrammeRow, programme_id, with_for_update=True)
    if row is None:
        raise NotFoundError("There is no such programme.")
    return row


def _check_name(session: Session, new: NewProgramme, funder: str, but: int = 0) -> None:
    names = session.execute(
        select(ProgrammeRow.id, ProgrammeRow.name).where(ProgrammeRow.funder_id == new.funder_id)
    )
    for key, name in names:
        if key != but and name.casefold() == new.name.strip().casefold():
            raise RuleViolation(
                "{funder} has a programme {name} already.",
                "A new value of a term is entered there, from its day on.",
                field="name",
                funder=funder,
                name=name,
            )


def _term_row(programme_id: int, term: DatedTerm) -> ProgrammeTermRow:
    return ProgrammeTermRow(
        programme_id=programme_id,
        name=term.code,
        scope=term.scope,
        value=term.value,
        first_day=term.first_day,
        source=term.source.strip(),
        is_verified=term.is_verified,
    )
