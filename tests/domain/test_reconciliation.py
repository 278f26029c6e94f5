"""Both equations of a reconciliation, and which of its rows do not tie."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.money import ZERO, Money
from tracker.domain.reconciliation import (
    AMOUNTS,
    BookTie,
    By,
    NewestFile,
    Payer,
    Reconciled,
    Reconciliation,
    Standing,
    total_of,
)

cents = st.integers(-(10**11), 10**11).map(Money)
ITEMS = ("export", "in_kind", "by_hand", "corrections", "moved")
TOLD = BookTie("ledger", "NECST", 2023, (), 2, 2, Money(5), Money(5), Money(5), Money(5))
FILE = NewestFile(1, "2023.xaf", "NECST", 2023, 0, 0, ZERO)


@st.composite
def tying(draw: st.DrawFn) -> Reconciled:
    """A row on both sides of which everything is in order."""
    found = {name: draw(cents) for name in ("ledger", "excluded", *ITEMS)}
    became = {name: draw(cents) for name in ("charged", "left", "ineligible")}
    tracker = found["ledger"] - found["excluded"] + Money.total(found[name] for name in ITEMS)
    waiting = tracker - Money.total(became.values())
    return Reconciled(
        draw(st.text(max_size=4)), **found, **became, tracker=tracker, waiting=waiting
    )


@given(tying())
def test_what_was_entered_here_explains_why_the_tracker_differs_from_the_ledgers(
    row: Reconciled,
) -> None:
    assert row.of_ledger + row.items == row.tracker
    assert row.unexplained == row.unaccounted == ZERO
    assert row.standing is (Standing.EXPLAINED if row.has_items else Standing.TIES)
    assert row.eligible + row.ineligible == row.tracker


@given(tying(), st.sampled_from(AMOUNTS), cents.filter(bool))
def test_a_cent_that_is_astray_anywhere_does_not_tie(
    row: Reconciled, name: str, astray: Money
) -> None:
    damaged = replace(row, **{name: getattr(row, name) + astray})
    assert damaged.standing is Standing.APART
    assert damaged.unexplained or damaged.unaccounted


@given(st.lists(tying(), max_size=6))
def test_the_rows_come_to_the_whole_project(rows: list[Reconciled]) -> None:
    total = total_of(rows)
    assert total.tracker == Money.total(row.tracker for row in rows)
    assert total.unexplained == total.unaccounted == ZERO


def test_items_that_cancel_each_other_are_still_there_on_purpose() -> None:
    row = Reconciled("4000", by_hand=Money(5), corrections=Money(-5))
    assert row.items == ZERO
    assert row.standing is Standing.EXPLAINED


def test_only_what_does_not_tie_is_left_when_the_rest_is_hidden() -> None:
    payer = Payer("NGF-1", ledger=Money(7), by_hand=Money(1), balance=Money(8))
    rows = (
        Reconciled("2022"),
        Reconciled("2023", by_hand=Money(2), tracker=Money(2), left=Money(2)),
    )
    whole = Reconciliation(By.YEAR, rows, (payer,), (TOLD,), (FILE,))
    assert whole.standings.count(Standing.TIES) == 4
    shown = whole.without_ties()
    assert [row.key for row in shown.rows] == ["2023"]
    assert (shown.payers, shown.books, shown.files) == ((), (), ())


def test_a_balance_a_book_and_a_file_say_where_they_differ() -> None:
    payer = Payer("NGF-1", ledger=Money(7), balance=Money(8))
    lost = replace(TOLD, lines_kept=1)
    short = replace(TOLD, debit_kept=Money(4))
    file = replace(FILE, missing=3)
    shown = Reconciliation(By.YEAR, (), (payer,), (lost, short), (file,)).without_ties()
    assert (shown.payers, shown.books, shown.files) == ((payer,), (lost, short), (file,))
    assert payer.difference == Money(1)
    assert short.difference == Money(-1)
    assert file.standing is Standing.EXPLAINED
