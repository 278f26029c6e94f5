"""What a parser holds of a file is counted while it reads, and what it gave away is not."""

import io
from pathlib import Path

import pytest

from tests.readers.writing import (
    BALANCED,
    Auditfile,
    read_through,
    refusal_of,
    tr_line,
    transaction,
)
from tracker.domain.errors import FileRefused
from tracker.readers import counted
from tracker.readers.counted import CountedFile

CROWD = "<a/>" * 600


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is within reach."""
    monkeypatch.setattr(counted, "ELEMENTS_MAX", 500)


@pytest.mark.parametrize(
    "changes",
    [
        {"body": BALANCED + CROWD},
        {"body": CROWD + BALANCED},
        {"body": BALANCED.replace("</trLine>", f"{CROWD}</trLine>", 1)},
        {"company": f"<companyName>F</companyName>{CROWD}"},
        {"accounts": f"<generalLedger>{'<ledgerAccount/>' * 600}</generalLedger>"},
        {"accounts": f"<openingBalance>{'<obLine/>' * 200}</openingBalance>"},
        {"body": "</journal><journal>" * 600 + BALANCED},
    ],
)
def test_countless_elements_in_any_place_are_refused(
    tmp_path: Path, changes: dict[str, str]
) -> None:
    path = Auditfile(**changes).written(tmp_path)
    assert "The file holds more in one place" in refusal_of(lambda: read_through(path))


def test_many_transactions_are_not_countless_elements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = (tr_line(1, "D"), tr_line(2, "C", accID="1600"))
    body = "".join(transaction(*lines, nr=n) for n in range(9_000))
    total = "900000.00"
    path = Auditfile(body=body, lines=18_000, debit=total, credit=total).written(tmp_path)
    # Of what is read at a time, nothing was given away yet.
    monkeypatch.setattr(counted, "ELEMENTS_MAX", 12_000)
    _, found = read_through(path)
    assert len(found) == 9_000
    crowded = body.replace("<transaction>", "<a/><a/><transaction>")
    path = Auditfile(body=crowded, lines=18_000, debit=total, credit=total).written(tmp_path)
    assert "The file holds more in one place" in refusal_of(lambda: read_through(path))


def test_what_is_read_again_is_counted_once() -> None:
    file = CountedFile(io.BytesIO(b"<a/>" * 400), "books.xaf")
    for _ in range(5):
        file.seek(0)
        file.read(1_000)
    file.read()
    with pytest.raises(FileRefused):
        CountedFile(io.BytesIO(b"<a/>" * 501), "books.xaf").read()
