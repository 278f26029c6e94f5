"""Matching money to commitments, entering a receipt by hand, and undoing one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from tracker.domain.money import ZERO
from tracker.domain.receipts import NewReceipt, Part
from tracker.domain.texts import mark as _
from tracker.web.fields import DayField, MoneyField
from tracker.web.forms import TableForm, TrackerForm
from tracker.web.language import say, translate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from wtforms import Field

    from tracker.domain.instalments import Instalment
    from tracker.domain.money import Money
    from tracker.domain.suggestions import Candidate

ROWS = 4
REASON_MAX = 500


class MatchForm(TableForm):
    """Where the money of a bank entry belongs: a row for each part."""

    columns: ClassVar[dict[str, Field]] = {
        "goes_to": SelectField(_("Commitment and instalment"), default=""),
        "amount": MoneyField(_("Amount")),
    }

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Judge each row: where it goes and how much belong together."""
        is_right: bool = super().validate(extra_validators)
        for row in self.rows:
            place, amount = self.cell("goes_to", row), self.cell("amount", row)
            if amount.data and not place.data:
                place.errors = [*place.errors, translate("Choose where this amount belongs.")]
                is_right = False
            if place.data and amount.data is None and not amount.errors:
                amount.errors = [translate("Enter how much of it belongs there.")]
                is_right = False
        return is_right

    def to_domain(self) -> list[Part]:
        """Hand over what was typed. Call only after ``validate_on_submit``."""
        return [
            _part(self.cell("goes_to", row).data, self.cell("amount", row).data, int(row))
            for row in self.rows
            if self.cell("goes_to", row).data
        ]


class ReceiptForm(TrackerForm):
    """A receipt whose bank statement is not there yet."""

    received_on = DayField(_("Received on"), [InputRequired()])
    counterparty = StringField(_("Paid by"), [InputRequired(), Length(max=200)])
    remittance = StringField(_("Description"), [Length(max=500)])
    goes_to = SelectField(_("Commitment and instalment"), [InputRequired()], default="")
    amount_1 = MoneyField(_("Amount"), [InputRequired()])

    def to_domain(self) -> NewReceipt:
        """Hand over what was typed. Call only after ``validate_on_submit``."""
        day: date | None = self.received_on.data
        if day is None:
            raise AssertionError("a form that is valid has a day")
        return NewReceipt(
            received_on=day,
            counterparty=str(self.counterparty.data),
            remittance=self.remittance.data or "",
            part=_part(self.goes_to.data, self.amount_1.data or ZERO, 1),
        )


class ReasonForm(TrackerForm):
    """Why something is undone or set aside."""

    reason = StringField(_("Reason"), [InputRequired(), Length(max=REASON_MAX)])


class AssignForm(TrackerForm):
    """Which instalment a receipt pays."""

    instalment = SelectField(_("Instalment"))


def match_form(candidates: Iterable[Candidate], left: Money, first: str) -> MatchForm:
    """Make the form for the parts of a bank entry, the first filled in with what fits best."""
    rows = {str(row): say("part {number}", number=row) for row in range(1, ROWS + 1)}
    form = MatchForm.with_rows(rows)(data={"goes_to_1": first, "amount_1": left if first else None})
    choices = places(candidates)
    for row in rows:
        cell: Any = form.cell("goes_to", row)
        cell.choices = choices
    return form


def receipt_form(candidates: Iterable[Candidate], first: str) -> ReceiptForm:
    """Make the form for a receipt by hand."""
    form = ReceiptForm(data={"goes_to": first})
    form.goes_to.choices = places(candidates)
    return form


def assign_form(instalments: Iterable[Instalment], chosen: int) -> AssignForm:
    """Make the form for the instalment of a receipt."""
    form = AssignForm(data={"instalment": str(chosen)})
    form.instalment.choices = {"0": translate("No instalment")} | {
        str(one.number): _said(one) for one in instalments
    }
    return form


def place(code: str, instalment: int) -> str:
    """Write a commitment and an instalment as the value of a choice."""
    return f"{code}/{instalment}"


def places(candidates: Iterable[Candidate]) -> dict[str, str]:
    """Offer the commitments that money may belong to, each with its open instalments."""
    offered = {"": translate("Choose…")}
    for one in candidates:
        offered[place(one.code, 0)] = say(
            "{code} {funder}: no instalment", code=one.code, funder=one.funder
        )
        for instalment in one.instalments:
            offered[place(one.code, instalment.number)] = f"{one.code} {_said(instalment)}"
    return offered


def _said(one: Instalment) -> str:
    return say(
        "no. {number}, due {day}: {amount} outstanding",
        number=one.number,
        day=one.due_on,
        amount=one.outstanding,
    )


def _part(value: str, amount: Money, row: int) -> Part:
    code, _slash, number = value.rpartition("/")
    return Part(code, int(number), amount, row)
