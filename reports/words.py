"""Words in the reader's language: translations, sentences with their figures, and labels of codes.

The English text is the key of a translation. They are read from the one file that translators
edit; nothing is compiled beforehand.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

from reports import figures
from tracker.domain.errors import Code
from tracker.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker.domain.errors import Fact, Sentence

LANGUAGES: Final = ("en", "nl")
TRANSLATIONS: Final = Path(__file__).parents[1] / "tracker" / "translations"


def gettext_for(language: str) -> Callable[[str], str]:
    """Give the function that says an English text in a language; English for an unknown one."""
    return translations_for(language).gettext


@cache
def translations_for(language: str) -> NullTranslations:
    """Read the translations into a language: what is not translated stays English."""
    source = TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"
    if language not in LANGUAGES or not source.exists():
        return NullTranslations()
    # Babel takes 50 ms to import, and a command in English does not need it.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def say(sentence: Sentence, language: str) -> str:
    """Say a sentence in a language, its figures written as that language writes them."""
    if not sentence.template:
        return ""
    template = gettext_for(language)(sentence.template)
    facts = {name: _fact(fact, language) for name, fact in sentence.facts.items()}
    return template.format_map(facts)


def label(code: str, language: str) -> str:
    """Name a code, such as a cost category, a status or a reason, in a language.

    Shape:  ``third_parties`` -> ``Third parties``, ``Kosten derden``; a code that is not known
            is written with spaces and a capital: ``spare_parts`` -> ``Spare parts``.
    """
    known = LABELS.get(code)
    if known is None:
        spaced = code.replace("_", " ").strip()
        return spaced[:1].upper() + spaced[1:]
    return gettext_for(language)(known)


def _fact(fact: Fact, language: str) -> str:
    if isinstance(fact, Money):
        return figures.amount(fact, language)
    if isinstance(fact, date):
        return figures.day(fact, language)
    if isinstance(fact, Decimal):
        return figures.share(fact, language)
    if isinstance(fact, Code):
        return label(fact, language)
    return figures.count(fact, language) if isinstance(fact, int) else fact


def mark(text: str) -> str:
    """Mark an English text that is translated where it is used, not where it stands."""
    return text


LABELS: Final[dict[str, str]] = {
    # cost categories
    "personnel": mark("Personnel"),
    "third_parties": mark("Third parties"),
    "materials": mark("Materials"),
    "equipment": mark("Equipment"),
    "construction": mark("Construction"),
    "travel": mark("Travel"),
    # why a share is not charged
    "no_split_rule": mark("No split rule for the work package"),
    "not_awarded": mark("Commitment not awarded"),
    "outside_period": mark("Outside the commitment's period"),
    "category_not_allowed": mark("Category not allowed"),
    "commitment_exhausted": mark("Commitment exhausted"),
    # why a ledger line is no cost of the project
    "not_a_cost": mark("Not a cost"),
    "other_project": mark("Another project, or none"),
    "ineligible_account": mark("Account not eligible"),
    "ineligible": mark("Not eligible"),
    # status of a commitment
    "draft": mark("Draft"),
    "pledge": mark("Pledge"),
    "reserved": mark("Reserved"),
    "conditional": mark("Conditional"),
    "awarded": mark("Awarded"),
    "determined": mark("Determined"),
    "settled": mark("Settled"),
    "closed": mark("Closed"),
    "withdrawn": mark("Withdrawn"),
    # form of a commitment; also the origin of a cost
    "cash": mark("Cash"),
    "in_kind": mark("In kind"),
    "loan": mark("Loan"),
    "ledger": mark("Ledger"),
    "bank": mark("Bank statement"),
    # standing of a milestone
    "met": mark("Met on time"),
    "met_late": mark("Met late"),
    "late": mark("Late"),
    "slipped": mark("Moved to a later date"),
    "on_schedule": mark("On schedule"),
    # how much of a cost is charged
    "charged": mark("Charged"),
    "partly": mark("Partly charged"),
    "not_charged": mark("Not charged"),
    "waiting": mark("Waiting to be charged"),
    # by what a receipt was recognised
    "reference": mark("Reference"),
    "iban": mark("IBAN"),
    # roles
    "finance_officer": mark("Finance officer"),
    "controller": mark("Controller"),
    "director": mark("Director"),
    "funder_viewer": mark("Funder's viewer"),
    "auditor": mark("Auditor"),
    "administrator": mark("Administrator"),
    # kinds of funder
    "national": mark("National government"),
    "regional": mark("Province or region"),
    "university": mark("University"),
    "owner": mark("Owner"),
    "consortium": mark("Consortium"),
    "european": mark("European Union"),
    "charity": mark("Charity"),
    "foundation": mark("Foundation"),
    "company": mark("Company"),
}
