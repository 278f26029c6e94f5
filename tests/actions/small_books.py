"""Very small ledgers of the programme that tests load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.readers.writing import Auditfile, tr_line, transaction

if TYPE_CHECKING:
    from pathlib import Path


def small_books(folder: Path, *, year: int, entries: int = 12, booked_twice: int = 0) -> Path:
    """A ledger in which every entry is a cost of the project and what is owed for it.

    The first invoices may be booked twice: at the end, as if they were others.
    """
    body, invoices = "", [*range(1, entries + 1), *range(1, booked_twice + 1)]
    for number, invoice in enumerate(invoices, 1):
        day, amount = f"{year}-{invoice % 12 + 1:02}-15", f"{invoice * 100}.{invoice:02}"
        of = {"effDate": day, "custSupID": "C1", "invRef": f"F-{year}-{invoice}"}
        package = f"WP{number % 5 + 1}"
        body += transaction(
            tr_line(1, "D", amount, accID="4100", costID=package, projID="NECST", **of),
            tr_line(2, "C", amount, accID="1600", **of),
            nr=number,
            booked=day,
        )
    cents = sum(invoice * 10_000 + invoice for invoice in invoices)
    total = f"{cents // 100}.{cents % 100:02}"
    book = Auditfile(
        body=body,
        lines=len(invoices) * 2,
        debit=total,
        credit=total,
        year=year,
        first=f"{year}-01-01",
        last=f"{year}-12-31",
    )
    path = folder / f"small-{year}.xaf"
    book.written(folder).rename(path)
    return path
