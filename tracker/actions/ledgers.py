"""Bringing in the books: every line judged, kept once, and known again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from tracker.actions.books import ComingBooks
from tracker.domain.costs import Exclusion, InvoiceSignature, Origin, exclusion_of
from tracker.domain.errors import Finding, Sentence
from tracker.domain.imports import FileKind
from tracker.domain.intakes import Control, Preview
from tracker.domain.money import Money
from tracker.store import books, projects, suspicions
from tracker.store.books import Line
from tracker.store.suspicions import Invoice

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

    from sqlalchemy.orm import Session

    from tracker.actions.books import Deed
    from tracker.domain.ledgers import LedgerFile, LedgerLine, LedgerTransaction
    from tracker.store.projects import Project

    Progress: TypeAlias = Callable[[int, int], None]

COUNT_EVERY = 2_000


class LedgerImport:
    """One ledger file on its way into the database."""

    def __init__(
        self,
        session: Session,
        file: LedgerFile,
        file_name: str,
        project: Project,
        leave_out: AbstractSet[str] = frozenset(),
    ) -> None:
        self._session = session
        self._file = file
        self._project = project
        self._accounts = projects.accounts_of(session, project.id)
        self._packages = projects.work_packages_of(session, project.id)
        self.coming = ComingBooks(session, project.id, file_name, leave_out)
        self._lines = 0
        self._bookings: dict[str, list[Invoice]] = {}
        self._days: dict[Any, str] = {}

    def read(self, progress: Progress) -> None:
        """Read the file to its end, and judge every line; nothing is kept yet.

        Errors: ``FileRefused`` with everything that is wrong.
        """
        self._book = self.coming.book(
            Origin.LEDGER, self._file.company, self._file.fiscal_year, is_whole=True
        )
        self._invoices = books.known_invoices(self._session, self._book.book_id)
        done, whole = 0, self._file.totals.lines
        for entry in self._file.transactions():
            lines = [self._line(entry, line) for line in entry.lines]
            if lines and self.coming.take(self._book, lines):
                self._note_invoice(entry, lines)
            done += len(lines)
            if done % COUNT_EVERY < len(lines):
                progress(done, whole)
        self._lines = done
        self.coming.finish()
        for suspicion in suspicions.of_invoices(self._session, self._bookings):
            self.coming.suspect(suspicion)

    @property
    def new(self) -> int:
        """How many lines are new."""
        return self.coming.new

    @property
    def same(self) -> int:
        """How many lines were kept before and say the same."""
        return self.coming.same

    def totals(self) -> tuple[tuple[Sentence, int | Money], ...]:
        """What was found, in the order in which it is told."""
        declared = self._file.totals
        return (
            (Sentence("Lines in the file"), declared.lines),
            (Sentence("Debit in the file"), Money(declared.debit)),
            (Sentence("Credit in the file"), Money(declared.credit)),
            *self.coming.totals(),
        )

    def warnings(self) -> tuple[Finding, ...]:
        """What deserves a look, but is no reason to refuse the file."""
        return (*self._file.warnings(), *self.coming.warnings())

    def preview(self) -> Preview:
        """Say what keeping the file would do."""
        declared = self._file.totals
        debit, credit = Money(declared.debit), Money(declared.credit)
        controls = (  # a file whose amounts do not tie out was refused at its end
            Control(Sentence("Lines in the file"), declared.lines, self._lines),
            Control(Sentence("Debit in the file"), debit, debit),
            Control(Sentence("Credit in the file"), credit, credit),
        )
        return self.coming.preview(
            FileKind.LEDGER,
            company=self._file.company_name,
            days=self._days,
            controls=controls,
            totals=self.totals(),
            warnings=self.warnings(),
        )

    def keep(self, deed: Deed) -> None:
        """Keep what is new, and what was decided, in the transaction that goes on."""
        self.coming.keep(deed)

    def _line(self, entry: LedgerTransaction, line: LedgerLine) -> Line:
        account = self._accounts.get(line.account)
        if account is None:
            self._check_unmapped(line)
            reason: Exclusion | None = Exclusion.OTHER_PROJECT
        else:
            reason = exclusion_of(account.category, line.project, self._project.code)
        cents = line.cents
        key = (entry.journal, entry.number, line.line)
        day = self._day(line.incurred_on)
        if reason is None and account is not None:
            return Line(
                True,
                (
                    *key,
                    day,
                    self._day(entry.booked_on),
                    cents,
                    account.category_id,
                    self._packages.get(line.cost_centre),
                    line.cost_centre,
                    line.account,
                    line.supplier,
                    line.document,
                    line.invoice,
                    line.description,
                ),
            )
        assert reason is not None
        said = "" if reason is Exclusion.NOT_A_COST else line.description
        values = (day, cents, reason.value, line.account, line.project, line.cost_centre, said)
        return Line(False, (*key, *values))

    def _day(self, day: Any) -> str:
        written = self._days.get(day)
        if written is None:
            written = self._days[day] = day.isoformat()
        return written

    def _check_unmapped(self, line: LedgerLine) -> None:
        if line.project == self._project.code:
            self.coming.findings.add(
                line.account,
                "The books charge account {account} to project {project}, but the programme does"
                " not say which cost category it is.",
                "Add the account to the programme, or correct the booking.",
                account=line.account,
                project=self._project.code,
            )

    def _note_invoice(self, entry: LedgerTransaction, lines: list[Line]) -> None:
        first = next((line for line in entry.lines if line.invoice and line.supplier_code), None)
        if first is None or (entry.journal, entry.number) in self._invoices:
            return
        amounts = tuple(sorted(line.cents for line in entry.lines))
        signature = InvoiceSignature(first.supplier_code, first.invoice, first.incurred_on, amounts)
        seal = books.seal_of(signature)
        self._book.staged.invoices.add((entry.journal, entry.number, seal))
        cost = sum(line.cents for line in lines if line.is_cost)
        self._bookings.setdefault(seal, []).append(
            Invoice(
                entry.journal, entry.number, cost, first.incurred_on, first.supplier, first.invoice
            )
        )
