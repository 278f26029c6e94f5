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
from tracker.domain.texts import mark

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
    "amount": mark("Amount"),
    "matched_by_hand": mark("Matched by hand"),
    "entered_by_hand": mark("Entered by hand"),
    "reversed": mark("Reversed by the bank"),
    # kinds of instalment, and how far one has come
    "advance": mark("Advance"),
    "balance": mark("Balance"),
    "planned": mark("Expected"),
    "requested": mark("Requested"),
    "part_received": mark("Received in part"),
    "received": mark("Received"),
    "held_back": mark("Held back"),
    "overdue": mark("Overdue"),
    "cancelled": mark("Taken out"),
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
    # terms of a programme
    "terms_funding": mark("Funding"),
    "terms_costs": mark("Costs"),
    "terms_labour": mark("Labour"),
    "terms_payment": mark("Payment"),
    "terms_account": mark("Reports and determination"),
    "terms_aid": mark("State aid and co-financing"),
    "terms_rules": mark("When a rule is broken"),
    "funding_share": mark("Funding rate"),
    "categories": mark("Categories"),
    "allowance_share": mark("Allowance on private money"),
    "allowance_first_share": mark("Allowance on the first private money"),
    "allowance_first_amount": mark("How much counts as first private money"),
    "allowance_charity_share": mark("Allowance on a charity's money"),
    "cost_basis": mark("When a cost counts"),
    "vat_rule": mark("VAT"),
    "overhead_share": mark("Overhead, flat rate"),
    "overhead_base": mark("Base of the overhead"),
    "depreciation_months": mark("Shortest depreciation, in months"),
    "virement_tolerance": mark("May move without consent"),
    "rate_method": mark("Method of the hourly rate"),
    "hours_basis": mark("Productive hours in a year"),
    "wage_surcharge": mark("Surcharge on wage costs"),
    "hourly_rate": mark("Fixed hourly rate"),
    "day_rate_basis": mark("Days in a year for the day rate"),
    "advance_ceiling_percent": mark("Most in advances"),
    "retention_share": mark("Held back until the determination"),
    "payment_weeks": mark("Payment, weeks after the decision"),
    "report_months": mark("A progress report every so many months"),
    "report_weeks": mark("Progress report, weeks after its period"),
    "deviation_threshold": mark("Deviation that must be reported"),
    "auditor_threshold": mark("Auditor's report from"),
    "determination_weeks": mark("Request for determination, weeks after the end"),
    "decision_weeks": mark("Decision on the determination, weeks"),
    "keep_years": mark("Years that records are kept"),
    "aid_category": mark("Category of aid"),
    "aid_ceiling": mark("Most aid"),
    "private_minimum": mark("Private minimum"),
    "research_minimum": mark("Minimum of research organisations"),
    "cash_share_large": mark("Of the private minimum in cash, for a large company"),
    "on_advance_ceiling": mark("More advances than allowed"),
    "on_aid_intensity": mark("More aid than allowed"),
    "on_public_funding": mark("More public funding than costs"),
    "on_private_minimum": mark("Less co-financing than asked"),
    "on_virement": mark("A move over the tolerance"),
    "incurred": mark("Once incurred"),
    "paid": mark("Once incurred and paid"),
    "not_deductible": mark("Counts where it cannot be deducted"),
    "never": mark("Never counts"),
    "integral": mark("Integral cost rate"),
    "fixed_rate": mark("Fixed hourly rate"),
    "day_rate": mark("Day rate"),
    "fundamental_research": mark("Fundamental research"),
    "industrial_research": mark("Industrial research"),
    "experimental_development": mark("Experimental development"),
    "feasibility_study": mark("Feasibility study"),
    "research_infrastructure": mark("Research infrastructure"),
    "innovation_cluster": mark("Innovation cluster"),
    "small": mark("Small company"),
    "medium": mark("Medium-sized company"),
    "large": mark("Large company"),
    "warn": mark("Warns"),
    "stop": mark("Stops"),
    # what a budget tells apart
    "by_category": mark("By category"),
    "by_work_package": mark("By work package"),
    "by_year": mark("By year"),
    "by_work_package_and_year": mark("By work package and year"),
    # on whose account money is counted
    "public": mark("Public"),
    "private": mark("Private"),
    "own_contribution": mark("Own contribution"),
    # rules that can be waived, and how a waiver stands
    "advance_ceiling": mark("Ceiling of advances"),
    "aid_intensity": mark("Aid intensity"),
    "public_funding": mark("Public funding"),
    "virement": mark("Move within the budget"),
    "waiver_asked": mark("Waits for approval"),
    "waiver_holds": mark("Holds"),
    "waiver_expired": mark("Expired"),
    "waiver_ended": mark("Ended"),
    # deadlines
    "progress_report": mark("Progress report"),
    "determination_request": mark("Request for determination"),
    "determination_decision": mark("Decision on the determination"),
    "settlement_payment": mark("Payment of the settlement"),
    "settlement_receive": mark("Settlement to receive"),
    "settlement_repay": mark("Settlement to repay"),
    # how a subsidy is accounted for
    "direct": mark("Shown on request"),
    "performance": mark("Accounted for by performance"),
    "costs_and_performance": mark("Accounted for by costs and performance"),
    # an auditor's opinion
    "unqualified": mark("Unqualified opinion"),
    "qualified": mark("Qualified opinion"),
    "adverse": mark("Adverse opinion"),
}
