"""What became of a file that was brought in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tracker.domain.money import Money

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.domain.errors import Finding, Sentence


class FileKind(StrEnum):
    """What a file turned out to be."""

    LEDGER = "ledger"
    BANK = "bank"
    IN_KIND = "in_kind"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What an import did with one file; also what is remembered of it.

    Shape:  ``totals`` are figures by name, ready to be shown in order, such as the cost lines,
            the lines excluded by reason, and the file's own control totals.
            ``already_imported`` says that these very bytes had been brought in before.
            ``accepted`` says why warnings were accepted, changes applied or lines left out.
    """

    file_name: str
    kind: FileKind
    new: int
    same: int
    already_imported: bool
    totals: tuple[tuple[Sentence, int | Money], ...]
    warnings: tuple[Finding, ...] = ()
    imported_at: datetime | None = None
    imported_by: str = ""
    sha256: str = ""
    id: int = 0
    accepted: str = ""


@dataclass(frozen=True, slots=True)
class ChargeOutcome:
    """What one run of the split rules did."""

    lines: int
    charged: Money
    left: tuple[tuple[str, int, Money], ...]  # reason, shares, amount

    @property
    def left_total(self) -> Money:
        """What stays unallocated."""
        return Money.total(amount for _, _, amount in self.left)
