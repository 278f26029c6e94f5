"""What the cells of a sheet hold, exact to the fifteen digits that Excel keeps.

Most cells are written in one of a few usual ways, which one search takes apart; the others are
read attribute by attribute. Whatever stands in a row and is no cell refuses the file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Context, Decimal
from typing import TYPE_CHECKING, TypeAlias

from tracker.readers.archives import SAVE_ANEW
from tracker.readers.findings import refusal
from tracker.readers.sheet_markup import text_of
from tracker.readers.sheet_rows import (
    COLUMNS_MAX,
    attributes_in,
    letters_of,
    number_of,
    odd_row,
    place_in,
    too_wide,
)
from tracker.readers.workbook_parts import TEXT_LENGTH_MAX, Shown, joined_text, too_long

if TYPE_CHECKING:
    from collections.abc import Sequence

DIGITS_KEPT = 15
SIZE_MAX = 40  # digits before or after the point; no amount has them
FAULT_LENGTH = 80

FROM_1900 = date(1899, 12, 30)
FROM_1904 = date(1904, 1, 1)
NO_SUCH_DAY = 60  # 29 February 1900, which Excel counts: days before it lie one further on
SECONDS = 86_400
DAYS_MAX = 2_958_465  # to 31 December 9999

_DIGITS = rb"-?[0-9]{1,40}(?:\.[0-9]{1,40})?"
_FORMULA = rb"(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?"
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]{1,7})"(?: s="([0-9]{1,5})")?'
    rb'(?:(?: t="(s|n)")?(?:/>|></c>|>' + _FORMULA + rb"<v>(" + _DIGITS + rb")</v></c>)"
    rb'| t="(?:inlineStr|str)">'
    + _FORMULA
    + rb"(?:<is><t(?: xml:space=\"preserve\")?>|<v>)([^<]*)(?:</t></is>|</v>)</c>)"
    rb"|<c((?:\s[^>]*?)?)(?:/>|>(.*?)</c>)"
    rb"|(<[^>]*>|[^<\s][^<]*)",
    re.DOTALL,
)
_HELD = re.compile(
    rb"<(f)\b[^>]*?(?:/>|>([^<]*)</f>)|<(v)\b[^>]*?(?:/>|>([^<]*)</v>)"
    rb"|<(is)\b[^>]*?(?:/>|>(.*?)</is>)",
    re.DOTALL,
)
_NUMBER = re.compile(_DIGITS + rb"(?:[eE][+-]?[0-9]{1,3})?")
_keep_digits = Context(prec=DIGITS_KEPT).create_decimal


@dataclass(frozen=True, slots=True)
class Fault:
    """What a cell shows that has no value, such as ``#REF!`` or a formula never computed."""

    text: str


CellValue: TypeAlias = "str | Decimal | date | bool | Fault | None"


