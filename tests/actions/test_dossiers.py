"""The audit dossier: whole, tied out, the same bytes twice, and checked without our software."""

from __future__ import annotations

import csv
import hashlib
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from zipfile import ZipFile

import openpyxl
import pytest
from sqlalchemy import select, text

from reports.dossier_archive import POWERSHELL
from tests.actions.programme import OFFICER
from tests.actions.test_report_jobs import OTHER, TODAY, approved
from tracker.actions import dossiers, issuing, report_jobs
from tracker.domain.errors import RuleViolation, TrackerError
from tracker.domain.money import Money
from tracker.domain.periods import period_named
from tracker.domain.report_jobs import JobKind, Wanted
from tracker.store import audit, documents
from tracker.store.audit import AuditRow
from tracker.store.dossiers import dossier_facts

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

CODE, YEAR = "NGF-1", "2021"
CHARGED = """
SELECT k.code, SUM(a.amount), COUNT(*)
FROM allocation a JOIN cost_line l ON l.id = a.cost_line_id
JOIN cost_category k ON k.id = l.category_id
JOIN commitment c ON c.id = a.commitment_id
WHERE c.code = :code AND COALESCE(a.counted_on, l.counted_on, l.incurred_on)
      BETWEEN :first_day AND :last_day
GROUP BY k.code
"""
LINES = """
SELECT l.id FROM allocation a JOIN cost_line l ON l.id = a.cost_line_id
JOIN commitment c ON c.id = a.commitment_id
WHERE c.code = :code AND COALESCE(a.counted_on, l.counted_on, l.incurred_on)
      BETWEEN :first_day AND :last_day
ORDER BY l.id
"""
DAYS = {"first_day": "2021-01-01", "last_day": "2021-12-31"}


def made(session: Session, code: str = CODE, period: str = YEAR) -> bytes:
    wanted = Wanted(JobKind.DOSSIER, code, period, TODAY)
    session.rollback()
    content = dossiers.made(session, wanted, period_named(period), lambda *_: None, by=OFFICER)[2]
    session.rollback()
    return content


