"""Letting somebody in, and giving a new password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms import PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from tracker.domain.people import PASSWORD_MAX, NewPerson
from tracker.domain.policy import Role
from tracker.domain.texts import mark as _
from tracker.store.funders import funders_of
from tracker.web.forms import TrackerForm
from tracker.web.language import label, translate

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

LANGUAGES = {"nl": "Nederlands", "en": "English"}


class PersonForm(TrackerForm):
    """Somebody who is to sign in, as typed in."""

    name = StringField(_("Name"), [InputRequired(), Length(max=100)])
    email = StringField(_("E-mail address"), [InputRequired(), Length(max=254)])
    role = SelectField(_("Role"), default=Role.FINANCE_OFFICER.value)
    funder_id = SelectField(_("Funder (for a funder's viewer only)"), default="")
    language = SelectField(_("Language"), choices=LANGUAGES, default="nl")
    password = PasswordField(
        _("First password (12 characters or more)"), [InputRequired(), Length(max=PASSWORD_MAX)]
    )

    def to_domain(self) -> NewPerson:
        """Hand over what was typed. Call only after ``validate_on_submit``."""
        return NewPerson(
            email=str(self.email.data).strip(),
            name=str(self.name.data),
            role=Role(self.role.data),
            password=str(self.password.data),
            funder_id=int(self.funder_id.data) if self.funder_id.data else None,
            language=self.language.data,
        )


class PasswordForm(TrackerForm):
    """A new password for somebody."""

    password = PasswordField(_("New password"), [InputRequired(), Length(max=PASSWORD_MAX)])


def person_form(session: Session) -> PersonForm:
    """Make the form with the roles and funders that there are."""
    form = PersonForm()
    form.role.choices = {role.value: label(role) for role in Role}
    form.funder_id.choices = {"": translate("None")} | {
        str(funder.id): funder.name for funder in funders_of(session)
    }
    return form
