"""Template workbooks to download, with the codes that are in use in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response

from reports.blank_tables import blank_table
from reports.codes import Codes
from tracker.domain.policy import Permission
from tracker.domain.table_columns import TableKind
from tracker.extensions import db
from tracker.store import milestones, projects
from tracker.web.language import label, language
from tracker.web.permissions import permission

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILLED_IN = (TableKind.COSTS, TableKind.HOURS, TableKind.IN_KIND)  # what can be brought in again

bp = Blueprint("blank_tables", __name__, url_prefix="/imports/templates")


@bp.get(f"/<any({', '.join(FILLED_IN)}):kind>.xlsx")
@permission(Permission.SEE_BOOKS)
def download(kind: str) -> ResponseReturnValue:
    """Hand out a template workbook in the reader's language."""
    codes = codes_in_use(db.session())
    answer = Response(blank_table(TableKind(kind), codes, language()), mimetype=WORKBOOK)
    name = f"{codes.project} {label(kind)}.xlsx"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def codes_in_use(session: Session) -> Codes:
    """Give the codes that the project's tables are filled in with."""
    project = projects.the_project(session)
    return Codes(
        project=project.code,
        work_packages=project.work_packages,
        categories=project.categories,
        accounts=projects.account_names(session, project.id),
        milestones={each.code: each.title for each in milestones.milestones_of(session)},
    )