class Cells:
    """Reads the rows of one sheet, with what the workbook says of styles and texts."""

    def __init__(
        self,
        name: str,
        sheet: str,
        shown: Sequence[Shown],
        texts: Sequence[str],
        *,
        is_from_1904: bool,
    ) -> None:
        self._name = name
        self._sheet = sheet
        self._texts = texts
        self._shown = {
            str(style).encode(): how for style, how in enumerate(shown) if how is not Shown.NUMBER
        }
        self._is_from_1904 = is_from_1904
        self._days: dict[tuple[bytes, Shown], CellValue] = {}

    def values(self, row: int, content: bytes) -> tuple[CellValue, ...]:
        """Give what the cells of a row hold, from column A on; nothing after the last value.

        Errors: ``FileRefused`` for what cannot stand in a row.
        """
        cells: list[CellValue] = []
        own, at = b"%d" % row, 0
        for letters, digits, style, kind, number, text, odd, held, other in _CELL.findall(content):
            if other or (letters and digits != own):
                raise odd_row(self._name, self._sheet, row)
            if letters:
                column = number_of(letters)
                value = self._usual(style, kind, number, text)
            else:
                attributes = attributes_in(odd)
                column = place_in(attributes, row, at, self._name, self._sheet)
                value = self._odd(attributes, held, row)
            if column <= at:
                raise odd_row(self._name, self._sheet, row)
            at = column
            if value is not None:
                if column > COLUMNS_MAX:
                    raise too_wide(self._name, self._sheet, f"{letters_of(column)}{row}")
                cells.extend([None] * (column - 1 - len(cells)))
                cells.append(value)
        return tuple(cells)

    def _usual(self, style: bytes, kind: bytes, number: bytes, text: bytes) -> CellValue:
        if not number:
            return self._plain_text(text)
        return self._text(number) if kind == b"s" else self._number(number, style)

    def _text(self, number: bytes) -> CellValue:
        if not number.isdigit() or int(number) >= len(self._texts):
            message = "The workbook is damaged: a cell refers to a text that is not there."
            raise refusal(self._name, self._sheet, message, SAVE_ANEW)
        return self._texts[int(number)] or None

    def _plain_text(self, written: bytes) -> str | None:
        if len(text := text_of(written)) > TEXT_LENGTH_MAX:
            raise too_long(self._name, self._sheet)
        return text or None

    def _number(self, written: bytes, style: bytes) -> CellValue:
        if how := self._shown.get(style):
            if (written, how) not in self._days:
                self._days[written, how] = self._moment(Decimal(written.decode()), how)
            return self._days[written, how]
        if written.endswith(b"0") and b"." in written:
            written = written.rstrip(b"0").rstrip(b".")
        value = _keep_digits(written.decode())
        return Decimal(f"{value:f}") if len(written) > DIGITS_KEPT else value

    def _moment(self, serial: Decimal, how: Shown) -> CellValue:
        """Give the day that a number stands for, or the time of day as it is shown."""
        if not 0 <= serial <= DAYS_MAX:
            return Fault(str(serial)[:FAULT_LENGTH])
        moment = int((serial * SECONDS).to_integral_value())
        day = moment // SECONDS
        if how is Shown.TIME or (day == 0 and not self._is_from_1904):
            minutes, seconds = divmod(moment, 60)
            shown = f"{minutes // 60}:{minutes % 60:02}"
            return f"{shown}:{seconds:02}" if seconds else shown
        if self._is_from_1904:
            return _later(FROM_1904, day)
        if day == NO_SUCH_DAY:
            return Fault("1900-02-29")
        return _later(FROM_1900, day + (day < NO_SUCH_DAY))

    def _odd(self, attributes: dict[bytes, bytes], content: bytes, row: int) -> CellValue:
        """Read a cell that is not written in a usual way."""
        held = self._held(content, row)
        kind = attributes.get(b"t", b"n")
        value = held.get(b"v", b"").strip()
        if b"f" in held and not value and not (kind == b"str" and b"v" in held):
            return Fault(f"={text_of(held[b'f'])}"[:FAULT_LENGTH])
        if kind == b"inlineStr":
            return joined_text(held.get(b"is", b""), self._name, self._sheet) or None
        if kind == b"str":
            return self._plain_text(held.get(b"v", b""))
        if not value:
            return None
        return self._read(kind, value, attributes.get(b"s", b""))

    def _held(self, content: bytes, row: int) -> dict[bytes, bytes]:
        """Give the formula, the value and the inline text of a cell, as far as it has them."""
        held: dict[bytes, bytes] = {}
        for part, of_part, value, of_value, inline, of_inline in _HELD.findall(content):
            what = part or value or inline
            if what in held:
                raise odd_row(self._name, self._sheet, row)
            held[what] = of_part or of_value or of_inline
        if not held and content.strip() and b"<extLst" not in content:
            raise odd_row(self._name, self._sheet, row)
        return held

    def _read(self, kind: bytes, value: bytes, style: bytes) -> CellValue:
        if kind == b"s":
            return self._text(value)
        written = text_of(value)
        if kind == b"b" and written in ("0", "1", "true", "false"):
            return written in ("1", "true")
        if kind == b"d":
            try:
                return date.fromisoformat(written[: len("2023-12-31")])
            except ValueError:
                return Fault(written[:FAULT_LENGTH])
        if kind == b"n" and _NUMBER.fullmatch(value):
            number = _keep_digits(written)
            if abs(number.adjusted()) <= SIZE_MAX:
                return self._number(f"{number:f}".encode(), style.lstrip(b"0") or b"0")
        return Fault(written[:FAULT_LENGTH])


def _later(day: date, days: int) -> CellValue:
    try:
        return day + timedelta(days)
    except OverflowError:
        return Fault(str(days))
