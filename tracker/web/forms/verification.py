"""A file, or its hash, of which somebody wants to know whether we issued it."""

from __future__ import annotations

import hashlib

from flask_wtf.file import FileField
from wtforms import StringField
from wtforms.validators import Length, ValidationError

from tracker.domain.texts import mark as _
from tracker.domain.verification import check_hash
from tracker.web.forms import TrackerForm
from tracker.web.language import translate

TYPED_MAX = 200


class VerifyForm(TrackerForm):
    """A file, or a hash in its stead; where both are given, the file is looked at."""

    file = FileField(_("The file"))
    sha256 = StringField(_("Or its SHA-256 hash"), [Length(max=TYPED_MAX)], default="")

    def validate_sha256(self, field: StringField) -> None:
        """Ask for one of the two."""
        if not self.file.data and not (field.data or "").strip():
            raise ValidationError(translate("Choose a file, or type its hash."))

    def hash(self) -> str:
        """Give the hash of the file, or the one that was typed. Call only after it was judged.

        Errors: ``RuleViolation`` for what is no hash.
        """
        if self.file.data:
            return hashlib.file_digest(self.file.data.stream, "sha256").hexdigest()
        return check_hash(self.sha256.data or "")
