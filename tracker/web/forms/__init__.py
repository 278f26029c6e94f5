"""Forms: what people type, read and judged as typing; the rules judge the rest."""

from __future__ import annotations

import secrets
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, ClassVar, Self

from flask_wtf import FlaskForm
from flask_wtf.i18n import translations
from wtforms import BooleanField, Form, HiddenField, IntegerField
from wtforms.fields.choices import SelectFieldBase
from wtforms.fields.core import UnboundField
from wtforms.validators import InputRequired, Length, StopValidation, ValidationError
from wtforms.widgets import HiddenInput

from tracker.domain.errors import AlreadyDoneError, RuleViolation, Sentence, StaleEditError
from tracker.domain.money import Money
from tracker.extensions import db
from tracker.store.submissions import ONCE
from tracker.web.fields import LiveSum, MoneyField
from tracker.web.history import names_of
from tracker.web.language import said, translate

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from wtforms import Field

    from tracker.domain.errors import TrackerError

KEY_MIN, KEY_MAX = 20, 64  # letters of the key of a form


class AddressForm(Form):
    """A form in the address of a page: it asks what to show, and carries nothing out."""

    class Meta:
        """Has a complaint said in the reader's language."""

        def get_translations(self, form: Form) -> object:
            """Give the texts of that language, as every form that is sent has them."""
            return translations


class TrackerForm(FlaskForm):
    """A form that is carried out once, and shows a refusal from the rules at the right field."""

    once = HiddenField(default=secrets.token_urlsafe, validators=[Length(KEY_MIN, KEY_MAX)])

    def attempt(self, deed: Callable[[], object]) -> bool:
        """Carry out what was filled in; tell whether it is done, now or when it was sent before."""
        if not self.validate_on_submit():
            return False
        session = db.session()
        session.info[ONCE] = self.once.data
        try:
            deed()
        except AlreadyDoneError:
            return True
        except RuleViolation as error:
            self.refuse(error)
            return False
        except StaleEditError as error:
            self._tell_of_another(error)
            return False
        finally:
            session.info.pop(ONCE, None)
        return True

    def refuse(self, error: RuleViolation) -> None:
        """Mark the field that a rule objected to; without one, the form as a whole."""
        if error.field in self:
            field = self[error.field]
            field.errors = [*field.errors, _complaint(error)]
        else:
            self._object(error)

    def sum_of(self, names: str, limit: Money | None = None) -> LiveSum:
        """Add up the amounts in the fields of these names; ``*`` stands for any letters."""
        found = [
            field
            for field in self
            if isinstance(field, MoneyField) and fnmatchcase(field.name, names)
        ]
        total = Money.total(field.data for field in found if field.data)
        return LiveSum(names, total, limit, any(field.process_errors for field in found))

    def _tell_of_another(self, error: StaleEditError) -> None:
        """Say who was faster; sent once more, the form is meant to replace what they did."""
        if error.changed:
            facts = {**error.message.facts, "what": names_of(error.changed)}
            error.message = Sentence(error.message.template, facts)
        self._object(error)
        if "version" in self:
            version = self["version"]
            version.raw_data, version.data = None, error.version

    def _object(self, error: TrackerError) -> None:
        self.form_errors: list[str] = [*self.form_errors, _complaint(error)]


class VersionedForm(TrackerForm):
    """A form for a record that two people may have open; it knows which version it shows."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])


class FilterForm(AddressForm):
    """Which records of a list to show, and in which order. An empty wish is no wish.

    Shape:  ``orders`` are those that there are; ``beside`` names what leaves no record out.
    """

    orders: ClassVar[Collection[str]] = ()
    beside: ClassVar[frozenset[str]] = frozenset({"order"})
    order = HiddenField(default="")

    def validate_order(self, field: Field) -> None:
        """Refuse an order that there is not."""
        if field.data and field.data.removeprefix("-") not in self.orders:
            raise ValidationError(translate("There is no such order."))

    @property
    def chosen(self) -> dict[str, str]:
        """Give the wishes as they stand in the address, without the empty ones."""
        typed = {field.name: str((field.raw_data or [""])[0]).strip() for field in self}
        return {name: wish for name, wish in typed.items() if wish}

    @property
    def is_filtered(self) -> bool:
        """Tell whether something is wished that leaves records out."""
        return bool(set(self.chosen) - self.beside)


class TableForm(TrackerForm):
    """A form with a table in it: each cell is a field of its column and row, ``amount_3``.

    Shape:  ``columns`` names the field of each column; ``with_rows`` gives the form itself.
    """

    columns: ClassVar[Mapping[str, Any]] = {}  # fields before they are bound to a form
    rows: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def with_rows(cls, rows: Mapping[str, str]) -> type[Self]:
        """Give this form with these rows: the key of each, and its name as people read it."""
        cells = {
            f"{column}_{row}": UnboundField(
                field.field_class, *field.args, **(field.kwargs | {"description": name})
            )
            for row, name in rows.items()
            for column, field in cls.columns.items()
        }
        kind: Any = type(cls)
        form: type[Self] = kind(cls.__name__, (cls,), {"rows": dict(rows), **cells})
        return form

    def cell(self, column: str, row: str) -> Field:
        """Give the field where a column and a row meet."""
        field: Field = self[f"{column}_{row}"]
        return field

    def is_filled(self, row: str) -> bool:
        """Tell whether something was typed in a row; a choice that stands there is not typing."""
        return any(_is_typed(self.cell(column, row)) for column in self.columns)

    @property
    def filled_rows(self) -> list[str]:
        """The rows in which something was typed; the others were left empty."""
        return [row for row in self.rows if self.is_filled(row)]


class NeededInRow:
    """Refuses an empty cell of a row in which something was typed."""

    def __call__(self, form: TableForm, field: Field) -> None:
        """Judge one cell."""
        row = next(row for row in form.rows if field in _cells_of(form, row))
        if not _is_typed(field):
            complaint = translate("Fill this in, or empty the row.")
            field.errors = []
            raise StopValidation(complaint if form.is_filled(row) else "")


def _cells_of(form: TableForm, row: str) -> list[Field]:
    return [form.cell(column, row) for column in form.columns]


def _is_typed(field: Field) -> bool:
    if isinstance(field, SelectFieldBase | BooleanField):
        return False
    return any(str(typed).strip() for typed in field.raw_data or ())


def _complaint(error: TrackerError) -> str:
    return f"{said(error.message)} {said(error.hint)}".strip()
