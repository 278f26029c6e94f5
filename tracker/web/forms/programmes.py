"""Entering a programme with its terms, and changing a term from a day on."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Self

from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from tracker.domain.aid import CompanySize
from tracker.domain.amounts import read_amount, read_share
from tracker.domain.errors import RuleViolation
from tracker.domain.funders import NewProgramme, check_term
from tracker.domain.money import Money
from tracker.domain.terms import (
    CATEGORY_SCOPE,
    PART,
    TERMS,
    DatedTerm,
    Term,
    TermKind,
    read_term,
    write_term,
)
from tracker.domain.texts import mark as _
from tracker.web.fields import ChoicesField, DayField, TypedField, write_amount, write_share
from tracker.web.forms import TrackerForm, VersionedForm
from tracker.web.language import label, language, translate
from tracker.web.terms import term_name, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from wtforms import Field

    from tracker.domain.presets import Preset
    from tracker.store.funders import Funder, Programme

SOURCE_MAX = 300


class TermField(TypedField):
    """The value of a term: typed as the reader writes it, kept as text."""

    attributes: ClassVar[dict[str, object]] = TypedField.attributes | {"inputmode": "decimal"}

    def __init__(self, *args: Any, term: Term, scope: str = "", **kwargs: Any) -> None:
        """Tie the field to the term that it is about."""
        self.term, self.scope = term, scope
        super().__init__(*args, **kwargs)

    def read(self, text: str) -> str:
        """Read a value; give it as it is kept."""
        kept = self._kept(text)
        read_term(self.term.code, kept, self.scope)
        return kept

    def write(self, value: str) -> str:
        """Write a value that is kept as the reader types it."""
        match self.term.kind:
            case TermKind.SHARE if not PART.fullmatch(value):
                return write_share(Decimal(value) / 100, language())
            case TermKind.AMOUNT:
                return write_amount(Money.euros(value), language())
            case TermKind.HOURS:
                return written(value)
        return value

    def _kept(self, text: str) -> str:
        code = self.term.code
        match self.term.kind:
            case TermKind.SHARE if not PART.fullmatch(text):
                return write_term(code, read_share(text))
            case TermKind.AMOUNT:
                return f"{read_amount(text, language()).as_decimal:.2f}"
            case TermKind.HOURS:
                return f"{read_amount(text, language()).as_decimal.normalize():f}"
        return text


class SourcedForm(TrackerForm):
    """A form with values of terms; each has a field that fits its kind."""

    @classmethod
    def with_fields(cls, fields: Mapping[str, object]) -> type[Self]:
        """Give this form with more fields."""
        kind: Any = type(cls)
        form: type[Self] = kind(cls.__name__, (cls,), dict(fields))
        return form

    @staticmethod
    def kept_value(field: Field) -> str:
        """Give the value in a field as it is kept; empty where the programme says nothing."""
        if isinstance(field, ChoicesField):
            return ",".join(field.data or ())
        return str(field.data or "")


class ProgrammeForm(SourcedForm):
    """A programme and everything that it says, as typed in."""

    terms: ClassVar[Mapping[str, tuple[Term, str]]] = {}

    funder_id = SelectField(_("Funder"))
    name = StringField(_("Name of the programme"), [InputRequired(), Length(max=200)])
    size = SelectField(_("Size of the undertaking"), default=CompanySize.LARGE.value)
    first_day = DayField(_("These terms hold from"), [InputRequired()])
    source = StringField(_("Source where a term names none"), [Length(max=SOURCE_MAX)])

    def to_domain(self) -> NewProgramme:
        """Hand over what was typed. Call only after ``validate_on_submit``."""
        stated = tuple(term for _key, term in self._stated())
        return NewProgramme(int(self.funder_id.data), str(self.name.data), self.size.data, stated)

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Judge each term, and mark the field that is wrong."""
        is_right: bool = super().validate(extra_validators)
        for key, term in list(self._stated()) if is_right else ():
            try:
                check_term(term)
            except RuleViolation as error:
                part = "source" if error.field == "source" else "value"
                error.field = f"{part}_{key}"
                self.refuse(error)
                is_right = False
        return is_right

    @property
    def groups(self) -> list[str]:
        """What the terms are about, in their order."""
        return list(dict.fromkeys(term.group.value for term, _scope in self.terms.values()))

    def _stated(self) -> Iterator[tuple[str, DatedTerm]]:
        """Give the terms that have a value, each with its key."""
        for key, (term, scope) in self.terms.items():
            if value := self.kept_value(self[f"value_{key}"]):
                source = self[f"source_{key}"].data or self.source.data or ""
                verified = bool(self[f"verified_{key}"].data)
                day = day_in(self.first_day)
                yield key, DatedTerm(term.code, scope, value, day, source.strip(), verified)


