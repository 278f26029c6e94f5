"""Split rules: which funders share a cost, told by what the cost is and when it was incurred."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from tracker.domain.allocations import Share


@dataclass(frozen=True, slots=True)
class SplitRule:
    """A rule for the costs that fit all that it names; of several, the first that fits counts.

    Shape:  what it does not name is ``None`` or ``""``, and any will do. ``supplier`` fits
            whatever the case of its letters. Both days are included.
    """

    id: int
    position: int
    name: str
    shares: tuple[Share, ...]
    is_in_kind: bool = False
    work_package_id: int | None = None
    category_id: int | None = None
    account: str = ""
    supplier: str = ""
    first_day: date | None = None
    last_day: date | None = None
