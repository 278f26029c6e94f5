"""Facts that were written down are the same facts again, and the same bytes."""

from __future__ import annotations

import gzip
import json
from dataclasses import fields, replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.actions.issued import issue
from tests.reports.facts import carried_on, facts_of
from tracker.domain.periods import period_named
from tracker.domain.report_texts import Picture, Wording
from tracker.store.kept_facts import facts_in, kept
from tracker.store.statements import facts_of as facts_of_books

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.statements import StatementFacts

CODES = ("NGF-1", "PZH-1", "LUMC-1", "RMX-C", "RMX-K")
WORDS = Wording(
    (("text_summary", "All | went **well**."),),
    (("milestone:M6", "He fell ill."),),
    (Picture("Room", "image/png", "aGk="),),
)


def differing(one: StatementFacts, other: StatementFacts) -> list[str]:
    found = [
        each.name
        for each in fields(one)
        if each.name != "lines" and getattr(one, each.name) != getattr(other, each.name)
    ]
    return found + (["lines"] if list(one.lines()) != list(other.lines()) else [])


def check_kept(facts: StatementFacts) -> None:
    content = kept(facts)
    again = facts_in(content)
    assert differing(facts, again) == []
    assert kept(again) == kept(facts) == content
    assert list(again.lines()) == list(again.lines()), "they can be read twice"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_facts_with_everything_in_them_are_kept(language: str) -> None:
    facts = carried_on(facts_of(60, language))
    check_kept(replace(facts, number=3, approved_by="B. Smit", wording=WORDS))


def test_what_differs_is_found() -> None:
    facts = carried_on(facts_of(60))
    for other in (
        replace(facts, hours=facts.hours[:1]),
        replace(facts, sources=()),
        replace(facts, changed=None),
        replace(facts, lines=facts_of(59).lines),
    ):
        assert len(differing(facts, other)) == 1
        assert kept(other) != kept(facts)


@pytest.mark.parametrize("code", CODES)
def test_the_facts_of_books_are_kept(loaded: Session, code: str) -> None:
    for period in ("2021", "2023", "2023-Q4"):
        facts = facts_of_books(
            loaded, code, period_named(period), made_on=date(2026, 1, 5), author="O. Fficer"
        )
        assert facts.sources[0].commitment == code
        assert bool(facts.contributions) is (code == "RMX-K" and period != "2021")
        check_kept(facts)


def test_a_report_that_carries_on_reads_what_the_last_one_kept(loaded: Session) -> None:
    issue(loaded, "NGF-1", "2021")
    facts = facts_of_books(
        loaded, "NGF-1", period_named("2022"), made_on=date(2026, 1, 5), author="O. Fficer"
    )
    assert facts.changed is not None
    assert facts.changed.amounts
    assert facts.changed.terms
    check_kept(facts)


def test_facts_that_were_kept_before_they_told_so_much_can_be_read() -> None:
    facts = facts_of(5)
    plain = json.loads(gzip.decompress(kept(facts)))
    for name in ("hours", "contributions", "sources", "changed", "threshold", "ordered",
                 "own_required", "own_spent"):  # fmt: skip
        del plain[name]
    again = facts_in(gzip.compress(json.dumps(plain).encode()))
    assert (again.hours, again.sources, again.changed) == ((), (), None)
    assert list(again.lines()) == list(facts.lines())
