"""Findings: gathered, merged, counted, and said."""

import pytest

from tracker.domain.errors import CellFinding, FileRefused, Sentence
from tracker.readers.findings import CELLS_MAX, Findings, place_of, refusal


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


def test_cells_are_listed_by_row_and_z_before_aa() -> None:
    findings = Findings("list.csv")
    for cell in ("AA2", "B10", "Z2", "B9"):
        findings.add(cell, "Blank.")
    assert findings.listed()[0].place == "Z2, AA2, B9, B10"


def test_places_that_are_no_cells_stay_as_they_came() -> None:
    findings = Findings("books.xaf")
    for place in ("INK 2 (XML 9)", "BNK 1 (XML 3)"):
        findings.add(place, "Wrong.")
    assert findings.listed()[0].place == "INK 2 (XML 9), BNK 1 (XML 3)"


@pytest.mark.parametrize(
    ("sheet", "place"),
    [
        ("", "F12"),
        ("Costs", "Costs!F12"),
        ("Costs 2023", "'Costs 2023'!F12"),
        ("Jan's, & co!", "'Jan''s, & co!'!F12"),
    ],
)
def test_a_cell_is_named_as_a_spreadsheet_does_and_known_again(sheet: str, place: str) -> None:
    assert place_of(sheet, 5, 12) == place
    findings = Findings("costs.xlsx")
    findings.add(place, "“{value}” is wrong.", "Mend it.", value="x")
    assert findings.by_cell() == [
        CellFinding(
            sheet,
            "F12",
            Sentence("“{value}” is wrong.", {"value": "x"}),
            Sentence("Mend it.", {"value": "x"}),
        )
    ]


def test_every_cell_is_listed_by_sheet_row_and_column_up_to_a_bound() -> None:
    findings = Findings("costs.xlsx")
    findings.add("", "The file is odd.")
    for row in range(CELLS_MAX, 0, -1):
        findings.add(f"Costs!B{row}", "“{value}” is wrong.", value=row)
    cells = findings.by_cell()
    assert len(cells) == CELLS_MAX
    assert [(each.sheet, each.cell) for each in cells[:3]] == [
        ("", ""),
        ("Costs", "B2"),
        ("Costs", "B3"),
    ]
    rest = findings.listed()[-1]
    assert rest.message.facts == {"count": CELLS_MAX + 1 - 100}
