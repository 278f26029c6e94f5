"""Digests reach people once, whatever breaks; and nothing is lost without a word."""

from __future__ import annotations

import random
import secrets
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.actions.programme import OFFICER
from tests.mail_sink import Mood, Sink
from tracker import mail
from tracker.actions import people, reminders
from tracker.actions.reminders import Fate
from tracker.domain.deadlines import DeadlineKind, Due
from tracker.domain.errors import NotFoundError, RuleViolation, Sentence
from tracker.domain.policy import Role
from tracker.domain.reminders import Rhythm, Step, Wish
from tracker.store import audit
from tracker.store import reminders as stored
from tracker.store.people import PersonRow, people_of
from tracker.store.reminders import RemindedRow, digest_for

if TYPE_CHECKING:
    from email.message import EmailMessage

    from sqlalchemy import Engine

    from tracker.config import MailServer
    from tracker.store.reminders import Digest

TODAY = date(2026, 3, 2)  # a Monday
DUES = [
    Due(
        due_on=TODAY + timedelta(days),
        kind=DeadlineKind.COMMITMENT_END,
        subject=f"C-{number}",
        project_id=1,
        what=Sentence(f"C-{number} ends"),
        commitment=f"C-{number}",
        funder_id=9,
    )
    for number, days in enumerate((-20, -1, 2, 10, 25, 90))
]
SECRET = secrets.token_urlsafe(32)


class Killed(BaseException):
    """The power went."""


class Post:
    """Writes the keys of the lines, and hands them to a server; may be cut off."""

    def __init__(self, server: MailServer, kill: str = "") -> None:
        self.server, self.kill = server, kill

    def write(self, digest: Digest) -> EmailMessage:
        if self.kill == "while writing":
            raise Killed
        text = "\n".join(
            [
                *(f"{line.due.line} {line.step}" for line in digest.lines),
                *(["one may have got lost"] if digest.doubted else []),
            ]
        )
        to = (digest.person.name, digest.person.email)
        return mail.written(self.server, to, ("due", text, text), "<1@x.org>", datetime.now(UTC))

    def send(self, message: EmailMessage) -> None:
        if self.kill == "before sending":
            raise Killed
        mail.send(self.server, message)
        if self.kill == "after sending":
            raise Killed


@pytest.fixture
def office(session: Session, monkeypatch: pytest.MonkeyPatch) -> Session:
    """An office of an officer and a director; a run that was cut off was so long ago."""
    monkeypatch.setattr(stored, "AT_WORK", timedelta(0))
    for role in (Role.FINANCE_OFFICER, Role.DIRECTOR, Role.ADMINISTRATOR):
        let_in(session, f"{role}@example.org", role)
    session.commit()
    return session


def let_in(session: Session, email: str, role: Role) -> None:
    """Let somebody in without a password: hashing one takes longer than the rest of a test."""
    session.add(
        PersonRow(
            email=email,
            name=role.value,
            password="",
            role=role.value,
            funder_id=None,
            language="en",
            active=True,
            is_sample=False,
            fs_uniquifier=email,
        )
    )


def run(session: Session, sink: Sink, kill: str = "", day: date = TODAY) -> dict[str, Fate]:
    post = Post(sink.server, kill)
    outcomes = reminders.remind(session, DUES, post, today=day, by=OFFICER)
    return {outcome.digest.person.name: outcome.fate for outcome in outcomes}


def said_in(sink: Sink) -> Counter[tuple[str, str]]:
    """How often each line reached each person."""
    return Counter(
        (str(message["To"]), line)
        for message in sink.taken
        for line in (message.get_body(("plain",)) or message).get_content().split("\r\n")
        if "@" in line
    )


def rows_in(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(RemindedRow)) or 0


def person_id(session: Session, role: Role) -> int:
    found = next(one.id for one in people_of(session) if one.role is role)
    session.rollback()
    return found


def test_everybody_is_told_once_and_a_second_run_sends_nothing(office: Session, sink: Sink) -> None:
    assert run(office, sink) == {"finance_officer": Fate.SENT, "director": Fate.SENT}
    lines = {line for to, line in said_in(sink) if "finance" in to}
    assert {line.rpartition(" ")[2] for line in lines} == {
        "overdue", "in_3_days", "in_14_days", "in_30_days"
    }  # fmt: skip
    assert [line for to, line in said_in(sink) if "director" in to] == [
        "1/commitment_end/C-0@2026-02-10 escalated"
    ]
    assert run(office, sink) == {}
    assert len(sink.taken) == 2


