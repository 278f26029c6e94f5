"""Bank statements for tests, written as a bank writes them and brought in as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from tests.actions.programme import OFFICER
from tests.readers.writing import Statement, entry
from tracker.actions import imports
from tracker.domain.imports import ImportOutcome
from tracker.store.receipts import BankEntryRow, ReceiptRow

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

NGF, NGF_IBAN = "NGF-RMXB-2021-07", "NL91ABNA0417164300"
PZH, PZH_IBAN = "PZH-2020-749321", "NL20INGB0001234567"
STRANGER = "NL69INGB0123456789"


def coming(
    amount: str, text: str = "", iban: str = STRANGER, *, day: str = "2023-03-01", key: str = "K1"
) -> str:
    """An entry by which money comes in."""
    party = f"<RltdPties><Dbtr><Nm>Payer</Nm></Dbtr>{_account('Dbtr', iban)}</RltdPties>"
    return entry(amount, details=_details(party, text), day=day, reference=key)


def going_back(
    amount: str, text: str = "", iban: str = STRANGER, *, day: str = "2023-03-05", key: str = "K2"
) -> str:
    """An entry by which the bank takes back what came in."""
    party = f"<RltdPties><Dbtr><Nm>Payer</Nm></Dbtr>{_account('Dbtr', iban)}</RltdPties>"
    return entry(
        amount,
        "DBIT",
        _details(party, text),
        more="<RvslInd>true</RvslInd>",
        day=day,
        reference=key,
    )


def bring_in(session: Session, folder: Path, *entries: str, number: str = "T1") -> ImportOutcome:
    """Bring in a statement with these entries, which must not be refused."""
    path = Statement("".join(entries), number=number).written(folder)
    (outcome,) = imports.bring_in(session, [(f"{number}.xml", path)], by=OFFICER)
    assert isinstance(outcome, ImportOutcome), getattr(outcome, "findings", "")
    return outcome


def entry_id(session: Session, key: str = "K1") -> int:
    """The row of the entry with this reference of the bank."""
    return session.scalars(
        select(BankEntryRow.id).where(BankEntryRow.key.contains(f"/{key}/"))
    ).one()


def matched(session: Session, key: str = "K1") -> int:
    """What of an entry is matched, in cents."""
    found = session.scalar(
        select(func.coalesce(func.sum(ReceiptRow.amount), 0)).where(
            ReceiptRow.bank_entry_id == entry_id(session, key)
        )
    )
    session.rollback()
    return int(found or 0)


def _account(party: str, iban: str) -> str:
    return f"<{party}Acct><Id><IBAN>{iban}</IBAN></Id></{party}Acct>"


def _details(parties: str, text: str) -> str:
    return f"<TxDtls>{parties}<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls>"
