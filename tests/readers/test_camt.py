"""Bank statements: what is read, what is refused and what is only warned of."""

import json
from datetime import date
from pathlib import Path
from xml.etree.ElementTree import parse

import pytest

from tests.books.cases import DEMO, case_dir
from tests.readers.writing import CAMT_08, Statement, entry, refusal_of
from tracker.domain.receipts import BankEntry
from tracker.readers import camt

CASES = [case_dir(seed=7, invoices=40), case_dir(seed=20, invoices=5)]


def only(path: Path):
    (statement,) = camt.read(path, path.name)
    return statement


def detail(amount: str = "", *, reference: str = "", more: str = "") -> str:
    own = f'<AmtDtls><TxAmt><Amt Ccy="EUR">{amount}</Amt></TxAmt></AmtDtls>' if amount else ""
    return f"<TxDtls><Refs><EndToEndId>{reference}</EndToEndId></Refs>{own}{more}</TxDtls>"


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name[:9])
@pytest.mark.parametrize("year", range(2021, 2026))
def test_the_books_statements_are_read_to_the_cent(folder: Path, year: int) -> None:
    answers = json.loads((folder / "expected.json").read_text())["files"][f"bank-{year}.xml"]
    statement = only(folder / f"bank-{year}.xml")
    assert statement.entry_count == answers["entries"]
    assert statement.closing == answers["closing"]
    assert statement.opening + sum(e.cents for e in statement.entries) == statement.closing
    assert len({e.key for e in statement.entries}) == len(statement.entries)


def test_every_funder_pays_what_the_answers_say() -> None:
    for folder in CASES:
        case = json.loads((folder / "case.json").read_text())
        answers = json.loads((folder / "expected.json").read_text())
        paid = dict.fromkeys(answers["received"], 0)
        for path in folder.glob("bank-*.xml"):
            for got in only(path).entries:
                for commitment in case["commitments"]:
                    by_account = got.counterparty_iban == commitment["iban"] != ""
                    names = [c["reference"] for c in case["commitments"]]
                    named = any(name in got.remittance for name in names)
                    if commitment["reference"] in got.remittance or (by_account and not named):
                        paid[commitment["id"]] += got.cents
        assert paid == answers["received"]


def test_a_batch_is_split_and_counted_as_one() -> None:
    statement = only(DEMO / "bank-2022.xml")
    (tree,) = parse(DEMO / "bank-2022.xml").getroot().iterfind(".//{*}Btch/..")
    parts = [e for e in statement.entries if e.key.rpartition("/")[0].endswith("2022-01-19")]
    assert len(tree.findall("{*}TxDtls")) == len(parts) == 2
    assert len(statement.entries) == statement.entry_count + 1
    assert parts[0] == BankEntry(
        key="NL18BNGH0285000001/2022000002/2022-01-19/1",
        booked_on=date(2022, 1, 19),
        cents=200_000_000,
        counterparty="National Growth Fund",
        counterparty_iban="NL91ABNA0417164300",
        remittance="Termijn 2 NGF-RMXB-2021-07 NGF-1-2",
    )


def test_version_08_says_the_same_in_other_places(tmp_path: Path) -> None:
    party = (
        "<RltdPties><Dbtr><Pty><Nm>Funder</Nm></Pty></Dbtr>"
        "<DbtrAcct><Id><IBAN>NL20 INGB 0001 2345 67</IBAN></Id></DbtrAcct></RltdPties>"
    )
    parts = (
        f'<TxDtls><Amt Ccy="EUR">12.50</Amt><CdtDbtInd>CRDT</CdtDbtInd>{party}</TxDtls>'
        '<TxDtls><Amt Ccy="EUR">2.50</Amt><CdtDbtInd>DBIT</CdtDbtInd></TxDtls>'
    )
    path = Statement(
        entry("10.00", details=parts, status="<Cd>BOOK</Cd>"),
        closing="1010.00",
        namespace=CAMT_08,
    ).written(tmp_path)
    statement = only(path)
    assert [e.cents for e in statement.entries] == [1_250, -250]
    assert statement.entries[0].counterparty == "Funder"
    assert statement.entries[0].counterparty_iban == "NL20INGB0001234567"
    assert statement.warnings == ()


