"""Amounts, days and texts as exports write them, one cell at a time."""

from contextlib import suppress
from datetime import date
from decimal import Decimal
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.mappings import DecimalSign
from tracker.readers.cells import UnreadableError
from tracker.readers.table_cells import (
    cents_of,
    has_side,
    is_debit,
    number_of,
    share_of,
    text_of,
    written,
)
from tracker.readers.table_days import day_of
from tracker.readers.workbooks import CellValue, Fault

COMMA, POINT, EITHER = DecimalSign.COMMA, DecimalSign.POINT, DecimalSign.EITHER
MOST = 99_999_999_999_999


def complaint_of(cell: CellValue, sign: DecimalSign = EITHER) -> str:
    with pytest.raises(UnreadableError) as caught:
        cents_of(cell, sign)
    return caught.value.message


@pytest.mark.parametrize(
    ("cell", "cents"),
    [
        ("1234,56", 123456),
        ("1.234,56", 123456),
        ("1,234.56", 123456),
        ("1234.56", 123456),
        ("1 234,56", 123456),
        ("1\N{NO-BREAK SPACE}234,56", 123456),
        ("1\N{NARROW NO-BREAK SPACE}234\N{NARROW NO-BREAK SPACE}567,8", 123456780),
        ("1.234.567", 123456700),
        ("€ 1.234,56", 123456),
        ("1.234,56 €", 123456),
        ("EUR 1.234,56", 123456),
        ("12,50-", -1250),
        ("12,50 -", -1250),
        ("(12,50)", -1250),
        ("€ (12,50)", -1250),
        ("(€ 12,50)", -1250),
        ("-12,50", -1250),
        ("−12,50", -1250),
        ("- 12,50", -1250),
        ("-€ 12,50", -1250),
        ("€ -12,50", -1250),
        ("+12,50", 1250),
        ("12,50 CR", -1250),
        ("12,50cr", -1250),
        ("12,50 C", -1250),
        ("12,50 DR", 1250),
        ("12,50 D", 1250),
        ("  7  ", 700),
        ("0", 0),
        ("-0,00", 0),
        ("12,5000", 1250),
        ("0,100", 10),
        ("999.999.999.999,99", MOST),
        (Decimal("1234.56"), 123456),
        (Decimal("-0.1"), -10),
        (Decimal("12.5000"), 1250),
        (Decimal("999999999999.99"), MOST),
    ],
)
def test_an_amount_is_read_however_it_is_written(cell: CellValue, cents: int) -> None:
    assert cents_of(cell) == cents


@pytest.mark.parametrize(
    ("cell", "complaint"),
    [
        ("1.234", "can be read in two ways"),
        ("1,234", "can be read in two ways"),
        ("-1.234", "can be read in two ways"),
        ("12,505", "can be read in two ways"),
        ("1234,505", "has {decimals} decimals"),
        ("0,001", "has {decimals} decimals"),
        (Decimal("12.505"), "has {decimals} decimals"),
        ("1.000.000.000.000,00", "is more than an amount can be"),
        ("1000000000000", "is more than an amount can be"),
        (Decimal(1000000000000), "is more than an amount can be"),
        ("--12", "has more than one sign"),
        ("-12-", "has more than one sign"),
        ("-12 CR", "has more than one sign"),
        ("(-12)", "is not an amount"),
        ("(12", "is not an amount"),
        ("1e5", "is not an amount"),
        ("1e999999999", "is not an amount"),
        ("NaN", "is not an amount"),
        ("Infinity", "is not an amount"),
        ("", "is not an amount"),
        ("twaalf", "is not an amount"),
        ("1,2,3", "is not an amount"),
        ("1.23.45", "is not an amount"),
        ("12.34,567.89", "is not an amount"),
        ("1 23,45", "is not an amount"),
        ("١٢", "is not an amount"),
        ("12 %", "is not an amount"),
        ("$ 12", "is not an amount"),
        ("=1+1", "is not an amount"),
        (",50", "is not an amount"),
        ("9" * 16, "is not an amount"),
        ("9" * 1_000_000, "is not an amount"),
        (date(2023, 1, 2), "is not an amount"),
        (True, "is not an amount"),
        (None, "is not an amount"),
        (Fault("#REF!"), "The sheet shows the error {error}."),
        (Fault("=A1+B1"), "The formula {formula} has not been computed."),
    ],
    ids=lambda value: str(value)[:20],
)
def test_an_amount_that_is_none_or_two_is_refused(cell: CellValue, complaint: str) -> None:
    assert complaint in complaint_of(cell)


