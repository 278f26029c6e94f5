"""Money that came in: what waits, matching it, entering it by hand, undoing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flask import Blueprint, flash, redirect, render_template, request, url_for

from tracker.actions import receipts as deeds
from tracker.domain.policy import Permission
from tracker.domain.receipts import BankEntry, is_same_payment
from tracker.domain.suggestions import suggestions
from tracker.extensions import db
from tracker.store import receipts
from tracker.store.audit import history_of
from tracker.store.bank import candidates_of
from tracker.store.commitments import commitment_named
from tracker.store.instalments import instalments_of
from tracker.store.projects import the_project
from tracker.web.auth import current_actor
from tracker.web.clock import today
from tracker.web.forms import TrackerForm
from tracker.web.forms.receipts import (
    ReasonForm,
    assign_form,
    match_form,
    place,
    places,
    receipt_form,
)
from tracker.web.history import in_words
from tracker.web.language import say
from tracker.web.permissions import own_commitment, permission

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

    from tracker.domain.commitments import Receipt
    from tracker.domain.suggestions import Candidate, Suggestion
    from tracker.store.receipts import Unmatched

bp = Blueprint("receipts", __name__)


class Waiting(NamedTuple):
    """Money that waits, and where it may belong."""

    entry: Unmatched
    suggestions: tuple[Suggestion, ...]


@bp.get("/receipts")
@permission(Permission.SEE_BOOKS)
def show_list() -> ResponseReturnValue:
    """Show the money that waits, where it may belong, and what was set aside."""
    session, candidates = db.session(), _candidates()
    return render_template(
        "receipts/list.html",
        waiting=[
            Waiting(entry, _suggested(entry, candidates))
            for entry in receipts.unmatched_receipts(session)
        ],
        total=receipts.unmatched(session),
        aside=receipts.set_aside(session),
        history=in_words(history_of(session, f"project/{the_project(session).code}/receipts")),
    )


@bp.route("/receipts/new", methods=["GET", "POST"])
@permission(Permission.ENTER_FUNDING)
def enter() -> ResponseReturnValue:
    """Enter a receipt whose bank statement is not there yet."""
    candidates, by = _candidates(), current_actor()
    form = receipt_form(candidates, _wished(candidates))
    if form.attempt(lambda: deeds.enter(db.session(), form.to_domain(), today=today(), by=by)):
        code = str(form.goes_to.data).rpartition("/")[0]
        return redirect(url_for(".of_commitment", code=code))
    page = render_template("receipts/enter.html", form=form)
    return page, 422 if form.is_submitted() else 200


@bp.route("/receipts/entries/<key:entry_id>/match", methods=["GET", "POST"])
@permission(Permission.ENTER_FUNDING)
def match(entry_id: int) -> ResponseReturnValue:
    """Match the money of a bank entry to commitments and instalments."""
    session, by, candidates = db.session(), current_actor(), _candidates()
    entry = receipts.unmatched_entry(session, entry_id)
    found = _suggested(entry, candidates)
    first = _wished(candidates) or (place(found[0].code, found[0].instalment) if found else "")
    form = match_form(candidates, entry.left, first)
    if form.attempt(lambda: deeds.match(session, entry_id, form.to_domain(), by=by)):
        flash(say("What came in on {day} is matched.", day=entry.booked_on))
        return redirect(url_for(".show_list"))
    return _match_page(entry, found, form), 422 if form.is_submitted() else 200


@bp.post("/receipts/entries/<key:entry_id>/replace/<key:receipt_id>")
@permission(Permission.ENTER_FUNDING)
def replace(entry_id: int, receipt_id: int) -> ResponseReturnValue:
    """Put a bank entry in the place of the receipt that was entered by hand for it."""
    session, by, form = db.session(), current_actor(), TrackerForm()
    if form.attempt(lambda: deeds.replace(session, entry_id, receipt_id, by=by)):
        flash(say("The bank entry has taken the place of the receipt by hand."))
        return redirect(url_for(".show_list"))
    entry, candidates = receipts.unmatched_entry(session, entry_id), _candidates()
    shown = match_form(candidates, entry.left, "")
    shown.form_errors = [*shown.form_errors, *form.form_errors]
    return _match_page(entry, _suggested(entry, candidates), shown), 422


@bp.route("/receipts/entries/<key:entry_id>/set-aside", methods=["GET", "POST"])
@permission(Permission.ENTER_FUNDING)
def set_aside(entry_id: int) -> ResponseReturnValue:
    """Say that money is no funder's."""
    session, by, form = db.session(), current_actor(), ReasonForm()
    entry = receipts.unmatched_entry(session, entry_id)
    if form.attempt(lambda: deeds.set_aside(session, entry_id, str(form.reason.data), by=by)):
        return redirect(url_for(".show_list", _anchor="aside"))
    page = render_template("receipts/set_aside.html", form=form, entry=entry)
    return page, 422 if form.is_submitted() else 200


