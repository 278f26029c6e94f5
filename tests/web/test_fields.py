"""Fields: what was typed is shown again, what is kept is written as it may be typed."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from flask import Flask
from flask_login import LoginManager
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import Form
from wtforms.validators import InputRequired

from tracker.domain.amounts import LARGEST, read_amount, read_day, read_share
from tracker.domain.money import Money
from tracker.web import fields
from tracker.web.fields import (
    ChoicesField,
    DayField,
    DocumentField,
    LiveSum,
    MoneyField,
    ShareField,
    media_type_of,
    upload_of,
    write_amount,
    write_day,
    write_share,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

LANGUAGES = st.sampled_from(["nl", "en"])


COMPLAINTS = {
    "nl": [
        (
            "“1.250” kan op twee manieren worden gelezen."
            " Schrijf 1250 of 1.250,00; centen hebben twee cijfers."
        ),
        "“120” is meer dan 100%. Schrijf een getal van 0 tot en met 100.",
        (
            "“31-02-2025” bestaat niet in de kalender. Schrijf de dag, de maand en het hele jaar,"
            " zoals 31-12-2025."
        ),
    ],
    "en": [
        "“1.250” can be read in two ways. Write 1250 or 1,250.00; cents have two digits.",
        "“120” is more than 100%. Write a number from 0 to 100.",
        (
            "“31-02-2025” is not in the calendar. Write the day, the month and the whole year,"
            " like 31-12-2025."
        ),
    ],
}


class Wish(Form):
    """One field of every kind."""

    amount = MoneyField()
    share = ShareField()
    day = DayField()
    needed = MoneyField(validators=[InputRequired()])
    letter = DocumentField()
    kinds = ChoicesField(choices={"cash": "Cash", "loan": "Loan"})


@pytest.fixture(params=["nl", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """A reader of one language."""
    with reader_of(request.param):
        yield request.param


@contextmanager
def reader_of(language: str) -> Iterator[None]:
    """Somebody who has not signed in, and whose browser asks for a language."""
    app = Flask(__name__)
    app.secret_key = "k" * 40
    LoginManager(app).user_loader(lambda _key: None)
    with app.test_request_context(headers={"Accept-Language": language}):
        yield


@given(st.integers(-LARGEST.cents, LARGEST.cents).map(Money), LANGUAGES)
def test_what_fills_a_field_is_read_as_the_same_amount(amount: Money, language: str) -> None:
    assert read_amount(write_amount(amount, language), language) == amount


@given(st.integers(0, 1_000_000), LANGUAGES)
def test_what_fills_a_field_is_read_as_the_same_share(parts: int, language: str) -> None:
    share = Decimal(parts).scaleb(-6)
    assert read_share(write_share(share, language)) == share


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), LANGUAGES)
def test_what_fills_a_field_is_read_as_the_same_day(day: date, language: str) -> None:
    assert read_day(write_day(day), language) == day


def test_a_field_is_filled_as_the_reader_writes(language: str) -> None:
    form = Wish(
        data={"amount": Money(-123_456_789), "share": Decimal("0.475"), "day": date(2025, 3, 1)}
    )
    written = {
        "nl": ("−1.234.567,89", "47,5", 'placeholder="dd-mm-jjjj"'),
        "en": ("−1,234,567.89", "47.5", 'placeholder="dd-mm-yyyy"'),
    }[language]
    assert f'value="{written[0]}"' in form.amount()
    assert f'value="{written[1]}"' in form.share()
    assert 'value="01-03-2025"' in form.day()
    assert written[2] in form.day()
    assert 'inputmode="decimal"' in form.amount()
    assert 'autocomplete="off"' in form.day()


def test_a_field_gives_what_was_typed(language: str) -> None:
    typed = {"nl": ("€ 1.250,50", "47,5"), "en": ("1,250.50", "47.5 %")}[language]
    form = Wish(
        MultiDict({"amount": typed[0], "share": typed[1], "day": "1-3-2025", "needed": "0"})
    )
    assert form.validate()
    assert form.amount.data == Money(125_050)
    assert form.share.data == Decimal("0.475")
    assert form.day.data == date(2025, 3, 1)
    assert form.needed.data == Money(0)
    assert f'value="{typed[0]}"' in form.amount()


def test_what_cannot_be_read_is_kept_with_a_complaint_in_the_readers_language(
    language: str,
) -> None:
    form = Wish(MultiDict({"amount": "1.250", "share": "120", "day": "31-02-2025", "needed": "5"}))
    assert not form.validate()
    assert [complaint for field in form for complaint in field.errors] == COMPLAINTS[language]
    assert form.amount.data is None
    for field, typed in (("amount", "1.250"), ("share", "120"), ("day", "31-02-2025")):
        assert f'value="{typed}"' in form[field]()


@pytest.mark.parametrize("typed", ["", "   "])
@pytest.mark.usefixtures("language")
def test_an_empty_field_gives_nothing_and_a_needed_one_complains(typed: str) -> None:
    form = Wish(MultiDict({"amount": typed, "needed": typed}))
    assert not form.validate()
    assert form.amount.data is None
    assert list(form.errors) == ["needed"]


@pytest.mark.usefixtures("language")
def test_any_number_of_choices_may_be_ticked_and_no_others() -> None:
    form = Wish(MultiDict([("needed", "1"), ("kinds", "loan"), ("kinds", "cash")]))
    assert form.validate()
    assert form.kinds.data == ["loan", "cash"]
    assert form.kinds().count("checked") == 2
    assert not Wish(MultiDict([("needed", "1"), ("kinds", "gold")])).validate()


def archive(*names: str) -> bytes:
    content = BytesIO()
    with ZipFile(content, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return content.getvalue()


WORKBOOK = archive("[Content_Types].xml", "xl/workbook.xml")
LETTER = archive("[Content_Types].xml", "word/document.xml")
MESSAGE = b"Received: x\r\nFrom: a@example.org\r\nDate: 1 Jan 2025\r\n\r\nHello"
_OFFICE = "application/vnd.openxmlformats-officedocument."


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7 ...", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"\xff\xd8\xff\xe0...", "image/jpeg"),
        (WORKBOOK, f"{_OFFICE}spreadsheetml.sheet"),
        (LETTER, f"{_OFFICE}wordprocessingml.document"),
        (MESSAGE, "message/rfc822"),
        ("Beste collega, € 5".encode(), "text/plain"),
        ("Beste collega, € 5".encode("cp1252"), "text/plain"),
        (b"From: a letter that is no message", "text/plain"),
        (archive("evil.exe"), ""),
        (b"PK\x03\x04 and then rubbish", ""),
        (b"MZ\x90\x00", ""),
        (b" <!doctype html><script>", ""),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", ""),
        (b"GIF89a\x01\x00", ""),
    ],
)
def test_a_document_is_what_its_content_says(content: bytes, kind: str) -> None:
    assert media_type_of(content) == kind


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Beschikking.PDF", "Beschikking.PDF"),
        ("C:\\letters\\a.pdf", "a.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("letter.exe", "letter.exe.pdf"),
        ("a\u202etxt.pdf", "atxt.pdf"),
    ],
)
@pytest.mark.usefixtures("language")
def test_a_document_is_kept_under_a_name_that_fits_it(sent: str, kept: str) -> None:
    upload = upload_of(FileStorage(BytesIO(b"%PDF-1.7"), sent))
    assert upload == (kept, "application/pdf", b"%PDF-1.7")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [(b"", "is empty"), (b"MZ\x90\x00", "no document that can be kept"),
     (b"%PDF-" + b"x" * 30, "larger than 0 MB")],
)  # fmt: skip
def test_a_document_that_cannot_be_kept_leaves_its_complaint_at_the_field(
    content: bytes, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fields, "DOCUMENT_MAX", 30)
    with reader_of("en"):
        form = Wish(
            MultiDict({"needed": "1", "letter": FileStorage(BytesIO(content), "brief.pdf")})
        )
        assert not form.validate()
        assert complaint in form.letter.errors[0]
        assert form.letter.data is None


@pytest.mark.usefixtures("language")
def test_a_document_may_be_left_out() -> None:
    for nothing in ("", FileStorage(BytesIO(), "")):
        form = Wish(MultiDict({"needed": "1", "letter": nothing}))
        assert form.validate()
        assert form.letter.data is None


def test_a_sum_tells_what_is_left_and_what_is_too_much() -> None:
    within, beyond = (LiveSum("a*", Money(total), Money(100)) for total in (60, 130))
    assert (within.left, within.is_over) == (Money(40), False)
    assert (beyond.over, beyond.is_over) == (Money(30), True)
    assert not LiveSum("a*", Money(5)).is_over
