"""What kind of file this is, by what is in it; its name proves nothing."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from typing import TYPE_CHECKING
from xml.parsers import expat

from tracker.domain.errors import FileRefused
from tracker.domain.imports import FileKind
from tracker.domain.table_columns import TableKind
from tracker.readers import camt, xaf
from tracker.readers.delimited import is_wide
from tracker.readers.findings import EXPORT_ANEW, refusal
from tracker.readers.headings import is_known
from tracker.readers.markup import DOCUMENT_TYPE, check_size, damage, encoding_of
from tracker.readers.tables import HEAD_ROWS, is_workbook, likeliest, open_table

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.readers.tables import Table

HEAD = 1 << 16
WORKBOOK = b"xl/"  # where a zip keeps the parts of one
NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1f]")
NOTHING = "The file is nothing that can be imported."
ROOT_AND_CHILD = 2

IMPORTABLE = (
    "Import a general ledger (XAF), a bank statement (camt.053), or a workbook or csv with a "
    "table of costs or hours."
)
AS_WORKBOOK = (
    "Save it as “Excel workbook (.xlsx)” in the spreadsheet program, and import that file."
)
XAF_WANTED = "Choose XAF 4.0 or 3.2 in the accounting software, and export it again."

OTHERS = (  # what begins like this, what it is, and what to do about it
    (rb"\xd0\xcf\x11\xe0", "The file is a workbook or document of an old kind.", AS_WORKBOOK),
    (
        rb"PK\x03\x04|\x1f\x8b|7z\xbc\xaf|Rar!|MSCF",
        "The file is an archive.",
        "Unpack it, and import the file that is in it.",
    ),
    (rb"%PDF-", "The file is a PDF, made for people to read.", IMPORTABLE),
    (rb"\x89PNG|\xff\xd8\xff|GIF8", "The file is an image.", IMPORTABLE),
    (rb"CLAIR1\.00", "The file is an auditfile from before 2003.", XAF_WANTED),
    (
        rb"\{1:F01|\s*:20:|[^\n]{0,40}\n:20:|[^\n]{0,40}\n940",
        "The file is a bank statement in MT940.",
        camt.NOT_CAMT,
    ),
    (
        rb"\s*\{",
        "The file is JSON, as a programme is.",
        "A programme is set up with “tracker setup”.",
    ),
)
KINDS = {  # by the root, or its first child
    "auditfile": (FileKind.LEDGER, xaf.MEGABYTES_MAX),
    "bktocstmrstmt": (FileKind.BANK, camt.MEGABYTES_MAX),
}
LIKE_STATEMENTS = {
    "BkToCstmrAcctRpt": "camt.052",
    "BkToCstmrDbtCdtNtfctn": "camt.054",
    "CstmrCdtTrfInitn": "pain.001",
}


def kind_of(path: Path, name: str) -> FileKind:
    """Tell what a file is.

    Errors: ``FileRefused`` for anything that cannot be imported, saying what it seems to be.
    """
    check_size(path, name, xaf.MEGABYTES_MAX)
    with path.open("rb") as file:
        head = file.read(HEAD)
        file.seek(max(0, path.stat().st_size - HEAD))
        is_book = is_workbook(path) and WORKBOOK in head + file.read(HEAD)
    if is_book:
        return _kind_of_tables(path, name)
    for pattern, what, remedy in OTHERS:
        if re.match(pattern, head, re.DOTALL):
            raise refusal(name, "", what, remedy)
    if _is_markup(head):
        return _kind_of_markup(path, name, head)
    if not NO_TEXT.search(head) or is_wide(head):
        return _kind_of_tables(path, name)
    raise refusal(name, "", NOTHING, IMPORTABLE)


def kind_of_books(path: Path) -> FileKind | None:
    """Tell a ledger or a statement by how the file begins; nothing for all else, good or bad."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not _is_markup(head):
        return None
    try:
        elements = _first_elements(path, path.name, head)
    except FileRefused:
        return None
    return next((KINDS[e.lower()][0] for e in elements if e.lower() in KINDS), None)


def _kind_of_tables(path: Path, name: str) -> FileKind:
    file = open_table(path, name)
    _, suggestion = likeliest(file)
    if suggestion.kind is TableKind.IN_KIND and len(suggestion.columns) > 1:
        return FileKind.IN_KIND
    if any(map(_is_table, file.tables)):
        return FileKind.TABLE
    raise refusal(name, "", NOTHING, IMPORTABLE)


def _is_table(table: Table) -> bool:
    """Tell a table from text by its headings, or else by rows that are as wide as these."""
    headings = list(filter(None, table.headings))
    if len(headings) <= 1 or table.sheet or any(map(is_known, headings)):
        return len(headings) > 1
    rows = table.sample(HEAD_ROWS)
    return bool(rows) and all(len(row.cells) == len(table.headings) for row in rows)


def _is_markup(head: bytes) -> bool:
    begin = head.removeprefix(BOM_UTF8).lstrip()
    return begin.startswith((b"<", b"\xff\xfe<", b"\xfe\xff\x00<", b"\x00<"))


def _kind_of_markup(path: Path, name: str, head: bytes) -> FileKind:
    elements = _first_elements(path, name, head)
    for element in elements:
        if element.lower() in KINDS:
            kind, megabytes_max = KINDS[element.lower()]
            check_size(path, name, megabytes_max)
            return kind
        if element in LIKE_STATEMENTS:
            message = "The file is a {format}, and not a statement."
            raise refusal(name, element, message, camt.NOT_CAMT, format=LIKE_STATEMENTS[element])
    message = "The file is XML with the root {root}, which cannot be imported."
    root = elements[0][:80]
    raise refusal(name, root, message, IMPORTABLE, root=root)


def _first_elements(path: Path, name: str, head: bytes) -> list[str]:
    """Give the local names of the root and of its first child."""
    parser = expat.ParserCreate(encoding_of(path, name))
    elements: list[str] = []

    def start(element: str, _attributes: dict[str, str]) -> None:
        if len(elements) < ROOT_AND_CHILD:
            elements.append(element.rpartition(":")[2])

    def refuse(*_: object) -> None:
        raise refusal(name, f"XML {parser.CurrentLineNumber}", DOCUMENT_TYPE, EXPORT_ANEW)

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(head, False)
    except expat.ExpatError as error:
        if not elements:
            raise damage(name, error.lineno, error.offset) from error
    if not elements:
        raise damage(name, parser.CurrentLineNumber, parser.CurrentColumnNumber)
    return elements
