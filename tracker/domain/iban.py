"""Bank account numbers: whether an IBAN can exist."""

from __future__ import annotations

import re

_SHAPE = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


def plain_iban(text: str) -> str:
    """Write an IBAN without spaces and in capitals: ``nl91 abna 0417…`` -> ``NL91ABNA0417…``."""
    return "".join(text.split()).upper()


def is_iban(text: str) -> bool:
    """Tell whether a plain IBAN has the shape and the check digits of one.

    Source: ISO 13616: the remainder after division by 97 is 1.
    """
    if not _SHAPE.fullmatch(text) or (text.startswith("NL") and len(text) != 18):
        return False
    digits = "".join(str(int(letter, 36)) for letter in text[4:] + text[:4])
    return int(digits) % 97 == 1
