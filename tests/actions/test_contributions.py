"""Hours that partners contribute: kept once, counted when signed for, and never money."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.actions.programme import OFFICER, bring_in
from tracker.actions import allocations, contributions
from tracker.domain.contributions import NewDeclaration
from tracker.domain.costs import InKindRow
from tracker.domain.errors import RuleViolation
from tracker.domain.money import ZERO, Money
from tracker.store.audit import history_of
from tracker.store.checks import broken
from tracker.store.commitments import commitments_of
from tracker.store.contributions import contributions_of, partners_of
from tracker.store.financing import financing_facts
from tracker.store.imports import imports_of

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

TODAY = date(2026, 6, 30)
ROW = InKindRow(
    "Kapsel & Cel NV", date(2024, 5, 2), "WP3", Decimal("7.5"), Decimal(60), "Assay by hand"
)
SIGNED = NewDeclaration(
    "Kapsel & Cel NV", date(2024, 1, 1), date(2024, 12, 31), "fixed rate", "K.", date(2025, 1, 9)
)
LETTER = ("signed.pdf", "application/pdf", b"%PDF-1.7 signed")


def enter(session: Session, row: InKindRow = ROW) -> None:
    contributions.enter(session, row, today=TODAY, by=OFFICER)


def declare(session: Session, new: NewDeclaration = SIGNED) -> None:
    contributions.declare(session, new, LETTER, today=TODAY, by=OFFICER)


def in_kind(session: Session) -> tuple[Money, Money]:
    """What counts, and what does not yet."""
    facts = financing_facts(session, TODAY)
    session.rollback()
    return facts.in_kind_signed, facts.in_kind_unsigned


def test_hours_by_hand_are_a_line_like_those_of_a_list(loaded: Session) -> None:
    before = contributions_of(loaded)
    loaded.rollback()
    enter(loaded)
    (new,) = [each for each in contributions_of(loaded) if each not in before]
    assert (new.hours, new.rate, new.value) == (Decimal("7.5"), Decimal(60), Money(450_00))
    assert (new.partner, new.worked_on, new.work_package) == (ROW.partner, ROW.worked_on, "WP3")
    assert imports_of(loaded)[0].imported_by == OFFICER.name
    assert history_of(loaded, "in-kind/Kapsel & Cel NV")[0].detail["worth"] == 450_00
    assert broken(loaded) == []


def test_the_very_same_hours_are_refused_and_a_list_that_holds_them_knows_them(
    loaded: Session, tmp_path: Path
) -> None:
    enter(loaded)
    with pytest.raises(RuleViolation, match="already") as refusal:
        enter(loaded)
    assert refusal.value.field == "description"
    count = len(contributions_of(loaded))
    loaded.rollback()
    path = tmp_path / "in-kind.csv"
    path.write_text(
        "Partner;Datum;Werkpakket;Uren;Tarief;Omschrijving\r\n"
        "Kapsel & Cel NV;02-05-2024;WP3;7,50;60,00;Assay by hand\r\n",
        "utf-8",
        newline="",
    )
    bring_in(loaded, [path])
    assert len(contributions_of(loaded)) == count
    loaded.rollback()
    enter(loaded, replace(ROW, description="Other work by hand"))
    assert len(contributions_of(loaded)) == count + 1


def test_hours_count_once_a_signed_declaration_covers_the_day(loaded: Session) -> None:
    enter(loaded)
    counted, waiting = in_kind(loaded)
    assert counted == ZERO
    declare(loaded)
    signed, unsigned = in_kind(loaded)
    assert signed >= Money(450_00)
    assert signed + unsigned == waiting
    for each in contributions_of(loaded):
        covered = each.partner == SIGNED.partner and each.worked_on.year == 2024
        assert each.counts == covered


def test_hours_are_never_cash_and_no_cash_commitment_pays_for_them(loaded: Session) -> None:
    def money() -> dict[str, tuple[object, ...]]:
        found = {
            each.code: (each.received, each.charged, each.cash_on_hand)
            for each in commitments_of(loaded)
            if each.form == "cash"
        }
        loaded.rollback()
        return found

    def hours() -> Money:
        found = Money.total(e.charged for e in commitments_of(loaded) if e.form == "in_kind")
        loaded.rollback()
        return found

    cash, charged = money(), hours()
    enter(loaded)
    declare(loaded)
    allocations.charge(loaded, by=OFFICER)
    assert money() == cash
    assert hours() == charged + ROW.value  # it did go somewhere
    assert all(
        each.cash_on_hand is None for each in commitments_of(loaded) if each.form == "in_kind"
    )


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (replace(ROW, partner="kapsel & cel nv"), "partner"),
        (replace(ROW, work_package="WP99"), "work_package"),
        (replace(ROW, hours=Decimal(0)), "hours"),
    ],
)
def test_refused_hours_leave_nothing_behind(loaded: Session, row: InKindRow, field: str) -> None:
    before = len(imports_of(loaded))
    loaded.rollback()
    with pytest.raises(RuleViolation) as refusal:
        enter(loaded, row)
    assert refusal.value.field == field
    assert len(imports_of(loaded)) == before


def test_a_declaration_is_refused_without_its_document(loaded: Session) -> None:
    with pytest.raises(RuleViolation) as refusal:
        contributions.declare(loaded, SIGNED, None, today=TODAY, by=OFFICER)
    assert refusal.value.field == "document"
    with pytest.raises(RuleViolation) as refusal:
        declare(loaded, replace(SIGNED, partner="Kapsel & cel nv"))
    assert refusal.value.field == "partner"
    assert "Kapsel & Cel NV" in partners_of(loaded)
