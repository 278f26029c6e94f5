"""The audit trail: who did what, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request

from tracker.domain.money import Money
from tracker.domain.policy import Permission
from tracker.extensions import db
from tracker.store.audit import AuditEntry, entries_of
from tracker.web.language import amount, figure, label, translate
from tracker.web.permissions import permission
from tracker.web.protection import KEY_MAX

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("audit", __name__)


@bp.get("/audit-trail")
@permission(Permission.SEE_AUDIT_TRAIL)
def show_list() -> ResponseReturnValue:
    """Show a hundred deeds, from an entry of the trail back."""
    before = request.args.get("before", type=int)
    entries = entries_of(db.session(), before=before and min(before, KEY_MAX))
    return render_template("audit/list.html", entries=entries, deed=_deed, particulars=_particulars)


def _(text: str) -> str:
    """Mark a text for translation; it is translated where it is shown."""
    return text


DEEDS = {
    "set up": _("Set up the programme"),
    "import": _("Imported"),
    "charge": _("Charged"),
    "add person": _("Let in"),
    "let in": _("Let in again"),
    "shut out": _("Shut out"),
    "set password": _("Gave a new password"),
    "choose language": _("Chose a language"),
}
PARTICULARS = {
    "email": _("e-mail"),
    "role": _("role"),
    "lines": _("lines"),
    "charged": _("charged"),
    "left": _("not charged"),
    "new": _("new"),
    "same": _("the same"),
    "file": _("file"),
}
AMOUNTS = frozenset({"charged", "left"})  # noted in cents
HASH_SHOWN = 12


def _deed(entry: AuditEntry) -> str:
    return translate(DEEDS.get(entry.did, entry.did))


def _particulars(entry: AuditEntry) -> list[tuple[str, str]]:
    """Put the particulars of a deed as people read them."""
    return [
        (translate(PARTICULARS.get(name, name)), _in_words(name, value))
        for name, value in entry.detail.items()
    ]


def _in_words(name: str, value: object) -> str:
    if isinstance(value, int):
        return amount(Money(value)) if name in AMOUNTS else figure(value)
    if name == "sha256":
        return f"{str(value)[:HASH_SHOWN]}…"
    return label(str(value)) if name == "role" else str(value)
