"""Files on their way in: handed in, read, looked at, and kept whole or not at all."""

# long: the values of one concept, each of them short

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from tracker.domain.errors import Code, RuleViolation, Sentence
from tracker.domain.imports import FileKind
from tracker.domain.money import ZERO, Money
from tracker.domain.policy import Permission, is_allowed
from tracker.domain.table_columns import TableKind

if TYPE_CHECKING:
    from datetime import date, datetime

    from tracker.domain.actor import Actor
    from tracker.domain.errors import CellFinding, Fact, Finding
    from tracker.domain.mappings import Mapping

CHANGES_MAX: Final = 200  # changed lines that are shown one by one
VERSIONS: Final = frozenset({TableKind.BUDGETS, TableKind.FORECASTS})
"""The tables that make a new version, which has a reason."""

PLANS: Final = frozenset({TableKind.FORECASTS, TableKind.MILESTONES})
"""The tables that whoever plans may bring in; the others are the finance officers'."""

RECORDS: Final = frozenset({TableKind.MILESTONES, TableKind.COMMITMENTS, *VERSIONS})
"""The tables of which each row says all of one thing, and no row is a line of the books."""

SUSPICIONS_MAX: Final = 500
SAMPLE_ROWS: Final = 24  # of a table, for somebody to say what its columns are
SILENCE: Final = timedelta(seconds=60)
"""How long a job may say nothing before it is taken for dead."""


class IntakeState(StrEnum):
    """Where a file stands."""

    WAITING = "waiting"  # for its job to begin
    READING = "reading"
    MAPPING = "mapping"  # for a person to say what its columns are
    READY = "ready"  # for a person to look at what would happen
    KEEPING = "keeping"
    KEPT = "kept"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    STOPPED = "stopped"  # its job ended without a word; it can begin anew


_S = IntakeState
LADDER: Final = {
    (_S.WAITING, _S.READING): "begin",
    (_S.READING, _S.MAPPING): "ask for columns",
    (_S.READING, _S.READY): "preview",
    (_S.READING, _S.REFUSED): "refuse",
    (_S.READING, _S.STOPPED): "stop",
    (_S.WAITING, _S.STOPPED): "stop",
    (_S.KEEPING, _S.STOPPED): "stop",
    (_S.MAPPING, _S.WAITING): "choose columns",
    (_S.READY, _S.WAITING): "look again",
    (_S.REFUSED, _S.WAITING): "look again",
    (_S.STOPPED, _S.WAITING): "look again",
    (_S.CANCELLED, _S.WAITING): "look again",
    (_S.READY, _S.KEEPING): "confirm",
    (_S.KEEPING, _S.KEPT): "import",
    (_S.KEEPING, _S.READY): "preview",  # what the tracker holds changed in the meantime
    (_S.KEEPING, _S.REFUSED): "refuse",
    **{(state, _S.CANCELLED): "cancel" for state in set(_S) - {_S.KEPT, _S.CANCELLED}},
}
"""What leads from one state to another; nothing else does."""

AT_WORK: Final = frozenset({_S.WAITING, _S.READING, _S.KEEPING})
"""The states in which a job is at work on the file, or is about to be."""

ON_ITS_WAY: Final = frozenset(set(IntakeState) - {_S.KEPT, _S.CANCELLED})
"""The states in which somebody still has something to expect or to do."""


def check_move(now: IntakeState, then: IntakeState) -> str:
    """Give the deed that leads from one state to another.

    Errors: ``RuleViolation`` where none does.
    """
    if deed := LADDER.get((now, then)):
        return deed
    raise RuleViolation(
        "The file is {state}; that cannot be done with it now.",
        "Look at the file again.",
        state=Code(f"intake_{now}"),
    )


