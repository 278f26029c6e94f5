"""What describes the sheets of a workbook: their names and parts, its styles and its texts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING

from tracker.readers.archives import AS_XLSX, ENTRIES_MAX, SAVE_ANEW, UNUSUAL
from tracker.readers.findings import refusal
from tracker.readers.sheet_markup import elements, stretches, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tracker.domain.errors import FileRefused
    from tracker.readers.archives import Archive

SHEETS_MAX = 50
STYLES_MAX = 65_000
TEXTS_MAX = 2_000_000
TEXT_LENGTH_MAX = 32_767  # characters in a cell, as Excel has it
ITEM_BYTES_MAX = 16 * TEXT_LENGTH_MAX  # of a text with its runs and their fonts
NAME_MAX = 255

FRONT = "xl/workbook.xml"
TRUE = frozenset({"1", "true", "on"})

_ITEM = re.compile(rb"<si\b[^>]*?(?:/>|>(.*?)</si>)", re.DOTALL)
_ITEM_END = b"</si>"
_TEXT = re.compile(rb"<t(?:\s[^>]*)?>([^<]*)</t>")
_PHONETIC = re.compile(rb"<rPh\b.*?</rPh>", re.DOTALL)
_UNPRINTED = re.compile(r'"[^"]*"|\\.|[_*].|\[(?!h|m|s)[^\]]*\]|am/pm|a/p')
_WITHIN_STYLES = frozenset({"alignment", "protection", "extLst", "ext"})
_PLAIN_FORMATS = frozenset({"general", "standard", "standaard", "@"})
_DAY_NUMBERS = frozenset([*range(14, 18), 22, *range(27, 37), *range(50, 59)])
_TIME_NUMBERS = frozenset([*range(18, 22), 45, 46, 47])


class Shown(Enum):
    """How the style of a cell shows its number."""

    NUMBER = auto()
    DAY = auto()
    TIME = auto()


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet by the name that people see, and the part of the archive that it lies in."""

    name: str
    part: str
    is_hidden: bool


@dataclass(slots=True)
class Front:
    """What the front of a workbook says."""

    sheets: list[SheetPart] = field(default_factory=list)
    is_from_1904: bool = False
    styles: str | None = None
    texts: str | None = None


