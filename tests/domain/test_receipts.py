"""A receipt is recognised by the reference it quotes, or else by the account it comes from."""

from __future__ import annotations

from datetime import date

import pytest

from tracker.domain.receipts import BankEntry, Match, Payer, match_of, quotes

PAYERS = (
    Payer(1, "NGF-RMXB-2021-07", frozenset({"NL91ABNA0417164300"})),
    Payer(2, "UL/FIN/2021/118", frozenset({"NL44RABO0123456789"})),
    Payer(3, "RMXB-PP-2022-C", frozenset({"NL69ABNA0535350000"})),
    Payer(4, "RMXB-PP-2022-D", frozenset({"NL69ABNA0535350000"})),
)


def entry(remittance: str = "", iban: str = "", cents: int = 100) -> BankEntry:
    return BankEntry("key", date(2023, 1, 1), cents, "Somebody", iban, remittance)


@pytest.mark.parametrize(
    ("coming", "match"),
    [
        (entry("Termijn 3 NGF-RMXB-2021-07"), Match(1, "reference")),
        (entry("termijn 3 ngf-rmxb- 2021-07."), Match(1, "reference")),
        (entry("Bijdrage", "NL44RABO0123456789"), Match(2, "iban")),
        (entry("RMXB-PP-2022-C", "NL44RABO0123456789"), Match(3, "reference")),
        (entry("Bijdrage", "NL69ABNA0535350000"), None),  # two commitments of one payer
        (entry("RMXB-PP-2022-C en RMXB-PP-2022-D"), None),
        (entry("Betaling 7", "NL86INGB0002445588"), None),
        (entry("NGF-RMXB-2021-07", cents=-100), None),  # money that left
    ],
)
def test_money_is_recognised(coming: BankEntry, match: Match | None) -> None:
    assert match_of(coming, PAYERS) == match


@pytest.mark.parametrize("text", ["NGF-RMXB-2021-071", "XNGF-RMXB-2021-07", "NGF-RMXB-2021", ""])
def test_a_reference_is_recognised_only_whole(text: str) -> None:
    assert not quotes(text, "NGF-RMXB-2021-07")


def test_a_commitment_without_a_reference_is_quoted_by_nothing() -> None:
    assert not quotes("anything", " ")
