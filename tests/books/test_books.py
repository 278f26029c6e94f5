"""The sample is what the generator writes, and the generator writes the same every time."""

import pytest

from tests.books.cases import DEMO, case_dir

FILES = sorted(
    path.name for path in DEMO.iterdir() if path.suffix in (".json", ".xaf", ".xml", ".csv")
)


def test_the_sample_has_all_its_files() -> None:
    assert len(FILES) == 12


@pytest.mark.parametrize("name", FILES)
def test_the_sample_is_seed_1(name: str) -> None:
    assert (DEMO / name).read_bytes() == (case_dir(1, 240) / name).read_bytes()


def test_the_answers_kept_here_are_those_to_the_sample() -> None:
    kept = DEMO.parents[1] / "tests" / "books" / "expected.json"
    assert kept.read_bytes() == (case_dir(1, 240) / "expected.json").read_bytes()


def test_a_case_is_made_once() -> None:
    assert case_dir(5, 10) is case_dir(5, 10)
