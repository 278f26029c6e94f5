"""Funders and their programmes: what is entered of them, and what is checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from tracker.domain.aid import CompanySize
from tracker.domain.errors import Code, RuleViolation
from tracker.domain.iban import has_check_digits, is_iban, plain_iban
from tracker.domain.people import check_email
from tracker.domain.terms import TERMS, DatedTerm, TermKind, read_term

if TYPE_CHECKING:
    from tracker.domain.errors import Fact

KINDS: Final = (
    "national",
    "regional",
    "european",
    "university",
    "owner",
    "consortium",
    "charity",
    "foundation",
    "company",
)
REPORT_LANGUAGES: Final = ("nl", "en")
KVK_DIGITS: Final = 8


@dataclass(frozen=True, slots=True)
class NewFunder:
    """A body that provides money or hours, and the accounts that it pays from."""

    name: str
    kind: str
    report_language: str
    kvk: str = ""
    ibans: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody at a funder, and what they are asked about."""

    name: str
    task: str = ""
    email: str = ""
    phone: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class NewProgramme:
    """A scheme of a funder, for undertakings of a size, with the terms that it begins with."""

    funder_id: int
    name: str
    size: str
    terms: tuple[DatedTerm, ...] = ()


def tidied(new: NewFunder) -> NewFunder:
    """Write a funder as it is kept: no spaces around, plain numbers, each account once."""
    return NewFunder(
        name=" ".join(new.name.split()),
        kind=new.kind,
        report_language=new.report_language,
        kvk="".join(new.kvk.split()),
        ibans=tuple(dict.fromkeys(iban for text in new.ibans if (iban := plain_iban(text)))),
    )


def check_funder(new: NewFunder, known: frozenset[str] = frozenset()) -> None:
    """Refuse a funder whose particulars cannot be right.

    Shape:  ``known`` are accounts that it has already; those are not judged again.
    Errors: ``RuleViolation`` on the field that is wrong.
    """
    if not new.name:
        raise RuleViolation("A funder has a name.", "Write the name.", field="name")
    if new.kind not in KINDS:
        raise RuleViolation("This kind of funder is not known.", "Choose another.", field="kind")
    if new.report_language not in REPORT_LANGUAGES:
        raise RuleViolation("Reports are in Dutch or English.", field="report_language")
    check_kvk(new.kvk)
    for iban in new.ibans:
        if iban not in known:
            check_iban(iban)


def check_kvk(number: str) -> None:
    """Refuse what is no number of the Chamber of Commerce; a body abroad has none.

    Errors: ``RuleViolation`` on field ``kvk`` with the number of digits that were found.
    Source: Handelsregisterbesluit 2008: 8 digits.
    """
    if not number or re.fullmatch(r"[0-9]{8}", number):
        return
    found = len(re.findall(r"[0-9]", number))
    if found == KVK_DIGITS:
        raise RuleViolation(
            "“{number}” has more than digits.",
            "A KvK number is 8 digits and nothing else.",
            field="kvk",
            number=number,
        )
    raise RuleViolation(
        "A KvK number has {right} digits; “{number}” has {found}.",
        "Copy it from the funder's letter, or leave it out if it has none.",
        field="kvk",
        right=KVK_DIGITS,
        number=number,
        found=found,
    )


def check_iban(iban: str) -> None:
    """Refuse a plain text that is no bank account number, or one with a slip of the pen.

    Errors: ``RuleViolation`` on field ``ibans``.
    Source: ISO 13616.
    """
    if not is_iban(iban):
        raise RuleViolation(
            "“{iban}” is not an IBAN; it has {length} characters.",
            "A Dutch one has 18: NL, two digits, four letters and ten digits.",
            field="ibans",
            iban=iban,
            length=len(iban),
        )
    if not has_check_digits(iban):
        raise RuleViolation(
            "The check digits of {iban} are not right: a character is wrong, or two have changed"
            " places.",
            "Copy it from the funder's letter or from a bank statement.",
            field="ibans",
            iban=iban,
        )


def check_contact(contact: Contact) -> None:
    """Refuse a contact without a name, or with an address to which no mail can go.

    Errors: ``RuleViolation`` on the field that is wrong.
    """
    if not contact.name.strip():
        raise RuleViolation("A contact has a name.", "Write the name.", field="name")
    if contact.email.strip():
        check_email(contact.email.strip())
    if contact.phone.strip() and not re.fullmatch(r"\+?[0-9 ()\-]{6,30}", contact.phone.strip()):
        raise RuleViolation(
            "“{phone}” is not a telephone number.",
            "Write digits, spaces and hyphens, for example +31 71 123 45 67.",
            field="phone",
            phone=contact.phone.strip(),
        )


def check_programme(new: NewProgramme) -> None:
    """Refuse a programme without a name, or with a term that cannot be.

    Errors: ``RuleViolation`` on the field that is wrong.
    """
    if not new.name.strip():
        raise RuleViolation("A programme has a name.", "Write the name.", field="name")
    if new.size not in tuple(CompanySize):
        raise RuleViolation(
            "An undertaking is small, medium or large.", "Choose one.", field="size"
        )
    for term in new.terms:
        check_term(term)


def check_term(term: DatedTerm) -> None:
    """Refuse a term that cannot be read, or of which nobody can tell where it comes from.

    Errors: ``RuleViolation`` on field ``source``, or on the field that has the term's code.
    """
    read_term(term.code, term.value, term.scope)
    if not term.source.strip():
        raise RuleViolation(
            "A term has a source.",
            "Name the article, the decision or the letter that says so.",
            field="source",
        )


def check_new_day(term: DatedTerm, values: tuple[DatedTerm, ...]) -> None:
    """Refuse a second value of a term from the same day on.

    Errors: ``RuleViolation`` on field ``first_day`` with the value that is there.
    """
    for known in values:
        if known.first_day == term.first_day:
            raise RuleViolation(
                "From {day} on this is {value} already, by {reference}.",
                "A term is never overwritten: choose another day.",
                field="first_day",
                day=known.first_day,
                value=_fact_of(known),
                reference=known.source,
            )


def _fact_of(term: DatedTerm) -> Fact:
    """Give the value of a term so that a sentence can say it."""
    value = read_term(term.code, term.value, term.scope)
    match value:
        case Decimal() if TERMS[term.code].kind is TermKind.HOURS:
            return term.value
        case tuple():
            return ", ".join(value)
        case str():
            return Code(value)
    return value
