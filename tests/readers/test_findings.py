"""Findings: gathered, merged, counted, and said."""

import pytest

from tracker.domain.errors import FileRefused
from tracker.readers.findings import Findings, refusal


def test_without_a_finding_nothing_is_refused() -> None:
    findings = Findings("list.csv")
    assert not findings
    findings.check()


def test_the_same_thing_said_of_several_cells_is_said_once_with_all_of_them() -> None:
    findings = Findings("list.csv")
    for cell in ("D5", "AA5", "D7", "D7"):
        findings.add(cell, "“{value}” is not a number.", value="x")
    findings.add("D9", "“{value}” is not a number.", value="y")
    assert [str(finding) for finding in findings.listed()] == [
        "D5, AA5, D7: “x” is not a number.",
        "D9: “y” is not a number.",
    ]


def test_a_long_list_of_cells_is_counted() -> None:
    findings = Findings("list.csv")
    for row in range(1, 21):
        findings.add(f"D{row}", "Blank.")
    (finding,) = findings.listed()
    assert finding.place.endswith("D11, D12 (+8)")


def test_a_refusal_names_the_file_the_place_the_value_and_the_remedy() -> None:
    refused = refusal("bank.xml", "Stmt[1]", "“{value}” is wrong.", "Mend {value}.", value="x")
    assert str(refused.message) == "bank.xml was refused; nothing of it was kept."
    assert [str(finding) for finding in refused.findings] == ["Stmt[1]: “x” is wrong. Mend x."]


def test_findings_can_be_forgotten_for_another_reading() -> None:
    findings = Findings("books.xaf")
    for number in range(150):
        findings.add("here", "{number}", number=number)
    assert len(findings.listed()) == 101
    findings.clear()
    assert findings.listed() == ()
    findings.add("there", "Wrong.")
    with pytest.raises(FileRefused) as caught:
        findings.check()
    assert len(caught.value.findings) == 1
