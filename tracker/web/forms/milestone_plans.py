"""Who pays what for a milestone, and what it releases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import Length, NumberRange, Optional

from tracker.actions.milestones import Released
from tracker.domain.milestones import ReportDue
from tracker.domain.texts import mark as _
from tracker.web.fields import MoneyField
from tracker.web.forms import TableForm, VersionedForm
from tracker.web.language import say, translate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wtforms import Field

    from tracker.domain.commitments import Commitment
    from tracker.domain.instalments import Instalment
    from tracker.domain.milestones import Milestone
    from tracker.domain.money import Money

TEXT_MAX = 200
WEEKS_MAX = 520
SPARE_ROWS = 3
NOBODY = "nobody"
"""What stands in the name of a field for money that nobody pays yet."""


class FundingForm(VersionedForm, TableForm):
    """What a milestone is planned to cost each commitment; nobody's row is the last."""

    columns: ClassVar[dict[str, Field]] = {"amount": MoneyField(_("Planned"))}

    def to_domain(self) -> dict[str, Money]:
        """Hand over what was typed. Call only after ``validate_on_submit``."""
        return {
            "" if row == NOBODY else row: amount
            for row in self.rows
            if (amount := self.cell("amount", row).data)
        }


def funding_form(
    one: Milestone, commitments: Iterable[Commitment], planned: Mapping[str, Money]
) -> FundingForm:
    """Make the form with a row for each commitment, filled in with what is planned."""
    rows = {each.code: f"{each.code} {each.funder}" for each in commitments}
    rows[NOBODY] = translate("Nobody yet")
    filled: dict[str, Any] = {f"amount_{code or NOBODY}": sum_ for code, sum_ in planned.items()}
    return FundingForm.with_rows(rows)(data=filled | {"version": one.version})


class ReleaseForm(VersionedForm, TableForm):
    """Which instalment a milestone releases, and which reports are due after it."""

    instalment = SelectField(_("Instalment that it releases"), default="")
    columns: ClassVar[dict[str, Field]] = {
        "commitment": SelectField(_("Commitment"), default=""),
        "title": StringField(_("Report"), [Length(max=TEXT_MAX)]),
        "weeks": IntegerField(_("Weeks after it"), [Optional(), NumberRange(0, WEEKS_MAX)]),
    }

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Judge each row: a report has a commitment, a title and its weeks."""
        is_right: bool = super().validate(extra_validators)
        for row in self.filled_rows:
            for column in self.columns:
                cell = self.cell(column, row)
                if cell.data in (None, "") and not cell.errors:
                    cell.errors = [translate("Fill this in, or empty the row.")]
                    is_right = False
        return is_right

    def to_domain(self) -> Released:
        """Hand over what was typed. Call only after ``validate_on_submit``."""
        code, _slash, number = (self.instalment.data or "").rpartition("/")
        reports = (
            ReportDue(
                0,
                self.cell("commitment", row).data,
                " ".join(self.cell("title", row).data.split()),
                self.cell("weeks", row).data,
            )
            for row in self.filled_rows
        )
        return Released(code, int(number or 0), tuple(reports))


def release_form(
    one: Milestone,
    commitments: Sequence[Commitment],
    plans: Mapping[int, Sequence[Instalment]],
    reports: Sequence[ReportDue],
) -> ReleaseForm:
    """Make the form with the instalments that this milestone may release, and its reports."""
    rows = {str(at): say("row {number}", number=at) for at in range(1, len(reports) + SPARE_ROWS)}
    filled: dict[str, Any] = {"version": one.version}
    for at, report in enumerate(reports, 1):
        for name in ReleaseForm.columns:
            filled[f"{name}_{at}"] = getattr(report, name)
    if one.releases:
        filled["instalment"] = f"{one.releases.commitment_code}/{one.releases.number}"
    form = ReleaseForm.with_rows(rows)(data=filled)
    none = {"": translate("None")}
    binding = [each for each in commitments if each.is_committed]
    form.instalment.choices = none | {
        f"{each.code}/{plan.number}": _instalment(each, plan)
        for each in binding
        for plan in plans.get(each.id, ())
        if plan.milestone in ("", one.code) and not plan.report
    }
    for row in rows:
        cell: Any = form.cell("commitment", row)
        cell.choices = none | {each.code: f"{each.code} {each.funder}" for each in binding}
    return form


def _instalment(commitment: Commitment, plan: Instalment) -> str:
    return say(
        "{code}, instalment {number}: {amount} due on {day}",
        code=commitment.code,
        number=plan.number,
        amount=plan.amount,
        day=plan.due_on,
    )
