"""What was issued can be made again from its kept facts: every file, byte for byte."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from reports import catalogue
from tracker.domain.periods import Period, calendar_quarter, calendar_year
from tracker.domain.report_texts import Place, Wording
from tracker.store.commitments import commitments_of
from tracker.store.kept_facts import facts_in, kept
from tracker.store.statements import facts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest
    from sqlalchemy.orm import Session

    from tracker.domain.statements import StatementFacts

ROOT = Path(__file__).parents[2]
ELSEWHERE = {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "42", "LC_ALL": "C.UTF-8"}
WORDS = Wording(
    texts=((Place.PROGRESS.value, "# Progress\n\nAll *went* well; =SUM(A1) is no formula."),),
    explanations=(("category:travel", "Trains were dear."),),
)


def kinds() -> list[str]:
    return [slug for slug, kind in catalogue.CATALOGUE.items() if kind.of_commitment is not None]


def hashes_of(slug: str, facts: StatementFacts) -> dict[str, str]:
    """Make every file of a report, and give the hash of each."""
    laid_out = catalogue.laid_out(slug, facts)
    return {
        face: hashlib.sha256(catalogue.to_format(laid_out, face)).hexdigest()
        for face in catalogue.CATALOGUE[slug].formats
    }


def periods() -> Iterator[Period]:
    for year in range(2021, 2026):
        yield calendar_year(year)
        yield from (calendar_quarter(year, quarter) for quarter in (1, 2, 3, 4))


def some_facts(session: Session, wished: int) -> Iterator[StatementFacts]:
    """The facts of as many reports as are wished for, over all commitments and years."""
    codes = [one.code for one in commitments_of(session) if one.is_committed]
    every = list(product(periods(), codes))
    for number in range(wished):
        period, code = every[number * len(every) // wished % len(every)]
        found = facts_of(session, code, period, made_on=date(2026, 1, 15), author="A. Preparer")
        yield replace(found, number=1 + number // len(every), approved_by="A. Other", wording=WORDS)


def test_reports_are_made_again_from_their_kept_facts(
    loaded: Session, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """By another process, in another time zone, another day: the same bytes."""
    first = {}
    for number, facts in enumerate(some_facts(loaded, request.config.getoption("--remade"))):
        slug = kinds()[number % len(kinds())]
        (tmp_path / f"{number}.{slug}").write_bytes(kept(facts))
        first[f"{number}.{slug}"] = hashes_of(slug, facts)
    loaded.rollback()
    done = subprocess.run(
        [sys.executable, "-m", "tests.actions.test_made_again", str(tmp_path)],
        cwd=ROOT,
        env=os.environ | ELSEWHERE,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    again = json.loads(done.stdout)
    assert len(again) == len(first)
    assert {name: again[name] for name in first} == first


def test_other_facts_make_other_files(loaded: Session) -> None:
    """The twin: a cent or a day that differs is seen in every file."""
    (facts,) = some_facts(loaded, 1)
    line = facts.categories[0]
    a_cent = replace(facts.receipts[0], amount=facts.receipts[0].amount + type(line.previously)(1))
    changed = (
        replace(facts, receipts=(a_cent, *facts.receipts[1:])),
        replace(facts, made_on=facts.made_on + timedelta(1)),
    )
    own = hashes_of("statement", facts)
    for other in changed:
        found = hashes_of("statement", other)
        assert not [face for face in own if found[face] == own[face]]


if __name__ == "__main__":
    told = {
        path.name: hashes_of(path.suffix[1:], facts_in(path.read_bytes()))
        for path in Path(sys.argv[1]).iterdir()
    }
    sys.stdout.write(json.dumps(told))
