"""The page of a file on its way in, by where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, request

from tracker.domain.errors import RuleViolation, Sentence
from tracker.domain.imports import FileKind
from tracker.domain.intakes import (
    AT_WORK,
    LADDER,
    RECORDS,
    Control,
    IntakeState,
    check_kept_by,
)
from tracker.domain.money import ZERO
from tracker.domain.policy import Permission
from tracker.domain.table_columns import TableKind
from tracker.domain.texts import mark as _
from tracker.extensions import db
from tracker.readers.delimited import UTF_8
from tracker.store import charging
from tracker.store.imports import import_by_id
from tracker.web.auth import current_actor
from tracker.web.forms.imports import expected_form, keep_form
from tracker.web.forms.mappings import ENCODINGS, mapping_form, reading_form
from tracker.web.language import label, plural, say, translate
from tracker.web.places import headings_at
from tracker.web.protection import UPLOAD_MAX
from tracker.web.shell import may

if TYPE_CHECKING:
    from tracker.domain.imports import ImportOutcome
    from tracker.domain.intakes import Intake, Preview
    from tracker.web.forms.imports import ExpectedForm, KeepForm
    from tracker.web.forms.mappings import MappingForm

FILES_MAX = 20
LIMITS = {"files": FILES_MAX, "bytes": UPLOAD_MAX, "megabytes": UPLOAD_MAX // 1024**2}
NEXT_STEPS = {
    IntakeState.MAPPING: _("Say what its columns hold"),
    IntakeState.READY: _("Look at what would be kept, and keep it"),
    IntakeState.REFUSED: _("See what is wrong, and hand it in again"),
    IntakeState.STOPPED: _("Let it begin anew"),
}
EXPECTED = {
    TableKind.COSTS: _("Total that you expect, debit less credit"),
    TableKind.HOURS: _("Total of the hours that you expect"),
    TableKind.IN_KIND: _("Total of the hours that you expect"),
    TableKind.BUDGETS: _("Total that you expect of these budgets"),
    TableKind.COMMITMENTS: _("Total that you expect of these commitments"),
    TableKind.FORECASTS: _("Total that you expect of this forecast"),
}


def page_of(intake: Intake, **forms: Any) -> str:
    """Show a file by where it stands; a form that was refused is shown as it was sent."""
    match intake.state:
        case IntakeState.MAPPING:
            return mapping_page(intake, **forms)
        case IntakeState.READY:
            return _preview_page(intake, **forms)
        case IntakeState.KEPT if intake.import_id:
            return receipt_page(import_by_id(db.session(), intake.import_id), intake)
        case IntakeState.REFUSED:
            return _page("refused", intake, can_return=can_return(intake), limits=LIMITS)
        case state if state in AT_WORK:
            return _page("at_work", intake)
    return _page("ended", intake)


def mapping_page(intake: Intake, form: MappingForm | None = None) -> str:
    """Show the columns of a table over real rows of it."""
    look = intake.look
    if look is None:
        raise AssertionError("a file whose columns are asked for was looked at")
    reading, table = reading_form(look, request.args)
    form = form or mapping_form(intake, look, table)
    return _page(
        "mapping",
        intake,
        form=form,
        reading=reading,
        table=table,
        source=table.suggestion.source,
        encodings=ENCODINGS,
        not_yours=not_yours(intake, table.kind),
    )


def _preview_page(
    intake: Intake, expecting: ExpectedForm | None = None, keeping: KeepForm | None = None
) -> str:
    """Show what would be kept, once the office has said which total it expects."""
    preview = preview_of(intake)
    return _page(
        "ready",
        intake,
        form=keeping or keep_form(intake),
        expecting=expecting or expected_form(intake),
        expected_label=EXPECTED.get(preview.table or TableKind.COSTS, ""),
        asks_first=preview.needs_expected and intake.expected is None,
        ties=not preview.needs_expected or intake.expected == preview.total,
        controls=controls_of(intake),
        can_return=can_return(intake),
        not_yours=(refusal := not_yours(intake, preview.table)),
        may_keep=may(Permission.HAND_IN) and refusal is None,
        is_of_records=preview.table in RECORDS,
        keep_label=_keep_label(preview),
    )


def receipt_page(outcome: ImportOutcome, intake: Intake | None) -> str:
    """Show what was kept of a file."""
    return render_template(
        "imports/receipt.html",
        outcome=outcome,
        intake=intake,
        controls=controls_of(intake) if intake and intake.preview else (),
        waiting=charging.waiting(db.session()),
        headings_at=headings_at,
    )


def told_of(intake: Intake) -> str:
    """Say in a few words how far a file is."""
    preview = intake.preview
    match intake.state:
        case IntakeState.READING | IntakeState.KEEPING if intake.whole:
            done = min(100, 100 * intake.done // intake.whole)
            return say("{percent}% done", percent=done)
        case IntakeState.READY if preview:
            return say(
                "{new} new, {changed} changed, {same} the same, {suspicious} suspicious",
                new=preview.new,
                changed=preview.changed,
                same=preview.same,
                suspicious=preview.suspicious,
            )
        case IntakeState.REFUSED if preview:
            count = len(preview.findings)
            return plural(count, "{count} thing to put right", "{count} things to put right")
    return label(f"intake_{intake.state}")


def preview_of(intake: Intake) -> Preview:
    """Give what was seen in a file that has been read."""
    if intake.preview is None:
        raise AssertionError("a file that is ready was read")
    return intake.preview


def controls_of(intake: Intake) -> tuple[Control, ...]:
    """Give the file's own totals beside what was found, and the total that the office expects."""
    preview = preview_of(intake)
    if intake.expected is None or not preview.needs_expected:
        return preview.controls
    name = Sentence("Total that the office expects")
    return (*preview.controls, Control(name, intake.expected, preview.total or ZERO))


