"""The reconciliation as a workbook: exactly the rows that the page shows, with their equations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports import words
from reports.model import Column, Kind, Section
from tracker.domain.reconciliation import By, total_of
from tracker.domain.texts import stem_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reports.model import Report, Row
    from reports.occasion import Occasion
    from tracker.domain.reconciliation import BookTie, NewestFile, Payer, Reconciled, Reconciliation


def build(shown: Reconciliation, occasion: Occasion, *, is_whole: bool) -> Report:
    """Lay out a reconciliation in the reader's language."""
    _, language = words.gettext_for(occasion.language), occasion.language
    extent = _("Everything") if is_whole else _("What does not tie")
    return occasion.report(
        "reconciliation",
        _("Reconciliation"),
        as_of=occasion.made_on,
        version=extent,
        file_stem=stem_of(occasion.project_code, "reconciliation", shown.by, occasion.made_on),
        about=(
            (_("Told apart by"), words.label(shown.by, language)),
            (_("Shown"), extent),
            *occasion.signature,
        ),
        sections=(
            _ledgers(shown, language),
            _becoming(shown, language),
            _payers(shown.payers, language),
            _books(shown.books, language),
            _files(shown.files, language),
        ),
    )


def _ledgers(shown: Reconciliation, language: str) -> Section:
    """Lay out the ledgers beside the tracker, with what explains the difference."""
    _ = words.gettext_for(language)
    rows = tuple(
        (_key(row, shown.by, language), *_of_ledgers(row), words.label(row.standing, language))
        for row in shown.rows
    )
    total = total_of(shown.rows)
    return Section(
        "ledgers",
        _("Ledger and tracker"),
        (
            Column(words.label(shown.by, language), width=22),
            Column(_("Ledger"), Kind.MONEY, 16),
            Column(_("Not of the project"), Kind.MONEY, 16),
            Column(_("Export"), Kind.MONEY, 16),
            Column(_("In kind"), Kind.MONEY, 16),
            Column(_("By hand"), Kind.MONEY, 16),
            Column(_("Corrections"), Kind.MONEY, 16),
            Column(_("From another period"), Kind.MONEY, 16),
            Column(_("Not explained"), Kind.MONEY, 16),
            Column(_("Tracker"), Kind.MONEY, 16, plus=(1, 3, 4, 5, 6, 7, 8), minus=(2,)),
            Column(_("State"), width=16),
        ),
        rows,
        totals=(_("Total"), *_of_ledgers(total), None) if rows else (),
        note=_(
            "Ledger − not of the project + what was entered here = tracker. Amounts in euros, of"
            " accounts of costs; debit is positive."
        ),
    )


def _of_ledgers(row: Reconciled) -> Row:
    items = (row.export, row.in_kind, row.by_hand, row.corrections, row.moved)
    return (row.ledger, row.excluded, *items, row.unexplained, row.tracker)


def _becoming(shown: Reconciliation, language: str) -> Section:
    """Lay out what became of the costs: eligible + ineligible + not charged = total."""
    _ = words.gettext_for(language)
    rows = tuple((_key(row, shown.by, language), *_of_becoming(row)) for row in shown.rows)
    total = total_of(shown.rows)
    return Section(
        "becoming",
        _("What became of the costs"),
        (
            Column(words.label(shown.by, language), width=22),
            Column(_("Charged"), Kind.MONEY, 16),
            Column(_("Not eligible"), Kind.MONEY, 16),
            Column(_("Left with a reason"), Kind.MONEY, 16),
            Column(_("Waiting"), Kind.MONEY, 16),
            Column(_("Not accounted for"), Kind.MONEY, 16),
            Column(_("Costs"), Kind.MONEY, 16, plus=(1, 2, 3, 4, 5)),
        ),
        rows,
        totals=(_("Total"), *_of_becoming(total)) if rows else (),
        note=_("Charged + not eligible + left + waiting = all costs. Amounts in euros."),
    )


def _of_becoming(row: Reconciled) -> Row:
    found = (row.charged, row.ineligible, row.left, row.waiting)
    return (*found, row.unaccounted, row.tracker)


