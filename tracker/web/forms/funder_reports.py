"""Beginning a funder report, writing in it, and noting what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from reports import catalogue
from tracker.domain.funder_reports import Standing
from tracker.domain.periods import Period
from tracker.domain.report_texts import LONGEST, Place
from tracker.domain.texts import mark as _
from tracker.store.commitments import commitments_of
from tracker.web.clock import today
from tracker.web.fields import DayField, DocumentField
from tracker.web.forms import TrackerForm, VersionedForm
from tracker.web.forms.commitments import NotToCome
from tracker.web.language import label, translate

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.report_texts import Written

REASON_MAX, SAID_MAX, TITLE_MAX = 1000, 4000, 200
LOOK = "look"
"""The button that shows how a text will print, and keeps nothing."""


class BeginForm(TrackerForm):
    """Which report to begin: its kind, on which commitment, and over which days."""

    kind = SelectField(_("Report"), [InputRequired()])
    code = SelectField(_("Commitment"), [InputRequired()])
    first_day = DayField(_("From"), [InputRequired()])
    last_day = DayField(_("Until"), [InputRequired()])

    def validate(self, extra_validators: object = None) -> bool:
        """Refuse days in the wrong order."""
        if not super().validate(extra_validators):
            return False
        first, last = self.first_day.data, self.last_day.data
        if first and last and last < first:
            self.last_day.errors = [translate("It ends before it begins.")]
            return False
        return True

    @property
    def period(self) -> Period:
        """Hand over the days. Call only after ``validate``."""
        first, last = self.first_day.data, self.last_day.data
        if first is None or last is None:
            raise AssertionError("a form that is valid has both days")
        return Period(first, last)


class WriteForm(VersionedForm):
    """A text of a report, in Markdown."""

    said = TextAreaField(_("Text"), [Length(max=LONGEST + 2000)])


class ExplainForm(VersionedForm):
    """Why something differs."""

    about = HiddenField(validators=[InputRequired(), Length(max=SAID_MAX)])
    said = TextAreaField(_("Explanation"), [Length(max=SAID_MAX)])


class PaperForm(TrackerForm):
    """A document that goes with a report, or a picture of its texts."""

    title = StringField(_("Title"), [InputRequired(), Length(max=TITLE_MAX)])
    document = DocumentField(_("Document"), [InputRequired()])


class CommentForm(TrackerForm):
    """What somebody says of a report to who works on it."""

    place = SelectField(_("About"), [Optional()])
    said = TextAreaField(_("Comment"), [InputRequired(), Length(max=SAID_MAX)])


class StepForm(VersionedForm):
    """A step of a report that needs nothing but its version."""


class ReasonForm(VersionedForm):
    """A step of a report that needs a reason."""

    reason = TextAreaField(_("Reason"), [InputRequired(), Length(max=REASON_MAX)])


class AnswerForm(VersionedForm):
    """What a funder answered outside the tracker, by letter or by mail."""

    answer = RadioField(_("Answer"), [InputRequired()])
    on = DayField(_("Answered on"), [InputRequired(), NotToCome()])
    said = TextAreaField(_("What it wrote"), [Length(max=SAID_MAX)])
    document = DocumentField(_("Letter"))

    @property
    def is_accepted(self) -> bool:
        """Whether the funder accepted the report."""
        return bool(self.answer.data == Standing.ACCEPTED.value)


def begin_form(session: Session) -> BeginForm:
    """Make the form that begins a report; the address may name its kind and its commitment."""
    wished = {name: request.args[name] for name in ("kind", "code") if name in request.args}
    form = BeginForm(data=wished or None)
    form.kind.choices = [
        (kind.slug, translate(kind.title))
        for kind in catalogue.CATALOGUE.values()
        if kind.of_commitment
    ]
    form.code.choices = [
        (one.code, f"{one.code} · {one.funder}")
        for one in commitments_of(session)
        if one.is_committed
    ]
    return form


def write_form(written: Written | None) -> WriteForm:
    """Make the form for a text as it stands."""
    if written is None:
        return WriteForm(data={"said": "", "version": 0})
    return WriteForm(data={"said": written.said, "version": written.version})


def comment_form(**given: Any) -> CommentForm:
    """Make the form for a comment on the whole report, or on one of its texts."""
    form = CommentForm(**given)
    form.place.choices = [
        ("", translate("the whole report")),
        *((place.value, label(place.value)) for place in Place),
    ]
    return form


def answer_form(version: int, **given: Any) -> AnswerForm:
    """Make the form for the answer of a funder."""
    form = AnswerForm(**given, data={"version": version, "on": today()})
    form.answer.choices = [
        (one.value, label(one.value)) for one in (Standing.ACCEPTED, Standing.RETURNED)
    ]
    return form
