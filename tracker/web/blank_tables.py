"""Template workbooks to download, with the codes that are in use in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint

from reports.blank_tables import blank_table
from reports.codes import Codes
from tracker.domain.policy import Permission
from tracker.domain.table_columns import TableKind
from tracker.extensions import db
from tracker.readers.table_cells import TEXT_MAX
from tracker.store import commitments, funders, milestones, projects, records
from tracker.store.forecasting import forecast_records
from tracker.web.exports import WORKBOOK, attached
from tracker.web.language import label, language
from tracker.web.permissions import permission

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

FILLED_IN = tuple(TableKind)  # every one of them can be brought in again

bp = Blueprint("blank_tables", __name__, url_prefix="/imports/templates")


@bp.get(f"/<any({', '.join(FILLED_IN)}):kind>.xlsx")
@permission(Permission.SEE_BOOKS)
def download(kind: str) -> ResponseReturnValue:
    """Hand out a template workbook in the reader's language."""
    session, table = db.session(), TableKind(kind)
    codes, rows = codes_in_use(session), rows_in_use(session, table)
    made = blank_table(table, codes, language(), rows)
    return attached(made, WORKBOOK, f"{codes.project} {label(kind)}.xlsx")


def codes_in_use(session: Session) -> Codes:
    """Give the codes that the project's tables are filled in with."""
    project = projects.the_project(session)
    return Codes(
        project=project.code,
        work_packages=project.work_packages,
        categories=project.categories,
        accounts=projects.account_names(session, project.id),
        milestones={each.code: each.title for each in milestones.milestones_of(session)},
        commitments={project.code: project.name, **_names(session)},
        funders=tuple(each.name for each in funders.funders_of(session)),
        programmes=tuple(dict.fromkeys(each.name for each in funders.programmes_of(session))),
    )


def rows_in_use(session: Session, kind: TableKind) -> list[records.Held]:
    """Give what the tracker holds as the rows of a template; books come in anew."""
    if kind is TableKind.MILESTONES:
        return records.milestone_records(session)
    if kind is TableKind.BUDGETS:
        return records.budget_records(session)
    if kind is TableKind.COMMITMENTS:
        return [_in_words(each) for each in records.commitment_records(session)]
    if kind is TableKind.FORECASTS:
        return forecast_records(session)
    return []


def _names(session: Session) -> dict[str, str]:
    return {each.code: each.programme for each in commitments.commitments_of(session)}


def _in_words(held: records.Held) -> records.Held:
    """Name the categories of a commitment in words; leave conditions without end to its page."""
    categories = str(held["categories"]).split(records.LISTED)
    conditions = str(held["conditions"])
    return held | {
        "categories": records.LISTED.join(map(label, filter(None, categories))),
        "conditions": conditions if len(conditions) <= TEXT_MAX else "",
    }