def _key(row: Reconciled, by: By, language: str) -> str:
    none = {By.PERIOD: "In no period", By.YEAR: "No year"}
    _: Callable[[str], str] = words.gettext_for(language)
    return row.key or _(none.get(by, "None"))


def table_of(report: Report) -> Section:
    """Lay out both equations of each row beside each other, for a file of one table."""
    first, second = report.section("ledgers"), report.section("becoming")
    rows = tuple(
        (*one[:-1], *other[1:-1], one[-1])
        for one, other in zip(first.rows, second.rows, strict=True)
    )
    totals = (*first.totals[:-1], *second.totals[1:-1], None) if rows else ()
    columns = (*first.columns[:-1], *second.columns[1:-1], first.columns[-1])
    return Section("rows", first.title, columns, rows, totals)


def _payers(payers: Sequence[Payer], language: str) -> Section:
    _ = words.gettext_for(language)
    rows = tuple(_of_payer(payer) for payer in payers)
    return Section(
        "payers",
        _("Commitments and their balances"),
        (
            Column(_("Commitment"), width=16),
            Column(_("Ledger"), Kind.MONEY, 16),
            Column(_("Export"), Kind.MONEY, 16),
            Column(_("In kind"), Kind.MONEY, 16),
            Column(_("By hand"), Kind.MONEY, 16),
            Column(_("Corrections"), Kind.MONEY, 16),
            Column(_("Difference"), Kind.MONEY, 16),
            Column(_("Its balance"), Kind.MONEY, 16, plus=(1, 2, 3, 4, 5, 6)),
        ),
        rows,
        note=_("What each commitment pays, by where the costs come from, beside its balance."),
    )


def _of_payer(payer: Payer) -> Row:
    found = (payer.ledger, payer.export, payer.in_kind, payer.by_hand, payer.corrections)
    return (payer.commitment, *found, payer.difference, payer.balance)


def _books(books: Sequence[BookTie], language: str) -> Section:
    _ = words.gettext_for(language)
    return Section(
        "books",
        _("Books and their control totals"),
        (
            Column(_("Origin"), width=14),
            Column(_("Book"), width=26),
            Column(_("Year"), width=8),
            Column(_("Files"), width=36),
            Column(_("Lines, stated"), Kind.COUNT, 12),
            Column(_("Lines, kept"), Kind.COUNT, 12),
            Column(_("Debit, stated"), Kind.MONEY, 18),
            Column(_("Debit, kept"), Kind.MONEY, 18),
            Column(_("Credit, stated"), Kind.MONEY, 18),
            Column(_("Credit, kept"), Kind.MONEY, 18),
            Column(_("Difference"), Kind.MONEY, 16, plus=(7, 8), minus=(9, 6)),
        ),
        tuple(_of_book(book, language) for book in books),
        note=_("What each book was brought in with, and what is kept of it."),
    )


def _of_book(book: BookTie, language: str) -> Row:
    return (
        words.label(book.origin, language),
        book.company,
        str(book.year),
        ", ".join(book.files),
        book.lines_told,
        book.lines_kept,
        book.debit_told,
        book.debit_kept,
        book.credit_told,
        book.credit_kept,
        book.difference,
    )


def _files(files: Sequence[NewestFile], language: str) -> Section:
    _ = words.gettext_for(language)
    return Section(
        "files",
        _("Newest files that say something else"),
        (
            Column(_("File"), width=36),
            Column(_("Book"), width=26),
            Column(_("Year"), width=8),
            Column(_("Lines missing in it"), Kind.COUNT, 14),
            Column(_("Changes not taken over"), Kind.COUNT, 14),
            Column(_("What they would change"), Kind.MONEY, 18),
        ),
        tuple(
            (
                file.file_name,
                file.company,
                str(file.year),
                file.missing,
                file.unapplied,
                file.amount,
            )
            for file in files
        ),
        note=_(
            "What was imported before stays as it is, whatever a newer file leaves out or says"
            " otherwise, until somebody takes the change over."
        ),
    )
