"""A workbook as a funder sends it: made to imitate a real one, with all that must survive."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

LINES = (
    ("1.1", "Loonkosten"),
    ("1.2", "Kosten derden"),
    ("2.1", "Materialen en apparatuur"),
    ("2.2", "Overige kosten"),
)
FIRST = 9  # row of the first line
TOTAL = FIRST + len(LINES)
_RED = DifferentialStyle(font=Font(color="FFAA0000"))
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
    lists.protection.sheet = True
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


def _with_values(content: bytes) -> bytes:
    """Give every formula the value that Excel computed, and add a part that nobody knows."""
    out = BytesIO()
    with ZipFile(BytesIO(content)) as made, ZipFile(out, "w", ZIP_DEFLATED) as kept:
        for info in made.infolist():
            told = made.read(info)
            if info.filename.startswith("xl/worksheets/sheet"):
                told = _FORMULA.sub(rb"\1><f>\2</f><v>0</v>", told)
            elif info.filename == "xl/workbook.xml":
                told = told.replace(b' fullCalcOnLoad="1"', b"")
            kept.writestr(info, told)
        kept.writestr("customXml/item1.xml", "<kenmerk>NGF</kenmerk>")
    return out.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    """Give the parts of a workbook by their names, in their order."""
    with ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
