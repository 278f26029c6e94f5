"""What a file is, by what is in it."""

import gzip
import zipfile
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from tests.books.cases import DEMO
from tests.readers.writing import Auditfile, Statement, refusal_of
from tracker.domain.imports import FileKind
from tracker.readers.kinds import kind_of


def zipped(name: str) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, "content")
    return packed.getvalue()


def workbook(*rows: str) -> bytes:
    saved = BytesIO()
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Lijst")
    for row in rows:
        sheet.append(row.split(";"))
    book.save(saved)
    return saved.getvalue()


@pytest.mark.parametrize(
    ("pattern", "kind"),
    [
        ("auditfile-*.xaf", FileKind.LEDGER),
        ("bank-*.xml", FileKind.BANK),
        ("in-kind.csv", FileKind.IN_KIND),
    ],
)
def test_the_sample_files_are_known_under_any_name(
    tmp_path: Path, pattern: str, kind: FileKind
) -> None:
    for path in DEMO.glob(pattern):
        renamed = tmp_path / "download.tmp"
        renamed.write_bytes(path.read_bytes())
        assert kind_of(renamed, "photo.jpg") is kind


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (str(Auditfile()).encode("utf-8-sig"), FileKind.LEDGER),
        (b"\n\n" + str(Auditfile(prologue="")).encode(), FileKind.LEDGER),
        (str(Auditfile(prologue="<!-- by hand -->")).encode(), FileKind.LEDGER),
        (b"<a:Document xmlns:a='x'><a:BkToCstmrStmt>", FileKind.BANK),
        (b"partner,date,work package,hours,rate,description\n", FileKind.IN_KIND),
        (b"\xef\xbb\xbfPartner;Datum;Werkpakket;Uren", FileKind.IN_KIND),
        ("Partner;Datum;Uren".encode("utf-16"), FileKind.IN_KIND),
        (workbook("Partner;Datum;Werkpakket;Uren;Tarief;Omschrijving"), FileKind.IN_KIND),
        (workbook("Lijst", "Datum;Dagboek;Omschrijving;Bedrag"), FileKind.TABLE),
        (b"Datum;Dagboek;Omschrijving;Bedrag\n", FileKind.TABLE),
        ("Datum;Dagboek;Omschrijving;Bedrag\n".encode("utf-16-le"), FileKind.TABLE),
        (b"Medewerker;Datum;Werkpakket;Uren;Tarief;Omschrijving\n", FileKind.TABLE),
        (b"Naam;Bedrag\nBio;1\n", FileKind.TABLE),
    ],
)
def test_a_file_is_known_by_its_beginning(tmp_path: Path, content: bytes, kind: FileKind) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    assert kind_of(path, "file") is kind


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "The file is empty."),
        (workbook(), "No sheet of the workbook shows anything."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "The file is a workbook or document of an old kind."),
        (zipped("books.xaf"), "The file is an archive. Unpack it, and import the file"),
        (gzip.compress(b"<auditfile/>"), "The file is an archive."),
        (b"%PDF-1.7\n", "The file is a PDF, made for people to read. Import a general ledger"),
        (b"\x89PNG\r\n", "The file is an image."),
        (b"CLAIR1.00.00", "The file is an auditfile from before 2003. Choose XAF 4.0 or 3.2"),
        (b"{1:F01INGBNL2A}{2:I940}", "The file is a bank statement in MT940."),
        (b"ABNANL2A\n940\nABNANL2A\n:20:X", "The file is a bank statement in MT940."),
        ((DEMO / "case.json").read_bytes(), "A programme is set up with “tracker setup”."),
        (str(Statement(prologue="")).encode("utf-16"), "is encoded in “UTF-16/32”"),
        (b"<html><body>", "html: The file is XML with the root html, which cannot be imported."),
        (b"<Document><BkToCstmrAcctRpt>", "The file is a camt.052, and not a statement."),
        (b"<Document><BkToCstmrDbtCdtNtfctn>", "The file is a camt.054, and not a statement."),
        (b"<Document><CstmrCdtTrfInitn>", "The file is a pain.001, and not a statement."),
        (b"<?xml version='1.0'?>", "XML 1: The XML is damaged or breaks off at line 1"),
        (b"<<<", "The XML is damaged"),
        (b"<?xml version='1.0' encoding='x-user'?><auditfile>", "is encoded in “x-user”"),
        (b"Dear all,\nsee the hours below\n", "The file is nothing that can be imported."),
        (b"Naam\nBio\n", "a workbook or csv with a table of costs or hours."),
        (bytes(range(1, 256)) * 4, "The file is nothing that can be imported."),
        (b"\0" * 1000, "The file is nothing that can be imported."),
    ],
    ids=lambda value: value if isinstance(value, str) else "file",
)
def test_a_file_that_cannot_be_imported_is_told_what_it_is(
    tmp_path: Path, content: bytes, complaint: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    assert complaint in refusal_of(lambda: kind_of(path, "file"))


@pytest.mark.parametrize(
    ("head", "megabytes", "most"),
    [(str(Auditfile()).encode(), 201, 200), (str(Statement()).encode(), 51, 50)],
)
def test_a_file_that_is_too_large_is_refused_unread(
    tmp_path: Path, head: bytes, megabytes: int, most: int
) -> None:
    path = tmp_path / "file"
    with path.open("wb") as file:
        file.write(head + b" " * 2_000)
        file.truncate(megabytes * 1_000_000)  # a hole takes no room on the disk
    said = refusal_of(lambda: kind_of(path, "file"))
    assert f"The file holds {megabytes} MB; a file of this kind may hold {most} MB." in said
