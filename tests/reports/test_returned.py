from __future__ import annotations

import io
import random
import re
import time
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.formatting.rule import Rule
from openpyxl.workbook.defined_name import DefinedName
from PIL import Image as Picture
from python_calamine import CalamineWorkbook

from reports.returned import COMMENTS_MAX, returned_rows, returned_workbook
from tests.reports.programs import recalculated
from tracker.domain.errors import CellFinding, RuleViolation, Sentence
from tracker.domain.money import Money

COSTS, ODD = "Costs", 'It\'s Q&A "1" x'
USUAL = b"http://schemas.openxmlformats.org/"
STRICT = {
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": (
        b"http://purl.oclc.org/ooxml/spreadsheetml/main"
    ),
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships"
    ),
}
MAY_CHANGE = {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"}


def wrong(sheet: str, cell: str, value: str = "1.250", *, is_error: bool = True) -> CellFinding:
    message = Sentence("“{value}” is not an amount in euros and cents, such as 1250.00.",
                       {"value": value})  # fmt: skip
    return CellFinding(sheet, cell, message, Sentence("Add the reason."), is_error)


def workbook() -> bytes:
    """A workbook with about everything that a program could lose."""
    book = openpyxl.Workbook()
    costs = book.worksheets[0]
    costs.title = COSTS
    for row in (["Account", "Amount"], ["4000", "1.250"], ["4100", 12.5], ["4200", "=B3*2"]):
        costs.append(row)
    costs["A2"].comment = Comment("Look at this", "Anna")
    picture = io.BytesIO()
    Picture.new("RGB", (20, 20), "red").save(picture, "png")
    costs.add_image(Image(picture), "D2")
    odd = book.create_sheet(ODD)
    odd["C3"] = "é < & >"
    chart = BarChart()
    chart.add_data(Reference(costs, 2, 1, 2, 4), titles_from_data=True)
    odd.add_chart(chart, "E5")
    odd.conditional_formatting.add("A1:A9", Rule("cellIs", operator="equal", formula=["1"]))
    book.create_sheet("Findings")["A1"] = "my own"
    book.defined_names["rate"] = DefinedName("rate", attr_text="'Costs'!$B$3")
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewritten(content: bytes, change: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in (parts(content) | change).items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 2, 3, 4, 6)), part)
    return out.getvalue()


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content), rich_text=False)


def comments(content: bytes) -> dict[str, str]:
    return {
        f"{sheet.title}!{cell.coordinate}": cell.comment.text
        for sheet in opened(content).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }


def listed(content: bytes, name: str = "Findings") -> list[tuple[object, ...]]:
    return list(opened(content)[name].iter_rows(values_only=True))


def rows(content: bytes) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {
        name: [list(row) for row in book.get_sheet_by_name(name).to_python()]
        for name in book.sheet_names
    }


def plain() -> bytes:
    book = openpyxl.Workbook()
    book.worksheets[0].title = COSTS
    book.worksheets[0].append(["Account", "Amount"])
    return saved(book)


def check_only_named(before: bytes, after: bytes, commented: set[str]) -> None:
    """Nothing differs but what must name the new parts; a worksheet only names its drawing."""
    old, new = parts(before), parts(after)
    assert list(new)[: len(old)] == list(old)
    changed = {name for name in old if old[name] != new[name]}
    links = {f"xl/worksheets/_rels/{Path(name).name}.rels" for name in commented}
    for name in changed - MAY_CHANGE - links:
        if name in commented:
            pattern = rb"<(?:\w+:)?legacyDrawing xmlns:r=[^>]*/>"
            assert re.subn(pattern, b"", new[name]) == (old[name], 1)
        else:
            assert re.search(r"comment", name), name


def test_every_bad_cell_has_a_comment_that_says_what_to_do() -> None:
    back = returned_workbook(plain(), [wrong(COSTS, "B2"), wrong(COSTS, "AA10")], "en")
    text = (
        "Funding Tracker · Error\n“1.250” is not an amount in euros and cents, such as 1250.00."
        "\nAdd the reason."
    )
    assert comments(back) == {"Costs!B2": text, "Costs!AA10": text}
    comment = opened(back)[COSTS]["B2"].comment
    assert comment is not None
    assert comment.author == "Funding Tracker"


