"""Files of delimited text: in which letters they are written, what parts the cells, their rows.

Not in here: what the cells mean.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import normalize

from tracker.domain.errors import FileRefused
from tracker.readers.findings import refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import TextIO


AS_CSV = "Save the list as “CSV UTF-8” in the spreadsheet program, and import that file."
DELIMITERS = ";,\t|"
LINE_MAX = 1_000_000  # letters
CELLS_MAX = 1_000  # of a row
HEAD_ROWS = 40  # rows that tell which delimiter it is
PIECE = 1 << 20

UTF_8, UTF_16 = "utf-8-sig", "utf-16"
MARKS = (
    (codecs.BOM_UTF8, UTF_8),
    (codecs.BOM_UTF16_LE, UTF_16),
    (codecs.BOM_UTF16_BE, UTF_16),
)
SINGLE_BYTE = ("cp1252", "iso8859-15", "cp850", "mac-roman")  # the commonest first
_WESTERN = re.compile("[€ÄÅÆÇÉÈÊËÍÏÑÓÖØÚÜßàáâãäåæçèéêëìíîïñòóôõöøùúûü“”‘’–]")
_SEPARATOR = re.compile(r"\"?sep=([;,|\t])\"?\s*", re.IGNORECASE)


class TextRow(NamedTuple):
    """A row of cells, and the line of the file on which it begins."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DelimitedText:
    """A file of delimited text, and how it is read.

    Shape:  ``encodings`` are all that give text, the one in use first.
    """

    path: Path
    name: str
    encodings: tuple[str, ...]
    delimiter: str

    def rows(self) -> Iterator[TextRow]:
        """Read the rows that are not blank, from the beginning; nothing is held.

        Errors: ``FileRefused`` for bytes that are no text, and for rows that no one can read.
        """
        return _rows(self.path, self.name, self.encodings[0], self.delimiter)


def open_text(
    path: Path,
    name: str,
    *,
    encoding: str = "",
    delimiter: str = "",
    known: Callable[[str], bool] = lambda _heading: False,
) -> DelimitedText:
    """Find out how a file of delimited text is to be read, by what is in it.

    Shape:  an encoding that is given is taken where the bytes leave a choice; a delimiter is.
            ``known`` tells headings.
    Errors: ``FileRefused`` for bytes that are text in no encoding.
    """
    possible = encodings_of(path, name)
    chosen = [each for each in possible if each == encoding]
    encodings = (*chosen, *(each for each in possible if each not in chosen))
    if delimiter and delimiter not in DELIMITERS:
        message = "The delimiter “{value}” is not read."
        raise refusal(name, "", message, AS_CSV, value=delimiter[:40])
    return DelimitedText(
        path, name, encodings, delimiter or _delimiter_of(path, name, encodings[0], known)
    )


def encodings_of(path: Path, name: str) -> tuple[str, ...]:
    """List the encodings in which a file is text, the likeliest first.

    Shape:  one where the file leaves no doubt: it has a mark, or is UTF-8 throughout.
    Errors: ``FileRefused`` for bytes that are text in none, or that mix two.
    """
    with path.open("rb") as file:
        head = file.read(PIECE)
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return (encoding,)
    if encoding := _wide(head):
        return (encoding,)
    at = _first_wrong(path, "utf-8")
    if at is None:
        return (UTF_8,)
    found = [each for each in SINGLE_BYTE if _first_wrong(path, each) is None]
    if _is_mixed(path) or not found:
        raise _no_text(path, name, at)
    return tuple(sorted(found, key=lambda each: -_letters_in(path, each)))


def is_wide(head: bytes) -> bool:
    """Tell whether a file is text in UTF-16, by its beginning."""
    if head.startswith(codecs.BOM_UTF32_LE):  # which begins like the mark of UTF-16
        return False
    return head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or bool(_wide(head))


