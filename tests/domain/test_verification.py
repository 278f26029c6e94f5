"""What the holder of a file is told of it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.errors import RuleViolation
from tracker.domain.periods import calendar_year
from tracker.domain.verification import NOT_ISSUED, Verdict, check_hash, in_sentences

HASH = "0123456789abcdef" * 4
DAY, LATER = date(2022, 3, 1), date(2022, 4, 1)


def verdict(number: int = 1, newest: int = 1, withdrawn_on: date | None = None) -> Verdict:
    return Verdict("statement", "pdf", calendar_year(2021), number, newest, DAY, withdrawn_on)


def said(of: Verdict | None) -> str:
    return " ".join(map(str, in_sentences(of, "Statement of costs")))


@pytest.mark.parametrize("written", [HASH, HASH.upper(), f"  {HASH}\n", f"{HASH[:32]} {HASH[32:]}"])
def test_a_hash_is_read_however_it_is_written(written: str) -> None:
    assert check_hash(written) == HASH


@given(st.text())
def test_what_is_no_hash_is_refused_at_its_field(text: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        check_hash(f"{text}g")
    assert refusal.value.field == "sha256"


def test_the_newest_version_is_said_to_stand() -> None:
    told = said(verdict(2, 2))
    assert "Statement of costs over 2021, version 2" in told
    assert "newest version" in told
    assert verdict(2, 2).holds


def test_a_withdrawn_and_a_followed_version_say_so_and_do_not_hold() -> None:
    both = verdict(1, 3, LATER)
    assert "withdrawn on 2022-04-01" in said(both)
    assert "followed by version 3" in said(both)
    assert "withdrawn" not in said(verdict(1, 3))
    assert "followed" not in said(verdict(3, 3, LATER))
    assert not any(one.holds for one in (both, verdict(1, 3), verdict(3, 3, LATER)))


def test_of_any_other_file_one_sentence_is_said() -> None:
    assert in_sentences(None) == (NOT_ISSUED,)
