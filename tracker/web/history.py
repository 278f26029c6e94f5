"""The history of a record in words: when, who, what, and what it was before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tracker.domain.money import Money
from tracker.domain.texts import mark as _
from tracker.web.language import amount, figure, label, translate
from tracker.web.terms import term_name, value_in_words
from tracker.web.vocabulary import DEEDS, PARTICULARS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from tracker.store.audit import AuditEntry

CODES = frozenset(
    {"kind", "length", "report_language", "rule", "size", "status"}
)  # said by their names
DAYS = frozenset(
    {
        "decided_on",
        "first_day",
        "last_day",
        "requested_on",
        "day",
        "due_on",
        "asked_on",
        "accepted_on",
        "signed_on",
        "until",
        "baseline",
        "planned_for",
        "met_on",
    }
)
AMOUNTS = frozenset(
    {
        "amount",
        "change_of_amount",
        "charged",
        "claimed",
        "determined",
        "held_back",
        "left",
        "not_eligible",
        "taken_back",
        "total",
        "worth",
    }
)  # noted in cents
SHARES = frozenset({"share"})
LISTS = frozenset({"accepted", "categories"})  # of codes
FILES = ("facts", "xlsx", "pdf", "json", "csv", "filled")  # of a report, by their hashes
HASH_SHOWN = 12
SAID_SHOWN = 200  # signs of a text of a report
PARTS = 2  # of a change: before and after
_PLACES = {name: at for at, name in enumerate(PARTICULARS)}


@dataclass(frozen=True, slots=True)
class Change:
    """One particular of a deed; ``before`` is nothing where it is no change of anything."""

    name: str
    before: str | None
    after: str


@dataclass(frozen=True, slots=True)
class Deed:
    """One entry of a record's history as people read it."""

    at: datetime
    by: str
    what: str
    changes: tuple[Change, ...]


def in_words(entries: Iterable[AuditEntry]) -> list[Deed]:
    """Put a history in the reader's words."""
    return [
        Deed(
            entry.at,
            entry.by,
            translate(DEEDS.get(entry.did, entry.did)),
            _of_term(entry.detail) if entry.did == "change term" else _changes(entry.detail),
        )
        for entry in entries
    ]


def names_of(particulars: Iterable[str]) -> str:
    """Name particulars in a row, as a sentence lists them."""
    return ", ".join(translate(PARTICULARS.get(name, name)) for name in particulars)


def _changes(detail: dict[str, Any]) -> tuple[Change, ...]:
    moved = detail.get("moves", {})
    rest = {name: value for name, value in detail.items() if name != "moves" and _says(value)}
    return (*(_change(name, rest[name]) for name in sorted(rest, key=_place)), *_moves(moved))


def _moves(moved: dict[str, list[int]]) -> tuple[Change, ...]:
    """Say which lines of a budget differ, each by its category, work package and year."""
    return tuple(
        Change(
            " ".join(filter(None, (label(category), *parts))),
            amount(Money(before)),
            amount(Money(after)),
        )
        for (category, *parts), (before, after) in (
            (key.split("."), amounts) for key, amounts in moved.items()
        )
    )


def _place(name: str) -> int:
    """Put the particulars of a deed in the order in which they are told."""
    return _PLACES.get(name, len(_PLACES))


def _of_term(detail: dict[str, Any]) -> tuple[Change, ...]:
    """Say a term by its name, and its values as such a term is written."""
    code, scope = detail["term"], detail["scope"]
    before, after = (
        value_in_words(code, value, scope) if value else "–" for value in detail["value"]
    )
    rest = {name: detail[name] for name in ("first_day", "source", "verified")}
    return (Change(term_name(code, scope), before, after), *_changes(rest))


def _says(value: Any) -> bool:
    return value not in ("", None)


def _change(name: str, value: Any) -> Change:
    said = translate(PARTICULARS.get(name, name.replace("_", " ")))
    is_list = name in LISTS and all(isinstance(part, str) for part in value)
    if isinstance(value, list) and len(value) == PARTS and not is_list:
        return Change(said, _value(name, value[0]), _value(name, value[1]))
    return Change(said, None, _value(name, value))


def _value(name: str, value: Any) -> str:
    if not _says(value):
        return "–"
    if isinstance(value, bool):
        return translate(YES if value else NO)
    if write := WRITERS.get(name):
        return write(value)
    return figure(value) if isinstance(value, int) else str(value)


def _code(value: str) -> str:
    return LANGUAGES.get(value) or label(value)


WRITERS: dict[str, Callable[[Any], str]] = {
    **dict.fromkeys(CODES, _code),
    **dict.fromkeys(DAYS, lambda value: figure(date.fromisoformat(value))),
    **dict.fromkeys(AMOUNTS, lambda value: amount(Money(value))),
    **dict.fromkeys(SHARES, lambda value: figure(Decimal(value))),
    "reason": translate,
    "sha256": lambda value: f"{value[:HASH_SHOWN]}…",
    **dict.fromkeys(FILES, lambda value: f"{value[:HASH_SHOWN]}…"),
    "said": lambda value: value if len(value) <= SAID_SHOWN else f"{value[:SAID_SHOWN]}…",
    **dict.fromkeys(LISTS, lambda value: ", ".join(label(code) for code in value)),
}


YES, NO = _("yes"), _("no")
LANGUAGES = {"nl": "Nederlands", "en": "English"}
