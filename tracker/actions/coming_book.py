"""One book on its way: each line beside what the book held before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.domain.intakes import Change
from tracker.domain.money import Money
from tracker.domain.reporting_periods import counting_day
from tracker.store import books, rebooking
from tracker.store.imports import book_named
from tracker.store.staging import StagedRows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from tracker.domain.costs import Origin
    from tracker.domain.periods import Period
    from tracker.store.books import Line
    from tracker.store.rebooking import Rebooking


class ComingBook:
    """One book on its way: each line is put beside what the book held before.

    Shape:  ``is_whole`` says that an entry comes with all of its lines, as ledgers give it; an
            entry with a change is then taken back and replaced as a whole, or left as it is.
    """

    def __init__(
        self, session: Session, origin: Origin, company: str, year: int, *, is_whole: bool
    ) -> None:
        self.origin, self.company, self.year = origin, company, year
        self.is_whole = is_whole
        row = book_named(session, origin, company, year)
        self.book_id = row.id if row else 0
        self.known = books.known_lines(session, row.id) if row else books.KnownLines()
        self.staged = books.StagedBook()
        self.changes = StagedRows()
        self.changed = self.settled = self.same = self._taken_back = 0
        self.is_new = not self.known

    @property
    def missing(self) -> int:
        """How many lines that were kept did not come again."""
        if not self.is_whole:
            return 0  # an export may be of a part of the year
        return max(0, len(self.known.contents) - self.same - self._taken_back)

    def compare(self, lines: Sequence[Line]) -> list[Line]:
        """Tell the lines of one entry that are new; note those that changed."""
        found = [(line, self._state(line)) for line in lines]
        states = {state for _, state in found}
        self.same += sum(state == "same" for _, state in found)
        if "changed" not in states:
            return [self._numbered(line) for line, state in found if state == "new"]
        for line, state in found:
            if not self.is_whole and state != "changed":
                continue
            parts = None if state == "same" else (line.is_cost, line.row, line.more)
            self.changes.add((*line.row[:3], parts))
        if self.is_whole:
            return []
        return [self._numbered(line) for line, state in found if state == "new"]

    def _state(self, line: Line) -> str:
        kept = self.known.contents.get(books.key_of_row(line.row))
        if kept is None:
            return "new"
        return "same" if kept == books.content_of(line) else "changed"

    def _numbered(self, line: Line) -> Line:
        """Give a line that was taken back, and comes again, a number of its own."""
        if not self.known.endings:
            return line
        ending = self.known.endings.get(books.key_of_row(line.row))
        if ending is None:
            return line
        journal, number, line_number, *rest = line.row
        numbered = f"{line_number}{books.ENDING}{ending + 1}"
        return line._replace(row=(journal, number, numbered, *rest))

    def rebookings(self, session: Session) -> Iterator[Rebooking]:
        """Put the lines that changed beside those that are kept."""
        if self.changes:
            yield from rebooking.rebookings(
                session, self.book_id, self.changes, is_whole=self.is_whole
            )

    def weigh(self, session: Session, closed: Sequence[Period]) -> Iterator[Change]:
        """Count the changes, and tell each."""
        for each in self.rebookings(session):
            self.changed += 1
            self.settled += each.is_settled
            self._taken_back += each.old is not None
            yield self._change(each, closed)

    def _change(self, each: Rebooking, closed: Sequence[Period]) -> Change:
        """Say of one line what it was and what it is now."""
        own = each.counts_on
        day = counting_day(own, closed) if own else None
        now = None if each.new is None else each.new.cents
        return Change(
            key=f"{self.year} {each.journal} {each.number}/{each.line_number}",
            before=Money(each.old.amount if each.old else 0),
            now=None if now is None else Money(now),
            fields=rebooking.fields_changed(each),
            is_closed=day != own,
            counts_on=day if day != own else None,
            is_settled=each.is_settled,
        )
