"""Who may do what, said once more and apart from the code: the tests' own table.

Every address of the application stands here with the roles that may use it.
"""

from __future__ import annotations

from dataclasses import dataclass

from tracker.domain.policy import Role

OFFICER, CONTROLLER, DIRECTOR = Role.FINANCE_OFFICER, Role.CONTROLLER, Role.DIRECTOR
VIEWER, AUDITOR, ADMINISTRATOR = Role.FUNDER_VIEWER, Role.AUDITOR, Role.ADMINISTRATOR

INSIDE = {OFFICER, CONTROLLER, DIRECTOR, AUDITOR}
FUNDING = INSIDE | {VIEWER}
EVERYBODY = set(Role)


@dataclass(frozen=True)
class Route:
    """A way in: its endpoint, an address that exists, and who may come in."""

    endpoint: str
    method: str
    address: str
    roles: frozenset[Role]
    anonymous: bool = False


def _route(
    endpoint: str, method: str, address: str, roles: set[Role], *, anonymous: bool = False
) -> Route:
    return Route(endpoint, method, address, frozenset(roles), anonymous)


ROUTES = [
    _route("static", "GET", "/static/css/base.css", EVERYBODY, anonymous=True),
    _route("security.login", "GET", "/sign-in", EVERYBODY, anonymous=True),
    _route("security.login", "POST", "/sign-in", EVERYBODY, anonymous=True),
    _route("security.logout", "POST", "/sign-out", EVERYBODY, anonymous=True),
    _route("preferences.language", "POST", "/language", EVERYBODY, anonymous=True),
    _route("preferences.theme", "POST", "/theme", EVERYBODY, anonymous=True),
    _route("work.land", "GET", "/", EVERYBODY),
    _route("work.show_list", "GET", "/work", INSIDE),
    _route("commitments.overview", "GET", "/overview", FUNDING),
    _route("commitments.show", "GET", "/commitments/NGF-1", FUNDING),
    _route("funders.show_list", "GET", "/funders", INSIDE),
    _route("funders.enter", "GET", "/funders/new", {OFFICER}),
    _route("funders.enter", "POST", "/funders/new", {OFFICER}),
    _route("funders.show", "GET", "/funders/1", INSIDE),
    _route("funders.change", "GET", "/funders/1/change", {OFFICER}),
    _route("funders.change", "POST", "/funders/1/change", {OFFICER}),
    _route("funders.change_contacts", "GET", "/funders/1/contacts", {OFFICER}),
    _route("funders.change_contacts", "POST", "/funders/1/contacts", {OFFICER}),
    _route("programmes.enter", "GET", "/programmes/new?funder=1&preset=1", {OFFICER}),
    _route("programmes.enter", "POST", "/programmes/new", {OFFICER}),
    _route("programmes.show", "GET", "/programmes/1?on=2024-01-01", INSIDE),
    _route("programmes.change", "GET", "/programmes/1/change", {OFFICER}),
    _route("programmes.change", "POST", "/programmes/1/change", {OFFICER}),
    _route("programmes.change_term", "GET", "/programmes/1/terms/retention_share", {OFFICER}),
    _route("programmes.change_term", "POST", "/programmes/1/terms/retention_share", {OFFICER}),
    _route("costs.show_list", "GET", "/costs", INSIDE),
    _route("costs.export", "GET", "/costs/export.csv?year=2021&category=travel", INSIDE),
    _route("costs.show", "GET", "/costs/1", INSIDE),
    _route("costs.charge", "POST", "/costs/1/charge", {OFFICER}),
    _route("allocations.not_charged", "GET", "/not-charged", INSIDE),
    _route("allocations.charge", "POST", "/charge", {OFFICER}),
    _route("milestones.show_list", "GET", "/milestones", INSIDE),
    _route("imports.show_list", "GET", "/imports", INSIDE),
    _route("imports.bring_in", "POST", "/imports", {OFFICER}),
    _route("reports.choose", "GET", "/reports", FUNDING),
    _route("reports.show", "GET", "/reports/statement/NGF-1/2021-Q2", FUNDING),
    _route("reports.download", "GET", "/reports/statement/NGF-1/2021-Q2.json", FUNDING),
    _route("people.show_list", "GET", "/people", {ADMINISTRATOR}),
    _route("people.add", "POST", "/people", {ADMINISTRATOR}),
    _route("people.set_active", "POST", "/people/1/active", {ADMINISTRATOR}),
    _route("people.set_password", "GET", "/people/1/password", {ADMINISTRATOR}),
    _route("people.set_password", "POST", "/people/1/password", {ADMINISTRATOR}),
    _route("audit.show_list", "GET", "/audit-trail", {CONTROLLER, AUDITOR, ADMINISTRATOR}),
]
PAGES = [r for r in ROUTES if r.method == "GET" and r.endpoint != "static"]
UNSAFE = [r for r in ROUTES if r.method == "POST"]
# Addresses of a commitment; {code} is filled in.
OF_A_COMMITMENT = [
    "/commitments/{code}",
    "/reports/statement/{code}/2022",
    "/reports/statement/{code}/2022-Q3.xlsx",
    "/reports/statement/{code}/2022-Q3.json",
]
OWN, ANOTHERS, NOBODYS = "NGF-1", "PZH-1", "XXX-1"
