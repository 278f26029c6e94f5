"""What is wrong in a file, gathered so that all of it is said at once.

Not in here: what may be wrong. Each reader knows that of its own format.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from tracker.domain.errors import FileRefused, Finding, Sentence

if TYPE_CHECKING:
    from tracker.domain.errors import Fact

    Said: TypeAlias = tuple[str, str, tuple[tuple[str, Fact], ...]]

# Said by more than one reader, and so in one place.
EXPORT_ANEW = "Export the file anew from the software that made it, and import it unchanged."
AT_BANK = "Download the statement anew from the bank, and import it unchanged."
NOT_A_DAY = "“{value}” is not a date, such as 2023-12-31."
NOT_AN_AMOUNT = "“{value}” is not an amount in euros and cents, such as 1250.00."

NAMED_MAX = 100
PLACES_MAX = 12


class Findings:
    """The findings in one file, in the order in which they came up.

    Shape:  what is said of several places is said once, with the list of places. After
            ``NAMED_MAX`` different findings the rest is only counted.
    """

    def __init__(self, file_name: str) -> None:
        self._file_name = file_name
        self._places: dict[Said, list[str]] = {}
        self._places_more: dict[Said, int] = {}
        self._more = 0

    def __bool__(self) -> bool:
        return bool(self._places)

    def add(self, place: str, message: str, remedy: str = "", **facts: Fact) -> None:
        """Note what is wrong at a place, and what to do about it."""
        said = (message, remedy, tuple(facts.items()))
        if said not in self._places and len(self._places) >= NAMED_MAX:
            self._more += 1
            return
        places = self._places.setdefault(said, [])
        if place in places:
            return
        if len(places) < PLACES_MAX:
            places.append(place)
        else:
            self._places_more[said] = self._places_more.get(said, 0) + 1

    def clear(self) -> None:
        """Forget everything."""
        self._places.clear()
        self._places_more.clear()
        self._more = 0

    def listed(self) -> tuple[Finding, ...]:
        """Give the findings, merged and counted."""
        findings = [
            Finding(
                _joined(places, self._places_more.get(said, 0)),
                Sentence(said[0], dict(said[2])),
                Sentence(said[1], dict(said[2])),
            )
            for said, places in self._places.items()
        ]
        if self._more:
            rest = Sentence("Further findings that are not listed: {count}.", {"count": self._more})
            findings.append(Finding("", rest))
        return tuple(findings)

    def check(self) -> None:
        """Refuse the file if anything is wrong with it.

        Errors: ``FileRefused``.
        """
        if self:
            raise FileRefused(self._file_name, self.listed())


def refusal(
    file_name: str, place: str, message: str, remedy: str = "", **facts: Fact
) -> FileRefused:
    """Make the refusal of a file in which one thing is wrong that leaves nothing to read."""
    findings = Findings(file_name)
    findings.add(place, message, remedy, **facts)
    return FileRefused(file_name, findings.listed())


def _joined(places: list[str], more: int) -> str:
    joined = ", ".join(filter(None, places))
    return f"{joined} (+{more})" if more else joined
