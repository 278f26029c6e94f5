"""Forms: what people type, read and judged as typing; the rules judge the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_wtf import FlaskForm

from reports.words import say
from tracker.web.language import language

if TYPE_CHECKING:
    from tracker.domain.errors import RuleViolation


class TrackerForm(FlaskForm):
    """A form that can show a refusal from the rules next to the right field."""

    def refuse(self, error: RuleViolation) -> None:
        """Mark the field that a rule objected to; without one, the form as a whole."""
        complaint = f"{say(error.message, language())} {say(error.hint, language())}".strip()
        if error.field in self:
            field = self[error.field]
            field.errors = [*field.errors, complaint]
        else:
            self.form_errors: list[str] = [*self.form_errors, complaint]
