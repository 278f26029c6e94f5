"""What the columns of a table hold: saying so, and the sources that are remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from tracker.actions import intakes as deeds
from tracker.domain.errors import NotFoundError, RuleViolation
from tracker.domain.policy import Permission
from tracker.domain.table_columns import column_of
from tracker.extensions import db
from tracker.store import intakes, mappings
from tracker.store.projects import the_project
from tracker.web.auth import current_actor
from tracker.web.forms import TrackerForm
from tracker.web.forms.mappings import mapping_form, reading_form
from tracker.web.intake_jobs import carry_on
from tracker.web.intake_page import mapping_page
from tracker.web.language import say, translate
from tracker.web.permissions import NOTHING_THERE, permission

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from tracker.domain.intakes import Intake, Profile, TableLook
    from tracker.domain.table_columns import TableKind
    from tracker.web.forms.mappings import MappingForm

bp = Blueprint("mappings", __name__, url_prefix="/imports")


@bp.post("/<key:intake_id>/columns")
@permission(Permission.HAND_IN)
def choose(intake_id: int) -> ResponseReturnValue:
    """Say what the columns of a table hold, and have it read."""
    intake = intakes.intake(db.session(), intake_id)
    look = _look_of(intake)
    form = mapping_form(intake, look, reading_form(look, request.args)[1])
    if form.attempt(lambda: _choose(intake_id, form)):
        carry_on(intake_id)
        return redirect(url_for("intakes.show", intake_id=intake_id))
    return mapping_page(intake, form), 422


@bp.post("/<key:intake_id>/letters")
@permission(Permission.HAND_IN)
def read_as(intake_id: int) -> ResponseReturnValue:
    """Have the letters of a table read in another way."""
    intake, wish = intakes.intake(db.session(), intake_id), request.form.get("encoding", "")
    if wish in _look_of(intake).encodings:
        by = current_actor()
        deeds.look_again(db.session(), intake_id, version=intake.version, by=by, encoding=wish)
        carry_on(intake_id)
    return redirect(url_for("intakes.show", intake_id=intake_id))


@bp.get("/profiles")
@permission(Permission.SEE_BOOKS)
def show_list() -> ResponseReturnValue:
    """Show the sources whose columns are remembered."""
    return render_template("imports/profiles.html", profiles=_profiles(), named=_named)


@bp.route("/profiles/<key:profile_id>/forget", methods=["GET", "POST"])
@permission(Permission.BRING_IN_BOOKS)
def forget(profile_id: int) -> ResponseReturnValue:
    """Forget the columns of a source."""
    profile, by = _profile(profile_id), current_actor()
    form = TrackerForm()
    if form.attempt(lambda: deeds.forget_profile(db.session(), profile_id, by=by)):
        flash(say("The columns of {name} are forgotten.", name=profile.name))
        return redirect(url_for(".show_list"))
    page = render_template("imports/forget.html", profile=profile, form=form)
    return page, 422 if form.is_submitted() else 200


def _choose(intake_id: int, form: MappingForm) -> None:
    deeds.set_mapping(
        db.session(),
        intake_id,
        form.mapping,
        version=form.version.data,
        by=current_actor(),
        source=str(form.name.data),
    )


def _look_of(intake: Intake) -> TableLook:
    """Give what a table shows whose columns are asked for.

    Errors: ``RuleViolation`` where they are not.
    """
    if intake.look:
        return intake.look
    raise RuleViolation(
        "The columns of {file} are not asked for now.",
        "Look at the file again.",
        file=intake.file_name,
    )


def _profiles() -> list[Profile]:
    session = db.session()
    return mappings.profiles_of(session, the_project(session).id)


def _profile(profile_id: int) -> Profile:
    """Give a source whose columns are remembered.

    Errors: ``NotFoundError``.
    """
    if found := [profile for profile in _profiles() if profile.id == profile_id]:
        return found[0]
    raise NotFoundError(NOTHING_THERE)


def _named(kind: TableKind, code: str) -> str:
    return translate(column_of(kind, code).heading)
