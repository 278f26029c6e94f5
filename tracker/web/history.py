"""The history of a record in words: when, who, what, and what it was before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reports.particulars import Change, changes_of
from reports.vocabulary import DEEDS, PARTICULARS
from tracker.web.language import language, translate
from tracker.web.terms import term_name, value_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tracker.store.audit import AuditEntry


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
            _of_term(entry.detail)
            if entry.did == "change term"
            else changes_of(entry.detail, language()),
        )
        for entry in entries
    ]


def names_of(particulars: Iterable[str]) -> str:
    """Name particulars in a row, as a sentence lists them."""
    return ", ".join(translate(PARTICULARS.get(name, name)) for name in particulars)


def _of_term(detail: dict[str, Any]) -> tuple[Change, ...]:
    """Say a term by its name, and its values as such a term is written."""
    code, scope = detail["term"], detail["scope"]
    before, after = (
        value_in_words(code, value, scope) if value else "–" for value in detail["value"]
    )
    rest = {name: detail[name] for name in ("first_day", "source", "verified")}
    return (Change(term_name(code, scope), before, after), *changes_of(rest, language()))