def test_a_moment_of_booking_is_a_day_of_booking(tmp_path: Path) -> None:
    text = entry().replace("<Dt>2023-03-01</Dt>", "<DtTm>2023-03-01T23:59:00+01:00</DtTm>")
    statement = only(Statement(text, closing="1010.00").written(tmp_path))
    assert statement.entries[0].booked_on == date(2023, 3, 1)


def test_the_remittance_joins_every_text_that_may_hold_a_reference(tmp_path: Path) -> None:
    more = (
        "<RmtInf><Ustrd>Instalment  2</Ustrd><Ustrd>NGF-7</Ustrd>"
        "<Strd><CdtrRefInf><Ref>RF18</Ref></CdtrRefInf></Strd></RmtInf>"
    )
    text = entry(details=detail(reference="E2E", more=more))
    statement = only(Statement(text, closing="1010.00").written(tmp_path))
    assert statement.entries[0].remittance == "Instalment 2 NGF-7 RF18 E2E"


def test_an_entry_without_details_tells_what_the_bank_adds(tmp_path: Path) -> None:
    text = entry().replace("</Ntry>", "<AddtlNtryInf>Interest</AddtlNtryInf></Ntry>")
    statement = only(Statement(text, closing="1010.00").written(tmp_path))
    assert statement.entries[0].remittance == "Interest"
    assert statement.entries[0].cents == 1_000


def test_a_reversal_moves_money_as_its_side_says_and_names_the_other_party(tmp_path: Path) -> None:
    party = "<RltdPties><Dbtr><Nm>Us</Nm></Dbtr><Cdtr><Nm>Supplier</Nm></Cdtr></RltdPties>"
    came_back = entry(more="<RvslInd>true</RvslInd>", details=detail(more=party))
    statement = only(Statement(came_back, closing="1010.00").written(tmp_path))
    assert statement.entries[0].cents == 1_000
    assert statement.entries[0].counterparty == "Supplier"
    assert statement.warnings == ()


@pytest.mark.parametrize(
    ("more", "details", "undoes"),
    [
        ("<RvslInd>true</RvslInd>", detail(), True),
        ("<RvslInd>1</RvslInd>", "", True),
        ("<RvslInd>false</RvslInd>", detail(), False),
        ("", detail(more="<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"), True),
        ("", detail(), False),
    ],
)
def test_an_entry_that_undoes_another_one_says_so(
    tmp_path: Path, more: str, details: str, *, undoes: bool
) -> None:
    statement = only(Statement(entry(more=more, details=details)).written(tmp_path))
    assert [e.is_reversal for e in statement.entries] == [undoes]


def test_what_is_not_booked_yet_is_left_out_with_a_warning(tmp_path: Path) -> None:
    pending = entry("5.00", status="PDNG", reference="R2").replace(
        "<BookgDt><Dt>2023-03-01</Dt></BookgDt>", ""
    )
    statement = only(Statement(entry() + pending, closing="1010.00").written(tmp_path))
    assert statement.entry_count == len(statement.entries) == 1
    (warning,) = statement.warnings
    assert str(warning) == "Stmt[1]: Entries that are not booked yet, and were left out: 1."


def test_balances_that_do_not_tie_out_are_a_warning_with_the_figures(tmp_path: Path) -> None:
    statement = only(Statement(entry("10.00"), closing="1020.00").written(tmp_path))
    (warning,) = statement.warnings
    assert str(warning) == (
        "Stmt[1]: The balances do not tie out: € 1,000.00 and entries of € 10.00 make "
        "€ 1,010.00, and the statement closes at € 1,020.00; the difference is -€ 10.00. "
        "Ask the bank whether the statement is complete."
    )