def letters_of(intake: Intake) -> str:
    """Tell how the letters of a table were read; a workbook says so itself, whatever is told."""
    return (intake.mapping and intake.mapping.encoding) or UTF_8


def can_return(intake: Intake) -> bool:
    """Tell whether a file can be given back with what was found in its cells."""
    preview = intake.preview
    is_table = intake.kind in (FileKind.TABLE, FileKind.IN_KIND)
    return bool(preview and preview.cells and is_table)


def deeds_of(intake: Intake) -> frozenset[str]:
    """Name what may be done with a file now."""
    return frozenset(deed for (state, _then), deed in LADDER.items() if state is intake.state)


def not_yours(intake: Intake, kind: TableKind | None) -> RuleViolation | None:
    """Say why somebody who may hand files in may not bring this one in; nothing where they may."""
    if may(Permission.HAND_IN):
        try:
            check_kept_by(current_actor(), intake.file_name, kind or intake.kind)
        except RuleViolation as refusal:
            return refusal
    return None


def may_see_to(intake: Intake) -> bool:
    """Tell whether the person on this page may have a file read anew or cancelled."""
    return may(Permission.HAND_IN) and intake.is_seen_to_by(current_actor())


def _page(name: str, intake: Intake, **values: Any) -> str:
    values |= {"told": told_of(intake), "deeds": deeds_of(intake), "headings_at": headings_at}
    values |= {"may_see_to": may_see_to(intake)}
    return render_template(f"imports/{name}.html", intake=intake, **values)


def _keep_label(preview: Preview) -> str:
    """Say on the button what will be kept."""
    if preview.new == 0:
        return translate("Keep the receipt; nothing is new")
    if preview.kind is FileKind.BANK:
        return plural(preview.new, "Bring in {count} new entry", "Bring in {count} new entries")
    if preview.table in RECORDS:
        return plural(preview.new, "Bring in {count} new row", "Bring in {count} new rows")
    return plural(preview.new, "Bring in {count} new line", "Bring in {count} new lines")
