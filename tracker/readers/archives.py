"""The archive that a workbook is: looked at before it is unpacked, and counted while it is.

What the directory of the archive says of itself is compared with what is found, and only what
was found is believed.
"""

from __future__ import annotations

import re
import struct
import zlib
from typing import TYPE_CHECKING, Self
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from tracker.readers.findings import refusal
from tracker.readers.markup import check_size

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType
    from zipfile import ZipInfo

    from tracker.domain.errors import Fact, FileRefused

MEGABYTES_MAX = 10
ENTRIES_MAX = 200
ENTRY_MAX = 50_000_000  # bytes of one part, unpacked
ENTRIES_SIZE_MAX = 100_000_000  # bytes of all parts
RATIO_MAX = 200  # what deflate does to a sheet is 10 to 30
RATIO_FROM = 1_000_000
PIECE = 1 << 17
NAME_MAX = 255

AS_XLSX = "Open it in Excel or LibreOffice, and save it as a workbook (.xlsx)."
SAVE_ANEW = "Open it in Excel or LibreOffice, and save it anew as a workbook (.xlsx)."
UNUSUAL = "No export looks like this. Ask whoever sent the file for a new one."

_DAMAGED = "The workbook is damaged: its part {part} cannot be unpacked."
_LOCAL = struct.Struct("<4s22xHH")
_LOCAL_SIGN = b"PK\x03\x04"
_LISTED_SIGN = b"PK\x01\x02"
_OLD_SIGN = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = 1
_PASSWORD = "EncryptedPackage".encode("utf-16-le")
_OUTSIDE = re.compile(r"/|[A-Za-z]:|(?:.*/)?\.\.(?:/|$)|.*[\x00-\x1f]", re.DOTALL)
_UNREADABLE = (BadZipFile, NotImplementedError, ValueError, OSError, struct.error, EOFError)


