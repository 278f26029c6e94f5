"""Decisions on commitments: entering them, and judging what somebody else entered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from tracker.actions import amendments as deeds
from tracker.actions import commitments as entering
from tracker.domain.amendments import Verdict
from tracker.domain.errors import NotFoundError
from tracker.domain.policy import Permission, Role
from tracker.extensions import db
from tracker.store.amendments import (
    amendments_of,
    decision_numbered,
    decisions_of,
    next_number,
    standing_of,
)
from tracker.store.projects import project_of
from tracker.web.auth import current_actor
from tracker.web.clock import today
from tracker.web.comparing import effect_of, side_by_side
from tracker.web.forms.amendments import SeenForm, SendBackForm, amendment_form, award_form
from tracker.web.language import said, say
from tracker.web.permissions import NOTHING_THERE, own_commitment, permission
from tracker.web.protection import takes_document

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from tracker.domain.actor import Actor
    from tracker.domain.amendments import Entered
    from tracker.domain.commitments import Commitment
    from tracker.web.forms import TrackerForm
    from tracker.web.forms.amendments import StepForm

bp = Blueprint("amendments", __name__)


@bp.route("/commitments/new", methods=["GET", "POST"])
@permission(Permission.ENTER_FUNDING)
@takes_document
def enter() -> ResponseReturnValue:
    """Enter a commitment, as a draft that counts nowhere."""
    session, by, day = db.session(), current_actor(), today()
    if project_of(session) is None:
        return render_template("commitments/new.html", form=None)
    form = award_form(session, request.args.get("programme", ""))
    if form.attempt(
        lambda: entering.enter(session, form.to_domain(), today=day, by=by, letter=form.letter.data)
    ):
        code = str(form.code.data)
        flash(say("{code} is entered. It counts once somebody else confirms it.", code=code))
        return redirect(url_for("commitments.show", code=code))
    page = render_template("commitments/new.html", form=form)
    return page, 422 if form.is_submitted() else 200


@bp.route("/commitments/<code>/amend", methods=["GET", "POST"])
@permission(Permission.ENTER_FUNDING)
@takes_document
def amend(code: str) -> ResponseReturnValue:
    """Enter a decision on a commitment, as a draft."""
    session, commitment = db.session(), own_commitment(code)
    waiting = _waiting(commitment)
    if waiting and request.method == "GET":
        return redirect(url_for(".show", amendment_id=waiting.id))
    now = standing_of(session, commitment.id, today())
    form = amendment_form(session, now, next_number(session, commitment.id))
    if form.attempt(lambda: _enter_amendment(commitment, form)):
        flash(say("The amendment of {code} waits for a second person.", code=code))
        return redirect(url_for("commitments.show", code=code))
    page = render_template("amendments/edit.html", form=form, commitment=commitment, now=now)
    return page, 422 if form.is_submitted() else 200


@bp.get("/amendments/<key:amendment_id>")
@permission(Permission.SEE_FUNDING)
def show(amendment_id: int) -> ResponseReturnValue:
    """Show a decision: what it changes, from what to what, and who stands for it."""
    return _page(*_own(amendment_id))


@bp.route("/amendments/<key:amendment_id>/change", methods=["GET", "POST"])
@permission(Permission.ENTER_FUNDING)
@takes_document
def revise(amendment_id: int) -> ResponseReturnValue:
    """Change a draft of one's own."""
    session, (entered, commitment) = db.session(), _own(amendment_id)
    if request.method == "GET" and not _is_open_to(current_actor(), entered):
        return redirect(url_for(".show", amendment_id=amendment_id))
    now = standing_of(session, commitment.id, today())
    form = amendment_form(session, now, entered.version, entered.decision)
    if form.attempt(lambda: _revise(entered, commitment, form)):
        flash(say("The amendment of {code} waits for a second person.", code=commitment.code))
        return redirect(url_for(".show", amendment_id=amendment_id))
    page = render_template(
        "amendments/edit.html", form=form, commitment=commitment, now=now, entered=entered
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/amendments/<key:amendment_id>/confirm")
@permission(Permission.CONFIRM)
def confirm(amendment_id: int) -> ResponseReturnValue:
    """Confirm what somebody else entered."""
    form = SeenForm()
    _, commitment = _own(amendment_id)
    if form.attempt(lambda: _confirm(amendment_id, form.version.data or 0)):
        flash(say("Confirmed: from now on it counts for {code}.", code=commitment.code))
        return redirect(url_for("commitments.show", code=commitment.code))
    return _page(*_own(amendment_id), form), 422


@bp.post("/amendments/<key:amendment_id>/send-back")
@permission(Permission.CONFIRM)
def send_back(amendment_id: int) -> ResponseReturnValue:
    """Send a draft back to who entered it, with the reason."""
    session, form, by = db.session(), SendBackForm(), current_actor()
    entered, _ = _own(amendment_id)
    reason, version = str(form.reason.data), form.version.data or 0
    if form.attempt(lambda: deeds.send_back(session, amendment_id, reason, version=version, by=by)):
        flash(say("It is back with {who}.", who=entered.entered_by))
        return redirect(url_for(".show", amendment_id=amendment_id))
    return _page(*_own(amendment_id), form), 422


@bp.post("/amendments/<key:amendment_id>/take-back")
@permission(Permission.ENTER_FUNDING)
def drop(amendment_id: int) -> ResponseReturnValue:
    """Take a draft of one's own back."""
    session, form, by = db.session(), SeenForm(), current_actor()
    entered, commitment = _own(amendment_id)
    version = form.version.data or 0
    if form.attempt(lambda: deeds.drop(session, amendment_id, version=version, by=by)):
        flash(say("The draft of {code} is taken back.", code=commitment.code))
        if entered.decision.number == 0:
            return redirect(url_for("commitments.show_list"))
        return redirect(url_for("commitments.show", code=commitment.code))
    return _page(*_own(amendment_id), form), 422


def _confirm(amendment_id: int, version: int) -> None:
    session, by = db.session(), current_actor()
    for warning in deeds.confirm(session, amendment_id, version=version, today=today(), by=by):
        flash(said(warning))


def _enter_amendment(commitment: Commitment, form: StepForm) -> None:
    session, day, number = db.session(), today(), form.version.data or 0
    deeds.amend(
        session,
        commitment.code,
        form.to_domain(standing_of(session, commitment.id, day), number),
        today=day,
        by=current_actor(),
        letter=form.letter.data,
        number=number,
    )


def _revise(entered: Entered, commitment: Commitment, form: StepForm) -> None:
    session, day = db.session(), today()
    deeds.revise(
        session,
        entered.id,
        form.to_domain(standing_of(session, commitment.id, day), entered.decision.number),
        version=form.version.data or 0,
        today=day,
        by=current_actor(),
        letter=form.letter.data,
    )


def _is_open_to(actor: Actor, entered: Entered) -> bool:
    return entered.verdict is Verdict.DRAFT and entered.entered_by == actor.name


def _waiting(commitment: Commitment) -> Entered | None:
    """Give the draft of a commitment that waits for a second person, if there is one."""
    decisions = decisions_of(db.session(), commitment.id)
    return next((entered for entered in decisions if entered.verdict is Verdict.DRAFT), None)


def _own(amendment_id: int) -> tuple[Entered, Commitment]:
    """Give a decision and its commitment; a funder's viewer sees what is confirmed only.

    Errors: ``NotFoundError``, the same for one that does not exist and for another's.
    """
    try:
        entered = decision_numbered(db.session(), amendment_id)
    except NotFoundError:
        raise NotFoundError(NOTHING_THERE) from None
    viewer = current_actor().role is Role.FUNDER_VIEWER
    if viewer and entered.verdict is not Verdict.CONFIRMED:
        raise NotFoundError(NOTHING_THERE)
    return entered, own_commitment(entered.commitment)


def _page(entered: Entered, commitment: Commitment, form: TrackerForm | None = None) -> str:
    confirmed = amendments_of(db.session(), commitment.id)
    fresh = SendBackForm(formdata=None, data={"version": entered.version})
    return render_template(
        "amendments/show.html",
        entered=entered,
        decision=entered.decision,
        commitment=commitment,
        rows=side_by_side(*effect_of(entered.decision, confirmed)),
        form=form,
        back=form if isinstance(form, SendBackForm) else fresh,
        by=current_actor(),
    )
