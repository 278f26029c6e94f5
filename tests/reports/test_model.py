from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.charts import Bars
from reports.model import Cell, Column, Kind, LongSection, Report, Row, Section, Sum
from reports.to_html import shown
from reports.to_json import to_json
from reports.to_xlsx import to_xlsx
from tracker.domain.money import Money

AMOUNTS = st.lists(st.integers(-(10**12), 10**12), max_size=30)
COLUMNS = (Column("What"), Column("Amount", Kind.MONEY))


def rows_of(cents: list[int]) -> tuple[Row, ...]:
    return tuple((f"line {at}", Money(amount)) for at, amount in enumerate(cents))


def section_of(cents: list[int], total: int) -> Section:
    return Section("made", "Made", COLUMNS, rows_of(cents), ("Total", Money(total)))


def long_section(cents: list[int], total: int, count: int | None = None) -> LongSection:
    return LongSection(
        "long",
        "Long",
        COLUMNS,
        lambda: iter(rows_of(cents)),
        len(cents) if count is None else count,
        ("Total", Money(total)),
        weight=1,
    )


def report_of(*sections: Section | LongSection, charts: tuple[Bars, ...] = ()) -> Report:
    return Report(
        slug="test",
        title="Test",
        subtitle="of reports",
        language="en",
        file_stem="TEST",
        as_of=date(2023, 12, 31),
        made_on=date(2024, 2, 1),
        author="A. Tester",
        version="Draft",
        ledger_state="1",
        note="",
        about=(("Project", "Test"),),
        sections=sections,
        charts=charts,
    )


@given(AMOUNTS)
def test_a_section_that_adds_up_is_made(cents: list[int]) -> None:
    assert section_of(cents, sum(cents)).row_count == len(cents)


@given(AMOUNTS, st.integers(-1000, 1000).filter(bool))
def test_a_section_that_is_cents_off_cannot_be_made(cents: list[int], off: int) -> None:
    with pytest.raises(ValueError, match="'Amount' says"):
        section_of(cents, sum(cents) + off)


@pytest.mark.parametrize("wrong", ["12.00", 12, Decimal(12), date(2023, 1, 1)])
def test_a_value_in_the_wrong_column_is_refused(wrong: str | int | Decimal | date) -> None:
    with pytest.raises(TypeError, match="'Amount' cannot hold"):
        Section("made", "Made", COLUMNS, (("line", wrong),))
    with pytest.raises(TypeError, match="'Amount' cannot hold"):
        Section("made", "Made", COLUMNS, (("line", Money(1)),), ("Total", wrong))


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        Section("made", "Made", COLUMNS, (("line", Money(1), None),))


def test_an_empty_cell_adds_nothing() -> None:
    rows = (("line", None), ("line", Money(5)))
    assert Section("made", "Made", COLUMNS, rows, ("Total", Money(5))).row_count == 2


def test_numbers_of_things_are_added_up_too() -> None:
    columns = (Column("What"), Column("Lines", Kind.COUNT))
    Section("made", "Made", columns, (("a", 2), ("b", 3)), ("Total", 5))
    with pytest.raises(ValueError, match="'Lines' says 6, but adds up to 5"):
        Section("made", "Made", columns, (("a", 2), ("b", 3)), ("Total", 6))


FOLLOWING = (
    Column("Budget", Kind.MONEY),
    Column("Spent", Kind.MONEY),
    Column("Left", Kind.MONEY, plus=(0,), minus=(1,)),
    Column("Share", Kind.SHARE, part_of=(1, 0)),
)


