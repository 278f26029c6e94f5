from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pikepdf
import pytest
from defusedxml import ElementTree

from reports import printer
from reports import to_pdf as door
from reports.statement import build
from reports.to_html import MOST_LINES, to_html
from reports.to_pdf import Attached, to_pdf
from tests.reports.facts import facts_of
from tests.reports.programs import text_of
from tracker.domain.errors import TrackerError

if TYPE_CHECKING:
    from pathlib import Path

# One red dot.
PICTURE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGA"
    "hKmMIQAAAABJRU5ErkJggg=="
)
PAGE = '<!doctype html><html lang="en"><title>t</title><img alt="x" src="{}">'
TITLE = build(facts_of(1, "nl")).title


@pytest.fixture(scope="module")
def printed() -> bytes:
    return to_pdf(to_html(build(facts_of(MOST_LINES + 60, "nl"))))


@pytest.fixture(scope="module")
def opened(printed: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(printed))


def test_the_largest_lines_are_printed_and_a_sentence_says_where_the_rest_is(
    printed: bytes,
) -> None:
    pages = text_of(printed)
    text = " ".join(" ".join(pages).split())
    assert "de 500 grootste van 560 regels" in text
    assert "NECST_NGF-1_2023.xlsx" in text
    assert "60 overige regels" in text
    assert text.count("2023 INK ") == MOST_LINES


def test_every_page_says_what_it_is_and_which_of_how_many(printed: bytes) -> None:
    pages = text_of(printed)
    for at, page in enumerate(pages, 1):
        assert f"Pagina {at} van {len(pages)}" in page
        assert "Concept" in page
        assert "118-3fa9c07d21be" in page
    for page in pages[1:]:
        assert f"{TITLE} · National Growth Fund" in page
        assert "Peildatum 31-12-2023" in page


def test_a_table_repeats_its_head_on_every_page_and_its_totals_on_none(printed: bytes) -> None:
    pages = [page for page in text_of(printed) if "2023 INK " in page]
    assert len(pages) > 5
    assert all("Boekingssleutel" in page for page in pages)
    assert [("overige regels" in page) for page in pages] == [False] * (len(pages) - 1) + [True]


def test_what_must_be_said_stands_on_the_cover(printed: bytes) -> None:
    cover = " ".join(text_of(printed)[0].split())
    assert "Fictieve bedragen." in cover
    assert "NGF-RMXB-2021-07" in cover


def test_the_document_names_itself_its_language_and_its_day(opened: pikepdf.Pdf) -> None:
    assert opened.Root.Lang == "nl"
    assert bool(opened.Root.MarkInfo.Marked)
    assert bool(opened.Root.ViewerPreferences.DisplayDocTitle)
    assert str(opened.docinfo["/Title"]).startswith(TITLE)
    assert str(opened.docinfo["/Author"]) == "J. de Vries"
    assert str(opened.docinfo["/CreationDate"]).startswith("D:20261121")


def elements(tree: pikepdf.Object) -> list[pikepdf.Object]:
    """All elements of a tree of tags."""
    found: list[pikepdf.Object] = []
    open_ones = [tree]
    while open_ones:
        element = open_ones.pop()
        found.append(element)
        below: Any = element.get("/K", [])
        children = below if isinstance(below, pikepdf.Array) else [below]
        open_ones += [x for x in children if isinstance(x, pikepdf.Dictionary) and "/S" in x]
    return found


def test_figures_have_a_text_and_tables_have_heads(opened: pikepdf.Pdf) -> None:
    tagged = elements(opened.Root.StructTreeRoot)
    kinds = [str(element.get("/S", "")) for element in tagged]
    pictures = [element for element in tagged if element.get("/S") == "/Figure"]
    assert len(pictures) == 1
    assert "Begroting" in str(pictures[0].Alt)
    # One of the cover, one of every section; of a long one, one a page.
    assert kinds.count("/Table") > len(build(facts_of()).sections)
    for element in tagged:
        if element.get("/S") in {"/TD", "/TH"}:
            assert element.P.S == "/TR"
    assert kinds.count("/TH") > 50
    assert {"/H1", "/H2"} <= set(kinds)


def test_fonts_are_inside_the_document(opened: pikepdf.Pdf) -> None:
    fonts = [
        item for item in opened.objects
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor"
    ]  # fmt: skip
    assert fonts
    assert all("/FontFile2" in font or "/FontFile3" in font for font in fonts)


ASKED = """
import sys
from datetime import date
from reports.statement import build
from reports.to_html import to_html
from reports.to_pdf import Attached, to_pdf
from tests.reports.facts import facts_of
report = build(facts_of(3))
attached = Attached("a.json", "application/json", b"{}", "Figures", "Data", report.made_on)
sys.stdout.buffer.write(to_pdf(to_html(report), {}, (attached,)))
"""