class ProgrammeChangeForm(VersionedForm):
    """What a programme is called, and for whom its terms hold."""

    name = StringField(_("Name of the programme"), [InputRequired(), Length(max=200)])
    size = SelectField(_("Size of the undertaking"))


class TermForm(SourcedForm):
    """One term from a day on, as typed in."""

    term: ClassVar[Term]
    scope: ClassVar[str] = ""
    value: Field

    first_day = DayField(_("Holds from"), [InputRequired()])
    source = StringField(_("Source"), [InputRequired(), Length(max=SOURCE_MAX)])
    is_verified = BooleanField(_("Verified: compared with the source itself"))

    def to_domain(self) -> DatedTerm:
        """Hand over what was typed. Call only after ``validate_on_submit``."""
        value, day = self.kept_value(self.value), day_in(self.first_day)
        source, verified = str(self.source.data), bool(self.is_verified.data)
        return DatedTerm(self.term.code, self.scope, value, day, source, verified)

    def refuse(self, error: RuleViolation) -> None:
        """Mark the field that a rule objected to; a rule knows the value by the term's code."""
        if error.field == self.term.code:
            error.field = "value"
        super().refuse(error)


def day_in(field: DayField) -> date:
    """Give the day in a field that must be filled in. Call only after it was judged."""
    if field.data is None:
        raise AssertionError("the form was not judged")
    return field.data


def key_of(code: str, scope: str) -> str:
    """Give the key of a term in the names of fields and in addresses."""
    return f"{code}__{scope}" if scope else code


def terms_by_key(categories: tuple[str, ...]) -> dict[str, tuple[Term, str]]:
    """List every term and scope that a programme can speak of, by the key of its fields."""
    found: dict[str, tuple[Term, str]] = {}
    for term in TERMS.values():
        scopes = categories if term.scopes == (CATEGORY_SCOPE,) else term.scopes
        for scope in ("", *scopes):
            found[key_of(term.code, scope)] = (term, scope)
    return found


def programme_form(
    funders: list[Funder], categories: tuple[str, ...], preset: Preset | None, funder_id: int
) -> ProgrammeForm:
    """Make the form with all terms, filled in with those of a preset."""
    terms = terms_by_key(categories)
    fields: dict[str, Any] = {"terms": terms}
    for key, (term, scope) in terms.items():
        name = term_name(term.code, scope)
        fields[f"value_{key}"] = _value_field(term, scope, categories, _("Value"), name)
        fields[f"source_{key}"] = StringField(
            _("Source"), [Length(max=SOURCE_MAX)], description=name
        )
        fields[f"verified_{key}"] = BooleanField(_("Verified"), description=name)
    form = ProgrammeForm.with_fields(fields)(
        data=_filled_in(preset) | {"funder_id": str(funder_id)}
    )
    form.funder_id.choices = {str(funder.id): funder.name for funder in funders}
    form.size.choices = _sizes()
    return form


def programme_change_form(programme: Programme, version: int) -> ProgrammeChangeForm:
    """Make the form for the name and the size, filled in with what they are."""
    form = ProgrammeChangeForm(obj=programme, data={"version": version})
    form.size.choices = _sizes()
    return form


def term_form(term: Term, scope: str, categories: tuple[str, ...]) -> TermForm:
    """Make the form for one term."""
    value = _value_field(term, scope, categories, _("Value"), "")
    return TermForm.with_fields({"term": term, "scope": scope, "value": value})()


def _sizes() -> dict[str, str]:
    return {size.value: label(size) for size in CompanySize}


def _value_field(
    term: Term, scope: str, categories: tuple[str, ...], name: str, description: str
) -> Any:
    """Give the field that fits the kind of a term."""
    match term.kind:
        case TermKind.CHOICE:
            choices = {"": translate("Not said")} | {code: label(code) for code in term.choices}
            return SelectField(name, choices=choices, description=description, default="")
        case TermKind.CATEGORIES:
            named = {code: label(code) for code in categories}
            return ChoicesField(name, choices=named, description=description)
    return TermField(name, term=term, scope=scope, description=description)


def _filled_in(preset: Preset | None) -> dict[str, Any]:
    """Give what a preset says, by field."""
    if preset is None:
        return {}
    known: dict[str, Any] = {"name": translate(preset.name)}
    for term in preset.terms:
        key = key_of(term.code, term.scope)
        is_list = TERMS[term.code].kind is TermKind.CATEGORIES
        known[f"value_{key}"] = term.value.split(",") if is_list else term.value
        known[f"source_{key}"] = term.source
        known[f"verified_{key}"] = term.is_verified
    return known
