"""Mailing funders that a report was issued, or withdrawn: once, and if they wish it.

A mail is written down before it is sent, so that nothing is sent twice, whatever breaks. What the
server surely did not take is taken back and sent again. Where nobody knows, it is not sent again:
the page of issued reports says the same.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from tracker.actions.jobs import Process
from tracker.actions.reminders import Fate
from tracker.config import MailServer
from tracker.mail import MailNotSentError, MailUncertainError
from tracker.store import audit, reminders, report_mails
from tracker.store.people import people_of
from tracker.store.report_mails import BEGUN, DOUBTED, SENT, TAKEN_BACK, of_mails
from tracker.store.session import transaction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.errors import Sentence
    from tracker.store.people import Person
    from tracker.store.report_mails import News


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the mail to somebody, and why where it was not sent."""

    person: Person
    count: int
    fate: Fate
    why: Sentence | None = None


class Post(Protocol):
    """Writes mails about reports and hands them to the server."""

    def write(self, person: Person, news: Sequence[News]) -> Any:
        """Write a mail in the words of who reads it."""

    def send(self, message: Any) -> None:
        """Hand it over.

        Errors: ``MailNotSentError``; ``MailUncertainError``.
        """


class Round:
    """A round of mails in a process of its own, so that no deed waits for a mail server."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def begin(self) -> None:
        """Begin it, where there is a mail server.

        Shape:  a machine that has no room for it now leaves the mails to the next round.
        """
        if MailServer.from_env() is not None:
            with suppress(OSError):
                Process(["mail"], lambda _session, _code: None).start(self._session)


def tell(session: Session, post: Post, *, by: Actor) -> list[Outcome]:
    """Mail the viewers of funders who wish it what was issued or withdrawn and is new to them."""
    news = report_mails.news_on(session, datetime.now(UTC))
    waiting = [one for one in people_of(session) if report_mails.news_for(session, one, news)]
    found = [_tell(session, person, post, by) for person in waiting]
    return [outcome for outcome in found if outcome]


def _tell(session: Session, person: Person, post: Post, by: Actor) -> Outcome | None:
    with transaction(session):
        reminders.hold_person(session, person.id)
        # Read anew: what was withdrawn meanwhile is not told as if it stood.
        news = report_mails.news_on(session, datetime.now(UTC))
        own = report_mails.news_for(session, person, news)
        if not own:
            return None
        try:
            message = post.write(person, own)
        except MailNotSentError as error:
            return Outcome(person, len(own), Fate.REFUSED, error.message)
        _record(session, person, BEGUN, own, by)
    try:
        post.send(message)
    except MailNotSentError as error:
        _note(session, person, TAKEN_BACK, own, by)
        return Outcome(person, len(own), Fate.REFUSED, error.message)
    except MailUncertainError as error:
        _note(session, person, DOUBTED, own, by)
        return Outcome(person, len(own), Fate.UNCERTAIN, error.message)
    _note(session, person, SENT, own, by)
    return Outcome(person, len(own), Fate.SENT)


def _note(session: Session, person: Person, did: str, news: Sequence[News], by: Actor) -> None:
    with transaction(session):
        _record(session, person, did, news, by)


def _record(session: Session, person: Person, did: str, news: Sequence[News], by: Actor) -> None:
    detail = {"email": person.email, "reports": [one.key for one in news]}
    audit.record(session, by=by, did=did, subject=of_mails(person.id), detail=detail)
