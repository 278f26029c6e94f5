"""The audit trail shows every deed, and whether somebody has touched it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.actions.programme import OFFICER, load
from tracker.store import audit
from tracker.store.session import WRITING, transaction

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session


def test_every_deed_is_in_the_trail_and_the_seals_hold(session: Session) -> None:
    load(session)
    deeds = [entry.did for entry in reversed(audit.entries_of(session))]
    told = ["set up", *["import"] * 11, "charge"]
    assert [did for did in deeds if did != "recognise receipts"] == told
    assert "recognise receipts" in deeds  # of each commitment, for its own history
    assert audit.broken_seals(session) == []


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit SET detail = '{}' WHERE seq = 3",
        "UPDATE audit SET by = 'nobody' WHERE seq = 13",
        "DELETE FROM audit WHERE seq = 5",
        "UPDATE audit SET seq = 99 WHERE seq = 13",
    ],
)
def test_tampering_behind_the_triggers_is_noticed(
    session: Session, engine: Engine, tampering: str
) -> None:
    load(session)
    without_triggers(engine, tampering)
    assert audit.broken_seals(session)


def without_triggers(engine: Engine, statement: str) -> None:
    """Do what an owner of the database could do."""
    with engine.connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        if engine.dialect.name == "sqlite":
            for deed in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER audit_no_{deed}"))
        else:
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        connection.execute(text(statement))


def test_a_deed_that_fails_leaves_no_entry(session: Session) -> None:
    def fail_after_recording() -> None:
        with transaction(session):
            audit.record(session, by=OFFICER, did="fail", subject="nothing")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_recording()
    assert audit.entries_of(session) == []


def test_the_state_of_the_books_changes_with_every_deed_to_them(session: Session) -> None:
    before = audit.ledger_state(session)
    with transaction(session):
        audit.record(session, by=OFFICER, did="charge", subject="charge/1")
    after = audit.ledger_state(session)
    assert after != before
    assert after.startswith("1-")
    with transaction(session):
        audit.record(session, by=OFFICER, did="choose language", subject="person/1")
    assert audit.ledger_state(session) == after
