"""Every report as a PDF that all can read and that can be kept, as far as a program can tell."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pikepdf
import pytest
from PIL import Image
from sqlalchemy.orm import Session

from reports import catalogue
from reports.model import Prose
from reports.to_pdf import to_pdf
from tests.actions.programme import load
from tests.conftest import closing_engine
from tests.reports.lint import faults
from tracker.domain.periods import calendar_quarter
from tracker.domain.report_texts import Picture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reports.model import Report
    from tests.conftest import SqliteFiles

WITH = {"nl": "NGF-1", "en": "RMX-C"}
"""Commitments by the language of their funder."""
DAY = date(2026, 1, 15)
TEXT = """
Words with **weight**, a [link](https://example.org/a) and <mailto:a@example.org>.

##### Deep at once

- one
  - below
1. first

| a | b |
|---|--:|
| 1 | 2 |

> said

![The site](picture:The site) and again ![The site](picture:The site)

![The site](picture:The site)
"""


@pytest.fixture(scope="module")
def sample(sqlite_files: SqliteFiles) -> Iterator[Session]:
    """The sample, in one kind of database: what is printed knows of none."""
    with (
        sqlite_files.copy_of("loaded", load) as url,
        closing_engine(url) as engine,
        Session(engine) as session,
    ):
        yield session


def picture(mode: str = "RGB", kind: str = "png") -> Picture:
    """A small picture of one colour."""
    drawn = io.BytesIO()
    Image.new(mode, (8, 8), 1).save(drawn, kind)
    return Picture("The site", f"image/{kind}", base64.b64encode(drawn.getvalue()).decode())


def with_words(report: Report, shown: Picture) -> Report:
    """Put words before the first section, whatever they are."""
    text = Prose("text_summary", "In words", TEXT, report.sections[0].key, (shown,))
    return replace(report, texts=(text, *report.texts))


def made(session: Session, slug: str, language: str) -> Report:
    if catalogue.CATALOGUE[slug].of_project is not None:
        occasion = catalogue.occasion_of(
            session, made_on=DAY, author="A. Preparer", language=language
        )
        return catalogue.make_of_project(session, slug, occasion)
    return catalogue.make(
        session, slug, WITH[language], calendar_quarter(2023, 1), made_on=DAY, author="A. Preparer"
    )


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("slug", sorted(catalogue.CATALOGUE))
def test_no_report_has_a_fault(sample: Session, slug: str, language: str) -> None:
    report = with_words(made(sample, slug, language), picture())
    content = catalogue.to_format(report, "pdf")
    assert faults(content) == []
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert pdf.Root.Lang == language
        assert [str(file.UF) for file in pdf.Root.AF] == [
            f"{report.file_stem}.xlsx",
            f"{report.file_stem}.json",
        ]
        inside = {name[-4:]: file.get_file().read_bytes() for name, file in pdf.attachments.items()}
    assert inside == {face: catalogue.to_format(report, face) for face in ("json", "xlsx")}


def bare(html: str, variant: str = "pdf/ua-1") -> bytes:
    """Print with the library by itself."""
    from weasyprint import HTML

    printed: bytes = HTML(string=html).write_pdf(pdf_variant=variant)
    return printed


PAGE = '<!doctype html><html lang="en"><head><title>t</title></head><body>{}</body></html>'
TABLE = "<h1>t</h1><table><tr><th>a</th><td>b</td></tr></table>"


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (TABLE, "a head of a table does not say what it heads"),
        ("<h1>t</h1><h3>u</h3>", "a heading of level 3 follows on level 1"),
        ("<h1>t</h1><svg width='9' height='9'><rect width='9' height='9'/></svg>",
         "a picture has no words"),
        ("<h1>t</h1><a href='file:///etc/hosts'>x</a>", "a link leads to file:///etc/hosts"),
        ("<p>t</p>", "it has 0 titles"),
        ("<h1>t</h1><figure><figcaption>u</figcaption></figure>",
         "/Caption stands in /NonStruct"),
    ],
)  # fmt: skip
def test_what_the_library_leaves_would_be_found(body: str, fault: str) -> None:
    found = faults(bare(PAGE.format(body)))
    assert fault in found
    assert "the metadata do not tell pdfaid:part" in found


def cut(part: Callable[[pikepdf.Pdf], Any]) -> bytes:
    """Print a good document, and take something from it."""
    content = to_pdf(PAGE.format("<h1>t</h1><p>u</p>"))
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        part(pdf)
        pdf.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("part", "fault"),
    [
        (lambda pdf: pdf.Root.__delitem__("/Lang"), "it has no language"),
        (lambda pdf: pdf.Root.__delitem__("/StructTreeRoot"), "it has no tags"),
        (lambda pdf: pdf.Root.__delitem__("/OutputIntents"),
         "it does not say which colours are meant"),
        (lambda pdf: pdf.docinfo.__delitem__("/Title"), "it has no title"),
        (lambda pdf: pdf.pages[0].Contents.write(b"0 0 9 9 re f"),
         "page 1 shows something that has no tag"),
    ],
)  # fmt: skip
def test_what_is_cut_out_would_be_missed(part: Callable[[pikepdf.Pdf], Any], fault: str) -> None:
    assert fault in faults(cut(part))


@pytest.mark.parametrize(("mode", "kind"), [("CMYK", "jpeg"), ("RGBA", "png"), ("L", "jpeg")])
def test_a_picture_made_for_a_press_is_turned_into_colours_of_the_screen(
    sample: Session, mode: str, kind: str
) -> None:
    report = with_words(made(sample, "statement", "en"), picture(mode, kind))
    printed = catalogue.to_format(report, "pdf")
    with pikepdf.open(io.BytesIO(printed)) as pdf:
        spaces = {
            str(item.get("/ColorSpace"))
            for item in pdf.objects
            if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image"
        }
    assert spaces
    assert "/DeviceCMYK" not in spaces
