"""Recognising what funders paid and the bank took back among the entries of statements."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tracker.domain.errors import Finding, Sentence
from tracker.domain.money import Money
from tracker.domain.receipts import (
    TAKEN_BACK,
    BankEntry,
    BankStatement,
    Match,
    Recognised,
    instalment_of,
    is_same_payer,
    is_same_payment,
    match_of,
    quotes,
    takes_back,
)
from tracker.domain.reporting_periods import counting_day
from tracker.readers.findings import Findings
from tracker.store import audit, bank, commitments, instalments, receipts
from tracker.store.commitment_codes import projects_of_commitments
from tracker.store.imports import StatementRow
from tracker.store.receipts import BankEntryRow, ReceiptRow, SetAsideRow
from tracker.store.reporting_periods import closed_periods

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor


class Recognition:
    """The entries of one file: each kept, matched to a commitment, or undone by another.

    An account is the facility's: what comes in on it is of the commitments of all projects.
    """

    def __init__(
        self,
        session: Session,
        statements: list[BankStatement],
        file_name: str,
        import_id: int,
        by: Actor,
    ) -> None:
        self._session = session
        self._statements = statements
        self._file_name = file_name
        self._findings = Findings(file_name)
        self._warnings = Findings(file_name)
        self._import_id = import_id
        self._by = by
        self._codes = {key: code for code, key in bank.hold_commitments(session).items()}
        self._payers = commitments.payers_of(session)
        self._plans = instalments.instalments_by_commitment(session)
        self._by_hand = receipts.receipts_by_hand(session)
        self._reversals = bank.reversals(session)
        self._projects = projects_of_commitments(session)
        self._closed = {key: closed_periods(session, key) for key in {*self._projects.values()}}
        self.new = self.same = 0
        self._recognised: Counter[str] = Counter()
        self._received: defaultdict[int, list[int]] = defaultdict(list)
        self._unmatched = self._taken_back = 0

    def run(self) -> None:
        """Keep what is new, match what came in to commitments, and undo what was taken back.

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
        self._tell()

    def totals(self) -> tuple[tuple[Sentence, int | Money], ...]:
        """What was found, in the order in which it is told."""
        received = sum(sum(amounts) for amounts in self._received.values())
        taken = (Sentence("Taken back by the bank"), Money(self._taken_back))
        return (
            (Sentence("Entries in the file"), sum(s.entry_count for s in self._statements)),
            (Sentence("Opening balance"), Money(sum(s.opening for s in self._statements[:1]))),
            (Sentence("Closing balance"), Money(sum(s.closing for s in self._statements[-1:]))),
            (Sentence("Receipts recognised by reference"), self._recognised["reference"]),
            (Sentence("Receipts recognised by account"), self._recognised["iban"]),
            (Sentence("Received from funders"), Money(received)),
            (Sentence("Other money that came in"), Money(self._unmatched)),
            *((taken,) if self._taken_back else ()),
        )

    def warnings(self) -> tuple[Finding, ...]:
        """What does not tie out in the statements, and what a person must look at."""
        of_statements = (warning for s in self._statements for warning in s.warnings)
        return (*of_statements, *self._warnings.listed())

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
            is_reversal=entry.is_reversal,
        )
        self._session.add(row)
        match = match_of(entry, self._payers)
        if entry.is_reversal and entry.cents < 0:
            self._take_back(entry)
        elif self._was_taken_back(entry):
            self._session.flush()
            self._set_aside(row)
        elif match and not self._is_known_by_hand(entry, match):
            self._session.flush()
            self._receive(row, match)
        else:
            self._unmatched += max(0, entry.cents)

    def _receive(self, row: BankEntryRow, match: Match) -> None:
        self._recognised[match.recognised_by] += 1
        self._received[match.commitment_id].append(row.amount)
        plan = self._plans.get(match.commitment_id, ())
        paid = instalment_of(Money(row.amount), row.booked_on, plan)
        if paid:
            now = replace(paid, received=paid.received + Money(row.amount))
            self._plans[match.commitment_id] = tuple(now if one is paid else one for one in plan)
        self._session.add(
            ReceiptRow(
                bank_entry_id=row.id,
                commitment_id=match.commitment_id,
                received_on=row.booked_on,
                amount=row.amount,
                recognised_by=str(match.recognised_by),
                instalment_id=paid.id if paid else None,
                entered_by=self._by.name,
                counted_on=self._counted_on(match.commitment_id, row.booked_on),
            )
        )

    def _counted_on(self, commitment_id: int, day: date) -> date | None:
        """Give the day on which a receipt counts, where its own period is closed."""
        counts = counting_day(day, self._closed[self._projects[commitment_id]])
        return None if counts == day else counts

    def _is_known_by_hand(self, entry: BankEntry, match: Match) -> bool:
        """Tell whether somebody entered this receipt already, and warn of it."""
        code = self._codes[match.commitment_id]
        for of, receipt in self._by_hand:
            known = (receipt.received_on, receipt.amount)
            if of == code and is_same_payment(known, (entry.booked_on, Money(entry.cents))):
                self._warnings.add(
                    "",
                    "{amount} of {day} is not matched to {code}: a receipt of that amount was"
                    " entered by hand for {other}.",
                    "Match it under Receipts; it may take the place of the receipt by hand.",
                    amount=receipt.amount,
                    day=entry.booked_on,
                    code=code,
                    other=receipt.received_on,
                )
                return True
        return False

    def _was_taken_back(self, entry: BankEntry) -> bool:
        """Tell whether a reversal that was brought in earlier takes this entry back."""
        fitting = [r for r in self._reversals if takes_back(r, entry, self._payers)]
        if not fitting:
            return False
        self._session.flush()
        gone = bank.taken_back(self._session)
        used = [
            row
            for row in bank.entries_amounting_to(self._session, entry.cents)
            if row.id in gone and is_same_payer(bank.entry_of(row), entry, self._payers)
        ]
        return len(fitting) > len(used)

    def _take_back(self, reversal: BankEntry) -> None:
        """Undo the newest receipt that a reversal takes back, or say that there is none."""
        self._reversals.append(reversal)
        self._session.flush()
        gone = bank.are_set_aside(self._session) | bank.taken_back(self._session)
        for row in bank.entries_amounting_to(self._session, -reversal.cents):
            if row.id not in gone and takes_back(reversal, bank.entry_of(row), self._payers):
                self._undo(row, reversal)
                return
        if any(
            quotes(reversal.remittance, payer.reference)
            or reversal.counterparty_iban in payer.ibans
            for payer in self._payers
        ):
            self._warnings.add(
                "",
                "The bank took {amount} back on {day}, and no receipt of that amount is known.",
                "Import the statement that holds the receipt; it is undone then.",
                amount=Money(-reversal.cents),
                day=reversal.booked_on,
            )

    def _undo(self, row: BankEntryRow, reversal: BankEntry) -> None:
        standing = bank.receipts_from(self._session, row.id)
        if not standing:
            self._set_aside(row)
        for receipt in standing:
            self._taken_back += receipt.amount
            undoing = bank.undoing(receipt, Recognised.REVERSED.value, TAKEN_BACK, self._by.name)
            day = receipt.counted_on or receipt.received_on
            undoing.counted_on = self._counted_on(receipt.commitment_id, day)
            self._session.add(undoing)
            audit.record(
                self._session,
                by=self._by,
                did="undo receipt",
                subject=f"commitment/{self._codes[receipt.commitment_id]}/receipts",
                detail={
                    "amount": receipt.amount,
                    "day": str(reversal.booked_on),
                    "reason": TAKEN_BACK,
                },
            )
        self._session.flush()
        self._plans = instalments.instalments_by_commitment(self._session)

    def _set_aside(self, row: BankEntryRow) -> None:
        self._taken_back += row.amount
        self._session.add(
            SetAsideRow(
                bank_entry_id=row.id,
                reason=TAKEN_BACK,
                entered_by=self._by.name,
                entered_at=datetime.now(UTC),
            )
        )

    def _tell(self) -> None:
        """Write into the history of each commitment what came in on it."""
        for key, amounts in self._received.items():
            audit.record(
                self._session,
                by=self._by,
                did="recognise receipts",
                subject=f"commitment/{self._codes[key]}/receipts",
                detail={
                    "file": self._file_name,
                    "receipts": len(amounts),
                    "amount": sum(amounts),
                },
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
