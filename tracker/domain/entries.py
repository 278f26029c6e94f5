"""Cost lines as they are entered in the tracker, and where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date

BY_HAND: Final = "HAND"
CORRECTION: Final = "CORR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a cost line says, by the ids of what it points at.

    Units:  cents; ``amount`` is the net price and the VAT that cannot be deducted, ``vat`` all
            VAT on the document, ``ineligible`` the part that no funder may be asked for.
    """

    incurred_on: date
    amount: int
    category_id: int
    work_package_id: int | None
    cost_centre: str
    account: str
    supplier: str
    document: str
    invoice: str
    description: str
    booked_on: date | None = None
    paid_on: date | None = None
    vat: int = 0
    vat_deductible: int = 0
    ineligible: int = 0
    ineligible_for: str = ""
    person: str = ""
    milestone_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Why a cost line was made in the tracker.

    Shape:  ``counted_on`` is the day of the period to count it in, if that is not the one in
            which it was incurred; ``charge_id`` the deed that judges it, if the rules do not.
    """

    journal: str
    counted_on: date | None = None
    corrects_id: int | None = None
    reverses_id: int | None = None
    charge_id: int | None = None
