"""The outlook as tables that can leave the tracker: by month, by commitment, and by year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports import words
from reports.model import Column, Kind, Section
from tracker.domain.money import ZERO, Money
from tracker.domain.texts import stem_of

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from reports.model import Report, Row
    from reports.occasion import Occasion
    from tracker.domain.outlook import CommitmentOutlook, Outlook


def build(outlook: Outlook, occasion: Occasion) -> Report:
    """Lay out an outlook in the reader's language."""
    _, language = words.gettext_for(occasion.language), occasion.language
    month, lowest = outlook.lowest
    return occasion.report(
        "outlook",
        _("Outlook"),
        as_of=outlook.as_of,
        version=_("As it is"),
        file_stem=stem_of(occasion.project_code, "outlook", outlook.as_of),
        about=(
            (_("As at"), outlook.as_of),
            (_("Cash now"), outlook.cash_now),
            (_("Lowest cash"), lowest),
            (_("In the month of"), f"{month:%Y-%m}"),
            (_("Will lapse"), outlook.lapsing),
            (_("Funding gap"), outlook.gap),
            *occasion.signature,
        ),
        sections=(
            _months(outlook, language),
            _commitments(outlook, language),
            _years(outlook, language),
        ),
    )


def _months(outlook: Outlook, language: str) -> Section:
    """Lay out spending, receipts and cash by month."""
    _ = words.gettext_for(language)
    rows = tuple(_month(outlook, at, language) for at in range(len(outlook.months)))
    return Section(
        "months",
        _("By month"),
        (
            Column(_("Month"), width=10),
            Column(_("Basis"), width=16),
            Column(_("Spending"), Kind.MONEY, 16),
            Column(_("Paid by commitments"), Kind.MONEY, 16),
            Column(_("Not covered"), Kind.MONEY, 16, plus=(2,), minus=(3,)),
            Column(_("Receipts"), Kind.MONEY, 16),
            Column(_("Cash at the end"), Kind.MONEY, 16),
            Column(_("Pre-financed at the end"), Kind.MONEY, 16),
        ),
        rows,
        totals=(
            _("Total"),
            None,
            Money.total(outlook.spending),
            Money.total(outlook.spending) - Money.total(outlook.uncovered),
            Money.total(outlook.uncovered),
            Money.total(outlook.receipts),
            None,
            None,
        ),
        note=_(
            "Amounts in euros. Cash is what was received"
            " without what was charged, of all commitments in cash that are awarded."
        ),
    )


def basis_of(outlook: Outlook, month: date) -> str:
    """Tell, as a code, what a month's figures are: actual, expected, or by the burn rate."""
    if month < outlook.months[outlook.now]:
        return "as_booked"
    return "at_burn_rate" if month in outlook.by_burn_rate else "as_expected"


def _month(outlook: Outlook, at: int, language: str) -> Row:
    return (
        f"{outlook.months[at]:%Y-%m}",
        words.label(basis_of(outlook, outlook.months[at]), language),
        outlook.spending[at],
        outlook.spending[at] - outlook.uncovered[at],
        outlook.uncovered[at],
        outlook.receipts[at],
        outlook.cash[at],
        outlook.pre_financed[at],
    )


def _commitments(outlook: Outlook, language: str) -> Section:
    """Lay out what becomes of each commitment."""
    _ = words.gettext_for(language)
    rows = tuple(_commitment(one, language) for one in outlook.by_commitment)
    sums = tuple(
        Money.total(value for row in rows if isinstance(value := row[at], Money))
        for at in (3, 4, 5, 6, 7, 8, 12, 13, 14)
    )
    return Section(
        "commitments",
        _("By commitment"),
        (
            Column(_("Code"), width=12),
            Column(_("Funder"), width=28),
            Column(_("Last day"), Kind.DATE),
            Column(_("Committed"), Kind.MONEY, 16),
            Column(_("Charged so far"), Kind.MONEY, 16),
            Column(_("Still to be charged"), Kind.MONEY, 16),
            Column(_("Left at the end"), Kind.MONEY, 16),
            Column(_("Lapses by the forecast"), Kind.MONEY, 16),
            Column(_("Lapses at this pace"), Kind.MONEY, 16),
            Column(_("How sure")),
            Column(_("Act by"), Kind.DATE),
            Column(_("Months of runway"), width=10),
            Column(_("Cash now"), Kind.MONEY, 16),
            Column(_("Still to be received"), Kind.MONEY, 16),
            Column(_("Cash at the end"), Kind.MONEY, 16, plus=(12, 13), minus=(5,)),
        ),
        rows,
        totals=(_("Total"), None, None, *sums[:6], None, None, None, *sums[6:]) if rows else (),
        note=_(
            "Amounts in euros. What lapses is told of awarded commitments in cash; overhead of a"
            " flat rate is not left at the end, and is in no charge."
        ),
    )


def _commitment(one: CommitmentOutlook, language: str) -> Row:
    commitment, lapse = one.commitment, one.lapse
    cash = one.moves_cash
    return (
        commitment.code,
        commitment.funder,
        commitment.period.last_day,
        commitment.amount,
        commitment.charged,
        one.going_out,
        one.left,
        lapse.amount if lapse else ZERO,
        lapse.at_pace if lapse else ZERO,
        words.label(lapse.is_sure, language) if lapse else "",
        lapse.act_by if lapse else None,
        months_said(one.runway, language),
        one.cash_now if cash else None,
        one.coming_in if cash else None,
        one.cash[-1] if cash else None,
    )


def months_said(months: Decimal | None, language: str) -> str:
    """Write a number of months, with one decimal, as the reader does; nothing for none."""
    text = "" if months is None else str(months)
    return text.replace(".", ",") if language == "nl" else text


def _years(outlook: Outlook, language: str) -> Section:
    """Lay out the funding gap by year."""
    _ = words.gettext_for(language)
    basis = {True: "as_planned", False: "as_expected"}
    rows = tuple(
        (
            str(each.year),
            words.label(basis[each.by_plan], language),
            each.needed,
            each.covered,
            each.gap,
            each.conditional,
            each.pledged,
        )
        for each in outlook.gap_by_year
    )
    return Section(
        "years",
        _("Funding gap by year"),
        (
            Column(_("Year")),
            Column(_("Basis"), width=16),
            Column(_("Costs"), Kind.MONEY, 16),
            Column(_("Covered"), Kind.MONEY, 16),
            Column(_("Gap"), Kind.MONEY, 16, plus=(2,), minus=(3,)),
            Column(_("Conditional"), Kind.MONEY, 16),
            Column(_("Pledged"), Kind.MONEY, 16),
        ),
        rows,
        totals=(
            _("Total"),
            None,
            *(
                Money.total(value for row in rows if isinstance(value := row[at], Money))
                for at in range(2, 7)
            ),
        ),
        note=_("Conditional and pledged money stands beside what is covered, never in it."),
    )
