"""Bringing in bank statements, and recognising what funders paid."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tracker.domain.errors import Finding, Sentence
from tracker.domain.money import Money
from tracker.domain.receipts import BankEntry, BankStatement, Match, match_of
from tracker.readers.findings import Findings
from tracker.store import commitments, receipts
from tracker.store.imports import StatementRow
from tracker.store.receipts import BankEntryRow, ReceiptRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.store.projects import Project


class BankImport:
    """The statements of one file on their way into the database."""

    def __init__(
        self,
        session: Session,
        statements: list[BankStatement],
        file_name: str,
        import_id: int,
        project: Project,
    ) -> None:
        self._session = session
        self._statements = statements
        self._findings = Findings(file_name)
        self._import_id = import_id
        self._payers = commitments.payers_of(session, project.id)
        self.new = self.same = 0
        self._recognised: Counter[str] = Counter()
        self._received = 0
        self._unmatched = 0

    def run(self) -> None:
        """Keep what is new, and match what came in to commitments.

        Errors: ``FileRefused`` where an entry that was kept before says something else now.
        """
        for statement in self._statements:
            self._session.add(
                StatementRow(
                    import_id=self._import_id,
                    iban=statement.iban,
                    number=statement.number,
                    opening=statement.opening,
                    closing=statement.closing,
                    entry_count=statement.entry_count,
                )
            )
            known = receipts.known_entries(
                self._session, [entry.key for entry in statement.entries]
            )
            for entry in statement.entries:
                if kept := known.get(entry.key):
                    self._check_same(kept, entry)
                else:
                    self._keep(statement.iban, entry)
        self._findings.check()
        self._session.flush()

    def totals(self) -> tuple[tuple[Sentence, int | Money], ...]:
        """What was found, in the order in which it is told."""
        return (
            (Sentence("Entries in the file"), sum(s.entry_count for s in self._statements)),
            (Sentence("Opening balance"), Money(sum(s.opening for s in self._statements[:1]))),
            (Sentence("Closing balance"), Money(sum(s.closing for s in self._statements[-1:]))),
            (Sentence("Receipts recognised by reference"), self._recognised["reference"]),
            (Sentence("Receipts recognised by account"), self._recognised["iban"]),
            (Sentence("Received from funders"), Money(self._received)),
            (Sentence("Other money that came in"), Money(self._unmatched)),
        )

    def warnings(self) -> tuple[Finding, ...]:
        """What does not tie out in the statements themselves."""
        return tuple(warning for s in self._statements for warning in s.warnings)

    def _keep(self, iban: str, entry: BankEntry) -> None:
        self.new += 1
        row = BankEntryRow(
            import_id=self._import_id,
            key=entry.key,
            iban=iban,
            booked_on=entry.booked_on,
            amount=entry.cents,
            counterparty=entry.counterparty,
            counterparty_iban=entry.counterparty_iban,
            remittance=entry.remittance,
        )
        self._session.add(row)
        if match := match_of(entry, self._payers):
            self._session.flush()
            self._receive(row, match)
        elif entry.cents > 0:
            self._unmatched += entry.cents

    def _receive(self, row: BankEntryRow, match: Match) -> None:
        self._recognised[match.recognised_by] += 1
        self._received += row.amount
        self._session.add(
            ReceiptRow(
                bank_entry_id=row.id,
                commitment_id=match.commitment_id,
                received_on=row.booked_on,
                amount=row.amount,
                recognised_by=match.recognised_by,
            )
        )

    def _check_same(self, kept: BankEntryRow, entry: BankEntry) -> None:
        self.same += 1
        if (kept.amount, kept.booked_on) != (entry.cents, entry.booked_on):
            self._findings.add(
                entry.key,
                "This bank entry was imported before with other contents: then {before}, now"
                " {now}.",
                "What is in the tracker is not overwritten. Ask the bank for a new statement.",
                before=Money(kept.amount),
                now=Money(entry.cents),
            )
