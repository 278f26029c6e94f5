"""What a programme says on a day, as it was written, and nothing where it says nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.words import LABELS, label
from tracker.domain.errors import RuleViolation
from tracker.domain.money import Money
from tracker.domain.presets import PRESETS, PresetTerm
from tracker.domain.terms import (
    CATEGORY_SCOPE,
    TERMS,
    DatedTerm,
    TermGroup,
    TermKind,
    TermSheet,
    TermValue,
    read_term,
    write_term,
)
from tracker.domain.waivers import Rule

DAY = date(2024, 1, 1)
days = st.dates(date(2020, 1, 1), date(2029, 12, 31))
whole = st.integers(1, 9999)
VALUES: dict[TermKind, st.SearchStrategy[TermValue]] = {
    TermKind.SHARE: st.integers(0, 1_000_000).map(lambda millionths: Decimal(millionths) / 10**6),
    TermKind.AMOUNT: st.integers(0, 10**13).map(Money),
    TermKind.HOURS: st.integers(1, 999_999).map(lambda hundredths: Decimal(hundredths) / 100),
    TermKind.DAYS: whole,
    TermKind.WEEKS: whole,
    TermKind.MONTHS: whole,
    TermKind.YEARS: whole,
    TermKind.CATEGORIES: st.lists(
        st.sampled_from(["personnel", "travel", "third_parties"]), min_size=1, unique=True
    ).map(tuple),
}


def dated(code: str, value: str, first_day: date = DAY, scope: str = "") -> DatedTerm:
    return DatedTerm(code, scope, value, first_day, "the award")


@given(st.sampled_from(list(TERMS)), st.data())
def test_what_is_written_is_read_back(code: str, data: st.DataObject) -> None:
    term = TERMS[code]
    value = data.draw(VALUES.get(term.kind, st.sampled_from(term.choices or ("",))))
    assert read_term(code, write_term(code, value)) == value


@pytest.mark.parametrize(
    ("code", "text", "value"),
    [
        ("funding_share", "47.5", Decimal("0.475")),
        ("advance_ceiling_percent", "90", Decimal("0.9")),
        ("advance_ceiling_percent", "0", Decimal(0)),
        ("cash_share_large", "2/3", Decimal(2) / 3),
        ("auditor_threshold", "125000.00", Money.euros("125000")),
        ("hours_basis", "1650", Decimal(1650)),
        ("determination_weeks", "13", 13),
        ("rate_method", "fixed_rate", "fixed_rate"),
        ("overhead_base", "personnel, travel", ("personnel", "travel")),
        ("on_virement", "warn", "warn"),
    ],
)
def test_a_term_is_read_as_what_it_is(code: str, text: str, value: TermValue) -> None:
    assert read_term(code, f" {text} ") == value


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("funding_share", "100.1"),
        ("funding_share", "-1"),
        ("funding_share", "47,5"),
        ("funding_share", "3/2"),
        ("funding_share", "1/0"),
        ("funding_share", ""),
        ("auditor_threshold", "125.000"),
        ("auditor_threshold", "-1"),
        ("auditor_threshold", "NaN"),
        ("hours_basis", "0"),
        ("hours_basis", "1e3"),
        ("determination_weeks", "0"),
        ("determination_weeks", "13.5"),
        ("determination_weeks", "٣"),
        ("rate_method", "guess"),
        ("overhead_base", ""),
        ("overhead_base", "personnel,,travel"),
        ("on_virement", "stop it"),
    ],
)
def test_what_a_term_cannot_be_is_refused_at_its_field(code: str, text: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        read_term(code, text)
    assert refusal.value.field == code
    assert refusal.value.hint.template


def test_an_unknown_term_and_a_scope_that_a_term_has_not_are_refused() -> None:
    with pytest.raises(RuleViolation, match="no term"):
        read_term("luck", "13")
    assert read_term("aid_ceiling", "50", "small") == Decimal("0.5")
    assert read_term("funding_share", "50", "personnel") == Decimal("0.5")
    for code, scope in (("aid_ceiling", "personnel"), ("auditor_threshold", "small")):
        with pytest.raises(RuleViolation, match="does not differ"):
            read_term(code, "50", scope)


rows = st.lists(
    st.builds(
        lambda first_day, weeks: dated("determination_weeks", str(weeks), first_day), days, whole
    ),
    max_size=8,
    unique_by=lambda row: row.first_day,
)


@given(rows, days)
def test_the_newest_row_that_has_begun_holds(terms: list[DatedTerm], day: date) -> None:
    begun = [row for row in terms if row.first_day <= day]
    found = TermSheet(tuple(terms)).count("determination_weeks", day=day)
    if begun:
        assert found == int(max(begun, key=lambda row: row.first_day).value)
    else:
        assert found is None
    held = TermSheet(tuple(terms)).on(day)
    assert [int(row.value) for row in held] == ([] if found is None else [found])


@given(rows, days, days)
def test_a_term_from_a_later_day_changes_nothing_before_it(
    terms: list[DatedTerm], day: date, first_day: date
) -> None:
    added = TermSheet((*terms, dated("determination_weeks", "99", first_day)))
    if first_day > day:
        before = TermSheet(tuple(terms))
        assert added.on(day) == before.on(day)


def test_a_scope_without_a_word_of_its_own_has_what_is_said_for_all() -> None:
    sheet = TermSheet(
        (dated("funding_share", "40"), dated("funding_share", "25", scope="equipment"))
    )
    assert sheet.share("funding_share", day=DAY) == Decimal("0.4")
    assert sheet.share("funding_share", day=DAY, scope="equipment") == Decimal("0.25")
    assert sheet.share("funding_share", day=DAY, scope="travel") == Decimal("0.4")


def test_every_kind_has_its_lookup_and_nothing_is_none() -> None:
    sheet = TermSheet(
        (
            dated("hours_basis", "1650"),
            dated("auditor_threshold", "125000.00"),
            dated("vat_rule", "never"),
            dated("overhead_base", "personnel"),
        )
    )
    assert sheet.hours("hours_basis", day=DAY) == 1650
    assert sheet.amount("auditor_threshold", day=DAY) == Money.euros("125000")
    assert sheet.choice("vat_rule", day=DAY) == "never"
    assert sheet.categories("overhead_base", day=DAY) == ("personnel",)
    nothing = TermSheet()
    assert nothing.share("funding_share", day=DAY) is None
    assert nothing.amount("auditor_threshold", day=DAY) is None
    with pytest.raises(TypeError, match="vat_rule"):
        sheet.amount("vat_rule", day=DAY)


@pytest.mark.parametrize("rule", Rule)
def test_a_rule_stops_unless_the_programme_says_that_it_warns(rule: Rule) -> None:
    code = f"on_{rule}"
    assert TermSheet().stops(rule, day=DAY)
    assert TermSheet((dated(code, "stop"),)).stops(rule, day=DAY)
    assert not TermSheet((dated(code, "warn"),)).stops(rule, day=DAY)


def test_the_history_of_a_term_is_told_from_the_oldest_on() -> None:
    late, early = dated("keep_years", "7", date(2025, 1, 1)), dated("keep_years", "5")
    sheet = TermSheet((late, early, dated("report_months", "12")))
    assert sheet.history("keep_years") == (early, late)
    assert [row.code for row in sheet.on(date(2026, 1, 1))] == ["report_months", "keep_years"]


@pytest.mark.parametrize(
    "code",
    sorted(
        {*TERMS, *TermGroup}
        | {choice for term in TERMS.values() for choice in term.choices}
        | {scope for term in TERMS.values() for scope in term.scopes if scope != CATEGORY_SCOPE}
    ),
)
def test_every_term_group_and_choice_has_a_name(code: str) -> None:
    assert code in LABELS
    assert label(code, "nl") != ""


@pytest.mark.parametrize("code", PRESETS)
def test_every_preset_can_be_read_and_says_where_it_is_from(code: str) -> None:
    preset = PRESETS[code]
    assert (preset.code, bool(preset.name), bool(preset.terms)) == (code, True, True)
    for term in preset.terms:
        read_term(term.code, term.value, term.scope)
        assert term.source.strip()
    assert len({(term.code, term.scope) for term in preset.terms}) == len(preset.terms)


def test_a_preset_value_that_cannot_be_read_would_be_found() -> None:
    wrong = PresetTerm("keep_years", "five", "hearsay")
    with pytest.raises(RuleViolation):
        read_term(wrong.code, wrong.value, wrong.scope)


def test_the_presets_are_those_that_were_asked_for() -> None:
    assert list(PRESETS) == [
        "national_growth_fund",
        "province_below_25k",
        "province_25k_to_125k",
        "province_from_125k",
        "pps_fundamental",
        "pps_industrial",
        "pps_experimental",
        "horizon_europe",
        "erdf",
        "own_contribution",
    ]
    growth = {term.code: term for term in PRESETS["national_growth_fund"].terms}
    assert not growth["hourly_rate"].is_verified
    assert growth["auditor_threshold"].is_verified
