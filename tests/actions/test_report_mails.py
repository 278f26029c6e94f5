"""Funders are mailed what was issued or withdrawn: their own, once, and if they wish it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.actions.issued import ANOTHERS, NEWEST, OTHER, WITHDRAWN, withdraw
from tracker.actions import people, reminders, report_mails
from tracker.actions.reminders import Fate
from tracker.domain.people import NewPerson
from tracker.domain.policy import Role
from tracker.domain.reminders import Rhythm, Wish
from tracker.mail import MailNotSentError, MailUncertainError
from tracker.store.commitments import commitment_named
from tracker.store.people import people_of
from tracker.store.report_mails import news_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from tracker.store.people import Person
    from tracker.store.report_mails import News


class Post:
    """A post office that remembers, and breaks on demand."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, list[str]]] = []
        self.breaks: list[Exception] = []

    def write(self, person: Person, news: Sequence[News]) -> tuple[str, list[str]]:
        return person.name, [one.key for one in news]

    def send(self, message: Any) -> None:
        if self.breaks:
            raise self.breaks.pop()
        self.sent.append(message)


@pytest.fixture
def post(reported: Session) -> Post:
    """Let in the viewers of both funders, and an auditor."""
    for name, code in (("Nora", "NGF-1"), ("Piet", "PZH-1")):
        let_in(reported, name, Role.FUNDER_VIEWER, commitment_named(reported, code).funder_id)
    let_in(reported, "Ada", Role.AUDITOR, None)
    return Post()


def let_in(session: Session, name: str, role: Role, funder: int | None) -> None:
    session.rollback()
    email = f"{name.lower()}@example.org"
    people.add(session, NewPerson(email, name, role, "correct horse battery", funder), by=OTHER)


def wish(session: Session, name: str, rhythm: Rhythm) -> None:
    person = next(one for one in people_of(session) if one.name == name)
    session.rollback()
    reminders.choose(session, person.id, Wish(rhythm), by=OTHER)


def test_each_is_told_once_of_what_is_its_own(reported: Session, post: Post) -> None:
    outcomes = report_mails.tell(reported, post, by=OTHER)
    assert post.sent == [
        ("Nora", [f"withdrawn/{WITHDRAWN}", f"issued/{NEWEST}"]),
        ("Piet", [f"issued/{ANOTHERS}"]),
    ]
    assert {one.fate for one in outcomes} == {Fate.SENT}
    assert report_mails.tell(reported, post, by=OTHER) == []
    withdraw(reported, ANOTHERS)
    report_mails.tell(reported, post, by=OTHER)
    assert post.sent[2:] == [("Piet", [f"withdrawn/{ANOTHERS}"])]


def test_who_never_wants_mail_gets_none_and_weekly_is_told_all_the_same(
    reported: Session, post: Post
) -> None:
    wish(reported, "Nora", Rhythm.NEVER)
    wish(reported, "Piet", Rhythm.WEEKLY)
    report_mails.tell(reported, post, by=OTHER)
    assert [name for name, _ in post.sent] == ["Piet"]


def test_what_the_server_refused_is_sent_again_and_what_may_have_arrived_is_not(
    reported: Session, post: Post
) -> None:
    post.breaks = [MailUncertainError("lost"), MailNotSentError("busy")]  # the last one first
    fates = [one.fate for one in report_mails.tell(reported, post, by=OTHER)]
    assert fates == [Fate.REFUSED, Fate.UNCERTAIN]
    assert post.sent == []
    report_mails.tell(reported, post, by=OTHER)
    assert [name for name, _ in post.sent] == ["Nora"]
    assert report_mails.tell(reported, post, by=OTHER) == []


def test_what_is_older_than_two_weeks_is_no_news(reported: Session) -> None:
    assert len(news_on(reported, datetime.now(UTC))) == 3
    assert news_on(reported, datetime.now(UTC) + timedelta(days=15)) == []
