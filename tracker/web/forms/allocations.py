"""Charging by hand what the split rules left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms import SelectField
from wtforms.validators import InputRequired

from tracker.domain.texts import mark as _
from tracker.store.commitments import commitments_of
from tracker.web.fields import MoneyField
from tracker.web.forms import TrackerForm
from tracker.web.language import say

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.costs import CostLine


class ByHandForm(TrackerForm):
    """A part of a cost line, and the commitment that is to pay it."""

    commitment = SelectField(_("Commitment"), validators=[InputRequired()])
    amount = MoneyField(_("Amount"), validators=[InputRequired()])


def by_hand_form(session: Session, line: CostLine) -> ByHandForm:
    """Make the form with every binding commitment and its room, and all that is left filled in."""
    form = ByHandForm(data={"amount": line.amount - line.charged})
    form.commitment.choices = {
        commitment.code: say(
            "{code} ({room} left)", code=commitment.code, room=commitment.remaining
        )
        for commitment in commitments_of(session)
        if commitment.is_committed
    }
    return form