def test_the_same_report_gives_the_same_bytes_elsewhere_and_on_another_day() -> None:
    """Files inside are dated by the library with the moment at which they are put in."""
    attached = Attached("a.json", "application/json", b"{}", "Figures", "Data", date(2026, 11, 21))
    here = to_pdf(to_html(build(facts_of(3))), {}, (attached,))
    there = subprocess.run(
        [sys.executable, "-c", ASKED], capture_output=True, check=True, cwd=door.ROOT,
        env={**os.environ, "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "7", "LC_ALL": "C"},
    ).stdout  # fmt: skip
    assert here == there
    with pikepdf.open(io.BytesIO(here)) as document:
        (file,) = document.Root.AF
        assert str(file.EF.F.Params.ModDate) == "D:20261121000000Z"


def test_the_library_by_itself_would_date_what_it_holds_with_today() -> None:
    from weasyprint import HTML, Attachment

    document = HTML(string=PAGE.partition("<img")[0]).render()
    document.metadata.attachments.append(Attachment(string=b"{}", name="a.json"))
    with pikepdf.open(io.BytesIO(document.write_pdf())) as printed:
        file = printed.attachments["a.json"].obj
        assert str(file.EF.F.Params.ModDate)[2:6] >= "2026"
        assert str(file.EF.F.Params.ModDate) != "D:20261121000000Z"


def test_contents_lead_to_every_section_and_name_its_page(
    printed: bytes, opened: pikepdf.Pdf
) -> None:
    contents = text_of(printed)[1]
    links = list(opened.pages[1].Annots)
    sections = build(facts_of(1)).sections
    assert [str(link.Contents) for link in links] == [section.title for section in sections]
    places = list(opened.Root.Names.Dests.Names)
    for link, section in zip(links, sections, strict=True):
        page = places[places.index(link.Dest) + 1][0]
        number = 1 + next(at for at, one in enumerate(opened.pages) if one.objgen == page.objgen)
        assert re.search(rf"{section.title} +{number}\n", contents)


def test_an_issued_report_names_the_hash_of_its_facts_on_every_page() -> None:
    report = replace(build(facts_of(3)), facts_sha256="0123456789abcdef" * 4)
    cover, *pages = text_of(to_pdf(to_html(report)))
    assert "0123456789abcdef" * 4 in "".join(cover.split())
    for page in pages:
        assert "0123456789abcdef" in page
    assert "Hash" not in "".join(text_of(to_pdf(to_html(build(facts_of(3))))))


def test_a_text_that_no_document_can_hold_is_printed_without_it() -> None:
    report = replace(build(facts_of(3)), author="A\x00\x07\ud800\uffff B")
    with pikepdf.open(io.BytesIO(to_pdf(to_html(report)))) as document:
        assert str(document.docinfo["/Author"]) == "A? B"
        parsed = ElementTree.fromstring(document.Root.Metadata.read_bytes())
        assert "A? B" in "".join(parsed.itertext())


@pytest.mark.parametrize(
    "address",
    ["file:///etc/hostname", "http://127.0.0.1:9/x.png", "https://example.org/x.png", PICTURE],
    ids=["file", "http", "https", "data"],
)
def test_a_document_that_names_an_address_is_refused(address: str) -> None:
    with pytest.raises(TrackerError, match="The PDF cannot be made"):
        to_pdf(PAGE.format(address))


def test_the_printer_by_itself_would_have_taken_it() -> None:
    from weasyprint import HTML

    taken = HTML(string=PAGE.format(PICTURE)).write_pdf()
    document = pikepdf.open(io.BytesIO(taken))
    assert len(document.pages[0].get_images()) == 1


def test_a_document_without_addresses_is_printed() -> None:
    assert to_pdf(PAGE.partition("<img")[0] + "<p>Hello</p>").startswith(b"%PDF-")


def test_a_document_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "SECONDS_MAX", 0.05)
    with pytest.raises(TrackerError, match="it took longer than"):
        to_pdf(PAGE)


@pytest.mark.parametrize("number", [signal.SIGXCPU, signal.SIGKILL])
def test_a_printer_that_was_ended_is_not_silent(
    monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    ended = subprocess.CompletedProcess([], -number, b"", b"")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: ended)
    with pytest.raises(TrackerError, match="seconds of computing, or was ended"):
        to_pdf(PAGE)


def test_a_missing_library_of_the_system_is_named_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "weasyprint.py").write_text("raise OSError('cannot load library libpango')")
    monkeypatch.setattr(door, "ENVIRONMENT", (*door.ENVIRONMENT, "PYTHONPATH"))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(TrackerError, match="apt-get install libpango"):
        to_pdf(PAGE)


def test_no_secret_reaches_the_printer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_SECRET_KEY", "hush")
    seen: dict[str, str] = {}

    def run(*_: object, env: dict[str, str], **__: object) -> subprocess.CompletedProcess[bytes]:
        seen.update(env)
        return subprocess.CompletedProcess([], 0, b"%PDF-", b"")

    monkeypatch.setattr(subprocess, "run", run)
    assert to_pdf(PAGE) == b"%PDF-"
    assert "PATH" in seen
    assert set(seen) <= {*door.ENVIRONMENT, "PYTHONUTF8"}


def test_the_printer_has_little_memory() -> None:
    """The child sets its own limits before it reads anything."""
    asked = """
import io, resource, sys
import reports.printer as printer
wished = io.BytesIO(b'{"html": "x", "pictures": {}, "attached": []}')
sys.stdin, sys.stdout = io.TextIOWrapper(wished), io.TextIOWrapper(io.BytesIO())
printer.main()
print(resource.getrlimit(resource.RLIMIT_AS)[0], file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, check=True, cwd=door.ROOT,
        env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert int(done.stderr.split()[-1]) == printer.MEMORY_MAX
