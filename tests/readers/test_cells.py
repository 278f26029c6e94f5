"""Numbers and days as people write them in a cell."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.readers.cells import UnreadableError, column_letters, day_in, number_in, text_in


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("63,75", "63.75"),
        ("63.75", "63.75"),
        ("8", "8"),
        ("0", "0"),
        ("0,125", "0.125"),
        ("1250", "1250"),
        ("1250,5", "1250.5"),
        ("1.250,00", "1250"),
        ("1,250.00", "1250"),
        ("12.345,678", "12345.678"),
        ("€ 60,00", "60"),
        ("1 250,5", "1250.5"),
        ("72,4375", "72.4375"),
    ],
)
def test_a_number_that_all_read_alike_is_read(cell: str, number: str) -> None:
    assert number_in(cell) == Decimal(number)


@pytest.mark.parametrize(
    ("cell", "complaint"),
    [
        ("1.250", "can be read in two ways"),
        ("1,250", "can be read in two ways"),
        ("999.999", "can be read in two ways"),
        ("-8", "is negative"),
        ("8-", "is negative"),
        ("(8)", "is negative"),
        ("−8", "is negative"),
        ("eight", "is not a number"),
        ("1e3", "is not a number"),
        ("1,2,3", "is not a number"),
        ("1.25,000.5", "is not a number"),
        ("12345678", "is not a number"),
        ("٨", "is not a number"),
        ("NaN", "is not a number"),
        (",5", "is not a number"),
        ("8 uur", "is not a number"),
        ("8:30", "is not a number"),
    ],
)
def test_a_number_that_two_people_read_differently_is_refused(cell: str, complaint: str) -> None:
    with pytest.raises(UnreadableError, match=complaint):
        number_in(cell)


@given(st.decimals(0, 999_999, places=2))
def test_any_number_of_two_decimals_is_read_as_it_is_written_in_dutch(number: Decimal) -> None:
    grouped = f"{number:,.2f}".translate(str.maketrans(",.", ".,"))
    assert number_in(grouped) == number_in(str(number).replace(".", ",")) == number


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_any_day_is_read_in_both_ways_of_writing(day: date) -> None:
    assert day_in(day.isoformat()) == day
    assert day_in(f"{day.day:02}-{day.month:02}-{day.year}") == day
    assert day_in(f"{day.day}-{day.month}-{day.year}") == day


@pytest.mark.parametrize(
    "cell",
    ["", "31-02-2022", "2022-13-01", "01/02/2022", "1-2-22", "1999-12-31", "2100-01-01", "44589"],
)
def test_a_day_that_is_none_is_refused(cell: str) -> None:
    with pytest.raises(UnreadableError):
        day_in(cell)


@pytest.mark.parametrize("letter", ["\0", "\x1b", "\x85", "\u202e", "\u2066", "\ud800"])
def test_a_text_with_a_hidden_letter_is_refused(letter: str) -> None:
    with pytest.raises(UnreadableError):
        text_in(f"a{letter}b")


def test_a_text_in_any_script_is_read() -> None:
    assert text_in("Zoë Łódź 東京 🙂\nline") == "Zoë Łódź 東京 🙂\nline"


@pytest.mark.parametrize(
    ("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")]
)
def test_columns_are_named_as_in_a_spreadsheet(index: int, letters: str) -> None:
    assert column_letters(index) == letters
