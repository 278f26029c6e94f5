"""Milestones: the list and its filters, and what people say of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from tracker.actions.milestones import NewDay
from tracker.domain.milestone_lists import MilestoneFilter, Order
from tracker.domain.milestone_rules import LADDER, Follow, code_of
from tracker.domain.milestones import (
    PROGRESS_MAX,
    WEIGHT_MAX,
    MilestoneStatus,
    MilestoneTerms,
    Standing,
)
from tracker.domain.texts import mark as _
from tracker.web.fields import ChoicesField, DayField
from tracker.web.forms import AddressForm, FilterForm, TableForm, TrackerForm, VersionedForm
from tracker.web.language import label, translate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from werkzeug.datastructures import MultiDict
    from wtforms import Field

    from tracker.domain.milestones import Milestone
    from tracker.store.projects import Project

TEXT_MAX = 200
REASON_MAX = 500
CRITERIA_MAX = 2_000
CODE_MAX = 20


class MilestoneFilterForm(FilterForm):
    """Which milestones to show. An empty wish is no wish."""

    orders = frozenset(Order)

    text = StringField(_("Code or title"), [Length(max=100)], default="")
    standing = SelectField(_("Standing"), default="")
    work_package = SelectField(_("Work package"), default="")
    owner = SelectField(_("Owner"), default="")
    late = BooleanField(_("Late only"))

    @property
    def wish(self) -> MilestoneFilter:
        """Hand over what was chosen. Call only after ``validate``."""
        return MilestoneFilter(
            text=(self.text.data or "").strip(),
            standing=Standing(self.standing.data) if self.standing.data else None,
            work_package=self.work_package.data or "",
            owner=self.owner.data or "",
            is_late=bool(self.late.data),
        )


def milestone_filter_form(
    milestones: Iterable[Milestone], wishes: MultiDict[str, str]
) -> MilestoneFilterForm:
    """Make the form with the choices that these milestones offer, filled in from an address."""
    form, everything, listed = MilestoneFilterForm(wishes), {"": translate("All")}, list(milestones)
    form.standing.choices = everything | {one.value: label(one) for one in Standing}
    packages = dict.fromkeys(sorted(one.work_package for one in listed))
    form.work_package.choices = everything | {code: code for code in packages}
    owners = sorted({one.owner for one in listed} - {""}, key=str.casefold)
    form.owner.choices = everything | {owner: owner for owner in owners}
    return form


class TermsFields(TrackerForm):
    """What a milestone is, besides its date."""

    title = StringField(_("Title"), [InputRequired(), Length(max=TEXT_MAX)])
    work_package = SelectField(_("Work package"), [InputRequired()])
    weight = IntegerField(_("Weight"), [InputRequired(), NumberRange(0, WEIGHT_MAX)], default=1)
    owner = StringField(_("Owner"), [Length(max=TEXT_MAX)])
    criteria = TextAreaField(_("Acceptance criteria"), [Length(max=CRITERIA_MAX)])
    evidence = TextAreaField(_("Evidence that it asks for"), [Length(max=CRITERIA_MAX)])
    after = ChoicesField(_("Comes after"))

    @property
    def terms(self) -> MilestoneTerms:
        """Hand over what was typed. Call only after ``validate_on_submit``."""
        lines = (" ".join(line.split()) for line in (self.evidence.data or "").splitlines())
        return MilestoneTerms(
            title=" ".join(str(self.title.data).split()),
            work_package=self.work_package.data,
            weight=self.weight.data or 0,
            owner=" ".join((self.owner.data or "").split()),
            criteria=(self.criteria.data or "").replace("\r\n", "\n").strip(),
            after=tuple(self.after.data or ()),
            evidence=tuple(dict.fromkeys(line for line in lines if line)),
        )

    def offer(self, project: Project, others: Iterable[Milestone]) -> None:
        """Let the work packages and the other milestones of the project be chosen."""
        packages = project.work_packages.items()
        self.work_package.choices = {code: f"{code} {name}" for code, name in packages}
        self.after.choices = {one.code: f"{one.code} {one.title}" for one in others}


class NewMilestoneForm(TermsFields):
    """A milestone that is new: its code and its baseline never change afterwards."""

    code = StringField(_("Code"), [InputRequired(), Length(max=CODE_MAX)])
    baseline = DayField(_("Baseline"), [InputRequired()])

    @property
    def day(self) -> date:
        """The baseline that was typed. Read only after ``validate_on_submit``."""
        if self.baseline.data is None:
            raise AssertionError("a form that is valid has a day")
        return self.baseline.data


class TermsForm(VersionedForm, TermsFields):
    """A milestone that is there already."""


def terms_form(
    project: Project, one: Milestone, terms: MilestoneTerms, others: Iterable[Milestone]
) -> TermsForm:
    """Make the form for what a milestone is, filled in."""
    form = TermsForm(
        data={
            "version": one.version,
            "title": terms.title,
            "work_package": terms.work_package,
            "weight": terms.weight,
            "owner": terms.owner,
            "criteria": terms.criteria,
            "evidence": "\n".join(terms.evidence),
            "after": list(terms.after),
        }
    )
    form.offer(project, (other for other in others if other.code != one.code))
    return form


class PreviewForm(AddressForm):
    """A day to which a milestone might move, in the address of the page that shows what follows."""

    to_day = DayField(_("New date"))


class MoveForm(VersionedForm):
    """Where a milestone moves to, why, and which of the later ones move along."""

    to_day = DayField(_("New date"), [InputRequired()])
    reason = StringField(_("Reason"), [InputRequired(), Length(max=REASON_MAX)])
    along = ChoicesField(_("Move along with it"))

    def to_domain(self) -> NewDay:
        """Hand over what was typed. Call only after ``validate_on_submit``."""
        if self.to_day.data is None:
            raise AssertionError("a form that is valid has a day")
        return NewDay(self.to_day.data, str(self.reason.data), tuple(self.along.data or ()))


class FollowForm(VersionedForm):
    """What has become of a milestone, and how far it is."""

    status = SelectField(_("Status"), [InputRequired()])
    progress = IntegerField(_("Progress in %"), [Optional(), NumberRange(0, PROGRESS_MAX)])
    met_on = DayField(_("Met on"))
    reason = StringField(_("Reason"), [Length(max=REASON_MAX)])

    def to_domain(self) -> Follow:
        """Hand over what was typed. Call only after ``validate_on_submit``."""
        return Follow(
            MilestoneStatus(self.status.data),
            self.progress.data or 0,
            self.met_on.data,
            self.reason.data or "",
        )


def follow_form(one: Milestone) -> FollowForm:
    """Make the form for what has become of a milestone, with the steps that it may take."""
    data = {"version": one.version, "status": one.status.value, "progress": one.progress}
    form = FollowForm(data=data)
    steps = [to for to in MilestoneStatus if to is one.status or (one.status, to) in LADDER]
    form.status.choices = {to.value: label(code_of(to)) for to in steps}
    return form


class ProgressForm(TableForm):
    """How far several milestones are: a row each."""

    columns: ClassVar[dict[str, Field]] = {
        "progress": IntegerField(
            _("Progress in %"), [InputRequired(), NumberRange(0, PROGRESS_MAX)]
        ),
        "version": HiddenField(),
    }

    def to_domain(self) -> dict[str, tuple[int, int]]:
        """Hand over what was typed. Call only after ``validate_on_submit``."""
        return {
            row: (self.cell("progress", row).data, int(self.cell("version", row).data or 0))
            for row in self.rows
        }


def progress_form(milestones: Sequence[Milestone]) -> ProgressForm:
    """Make the form with a row for each milestone, filled in with how far it is."""
    filled: dict[str, int] = {}
    for one in milestones:
        filled[f"progress_{one.code}"] = one.progress
        filled[f"version_{one.code}"] = one.version
    rows = {one.code: f"{one.code} {one.title}" for one in milestones}
    return ProgressForm.with_rows(rows)(data=filled)


def show_again(form: ProgressForm, milestones: Iterable[Milestone]) -> None:
    """Let a form that was refused be sent once more: it is meant for what is there now."""
    for one in milestones:
        if one.code in form.rows:
            version = form.cell("version", one.code)
            version.raw_data, version.data = None, one.version
