"""A workbook as a funder sends it: made to imitate a real one, with all that must survive."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image as PillowImage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tracker.domain.funder_workbooks import Shape

LINES = (
    ("1.1", "Loonkosten"),
    ("1.2", "Kosten derden"),
    ("2.1", "Materialen en apparatuur"),
    ("2.2", "Overige kosten"),
)
FIRST = 9  # row of the first line
TOTAL = FIRST + len(LINES)
SHEETS = ("xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/worksheets/sheet3.xml")
TITLES = ("Voorblad", "Kosten 2023", "Lijsten")
_RED = DifferentialStyle(font=Font(color="FFAA0000"))
_INLINE = re.compile(
    rb"(<c r=\"[A-Z]+[0-9]+\"[^>]*?) t=\"inlineStr\"><is>(.*?)</is></c>", re.DOTALL
)
_CELL = re.compile(rb'<c r="([A-Z]+[0-9]+)"[^>]*?(?:/>|>.*?</c>)', re.DOTALL)
_VALUE = re.compile(rb"<v>.*?</v>", re.DOTALL)
_NO_CELLS = re.compile(rb'<row r="\d+"></row>')
_PLACE = re.compile(rb"<c r=\"([A-Z]+[0-9]+)\"[^>]*><f>")
MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SPREADSHEET = b"application/vnd.openxmlformats-officedocument.spreadsheetml"
_FORMULA = re.compile(
    rb"(<c r=\"[A-Z]+[0-9]+\"[^>]*?)(?: t=\"\w+\")?><f>([^<]*)</f><v ?/?>(?:</v>)?"
)


def funder_template(
    *, label: str = "Loonkosten", with_marks: bool = True, with_lines: bool = False
) -> bytes:
    """Make the template; ``label`` is what stands beside the first line of costs."""
    book = Workbook()
    front = book.active
    assert isinstance(front, Worksheet)
    _front(front, with_marks=with_marks)
    _costs(book.create_sheet("Kosten 2023"), label, with_lines=with_lines)
    lists = book.create_sheet("Lijsten")
    lists.sheet_state = "hidden"
    for at, word in enumerate(("ja", "nee"), 1):
        lists.cell(at, 1, word)
    lists["B1"] = "='Kosten 2023'!D13*2"
    lists["C1"], lists["C2"] = "=B1+1", "=B2+1"
    for row, told in enumerate((("Land", "Code"), ("Nederland", "NL"), ("België", "BE")), 1):
        lists.cell(row, 6, told[0])
        lists.cell(row, 7, told[1])
    lists.add_table(Table(displayName="landen", ref="F1:G3"))
    lists.protection.sheet = True
    system = book.create_sheet("Systeem")
    system.sheet_state = "veryHidden"
    system["A1"] = "versie 4"
    book.defined_names["totaal"] = DefinedName("totaal", attr_text=f"'Kosten 2023'!$D${TOTAL}")
    book.defined_names["peildatum"] = DefinedName("peildatum", attr_text="Voorblad!$C$7")
    book.defined_names["ontvangen"] = DefinedName("ontvangen", attr_text="'Kosten 2023'!$D$16")
    book.properties.creator = "Subsidieverstrekker"
    made_on = datetime(2021, 1, 4, 9, tzinfo=UTC).replace(tzinfo=None)
    book.properties.created = book.properties.modified = made_on
    out = BytesIO()
    book.save(out)
    return _with_values(out.getvalue())


def _front(sheet: Worksheet, *, with_marks: bool) -> None:
    sheet.title = "Voorblad"
    sheet.merge_cells("B2:E2")
    sheet["B2"] = "Financiële verantwoording"
    sheet["B2"].font = Font(bold=True, size=16)
    sheet["B2"].fill = PatternFill("solid", fgColor="FF1F6F6B")
    for row, word in (
        (4, "Project"),
        (5, "Kenmerk"),
        (6, "Periode"),
        (7, "Peildatum"),
        (8, "Naam"),
    ):
        sheet.cell(row, 2, word)
    sheet.merge_cells("C4:E4")
    if with_marks:
        sheet["C4"] = "{{ project.name }}"
        sheet["C5"] = "{{funder.reference}}"
        sheet["C6"] = "Kosten over {{ period.code }} ({{ commitment.code }})"
    sheet["C7"].number_format = "dd-mm-yyyy"
    sheet["C7"] = date(2020, 1, 1)
    sheet["C4"].comment = Comment("Vul de naam van het project in.", "Funder")
    sheet.protection.sheet = True
    sheet.protection.password = "geheim"
    header = sheet.oddHeader
    assert header is not None
    header.center.text = "Verantwoording &A"
    sheet.column_dimensions["B"].width = 24
    sheet.column_dimensions["C"].width = 30


def _costs(sheet: Worksheet, label: str, *, with_lines: bool) -> None:
    sheet.merge_cells("A1:F1")
    sheet["A1"] = "Kosten in euro's"
    sheet["A1"].alignment = Alignment(horizontal="center")
    for column, word in enumerate(
        ("Code", "Post", "Begroot", "Deze periode", "Cumulatief", "Restant"), 1
    ):
        sheet.cell(FIRST - 1, column, word).font = Font(bold=True)
    for row, (code, title) in enumerate(LINES, FIRST):
        sheet.cell(row, 1, code)
        sheet.cell(row, 2, label if row == FIRST else title)
        for column, measure in enumerate(("budget", "this_period", "to_date"), 3):
            cell = sheet.cell(row, column)
            if with_lines:
                cell.value = f"{{{{ line.{code}.{measure} }}}}"
            cell.number_format = "#,##0.00"
            cell.protection = Protection(locked=False)
        sheet.cell(row, 6, f"=C{row}-E{row}")
    for letter, width in zip("ABCDEF", (8, 28, 14, 14, 14, 14), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.cell(TOTAL, 2, "Totaal")
    for column in (3, 4, 5, 6):
        letter = get_column_letter(column)
        sheet.cell(TOTAL, column, f"=SUM({letter}{FIRST}:{letter}{TOTAL - 1})")
    sheet["B15"] = "Akkoord"
    sheet["B16"] = "Ontvangen"
    choice = DataValidation("list", formula1="=Lijsten!$A$1:$A$2", allow_blank=True)
    choice.add("C15")
    sheet.add_data_validation(choice)
    late = Rule("cellIs", operator="lessThan", formula=["0"], dxf=_RED)
    sheet.conditional_formatting.add(f"F{FIRST}:F{TOTAL}", late)
    sheet.freeze_panes = f"A{FIRST}"
    sheet.protection.sheet = True
    sheet.protection.formatCells = False
    sheet.print_area = f"A1:F{TOTAL}"
    sheet.print_title_rows = f"{FIRST - 1}:{FIRST - 1}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    _pictures(sheet)


def _pictures(sheet: Worksheet) -> None:
    """Put a logo beside the title and a chart of the costs below the table."""
    logo = BytesIO()
    PillowImage.new("RGB", (24, 12), (31, 111, 107)).save(logo, "PNG")
    sheet.add_image(Image(logo), "H1")
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=4, min_row=FIRST - 1, max_row=TOTAL - 1), True)
    chart.set_categories(Reference(sheet, min_col=2, min_row=FIRST, max_row=TOTAL - 1))
    sheet.add_chart(chart, "B19")


def _with_values(content: bytes) -> bytes:
    """Make of it what Excel keeps: values of formulas, texts in a list, an order of computing.

    A part that nobody knows stands in it too.
    """
    parts, texts = parts_of(content), list[bytes]()
    formulas = list[bytes]()
    for name, told in parts.items():
        if name.startswith("xl/worksheets/sheet"):
            valued = _FORMULA.sub(rb"\1><f>\2</f><v>0</v>", told)
            number = name[len("xl/worksheets/sheet") :].removesuffix(".xml").encode()
            formulas += [
                b'<c r="%s" i="%s"/>' % (place, number) for place in _PLACE.findall(valued)
            ]
            parts[name] = _INLINE.sub(lambda found: _shared(found, texts), valued)
    lists = "xl/worksheets/sheet3.xml"
    first, second = b"<f>B1+1</f>", b"<f>B2+1</f>"
    assert first in parts[lists]
    assert second in parts[lists]
    parts[lists] = parts[lists].replace(first, b'<f t="shared" ref="C1:C2" si="0">B1+1</f>')
    parts[lists] = parts[lists].replace(second, b'<f t="shared" si="0"/>')
    front = "xl/workbook.xml"
    parts[front] = parts[front].replace(b' fullCalcOnLoad="1"', b"")
    count = b"%d" % len(texts)
    parts["xl/sharedStrings.xml"] = b'<sst xmlns="%s" count="%s" uniqueCount="%s">%s</sst>' % (
        MAIN, count, count, b"".join(b"<si>%s</si>" % one for one in texts)
    )  # fmt: skip
    parts["xl/calcChain.xml"] = b'<calcChain xmlns="%s">%s</calcChain>' % (MAIN, b"".join(formulas))
    _declare(parts, "sharedStrings")
    _declare(parts, "calcChain")
    parts["customXml/item1.xml"] = b"<kenmerk>NGF</kenmerk>"
    return packed(parts)


def _shared(found: re.Match[bytes], texts: list[bytes]) -> bytes:
    """Put the text of a cell into the list, and its number into the cell."""
    texts.append(found[2])
    return b'%s t="s"><v>%d</v></c>' % (found[1], len(texts) - 1)


def _declare(parts: dict[str, bytes], kind: str) -> None:
    """Say that there is a part of this kind beside the workbook."""
    types, links = "[Content_Types].xml", "xl/_rels/workbook.xml.rels"
    if f"/xl/{kind}.xml".encode() not in parts[types]:
        told = b'<Override PartName="/xl/%s.xml" ContentType="%s.%s+xml"/></Types>' % (
            kind.encode(), SPREADSHEET, kind.encode()
        )  # fmt: skip
        parts[types] = parts[types].replace(b"</Types>", told)
    if f"{kind}.xml".encode() not in parts[links]:
        link = b'<Relationship Id="own-%s" Type="%s/%s" Target="%s.xml"/></Relationships>' % (
            kind.encode(), OFFICE, kind.encode(), kind.encode()
        )  # fmt: skip
        parts[links] = parts[links].replace(b"</Relationships>", link)


def parts_of(content: bytes) -> dict[str, bytes]:
    """Give the parts of a workbook by their names, in their order."""
    with ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Make a workbook of its parts, the same bytes of the same ones."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as kept:
        for name, told in parts.items():
            kept.writestr(ZipInfo(name, (2021, 1, 4, 9, 0, 0)), told, ZIP_DEFLATED)
    return out.getvalue()


def cells_of(sheet: bytes) -> dict[bytes, bytes]:
    """Give the XML of the cells of a sheet by their places."""
    return {found[1]: found[0] for found in _CELL.finditer(sheet)}


def beyond_the_cells(before: bytes, after: bytes, shape: Shape) -> Iterator[str]:
    """Name the parts in which more changed than the cells that are filled.

    Shape:  values of formulas, which are taken out, and the wish to compute anew are no change.
    """
    old, new = parts_of(before), parts_of(after)
    yield from old.keys() ^ new.keys()
    for name in old.keys() & new.keys():
        filled = set[bytes]()
        if name in SHEETS:
            title = TITLES[SHEETS.index(name)]
            filled = {at.place.encode() for at in shape.values() if at.sheet == title}
        left = _without(old[name], filled), _without(new[name], filled)
        if left[0] != left[1]:
            yield name


def _without(part: bytes, places: set[bytes]) -> bytes:
    """Take cells out of a part, and what is computed; rows that hold nothing then go with them."""

    def rest(found: re.Match[bytes]) -> bytes:
        if found[1] in places:
            return b""
        return _VALUE.sub(b"", found[0]) if b"<f" in found[0] else found[0]

    return _NO_CELLS.sub(b"", _CELL.sub(rest, part)).replace(b' fullCalcOnLoad="1"', b"")
