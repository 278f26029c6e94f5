"""Workbooks are looked at before they are read, and what is read is what the spreadsheet shows."""

import io
import subprocess
import sys
from datetime import date, datetime
from decimal import Context, Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from tests.readers.bombs import unpacked
from tests.readers.hostile import parts_of, sheet, sound, zipped
from tests.readers.writing import refusal_of
from tests.reports.programs import recalculated
from tracker.readers import archives, sheet_markup, workbooks
from tracker.readers.workbook_parts import Shown
from tracker.readers.workbooks import Fault, SheetLook, SheetRow

NAME = "costs.xlsx"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / NAME


def written(path: Path, rows: str, **parts: str) -> Path:
    path.write_bytes(zipped(parts_of(sheet(rows), **parts)))
    return path


def looked(path: Path) -> SheetLook:
    return workbooks.look(path, NAME)[0]


def rows(path: Path, title: str = "Costs") -> list[SheetRow]:
    return list(workbooks.rows_of(path, NAME, title))


def cell(path: Path, xml: str, **parts: str) -> object:
    """Give what a cell holds that is written so."""
    (row,) = rows(written(path, f'<row r="1">{xml}</row>', **parts))
    return row.cells[0]


def said(path: Path, xml: str, **parts: str) -> str:
    written(path, xml, **parts)
    return refusal_of(lambda: (workbooks.look(path, NAME), rows(path)))


@pytest.mark.parametrize(
    ("xml", "value"),
    [
        ("<c><v>12.50</v></c>", Decimal("12.5")),
        ('<c r="A1"><v>4100.0</v></c>', Decimal(4100)),
        ('<c r="A1"><v>0.30000000000000004</v></c>', Decimal("0.3")),
        ('<c r="A1"><v>1.1000000000000001</v></c>', Decimal("1.1")),
        ('<c r="A1"><v>-1.5E-3</v></c>', Decimal("-0.0015")),
        ('<c r="A1"><v>1.23456789012346E17</v></c>', Decimal(123456789012346000)),
        ('<c r="A1"><v>1e999999999</v></c>', Fault("1e999999999")),
        ('<c r="A1"><v>1e300</v></c>', Fault("1e300")),
        ('<c r="A1"><v>NaN</v></c>', Fault("NaN")),
        ('<c r="A1"><v>1_000</v></c>', Fault("1_000")),
        ('<c r="A1" t="e"><v>#REF!</v></c>', Fault("#REF!")),
        ('<c r="A1" t="b"><v>1</v></c>', True),
        ('<c r="A1" t="b"><v>7</v></c>', Fault("7")),
        ('<c r="A1" t="s"><v>9</v></c>', "Café & co"),
        ('<c r="A1" t="str"><f>B1</f><v>00012</v></c>', "00012"),
        ('<c r="A1" t="inlineStr"><is><t> a &lt;b&gt; </t></is></c>', " a <b> "),
        ('<c r="A1" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c>', "ab"),
        ('<c r="A1" t="inlineStr"><is><t>a</t><rPh><t>x</t></rPh></is></c>', "a"),
        ('<c r="A1" t="str"><v>a_x0009_b&#9;c_xD800_</v></c>', "a\tb\tc_xD800_"),
        ('<c r="A1" t="str"><v>1 > 0</v></c>', "1 > 0"),
        ('<c t="str" r="A1"><v>x</v></c>', "x"),
        ("<c r='A1' t='str'><v>x</v></c>", "x"),
        ('<c r="A1" t="d"><v>2023-05-01T00:00:00</v></c>', date(2023, 5, 1)),
        ('<c r="A1" t="d"><v>yesterday</v></c>', Fault("yesterday")),
        ('<c r="A1"><f>1+1</f></c>', Fault("=1+1")),
        ('<c r="A1"><f>1+1</f><v></v></c>', Fault("=1+1")),
        ('<c r="A1"><f t="shared" si="0"/><v>3</v></c>', Decimal(3)),
        ('<c r="A1"><f>IF(B1>2,"a>b","c")</f><v>3</v></c>', Decimal(3)),
        ('<c r="A1" s="0"><v>45047</v></c>', Decimal(45047)),
        ('<c r="A1" s="1"><v>45047</v></c>', date(2023, 5, 1)),
        ('<c r="A1" s="1"><v>45047.999</v></c>', date(2023, 5, 1)),
        ('<c r="A1" s="1"><v>45046.9999999999</v></c>', date(2023, 5, 1)),
        ('<c r="A1" s="1"><v>1</v></c>', date(1900, 1, 1)),
        ('<c r="A1" s="1"><v>59</v></c>', date(1900, 2, 28)),
        ('<c r="A1" s="1"><v>60</v></c>', Fault("1900-02-29")),
        ('<c r="A1" s="1"><v>61</v></c>', date(1900, 3, 1)),
        ('<c r="A1" s="1"><v>-5</v></c>', Fault("-5")),
        ('<c r="A1" s="1"><v>2958465</v></c>', date(9999, 12, 31)),
        ('<c r="A1" s="1"><v>2958466</v></c>', Fault("2958466")),
        ('<c r="A1" s="1"><v>0.5</v></c>', "12:00"),
        ('<c r="A1" s="99"><v>5</v></c>', Decimal(5)),
    ],
)
def test_a_cell_holds_what_the_spreadsheet_shows(path: Path, xml: str, value: object) -> None:
    found = cell(path, xml)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("written_format", "shown"),
    [
        ("General", Shown.NUMBER),
        ("#,##0.00", Shown.NUMBER),
        ('#,##0.00 "days"', Shown.NUMBER),
        ("_-* #,##0.00 [$€-413]_-;[Red]-* #,##0.00", Shown.NUMBER),
        ("0.00E+00", Shown.NUMBER),
        ("dd-mm-yyyy", Shown.DAY),
        ("[$-413]d mmmm yyyy;@", Shown.DAY),
        ("mmm", Shown.DAY),
        ("dd/mm/yyyy hh:mm", Shown.DAY),
        ("h:mm AM/PM", Shown.TIME),
        ("[h]:mm", Shown.TIME),
        ("mm:ss.0", Shown.TIME),
    ],
)
def test_a_format_tells_days_from_numbers(path: Path, written_format: str, shown: Shown) -> None:
    code = written_format.replace('"', "&quot;")
    styles = (
        f'<styleSheet xmlns="x"><numFmts><numFmt numFmtId="170" formatCode="{code}"/></numFmts>'
        '<cellXfs><xf numFmtId="170"/></cellXfs></styleSheet>'
    )
    value = cell(path, '<c r="A1" s="0"><v>45047.25</v></c>', **{"xl/styles.xml": styles})
    kinds = {Decimal: Shown.NUMBER, date: Shown.DAY, str: Shown.TIME}
    assert kinds[type(value)] is shown


