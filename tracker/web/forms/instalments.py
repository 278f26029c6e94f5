"""The plan of instalments as a table to fill in, and how far one of them has come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from wtforms import SelectField, StringField
from wtforms.validators import Length

from tracker.domain.instalments import Instalment, InstalmentKind, NewInstalment, Progress
from tracker.domain.money import ZERO
from tracker.domain.texts import mark as _
from tracker.web.fields import DayField, MoneyField
from tracker.web.forms import NeededInRow, TableForm, VersionedForm
from tracker.web.language import label, say, translate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wtforms import Field

SPARE_ROWS = 3
REPORT_MAX = 200


class PlanForm(VersionedForm, TableForm):
    """The instalments of a commitment, a row each; an emptied row is taken out of the plan."""

    columns: ClassVar[dict[str, Field]] = {
        "due_on": DayField(_("Due"), [NeededInRow()]),
        "kind": SelectField(_("Kind"), default=InstalmentKind.ADVANCE.value),
        "amount": MoneyField(_("Amount"), [NeededInRow()]),
        "milestone": SelectField(_("Released by milestone"), default=""),
        "report": StringField(_("Released by report"), [Length(max=REPORT_MAX)]),
    }

    def to_domain(self) -> list[NewInstalment]:
        """Hand over what was typed. Call only after ``validate_on_submit``."""
        return [
            NewInstalment(
                number=int(row),
                due_on=self.cell("due_on", row).data,
                amount=self.cell("amount", row).data,
                kind=InstalmentKind(self.cell("kind", row).data),
                milestone=self.cell("milestone", row).data,
                report=self.cell("report", row).data or "",
            )
            for row in self.filled_rows
        ]


class ProgressForm(VersionedForm):
    """How far an instalment has come; an emptied field takes back what it said."""

    requested_on = DayField(_("Requested on"))
    accepted_on = DayField(_("Report accepted on"))
    held_back = MoneyField(_("Held back"))
    held_back_reason = StringField(_("Why it is held back"), [Length(max=500)])

    def to_domain(self) -> Progress:
        """Hand over what was typed. Call only after ``validate_on_submit``."""
        return Progress(
            requested_on=self.requested_on.data,
            accepted_on=self.accepted_on.data if "accepted_on" in self else None,
            held_back=self.held_back.data or ZERO,
            held_back_reason=self.held_back_reason.data or "",
        )


def plan_form(known: Sequence[Instalment], milestones: Mapping[str, str], version: int) -> PlanForm:
    """Make the form for a plan, filled in with what is planned, with room for more.

    Shape:  ``known`` with what was taken out of the plan: its numbers are not used again.
    """
    planned = [one for one in known if not one.is_cancelled]
    first = max((one.number for one in known), default=0) + 1
    rows = {str(one.number): say("number {number}", number=one.number) for one in planned}
    rows |= {
        str(number): say("new number {number}", number=number)
        for number in range(first, first + SPARE_ROWS)
    }
    filled: dict[str, Any] = {
        f"{name}_{one.number}": getattr(one, name) for one in planned for name in PlanForm.columns
    }
    form = PlanForm.with_rows(rows)(data=filled | {"version": version})
    kinds = {kind.value: label(kind) for kind in InstalmentKind}
    offered = {code: f"{code} {title}" for code, title in milestones.items()}
    for row in rows:
        _offer(form, "kind", row, kinds)
        _offer(form, "milestone", row, {"": translate("None")} | offered)
    return form


def _offer(form: PlanForm, column: str, row: str, choices: dict[str, str]) -> None:
    cell: Any = form.cell(column, row)
    cell.choices = choices


def progress_form(one: Instalment, version: int) -> ProgressForm:
    """Make the form for one instalment, filled in with how far it has come."""
    form = ProgressForm(
        data={
            "version": version,
            "requested_on": one.requested_on,
            "accepted_on": one.accepted_on,
            "held_back": one.held_back or None,
            "held_back_reason": one.held_back_reason,
        }
    )
    if not one.report:
        del form.accepted_on
    return form