def test_nothing_else_of_the_workbook_changes() -> None:
    before = rewritten(workbook(), {})
    findings = [wrong(COSTS, "B2"), wrong(ODD, "C3"), wrong(ODD, "A1", is_error=False)]
    after = returned_workbook(before, findings, "en")
    check_only_named(before, after, {"xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"})
    old, new = rows(before), rows(after)
    assert {name: new[name] for name in old} == old
    with zipfile.ZipFile(io.BytesIO(after)) as archive:
        dates = {info.filename: info.date_time[0] for info in archive.infolist()}
    assert {dates[name] for name in parts(before)} == {2020}
    assert {year for name, year in dates.items() if name not in parts(before)} == {1980}
    book = opened(after)
    assert book.defined_names["rate"].attr_text == "'Costs'!$B$3"
    first, second = book.worksheets[:2]
    assert len(first._images) == len(second._charts) == 1  # type: ignore[attr-defined]


def test_a_changed_part_would_be_found() -> None:
    before = workbook()
    after = rewritten(returned_workbook(before, [wrong(COSTS, "B2")], "en"),
                      {"xl/styles.xml": b"<styleSheet/>"})  # fmt: skip
    with pytest.raises(AssertionError, match="styles"):
        check_only_named(before, after, {"xl/worksheets/sheet1.xml"})


def test_comments_of_others_stay_and_ours_come_below_or_beside() -> None:
    told = comments(returned_workbook(workbook(), [wrong(COSTS, "A2"), wrong(COSTS, "B2")], "en"))
    assert told["Costs!A2"].startswith("Look at this\n\nFunding Tracker · Error\n“1.250” is not")
    assert told["Costs!B2"].startswith("Funding Tracker · Error\n")


def test_the_list_leads_to_the_cells_in_the_order_of_the_workbook() -> None:
    findings = [
        wrong(ODD, "C3"),
        wrong(COSTS, "AA2"),
        wrong(COSTS, "Z2", is_error=False),
        wrong(COSTS, ""),
        wrong("", ""),
    ]
    back = returned_workbook(workbook(), findings, "en")
    head, *lines = listed(back, "Findings 2")
    assert head == ("Sheet", "Cell", "What is wrong", "What to do", "Severity")
    assert [(line[0], line[1], line[4]) for line in lines] == [
        (None, None, "Error"),
        (COSTS, None, "Error"),
        (COSTS, "Z2", "Warning"),
        (COSTS, "AA2", "Error"),
        (ODD, "C3", "Error"),
    ]
    sheet = opened(back)["Findings 2"]
    links = {cell.coordinate: cell.hyperlink.location for cell in sheet["B"] if cell.hyperlink}
    assert links == {
        "B4": "'Costs'!Z2",
        "B5": "'Costs'!AA2",
        "B6": "'It''s Q&A \"1\" x'!C3",
    }
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:E6")


def test_in_dutch() -> None:
    back = returned_workbook(plain(), [wrong(COSTS, "B2")], "nl")
    assert listed(back, "Bevindingen")[0] == (
        "Werkblad", "Cel", "Wat er niet klopt", "Wat te doen", "Ernst",
    )  # fmt: skip
    assert comments(back)["Costs!B2"].startswith("Funding Tracker · Fout\n“1.250” is geen")


def test_what_is_said_of_one_cell_is_one_comment_and_several_lines() -> None:
    findings = [wrong(COSTS, "B2", is_error=False), wrong(COSTS, "B2", "x")]
    back = returned_workbook(plain(), findings, "en")
    assert comments(back)["Costs!B2"].count("\n\n") == 1
    assert comments(back)["Costs!B2"].startswith("Funding Tracker · Error\n")
    assert len(listed(back)) == 3


@pytest.mark.parametrize(
    ("sheet", "cell"),
    [(COSTS, "B0"), (COSTS, "XFE1"), (COSTS, "A1048577"), ("None", "A1"), (COSTS, "b2:c3")],
)
def test_a_cell_that_is_not_there_is_only_listed(sheet: str, cell: str) -> None:
    back = returned_workbook(plain(), [wrong(sheet, cell)], "en")
    assert comments(back) == {}
    assert listed(back)[1][:2] == (sheet, cell)


def test_the_last_cell_of_a_worksheet_can_have_a_comment() -> None:
    back = parts(returned_workbook(plain(), [wrong(COSTS, "XFD1048576")], "en"))
    assert b'ref="XFD1048576"' in back["xl/comments1.xml"]
    anchor = re.search(rb"<x:Anchor>([^<]*)<", back["xl/drawings/vmlDrawing1.vml"])
    assert anchor is not None
    left, _, top, _, right, _, bottom, _ = map(int, anchor[1].split(b","))
    assert left < right < 16_384
    assert top < bottom < 1_048_576


