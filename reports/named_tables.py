"""The tables of a workbook: lines that formulas, and other programs, find by a name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from reports.model import LongSection, Report, Section

HEADING_MAX: Final = 255  # signs
_NOT_IN_A_NAME: Final = re.compile(r"[^A-Za-z0-9_]")
_NEEDS_CARE: Final = re.compile(r"['#@\[\]]")
_TOO_HARD: Final = re.compile(r"[\r\n\t]|^\s|\s$|_x")


@dataclass(frozen=True, slots=True)
class NamedTable:
    """A table of a workbook: its name, its cells with the head, and its headings."""

    name: str
    area: str
    headings: tuple[str, ...]

    def column(self, at: int) -> str:
        """Name the cells of a column, without its head, as formulas do."""
        heading = _NEEDS_CARE.sub(r"'\g<0>", self.headings[at])
        return f"{self.name}[{heading}]"


def table_of(
    section: Section | LongSection, report: Report, area: str, headings: tuple[str, ...]
) -> NamedTable | None:
    """Give the table of a section's lines, under a name that is the same in every language.

    Shape:  ``statement_lines``, which is never like the address of a cell because of its
            underscore. ``None`` where the headings are not such as a table can have: all
            different, none empty, none too long.
    """
    different = {heading.casefold() for heading in headings}
    if len(different) < len(headings) or not all(map(_fits, headings)):
        return None
    return NamedTable(_NOT_IN_A_NAME.sub("_", f"{report.slug}_{section.key}"), area, headings)


def _fits(heading: str) -> bool:
    return 0 < len(heading) <= HEADING_MAX and not _TOO_HARD.search(heading)
