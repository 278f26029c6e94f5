"""Programmes: what a case file says, and every way in which it can be wrong."""

import copy
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.books.cases import DEMO
from tests.readers.writing import refusal_of
from tracker.domain.commitments import Form, Status
from tracker.domain.funders import NewFunder
from tracker.domain.money import Money
from tracker.domain.periods import Period
from tracker.domain.programmes import NewAccount, NewShare
from tracker.readers import programmes

SAMPLE = json.loads((DEMO / "case.json").read_text("utf-8"))
Change = Callable[[Any], object]


def read(tmp_path: Path, content: object):
    path = tmp_path / "case.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return programmes.read(path, path.name)


def test_the_sample_is_read_as_it_stands() -> None:
    case = programmes.read(DEMO / "case.json", "case.json")
    assert case.project == "NECST"
    assert case.period == Period(date(2021, 1, 1), date(2025, 12, 31))
    assert case.categories[0] == "personnel"
    assert case.accounts[0] == NewAccount("0200", "Apparatuur", None)
    assert {account.category for account in case.accounts} == {*case.categories, None, "ineligible"}
    assert case.funders[0] == NewFunder("National Growth Fund", "national", "nl")
    assert case.split_rules["WP4"] == (NewShare("NGF-1", 70), NewShare("PZH-1", 30))
    assert list(case.work_packages) == ["WP1", "WP2", "WP3", "WP4", "WP5"]
    assert case.in_kind == ("RMX-K", "personnel")
    assert case.budgets["NGF-1"]["construction"] == Money.euros(3_000_000)
    assert len(case.commitments) == 8
    assert case.commitments[5].form is Form.IN_KIND
    assert case.commitments[6].status is Status.CONDITIONAL


def test_amendments_are_numbered_from_the_award_and_milestones_keep_their_moves() -> None:
    case = programmes.read(DEMO / "case.json", "case.json")
    award, more = case.commitments[0].amendments
    assert (award.number, award.amount) == (0, Money.euros(4_600_000))
    assert (more.number, more.decided_on) == (1, date(2022, 7, 1))
    second = case.milestones[1]
    assert [move.to_day for move in second.moves] == [date(2022, 2, 28), date(2022, 5, 15)]
    assert second.releases == ("NGF-1", 2)
    assert case.milestones[6].met_on is None
    assert case.milestones[7].releases is None


def test_wrong_check_digits_of_an_account_are_a_warning() -> None:
    case = programmes.read(DEMO / "case.json", "case.json")
    assert [warning.place for warning in case.warnings] == [
        "commitments[3].iban",
        "commitments[4].iban",
    ]


def put(*path: str | int, value: object) -> Change:
    def change(case: Any) -> None:
        for step in path[:-1]:
            case = case[step]
        if value is ...:
            del case[path[-1]]
        else:
            case[path[-1]] = value

    return change


