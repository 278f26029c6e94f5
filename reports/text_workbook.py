"""Rows of texts as a workbook of one worksheet: every cell is the text that it was."""

from __future__ import annotations

import re
from io import BytesIO
from itertools import chain, islice
from typing import IO, TYPE_CHECKING, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from reports import sheets
from tracker.domain.errors import RuleViolation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NAME_MAX: Final = 31
MEASURED: Final = 100  # rows by which columns are made wide
WIDTH_MIN, WIDTH_MAX = 8, 60
TEXT_STYLE: Final = 1

_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN: Final = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_LINKS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_KIND: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS: Final = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/>'
        "</Types>"
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook {_MAIN} xmlns:r="{_LINKS}"><bookViews><workbookView/></bookViews>'
        '<sheets><sheet name="{title}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{_LINKS}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2"'
        f' Type="{_LINKS}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        f'<styleSheet {_MAIN}><fonts count="1"><font><sz val="10"/><name val="Calibri"/></font>'
        '</fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill>'
        '<patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/>'
        "<right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs>"
        '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs>'
        '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"'
        ' quotePrefix="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0"'
        ' builtinId="0"/></cellStyles></styleSheet>'
    ),
}


def text_workbook(rows: Iterable[tuple[int, Sequence[str]]], title: str) -> bytes:
    """Write rows of texts as a workbook of one worksheet, each on the row of its number.

    Shape:  numbers from 1 that go up; those left out are empty rows.
    Errors: ``RuleViolation`` for more rows than a worksheet holds.
    """
    name = re.sub(r"[\[\]:*?/\\]", " ", title)[:NAME_MAX].strip(" '") or "1"
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for part, text in _PARTS.items():
            titled = text.replace("{title}", sheets.written(name).replace('"', "&quot;"))
            archive.writestr(_entry(part), _XML + titled)
        with archive.open(_entry("xl/worksheets/sheet1.xml"), "w") as sheet:
            _write(sheet, rows, title)
    return out.getvalue()


def _entry(part: str) -> ZipInfo:
    entry = ZipInfo(part)
    entry.compress_type = ZIP_DEFLATED
    return entry


def _write(sheet: IO[bytes], rows: Iterable[tuple[int, Sequence[str]]], title: str) -> None:
    coming = iter(rows)
    first = list(islice(coming, MEASURED))
    sheet.write(f"{_XML}<worksheet {_MAIN}>{_columns(first)}<sheetData>".encode())
    for number, texts in chain(first, coming):
        if number > sheets.ROWS_MAX:
            raise RuleViolation(
                "A worksheet holds {most} rows, and {title} has {count}.",
                "Choose a shorter period.",
                field="file",
                most=sheets.ROWS_MAX,
                title=title,
                count=number,
            )
        cells = [
            sheets.cell(f"{sheets.letters(at)}{number}", TEXT_STYLE, text)
            for at, text in enumerate(texts)
            if text
        ]
        sheet.write(sheets.row(number, cells).encode())
    sheet.write(
        b'</sheetData><ignoredErrors><ignoredError sqref="A1:XFD1048576"'
        b' numberStoredAsText="1"/></ignoredErrors></worksheet>'
    )


def _columns(rows: Iterable[tuple[int, Sequence[str]]]) -> str:
    """Make each column about as wide as its texts."""
    widths: dict[int, int] = {}
    for _, texts in rows:
        for at, text in enumerate(texts, 1):
            widths[at] = max(widths.get(at, WIDTH_MIN), min(WIDTH_MAX, len(text) + 2))
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>'
        for at, width in widths.items()
    )
    return f"<cols>{columns}</cols>" if columns else ""