def unpacked(content: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def add(session: Session, subject: str, name: str, content: bytes) -> None:
    upload = (name, "application/pdf", content)
    documents.add_document(session, subject, upload, by="x", at=datetime(2026, 1, 2, tzinfo=UTC))
    session.commit()


def in_table(sheet: Any) -> list[tuple[Any, ...]]:
    return [row for row in sheet.iter_rows(values_only=True) if any(row)]


def test_every_file_is_named_with_its_checksum_and_checked_with_what_every_machine_has(
    loaded: Session, tmp_path: Path
) -> None:
    add(loaded, f"commitment/{CODE}", "Décision: d'octroi (1).pdf", b"letter")
    with ZipFile(BytesIO(made(loaded))) as archive:
        archive.extractall(tmp_path)
        names = archive.namelist()
    program = shutil.which("sha256sum")
    assert program is not None
    check = [program, "--strict", "-c", "SHA256SUMS"]
    done = subprocess.run(check, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.count(": OK") == len(names) - 1
    (tmp_path / "index.html").write_bytes(b"another")
    again = subprocess.run(check, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert again.returncode == 1
    assert "index.html: FAILED" in again.stdout


def test_a_line_of_the_checksums_is_as_the_words_for_windows_take_it_apart(
    loaded: Session,
) -> None:
    files = unpacked(made(loaded))
    assert "-split '  ', 2" in POWERSHELL
    assert POWERSHELL.encode() in files["VERIFY.txt"]
    for line in files["SHA256SUMS"].decode().splitlines():
        seal, name = line.split("  ", 1)
        assert hashlib.sha256(files[name]).hexdigest() == seal


def test_the_same_state_gives_the_same_bytes_and_another_does_not(loaded: Session) -> None:
    first = made(loaded)
    wanted = Wanted(JobKind.DOSSIER, CODE, YEAR, TODAY)
    loaded.rollback()
    state = audit.ledger_state(loaded)
    dossiers.record(loaded, wanted, ("a.zip", "application/zip", first), by=OFFICER)
    loaded.commit()
    assert audit.ledger_state(loaded) == state
    assert made(loaded) == first
    add(loaded, f"commitment/{CODE}", "one more.pdf", b"more")
    assert made(loaded) != first


def test_lines_statement_and_books_tie_and_are_what_the_tables_add_up_to(loaded: Session) -> None:
    files = unpacked(made(loaded))
    sums = {
        code: Money(int(cents))
        for code, cents, _count in loaded.execute(text(CHARGED), {"code": CODE, **DAYS})
    }
    facts = dossier_facts(loaded, CODE, period_named(YEAR), made_on=TODAY, author="x")
    assert facts.is_tied
    assert {code: lines for code, lines, _told, _booked in facts.tied() if lines} == sums
    name = next(name for name in files if name.endswith("_lines.csv"))
    rows = list(
        csv.DictReader(StringIO(files[name].decode("utf-8-sig")), delimiter=_sign(files[name]))
    )
    *lines, total = rows
    charged = [Money.euros(row[_last(row)].replace(",", ".")) for row in lines]
    assert Money.total(charged) == Money.total(sums.values())
    assert Money.euros(total[_last(total)].replace(",", ".")) == Money.total(sums.values())
    count = len(loaded.execute(text(LINES), {"code": CODE, **DAYS}).all())
    assert len(lines) == count > 0
    assert len({next(iter(row.values())) for row in lines}) == count  # ledger keys
    book = next(name for name in files if "_dossier_" in name and name.endswith(".xlsx"))
    workbook = openpyxl.load_workbook(BytesIO(files[book]), data_only=True)
    whole = Money.total(sums.values()).as_decimal
    figures = {
        value if isinstance(value, int) else round(value, 2)
        for sheet in workbook
        for row in in_table(sheet)
        for value in row
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
    assert any(Money.euros(str(figure)).as_decimal == whole for figure in figures)


def _sign(content: bytes) -> str:
    return ";" if ";" in content.decode("utf-8-sig").splitlines()[0] else ","


def _last(row: dict[str, str]) -> str:
    return next(name for name in row if name in ("Charged", "Toegerekend"))


def test_a_figure_that_does_not_tie_is_said(loaded: Session) -> None:
    facts = dossier_facts(loaded, CODE, period_named(YEAR), made_on=TODAY, author="x")
    (code, amount), *rest = facts.listed
    wrong = replace(facts, listed=((code, amount + Money(1)), *rest))
    assert facts.is_tied
    assert not wrong.is_tied


def test_reports_are_in_it_as_they_were_kept_with_what_became_of_them(loaded: Session) -> None:
    wanted = approved(loaded)
    issued = issuing.issue(loaded, wanted.report_id, version=3, today=TODAY, by=OFFICER)
    kept = {
        name: bytes(content)
        for name, content in loaded.execute(
            text(
                "SELECT d.name, d.content FROM issued_file f JOIN document d"
                " ON d.id = f.document_id"
            )
        )
    }
    loaded.rollback()
    issuing.withdraw(loaded, issued, "The wrong year was told.", version=4, by=OTHER)
    files = unpacked(made(loaded))
    assert len(kept) >= 3
    for name, content in kept.items():
        assert files[f"reports/{name}"] == content
    assert "The wrong year was told." in files["index.html"].decode()
    elsewhere = unpacked(made(loaded, period="2024"))
    assert not [name for name in elsewhere if name.startswith("reports/")]


def test_papers_are_in_it_once_each_by_what_they_belong_to_and_others_are_not(
    loaded: Session,
) -> None:
    line = loaded.execute(text(LINES), {"code": CODE, **DAYS}).scalars().first()
    before = len(unpacked(made(loaded)))
    for subject, name in (
        (f"commitment/{CODE}", "../../award.pdf"),
        (f"commitment/{CODE}", "award.pdf"),
        (f"commitment/{CODE}/report/statement-2021", "CON.txt"),
        (f"cost/{line}", "invoice.pdf"),
        ("commitment/PZH-1", "another's.pdf"),
        (f"commitment/{CODE}0", "alike.pdf"),
        ("cost/999999", "elsewhere.pdf"),
        ("report_job/1", "made.zip"),
    ):
        add(loaded, subject, name, name.encode())
    files = unpacked(made(loaded))
    assert files["decisions/award.pdf"] == b"../../award.pdf"
    assert files["decisions/award (2).pdf"] == b"award.pdf"
    assert files["report-papers/_CON.txt"] == b"CON.txt"
    assert files["cost-evidence/invoice.pdf"] == b"invoice.pdf"
    assert len(files) == before + 4
    assert all(re.fullmatch(r"[^/\\]+(/[^/\\]+)?", name) for name in files)


class Page(HTMLParser):
    """What a page asks of the machine that shows it."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        assert not [name for name, _value in attrs if name.startswith("on")]


def test_the_index_works_offline_without_scripts_and_leads_to_every_file(loaded: Session) -> None:
    add(loaded, f"commitment/{CODE}", "<script>alert(1)</script> & 100%.pdf", b"letter")
    files = unpacked(made(loaded))
    page = Page()
    page.feed(files["index.html"].decode())
    assert not page.tags & {"script", "link", "img", "iframe", "object"}
    in_folders = {name for name in files if "/" in name}
    assert {unquote(link) for link in page.links} == in_folders
    assert all(name in files for name in map(unquote, page.links))


def test_the_change_log_tells_every_deed_with_its_seal(loaded: Session) -> None:
    approved(loaded)
    facts = dossier_facts(loaded, CODE, period_named(YEAR), made_on=TODAY, author="x")
    subjects = loaded.scalars(select(AuditRow).where(AuditRow.subject.startswith("commitment/")))
    of_it = [row for row in subjects if row.subject.split("/")[1] == CODE]
    assert {"approve report", "begin report"} <= {deed.did for deed in facts.deeds}
    assert {(row.seq, row.hash) for row in of_it} <= {(d.seq, d.seal) for d in facts.deeds}
    assert [deed.seq for deed in facts.deeds] == sorted({deed.seq for deed in facts.deeds})
    assert not [d for d in facts.deeds if d.subject.startswith("commitment/PZH")]


def test_a_paper_that_was_changed_from_outside_ends_it(loaded: Session) -> None:
    add(loaded, f"commitment/{CODE}", "award.pdf", b"letter")
    assert b"letter" in unpacked(made(loaded)).values()
    let_be(loaded)
    loaded.execute(text("UPDATE document SET sha256 = '00' WHERE name = 'award.pdf'"))
    loaded.commit()
    with pytest.raises(TrackerError, match="award"):
        made(loaded)


def let_be(session: Session) -> None:
    """Take away what keeps documents as they are."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("ALTER TABLE document DISABLE TRIGGER USER"))
    else:
        session.execute(text("DROP TRIGGER document_no_update"))


def test_what_is_too_large_is_refused(loaded: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    add(loaded, f"commitment/{CODE}", "award.pdf", b"letter" * 200_000)
    made(loaded)
    monkeypatch.setattr("tracker.domain.dossiers.SIZE_MAX", 1_000_000)
    with pytest.raises(RuleViolation, match="2 megabytes"):
        made(loaded)


def test_that_it_was_made_is_in_the_trail_with_its_checksum(
    loaded: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_jobs.Queue, "start", lambda *_: 0)
    key = report_jobs.ask(loaded, Wanted(JobKind.DOSSIER, CODE, YEAR, TODAY), by=OTHER)
    report_jobs.Queue(loaded).carry_out(key)
    document, content = report_jobs.result_of(loaded, key, by=OTHER)
    assert document.name == f"NECST_{CODE}_{YEAR}_dossier.zip"
    (entry,) = audit.history_of(loaded, f"dossier/{CODE}/{YEAR}")
    assert (entry.by, entry.did) == (OTHER.name, "make dossier")
    assert entry.detail["sha256"] == hashlib.sha256(content).hexdigest()
    loaded.rollback()
    assert report_jobs.ask(loaded, Wanted(JobKind.DOSSIER, CODE, YEAR, TODAY), by=OTHER) == key