def twice(*path: str | int) -> Change:
    def change(case: Any) -> None:
        for step in path:
            case = case[step]
        case.append(copy.deepcopy(case[0]))

    return change


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            put("project", "currency", value="USD"),
            "project.currency: Amounts in “USD” are not kept",
        ),
        (put("project", "code", value=""), "project.code: This text is blank."),
        (put("project", "last_day", value="2020-12-31"), "“2020-12-31” is before the first day."),
        (put("project", "first_day", value="2021-02-30"), "“2021-02-30” is not a date."),
        (put("project", "first_day", value="20210101"), "“20210101” is not a date."),
        (put("project", "first_day", value=20210101), "“20210101” is not a date."),
        (put("project", value=[]), "project: This should be an object, between braces."),
        (put("projct", value={}), "projct: This field is not known. Leave it out."),
        (put("budget", value=...), ".: The field “budget” is missing. Add it."),
        (put("note", value=5), "note: This should be a text"),
        (put("note", value="x" * 501), "note: This should be a text"),
        (put("note", value="a\0b"), "note: “a\0b” holds a character that cannot be seen."),
        (put("note", value="\ud800"), "holds a character that cannot be seen."),
        (twice("categories"), "categories[6]: “personnel” is in the list twice."),
        (put("categories", value={}), "categories: This should be a list"),
        (
            put("accounts", "4000", "category", value="cake"),
            "accounts.4000.category: “cake” is not",
        ),
        (put("accounts", "4000", "category", value=...), "The field “category” is missing."),
        (put("accounts", "", value={"name": "x", "category": None}), "“” cannot be a name."),
        (put("work_packages", " WP9", value="x"), "work_packages: “ WP9” cannot be a name."),
        (put("work_packages", "WP1", value=7), "work_packages.WP1: This should be a text"),
        (twice("funders"), "funders[7].name: “National Growth Fund” is in the list twice."),
        (
            put("funders", 0, "report_language", value="fr"),
            "“fr” is not known here. Choose from: en",
        ),
        (twice("commitments"), "commitments[8].id: “NGF-1” is in the list twice."),
        (
            put("commitments", 0, "id", value="X"),
            "“NGF-1” is not known here. Choose from: X, PZH-1",
        ),
        (put("commitments", 0, "funder", value="Nobody"), "commitments[0].funder: “Nobody” is not"),
        (put("commitments", 0, "status", value="granted"), "“granted” is not known here. Choose"),
        (
            put("commitments", 0, "form", value="gold"),
            "“gold” is not known here. Choose from: cash",
        ),
        (
            put("commitments", 0, "last_day", value="2020-01-01"),
            "commitments[0].last_day: “2020-01",
        ),
        (
            put("commitments", 0, "categories", 0, value="cake"),
            "categories[0]: “cake” is not known",
        ),
        (twice("commitments", 0, "categories"), "is in the list twice."),
        (put("commitments", 0, "amounts", value=[]), "A commitment has at least one amount"),
        (put("commitments", 0, "amounts", 0, "amount", value="1"), "“1” is not a whole number."),
        (put("commitments", 0, "amounts", 0, "amount", value=1.5), "“1.5” is not a whole number."),
        (
            put("commitments", 0, "amounts", 0, "amount", value=True),
            "“True” is not a whole number.",
        ),
        (put("commitments", 0, "amounts", 0, "amount", value=10**16), "is not between"),
        (put("commitments", 0, "amounts", 1, "amount", value=-460000001), "is less than nothing."),
        (
            put("commitments", 0, "amounts", 1, "on", value="2021-01-01"),
            "before the amendment above",
        ),
        (
            put("commitments", 0, "amounts", 0, "reason", value=None),
            "reason: This should be a text",
        ),
        (
            put("commitments", 0, "advance_ceiling_percent", value=101),
            "“101” is not between 0 and 100",
        ),
        (
            put("commitments", 0, "iban", value="NL91"),
            "commitments[0].iban: “NL91” is not the IBAN",
        ),
        (put("commitments", 0, "instalments", 1, "number", value=1), "“1” is in the list twice."),
        (put("commitments", 0, "instalments", 0, "amount", value=0), "“0” is not between 1 and"),
        (
            put("commitments", 1, "instalments", 0, "amount", value=120000001),
            "The instalments add up to € 2,000,000.01; the commitment is € 2,000,000.00.",
        ),
        (put("split_rules", "WP9", value=[]), "split_rules.WP9: There is no work package “WP9”."),
        (put("split_rules", "WP1", value=[]), "A split rule has at least one commitment."),
        (put("split_rules", "WP1", 0, "weight", value=0), "weight: “0” is not between 1 and"),
        (
            twice("split_rules", "WP1"),
            "split_rules.WP1[3].commitment: “NGF-1” is in the list twice.",
        ),
        (
            put("in_kind", "commitment", value="NGF-1"),
            "in_kind.commitment: “NGF-1” is not known here",
        ),
        (put("in_kind", "category", value="cake"), "in_kind.category: “cake” is not known here."),
        (put("budget", "XX-1", value={}), "budget.XX-1: “XX-1” is not known here."),
        (put("budget", "NGF-1", "cake", value=1), "budget.NGF-1.cake: “cake” is not known here."),
        (put("budget", "NGF-1", "travel", value=-1), "budget.NGF-1.travel: “-1” is not between 0"),
        (twice("milestones"), "milestones[8].code: “M1” is in the list twice."),
        (put("milestones", 0, "work_package", value="WP9"), "milestones[0].work_package: “WP9”"),
        (
            put("milestones", 0, "met_on", value="soon"),
            "milestones[0].met_on: “soon” is not a date.",
        ),
        (
            put("milestones", 1, "moves", 1, "on", value="2020-01-01"),
            "is before the move above it.",
        ),
        (put("milestones", 0, "releases", "commitment", value="X"), "“X” is not known here."),
        (
            put("milestones", 0, "releases", "instalment", value=9),
            "The commitment has no instalment",
        ),
    ],
)
def test_a_case_that_is_not_sound_is_refused_by_place_and_value(
    tmp_path: Path, change: Change, complaint: str
) -> None:
    case = copy.deepcopy(SAMPLE)
    change(case)
    assert complaint in refusal_of(lambda: read(tmp_path, case))


def test_a_programme_may_do_without_partners_hours(tmp_path: Path) -> None:
    assert read(tmp_path, {**SAMPLE, "in_kind": None}).in_kind is None


def test_a_date_that_cannot_be_read_is_complained_of_once(tmp_path: Path) -> None:
    case = copy.deepcopy(SAMPLE)
    case["commitments"][0]["last_day"] = "later"
    assert refusal_of(lambda: read(tmp_path, case)).splitlines() == [
        "commitments[0].last_day: “later” is not a date. Write the day as 2023-12-31."
    ]


def test_everything_is_found_in_one_reading(tmp_path: Path) -> None:
    said = refusal_of(lambda: read(tmp_path, {"commitments": 5}))
    assert "commitments: This should be a list, between square brackets." in said
    assert said.count("is missing. Add it.") == 10


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "The file is empty."),
        ("{", "JSON 1: The file is not JSON: it cannot be read on at line 1, column 2."),
        ("[1,\n2,,]", "JSON 2: The file is not JSON: it cannot be read on at line 2, column 3."),
        ("5", ".: This should be an object, between braces."),
        ('{"note": 1, "note": 2}', "The field “note” stands twice in one object."),
        ('{"note": NaN}', "or holds a number that is none."),
        ('{"note": ' + "9" * 5000 + "}", "or holds a number that is none."),
        ("[" * 100_000, "The file nests too deeply"),
    ],
)
def test_a_file_that_is_no_json_is_refused_at_the_place(
    tmp_path: Path, text: str, complaint: str
) -> None:
    assert complaint in refusal_of(lambda: read(tmp_path, text))


def test_a_file_that_is_not_in_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "case.json"
    path.write_bytes(b'{"note": "caf\xe9"}')
    said = refusal_of(lambda: programmes.read(path, path.name))
    assert "The file is not in UTF-8. Save it in UTF-8." in said
