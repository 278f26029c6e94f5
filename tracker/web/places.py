"""Places in a file as people look for them: by the headings of their own table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reports.sheets import letters

if TYPE_CHECKING:
    from tracker.domain.intakes import Intake

CELL = re.compile(r"(?<![A-Za-z0-9])([A-Z]{1,3})[1-9][0-9]*(?![A-Za-z0-9!'])")


def headings_at(place: str, intake: Intake | None) -> str:
    """Name the columns that a place lies in, as the file's own headings do.

    Shape:  ``"E4, E7"`` -> ``"Boekingsdatum"``; nothing where no columns were chosen.
    """
    if intake is None or intake.mapping is None:
        return ""
    headings = {letters(at): heading for at, heading in enumerate(intake.mapping.headings)}
    found = (headings.get(column, "") for column in CELL.findall(place))
    return ", ".join(dict.fromkeys(filter(None, found)))
