"""Reminding people of what is due: what each wishes, the secret of a calendar, and the digests.

A line is written down before it is sent, so that nothing is sent twice, whatever breaks. What the
server surely did not take is taken back and sent again. Where nobody knows, because a run was cut
off or the server did not answer, the next digest says that the one before may not have arrived.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Protocol

from tracker.domain.errors import RuleViolation
from tracker.mail import MailNotSentError, MailUncertainError
from tracker.store import audit, reminders
from tracker.store.people import people_of
from tracker.store.reminders import BEGUN, DOUBTED, SENT, TAKEN_BACK, of_reminders
from tracker.store.session import transaction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.deadlines import Due
    from tracker.domain.errors import Sentence
    from tracker.domain.reminders import Wish
    from tracker.store.people import Person
    from tracker.store.reminders import Digest

SECRET_MIN: Final = 43
"""Letters of a secret of 256 bits, as ``secrets.token_urlsafe(32)`` writes it."""


class Fate(StrEnum):
    """What became of a digest."""

    SENT = "sent"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of somebody's digest, and why where it was not sent."""

    digest: Digest
    fate: Fate
    why: Sentence | None = None


class Post(Protocol):
    """Writes digests and hands them to the server."""

    def write(self, digest: Digest) -> Any:
        """Write a digest in the words of who reads it."""

    def send(self, message: Any) -> None:
        """Hand it over.

        Errors: ``MailNotSentError``; ``MailUncertainError``.
        """


def choose(session: Session, person_id: int, wish: Wish, *, by: Actor) -> None:
    """Keep what somebody wants to be reminded of.

    Errors: ``NotFoundError``.
    """
    with transaction(session):
        reader = reminders.reader_numbered(session, person_id)
        before = reminders.wish_of(session, reader)
        if before != wish or not reminders.has_chosen(session, person_id):
            reminders.keep_wish(session, reader, wish)
            _record(session, person_id, "choose reminders", by)


def open_feed(session: Session, person_id: int, secret: str, *, by: Actor) -> None:
    """Give somebody a calendar at a secret address; the one before, if any, is closed.

    Errors: ``NotFoundError``; ``RuleViolation`` for a secret that could be guessed.
    """
    if len(secret) < SECRET_MIN:
        raise RuleViolation(
            "A secret of {length} characters could be guessed.",
            "Take at least {least} random ones.",
            length=len(secret),
            least=SECRET_MIN,
        )
    with transaction(session):
        reader = reminders.reader_numbered(session, person_id)
        reminders.keep_feed(session, reader, secret)
        _record(session, person_id, "open feed", by)


def close_feed(session: Session, person_id: int, *, by: Actor) -> None:
    """Close somebody's calendar: its address opens nothing any more.

    Errors: ``NotFoundError``.
    """
    with transaction(session):
        reader = reminders.reader_numbered(session, person_id)
        if reminders.has_feed(session, person_id):
            reminders.keep_feed(session, reader, "")
            _record(session, person_id, "close feed", by)


def remind(
    session: Session, dues: Sequence[Due], post: Post, *, today: date, by: Actor
) -> list[Outcome]:
    """Send everybody who wishes it a digest of what they were not told yet."""
    found = (_remind(session, person, dues, post, today, by) for person in people_of(session))
    return [outcome for outcome in found if outcome]


def _remind(
    session: Session, person: Person, dues: Sequence[Due], post: Post, today: date, by: Actor
) -> Outcome | None:
    # Written down and kept before a byte is sent: whatever breaks, no line is sent twice.
    with transaction(session):
        reminders.hold_person(session, person.id)
        now = datetime.now(UTC)
        digest = reminders.digest_for(session, person, dues, today=today, now=now)
        if digest is None:
            return None
        try:
            message = post.write(digest)
        except MailNotSentError as error:
            return Outcome(digest, Fate.REFUSED, error.message)
        reminders.note_told(session, person.id, digest.lines, now)
        _record(session, person.id, BEGUN, by, {"lines": len(digest.lines)})
    try:
        post.send(message)
    except MailNotSentError as error:
        with transaction(session):
            reminders.note_refused(session, person.id, digest.lines, datetime.now(UTC))
            _record(session, person.id, TAKEN_BACK, by, {"lines": len(digest.lines)})
        return Outcome(digest, Fate.REFUSED, error.message)
    except MailUncertainError as error:
        _note(session, person.id, DOUBTED, by)
        return Outcome(digest, Fate.UNCERTAIN, error.message)
    _note(session, person.id, SENT, by)
    return Outcome(digest, Fate.SENT)


def _note(session: Session, person_id: int, did: str, by: Actor) -> None:
    with transaction(session):
        _record(session, person_id, did, by)


def _record(
    session: Session, person_id: int, did: str, by: Actor, detail: dict[str, Any] | None = None
) -> None:
    audit.record(session, by=by, did=did, subject=of_reminders(person_id), detail=detail)
