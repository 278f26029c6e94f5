"""Correcting a cost line: what can be done with it, what would happen, and what was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from tracker.actions import corrections as deeds
from tracker.domain.corrections import BY_PEOPLE, LOWERING, REPLACING, CorrectionKind
from tracker.domain.costs import CostState, Origin
from tracker.domain.errors import Code, NotFoundError, Sentence
from tracker.domain.policy import Permission
from tracker.domain.reporting_periods import holding
from tracker.domain.texts import mark as _
from tracker.extensions import db
from tracker.store.corrections import corrections_of
from tracker.store.costs import cost_line
from tracker.store.projects import the_project
from tracker.store.reporting_periods import periods_of
from tracker.web.auth import current_actor
from tracker.web.clock import today
from tracker.web.forms.corrections import correction_form
from tracker.web.language import label, say
from tracker.web.permissions import permission
from tracker.web.protection import takes_document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from flask.typing import ResponseReturnValue

    from tracker.domain.corrections import Correction
    from tracker.domain.costs import CostLine
    from tracker.domain.errors import Fact
    from tracker.domain.reporting_periods import ReportingPeriod
    from tracker.web.forms.corrections import CorrectionForm

bp = Blueprint("corrections", __name__, url_prefix="/costs")


@dataclass(frozen=True, slots=True)
class Told:
    """A correction with what came of it, in sentences."""

    correction: Correction
    effects: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Corrections:
    """What was corrected of a cost line, and what can be; or why nothing can."""

    told: tuple[Told, ...]
    kinds: tuple[CorrectionKind, ...]
    why_none: Sentence | None


@bp.route("/<key:line_id>/correct/<kind>", methods=["GET", "POST"])
@permission(Permission.BRING_IN_BOOKS)
@takes_document
def correct(line_id: int, kind: str) -> ResponseReturnValue:
    """Show what a correction would do, and make it."""
    line, wished = cost_line(db.session(), line_id), _kind(kind)
    form, is_meant = correction_form(db.session(), wished, line), "keep" in request.form
    made: list[Correction] = []
    is_done = form.attempt(lambda: made.append(_carry_out(line_id, wished, form, is_meant)))
    if is_done and (is_meant or not made):
        flash(say("{key} was corrected: {kind}.", key=line.key, kind=_name(wished)))
        return redirect(url_for("costs.show", line_id=line_id, _anchor="corrections"))
    told = list(in_words(made[0])) if made else None
    page = {"line": line, "kind": wished, "form": form, "told": told}
    return render_template("corrections/correct.html", **page), 422 if form.errors else 200


def _carry_out(
    line_id: int,
    kind: CorrectionKind,
    form: CorrectionForm,
    is_meant: bool,  # noqa: FBT001
) -> Correction:
    session, by, wish = db.session(), current_actor(), form.to_domain(kind)
    if not is_meant:
        return deeds.foresee(session, line_id, wish, today=today(), by=by)
    evidence = form.evidence.data
    return deeds.correct(session, line_id, wish, today=today(), by=by, evidence=evidence)


def corrections_part(line: CostLine) -> Corrections:
    """Gather what the page of a cost line says of its corrections."""
    session = db.session()
    kinds, why_none = possible_with(line)
    told = [Told(one, tuple(in_words(one))) for one in corrections_of(session, line.id)]
    return Corrections(tuple(told), kinds, why_none)


def possible_with(line: CostLine) -> tuple[tuple[CorrectionKind, ...], Sentence | None]:
    """Tell in which ways a line can be corrected as it stands, or why in none."""
    if line.reverses_id is not None or line.reversed_by_id is not None:
        return (), Sentence(_("This line is settled: what takes its place can be corrected."))
    if not line.amount:
        return (), Sentence(_("This line is of no amount, so there is nothing to correct."))
    return tuple(kind for kind in BY_PEOPLE if _fits(kind, line)), None


def _fits(kind: CorrectionKind, line: CostLine) -> bool:
    if kind in REPLACING:
        return line.origin is not Origin.IN_KIND
    if kind is CorrectionKind.CANCELLED:
        return True
    if line.state is CostState.WAITING:
        return False
    if kind in LOWERING:
        return line.amount.cents > 0
    if kind is CorrectionKind.WRONG_FUNDER:
        return bool(line.charged)
    is_apart = any(share.reason in ("not_eligible", "economic_use") for share in line.shares)
    return kind is CorrectionKind.NOT_ELIGIBLE or is_apart


def in_words(correction: Correction) -> Iterator[Sentence]:
    """Say what a correction does, or did: to the lines, to who pays, to what is left."""
    periods = periods_of(db.session(), the_project(db.session()).id)
    for made in correction.made:
        facts: dict[str, Fact] = {
            "amount": made.amount,
            "work_package": made.work_package or "–",
            "category": Code(made.category),
            "day": made.incurred_on,
            "when": _when(made.counts_on, periods),
        }
        if made.is_reversal:
            yield Sentence(_("A line of {amount} takes this one back; it counts {when}."), facts)
        elif correction.kind in LOWERING:
            yield Sentence(_("A line of {amount} lowers this one; it counts {when}."), facts)
        else:
            yield Sentence(NEW_WAITS if made.waits else NEW, facts)
    for moved in correction.moved:
        text = CHARGED if moved.amount.cents > 0 else TAKEN_BACK
        yield Sentence(
            text,
            {
                "amount": moved.amount if moved.amount.cents > 0 else -moved.amount,
                "code": moved.commitment,
                "when": _when(moved.counts_on, periods),
            },
        )
    if not any(made.is_reversal for made in correction.made):
        for reason, amount in correction.left:
            yield Sentence(LEFT, {"amount": amount, "reason": Code(reason)})


def _when(day: date, periods: list[ReportingPeriod]) -> str:
    """Say in which period something counts, or on which day where no period holds that."""
    period = holding(periods, day)
    return say("in {period}", period=period.code) if period else say("on {day}", day=day)


def _kind(code: str) -> CorrectionKind:
    for kind in BY_PEOPLE:
        if kind.value == code:
            return kind
    raise NotFoundError("There is no such correction.")


def _name(kind: CorrectionKind) -> str:
    return label(f"correction_{kind}")


NEW_WAITS = _(
    "A new line of {amount} in {work_package}, {category}, incurred on {day}, waits to be charged;"
    " it counts {when}."
)
NEW = _(
    "A new line of {amount} in {work_package}, {category}, incurred on {day}, takes its place; it"
    " counts {when}."
)
CHARGED = _("{amount} is charged to {code}; it counts {when}.")
TAKEN_BACK = _("{amount} is taken back from {code}; it counts {when}.")
LEFT = _("Left, {reason}: {amount}.")
