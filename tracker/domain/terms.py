"""The terms of a programme: which there are, how each is written, and what holds on a day.

A term is kept as text: a percentage as ``90`` or ``47.5`` (or a part, ``2/3``), an amount in
euros as ``125000.00``. What a programme does not say is ``None``: not asked is not zero.
"""
# long: the catalogue, how each kind is read, and the lookup that needs both

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from tracker.domain.aid import AidCategory, CompanySize
from tracker.domain.claims import CostBasis, VatRule
from tracker.domain.errors import Code, RuleViolation
from tracker.domain.labour import RateMethod
from tracker.domain.money import Money
from tracker.domain.texts import mark as _
from tracker.domain.waivers import Rule

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

T = TypeVar("T")
TermValue: TypeAlias = Decimal | int | Money | str | tuple[str, ...]

CATEGORY_SCOPE: Final = "category"
PERCENTAGE = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,4})?")
PART = re.compile(r"([0-9]{1,3})/([1-9][0-9]{0,2})")
AMOUNT = re.compile(r"[0-9]{1,12}(?:\.[0-9]{2})?")
HOURS = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,2})?")
WHOLE_NUMBER = re.compile(r"[0-9]{1,4}")
CATEGORY_CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")


class TermKind(StrEnum):
    """What a term is, and so how it is written."""

    SHARE = "share"
    AMOUNT = "amount"
    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"
    CHOICE = "choice"
    CATEGORIES = "categories"


class TermGroup(StrEnum):
    """What a term is about."""

    FUNDING = "terms_funding"
    COSTS = "terms_costs"
    LABOUR = "terms_labour"
    PAYMENT = "terms_payment"
    ACCOUNT = "terms_account"
    AID = "terms_aid"
    RULES = "terms_rules"


class Reaction(StrEnum):
    """What happens when a rule is broken."""

    WARN = "warn"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Term:
    """A term that a programme can have.

    Shape:  ``choices`` for a choice; ``scopes`` for a term that may differ by them: codes, or
            ``category`` for the cost categories. Without a scope it holds for all.
    """

    code: str
    kind: TermKind
    group: TermGroup
    choices: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DatedTerm:
    """A term as a programme has it from a day on, with where it comes from."""

    code: str
    scope: str
    value: str
    first_day: date
    source: str
    is_verified: bool = True


def _choice(code: str, group: TermGroup, choices: type[StrEnum]) -> Term:
    return Term(code, TermKind.CHOICE, group, tuple(choice.value for choice in choices))


def _catalogue() -> tuple[Term, ...]:
    kind, group = TermKind, TermGroup
    return (
        Term("funding_share", kind.SHARE, group.FUNDING, scopes=(CATEGORY_SCOPE,)),
        Term("categories", kind.CATEGORIES, group.FUNDING),
        Term("allowance_share", kind.SHARE, group.FUNDING),
        Term("allowance_first_share", kind.SHARE, group.FUNDING),
        Term("allowance_first_amount", kind.AMOUNT, group.FUNDING),
        Term("allowance_charity_share", kind.SHARE, group.FUNDING),
        _choice("cost_basis", group.COSTS, CostBasis),
        _choice("vat_rule", group.COSTS, VatRule),
        Term("overhead_share", kind.SHARE, group.COSTS),
        Term("overhead_base", kind.CATEGORIES, group.COSTS),
        Term("overhead_covers", kind.CATEGORIES, group.COSTS),
        Term("depreciation_months", kind.MONTHS, group.COSTS),
        Term("virement_tolerance", kind.SHARE, group.COSTS),
        _choice("rate_method", group.LABOUR, RateMethod),
        Term("hours_basis", kind.HOURS, group.LABOUR),
        Term("wage_surcharge", kind.SHARE, group.LABOUR),
        Term("hourly_rate", kind.AMOUNT, group.LABOUR),
        Term("day_rate_basis", kind.DAYS, group.LABOUR),
        Term("advance_ceiling_percent", kind.SHARE, group.PAYMENT),
        Term("retention_share", kind.SHARE, group.PAYMENT),
        Term("payment_weeks", kind.WEEKS, group.PAYMENT),
        Term("report_months", kind.MONTHS, group.ACCOUNT),
        Term("report_weeks", kind.WEEKS, group.ACCOUNT),
        Term("deviation_threshold", kind.SHARE, group.ACCOUNT),
        Term("auditor_threshold", kind.AMOUNT, group.ACCOUNT),
        Term("determination_weeks", kind.WEEKS, group.ACCOUNT),
        Term("decision_weeks", kind.WEEKS, group.ACCOUNT),
        Term("keep_years", kind.YEARS, group.ACCOUNT),
        _choice("aid_category", group.AID, AidCategory),
        Term("aid_ceiling", kind.SHARE, group.AID, scopes=tuple(s.value for s in CompanySize)),
        Term("private_minimum", kind.SHARE, group.AID),
        Term("research_minimum", kind.SHARE, group.AID),
        Term("cash_share_large", kind.SHARE, group.AID),
        *(_choice(f"on_{rule.value}", group.RULES, Reaction) for rule in Rule),
    )


