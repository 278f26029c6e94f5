"""Digests: what somebody is told, in their own words, as text and as HTML."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import make_msgid
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from flask import g, render_template

from tracker import mail
from tracker.actions import reminders
from tracker.config import SettingsError
from tracker.domain.reminders import Step
from tracker.store.deadlines import deadlines_on
from tracker.store.people import people_of
from tracker.store.projects import named_projects
from tracker.store.reminders import digest_for
from tracker.store.scope import over_all
from tracker.web.clock import at_office, today
from tracker.web.deadlines import address_of
from tracker.web.language import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date
    from email.message import EmailMessage

    from flask import Flask
    from sqlalchemy.orm import Session

    from tracker.actions.reminders import Outcome
    from tracker.config import MailServer, Settings
    from tracker.domain.actor import Actor
    from tracker.domain.deadlines import Due
    from tracker.domain.reminders import Line
    from tracker.store.reminders import Digest


class Told(NamedTuple):
    """A line of a digest: the deadline, its days, and the whole address to see to it."""

    due: Due
    days_left: int
    address: str


def by_step(
    lines: Iterable[Line], day: date, projects: Mapping[int, str] | None = None
) -> dict[Step, list[Told]]:
    """Put the lines of a digest under their steps, in their order.

    Shape:  ``projects`` are the codes that addresses name, where there are several projects.
    """
    codes = projects or {}
    return {
        step: [
            Told(
                line.due,
                line.due.days_left(day),
                address_of(line.due, codes.get(line.due.project_id, ""), is_whole=True),
            )
            for line in of
        ]
        for step, of in groupby(lines, key=lambda line: line.step)
    }


def in_words(digest: Digest, day: date, projects: Mapping[int, str]) -> tuple[str, str, str]:
    """Say a digest in the reader's language: the subject, the text and the HTML."""
    facts = {
        "name": digest.person.name,
        "steps": by_step(digest.lines, day, projects),
        "doubted": at_office(digest.doubted).date() if digest.doubted else None,
    }
    late = sum(line.step in (Step.OVERDUE, Step.ESCALATED) for line in digest.lines)
    count = len(digest.lines)
    subject = plural(
        count,
        "Funding: {count} deadline, {late} late",
        "Funding: {count} deadlines, {late} late",
        late=late,
    )
    text = render_template("mail/digest.txt", **facts)
    return subject, text, render_template("mail/digest.html", **facts)


@dataclass(frozen=True, slots=True)
class MailPost:
    """Writes digests outside any request, and hands them to the mail server."""

    app: Flask
    url: str
    server: MailServer
    day: date
    projects: Mapping[int, str]

    def write(self, digest: Digest) -> EmailMessage:
        """Write a digest as a message in the language of who reads it.

        Errors: ``MailNotSentError`` for an address to which no mail can go.
        """
        to = (digest.person.name, digest.person.email)
        said = spoken(self.app, self.url, digest, self.day, self.projects)
        message_id = make_msgid(domain=urlsplit(self.url).hostname)
        return mail.written(self.server, to, said, message_id, datetime.now(UTC))

    def send(self, message: EmailMessage) -> None:
        """Hand a message over.

        Errors: ``MailNotSentError``; ``MailUncertainError``.
        """
        mail.send(self.server, message)


def spoken(
    app: Flask, url: str, digest: Digest, day: date, projects: Mapping[int, str]
) -> tuple[str, str, str]:
    """Say a digest where there is no request: addresses begin with the ``url`` of the tracker."""
    with app.test_request_context(base_url=url):
        g.language = digest.person.language
        return in_words(digest, day, projects)


class Reminding:
    """A run over everybody: who is told what today, and telling them."""

    def __init__(self, app: Flask, settings: Settings, session: Session) -> None:
        self._app, self._settings, self._session = app, settings, session
        with app.test_request_context(base_url=settings.url):
            self._today = today()
        with over_all(session):
            self._dues = deadlines_on(session, self._today)
        known = named_projects(session)
        self._projects = {one.id: one.code for one in known} if len(known) > 1 else {}

    def rehearse(self) -> Iterator[tuple[str, tuple[str, str, str]]]:
        """Give the digest of each, by e-mail address, and write nothing down."""
        now = datetime.now(UTC)
        for person in people_of(self._session):
            digest = digest_for(self._session, person, self._dues, today=self._today, now=now)
            if digest:
                url, day = self._settings.url, self._today
                yield person.email, spoken(self._app, url, digest, day, self._projects)

    def carry_out(self, *, by: Actor) -> list[Outcome]:
        """Send everybody their digest, and tell what became of each.

        Errors: ``SettingsError`` without a mail server.
        """
        if self._settings.mail is None:
            raise SettingsError("No mail server is set up, so nothing was sent.")
        url, day = self._settings.url, self._today
        post = MailPost(self._app, url, self._settings.mail, day, self._projects)
        return reminders.remind(self._session, self._dues, post, today=day, by=by)
