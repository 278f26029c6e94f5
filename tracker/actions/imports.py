"""Bringing in files: each whole or not at all, in any order, and twice without harm."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from tracker.actions.files import ATTEMPTS, BooksMovedError, FileIn, judge, keep
from tracker.actions.tables import TablesIn
from tracker.domain.errors import FileRefused, Finding, RuleViolation, Sentence
from tracker.domain.imports import FileKind, ImportOutcome
from tracker.domain.intakes import RECORDS, Choice, check_choice, check_expected
from tracker.readers import kinds
from tracker.store import books, imports, intakes
from tracker.store.projects import the_project
from tracker.store.session import transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.intakes import Change, Preview
    from tracker.domain.money import Money

    Progress: TypeAlias = Callable[[str, int, int], None]
    Confirm: TypeAlias = Callable[[str, Preview], None]

NONE: frozenset[str] = frozenset()


def bring_in(
    session: Session,
    files: Sequence[tuple[str, Path]],
    *,
    by: Actor,
    progress: Progress = lambda _name, _done, _whole: None,
    choice: Choice | None = None,
    expected: Money | None = None,
    profile: str = "",
) -> list[ImportOutcome | FileRefused]:
    """Bring in files by the name that people know them by; a refused one stops no other.

    Shape:  one answer per file, in the order given. ``progress`` is told the file, the lines
            done and the lines in all. Without a choice, warnings are kept with the file, and
            nothing is kept of a file that changes lines.
    Errors: ``NotFoundError`` where no programme has been set up, or for an unknown profile.
    """
    the_project(session)

    def confirm(name: str, preview: Preview) -> None:
        if choice:
            check_choice(preview, expected, choice)
        else:
            _check_plain(name, preview, expected)

    found: list[ImportOutcome | FileRefused] = []
    for name, path in files:
        try:
            with _refusing(name):
                found.append(
                    _bring_in(
                        session, name, path, by, progress, choice or Choice(), confirm, profile
                    )
                )
        except FileRefused as refusal:
            found.append(refusal)
    return found


def rehearse(
    session: Session, name: str, path: Path, *, by: Actor, profile: str = ""
) -> Preview | FileRefused:
    """Say what bringing a file in would do, and keep nothing.

    Errors: ``NotFoundError`` where no programme has been set up, or for an unknown profile.
    """
    the_project(session)
    try:
        with _refusing(name):
            file = _file_in(session, name, path, profile)
            _, coming = judge(session, file, lambda _done, _whole: None, leave_out=NONE, by=by)
    except FileRefused as refusal:
        return refusal
    return coming.preview()


@contextmanager
def _refusing(name: str) -> Iterator[None]:
    """Turn what the rules do not allow into the refusal of a file."""
    try:
        yield
    except RuleViolation as refusal:
        findings = [Finding("", refusal.message, refusal.hint)]
        raise FileRefused(name, findings) from refusal


def _file_in(session: Session, name: str, path: Path, profile: str) -> FileIn:
    kind = kinds.kind_of(path, name)
    is_table = kind is FileKind.TABLE
    return FileIn(
        name, path, kind, TablesIn(session, path, name).source_known(profile) if is_table else None
    )


def _bring_in(
    session: Session,
    name: str,
    path: Path,
    by: Actor,
    progress: Progress,
    choice: Choice,
    confirm: Confirm,
    profile: str,
) -> ImportOutcome:
    sha256 = imports.hash_of(path)
    session.rollback()
    if again := imports.known_before(session, name, sha256):
        return again
    file = _file_in(session, name, path, profile)
    for _ in range(ATTEMPTS):
        state, coming = judge(session, file, lambda done, whole: progress(name, done, whole),
                              leave_out=frozenset(choice.leave_out), by=by)  # fmt: skip
        confirm(name, coming.preview())
        with transaction(session):
            imports.lock(session)  # the same file, brought in twice at the same moment
            if again := imports.known_before(session, name, sha256):
                return again
            if books.state_of(session) == state:
                outcome = keep(session, file, sha256, coming, choice, by=by)
                intakes.add_kept(session, outcome, path, at=datetime.now(UTC))
                return outcome
    raise BooksMovedError(name)


def _check_plain(name: str, preview: Preview, expected: Money | None) -> None:
    """Refuse what nobody decided about: lines that changed, and a table with another total.

    Errors: ``FileRefused``; ``RuleViolation``.
    """
    if preview.needs_expected:
        check_expected(preview, expected)
    if preview.changed:
        is_record = preview.table in RECORDS
        raise FileRefused(
            name, [_of_record(each) if is_record else _of_line(each) for each in preview.changes]
        )


def _of_record(change: Change) -> Finding:
    return Finding(
        change.key,
        Sentence("This row says something else than the tracker."),
        Sentence("Look at the changes, and apply them with a reason."),
    )


def _of_line(change: Change) -> Finding:
    return Finding(
        change.key,
        Sentence(
            "This line was imported before with other contents: then {before}, now {now}.",
            {"before": change.before, "now": change.now or 0},
        ),
        Sentence(
            "What is in the tracker is not overwritten. Book a correction in the ledger, export"
            " the file again, or look at the changes and apply them."
        ),
    )
