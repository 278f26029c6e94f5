"""An XML file that counts the elements in it while a parser reads it.

A parser that streams gives its records away, and keeps whatever stands between them: millions of
empty elements would take all memory. What was read and not given away is what it holds.
"""

from __future__ import annotations

from io import SEEK_SET
from typing import TYPE_CHECKING

from tracker.readers.findings import EXPORT_ANEW, refusal

if TYPE_CHECKING:
    from typing import BinaryIO

    from pyxaf import RawRecord

ELEMENTS_MAX = 400_000  # which take about 80 MiB
HEAVY = b"obLine"  # takes the place of three elements


class CountedFile:
    """A file open for reading. What is read again is not counted again."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self._name = name
        self._counted_to = 0
        self._held = 0

    def seekable(self) -> bool:
        """Tell that it can be read from any place."""
        return True

    def seek(self, offset: int, whence: int = SEEK_SET, /) -> int:
        """Go on from a place."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Give the place that is read next."""
        return self._file.tell()

    def read(self, size: int = -1, /) -> bytes:
        """Read on.

        Errors: ``FileRefused`` once more elements are held than a file of records needs.
        """
        begin = self._file.tell()
        content = self._file.read(size)
        new = content[max(self._counted_to - begin, 0) :]
        self._counted_to = max(self._counted_to, begin + len(content))
        self._held += new.count(b"<") - new.count(b"</") - new.count(b"<!") + 2 * new.count(HEAVY)
        if self._held > ELEMENTS_MAX:
            message = "The file holds more in one place than an auditfile does: {count} elements."
            raise refusal(self._name, "", message, EXPORT_ANEW, count=self._held)
        return content

    def release(self, record: RawRecord) -> None:
        """Note that a record was given away by the parser."""
        self._held -= elements_in(record)


def elements_in(record: RawRecord) -> int:
    """Count the elements of a record.

    Shape:  an element that is repeated stands among the fields, and again among the children.
    """
    count = 1 + len(record.fields)
    for children in record.children.values():
        count += sum([elements_in(child) for child in children]) - (children[0].text is not None)
    return count
