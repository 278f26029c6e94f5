"""The worksheet that lists what is wrong in a workbook that somebody made.

It has no styles, since those are a part of the workbook that is not touched: what is set apart
is set apart within its text.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Final, NamedTuple

from lxml import etree

from reports import sheets, words
from reports.packages import parse, unparse
from reports.plain_texts import is_risky

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reports.packages import Dialect, Element, Package

XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
WIDTH_MAX: Final = 110
LINKS_MAX: Final = 65_530  # of a worksheet
SHEET_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
KNOWN_BY: Final = "FundingTracker.Findings"
NAMES: Final = ("_xlnm._FilterDatabase", KNOWN_BY)
LAST: Final = "E"  # column
_BEFORE_NAMES: Final = frozenset({"sheets", "functionGroups", "externalReferences"})
_LOOKS: Final = {
    "strong": "<rPr><b/></rPr>",
    "link": '<rPr><u/><color rgb="FF0563C1"/></rPr>',
}


class Listed(NamedTuple):
    """A line of the list; ``location`` is what its cell leads to, such as ``'Costs'!F12``."""

    sheet: str
    cell: str
    message: str
    remedy: str
    severity: str
    location: str


def list_findings(
    package: Package, workbook: str, dialect: Dialect, lines: Sequence[Listed], language: str
) -> None:
    """Add the worksheet with the list to a workbook, or put it in the place of an earlier one."""
    root = parse(package.read(workbook))
    name = f"{{{dialect.main}}}%s"
    sheets_told = root.find(name % "sheets")
    listed = sheets_told.findall(name % "sheet")
    links = {link.id: link.part for link in package.links(workbook)}
    written = _worksheet(lines, dialect, language).encode()
    at = _earlier(root, name, len(listed))
    part = links.get(listed[at].get(f"{{{dialect.links}}}id"), "") if at >= 0 else ""
    if part not in package:
        part = package.free_name("xl/worksheets/sheet{}.xml")
        package.declare(part, SHEET_TYPE)
        link = package.link(workbook, f"{dialect.links}/worksheet", part)
        number = max(_whole(sheet.get("sheetId")) for sheet in listed) + 1
        title = _free_title([sheet.get("name", "") for sheet in listed], language)
        new = etree.SubElement(sheets_told, name % "sheet", name=title, sheetId=str(number))
        new.set(f"{{{dialect.links}}}id", link)
        at = len(listed)
    _name_area(root, name, at, len(lines))
    package.write(part, written)
    package.write(workbook, unparse(root))


def _earlier(root: Element, name: str, count: int) -> int:
    """Find the worksheet with the list of an earlier time, by its place; −1 without one."""
    places = [
        _whole(defined.get("localSheetId"))
        for defined in root.iter(name % "definedName")
        if defined.get("name") == KNOWN_BY
    ]
    return next((at for at in places if 0 <= at < count), -1)


def _whole(text: str | None) -> int:
    return int(text) if text and re.fullmatch("[0-9]{1,9}", text) else -1


def _name_area(root: Element, name: str, at: int, count: int) -> None:
    """Name the area of the list: some programs filter nothing else, and we know it again by it."""
    names = root.find(name % "definedNames")
    if names is None:
        names = etree.Element(name % "definedNames")
        before = [
            child
            for child in root.iterchildren("{*}*")
            if etree.QName(child).localname in _BEFORE_NAMES
        ]
        before[-1].addnext(names)
    for defined in names.findall(name % "definedName"):
        if defined.get("name") in NAMES and defined.get("localSheetId") == str(at):
            names.remove(defined)
    sheet = root.find(name % "sheets").findall(name % "sheet")[at]
    title = sheet.get("name", "").replace("'", "''")
    for known in NAMES:
        new = etree.SubElement(names, name % "definedName", name=known)
        new.set("localSheetId", str(at))
        new.set("hidden", "1")
        new.text = f"'{title}'!$A$1:${LAST}${count + 1}"


def _free_title(taken: Sequence[str], language: str) -> str:
    """Name the worksheet, other than those that are there."""
    folded = {name.casefold() for name in taken}
    title = words.gettext_for(language)("Findings")
    names = [title, *(f"{title} {at}" for at in range(2, len(taken) + 3))]
    return next(name for name in names if name.casefold() not in folded)


def _worksheet(lines: Sequence[Listed], dialect: Dialect, language: str) -> str:
    _ = words.gettext_for(language)
    heads = (_("Sheet"), _("Cell"), _("What is wrong"), _("What to do"), _("Severity"))
    columns = list(zip(*(line[: len(heads)] for line in lines), strict=True)) or [()] * len(heads)
    widths = [
        min(WIDTH_MAX, max(map(len, (head, *texts))) + 3)
        for head, texts in zip(heads, columns, strict=True)
    ]
    area = f"A1:{LAST}{len(lines) + 1}"
    head = (
        f'<worksheet xmlns="{dialect.main}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<dimension ref="{area}"/><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        "</sheetView></sheetViews>"
    )
    columns_told = "".join(
        f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>'
        for at, width in enumerate(widths, 1)
    )
    rows = _row(1, [(head, "strong") for head in heads]) + "".join(_body(lines))
    foot = (
        '<pageMargins left="0.5" right="0.5" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
    )
    return (
        f"{XML}{head}<cols>{columns_told}</cols><sheetData>{rows}</sheetData>"
        f'<autoFilter ref="{area}"/>{_hyperlinks(lines)}{foot}'
    )


def _body(lines: Sequence[Listed]) -> Iterator[str]:
    for at, line in enumerate(lines, 2):
        cell = (line.cell, "link" if line.location else "")
        rest = (line.message, line.remedy, line.severity)
        yield _row(at, [(line.sheet, ""), cell, *((text, "") for text in rest)])


def _row(at: int, texts: Iterable[tuple[str, str]]) -> str:
    cells = [
        f'<c r="{sheets.letters(column)}{at}" t="inlineStr"><is>{_run(text, look)}</is></c>'
        for column, (text, look) in enumerate(texts)
        if text
    ]
    return f'<row r="{at}">{"".join(cells)}</row>'


def _run(text: str, look: str) -> str:
    """Write a text; one that a program could take for a formula later has a mark before it."""
    safe = f"'{text}" if is_risky(text) else text
    told = f'<t xml:space="preserve">{sheets.written(safe)}</t>'
    return f"<r>{_LOOKS[look]}{told}</r>" if look else told


def _hyperlinks(lines: Sequence[Listed]) -> str:
    links = [
        f'<hyperlink ref="B{at}" location="{escape(line.location)}" display="{escape(line.cell)}"/>'
        for at, line in enumerate(lines, 2)
        if line.location
    ]
    return f"<hyperlinks>{''.join(links[:LINKS_MAX])}</hyperlinks>" if links else ""
