"""What a PDF must have to be read by all and kept for long, as far as a program can tell.

It finds the usual mistakes against PDF/UA-1 and PDF/A-3. It is no validator: that nothing is found
does not prove that a file conforms.
"""

from __future__ import annotations

import io
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import pikepdf

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PAINTING = {"Tj", "TJ", "'", '"', "S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh", "Do"}
ACTIONS = {"/URI", "/GoTo"}
ADDRESSES = re.compile(r"(https?://|mailto:)")
RELATIONS = {"/Source", "/Data"}
PARENTS = {
    "/TR": {"/Table", "/THead", "/TBody", "/TFoot"},
    "/TH": {"/TR"},
    "/TD": {"/TR"},
    "/THead": {"/Table"},
    "/TBody": {"/Table"},
    "/TFoot": {"/Table"},
    "/LI": {"/L"},
    "/Lbl": {"/LI"},
    "/LBody": {"/LI"},
    "/Caption": {"/Table", "/Figure"},
}


class Tag(NamedTuple):
    """An element of the tree of tags, and the kind of the one above it."""

    kind: str
    above: str
    element: Any


def faults(content: bytes) -> list[str]:
    """Name what is wrong with a PDF, in words."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return [
            *_of_metadata(pdf),
            *_of_fonts(pdf),
            *_of_files(pdf),
            *_of_tags(pdf),
            *_of_links(pdf),
            *_of_pages(pdf),
        ]


def tags_of(pdf: pikepdf.Pdf) -> Iterator[Tag]:
    """All elements of a tree of tags, in reading order."""
    open_ones = [Tag("/StructTreeRoot", "", pdf.Root.StructTreeRoot)]
    while open_ones:
        tag = open_ones.pop()
        yield tag
        below: Any = tag.element.get("/K", [])
        children = list(below) if isinstance(below, pikepdf.Array) else [below]
        open_ones += [
            Tag(str(child.S), tag.kind, child)
            for child in reversed(children)
            if isinstance(child, pikepdf.Dictionary) and "/S" in child
        ]


def _where(judged: Iterable[tuple[bool, str]]) -> Iterator[str]:
    return (fault for is_wrong, fault in judged if is_wrong)


def _of_metadata(pdf: pikepdf.Pdf) -> Iterator[str]:
    root: Any = pdf.Root
    told = ""
    if "/Metadata" in root:
        told = root.Metadata.read_bytes().decode()
    for wanted in ("pdfaid:part", "pdfaid:conformance", "pdfuaid:part", "dc:title"):
        if wanted not in told:
            yield f"the metadata do not tell {wanted}"
    colours = root.get("/OutputIntents", [{}])[0]
    shown = root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False)
    yield from _where(
        (
            (told.count("<rdf:RDF") != 1, "the metadata are not one description"),
            ("/DestOutputProfile" not in colours, "it does not say which colours are meant"),
            ("/ID" not in pdf.trailer, "it has no identifier"),
            (pdf.is_encrypted, "it is encrypted"),
            (str(root.get("/Lang", "")) not in {"nl", "en"}, "it has no language"),
            (not str(pdf.docinfo.get("/Title", "")), "it has no title"),
            ("/CreationDate" not in pdf.docinfo, "it has no day"),
            (not shown, "its title is not shown"),
            (not root.get("/MarkInfo", {}).get("/Marked", False), "it is not marked as tagged"),
        )
    )


def _of_fonts(pdf: pikepdf.Pdf) -> Iterator[str]:
    for font in _kind(pdf, "/Font"):
        name, is_composed = str(font.get("/BaseFont")), font.get("/Subtype") == "/Type0"
        if is_composed and "/ToUnicode" not in font:
            yield f"the letters of {name} have no meaning"
        described = font.DescendantFonts[0] if is_composed else font
        own = described.get("/FontDescriptor", {})
        if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(own.keys()):
            yield f"the font {name} is not inside"


def _of_files(pdf: pikepdf.Pdf) -> Iterator[str]:
    root: Any = pdf.Root
    named = list(root.get("/AF", []))
    if len({file.objgen for file in named}) != len(named):
        yield "a file inside is named twice"
    listed = root.get("/Names", {}).get("/EmbeddedFiles", {}).get("/Names", [])
    if len(listed) != 2 * len(named):
        yield "files inside are not what the document says it holds"
    day = str(pdf.docinfo.get("/CreationDate", ""))[:10]
    for file in named:
        yield from _of_file(file, day)


def _of_file(file: Any, day: str) -> Iterator[str]:
    name, stream = str(file.get("/UF", "")), file.EF.F
    changed = str(stream.get("/Params", {}).get("/ModDate", ""))
    kind, relation = str(stream.get("/Subtype", "")), str(file.get("/AFRelationship"))
    yield from _where(
        (
            (not name or "/F" not in file, "a file inside has no name"),
            (not str(file.get("/Desc", "")), f"the file {name} is not described"),
            (relation not in RELATIONS, f"the file {name} is {relation} to the document"),
            (not kind or "octet-stream" in kind, f"the file {name} has no kind"),
            (changed[:10] != day, f"the file {name} is of another day: {changed}"),
        )
    )


def _of_tags(pdf: pikepdf.Pdf) -> Iterator[str]:
    if "/StructTreeRoot" not in pdf.Root:
        yield "it has no tags"
        return
    tags = list(tags_of(pdf))
    for kind, above, element in tags:
        has_words = str(element.get("/Alt", "")).strip()
        has_scope = "/Scope" in element.get("/A", {})
        yield from _where(
            (
                (above not in PARENTS.get(kind, {above}), f"{kind} stands in {above}"),
                (kind == "/Figure" and not has_words, "a picture has no words"),
                (kind == "/TH" and not has_scope, "a head of a table does not say what it heads"),
            )
        )
    levels = [int(tag.kind[2:]) for tag in tags if re.fullmatch(r"/H\d", tag.kind)]
    for before, level in pairwise((0, *levels)):
        if level > before + 1:
            yield f"a heading of level {level} follows on level {before}"
    if levels.count(1) != 1:
        yield f"it has {levels.count(1)} titles"


def _of_links(pdf: pikepdf.Pdf) -> Iterator[str]:
    root: Any = pdf.Root
    places = root.get("/Names", {}).get("/Dests", {}).get("/Names", [])
    targets = {str(name) for name in list(places)[::2]}
    for page in pdf.pages:
        notes = list(page.get("/Annots", []))
        if notes and page.get("/Tabs") != "/S":
            yield "the order of links on a page is not that of reading"
        for note in notes:
            yield from _of_link(note, targets)
    for action in _kind(pdf, "/Action"):
        if str(action.get("/S")) not in ACTIONS:
            yield f"it does {action.get('/S')}"


def _of_link(note: Any, targets: set[str]) -> Iterator[str]:
    address = str(note.get("/A", {}).get("/URI", ""))
    target = str(note.get("/Dest", ""))
    yield from _where(
        (
            (note.get("/Subtype") != "/Link", f"a page holds {note.get('/Subtype')}"),
            (not str(note.get("/Contents", "")).strip(), "a link has no words"),
            ("/StructParent" not in note, "a link has no tag"),
            (bool(target) and target not in targets, f"a link leads nowhere: {target}"),
            (not target and not ADDRESSES.match(address), f"a link leads to {address}"),
        )
    )


def _of_pages(pdf: pikepdf.Pdf) -> Iterator[str]:
    for at, page in enumerate(pdf.pages, 1):
        marked = 0
        for told in pikepdf.parse_content_stream(page):
            name = str(told.operator)
            marked += (name in {"BDC", "BMC"}) - (name == "EMC")
            if name in PAINTING and not marked:
                yield f"page {at} shows something that has no tag"
                break


def _kind(pdf: pikepdf.Pdf, kind: str) -> Iterator[Any]:
    return (
        item
        for item in pdf.objects
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == kind
    )
