"""A printed report reads nothing: no file, no address, whatever people wrote into it.

A file and a server of the test's own are the bait. What is opened, and what is connected to, is
seen by the interpreter; the PDF is looked through for what came back.
"""

from __future__ import annotations

import base64
import io
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle, product
from threading import Thread
from typing import TYPE_CHECKING, Any

import pikepdf
import pytest
from PIL import Image

from reports import catalogue, prose
from reports.model import Column, Prose, Section
from reports.printer import printed
from reports.statement import build
from reports.to_html import to_html
from tests.reports.facts import CATEGORIES, carried_on, facts_of
from tests.reports.printing import printed_here
from tests.reports.programs import text_of
from tests.reports.test_examples import FINAL
from tracker.domain.crosswalks import Crosswalk, CrosswalkLine, LineKind
from tracker.domain.errors import Code, Sentence
from tracker.domain.money import Money
from tracker.domain.periods import Period
from tracker.domain.report_texts import Picture, Place, Wording
from tracker.domain.waivers import Waiver

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reports.model import Report
    from tracker.domain.statements import StatementFacts

SECRET = "Kept in the file that nobody may read"
PAGE = '<!doctype html><html lang="en"><head><title>t</title></head><body>{}</body></html>'
ADDRESSES = (
    "file://{file}.txt", "file://{file}.svg", "file://{file}.png", "FILE://localhost{file}.css",
    "{file}.txt", "../../../../../../../../../..{file}.png", "{web}/x.css",
    "{web}/x.svg#y", "HTTP://{host}/redirect", "asset:0",
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'%3E%3Cuse href='{web}/z.svg'/%3E",
    "data:text/css,@import '{web}/y.css'",
)  # fmt: skip
WAYS = (
    '<img src="{at}" alt="x">', '<link rel="stylesheet" href="{at}">',
    '<link rel="attachment" href="{at}" title="x">', '<a rel="attachment" href="{at}">x</a>',
    '<style>@import "{at}";</style>', "<style>@import url('{at}');</style>",
    '<style>body {{ background: url("{at}") }}</style>',
    '<style>@font-face {{ font-family: a; src: url("{at}") }} p {{ font-family: a }}</style><p>x',
    '<p style="content: url({at}); background: url({at}); list-style-image: url({at})">x</p>',
    '<svg width="9" height="9"><image href="{at}" width="9" height="9"/></svg>',
    '<svg width="9" height="9"><use href="{at}"/></svg>',
    '<object data="{at}"></object>', '<embed src="{at}">', '<iframe src="{at}"></iframe>',
    '<base href="{at}"><img src="x.png" alt="x">',
    '<input type="image" src="{at}">', '"><img src="{at}" alt="x">', "' onload='{at}",
    "</style><style>@import url({at})</style>", "</title><link rel=attachment href={at}>",
    "![x]({at})", "[x]({at})", "![x][y]\n\n[y]: {at}", "<{at}>", "![x](picture:{at})",
    "| ![x]({at}) | [y]({at}) |\n|---|---|\n| <img src={at}> | x |", "# ![x]({at})",
)  # fmt: skip
KINDS = [slug for slug, kind in catalogue.CATALOGUE.items() if kind.of_commitment is not None]
PARTS, AT_ONCE = 6, 9
"""Over how many tests the payloads are spread, and how many stand in each text of a document."""

# The library leaves a profile of colours open.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file .*sRGB2014.icc:ResourceWarning")


@dataclass
class Bait:
    """A file and a server; ``taken`` is what was asked of either."""

    file: Path
    host: str = ""
    taken: list[str] = field(default_factory=list)

    def payloads(self) -> list[str]:
        """All ways of naming all addresses."""
        names = {"file": self.file.with_suffix(""), "web": f"http://{self.host}", "host": self.host}
        return [
            way.format(at=address.format_map(names)) for way, address in product(WAYS, ADDRESSES)
        ]


WATCHED: list[Bait] = []


def _watch(event: str, told: tuple[Any, ...]) -> None:
    """Note what the interpreter opens; a hook can never be taken away again."""
    for bait in WATCHED:
        if event == "open" and str(told[0]).startswith(str(bait.file.parent)):
            bait.taken.append(f"file {told[0]}")
        elif event in {"socket.connect", "socket.getaddrinfo"}:
            bait.taken.append(f"{event} {told[0]}")


sys.addaudithook(_watch)


class Served(ThreadingHTTPServer):
    """A server on this machine that knows one picture, and where else to look."""

    taken: list[str]


class Answer(BaseHTTPRequestHandler):
    """Notes who comes, and sends everybody a picture."""

    server: Served

    def do_GET(self) -> None:
        self.server.taken.append(f"web {self.path}")
        self.send_response(302 if self.path == "/redirect" else 200)
        if self.path == "/redirect":
            self.send_header("Location", "/x.png")
        self.send_header("Content-Type", "text/css" if "css" in self.path else "image/png")
        self.end_headers()
        self.wfile.write(dot())

    def log_message(self, *_told: object) -> None:
        """Say nothing."""


