"""The invariants of the database, each as a query that finds what breaks it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from tracker.domain.errors import Sentence
from tracker.store import audit, flat_rates, verification
from tracker.store.scope import over_all

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Invariant:
    """Something that must hold; ``offenders`` selects the rows for which it does not."""

    name: Sentence
    offenders: str


COMMITTED = "('awarded', 'determined', 'settled', 'closed')"


def _newest(column: str) -> str:
    """Choose what the newest confirmed amendment says that says anything of it."""
    return f"""(SELECT a.{column} FROM amendment a WHERE a.commitment_id = commitment.id
      AND a.verdict = 'confirmed' AND a.{column} IS NOT NULL
      ORDER BY a.decided_on DESC, a.number DESC LIMIT 1)"""  # noqa: S608 - our own names


INVARIANTS = (
    Invariant(
        Sentence("No cost line is charged for more than itself."),
        """
        SELECT line.id FROM cost_line line
        JOIN (SELECT cost_line_id, SUM(amount) AS paid FROM allocation GROUP BY cost_line_id) sums
          ON sums.cost_line_id = line.id
        WHERE (line.amount >= 0 AND (sums.paid < 0 OR sums.paid > line.amount))
           OR (line.amount < 0 AND (sums.paid > 0 OR sums.paid < line.amount))
        """,
    ),
    Invariant(
        Sentence("Charged and not charged add up to the cost line."),
        """
        SELECT line.id FROM cost_line line JOIN (
          SELECT cost_line_id, SUM(amount) AS judged FROM (
            SELECT cost_line_id, amount FROM allocation
            UNION ALL SELECT cost_line_id, amount FROM unallocated) parts
          GROUP BY cost_line_id) sums ON sums.cost_line_id = line.id
        WHERE sums.judged <> line.amount
        """,
    ),
    Invariant(
        Sentence("Every cost line up to the last charge has been judged."),
        """
        SELECT line.id FROM cost_line line
        WHERE line.amount <> 0
          AND (line.id <= (SELECT MAX(last_line) FROM charge
                           WHERE charge.project_id = line.project_id)
               OR line.charge_id IS NOT NULL)
          AND NOT EXISTS (SELECT 1 FROM allocation WHERE cost_line_id = line.id)
          AND NOT EXISTS (SELECT 1 FROM unallocated WHERE cost_line_id = line.id)
        """,
    ),
    Invariant(
        Sentence("No commitment is charged for more than was committed."),
        """
        SELECT commitment.code FROM commitment
        WHERE (SELECT COALESCE(SUM(amount), 0) FROM allocation
               WHERE commitment_id = commitment.id)
            > (SELECT COALESCE(SUM(amount), 0) FROM amendment
               WHERE commitment_id = commitment.id AND verdict = 'confirmed')
        """,
    ),
    Invariant(
        Sentence("The balance of every commitment is the sum of its amendments and its charges."),
        """
        SELECT commitment.code FROM commitment
        LEFT JOIN commitment_balance balance ON balance.commitment_id = commitment.id
        WHERE balance.commitment_id IS NULL
           OR balance.committed <> (SELECT COALESCE(SUM(amount), 0) FROM amendment
                                    WHERE commitment_id = commitment.id
                                      AND verdict = 'confirmed')
           OR balance.charged <> (SELECT COALESCE(SUM(amount), 0) FROM allocation
                                  WHERE commitment_id = commitment.id)
        """,
    ),
    Invariant(
        Sentence("Only commitments that bind are charged, for costs within their period."),
        f"""
        SELECT allocation.id FROM allocation
        JOIN cost_line line ON line.id = allocation.cost_line_id
        JOIN commitment ON commitment.id = allocation.commitment_id
        WHERE commitment.status NOT IN {COMMITTED}
           OR line.incurred_on < commitment.first_day OR line.incurred_on > commitment.last_day
        """,  # noqa: S608 - a constant of this module
    ),
    Invariant(
        Sentence("A commitment pays for the categories that it allows only."),
        """
        SELECT allocation.id FROM allocation
        JOIN cost_line line ON line.id = allocation.cost_line_id
        LEFT JOIN commitment_category allowed
          ON allowed.commitment_id = allocation.commitment_id
         AND allowed.category_id = line.category_id
        WHERE allowed.category_id IS NULL
        """,
    ),
    Invariant(
        Sentence("Every book still holds the lines, debit and credit that it was brought in with."),
        """
        SELECT book.fiscal_year, book.company FROM book LEFT JOIN (
          SELECT book_id, COUNT(*) AS line_count,
            SUM(CASE WHEN amount >= 0 THEN amount ELSE 0 END) AS debit,
            SUM(CASE WHEN amount < 0 THEN -amount ELSE 0 END) AS credit
          FROM (SELECT book_id, amount FROM cost_line
                UNION ALL SELECT book_id, amount FROM excluded_line) lines
          GROUP BY book_id) kept ON kept.book_id = book.id
        WHERE COALESCE(kept.line_count, 0) <> book.line_count
           OR COALESCE(kept.debit, 0) <> book.debit OR COALESCE(kept.credit, 0) <> book.credit
        """,
    ),
    Invariant(
        Sentence("Debit and credit of every ledger are equal."),
        "SELECT fiscal_year, company FROM book WHERE origin = 'ledger' AND debit <> credit",
    ),
    Invariant(
        Sentence("No line is both a cost line and excluded."),
        """
        SELECT line.id FROM cost_line line JOIN excluded_line other
          ON other.book_id = line.book_id AND other.journal = line.journal
         AND other.transaction_number = line.transaction_number
         AND other.line_number = line.line_number
        """,
    ),
    Invariant(
        Sentence("No bank entry is received for more than itself, or on another day."),
        """
        SELECT entry.id FROM bank_entry entry JOIN receipt ON receipt.bank_entry_id = entry.id
        GROUP BY entry.id, entry.amount, entry.booked_on
        HAVING SUM(receipt.amount) < 0 OR SUM(receipt.amount) > entry.amount
            OR MIN(receipt.received_on) <> entry.booked_on
            OR MAX(receipt.received_on) <> entry.booked_on
        """,
    ),
    Invariant(
        Sentence("What undoes a receipt takes back exactly what that brought."),
        """
        SELECT undoing.id FROM receipt undoing JOIN receipt undone ON undone.id = undoing.undoes_id
        WHERE undoing.amount <> -undone.amount OR undoing.commitment_id <> undone.commitment_id
           OR COALESCE(undoing.instalment_id, 0) <> COALESCE(undone.instalment_id, 0)
        """,
    ),
    Invariant(
        Sentence("Every commitment is what its confirmed amendments say."),
        f"""
        SELECT commitment.code FROM commitment
        WHERE commitment.status <> COALESCE({_newest("status")}, 'draft')
           OR commitment.first_day <> COALESCE({_newest("first_day")}, commitment.first_day)
           OR commitment.last_day <> COALESCE({_newest("last_day")}, commitment.last_day)
           OR COALESCE(commitment.share, -1) <> COALESCE({_newest("share")}, -1)
        """,  # noqa: S608 - our own names
    ),
    Invariant(
        Sentence("What takes a cost line back is its opposite, and so is what became of it."),
        """
        SELECT back.id FROM cost_line back JOIN cost_line line ON line.id = back.reverses_id
        LEFT JOIN (
          SELECT COALESCE(pair.reverses_id, pair.id) AS line_id, SUM(paid.amount) AS charged
          FROM allocation paid JOIN cost_line pair ON pair.id = paid.cost_line_id
          WHERE pair.reverses_id IS NOT NULL
             OR pair.id IN (SELECT reverses_id FROM cost_line WHERE reverses_id IS NOT NULL)
          GROUP BY COALESCE(pair.reverses_id, pair.id), paid.commitment_id
          HAVING SUM(paid.amount) <> 0) astray ON astray.line_id = line.id
        WHERE back.amount <> -line.amount OR back.category_id <> line.category_id
           OR back.book_id <> line.book_id AND back.import_id IS NOT NULL
           OR astray.line_id IS NOT NULL
        """,
    ),
    Invariant(
        Sentence("Of an asset whose depreciation counts, the price is charged to nobody."),
        """
        SELECT written_off.cost_line_id FROM depreciation written_off
        JOIN (SELECT cost_line_id, SUM(amount) AS paid FROM allocation GROUP BY cost_line_id) sums
          ON sums.cost_line_id = written_off.asset_line_id
        WHERE sums.paid <> 0
        """,
    ),
    Invariant(
        Sentence("What a commitment pays is a cost of its own project."),
        """
        SELECT allocation.id FROM allocation
        JOIN cost_line line ON line.id = allocation.cost_line_id
        JOIN commitment ON commitment.id = allocation.commitment_id
        WHERE line.project_id <> commitment.project_id
        """,
    ),
    Invariant(
        Sentence("Nobody confirmed what they entered."),
        """
        SELECT id FROM amendment
        WHERE verdict = 'confirmed' AND (confirmed_by IS NULL OR confirmed_by = entered_by)
        """,
    ),
)


def broken(session: Session) -> list[tuple[Sentence, list[str]]]:
    """List the invariants that do not hold, each with the first rows that break it."""
    found = []
    for invariant in INVARIANTS:
        rows = session.execute(text(f"{invariant.offenders} LIMIT 10")).all()
        if rows:
            found.append((invariant.name, [" ".join(map(str, row)) for row in rows]))
    with over_all(session):
        codes = flat_rates.offenders(session)
    if codes:
        name = Sentence("Charges and the overhead on them fit, and no cost is funded twice.")
        found.append((name, codes[:10]))
    found += _of_files(session)
    if seals := audit.broken_seals(session):
        name = Sentence("Nobody has changed, removed or added entries of the audit trail.")
        found.append((name, [str(seq) for seq in seals[:10]]))
    return found


def _of_files(session: Session) -> list[tuple[Sentence, list[str]]]:
    """List what does not hold of files that are kept: their bytes are hashed once more."""
    hashes, found = verification.hashes_of(session), []
    if changed := verification.changed_documents(session, hashes):
        name = Sentence("Every document is, byte for byte, what was handed in.")
        found.append((name, changed[:10]))
    if changed := verification.changed_issues(session, hashes):
        name = Sentence("Every issued report has the files that the audit trail saw go out.")
        found.append((name, changed[:10]))
    return found
