"""Programmes and their terms: dated, sourced, never overwritten; on both databases."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from tests.actions.programme import OFFICER
from tracker.actions import funders
from tracker.actions import terms as deeds
from tracker.domain.actor import Actor
from tracker.domain.errors import AlreadyDoneError, NotFoundError, RuleViolation, StaleEditError
from tracker.domain.funders import NewFunder, NewProgramme, check_new_day
from tracker.domain.policy import Role
from tracker.domain.presets import PRESETS
from tracker.domain.terms import DatedTerm
from tracker.store.audit import AuditRow
from tracker.store.funders import ProgrammeRow, ProgrammeTermRow, programme_numbered
from tracker.store.session import transaction
from tracker.store.terms import term_sheets, terms_of, version_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

COLLEAGUE = Actor("colleague@example.org", Role.FINANCE_OFFICER)
FIRST, LATER = date(2021, 1, 1), date(2024, 7, 1)
CEILING = DatedTerm("advance_ceiling_percent", "", "90", FIRST, "Kaderbesluit, art. 45")


def scheme(session: Session, *terms: DatedTerm) -> int:
    funder = funders.enter(session, NewFunder("Province", "regional", "nl"), by=OFFICER)
    return deeds.enter_programme(
        session, NewProgramme(funder, "Subsidies", "large", terms or (CEILING,)), by=OFFICER
    )


def count(session: Session, table: type[ProgrammeRow | ProgrammeTermRow]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_programme_keeps_its_terms_with_their_sources(session: Session) -> None:
    unsure = replace(CEILING, code="retention_share", value="10", is_verified=False)
    key = scheme(session, CEILING, unsure)
    assert set(terms_of(session, key).rows) == {CEILING, unsure}
    assert term_sheets(session)[key] == terms_of(session, key)


def test_a_programme_that_says_nothing_is_among_the_sheets(session: Session) -> None:
    key = scheme(session)
    silent = deeds.enter_programme(
        session,
        NewProgramme(programme_numbered(session, key).funder_id, "Other", "small"),
        by=OFFICER,
    )
    assert term_sheets(session)[silent].rows == ()


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: str(preset.code))
def test_every_preset_can_be_kept_as_it_is(session: Session, preset: object) -> None:
    from tracker.domain.presets import Preset

    assert isinstance(preset, Preset)
    terms = tuple(
        DatedTerm(term.code, term.scope, term.value, FIRST, term.source, term.is_verified)
        for term in preset.terms
    )
    key = scheme(session, *terms)
    assert len(terms_of(session, key).rows) == (len(terms) or 1)


def test_a_new_value_holds_from_its_day_and_the_old_one_before(session: Session) -> None:
    key = scheme(session)
    raised = replace(CEILING, value="95", first_day=LATER, source="Letter of June 2024")
    deeds.change_term(session, key, raised, by=OFFICER)
    sheet = terms_of(session, key)
    assert sheet.share(CEILING.code, day=date(2024, 6, 30)) == Decimal("0.9")
    assert sheet.share(CEILING.code, day=LATER) == Decimal("0.95")
    last = session.scalars(select(AuditRow).order_by(AuditRow.seq.desc()).limit(1)).one()
    assert json.loads(last.detail)["value"] == ["90", "95"]


def test_a_second_value_for_one_day_is_refused_with_the_one_that_is_there(
    session: Session,
) -> None:
    key = scheme(session)
    with pytest.raises(RuleViolation, match=r"2021.* is 0\.9 already, by Kaderbesluit") as refusal:
        deeds.change_term(session, key, replace(CEILING, value="95"), by=OFFICER)
    assert refusal.value.field == "first_day"
    assert terms_of(session, key).rows == (CEILING,)


def test_the_database_overwrites_no_term(session: Session) -> None:
    key = scheme(session)
    with pytest.raises(DBAPIError), transaction(session):
        session.execute(update(ProgrammeTermRow).values(value="100"))
    session.rollback()
    assert terms_of(session, key).rows == (CEILING,)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"value": "ninety"}, "advance_ceiling_percent"),
        ({"value": "101"}, "advance_ceiling_percent"),
        ({"source": "  "}, "source"),
        ({"scope": "personnel"}, "advance_ceiling_percent"),
    ],
)
def test_a_term_that_cannot_be_is_refused_at_its_field(
    session: Session, changes: dict[str, str], field: str
) -> None:
    key = scheme(session)
    wrong = DatedTerm(
        CEILING.code,
        changes.get("scope", ""),
        changes.get("value", "95"),
        LATER,
        changes.get("source", "Letter"),
    )
    with pytest.raises(RuleViolation) as refusal:
        deeds.change_term(session, key, wrong, by=OFFICER)
    assert refusal.value.field == field
    deeds.change_term(session, key, replace(CEILING, first_day=LATER), by=OFFICER)


def test_the_same_form_twice_enters_one_programme_and_one_term(session: Session) -> None:
    session.info["once"] = "form-1"
    key = scheme(session)  # entering the funder takes the key of the form
    new = NewProgramme(programme_numbered(session, key).funder_id, "Other", "small", (CEILING,))
    for name in ("Other", "Another"):
        session.info["once"] = "form-2"
        if name == "Other":
            deeds.enter_programme(session, new, by=OFFICER)
            continue
        with pytest.raises(AlreadyDoneError):
            deeds.enter_programme(session, replace(new, name=name), by=OFFICER)
    assert (count(session, ProgrammeRow), count(session, ProgrammeTermRow)) == (2, 2)


def test_a_name_that_the_funder_has_is_refused_and_another_funder_may_have_it(
    session: Session,
) -> None:
    key = scheme(session)
    own = programme_numbered(session, key).funder_id
    with pytest.raises(RuleViolation, match="Province has a programme Subsidies already") as told:
        deeds.enter_programme(session, NewProgramme(own, "SUBSIDIES", "large"), by=OFFICER)
    assert told.value.field == "name"
    other = funders.enter(session, NewFunder("City", "regional", "nl"), by=OFFICER)
    deeds.enter_programme(session, NewProgramme(other, "Subsidies", "large"), by=OFFICER)


def test_the_second_of_two_who_rename_is_told_who_was_first(session: Session) -> None:
    key = scheme(session)
    seen = version_of(session, key)
    deeds.change_programme(session, key, "Grants", "large", version=seen, by=COLLEAGUE)
    with pytest.raises(StaleEditError, match=r"colleague.* changed this .*: name") as told:
        deeds.change_programme(session, key, "Mine", "small", version=seen, by=OFFICER)
    assert programme_numbered(session, key).name == "Grants"
    deeds.change_programme(session, key, "Mine", "small", version=told.value.version, by=OFFICER)
    renamed = programme_numbered(session, key)
    assert (renamed.name, renamed.size) == ("Mine", "small")


def test_saving_the_same_name_and_size_is_no_deed(session: Session) -> None:
    key = scheme(session)
    seen = version_of(session, key)
    deeds.change_programme(session, key, "Subsidies", "large", version=seen, by=OFFICER)
    assert version_of(session, key) == seen
    deeds.change_programme(session, key, "Subsidies", "small", version=seen, by=OFFICER)
    assert version_of(session, key) == seen + 1


def test_what_is_not_there_is_not_changed(session: Session) -> None:
    with pytest.raises(NotFoundError):
        deeds.change_term(session, 99, CEILING, by=OFFICER)
    with pytest.raises(NotFoundError):
        deeds.enter_programme(session, NewProgramme(99, "x", "large"), by=OFFICER)
    with pytest.raises(NotFoundError):
        deeds.change_programme(session, 99, "x", "large", version=0, by=OFFICER)


@given(st.lists(st.dates(date(2020, 1, 1), date(2030, 1, 1)), unique=True), st.dates())
def test_a_day_is_free_for_a_value_unless_one_holds_from_that_very_day(
    taken: list[date], day: date
) -> None:
    values = tuple(replace(CEILING, first_day=other) for other in taken)
    term = replace(CEILING, first_day=day)
    if day in taken:
        with pytest.raises(RuleViolation):
            check_new_day(term, values)
    else:
        check_new_day(term, values)
