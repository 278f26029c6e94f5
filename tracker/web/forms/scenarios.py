"""Supposing: a row for everything that can be supposed, and a name to keep it under."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from wtforms import StringField, TextAreaField
from wtforms.fields.core import UnboundField
from wtforms.validators import InputRequired, Length

from tracker.domain.errors import RuleViolation
from tracker.domain.money import ZERO, Money
from tracker.domain.scenarios import NAME_MAX, Change, ChangeKind, NewScenario, check_change
from tracker.domain.texts import mark as _
from tracker.web.fields import DayField, MoneyField, TypedField, write_amount, write_day
from tracker.web.forms import AddressForm, VersionedForm
from tracker.web.language import language, said, translate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from werkzeug.datastructures import MultiDict
    from wtforms import Field

    from tracker.domain.outlook import OutlookFacts

PERCENT: Final = re.compile(r"[0-9]{1,3}")
ADDED: Final = ("1", "2")
CODE_MAX: Final = 20
EVERYTHING: Final = ""


class PercentField(TypedField):
    """A whole percentage, which may be more than 100."""

    data: int | None
    attributes: ClassVar[dict[str, object]] = TypedField.attributes | {"inputmode": "numeric"}

    def read(self, text: str) -> int:
        """Read a percentage.

        Errors: ``RuleViolation`` for what is none.
        """
        if not PERCENT.fullmatch(text.removesuffix("%").strip()):
            raise RuleViolation(
                "“{text}” is not a whole percentage.",
                "Write a number such as 80 or 120, or leave the cell empty.",
                text=text[:40],
            )
        return int(text.removesuffix("%"))

    def write(self, value: int) -> str:
        """Write a percentage as it may be typed."""
        return str(value)


class ScenarioForm(AddressForm):
    """What is supposed, as it stands in an address. What is empty stays as it is.

    Shape:  ``milestones``, ``commitments`` and ``packages`` are the rows, by code.
    """

    milestones: ClassVar[tuple[str, ...]] = ()
    commitments: ClassVar[tuple[str, ...]] = ()
    packages: ClassVar[tuple[str, ...]] = ()
    pace_from = DayField(_("From"))

    @classmethod
    def made_of(cls, facts: OutlookFacts) -> type[Self]:
        """Give this form with a row for everything that can be supposed."""
        dropped = [
            one.commitment.code
            for one in facts.funding
            if one.binds and one.moves_cash and one.commitment.period.last_day >= facts.as_of
        ]
        packages = (EVERYTHING, *facts.packages)
        rows: dict[str, Any] = {
            "milestones": tuple(facts.milestones),
            "commitments": tuple(dropped),
            "packages": packages,
        }
        rows |= {f"move_{code}": _row(DayField, _("New date"), code) for code in facts.milestones}
        rows |= {f"drop_{code}": _row(DayField, _("Dropped from"), code) for code in dropped}
        rows |= {
            f"pace_{code}": _row(PercentField, _("Pace in percent"), code) for code in packages
        }
        for row in ADDED:
            rows |= {
                f"add_code_{row}": _row(StringField, _("Code"), row, [Length(max=CODE_MAX)]),
                f"add_amount_{row}": _row(MoneyField, _("Amount"), row),
                f"add_first_{row}": _row(DayField, _("First day"), row),
                f"add_last_{row}": _row(DayField, _("Last day"), row),
                f"add_share_{row}": _row(PercentField, _("Of what nobody pays, percent"), row),
            }
        kind: Any = type(cls)
        form: type[Self] = kind(cls.__name__, (cls,), rows)
        return form

    def cell(self, column: str, row: str) -> Field:
        """Give the field of a column and a row."""
        field: Field = self[f"{column}_{row}"]
        return field

    @property
    def changes(self) -> tuple[Change, ...]:
        """Hand over what is supposed. Call only after ``validate``."""
        return (*self._moved(), *self._dropped(), *self._added(), *self._paced())

    def validate(self, extra_validators: Any = None) -> bool:
        """Read what was typed, and refuse what cannot be supposed."""
        if not super().validate(extra_validators):
            return False
        for row in ADDED:
            cells = [self.cell(f"add_{part}", row) for part in ("code", "amount")]
            if any(each.data for each in cells) and not all(each.data for each in cells):
                empty = next(each for each in cells if not each.data)
                empty.errors = [*empty.errors, translate("Fill this in, or empty the row.")]
        for change, row in zip(self._added(), self._filled(), strict=True):
            try:
                check_change(change)
            except RuleViolation as error:
                cell = self.cell("add_last", row)
                cell.errors = [*cell.errors, f"{said(error.message)} {said(error.hint)}"]
        return not self.errors

    def _moved(self) -> Iterable[Change]:
        for code in self.milestones:
            if day := self.cell("move", code).data:
                yield Change(ChangeKind.MOVE_MILESTONE, code, first_day=day)

    def _dropped(self) -> Iterable[Change]:
        for code in self.commitments:
            if day := self.cell("drop", code).data:
                yield Change(ChangeKind.DROP_COMMITMENT, code, first_day=day)

    def _filled(self) -> list[str]:
        return [row for row in ADDED if self.cell("add_code", row).data]

    def _added(self) -> Iterable[Change]:
        for row in self._filled():
            yield Change(
                ChangeKind.ADD_COMMITMENT,
                str(self.cell("add_code", row).data).strip(),
                self.cell("add_amount", row).data or ZERO,
                _share_of(self.cell("add_share", row).data),
                self.cell("add_first", row).data,
                self.cell("add_last", row).data,
            )

    def _paced(self) -> Iterable[Change]:
        for code in self.packages:
            percent = self.cell("pace", code).data
            if percent is not None:
                share = _share_of(percent)
                yield Change(ChangeKind.PACE, code, share=share, first_day=self.pace_from.data)


class KeepForm(VersionedForm):
    """The name under which a scenario is kept."""

    name = StringField(_("Name"), [InputRequired(), Length(max=NAME_MAX)])
    note = TextAreaField(_("Note"), [Length(max=500)])

    def to_domain(self, changes: tuple[Change, ...]) -> NewScenario:
        """Hand over what was typed, with what is supposed."""
        note = (self.note.data or "").replace("\r\n", "\n")
        return NewScenario(str(self.name.data or ""), note, changes)


def scenario_form(facts: OutlookFacts, wishes: MultiDict[str, str]) -> ScenarioForm:
    """Make the form for what can be supposed, filled in from an address."""
    return ScenarioForm.made_of(facts)(wishes)


def address_of(changes: Iterable[Change]) -> dict[str, str]:
    """Write suppositions as they stand in an address."""
    found: dict[str, str] = {}
    number = 0
    for change in changes:
        match change.kind:
            case ChangeKind.MOVE_MILESTONE:
                found |= _day(f"move_{change.code}", change)
            case ChangeKind.DROP_COMMITMENT:
                found |= _day(f"drop_{change.code}", change)
            case ChangeKind.PACE:
                found |= {f"pace_{change.code}": _percent(change)} | _day("pace_from", change)
            case ChangeKind.ADD_COMMITMENT:
                number += 1
                found |= _addition(change, str(number))
    return found


def _addition(change: Change, row: str) -> dict[str, str]:
    found = {f"add_code_{row}": change.code, f"add_amount_{row}": _amount(change.amount)}
    found |= _day(f"add_first_{row}", change)
    if change.last_day:
        found[f"add_last_{row}"] = write_day(change.last_day)
    if change.share is not None:
        found[f"add_share_{row}"] = _percent(change)
    return found


def _day(name: str, change: Change) -> dict[str, str]:
    return {name: write_day(change.first_day)} if change.first_day else {}


def _percent(change: Change) -> str:
    return str(int((change.share if change.share is not None else Decimal(1)) * 100))


def _amount(amount: Money) -> str:
    """Write an amount so that it is read alike in either language, if it has no cents."""
    euros, cents = divmod(amount.cents, 100)
    return write_amount(amount, language()) if cents else str(euros)


def _share_of(percent: int | None) -> Decimal | None:
    return None if percent is None else Decimal(percent).scaleb(-2)


def _row(kind: type[Field], name: str, row: str, validators: Any = ()) -> UnboundField[Any]:
    return UnboundField(kind, name, [*validators], description=row)


def without_empty(wishes: Mapping[str, str]) -> dict[str, Any]:
    """Leave out what was left empty, so that an address says only what is supposed."""
    return {name: typed for name, typed in wishes.items() if typed.strip()}
