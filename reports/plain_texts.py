"""What people typed stays a text: never a formula of a spreadsheet, never longer than a cell.

Spreadsheets take a text for a formula by its first sign, and pass over spaces and signs that
nobody sees; in some languages wide signs count too. A csv file is also opened with another sign
between its columns than it was written with: what stands behind such a sign counts as first.
"""

from __future__ import annotations

import re
from typing import Final

TEXT_MAX: Final = 32_767  # UTF-16 units in a cell; Excel cuts the rest in silence
CUT: Final = " […]"

_WIDE_EQUALS, _WIDE_AT = "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH COMMERCIAL AT}"
_SIGNS: Final = "+\\-\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}"
_NAMING: Final = f"=@{_WIDE_EQUALS}{_WIDE_AT}"
# Spaces of all widths, marks of direction, joiners, the mark of a byte order, halves of signs.
_UNSEEN: Final = (
    "\\s\\x00-\\x1f\\x7f-\\x9f\\xad\\u034f\\u061c\\u180e\\u200b-\\u200f\\u202a-\\u202e"
    "\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\ufffe\\uffff\\ud800-\\udfff"
)
STARTS: Final = frozenset(f" +-{_NAMING}{_SIGNS}")
"""Signs that a formula begins with, and the space before them."""

_LIKE_A_FORMULA: Final = re.compile(f"[{_UNSEEN}]*?[\\t\\r\\n]|[{_UNSEEN}]*[{_NAMING}{_SIGNS}]")
# What names or calls something is worked out; a number stays a number, and 1.000,- is an amount.
_LIKE_ONE_WITHIN: Final = re.compile(
    f'\\A([{_UNSEEN}"]*+)(?=[{_NAMING}]'
    f"|[{_SIGNS}]++(?=\\S)(?![\\d.,\\s%€)\\]:!?]*+\\Z)"
    f"|[{_SIGNS}]++.*(?:\\w\\(|\\|))",
    re.DOTALL,
)
_ENDS_A_COLUMN: Final = re.compile("([,;\t\r\n])")


def is_risky(text: str) -> bool:
    """Tell whether a program could take a text for a formula."""
    return _LIKE_A_FORMULA.match(text) is not None


def cut(text: str) -> str:
    """Cut a text that is longer than a cell holds, where one sees it."""
    if len(text) > TEXT_MAX // 2 and len(text.encode("utf-16-le")) // 2 > TEXT_MAX:
        kept = text.encode("utf-16-le")[: 2 * (TEXT_MAX - len(CUT))]
        return kept.decode("utf-16-le", errors="ignore") + CUT
    return text


def defused(text: str) -> str:
    """Keep a spreadsheet that opens a csv file from taking a text for a formula.

    Shape:  ``=SUM(A1)`` -> ``'=SUM(A1)``, and ``a;=B1`` -> ``a;'=B1``; others stay as they are.
    """
    first, *others = _ENDS_A_COLUMN.split(text)
    told = f"'{first}" if is_risky(text) else first
    return told + "".join(_LIKE_ONE_WITHIN.sub(r"\1'", other) for other in others)