def test_an_overdrawn_account_and_an_older_opening_balance_are_read(tmp_path: Path) -> None:
    path = Statement(entry("10.00"), "-20.00", "-10.00", opening_code="PRCD").written(tmp_path)
    statement = only(path)
    assert (statement.opening, statement.closing) == (-2_000, -1_000)
    assert statement.warnings == ()


def test_wrong_check_digits_and_days_outside_the_statement_are_warnings(tmp_path: Path) -> None:
    path = Statement(entry(day="2032-03-01"), closing="1010.00", iban="NL92ABNA0417164300").written(
        tmp_path
    )
    assert [str(warning).partition(".")[0] for warning in only(path).warnings] == [
        "Stmt[1]/Acct/Id/IBAN: The check digits of account NL92ABNA0417164300 are wrong",
        "Stmt[1]: An entry is booked on 2032-03-01, outside the days of the statement",
    ]


def test_a_summary_that_ties_out_is_accepted(tmp_path: Path) -> None:
    summary = (
        "<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries><Sum>14</Sum></TtlNtries>"
        "<TtlCdtNtries><NbOfNtries>1</NbOfNtries><Sum>10.00</Sum></TtlCdtNtries>"
        "<TtlDbtNtries><NbOfNtries>1</NbOfNtries><Sum>4.0</Sum></TtlDbtNtries></TxsSummry>"
    )
    entries = entry("10.00") + entry("4.00", "DBIT", reference="R2")
    statement = only(Statement(entries, closing="1006.00", summary=summary).written(tmp_path))
    assert statement.warnings == ()


@pytest.mark.parametrize(
    ("part", "complaint"),
    [
        (
            "<TtlNtries><NbOfNtries>2</NbOfNtries></TtlNtries>",
            "declares 2 entries, and there are 1",
        ),
        ("<TtlNtries><Sum>10.01</Sum></TtlNtries>", "declares € 10.01, and the entries add up to"),
        ("<TtlCdtNtries><NbOfNtries>0</NbOfNtries></TtlCdtNtries>", "TtlCdtNtries/NbOfNtries"),
        ("<TtlDbtNtries><Sum>1.00</Sum></TtlDbtNtries>", "TtlDbtNtries/Sum"),
        ("<TtlNtries><Sum>x</Sum></TtlNtries>", "“x” is not an amount"),
    ],
)
def test_a_summary_that_does_not_tie_out_is_refused(
    tmp_path: Path, part: str, complaint: str
) -> None:
    path = Statement(entry(), closing="1010.00", summary=f"<TxsSummry>{part}</TxsSummry>").written(
        tmp_path
    )
    assert complaint in refusal_of(lambda: camt.read(path, path.name))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (entry("10,00"), "Stmt[1]/Ntry[1]/Amt: “10,00” is not an amount in euros and cents"),
        (entry("-10.00"), "“-10.00” is not an amount"),
        (entry("10.001"), "“10.001” is not an amount"),
        (entry("1" * 14), "is not an amount"),
        (entry(""), "“” is not an amount"),
        (entry(currency="USD"), "The amount is in USD; only amounts in EUR are read."),
        (
            entry(side="CREDIT"),
            "Stmt[1]/Ntry[1]/CdtDbtInd: An amount is CRDT or DBIT, not “CREDIT”",
        ),
        (entry(status="DONE"), "Stmt[1]/Ntry[1]/Sts: “DONE” is not the status of an entry"),
        (entry(status=""), "“” is not the status of an entry"),
        (entry(day="2023-02-30"), "Stmt[1]/Ntry[1]/BookgDt: “2023-02-30” is not a date"),
        (entry(day=""), "“” is not a date"),
        (
            entry(details=detail("4.00") + detail("5.00")),
            "The entry is € 10.00, and its transactions add up to € 9.00.",
        ),
        (entry(details=detail("9.00")), "and its transactions add up to € 9.00."),
        (
            entry(details=detail("10.00") + detail()),
            "TxDtls[2]: A transaction of a batch carries no amount of its own.",
        ),
        (
            entry(details="<Btch><NbOfTxs>3</NbOfTxs></Btch>" + detail("4") + detail("6")),
            "Btch/NbOfTxs: The batch declares 3 transactions and holds 2.",
        ),
    ],
)
def test_an_entry_that_is_not_sound_is_named_with_its_value(
    tmp_path: Path, text: str, complaint: str
) -> None:
    path = Statement(text, closing="1010.00").written(tmp_path)
    assert complaint in refusal_of(lambda: camt.read(path, path.name))


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"iban": "12345"}, "Stmt[1]/Acct/Id/IBAN: “12345” is not the IBAN of an account."),
        ({"iban": ""}, "“” is not the IBAN"),
        ({"currency": "GBP"}, "Stmt[1]/Acct/Ccy: The account is in GBP"),
        ({"number": ""}, "Stmt[1]/Id: The statement has no number"),
        ({"number": "1" * 101}, "or one that is too long"),
        ({"opening_code": "ITBD"}, "Stmt[1]/Bal: The statement has no balance OPBD/PRCD."),
        ({"times": 2}, "Stmt[2]/Id: Statement 2023001 is in the file twice."),
        ({"opening": "x"}, "Stmt[1]/Bal[OPBD]/Amt: “x” is not an amount"),
    ],
)
def test_a_statement_that_is_not_sound_is_refused(
    tmp_path: Path, changes: dict[str, object], complaint: str
) -> None:
    path = Statement(**changes).written(tmp_path)
    assert complaint in refusal_of(lambda: camt.read(path, path.name))


