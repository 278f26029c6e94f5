"""A file that is handed in is read by a job, looked at, and kept whole or not at all."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import func, select, update

from tests.actions.programme import OFFICER, bring_in, load
from tests.actions.small_books import small_books
from tests.actions.test_imports import rows_of
from tests.architecture.sources import ROOT
from tests.books.cases import case_dir
from tests.conftest import closing_engine
from tests.readers.bombs import BOMBS
from tracker.actions import (
    allocations,
    checks,
    imports,
    intake_jobs,
    intakes,
    jobs,
    ledgers,
    programmes,
    terms,
)
from tracker.actions.jobs import Job
from tracker.domain.errors import FileRefused, RuleViolation, StaleEditError
from tracker.domain.intakes import Choice, Intake, IntakeState, SuspicionKind
from tracker.domain.mappings import Mapping
from tracker.domain.money import Money
from tracker.domain.table_columns import TableKind
from tracker.domain.terms import DatedTerm
from tracker.store import intake_jobs as telling
from tracker.store import intakes as stored
from tracker.store.allocations import AllocationRow
from tracker.store.checks import broken
from tracker.store.commitments import commitment_named
from tracker.store.corrections import CorrectionRow
from tracker.store.costs import CostLineRow
from tracker.store.imports import BookRow, ImportRow
from tracker.store.intakes import IntakeRow
from tracker.store.projects import the_project
from tracker.store.reporting_periods import ReportingPeriodRow
from tracker.store.session import transaction
from tracker.store.valuations import worked_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.orm import Session

BOOKS = {"cost_line", "excluded_line", "book", "import", "invoice", "allocation", "unallocated"}
LINE = re.compile(r"<trLine>.*?</trLine>", re.DOTALL)
AMOUNT = re.compile(r"<amnt>([^<]*)</amnt>")
HEAD = "Journal;Number;Line;Account;Date;Amount;Project;Department;Vendor;Invoice;Text\r\n"
COLUMNS = (
    *("journal", "number", "line", "account", "booked_on", "amount", "project", "cost_centre"),
    *("supplier", "invoice", "description"),
)


@pytest.fixture(autouse=True)
def jobs_end_before_their_database(database_url: str) -> Iterator[None]:  # noqa: ARG001 - goes last
    """Wait for the jobs that a test began: after a file is kept, they follow the books."""
    yield
    for thread in threading.enumerate():
        if thread.name == jobs.WATCHING:
            thread.join(60)


def case_without_books(session: Session) -> Path:
    case = case_dir(5, 40)
    programmes.set_up(session, case / "case.json", by=OFFICER)
    return case


def carried_out(session: Session, key: int) -> None:
    intake_jobs.IntakeJob(session, key).carry_out()


def looked_at(session: Session, path: Path) -> Intake:
    """Hand a file in and let its job look at it, in this process."""
    key = intakes.hand_in(session, path.name, path, by=OFFICER).intake_id
    carried_out(session, key)
    return stored.intake(session, key)


def kept(session: Session, found: Intake, choice: Choice | None = None) -> Intake:
    version = stored.intake(session, found.id).version
    intakes.confirm(session, found.id, choice or Choice(), version=version, by=OFFICER)
    carried_out(session, found.id)
    return stored.intake(session, found.id)


def waited_for(session: Session, key: int, seconds: float = 60) -> Intake:
    end = time.monotonic() + seconds
    found = stored.intake(session, key)
    while time.monotonic() < end:
        session.rollback()
        found = stored.intake(session, key)
        if found.state not in (IntakeState.WAITING, IntakeState.READING, IntakeState.KEEPING):
            return found
        time.sleep(0.05)
    pytest.fail(f"still {found.state} after {seconds} s")


def books_of(session: Session) -> dict[str, int]:
    return {name: count for name, count in rows_of(session).items() if name in BOOKS}


def edited(case: Path, folder: Path, before: str, after: str, times: int = 1) -> Path:
    path = folder / "auditfile-2024.xaf"
    text = (case / "auditfile-2024.xaf").read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, times), "utf-8")
    return path


@contextmanager
def closed(session: Session, year: int) -> Iterator[None]:
    """A reporting period that is closed."""
    with transaction(session):
        project = the_project(session)
        row = ReportingPeriodRow(
            project_id=project.id, first_day=date(year, 1, 1), last_day=date(year, 12, 31)
        )
        session.add(row)
        session.flush()
        for state in ("closing", "closed"):
            row.state = state
            row.version += 1
            session.flush()
    yield


def two_costs_of_one_entry(text: str) -> tuple[str, str, str]:
    for entry in re.findall(r"<transaction>.*?</transaction>", text, re.DOTALL):
        costs = [line for line in LINE.findall(entry) if "<amntTp>D</amntTp>" in line]
        if len(costs) > 1:
            return entry, costs[0], costs[1]
    pytest.fail("no entry has two debit lines")


def amount_of(line: str) -> Decimal:
    return Decimal("".join(AMOUNT.findall(line)))


def table(folder: Path, *rows: str, name: str = "export.csv") -> Path:
    path = folder / name
    path.write_text(HEAD + "".join(f"{row}\r\n" for row in rows), "utf-8", newline="")
    return path


def mapping_of(path: Path) -> Mapping:
    headings = tuple(path.read_text("utf-8").splitlines()[0].split(";"))
    return Mapping(
        TableKind.COSTS,
        tuple((code, index) for index, code in enumerate(COLUMNS)),
        headings,
        delimiter=";",
        encoding="utf-8",
    )


def mapped(session: Session, path: Path) -> Intake:
    """Hand a table in and say what its columns are."""
    found = looked_at(session, path)
    if found.state is IntakeState.MAPPING:
        intakes.set_mapping(
            session,
            found.id,
            mapping_of(path),
            version=found.version,
            by=OFFICER,
            source="Our books",
        )
        carried_out(session, found.id)
        found = stored.intake(session, found.id)
    return found


def expecting(session: Session, found: Intake, cents: int) -> Intake:
    intakes.set_expected(session, found.id, Money(cents), version=found.version, by=OFFICER)
    return stored.intake(session, found.id)


ROWS = (
    "INK;1;1;4100;03-02-2023;1.250,00;{project};WP1;Lab BV;F-1;Reagents",
    "INK;2;1;4100;04-02-2023;750,50;{project};WP2;Lab BV;F-2;Glass",
    "INK;3;1;4100;05-02-2023;99,00;OTHER;WP2;Lab BV;F-3;Not ours",
)


def rows_for(session: Session) -> tuple[str, ...]:
    return tuple(row.format(project=the_project(session).code) for row in ROWS)


def test_looking_writes_nothing_of_the_books_and_says_what_keeping_does(session: Session) -> None:
    case = case_without_books(session)
    before = books_of(session)
    found = looked_at(session, case / "auditfile-2024.xaf")
    assert found.state is IntakeState.READY
    assert books_of(session) == before
    preview = found.preview
    assert preview is not None
    assert preview.new > preview.cost_lines > 0
    assert all(control.holds for control in preview.controls)
    done = kept(session, found, Choice("seen") if preview.needs_reason else None)
    assert done.state is IntakeState.KEPT
    after = books_of(session)
    assert after["cost_line"] == preview.cost_lines
    assert after["cost_line"] + after["excluded_line"] == preview.new
    assert broken(session) == []


@pytest.mark.parametrize("suffix", [".xaf", ".xml", ".csv"])
def test_the_original_comes_back_byte_for_byte(session: Session, suffix: str) -> None:
    case = case_without_books(session)
    path = next(p for p in sorted(case.iterdir()) if p.suffix == suffix)
    found = looked_at(session, path)
    assert b"".join(stored.original(session, found.id)) == path.read_bytes()
    assert found.size == path.stat().st_size


def test_the_same_bytes_are_one_file_and_known_once_kept(session: Session) -> None:
    case = case_without_books(session)
    path = case / "in-kind.csv"
    first = intakes.hand_in(session, path.name, path, by=OFFICER)
    again = intakes.hand_in(session, "renamed.csv", path, by=OFFICER)
    assert (first.intake_id, first.is_known) == (again.intake_id, again.is_known)
    carried_out(session, first.intake_id)
    assert kept(session, stored.intake(session, first.intake_id)).state is IntakeState.KEPT
    assert intakes.hand_in(session, path.name, path, by=OFFICER) == (first.intake_id, True)


def test_what_was_brought_in_at_once_is_known_when_handed_in(session: Session) -> None:
    case = case_without_books(session)
    bring_in(session, [case / "in-kind.csv"])
    found = intakes.hand_in(session, "in-kind.csv", case / "in-kind.csv", by=OFFICER)
    assert found.is_known
    assert stored.intake(session, found.intake_id).state is IntakeState.KEPT


def test_a_changed_line_needs_a_decision_and_is_applied_beside_what_it_was(
    session: Session, tmp_path: Path
) -> None:
    case = load(session)
    path = edited(case, tmp_path, "<cost>WP3</cost>", "<cost>WP5</cost>")
    found = looked_at(session, path)
    preview = found.preview
    assert preview is not None
    assert (preview.new, preview.changed, preview.missing) == (0, 1, 0)
    (change,) = preview.changes
    assert [(each.name, each.before, each.now) for each in change.fields] == [
        ("cost_centre", "WP3", "WP5")
    ]
    with pytest.raises(RuleViolation, match="without a reason"):
        kept(session, found)
    before = books_of(session)
    done = kept(session, found, Choice("the office rebooked it", apply_changes=True))
    assert done.state is IntakeState.KEPT, done.preview
    after = books_of(session)
    assert after["cost_line"] == before["cost_line"] + 2
    (correction,) = session.scalars(select(CorrectionRow))
    assert correction.reason == "the office rebooked it"
    back = session.scalars(select(CostLineRow).where(CostLineRow.reverses_id.is_not(None))).one()
    new = session.scalars(select(CostLineRow).where(CostLineRow.corrects_id.is_not(None))).one()
    old = session.get_one(CostLineRow, correction.cost_line_id)
    assert (back.line_number, new.line_number) == (f"{old.line_number}~1", f"{old.line_number}~2")
    assert (back.amount, new.amount, new.cost_centre) == (-old.amount, old.amount, "WP5")
    charged = select(func.sum(AllocationRow.amount)).where(
        AllocationRow.cost_line_id.in_([old.id, back.id])
    )
    assert not session.scalar(charged)
    assert broken(session) == []
    allocations.charge(session, by=OFFICER)
    assert broken(session) == []
    # The newest version is what the next file is compared with, and the old one is a change anew.
    path.write_text(path.read_text("utf-8") + "<!-- saved again -->", "utf-8")
    again = looked_at(session, path)
    assert again.preview is not None
    assert (again.preview.new, again.preview.changed) == (0, 0)
    first = tmp_path / "first.xaf"
    first.write_text((case / "auditfile-2024.xaf").read_text("utf-8") + "<!-- -->", "utf-8")
    found = looked_at(session, first)
    assert found.preview is not None
    assert found.preview.changed == 1
    assert kept(session, found, Choice("back", apply_changes=True)).state is IntakeState.KEPT
    newest = session.scalars(select(CostLineRow).order_by(CostLineRow.id.desc())).first()
    assert newest is not None
    assert (newest.line_number, newest.cost_centre) == (f"{old.line_number}~4", "WP3")
    assert broken(session) == []


def test_changed_lines_that_are_left_stay_as_they_are_and_the_import_says_so(
    session: Session, tmp_path: Path
) -> None:
    case = load(session)
    before = books_of(session)
    found = looked_at(session, edited(case, tmp_path, "<cost>WP3</cost>", "<cost>WP5</cost>"))
    done = kept(session, found, Choice("the office will undo it"))
    assert done.state is IntakeState.KEPT
    after = books_of(session)
    assert after == before | {"import": before["import"] + 1}
    row = session.scalars(select(ImportRow).order_by(ImportRow.id.desc())).first()
    assert row is not None
    assert "stay as they were" in row.totals
    assert row.accepted == "the office will undo it"


def test_a_change_in_a_closed_period_counts_in_the_open_one(
    session: Session, tmp_path: Path
) -> None:
    case = load(session)
    path = edited(case, tmp_path, "<cost>WP3</cost>", "<cost>WP5</cost>")
    with closed(session, 2024):
        found = looked_at(session, path)
        assert found.preview is not None
        (change,) = found.preview.changes
        assert change.is_closed
        assert change.counts_on == date(2025, 1, 1)
        choice = Choice("rebooked after the year was closed", apply_changes=True)
        assert kept(session, found, choice).state is IntakeState.KEPT
    made = session.scalars(select(CostLineRow).where(CostLineRow.line_number.like("%~%"))).all()
    assert {row.counted_on for row in made} == {date(2025, 1, 1)}
    allocations.charge(session, by=OFFICER)
    assert broken(session) == []


def test_lines_that_come_late_count_on_the_first_open_day(session: Session) -> None:
    case = case_without_books(session)
    with closed(session, 2024):
        found = looked_at(session, case / "auditfile-2024.xaf")
        assert found.preview is not None
        assert 0 < found.preview.late <= found.preview.cost_lines
        assert found.preview.late_on == date(2025, 1, 1)
        assert kept(session, found, Choice("late")).state is IntakeState.KEPT
    rows = session.execute(select(CostLineRow.incurred_on, CostLineRow.counted_on)).all()
    assert {counted for day, counted in rows if day.year == 2024} == {date(2025, 1, 1)}
    assert {counted for day, counted in rows if day.year != 2024} <= {None}
    assert broken(session) == []


def test_of_an_entry_that_changes_the_lines_that_are_gone_are_taken_back_too(
    session: Session, tmp_path: Path
) -> None:
    case = load(session)
    path = tmp_path / "auditfile-2024.xaf"
    text = (case / path.name).read_text("utf-8")
    entry, kept_line, gone = two_costs_of_one_entry(text)
    one = AMOUNT.sub(f"<amnt>{amount_of(kept_line) + amount_of(gone):.2f}</amnt>", kept_line)
    changed = text.replace(entry, entry.replace(gone, "").replace(kept_line, one))
    count = int("".join(re.findall(r"<linesCount>(\d+)<", text)))
    path.write_text(changed.replace(f"<linesCount>{count}<", f"<linesCount>{count - 1}<"), "utf-8")
    found = looked_at(session, path)
    assert found.preview is not None, found
    assert (found.preview.changed, found.preview.missing) == (2, 0), found.preview.findings
    assert sorted(change.now is None for change in found.preview.changes) == [False, True]
    done = kept(session, found, Choice("two lines made one", apply_changes=True))
    assert done.state is IntakeState.KEPT
    assert broken(session) == []
    path.write_text(path.read_text("utf-8") + "<!-- again -->", "utf-8")
    again = looked_at(session, path)
    assert again.preview is not None
    assert (again.preview.new, again.preview.changed, again.preview.missing) == (0, 0, 0)


def test_a_table_asks_for_its_columns_once_and_for_the_total_that_is_expected(
    session: Session, tmp_path: Path
) -> None:
    case_without_books(session)
    path = table(tmp_path, *rows_for(session))
    found = looked_at(session, path)
    assert found.state is IntakeState.MAPPING
    assert found.look is not None
    assert found.look.tables[0].rows[0][1][:2] == ("Journal", "Number")
    found = mapped(session, path)
    assert found.state is IntakeState.READY, found.preview
    assert found.preview is not None
    assert (found.preview.new, found.preview.cost_lines) == (3, 2)
    with pytest.raises(RuleViolation, match="no total of its own"):
        kept(session, found)
    found = expecting(session, found, 1)
    with pytest.raises(RuleViolation, match=r"adds up to € 2,099\.50; € 0\.01 was expected"):
        kept(session, found)
    found = expecting(session, found, 2_099_50)
    assert kept(session, found).state is IntakeState.KEPT
    book = session.scalars(select(BookRow)).one()
    assert (book.origin, book.company, book.fiscal_year) == ("export", "Our books", 2023)
    assert broken(session) == []
    # The next export of the source is read without a question, overlapping or in another order.
    more = f"INK;4;1;4100;06-02-2023;10,00;{the_project(session).code};WP1;Lab BV;F-4;More"
    second = mapped(session, table(tmp_path, more, *reversed(rows_for(session)), name="next.csv"))
    assert second.state is IntakeState.READY
    assert second.preview is not None
    assert (second.preview.new, second.preview.same) == (1, 3)


def test_a_table_with_a_line_that_changed_shows_old_and_new(
    session: Session, tmp_path: Path
) -> None:
    case_without_books(session)
    found = mapped(session, table(tmp_path, *rows_for(session)))
    assert kept(session, expecting(session, found, 2_099_50)).state is IntakeState.KEPT
    rows = [row.replace("1.250,00", "1.350,00") for row in rows_for(session)]
    found = mapped(session, table(tmp_path, *rows, name="again.csv"))
    assert found.preview is not None
    (change,) = found.preview.changes
    assert (change.before, change.now) == (Money(1_250_00), Money(1_350_00))
    found = expecting(session, found, 2_199_50)
    choice = Choice("a price that was wrong", apply_changes=True)
    assert kept(session, found, choice).state is IntakeState.KEPT
    assert session.scalar(select(func.sum(CostLineRow.amount))) == 1_350_00 + 750_50
    assert broken(session) == []


HOURS = "Person;Date;Hours;Work package;Costs of a year;Description\r\n"


@pytest.fixture
def valued(loaded: Session) -> Session:
    """A programme whose fund says how it values working time."""
    key = commitment_named(loaded, "NGF-1").programme_id
    loaded.rollback()
    for code, value in (
        ("rate_method", "wage_surcharge"),
        ("hours_basis", "1650"),
        ("wage_surcharge", "50"),
    ):
        term = DatedTerm(code, "", value, date(2021, 1, 1), "Kaderbesluit, art. 11-14")
        terms.change_term(loaded, key, term, by=OFFICER)
    return loaded


def hours_in(folder: Path, *rows: str, name: str = "hours.csv") -> Path:
    path = folder / name
    path.write_text(HOURS + "".join(f"{row}\r\n" for row in rows), "utf-8", newline="")
    return path


def test_hours_are_valued_by_the_method_of_the_programme(valued: Session, tmp_path: Path) -> None:
    rows = (
        "P-007;03-01-2024;8;WP1;68.400,00;Cloning",
        "P-007;04-01-2024;7,5;WP1;68.400,00;Cloning",
    )
    found = looked_at(valued, hours_in(tmp_path, *rows))
    assert found.state is IntakeState.READY, found.preview  # headings of our own template
    assert found.preview is not None
    assert (found.preview.new, found.preview.total) == (2, Money(15_50))
    with pytest.raises(RuleViolation, match="holds 15:30 hours; 15:00 were expected"):
        kept(valued, expecting(valued, found, 15_00))
    found = expecting(valued, stored.intake(valued, found.id), 15_50)
    assert kept(valued, found).state is IntakeState.KEPT
    lines = valued.scalars(
        select(CostLineRow).where(CostLineRow.journal == "HOURS").order_by(CostLineRow.incurred_on)
    ).all()
    # 68,400 / 1,650 an hour, and half of that on top; only the results are rounded.
    assert [line.amount for line in lines] == [331_64 + 165_82, 310_91 + 155_46]
    worked = worked_of(valued, lines[0].id)
    assert worked is not None
    assert (worked.time, worked.person) == (Decimal(8), "P-007")
    assert broken(valued) == []
    again = looked_at(valued, hours_in(tmp_path, *reversed(rows), name="again.csv"))
    assert again.preview is not None
    assert (again.preview.new, again.preview.same) == (0, 2)


def test_hours_beyond_the_day_and_the_year_are_refused_at_their_cells(
    valued: Session, tmp_path: Path
) -> None:
    found = looked_at(valued, hours_in(tmp_path, "P-007;03-01-2024;16;WP1;68.400,00;Cloning"))
    kept(valued, expecting(valued, found, 16_00), Choice("a long day"))
    path = hours_in(tmp_path, "P-007;03-01-2024;9;WP1;68.400,00;More", name="more.csv")
    found = looked_at(valued, path)
    assert found.state is IntakeState.REFUSED
    assert found.preview is not None
    assert [cell.cell for cell in found.preview.cells] == ["C2"]
    assert "24 of a day" in str(found.preview.findings[0])


def test_what_is_wrong_in_a_table_is_said_by_cell(session: Session, tmp_path: Path) -> None:
    case_without_books(session)
    rows = [row.replace("4100", "9999", 1) for row in rows_for(session)]
    found = mapped(session, table(tmp_path, *rows))
    assert found.state is IntakeState.REFUSED
    assert found.preview is not None
    assert {cell.cell for cell in found.preview.cells} == {"D2", "D3"}
    assert "9999" in str(found.preview.findings[0])


def test_the_same_invoice_in_another_book_is_suspicious_and_can_be_left_out(
    session: Session, tmp_path: Path
) -> None:
    case_without_books(session)
    rows = rows_for(session)
    found = mapped(session, table(tmp_path, *rows))
    kept(session, expecting(session, found, 2_099_50))
    allocations.charge(session, by=OFFICER)
    other = rows[0].replace("INK;1;1", "PUR;77;1")
    path = table(tmp_path, other, rows[1].replace("F-2", "F-9"), name="other.csv")
    path.write_text(path.read_text("utf-8").replace("Text", "Remark"), "utf-8", newline="")
    found = looked_at(session, path)
    intakes.set_mapping(
        session, found.id, mapping_of(path), version=found.version, by=OFFICER, source="Theirs"
    )
    carried_out(session, found.id)
    found = expecting(session, stored.intake(session, found.id), 2_000_50)
    assert found.preview is not None
    (suspicion,) = found.preview.suspicions
    assert suspicion.kind in (SuspicionKind.CHARGED, SuspicionKind.TWO_BOOKS)
    assert (suspicion.key, suspicion.other_key) == ("PUR 77/1", "2023 INK 1/1")
    done = kept(session, found, Choice("booked by both", leave_out=(suspicion.key,)))
    assert done.state is IntakeState.KEPT
    assert len(session.scalars(select(CostLineRow)).all()) == 3
    assert broken(session) == []


def test_an_invoice_that_is_booked_twice_is_suspicious_and_its_entry_can_be_left_out(
    session: Session, tmp_path: Path
) -> None:
    case_without_books(session)
    found = looked_at(session, small_books(tmp_path, year=2023, entries=4, booked_twice=1))
    assert found.preview is not None
    (suspicion,) = found.preview.suspicions
    assert suspicion.kind is SuspicionKind.BOOKED_TWICE
    assert (suspicion.key, suspicion.other_key) == ("INK 5", "INK 1")
    done = kept(session, found, Choice("one invoice", leave_out=("INK 5",)))
    assert done.state is IntakeState.KEPT
    assert len(session.scalars(select(CostLineRow)).all()) == 4
    assert broken(session) == []


def test_books_without_an_invoice_booked_twice_are_not_suspicious(
    session: Session, tmp_path: Path
) -> None:
    case_without_books(session)
    found = looked_at(session, small_books(tmp_path, year=2023, entries=4))
    assert found.preview is not None
    assert found.preview.suspicions == ()
    assert not found.preview.needs_reason


def test_a_workbook_that_was_saved_again_changes_nothing(session: Session, tmp_path: Path) -> None:
    case_without_books(session)
    book = openpyxl.Workbook()
    assert isinstance(book.active, Worksheet)
    for row in (HEAD.strip(), *rows_for(session)):
        book.active.append(row.split(";"))
    first, second = tmp_path / "export.xlsx", tmp_path / "again.xlsx"
    book.save(first)
    again = openpyxl.load_workbook(first)
    again.properties.title = "saved again"
    again.save(second)
    found = looked_at(session, first)
    mapping = replace(mapping_of(table(tmp_path)), delimiter="", encoding="", sheet="Sheet")
    version = found.version
    intakes.set_mapping(session, found.id, mapping, version=version, by=OFFICER, source="X")
    carried_out(session, found.id)
    found = expecting(session, stored.intake(session, found.id), 2_099_50)
    assert kept(session, found).state is IntakeState.KEPT
    before = books_of(session)
    found = looked_at(session, second)
    assert found.preview is not None
    assert (found.preview.new, found.preview.changed, found.preview.same) == (0, 0, 3)
    assert kept(session, expecting(session, found, 2_099_50)).state is IntakeState.KEPT
    assert books_of(session) == before | {"import": before["import"] + 1}


def test_a_preview_that_is_no_longer_true_is_shown_again_before_anything_is_kept(
    session: Session, tmp_path: Path
) -> None:
    case = case_without_books(session)
    found = looked_at(session, case / "auditfile-2024.xaf")
    assert found.preview is not None
    intakes.confirm(session, found.id, Choice("seen"), version=found.version, by=OFFICER)
    copy = tmp_path / "auditfile-2024.xaf"
    copy.write_bytes((case / copy.name).read_bytes() + b"\n")
    bring_in(session, [copy])
    before = books_of(session)
    carried_out(session, found.id)
    found = stored.intake(session, found.id)
    assert found.state is IntakeState.READY
    assert found.preview is not None
    assert found.preview.new == 0
    assert "has changed since" in str(found.preview.warnings[0])
    assert books_of(session) == before


def test_a_cancelled_file_is_neither_read_nor_kept(session: Session) -> None:
    case = case_without_books(session)
    before = books_of(session)
    found = looked_at(session, case / "auditfile-2024.xaf")
    intakes.confirm(session, found.id, Choice("seen"), version=found.version, by=OFFICER)
    version = stored.intake(session, found.id).version
    intakes.cancel(session, found.id, version=version, by=OFFICER)
    carried_out(session, found.id)
    assert stored.intake(session, found.id).state is IntakeState.CANCELLED
    assert books_of(session) == before
    version = stored.intake(session, found.id).version
    intakes.look_again(session, found.id, version=version, by=OFFICER)
    carried_out(session, found.id)
    assert stored.intake(session, found.id).state is IntakeState.READY


def test_a_job_sees_that_its_file_was_cancelled_and_stops(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = case_without_books(session)
    path = case / "auditfile-2024.xaf"
    key = intakes.hand_in(session, path.name, path, by=OFFICER).intake_id
    monkeypatch.setattr(intake_jobs, "TELL_EVERY", 0)
    monkeypatch.setattr(ledgers, "COUNT_EVERY", 1)
    address = session.get_bind().engine.url.render_as_string(hide_password=False)
    told = telling.tell_progress
    asked: list[int] = []

    def cancelling(*of: object) -> bool:
        from sqlalchemy.orm import Session as Other

        if not asked:
            asked.append(1)
            with closing_engine(address) as engine, Other(engine) as other:
                version = stored.intake(other, key).version
                intakes.cancel(other, key, version=version, by=OFFICER)
        return told(*of)  # type: ignore[arg-type]

    monkeypatch.setattr(telling, "tell_progress", cancelling)
    carried_out(session, key)
    session.rollback()
    assert asked
    assert stored.intake(session, key).state is IntakeState.CANCELLED


def test_of_two_who_decide_at_once_the_second_is_told(session: Session) -> None:
    case = case_without_books(session)
    found = looked_at(session, case / "in-kind.csv")
    intakes.confirm(session, found.id, Choice(), version=found.version, by=OFFICER)
    with pytest.raises((StaleEditError, RuleViolation)):
        intakes.confirm(session, found.id, Choice(), version=found.version, by=OFFICER)


def test_two_jobs_on_one_file_keep_it_once(session: Session) -> None:
    case = case_without_books(session)
    found = looked_at(session, case / "auditfile-2024.xaf")
    intakes.confirm(session, found.id, Choice("seen"), version=found.version, by=OFFICER)
    for _ in range(3):
        Job(session, found.id).start()
    done = waited_for(session, found.id)
    assert done.state is IntakeState.KEPT, done.preview
    assert session.scalar(select(func.count()).select_from(ImportRow)) == 1
    assert broken(session) == []


def test_a_job_in_a_process_of_its_own_reads_and_keeps(session: Session) -> None:
    case = case_without_books(session)
    path = case / "auditfile-2023.xaf"
    key = intakes.hand_in(session, path.name, path, by=OFFICER).intake_id
    Job(session, key).start()
    found = waited_for(session, key)
    assert found.state is IntakeState.READY, found.preview
    session.rollback()
    intakes.confirm(session, key, Choice("seen"), version=found.version, by=OFFICER)
    Job(session, key).start()
    assert waited_for(session, key).state is IntakeState.KEPT


@pytest.mark.parametrize("code", [77, -6, -24, -14])
def test_a_job_that_its_limits_ended_leaves_a_refusal(session: Session, code: int) -> None:
    case = case_without_books(session)
    path = case / "in-kind.csv"
    key = intakes.hand_in(session, path.name, path, by=OFFICER).intake_id
    intake_jobs._Look(session, key)._claim(IntakeState.READING)
    Job(session, key).end(*jobs._what_ended(code))
    found = stored.intake(session, key)
    assert found.state is IntakeState.REFUSED
    assert found.preview is not None
    assert "within the limits" in str(found.preview.findings[0])


def test_a_job_that_is_silent_is_taken_for_dead_and_can_begin_anew(session: Session) -> None:
    case = case_without_books(session)
    path = case / "in-kind.csv"
    key = intakes.hand_in(session, path.name, path, by=OFFICER).intake_id
    job = intake_jobs._Look(session, key)
    job._claim(IntakeState.READING)
    assert Job(session, key).notice().state is IntakeState.READING
    long_ago = datetime.now(UTC) - timedelta(minutes=2)
    with transaction(session):
        session.execute(update(IntakeRow).values(seen_at=long_ago))
    found = Job(session, key).notice()
    assert found.state is IntakeState.STOPPED
    # The job was alive after all: what it finds no longer counts.
    with pytest.raises(StaleEditError):
        job._settle(IntakeState.READY, None)
    intakes.look_again(session, key, version=found.version, by=OFFICER)
    carried_out(session, key)
    assert stored.intake(session, key).state is IntakeState.READY


HOG = """
from tracker.readers import kinds
from tracker import jobs

