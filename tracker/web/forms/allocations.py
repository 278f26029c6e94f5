"""Charging: what waits, by hand, many lines at once, and taking charges back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from tracker.domain.bulk_charging import Aim, Wish
from tracker.domain.money import Money
from tracker.domain.texts import mark as _
from tracker.store.commitments import commitments_of, room_of
from tracker.store.projects import the_project
from tracker.web.fields import MoneyField
from tracker.web.forms import AddressForm, TrackerForm
from tracker.web.language import label, say, translate
from tracker.web.offers import open_part, paid_by

if TYPE_CHECKING:
    from sqlalchemy.orm import Session
    from werkzeug.datastructures import MultiDict

    from tracker.domain.costs import CostLine

REASON_MAX = 200


class ChargeForm(TrackerForm):
    """Charging what waits; ``state`` is that of the books when a dry run was shown."""

    state = HiddenField(default="")


class ByHandForm(TrackerForm):
    """A part of a cost line, and the commitment that is to pay it."""

    commitment = SelectField(_("Commitment"), validators=[InputRequired()])
    amount = MoneyField(_("Amount"), validators=[InputRequired()])


class TakeBackForm(ByHandForm):
    """A part of what a commitment pays of a cost line, and why it is taken back."""

    reason = StringField(_("Reason"), [InputRequired(), Length(max=REASON_MAX)])


class AimForm(AddressForm):
    """What is to be done with the lines of a list; it stands in the address."""

    aim = SelectField(_("What to do"), default=Aim.TO_COMMITMENT.value)
    to = SelectField(_("Commitment"), default="")

    @property
    def wish(self) -> Wish | None:
        """Hand over what was chosen; nothing while the commitment to charge is not chosen."""
        aim, key = Aim(self.aim.data), int(self.to.data or 0)
        if aim is Aim.TO_COMMITMENT and not key:
            return None
        return Wish(aim, (key or None) if aim is not Aim.AGAIN else None)


class BulkForm(TrackerForm):
    """Doing to the lines of a list what was shown, by the state of the books at that moment."""

    state = HiddenField(default="")
    reason = StringField(_("Reason"), [Length(max=REASON_MAX)])


def by_hand_form(session: Session, line: CostLine) -> ByHandForm:
    """Make the form with every binding commitment and its room, and all that is left filled in."""
    form = ByHandForm(data={"amount": open_part(line)})
    room = room_of(session, the_project(session).id)
    form.commitment.choices = {
        commitment.code: say(
            "{code} ({room} left)", code=commitment.code, room=Money(room[commitment.id])
        )
        for commitment in commitments_of(session)
        if commitment.is_committed
    }
    return form


def take_back_form(line: CostLine, code: str) -> TakeBackForm:
    """Make the form with who pays of a line, and all that one of them pays filled in."""
    paying = paid_by(line)
    first = code if code in paying else next(iter(paying), "")
    form = TakeBackForm(data={"commitment": first, "amount": paying.get(first)})
    form.commitment.choices = {
        name: say("{code} ({amount} charged)", code=name, amount=amount)
        for name, amount in paying.items()
    }
    return form


def aim_form(session: Session, wishes: MultiDict[str, str]) -> AimForm:
    """Make the form with the commitments that bind, filled in from an address."""
    form, room = AimForm(wishes), room_of(session, the_project(session).id)
    form.aim.choices = {aim.value: label(aim) for aim in Aim}
    form.to.choices = {"": translate("All, or by the rules")} | {
        str(c.id): say("{code} ({room} left)", code=c.code, room=Money(room[c.id]))
        for c in commitments_of(session)
        if c.is_committed
    }
    return form
