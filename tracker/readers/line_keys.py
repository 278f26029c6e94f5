"""Keys for the lines of a table: the same line has the same key in every file it comes in.

However the rows are sorted, whatever program saved them, and whichever period is exported.
"""

from __future__ import annotations

from collections import Counter
from hashlib import blake2b
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    Scope: TypeAlias = tuple[int, str]  # fiscal year, journal

DIGEST_BYTES = 8
LINE_DIGITS = 10  # that tell the lines of one entry apart


class LineKeys:
    """Gives the lines of one table their keys.

    A line with an entry number and a line number has its own. A line that lacks one of them is
    known by what it says; lines that say the same are counted, and so are kept apart.
    """

    def __init__(self) -> None:
        self._seen: set[tuple[Scope, str, str]] = set()
        self._times: Counter[tuple[Scope, str, str]] = Counter()

    def own(self, scope: Scope, number: str, line: str) -> tuple[str, str] | None:
        """Give the key that a line has of its own, or nothing where another line has it too."""
        number, line = bare(number), bare(line)
        before = len(self._seen)
        self._seen.add((scope, number, line))
        return (number, line) if len(self._seen) > before else None

    def made(self, scope: Scope, number: str, said: Iterable[str]) -> tuple[str, str]:
        """Make a key of what a line says.

        Shape:  the entry number stays where there is one; else what is said stands in for it.
        """
        words = "\x1f".join([" ".join(each.split()) for each in said])
        digest = blake2b(words.encode(), digest_size=DIGEST_BYTES).hexdigest()
        number = bare(number)
        known_by = digest[:LINE_DIGITS] if number else digest
        self._times[scope, number, known_by] += 1
        time = self._times[scope, number, known_by]
        if not number:
            return known_by, str(time)
        return number, known_by if time == 1 else f"{known_by}-{time}"


def bare(code: str) -> str:
    """Write a code as it is compared: spreadsheets drop the zeros that a number begins with."""
    if code.startswith("0") and code.isdigit() and code.isascii():
        return code.lstrip("0") or "0"
    return code
