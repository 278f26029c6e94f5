"""Funders are mailed what was issued or withdrawn: their own, once, and if they wish it."""

from __future__ import annotations

import os
import signal
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.orm import Session

from tests.actions.issued import ANOTHERS, NEWEST, OTHER, WITHDRAWN, withdraw
from tests.conftest import closing_engine
from tracker.actions import people, reminders, report_mails
from tracker.actions.reminders import Fate
from tracker.domain.people import NewPerson
from tracker.domain.policy import Role
from tracker.domain.reminders import Rhythm, Wish
from tracker.domain.report_mails import MailFate
from tracker.mail import MailNotSentError, MailUncertainError
from tracker.store.commitments import commitment_named
from tracker.store.funder_reports import issue_numbered
from tracker.store.people import people_of
from tracker.store.report_mails import mails_about, news_on, readers_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tracker.store.people import Person
    from tracker.store.report_mails import News


class Post:
    """A post office that remembers, and breaks on demand."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, list[str]]] = []
        self.breaks: list[Exception] = []
        self.before: Callable[[], None] = lambda: None

    def write(self, person: Person, news: Sequence[News]) -> tuple[str, list[str]]:
        return person.name, [one.key for one in news]

    def send(self, message: Any) -> None:
        if self.breaks:
            raise self.breaks.pop()
        self.before()
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


def url_of(session: Session) -> str:
    bind: Any = session.get_bind()
    return bind.engine.url.render_as_string(hide_password=False)  # type: ignore[no-any-return]


def fates(session: Session, key: int) -> list[tuple[int, bool, str, MailFate]]:
    report = issue_numbered(session, key)[0]
    found = [
        (one.number, one.is_withdrawal, one.email, one.fate) for one in mails_about(session, report)
    ]
    session.rollback()
    return found


def test_what_is_withdrawn_while_others_are_mailed_is_not_told_as_if_it_stood(
    reported: Session, post: Post
) -> None:
    def once() -> None:
        post.before = lambda: None
        withdraw(reported, ANOTHERS)

    post.before = once
    report_mails.tell(reported, post, by=OTHER)
    assert post.sent[1:] == [("Piet", [f"withdrawn/{ANOTHERS}"])]


def test_those_who_tell_at_once_tell_each_once(reported: Session, post: Post) -> None:
    url = url_of(reported)

    def tell() -> None:
        with closing_engine(url) as engine, Session(engine) as session:
            report_mails.tell(session, post, by=OTHER)

    threads = [threading.Thread(target=tell) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(name for name, _ in post.sent) == ["Nora", "Piet"]


@pytest.mark.parametrize("moment", ["write", "send"])
def test_who_is_killed_before_a_mail_left_leaves_it_to_the_next_and_never_sends_it_twice(
    reported: Session, post: Post, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    url, pid = url_of(reported), os.getpid()

    def killed(*_: object) -> None:
        assert os.getpid() != pid
        os.kill(os.getpid(), signal.SIGKILL)

    reported.rollback()
    reported.close()
    with monkeypatch.context() as patch:
        patch.setattr(Post, moment, killed)
        child = os.fork()
        if not child:
            with closing_engine(url) as engine, Session(engine) as session:
                report_mails.tell(session, post, by=OTHER)
            os._exit(0)
        assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    report_mails.tell(reported, post, by=OTHER)
    told = [name for name, _ in post.sent]
    assert told == (["Nora", "Piet"] if moment == "write" else ["Piet"])
    report_mails.tell(reported, post, by=OTHER)
    assert [name for name, _ in post.sent] == told


def test_the_office_sees_who_was_mailed_where_and_what_became_of_it(
    reported: Session, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    nora, piet = "nora@example.org", "piet@example.org"
    assert fates(reported, NEWEST) == []
    post.breaks = [MailUncertainError("lost"), MailNotSentError("busy")]  # the last one first
    report_mails.tell(reported, post, by=OTHER)
    assert fates(reported, ANOTHERS) == [(1, False, piet, MailFate.UNCERTAIN)]
    assert {fate for *_, fate in fates(reported, NEWEST)} == {MailFate.REFUSED}
    report_mails.tell(reported, post, by=OTHER)
    assert fates(reported, NEWEST) == [
        (2, False, nora, MailFate.SENT),
        (1, True, nora, MailFate.SENT),
    ]
    withdraw(reported, ANOTHERS)
    monkeypatch.setattr(report_mails, "_note", lambda *_: None)  # cut off before it is said
    report_mails.tell(reported, post, by=OTHER)
    assert fates(reported, ANOTHERS)[0] == (1, True, piet, MailFate.BEGUN)
    monkeypatch.setattr("tracker.store.report_mails.AT_WORK", timedelta(0))
    assert fates(reported, ANOTHERS)[0] == (1, True, piet, MailFate.UNCERTAIN)


def test_mailed_are_those_who_sign_in_for_the_funder_and_wish_it(
    reported: Session, post: Post
) -> None:
    assert post.sent == []
    funder = commitment_named(reported, "NGF-1").funder_id
    assert [one.name for one in readers_of(reported, funder)] == ["Nora"]
    wish(reported, "Nora", Rhythm.NEVER)
    assert readers_of(reported, funder) == []