def test_a_line_comes_back_at_its_next_step_only(office: Session, sink: Sink) -> None:
    for days in (0, 1, 11, 12, 21, 22, 25, 26, 40):
        run(office, sink, day=TODAY + timedelta(days))
    told = said_in(sink)
    assert set(told.values()) == {1}
    of_one = [line for to, line in told if "finance" in to and "/C-4@" in line]
    assert sorted(line.rpartition(" ")[2] for line in of_one) == [
        "in_14_days", "in_30_days", "in_3_days", "overdue"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "mood", [Mood.GREETS_NOBODY, Mood.REFUSES_RECIPIENT, Mood.REFUSES_AFTER, Mood.HANGS_UP_BEFORE]
)
def test_what_the_server_refused_is_sent_by_the_next_run(
    office: Session, sink: Sink, mood: Mood
) -> None:
    sink.moods = [mood]
    fates = run(office, sink)
    assert sorted(fates.values()) == [Fate.REFUSED, Fate.SENT]
    told = rows_in(office)
    assert list(run(office, sink).values()) == [Fate.SENT]
    assert rows_in(office) > told
    assert set(said_in(sink).values()) == {1}
    assert len({to for to, _ in said_in(sink)}) == 2
    assert "got lost" not in str(sink.taken[-1])


@pytest.mark.parametrize("mood", [Mood.TAKES_AND_HANGS_UP, Mood.LOSES_AND_HANGS_UP])
def test_of_what_may_have_arrived_the_next_digest_speaks_and_repeats_nothing(
    office: Session, sink: Sink, mood: Mood
) -> None:
    sink.moods = [mood, mood]
    assert set(run(office, sink).values()) == {Fate.UNCERTAIN}
    assert set(run(office, sink).values()) == {Fate.SENT}
    assert all("got lost" in str(message) for message in sink.taken[-2:])
    assert set(said_in(sink).values()) <= {1}
    assert run(office, sink) == {}


@pytest.mark.parametrize(
    ("kill", "taken", "doubts"),
    [("while writing", 0, False), ("before sending", 0, True), ("after sending", 1, True)],
)
def test_a_run_that_is_cut_off_sends_nothing_twice_and_loses_nothing_silently(
    office: Session, sink: Sink, kill: str, taken: int, *, doubts: bool
) -> None:
    with pytest.raises(Killed):
        run(office, sink, kill)
    assert len(sink.taken) == taken
    assert (rows_in(office) > 0) == doubts
    assert set(run(office, sink).values()) == {Fate.SENT}
    assert any("got lost" in str(message) for message in sink.taken) == doubts
    assert set(said_in(sink).values()) == {1}
    assert run(office, sink) == {}


def test_a_doubt_outlives_a_server_that_refuses(office: Session, sink: Sink) -> None:
    with pytest.raises(Killed):
        run(office, sink, "before sending")
    for _ in range(3):
        sink.moods = [Mood.REFUSES_TO_BEGIN] * 2
        assert set(run(office, sink).values()) == {Fate.REFUSED}
    run(office, sink)
    assert sum("got lost" in str(message) for message in sink.taken) == 1


def test_whatever_breaks_at_random_no_line_is_accepted_twice(office: Session, sink: Sink) -> None:
    chance = random.Random(22)
    for days in range(0, 30, 2):
        sink.moods = [chance.choice(list(Mood)) for _ in range(chance.randrange(3))]
        kill = chance.choice(["", "", "while writing", "before sending", "after sending"])
        try:
            run(office, sink, kill, TODAY + timedelta(days))
        except Killed:
            continue
    run(office, sink, day=TODAY + timedelta(30))
    told = said_in(sink)
    assert len(told) > 5
    assert set(told.values()) == {1}


def test_two_runs_at_once_tell_everybody_once(
    office: Session, engine: Engine, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "AT_WORK", timedelta(minutes=10))
    office.rollback()
    both = Barrier(2)

    def at_once() -> None:
        with Session(engine) as session:
            both.wait()
            run(session, sink)

    runs = [Thread(target=at_once) for _ in range(2)]
    for each in runs:
        each.start()
    for each in runs:
        each.join()
    assert len(sink.taken) == 2
    assert set(said_in(sink).values()) == {1}


