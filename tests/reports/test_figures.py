from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import figures
from reports.model import Value
from tracker.domain.money import Money

CENTS = st.integers(-(10**15), 10**15)


@pytest.mark.parametrize(
    ("value", "english", "dutch"),
    [
        (Money(123_456_789), "1,234,567.89", "1.234.567,89"),
        (Money(-125_000), "−1,250.00", "−1.250,00"),
        (Money(-5), "−0.05", "−0,05"),
        (Money(0), "0.00", "0,00"),
        (Money(-100), "−1.00", "−1,00"),
        (date(2023, 12, 31), "31 Dec 2023", "31-12-2023"),
        (date(2024, 5, 1), "1 May 2024", "01-05-2024"),
        (Decimal("0.853"), "85.3%", "85,3%"),
        (Decimal("-0.125"), "−12.5%", "−12,5%"),
        (Decimal("12.3456"), "1,234.6%", "1.234,6%"),
        (Decimal("0.0005"), "0.1%", "0,1%"),
        (Decimal("-0.0004"), "0.0%", "0,0%"),
        (1932, "1,932", "1.932"),
        (-1932, "−1,932", "−1.932"),
        (0, "0", "0"),
        (None, "", ""),
        ("", "", ""),
        ("=A1 & <b>", "=A1 & <b>", "=A1 & <b>"),
        ("bell\x07, null\x00, tab\t, line\r\nend\x85", "bell, null, tab\t, line\n\nend", None),
    ],
)
def test_a_value_is_written_as_the_language_writes_it(
    value: Value, english: str, dutch: str | None
) -> None:
    assert figures.as_text(value, "en") == english
    assert figures.as_text(value, "nl") == (english if dutch is None else dutch)


@given(CENTS)
def test_an_amount_can_be_read_back_to_the_cent(cents: int) -> None:
    english, dutch = (figures.as_text(Money(cents), language) for language in ("en", "nl"))
    assert dutch.translate(str.maketrans(",.", ".,")) == english
    plain = english.replace(",", "").replace("−", "-")
    assert Decimal(plain) * 100 == cents
    assert plain[-3] == "."


@given(CENTS)
def test_only_what_is_negative_has_a_minus(cents: int) -> None:
    assert figures.as_text(Money(cents), "nl").startswith("−") == (cents < 0)
    assert "-" not in figures.as_text(Money(cents), "nl")


@given(st.decimals(-100, 100, places=6))
def test_a_share_has_a_minus_only_if_something_is_left_of_it(share: Decimal) -> None:
    text = figures.as_text(share, "en")
    shown = Decimal(text.removesuffix("%").replace(",", "").replace("−", "-"))
    assert abs(shown - share * 100) <= Decimal("0.05")
    assert text.startswith("−") == (shown < 0)


@pytest.mark.parametrize(
    ("cents", "english", "dutch"),
    [
        (123_456, "€\xa01,234.56", "€\xa01.234,56"),
        (-5, "−€\xa00.05", "−€\xa00,05"),
        (0, "€\xa00.00", "€\xa00,00"),
    ],
)
def test_an_amount_in_a_sentence_has_its_currency(cents: int, english: str, dutch: str) -> None:
    assert figures.amount(Money(cents), "en") == english
    assert figures.amount(Money(cents), "nl") == dutch


@pytest.mark.parametrize(
    ("cents", "text"),
    [(149, "1"), (150, "2"), (-150, "−2"), (-49, "0"), (123_456_750, "1,234,568")],
)
def test_whole_euros_are_rounded_half_away_from_zero(cents: int, text: str) -> None:
    assert figures.whole_euros(Money(cents), "en") == text


def test_an_unknown_language_is_written_as_english() -> None:
    assert figures.as_text(Money(123_456), "de") == "1,234.56"


def test_a_moment_is_written_as_its_day() -> None:
    assert figures.as_text(datetime(2023, 12, 31, 23, 59), "nl") == "31-12-2023"  # noqa: DTZ001
