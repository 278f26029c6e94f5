"""The project's texts speak of the project, and of no machine or moment of its making."""

import re

import pytest

from tests.architecture.sources import ROOT, texts

# Written so that this file does not contain what it looks for.
PLACES_OF_ONE_MACHINE = re.compile(
    r"(?<![\w.}>*])(?:[.][.]/shared|/(?:work|home|root|Users|opt|tmp|farm)/[\w.])"
)
UNFINISHED = re.compile(r"\b(?:TO[D]O|FIX[M]E|X[X]X|HAC[K])\b(?!-\d)")
LOCK_FILES = ["requirements.lock", "requirements-dev.lock"]


def lines_with(pattern: re.Pattern[str], text: str) -> list[str]:
    return [line.strip()[:100] for line in text.splitlines() if pattern.search(line)]


@pytest.mark.parametrize(
    "pattern", [PLACES_OF_ONE_MACHINE, UNFINISHED], ids=["place", "unfinished"]
)
def test_no_text_names_a_machine_or_is_unfinished(pattern: re.Pattern[str]) -> None:
    found = {name: lines_with(pattern, text) for name, text in texts().items()}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize("place", ["work", "home", "tmp"])
def test_a_place_of_one_machine_would_be_found(place: str) -> None:
    assert lines_with(PLACES_OF_ONE_MACHINE, f"see /{place}/notes.txt\nand /usr/bin") == [
        f"see /{place}/notes.txt"
    ]


@pytest.mark.parametrize("name", LOCK_FILES)
def test_every_locked_package_is_pinned_and_hashed_and_no_address_is_kept(name: str) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", (ROOT / name).read_text())[1:]
    assert len(entries) > 50
    assert [e for e in entries if not re.match(r"[\w.\-]+==\S+.*\\\n +--hash=sha256:", e)] == []
    assert [e for e in entries if "://" in e or "file:" in e] == []
