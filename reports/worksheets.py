"""Where something can be put into a worksheet that somebody made, without touching the rest.

A worksheet can be hundreds of megabytes, so only its head and what follows its rows are parsed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple
from xml.parsers import expat

if TYPE_CHECKING:
    from collections.abc import Iterable

_ROWS_END: Final = re.compile(rb"</(?:[\w.-]+:)?sheetData\s*>|<(?:[\w.-]+:)?sheetData\s*/>")
_ROWS_END_MAX: Final = 256  # bytes that it may take, and so be cut by the edge of a piece
# What the standard puts before the drawing of the comments.
_BEFORE: Final = frozenset(
    "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection"
    " protectedRanges scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells"
    " phoneticPr conditionalFormatting dataValidations hyperlinks printOptions pageMargins"
    " pageSetup headerFooter rowBreaks colBreaks customProperties cellWatches ignoredErrors"
    " smartTags drawing".split()
)


class Gap(NamedTuple):
    """The place in a worksheet for the drawing of its comments.

    Shape:  ``at`` is where it goes, in bytes from the beginning; ``prefix`` what the worksheet
            writes before its names, ``x:`` or nothing; ``drawing`` the number of the drawing
            that is there already, or nothing.
    """

    at: int
    prefix: str
    drawing: str


class _Child(NamedTuple):
    name: str
    at: int
    attributes: dict[str, str]


class _Outline:
    """The elements right below the root, and where they begin."""

    def __init__(self) -> None:
        self.children: list[_Child] = []
        self.prefix = ""
        self.end = -1
        self._depth = 0
        self._parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.namespace_prefixes = True
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._finish
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._refuse

    def read(self, xml: bytes, *, is_whole: bool) -> _Outline:
        """Read a document, or the head of one.

        Errors: ``ValueError`` for what is no worksheet.
        """
        try:
            self._parser.Parse(xml, is_whole)
        except expat.ExpatError as error:
            raise ValueError(str(error)) from error
        return self

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        _, local, prefix = (*name.split(" "), "", "")[:3] if " " in name else ("", name, "")
        if self._depth == 0:
            self.prefix = f"{prefix}:" if prefix else ""
        elif self._depth == 1:
            self.children.append(_Child(local, self._parser.CurrentByteIndex, attributes))
        self._depth += 1

    def _finish(self, _name: str) -> None:
        self._depth -= 1
        if not self._depth:
            self.end = self._parser.CurrentByteIndex

    def _text(self, text: str) -> None:
        if self._depth == 1 and text.strip():
            raise ValueError("text stands between the parts of a worksheet")

    def _refuse(self, *_declared: object) -> None:
        raise ValueError("a worksheet declares no document type")


def gap_in(pieces: Iterable[bytes]) -> Gap:
    """Find the place for the drawing of comments in a worksheet that comes in pieces.

    Errors: ``ValueError`` for what is no worksheet, or not in an encoding that contains ASCII.
    """
    head, tail, tail_at = _around_the_rows(pieces)
    first = _Outline().read(head, is_whole=False).children
    if not first:
        raise ValueError("a worksheet begins with its root")
    frame = head[: first[0].at]
    outline = _Outline().read(frame + tail, is_whole=True)
    drawing, at = "", outline.end
    for child in reversed(outline.children):
        if child.name == "legacyDrawing":
            drawing = next((value for name, value in child.attributes.items()
                            if name.split(" ")[1:2] == ["id"]), "")  # fmt: skip
        if child.name in _BEFORE:
            break
        at = child.at
    return Gap(at - len(frame) + tail_at, outline.prefix, drawing)


def _around_the_rows(pieces: Iterable[bytes]) -> tuple[bytes, bytes, int]:
    """Give the head of a worksheet, what follows its rows, and where that begins."""
    head, tail, tail_at, read = b"", b"", -1, 0
    for piece in pieces:
        head = head or piece
        # What is held: the end of the piece before, or everything since the end of the rows.
        held = len(tail)
        window, window_at = tail + piece, read - held
        read += len(piece)
        tail = window if tail_at >= 0 else window[-_ROWS_END_MAX:]
        for found in _ROWS_END.finditer(window, max(0, held - _ROWS_END_MAX)):
            tail, tail_at = window[found.end() :], window_at + found.end()
    if tail_at < 0:
        raise ValueError("a worksheet has rows, or says that it has none")
    return head, tail, tail_at
