"""Explanations against plain sums over the tables, after everything that makes figures differ."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from tests.actions.lived_through import live_through
from tracker.domain.errors import NotFoundError
from tracker.domain.explanations import NOBODY, Asked, Explanation, Figure, Lines
from tracker.domain.money import ZERO, Money
from tracker.store import checks
from tracker.store.commitments import commitments_of
from tracker.store.explanations import EXPLAINED, explain
from tracker.store.projects import the_project
from tracker.store.questions import Question

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

TODAY = date(2026, 11, 20)
PAID = """
    SELECT SUM(paid.amount) FROM allocation paid
    JOIN cost_line line ON line.id = paid.cost_line_id
    JOIN commitment ON commitment.id = paid.commitment_id
    JOIN cost_category category ON category.id = line.category_id
    WHERE commitment.code = :code"""
DAY = "COALESCE(paid.counted_on, line.counted_on, line.incurred_on)"


@pytest.fixture
def lived(loaded: Session) -> Session:
    live_through(loaded)
    assert checks.broken(loaded) == []
    return loaded


def asked_of(session: Session, asked: Asked, after: int = 0, **more: Any) -> Explanation:
    project = the_project(session)
    seen = commitments_of(session)
    found = explain(Question(session, project.id, seen, asked, TODAY, after, **more))
    assert found.apart == ZERO, f"{asked}: the parts are not the figure"
    return found


def all_lines(session: Session, asked: Asked) -> Money:
    """What the lines come to, read page by page."""
    total, after, read = ZERO, 0, 0
    while True:
        lines = asked_of(session, asked, after).lines
        assert lines is not None
        total += Money.total(line.amount for line in lines.shown)
        read += len(lines.shown)
        if lines.after is None:
            assert read == lines.count
            return total
        after = lines.after


def one(session: Session, sql: str, **given: Any) -> Money:
    return Money(int(session.execute(text(sql), given).scalar() or 0))


def test_every_figure_can_be_explained() -> None:
    assert set(EXPLAINED) == set(Figure)


@pytest.mark.parametrize(
    ("more", "wish"),
    [
        ("", {}),
        (" AND category.code = 'personnel'", {"category": "personnel"}),
        (f" AND {DAY} BETWEEN :first AND :last", {"year": 2023}),
        (f" AND {DAY} BETWEEN :first AND :last", {"period": "2023"}),
        (" AND line.incurred_on BETWEEN :first AND :last", {"incurred": 2023}),
        (" AND line.journal = 'HAND'", {"origin": "by_hand"}),
        (" AND line.journal = 'CORR'", {"origin": "corrections"}),
        (" AND line.cost_centre = 'WP1'", {"work_package": "WP1"}),
        (" AND line.account = ''", {"account": NOBODY}),
    ],
    ids=str,
)
def test_what_was_charged_is_told_down_to_the_lines(
    lived: Session, more: str, wish: dict[str, Any]
) -> None:
    days = {"first": date(2023, 1, 1), "last": date(2023, 12, 31)} if ":first" in more else {}
    for commitment in commitments_of(lived):
        asked = Asked(Figure.CHARGED, commitment=commitment.code, **wish)
        plain = one(lived, PAID + more, code=commitment.code, **days)
        assert asked_of(lived, asked).amount == plain
        assert all_lines(lived, asked) == plain


def test_charges_are_told_by_the_deed_that_made_them(lived: Session) -> None:
    by_kind = {
        kind: Money(int(cents))
        for kind, cents in lived.execute(
            text(
                "SELECT charge.kind, SUM(paid.amount) FROM allocation paid"
                " JOIN charge ON charge.id = paid.charge_id GROUP BY charge.kind"
            )
        )
    }
    assert {"rules", "by_hand", "taken_back", "correction"} <= set(by_kind)
    told: dict[str, Money] = {}
    adjustments = 0
    for commitment in commitments_of(lived):
        found = asked_of(lived, Asked(Figure.CHARGED, commitment=commitment.code))
        adjustments += int(str(found.says[0].facts.get("late", 0)))  # none is not said
        for table in found.tables:
            if table.title.template == "By what it was charged":
                for part in table.parts:
                    kind = str(part.name).removeprefix("charge_")
                    told[kind] = told.get(kind, ZERO) + part.amount
    assert told == {kind: cents for kind, cents in by_kind.items() if cents}
    late = text(
        "SELECT COUNT(*) FROM allocation paid JOIN cost_line line ON line.id = paid.cost_line_id"
        f" WHERE {DAY} <> line.incurred_on"
    )
    assert adjustments == lived.execute(late).scalar_one() > 0


@pytest.mark.parametrize("reason", ["", "taken_back", "not_eligible", "outside_period"])
def test_what_nobody_pays_is_told_down_to_the_lines(lived: Session, reason: str) -> None:
    chosen = " WHERE reason = :reason" if reason else ""
    plain = one(
        lived,
        "SELECT SUM(amount) FROM unallocated" + chosen,
        **({"reason": reason} if reason else {}),
    )
    asked = Asked(Figure.LEFT, reason=reason)
    assert plain
    assert asked_of(lived, asked).amount == all_lines(lived, asked) == plain
    parts = [
        asked_of(lived, part.asked).amount
        for table in asked_of(lived, asked).tables
        if table.title.template == "By commitment"
        for part in table.parts
        if part.asked
    ]
    assert Money.total(parts) == plain


def test_the_money_of_a_commitment_is_told_by_its_records(lived: Session) -> None:
    for commitment in commitments_of(lived):
        code = commitment.code
        for figure, amount in (
            (Figure.RECEIVED, commitment.received),
            (Figure.CHARGED, commitment.charged),
            (Figure.REMAINING, commitment.remaining),
            (Figure.ORIGINAL, commitment.award),
            (Figure.COMMITTED, commitment.amount),
        ):
            assert asked_of(lived, Asked(figure, commitment=code)).amount == amount, (figure, code)
        if commitment.cash_on_hand is not None:
            cash = asked_of(lived, Asked(Figure.CASH, commitment=code))
            assert cash.amount == commitment.received - commitment.charged
            room = asked_of(lived, Asked(Figure.ROOM, commitment=code))
            assert room.amount == commitment.remaining


def test_costs_are_told_by_where_they_come_from(lived: Session) -> None:
    whole = asked_of(lived, Asked(Figure.COSTS))
    assert whole.amount == one(lived, "SELECT SUM(amount) FROM cost_line")
    origins = {str(part.name) for part in whole.tables[0].parts}
    assert origins == {"ledger", "in_kind", "by_hand", "corrections"}
    for table in whole.tables:
        for part in table.parts:
            assert part.asked is not None
            assert asked_of(lived, part.asked).amount == part.amount == all_lines(lived, part.asked)
    waiting = Asked(Figure.WAITING)
    assert asked_of(lived, waiting).amount == all_lines(lived, waiting) == Money(5_005)


@pytest.mark.parametrize("account", ["", "4100"])
def test_lines_that_are_no_costs_are_told_with_their_reasons(lived: Session, account: str) -> None:
    sql = "SELECT SUM(amount) FROM excluded_line WHERE reason = :reason"
    sql += " AND account = :account" if account else ""
    given = {"account": account} if account else {}
    for part in asked_of(lived, Asked(Figure.EXCLUDED, account=account)).tables[0].parts:
        plain = one(lived, sql, reason=str(part.name), **given)
        asked = Asked(Figure.EXCLUDED, account=account, reason=str(part.name))
        assert part.amount == plain == all_lines(lived, asked)


def test_a_line_says_the_rule_that_held_when_it_was_judged_and_every_deed_since(
    lived: Session,
) -> None:
    line = lived.execute(
        text(
            "SELECT paid.cost_line_id FROM allocation paid"
            " JOIN charge ON charge.id = paid.charge_id WHERE charge.kind = 'by_hand'"
        )
    ).scalar_one()
    lived.execute(
        text("UPDATE split_rule SET ended_at = :now, ended_by = 'x'"),
        {"now": "2030-01-01 00:00:00.000000"},
    )
    found = asked_of(lived, Asked(Figure.LINE, line=line))
    assert any("divides it by weight" in sentence.template for sentence in found.says)
    became = found.tables[-1]
    whole = one(lived, "SELECT amount FROM cost_line WHERE id = :line", line=line)
    assert found.amount == became.total == whole
    counted = "SELECT (SELECT COUNT(*) FROM allocation WHERE cost_line_id = :line)"
    counted += " + (SELECT COUNT(*) FROM unallocated WHERE cost_line_id = :line)"
    assert len(became.parts) == lived.execute(text(counted), {"line": line}).scalar_one()


def test_a_reader_who_may_not_see_the_lines_is_told_how_many_there_are(loaded: Session) -> None:
    asked = Asked(Figure.CHARGED, commitment="NGF-1")
    told = asked_of(loaded, asked).lines
    untold = asked_of(loaded, asked, tells_lines=False).lines
    assert told is not None
    assert told.shown
    assert untold == Lines((), told.count)


@pytest.mark.parametrize(
    "asked",
    [
        Asked(Figure.CHARGED, commitment="XXX-1"),
        Asked(Figure.LINE, line=999_999),
        Asked(Figure.LINE),
        Asked(Figure.ROOM),
        Asked(Figure.BUDGET),
        Asked(Figure.BUDGET_LEFT),
    ],
    ids=str,
)
def test_what_there_is_not_cannot_be_explained(loaded: Session, asked: Asked) -> None:
    with pytest.raises(NotFoundError):
        asked_of(loaded, asked)
