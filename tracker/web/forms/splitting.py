"""Entering a split rule: the costs that it is for, and a weight for each commitment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from tracker.domain.allocations import Share
from tracker.domain.errors import RuleViolation
from tracker.domain.splitting import WEIGHT_MAX, SplitRule
from tracker.domain.texts import mark as _
from tracker.store.commitments import commitments_of
from tracker.store.projects import categories_of, work_packages_of
from tracker.web.fields import DayField, TypedField
from tracker.web.forms import TableForm
from tracker.web.language import label, say, translate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from tracker.store.projects import Project

WEIGHT = re.compile(r"[0-9]{1,7}")


class WeightField(TypedField):
    """A weight: a whole number; nothing for a commitment that takes no part."""

    data: int | None
    attributes: ClassVar[dict[str, object]] = TypedField.attributes | {"inputmode": "numeric"}

    def read(self, text: str) -> int:
        """Read a weight.

        Errors: ``RuleViolation`` for what is none.
        """
        if not WEIGHT.fullmatch(text) or not 0 < int(text) <= WEIGHT_MAX:
            raise RuleViolation(
                "“{text}” is no weight.",
                "Write a whole number such as 60, or leave the cell empty.",
                text=text[:40],
            )
        return int(text)

    def write(self, value: int) -> str:
        """Write a weight as it may be typed."""
        return str(value)


class RuleForm(TableForm):
    """A split rule; each commitment is a row with its weight."""

    columns: ClassVar[dict[str, Any]] = {"weight": WeightField(_("Weight"))}
    name = StringField(_("Name of the rule"), [InputRequired(), Length(max=100)])
    is_in_kind = BooleanField(_("For hours in kind, and not for costs in the books"))
    work_package = SelectField(_("Work package"), default="")
    category = SelectField(_("Category"), default="")
    account = StringField(_("Account"), [Length(max=40)], default="")
    supplier = StringField(_("Supplier"), [Length(max=200)], default="")
    first_day = DayField(_("Incurred from"))
    last_day = DayField(_("Incurred until"))
    before = SelectField(_("Counts before"), default="")

    def to_domain(self, known: Sequence[Share] = ()) -> SplitRule:
        """Hand over what was typed; commitments that took part already keep their order.

        Call only after it was read.
        """
        weights = {int(row): self.cell("weight", row).data for row in self.rows}
        order = [share.commitment_id for share in known]
        order += [key for key in weights if key not in order]
        shares = tuple(Share(key, weights[key]) for key in order if weights.get(key))
        return SplitRule(
            id=0,
            position=0,
            name=str(self.name.data).strip(),
            shares=shares,
            is_in_kind=self.is_in_kind.data,
            work_package_id=int(self.work_package.data or 0) or None,
            category_id=int(self.category.data or 0) or None,
            account=(self.account.data or "").strip(),
            supplier=(self.supplier.data or "").strip(),
            first_day=self.first_day.data,
            last_day=self.last_day.data,
        )

    def fill_in(self, rule: SplitRule) -> None:
        """Show a rule as it is, to be changed."""
        self.name.data, self.is_in_kind.data = rule.name, rule.is_in_kind
        self.work_package.data = str(rule.work_package_id or "")
        self.category.data = str(rule.category_id or "")
        self.account.data, self.supplier.data = rule.account, rule.supplier
        self.first_day.data, self.last_day.data = rule.first_day, rule.last_day
        for share in rule.shares:
            self.cell("weight", str(share.commitment_id)).data = share.weight


def rule_form(session: Session, project: Project, rules: Sequence[SplitRule]) -> RuleForm:
    """Make the form with the commitments, work packages and categories that there are."""
    named = {str(c.id): f"{c.code} · {c.funder}" for c in commitments_of(session)}
    form = RuleForm.with_rows(named)()
    packages = work_packages_of(session, project.id)
    form.work_package.choices = {"": translate("Any")} | {
        str(key): f"{code} {project.work_packages.get(code, '')}" for code, key in packages.items()
    }
    form.category.choices = {"": translate("Any")} | {
        str(key): label(code) for code, key in categories_of(session, project.id).items()
    }
    form.before.choices = {
        str(rule.id): say("{number}. {name}", number=at, name=rule.name)
        for at, rule in enumerate(rules, start=1)
    } | {"": translate("None: it counts after all others")}
    if not form.is_submitted() and rules:
        form.before.data = str(rules[0].id)
    return form
