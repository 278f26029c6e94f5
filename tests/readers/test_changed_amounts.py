"""One changed amount in a sound ledger or bank statement is noticed; what is not is listed.

Amounts that the tracker does not keep, and that no total covers, are left out: the VAT inside a
line, charges, and amounts in other currencies.
"""

import re
from pathlib import Path
from random import Random

import pytest

from tests.books.cases import case_dir
from tests.readers.hostile import sound
from tests.readers.writing import read_through
from tracker.domain.errors import FileRefused
from tracker.readers import camt, camt_entries, camt_totals
from tracker.readers.xaf_lines import Pass

MUTANTS = 2_000
NOTICED = 0.995

BOOKS = case_dir(seed=3, invoices=10)
FILES = {
    "xaf": (
        *(sound("xaf32"), sound("xaf40")) * 6,  # which are read in a moment
        (BOOKS / "auditfile-2022.xaf").read_bytes(),
    ),
    "camt": (*[sound("camt")] * 4, (BOOKS / "bank-2022.xml").read_bytes()),
}
AMOUNTS = {
    "xaf": re.compile(rb"<(?:amnt|totalDebit|totalCredit)>([0-9.]+)<"),
    "camt": re.compile(rb"<(?:Amt|Sum|TtlAmt)(?: [^<>]*)?>([0-9.]+)<"),
}
SIDES = {
    "xaf": (re.compile(rb"<amntTp>([DC])<"), {b"D": b"C", b"C": b"D"}),
    "camt": (
        re.compile(rb"<CdtDbtInd>([A-Z]{4})<"),
        {b"CRDT": b"DBIT", b"DBIT": b"CRDT"},
    ),
}


def another(amount: bytes, random: Random) -> bytes:
    """Change an amount as people and bad lines do: a digit, its place, the point or the sign."""
    digits = [n for n, letter in enumerate(amount) if letter != ord(".")]
    at = random.choice(digits)
    match random.randrange(5):
        case 0 | 1:
            other = random.choice([digit for digit in b"0123456789" if digit != amount[at]])
            return amount[:at] + bytes([other]) + amount[at + 1 :]
        case 2:
            next_one = digits[(digits.index(at) + 1) % len(digits)]
            letters = bytearray(amount)
            letters[at], letters[next_one] = letters[next_one], letters[at]
            return bytes(letters)
        case 3:
            whole, fraction = amount.split(b".")
            return random.choice(
                (
                    whole[:-1] + b"." + whole[-1:] + fraction[:1],
                    whole + fraction[:1] + b"." + fraction[1:],
                )
            )
        case _:
            return b"-" + amount


def worth(amount: bytes) -> tuple[bytes, bytes]:
    """An amount without the zeros that say nothing."""
    whole, _, fraction = amount.partition(b".")
    return whole.lstrip(b"0"), fraction.rstrip(b"0")


def changed(kind: str, seed: int) -> tuple[bytes, str]:
    """Change one amount in one of the files, and say which."""
    random = Random(f"{kind}/{seed}")
    while True:
        content = random.choice(FILES[kind])
        pattern, others = SIDES[kind]
        if random.random() < 0.2:
            place = random.choice(list(pattern.finditer(content)))
            other = others[place[1]]
        else:
            place = random.choice(list(AMOUNTS[kind].finditer(content)))
            other = another(place[1], random)
        if worth(other) != worth(place[1]):
            line = content.count(b"\n", 0, place.start()) + 1
            around = content[max(0, place.start() - 60) : place.end() + 20].decode("latin-1")
            said = f"{kind} {seed} line {line}: {place[1]!r} became {other!r} in …{around}…"
            return content[: place.start(1)] + other + content[place.end(1) :], said


def notices(kind: str, path: Path) -> set[str]:
    """Give what is said of a file, in words without figures."""
    try:
        if kind == "xaf":
            file, _ = read_through(path)
            found = list(file.warnings())
        else:
            found = [
                warning
                for statement in camt.read(path, path.name)
                for warning in statement.warnings
            ]
    except FileRefused as refusal:
        found = list(refusal.findings)
    return {finding.message.template for finding in found}


def unnoticed(kind: str, folder: Path, count: int) -> list[str]:
    path = folder / "file"
    usual = set()
    for content in FILES[kind]:
        path.write_bytes(content)
        usual |= notices(kind, path)  # a sample account has wrong check digits, and that is said
    missed = []
    for seed in range(count):
        content, said = changed(kind, seed)
        path.write_bytes(content)
        if notices(kind, path) <= usual:
            missed.append(said)
    return missed


@pytest.mark.parametrize("kind", FILES)
def test_a_changed_amount_is_noticed(tmp_path: Path, kind: str) -> None:
    missed = unnoticed(kind, tmp_path, MUTANTS)
    assert len(missed) <= MUTANTS * (1 - NOTICED), "\n".join(missed)


def test_a_changed_amount_in_a_ledger_would_be_missed_without_the_balance_of_transactions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pass, "check_totals", lambda *_: None)
    with_balance = len(unnoticed("xaf", tmp_path, 100))
    monkeypatch.setattr(Pass, "_check_lines", lambda *_: None)
    assert len(unnoticed("xaf", tmp_path, 100)) > 50 > with_balance


def test_a_changed_amount_in_a_statement_would_be_missed_without_its_totals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, check in (
        (camt, "check_summary"),
        (camt, "warn_of_balance"),
        (camt_entries, "_check_batch"),
        (camt_totals, "_check_sum"),
    ):
        monkeypatch.setattr(module, check, lambda *_: None)
    assert len(unnoticed("camt", tmp_path, 200)) > 100
