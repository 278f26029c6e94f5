"""A JSON document read strictly: every value has a type, a range and a place.

A node notes what is wrong with it and gives something harmless instead, so that one reading
finds everything. Nothing that was read may be used before the findings are checked.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tracker.readers.cells import has_hidden_letters
from tracker.readers.findings import refusal

if TYPE_CHECKING:
    from collections.abc import Collection
    from enum import StrEnum
    from typing import NoReturn, TypeVar

    from tracker.readers.findings import Findings

    Choice = TypeVar("Choice", bound=StrEnum)

TEXT_MAX = 500  # letters; any text fits into an index of the database
TWICE = "“{value}” is in the list twice."
LEAVE_ONE_OUT = "Leave one of them out."

NO_DAY = date.min  # stands for a date that could not be read
MISSING = object()  # already complained of where it should have been


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a JSON document, and its place, such as ``commitments[2].iban``."""

    value: object
    place: str
    findings: Findings

    def __bool__(self) -> bool:
        return self.value is not MISSING and self.value is not None

    def wrong(self, message: str, remedy: str = "") -> None:
        """Note what is wrong with this value, which the message may call ``{value}``."""
        if self.value is not MISSING:
            self.findings.add(self.place or ".", message, remedy, value=str(self.value)[:80])

    def entries(self) -> dict[str, Node]:
        """Give the values of an object by their names, which are the document's own."""
        if not isinstance(self.value, dict):
            self.wrong("This should be an object, between braces.")
            return {}
        stem = f"{self.place}." if self.place else ""
        found = {
            name: Node(value, f"{stem}{name}", self.findings) for name, value in self.value.items()
        }
        for name in found:
            if name != name.strip() or not 0 < len(name) <= TEXT_MAX or has_hidden_letters(name):
                Node(name, self.place, self.findings).wrong("“{value}” cannot be a name.")
        return found

    def fields(self, *names: str) -> dict[str, Node]:
        """Give the fields of an object, which are these and no others."""
        found = self.entries()
        for name in found.keys() - set(names):
            found[name].wrong("This field is not known.", "Leave it out.")
        for name in [name for name in names if name not in found]:
            if isinstance(self.value, dict):
                message = "The field “{field}” is missing."
                self.findings.add(self.place or ".", message, "Add it.", field=name)
            found[name] = Node(MISSING, f"{self.place}.{name}", self.findings)
        return found

    def items(self) -> list[Node]:
        """Give the values of a list."""
        if not isinstance(self.value, list):
            self.wrong("This should be a list, between square brackets.")
            return []
        return [
            Node(value, f"{self.place}[{index}]", self.findings)
            for index, value in enumerate(self.value)
        ]

    def text(self, *, may_be_blank: bool = False) -> str:
        """Give a text without blanks around it."""
        if not isinstance(self.value, str) or len(self.value) > TEXT_MAX:
            self.wrong("This should be a text, between quotation marks, and not a long one.")
            return ""
        if has_hidden_letters(self.value):
            self.wrong("“{value}” holds a character that cannot be seen.", "Type the text anew.")
        if not self.value.strip() and not may_be_blank:
            self.wrong("This text is blank.", "Fill it in.")
        return self.value.strip()

    def whole(self, low: int, high: int) -> int:
        """Give a whole number in a range; amounts are in cents, so they are whole too."""
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            self.wrong("“{value}” is not a whole number.", "Amounts are written in cents.")
            return low
        if not low <= self.value <= high:
            message = "“{value}” is not between {low} and {high}."
            self.findings.add(self.place, message, value=str(self.value)[:80], low=low, high=high)
            return low
        return self.value

    def day(self) -> date:
        """Give a date."""
        try:
            if isinstance(self.value, str) and len(self.value) == len("2023-12-31"):
                return date.fromisoformat(self.value)
        except ValueError:
            pass
        self.wrong("“{value}” is not a date.", "Write the day as 2023-12-31.")
        return NO_DAY

    def choice(self, choices: type[Choice]) -> Choice:
        """Give one of the words that can be chosen from."""
        words = [str(choice) for choice in choices]
        return choices(self.known(words) or words[0])

    def known(self, codes: Collection[str]) -> str:
        """Give a text that is one of those that are known here; ``""`` for another."""
        text = self.text()
        if text in codes:
            return text
        if text:
            message, remedy = "“{value}” is not known here.", "Choose from: {codes}."
            codes_known = ", ".join(codes)[:400]
            self.findings.add(self.place, message, remedy, value=text[:80], codes=codes_known)
        return ""


def check_once(items: list[Node], key: str) -> None:
    """Note the objects in a list whose key another one before them has."""
    seen = set()
    for item in items:
        code = item.value.get(key) if isinstance(item.value, dict) else None
        if isinstance(code, str):
            if code.strip() in seen:
                item.entries()[key].wrong(TWICE, LEAVE_ONE_OUT)
            seen.add(code.strip())


def document(content: bytes, name: str, findings: Findings) -> Node:
    """Read a JSON document in UTF-8.

    Errors: ``FileRefused`` if it is none, or if an object names a field twice.
    """
    try:
        text = content.decode("utf-8-sig")
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        message = "The file is not JSON: it cannot be read on at line {line}, column {column}."
        place, remedy = f"JSON {error.lineno}", "Correct the file there."
        line, column = str(error.lineno), str(error.colno)
        raise refusal(name, place, message, remedy, line=line, column=column) from error
    except UnicodeDecodeError as error:
        message, remedy = "The file is not in UTF-8.", "Save it in UTF-8."
        raise refusal(name, "JSON 1", message, remedy) from error
    except _TwiceError as error:
        message = "The field “{field}” stands twice in one object."
        remedy = LEAVE_ONE_OUT
        raise refusal(name, "JSON", message, remedy, field=str(error)[:80]) from error
    except (ValueError, RecursionError) as error:
        message = "The file nests too deeply, or holds a number that is none."
        raise refusal(name, "JSON", message, "Correct the file.") from error
    return Node(value, "", findings)


class _TwiceError(ValueError):
    """A field that stands twice in one object: JSON readers keep one, and not all the same."""


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise _TwiceError(next(name for name in names if names.count(name) > 1))
    return found


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)