def test_days_are_counted_from_1904_where_the_workbook_says_so(path: Path) -> None:
    front = parts_of("")["xl/workbook.xml"].replace("<workbookPr/>", '<workbookPr date1904="1"/>')
    assert cell(path, '<c r="A1" s="1"><v>0</v></c>', **{"xl/workbook.xml": front}) == date(
        1904, 1, 1
    )
    assert looked(path).is_from_1904


def test_rows_keep_the_numbers_that_the_spreadsheet_shows(path: Path) -> None:
    written(
        path,
        '<row r="3"><c r="B3"><v>1</v></c><c r="D3" s="2"/></row><row r="4"/>'
        '<row r="5"><c r="A5" t="str"><v></v></c></row><row r="900"><c r="A900"><v>2</v></c></row>',
    )
    assert rows(path) == [(3, (None, Decimal(1))), (900, (Decimal(2),))]


def test_a_look_counts_what_is_there_and_not_what_is_declared(path: Path) -> None:
    xml = sheet(
        '<row r="1"><c r="A1"><v>1</v></c><c r="C1"><f>A1</f></c></row>'
        '<row r="2" hidden="1"><c r="A2"><f>A1</f><v/></c></row>'
        '<row r="7" hidden="true"><c t="str"><f>A1</f><v></v></c></row>',
        before='<dimension ref="A1:XFD1048576"/>',
        after='<mergeCells count="1"><mergeCell ref="A9:C9"/></mergeCells>',
    )
    path.write_bytes(zipped(parts_of(xml)))
    first, second = workbooks.look(path, NAME)
    assert first == SheetLook(
        "Costs",
        is_hidden=False,
        is_from_1904=False,
        last_row=7,
        last_column=3,
        cell_count=4,
        hidden_rows=[2, 7],
        hidden_row_count=2,
        formulas_without_value=["C1", "A2"],
        formula_without_value_count=2,
        merged=["A9:C9"],
    )
    assert (second.name, second.is_hidden, second.cell_count) == ("Aside", True, 1)


def test_prefixes_make_no_difference(path: Path) -> None:
    plain = sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>')
    prefixed = plain.replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?")
    path.write_bytes(zipped(parts_of(prefixed.replace("xmlns=", "xmlns:x="))))
    assert rows(path) == [(1, ("x",))]


