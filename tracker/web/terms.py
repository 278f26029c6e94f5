"""The terms of a programme in words: what each is called, and its value as a reader writes it."""

from __future__ import annotations

from tracker.domain.money import Money
from tracker.domain.terms import TERMS, TermKind, read_term
from tracker.domain.texts import mark as _
from tracker.web.language import amount, figure, label, language, plural, say

UNITS = {
    TermKind.SHARE: _("%"),
    TermKind.AMOUNT: _("€"),
    TermKind.HOURS: _("hours a year"),
    TermKind.DAYS: _("days a year"),
    TermKind.WEEKS: _("weeks"),
    TermKind.MONTHS: _("months"),
    TermKind.YEARS: _("years"),
}
COUNTS = {
    TermKind.DAYS: (_("{count} day"), _("{count} days")),
    TermKind.WEEKS: (_("{count} week"), _("{count} weeks")),
    TermKind.MONTHS: (_("{count} month"), _("{count} months")),
    TermKind.YEARS: (_("{count} year"), _("{count} years")),
}


def term_name(code: str, scope: str = "") -> str:
    """Name a term, and what it is about, in the reader's language."""
    name = label(code)
    return say("{term}: {scope}", term=name, scope=label(scope)) if scope else name


def value_in_words(code: str, text: str, scope: str = "") -> str:
    """Say the value of a term, given as it is kept, in the reader's language."""
    kind, value = TERMS[code].kind, read_term(code, text, scope)
    if isinstance(value, int):
        return plural(value, *COUNTS[kind])
    if kind is TermKind.HOURS:
        return say("{hours} hours", hours=written(text))
    if isinstance(value, tuple):
        return ", ".join(label(category) for category in value)
    if isinstance(value, Money):
        return amount(value)
    return label(value) if isinstance(value, str) else figure(value)


def written(number: str) -> str:
    """Write a number that is kept with a point as the reader writes it."""
    return number.replace(".", ",") if language() == "nl" else number