def test_a_balance_without_a_day_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bank.xml"
    path.write_text(str(Statement()).replace("2023-12-31", "2023-12-32"))
    said = refusal_of(lambda: camt.read(path, path.name))
    assert said.startswith("Stmt[1]/Bal[CLBD]/Dt: “2023-12-32” is not a date")


def test_the_only_transaction_of_an_entry_needs_no_amount_of_its_own(tmp_path: Path) -> None:
    foreign = '<AmtDtls><TxAmt><Amt Ccy="USD">11.00</Amt></TxAmt></AmtDtls>'
    for more in ("", foreign):
        text = entry(details=detail(more=more))
        statement = only(Statement(text, closing="1010.00").written(tmp_path))
        assert statement.entries[0].cents == 1_000


def test_a_key_does_not_depend_on_the_statement_that_holds_the_entry(tmp_path: Path) -> None:
    day = only(Statement(entry(reference="A"), closing="1010.00").written(tmp_path))
    month = only(
        Statement(
            entry("4.00", reference="B") + entry(reference="A"), closing="1014.00", number="M3"
        ).written(tmp_path)
    )
    assert day.entries[0].key == month.entries[1].key
    assert day.entries[0].key != month.entries[0].key


def test_entries_that_look_alike_are_kept_apart(tmp_path: Path) -> None:
    for reference in ("SAME", "NOTPROVIDED", "", "R" * 101):
        alike = entry(reference=reference) + entry(reference=reference)
        statement = only(Statement(alike, closing="1020.00").written(tmp_path))
        assert len({e.key for e in statement.entries}) == 2
        assert max(len(e.key) for e in statement.entries) < 200


def test_a_reference_that_comes_again_another_day_is_another_entry(tmp_path: Path) -> None:
    first = only(Statement(entry(), closing="1010.00").written(tmp_path))
    again = only(Statement(entry(day="2023-04-01"), closing="1010.00").written(tmp_path))
    assert first.entries[0].key != again.entries[0].key


