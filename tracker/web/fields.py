"""Fields for what people type: amounts, shares, days and documents.

What was typed is shown again as it was typed; what is kept is shown as the reader writes it.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple
from zipfile import BadZipFile, ZipFile

from werkzeug.datastructures import FileStorage
from wtforms import Field, FileField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from reports import figures
from tracker.domain.amounts import read_amount, read_day, read_share
from tracker.domain.errors import RuleViolation
from tracker.domain.money import Money
from tracker.web.language import language, said, say, translate
from tracker.web.protection import DOCUMENT_MAX

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from markupsafe import Markup

MEGABYTE: Final = 1024**2
NAME_MAX: Final = 200  # letters of a file's name


def write_amount(amount: Money, language: str) -> str:
    """Write an amount as it may be typed: ``1.234,56`` in Dutch."""
    return figures.money(amount, language)


def write_share(share: Decimal, language: str) -> str:
    """Write a share as the percentage that was typed: ``47,5`` in Dutch."""
    percent = f"{share.scaleb(2).normalize():f}"
    return percent.replace(".", ",") if language == "nl" else percent


def write_day(day: date) -> str:
    """Write a day as it may be typed in either language: ``31-12-2025``."""
    return figures.day(day, "nl")


class TypedField(Field):
    """A line of text that is read as something else; ``data`` is nothing if it was left empty."""

    widget = TextInput()
    attributes: ClassVar[dict[str, object]] = {"autocomplete": "off"}

    @abstractmethod
    def read(self, text: str) -> object:
        """Read what was typed.

        Errors: ``RuleViolation``.
        """

    @abstractmethod
    def write(self, value: Any) -> str:
        """Write a value as it may be typed."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed; what cannot be read leaves its complaint at the field."""
        typed = str(valuelist[0]).strip() if valuelist else ""
        self.raw_data, self.data = [typed], None
        if not typed:
            return
        try:
            self.data = self.read(typed)
        except RuleViolation as error:
            raise ValueError(f"{said(error.message)} {said(error.hint)}".strip()) from error

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.write(self.data)

    def __call__(self, **kwargs: object) -> Markup:
        """Show the field with the attributes that its kind has."""
        return super().__call__(**(self.attributes | kwargs))


class MoneyField(TypedField):
    """An amount of euros, typed as the reader writes amounts."""

    data: Money | None
    attributes: ClassVar[dict[str, object]] = TypedField.attributes | {"inputmode": "decimal"}

    def read(self, text: str) -> Money:
        """Read an amount; see ``read_amount``."""
        return read_amount(text, language())

    def write(self, value: Money) -> str:
        """Write an amount as it may be typed."""
        return write_amount(value, language())


class ShareField(TypedField):
    """A share of one, typed as a percentage."""

    data: Decimal | None
    attributes: ClassVar[dict[str, object]] = TypedField.attributes | {"inputmode": "decimal"}

    def read(self, text: str) -> Decimal:
        """Read a percentage; see ``read_share``."""
        return read_share(text)

    def write(self, value: Decimal) -> str:
        """Write a share as the percentage that was typed."""
        return write_share(value, language())


class DayField(TypedField):
    """A day, typed with the day before the month."""

    data: date | None

    def read(self, text: str) -> date:
        """Read a day; see ``read_day``."""
        return read_day(text, language())

    def write(self, value: date) -> str:
        """Write a day as it may be typed."""
        return write_day(value)

    def __call__(self, **kwargs: object) -> Markup:
        """Show the field with the order of day, month and year in it."""
        return super().__call__(**({"placeholder": translate("dd-mm-yyyy")} | kwargs))


class ChoicesField(SelectMultipleField):
    """Any number of choices, each a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class Upload(NamedTuple):
    """A document as it was handed in; its kind is told from its content."""

    file_name: str
    media_type: str
    content: bytes


class DocumentField(FileField):
    """A document that may be handed in; ``data`` is nothing if none was chosen."""

    data: Upload | None

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the file that was sent, if one was."""
        self.data = None
        sent = [file for file in valuelist if isinstance(file, FileStorage) and file.filename]
        if sent:
            self.data = upload_of(sent[0])

    def __call__(self, **kwargs: object) -> Markup:
        """Show the field; the browser offers the files that are kept first."""
        accept = ",".join(suffix for suffixes in DOCUMENTS.values() for suffix in suffixes)
        return super().__call__(**({"accept": accept} | kwargs))


