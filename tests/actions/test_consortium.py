"""Partners are given overviews that stay as they are, and are withdrawn visibly."""

from __future__ import annotations

import hashlib
import threading
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.actions.programme import OFFICER
from tests.actions.test_dossiers import let_be
from tests.conftest import closing_engine
from tests.store.changed_outside import flip, open_up
from tracker.actions import consortium
from tracker.domain.actor import Actor
from tracker.domain.errors import NotFoundError, RuleViolation, TrackerError
from tracker.domain.policy import Role
from tracker.domain.verification import in_sentences
from tracker.store import audit
from tracker.store.consortium import given_of, has_partner, of_overview
from tracker.store.verification import (
    changed_issues,
    hashes_of,
    issued_documents,
    issued_with,
)

if TYPE_CHECKING:
    from tracker.domain.consortium import Given

TODAY = date(2026, 1, 15)
PARTNER = Actor("partner@example.org", Role.FUNDER_VIEWER)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Print no PDF: what is kept is what this is about."""
    monkeypatch.setattr(
        "reports.catalogue.printed", lambda report, _beside=None: b"%PDF " + report.version.encode()
    )


def give(session: Session, language: str = "nl") -> int:
    session.rollback()
    return consortium.give(session, language, today=TODAY, by=OFFICER)


def given(session: Session) -> list[Given]:
    session.rollback()
    return given_of(session)


def test_what_is_given_is_numbered_kept_and_handed_out_byte_for_byte(loaded: Session) -> None:
    state = audit.ledger_state(loaded)
    assert given(loaded) == []
    assert [give(loaded), give(loaded, "en")] == [1, 2]
    newest, first = given(loaded)
    assert (newest.number, newest.as_of, newest.by) == (2, TODAY, OFFICER.name)
    assert {file.face for file in newest.files} == {"xlsx", "pdf", "csv", "json"}
    assert all(f"v{one.number}" in file.name for one in (newest, first) for file in one.files)
    for file in first.files:
        told, content = consortium.take(loaded, 1, file.face, by=PARTNER)
        assert (told, hashlib.sha256(content).hexdigest()) == (file, file.sha256)
    assert [(one.by, one.face) for one in given(loaded)[1].takings] == [
        (PARTNER.name, file.face) for file in reversed(first.files)
    ]
    assert given(loaded)[0].takings == ()
    assert audit.ledger_state(loaded) == state


def test_what_there_is_not_is_not_handed_out(loaded: Session) -> None:
    give(loaded)
    for number, face in ((1, "docx"), (2, "pdf")):
        with pytest.raises(NotFoundError):
            consortium.take(loaded, number, face, by=PARTNER)
    assert given(loaded)[0].takings == ()


def test_what_is_withdrawn_stays_and_says_why_once(loaded: Session) -> None:
    give(loaded)
    with pytest.raises(RuleViolation, match="reason"):
        consortium.withdraw(loaded, 1, " ", by=OFFICER)
    assert given(loaded)[0].withdrawn_at is None
    consortium.withdraw(loaded, 1, "A work package was missing.", by=OFFICER)
    (one,) = given(loaded)
    assert (one.reason, bool(one.withdrawn_at)) == ("A work package was missing.", True)
    with pytest.raises(RuleViolation, match="Overview 1 was withdrawn"):
        consortium.withdraw(loaded, 1, "Again.", by=OFFICER)
    assert consortium.take(loaded, 1, "json", by=PARTNER)[1]


def test_those_who_give_at_once_give_one_each(loaded: Session) -> None:
    bind: Any = loaded.get_bind()
    url = bind.engine.url.render_as_string(hide_password=False)
    loaded.rollback()
    numbers: list[int] = []

    def one() -> None:
        with closing_engine(url) as engine, Session(engine) as session:
            numbers.append(give(session))

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [1, 2]
    assert [len(each.files) for each in given(loaded)] == [4, 4]


def test_a_file_that_was_changed_from_outside_is_not_handed_out(loaded: Session) -> None:
    give(loaded)
    let_be(loaded)
    loaded.execute(
        text("UPDATE document SET content = :other WHERE name LIKE '%consortium%.json'"),
        {"other": b"{}"},
    )
    loaded.commit()
    with pytest.raises(TrackerError, match="not what was kept"):
        consortium.take(loaded, 1, "json", by=PARTNER)
    assert consortium.take(loaded, 1, "xlsx", by=PARTNER)[1]


def test_whoever_holds_a_file_is_told_which_overview_it_is_and_what_became_of_it(
    loaded: Session,
) -> None:
    give(loaded)
    consortium.withdraw(loaded, 1, "A work package was missing.", by=OFFICER)
    give(loaded)
    newest, first = given(loaded)
    for one, holds in ((first, False), (newest, True)):
        for file in one.files:
            verdict = issued_with(loaded, file.sha256)
            assert verdict is not None
            assert (verdict.kind, verdict.face, verdict.number) == (
                "consortium",
                file.face,
                one.number,
            )
            assert (verdict.holds, verdict.newest) == (holds, 2)
            assert f"as at {TODAY}" in str(in_sentences(verdict)[0])
    withdrawn = issued_with(loaded, first.files[0].sha256)
    assert withdrawn is not None
    assert withdrawn.withdrawn_on is not None
    assert changed_issues(loaded, hashes_of(loaded)) == []
    count, keys = issued_documents(loaded)
    assert count == 2
    assert set(keys) == {file.document_id for one in (first, newest) for file in one.files}


def test_one_flipped_byte_of_an_overview_is_found(loaded: Session) -> None:
    give(loaded)
    (one,) = given(loaded)
    open_up(loaded, "document")
    for file in one.files:
        flip(loaded, file.document_id)
        assert changed_issues(loaded, hashes_of(loaded)) == [of_overview(loaded, 1)]
        flip(loaded, file.document_id)
    assert changed_issues(loaded, hashes_of(loaded)) == []


def test_a_government_is_no_partner_and_an_owner_is_one(loaded: Session) -> None:
    query = text("SELECT kind, MIN(id) FROM funder GROUP BY kind")
    kinds: dict[str, int] = {kind: key for kind, key in loaded.execute(query)}  # noqa: C416
    told = {kind: has_partner(loaded, key) for kind, key in kinds.items()}
    assert {kind for kind, is_one in told.items() if is_one} == set(told) - {
        "national",
        "regional",
        "european",
    }
    assert "national" in told
    assert len(set(told.values())) == 2
    assert not has_partner(loaded, None)
