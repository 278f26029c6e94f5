"""Books on their way in, from files of any kind: what is new, known, changed, late or suspicious.

In here: everything that has been judged already, line by line. Not in here: which line is a cost
of the project; the imports of each kind of file judge that.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from tracker.actions.coming_book import ComingBook
from tracker.domain.allocations import ChargeKind
from tracker.domain.costs import Exclusion, Origin
from tracker.domain.errors import Finding, Sentence
from tracker.domain.intakes import CHANGES_MAX, SUSPICIONS_MAX, Change, Preview
from tracker.domain.money import Money
from tracker.domain.reporting_periods import PeriodState, counting_day
from tracker.readers.findings import Findings
from tracker.store import books, charging, commitments, rebooking, suspicions
from tracker.store.imports import add_book, book_named
from tracker.store.ledgers import note_doubles
from tracker.store.reporting_periods import periods_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from sqlalchemy.orm import Session

    from tracker.domain.imports import FileKind
    from tracker.domain.intakes import Suspicion
    from tracker.store.books import Line
    from tracker.store.imports import BookRow


class Deed(NamedTuple):
    """By which import lines are kept: who does it, and what was decided about changes."""

    import_id: int
    by: str
    reason: str = ""
    applies_changes: bool = False


class ComingBooks:
    """All books of one file on their way, and what can be said of them together."""

    def __init__(
        self, session: Session, project_id: int, file_name: str, leave_out: AbstractSet[str]
    ) -> None:
        self.session = session
        self.findings = Findings(file_name)
        self.books: list[ComingBook] = []
        self.leave_out = leave_out
        # Read without a lock: what closes in the meantime is seen before anything is kept.
        periods = periods_of(session, project_id)
        self.closed = [each.period for each in periods if each.state is PeriodState.CLOSED]
        self.changes: list[Change] = []
        self.suspicions: list[Suspicion] = []
        self.suspicious = 0
        self.left_out_lines = self.left_out_cents = 0
        self.cost_lines = self.cost_cents = 0
        self.excluded_lines: Counter[str] = Counter()
        self.excluded_cents: Counter[str] = Counter()
        self.late: Counter[date] = Counter()
        self._project_id = project_id
        self._counted: dict[str, str | None] = {}

    def book(self, origin: Origin, company: str, year: int, *, is_whole: bool) -> ComingBook:
        """Begin a book; what it held before is read."""
        book = ComingBook(self.session, origin, company, year, is_whole=is_whole)
        self.books.append(book)
        return book

    def take(self, book: ComingBook, lines: Sequence[Line]) -> bool:
        """Take the lines of one entry in; tell whether any of them is new."""
        for line in lines:
            if books.ENDING in line.row[2]:
                self._refuse_ending(line.row)
        if self.leave_out and self._is_left_out(book, lines):
            return False
        new = lines if book.is_new else book.compare(lines)
        for line in new:
            self._add(book, line)
        return bool(new)

    def _is_left_out(self, book: ComingBook, lines: Sequence[Line]) -> bool:
        key = f"{lines[0].row[0]} {lines[0].row[1]}"
        keys = {key} if book.is_whole else {key, f"{key}/{lines[0].row[2]}"}
        if not keys & self.leave_out:
            return False
        costs = [line.row[5] for line in lines if line.is_cost]
        self.left_out_lines += len(lines)
        self.left_out_cents += sum(costs)
        return True

    def _add(self, book: ComingBook, line: Line) -> None:
        row = line.row
        if not line.is_cost:
            self.excluded_lines[row[5]] += 1
            self.excluded_cents[row[5]] += row[4]
        else:
            self.cost_lines += 1
            self.cost_cents += row[5]
            if self.closed and (counted_on := self._counted_on(row[3])):
                more = line.more or books.NOTHING_MORE
                line = line._replace(more=(counted_on, *more[1:]))
        book.staged.add(line)

    def _refuse_ending(self, row: tuple[object, ...]) -> None:
        self.findings.add(
            f"{row[0]} {row[1]}/{row[2]}",
            "The line number “{value}” holds a “~”, which the tracker keeps for itself.",
            "Number the lines without it.",
            value=str(row[2])[:80],
        )

    def _counted_on(self, day: str) -> str | None:
        """Give the day on which a late line counts; nothing for one that is in time."""
        if day not in self._counted:
            own = date.fromisoformat(day)
            counts = counting_day(own, self.closed)
            self._counted[day] = None if counts == own else counts.isoformat()
        counted_on = self._counted[day]
        if counted_on:
            self.late[date.fromisoformat(counted_on)] += 1
        return counted_on

    def finish(self) -> None:
        """Judge what only the whole file shows.

        Errors: ``FileRefused`` with everything that was found wrong.
        """
        self.findings.check()
        for book in self.books:
            for change in book.weigh(self.session, self.closed):
                if len(self.changes) < CHANGES_MAX:
                    self.changes.append(change)
            if book.origin is not Origin.IN_KIND:  # hours have no invoice to be known by
                self._suspect_costs(book)

    def _suspect_costs(self, book: ComingBook) -> None:
        staged, key = book.staged, book.book_id
        for suspicion in suspicions.of_costs(self.session, key, staged, is_whole=book.is_whole):
            self.suspect(suspicion)

    def suspect(self, suspicion: Suspicion) -> None:
        """Note something that may be in the tracker already."""
        self.suspicious += 1
        if len(self.suspicions) < SUSPICIONS_MAX:
            self.suspicions.append(suspicion)

    @property
    def new(self) -> int:
        """How many lines are new."""
        return sum(book.staged.count for book in self.books)

    @property
    def same(self) -> int:
        """How many lines were kept before and say the same."""
        return sum(book.same for book in self.books)

    @property
    def changed(self) -> int:
        """How many lines were kept before and say something else."""
        return sum(book.changed for book in self.books)

    @property
    def settled(self) -> int:
        """How many of the changes are never applied."""
        return sum(book.settled for book in self.books)

    @property
    def missing(self) -> int:
        """How many lines were kept before and did not come again."""
        return sum(book.missing for book in self.books)

    def totals(self) -> tuple[tuple[Sentence, int | Money], ...]:
        """Tell what is new, in the order in which it is told."""
        found: list[tuple[Sentence, int | Money]] = [
            (Sentence("New cost lines"), self.cost_lines),
            (Sentence("Amount of the new cost lines"), Money(self.cost_cents)),
        ]
        for reason in Exclusion:
            if self.excluded_lines[reason]:
                found += [
                    (LINES_EXCLUDED[reason], self.excluded_lines[reason]),
                    (AMOUNT_EXCLUDED[reason], Money(self.excluded_cents[reason])),
                ]
        if self.left_out_lines:
            found += [
                (Sentence("Lines left out as suspicious"), self.left_out_lines),
                (Sentence("Cost that was left out"), Money(self.left_out_cents)),
            ]
        return tuple(found)

    def warnings(self) -> tuple[Finding, ...]:
        """What deserves a look, but is no reason to refuse the file."""
        late = [
            Finding(
                "",
                Sentence(
                    "Cost lines incurred in closed periods: {count}. They count on {day}.",
                    {"count": count, "day": day},
                ),
                Sentence("Reports over the closed periods stay as they are."),
            )
            for day, count in sorted(self.late.items())
        ]
        return (*late, *(_of_missing(book) for book in self.books if book.missing))

    def preview(self, kind: FileKind, *, days: Iterable[date], **told: Any) -> Preview:
        """Say what keeping the file would do; ``told`` is what only its own kind knows."""
        found = list(days)
        return Preview(
            kind=kind,
            first_day=min(found, default=None),
            last_day=max(found, default=None),
            new=self.new,
            changed=self.changed,
            same=self.same,
            missing=self.missing,
            suspicious=self.suspicious,
            settled=self.settled,
            cost_lines=self.cost_lines,
            amount=Money(self.cost_cents),
            late=sum(self.late.values()),
            late_on=min(self.late, default=None),
            changes=tuple(self.changes),
            suspicions=tuple(self.suspicions),
            **told,
        )

    def keep(self, deed: Deed) -> None:
        """Keep everything, in the transaction that goes on."""
        for book in self.books:
            row = self._row_of(book, deed)
            book.staged.insert(self.session, self._project_id, row.id, deed.import_id)
            row.line_count += book.staged.count
            row.debit += book.staged.debit
            row.credit += book.staged.credit
        if deed.applies_changes:
            self._apply(deed)
        note_doubles(self.session)
        self.session.flush()

    def _row_of(self, book: ComingBook, deed: Deed) -> BookRow:
        row = book_named(self.session, book.origin, book.company, book.year)
        return row or add_book(self.session, book.origin, book.company, book.year, deed.import_id)

    def _apply(self, deed: Deed) -> None:
        """Take the lines that changed back, and put the new ones in their place."""
        if self.changed == self.settled:
            return
        commitments.lock_room(self.session, self._project_id)
        now = datetime.now(UTC)
        charge_id = charging.add_charge(
            self.session, now, deed.by, ChargeKind.CORRECTION, deed.reason
        )
        of = rebooking.Deed(deed.import_id, charge_id, deed.reason, deed.by, now, self.closed)
        for book in self.books:
            row = self._row_of(book, deed)
            for each in book.rebookings(self.session):
                if not each.is_settled:
                    rebooking.rebook(self.session, row, self._project_id, each, of)


def _of_missing(book: ComingBook) -> Finding:
    return Finding(
        "",
        Sentence(
            "{count} lines of {year} that were imported before are not in this file.",
            {"count": book.missing, "year": str(book.year)},
        ),
        Sentence("They are kept. Check that the export covers the whole year."),
    )


LINES_EXCLUDED = {
    Exclusion.NOT_A_COST: Sentence("Lines that are no costs"),
    Exclusion.OTHER_PROJECT: Sentence("Lines of other projects, or of none"),
    Exclusion.INELIGIBLE_ACCOUNT: Sentence("Lines on ineligible accounts"),
}
AMOUNT_EXCLUDED = {
    Exclusion.NOT_A_COST: Sentence("Amount that is no costs"),
    Exclusion.OTHER_PROJECT: Sentence("Amount of other projects, or of none"),
    Exclusion.INELIGIBLE_ACCOUNT: Sentence("Amount on ineligible accounts"),
}
