"""Depreciation: what counts of an asset instead of its price, never both."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tracker.domain.allocations import ChargeKind, Reason
from tracker.domain.corrections import CorrectionKind, check_judged, check_stands, check_whole
from tracker.domain.depreciation import (
    Asset,
    WrittenOff,
    check_asset,
    check_charged_once,
    check_moment,
    check_months,
    check_same_asset,
    instead_of_price,
)
from tracker.domain.entries import BY_HAND, Entry, Provenance
from tracker.domain.money import Money
from tracker.store import audit, charging, entries, imports, valuations
from tracker.store.corrections import add_correction, correctable, keep_parts, paid_by
from tracker.store.costs import of_cost
from tracker.store.session import transaction

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.corrections import Correctable
    from tracker.domain.depreciation import NewDepreciation
    from tracker.store.costs import CostLineRow


def write_off(
    session: Session, line_id: int, new: NewDepreciation, *, today: date, by: Actor
) -> int:
    """Count a part of an asset as a cost, and nothing of its price; give the id of the new line.

    What is charged of the price is taken back in the same deed.

    Errors: ``NotFoundError``; ``RuleViolation`` at the field that is wrong.
    """
    with transaction(session):
        imports.lock(session)
        row, line = correctable(session, line_id)
        check_stands(line)
        check_whole(line)
        _check_asset(session, row, line)
        check_moment(new, row.incurred_on, today)
        asset = _asset(session, row, new)
        before = valuations.written_off_of(session, line_id)
        if before:
            check_same_asset(asset, before[0].asset)
        check_months(new.months, asset.term_months, sum(one.months for one in before))
        _take_price_back(session, row, line, new, by)
        written = WrittenOff(0, line_id, asset, new.months, new.use)
        price = Money(sum(paid_by(session, line_id).values()))
        check_charged_once(row.description, price, written.amount)
        made = _add_line(session, row, written, new)
        audit.record(
            session,
            by=by,
            did="write off",
            subject=of_cost(line_id),
            detail={"months": new.months, "amount": made.amount.cents, "day": str(new.counted_to)},
        )
    return made.line_id


def _check_asset(session: Session, row: CostLineRow, line: Correctable) -> None:
    is_time = line.is_in_kind or valuations.worked_of(session, row.id) is not None
    is_valued = is_time or valuations.written_off(session, row.id) is not None
    reported, funder = valuations.reported_charges(session, row.id)
    check_asset(Money(row.amount), is_valued=is_valued, reported=reported, reported_to=funder)


def _asset(session: Session, row: CostLineRow, new: NewDepreciation) -> Asset:
    asked = valuations.shortest_terms(session, row.project_id, new.counted_to)
    shortest = asked[0][0] if asked else 1
    return Asset(Money(row.amount), new.residual, new.term_months, shortest)


def _take_price_back(
    session: Session, row: CostLineRow, line: Correctable, new: NewDepreciation, by: Actor
) -> None:
    """Leave the price of an asset to nobody: its depreciation counts instead."""
    if row.ineligible_for == Reason.DEPRECIATED:
        return  # it was bought to be written off, so nothing of it was ever charged
    check_judged(line)
    parts = instead_of_price(line.parts)
    if not parts:
        return
    now, kind = datetime.now(UTC), ChargeKind.CORRECTION
    charge_id = charging.add_charge(session, now, by.name, kind, new.description)
    keep_parts(session, charge_id, row.id, parts, charging.counts_on(session, row.id))
    add_correction(
        session,
        row.id,
        CorrectionKind.NOT_ELIGIBLE,
        new.description,
        by=by.name,
        at=now,
        charge_id=charge_id,
    )


def _add_line(
    session: Session, row: CostLineRow, written: WrittenOff, new: NewDepreciation
) -> WrittenOff:
    entry = Entry(
        incurred_on=new.counted_to,
        amount=written.amount.cents,
        category_id=row.category_id,
        work_package_id=row.work_package_id,
        cost_centre=row.cost_centre,
        account=row.account,
        supplier=row.supplier,
        document=row.document,
        invoice=row.invoice,
        description=new.description.strip(),
        milestone_id=row.milestone_id,
    )
    made = entries.add_entry(session, row.project_id, entry, Provenance(journal=BY_HAND))
    kept = WrittenOff(made, row.id, written.asset, written.months, written.use)
    valuations.add_written_off(session, kept)
    return kept