@pytest.mark.parametrize(
    ("cell", "sign", "cents"),
    [
        ("1.234", COMMA, 123400),
        ("1,234", POINT, 123400),
        ("1.234,5", COMMA, 123450),
        ("1,234.5", POINT, 123450),
        ("1,230", COMMA, 123),
        ("1.230", POINT, 123),
    ],
)
def test_the_mapping_says_what_a_point_means(cell: str, sign: DecimalSign, cents: int) -> None:
    assert cents_of(cell, sign) == cents


@pytest.mark.parametrize(
    ("cell", "sign"), [("12.50", COMMA), ("1,234.56", COMMA), ("12,50", POINT), ("1.234,56", POINT)]
)
def test_an_amount_written_against_the_mapping_is_refused(cell: str, sign: DecimalSign) -> None:
    assert "the other way round" in complaint_of(cell, sign)


def styles(cents: int) -> list[tuple[str, DecimalSign]]:
    """All the ways in which an amount is written in exports."""
    whole, rest = divmod(abs(cents), 100)
    size = f"{whole}.{rest:02}"
    grouped = f"{whole:,}.{rest:02}"
    turned = grouped.translate(str.maketrans(",.", ".,"))
    plain = [size, size.replace(".", ","), grouped, turned, turned.replace(".", " ")]
    minus = "-" if cents < 0 else ""
    ways = [(f"{minus}{text}", EITHER) for text in plain]
    ways += [(f"{text}{minus}", EITHER) for text in plain]
    ways += [(f"€ {minus}{text}", EITHER) for text in plain]
    ways += [(f"({text})" if cents < 0 else text, EITHER) for text in plain]
    ways += [(f"{text} {'CR' if cents < 0 else 'DR'}", EITHER) for text in plain]
    ways += [(f"{minus}{turned}", COMMA), (f"{minus}{grouped}", POINT)]
    return ways


@given(st.integers(-MOST, MOST))
def test_any_amount_is_read_back_in_every_style(cents: int) -> None:
    for text, sign in styles(cents):
        assert cents_of(text, sign) == cents, text
    assert cents_of(Decimal(cents).scaleb(-2)) == cents


@given(st.text(max_size=80))
def test_any_text_is_an_amount_or_is_refused(text: str) -> None:
    for sign in DecimalSign:
        with suppress(UnreadableError):
            assert abs(cents_of(text, sign)) <= MOST


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("31-12-2023", date(2023, 12, 31)),
        ("1/2/2023", date(2023, 2, 1)),
        ("01.02.2023", date(2023, 2, 1)),
        ("2023-02-01", date(2023, 2, 1)),
        ("2023/2/1", date(2023, 2, 1)),
        ("20230201", date(2023, 2, 1)),
        (Decimal(20230201), date(2023, 2, 1)),
        ("31 dec 2023", date(2023, 12, 31)),
        ("31-dec-2023", date(2023, 12, 31)),
        ("1 maart 2023", date(2023, 3, 1)),
        ("1 mrt. 2023", date(2023, 3, 1)),
        ("1 May 2023", date(2023, 5, 1)),
        ("1 oktober 2023", date(2023, 10, 1)),
        ("1 october 2023", date(2023, 10, 1)),
        ("2023-02-01T00:00:00", date(2023, 2, 1)),
        ("2023-02-01T13:45:10.123", date(2023, 2, 1)),
        ("2023-02-01T00:00:00Z", date(2023, 2, 1)),
        ("01-02-2023 00:00", date(2023, 2, 1)),
        (" 01-02-2023 ", date(2023, 2, 1)),
        (date(2023, 2, 1), date(2023, 2, 1)),
    ],
)
def test_a_day_is_read_however_it_is_written(cell: CellValue, day: date) -> None:
    assert day_of(cell) == day