def test_a_workbook_that_comes_back_again_has_only_what_is_wrong_now() -> None:
    first = returned_workbook(workbook(), [wrong(COSTS, "A2"), wrong(COSTS, "B2"),
                                           wrong(ODD, "C3")], "en")  # fmt: skip
    second = returned_workbook(first, [wrong(COSTS, "B3", "new")], "en")
    assert list(parts(second)) == list(parts(first))
    told = comments(second)
    assert set(told) == {"Costs!A2", "Costs!B3"}
    assert told["Costs!A2"] == "Look at this"
    assert [line[1] for line in listed(second, "Findings 2")] == ["Cell", "B3"]
    boxes = [part for name, part in parts(second).items() if name.endswith(".vml")]
    assert sum(len(re.findall(rb"<\w+:shape\s", box)) for box in boxes) == 2
    assert comments(returned_workbook(second, [], "en")) == {"Costs!A2": "Look at this"}


def test_the_same_gives_the_same_bytes() -> None:
    before, findings = workbook(), [wrong(COSTS, "A2"), wrong(ODD, "C3")]
    assert returned_workbook(before, findings, "nl") == returned_workbook(before, findings, "nl")
    assert returned_workbook(before, findings, "nl") != returned_workbook(before, findings, "en")


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@x", "<&>\"'", "_x0041_", "a\x01b"])
def test_text_is_never_a_formula_nor_markup(text: str) -> None:
    finding = CellFinding(COSTS, "B2", Sentence("{value}", {"value": text}))
    back = returned_workbook(plain(), [finding], "en")
    cell = opened(back)["Findings"]["C2"]
    assert cell.data_type != "f"
    assert rows(back)["Findings"][1][2] == ("'" if text[0] in "=+-@" else "") + text.replace(
        "\x01", ""
    )
    assert "\x01" not in comments(back)["Costs!B2"]


def test_a_comment_is_cut_where_one_sees_it() -> None:
    back = returned_workbook(plain(), [wrong(COSTS, "B2", "x" * 2_000)], "en")
    told = comments(back)["Costs!B2"].removeprefix("Funding Tracker · Error\n")
    assert len(told) == 1_000
    assert told.endswith(" […]")