def dot() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (2, 2), "red").save(drawn, "png")
    return drawn.getvalue()


@pytest.fixture(scope="module")
def bait(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bait]:
    file = tmp_path_factory.mktemp("bait") / "bait.txt"
    file.write_text(SECRET)
    file.with_suffix(".css").write_text(f"p::after {{ content: '{SECRET}' }}")
    file.with_suffix(".png").write_bytes(dot())
    file.with_suffix(".svg").write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" id="y" width="9" height="9"><text>{SECRET}</text>'
        "</svg>"
    )
    with Served(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        found = Bait(file, f"127.0.0.1:{server.server_port}")
        server.taken = found.taken
        yield found
        server.shutdown()


@contextmanager
def watched(bait: Bait) -> Iterator[list[str]]:
    bait.taken.clear()
    WATCHED.append(bait)
    try:
        yield bait.taken
    finally:
        WATCHED.remove(bait)


OURS = {"slug", "key", "language", "before", "name", "of"}
OURS |= {"facts_sha256", "media_type", "base64"}
"""Fields that the tracker fills by itself; nobody writes into them."""


def filled(report: Report, *payloads: str) -> Report:
    """Put payloads in the place of every text of a report.

    Shape:  a head of a column holds one of them, in turns: a head cannot be taller than its page.
    """
    told: Report = _filled(report, "\n\n".join(payloads), cycle(payloads))
    return told


def _filled(value: Any, payload: str, heads: Iterator[str], name: str = "") -> Any:
    if isinstance(value, str):
        return value if name in OURS else payload
    if isinstance(value, tuple):
        return tuple(_filled(each, payload, heads, name) for each in value)
    if isinstance(value, Column):
        return replace(value, title=next(heads))
    if is_dataclass(value) and not isinstance(value, type):
        if type(value).__name__ in {"Money", "Cell", "Sum"}:
            return value
        return replace(
            value,
            **{
                one.name: _filled(getattr(value, one.name), payload, heads, one.name)
                for one in fields(value)
                if one.init
            },
        )
    return value


def small() -> Report:
    """A report with every part that can hold a text, and as few rows as may be."""
    whole = build(facts_of(3, "en"))
    picture = Picture("Site", "image/png", base64.b64encode(dot()).decode())
    text = Prose("text_summary", "Words", "words", "summary", (picture,))
    summary, categories = whole.section("summary"), whole.section("categories")
    assert isinstance(summary, Section)
    few = replace(summary, rows=summary.rows[:1], ties={}, rest=("rest", None, None))
    few = replace(few, totals=("total", few.rows[0][1], None))
    return replace(
        whole, about=whole.about[:2], sections=(few, categories), texts=(text,), note="note"
    )


def texts_of(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """All texts of a report with the names of their fields."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, tuple):
        for each in value:
            yield from texts_of(each, name)
    elif is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            yield from texts_of(getattr(value, one.name), one.name)


def held(content: bytes) -> tuple[list[str], list[str], int]:
    """What a PDF holds: files, addresses that it leads to, pictures."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        leads, pictures = [], 0
        for item in pdf.objects:
            if isinstance(item, pikepdf.Stream):
                pictures += item.get("/Subtype") == "/Image"
            elif isinstance(item, pikepdf.Dictionary) and "/URI" in item:
                leads.append(str(item.URI))
            assert not isinstance(item, pikepdf.Dictionary) or item.get("/S") not in {
                "/Launch", "/GoToR", "/JavaScript", "/SubmitForm", "/ImportData",
            }  # fmt: skip
        return list(pdf.attachments), leads, pictures


def test_there_are_many_payloads_and_they_reach_every_text(bait: Bait) -> None:
    assert len(set(bait.payloads())) >= 300
    told = list(texts_of(filled(small(), "PAYLOAD")))
    assert {text for name, text in told if name not in OURS} == {"PAYLOAD"}
    assert {
        "title", "subtitle", "note", "author", "version", "ledger_state", "about", "rows",
        "totals", "rest", "markdown", "description",
    } <= {name for name, _text in told}  # fmt: skip


@pytest.mark.parametrize(
    "part", [0, *(pytest.param(part, marks=pytest.mark.long) for part in range(1, PARTS))]
)
def test_whatever_is_written_into_a_report_nothing_is_read(bait: Bait, part: int) -> None:
    wished = bait.payloads()[part::PARTS]
    for at in range(0, len(wished), AT_ONCE):
        report = filled(small(), *wished[at : at + AT_ONCE])
        html = to_html(report)
        pictures = {prose.asset_of(one): [one.media_type, one.base64]
                    for text in report.texts for one in text.pictures}  # fmt: skip
        with watched(bait) as taken:
            content = printed(html, pictures, [])
            assert taken == []
        files, leads, shown = held(content)
        assert files == []
        assert all(at.lower().startswith(("http://", "https://", "mailto:")) for at in leads)
        assert shown == 0
        assert SECRET.encode() not in content


def spoilt(value: Any, payloads: Iterator[str], name: str = "") -> Any:
    """Put payloads, in turns, in the place of every text of the facts that people can write."""
    if isinstance(value, Enum | Code | Money | Period) or name in CODED:
        return value
    if isinstance(value, str):
        return next(payloads)
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return tuple(spoilt(each, payloads, name) for each in value)
    if isinstance(value, Wording):
        return _wording(value, payloads)
    return _parts_spoilt(value, payloads)


def _wording(value: Wording, payloads: Iterator[str]) -> Wording:
    """Spoil what is written, and leave what it is about."""
    texts, explained = (
        tuple((about, next(payloads)) for about, _said in told)
        for told in (value.texts, value.explanations)
    )
    return Wording(texts, explained, spoilt(value.pictures, payloads))


def _parts_spoilt(value: Any, payloads: Iterator[str]) -> Any:
    if isinstance(value, Sentence):
        return Sentence("{said}", {"said": next(payloads)})
    if isinstance(value, tuple):
        names = type(value)._fields  # type: ignore[attr-defined]
        told = zip(names, value, strict=True)
        return type(value)(*(spoilt(part, payloads, name) for name, part in told))
    if not is_dataclass(value) or isinstance(value, type):
        return value
    names = [one.name for one in fields(value) if one.init and one.name != "lines"]
    return replace(value, **{name: spoilt(getattr(value, name), payloads, name) for name in names})


CODED = {"language", "media_type", "base64", "rule", "category", "categories"}
"""Fields of facts that the tracker fills with words of its own."""


def everything(language: str) -> StatementFacts:
    """Facts in which everything is there that people can write."""
    facts = carried_on(facts_of(6, language))
    picture = Picture("Site", "image/png", base64.b64encode(dot()).decode())
    lines = (
        CrosswalkLine("1", "People", categories=CATEGORIES[:2]),
        CrosswalkLine("S", "So far", LineKind.SUBTOTAL),
        CrosswalkLine("2", "The rest", categories=CATEGORIES[2:]),
    )
    day = date(2030, 1, 1)
    waiver = Waiver(1, "virement", "NGF-1", "because", day, None, "a", "b", day, None)
    return replace(
        facts,
        number=2,
        approved_by="B. Smit",
        wording=Wording(
            tuple((place.value, "words") for place in Place),
            (("category:travel", "Trains."), ("milestone:M6", "Ill.")),
            (picture,),
        ),
        crosswalk=Crosswalk(1, language, lines),
        waivers=(waiver,),
        final=FINAL,
    )


@pytest.mark.parametrize("slug", KINDS)
def test_whatever_is_written_into_the_records_no_kind_of_report_reads_anything(
    bait: Bait, slug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the workbook and the figures inside, as it is issued."""
    monkeypatch.setattr("reports.printed.to_pdf", printed_here)
    turns = cycle(bait.payloads()[KINDS.index(slug) :])
    facts = everything("en")
    lines = [
        line._replace(supplier=next(turns), document=next(turns), description=next(turns))
        for line in facts.lines()
    ]
    facts = replace(spoilt(facts, turns), lines=lambda: iter(lines))
    with watched(bait) as taken:
        content = catalogue.to_format(catalogue.laid_out(slug, facts), "pdf")
        assert taken == []
    files, leads, _pictures = held(content)
    assert len(files) == 2
    assert not [name for name in files if "/" in name or ":" in name]
    assert all(at.lower().startswith(("http://", "https://", "mailto:")) for at in leads)
    assert SECRET.encode() not in content


def test_what_is_read_nowhere_stands_in_no_document(bait: Bait) -> None:
    """Looked at as a reader sees it: the payload is there in words, what it asks for is not."""
    payload = f'<object data="file://{bait.file}"></object>'
    text = " ".join(text_of(printed(to_html(filled(small(), payload)), {}, [])))
    assert "<object" in text
    assert SECRET not in text


@pytest.mark.parametrize("part", range(PARTS))
def test_where_writing_down_failed_the_printer_still_reads_nothing(bait: Bait, part: int) -> None:
    """As if a template had forgotten to escape: refused as a whole, or printed without."""
    for payload in bait.payloads()[part::PARTS]:
        with watched(bait) as taken:
            try:
                content = printed(PAGE.format(payload), {}, [])
            except BaseException as refused:
                if type(refused).__name__ not in {"FatalURLFetchingError", "InvalidValues"}:
                    raise
                content = b""
            assert taken == []
        assert not content or held(content)[::2] == ([], 0)


def test_an_open_printer_would_have_read_it_all(bait: Bait) -> None:
    """The twin: the library as it comes takes the bait, from the disk and from the net."""
    from weasyprint import HTML

    found = set()
    for payload in bait.payloads():
        with watched(bait) as taken:
            HTML(string=PAGE.format(payload)).write_pdf()
            found |= {told.split(" ")[0] for told in taken}
            if {"file", "web"} <= found:
                break
    assert {"file", "web", "socket.connect"} <= found
    tell = f'<link rel="attachment" href="file://{bait.file}"><p>x</p>'
    assert held(HTML(string=PAGE.format(tell)).write_pdf())[0] == [bait.file.name]
