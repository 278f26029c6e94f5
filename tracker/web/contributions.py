"""Contributions in kind: what partners contributed, what counts of it, and what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from tracker.actions import contributions as deeds
from tracker.domain.contributions import sums_of
from tracker.domain.money import Money
from tracker.domain.policy import Permission
from tracker.extensions import db
from tracker.store import contributions, projects
from tracker.store.audit import history_of_all
from tracker.web.auth import current_actor
from tracker.web.clock import today
from tracker.web.forms.contributions import DeclarationForm, contribution_form
from tracker.web.history import in_words
from tracker.web.language import language, say
from tracker.web.permissions import permission
from tracker.web.protection import takes_document

if TYPE_CHECKING:
    from decimal import Decimal

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from tracker.web.forms.contributions import ContributionForm
    from tracker.web.history import Deed

bp = Blueprint("contributions", __name__, url_prefix="/in-kind")


@bp.get("")
@permission(Permission.SEE_BOOKS)
def show_list() -> ResponseReturnValue:
    """Show what partners contributed by year, and the hours of one of them."""
    session = db.session()
    sums = sums_of(contributions.contributions_of(session))
    partner, year = request.args.get("partner", ""), request.args.get("year", 0, type=int)
    is_chosen = any((each.partner, each.year) == (partner, year) for each in sums)
    return render_template(
        "contributions/list.html",
        sums=sums,
        counted=Money.total(each.counted for each in sums),
        waiting=Money.total(each.waiting for each in sums),
        chosen=contributions.contributions_of(session, partner, year) if is_chosen else [],
        declarations=contributions.declarations_of(session),
        history=_history(session),
    )


def _history(session: Session) -> list[Deed]:
    """Tell what was entered of the partners of this project, and by whom."""
    partners = contributions.partners_of(session)
    subjects = [contributions.of_partner(session, partner) for partner in partners]
    return in_words(history_of_all(session, subjects))


@bp.route("/new", methods=["GET", "POST"])
@permission(Permission.ENTER_FUNDING)
def enter() -> ResponseReturnValue:
    """Enter hours that a partner contributed."""
    form = contribution_form(projects.the_project(db.session()))
    if form.attempt(lambda: _enter(form)):
        return redirect(url_for(".show_list"))
    known = contributions.partners_of(db.session())
    page = render_template("contributions/enter.html", form=form, partners=known)
    return page, 422 if form.is_submitted() else 200


@bp.route("/declarations/new", methods=["GET", "POST"])
@permission(Permission.ENTER_FUNDING)
@takes_document
def declare() -> ResponseReturnValue:
    """Enter a contributor's signed statement."""
    form = DeclarationForm()
    if form.attempt(lambda: _declare(form)):
        return redirect(url_for(".show_list", _anchor="declarations"))
    if not form.is_submitted():
        form.partner.data = request.args.get("partner", "")
    known = contributions.partners_of(db.session())
    page = render_template("contributions/declare.html", form=form, partners=known)
    return page, 422 if form.is_submitted() else 200


@bp.app_template_filter("hours")
def hours(value: Decimal) -> str:
    """Write hours, or a rate, with two decimals as the reader writes them."""
    text = f"{value:,.2f}"
    return text.translate(str.maketrans(",.", ".,")) if language() == "nl" else text


def _enter(form: ContributionForm) -> None:
    row = form.to_domain()
    deeds.enter(db.session(), row, today=today(), by=current_actor())
    flash(
        say(
            "Kept: {value} of {partner}. It counts once a signed declaration covers {day}.",
            value=row.value,
            partner=row.partner,
            day=row.worked_on,
        )
    )


def _declare(form: DeclarationForm) -> None:
    new, by = form.to_domain(), current_actor()
    deeds.declare(db.session(), new, form.document.data, today=today(), by=by)
    flash(
        say(
            "The hours of {partner} from {first} to {last} count from now on.",
            partner=new.partner,
            first=new.first_day,
            last=new.last_day,
        )
    )
