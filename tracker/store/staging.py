"""Rows on their way: on the disk rather than in memory, until the deed that keeps them begins."""

from __future__ import annotations

import marshal
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from tracker.store.bulk import CHUNK

if TYPE_CHECKING:
    from collections.abc import Iterator


class StagedRows:
    """Rows of plain values that are read back in their order, for as often as they are asked for.

    Shape:  a row holds whole numbers, texts and ``None``; days are texts. A few rows stay in
            memory; of many, all but the last go to a file without a name, which is gone when this
            process is, however it ends.
    """

    def __init__(self) -> None:
        self._file: Any = None
        self._sizes: list[int] = []
        self._rows: list[tuple[Any, ...]] = []
        self.count = 0

    def __bool__(self) -> bool:
        return self.count > 0

    def add(self, row: tuple[Any, ...]) -> None:
        """Put a row at the end."""
        self._rows.append(row)
        self.count += 1
        if len(self._rows) >= CHUNK:
            if self._file is None:
                self._file = TemporaryFile(prefix="import-")  # noqa: SIM115 - closed by the end of us
            content = marshal.dumps(self._rows, 2)
            self._sizes.append(self._file.write(content))
            self._rows = []

    def chunks(self) -> Iterator[list[tuple[Any, ...]]]:
        """Give the rows, many at a time."""
        if self._file is not None:
            self._file.seek(0)
            for size in self._sizes:
                yield marshal.loads(self._file.read(size))  # noqa: S302 - our own, of a moment ago
        if self._rows:
            yield self._rows

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        for chunk in self.chunks():
            yield from chunk
