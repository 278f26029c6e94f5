"""Entering a version of a budget: a table of amounts by what it tells apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from tracker.domain.budgets import BudgetLine, Detail, NewBudget, at_detail, key_name
from tracker.domain.money import ZERO, Money
from tracker.domain.texts import mark as _
from tracker.web.fields import DayField, DocumentField, MoneyField
from tracker.web.forms import TableForm, VersionedForm
from tracker.web.language import label, translate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from wtforms import Field

    from tracker.domain.budgets import BudgetVersion, Key

Entry = TypeVar("Entry", bound="PlanForm")


class PlanForm(TableForm, VersionedForm):
    """A version of the project's own plan; ``version`` is the newest that was there."""

    columns: ClassVar[dict[str, Any]] = {"amount": MoneyField(_("Amount"))}
    made_on = DayField(_("Decided on"), [InputRequired()])
    reason = StringField(_("Reason"), [InputRequired(), Length(max=200)])

    def to_domain(self, keys: Iterable[Key]) -> NewBudget:
        """Hand over what was typed. Call only after it was read."""
        typed = ((key, self.cell("amount", key_name(key)).data) for key in keys)
        if self.made_on.data is None:
            raise AssertionError("a form without a day does not validate")
        return NewBudget(
            made_on=self.made_on.data,
            reason=str(self.reason.data),
            lines=tuple(BudgetLine(*key, amount) for key, amount in typed if amount),
            based_on=self.version.data or 0,
            amendment=self.goes_with,
        )

    @property
    def goes_with(self) -> int:
        """The key of the amendment that it goes with: a plan goes with none."""
        return 0


class BudgetForm(PlanForm):
    """A version of a funder's budget, with the funder's consent where that is needed."""

    amendment = SelectField(_("Goes with"), default="")
    consent = DocumentField(_("The funder's consent"))

    @property
    def goes_with(self) -> int:
        """The key of the amendment that it goes with, 0 for none."""
        return int(self.amendment.data or 0)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Where the amounts of a version are typed: lines down, work packages or years across.

    Shape:  each row has its category, its work package where both are told apart, what counts
            now, and the keys of its cells, as many as there are ``heads``.
    """

    detail: Detail
    heads: tuple[str, ...]
    rows: tuple[tuple[str, str, Money, tuple[Key, ...]], ...]

    @property
    def keys(self) -> tuple[Key, ...]:
        """Every cell, in the order of reading."""
        return tuple(key for *_, keys in self.rows for key in keys)

    def cells(self, form: PlanForm, keys: Sequence[Key]) -> list[Field]:
        """Give the fields of a row."""
        return [form.cell("amount", key_name(key)) for key in keys]


def matrix_of(
    detail: Detail,
    categories: Sequence[str],
    packages: Sequence[str],
    years: Sequence[int],
    now: Sequence[BudgetLine],
) -> Matrix:
    """Lay out the cells of a version that tells this apart, beside what counts now."""
    is_both = detail is Detail.BOTH
    coarse = Detail.WORK_PACKAGE if is_both else Detail.CATEGORY
    current = {line.key: line.amount for line in at_detail(now, coarse)}
    heads: tuple[str, ...] = ("",)
    if detail is Detail.WORK_PACKAGE:
        heads = tuple(packages)
    elif detail in (Detail.YEAR, Detail.BOTH):
        heads = tuple(str(year) for year in years)
    rows = []
    for category in categories:
        for package in packages if is_both else ("",):
            keys = tuple(_key(detail, category, package, head) for head in heads)
            rows.append((category, package, current.get((category, package, 0), ZERO), keys))
    return Matrix(detail, heads, tuple(rows))


def _key(detail: Detail, category: str, package: str, head: str) -> Key:
    if detail is Detail.WORK_PACKAGE:
        return category, head, 0
    return category, package, int(head or 0)


def budget_form(
    kind: type[Entry], matrix: Matrix, newest: int, now: BudgetVersion | None, today: date
) -> Entry:
    """Make the form, filled with what counts now where that tells the same apart, or more."""
    names = {key_name(key): _name(key) for key in matrix.keys}
    form = kind.with_rows(names)()
    if not form.is_submitted():
        form.version.data, form.made_on.data = newest, today
        lines = at_detail(now.lines, matrix.detail) if now else ()
        known = {key_name(line.key): line.amount for line in lines}
        for row in names.keys() & known.keys():
            form.cell("amount", row).data = known[row]
    return form


def _name(key: Key) -> str:
    category, package, year = key
    return " · ".join(filter(None, (label(category), package, str(year or ""))))


def detail_named(code: str, now: BudgetVersion | None) -> Detail:
    """Read which detail is wished for; that of the version that counts where none is."""
    if code in frozenset(Detail):
        return Detail(code)
    return now.detail if now else Detail.CATEGORY


def offer_amendments(form: BudgetForm, found: Iterable[tuple[int, str]]) -> None:
    """Let a version go with one of these amendments, or with none."""
    none = {"": translate("No amendment: the amount stays as it is")}
    form.amendment.choices = none | {str(key): name for key, name in found}