@pytest.mark.parametrize(
    "xml",
    [
        '<row r="5"><c r="B5"><v>1</v></c></row><row r="3"><c r="C3"><v>2</v></c></row>',
        '<row r="5"><c r="B5"><v>1</v></c><c r="B5"><v>2</v></c></row>',
        '<row r="5"><c r="B5"><v>1</v></c><c r="A5"><v>2</v></c></row>',
        '<row r="5"><c r="B6"><v>1</v></c></row>',
        '<row r="5"><c r="&#66;5"><v>1</v></c></row>',
        '<row r="5"><c r="B5"><v>1</v><v>2</v></c></row>',
        '<row r="5"><c r="B5"><w>1</w></c></row>',
        '<row r="5"><y r="B5"><v>1</v></y></row>',
        '<row r="5">text</row>',
        '<c r="A1"><v>1</v></c>',
        '<row r="0"><c><v>1</v></c></row>',
        '<row r="1048577"><c><v>1</v></c></row>',
    ],
)
def test_a_sheet_whose_cells_do_not_follow_on_each_other_is_refused(path: Path, xml: str) -> None:
    assert "The sheet is damaged at row " in said(path, xml)


@pytest.mark.parametrize(
    "value", ["1<!-- -->2", "<![CDATA[12]]>", "1<?x?>2"], ids=["comment", "cdata", "instruction"]
)
def test_an_amount_with_something_hidden_in_it_is_refused(path: Path, value: str) -> None:
    xml = f'<row r="1"><c r="A1"><v>{value}</v></c></row>'
    assert "holds comments or instructions inside its XML" in said(path, xml)


def test_a_cell_that_refers_to_no_text_is_refused(path: Path) -> None:
    for number in ("99", "-1", "1.5"):
        xml = f'<row r="1"><c r="A1" t="s"><v>{number}</v></c></row>'
        assert "a cell refers to a text that is not there" in said(path, xml)


def test_a_cell_far_to_the_right_is_named(path: Path) -> None:
    xml = '<row r="2"><c r="A2"><v>1</v></c><c r="ALM2"><v>1</v></c></row>'
    assert said(path, xml).startswith("Costs!ALM2: There is something in cell ALM2;")


def test_a_cell_far_to_the_right_that_is_empty_does_no_harm(path: Path) -> None:
    written(path, '<row r="2"><c r="A2"><v>1</v></c><c r="XFD2" s="1"/></row>')
    assert looked(path).last_column == 16_384
    assert rows(path) == [(2, (Decimal(1),))]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xd0\xcf\x11\xe0" + bytes(600), "from before 2007 (.xls)."),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "locked with a password"),
        (b"a;b\r\n1;2", "The file is no workbook."),
        (zipped({"xl/workbook.bin": "x"}), "a binary workbook (.xlsb)."),
        (zipped({"mimetype": "x", "content.xml": "<x/>"}), "an OpenDocument file (.ods)"),
        (zipped({"word/document.xml": "<x/>"}), "The file is a text document"),
        (zipped({"a.txt": "x"}), "its part xl/workbook.xml is missing."),
        (zipped(parts_of(sheet(""), **{"xl/vbaProject.bin": "x"})), "holds macros"),
        (zipped(parts_of(sheet(""), **{"../x.xml": "x"})), "a name that leads out of it"),
        (zipped(parts_of(sheet(""), **{"XL/styles.XML": "x"})), "holds a part twice"),
        (sound("xlsx")[:-30], "the list of its parts cannot be read"),
        (zipped(parts_of(sheet("")[:-5])), "is damaged"),
    ],
)
def test_what_is_no_workbook_to_be_read_is_told_what_it_is(
    path: Path, content: bytes, sentence: str
) -> None:
    path.write_bytes(content)
    assert sentence in refusal_of(lambda: workbooks.look(path, NAME))


def test_a_changed_byte_in_a_part_is_noticed_by_its_sum(path: Path) -> None:
    content = unpacked(parts_of(sheet('<row r="1"><c r="A1"><v>1250</v></c></row>')))
    path.write_bytes(content)
    assert rows(path) == [(1, (Decimal(1250),))]
    path.write_bytes(content.replace(b"<v>1250<", b"<v>9250<"))
    assert "cannot be unpacked" in refusal_of(lambda: workbooks.look(path, NAME))
    assert "cannot be unpacked" in refusal_of(lambda: rows(path))


def test_a_document_type_in_a_part_that_is_not_read_is_refused(path: Path) -> None:
    for encoding in ("utf-8", "utf-16"):
        drawing = '<!DOCTYPE x [<!ENTITY e "x">]><x/>'.encode(encoding)
        path.write_bytes(zipped({**parts_of(sheet("")), "xl/drawings/drawing1.xml": drawing}))
        assert "declares a document type" in refusal_of(lambda: workbooks.look(path, NAME))


def test_a_part_that_is_not_read_may_be_anything_else(path: Path) -> None:
    path.write_bytes(zipped({**parts_of(sheet("")), "customXml/item1.xml": b"<!-- x --><a>"}))
    assert looked(path).name == "Costs"