def test_another_run_that_is_busy_is_left_alone(
    office: Session, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "AT_WORK", timedelta(minutes=10))
    with pytest.raises(Killed):
        run(office, sink, "before sending")
    told = run(office, sink)
    assert len(told) == 1  # the other one only


def test_who_left_or_wants_none_is_told_nothing(office: Session, sink: Sink) -> None:
    officer, director = (person_id(office, role) for role in (Role.FINANCE_OFFICER, Role.DIRECTOR))
    reminders.choose(office, director, Wish(Rhythm.NEVER), by=OFFICER)
    people.set_active(office, officer, active=False, by=OFFICER)
    assert run(office, sink) == {}
    people.set_active(office, officer, active=True, by=OFFICER)
    assert run(office, sink) == {"finance_officer": Fate.SENT}


def test_an_address_to_which_no_mail_can_go_is_said_and_stops_nobody_else(
    office: Session, sink: Sink
) -> None:
    let_in(office, "a@b@example.org", Role.CONTROLLER)
    office.commit()
    fates = run(office, sink)
    assert fates.pop("controller") is Fate.REFUSED
    assert set(fates.values()) == {Fate.SENT}


def test_a_choice_is_kept_and_in_the_trail(office: Session) -> None:
    key = person_id(office, Role.DIRECTOR)
    wish = Wish(Rhythm.WEEKLY, in_14_days=False, own_only=True)
    reminders.choose(office, key, wish, by=OFFICER)
    reader = stored.reader_numbered(office, key)
    assert stored.wish_of(office, reader) == wish
    reminders.choose(office, key, wish, by=OFFICER)  # nothing new
    done = [entry.did for entry in audit.history_of(office, stored.of_reminders(key))]
    assert done == ["choose reminders"]
    office.rollback()
    with pytest.raises(NotFoundError):
        reminders.choose(office, 999, wish, by=OFFICER)


def test_a_secret_opens_one_calendar_until_another_is_made_or_it_is_closed(
    office: Session,
) -> None:
    key, other = person_id(office, Role.DIRECTOR), secrets.token_urlsafe(32)
    reminders.open_feed(office, key, SECRET, by=OFFICER)
    assert (found := stored.owner_of_feed(office, SECRET))
    assert found.id == key
    assert stored.owner_of_feed(office, other) is None
    assert stored.owner_of_feed(office, "") is None
    kept = office.get_one(stored.ReminderWishRow, key).feed_hash
    assert SECRET not in kept
    office.rollback()
    reminders.open_feed(office, key, other, by=OFFICER)
    assert stored.owner_of_feed(office, SECRET) is None
    assert stored.owner_of_feed(office, other)
    reminders.close_feed(office, key, by=OFFICER)
    assert stored.owner_of_feed(office, other) is None
    reminders.close_feed(office, key, by=OFFICER)  # closed is closed
    assert [e.did for e in audit.history_of(office, stored.of_reminders(key))] == [
        "close feed", "open feed", "open feed"
    ]  # fmt: skip


def test_the_calendar_of_who_was_shut_out_is_closed(office: Session) -> None:
    key = person_id(office, Role.DIRECTOR)
    reminders.open_feed(office, key, SECRET, by=OFFICER)
    people.set_active(office, key, active=False, by=OFFICER)
    assert stored.owner_of_feed(office, SECRET) is None


def test_a_secret_that_could_be_guessed_is_refused(office: Session) -> None:
    with pytest.raises(RuleViolation, match="42 characters"):
        reminders.open_feed(office, person_id(office, Role.DIRECTOR), SECRET[:42], by=OFFICER)


def test_looking_at_a_digest_writes_nothing(office: Session) -> None:
    director = next(one for one in people_of(office) if one.role is Role.DIRECTOR)
    for _ in range(2):
        digest = digest_for(office, director, DUES, today=TODAY, now=datetime.now(UTC))
        assert digest
        assert [line.step for line in digest.lines] == [Step.ESCALATED]
    assert rows_in(office) == 0
    inactive = replace(director, active=False)
    assert digest_for(office, inactive, DUES, today=TODAY, now=datetime.now(UTC)) is None