kinds.kind_of = lambda *_: bytearray(1 << 34)
jobs.main(["{key}"])
"""


def test_a_file_that_takes_all_memory_is_refused_and_only_its_job_suffers(
    session: Session, database_url: str
) -> None:
    case = case_without_books(session)
    path = case / "in-kind.csv"
    key = intakes.hand_in(session, path.name, path, by=OFFICER).intake_id
    env = os.environ | {"TRACKER_DATABASE_URL": database_url}
    command = [sys.executable, "-c", HOG.format(key=key)]
    subprocess.run(command, check=False, env=env, cwd=ROOT, timeout=60)
    found = waited_for(session, key)
    assert found.state is IntakeState.REFUSED
    assert found.preview is not None
    assert "within the limits of memory" in str(found.preview.findings[0])


def test_a_job_that_is_killed_is_seen_and_can_begin_anew(session: Session) -> None:
    case = case_without_books(session)
    path = case / "in-kind.csv"
    key = intakes.hand_in(session, path.name, path, by=OFFICER).intake_id
    os.kill(Job(session, key).start(), signal.SIGKILL)
    found = waited_for(session, key)
    assert found.state is IntakeState.STOPPED
    assert found.preview is not None
    assert "ended before it was done" in str(found.preview.findings[0])
    intakes.look_again(session, key, version=found.version, by=OFFICER)
    Job(session, key).start()
    assert waited_for(session, key).state is IntakeState.READY


@pytest.mark.parametrize("name", ["zip_bomb", "one_cell_of_512_megabytes"])
def test_a_hostile_file_ends_refused_and_harms_nobody(
    session: Session, tmp_path: Path, name: str
) -> None:
    case_without_books(session)
    before = books_of(session)
    bomb = tmp_path / "bomb.xlsx"
    bomb.write_bytes(next(make for (_, of), make in BOMBS.items() if of == name)())
    key = intakes.hand_in(session, bomb.name, bomb, by=OFFICER).intake_id
    Job(session, key).start()
    found = waited_for(session, key)
    assert found.state is IntakeState.REFUSED
    assert found.preview is not None
    assert found.preview.findings
    assert books_of(session) == before


def test_without_a_decision_nothing_that_changed_is_brought_in_at_once(
    session: Session, tmp_path: Path
) -> None:
    case = load(session)
    path = edited(case, tmp_path, "<cost>WP3</cost>", "<cost>WP5</cost>")
    (refused,) = imports.bring_in(session, [(path.name, path)], by=OFFICER)
    assert isinstance(refused, FileRefused)
    choice = Choice("rebooked", apply_changes=True)
    (done,) = imports.bring_in(session, [(path.name, path)], by=OFFICER, choice=choice)
    assert not isinstance(done, FileRefused)
    assert done.accepted == "rebooked"
    allocations.charge(session, by=OFFICER)
    assert checks.broken_invariants(session, by=OFFICER) == []