def _wide(head: bytes) -> str:
    """Tell UTF-16 without a mark by its zero bytes, which stand on one side of the letters."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) * 4 < len(head) or min(even, odd) * 8 > max(even, odd):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _first_wrong(path: Path, encoding: str) -> int | None:
    """Give the place of the first byte that is no text in an encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    before = 0
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            kept = len(decoder.getstate()[0])
            try:
                decoder.decode(piece)
            except UnicodeDecodeError as error:
                return before - kept + error.start
            before += len(piece)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return before - 1
    return None


def _is_mixed(path: Path) -> bool:
    """Tell whether some of the bytes beyond ASCII are UTF-8, and others are not."""
    with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        while piece := file.read(PIECE):
            if not piece.isascii() and re.search("[^\x00-\x7f\udc80-\udcff]", piece):
                return True
    return False


def _letters_in(path: Path, encoding: str) -> int:
    """Count the letters of western Europe at the beginning, as an encoding reads it."""
    with path.open(encoding=encoding, newline="") as file:
        return len(_WESTERN.findall(file.read(PIECE)))


def _no_text(path: Path, name: str, at: int) -> FileRefused:
    line = 1
    with path.open("rb") as file:
        while at > 0 and (piece := file.read(min(PIECE, at))):
            line += piece.count(b"\n")
            at -= len(piece)
    message = "Line {line} holds bytes that are no text in UTF-8 or in Windows-1252."
    return refusal(name, f"A{line}", message, AS_CSV, line=str(line))


def _delimiter_of(path: Path, name: str, encoding: str, known: Callable[[str], bool]) -> str:
    """Give the delimiter that the file names, or that gives most headings and regular rows."""
    with path.open(encoding=encoding, newline="", errors="replace") as file:
        if found := _SEPARATOR.fullmatch(file.readline(LINE_MAX)):
            return found[1]

    def order(delimiter: str) -> tuple[int, int]:
        try:
            rows = list(islice(_rows(path, name, encoding, delimiter), HEAD_ROWS))
        except FileRefused:
            return (0, 0)
        headings = [sum(map(known, row.cells)) for row in rows]
        widths = Counter(len(row.cells) for row in rows)
        regular = max((times for width, times in widths.items() if width > 1), default=0)
        return max(headings, default=0), regular

    return max(DELIMITERS, key=order)


def _rows(path: Path, name: str, encoding: str, delimiter: str) -> Iterator[TextRow]:
    line = 1
    with path.open(encoding=encoding, newline="") as file:
        lines = _lines(file, name)
        try:
            first = next(lines, "")
            if found := _SEPARATOR.fullmatch(first):
                delimiter, line, skipped = found[1], 2, 1
            else:
                skipped, lines = 0, _with_first(first, lines)
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            for cells in reader:
                if len(cells) > CELLS_MAX:
                    raise _too_wide(name, line)
                if any(cells) and "".join(cells).strip():
                    yield TextRow(line, tuple(cells))
                line = reader.line_num + skipped + 1
        except csv.Error as error:
            message = (
                "The row that begins on line {line} opens a quotation mark and does not close it."
            )
            raise refusal(name, f"A{line}", message, AS_CSV, line=str(line)) from error
        except UnicodeDecodeError as error:
            message = "Line {line} holds bytes that are no text in {encoding}."
            facts = {"line": str(line), "encoding": encoding.removesuffix("-sig").upper()}
            raise refusal(name, f"A{line}", message, AS_CSV, **facts) from error


def _with_first(first: str, lines: Iterator[str]) -> Iterator[str]:
    if first:
        yield first
    yield from lines


def _lines(file: TextIO, name: str) -> Iterator[str]:
    """Give the lines of a file in composed letters, and refuse one without an end."""
    number = 0
    while line := file.readline(LINE_MAX):
        number += 1
        if len(line) == LINE_MAX:
            message = "Line {line} is longer than {most} letters."
            raise refusal(name, f"A{number}", message, AS_CSV, line=str(number), most=LINE_MAX)
        yield line if line.isascii() else normalize("NFC", line)


def _too_wide(name: str, line: int) -> FileRefused:
    message = "The row on line {line} has more than {most} cells."
    return refusal(name, f"A{line}", message, AS_CSV, line=str(line), most=CELLS_MAX)