@pytest.mark.parametrize(
    "row",
    [
        (Money(400), Money(100), Money(300), Decimal("0.25")),
        (Money(400), Money(100), None, None),
        (None, Money(100), None, None),
    ],
)
def test_a_figure_that_follows_from_others_is_right_or_absent(row: Row) -> None:
    assert Section("made", "Made", FOLLOWING, (row,)).rows == (row,)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ((Money(400), Money(100), Money(301), None), "'Left' says"),
        ((Money(400), Money(100), None, Decimal("0.2501")), "'Share' says"),
    ],
)
def test_a_figure_that_does_not_follow_from_the_others_is_refused(row: Row, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Section("made", "Made", FOLLOWING, (row,))


def test_a_figure_cannot_follow_from_an_empty_cell() -> None:
    with pytest.raises(TypeError, match="an amount is needed"):
        Section("made", "Made", FOLLOWING, ((None, Money(100), Money(-100), None),))


def test_a_share_in_the_totals_is_of_the_totals() -> None:
    rows: tuple[Row, ...] = (
        (Money(400), Money(100), None, None),
        (Money(100), Money(25), None, None),
    )
    Section("made", "Made", FOLLOWING, rows, (Money(500), Money(125), None, Decimal("0.25")))
    with pytest.raises(ValueError, match="'Share' says"):
        Section("made", "Made", FOLLOWING, rows, (Money(500), Money(125), None, Decimal("0.24")))


@given(AMOUNTS)
def test_a_long_section_can_be_read_again_and_again(cents: list[int]) -> None:
    section = long_section(cents, sum(cents))
    assert list(section.rows) == list(section.rows) == list(rows_of(cents))


FACES = [to_xlsx, to_json, shown]


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (long_section([100, 250], 351), "adds up to"),
        (long_section([100, 250], 350, count=3), "tells 3 rows, has 2"),
        (long_section([100, 250, 0], 350, count=2), "tells 2 rows, has 3"),
    ],
    ids=["sum", "too few", "too many"],
)
def test_no_face_shows_a_long_section_that_does_not_add_up(
    face: Callable[[Report], object], wrong: LongSection, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        face(report_of(wrong))


@pytest.mark.parametrize("face", FACES)
def test_every_face_shows_one_that_does(face: Callable[[Report], object]) -> None:
    assert face(report_of(long_section([100, 250], 350)))


@given(AMOUNTS, st.integers(1, 12))
def test_what_is_left_out_of_an_abridged_section_is_added_up(cents: list[int], most: int) -> None:
    abridged = long_section(cents, sum(cents)).abridged(most, "Abridged.", "others")
    kept = [row[1].cents for row in abridged.rows if isinstance(row[1], Money)]
    others = [value.cents for value in abridged.rest if isinstance(value, Money)]
    assert sum(kept) + sum(others) == sum(cents)
    assert len(kept) == min(most, len(cents))
    assert bool(abridged.rest) == (len(cents) > most) == (abridged.note == "Abridged.")
    smallest = min(map(abs, kept), default=0)
    assert sum(abs(amount) > smallest for amount in cents) <= most
    at = [int(str(row[0]).removeprefix("line ")) for row in abridged.rows]
    assert at == sorted(at)


def test_figures_of_a_report_tie_across_its_sections() -> None:
    tie = Sum((Cell("made", None, 1),), (Cell("made", 0, 1),))
    told = Section("told", "Told", COLUMNS, (("left", Money(250)),), ties={(0, 1): tie})
    report = report_of(section_of([100, 250], 350), told)
    assert report.section("told") is told
    wrong = replace(told, rows=(("left", Money(251)),))
    with pytest.raises(ValueError, match=r"says € 2\.51, but ties to € 2\.50"):
        report_of(section_of([100, 250], 350), wrong)


def test_a_figure_cannot_tie_to_a_text() -> None:
    tie = Sum((Cell("made", 0, 0),))
    told = Section("told", "Told", COLUMNS, (("left", Money(100)),), ties={(0, 1): tie})
    with pytest.raises(TypeError, match="holds no amount"):
        report_of(section_of([100], 100), told)


def test_two_sections_cannot_have_the_same_key() -> None:
    with pytest.raises(ValueError, match="same key"):
        report_of(section_of([], 0), section_of([], 0))


def test_a_chart_is_of_a_section_of_the_report() -> None:
    absent = replace(section_of([], 0), key="absent")
    chart = Bars("Chart", "Of nothing", absent, 0, (1,), 1, "{part}")
    with pytest.raises(KeyError):
        report_of(section_of([], 0), charts=(chart,))
