"""What is checked of a funder and of who works there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.errors import RuleViolation
from tracker.domain.funders import (
    KINDS,
    Contact,
    NewFunder,
    check_contact,
    check_funder,
    check_iban,
    check_kvk,
    tidied,
)
from tracker.domain.iban import has_check_digits

PROVINCE = NewFunder("Province", "regional", "nl", "27375169", ("NL91ABNA0417164300",))


def refusal_of(new: NewFunder) -> RuleViolation:
    with pytest.raises(RuleViolation) as refusal:
        check_funder(new)
    return refusal.value


@given(st.from_regex(r"[0-9]{8}", fullmatch=True))
def test_eight_digits_are_a_kvk_number(number: str) -> None:
    check_kvk(number)


@given(st.from_regex(r"[0-9]{1,20}", fullmatch=True).filter(lambda digits: len(digits) != 8))
def test_any_other_number_of_digits_is_named(digits: str) -> None:
    with pytest.raises(RuleViolation, match=f"has 8 digits; “{digits}” has {len(digits)}"):
        check_kvk(digits)


@pytest.mark.parametrize("number", ["2737516A", "NL27375169", "27.375.169"])
def test_letters_in_a_kvk_number_are_refused(number: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        check_kvk(number)
    assert refusal.value.field == "kvk"


def test_a_body_abroad_has_no_kvk_number() -> None:
    check_funder(NewFunder("European Commission", "european", "en"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"kind": "emperor"}, "kind"),
        ({"report_language": "fr"}, "report_language"),
        ({"kvk": "123"}, "kvk"),
        ({"ibans": ("NL91ABNA0417164301",)}, "ibans"),
        ({"ibans": ("hello",)}, "ibans"),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(changes: dict[str, str], field: str) -> None:
    check_funder(PROVINCE)
    particulars = {name: getattr(PROVINCE, name) for name in PROVINCE.__slots__} | changes
    assert refusal_of(NewFunder(**particulars)).field == field


@given(st.integers(4, 17), st.integers(1, 9))
def test_one_wrong_digit_in_an_iban_is_always_found(at: int, more: int) -> None:
    iban = "NL91ABNA0417164300"
    if not iban[at].isdigit():
        return
    wrong = f"{iban[:at]}{(int(iban[at]) + more) % 10}{iban[at + 1 :]}"
    assert not has_check_digits(wrong)
    with pytest.raises(RuleViolation, match="check digits"):
        check_iban(wrong)


def test_an_account_that_was_there_before_is_not_judged_again() -> None:
    old = NewFunder("Province", "regional", "nl", ibans=("NL00ABNA0417164300",))
    check_funder(old, frozenset(old.ibans))
    assert refusal_of(old).field == "ibans"


def test_a_funder_is_tidied_before_it_is_kept() -> None:
    typed = NewFunder(
        "  Province   South Holland ", "regional", "nl", "2737 5169",
        ("nl91 abna 0417 1643 00", "NL91ABNA0417164300", " "),
    )  # fmt: skip
    assert tidied(typed) == NewFunder(
        "Province South Holland", "regional", "nl", "27375169", ("NL91ABNA0417164300",)
    )


@pytest.mark.parametrize(
    ("contact", "field"),
    [
        (Contact(" "), "name"),
        (Contact("Noor", email="noor"), "email"),
        (Contact("Noor", email="noor@zh"), "email"),
        (Contact("Noor", phone="ask at the desk"), "phone"),
    ],
)
def test_a_contact_that_cannot_be_reached_is_refused(contact: Contact, field: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        check_contact(contact)
    assert refusal.value.field == field


def test_a_contact_needs_no_more_than_a_name() -> None:
    check_contact(Contact("Noor"))
    check_contact(Contact("Noor", "Reports", "noor@pzh.example", "+31 (0)70-441 66 11"))


def test_every_kind_of_funder_has_a_name_in_words() -> None:
    from reports.words import LABELS

    assert [kind for kind in KINDS if kind not in LABELS] == []
