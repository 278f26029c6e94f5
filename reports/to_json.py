"""A report as JSON, for programs: every figure exact, none rounded for reading."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from reports import figures
from tracker.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reports.model import LongSection, Report, Row, Section, Value


def to_json(report: Report) -> bytes:
    """Write a report as JSON.

    Shape:  an amount is ``{"amount": "1234.56", "cents": 123456}``, a day ``2023-12-31``, a share
            or a number a string such as ``0.853``; rows are lists in the order of the columns.
    Errors: ``ValueError`` if a long section does not add up.
    """
    return "".join(_pieces(report)).encode()


def _pieces(report: Report) -> Iterator[str]:
    head = {
        "report": report.slug,
        "title": report.title,
        "subtitle": report.subtitle,
        "language": report.language,
        "as_of": report.as_of.isoformat(),
        "made_on": report.made_on.isoformat(),
        "author": report.author,
        "version": report.version,
        "ledger_state": report.ledger_state,
        "note": report.note,
        "about": [{"name": name, "value": _plain(value)} for name, value in report.about],
        "texts": [
            {"key": text.key, "title": text.title, "markdown": text.markdown, "before": text.before}
            for text in report.texts
        ],
    }
    yield _written(head)[:-1] + ',\n"sections": ['
    for at, section in enumerate(report.sections):
        yield ",\n" if at else "\n"
        yield from _section(section)
    yield "\n]}\n"


def _section(section: Section | LongSection) -> Iterator[str]:
    head = {
        "key": section.key,
        "title": section.title,
        "note": section.note,
        "columns": [{"title": c.title, "kind": c.kind.name.lower()} for c in section.columns],
        "totals": _row(section.totals),
    }
    yield _written(head)[:-1] + ', "rows": ['
    for at, row in enumerate(section.rows):
        yield (",\n" if at else "\n") + _written(_row(row))
    yield "]}"


def _row(row: Row) -> list[object]:
    return [_plain(value) for value in row]


def _plain(value: Value) -> object:
    match value:
        case Money():
            return {"amount": f"{value.as_decimal:.2f}", "cents": value.cents}
        case Decimal():
            return str(value)
        case Fraction():
            return figures.exact(value)
        case date():
            return value.isoformat()
    return value


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
