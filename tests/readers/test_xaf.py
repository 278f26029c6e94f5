"""Auditfiles: what is read, and what is refused with which words."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.etree.ElementTree import parse

import pytest

from tests.books.cases import DEMO, case_dir
from tests.readers.writing import (
    BALANCED,
    XAF_40,
    XAF_321,
    Auditfile,
    read_through,
    refusal_of,
    tags,
    tr_line,
    transaction,
)
from tracker.domain.ledgers import ControlTotals, LedgerLine, LedgerTransaction
from tracker.readers import xaf

BOOKS = [
    *sorted(DEMO.glob("*.xaf")),
    *sorted(case_dir(seed=7, invoices=40).glob("*.xaf")),
    *sorted(case_dir(seed=20, invoices=5).glob("*.xaf")),
]


def told_by_the_xml(path: Path) -> list[LedgerTransaction]:
    """Read an auditfile another way, with nothing of the reader."""
    root = parse(path).getroot()
    space = root.tag.partition("}")[0] + "}"

    def say(element, tag):
        found = element.find(space + tag)
        return "" if found is None or found.text is None else found.text

    names = {
        say(e, "custSupID"): say(e, "custSupName") for e in root.iter(space + "customerSupplier")
    }
    return [
        LedgerTransaction(
            say(journal, "jrnID"),
            say(entry, "nr"),
            date.fromisoformat(say(entry, "trDt")),
            say(entry, "desc"),
            tuple(
                LedgerLine(
                    say(line, "nr"),
                    say(line, "accID"),
                    int(Decimal(say(line, "amnt")) * (100 if say(line, "amntTp") == "D" else -100)),
                    date.fromisoformat(say(line, "effDate")),
                    say(line, "desc"),
                    say(line, "docRef"),
                    say(line, "invRef"),
                    say(line, "custSupID"),
                    names.get(say(line, "custSupID"), ""),
                    say(line, "costID") or say(line, "cost"),
                    say(line, "projID") or say(line, "project"),
                )
                for line in entry.iter(space + "trLine")
            ),
        )
        for journal in root.iter(space + "journal")
        for entry in journal.iter(space + "transaction")
    ]


@pytest.mark.parametrize("path", BOOKS, ids=lambda p: f"{p.parent.name[:8]}-{p.name}")
def test_every_line_of_the_books_is_read_as_the_file_says_it(path: Path) -> None:
    file, transactions = read_through(path)
    assert transactions == told_by_the_xml(path)
    assert len(transactions) > 20
    assert file.fiscal_year == int(path.stem[-4:])
    assert file.version == ("4.0" if file.fiscal_year >= 2024 else "3.2")
    assert file.company == "001234567B01"
    assert file.company_name == "Pilot facility (sample)"
    assert file.warnings() == ()


def test_names_in_iso_8859_1_are_read_right() -> None:
    _, transactions = read_through(DEMO / "auditfile-2022.xaf")
    suppliers = {line.supplier for entry in transactions for line in entry.lines}
    assert {"Café-Catering Léonie", "Müller Prozesstechnik GmbH", "LabSupply <NL>"} <= suppliers


@pytest.mark.parametrize(
    ("namespace", "version"),
    [(XAF_321, "3.2.1"), (XAF_40, "4.0"), ("http://www.auditfiles.nl/XAF/4.0", "4.0")],
)
def test_other_versions_are_read_too(tmp_path: Path, namespace: str, version: str) -> None:
    codes = ("cost", "project") if version == "4.0" else ("costID", "projID")
    first = tr_line(1, "D", custSupID="C1", invRef="F1", **dict.fromkeys(codes, "X"))
    body = transaction(first, tr_line(2, "C", accID="1600"))
    path = Auditfile(body=body, namespace=namespace).written(tmp_path)
    file, (entry,) = read_through(path)
    assert file.version == version
    assert entry.lines[0][4:] == (*("Work", "D1", "F1", "C1", "Supplier & Son", "X", "X"),)


def test_the_transactions_can_be_read_twice(tmp_path: Path) -> None:
    file = xaf.read(Auditfile().written(tmp_path), "books.xaf")
    assert list(file.transactions()) == list(file.transactions())


def test_a_negative_amount_counts_on_the_other_side(tmp_path: Path) -> None:
    body = transaction(tr_line(1, "D", "-100.00"), tr_line(2, "C", "-100.00", accID="1600"))
    for total in ("-100.00", "100.00"):  # as written, or turned round: exporters do either
        path = Auditfile(body=body, debit=total, credit=total).written(tmp_path)
        _, (entry,) = read_through(path)
        assert [line.cents for line in entry.lines] == [-10_000, 10_000]


def test_control_totals_are_those_of_the_file(tmp_path: Path) -> None:
    file = xaf.read(Auditfile().written(tmp_path), "books.xaf")
    assert file.totals == ControlTotals(2, 10_000, 10_000)
    assert file.company == "0012B01"


def test_books_without_a_transaction_are_read(tmp_path: Path) -> None:
    path = Auditfile(body="", lines=0, debit="0.00", credit="0.00").written(tmp_path)
    assert read_through(path)[1] == []


def test_letters_that_can_be_written_in_two_ways_are_read_in_one(tmp_path: Path) -> None:
    body = transaction(
        tr_line(1, "D", desc="Cafe\u0301", custSupID="C1"), tr_line(2, "C", accID="1600")
    )
    _, (entry,) = read_through(Auditfile(body=body).written(tmp_path))
    assert entry.lines[0].description == "Café"


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"year": "2023-2024"}, "header/fiscalYear: The fiscal year is “2023-2024”"),
        ({"year": ""}, "header/fiscalYear: The fiscal year is “”"),
        ({"year": 2032}, "The fiscal year 2032 does not fit its days, 2023-01-01 to 2023-12-31"),
        ({"last": "2022-12-31"}, "does not fit its days"),
        ({"last": "2026-12-31"}, "does not fit its days"),
        ({"last": "2023-02-30"}, "header/endDate: “2023-02-30” is not a date"),
        ({"currency": "USD"}, "header/curCode: The books are kept in “USD”"),
        ({"currency": ""}, "The books are kept in “”"),
        ({"company": ""}, "company/companyName: The file does not say whose books"),
        ({"lines": ""}, "transactions/linesCount: The control total linesCount is missing"),
        ({"lines": "2.0"}, "linesCount is missing, or is not a number"),
        ({"debit": "100,00"}, "totalDebit is missing, or is not a number"),
        ({"credit": "1e2"}, "totalCredit is missing, or is not a number"),
        ({"namespace": "http://www.auditfiles.nl/XAF/3.1"}, "an auditfile of version 3.1"),
        ({"prologue": "<!-- Vervolgbestand 2 van 3 -->"}, "part 2 of 3 of a divided auditfile"),
    ],
)
def test_a_front_that_is_not_sound_is_refused_at_once(
    tmp_path: Path, changes: dict[str, str], complaint: str
) -> None:
    path = Auditfile(**changes).written(tmp_path)
    assert complaint in refusal_of(lambda: xaf.read(path, path.name))


def test_a_file_of_another_root_is_no_auditfile(tmp_path: Path) -> None:
    path = tmp_path / "books.xaf"
    path.write_text(str(Auditfile()).replace("auditfile", "ledgerfile"))
    assert "The file is not an auditfile." in refusal_of(lambda: xaf.read(path, path.name))


def test_a_missing_header_says_everything_that_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "books.xaf"
    text = str(Auditfile())
    start, end = text.index("<header>"), text.index("</header>") + len("</header>")
    path.write_text(text[:start] + text[end:])
    said = refusal_of(lambda: xaf.read(path, path.name))
    assert "fiscalYear" in said
    assert "curCode" in said


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"lines": 3}, "linesCount: The file declares 3 lines and holds 2."),
        ({"debit": "100.01"}, "totalDebit is € 100.01, and the lines add up to € 100.00"),
        ({"credit": "99.00"}, "the difference is € 1.00. Export the file anew; amounts were"),
        ({"debit": "-100.00", "credit": "-100.00"}, "totalCredit is -€ 100.00"),
        ({"after": "<auditfile/>"}, "There is more in the file after its end."),
        ({"after": "more"}, "There is more in the file after its end."),
        ({"journal": " "}, "no number or no journal"),
        ({"journal": "J" * 101}, "one that is too long"),
    ],
)
def test_a_file_that_does_not_tie_out_is_refused_at_its_end(
    tmp_path: Path, changes: dict[str, object], complaint: str
) -> None:
    path = Auditfile(**changes).written(tmp_path)
    assert complaint in refusal_of(lambda: read_through(path))


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (tr_line(amount="100,00"), "INK 1/1 (XML 1) amnt: “100,00” is not an amount in euros"),
        (tr_line(amount="100.001"), "“100.001” is not an amount"),
        (tr_line(amount="1e2"), "“1e2” is not an amount"),
        (tr_line(amount="NaN"), "“NaN” is not an amount"),
        (tr_line(amount="١٠٠.٠٠"), "is not an amount"),
        (tr_line(amount="9" * 16 + ".00"), "is not an amount"),
        (tr_line(amount="9" * 5000), "is not an amount"),
        (tr_line(amnt=None), "amnt: “” is not an amount"),
        (tr_line(effDate="2023-02-29"), "INK 1/1 (XML 1) effDate: “2023-02-29” is not a date"),
        (tr_line(effDate="01-05-2023"), "effDate: “01-05-2023” is not a date"),
        (tr_line(effDate=None), "effDate: “” is not a date"),
        (tr_line(amntTp="X"), "amntTp: A line is debit (D) or credit (C), not “X”."),
        (tr_line(amntTp=None), "A line is debit (D) or credit (C), not “”."),
        (tr_line(nr=None), "nr: The line has no number"),
        (tr_line(nr="1" * 101), "nr: The line has no number, or one that is too long."),
        (tr_line(accID="41OO"), "accID: Account “41OO” is not in the file's chart of accounts."),
        (tr_line(accID=None), "accID: Account “” is not in"),
        (tr_line(nr=2), "INK 1 (XML 1): Two lines of the transaction have the same number."),
        (tr_line().replace("<amnt>", "<amnt>1.00</amnt><amnt>"), "holds amnt more than once"),
    ],
)
def test_a_line_that_is_not_sound_is_named_with_its_value(
    tmp_path: Path, line: str, complaint: str
) -> None:
    path = Auditfile(body=transaction(line, tr_line(2, "C", accID="1600"))).written(tmp_path)
    assert complaint in refusal_of(lambda: read_through(path))


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (
            transaction(tr_line(), tr_line(2, "C", "90.00", accID="1600"), nr=17),
            (
                "INK 17 (XML 1): The transaction does not balance: "
                "debit € 100.00, credit € 90.00, difference € 10.00."
            ),
        ),
        (BALANCED + BALANCED, "INK 1 (XML 1): The transaction is in the file twice."),
        (BALANCED.replace("2023-05-02", "2023-13-02"), "INK 1 (XML 1) trDt: “2023-13-02”"),
        (BALANCED.replace("<nr>1</nr><desc>Entry", "<desc>Entry"), "has no number or no journal"),
    ],
)
def test_a_transaction_that_is_not_sound_is_named(
    tmp_path: Path, body: str, complaint: str
) -> None:
    path = Auditfile(body=body).written(tmp_path)
    assert complaint in refusal_of(lambda: read_through(path))


def test_all_that_is_wrong_is_said_at_once_and_the_rest_is_counted(tmp_path: Path) -> None:
    body = "".join(
        transaction(tr_line(amount=f"{n},00"), tr_line(2, "C"), nr=n) for n in range(1, 151)
    )
    path = Auditfile(body=body, lines=300).written(tmp_path)
    said = refusal_of(lambda: read_through(path)).splitlines()
    assert len(said) == 101
    assert said[99].startswith("INK 100/1 (XML 1) amnt: “100,00” is not an amount")
    assert said[100] == "Further findings that are not listed: 50."


def test_the_same_thing_wrong_in_many_places_is_said_once(tmp_path: Path) -> None:
    body = "".join(transaction(tr_line(), tr_line(2, "C", accID="9"), nr=n) for n in range(1, 31))
    path = Auditfile(body=body, lines=60).written(tmp_path)
    (said,) = refusal_of(lambda: read_through(path)).splitlines()
    assert said.startswith("INK 1/2 (XML 1) accID, INK 2/2 (XML 1) accID, ")
    assert "(+18): Account “9” is not in the file's chart of accounts." in said


def test_nothing_is_given_after_the_first_thing_that_is_wrong(tmp_path: Path) -> None:
    wrong = transaction(tr_line(amount="x"), tr_line(2, "C"), nr=2)
    body = BALANCED + wrong + transaction(tr_line(), tr_line(2, "C"), nr=3)
    file = xaf.read(Auditfile(body=body, lines=6).written(tmp_path), "books.xaf")
    given = []
    refusal_of(lambda: given.extend(file.transactions()))
    assert [entry.number for entry in given] == ["1"]


def test_a_file_that_breaks_off_is_refused_at_the_place(tmp_path: Path) -> None:
    path = tmp_path / "books.xaf"
    path.write_text(str(Auditfile(body="\n" + BALANCED)).removesuffix("</auditfile>"))
    said = refusal_of(lambda: read_through(path))
    assert said.startswith("XML 2: The XML is damaged or breaks off at line 2, column ")


def test_what_is_unusual_and_yet_possible_is_a_warning(tmp_path: Path) -> None:
    odd = tr_line(1, "D", effDate="2032-05-01", custSupID="C9")
    body = transaction(odd, tr_line(2, "C", accID="1600"), booked="2024-01-03")
    file, (entry,) = read_through(Auditfile(body=body).written(tmp_path))
    assert entry.lines[0].supplier == "C9"
    assert [str(warning) for warning in file.warnings()] == [
        "INK 1 (XML 1): Booked on 2024-01-03, outside the fiscal year, 2023-01-01 to 2023-12-31.",
        (
            "INK 1/1 (XML 1): Incurred on 2032-05-01, far from the fiscal year, 2023-01-01 to "
            "2023-12-31."
        ),
        "INK 1/1 (XML 1): Supplier C9 is not described in the file; its code stands for its name.",
    ]


def test_december_invoices_booked_in_january_are_nothing_unusual(tmp_path: Path) -> None:
    body = transaction(tr_line(effDate="2022-12-15"), tr_line(2, "C"), booked="2023-01-03")
    file, _ = read_through(Auditfile(body=body).written(tmp_path))
    assert file.warnings() == ()


def test_a_file_without_master_data_is_read(tmp_path: Path) -> None:
    body = transaction(tr_line(custSupID="C1"), tr_line(2, "C", accID="1600"))
    path = Auditfile(body=body, accounts="", relations="").written(tmp_path)
    _, (entry,) = read_through(path)
    assert entry.lines[0].supplier == "C1"


def test_vat_and_foreign_amounts_on_a_line_are_read_past(tmp_path: Path) -> None:
    more = "<vat><vatID>1</vatID></vat><currency><curCode>USD</curCode></currency></trLine>"
    line = tr_line().replace("</trLine>", more)
    path = Auditfile(body=transaction(line, tr_line(2, "C"))).written(tmp_path)
    assert read_through(path)[1][0].lines[0].cents == 10_000


def test_windows_letters_in_a_file_that_says_iso_8859_1_are_read_right(tmp_path: Path) -> None:
    text = Auditfile(
        body=transaction(tr_line(desc="€ 5 “net”"), tr_line(2, "C")),
        prologue='<?xml version="1.0" encoding="ISO-8859-1"?>',
    )
    _, (entry,) = read_through(text.written(tmp_path, "cp1252"))
    assert entry.lines[0].description == "€ 5 “net”"


def test_bytes_that_are_no_letter_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "books.xaf"
    text = str(Auditfile(prologue='<?xml version="1.0" encoding="ISO-8859-1"?>'))
    path.write_bytes(text.encode("cp1252").replace(b"Work", b"W\x81rk"))
    assert "The file holds bytes that are no character." in refusal_of(lambda: read_through(path))


def test_windows_letters_in_a_file_that_says_utf_8_are_refused(tmp_path: Path) -> None:
    path = Auditfile(body=BALANCED.replace("Work", "Wörk")).written(tmp_path, "cp1252")
    assert "The XML is damaged" in refusal_of(lambda: read_through(path))


def test_numbers_of_other_scripts_and_spaces_around_codes_do_no_harm(tmp_path: Path) -> None:
    body = transaction(tr_line(nr=" 1 ", accID=" 4100 ", amount=" 100.0 "), tr_line(2, "C"))
    _, (entry,) = read_through(Auditfile(body=body, debit="+100").written(tmp_path))
    assert entry.lines[0][:3] == ("1", "4100", 10_000)


def test_tags_escape_what_they_hold() -> None:
    assert tags(desc="a & <b>") == "<desc>a &amp; &lt;b&gt;</desc>"


@pytest.mark.parametrize("declared", ["ISO-8859-1", "windows-1252", "UTF-8"])
def test_a_mark_at_the_beginning_outweighs_the_encoding_that_is_declared(
    tmp_path: Path, declared: str
) -> None:
    prologue = f'\ufeff<?xml version="1.0" encoding="{declared}"?>'
    path = Auditfile(body=BALANCED.replace("Work", "Zoë"), prologue=prologue).written(tmp_path)
    _, (found,) = read_through(path)
    assert found.lines[0].description == "Zoë"


def test_a_mark_does_not_make_up_for_an_encoding_that_is_unknown(tmp_path: Path) -> None:
    path = Auditfile(prologue='\ufeff<?xml version="1.0" encoding="x"?>').written(tmp_path)
    assert "is encoded in “x”, which is not read." in refusal_of(lambda: read_through(path))
