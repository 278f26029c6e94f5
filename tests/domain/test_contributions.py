"""Partners' hours count once their contributor has signed for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.contributions import (
    Contribution,
    Declaration,
    NewDeclaration,
    check_contribution,
    check_declaration,
    check_partner,
    covering,
    sums_of,
)
from tracker.domain.costs import InKindRow
from tracker.domain.errors import RuleViolation
from tracker.domain.money import ZERO, Money

TODAY = date(2026, 6, 30)
NEW = NewDeclaration(
    "Firm", date(2025, 1, 1), date(2025, 12, 31), "fixed rate", "C. Signer", date(2026, 1, 15)
)
ROW = InKindRow("Firm", date(2025, 3, 1), "WP3", Decimal(320), Decimal(60), "Assay work")
SIGNED = Declaration(
    1, "Firm", date(2025, 1, 1), date(2025, 6, 30), "fixed rate", "C.", date(2025, 7, 1), 1, "o"
)

days = st.dates(date(2025, 1, 1), date(2025, 12, 31))


def contribution(day: date, cents: int, declaration: Declaration | None) -> Contribution:
    return Contribution(
        1, "key", "Firm", day, "WP3", Decimal(1), Decimal(1), Money(cents), "", declaration
    )


def test_320_hours_at_60_are_worth_19_200() -> None:
    assert ROW.value == Money(19_200_00)


@given(st.lists(st.tuples(days, st.integers(1, 10**8))))
def test_what_counts_and_what_waits_is_all_there_is(found: list[tuple[date, int]]) -> None:
    made = [contribution(day, cents, covering([SIGNED], "Firm", day)) for day, cents in found]
    for total in sums_of(made):
        assert total.value == Money.total(each.value for each in made)
        assert total.counted == Money.total(
            each.value for each in made if each.worked_on <= SIGNED.last_day
        )
        assert (total.unsigned_days is None) == (total.waiting == ZERO)


@given(days)
def test_a_declaration_covers_its_own_partner_and_days_only(day: date) -> None:
    assert (covering([SIGNED], "Firm", day) is not None) == (day <= SIGNED.last_day)
    assert covering([SIGNED], "Another", day) is None


def test_the_newest_declaration_vouches_where_two_cover_a_day() -> None:
    later = replace(SIGNED, id=2, signed_on=date(2025, 9, 1))
    assert covering([later, SIGNED], "Firm", date(2025, 2, 1)) == later


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"method": " "}, "method"),
        ({"signed_by": ""}, "signed_by"),
        ({"last_day": date(2024, 12, 31)}, "last_day"),
        ({"signed_on": TODAY + timedelta(1)}, "signed_on"),
        ({"signed_on": date(2025, 12, 30)}, "last_day"),
    ],
)
def test_a_statement_that_vouches_for_nothing_is_refused(
    changes: dict[str, object], field: str
) -> None:
    with pytest.raises(RuleViolation) as refusal:
        check_declaration(replace(NEW, **changes), TODAY)  # type: ignore[arg-type]
    assert refusal.value.field == field


def test_a_statement_signed_on_its_last_day_is_kept() -> None:
    check_declaration(replace(NEW, signed_on=NEW.last_day), TODAY)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"worked_on": TODAY + timedelta(1)}, "worked_on"),
        ({"hours": Decimal(0)}, "hours"),
        ({"rate": Decimal(0)}, "rate"),
        ({"description": ""}, "description"),
    ],
)
def test_hours_that_cannot_be_are_refused(changes: dict[str, object], field: str) -> None:
    check_contribution(ROW, TODAY)
    with pytest.raises(RuleViolation) as refusal:
        check_contribution(replace(ROW, **changes), TODAY)  # type: ignore[arg-type]
    assert refusal.value.field == field


@pytest.mark.parametrize("typed", ["kapsel & cel nv", "Kapsel&Cel NV", "Kapsel & Cel N.V."])
def test_a_partner_under_another_spelling_is_refused_with_the_known_name(typed: str) -> None:
    with pytest.raises(RuleViolation, match="Kapsel & Cel NV"):
        check_partner(typed, ["Biomaterials BV", "Kapsel & Cel NV"])


def test_a_new_partner_and_a_known_one_are_let_in() -> None:
    for name in ("Kapsel & Cel NV", "Another BV"):
        check_partner(name, ["Kapsel & Cel NV"])
    with pytest.raises(RuleViolation):
        check_partner("", [])
