"""Tables that an office brings in: which columns each kind has, and where they stand in a file.

Not in here: files. A reader opens them, and reads what a mapping points at.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, cast
from unicodedata import combining, normalize

from tracker.domain.errors import RuleViolation
from tracker.domain.mapping_checks import check_mapping
from tracker.domain.table_columns import TableKind, named

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Mapping as Plain
    from typing import TypeAlias

    Json: TypeAlias = str | int | Sequence[str] | Sequence[Sequence[str | int]]

__all__ = [
    "DecimalSign",
    "Mapping",
    "Sign",
    "check_mapping",
    "fingerprint_of",
    "folded",
    "from_plain",
]

_ASIDE: Final = re.compile(
    r"[(\[](?:required|verplicht|optional|optioneel|eur|€|in eur|in euro)[)\]]"
)
_PUNCTUATION: Final = re.compile(r"[^\w/#]+|_+")


HEADING_MAX: Final = 80  # letters of a heading that a complaint repeats


class DecimalSign(StrEnum):
    """What sets cents apart from euros in a file; either, where each cell says so itself."""

    COMMA = "comma"
    POINT = "point"
    EITHER = "either"


class Sign(StrEnum):
    """Which side of the books a positive amount stands on."""

    DEBIT_POSITIVE = "debit_positive"
    CREDIT_POSITIVE = "credit_positive"


@dataclass(frozen=True, slots=True)
class Mapping:
    """Where the columns of one kind of table stand in the files of one source.

    Shape:  ``heading_row`` counts from 1, as the file does; ``columns`` are codes and indexes
            from 0, each code once; ``headings`` are all headings of that row, as they are
            written. ``sheet``, ``encoding`` and ``delimiter`` are ``""`` where the file tells
            them itself. ``journal`` and ``project`` stand in for columns that a file lacks.
    """

    kind: TableKind
    columns: tuple[tuple[str, int], ...]
    headings: tuple[str, ...] = ()
    heading_row: int = 1
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    decimal: DecimalSign = DecimalSign.EITHER
    sign: Sign = Sign.DEBIT_POSITIVE
    journal: str = ""
    project: str = ""

    @property
    def places(self) -> dict[str, int]:
        """The index of each column, by its code."""
        return dict(self.columns)

    @property
    def fingerprint(self) -> str:
        """What files of the same source have in common: their headings, in any order."""
        return fingerprint_of(self.headings)

    def heading_of(self, code: str) -> str:
        """Give the file's own heading of a column; without one, the code of its name."""
        index = self.places.get(code, len(self.headings))
        own = self.headings[index] if index < len(self.headings) else ""
        return own[:HEADING_MAX] or named(self.kind, code)

    def fitted_to(
        self, headings: Sequence[str], heading_row: int = 1, sheet: str = "", delimiter: str = ""
    ) -> Mapping:
        """Point at the same headings where they stand in another file.

        Shape:  of headings that are the same, the second stays the second.
        Errors: ``RuleViolation`` naming the first heading that the other file lacks.
        """
        there = {key: index for index, key in enumerate(_numbered(headings))}
        here = _numbered(self.headings)
        moved = []
        for code, index in self.columns:
            key = here[index] if index < len(here) else None
            if key not in there:
                raise RuleViolation(
                    "There is no column “{value}”.",
                    "Choose the columns of this file again.",
                    field=code,
                    value=self.heading_of(code),
                )
            moved.append((code, there[key]))
        return replace(
            self,
            columns=tuple(moved),
            headings=tuple(headings),
            heading_row=heading_row,
            sheet=sheet,
            delimiter=delimiter,
        )

    def as_plain(self) -> dict[str, Json]:
        """Write it in plain values that JSON knows."""
        return {
            "kind": self.kind.value,
            "columns": [[code, index] for code, index in self.columns],
            "headings": list(self.headings),
            "heading_row": self.heading_row,
            "sheet": self.sheet,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "decimal": self.decimal.value,
            "sign": self.sign.value,
            "journal": self.journal,
            "project": self.project,
        }


def from_plain(plain: Plain[str, object]) -> Mapping:
    """Read a mapping from what ``as_plain`` wrote.

    Errors: ``RuleViolation`` for a key that is not known, and for a value that fits none.
    """
    known = {part.name for part in fields(Mapping)}
    for key in sorted(set(plain) - known):
        raise RuleViolation(
            "A mapping has no “{key}”.",
            "Make the mapping anew from a file of this source.",
            field=key[:40],
            key=key[:40],
        )
    try:
        return Mapping(
            kind=TableKind(_text(plain["kind"])),
            columns=_columns_in(plain["columns"]),
            headings=tuple(_text(each) for each in cast("list[object]", plain.get("headings", []))),
            heading_row=_whole(plain.get("heading_row", 1), least=1),
            decimal=DecimalSign(_text(plain.get("decimal", DecimalSign.EITHER))),
            sign=Sign(_text(plain.get("sign", Sign.DEBIT_POSITIVE))),
            **{key: _text(plain.get(key, "")) for key in _TEXTS},
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RuleViolation(
            "The mapping holds a value that does not fit.",
            "Make the mapping anew from a file of this source.",
        ) from error


_TEXTS: Final = ("sheet", "encoding", "delimiter", "journal", "project")


def fingerprint_of(headings: Iterable[str]) -> str:
    """Make one short text of headings, the same for the same headings in any order.

    Shape:  columns without a heading do not count.
    """
    names = sorted(filter(None, map(folded, headings)))
    return blake2b("\0".join(names).encode(), digest_size=16).hexdigest()


def folded(heading: str) -> str:
    """Write a heading as it is compared: no case, accents, punctuation or spare spaces.

    Shape:  ``" Bedrag  (EUR)"`` -> ``"bedrag"``; ``"G/L account no."`` -> ``"g/l account no"``.
    """
    plain = normalize("NFKD", heading.casefold())
    bare = "".join(letter for letter in plain if not combining(letter))
    return _PUNCTUATION.sub(" ", _ASIDE.sub(" ", bare)).strip()


def _numbered(headings: Iterable[str]) -> list[tuple[str, int]]:
    """Fold headings, and number those that are the same."""
    times: Counter[str] = Counter()
    numbered = []
    for heading in map(folded, headings):
        times[heading] += 1
        numbered.append((heading, times[heading]))
    return numbered


def _columns_in(plain: object) -> tuple[tuple[str, int], ...]:
    pairs = cast("list[tuple[object, object]]", plain)
    return tuple((_text(code), _whole(index, least=0)) for code, index in pairs)


def _text(plain: object) -> str:
    if not isinstance(plain, str):
        raise TypeError(plain)
    return plain


def _whole(plain: object, least: int) -> int:
    if not isinstance(plain, int) or isinstance(plain, bool) or plain < least:
        raise ValueError(plain)
    return plain
