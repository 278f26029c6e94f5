"""A workbook that somebody made, as the archive of parts that it is.

What is added or changed is named part by part, and every other part is written as it was. Not in
here: what the parts say.
"""

from __future__ import annotations

import posixpath
import struct
import zlib
from contextlib import contextmanager
from io import BytesIO
from itertools import count
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator

Element: TypeAlias = Any  # an element of lxml, which has no types

PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
TYPES: Final = f"{PACKAGE}/content-types"
LINKS: Final = f"{PACKAGE}/relationships"
CONTENT_TYPES: Final = "[Content_Types].xml"
CHUNK: Final = 1 << 20
_DAMAGED: Final = (EOFError, NotImplementedError, OSError, RuntimeError, ValueError, struct.error,
                   zlib.error)  # fmt: skip


class Dialect(NamedTuple):
    """The namespaces of a workbook: the usual ones, or those of the strict standard."""

    main: str
    links: str


USUAL: Final = Dialect(
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
)
STRICT: Final = Dialect(
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)


class Link(NamedTuple):
    """What a part says of another: its number, the last word of its kind, and where it is."""

    id: str
    kind: str
    part: str


class Package:
    """The parts of a workbook, and what is to become of them.

    Shape:  names of parts have no slash in front, ``xl/workbook.xml``, and are found whatever
            their capitals.
    """

    def __init__(self, content: bytes) -> None:
        with _reading():
            self._archive = ZipFile(BytesIO(content))
        self._names = {name.casefold(): name for name in self._archive.namelist()}
        self._written: dict[str, bytes] = {}
        self._inserted: dict[str, tuple[int, bytes]] = {}

    def __contains__(self, part: str) -> bool:
        return part.casefold() in self._names

    def names(self, ending: str) -> list[str]:
        """List the parts whose name ends so."""
        return [name for folded, name in self._names.items() if folded.endswith(ending)]

    def name(self, part: str) -> str:
        """Give the name of a part as the archive spells it; as it is asked for where it is new."""
        return self._names.get(part.casefold(), part)

    def read(self, part: str) -> bytes:
        """Give a part as it now is.

        Errors: ``KeyError`` for a part that is not there, ``BadZipFile`` for a damaged one.
        """
        name = self.name(part)
        if (written := self._written.get(name)) is not None:
            return written
        with _reading():
            return self._archive.read(name)

    def chunks(self, part: str) -> Iterator[bytes]:
        """Give a part as it was, in pieces, so that a large one is never held.

        Errors: ``BadZipFile`` for a damaged one.
        """
        with _reading(), self._archive.open(self.name(part)) as file:
            while chunk := file.read(CHUNK):
                yield chunk

    def write(self, part: str, content: bytes) -> None:
        """Put a part in the place of what was there, or beside what is there."""
        self._written[self._names.setdefault(part.casefold(), part)] = content

    def insert(self, part: str, at: int, piece: bytes) -> None:
        """Put a piece into a part that otherwise stays as it was."""
        self._inserted[self.name(part)] = (at, piece)

    def free_name(self, pattern: str) -> str:
        """Name a part that is not there yet: ``xl/comments{}.xml`` -> ``xl/comments3.xml``."""
        return next(name for at in count(1) if (name := pattern.format(at)) not in self)

    def declare(self, part: str, content_type: str) -> None:
        """Say in the list of contents what a new part is."""
        types = parse(self.read(CONTENT_TYPES))
        override = {"PartName": f"/{part}", "ContentType": content_type}
        etree.SubElement(types, f"{{{TYPES}}}Override", override)
        self.write(CONTENT_TYPES, unparse(types))

    def links(self, part: str) -> list[Link]:
        """List what a part says of other parts in the package."""
        if (told := links_name(part)) not in self:
            return []
        folder = posixpath.dirname(part)
        return [
            Link(
                link.get("Id", ""),
                link.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, link.get("Target", "")))[1:],
            )
            for link in parse(self.read(told)).iter(f"{{{LINKS}}}Relationship")
            if link.get("TargetMode") != "External"
        ]

    def linked(self, part: str, kind: str) -> str:
        """Give the first part of a kind that a part names; nothing if it names none."""
        return next((link.part for link in self.links(part) if link.kind == kind), "")

    def link(self, part: str, kind: str, target: str) -> str:
        """Have a part name another one, and give the number by which it does.

        Shape:  ``kind`` is the full address of the kind.
        """
        told = links_name(self.name(part))
        if told in self:
            links = parse(self.read(told))
        else:
            links = etree.Element(f"{{{LINKS}}}Relationships", nsmap={None: LINKS})
        taken = {link.get("Id") for link in links}
        number = next(name for at in count(1) if (name := f"rId{at}") not in taken)
        names = {"Id": number, "Type": kind, "Target": f"/{target}"}
        etree.SubElement(links, f"{{{LINKS}}}Relationship", names)
        self.write(told, unparse(links))
        return number

    def as_bytes(self) -> bytes:
        """Write the workbook: its parts in their order with their own dates, then the new ones."""
        out = BytesIO()
        with ZipFile(out, "w", ZIP_DEFLATED) as changed:
            for info in self._archive.infolist():
                self._copy(info, changed)
            for name in self._written:
                if name not in self._archive.NameToInfo:
                    entry = ZipInfo(name)
                    entry.compress_type = ZIP_DEFLATED
                    changed.writestr(entry, self._written[name])
        return out.getvalue()

    def _copy(self, info: ZipInfo, changed: ZipFile) -> None:
        entry = ZipInfo(info.filename, info.date_time)
        entry.compress_type, entry.comment = info.compress_type, info.comment
        entry.create_system, entry.external_attr = info.create_system, info.external_attr
        if info.filename in self._written:
            changed.writestr(entry, self._written[info.filename])
            return
        at, piece = self._inserted.get(info.filename, (-1, b""))
        with changed.open(entry, "w", force_zip64=info.file_size > 1 << 30) as part:
            for chunk in self.chunks(info.filename):
                if 0 <= at < len(chunk):
                    part.write(chunk[:at])
                    part.write(piece)
                    part.write(chunk[at:])
                else:
                    part.write(chunk)
                at -= len(chunk)


@contextmanager
def _reading() -> Iterator[None]:
    """Say in one way what the library says in many: that the archive is damaged."""
    try:
        yield
    except _DAMAGED as error:
        raise BadZipFile(str(error)) from error


def links_name(part: str) -> str:
    """Name the part that says which other parts a part names."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def parse(content: bytes) -> Element:
    """Read a part of a workbook; nothing outside of it is ever fetched.

    Errors: ``ValueError`` for what is no XML, or declares a document type.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from error
    if root.getroottree().docinfo.doctype:
        raise ValueError("a part of a workbook declares no document type")
    return root


def unparse(root: Element) -> bytes:
    """Write a part of a workbook."""
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return written
