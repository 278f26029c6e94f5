"""Programmes: their terms on a day, each with its source, and how they came to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from tracker.actions import terms as deeds
from tracker.domain.errors import NotFoundError
from tracker.domain.policy import Permission
from tracker.domain.presets import PRESETS
from tracker.domain.terms import TERMS
from tracker.domain.texts import mark as _
from tracker.extensions import db
from tracker.store import audit
from tracker.store.commitments import commitments_of
from tracker.store.funders import funders_of, programme_numbered, programmes_of
from tracker.store.projects import project_of
from tracker.store.terms import terms_of, version_of
from tracker.web.auth import current_actor
from tracker.web.clock import today
from tracker.web.fields import DayField
from tracker.web.forms import AddressForm
from tracker.web.forms.programmes import (
    programme_change_form,
    programme_form,
    term_form,
    terms_by_key,
)
from tracker.web.history import in_words
from tracker.web.permissions import permission
from tracker.web.terms import UNITS, term_name, value_in_words

if TYPE_CHECKING:
    from datetime import date

    from flask.typing import ResponseReturnValue

    from tracker.domain.terms import DatedTerm, Term, TermSheet

bp = Blueprint("programmes", __name__, url_prefix="/programmes")


class DayForm(AddressForm):
    """The day of which the terms are shown; it is in the address."""

    on = DayField(_("Terms as they hold on"))


@dataclass(frozen=True, slots=True)
class TermLine:
    """One value of a term, and the last day on which it holds, if another follows."""

    key: str
    name: str
    value: str
    held: DatedTerm
    last_day: date | None

    @property
    def group(self) -> str:
        """What the term is about."""
        return TERMS[self.held.code].group.value

    def holds_on(self, day: date) -> bool:
        """Tell whether this is what the programme says on a day."""
        return self.held.first_day <= day and (self.last_day is None or day <= self.last_day)


@bp.route("/new", methods=["GET", "POST"])
@permission(Permission.ENTER_FUNDING)
def enter() -> ResponseReturnValue:
    """Enter a programme, from a preset or from nothing."""
    session, by = db.session(), current_actor()
    preset = PRESETS.get(request.args.get("preset", ""))
    chosen = request.args.get("funder", default=0, type=int)
    form = programme_form(funders_of(session), _categories(), preset, chosen)
    if form.attempt(lambda: deeds.enter_programme(session, form.to_domain(), by=by)):
        return _to_named(int(form.funder_id.data), str(form.name.data))
    offered = {"presets": PRESETS.values(), "preset": preset, "funder": chosen}
    page = render_template("programmes/new.html", form=form, units=UNITS, **offered)
    return page, 422 if form.is_submitted() else 200


@bp.get("/<key:programme_id>")
@permission(Permission.SEE_BOOKS)
def show(programme_id: int) -> ResponseReturnValue:
    """Show the terms that hold on a day, and the commitments that run under them."""
    session = db.session()
    programme, form = programme_numbered(session, programme_id), DayForm(request.args)
    day = (form.on.data if form.validate() else None) or today()
    return render_template(
        "programmes/show.html",
        programme=programme,
        form=form,
        day=day,
        **_terms_on(day, programme_id),
        commitments=[c for c in commitments_of(session) if c.programme_id == programme_id],
        history=in_words(audit.history_of(session, f"programme/{programme_id}")),
    )


@bp.route("/<key:programme_id>/change", methods=["GET", "POST"])
@permission(Permission.ENTER_FUNDING)
def change(programme_id: int) -> ResponseReturnValue:
    """Change what a programme is called and for whom its terms hold."""
    session, by = db.session(), current_actor()
    programme = programme_numbered(session, programme_id)
    form = programme_change_form(programme, version_of(session, programme_id))
    name, size, seen = form.name.data or "", form.size.data, form.version.data or 0
    if form.attempt(
        lambda: deeds.change_programme(session, programme_id, name, size, version=seen, by=by)
    ):
        return redirect(url_for(".show", programme_id=programme_id))
    page = render_template("programmes/edit.html", form=form, programme=programme)
    return page, 422 if form.is_submitted() else 200


@bp.route("/<key:programme_id>/terms/<term>", methods=["GET", "POST"])
@permission(Permission.ENTER_FUNDING)
def change_term(programme_id: int, term: str) -> ResponseReturnValue:
    """Give a term another value from a day on; what held before stays as it was."""
    session, by = db.session(), current_actor()
    programme, (about, scope) = programme_numbered(session, programme_id), _term_keyed(term)
    form = term_form(about, scope, _categories())
    if form.attempt(lambda: deeds.change_term(session, programme_id, form.to_domain(), by=by)):
        return redirect(url_for(".show", programme_id=programme_id, on=form.first_day.data))
    past = [line for line in _lines(terms_of(session, programme_id)) if line.key == term]
    said = {"name": term_name(about.code, scope), "unit": UNITS.get(about.kind, "")}
    page = render_template(
        "programmes/term.html", form=form, programme=programme, past=past, **said
    )
    return page, 422 if form.is_submitted() else 200


def _terms_on(day: date, programme_id: int) -> dict[str, list[TermLine] | list[tuple[str, str]]]:
    """Part the terms of a programme: those that hold on a day, other values, and what it leaves."""
    lines = _lines(terms_of(db.session(), programme_id))
    return {
        "stated": [line for line in lines if line.holds_on(day)],
        "others": [line for line in lines if not line.holds_on(day)],
        "silent": _silent(lines),
    }


def _lines(sheet: TermSheet) -> list[TermLine]:
    """List every value that each term has had or will have, in the order of the catalogue."""
    lines: list[TermLine] = []
    for key, (term, scope) in terms_by_key(_categories()).items():
        values = sheet.history(term.code, scope)
        ends = [row.first_day - timedelta(1) for row in values[1:]]
        name = term_name(term.code, scope)
        lines += [
            TermLine(key, name, value_in_words(row.code, row.value, scope), row, end)
            for row, end in zip(values, [*ends, None], strict=False)
        ]
    return lines


def _silent(lines: list[TermLine]) -> list[tuple[str, str]]:
    """Name the terms of which a programme has never said anything, each with its key."""
    said = {line.key for line in lines}
    return [
        (key, term_name(term.code, scope))
        for key, (term, scope) in terms_by_key(_categories()).items()
        if key not in said
    ]


def _term_keyed(key: str) -> tuple[Term, str]:
    """Give the term and the scope that a key stands for.

    Errors: ``NotFoundError``.
    """
    found = terms_by_key(_categories()).get(key)
    if found is None:
        raise NotFoundError("A programme has no such term.")
    return found


def _categories() -> tuple[str, ...]:
    project = project_of(db.session())
    return project.categories if project else ()


def _to_named(funder_id: int, name: str) -> ResponseReturnValue:
    """Go to the page of the programme that a form was about, now or when it was sent before."""
    for programme in programmes_of(db.session()):
        if (programme.funder_id, programme.name) == (funder_id, name.strip()):
            return redirect(url_for(".show", programme_id=programme.id))
    return redirect(url_for("funders.show", funder_id=funder_id))
