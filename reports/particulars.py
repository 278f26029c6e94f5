"""The particulars of a deed in words: what was said, or what it was before and is now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from reports import figures, words
from reports.vocabulary import PARTICULARS
from tracker.domain.money import Money
from tracker.domain.texts import mark as _

if TYPE_CHECKING:
    from collections.abc import Callable

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


def changes_of(detail: dict[str, Any], language: str) -> tuple[Change, ...]:
    """Put the particulars of a deed in words, in the order in which they are told."""
    moved = detail.get("moves", {})
    rest = {name: value for name, value in detail.items() if name != "moves" and _says(value)}
    told = (_change(name, rest[name], language) for name in sorted(rest, key=_place))
    return (*told, *_moves(moved, language))


def in_a_row(changes: tuple[Change, ...]) -> str:
    """Say particulars in one line: ``amount: € 1.00 → € 2.00; reason: so``."""
    return "; ".join(
        f"{one.name}: {one.after if one.before is None else f'{one.before} → {one.after}'}"
        for one in changes
    )


def _moves(moved: dict[str, list[int]], language: str) -> tuple[Change, ...]:
    """Say which lines of a budget differ, each by its category, work package and year."""
    return tuple(
        Change(
            " ".join(filter(None, (words.label(category, language), *parts))),
            figures.amount(Money(before), language),
            figures.amount(Money(after), language),
        )
        for (category, *parts), (before, after) in (
            (key.split("."), amounts) for key, amounts in moved.items()
        )
    )


def _place(name: str) -> int:
    """Put the particulars of a deed in the order in which they are told."""
    return _PLACES.get(name, len(_PLACES))


def _says(value: Any) -> bool:
    return value not in ("", None)


def _change(name: str, value: Any, language: str) -> Change:
    said = words.gettext_for(language)(PARTICULARS.get(name, name.replace("_", " ")))
    is_list = name in LISTS and all(isinstance(part, str) for part in value)
    if isinstance(value, list) and len(value) == PARTS and not is_list:
        before, after = (_value(name, part, language) for part in value)
        return Change(said, before, after)
    return Change(said, None, _value(name, value, language))


def _value(name: str, value: Any, language: str) -> str:
    if not _says(value):
        return "–"
    if isinstance(value, bool):
        return words.gettext_for(language)(YES if value else NO)
    if write := WRITERS.get(name):
        return write(value, language)
    return figures.as_text(value, language) if isinstance(value, int) else str(value)


def _code(value: str, language: str) -> str:
    return LANGUAGES.get(value) or words.label(value, language)


def _start(value: str, _language: str) -> str:
    return f"{value[:HASH_SHOWN]}…"


def _text(value: str, _language: str) -> str:
    return value if len(value) <= SAID_SHOWN else f"{value[:SAID_SHOWN]}…"


def _list(value: list[str], language: str) -> str:
    return ", ".join(words.label(code, language) for code in value)


YES, NO = _("yes"), _("no")
LANGUAGES = {"nl": "Nederlands", "en": "English"}
WRITERS: Final[dict[str, Callable[[Any, str], str]]] = {
    **dict.fromkeys(CODES, _code),
    **dict.fromkeys(DAYS, lambda value, to: figures.as_text(date.fromisoformat(value), to)),
    **dict.fromkeys(AMOUNTS, lambda value, to: figures.amount(Money(value), to)),
    **dict.fromkeys(SHARES, lambda value, to: figures.as_text(Decimal(value), to)),
    "reason": lambda value, to: words.gettext_for(to)(value),
    "sha256": _start,
    **dict.fromkeys(FILES, _start),
    "said": _text,
    **dict.fromkeys(LISTS, _list),
}
