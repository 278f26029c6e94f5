"""Mappings: what a table needs, how one is remembered, and how it finds its columns again."""

import json
import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.errors import Code, RuleViolation
from tracker.domain.mapping_checks import check_mapping
from tracker.domain.mappings import (
    DecimalSign,
    Mapping,
    Sign,
    fingerprint_of,
    folded,
    from_plain,
)
from tracker.domain.table_columns import COLUMNS, Holds, TableKind, columns_of

HEADINGS = ("Datum", "Rekening", "Bedrag", "Project", "Bedrag")
MAPPING = Mapping(
    TableKind.COSTS,
    (("booked_on", 0), ("account", 1), ("amount", 4), ("project", 3)),
    HEADINGS,
    3,
    "Kosten",
    "cp1252",
    ";",
    DecimalSign.COMMA,
    Sign.CREDIT_POSITIVE,
    "INK",
    "NECST",
)


def mapped(kind: TableKind, *codes: str, **more: Any) -> Mapping:
    return Mapping(kind, tuple((code, index) for index, code in enumerate(codes)), **more)


def said_of(mapping: Mapping) -> list[str]:
    return [str(finding) for finding in check_mapping(mapping)]


@pytest.mark.parametrize("kind", TableKind)
def test_every_kind_of_table_has_columns_that_differ_and_some_that_are_required(
    kind: TableKind,
) -> None:
    columns = columns_of(kind)
    assert len({column.code for column in columns}) == len(columns)
    assert len({column.heading for column in columns}) == len(columns)
    assert any(column.is_required for column in columns)
    assert all(isinstance(column.holds, Holds) for column in columns)


@pytest.mark.parametrize("kind", TableKind)
def test_a_mapping_of_the_required_columns_of_a_template_can_be_used(kind: TableKind) -> None:
    codes = [column.code for column in COLUMNS[kind] if column.is_required]
    if kind is TableKind.COSTS:
        codes += ["incurred_on", "amount", "cost_centre"]
    assert check_mapping(mapped(kind, *codes)) == ()
    for code in codes:
        assert check_mapping(mapped(kind, *[each for each in codes if each != code]))


@pytest.mark.parametrize(
    ("codes", "complaint"),
    [
        ("account amount project", "booked_on: No column is chosen for the day of the booking or"),
        ("account booked_on project", "amount: No column is chosen for the amount, nor two for"),
        ("account booked_on debit project", "amount: No column is chosen for the amount, nor two"),
        ("account booked_on amount", "project: No column is chosen for the project or the work"),
        ("booked_on amount project", "account: No column is chosen for “costs.account”."),
        (
            "account booked_on amount debit credit project",
            "amount: An amount is chosen, and debit and credit as well. Choose one of them.",
        ),
        (
            "account booked_on debit credit debit_credit project",
            "amount: An amount is chosen, and debit and credit as well.",
        ),
        ("account booked_on amount project colour", "colour: A table of this kind has no column"),
        ("account booked_on amount project amount", "amount: Two columns are chosen for"),
    ],
)
def test_a_mapping_of_costs_that_cannot_be_used_says_why(codes: str, complaint: str) -> None:
    (said,) = said_of(mapped(TableKind.COSTS, *codes.split()))
    assert said.startswith(complaint)


def test_a_mapping_can_name_the_project_of_a_file_that_does_not() -> None:
    codes = ("account", "booked_on", "amount")
    assert check_mapping(mapped(TableKind.COSTS, *codes, project="NECST")) == ()
    assert check_mapping(mapped(TableKind.COSTS, *codes)) != ()


def test_a_column_of_the_file_is_chosen_once() -> None:
    twice = replace(MAPPING, columns=(*MAPPING.columns, ("description", 1)))
    assert said_of(twice) == [
        "description: The column “Rekening” is chosen for more than one thing. Choose it once."
    ]


def test_a_complaint_names_a_column_in_the_language_of_the_reader() -> None:
    (finding,) = check_mapping(mapped(TableKind.COSTS, "booked_on", "amount", "project"))
    assert finding.message.facts == {"column": Code("costs.account")}


def test_a_mapping_goes_through_json_and_comes_back() -> None:
    assert from_plain(json.loads(json.dumps(MAPPING.as_plain()))) == MAPPING


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "recipes"},
        {"kind": None},
        {"columns": "abc"},
        {"columns": [["account", -1]]},
        {"columns": [["account", True]]},
        {"columns": [["account", "1"]]},
        {"columns": [["account"]]},
        {"columns": 5},
        {"headings": [1]},
        {"headings": None},
        {"heading_row": 0},
        {"decimal": "dot"},
        {"sign": ""},
        {"sheet": 3},
    ],
)
def test_a_mapping_with_a_value_that_does_not_fit_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(RuleViolation, match="holds a value that does not fit"):
        from_plain(MAPPING.as_plain() | change)


def test_a_key_that_is_not_known_is_refused_by_name() -> None:
    with pytest.raises(RuleViolation, match="A mapping has no “colour”"):
        from_plain(MAPPING.as_plain() | {"colour": "red"})


def test_a_mapping_without_its_columns_is_refused() -> None:
    with pytest.raises(RuleViolation, match="does not fit"):
        from_plain({"kind": "costs"})


@pytest.mark.parametrize(
    ("heading", "same"),
    [
        (" Bedrag  (EUR) ", "bedrag"),
        ("G/L account No.", "g/l account no"),
        ("Geschäftsjahr", "geschaftsjahr"),
        ("BTW_BEDRAG", "btw bedrag"),
        ("Account (required)", "account"),
        ("Grootboek (verplicht)", "grootboek"),
        ("Debet/Credit", "debet/credit"),
        ("İstanbul", "istanbul"),
        ("", ""),
    ],
)
def test_headings_are_compared_without_case_accents_and_punctuation(
    heading: str, same: str
) -> None:
    assert folded(heading) == same
    assert folded(folded(heading)) == same


@given(st.lists(st.text("abc É.()", max_size=6), max_size=8), st.randoms())
def test_the_order_of_the_columns_does_not_change_the_fingerprint(
    headings: list[str], order: random.Random
) -> None:
    shuffled = [heading.upper() for heading in headings]
    order.shuffle(shuffled)
    assert fingerprint_of(shuffled) == fingerprint_of(headings)
    assert fingerprint_of([*shuffled, "x"]) != fingerprint_of(headings)


def test_a_mapping_finds_its_columns_where_they_stand_now() -> None:
    there = ("Bedrag", "PROJECT", "Nieuw", "bedrag ", "Datum", "Rekening")
    moved = MAPPING.fitted_to(there, 5, "Blad1", ",")
    assert moved.places == {"booked_on": 4, "account": 5, "amount": 3, "project": 1}
    assert (moved.heading_row, moved.sheet, moved.delimiter) == (5, "Blad1", ",")
    assert (moved.decimal, moved.sign, moved.journal) == ("comma", "credit_positive", "INK")


def test_a_mapping_says_which_column_another_file_lacks() -> None:
    with pytest.raises(RuleViolation, match="There is no column “Bedrag”"):
        MAPPING.fitted_to(("Datum", "Rekening", "Bedrag", "Project"))


def test_a_column_without_a_heading_is_named_by_its_code() -> None:
    assert MAPPING.heading_of("amount") == "Bedrag"
    assert MAPPING.heading_of("supplier") == Code("costs.supplier")
