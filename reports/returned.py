"""The user's own workbook, given back with what is wrong in it.

A comment on every cell in question and one worksheet that lists them all; nothing else changes.
A text file has no comments, so it comes back as a workbook of its rows, each where it stood.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple
from zipfile import BadZipFile

from reports import sheets, words
from reports.comments import COLUMNS_MAX, Comment, comment_on, fitted, place_of
from reports.findings_sheet import Listed, list_findings
from reports.packages import CONTENT_TYPES, STRICT, USUAL, Package, parse
from reports.text_workbook import text_workbook
from tracker.domain.errors import CellFinding, RuleViolation, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reports.packages import Dialect

COMMENTS_MAX: Final = 10_000
_CELL: Final = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


class _Place(NamedTuple):
    """A cell of a worksheet that is there: its order among the worksheets, row and column."""

    sheet: int
    row: int
    column: int


class _Book(NamedTuple):
    """Where the parts of a workbook are; ``sheets`` are the worksheets by name, in order."""

    package: Package
    workbook: str
    dialect: Dialect
    sheets: Mapping[str, str]


def returned_workbook(content: bytes, findings: Sequence[CellFinding], language: str) -> bytes:
    """Give a workbook back with a comment on every bad cell, and a list of them.

    Shape:  comments and the list of an earlier time are replaced. After ``COMMENTS_MAX`` cells
            the rest is only listed, and so is what is said of a cell or sheet that is not there.
    Errors: ``RuleViolation`` for a file that is no workbook.
    """
    book = _opened(content)
    try:
        return _with_findings(book, findings, language)
    except BadZipFile as error:
        raise _refusal() from error


def _with_findings(book: _Book, findings: Sequence[CellFinding], language: str) -> bytes:
    placed = [(finding, _placed(finding, book)) for finding in findings]
    placed.sort(key=lambda found: found[1] or _unplaced(found[0], book))
    comments = _comments(placed, language)
    unsaid = []
    for order, part in enumerate(book.sheets.values()):
        try:
            comment_on(book.package, part, comments.get(order, ()), book.dialect)
        except ValueError:  # this worksheet is made in a way that only leaves the list
            unsaid.append(order)
    count = sum(len(said) for order, said in comments.items() if order not in unsaid)
    cells = len({place for _, place in placed if place})
    lines = _not_all(count, cells, language)
    lines += [_listed(finding, place, book, language) for finding, place in placed]
    list_findings(book.package, book.workbook, book.dialect, lines, language)
    return book.package.as_bytes()


def returned_rows(
    rows: Iterable[tuple[int, Sequence[str]]],
    findings: Sequence[CellFinding],
    language: str,
    title: str,
) -> bytes:
    """Give the rows of a text file back as a workbook, with comments and the list.

    Shape:  each row with the number of its line, which is where it is put; every cell is text,
            as it was. ``title`` names the worksheet.
    Errors: ``RuleViolation`` for more lines than a worksheet holds.
    """
    return returned_workbook(text_workbook(rows, title), findings, language)


def _opened(content: bytes) -> _Book:
    """Find the parts of a workbook.

    Errors: ``RuleViolation`` for a file that is no workbook.
    """
    try:
        package = Package(content)
        workbook = package.linked("", "officeDocument")
        root = parse(package.read(workbook))
        parse(package.read(CONTENT_TYPES))
        links = package.links(workbook)
    except (BadZipFile, KeyError, ValueError) as error:
        raise _refusal() from error
    dialect = STRICT if root.tag.startswith(f"{{{STRICT.main}}}") else USUAL
    parts = {link.id: link.part for link in links if link.kind == "worksheet"}
    named = {
        sheet.get("name", ""): parts.get(sheet.get(f"{{{dialect.links}}}id", ""), "")
        for sheet in root.iterfind(f"{{{dialect.main}}}sheets/{{{dialect.main}}}sheet")
    }
    there = {name: part for name, part in named.items() if part in package}
    if not there:
        raise _refusal()
    return _Book(package, workbook, dialect, there)


def _refusal() -> RuleViolation:
    return RuleViolation(
        "This file is no workbook that can be given back.",
        "Look the findings up on the page instead.",
        field="file",
    )


def _placed(finding: CellFinding, book: _Book) -> _Place | None:
    """Find the cell that something is said of; of a text file it is on the only sheet."""
    order = _order(finding, book)
    cell = _CELL.fullmatch(finding.cell)
    if order is None or cell is None:
        return None
    column = 0
    for letter in cell[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    row = int(cell[2])
    if column > COLUMNS_MAX or row > sheets.ROWS_MAX:
        return None
    return _Place(order, row - 1, column - 1)


def _order(finding: CellFinding, book: _Book) -> int | None:
    if not finding.sheet:
        return 0 if finding.cell else None
    names = [name.casefold() for name in book.sheets]
    folded = finding.sheet.casefold()
    return names.index(folded) if folded in names else None


def _unplaced(finding: CellFinding, book: _Book) -> _Place:
    """Tell where in the list something is that is not said of a cell: before what is."""
    order = _order(finding, book)
    return _Place(-1 if order is None else order, -1, -1)


def _comments(
    placed: Iterable[tuple[CellFinding, _Place | None]], language: str
) -> dict[int, list[Comment]]:
    """Make one comment of everything that is said of a cell, by the order of its worksheet."""
    by_cell: dict[_Place, list[CellFinding]] = {}
    for finding, place in placed:
        if place and (place in by_cell or len(by_cell) < COMMENTS_MAX):
            by_cell.setdefault(place, []).append(finding)
    comments: dict[int, list[Comment]] = {}
    for place, said in by_cell.items():
        worst = _severity(is_error=any(finding.is_error for finding in said), language=language)
        text = "\n\n".join(dict.fromkeys(_said(finding, language) for finding in said))
        name = place_of(place.row, place.column)
        comment = Comment(place.row, place.column, name, worst, fitted(text))
        comments.setdefault(place.sheet, []).append(comment)
    return comments


def _said(finding: CellFinding, language: str) -> str:
    told = (words.say(finding.message, language), words.say(finding.remedy, language))
    return "\n".join(filter(None, told))


def _severity(*, is_error: bool, language: str) -> str:
    _ = words.gettext_for(language)
    return _("Error") if is_error else _("Warning")


def _listed(finding: CellFinding, place: _Place | None, book: _Book, language: str) -> Listed:
    name = list(book.sheets)[place.sheet] if place else finding.sheet
    quoted = name.replace("'", "''")
    return Listed(
        finding.sheet,
        finding.cell,
        words.say(finding.message, language),
        words.say(finding.remedy, language),
        _severity(is_error=finding.is_error, language=language),
        f"'{quoted}'!{finding.cell}" if place else "",
    )


def _not_all(count: int, cells: int, language: str) -> list[Listed]:
    """Say that not every cell in the list has a comment, where that is so."""
    if count == cells:
        return []
    message = Sentence(
        "{count} of {cells} cells have a comment; all are in this list.",
        {"count": count, "cells": cells},
    )
    severity = _severity(is_error=False, language=language)
    return [Listed("", "", words.say(message, language), "", severity, "")]