class Archive:
    """A workbook's archive that is open, and of which the directory was found sound."""

    def __init__(self, path: Path, name: str) -> None:
        self._name = name
        check_size(path, name, MEGABYTES_MAX)
        _check_head(path, name)
        try:
            self._zip = ZipFile(path)
        except _UNREADABLE as error:
            message = "The workbook is damaged: the list of its parts cannot be read."
            raise refusal(name, "", message, SAVE_ANEW) from error
        self._file = path.open("rb")
        try:
            self._parts = self._checked()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._zip.close()
        self._file.close()

    def parts(self) -> tuple[str, ...]:
        """Give the names of all parts, in the order in which they lie in the file."""
        return tuple(entry.filename for entry, _ in self._parts.values())

    def part(self, wanted: str) -> str | None:
        """Give the name of a part as the archive writes it; names differ by more than case."""
        found = self._parts.get(_plain(wanted))
        return found[0].filename if found else None

    def pieces(self, part: str) -> Iterator[bytes]:
        """Unpack a part in pieces of at most ``PIECE`` bytes.

        Errors: ``FileRefused`` if it is damaged, or is not what the directory says.
        """
        entry, begin = self._parts[_plain(part)]
        unpacked, check = 0, 0
        for piece in self._unpacked(entry, begin):
            unpacked += len(piece)
            if unpacked > entry.file_size:
                message = (
                    "A part of the workbook unpacks to more than the {size} bytes it declares."
                )
                raise self._refusal(part, message, UNUSUAL, size=entry.file_size)
            check = zlib.crc32(piece, check)
            yield piece
        if unpacked != entry.file_size or check != entry.CRC:
            raise self._damage(entry)

    def _unpacked(self, entry: ZipInfo, begin: int) -> Iterator[bytes]:
        self._file.seek(begin)
        left = entry.compress_size
        inflating = zlib.decompressobj(-zlib.MAX_WBITS)
        while left and (packed := self._file.read(min(left, PIECE))):
            left -= len(packed)
            if entry.compress_type == ZIP_STORED:
                yield packed
                continue
            while packed and not inflating.eof:
                try:
                    yield inflating.decompress(packed, PIECE)
                except zlib.error as error:
                    raise self._damage(entry) from error
                packed = inflating.unconsumed_tail
        is_whole = entry.compress_type == ZIP_STORED or inflating.eof
        if left or not is_whole or inflating.unused_data:
            raise self._damage(entry)

    def _checked(self) -> dict[str, tuple[ZipInfo, int]]:
        """Give the parts by their plain names, each with where its content begins."""
        entries = self._zip.infolist()
        if len(entries) > ENTRIES_MAX:
            raise _crowded(self._name, len(entries))
        if self._zip.comment:
            message = "The workbook has something behind its end."
            raise self._refusal("", message, SAVE_ANEW)
        parts: dict[str, tuple[ZipInfo, int]] = {}
        end = 0
        for entry in sorted(entries, key=lambda entry: entry.header_offset):
            self._check_entry(entry)
            begin = self._begin(entry, end)
            end = begin + entry.compress_size
            if parts.setdefault(_plain(entry.filename), (entry, begin))[0] is not entry:
                message = "The workbook holds a part twice."
                raise self._refusal(entry.filename, message, UNUSUAL)
        if end > self._zip.start_dir:
            raise self._overlap(entry.filename)
        if (size := sum(entry.file_size for entry in entries)) > ENTRIES_SIZE_MAX:
            raise self._excess("", size, ENTRIES_SIZE_MAX)
        return parts

    def _check_entry(self, entry: ZipInfo) -> None:
        name = entry.filename
        if len(name) > NAME_MAX or "\\" in name or _OUTSIDE.match(name):
            message = "A part of the workbook has a name that leads out of it: “{part}”."
            raise self._refusal("", message, UNUSUAL, part=name[:80])
        if entry.flag_bits & _ENCRYPTED:
            raise _locked(self._name)
        if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            message = "A part of the workbook is packed in a way that workbooks are not."
            raise self._refusal(name, message, SAVE_ANEW)
        if entry.file_size > ENTRY_MAX:
            raise self._excess(name, entry.file_size, ENTRY_MAX)
        if entry.file_size > max(RATIO_FROM, RATIO_MAX * entry.compress_size):
            message = "A part of {packed} bytes unpacks to {size}, as no part of a workbook does."
            size = entry.file_size
            raise self._refusal(name, message, UNUSUAL, packed=entry.compress_size, size=size)

    def _begin(self, entry: ZipInfo, end: int) -> int:
        """Tell where the content of a part begins, by what stands before it."""
        if entry.header_offset < end:
            raise self._overlap(entry.filename)
        self._file.seek(entry.header_offset)
        head = self._file.read(_LOCAL.size)
        if len(head) < _LOCAL.size:
            raise self._damage(entry)
        sign, name_length, extra_length = _LOCAL.unpack(head)
        local = self._file.read(name_length)
        if sign != _LOCAL_SIGN or local != entry.orig_filename.encode(
            "utf-8" if entry.flag_bits & 0x800 else "cp437", "replace"
        ):
            raise self._damage(entry)
        return entry.header_offset + _LOCAL.size + int(name_length) + int(extra_length)

    def _excess(self, part: str, size: int, most: int) -> FileRefused:
        message = "The workbook, or a part of it, unpacks to {found} MB; it may hold {most} MB."
        found = -(-size // 1_000_000)
        remedy = "Export a shorter period, or as csv."
        return self._refusal(part, message, remedy, found=found, most=most // 1_000_000)

    def _overlap(self, part: str) -> FileRefused:
        return self._refusal(part, "Parts of the workbook lie over each other.", UNUSUAL)

    def _damage(self, entry: ZipInfo) -> FileRefused:
        return self._refusal(entry.filename, _DAMAGED, SAVE_ANEW, part=entry.filename[:80])

    def _refusal(self, place: str, message: str, remedy: str, **facts: Fact) -> FileRefused:
        return refusal(self._name, place[:80], message, remedy, **facts)


def _plain(name: str) -> str:
    return name.casefold()


def _check_head(path: Path, name: str) -> None:
    content = path.read_bytes()
    if content.startswith(_OLD_SIGN):
        if _PASSWORD in content:
            raise _locked(name)
        message = "The file is a workbook of the kind from before 2007 (.xls)."
        raise refusal(name, "", message, AS_XLSX)
    if not content.startswith(_LOCAL_SIGN):
        raise refusal(name, "", "The file is no workbook.", AS_XLSX)
    if (count := content.count(_LISTED_SIGN)) > ENTRIES_MAX:
        raise _crowded(name, count)


def _crowded(name: str, count: int) -> FileRefused:
    message = "The workbook consists of {found} parts; it may have {most}."
    return refusal(name, "", message, SAVE_ANEW, found=count, most=ENTRIES_MAX)


def _locked(name: str) -> FileRefused:
    message = "The workbook is locked with a password."
    return refusal(name, "", message, "Open it, take the password away, and save it.")