def test_ten_thousand_cells_have_a_comment_and_the_rest_is_listed() -> None:
    count = COMMENTS_MAX + 5
    back = returned_workbook(plain(), [wrong(COSTS, f"B{at}") for at in range(1, count + 1)], "en")
    all_parts = parts(back)
    assert all_parts["xl/comments1.xml"].count(b"<comment ") == COMMENTS_MAX
    drawing = all_parts["xl/drawings/vmlDrawing1.vml"]
    numbers = [int(number) for number in re.findall(rb'id="_x0000_s(\d+)"', drawing)]
    assert len(set(numbers)) == COMMENTS_MAX
    clusters = re.search(rb'data="([\d,]+)"', drawing)
    assert clusters is not None
    assert {number // 1024 for number in numbers} <= set(map(int, clusters[1].split(b",")))
    assert len(listed(back)) == count + 2
    assert listed(back)[1][2] == "10,000 of 10,005 cells have a comment; all are in this list."


def test_boxes_on_several_sheets_have_numbers_of_their_own() -> None:
    back = parts(returned_workbook(workbook(), [wrong(COSTS, "B2"), wrong(ODD, "B2")], "en"))
    drawings = [part for name, part in back.items() if name.endswith(".vml")]
    numbers = re.findall(rb'id="_x0000_s(\d+)"', b"".join(drawings))
    assert len(drawings) == 2
    assert len(numbers) == len(set(numbers)) == 3


# Workbooks as other programs write them.


def with_prefix(content: bytes) -> bytes:
    sheet = parts(content)["xl/worksheets/sheet1.xml"]
    named = re.sub(rb"<(/?)(\w)", rb"<\1x:\2", sheet).replace(b"xmlns=", b"xmlns:x=")
    return rewritten(content, {"xl/worksheets/sheet1.xml": named})


def with_relative_targets(content: bytes) -> bytes:
    links = parts(content)["xl/_rels/workbook.xml.rels"]
    assert b'"/xl/worksheets/' in links
    relative = links.replace(b'"/xl/', b'"')
    return rewritten(content, {"xl/_rels/workbook.xml.rels": relative})


def with_text_in_cells(content: bytes) -> bytes:
    sheet = parts(content)["xl/worksheets/sheet1.xml"]
    text = b"<is><t>&lt;/sheetData&gt;<![CDATA[ x ]]></t></is>"
    filled = b'<sheetData><row r="1"><c r="A1" t="inlineStr">' + text + b"</c></row>"
    return rewritten(content, {"xl/worksheets/sheet1.xml": sheet.replace(b"<sheetData>", filled)})


def with_no_rows(content: bytes) -> bytes:
    sheet = re.sub(rb"<sheetData>.*</sheetData>", b"<sheetData />",
                   parts(content)["xl/worksheets/sheet1.xml"])  # fmt: skip
    return rewritten(content, {"xl/worksheets/sheet1.xml": sheet})


def with_something_behind(content: bytes) -> bytes:
    sheet = parts(content)["xl/worksheets/sheet1.xml"]
    behind = sheet.replace(b"</worksheet>", b'<webPublishItems count="0"/></worksheet>')
    return rewritten(content, {"xl/worksheets/sheet1.xml": behind})


@pytest.mark.parametrize(
    "made",
    [with_prefix, with_relative_targets, with_text_in_cells, with_no_rows, with_something_behind],
    ids=lambda made: made.__name__,
)  # fmt: skip
def test_workbooks_of_other_programs_come_back_too(made: object) -> None:
    before = made(plain())  # type: ignore[operator]
    after = returned_workbook(before, [wrong(COSTS, "B2")], "en")
    assert list(comments(after)) == ["Costs!B2"]
    name = next(name for name in parts(before) if name.lower().endswith("/sheet1.xml"))
    check_only_named(before, after, {name})
    assert rows(after)[COSTS] == rows(before)[COSTS]
    sheet = [re.sub(r".*}", "", child.tag) for child in ET.fromstring(parts(after)[name])]
    assert sheet.index("legacyDrawing") == sheet.index("pageMargins") + 1


def test_parts_are_found_whatever_their_capitals() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, part in parts(plain()).items():
            archive.writestr(name.replace("sheet1.xml", "SHEET1.xml"), part)
    after = parts(returned_workbook(out.getvalue(), [wrong(COSTS, "B2")], "en"))
    assert b"<legacyDrawing " in after["xl/worksheets/SHEET1.xml"]
    assert "xl/worksheets/sheet1.xml" not in after
    assert b'ref="B2"' in after["xl/comments1.xml"]


def strict(content: bytes) -> bytes:
    changed = {}
    for name, part in parts(content).items():
        for old, new in STRICT.items():
            part = part.replace(old, new)  # noqa: PLW2901
        changed[name] = part
    return rewritten(content, changed)


def test_a_strict_workbook_stays_strict() -> None:
    before = strict(plain())
    after = parts(returned_workbook(before, [wrong(COSTS, "B2")], "en"))
    for name in set(after) - set(parts(plain())) - {"xl/drawings/vmlDrawing1.vml"}:
        assert b"purl.oclc.org/ooxml/" in after[name], name
    for name in ("xl/comments1.xml", "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"):
        assert USUAL + b"spreadsheetml" not in after[name]
        assert USUAL + b"officeDocument" not in after[name]
    assert after["xl/workbook.xml"].count(b"<sheet ") == 2


@pytest.mark.libreoffice
@pytest.mark.parametrize("made", [workbook, lambda: strict(plain())], ids=["usual", "strict"])
def test_a_program_opens_it_and_keeps_the_comments(made: object, tmp_path: Path) -> None:
    findings = [wrong(COSTS, "A2"), wrong(COSTS, "B3")]
    again = recalculated(returned_workbook(made(), findings, "en"), tmp_path)  # type: ignore[operator]
    told = comments(again)
    assert set(told) == {"Costs!A2", "Costs!B3"}
    assert "Funding Tracker · Error\n“1.250” is not" in told["Costs!A2"]
    # What that program saved comes back too, without what was said before.
    last = returned_workbook(again, [wrong(COSTS, "B4")], "en")
    told = comments(last)
    assert "Funding" not in told.get("Costs!A2", "")
    assert "Costs!B3" not in told
    assert told["Costs!B4"].startswith("Funding Tracker · Error")
    assert len(opened(last).sheetnames) == len(opened(again).sheetnames)


def test_a_worksheet_that_is_not_understood_leaves_the_list() -> None:
    sheet = parts(plain())["xl/worksheets/sheet1.xml"]
    hidden = sheet.replace(b"</sheetData>", b"</sheetData><!-- </sheetData> -->")
    before = rewritten(plain(), {"xl/worksheets/sheet1.xml": hidden})
    after = returned_workbook(before, [wrong(COSTS, "B2")], "en")
    assert comments(after) == {}
    assert listed(after)[1][2] == "0 of 1 cells have a comment; all are in this list."
    assert parts(after)["xl/worksheets/sheet1.xml"] == hidden


def test_a_document_type_is_not_read() -> None:
    book = parts(plain())["xl/workbook.xml"]
    bomb = b'<!DOCTYPE workbook [<!ENTITY a "b">]>' + re.sub(rb"<\?xml.*?\?>", b"", book)
    with pytest.raises(RuleViolation, match="no workbook that can be given back"):
        returned_workbook(rewritten(plain(), {"xl/workbook.xml": bomb}), [], "en")


@pytest.mark.parametrize("content", [b"", b"PK", b"Account;Amount\n", rewritten(plain(), {
    "_rels/.rels": b"<x/>"})], ids=["nothing", "two letters", "a list", "no way in"])  # fmt: skip
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(RuleViolation, match="no workbook that can be given back"):
        returned_workbook(content, [], "en")


def test_a_text_file_comes_back_as_a_workbook_with_its_lines_where_they_were() -> None:
    lines = [(1, ["Rekening", "Bedrag"]), (2, ["0400", "1.250,00"]), (5, ["=1+1", "a\nb", " x "])]
    back = returned_rows(lines, [wrong("", "B2")], "nl", "kosten: 2024/'25'")
    book = opened(back)
    assert book.sheetnames == ["kosten  2024 '25", "Bevindingen"]
    sheet = book.worksheets[0]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["Rekening", "Bedrag", None],
        ["0400", "1.250,00", None],
        [None] * 3,
        [None] * 3,
        ["=1+1", "a\nb", " x "],
    ]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
    assert list(comments(back)) == [f"{sheet.title}!B2"]
    assert listed(back, "Bevindingen")[1][1] == "B2"
    assert sheet["A2"].number_format == "@"


