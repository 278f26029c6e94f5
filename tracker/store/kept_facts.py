"""The facts of an issued report as bytes, and back: from them every file can be made again."""

from __future__ import annotations

import gzip
import json
from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING, Any

from tracker.domain.statements import ChargedLine, StatementFacts
from tracker.store.plain import value_as_plain, value_of_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

MEDIA_TYPE = "application/gzip"
_DAYS = [ChargedLine._fields.index(name) for name in ("incurred_on", "booked_on")]


def kept(facts: StatementFacts) -> bytes:
    """Write facts down; the same facts give the same bytes."""
    plain = {
        field.name: value_as_plain(getattr(facts, field.name))
        for field in fields(facts)
        if field.name != "lines"
    }
    lines = [
        [value.isoformat() if isinstance(value, date) else value for value in line]
        for line in facts.lines()
    ]
    told = json.dumps({**plain, "lines": lines}, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(told.encode(), mtime=0)


def facts_in(content: bytes) -> StatementFacts:
    """Read facts that were written down; the lines are read anew each time from what is held."""
    plain = json.loads(gzip.decompress(content))
    rows = plain.pop("lines")
    values = {name: value_of_plain(value) for name, value in plain.items()}
    return StatementFacts(lines=lambda: _lines(rows), **values)


def _lines(rows: list[list[Any]]) -> Iterator[ChargedLine]:
    for row in rows:
        values = list(row)
        for at in _DAYS:
            values[at] = values[at] and date.fromisoformat(values[at])
        yield ChargedLine(*values)