class SheetSample(NamedTuple):
    """The first rows of a table, as they are written, for somebody to say what stands there.

    Shape:  ``rows`` are row numbers with their cells as text; ``heading_row`` is the guess.
    """

    sheet: str
    heading_row: int
    rows: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class TableLook:
    """What a file with tables shows before anybody has said what its columns are.

    Shape:  ``encodings`` are those in which the text can be read, the one in use first.
    """

    tables: tuple[SheetSample, ...]
    encodings: tuple[str, ...] = ()
    delimiter: str = ""
    warnings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Control:
    """A figure of the file's own, or of the office, beside what was found.

    Units:  an amount, or a number of lines; hours of a table of hours are written as an amount
            of hundredths.
    """

    name: Sentence
    stated: int | Money
    found: int | Money

    @property
    def holds(self) -> bool:
        """Whether the two are the same."""
        return self.stated == self.found


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One thing that a line says otherwise than it did. ``name`` is a code of ``FIELDS``."""

    name: str
    before: Fact
    now: Fact


@dataclass(frozen=True, slots=True)
class Change:
    """A line that was imported before and says something else now.

    Shape:  ``now`` is nothing where the line is gone from its entry. ``is_closed`` tells that the
            period of the old line is closed: it keeps what it had, and the difference counts on
            ``counts_on``. A line that a correction took back is settled: it stays as it is.
    """

    key: str
    before: Money
    now: Money | None
    fields: tuple[FieldChange, ...] = ()
    is_closed: bool = False
    counts_on: date | None = None
    is_settled: bool = False


class SuspicionKind(StrEnum):
    """Why a new line may be one too many."""

    BOOKED_TWICE = "booked_twice"  # same supplier, invoice number, date and amounts
    TWO_BOOKS = "two_books"  # same date, amount and invoice or document in another book
    BY_HAND = "by_hand"  # the same, entered by hand in the tracker
    CHARGED = "charged"  # the same, and charged to a funder already


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A new line, or a new entry, that may be in the tracker already.

    Shape:  ``key`` is what ``Choice.leave_out`` names; ``other_key`` is the ledger key of what it
            resembles, and ``other_line_id`` its cost line where it is one.
    """

    key: str
    kind: SuspicionKind
    amount: Money
    incurred_on: date
    supplier: str
    invoice: str
    other_key: str
    other_line_id: int | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What bringing a file in would do: nothing of it has been done.

    Shape:  ``totals`` are figures by name, in the order of telling; ``controls`` stand beside the
            file's own. ``findings`` say why the file cannot be kept; ``cells`` are the same by
            cell, for the workbook that goes back. Of ``changes`` and ``suspicions`` the first are
            listed, ``changed`` and ``suspicious`` count them all; ``settled`` counts those changes
            that are never applied. ``missing`` were imported before and are not in the file.
    """

    kind: FileKind
    table: TableKind | None = None
    company: str = ""
    first_day: date | None = None
    last_day: date | None = None
    new: int = 0
    changed: int = 0
    same: int = 0
    missing: int = 0
    suspicious: int = 0
    settled: int = 0
    cost_lines: int = 0
    amount: Money = ZERO
    late: int = 0
    late_on: date | None = None
    total: Money | None = None
    totals: tuple[tuple[Sentence, int | Money], ...] = ()
    controls: tuple[Control, ...] = ()
    findings: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    cells: tuple[CellFinding, ...] = field(default=(), compare=False)
    changes: tuple[Change, ...] = ()
    suspicions: tuple[Suspicion, ...] = ()

    @property
    def needs_expected(self) -> bool:
        """Whether the office says beforehand what the file adds up to: tables have no seal.

        Shape:  milestones do not add up to anything.
        """
        return self.kind is FileKind.TABLE and self.table is not TableKind.MILESTONES

    @property
    def needs_reason(self) -> bool:
        """Whether keeping the file takes a reason."""
        is_version = self.table in VERSIONS and self.new
        return bool(self.warnings or self.changed or self.suspicious or is_version)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person decides who has looked at a preview.

    Shape:  ``reason`` says why warnings are accepted, and why changes are applied or are not.
            ``leave_out`` holds keys of suspicions whose lines are not kept.
    """

    reason: str = ""
    apply_changes: bool = False
    leave_out: tuple[str, ...] = ()


def check_choice(preview: Preview, expected: Money | None, choice: Choice) -> None:
    """Refuse to keep what was not fully looked at.

    Errors: ``RuleViolation`` on ``expected``, ``reason`` or ``leave_out``.
    """
    if preview.findings:
        raise RuleViolation(
            "{count} findings keep this file from being imported.",
            "Correct the file, and hand it in again.",
            count=len(preview.findings),
        )
    if preview.needs_expected:
        check_expected(preview, expected)
    if preview.needs_reason and not choice.reason.strip():
        raise _no_reason(preview)
    known = {suspicion.key for suspicion in preview.suspicions}
    if unknown := [key for key in choice.leave_out if key not in known]:
        raise RuleViolation(
            "“{key}” is not among the suspicious lines of this file.",
            "Look at the preview again.",
            field="leave_out",
            key=unknown[0][:80],
        )


def _no_reason(preview: Preview) -> RuleViolation:
    """Say that a reason is missing, and for what."""
    if preview.table is TableKind.BUDGETS:
        return RuleViolation(
            "A version has a reason.", "Say why the budget changes.", field="reason"
        )
    if preview.table is TableKind.FORECASTS:
        return RuleViolation(
            "A version of the forecast has a reason.",
            "Say what it is made of, or what changed.",
            field="reason",
        )
    return RuleViolation(
        "{warnings} warnings, {changed} changed lines and {suspicious} suspicious ones are"
        " accepted without a reason.",
        "Say why they are in order.",
        field="reason",
        warnings=len(preview.warnings),
        changed=preview.changed,
        suspicious=preview.suspicious,
    )


