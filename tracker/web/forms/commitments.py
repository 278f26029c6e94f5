"""The list of commitments and its filters, and what changes of a commitment without a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer
from wtforms.validators import InputRequired, Length, ValidationError

from tracker.domain.commitment_lists import CommitmentFilter, Order
from tracker.domain.commitments import Form as Kind
from tracker.domain.commitments import Particulars, Status
from tracker.domain.determination import Request
from tracker.domain.texts import mark as _
from tracker.store.funders import programmes_of
from tracker.store.milestones import milestones_of
from tracker.store.projects import the_project
from tracker.web.clock import today
from tracker.web.fields import ChoicesField, DayField, DocumentField, MoneyField
from tracker.web.forms import AddressForm, FilterForm, TrackerForm, VersionedForm
from tracker.web.language import label, say, translate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session
    from werkzeug.datastructures import MultiDict
    from wtforms import Field, Form

    from tracker.domain.commitments import Commitment
    from tracker.web.fields import Upload

CONDITIONS_MAX = 20_000


class NotToCome:
    """Refuses a day that is still to come."""

    def __call__(self, _form: Form, field: Field) -> None:
        """Judge one day."""
        if field.data and field.data > today():
            raise ValidationError(
                say("{day} is still to come. Choose today or a day before.", day=field.data)
            )


class AsOfForm(AddressForm):
    """The day of which a page speaks; left out, it is now."""

    on = DayField(_("As of"), [NotToCome()])


class CommitmentFilterForm(FilterForm, AsOfForm):
    """Which commitments to show. An empty wish is no wish."""

    orders = frozenset(Order)
    beside = frozenset({"order", "on"})

    text = StringField(_("Code, funder, reference"), [Length(max=100)], default="")
    funder = SelectField(_("Funder"), default="")
    programme = SelectField(_("Programme"), default="")
    status = SelectField(_("Status"), default="")
    form = SelectField(_("Form"), default="")
    ends_before = DayField(_("Ends before"))

    @property
    def wish(self) -> CommitmentFilter:
        """Hand over what was chosen. Call only after ``validate``."""
        return CommitmentFilter(
            text=(self.text.data or "").strip(),
            funder_id=int(self.funder.data) if self.funder.data else None,
            programme_id=int(self.programme.data) if self.programme.data else None,
            status=Status(self.status.data) if self.status.data else None,
            form=Kind(self.form.data) if self.form.data else None,
            ends_before=self.ends_before.data,
        )


def commitment_filter_form(
    seen: Iterable[Commitment], wishes: MultiDict[str, str]
) -> CommitmentFilterForm:
    """Make the form with the choices that these commitments offer, filled in from an address."""
    form, everything = CommitmentFilterForm(wishes), {"": translate("All")}
    listed = list(seen)
    funders = sorted({(c.funder, c.funder_id) for c in listed})
    programmes = sorted({(c.funder, c.programme, c.programme_id) for c in listed})
    statuses = {c.status for c in listed}
    form.funder.choices = everything | {str(key): name for name, key in funders}
    form.programme.choices = [
        SelectChoice("", translate("All")),
        *(SelectChoice(str(key), name, optgroup=funder) for funder, name, key in programmes),
    ]
    form.status.choices = everything | {
        status.value: label(status) for status in Status if status in statuses
    }
    form.form.choices = everything | {kind.value: label(kind) for kind in Kind}
    return form


class PurposeFields(TrackerForm):
    """The conditions of a commitment, and what it is meant for."""

    conditions = TextAreaField(_("Conditions of the funder"), [Length(max=CONDITIONS_MAX)])
    work_packages = ChoicesField(_("Work packages that it is meant for"))
    milestones = ChoicesField(_("Milestones that it is meant for"))

    @property
    def particulars(self) -> Particulars:
        """Hand over what was typed. Call only after ``validate_on_submit``."""
        return Particulars(
            (self.conditions.data or "").replace("\r\n", "\n"),
            tuple(self.work_packages.data or ()),
            tuple(self.milestones.data or ()),
        )

    def offer_purposes(self, session: Session) -> None:
        """Let the work packages and milestones of the project be chosen."""
        packages = the_project(session).work_packages
        self.work_packages.choices = {code: f"{code} {name}" for code, name in packages.items()}
        self.milestones.choices = {m.code: f"{m.code} {m.title}" for m in milestones_of(session)}


class ParticularsForm(VersionedForm, PurposeFields):
    """The conditions and the purpose of a commitment that is there already."""


def particulars_form(session: Session, known: Particulars, version: int) -> ParticularsForm:
    """Make the form for the particulars of a commitment, filled in with what is known."""
    form = ParticularsForm(
        data={
            "version": version,
            "conditions": known.conditions,
            "work_packages": list(known.work_packages),
            "milestones": list(known.milestones),
        }
    )
    form.offer_purposes(session)
    return form


def programme_choices(session: Session) -> list[SelectChoice]:
    """Offer the programmes, each under its funder."""
    return [
        SelectChoice("", translate("Choose…")),
        *(SelectChoice(str(p.id), p.name, optgroup=p.funder) for p in programmes_of(session)),
    ]


class DocumentForm(TrackerForm):
    """A document that is to be kept with a commitment."""

    document = DocumentField(_("Document"))

    def validate_document(self, field: Field) -> None:
        """Ask for a document where none was chosen."""
        if not field.data and not field.process_errors:
            raise ValidationError(translate("Choose a document first."))

    @property
    def upload(self) -> Upload:
        """Hand over the document. Read only after ``validate_on_submit``."""
        if self.document.data is None:
            raise AssertionError("the form has been judged")
        return self.document.data


class RequestForm(TrackerForm):
    """A request for determination as it was sent."""

    requested_on = DayField(_("Sent on"), [InputRequired()])
    claimed = MoneyField(_("Amount claimed"), [InputRequired()])
    document = DocumentField(_("The request as it was sent"))

    def to_domain(self) -> Request:
        """Hand over what was typed. Call only after ``validate_on_submit``."""
        if self.requested_on.data is None or self.claimed.data is None:
            raise AssertionError("the form has been judged")
        return Request(self.requested_on.data, self.claimed.data)
