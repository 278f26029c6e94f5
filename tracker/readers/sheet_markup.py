"""The XML inside a workbook: checked by a parser, and given as text that is safe to search.

A sheet has millions of tags. Calling Python for each of them takes three times as long as
searching the text, and the search is exact once the text is known to be sound, to hold no
comment, no CDATA and no instruction, and to write ``>`` only where a tag ends.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.parsers import expat

from tracker.readers.archives import SAVE_ANEW, UNUSUAL
from tracker.readers.findings import refusal
from tracker.readers.markup import DEPTH_MAX, DOCUMENT_TYPE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from xml.parsers.expat import XMLParserType

    from tracker.domain.errors import FileRefused
    from tracker.readers.archives import Archive

    Element = Callable[[str, Mapping[str, str]], None]

STRETCH_MAX = 1 << 19  # bytes without a tag
ELEMENTS_MAX = 500_000  # of a part that only describes the workbook
NAMES_MAX = 500  # of elements; a parser holds every name that it has met

_TAG = re.compile(rb"(<(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*+)>([^<]*)")
_SELDOM = re.compile(rb"<(?!/|row[ />]|[cvftr][ />]|si>|is>)([^\s/>]*)")
_REFERENCE = re.compile(r"&(?:#([0-9]{1,20})|#x([0-9A-Fa-f]{1,20})|(amp|lt|gt|quot|apos));")
_CODED = re.compile(r"_x(00(?:0[1-9A-Fa-f]|1[0-9A-Fa-f]|5[Ff]))_")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


def stretches(archive: Archive, part: str, name: str) -> Iterator[bytes]:
    """Give the XML of a part in stretches that begin with a tag and hold whole tags.

    Shape:  tags carry no prefix, even if the file gives them one.
    Errors: ``FileRefused`` for XML that is unsound, or that hides what it holds.
    """
    parser = _parser(part, name)
    roots: list[str] = []

    def root(tag: str, _attributes: object) -> None:
        roots.append(tag.rpartition(":")[0])
        parser.StartElementHandler = None

    parser.StartElementHandler = root
    names: set[bytes] = set()
    depth, rest = 0, b""
    for piece in _parsed(archive, part, name, parser):
        held = rest + piece
        cut = held.rfind(b"<") if piece else len(held)
        if cut <= 0:
            rest = held
            continue
        stretch, rest = _plain(held[:cut], roots[0] if roots else ""), held[cut:]
        depth += stretch.count(b"<") - 2 * stretch.count(b"</") - stretch.count(b"/>")
        names.update(_SELDOM.findall(stretch))
        if depth > DEPTH_MAX or len(names) > NAMES_MAX:
            raise _nested(name, part)
        yield stretch


def elements(archive: Archive, part: str, name: str, on_element: Element) -> None:
    """Tell of each element of a small part: its local name and its attributes, by local names.

    Errors: ``FileRefused``.
    """
    parser = _parser(part, name)
    depth, count = 0, 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if depth > DEPTH_MAX or count > ELEMENTS_MAX:
            raise _nested(name, part)
        local = {key.rpartition(":")[2]: text for key, text in attributes.items()}
        on_element(tag.rpartition(":")[2], local)

    def end(_tag: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    for _piece in _parsed(archive, part, name, parser):
        pass


def text_of(written: bytes) -> str:
    """Give the text that stands between two tags."""
    text = written.decode("utf-8")
    if "&" in text:
        text = _REFERENCE.sub(_referred, text)
    if "_x" in text:
        text = _CODED.sub(lambda found: chr(int(found[1], 16)), text)
    return text.replace("\r\n", "\n")


def _referred(found: re.Match[str]) -> str:
    if found[3]:
        return _NAMED[found[3]]
    return chr(int(found[1]) if found[1] else int(found[2], 16))


def _plain(stretch: bytes, prefix: str) -> bytes:
    """Write ``>`` as a reference wherever it ends no tag, and take the prefix of the root away."""
    if stretch.count(b"<") != stretch.count(b">"):
        stretch = _TAG.sub(_escaped, stretch)
    if prefix:
        named = prefix.encode() + b":"
        stretch = stretch.replace(b"<" + named, b"<").replace(b"</" + named, b"</")
    return stretch


def _escaped(tag: re.Match[bytes]) -> bytes:
    return tag[1].replace(b">", b"&gt;") + b">" + tag[2].replace(b">", b"&gt;")


def _parsed(archive: Archive, part: str, name: str, parser: XMLParserType) -> Iterator[bytes]:
    """Give the pieces of a part once they are parsed, and an empty one at the end."""
    stretch = 0
    try:
        for piece in archive.pieces(part):
            tag = piece.rfind(b"<")
            stretch = stretch + len(piece) if tag < 0 else len(piece) - tag
            if stretch > STRETCH_MAX:
                message = "The workbook holds a text or a tag that does not end."
                raise refusal(name, part, message, UNUSUAL)
            parser.Parse(piece, False)
            if piece:
                yield piece
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        message = "The workbook is damaged: the XML of {part} breaks off at line {line}."
        raise refusal(
            name, part, message, SAVE_ANEW, part=part[:80], line=str(error.lineno)
        ) from error
    yield b""


def _parser(part: str, name: str) -> XMLParserType:
    """Make a parser that refuses what no workbook holds."""
    parser = expat.ParserCreate("utf-8")

    def declared(_version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.lower() not in ("utf-8", "utf8", "us-ascii", "ascii"):
            message = "A part of the workbook is encoded in “{encoding}”; only UTF-8 is read."
            raise refusal(name, part, message, SAVE_ANEW, encoding=encoding[:80])

    def hidden(*_: object) -> None:
        message = "The workbook holds comments or instructions inside its XML, as no export does."
        raise refusal(name, part, message, SAVE_ANEW)

    def typed(*_: object) -> None:
        raise refusal(name, part, DOCUMENT_TYPE, UNUSUAL)

    parser.XmlDeclHandler = declared
    parser.StartDoctypeDeclHandler = typed
    parser.CommentHandler = hidden
    parser.StartCdataSectionHandler = hidden
    parser.ProcessingInstructionHandler = hidden
    return parser


def _nested(name: str, part: str) -> FileRefused:
    message = "The workbook nests deeper, or describes more, than a workbook does."
    return refusal(name, part, message, UNUSUAL)
