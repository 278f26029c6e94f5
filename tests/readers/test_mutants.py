"""One figure of a sound file is changed: the file is refused, or there is a warning.

What no file can tell is left out: a date that is as good as the one before, a text, a number
of a document.
"""

import re
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.books.cases import case_dir
from tests.readers.writing import read_through
from tracker.domain.errors import FileRefused
from tracker.readers import camt, in_kind, kinds, programmes

BOOKS = case_dir(seed=3, invoices=10)
LEDGERS = {
    name: (BOOKS / name).read_bytes() for name in ("auditfile-2022.xaf", "auditfile-2024.xaf")
}
BANKS = {name: (BOOKS / name).read_bytes() for name in ("bank-2022.xml", "bank-2025.xml")}

FILES = {**LEDGERS, **BANKS, "case.json": (BOOKS / "case.json").read_bytes()}

AMOUNT = re.compile(rb"<(amnt|totalDebit|totalCredit)>([^<]+)")
COUNT = re.compile(rb"<(linesCount)>([^<]+)")
DAY = re.compile(rb"<(trDt|effDate|startDate|endDate|fiscalYear)>([^<]+)")
SIDE = re.compile(rb"<(amntTp)>([DC])")

BANK_AMOUNT = re.compile(rb'(Amt) Ccy="EUR">([^<]+)')
BANK_COUNT = re.compile(rb"<(NbOfTxs)>([^<]+)")
BANK_SIDE = re.compile(rb"<(CdtDbtInd)>([^<]+)")
BANK_DAY = re.compile(rb"(<BookgDt><Dt)>([^<]+)")

ANOTHER_AMOUNT = st.one_of(
    st.integers(-(10**12), 10**12).map(lambda cents: str(Decimal(cents).scaleb(-2))),
    st.sampled_from(["", "1,00", "1.000,00", "1e3", "NaN", "0x1", "--1", "1.005", "€ 1", "１.00"]),
)
ANOTHER_COUNT = st.one_of(st.integers(-5, 10**6).map(str), st.sampled_from(["", "x", "1.0", "1e3"]))
ANOTHER_DAY = st.one_of(
    st.dates().map(str).filter(lambda day: not "2018" < day < "2027"),
    st.sampled_from(
        ["", "2022-02-30", "2024-13-01", "01-02-2022", "20220101", "2022-1-1", "today"]
    ),
)


def changed(content: bytes, figure: re.Pattern[bytes], which: int, other: str) -> bytes | None:
    """Change one figure; nothing where it is the same amount in other words."""
    places = list(figure.finditer(content))
    if not places:
        return None
    place = places[which % len(places)]
    try:
        if Decimal(place[2].decode()) == Decimal(other):
            return None
    except InvalidOperation:
        if place[2] == other.encode():
            return None
    return content[: place.start(2)] + other.encode() + content[place.end(2) :]


def is_noticed_in_a_ledger(content: bytes) -> bool:
    with TemporaryDirectory() as folder:
        path = Path(folder, "books.xaf")
        path.write_bytes(content)
        try:
            file, _ = read_through(path)
        except FileRefused:
            return True
        return bool(file.warnings())


def is_noticed_in_a_statement(content: bytes) -> bool:
    with TemporaryDirectory() as folder:
        path = Path(folder, "bank.xml")
        path.write_bytes(content)
        try:
            statements = camt.read(path, "bank.xml")
        except FileRefused:
            return True
        # The sample's own account has wrong check digits: that is not the warning asked for.
        return any(len(statement.warnings) > 1 for statement in statements)


@pytest.mark.parametrize("content", LEDGERS.values(), ids=LEDGERS)
def test_an_unchanged_ledger_gives_no_notice(content: bytes) -> None:
    assert not is_noticed_in_a_ledger(content)


@pytest.mark.parametrize("content", BANKS.values(), ids=BANKS)
def test_an_unchanged_statement_gives_no_notice(content: bytes) -> None:
    assert not is_noticed_in_a_statement(content)


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(sorted(LEDGERS)),
    which=st.integers(0, 10**6),
    change=st.one_of(
        st.tuples(st.just(AMOUNT), ANOTHER_AMOUNT),
        st.tuples(st.just(COUNT), ANOTHER_COUNT),
        st.tuples(st.just(DAY), ANOTHER_DAY),
        st.tuples(st.just(SIDE), st.sampled_from("DCdcX ")),
    ),
)
def test_one_changed_figure_of_a_ledger_is_noticed(name, which, change) -> None:
    mutant = changed(LEDGERS[name], change[0], which, change[1])
    noticed = mutant is None or is_noticed_in_a_ledger(mutant)
    assert noticed


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(sorted(BANKS)),
    which=st.integers(0, 10**6),
    change=st.one_of(
        st.tuples(st.just(BANK_AMOUNT), ANOTHER_AMOUNT),
        st.tuples(st.just(BANK_COUNT), ANOTHER_COUNT),
        st.tuples(st.just(BANK_SIDE), st.sampled_from(["CRDT", "DBIT", "crdt", "", "C"])),
        st.tuples(st.just(BANK_DAY), ANOTHER_DAY),
    ),
)
def test_one_changed_figure_of_a_statement_is_noticed(name, which, change) -> None:
    mutant = changed(BANKS[name], change[0], which, change[1])
    noticed = mutant is None or is_noticed_in_a_statement(mutant)
    assert noticed


@settings(max_examples=40, deadline=None)
@given(name=st.sampled_from(sorted(FILES)), share=st.integers(0, 9_999))
def test_a_file_that_breaks_off_anywhere_is_refused(name: str, share: int) -> None:
    whole = FILES[name].rstrip()
    cut = whole[: len(whole) * share // 10_000]
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(cut)
        with pytest.raises(FileRefused):
            read_any(path)


def read_any(path: Path) -> None:
    if path.suffix == ".xaf":
        read_through(path)
    elif path.suffix == ".xml":
        camt.read(path, path.name)
    elif path.suffix == ".json":
        programmes.read(path, path.name)
    else:
        in_kind.read(path, path.name)


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from([*sorted(FILES), "in-kind.csv"]),
    share=st.integers(0, 9_999),
    other=st.binary(max_size=3),
    dropped=st.integers(0, 3),
)
def test_a_damaged_file_is_read_or_refused_and_nothing_else(name, share, other, dropped) -> None:
    content = (BOOKS / name).read_bytes()
    at = len(content) * share // 10_000
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content[:at] + other + content[at + dropped :])
        with suppress(FileRefused):
            kinds.kind_of(path, name)
        with suppress(FileRefused):
            read_any(path)
