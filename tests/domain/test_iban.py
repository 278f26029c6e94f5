import pytest

from tracker.domain.iban import has_check_digits, is_iban, plain_iban


@pytest.mark.parametrize(
    "iban", ["NL91ABNA0417164300", "DE89370400440532013000", "NO9386011117947"]
)
def test_an_iban_has_the_shape_and_the_check_digits_of_one(iban: str) -> None:
    assert is_iban(iban)
    assert has_check_digits(iban)


@pytest.mark.parametrize(
    "text", ["", "12345", "NL91ABNA041716430", "NL91ABNA04171643000", "nl91ABNA0417164300", "NL91"]
)
def test_a_text_of_another_shape_is_no_iban(text: str) -> None:
    assert not is_iban(text)


def test_every_single_slip_in_a_digit_is_caught() -> None:
    sound = "NL91ABNA0417164300"
    for at, letter in enumerate(sound):
        for other in "0123456789":
            if letter.isdecimal() and other != letter:
                assert not has_check_digits(sound[:at] + other + sound[at + 1 :])


def test_spaces_and_small_letters_are_a_way_of_writing() -> None:
    assert plain_iban(" nl91 abna 0417 1643 00 ") == "NL91ABNA0417164300"
