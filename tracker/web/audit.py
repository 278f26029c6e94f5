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
    "enter funder": _("Entered the funder"),
    "change funder": _("Changed the particulars"),
    "change contacts": _("Changed the contacts"),
    "enter programme": _("Entered the programme"),
    "change programme": _("Changed the name or size"),
    "change term": _("Changed a term"),
    "enter commitment": _("Entered the commitment"),
    "change particulars": _("Changed the conditions"),
    "enter amendment": _("Entered an amendment"),
    "revise amendment": _("Changed a draft"),
    "confirm amendment": _("Confirmed"),
    "send amendment back": _("Sent back"),
    "take amendment back": _("Took a draft back"),
    "add document": _("Added a document"),
    "request determination": _("Requested the determination"),
    "divide budget": _("Entered a version of the budget"),
    "plan costs": _("Entered a version of the plan of costs"),
    "ask for waiver": _("Asked for a waiver"),
    "approve waiver": _("Approved a waiver"),
    "end waiver": _("Ended a waiver"),
    "enter contribution": _("Entered hours in kind"),
    "enter declaration": _("Entered a signed declaration"),
    "plan instalment": _("Planned an instalment"),
    "change instalment": _("Changed an instalment"),
    "take instalment out": _("Took an instalment out of the plan"),
    "follow instalment": _("Followed an instalment"),
    "recognise receipts": _("Recognised receipts"),
    "match receipt": _("Matched a receipt"),
    "enter receipt": _("Entered a receipt by hand"),
    "assign receipt": _("Assigned a receipt"),
    "undo receipt": _("Undid a receipt"),
    "set money aside": _("Set money aside"),
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
    "name": _("name"),
    "kind": _("kind"),
    "kvk": _("KvK number"),
    "report_language": _("language of reports"),
    "accounts": _("accounts"),
    "contacts": _("contacts"),
    "programme": _("programme"),
    "size": _("size of the undertaking"),
    "terms": _("terms"),
    "term": _("term"),
    "scope": _("for"),
    "value": _("value"),
    "source": _("source"),
    "verified": _("verified"),
    "number": _("number"),
    "decided_on": _("decided on"),
    "reason": _("reason"),
    "amount": _("amount"),
    "change_of_amount": _("change of the amount"),
    "status": _("status"),
    "first_day": _("from"),
    "last_day": _("until"),
    "share": _("funding share"),
    "categories": _("categories"),
    "determined": _("determined at"),
    "conditions": _("conditions"),
    "work_packages": _("work packages"),
    "milestones": _("milestones"),
    "requested_on": _("sent on"),
    "claimed": _("claimed"),
    "version": _("version"),
    "total": _("total"),
    "moves": _("amounts that differ"),
    "rule": _("rule"),
    "commitment": _("commitment"),
    "until": _("until"),
    "document": _("document"),
    "day": _("day"),
    "work_package": _("work package"),
    "hours": _("hours"),
    "rate": _("rate"),
    "worth": _("value"),
    "description": _("description"),
    "method": _("method"),
    "signed_by": _("signed by"),
    "signed_on": _("signed on"),
    "instalment": _("instalment"),
    "due_on": _("due on"),
    "milestone": _("milestone"),
    "report": _("report"),
    "asked_on": _("requested on"),
    "accepted_on": _("report accepted on"),
    "held_back": _("held back"),
    "held_back_reason": _("why it is held back"),
    "receipts": _("receipts"),
    "payer": _("payer"),
}
AMOUNTS = frozenset({"charged", "left", "worth"})  # noted in cents
CODES = frozenset({"role", "kind", "size", "status", "categories"})  # said by their names
LISTS = frozenset({"categories"})  # of codes; any other list is what was before and after
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
    if isinstance(value, dict):
        return figure(len(value))
    if isinstance(value, list):
        between = ", " if name in LISTS else " → "
        return between.join(_in_words(name, part) for part in value)
    if name == "sha256":
        return f"{str(value)[:HASH_SHOWN]}…"
    if value in ("", None):
        return "–"
    return label(str(value)) if name in CODES else str(value)
