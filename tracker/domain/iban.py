"""Bank account numbers: their shape, and the check digits that catch a slip of the pen."""

from __future__ import annotations

import re

_SHAPE = re.compile(r"NL[0-9]{2}[A-Z]{4}[0-9]{10}|(?!NL)[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


def plain_iban(text: str) -> str:
    """Write an IBAN without spaces and in capitals: ``nl91 abna 0417…`` -> ``NL91ABNA0417…``."""
    return "".join(text.split()).upper()


def is_iban(text: str) -> bool:
    """Tell whether a plain text has the shape of an IBAN, whatever its check digits."""
    return bool(_SHAPE.fullmatch(text))


def has_check_digits(iban: str) -> bool:
    """Tell whether the check digits of an IBAN are right.

    Source: ISO 13616: the remainder after division by 97 is 1.
    """
    digits = "".join(str(int(letter, 36)) for letter in iban[4:] + iban[:4])
    return int(digits) % 97 == 1
