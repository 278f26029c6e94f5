"""Correcting cost lines: each deed says what was wrong, and puts what is right beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from tracker.domain import corrections as rules
from tracker.domain.allocations import INELIGIBLE, ChargeKind, charge_by_hand
from tracker.domain.corrections import CorrectionKind
from tracker.domain.depreciation import check_not_written_off
from tracker.domain.entries import CORRECTION, Entry, Provenance
from tracker.domain.errors import RuleViolation
from tracker.domain.money import ZERO, Money
from tracker.store import (
    audit,
    charging,
    commitments,
    corrections,
    documents,
    imports,
    obligations,
    projects,
    valuations,
)
from tracker.store.costs import of_cost
from tracker.store.entries import add_entry
from tracker.store.session import transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.domain.corrections import Correctable, Correction, Part, Wish
    from tracker.store.costs import CostLineRow
    from tracker.store.documents import Upload
    from tracker.store.projects import Project


def correct(
    session: Session,
    line_id: int,
    wish: Wish,
    *,
    today: date,
    by: Actor,
    evidence: Upload | None = None,
) -> Correction:
    """Correct a cost line. What it says stays; what is right counts in the first open period.

    Of two who correct the same line at once, the second is told what the first did.

    Errors: ``NotFoundError``; ``RuleViolation`` at the field that is wrong.
    """
    with transaction(session):
        if evidence is not None:
            at = datetime.now(UTC)
            documents.add_document(session, of_cost(line_id), evidence, by=by.name, at=at)
        return _correct(session, line_id, wish, today, by)


def foresee(session: Session, line_id: int, wish: Wish, *, today: date, by: Actor) -> Correction:
    """Tell what a correction would do, by doing it and keeping nothing of it.

    Errors: as those of ``correct``.
    """
    try:
        with transaction(session):
            found = _correct(session, line_id, wish, today, by)
            raise _OnlyLooked(found)  # noqa: TRY301 - it ends the transaction
    except _OnlyLooked as looked:
        return looked.correction


class _OnlyLooked(Exception):  # noqa: N818 - no failure: it lets go of what was only looked at
    def __init__(self, correction: Correction) -> None:
        super().__init__()
        self.correction = correction


@dataclass(frozen=True, slots=True)
class _Case:
    """A cost line that is being corrected, with everything that is held still for it."""

    session: Session
    project: Project
    row: CostLineRow
    line: Correctable
    wish: Wish
    room: dict[int, int]
    codes: dict[int, str]
    charge_id: int
    today: date


def _correct(session: Session, line_id: int, wish: Wish, today: date, by: Actor) -> Correction:
    rules.check_wish(wish)
    project = projects.the_project(session)
    imports.lock(session)  # a line that is made now comes after all that are on their way
    room = commitments.lock_room(session, project.id)
    row, line = corrections.correctable(session, line_id)
    rules.check_stands(line)
    reason, now = wish.reason.strip(), datetime.now(UTC)
    kind = ChargeKind.CORRECTION
    charge_id = charging.add_charge(session, now, by.name, kind, reason)
    codes = {one.id: one.code for one in commitments.commitments_of(session)}
    case = _Case(session, project, row, line, wish, room, codes, charge_id, today)
    DEEDS[wish.kind](case)
    corrections.add_correction(
        session, line_id, wish.kind, reason, by=by.name, at=now, charge_id=charge_id
    )
    audit.record(
        session,
        by=by,
        did="correct cost",
        subject=of_cost(line_id),
        detail={
            "kind": f"correction_{wish.kind}",
            "reason": reason,
            "amount": abs(wish.amount.cents) if wish.amount else abs(row.amount),
        },
    )
    return corrections.corrections_of(session, line_id)[0]


def _cancel(case: _Case) -> None:
    """Take the whole line back: another line is its opposite, and so is what became of it."""
    rules.check_whole(case.line)
    check_not_written_off(valuations.written_off_of(case.session, case.row.id))
    paid = corrections.paid_by(case.session, case.row.id)
    rules.check_room({key: -cents for key, cents in paid.items()}, case.room, case.codes)
    row = case.row
    entry = replace(
        _entry_of(row),
        amount=-row.amount,
        vat=-row.vat,
        vat_deductible=-row.vat_deductible,
        ineligible=-row.ineligible,
        booked_on=case.today,
    )
    reversing = add_entry(
        case.session,
        case.project.id,
        entry,
        Provenance(
            journal=CORRECTION,
            counted_on=row.counted_on,
            reverses_id=row.id,
            charge_id=case.charge_id,
        ),
    )
    charging.mirror(case.session, case.charge_id, row.id, reversing)


def _replace(case: _Case, entry: Entry, counted_on: date | None) -> None:
    """Take the line back, and put another in its place for the rules to judge."""
    rules.check_replaceable(case.line)
    _cancel(case)
    made = add_entry(
        case.session,
        case.project.id,
        replace(entry, booked_on=case.today),
        Provenance(journal=CORRECTION, counted_on=counted_on, corrects_id=case.row.id),
    )
    valuations.carry_over(case.session, case.row.id, made)
    obligations.carry_over(case.session, case.row.id, made)


def _mend_period(case: _Case) -> None:
    day = case.wish.day
    rules.check_other(case.row.incurred_on, day, "day")
    if day is None or day > case.today:
        raise RuleViolation(
            "{day} is still to come.", "Enter the right day.", field="day", day=day or case.today
        )
    _replace(case, replace(_entry_of(case.row), incurred_on=day), None)


def _mend_work_package(case: _Case) -> None:
    code = case.wish.work_package
    rules.check_other(case.row.cost_centre, code, "work_package")
    known = projects.work_packages_of(case.session, case.project.id)
    if code not in known:
        raise RuleViolation(
            "There is no work package {code}.",
            "Choose one of the programme's.",
            field="work_package",
            code=code,
        )
    entry = replace(_entry_of(case.row), cost_centre=code, work_package_id=known[code])
    _replace(case, entry, case.row.counted_on)


def _mend_category(case: _Case) -> None:
    known = projects.categories_of(case.session, case.project.id)
    category_id = known.get(case.wish.category)
    rules.check_other(case.row.category_id, category_id, "category")
    if category_id is not None:
        entry = replace(_entry_of(case.row), category_id=category_id)
        _replace(case, entry, case.row.counted_on)


def _mend_funder(case: _Case) -> None:
    """Take a part back from one commitment, and charge it to another by the rules of that."""
    wish, ids = case.wish, {code: key for key, code in case.codes.items()}
    rules.check_other(wish.taken_from, wish.charged_to, "charged_to")
    for field, code in (("taken_from", wish.taken_from), ("charged_to", wish.charged_to)):
        if code not in ids:
            raise RuleViolation(
                "There is no commitment “{code}”.", "Choose one.", field=field, code=code
            )
    giver, taker = ids[wish.taken_from], ids[wish.charged_to]
    parts = rules.off_funder(case.line, giver, wish.taken_from, wish.amount or ZERO)
    _move(case, parts)
    cents = -parts[0].cents
    judged = charge_by_hand(
        charging.chargeable_line(case.session, case.row.id),
        wish.charged_to,
        taker,
        Money(cents),
        terms=commitments.terms_of(case.session, case.project.id)[taker],
        room=Money(case.room[taker]),
        left=[(giver, parts[1].reason, cents)],
    )
    counted_on = charging.counts_on(case.session, case.row.id)
    charging.add_by_hand(case.session, case.charge_id, judged, counted_on)


def _lower(case: _Case) -> None:
    """Put a credit note or a refund beside the line, judged as the line was."""
    parts = rules.credit_parts(case.line, case.wish.amount or ZERO)
    apart = [part for part in parts if part.reason in INELIGIBLE]
    is_refund = case.wish.kind is CorrectionKind.REFUND
    day = case.wish.day or case.today
    entry = replace(
        _entry_of(case.row),
        amount=sum(part.cents for part in parts),
        vat=0,
        vat_deductible=0,
        ineligible=sum(part.cents for part in apart),
        ineligible_for=str(apart[0].reason) if apart else "",
        document=case.wish.document.strip() or case.row.document,
        booked_on=case.today if is_refund else day,
        paid_on=day if is_refund else None,
    )
    made = add_entry(
        case.session,
        case.project.id,
        entry,
        Provenance(
            journal=CORRECTION,
            counted_on=case.row.counted_on,
            corrects_id=case.row.id,
            charge_id=case.charge_id,
        ),
    )
    corrections.keep_parts(case.session, case.charge_id, made, parts, None)


def _set_apart(case: _Case) -> None:
    wish = case.wish
    _move(case, rules.to_ineligible(case.line, wish.amount or ZERO, wish.ineligible_for))


def _let_in_again(case: _Case) -> None:
    _move(case, rules.to_eligible(case.line, case.wish.amount or ZERO))


def _move(case: _Case, parts: Iterable[Part]) -> None:
    parts = tuple(parts)
    charged = {part.commitment_id: part.cents for part in parts if not part.reason}
    more = {key: cents for key, cents in charged.items() if key is not None}
    rules.check_room(more, case.room, case.codes)
    counted_on = charging.counts_on(case.session, case.row.id)
    corrections.keep_parts(case.session, case.charge_id, case.row.id, parts, counted_on)


def _entry_of(row: CostLineRow) -> Entry:
    """Say again what a cost line says."""
    return Entry(**{name: getattr(row, name) for name in Entry.__dataclass_fields__})


DEEDS: Final[dict[CorrectionKind, Callable[[_Case], None]]] = {
    CorrectionKind.WRONG_PERIOD: _mend_period,
    CorrectionKind.WRONG_WORK_PACKAGE: _mend_work_package,
    CorrectionKind.WRONG_CATEGORY: _mend_category,
    CorrectionKind.WRONG_FUNDER: _mend_funder,
    CorrectionKind.CREDIT_NOTE: _lower,
    CorrectionKind.REFUND: _lower,
    CorrectionKind.CANCELLED: _cancel,
    CorrectionKind.NOT_ELIGIBLE: _set_apart,
    CorrectionKind.ELIGIBLE_AGAIN: _let_in_again,
}
