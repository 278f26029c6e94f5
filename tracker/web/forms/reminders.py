"""What somebody wants to be reminded of."""

from __future__ import annotations

from wtforms import BooleanField, SelectField

from tracker.domain.reminders import Rhythm, Wish
from tracker.domain.texts import mark as _
from tracker.web.forms import TrackerForm
from tracker.web.language import label


class WishForm(TrackerForm):
    """How often, at which steps, and of whose deadlines."""

    rhythm = SelectField(_("A digest by mail"))
    in_30_days = BooleanField(_("30 days ahead"))
    in_14_days = BooleanField(_("14 days ahead"))
    in_3_days = BooleanField(_("3 days ahead"))
    overdue = BooleanField(_("When it is late"))
    own_only = BooleanField(_("Only what I look after myself"))

    def to_domain(self) -> Wish:
        """Hand over what was chosen. Call only after it was read."""
        return Wish(
            rhythm=Rhythm(self.rhythm.data),
            in_30_days=self.in_30_days.data,
            in_14_days=self.in_14_days.data,
            in_3_days=self.in_3_days.data,
            overdue=self.overdue.data,
            own_only=self.own_only.data,
        )


def wish_form(wish: Wish, *, is_sent: bool = False) -> WishForm:
    """Make the form, filled in with what was chosen before.

    Shape:  ``is_sent`` where this very form was sent, and not another one of the page.
    """
    known = {
        "rhythm": wish.rhythm.value,
        "in_30_days": wish.in_30_days,
        "in_14_days": wish.in_14_days,
        "in_3_days": wish.in_3_days,
        "overdue": wish.overdue,
        "own_only": wish.own_only,
    }
    form = WishForm(data=known) if is_sent else WishForm(formdata=None, data=known)
    form.rhythm.choices = {rhythm.value: label(f"digest_{rhythm}") for rhythm in Rhythm}
    return form
