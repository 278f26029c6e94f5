"""A file is kept whole or not at all, and twice without harm."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from tests.actions.programme import OFFICER, answers_of, books_in, load
from tests.books.cases import case_dir
from tracker.actions import checks, imports, programmes
from tracker.domain.errors import FileRefused, NotFoundError, RuleViolation
from tracker.domain.imports import ImportOutcome
from tracker.store.tables import Base

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session


def rows_of(session: Session) -> dict[str, int]:
    counts = {
        name: session.scalar(select(func.count()).select_from(table)) or 0
        for name, table in Base.metadata.tables.items()
    }
    session.rollback()
    return counts


def brought_in(session: Session, *paths: Path) -> list[ImportOutcome | FileRefused]:
    return imports.bring_in(session, [(path.name, path) for path in paths], by=OFFICER)


def accepted(outcome: ImportOutcome | FileRefused) -> ImportOutcome:
    assert isinstance(outcome, ImportOutcome), getattr(outcome, "findings", ())
    return outcome


def refused(outcome: ImportOutcome | FileRefused) -> str:
    assert isinstance(outcome, FileRefused)
    return " ".join(str(finding) for finding in outcome.findings)


def test_the_same_files_again_change_nothing_and_say_so(session: Session) -> None:
    case = load(session)
    before = rows_of(session)
    for outcome in brought_in(session, *books_in(case)):
        assert accepted(outcome).already_imported
        assert accepted(outcome).new == 0
        assert accepted(outcome).same > 0
    assert rows_of(session) == before


def test_the_same_contents_in_other_bytes_change_no_line(session: Session, tmp_path: Path) -> None:
    case = load(session)
    before = rows_of(session)
    for path in books_in(case):
        copy = tmp_path / f"renamed-{path.name}"
        space = b"\r\n" if path.suffix == ".csv" else b"\n<!-- saved again -->\n"
        copy.write_bytes(path.read_bytes() + space)
        outcome = accepted(brought_in(session, copy)[0])
        assert (outcome.new, outcome.already_imported) == (0, False)
        assert outcome.same > 0
    after = rows_of(session)
    told = {"import", "audit", "bank_statement", "intake", "intake_piece"}  # tries are remembered
    assert {k: v for k, v in after.items() if k not in told} == {
        k: v for k, v in before.items() if k not in told
    }
    answers = answers_of(case)
    del answers["files"]
    assert checks.differences(session, answers, by=OFFICER) == []


def test_rows_that_say_the_same_are_two_contributions(session: Session, tmp_path: Path) -> None:
    case = case_dir(5, 40)
    programmes.set_up(session, case / "case.json", by=OFFICER)
    row = "Kapsel & Cel NV;28-01-2022;WP3;38,50;60,00;Inzet\r\n"
    head = "Partner;Datum;Werkpakket;Uren;Tarief;Omschrijving\r\n"
    twice, again = tmp_path / "twice.csv", tmp_path / "again.csv"
    twice.write_text(head + row + row, "cp1252", newline="")
    again.write_text(head + row + row + row, "cp1252", newline="")
    assert accepted(brought_in(session, twice)[0]).new == 2
    third = accepted(brought_in(session, again)[0])
    assert (third.new, third.same) == (1, 2)


@pytest.mark.parametrize("suffix", [".xaf", ".xml"])
def test_a_file_that_was_cut_off_is_refused_and_nothing_of_it_is_kept(
    session: Session, tmp_path: Path, suffix: str
) -> None:
    case = case_dir(5, 40)
    programmes.set_up(session, case / "case.json", by=OFFICER)
    before = rows_of(session)
    path = next(p for p in books_in(case) if p.suffix == suffix)
    cut = tmp_path / path.name
    cut.write_bytes(path.read_bytes()[: path.stat().st_size * 3 // 4 + 3])
    assert refused(brought_in(session, cut)[0])
    assert rows_of(session) == before


def test_a_ledger_whose_totals_do_not_tie_out_is_refused_whole(
    session: Session, tmp_path: Path
) -> None:
    case = case_dir(5, 40)
    programmes.set_up(session, case / "case.json", by=OFFICER)
    before = rows_of(session)
    wrong = tmp_path / "auditfile-2023.xaf"
    text = (case / "auditfile-2023.xaf").read_text("utf-8")
    head, _, tail = text.partition("<linesCount>")
    count, _, rest = tail.partition("</linesCount>")
    wrong.write_text(f"{head}<linesCount>{int(count) + 1}</linesCount>{rest}", "utf-8")
    said = refused(brought_in(session, wrong)[0])
    assert count in said.replace(",", "")
    assert str(int(count) + 1) in said.replace(",", "")
    assert rows_of(session) == before


def test_a_line_that_changed_since_it_was_imported_is_named_and_not_overwritten(
    session: Session, tmp_path: Path
) -> None:
    case = load(session)
    before = rows_of(session)
    path = case / "auditfile-2024.xaf"
    changed = tmp_path / path.name
    changed.write_text(
        path.read_text("utf-8").replace("<cost>WP3</cost>", "<cost>WP5</cost>", 1), "utf-8"
    )
    said = refused(brought_in(session, changed)[0])
    assert "imported before with other contents" in said
    assert rows_of(session) == before


def test_a_refused_file_does_not_stop_the_others(session: Session, tmp_path: Path) -> None:
    case = case_dir(5, 40)
    programmes.set_up(session, case / "case.json", by=OFFICER)
    bad = tmp_path / "holiday.csv"
    bad.write_text("nothing of this kind\n", "utf-8")
    first, second = brought_in(session, bad, case / "in-kind.csv")
    assert refused(first)
    assert accepted(second).new > 0


def test_costs_on_an_account_that_nobody_mapped_are_not_guessed(
    session: Session, tmp_path: Path
) -> None:
    case = case_dir(5, 40)
    programmes.set_up(session, case / "case.json", by=OFFICER)
    odd = tmp_path / "auditfile-2023.xaf"
    text = (case / "auditfile-2023.xaf").read_text("utf-8")
    odd.write_text(text.replace("<accID>4510</accID>", "<accID>4511</accID>"), "utf-8")
    said = refused(brought_in(session, odd)[0])
    assert "4511" in said
    assert "which cost category" in said


def test_without_a_programme_nothing_can_be_brought_in(session: Session) -> None:
    with pytest.raises(NotFoundError, match="tracker setup"):
        brought_in(session, case_dir(5, 40) / "in-kind.csv")


def test_a_programme_is_set_up_once(session: Session, tmp_path: Path) -> None:
    case = case_dir(5, 40) / "case.json"
    assert programmes.set_up(session, case, by=OFFICER)
    before = rows_of(session)
    assert not programmes.set_up(session, case, by=OFFICER)
    other = tmp_path / "case.json"
    shutil.copy(case, other)
    other.write_text(other.read_text("utf-8").replace('"WP1"', '"WP9"'), "utf-8")
    with pytest.raises(RuleViolation, match="holds the project NECST"):
        programmes.set_up(session, other, by=OFFICER)
    assert rows_of(session) == before