def front_of(archive: Archive, name: str) -> Front:
    """Read the front of a workbook.

    Errors: ``FileRefused`` for what is another kind of file, and for macros.
    """
    _check_kind(archive, name)
    related = _related(archive, "_rels/.rels", "", name)
    starts = [part for kind, part in related.values() if kind == "officeDocument"]
    part = archive.part(starts[0] if starts else FRONT)
    if part is None:
        raise _missing(name, starts[0] if starts else FRONT)
    folder = dirname(part)
    parts = _related(
        archive, f"{folder}/_rels/{part.removeprefix(f'{folder}/')}.rels", folder, name
    )
    used = {kind: archive.part(target) for kind, target in parts.values()}
    front = Front(styles=used.get("styles"), texts=used.get("sharedStrings"))
    found: list[Mapping[str, str]] = []

    def note(tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "workbookPr":
            front.is_from_1904 = attributes.get("date1904", "").lower() in TRUE
        elif tag == "sheet":
            found.append(attributes)
            _check_count(len(found), name)

    elements(archive, part, name, note)
    front.sheets = list(_sheets(archive, found, parts, name))
    return front


def shown_by(archive: Archive, part: str | None, name: str) -> tuple[Shown, ...]:
    """Tell of each style of the workbook how it shows a number.

    Errors: ``FileRefused``.
    """
    styles = _Styles()
    if part is not None:
        elements(archive, part, name, styles.note)
    if styles.count > STYLES_MAX:
        message = "The workbook holds {count} styles; it may hold {most}."
        facts = {"count": styles.count, "most": STYLES_MAX}
        raise refusal(name, part or "", message, SAVE_ANEW, **facts)
    return tuple(_shown(number, styles.formats) for number in styles.used)


class _Styles:
    """The formats of numbers that a workbook declares, and which its styles use."""

    def __init__(self) -> None:
        self.formats: dict[str, str] = {}
        self.used: list[str] = []
        self.count = 0
        self._is_of_cells = False

    def note(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take the next element."""
        if tag == "numFmt":
            self.formats.setdefault(
                attributes.get("numFmtId", ""), attributes.get("formatCode", "")
            )
        elif tag != "xf":
            self._is_of_cells = tag == "cellXfs" or (self._is_of_cells and tag in _WITHIN_STYLES)
            return
        elif self._is_of_cells:
            self.used.append(attributes.get("numFmtId", ""))
        self.count += 1


def texts_in(archive: Archive, part: str | None, name: str) -> Iterator[str]:
    """Give the texts that cells refer to by their numbers.

    Errors: ``FileRefused`` if there are too many, or one is too long.
    """
    for items in _items(archive, part, name):
        yield from (joined_text(item, name, part or "") for item in items)


def check_texts(archive: Archive, part: str | None, name: str) -> None:
    """Refuse a workbook with too many texts, or with one that is too long.

    Errors: ``FileRefused``.
    """
    for items in _items(archive, part, name):
        if items and len(longest := max(items, key=len)) > TEXT_LENGTH_MAX:
            joined_text(longest, name, part or "")


def _items(archive: Archive, part: str | None, name: str) -> Iterator[list[bytes]]:
    """Give the XML of the texts, as many at a time as come."""
    if part is None:
        return
    count, rest = 0, b""
    for stretch in stretches(archive, part, name):
        held = rest + stretch
        cut = held.rfind(_ITEM_END) + len(_ITEM_END) if _ITEM_END in held else 0
        if len(held) - cut > ITEM_BYTES_MAX:
            raise too_long(name, part)
        items = _ITEM.findall(held[:cut])
        rest = held[cut:]
        count += len(items)
        if count > TEXTS_MAX:
            message = "The workbook holds more than {most} texts."
            raise refusal(name, part, message, SAVE_ANEW, most=TEXTS_MAX)
        yield items
    yield _ITEM.findall(rest)


def joined_text(content: bytes, name: str, place: str) -> str:
    """Join the runs of a text; how its signs are pronounced is left out.

    Errors: ``FileRefused`` if it is longer than a cell can hold.
    """
    if b"<rPh" in content:
        content = _PHONETIC.sub(b"", content)
    text = text_of(b"".join(_TEXT.findall(content)))
    if len(text) > TEXT_LENGTH_MAX:
        raise too_long(name, place)
    return text


def too_long(name: str, place: str) -> FileRefused:
    """Make the refusal of a workbook with a text that no cell can hold."""
    message = "A cell holds a text of more than {most} characters."
    return refusal(name, place, message, "Shorten it.", most=TEXT_LENGTH_MAX)


def _check_kind(archive: Archive, name: str) -> None:
    for part in archive.parts():
        plain = part.casefold()
        if plain.endswith(("vbaproject.bin", ".xlm")) or "/macrosheets/" in plain:
            message = "The workbook holds macros, which are programs."
            remedy = "Save it as a workbook without macros (.xlsx), and import that."
            raise refusal(name, part[:80], message, remedy)
    if archive.part(FRONT) is not None:
        return
    for sign, what in (
        ("xl/workbook.bin", "The file is a binary workbook (.xlsb)."),
        ("mimetype", "The file is an OpenDocument file (.ods), and no workbook (.xlsx)."),
        ("word/document.xml", "The file is a text document, and no workbook."),
    ):
        if archive.part(sign) is not None:
            raise refusal(name, "", what, AS_XLSX)


def _check_count(count: int, name: str) -> None:
    if count > SHEETS_MAX:
        message = "The workbook has more than {most} sheets."
        remedy = "Take out the sheets that are not to be imported."
        raise refusal(name, "", message, remedy, most=SHEETS_MAX)


def _related(archive: Archive, part: str, folder: str, name: str) -> dict[str, tuple[str, str]]:
    """Give the parts that a part refers to: by its own name for each, the kind and the path."""
    found: dict[str, tuple[str, str]] = {}

    def note(tag: str, attributes: Mapping[str, str]) -> None:
        if tag != "Relationship" or attributes.get("TargetMode") == "External":
            return
        target = normpath(join("/" + folder, attributes.get("Target", ""))).lstrip("/")
        kind = attributes.get("Type", "").rpartition("/")[2]
        found[attributes.get("Id", "")] = (kind, target)
        if len(found) > ENTRIES_MAX:
            message = "The workbook nests deeper, or describes more, than a workbook does."
            raise refusal(name, part, message, UNUSUAL)

    if (written := archive.part(part)) is not None:
        elements(archive, written, name, note)
    return found


def _sheets(
    archive: Archive,
    found: list[Mapping[str, str]],
    parts: Mapping[str, tuple[str, str]],
    name: str,
) -> Iterator[SheetPart]:
    """Give the sheets with cells, in the order of their tabs; sheets that are charts have none."""
    seen: set[str] = set()
    for attributes in found:
        title = attributes.get("name", "")
        kind, target = parts.get(attributes.get("id", ""), ("worksheet", ""))
        if kind != "worksheet":
            continue
        part = archive.part(target)
        if part is None:
            raise _missing(name, target or title[:80])
        if not 0 < len(title) <= NAME_MAX or title.casefold() in seen:
            message = "Two sheets have the same name, or one has none: “{sheet}”."
            raise refusal(name, title[:80], message, SAVE_ANEW, sheet=title[:80])
        seen.add(title.casefold())
        yield SheetPart(title, part, attributes.get("state", "visible") != "visible")
    if not seen:
        message = "The workbook has no sheet with cells."
        raise refusal(name, "", message, SAVE_ANEW)


def _missing(name: str, part: str) -> FileRefused:
    message = "The workbook is damaged: its part {part} is missing."
    return refusal(name, "", message, SAVE_ANEW, part=part[:80])


def _shown(number: str, formats: Mapping[str, str]) -> Shown:
    if number not in formats:
        of_its_own = int(number) if number.isdecimal() and len(number) < len("1000") else 0
        if of_its_own in _DAY_NUMBERS:
            return Shown.DAY
        return Shown.TIME if of_its_own in _TIME_NUMBERS else Shown.NUMBER
    written = formats[number][:TEXT_LENGTH_MAX].lower()
    if written in _PLAIN_FORMATS:
        return Shown.NUMBER
    printed = _UNPRINTED.sub("", written)
    if "d" in printed or "y" in printed:
        return Shown.DAY
    if "h" in printed or "s" in printed:
        return Shown.TIME
    return Shown.DAY if "m" in printed else Shown.NUMBER
