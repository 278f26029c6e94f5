"""What an address asks about: a figure, and of what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wtforms import IntegerField, StringField
from wtforms.validators import Length, NumberRange, Optional

from tracker.domain.costs import CostState
from tracker.domain.errors import NotFoundError
from tracker.domain.explanations import Asked, Figure
from tracker.web.fields import DayField
from tracker.web.forms import AddressForm

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from werkzeug.datastructures import MultiDict

NUMBER_MAX = 2**62
YEARS = NumberRange(1900, 2999)
STATES: Mapping[Figure, Collection[str]] = {
    Figure.COSTS: frozenset(CostState),
    Figure.LEFT: ("eligible", "ineligible"),
    Figure.EXCLUDED: ("cost_accounts",),
    Figure.GAP: ("later",),
    Figure.IN_KIND: ("signed", "unsigned"),
}
"""In which states a figure can be asked for."""


class AskedForm(AddressForm):
    """Of what a figure is, as the address says it."""

    commitment = StringField(validators=[Length(max=100)], default="")
    year = IntegerField(validators=[Optional(), YEARS])
    period = StringField(validators=[Length(max=40)], default="")
    incurred = IntegerField(validators=[Optional(), YEARS])
    category = StringField(validators=[Length(max=100)], default="")
    work_package = StringField(validators=[Length(max=100)], default="")
    account = StringField(validators=[Length(max=100)], default="")
    reason = StringField(validators=[Length(max=100)], default="")
    origin = StringField(validators=[Length(max=40)], default="")
    side = StringField(validators=[Length(max=40)], default="")
    form = StringField(validators=[Length(max=40)], default="")
    state = StringField(validators=[Length(max=40)], default="")
    text = StringField(validators=[Length(max=100)], default="")
    milestone = StringField(validators=[Length(max=100)], default="")
    line = IntegerField(validators=[Optional(), NumberRange(0, NUMBER_MAX)])
    on = DayField()
    after = IntegerField(validators=[Optional(), NumberRange(0, NUMBER_MAX)])

    def asked(self, figure: Figure) -> Asked:
        """Hand over what is asked. Call only after ``validate``."""
        given: dict[str, Any] = {name: value for name, value in self.data.items() if value}
        given.pop("after", None)
        return Asked(figure, **given)


def asked_form(figure: str, wishes: MultiDict[str, str]) -> tuple[AskedForm, Asked]:
    """Read what an address asks about.

    Errors: ``NotFoundError`` for what is no figure of ours, or of nothing that there is.
    """
    form = AskedForm(wishes)
    if figure not in set(Figure) or not form.validate():
        raise NotFoundError("There is no such figure.")
    asked = form.asked(Figure(figure))
    if asked.state and asked.state not in STATES.get(asked.figure, ()):
        raise NotFoundError("There is no such figure.")
    return form, asked
