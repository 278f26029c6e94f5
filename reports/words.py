"""Words in the reader's language: translations, sentences with their figures, and labels of codes.

The English text is the key of a translation. They are read from the one file that translators
edit; nothing is compiled beforehand.
"""
# long: the names of all codes that people see

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
from tracker.domain.table_columns import COLUMNS, named
from tracker.domain.texts import mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

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


def code_of(name: str, codes: Iterable[str]) -> str:
    """Give the code that a text names in any language, or that it is; nothing for another text.

    Shape:  ``("Kosten derden", ("materials", "third_parties"))`` -> ``third_parties``, whatever
            the capitals and spaces around it.
    """
    folded = " ".join(name.casefold().split())
    for code in codes:
        names = {code, *(label(code, language) for language in LANGUAGES)}
        if folded in {known.casefold() for known in names}:
            return code
    return ""


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
    # what is made in the background, and where it stands
    "job_waiting": mark("Waits for its turn"),
    "job_running": mark("Is being made"),
    "job_done": mark("Made"),
    "job_failed": mark("Failed"),
    "job_cancelled": mark("Cancelled"),
    # what lies in an audit dossier
    "dossier_reports": mark("Issued reports"),
    "dossier_costs": mark("Costs"),
    "dossier_decisions": mark("Decision letters and other documents of the commitment"),
    "dossier_papers": mark("Papers that went with reports"),
    "dossier_milestones": mark("Evidence of milestones"),
    "dossier_waivers": mark("Leave to break a rule"),
    "dossier_evidence": mark("Evidence of costs"),
    "dossier_in_kind": mark("Signed declarations of contributions in kind"),
    # why a share is not charged
    "no_split_rule": mark("No split rule fits"),
    "not_awarded": mark("Commitment not awarded"),
    "outside_period": mark("Outside the commitment's period"),
    "category_not_allowed": mark("Category not allowed"),
    "not_earmarked": mark("Commitment meant for something else"),
    "covered_by_flat_rate": mark("Covered by a flat rate"),
    "commitment_exhausted": mark("Commitment exhausted"),
    "taken_back": mark("Charge taken back"),
    "not_eligible": mark("Not eligible"),
    "economic_use": mark("Economic use"),
    "depreciated": mark("Written off instead"),
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
    "export": mark("Table of an administration"),
    "by_hand": mark("Entered in the tracker"),
    "bank": mark("Bank statement"),
    # standing of a milestone
    "met": mark("Met on time"),
    "met_late": mark("Met late"),
    "late": mark("Late"),
    "slipped": mark("Moved to a later date"),
    "on_schedule": mark("On schedule"),
    "not_met": mark("Not met"),
    # what has become of a milestone
    "milestone_scheduled": mark("Scheduled"),
    "milestone_met": mark("Met"),
    "milestone_partly_met": mark("Partly met"),
    "milestone_not_met": mark("Not met"),
    "nobody_yet": mark("Nobody yet"),
    # why money is at risk
    "waits_for_milestone": mark("Held back by a milestone"),
    "ends_first": mark("Ends before the milestone"),
    "figure_milestone_planned": mark("Planned for milestones"),
    "figure_milestone_charged": mark("Charged on milestones"),
    "figure_at_risk": mark("At risk"),
    "unspendable": mark("Cannot be spent any more"),
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
    "project_lead": mark("Project lead"),
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
    "overhead_covers": mark("Categories that the overhead covers"),
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
    # kinds of table
    "costs": mark("Costs"),
    "hours": mark("Hours"),
    "milestones": mark("Milestones"),
    "budgets": mark("Budgets"),
    "forecasts": mark("Forecast"),
    "commitments": mark("Commitments"),
    # how a table is read, and the names of its columns
    "comma": mark("Comma: 1.234,56"),
    "point": mark("Point: 1,234.56"),
    "either": mark("As each cell has it"),
    "debit_positive": mark("Costs are positive"),
    "credit_positive": mark("Costs are negative"),
    "sure": mark("Known heading"),
    "likely": mark("Probably"),
    **{
        named(kind, column.code): column.heading
        for kind, columns in COLUMNS.items()
        for column in columns
    },
    # what to do with the cost lines of a list, and what becomes of them
    "to_commitment": mark("Charge what is left to a commitment"),
    "again": mark("Judge again by the rules"),
    "take_back": mark("Take charges back"),
    "is_charged": mark("Is charged"),
    "is_taken_back": mark("Is taken back"),
    "waits_for_rules": mark("Waits for the split rules"),
    "is_settled": mark("Was taken back, or takes back"),
    "nothing_left": mark("Nothing is left to charge"),
    "nothing_charged": mark("Nothing is charged"),
    "in_closed_period": mark("Counts in a closed period"),
    # where a file stands that was handed in, and why one of its lines is suspicious
    "table": mark("Table"),
    "intake_waiting": mark("Waiting for its turn"),
    "intake_reading": mark("Being read"),
    "intake_mapping": mark("Columns to be confirmed"),
    "intake_ready": mark("Ready to be looked at"),
    "intake_keeping": mark("Being brought in"),
    "intake_kept": mark("Kept"),
    "intake_refused": mark("Refused"),
    "intake_cancelled": mark("Cancelled"),
    "intake_stopped": mark("Broken off"),
    "suspicious_booked_twice": mark("Booked twice"),
    "suspicious_two_books": mark("Also in another book"),
    "suspicious_by_hand": mark("Also entered by hand"),
    "suspicious_charged": mark("Charged already"),
    # what a line of the books says otherwise than before
    "counted_as": mark("Counted as"),
    "cost": mark("Cost of the project"),
    "incurred_on": mark("Incurred on"),
    "booked_on": mark("Booked on"),
    "account": mark("Account"),
    "cost_centre": mark("Work package"),
    "project_code": mark("Project"),
    "supplier": mark("Supplier"),
    "document": mark("Document"),
    "invoice": mark("Invoice number"),
    "description": mark("Description"),
    "vat": mark("VAT"),
    "vat_deductible": mark("Deductible VAT"),
    "person": mark("Person"),
    # what a budget tells apart
    "by_category": mark("By category"),
    "by_work_package": mark("By work package"),
    "by_year": mark("By year"),
    "by_work_package_and_year": mark("By work package and year"),
    # on whose account money is counted
    "public": mark("Public"),
    "private": mark("Private"),
    "own_contribution": mark("Own contribution"),
    # reporting periods, and what is looked at before one is closed
    "period_open": mark("Open"),
    "period_closing": mark("Being closed"),
    "period_closed": mark("Closed"),
    "period_month": mark("A month"),
    "period_quarter": mark("A quarter"),
    "period_year": mark("A year"),
    "invariants_broken": mark("Rules of the books that do not hold"),
    "books_apart": mark("Books whose lines do not tie to their totals"),
    "lines_waiting": mark("Cost lines that wait to be charged"),
    "lines_left": mark("Cost lines that nobody pays in full"),
    "booked_twice": mark("Invoices that may have been booked twice"),
    "files_on_their_way": mark("Files that were handed in and not kept yet"),
    "money_unmatched": mark("Money that came in and belongs to no commitment"),
    "drafts_waiting": mark("Drafts and requests that wait for a second person"),
    "instalments_late": mark("Instalments that are overdue"),
    "hours_unsigned": mark("Hours in kind without a signature"),
    "waivers_over": mark("Waivers that ended in the period"),
    # in which way a cost line was wrong
    "correction_wrong_period": mark("Wrong period"),
    "correction_wrong_work_package": mark("Wrong work package"),
    "correction_wrong_category": mark("Wrong category"),
    "correction_wrong_funder": mark("Wrong funder"),
    "correction_credit_note": mark("Credit note"),
    "correction_refund": mark("Refund"),
    "correction_cancelled": mark("Cancelled invoice"),
    "correction_not_eligible": mark("Not eligible"),
    "correction_eligible_again": mark("Eligible again"),
    "correction_rebooked": mark("Booked differently in the ledger"),
    # what a reconciliation is told apart by, and how its rows stand
    "by_year_incurred": mark("Year"),
    "by_period": mark("Period"),
    "by_account": mark("Ledger account"),
    "by_package": mark("Work package"),
    "eligible": mark("Eligible"),
    "cost_accounts": mark("accounts of costs"),
    "ties": mark("Ties"),
    "explained": mark("Differs on purpose"),
    "apart": mark("Does not tie"),
    # figures that can be explained, and what they are made of
    "milestones_open": mark("Not met yet"),
    "milestones_late": mark("Late"),
    "milestones_at_risk": mark("With money at risk"),
    "milestones_met": mark("Met"),
    "figure_committed": mark("Committed"),
    "figure_original": mark("Originally awarded"),
    "figure_conditional": mark("Conditional"),
    "figure_pledged": mark("Pledged"),
    "figure_received": mark("Received"),
    "figure_charged": mark("Charged"),
    "figure_remaining": mark("Remaining"),
    "figure_room": mark("Room"),
    "figure_cash_on_hand": mark("Cash on hand"),
    "figure_budget": mark("Budget"),
    "figure_budget_left": mark("Remaining of the budget"),
    "figure_planned": mark("Planned cost"),
    "figure_gap": mark("Gap"),
    "figure_in_kind": mark("Contributed in kind"),
    "figure_costs": mark("Costs"),
    "figure_left": mark("Not charged"),
    "figure_waiting": mark("Waiting to be charged"),
    "figure_excluded": mark("No costs of the project"),
    "figure_line": mark("Cost line"),
    "charge_rules": mark("by the split rules"),
    "charge_again": mark("by the split rules, applied again"),
    "charge_by_hand": mark("by hand"),
    "charge_in_bulk": mark("by hand, many at once"),
    "charge_taken_back": mark("taken back by a person"),
    "charge_correction": mark("by a correction"),
    "committed": mark("Committed"),
    "budget": mark("Budget"),
    # what a forecast begins with
    "previous_forecast": mark("The version before"),
    "budget_left": mark("What is left of the budget"),
    "burn_rate": mark("The pace of the last four quarters"),
    "planned_costs": mark("Planned cost"),
    "less_charged": mark("Less charged"),
    "less_overhead": mark("Less overhead by the flat rate"),
    "less_committed": mark("Less committed"),
    "less_conditional": mark("Less conditional"),
    "less_pledged": mark("Less pledged"),
    "net_price": mark("Net price"),
    "vat_whole": mark("VAT on the document"),
    "less_vat_deductible": mark("Less VAT that can be deducted"),
    "corrections": mark("Corrections"),
    "later": mark("if all that is conditional and pledged comes"),
    "signed": mark("signed for"),
    "unsigned": mark("no signed declaration"),
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
    "milestone_report": mark("Report after a milestone"),
    "instalment_due": mark("Instalment"),
    "milestone_due": mark("Milestone"),
    "evidence_due": mark("Evidence of a milestone"),
    "lapse_due": mark("Money that will lapse"),
    "commitment_end": mark("End of a commitment"),
    "closing_due": mark("Closing of a period"),
    "confirmation_due": mark("Confirmation by a second person"),
    "waiver_end": mark("End of a waiver"),
    "declaration_due": mark("Declaration of hours in kind"),
    "notification_due": mark("Notification of a deviation"),
    # when what waits is due
    "due_late": mark("Late"),
    "due_this_week": mark("This week"),
    "due_this_month": mark("This month"),
    "due_later": mark("Later"),
    "due_some_day": mark("Without a date"),
    # digests of what is due
    "digest_daily": mark("Every day"),
    "digest_weekly": mark("Every week"),
    "digest_never": mark("Never"),
    "told_escalated": mark("Late for more than two weeks"),
    "told_overdue": mark("Late"),
    "told_in_3_days": mark("Due within 3 days"),
    "told_in_14_days": mark("Due within 14 days"),
    "told_in_30_days": mark("Due within 30 days"),
    # the outlook: what a figure is told by, and how sure it is that money lapses
    "as_booked": mark("In the books"),
    "as_expected": mark("Expected"),
    "at_burn_rate": mark("By the burn rate"),
    "as_planned": mark("By the plan"),
    "surely_lapses": mark("Sure"),
    "likely_lapses": mark("Likely"),
    "may_lapse": mark("Possible"),
    # the figures by which scenarios are compared
    "cash_lowest": mark("Lowest cash ahead"),
    "most_pre_financed": mark("Most that is pre-financed"),
    "lapses_by_forecast": mark("Will lapse"),
    "funding_gap": mark("Funding gap"),
    "spending_ahead": mark("Spending ahead"),
    "not_covered_ahead": mark("Not covered ahead"),
    "receipts_ahead": mark("Receipts ahead"),
    "cash_in_the_end": mark("Cash in the end"),
    # how a subsidy is accounted for
    "direct": mark("Shown on request"),
    "performance": mark("Accounted for by performance"),
    "costs_and_performance": mark("Accounted for by costs and performance"),
    # an auditor's opinion
    "unqualified": mark("Unqualified opinion"),
    "qualified": mark("Qualified opinion"),
    "adverse": mark("Adverse opinion"),
    # where a funder report stands
    "report_due": mark("Due, not begun"),
    "report_draft": mark("Draft"),
    "report_in_review": mark("In review"),
    "report_approved": mark("Approved"),
    "report_issued": mark("Issued"),
    "report_accepted": mark("Accepted"),
    "report_returned": mark("Returned by the funder"),
    "report_withdrawn": mark("Withdrawn"),
    "mail_begun": mark("being sent"),
    "mail_sent": mark("sent"),
    "mail_refused": mark("refused by the mail server"),
    "mail_uncertain": mark("may not have arrived"),
    "report_dropped": mark("Dropped"),
    # what is different from the last report
    "changed_award": mark("Committed"),
    "changed_budget": mark("Budget"),
    "changed_received": mark("Received to date"),
    "changed_status": mark("Status"),
    "changed_first_day": mark("First day of the award"),
    "changed_last_day": mark("Last day of the award"),
    "changed_milestone": mark("Milestone added or dropped"),
    "changed_milestone_day": mark("Date of a milestone"),
    "changed_milestone_standing": mark("Standing of a milestone"),
    "changed_waiver": mark("Waiver"),
    # where a report has room for words
    "text_summary": mark("In short"),
    "text_progress": mark("Progress of the work"),
    "text_deviations": mark("About the differences"),
    "text_outlook": mark("What comes next"),
}