@bp.route("/receipts/<key:receipt_id>/undo", methods=["GET", "POST"])
@permission(Permission.ENTER_FUNDING)
def undo(receipt_id: int) -> ResponseReturnValue:
    """Undo a receipt, with the reason."""
    session, by, form = db.session(), current_actor(), ReasonForm()
    code, receipt = receipts.receipt_numbered(session, receipt_id)
    if form.attempt(lambda: deeds.undo(session, receipt_id, str(form.reason.data), by=by)):
        return redirect(url_for(".of_commitment", code=code))
    page = render_template("receipts/undo.html", form=form, code=code, receipt=receipt)
    return page, 422 if form.is_submitted() else 200


@bp.route("/receipts/<key:receipt_id>/assign", methods=["GET", "POST"])
@permission(Permission.ENTER_FUNDING)
def assign(receipt_id: int) -> ResponseReturnValue:
    """Let a receipt pay another instalment of its commitment."""
    session, by = db.session(), current_actor()
    code, receipt = receipts.receipt_numbered(session, receipt_id)
    plan = instalments_of(session, commitment_named(session, code).id)
    form = assign_form(plan, receipt.instalment)
    chosen = form.instalment
    if form.attempt(lambda: deeds.assign(session, receipt_id, int(chosen.data), by=by)):
        return redirect(url_for(".of_commitment", code=code))
    page = render_template("receipts/assign.html", form=form, code=code, receipt=receipt)
    return page, 422 if form.is_submitted() else 200


@bp.get("/commitments/<code>/receipts")
@permission(Permission.SEE_FUNDING)
def of_commitment(code: str) -> ResponseReturnValue:
    """Show what came in on a commitment, and what was undone."""
    session, commitment = db.session(), own_commitment(code)
    return render_template(
        "receipts/of_commitment.html",
        commitment=commitment,
        receipts=receipts.receipts_of(session, commitment.id),
        undone=receipts.undone_of(session, commitment.id),
        plan=instalments_of(session, commitment.id),
    )


def _match_page(entry: Unmatched, found: tuple[Suggestion, ...], form: TrackerForm) -> str:
    return render_template(
        "receipts/match.html",
        entry=entry,
        suggestions=found,
        form=form,
        by_hand=_by_hand(entry),
        replacing=TrackerForm(formdata=None),
    )


def _candidates() -> tuple[Candidate, ...]:
    session = db.session()
    return candidates_of(session)


def _wished(candidates: Sequence[Candidate]) -> str:
    """The place that the address asks for, if money may go there."""
    wished = request.args.get("to", "")
    return wished if wished in places(candidates) else ""


def _suggested(entry: Unmatched, candidates: Sequence[Candidate]) -> tuple[Suggestion, ...]:
    known = BankEntry(
        "",
        entry.booked_on,
        entry.amount.cents,
        entry.counterparty,
        entry.counterparty_iban,
        entry.remittance,
    )
    return suggestions(known, entry.left, candidates)


def _by_hand(entry: Unmatched) -> list[tuple[str, Receipt]]:
    """The receipts by hand that this bank entry may be."""
    return [
        (code, receipt)
        for code, receipt in receipts.receipts_by_hand(db.session())
        if is_same_payment((receipt.received_on, receipt.amount), (entry.booked_on, entry.left))
    ]
