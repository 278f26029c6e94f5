"""What people type, read by the habits of their language."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import figures
from tracker.domain.amounts import LARGEST, read_amount, read_day, read_share
from tracker.domain.errors import RuleViolation
from tracker.domain.money import Money

LANGUAGES = st.sampled_from(["nl", "en"])
AMOUNTS = st.integers(-LARGEST.cents, LARGEST.cents).map(Money)
DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@given(AMOUNTS, LANGUAGES)
def test_an_amount_is_read_as_it_was_written(amount: Money, language: str) -> None:
    assert read_amount(figures.money(amount, language), language) == amount
    assert read_amount(figures.amount(amount, language), language) == amount
    assert read_amount(f"{amount.as_decimal:.2f}".replace(".", point(language)), language) == amount


@given(st.integers(0, 1_000_000), LANGUAGES)
def test_a_share_is_read_as_it_was_written(parts: int, language: str) -> None:
    percent = f"{Decimal(parts).scaleb(-4)}".replace(".", point(language))
    assert read_share(percent) == Decimal(parts).scaleb(-6)


@given(DAYS, LANGUAGES)
def test_a_day_is_read_as_it_was_written(day: date, language: str) -> None:
    assert read_day(figures.day(day, "nl"), language) == day
    assert read_day(day.isoformat(), language) == day
    assert read_day(figures.day(day, language), language) == day


@given(st.text("0123456789.,-−€ ", max_size=14))
def test_both_languages_read_one_amount_or_one_of_them_refuses(text: str) -> None:
    read = {amount_or_none(text, language) for language in ("nl", "en")}
    assert len(read - {None}) <= 1


@given(st.text(max_size=90), LANGUAGES)
def test_whatever_is_typed_is_read_or_refused_with_a_sentence(text: str, language: str) -> None:
    for refusal in refusals_of(text, language):
        assert str(refusal.message)
        assert str(refusal.hint)


@pytest.mark.parametrize(
    ("text", "language", "cents"),
    [
        ("1.234,56", "nl", 123_456),
        ("1,234.56", "en", 123_456),
        ("1234,56", "nl", 123_456),
        ("1234.5", "en", 123_450),
        ("€ 1.250,00", "nl", 125_000),
        ("1250 EUR", "en", 125_000),
        ("1 250 000", "nl", 125_000_000),
        ("1\u202f250,5", "nl", 125_050),
        ("1\u2009250", "en", 125_000),
        ("1.250.000", "nl", 125_000_000),
        ("1,250,000", "en", 125_000_000),
        ("−€\xa012,00", "nl", -1_200),
        ("€ -12.00", "en", -1_200),
        (" -0 ", "nl", 0),
        ("0,05", "nl", 5),
    ],
)
def test_an_amount_is_read(text: str, language: str, cents: int) -> None:
    assert read_amount(text, language) == Money(cents)


@pytest.mark.parametrize(
    ("text", "language", "complaint"),
    [
        ("1.250", "nl", "in two ways. Write 1250 or 1.250,00;"),
        ("1,250", "nl", "in two ways. Write 1250 or 1.250,00;"),
        ("1,250", "en", "in two ways. Write 1250 or 1,250.00;"),
        ("-12.345", "en", "in two ways. Write 12345 or 12,345.00;"),
        ("1,234.56", "nl", "the other way round. Write 1.234,56."),
        ("12.5", "nl", "the other way round. Write 12,50."),
        ("1.250.000", "en", "the other way round. Write 1,250,000.00."),
        ("1234,567", "nl", "has 3 decimals"),
        ("0.125", "en", "has 3 decimals"),
        ("12.34,00", "nl", "not an amount. Write euros and cents, like 1.234,56."),
        ("1.234 567,00", "nl", "not an amount"),
        ("12 50", "nl", "not an amount"),
        ("a lot", "en", "not an amount. Write euros and cents, like 1,234.56."),
        ("", "en", "not an amount"),
        ("--5", "en", "not an amount"),
        ("- € -5", "en", "not an amount"),
        ("5-", "nl", "not an amount"),
        ("1e5", "en", "not an amount"),
        ("٣", "nl", "not an amount"),
        ("9" * 80, "nl", "9…” is not an amount"),
        ("1000000000000", "nl", "The largest amount is € 999,999,999,999.99."),
    ],
)
def test_what_is_no_amount_or_could_be_two_is_refused(
    text: str, language: str, complaint: str
) -> None:
    with pytest.raises(RuleViolation) as refusal:
        read_amount(text, language)
    assert complaint in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "share"),
    [("45", "0.45"), ("47,5", "0.475"), ("47.5", "0.475"), ("45 %", "0.45"), ("100%", "1"),
     ("0", "0"), ("33,3333", "0.333333")],
)  # fmt: skip
def test_a_share_is_read(text: str, share: str) -> None:
    assert read_share(text) == Decimal(share)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("100,01", "more than 100%"),
        ("-5", "not a percentage"),
        ("half", "not a percentage"),
        ("", "not a percentage"),
        ("5 5", "not a percentage"),
        ("33.33333", "has 5 decimals"),
    ],
)
def test_what_is_no_share_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(RuleViolation, match=complaint):
        read_share(text)


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("31-12-2025", "nl", date(2025, 12, 31)),
        ("3-4-2025", "en", date(2025, 4, 3)),
        ("03/04/2025", "en", date(2025, 4, 3)),
        ("3.4.2025", "nl", date(2025, 4, 3)),
        ("2025-04-03", "nl", date(2025, 4, 3)),
        ("29-02-2024", "nl", date(2024, 2, 29)),
        ("1 maart 2025", "nl", date(2025, 3, 1)),
        ("1 mrt 2025", "nl", date(2025, 3, 1)),
        ("31 Dec 2025", "en", date(2025, 12, 31)),
        ("31 december 2025", "en", date(2025, 12, 31)),
    ],
)
def test_a_day_is_read(text: str, language: str, day: date) -> None:
    assert read_day(text, language) == day


@pytest.mark.parametrize(
    ("text", "language", "complaint"),
    [
        ("29-02-2025", "nl", "not in the calendar"),
        ("12-31-2025", "en", "not in the calendar"),
        ("31-12-25", "nl", "is not a day"),
        ("31-12/2025", "nl", "is not a day"),
        ("1 mei 2025", "en", "is not a day"),
        ("soon", "nl", "is not a day"),
        ("", "nl", "is not a day"),
        ("01-01-0025", "nl", "in the year 25. Write a year from 1900 to 2199."),
    ],
)
def test_what_is_no_day_is_refused(text: str, language: str, complaint: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        read_day(text, language)
    assert complaint in str(refusal.value)


def refusals_of(text: str, language: str) -> list[RuleViolation]:
    refusals = []
    for read in (
        lambda: read_amount(text, language),
        lambda: read_share(text),
        lambda: read_day(text, language),
    ):
        try:
            read()
        except RuleViolation as refusal:
            refusals.append(refusal)
    return refusals


def amount_or_none(text: str, language: str) -> Money | None:
    try:
        return read_amount(text, language)
    except RuleViolation:
        return None


def point(language: str) -> str:
    return "," if language == "nl" else "."
