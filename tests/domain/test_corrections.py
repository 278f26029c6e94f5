"""Whatever is taken from a line is taken in proportion, and never more than is there."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tracker.domain.allocations import INELIGIBLE, Reason
from tracker.domain.corrections import (
    MAY_BE_INELIGIBLE_FOR,
    Correctable,
    CorrectionKind,
    Part,
    Wish,
    check_judged,
    check_other,
    check_replaceable,
    check_room,
    check_stands,
    check_whole,
    check_wish,
    credit_parts,
    off_funder,
    to_eligible,
    to_ineligible,
)
from tracker.domain.errors import RuleViolation
from tracker.domain.money import Money

KEYS = st.sampled_from(
    [(1, ""), (2, ""), (1, "outside_period"), (None, "taken_back"), (2, "not_eligible")]
)
parts = st.dictionaries(KEYS, st.integers(1, 10**7), min_size=1).map(
    lambda found: tuple(Part(key[0], key[1], cents) for key, cents in found.items())
)


@st.composite
def lines(draw: st.DrawFn, *, signed: bool = True) -> Correctable:
    held = draw(parts)
    sign = draw(st.sampled_from([1, -1])) if signed else 1
    held = tuple(part._replace(cents=part.cents * sign) for part in held)
    return Correctable(1, sum(part.cents for part in held), 0, is_judged=True, parts=held)


def after(line: Correctable, moved: tuple[Part, ...]) -> dict[tuple[int | None, str], int]:
    found = {(p.commitment_id, str(p.reason)): p.cents for p in line.parts}
    for part in moved:
        key = (part.commitment_id, str(part.reason))
        found[key] = found.get(key, 0) + part.cents
    return found


@given(lines(signed=False), st.integers(-(10**8), 10**8))
def test_a_credit_note_takes_from_each_in_proportion_whatever_sign_was_typed(
    line: Correctable, typed: int
) -> None:
    assume(typed)
    if abs(typed) > line.cents:
        with pytest.raises(RuleViolation, match="not been credited") as refusal:
            credit_parts(line, Money(typed))
        assert refusal.value.field == "amount"
        assert refusal.value.message.facts["most"] == Money(line.cents)
        return
    moved = credit_parts(line, Money(typed))
    assert sum(part.cents for part in moved) == -abs(typed)
    assert all(part.cents < 0 for part in moved)
    assert min(after(line, moved).values()) >= 0
    for part in moved:
        whole = next(p.cents for p in line.parts if p[:2] == part[:2])
        assert abs(-part.cents * line.cents - abs(typed) * whole) < line.cents  # within a cent


@given(lines())
def test_the_last_cent_can_be_credited_or_taken_apart(line: Correctable) -> None:
    if line.cents > 0:
        assert not any(after(line, credit_parts(line, Money(line.cents))).values())
    eligible = sum(p.cents for p in line.parts if p.reason not in INELIGIBLE)
    assume(eligible)
    moved = to_ineligible(line, Money(eligible), Reason.ECONOMIC_USE)
    left = after(line, moved)
    assert sum(left.values()) == line.cents
    assert all(not cents for key, cents in left.items() if key[1] not in INELIGIBLE)
    with pytest.raises(RuleViolation, match="counts as eligible"):
        to_ineligible(line, Money(abs(eligible) + 1), Reason.ECONOMIC_USE)


@given(lines(), st.integers(1, 10**7), st.sampled_from(MAY_BE_INELIGIBLE_FOR))
def test_what_was_set_apart_can_come_back_and_the_line_adds_up(
    line: Correctable, cents: int, reason: Reason
) -> None:
    eligible = abs(sum(p.cents for p in line.parts if p.reason not in INELIGIBLE))
    assume(cents <= eligible)
    moved = to_ineligible(line, Money(cents), reason)
    assert sum(part.cents for part in moved) == 0
    kept = tuple(Part(*key, cents) for key, cents in after(line, moved).items() if cents)
    again = Correctable(1, line.cents, 0, is_judged=True, parts=kept)
    back = to_eligible(again, Money(-cents))
    assert sum(part.cents for part in back) == 0
    assert sum(after(again, back).values()) == line.cents


@given(lines(), st.integers(1, 10**7))
def test_a_funder_gives_back_no_more_than_it_pays(line: Correctable, cents: int) -> None:
    paid = abs(sum(p.cents for p in line.parts if p[:2] == (1, "")))
    if cents <= paid:
        off, left = off_funder(line, 1, "NGF-1", Money(cents))
        assert off.cents == -left.cents
        assert (off.cents < 0) == (line.cents > 0)
    else:
        with pytest.raises(RuleViolation, match="NGF-1 pays"):
            off_funder(line, 1, "NGF-1", Money(cents))


def line_of(cents: int = 100, **more: object) -> Correctable:
    given: dict[str, object] = {"lowered": 0, "is_judged": True, "parts": ()}
    return Correctable(1, cents, **{**given, **more})  # type: ignore[arg-type]


def test_each_way_in_which_a_line_cannot_be_corrected_has_its_own_sentence() -> None:
    refusals = [
        (check_stands, line_of(settled_by="2024 CORR 1/1"), "taken back already by 2024 CORR 1/1"),
        (check_stands, line_of(settled_by="2024 INK 7/1", reverses=True), "takes 2024 INK 7/1"),
        (check_stands, line_of(0), "no amount"),
        (check_judged, line_of(is_judged=False), "have not judged"),
        (check_whole, line_of(lowered=-30), "€ 0.30 off this line"),
        (check_replaceable, line_of(is_in_kind=True), "Hours in kind"),
    ]
    for check, line, said in refusals:
        with pytest.raises(RuleViolation, match=said):
            check(line)
        check(line_of())
    with pytest.raises(RuleViolation, match="lowers costs itself"):
        credit_parts(line_of(-100), Money(1))
    with pytest.raises(RuleViolation, match="one of the reasons"):
        to_ineligible(line_of(), Money(1), Reason.DEPRECIATED)


def test_a_correction_has_a_reason_and_changes_something() -> None:
    check_wish(Wish(kind=CorrectionKind.CANCELLED, reason="never delivered"))
    with pytest.raises(RuleViolation):
        check_wish(Wish(kind=CorrectionKind.CANCELLED, reason=" "))
    check_other("WP1", "WP2", "work_package")
    for after_ in ("WP1", ""):
        with pytest.raises(RuleViolation) as refusal:
            check_other("WP1", after_, "work_package")
        assert refusal.value.field == "work_package"


@given(st.integers(-1000, 1000), st.integers(0, 1000))
def test_what_charges_more_must_fit_and_what_gives_back_always_does(cents: int, room: int) -> None:
    if cents <= room:
        check_room({1: cents}, {1: room}, {1: "NGF-1"})
    else:
        with pytest.raises(RuleViolation, match="would charge NGF-1"):
            check_room({1: cents}, {1: room}, {1: "NGF-1"})
