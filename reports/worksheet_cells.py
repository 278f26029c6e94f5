"""The cells of a worksheet that somebody made: some get another value, the rest stays byte by byte.

Formulas lose the value that was computed before: it would be wrong once a cell has changed.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple
from xml.parsers import expat

from tracker.domain.sheet_places import column_and_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TAG: Final = re.compile(rb"<(?:[^\"'>]|\"[^\"]*\"|'[^']*')*>")
_KIND: Final = re.compile(rb"\s+t\s*=\s*(?:\"[^\"]*\"|'[^']*')")


class Change(NamedTuple):
    """What a cell is to hold: a number as it is written in XML, or a text; neither empties it."""

    place: str
    number: str = ""
    text: str = ""


class _Edit(NamedTuple):
    begin: int
    end: int
    written: bytes


@dataclass(slots=True)
class _Element:
    """An element by the bytes that it takes: its tag, and where it ends.

    Shape:  ``closing`` is where its closing tag begins, -1 if it has none.
    """

    number: int  # of the row or of the column
    begin: int
    tag_end: int
    style: int | None
    closing: int = -1
    end: int = -1


@dataclass(slots=True)
class _Cell(_Element):
    is_formula: bool = False
    value: tuple[int, int] | None = None


@dataclass(slots=True)
class _Row(_Element):
    cells: list[_Cell] = field(default_factory=list)


def outline_of(content: bytes) -> Outline:
    """Read where the rows and cells of a worksheet are.

    Errors: ``ValueError`` for what is no worksheet.
    """
    outline = Outline(content)
    outline.read()
    return outline


class Outline:
    """Where the rows and cells of a worksheet are, in bytes from its beginning."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._rows: list[_Row] = []
        self._columns: list[tuple[int, int, int]] = []  # first, last, style
        self._sheet: _Element | None = None
        self._prefix = b""
        self._open: list[str] = []
        self._value_at = -1
        self._parser = parser = expat.ParserCreate("utf-8")
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._finish
        parser.StartDoctypeDeclHandler = self._refuse

    def read(self) -> None:
        """Read the whole worksheet.

        Errors: ``ValueError``.
        """
        try:
            self._parser.Parse(self._content, True)
        except expat.ExpatError as error:
            raise ValueError(str(error)) from error
        if self._sheet is None:
            raise ValueError("a worksheet has rows, or says that it has none")

    @property
    def has_formulas(self) -> bool:
        """Whether a cell holds a formula."""
        return any(cell.is_formula for row in self._rows for cell in row.cells)

    def style_at(self, place: str) -> int:
        """Give the style of a cell: its own, or else that of its row or its column."""
        column, number = column_and_row(place)
        row = self._row(number)
        cell = next((cell for cell in row.cells if cell.number == column), None) if row else None
        if cell:
            return cell.style or 0
        if row and row.style is not None:
            return row.style
        return next((style for first, last, style in self._columns if first <= column <= last), 0)

    def changed(self, changes: Iterable[Change]) -> bytes:
        """Write the worksheet with other values in some cells.

        Errors: ``ValueError`` for a cell that holds a formula.
        """
        edits = [*self._formulas()]
        by_row: dict[int, dict[int, Change]] = defaultdict(dict)
        for change in changes:
            column, number = column_and_row(change.place)
            by_row[number][column] = change
        for number, wished in sorted(by_row.items()):
            row = self._row(number)
            edits += self._in_row(row, wished) if row else self._new_row(number, wished)
        edits += self._opened_sheet(edits)
        content, at = [], 0
        for begin, end, written in sorted(edits, key=lambda edit: edit[:2]):
            content += [self._content[at:begin], written]
            at = end
        return b"".join([*content, self._content[at:]])

    def _row(self, number: int) -> _Row | None:
        return next((row for row in self._rows if row.number == number), None)

    def _formulas(self) -> Iterator[_Edit]:
        for row in self._rows:
            for cell in row.cells:
                if cell.is_formula and cell.value:
                    tag = self._content[cell.begin : cell.tag_end]
                    yield _Edit(cell.begin, cell.tag_end, _KIND.sub(b"", tag))
                    yield _Edit(*cell.value, b"")

    def _in_row(self, row: _Row, wished: dict[int, Change]) -> Iterator[_Edit]:
        there = {cell.number: cell for cell in row.cells}
        added: dict[int, list[bytes]] = defaultdict(list)  # by where they go
        for column, change in sorted(wished.items()):
            if cell := there.get(column):
                if cell.is_formula:
                    raise ValueError(f"{change.place} holds a formula")
                tag = _KIND.sub(b"", self._content[cell.begin : cell.tag_end])
                written = self._cell(tag.rstrip(b"/> \t\r\n"), change)
                yield _Edit(cell.begin, cell.end, written)
                continue
            follows = (cell.begin for cell in row.cells if cell.number > column)
            written = self._cell(self._head(change), change)
            added[next(follows, row.closing)].append(written)
        for at, cells in added.items():
            if at >= 0:
                yield _Edit(at, at, b"".join(cells))
            else:
                yield self._opened(row, b"row", b"".join(cells))

    def _new_row(self, number: int, wished: dict[int, Change]) -> Iterator[_Edit]:
        cells = b"".join(
            self._cell(self._head(change), change) for _, change in sorted(wished.items())
        )
        prefix = self._prefix
        written = b'<%srow r="%d">%s</%srow>' % (prefix, number, cells, prefix)
        follows = bisect([row.number for row in self._rows], number)
        assert self._sheet is not None, "it was read"
        last = self._sheet.closing
        at = self._rows[follows].begin if follows < len(self._rows) else last
        yield _Edit(at, at, written)

    def _opened_sheet(self, edits: list[_Edit]) -> list[_Edit]:
        """Open a list of rows that was closed at once, and put the new rows into it."""
        rows = [edit for edit in edits if edit.begin < 0]
        if not rows:
            return []
        assert self._sheet is not None, "it was read"
        for edit in rows:
            edits.remove(edit)
        return [self._opened(self._sheet, b"sheetData", b"".join(row.written for row in rows))]

    def _opened(self, element: _Element, name: bytes, content: bytes) -> _Edit:
        """Give an element that holds nothing, ``<row r="4"/>``, something to hold."""
        tag = self._content[element.begin : element.tag_end].rstrip(b"/> \t\r\n")
        written = b"%s>%s</%s%s>" % (tag, content, self._prefix, name)
        return _Edit(element.begin, element.tag_end, written)

    def _head(self, change: Change) -> bytes:
        """Begin a cell that was not there; it looks as its row or its column does."""
        style = self.style_at(change.place)
        styled = b' s="%d"' % style if style else b""
        return b'<%sc r="%s"%s' % (self._prefix, change.place.encode(), styled)

    def _cell(self, head: bytes, change: Change) -> bytes:
        name = self._prefix
        if change.number:
            told = b"<%sv>%s</%sv>" % (name, change.number.encode(), name)
        elif change.text:
            head += b' t="inlineStr"'
            said = b'<%st xml:space="preserve">%s</%st>' % (name, change.text.encode(), name)
            told = b"<%sis>%s</%sis>" % (name, said, name)
        else:
            return head + b"/>"
        return b"%s>%s</%sc>" % (head, told, name)

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        prefix, _, name = tag.rpartition(":")
        above = self._open[-1] if self._open else ""
        self._open.append(name)
        at = self._parser.CurrentByteIndex
        if name == "sheetData":
            self._prefix = f"{prefix}:".encode() if prefix else b""
            self._sheet = _Element(0, at, self._tag_end(at), None)
        elif name == "col" and above == "cols":
            told = (int(attributes.get(key, "0")) for key in ("min", "max", "style"))
            self._columns.append((next(told), next(told), next(told)))
        elif name == "row" and above == "sheetData":
            number = int(attributes.get("r", self._rows[-1].number + 1 if self._rows else 1))
            is_styled = attributes.get("customFormat") in ("1", "true")
            own = int(attributes.get("s", "0")) if is_styled else None
            self._rows.append(_Row(number, at, self._tag_end(at), own))
        elif name == "c" and above == "row":
            column, _ = column_and_row(attributes["r"])
            style = int(attributes.get("s", "0"))
            self._rows[-1].cells.append(_Cell(column, at, self._tag_end(at), style))
        elif above == "c" and name == "f":
            self._rows[-1].cells[-1].is_formula = True
        elif above == "c" and name == "v":
            self._value_at = at

    def _finish(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        self._open.pop()
        above = self._open[-1] if self._open else ""
        at = self._parser.CurrentByteIndex
        if name == "v" and above == "c":
            value = _Element(0, self._value_at, self._tag_end(self._value_at), None)
            self._close(value, at)
            self._rows[-1].cells[-1].value = (value.begin, value.end)
        elif name == "c" and above == "row":
            self._close(self._rows[-1].cells[-1], at)
        elif name == "row" and above == "sheetData":
            self._close(self._rows[-1], at)
        elif name == "sheetData" and self._sheet:
            self._close(self._sheet, at)

    def _close(self, element: _Element, at: int) -> None:
        """Note where an element ends; of one that is closed at once that is its only tag."""
        is_whole = self._content[element.tag_end - 2 : element.tag_end] == b"/>"
        element.closing = -1 if is_whole else at
        element.end = element.tag_end if is_whole else self._tag_end(at)

    def _tag_end(self, at: int) -> int:
        found = _TAG.match(self._content, at)
        if found is None:
            raise ValueError("a worksheet consists of tags")
        return found.end()

    def _refuse(self, *_declared: object) -> None:
        raise ValueError("a worksheet declares no document type")
