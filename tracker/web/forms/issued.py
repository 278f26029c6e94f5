"""What a funder answers to a report that was issued to it."""

from __future__ import annotations

from wtforms import TextAreaField
from wtforms.validators import Length

from tracker.domain.texts import mark as _
from tracker.web.forms import VersionedForm

SAID_MAX = 5_000


class AnswerForm(VersionedForm):
    """A comment with the answer; which answer it is, the button says."""

    said = TextAreaField(_("Your comment"), [Length(max=SAID_MAX)], default="")