TERMS: Final[dict[str, Term]] = {term.code: term for term in _catalogue()}
"""Every term, in the order in which pages show them."""


def read_term(code: str, text: str, scope: str = "") -> TermValue:
    """Read the value of a term as it is kept.

    Shape:  a share from 0 to 1, ``Money``, hours as ``Decimal``, a whole number of weeks and the
            like, a choice as its code, categories as codes in their order.
    Errors: ``RuleViolation`` on the field that has the term's code.
    """
    term = TERMS.get(code)
    if term is None:
        raise RuleViolation("A programme has no term “{code}”.", field=code, code=code)
    if not _may_have(term, scope):
        raise RuleViolation(
            "“{term}” does not differ by “{scope}”.",
            "Enter it once, for all.",
            field=code,
            term=Code(code),
            scope=Code(scope),
        )
    return READERS[term.kind](term, text.strip())


def write_term(code: str, value: TermValue) -> str:
    """Write a value as it is kept: ``read_term`` reads the same value back.

    Shape:  a share as a percentage, ``Decimal("0.475")`` -> ``47.5``.
    """
    match value:
        case Money():
            return f"{value.as_decimal:.2f}"
        case Decimal() if TERMS[code].kind is TermKind.SHARE:
            return f"{(value * 100).normalize():f}"
        case tuple():
            return ",".join(value)
        case _:
            return str(value)


def _may_have(term: Term, scope: str) -> bool:
    if not scope or scope in term.scopes:
        return True
    return CATEGORY_SCOPE in term.scopes and bool(CATEGORY_CODE.fullmatch(scope))


def _refused(term: Term, text: str, hint: str) -> RuleViolation:
    return RuleViolation(
        "“{text}” is no value for “{term}”.", hint, field=term.code, text=text, term=Code(term.code)
    )


def _share(term: Term, text: str) -> Decimal:
    if part := PART.fullmatch(text):
        share = Decimal(part[1]) / Decimal(part[2])
    else:
        share = Decimal(text) / 100 if PERCENTAGE.fullmatch(text) else Decimal(-1)
    if not 0 <= share <= 1:
        raise _refused(
            term, text, _("Enter a percentage from 0 to 100, such as 47.5, or a part, such as 2/3.")
        )
    return share


def _amount(term: Term, text: str) -> Money:
    if not AMOUNT.fullmatch(text):
        raise _refused(term, text, _("Enter an amount in euros, such as 125000.00."))
    return Money.euros(text)


def _hours(term: Term, text: str) -> Decimal:
    if not HOURS.fullmatch(text) or not Decimal(text):
        raise _refused(term, text, _("Enter the hours of a year, such as 1650."))
    return Decimal(text)


def _count(term: Term, text: str) -> int:
    if not WHOLE_NUMBER.fullmatch(text) or not int(text):
        raise _refused(term, text, _("Enter a whole number, such as 13."))
    return int(text)


