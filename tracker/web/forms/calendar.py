"""Which deadlines a calendar shows; the wishes are in the address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms import BooleanField, SelectField

from tracker.domain.texts import mark as _
from tracker.web.forms import AddressForm
from tracker.web.language import label, translate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from werkzeug.datastructures import MultiDict

    from tracker.domain.deadlines import Due
    from tracker.domain.reminders import Reader


class CalendarForm(AddressForm):
    """Which deadlines are shown: of a kind, of a commitment, or somebody's own."""

    kind = SelectField(_("What is due"), default="")
    commitment = SelectField(_("Commitment"), default="")
    mine = BooleanField(_("Mine only"))

    @property
    def chosen(self) -> dict[str, str]:
        """Give the wishes as they stand in the address, without the empty ones."""
        wishes = {"kind": self.kind.data, "commitment": self.commitment.data}
        given = {name: value for name, value in wishes.items() if value}
        return {**given, **({"mine": "y"} if self.mine.data else {})}

    def fits(self, due: Due, reader: Reader) -> bool:
        """Tell whether a deadline is wished."""
        return (
            self.kind.data in ("", due.kind)
            and self.commitment.data in ("", due.commitment)
            and (not self.mine.data or reader.looks_after(due))
        )


def calendar_form(dues: Iterable[Due], wishes: MultiDict[str, str]) -> CalendarForm:
    """Make the form with the kinds and the commitments that there are, filled in."""
    found, form = list(dues), CalendarForm(wishes)
    every = {"": translate("All")}
    kinds = sorted({due.kind for due in found}, key=label)
    form.kind.choices = every | {kind.value: label(kind) for kind in kinds}
    codes = sorted({due.commitment for due in found if due.commitment})
    form.commitment.choices = every | {code: code for code in codes}
    return form
