"""The lines of a funder's form, and on which of them each category of costs is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from wtforms import BooleanField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import HiddenInput

from tracker.domain.crosswalks import LANGUAGES, MOST_LINES, CrosswalkLine, LineKind
from tracker.domain.texts import mark as _
from tracker.web.forms import TableForm
from tracker.web.language import label, say, translate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wtforms import Field

    from tracker.domain.crosswalks import Crosswalk

SPARE_ROWS = 4
FEWEST_ROWS = 8
TITLE_MAX = 200
_LANGUAGES = {"nl": _("Dutch"), "en": _("English")}
_ON = "on_"


class LinesForm(TableForm):
    """The lines of a form in their order; a row without code and title is left out."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    language = SelectField(_("Language of the form"))
    columns: ClassVar[Mapping[str, Any]] = {
        "order": IntegerField(_("Order"), [Optional(), NumberRange(0, 10_000)]),
        "code": StringField(_("Code"), [Length(max=20)]),
        "title": StringField(_("Title on the form"), [Length(max=TITLE_MAX)]),
        "subtotal": BooleanField(_("Subtotal")),
    }

    @property
    def placed(self) -> list[Field]:
        """The fields that say on which line each category is told."""
        return [field for field in self if field.name.startswith(_ON)]

    @property
    def lines(self) -> tuple[CrosswalkLine, ...]:
        """Hand over what was typed. Call only after ``validate_on_submit``."""
        told = {field.name.removeprefix(_ON): _typed(field) for field in self.placed}
        rows = [row for row in self.rows if self._code(row) or _typed(self.cell("title", row))]
        rows.sort(key=self._order)
        return tuple(
            CrosswalkLine(
                code := self._code(row),
                _typed(self.cell("title", row)),
                LineKind.SUBTOTAL if self.cell("subtotal", row).data else LineKind.LINE,
                tuple(category for category, line in told.items() if line and line == code),
            )
            for row in rows
        )

    def validate(self, extra_validators: object = None) -> bool:
        """Judge all fields, and ask for lines that there are."""
        is_valid = bool(super().validate(extra_validators))
        codes = {self._code(row) for row in self.rows}
        for field in self.placed:
            if _typed(field) not in codes:
                told = say("There is no line {code} above.", code=_typed(field))
                field.errors = [*field.errors, told]
                is_valid = False
        return is_valid

    def validate_language(self, field: Field) -> None:
        """Refuse a language in which no report is made."""
        if field.data not in LANGUAGES:
            raise ValidationError(translate("Choose Dutch or English."))

    def _code(self, row: str) -> str:
        return _typed(self.cell("code", row))

    def _order(self, row: str) -> tuple[int, int]:
        wished = self.cell("order", row).data
        return (10_001 if wished is None else wished, int(row))


def lines_form(
    now: Crosswalk | None, categories: Sequence[str], sent: Mapping[str, str]
) -> LinesForm:
    """Make the form for the lines of a funder's form, filled in with those that hold."""
    lines = now.lines if now else ()
    sent_rows = [int(name[5:]) for name in sent if name[:5] == "code_" and name[5:].isdecimal()]
    count = min(MOST_LINES, max(FEWEST_ROWS, len(lines) + SPARE_ROWS, *sent_rows, 0))
    rows = {str(at): say("line {number}", number=at) for at in range(1, count + 1)}
    fields = {
        f"{_ON}{code}": StringField(_("Line"), [Length(max=20)], description=label(code))
        for code in categories
    }
    table: Any = LinesForm.with_rows(rows)
    kind: Any = type(table)
    form: LinesForm = kind("LinesForm", (table,), fields)(data=_known(now))
    form.language.choices = [(code, translate(name)) for code, name in _LANGUAGES.items()]
    return form


def _known(now: Crosswalk | None) -> dict[str, object]:
    if now is None:
        return {"version": 0, "language": "nl"}
    found: dict[str, object] = {"version": now.number, "language": now.language}
    for at, line in enumerate(now.lines, 1):
        found |= {
            f"order_{at}": 10 * at,
            f"code_{at}": line.code,
            f"title_{at}": line.title,
            f"subtotal_{at}": line.kind is LineKind.SUBTOTAL,
            **{f"{_ON}{category}": line.code for category in line.categories},
        }
    return found


def _typed(field: Field) -> str:
    return str(field.data or "").strip()