def shown_name(file: FileStorage) -> str:
    """Give the name of a file that was sent, without folders; it is only ever shown."""
    name = (file.filename or "").replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in name if letter.isprintable())[:NAME_MAX]


def upload_of(file: FileStorage) -> Upload:
    """Take a file that was sent, under a name that fits its content.

    Errors: ``ValueError`` with a sentence for what is empty, too large or of another kind.
    """
    name = shown_name(file)
    content = file.stream.read(DOCUMENT_MAX + 1)
    if not content:
        raise ValueError(say("{file} is empty. Choose another file.", file=name))
    if len(content) > DOCUMENT_MAX:
        raise ValueError(
            say(
                "{file} is larger than {most} MB. Make it smaller, or hand it in as two.",
                file=name,
                most=DOCUMENT_MAX // MEGABYTE,
            )
        )
    media_type = media_type_of(content)
    if not media_type:
        raise ValueError(
            say(
                "{file} is no document that can be kept. Choose a PDF, PNG, JPG, XLSX, DOCX, EML"
                " or TXT.",
                file=name,
            )
        )
    suffixes = DOCUMENTS[media_type]
    fitting = name if name.lower().endswith(suffixes) else f"{name}{suffixes[0]}"
    return Upload(fitting, media_type, content)


def media_type_of(content: bytes) -> str:
    """Tell what a document is by its content; nothing if it is none that is kept."""
    for signature, media_type in SIGNATURES.items():
        if content.startswith(signature):
            return media_type
    if content.startswith(b"PK\x03\x04"):
        return _media_type_of_archive(content)
    return _media_type_of_text(content)


def _media_type_of_archive(content: bytes) -> str:
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = set(archive.namelist())
    except (BadZipFile, ValueError, NotImplementedError):
        return ""
    return next((kind for part, kind in OFFICE.items() if part in parts), "")


def _media_type_of_text(content: bytes) -> str:
    """Tell a message from a plain text; markup is neither, as a browser might run it."""
    if re.search(rb"[\x00-\x08\x0e-\x1f]", content):
        return ""
    head = re.split(rb"\r?\n\r?\n", content, maxsplit=1)[0]
    if re.match(rb"[A-Za-z][A-Za-z0-9-]*:", head) and all(
        re.search(rb"(?mi)^" + name + rb":", head) for name in (b"From", b"Date")
    ):
        return "message/rfc822"
    begin = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    return "" if begin.startswith(b"<") else "text/plain"


SIGNATURES: Final = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
OFFICE: Final = {
    "xl/workbook.xml": f"{_OFFICE}spreadsheetml.sheet",
    "word/document.xml": f"{_OFFICE}wordprocessingml.document",
}
DOCUMENTS: Final[dict[str, tuple[str, ...]]] = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    OFFICE["xl/workbook.xml"]: (".xlsx",),
    OFFICE["word/document.xml"]: (".docx",),
    "message/rfc822": (".eml",),
    "text/plain": (".txt",),
}


@dataclass(frozen=True, slots=True)
class LiveSum:
    """What some fields add up to, and the room that is left; scripts keep it up to date.

    Shape:  ``names`` are the fields, with ``*`` for any letters: ``amount_*``; ``has_unread``
            where one of them holds what cannot be read.
    """

    names: str
    total: Money
    limit: Money | None = None
    has_unread: bool = False

    @property
    def left(self) -> Money:
        """What is left under the limit; below zero if there is too much."""
        return (self.limit or Money(0)) - self.total

    @property
    def over(self) -> Money:
        """What is too much."""
        return -self.left

    @property
    def is_over(self) -> bool:
        """Tell whether the fields add up to more than there is."""
        return self.limit is not None and self.left.cents < 0
