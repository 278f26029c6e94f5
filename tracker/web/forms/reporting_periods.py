"""Setting periods up, closing one, asking to reopen it, and noting what was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from tracker.domain import reporting_periods as rules
from tracker.domain.texts import mark as _
from tracker.store.commitments import commitments_of
from tracker.web.fields import DayField, DocumentField
from tracker.web.forms import TrackerForm, VersionedForm
from tracker.web.language import label

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

REASON_MAX = 1000


class SeriesForm(TrackerForm):
    """How long the periods are."""

    length = SelectField(_("Each period is"), [InputRequired()])


class StepForm(VersionedForm):
    """A step of a period that needs nothing but its version."""


class CloseForm(VersionedForm):
    """Why a period is closed over what its checks warn of."""

    reason = StringField(_("Why it is closed as it is"), [Length(max=REASON_MAX)])


class ReopenForm(VersionedForm):
    """Why a closed period should be opened again."""

    reason = StringField(_("Why it must be reopened"), [InputRequired(), Length(max=REASON_MAX)])


class SentForm(TrackerForm):
    """A report over a period that a funder was sent."""

    commitment = SelectField(_("Commitment"), [InputRequired()])
    sent_on = DayField(_("Sent on"), [InputRequired()])
    note = StringField(_("What was sent, and to whom"), [Length(max=500)])
    document = DocumentField(_("Document"))


def series_form(length: rules.Length) -> SeriesForm:
    """Make the form for a new series, or for its next period, with a length chosen."""
    form = SeriesForm(data={"length": length.value})
    form.length.choices = {one.value: label(f"period_{one}") for one in rules.Length}
    return form


def sent_form(session: Session, noted: Collection[str]) -> SentForm:
    """Make the form for a report that was sent, with the commitments that none was noted for."""
    form = SentForm()
    form.commitment.choices = {
        one.code: f"{one.code} {one.funder}"
        for one in commitments_of(session)
        if one.is_committed and one.code not in noted
    }
    return form
