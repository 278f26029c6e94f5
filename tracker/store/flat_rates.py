"""Flat rates of commitments: from the terms of their programmes, and from what is charged."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select

from tracker.domain.errors import RuleViolation
from tracker.domain.flat_rates import FlatRate
from tracker.domain.money import Money
from tracker.store.funders import ProgrammeTermRow
from tracker.store.projects import CategoryRow
from tracker.store.terms import term_sheets

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SHARE, BASE, COVERS = "overhead_share", "overhead_base", "overhead_covers"


def flat_rates_of(session: Session) -> dict[int, FlatRate]:
    """Give the flat rate of each commitment that has one, by the terms on the day of its award.

    Shape:  with what is charged of the costs that it is computed on, so read it under the lock
            under which it is used.
    """
    promised = _promised(session)
    charged = _charged_by_category(session) if promised else {}
    return {
        key: FlatRate(
            rate.share,
            rate.base,
            rate.covers,
            sum(charged.get((key, category), 0) for category in rate.base),
        )
        for key, rate in promised.items()
    }


def check_flat_rates(session: Session) -> None:
    """Refuse what leaves a commitment with less than its charges and the overhead on them.

    Errors: ``RuleViolation`` with the figures.
    """
    for code, over in _beyond(session):
        raise RuleViolation(
            "The charges of {code} and the overhead on them would be {over} more than it commits.",
            "Take charges back first, or keep the amount and the overhead as they are.",
            code=code,
            over=over,
        )
    for code, amount in _funded_twice(session):
        raise RuleViolation(
            "{code} pays {amount} of real costs that its flat rate would cover.",
            "Take those charges back first: both would fund the same costs twice.",
            code=code,
            amount=amount,
        )


def offenders(session: Session) -> list[str]:
    """List the commitments whose charges and overhead do not fit, or that fund a cost twice."""
    found = (code for code, _ in (*_beyond(session), *_funded_twice(session)))
    return list(dict.fromkeys(found))


def _promised(session: Session) -> dict[int, FlatRate]:
    from tracker.store.commitments import CommitmentRow  # which asks for the flat rates in turn

    asked = select(ProgrammeTermRow.id).where(ProgrammeTermRow.name.in_((SHARE, COVERS)))
    if session.scalar(asked.limit(1)) is None:
        return {}
    sheets = term_sheets(session)
    keys: dict[tuple[int, str], int] = {
        (project_id, code): key
        for key, project_id, code in session.execute(
            select(CategoryRow.id, CategoryRow.project_id, CategoryRow.code)
        )
    }

    def keyed(project_id: int, codes: tuple[str, ...] | None) -> frozenset[int]:
        return frozenset(keys[project_id, c] for c in codes or () if (project_id, c) in keys)

    found = {}
    for row in session.execute(
        select(
            CommitmentRow.id,
            CommitmentRow.project_id,
            CommitmentRow.programme_id,
            CommitmentRow.decided_on,
        )
    ):
        sheet, day = sheets[row.programme_id], row.decided_on
        share = sheet.share(SHARE, day=day) or Decimal(0)
        covers = keyed(row.project_id, sheet.categories(COVERS, day=day))
        if share or covers:
            base = keyed(row.project_id, sheet.categories(BASE, day=day)) if share else frozenset()
            found[row.id] = FlatRate(share, base, covers)
    return found


def _charged_by_category(session: Session) -> dict[tuple[int, ...], int]:
    from tracker.store.spending import By, charged  # which asks for allocations in turn

    return charged(session, By.COMMITMENT, By.CATEGORY)


def _beyond(session: Session) -> list[tuple[str, Money]]:
    from tracker.store.commitments import CommitmentBalanceRow, CommitmentRow

    rates = flat_rates_of(session)
    rows = session.execute(
        select(
            CommitmentRow.id,
            CommitmentRow.code,
            CommitmentBalanceRow.committed,
            CommitmentBalanceRow.charged,
        )
        .join(CommitmentBalanceRow, CommitmentBalanceRow.commitment_id == CommitmentRow.id)
        .where(CommitmentRow.id.in_(rates))
        .order_by(CommitmentRow.position)
    )
    over = ((code, charged + rates[key].overhead() - most) for key, code, most, charged in rows)
    return [(code, Money(cents)) for code, cents in over if cents > 0]


def _funded_twice(session: Session) -> list[tuple[str, Money]]:
    from tracker.store.commitments import CommitmentRow

    rates = {key: rate for key, rate in _promised(session).items() if rate.covers}
    if not rates:
        return []
    charged = _charged_by_category(session)
    rows = session.execute(select(CommitmentRow.id, CommitmentRow.code))
    codes = {key: code for key, code in rows}  # noqa: C416 - typed rows
    found = (
        (codes[key], sum(charged.get((key, category), 0) for category in rate.covers))
        for key, rate in rates.items()
    )
    return [(code, Money(cents)) for code, cents in found if cents]
