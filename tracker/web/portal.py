"""What was issued, as lists of it show it: to a funder its own, in every project."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, NamedTuple

from reports import catalogue
from tracker.domain.funder_reports import Standing
from tracker.domain.policy import Role
from tracker.extensions import db
from tracker.store.funder_reports import reports_of
from tracker.store.projects import named_projects
from tracker.store.scope import over_all
from tracker.web.auth import current_actor
from tracker.web.permissions import own_commitments
from tracker.web.projects import offered

if TYPE_CHECKING:
    from tracker.domain.funder_reports import FunderReport, IssuedReport

STATES = {
    Standing.ISSUED: "attention",
    Standing.ACCEPTED: "good",
    Standing.RETURNED: "late",
    Standing.WITHDRAWN: "blocked",
}


class Row(NamedTuple):
    """An issued version in a list.

    Shape:  ``project`` is the code that its address names, where there are several projects.
    """

    report: FunderReport
    issued: IssuedReport
    title: str
    project: str | None

    @property
    def newest(self) -> int:
        """The number that was issued last of the same report."""
        return self.report.issues[-1].number

    @property
    def is_newest(self) -> bool:
        """Whether no later version followed it."""
        return self.issued.number == self.newest

    @property
    def is_void(self) -> bool:
        """Whether nobody should rely on it any more."""
        return self.issued.standing is Standing.WITHDRAWN or not self.is_newest

    @property
    def state(self) -> str:
        """How it is marked."""
        return STATES[self.issued.standing]


def rows_of(report: FunderReport, project: str | None = None) -> list[Row]:
    """List what was issued of a report, the newest version first."""
    title = title_of(report.kind)
    return [Row(report, issued, title, project) for issued in reversed(report.issues)]


def own_rows() -> list[Row]:
    """List what was issued that the person may see, the newest period first.

    Shape:  a funder's viewer sees its own of every project, others the project of the page.
    """
    session, is_viewer = db.session(), current_actor().role is Role.FUNDER_VIEWER
    with over_all(session) if is_viewer else nullcontext():
        seen = {commitment.id for commitment in own_commitments()}
        found = [one for one in reports_of(session) if one.issues and one.commitment_id in seen]
    several = is_viewer and len(offered()) > 1
    codes = {one.id: one.code for one in named_projects(session)} if several else {}
    found.sort(key=lambda one: (one.period.last_day, one.commitment, one.id), reverse=True)
    return [row for one in found for row in rows_of(one, codes.get(one.project_id))]


def title_of(kind: str) -> str:
    """Name a kind of report, in English."""
    return catalogue.CATALOGUE[kind].title
