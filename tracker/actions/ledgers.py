"""Bringing in the books: every line judged, kept once, and known again."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

from tracker.domain.costs import Exclusion, InvoiceSignature, Origin, exclusion_of
from tracker.domain.errors import Finding, Sentence
from tracker.domain.money import Money
from tracker.readers.findings import Findings
from tracker.store import books, projects
from tracker.store.imports import add_book, book_named
from tracker.store.ledgers import note_doubles

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from tracker.domain.ledgers import LedgerFile, LedgerLine, LedgerTransaction
    from tracker.store.projects import Account, Project

    Progress: TypeAlias = Callable[[int, int], None]

COUNT_EVERY = 2_000


class LedgerImport:
    """One ledger file on its way into the database."""

    def __init__(
        self, session: Session, file: LedgerFile, file_name: str, import_id: int, project: Project
    ) -> None:
        self._session = session
        self._file = file
        self._project = project
        self._accounts = projects.accounts_of(session, project.id)
        self._packages = projects.work_packages_of(session, project.id)
        self._findings = Findings(file_name)
        self._import_id = import_id
        self.new = self.same = 0
        self._cost_lines = self._cost_cents = 0
        self._excluded_lines: Counter[Exclusion] = Counter()
        self._excluded_cents: Counter[Exclusion] = Counter()
        self._debit = self._credit = 0

    def run(self, progress: Progress) -> None:
        """Read the file to its end and keep what is new.

        Errors: ``FileRefused`` with everything that is wrong.
        """
        known_book = book_named(
            self._session, Origin.LEDGER, self._file.company, self._file.fiscal_year
        )
        self._book = known_book or add_book(
            self._session,
            Origin.LEDGER,
            self._file.company,
            self._file.fiscal_year,
            self._import_id,
        )
        self._known = books.known_lines(self._session, known_book.id) if known_book else {}
        self._invoices = books.known_invoices(self._session, known_book.id) if known_book else set()
        self._seen_again = len(self._known)
        self._writer = books.BookWriter(
            self._session,
            project_id=self._project.id,
            book_id=self._book.id,
            import_id=self._import_id,
        )
        done = 0
        for entry in self._file.transactions():
            self._take(entry)
            done += len(entry.lines)
            if done % COUNT_EVERY < len(entry.lines):
                progress(done, self._file.totals.lines)
        self._findings.check()
        self._writer.finish()
        note_doubles(self._session)
        self._book.line_count += self.new
        self._book.debit += self._debit
        self._book.credit += self._credit
        self._session.flush()

    def totals(self) -> tuple[tuple[Sentence, int | Money], ...]:
        """What was found, in the order in which it is told."""
        declared = self._file.totals
        found: list[tuple[Sentence, int | Money]] = [
            (Sentence("Lines in the file"), declared.lines),
            (Sentence("Debit in the file"), Money(declared.debit)),
            (Sentence("Credit in the file"), Money(declared.credit)),
            (Sentence("New cost lines"), self._cost_lines),
            (Sentence("Amount of the new cost lines"), Money(self._cost_cents)),
        ]
        for reason in Exclusion:
            if self._excluded_lines[reason]:
                found += [
                    (LINES_EXCLUDED[reason], self._excluded_lines[reason]),
                    (AMOUNT_EXCLUDED[reason], Money(self._excluded_cents[reason])),
                ]
        return tuple(found)

    def warnings(self) -> tuple[Finding, ...]:
        """What deserves a look, but is no reason to refuse the file."""
        missing = self._seen_again - self.same
        if not missing:
            return self._file.warnings()
        return (
            *self._file.warnings(),
            Finding(
                "",
                Sentence(
                    "{count} lines of {year} that were imported before are not in this file.",
                    {"count": missing, "year": str(self._file.fiscal_year)},
                ),
                Sentence("They are kept. Check that the export covers the whole year."),
            ),
        )

    def _take(self, entry: LedgerTransaction) -> None:
        is_new = False
        for line in entry.lines:
            account = self._accounts.get(line.account)
            if account is None:
                self._check_unmapped(line)
                reason: Exclusion | None = Exclusion.OTHER_PROJECT
            else:
                reason = exclusion_of(account.category, line.project, self._project.code)
            if self._known and self._is_known(entry, line, reason):
                continue
            is_new = True
            self._keep(entry, line, account, reason)
        if is_new:
            self._note_invoice(entry)

    def _keep(
        self,
        entry: LedgerTransaction,
        line: LedgerLine,
        account: Account | None,
        reason: Exclusion | None,
    ) -> None:
        self.new += 1
        cents = line.cents
        if cents >= 0:
            self._debit += cents
        else:
            self._credit -= cents
        if reason is None and account is not None and account.category_id is not None:
            self._cost_lines += 1
            self._cost_cents += cents
            package = self._packages.get(line.cost_centre)
            self._writer.cost(entry, line, account.category_id, package)
        elif reason is not None:
            self._excluded_lines[reason] += 1
            self._excluded_cents[reason] += cents
            self._writer.exclude(entry, line, reason)

    def _check_unmapped(self, line: LedgerLine) -> None:
        if line.project == self._project.code:
            self._findings.add(
                line.account,
                "The books charge account {account} to project {project}, but the programme does"
                " not say which cost category it is.",
                "Add the account to the programme, or correct the booking.",
                account=line.account,
                project=self._project.code,
            )

    def _is_known(
        self, entry: LedgerTransaction, line: LedgerLine, reason: Exclusion | None
    ) -> bool:
        kept = self._known.get((entry.journal, entry.number, line.line))
        if kept is None:
            return False
        self.same += 1
        said = (
            books.cost_content(entry.booked_on, line)
            if reason is None
            else books.excluded_content(line)
        )
        if kept != said:
            self._findings.add(
                f"{entry.journal} {entry.number}/{line.line}",
                "This line was imported before with other contents: then {before}, now {now}.",
                "What is in the tracker is not overwritten. Book a correction in the ledger, or"
                " export the file again.",
                before=Money(kept[0]),
                now=Money(line.cents),
            )
        return True

    def _note_invoice(self, entry: LedgerTransaction) -> None:
        first = next((line for line in entry.lines if line.invoice and line.supplier_code), None)
        if first is None or (entry.journal, entry.number) in self._invoices:
            return
        amounts = tuple(sorted(line.cents for line in entry.lines))
        signature = InvoiceSignature(first.supplier_code, first.invoice, first.incurred_on, amounts)
        self._writer.invoice(entry, signature)


LINES_EXCLUDED = {
    Exclusion.NOT_A_COST: Sentence("Lines that are no costs"),
    Exclusion.OTHER_PROJECT: Sentence("Lines of other projects, or of none"),
    Exclusion.INELIGIBLE_ACCOUNT: Sentence("Lines on ineligible accounts"),
}
AMOUNT_EXCLUDED = {
    Exclusion.NOT_A_COST: Sentence("Amount that is no costs"),
    Exclusion.OTHER_PROJECT: Sentence("Amount of other projects, or of none"),
    Exclusion.INELIGIBLE_ACCOUNT: Sentence("Amount on ineligible accounts"),
}