@pytest.mark.parametrize(
    ("cell", "complaint"),
    [
        ("31-12-23", "has two digits for the year"),
        ("45291", "is how a spreadsheet counts days"),
        ("45291,5", "is how a spreadsheet counts days"),
        (Decimal(45291), "is how a spreadsheet counts days"),
        ("31-02-2023", "is not a day between 2000 and 2099"),
        ("12/31/2023", "is not a day between 2000 and 2099"),
        ("01-01-1999", "is not a day between 2000 and 2099"),
        (date(2100, 1, 1), "is not a day between 2000 and 2099"),
        ("31 foo 2023", "is not a day between 2000 and 2099"),
        ("20231301", "is not a day between 2000 and 2099"),
        ("01-02/2023", "is not a date"),
        ("gisteren", "is not a date"),
        ("2023-12-31T23:00:00Z", "is not a date"),
        ("", "is not a date"),
        (None, "is not a date"),
        (True, "is not a date"),
        ("1" * 1_000_000, "is not a date"),
        (Fault("#VALUE!"), "shows the error"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_day_that_is_none_is_refused(cell: CellValue, complaint: str) -> None:
    with pytest.raises(UnreadableError, match=complaint):
        day_of(cell)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_any_day_is_read_back_in_every_style(day: date) -> None:
    for style in ("%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y-%m-%d", "%Y%m%d", "%d %b %Y"):
        assert day_of(day.strftime(style)) == day
    assert day_of(f"{day.day}/{day.month}/{day.year}") == day
    assert day_of(day) == day


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  Zoë  ", "Zoë"),
        ("Zoe\u0308", "Zoë"),
        ("a\r\nb", "a\nb"),
        (Decimal(4100), "4100"),
        (Decimal("4100.50"), "4100.5"),
        (Decimal("-0"), "0"),
        (Decimal("1E+3"), "1000"),
        (date(2023, 1, 2), "2023-01-02"),
        (True, "TRUE"),
        (None, ""),
        ("東京 🙂", "東京 🙂"),
    ],
)
def test_a_text_is_read_as_a_person_sees_it(cell: CellValue, text: str) -> None:
    assert text_of(cell) == text


@pytest.mark.parametrize(
    ("cell", "complaint"),
    [
        ("a\0b", "cannot be seen"),
        ("a\u202eb", "cannot be seen"),
        ("caf\N{REPLACEMENT CHARACTER}", "was lost"),
        ("x" * 2_001, "letters; "),
        ("é" * 2_001, "letters; "),
        (Fault("#N/A"), "shows the error"),
    ],
    ids=lambda value: str(value)[:12],
)
def test_a_text_that_is_not_what_it_seems_is_refused(cell: CellValue, complaint: str) -> None:
    with pytest.raises(UnreadableError, match=complaint):
        text_of(cell)


@pytest.mark.parametrize(
    ("cell", "sign", "number"),
    [
        ("63,75", EITHER, "63.75"),
        (Decimal("63.75"), EITHER, "63.75"),
        (Decimal("1.250"), EITHER, "1.25"),
        ("1.250", COMMA, "1250"),
        ("1.250", POINT, "1.25"),
    ],
)
def test_a_number_is_read_by_the_mapping(cell: CellValue, sign: DecimalSign, number: str) -> None:
    assert number_of(cell, sign) == Decimal(number)


@pytest.mark.parametrize("cell", ["-8", Decimal(-8), "1.250", "8 uur", None, True, Fault("#N/A")])
def test_a_number_that_is_none_is_refused(cell: CellValue) -> None:
    with pytest.raises(UnreadableError):
        number_of(cell)


@pytest.mark.parametrize(
    ("cell", "share"),
    [("45", "0.45"), ("47,5 %", "0.475"), (Decimal("0.45"), "0.45"), (Decimal(45), "0.45")],
)
def test_a_percentage_is_read_from_text_and_from_a_workbook(cell: CellValue, share: str) -> None:
    assert share_of(cell) == Decimal(share)


@pytest.mark.parametrize("cell", ["101", "half", Decimal(-1), Decimal(101), None, Fault("#N/A")])
def test_a_percentage_that_is_none_is_refused(cell: CellValue) -> None:
    with pytest.raises(UnreadableError):
        share_of(cell)


@pytest.mark.parametrize("word", ["D", "debet", "Debit", "DR", "S", " soll "])
def test_debit_is_known(word: str) -> None:
    assert is_debit(word)


@pytest.mark.parametrize("word", ["C", "credit", "CR", "Haben", "h"])
def test_credit_is_known(word: str) -> None:
    assert not is_debit(word)


def test_another_word_for_a_side_is_refused() -> None:
    with pytest.raises(UnreadableError, match="says neither debit nor credit"):
        is_debit("X")


def test_an_amount_can_say_its_own_side() -> None:
    assert has_side("12,50 CR")
    assert has_side("12,50 D")
    assert not has_side("12,50")
    assert not has_side(Decimal(12))


def test_reading_takes_no_longer_than_the_cell_is_long() -> None:
    cells = [" " * 40 + "1" * n + "x" for n in (10, 20)] + ["1." * n for n in (10, 20, 30)]
    began = perf_counter()
    for cell in cells * 100:
        assert complaint_of(cell)
    assert perf_counter() - began < 2


def test_any_cell_can_be_shown() -> None:
    assert written(Fault("#REF!")) != ""
    assert written(None) == ""
