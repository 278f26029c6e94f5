"""What was issued can be made again from its kept facts: every file, byte for byte."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from reports import catalogue
from reports import printed as printing
from reports.issued_files import FILLED, files_of
from tests.actions.programme import OFFICER
from tests.conftest import closing_engine
from tests.reports.printing import printed_here
from tracker import demo
from tracker.actions import crosswalks, funder_reports, funder_workbooks, issuing
from tracker.domain.actor import Actor
from tracker.domain.crosswalks import CrosswalkLine
from tracker.domain.periods import Period, calendar_quarter, calendar_year
from tracker.domain.policy import Role
from tracker.domain.report_texts import Place
from tracker.store.commitments import commitment_named, commitments_of
from tracker.store.crosswalks import categories_to_place
from tracker.store.documents import intact
from tracker.store.funder_reports import issue_numbered
from tracker.store.issued_reports import IssuedReportRow
from tracker.store.kept_facts import facts_in, kept
from tracker.store.statements import facts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tracker.domain.statements import StatementFacts

ROOT = Path(__file__).parents[2]
ELSEWHERE = {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "42", "LC_ALL": "C.UTF-8"}
OTHER = Actor("controller@example.org", Role.CONTROLLER)
TODAY = date(2026, 1, 15)
MANY = 20
"""More than these are printed without a process for each, which takes most of the time."""
TEMPLATE = Path(demo.__file__).parent / "verantwoording-universiteit.xlsx"
WORDS = "# Progress\n\nAll *went* well; =SUM(A1) is no formula.\n\n| A | B |\n|---|---|\n| 1 | 2 |"


def kinds() -> list[str]:
    return [slug for slug, kind in catalogue.CATALOGUE.items() if kind.of_commitment is not None]


def periods() -> Iterator[Period]:
    for year in range(2021, 2026):
        yield calendar_year(year)
        yield from (calendar_quarter(year, quarter) for quarter in (1, 2, 3, 4))


def ask_for_own_workbook(session: Session, code: str) -> None:
    """Let the funder of a commitment ask for its own lines and its own workbook."""
    key = commitment_named(session, code).programme_id
    lines = [
        CrosswalkLine("1.1", "Loonkosten", categories=("personnel",)),
        CrosswalkLine("1.2", "Kosten derden", categories=("third_parties",)),
        CrosswalkLine("2.1", "Materialen", categories=("materials", "equipment")),
    ]
    told = {category for line in lines for category in line.categories}
    rest = tuple(one for one in categories_to_place(session) if one not in told)
    lines.append(CrosswalkLine("2.2", "Overige kosten", categories=rest))
    crosswalks.change_lines(session, key, "nl", lines, version=0, by=OFFICER)
    upload = (TEMPLATE.name, catalogue.MIMETYPES["xlsx"], TEMPLATE.read_bytes())
    funder_workbooks.hand_in(session, key, upload, version=0, by=OFFICER)


def issue(session: Session, code: str, kind: str, period: Period) -> None:
    key = funder_reports.begin(session, code, kind, period, by=OFFICER)
    funder_reports.write(session, key, Place.PROGRESS, WORDS, version=0, by=OFFICER)
    funder_reports.ask_review(session, key, version=1, today=TODAY, by=OFFICER)
    funder_reports.approve(session, key, version=2, by=OTHER)
    issuing.issue(session, key, version=3, today=TODAY, by=OFFICER)


def issued(session: Session, wished: int) -> None:
    """Issue as many reports as are wished for, of every kind, over all commitments and years."""
    running = [one for one in commitments_of(session) if one.is_committed]
    session.rollback()
    every = [
        (kind, period, one.code)
        for kind, period, one in product(kinds(), periods(), running)
        if one.period.first_day <= period.last_day and period.first_day <= one.period.last_day
    ]
    step = len(every) / wished
    for number in range(wished):
        kind, period, code = every[int(number * step)]
        issue(session, code, kind, period)


def kept_hashes(session: Session) -> dict[str, dict[str, str]]:
    """The hashes of what was issued, by the key of the issue."""
    keys = session.scalars(select(IssuedReportRow.id)).all()
    return {
        str(key): {file.face: file.sha256 for file in issue_numbered(session, key)[1].files}
        for key in keys
    }


def made_again(url: str, *, is_many: bool) -> dict[str, dict[str, str]]:
    """Make every file of everything that was issued from kept facts, and give the hash of each."""
    found = {}
    if is_many:
        vars(printing)["to_pdf"] = printed_here
    with closing_engine(url) as engine, Session(engine) as session:
        for row in session.scalars(select(IssuedReportRow)).all():
            report, _issued = issue_numbered(session, row.id)
            facts = facts_in(intact(session, row.facts_id))
            files = files_of(session, report.kind, facts)
            assert kept(facts) == intact(session, row.facts_id)
            found[str(row.id)] = {
                face: hashlib.sha256(upload[2]).hexdigest() for face, upload in files.items()
            }
    return found


# WeasyPrint leaves it to the collector to close this; seen where many are printed in this process.
@pytest.mark.filterwarnings("ignore:unclosed file .*sRGB2014.icc:ResourceWarning")
def test_every_file_that_was_issued_is_made_again_from_kept_facts(
    loaded: Session,
    loaded_url: str,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By another process, in another time zone, another day, after the books moved: the same."""
    for module in (funder_reports, issuing):  # what blocks a report is another test's matter
        monkeypatch.setattr(module, "blocking_of", lambda *_facts: ())
    wished = int(request.config.getoption("--remade"))
    if wished > MANY:
        monkeypatch.setattr("reports.printed.to_pdf", printed_here)
    ask_for_own_workbook(loaded, "NGF-1")
    issue(loaded, "NGF-1", "statement", Period(date(2021, 7, 1), date(2022, 6, 30)))
    issued(loaded, wished)
    programme = commitment_named(loaded, "NGF-1").programme_id
    lines = (CrosswalkLine("9", "Alles", categories=tuple(categories_to_place(loaded))),)
    loaded.rollback()
    crosswalks.change_lines(loaded, programme, "en", lines, version=1, by=OFFICER)
    first = kept_hashes(loaded)
    loaded.rollback()
    done = subprocess.run(
        [sys.executable, "-m", "tests.actions.test_made_again", loaded_url, str(wished)],
        cwd=ROOT,
        env=os.environ | ELSEWHERE,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout) == first
    faces = Counter(face for files in first.values() for face in files)
    assert len(first) == wished + 1
    assert set(faces) == {*catalogue.ALL_FORMATS, FILLED}
    assert faces["pdf"] == wished + 1


def some_facts(session: Session) -> StatementFacts:
    return facts_of(session, "NGF-1", calendar_year(2021), made_on=TODAY, author="A. Preparer")


def hashes_of(slug: str, facts: StatementFacts) -> dict[str, str]:
    """Make every file of a report, and give the hash of each."""
    laid_out = catalogue.laid_out(slug, facts)
    return {
        face: hashlib.sha256(catalogue.to_format(laid_out, face)).hexdigest()
        for face in catalogue.CATALOGUE[slug].formats
    }


@pytest.mark.faces
def test_other_facts_make_other_files(loaded: Session) -> None:
    """The twin: a cent or a day that differs is seen in every file."""
    facts = some_facts(loaded)
    first, *others = facts.lines()
    a_cent = [first._replace(amount=first.amount + 1), *others]
    changed = (
        replace(facts, lines=lambda: iter(a_cent)),
        replace(facts, made_on=facts.made_on + timedelta(1)),
    )
    own = hashes_of("statement", facts)
    for other in changed:
        found = hashes_of("statement", other)
        assert not [face for face in own if found[face] == own[face]]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(made_again(sys.argv[1], is_many=int(sys.argv[2]) > MANY)))