def test_a_text_file_with_more_lines_than_a_worksheet_holds_is_refused() -> None:
    lines = [(1, ["a"]), (1_048_577, ["b"])]
    with pytest.raises(RuleViolation, match="A worksheet holds"):
        returned_rows(lines, [], "en", "costs")


def test_amounts_are_said_as_the_reader_writes_them() -> None:
    finding = CellFinding(COSTS, "B2", Sentence("{amount}", {"amount": Money(123_456)}))
    assert "€\xa01.234,56" in comments(returned_workbook(plain(), [finding], "nl"))["Costs!B2"]


def damaged(content: bytes, seed: int) -> bytes:
    """Change some bytes of a workbook, or of one of its parts."""
    chance = random.Random(seed)
    name = chance.choice([name for name in parts(content) if name.endswith(("xml", "rels", "vml"))])
    changed = bytearray(parts(content)[name] if seed % 3 else content)
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(changed))
        changed[at : at + chance.randint(0, 20)] = chance.choice(
            [b"", b"<", b"/>", b'"', b"\0", b"9"]
        )
    return rewritten(content, {name: bytes(changed)}) if seed % 3 else bytes(changed)


def test_a_damaged_workbook_comes_back_or_is_refused() -> None:
    before = returned_workbook(workbook(), [wrong(COSTS, "A2"), wrong(ODD, "B2")], "en")
    outcomes = set()
    for seed in range(150):
        try:
            returned_workbook(damaged(before, seed), [wrong(COSTS, "B2"), wrong(ODD, "C3")], "nl")
            outcomes.add("comes back")
        except RuleViolation:
            outcomes.add("is refused")
    assert outcomes == {"comes back", "is refused"}


def test_a_drawing_of_boxes_that_never_end_takes_no_time() -> None:
    first = returned_workbook(plain(), [wrong(COSTS, "B2")], "en")
    name = "xl/drawings/vmlDrawing1.vml"
    endless = parts(first)[name].replace(b"</xml>", b"<v:shape <o:idmap " * 100_000 + b"</xml>")
    begun = time.process_time()
    after = returned_workbook(rewritten(first, {name: endless}), [wrong(COSTS, "B3")], "en")
    assert time.process_time() - begun < 10
    assert list(comments(after)) == ["Costs!B3"]
