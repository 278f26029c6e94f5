"""Entering a funder, changing its particulars, and its contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from tracker.domain.errors import RuleViolation
from tracker.domain.funders import KINDS, Contact, NewFunder, check_contact
from tracker.domain.texts import mark as _
from tracker.web.forms import NeededInRow, TableForm, TrackerForm, VersionedForm
from tracker.web.language import label, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wtforms import Field

    from tracker.store.funders import FunderRecord

SPARE, SPARE_ROWS = "new", 3
LANGUAGES = {"nl": "Nederlands", "en": "English"}


class FunderForm(TrackerForm):
    """A funder as typed in."""

    name = StringField(_("Name"), [InputRequired(), Length(max=200)])
    kind = SelectField(_("Kind of funder"))
    kvk = StringField(_("KvK number"), [Length(max=20)])
    report_language = SelectField(_("Language of reports"), choices=LANGUAGES)
    ibans = TextAreaField(_("Accounts that it pays from (IBAN)"), [Length(max=2000)])

    def to_domain(self) -> NewFunder:
        """Hand over what was typed. Call only after ``validate_on_submit``."""
        return NewFunder(
            name=str(self.name.data),
            kind=self.kind.data,
            report_language=self.report_language.data,
            kvk=self.kvk.data or "",
            ibans=tuple((self.ibans.data or "").splitlines()),
        )


class FunderChangeForm(VersionedForm, FunderForm):
    """The particulars of a funder that is there already."""


class ContactsForm(VersionedForm, TableForm):
    """Who works at a funder, a row each; an emptied row is a contact that has left."""

    columns: ClassVar[dict[str, Field]] = {
        "name": StringField(_("Name"), [NeededInRow(), Length(max=100)]),
        "task": StringField(_("Asked about"), [Length(max=100)]),
        "email": StringField(_("E-mail address"), [Length(max=254)]),
        "phone": StringField(_("Telephone"), [Length(max=40)]),
    }

    def contact(self, row: str) -> Contact:
        """Hand over what was typed in a row."""
        typed = {name: self.cell(name, row).data or "" for name in self.columns}
        return Contact(**typed, id=0 if row.startswith(SPARE) else int(row))

    def to_domain(self) -> list[Contact]:
        """Hand over what was typed. Call only after ``validate_on_submit``."""
        return [self.contact(row) for row in self.filled_rows]

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Judge each row, and mark the field that is wrong."""
        is_right: bool = super().validate(extra_validators)
        for row in self.filled_rows if is_right else ():
            try:
                check_contact(self.contact(row))
            except RuleViolation as error:
                error.field = f"{error.field}_{row}"
                self.refuse(error)
                is_right = False
        return is_right


def funder_form() -> FunderForm:
    """Make the form for a funder that is not there yet."""
    form = FunderForm()
    form.kind.choices = _kinds()
    return form


def funder_change_form(record: FunderRecord) -> FunderChangeForm:
    """Make the form for the particulars of a funder, filled in with what is known."""
    known = record.particulars
    form = FunderChangeForm(
        data={
            "version": record.version,
            "name": known.name,
            "kind": known.kind,
            "kvk": known.kvk,
            "report_language": known.report_language,
            "ibans": "\n".join(known.ibans),
        }
    )
    form.kind.choices = _kinds()
    return form


def contacts_form(record: FunderRecord) -> ContactsForm:
    """Make the form for the contacts of a funder, with room for more."""
    rows = {str(contact.id): contact.name for contact in record.contacts}
    rows |= {f"{SPARE}{at}": say("new {number}", number=at) for at in range(1, SPARE_ROWS + 1)}
    known = {
        f"{name}_{contact.id}": getattr(contact, name)
        for contact in record.contacts
        for name in ContactsForm.columns
    }
    return ContactsForm.with_rows(rows)(data=known | {"version": record.version})


def _kinds() -> dict[str, str]:
    return {kind: label(kind) for kind in KINDS}
