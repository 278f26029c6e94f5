"""Two who answer a report at once: one of them does, and what waits for it is released once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.actions.issued import NEWEST, OTHER, WITHDRAWN, issued, withdraw
from tests.conftest import closing_engine
from tracker.actions import issuing
from tracker.domain.errors import RuleViolation, StaleEditError
from tracker.domain.funder_reports import Standing
from tracker.store.funder_reports import issue_numbered

if TYPE_CHECKING:
    from tracker.domain.errors import TrackerError


def version_of(session: Session, key: int) -> int:
    found = issue_numbered(session, key)[0].version
    session.rollback()
    return found


def test_of_two_answers_at_once_one_is_kept_and_the_other_is_told(reported: Session) -> None:
    bind: Any = reported.get_bind()
    url = bind.engine.url.render_as_string(hide_password=False)
    version = version_of(reported, NEWEST)
    refused: list[TrackerError] = []

    def answer(said: str, *, is_accepted: bool) -> None:
        with closing_engine(url) as engine, Session(engine) as session:
            try:
                issuing.answer(
                    session, NEWEST, said, is_accepted=is_accepted, version=version, by=OTHER
                )
            except (RuleViolation, StaleEditError) as error:
                refused.append(error)

    threads = [
        threading.Thread(target=answer, args=(f"{at}",), kwargs={"is_accepted": at % 2 == 0})
        for at in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 3
    found = issued(reported, NEWEST)
    assert found.standing in (Standing.ACCEPTED, Standing.RETURNED)
    query = text("SELECT said FROM report_answer WHERE issued_id = :key")
    assert reported.execute(query, {"key": NEWEST}).scalars().all() == [found.said]


def test_what_was_withdrawn_or_followed_is_answered_no_more(reported: Session) -> None:
    version = version_of(reported, NEWEST)
    with pytest.raises(RuleViolation, match="followed by version 2"):
        issuing.answer(reported, WITHDRAWN, "", is_accepted=True, version=version, by=OTHER)
    withdraw(reported, NEWEST)
    with pytest.raises(StaleEditError):
        issuing.answer(reported, NEWEST, "", is_accepted=True, version=version, by=OTHER)
    version = version_of(reported, NEWEST)
    with pytest.raises(RuleViolation):
        issuing.answer(reported, NEWEST, "", is_accepted=True, version=version, by=OTHER)
    assert issued(reported, NEWEST).standing is Standing.WITHDRAWN