def test_statements_of_several_accounts_may_be_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "bank.xml"
    text = str(Statement(times=2)).replace("0417164300", "0417164301", 1)
    path.write_text(text.replace("NL91ABNA0417164301", "NL64ABNA0417164301"))
    assert [s.iban for s in camt.read(path, path.name)] == [
        "NL64ABNA0417164301",
        "NL91ABNA0417164300",
    ]


def test_a_file_without_a_statement_is_refused(tmp_path: Path) -> None:
    path = Statement(times=0).written(tmp_path)
    assert "The file holds no bank statement." in refusal_of(lambda: camt.read(path, path.name))


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("cp1252", "windows-1252"),
        ("cp1252", "ISO-8859-1"),
        ("iso8859-15", "ISO-8859-15"),
    ],
)
def test_names_are_read_right_in_every_encoding_that_banks_use(
    tmp_path: Path, encoding: str, declared: str
) -> None:
    party = "<RltdPties><Dbtr><Nm>Café € Müller</Nm></Dbtr></RltdPties>"
    path = Statement(
        entry(details=detail(more=party)),
        closing="1010.00",
        prologue=f'<?xml version="1.0" encoding="{declared}"?>',
    ).written(tmp_path, encoding)
    assert only(path).entries[0].counterparty == "Café € Müller"


def net_of(amount: str, side: str, *, is_early: bool) -> str:
    said = f"<CdtDbtInd>{side}</CdtDbtInd>"
    if is_early:
        net = f"<TtlNetNtryAmt>{amount}</TtlNetNtryAmt>{said}"
    else:
        net = f"<TtlNetNtry><Amt>{amount}</Amt>{said}</TtlNetNtry>"
    return f"<TxsSummry><TtlNtries>{net}</TtlNtries></TxsSummry>"


@pytest.mark.parametrize("is_early", [True, False])
@pytest.mark.parametrize(
    ("amount", "side", "is_right"),
    [
        ("15.00", "DBIT", True),
        ("15.00", "CRDT", False),
        ("15.01", "DBIT", False),
        ("5.10", "DBIT", False),
    ],
)
def test_the_net_amount_of_the_summary_ties_out(
    tmp_path: Path, amount: str, side: str, is_right: bool, is_early: bool
) -> None:
    entries = entry("10.00") + entry("25.00", "DBIT", reference="R2")
    summary = net_of(amount, side, is_early=is_early)
    path = Statement(entries, closing="985.00", summary=summary).written(tmp_path)
    if is_right:
        assert camt.read(path, path.name)[0].warnings == ()
    else:
        assert "and the entries add up to" in refusal_of(lambda: camt.read(path, path.name))


@pytest.mark.parametrize("has_details", [True, False])
@pytest.mark.parametrize("total", ["10.00", "10.01"])
def test_the_total_of_a_batch_ties_out(tmp_path: Path, has_details: bool, total: str) -> None:
    details = "".join(f'<TxDtls><Amt Ccy="EUR">{n}.00</Amt></TxDtls>' for n in (4, 6))
    batch = f'<Btch><TtlAmt Ccy="EUR">{total}</TtlAmt></Btch>{details if has_details else ""}'
    path = Statement(entry("10.00", details=batch), closing="1010.00").written(tmp_path)
    if total == "10.00":
        assert camt.read(path, path.name)[0].warnings == ()
    else:
        said = refusal_of(lambda: camt.read(path, path.name))
        assert "10.01, and its transactions add up to" in said


def test_statements_and_names_without_end_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camt, "STATEMENTS_MAX", 3)
    path = Statement(times=6).written(tmp_path)
    assert "or holds more in one place" in refusal_of(lambda: camt.read(path, path.name))
    monkeypatch.setattr(camt, "NAMES_MAX", 100)
    names = "".join(f"<a{n}/>" for n in range(200))
    path = Statement(entry(more=names)).written(tmp_path)
    assert "or holds more in one place" in refusal_of(lambda: camt.read(path, path.name))
