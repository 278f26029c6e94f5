"""Whatever is in a file, it is read or it is refused with a sentence, in bounded time and memory.

Each file is read as an import reads it: by what kind it is, and then by every reader of that
kind, in a process with the limits of one that imports. ``--mutants`` asks for more of them.
"""

from collections import Counter

import pytest

from tests.readers.bombs import BOMBS, HARMLESS
from tests.readers.hostile import KINDS, mutant, sound
from tests.readers.trying import Outcome, tried

SECONDS_MAX = 2
MEGABYTES_MAX = {"xlsx": 20, "csv": 40, "camt": 100, "xaf": 128}

# A busy machine takes longer, and that says nothing of the reader.
PATIENCE = 5


@pytest.fixture(scope="module")
def exploded() -> list[Outcome]:
    """What became of every bomb."""
    return tried(BOMBS)


def wrong(outcomes: list[Outcome]) -> list[Outcome]:
    return [each for each in outcomes if each.ended not in ("read", "refused")]


@pytest.mark.parametrize("kind", KINDS)
def test_a_mutant_is_read_or_refused_and_nothing_else(
    kind: str, request: pytest.FixtureRequest
) -> None:
    count = request.config.getoption("--mutants") // len(KINDS)
    outcomes = tried((kind, seed) for seed in range(count))
    assert wrong(outcomes) == []
    ends = Counter(each.ended for each in outcomes)
    assert ends["refused"] > count / 4, "the mutants do no harm"
    assert ends["read"] > count / 20, "the mutants do nothing else"


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_without_a_mutation_is_read(kind: str) -> None:
    (outcome,) = tried([(kind, "sound")])
    assert outcome.ended == "read", outcome


@pytest.mark.parametrize("kind", KINDS)
def test_a_mutant_is_the_same_for_the_same_seed_and_is_another_file(kind: str) -> None:
    mutants = [mutant(kind, seed) for seed in range(30)]
    assert mutants == [mutant(kind, seed) for seed in range(30)]
    assert len({*mutants, sound(kind)}) > 20


def test_a_reader_that_fails_would_be_found() -> None:
    outcomes = tried([("failing", "now"), ("dying", "now"), ("xaf32", 1)])
    assert [each.ended for each in outcomes[:2]] == ["crashed", "died"]
    assert outcomes[2].ended in ("read", "refused")


def test_there_are_bombs_enough() -> None:
    assert len(BOMBS) >= 30
    assert {kind for kind, _ in BOMBS} == set(MEGABYTES_MAX)


def test_every_bomb_is_refused(exploded: list[Outcome]) -> None:
    assert wrong(exploded) == []
    read = {each.case for each in exploded if each.ended == "read"}
    assert read <= HARMLESS


def test_a_bomb_takes_neither_time_nor_memory(exploded: list[Outcome]) -> None:
    slow = [each for each in exploded if each.seconds > SECONDS_MAX * PATIENCE]
    assert slow == []
    assert [each for each in exploded if each.megabytes > MEGABYTES_MAX[each.case[0]]] == []
    assert sum(each.seconds <= SECONDS_MAX for each in exploded) >= 0.9 * len(exploded)