def _chosen(term: Term, text: str) -> str:
    if text not in term.choices:
        raise _refused(term, text, _("Choose one of the list."))
    return text


def _categories(term: Term, text: str) -> tuple[str, ...]:
    codes = tuple(code.strip() for code in text.split(","))
    if not all(CATEGORY_CODE.fullmatch(code) for code in codes):
        raise _refused(term, text, _("Choose at least one category."))
    return tuple(dict.fromkeys(codes))


READERS: Final[dict[TermKind, Callable[[Term, str], TermValue]]] = {
    TermKind.SHARE: _share,
    TermKind.AMOUNT: _amount,
    TermKind.HOURS: _hours,
    TermKind.DAYS: _count,
    TermKind.WEEKS: _count,
    TermKind.MONTHS: _count,
    TermKind.YEARS: _count,
    TermKind.CHOICE: _chosen,
    TermKind.CATEGORIES: _categories,
}


@dataclass(frozen=True, slots=True)
class TermSheet:
    """All terms that a programme ever had; each lookup gives what holds on a day.

    Shape:  a lookup gives ``None`` where the programme says nothing. A scope for which it says
            nothing of its own has what it says for all.
    Errors: ``TypeError`` for a term of another kind than the lookup.
    """

    rows: tuple[DatedTerm, ...] = ()

    def on(self, day: date) -> tuple[DatedTerm, ...]:
        """List the terms that hold on a day, in the order of the catalogue."""
        newest: dict[tuple[str, str], DatedTerm] = {}
        for row in sorted(self.rows, key=lambda row: row.first_day):
            if row.first_day <= day:
                newest[row.code, row.scope] = row
        order = {code: place for place, code in enumerate(TERMS)}
        return tuple(
            sorted(newest.values(), key=lambda r: (order.get(r.code, len(order)), r.code, r.scope))
        )

    def history(self, code: str, scope: str = "") -> tuple[DatedTerm, ...]:
        """List what a term has been, the oldest first."""
        rows = (row for row in self.rows if (row.code, row.scope) == (code, scope))
        return tuple(sorted(rows, key=lambda row: row.first_day))

    def term(self, code: str, *, day: date, scope: str = "") -> DatedTerm | None:
        """Give the row that holds on a day, with its source."""
        for each in (scope, "") if scope else ("",):
            rows = [row for row in self.history(code, each) if row.first_day <= day]
            if rows:
                return rows[-1]
        return None

    def share(self, code: str, *, day: date, scope: str = "") -> Decimal | None:
        """Give a share from 0 to 1."""
        return self._typed(code, day, scope, Decimal)

    def hours(self, code: str, *, day: date) -> Decimal | None:
        """Give a number of hours."""
        return self._typed(code, day, "", Decimal)

    def amount(self, code: str, *, day: date) -> Money | None:
        """Give an amount."""
        return self._typed(code, day, "", Money)

    def count(self, code: str, *, day: date) -> int | None:
        """Give a number of weeks, months, years or days."""
        return self._typed(code, day, "", int)

    def choice(self, code: str, *, day: date) -> str | None:
        """Give the code of what was chosen."""
        return self._typed(code, day, "", str)

    def categories(self, code: str, *, day: date) -> tuple[str, ...] | None:
        """Give the codes of cost categories."""
        return self._typed(code, day, "", tuple)

    def stops(self, rule: str, *, day: date) -> bool:
        """Tell whether breaking a rule stops; it does unless the programme says that it warns."""
        return self.choice(f"on_{rule}", day=day) != Reaction.WARN

    def _typed(self, code: str, day: date, scope: str, kind: type[T]) -> T | None:
        row = self.term(code, day=day, scope=scope)
        if row is None:
            return None
        value = read_term(code, row.value, row.scope)
        if not isinstance(value, kind):
            raise TypeError(f"{code} is no {kind.__name__}")
        return value
