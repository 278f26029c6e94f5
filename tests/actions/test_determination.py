"""The request for determination: once, of what is awarded, and not for more than that."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests.actions.programme import OFFICER
from tracker.actions import determination
from tracker.domain.determination import Request
from tracker.domain.errors import RuleViolation
from tracker.domain.money import Money
from tracker.store import audit
from tracker.store.commitments import commitment_named
from tracker.store.determination import requests_of
from tracker.store.documents import documents_of

TODAY = date(2026, 6, 30)
SENT = Request(date(2026, 3, 31), Money(123_456_00))
PDF = ("request.pdf", "application/pdf", b"%PDF-1.7 a request")


def ask(session: Session, code: str = "NGF-1", asked: Request = SENT) -> None:
    determination.request(session, code, asked, today=TODAY, by=OFFICER, document=PDF)


def test_a_request_is_kept_with_its_letter_and_in_the_trail(loaded: Session) -> None:
    ask(loaded)
    key = commitment_named(loaded, "NGF-1").id
    kept = requests_of(loaded)[key]
    assert (kept.requested_on, kept.claimed) == (SENT.requested_on, SENT.claimed)
    assert kept.document_id == documents_of(loaded, "commitment/NGF-1")[0].id
    last = audit.history_of(loaded, "commitment/NGF-1")[0]
    assert (last.did, last.detail["claimed"]) == ("request determination", 123_456_00)


def test_a_second_request_is_refused_with_the_day_of_the_first(loaded: Session) -> None:
    ask(loaded)
    with pytest.raises(RuleViolation, match="was requested on 2026-03-31"):
        ask(loaded)
    ask(loaded, "UL-1")


@pytest.mark.parametrize(
    ("code", "asked", "field", "saying"),
    [
        ("EFRO-C", SENT, "", "EFRO-C is not"),
        ("NGF-1", Request(date(2026, 7, 1), Money(1)), "requested_on", "2026-07-01 is still"),
        ("NGF-1", Request(SENT.requested_on, Money(-1)), "claimed", "was claimed"),
        ("NGF-1", Request(SENT.requested_on, Money(10**12)), "claimed", "was claimed"),
    ],
)
def test_a_request_that_cannot_have_been_sent_is_refused(
    loaded: Session, code: str, asked: Request, field: str, saying: str
) -> None:
    with pytest.raises(RuleViolation, match=saying) as refusal:
        ask(loaded, code, asked)
    assert refusal.value.field == field
    assert requests_of(loaded) == {}