def test_links_to_elsewhere_are_not_followed(path: Path) -> None:
    link = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink"
    related = parts_of("")["xl/_rels/workbook.xml.rels"].replace(
        "</Rel",
        f'<Relationship Id="r9" Type="{link}" Target="http://127.0.0.1:9/" '
        'TargetMode="External"/></Rel',
    )
    assert cell(path, "<c><v>1</v></c>", **{"xl/_rels/workbook.xml.rels": related}) == Decimal(1)


def test_tags_that_nest_are_found_whatever_stands_in_their_texts(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nested = "<a b='/>'>/>" * 50_000
    path.write_bytes(unpacked(parts_of(sheet(nested))))
    assert "The workbook nests deeper" in refusal_of(lambda: workbooks.look(path, NAME))
    monkeypatch.setattr(sheet_markup, "DEPTH_MAX", 10**6)
    assert "The workbook nests deeper" not in refusal_of(lambda: workbooks.look(path, NAME))


def test_a_bomb_would_be_unpacked_without_the_ratio(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_bytes(zipped(parts_of(sheet("<row/>" * 200_000))))
    assert "as no part of a workbook does" in refusal_of(lambda: workbooks.look(path, NAME))
    monkeypatch.setattr(archives, "RATIO_MAX", 10**6)
    assert looked(path).cell_count == 0


def test_the_samples_are_read_alike_by_another_reader(path: Path) -> None:
    path.write_bytes(sound("xlsx"))
    theirs = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Costs")
    keep = Context(prec=15).create_decimal

    def plain(value: object) -> object:
        return keep(repr(value)).normalize() if isinstance(value, float) else (value or None)

    found = [[plain(value) for value in row] for row in theirs.iter_rows()]
    for number, cells in rows(path):
        width = len(found[number - 1])
        padded = [*cells, *[None] * (width - len(cells))]
        assert padded == found[number - 1]


texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="\ufeff"), min_size=1
).filter(lambda text: not text.startswith("=") and "_x" not in text)
values = st.one_of(
    texts,
    st.booleans(),
    st.dates(date(1900, 3, 1)),
    st.decimals(-(10**12), 10**12, places=2, allow_nan=False),
    st.integers(-(10**15) + 1, 10**15 - 1),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.none() | values, max_size=6), max_size=6))
def test_whatever_openpyxl_writes_is_read_back(table: list[list[Any]]) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for number, row in enumerate(table, 1):
        for column, value in enumerate(row, 1):
            page.cell(number, column, value)
    out = io.BytesIO()
    book.save(out)
    with TemporaryDirectory() as folder:
        path = Path(folder, NAME)
        path.write_bytes(out.getvalue())
        workbooks.look(path, NAME)
        found = {row.number: list(row.cells) for row in rows(path, "Sheet")}
    for number, row in enumerate(table, 1):
        cells = found.get(number, [])
        assert cells + [None] * (len(row) - len(cells)) == row
        assert [type(cell) for cell in cells if isinstance(cell, bool)] == [
            type(value) for value in row if isinstance(value, bool)
        ]


def test_a_moment_written_by_openpyxl_keeps_its_day(path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["A1"] = datetime(2023, 12, 31, 23, 59, 59)  # noqa: DTZ001 - a spreadsheet knows no zones
    book.save(path)
    assert rows(path, "Sheet") == [(1, (date(2023, 12, 31),))]


@pytest.mark.libreoffice
def test_what_libreoffice_saves_is_read(tmp_path: Path, path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["Café", 1.1, date(2023, 5, 1), "=B1*2", True, "=1/0"])
    book.save(path)
    assert Fault("=B1*2") in rows(path, "Sheet")[0].cells
    path.write_bytes(recalculated(path.read_bytes(), tmp_path))
    (row,) = rows(path, "Sheet")
    assert row.cells == (
        "Café",
        Decimal("1.1"),
        date(2023, 5, 1),
        Decimal("2.2"),
        True,
        Fault("#DIV/0!"),
    )


def test_a_process_keeps_to_its_limits() -> None:
    script = (
        "import resource\n"
        "from tracker.readers.limits import limit\n"
        "limit(200, 30)\n"
        "limit(10_000, 300)\n"
        "print(resource.getrlimit(resource.RLIMIT_AS)[0] >> 20,"
        " resource.getrlimit(resource.RLIMIT_CPU), resource.getrlimit(resource.RLIMIT_CORE)[0])\n"
        "try:\n    bytearray(300 << 20)\n"
        "except MemoryError:\n    print('enough')\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines() == ["200 (30, 35) 0", "enough"]
