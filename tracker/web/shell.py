"""The frame around every page: the project, the menu, the person, and the files it loads."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import g, request
from flask_login import current_user

from tracker.actions import sample
from tracker.domain.policy import Permission, is_allowed
from tracker.domain.texts import mark as _
from tracker.extensions import db
from tracker.store.people import has_sample_people
from tracker.store.projects import project_of
from tracker.web.auth import current_role
from tracker.web.clock import today
from tracker.web.language import language
from tracker.web.preferences import THEMES, chosen_theme
from tracker.web.projects import offered

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from flask import Flask, Response

    from tracker.store.projects import Named, Project

FOR_EVER = "max-age=31536000, immutable"  # what changes has another address


@dataclass(frozen=True, slots=True)
class Way:
    """An entry of the menu, under the heading of its group. It is shown to who may follow it."""

    endpoint: str
    label: str
    asks: Permission
    group: str = ""


MENU = (
    Way("work.show_list", _("Work list"), Permission.SEE_BOOKS),
    Way("calendar.show", _("Calendar"), Permission.SEE_FUNDING),
    Way("reminders.show", _("Reminders"), Permission.SIGNED_IN),
    Way("overview.show", _("Overview"), Permission.SEE_FUNDING, _("Funding")),
    Way("commitments.show_list", _("Commitments"), Permission.SEE_FUNDING, _("Funding")),
    Way("funders.show_list", _("Funders"), Permission.SEE_BOOKS, _("Funding")),
    Way("financing.show", _("Financing"), Permission.SEE_BOOKS, _("Funding")),
    Way("contributions.show_list", _("In kind"), Permission.SEE_BOOKS, _("Funding")),
    Way("receipts.show_list", _("Receipts"), Permission.SEE_BOOKS, _("Funding")),
    Way("imports.show_list", _("Imports"), Permission.SEE_BOOKS, _("Spending")),
    Way("costs.show_list", _("Cost lines"), Permission.SEE_BOOKS, _("Spending")),
    Way("obligations.show_list", _("Orders"), Permission.SEE_BOOKS, _("Spending")),
    Way("splitting.show_list", _("Split rules"), Permission.SEE_BOOKS, _("Spending")),
    Way("allocations.not_charged", _("Not charged"), Permission.SEE_BOOKS, _("Spending")),
    Way("reporting_periods.show_list", _("Periods"), Permission.SEE_BOOKS, _("Spending")),
    Way("reconciliation.show", _("Reconciliation"), Permission.SEE_BOOKS, _("Spending")),
    Way("forecasts.show_newest", _("Forecast"), Permission.SEE_BOOKS, _("Reporting")),
    Way("outlook.show", _("Outlook"), Permission.SEE_BOOKS, _("Reporting")),
    Way("scenarios.show_list", _("Scenarios"), Permission.SUPPOSE, _("Reporting")),
    Way("milestones.show_list", _("Milestones"), Permission.SEE_BOOKS, _("Reporting")),
    Way("funder_reports.show_list", _("Funder reports"), Permission.SEE_BOOKS, _("Reporting")),
    Way("issued.show_list", _("Issued reports"), Permission.SEE_FUNDING, _("Reporting")),
    Way("reports.choose", _("Reports"), Permission.SEE_BOOKS, _("Reporting")),
    Way("people.show_list", _("People"), Permission.MANAGE_PEOPLE, _("Looking after")),
    Way("audit.show_list", _("Audit trail"), Permission.SEE_AUDIT_TRAIL, _("Looking after")),
)

# Pages that have no way of their own in the menu, and where they belong.
UNDER = {
    "explanations": "overview.show",
    "commitments": "commitments.show_list",
    "amendments": "commitments.show_list",
    "determination": "commitments.show_list",
    "documents": "commitments.show_list",
    "dossiers": "commitments.show_list",
    "report_jobs": "reports.choose",
    "instalments": "commitments.show_list",
    "budgets": "commitments.show_list",
    "budgets.plan": "financing.show",
    "budgets.enter_plan": "financing.show",
    "programmes": "funders.show_list",
    "crosswalks": "funders.show_list",
    "funder_workbooks": "funders.show_list",
    "cost_entries": "costs.show_list",
    "waivers": "financing.show",
    "intakes": "imports.show_list",
    "mappings": "imports.show_list",
    "blank_tables": "imports.show_list",
    "bulk_charging": "costs.show_list",
    "corrections": "costs.show_list",
    "milestone_deeds": "milestones.show_list",
    "report_deeds": "funder_reports.show_list",
    "consortium": "issued.show_list",
    "verification": "issued.show_list",
}


def init_app(app: Flask) -> None:
    """Give every template the shell, and every file of ours an address that changes with it."""
    versions = _versions(Path(app.static_folder or ""))

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and (version := versions.get(values["filename"])):
            values["v"] = version

    @app.after_request
    def let_keep(response: Response) -> Response:
        version = versions.get((request.view_args or {}).get("filename", ""))
        if request.endpoint == "static" and version and request.args.get("v") == version:
            response.headers["Cache-Control"] = FOR_EVER
        return response

    app.context_processor(
        lambda: {"shell": Shell(), "language": language(), "Permission": Permission}
    )
    app.jinja_env.globals.update(may=may)


def may(asked: Permission) -> bool:
    """Tell whether the person on this page may do something."""
    role = current_role()
    return role is not None and is_allowed(role, asked)


class Shell:
    """What the frame of a page shows. Looked up only where the page shows it."""

    themes = THEMES

    @property
    def project(self) -> Project | None:
        """The project that the page is about."""
        return project_of(db.session())

    @property
    def projects(self) -> Sequence[Named]:
        """The projects that the person may switch between; none where there is no choice."""
        known = offered()
        return known if len(known) > 1 else ()

    @property
    def everywhere(self) -> str:
        """The address that this page has in every project, if it has; else the first page."""
        is_same = request.method == "GET" and request.endpoint and not request.view_args
        return request.path if is_same and not g.get("refused") else "/"

    @property
    def menu(self) -> list[tuple[str, list[Way]]]:
        """The ways that the person may follow, under the headings of their groups."""
        ways = (way for way in MENU if may(way.asks))
        return [(group, list(of)) for group, of in groupby(ways, lambda way: way.group)]

    def is_here(self, way: Way) -> bool:
        """Tell whether the page lies on a way of the menu."""
        if request.endpoint in {known.endpoint for known in MENU}:
            return request.endpoint == way.endpoint
        blueprint = request.blueprint or ""
        under = UNDER.get(request.endpoint or "") or UNDER.get(blueprint)
        return way.endpoint == under if under else way.endpoint.partition(".")[0] == blueprint

    @property
    def person(self) -> str:
        """The name of who signed in."""
        return current_user.name if current_user.is_authenticated else ""

    @property
    def role(self) -> str:
        """The role of who signed in, as a code."""
        return current_role() or ""

    @property
    def today(self) -> date:
        """The day that it is here."""
        return today()

    @property
    def theme(self) -> str:
        """The theme chosen in this browser."""
        return chosen_theme()

    @property
    def here(self) -> str:
        """The address to come back to after choosing a language or a theme."""
        if request.method != "GET" or g.get("refused"):
            return "/"
        return request.full_path.removesuffix("?")

    @property
    def sample_sign_ins(self) -> tuple[sample.SampleSignIn, ...]:
        """The sign-ins that everybody may know, where they exist."""
        return sample.SIGN_INS if has_sample_people(db.session()) else ()

    @property
    def sample_password(self) -> str:
        """The password of the sample's sign-ins."""
        return sample.PASSWORD


def _versions(folder: Path) -> dict[str, str]:
    """Name each file by the beginning of its hash, so that browsers may keep it for ever."""
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()[:12]
        for path in folder.rglob("*")
        if path.is_file()
    }