def check_expected(preview: Preview, expected: Money | None) -> None:
    """Compare what a table adds up to with what the office expects.

    Errors: ``RuleViolation`` on ``expected``, with both figures.
    """
    found = preview.total or ZERO
    if expected is None:
        raise RuleViolation(
            "A table has no total of its own that can be trusted.",
            "Enter the total that the office expects, from the software that made the export.",
            field="expected",
        )
    if expected != found and preview.table is TableKind.HOURS:
        raise RuleViolation(
            "The file holds {found} hours; {expected} were expected.",
            "Check the total, or export the file again with all of its lines.",
            field="expected",
            found=_hours(found),
            expected=_hours(expected),
        )
    if expected != found:
        raise RuleViolation(
            "The file adds up to {found}; {expected} was expected, a difference of {difference}.",
            "Check the total, or export the file again with all of its lines.",
            field="expected",
            found=found,
            expected=expected,
            difference=found - expected,
        )


def _hours(hundredths: Money) -> str:
    """Write hours as ``38:30``, the same in every language."""
    minutes = hundredths.cents * 60 // 100
    return f"{minutes // 60}:{minutes % 60:02}"


@dataclass(frozen=True, slots=True)
class Intake:
    """A file that was handed in, as pages show it.

    Shape:  ``look`` is filled while its columns are asked for, ``preview`` when it was read.
            ``version`` counts its changes of state and of what was entered with it.
    """

    id: int
    file_name: str
    sha256: str
    size: int
    asked_by: str
    asked_at: datetime
    state: IntakeState
    kind: FileKind | None = None
    mapping: Mapping | None = None
    expected: Money | None = None
    look: TableLook | None = None
    preview: Preview | None = None
    choice: Choice | None = None
    done: int = 0
    whole: int = 0
    seen_at: datetime | None = None
    import_id: int | None = None
    version: int = 1

    @property
    def table(self) -> TableKind | None:
        """What its table holds, once that is known; nothing for ledgers and statements."""
        if self.preview and self.preview.table:
            return self.preview.table
        return self.mapping.kind if self.mapping else None

    def is_kept_by(self, by: Actor) -> bool:
        """Tell whether somebody may bring it in: who only plans, plans alone."""
        return may_keep(by, self.table)

    def is_seen_to_by(self, by: Actor) -> bool:
        """Tell whether somebody may have it read anew or cancelled: one's own, and all plans."""
        return self.is_kept_by(by) or self.asked_by == by.name

    def is_silent(self, now: datetime) -> bool:
        """Tell whether its job has not said for too long that it is alive."""
        since = self.seen_at or self.asked_at
        return self.state in AT_WORK and now - since > SILENCE


def may_keep(by: Actor, kind: FileKind | TableKind | None) -> bool:
    """Tell whether somebody may bring a kind of file in: who only plans, plans alone."""
    may_plan = is_allowed(by.role, Permission.PLAN)
    plans_only = may_plan and not is_allowed(by.role, Permission.BRING_IN_BOOKS)
    return not plans_only or kind in PLANS


def check_kept_by(by: Actor, file_name: str, kind: FileKind | TableKind | None) -> None:
    """Refuse what is of the books from somebody who only plans.

    Errors: ``RuleViolation`` that says what the file is, and what may be brought in.
    """
    if not may_keep(by, kind):
        raise RuleViolation(
            "{file} is for the books ({kind}); who plans brings in forecasts and milestones.",
            "Give it to a finance officer.",
            file=file_name,
            kind=Code(kind or FileKind.TABLE),
        )


def check_seen_to_by(by: Actor, found: Intake) -> None:
    """Refuse to let somebody who only plans begin or end the work on a file of somebody else.

    Errors: ``RuleViolation``.
    """
    if not found.is_seen_to_by(by):
        raise RuleViolation(
            "{who} handed {file} in, and it holds no forecast and no milestones.",
            "Ask a finance officer to see to it.",
            who=found.asked_by,
            file=found.file_name,
        )


class HandedIn(NamedTuple):
    """What became of handing a file in: its intake, and whether these bytes were kept before."""

    intake_id: int
    is_known: bool


class Profile(NamedTuple):
    """How the exports of a source are read, remembered by their headings."""

    id: int
    name: str
    mapping: Mapping
    entered_by: str
    entered_at: datetime
