"""The archive that a workbook is: rows streamed into the frames that the library writes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zipfile import ZIP_DEFLATED, ZipFile

if TYPE_CHECKING:
    from collections.abc import Iterable
    from io import BytesIO

LEVEL: Final = 6  # of compression: zlib's own
_EMPTY: Final = re.compile(r"<sheetData ?/>|<sheetData>.*</sheetData>", re.DOTALL)
_BEHIND: Final = re.compile(r"<drawing |<legacyDrawing |<tableParts |</worksheet>")
_DIMENSION: Final = re.compile(r"<dimension [^>]*/>")


class SheetArchive(ZipFile):
    """A workbook's archive that puts rows into its worksheets, and a date on none of its files.

    Shape:  ``bodies`` are the filled area and the rows of every worksheet, in order.
    """

    def __init__(self, out: BytesIO, bodies: Iterable[tuple[str, Iterable[str]]]) -> None:
        super().__init__(out, "w", ZIP_DEFLATED, compresslevel=LEVEL)
        self._bodies = {f"xl/worksheets/sheet{at}.xml": body for at, body in enumerate(bodies, 1)}

    def writestr(self, name: str, data: str | bytes) -> None:  # type: ignore[override]
        """Write a part of the file that holds no rows."""
        with self.open(name, "w") as part:
            part.write(data.encode() if isinstance(data, str) else data)

    def write(self, filename: str, arcname: str) -> None:  # type: ignore[override]
        """Write a worksheet: the library's frame, with the rows in the place of its own."""
        head, tail = _EMPTY.split(Path(filename).read_text("utf-8"))
        area, rows = self._bodies[arcname]
        head = _DIMENSION.sub(f'<dimension ref="{area}"/>', head)
        with self.open(arcname, "w") as sheet:
            sheet.write(f"{head}<sheetData>".encode())
            for piece in rows:
                sheet.write(piece.encode())
            sheet.write(f"</sheetData>{_without_warnings(tail, area)}".encode())


def _without_warnings(tail: str, area: str) -> str:
    """Keep Excel from marking account numbers, which are text, as numbers stored as text."""
    ignored = (
        f'<ignoredErrors><ignoredError sqref="{area}" numberStoredAsText="1"/></ignoredErrors>'
    )
    at = _BEHIND.search(tail)
    assert at is not None, "a worksheet ends somewhere"
    return tail[: at.start()] + ignored + tail[at.start() :]
