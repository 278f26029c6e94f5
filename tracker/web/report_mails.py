"""Mails about reports: what was issued or withdrawn, in the reader's words, as text and as HTML."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import make_msgid
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from flask import g, render_template, url_for

from tracker import mail
from tracker.actions import report_mails
from tracker.config import SettingsError
from tracker.store.people import people_of
from tracker.store.projects import named_projects
from tracker.store.report_mails import news_for, news_on
from tracker.web.language import plural
from tracker.web.portal import title_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from email.message import EmailMessage

    from flask import Flask
    from sqlalchemy.orm import Session

    from tracker.actions.report_mails import Outcome
    from tracker.config import MailServer, Settings
    from tracker.domain.actor import Actor
    from tracker.domain.funder_reports import FunderReport, IssuedReport
    from tracker.store.people import Person
    from tracker.store.report_mails import News


class Told(NamedTuple):
    """A line of a mail: an issued version, and the whole address of its page."""

    report: FunderReport
    issued: IssuedReport
    title: str
    address: str


def spoken(
    app: Flask, url: str, person: Person, news: Sequence[News], projects: Mapping[int, str]
) -> tuple[str, str, str]:
    """Say a mail in the language of who reads it: the subject, the text and the HTML."""
    with app.test_request_context(base_url=url):
        g.language = person.language
        facts = {"name": person.name, "told": [_told(one, projects) for one in news]}
        subject = plural(
            len(news), "Funding: {count} report for you", "Funding: {count} reports for you"
        )
        text = render_template("mail/reports.txt", **facts)
        return subject, text, render_template("mail/reports.html", **facts)


def _told(news: News, projects: Mapping[int, str]) -> Told:
    project = projects.get(news.report.project_id)
    address = url_for("issued.show", key=news.issued.id, project=project, _external=True)
    return Told(news.report, news.issued, title_of(news.report.kind), address)


@dataclass(frozen=True, slots=True)
class MailPost:
    """Writes mails about reports outside any request, and hands them to the mail server."""

    app: Flask
    url: str
    server: MailServer
    projects: Mapping[int, str]

    def write(self, person: Person, news: Sequence[News]) -> EmailMessage:
        """Write a message in the language of who reads it.

        Errors: ``MailNotSentError`` for an address to which no mail can go.
        """
        said = spoken(self.app, self.url, person, news, self.projects)
        message_id = make_msgid(domain=urlsplit(self.url).hostname)
        return mail.written(
            self.server, (person.name, person.email), said, message_id, datetime.now(UTC)
        )

    def send(self, message: EmailMessage) -> None:
        """Hand a message over.

        Errors: ``MailNotSentError``; ``MailUncertainError``.
        """
        mail.send(self.server, message)


class Telling:
    """A run over the viewers of all funders: who is told of which reports, and telling them."""

    def __init__(self, app: Flask, settings: Settings, session: Session) -> None:
        self._app, self._settings, self._session = app, settings, session
        known = named_projects(session)
        self._projects = {one.id: one.code for one in known} if len(known) > 1 else {}

    def rehearse(self) -> Iterator[tuple[str, tuple[str, str, str]]]:
        """Give the mail to each, by e-mail address, and write nothing down."""
        news = news_on(self._session, datetime.now(UTC))
        for person in people_of(self._session):
            if own := news_for(self._session, person, news):
                url = self._settings.url
                yield person.email, spoken(self._app, url, person, own, self._projects)

    def carry_out(self, *, by: Actor) -> list[Outcome]:
        """Send everybody their mail, and tell what became of each.

        Errors: ``SettingsError`` without a mail server.
        """
        if self._settings.mail is None:
            raise SettingsError("No mail server is set up, so nothing was sent.")
        post = MailPost(self._app, self._settings.url, self._settings.mail, self._projects)
        return report_mails.tell(self._session, post, by=by)
