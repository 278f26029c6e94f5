"""What is asked of every XML file before it is parsed: its size, its encoding, its make.

A document type is refused here and again by the parsers, where it would begin.
"""

from __future__ import annotations

import codecs
import re
from mmap import ACCESS_READ, mmap
from typing import TYPE_CHECKING

from tracker.readers.findings import EXPORT_ANEW, refusal

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.domain.errors import FileRefused

# The only encodings that are read. Python knows more that an XML file could name, some of
# which unpack archives.
ENCODINGS = frozenset({"utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1252"})

DAMAGED = "The XML is damaged or breaks off at line {line}, column {column}."
DOCUMENT_TYPE = "The file declares a document type, as no file that is imported does."
DEPTH_MAX = 64
TEXT_MAX = 1_000_000  # characters in one element
STRETCH_MAX = 1 << 19  # bytes without a tag
ASIDE_MAX = 1 << 16  # bytes of a comment, and of anything else that is no tag and no text

_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ASIDE = re.compile(rb"<!--|<!\[CDATA\[|<\?|<!")
_ENDS = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}


def check_size(path: Path, name: str, megabytes_max: int) -> None:
    """Refuse a file that is empty or too large to be what it should be.

    Errors: ``FileRefused``.
    """
    size = path.stat().st_size
    if not size:
        raise refusal(name, "", "The file is empty.", EXPORT_ANEW)
    if size > megabytes_max * 1_000_000:
        raise refusal(
            name,
            "",
            "The file holds {size} MB; a file of this kind may hold {most} MB.",
            "Export a shorter period, such as one fiscal year.",
            size=-(-size // 1_000_000),
            most=megabytes_max,
        )


def encoding_of(path: Path, name: str) -> str:
    """Tell in which encoding an XML file is to be read.

    Shape:  Python's name. A file that says ISO-8859-1 is read as Windows-1252, which adds only
            printable characters: that is what exporters mean.
    Errors: ``FileRefused`` for an encoding that is not read.
    """
    with path.open("rb") as file:
        head = file.read(1024)
    found = _DECLARED.search(head)
    declared = found[1].decode("ascii") if found else "utf-8"
    if head.startswith(_WIDE) or b"\0" in head:
        declared = "UTF-16/32"
    encoding = _plain(declared)
    if encoding not in ENCODINGS:
        message = "The file is encoded in “{encoding}”, which is not read."
        remedy = "Export it in UTF-8 or ISO-8859-1."
        raise refusal(name, "XML 1", message, remedy, encoding=declared)
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8"
    return "cp1252" if encoding == "iso8859-1" else encoding


def _plain(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        return encoding


def check_make(path: Path, name: str) -> None:
    """Refuse a file with a document type, or with a tag, text or comment without end.

    A parser spends minutes on the latter, because it begins anew with every piece that it is fed.

    Errors: ``FileRefused``.
    """
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        for begin in range(0, len(content) - STRETCH_MAX, STRETCH_MAX):
            if content.find(b"<", begin, begin + STRETCH_MAX) < 0:
                raise _endless(name)
        at = 0
        while aside := _ASIDE.search(content, at):
            if aside[0] not in _ENDS:
                line = content[: aside.start()].count(b"\n") + 1
                raise refusal(name, f"XML {line}", DOCUMENT_TYPE, EXPORT_ANEW)
            at = content.find(_ENDS[aside[0]], aside.end(), aside.end() + ASIDE_MAX)
            if at < 0:
                raise _endless(name)


def _endless(name: str) -> FileRefused:
    message = "The file holds a text, a tag or a comment that does not end."
    return refusal(name, "", message, EXPORT_ANEW)


def damage(name: str, line: int, column: int) -> FileRefused:
    """Make the refusal of a file whose XML cannot be read on from a place."""
    facts = {"line": str(line), "column": str(column + 1)}
    return refusal(name, f"XML {line}", DAMAGED, EXPORT_ANEW, **facts)
