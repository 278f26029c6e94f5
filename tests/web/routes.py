"""Who may do what, said once more and apart from the code: the tests' own table.

Every address of the application stands here with the roles that may use it.
"""

from __future__ import annotations

from dataclasses import dataclass

from tracker.domain.policy import Role

OFFICER, CONTROLLER, DIRECTOR = Role.FINANCE_OFFICER, Role.CONTROLLER, Role.DIRECTOR
VIEWER, AUDITOR, ADMINISTRATOR = Role.FUNDER_VIEWER, Role.AUDITOR, Role.ADMINISTRATOR
LEAD = Role.PROJECT_LEAD

INSIDE = {OFFICER, CONTROLLER, DIRECTOR, AUDITOR, LEAD}
PLANNERS = {OFFICER, LEAD}
SUPPOSERS = {OFFICER, CONTROLLER, DIRECTOR, LEAD}
FUNDING = INSIDE | {VIEWER}
CONFIRMERS = {OFFICER, CONTROLLER, DIRECTOR}
CLOSERS = {OFFICER, CONTROLLER}
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
    _route("commitments.show_list", "GET", "/commitments?order=-current", FUNDING),
    _route("commitments.export", "GET", "/commitments/export.csv?text=ngf", FUNDING),
    _route("commitments.show", "GET", "/commitments/NGF-1", FUNDING),
    _route("commitments.history", "GET", "/commitments/NGF-1/history", FUNDING),
    _route("commitments.change_particulars", "GET", "/commitments/NGF-1/particulars", {OFFICER}),
    _route("commitments.change_particulars", "POST", "/commitments/NGF-1/particulars", {OFFICER}),
    _route("amendments.enter", "GET", "/commitments/new", {OFFICER}),
    _route("amendments.enter", "POST", "/commitments/new", {OFFICER}),
    _route("amendments.amend", "GET", "/commitments/NGF-1/amend", {OFFICER}),
    _route("amendments.amend", "POST", "/commitments/NGF-1/amend", {OFFICER}),
    _route("amendments.show", "GET", "/amendments/1", FUNDING),
    _route("amendments.revise", "GET", "/amendments/1/change", {OFFICER}),
    _route("amendments.revise", "POST", "/amendments/1/change", {OFFICER}),
    _route("amendments.confirm", "POST", "/amendments/1/confirm", CONFIRMERS),
    _route("amendments.send_back", "POST", "/amendments/1/send-back", CONFIRMERS),
    _route("amendments.drop", "POST", "/amendments/1/take-back", {OFFICER}),
    _route("determination.request_it", "GET", "/commitments/NGF-1/determination", {OFFICER}),
    _route("determination.request_it", "POST", "/commitments/NGF-1/determination", {OFFICER}),
    _route("documents.add", "POST", "/commitments/NGF-1/documents", {OFFICER}),
    # Another funder's letter; those that a viewer may see have tests of their own.
    _route("documents.download", "GET", "/documents/1", INSIDE),
    _route("funders.show_list", "GET", "/funders", INSIDE),
    _route("funders.enter", "GET", "/funders/new", {OFFICER}),
    _route("funders.enter", "POST", "/funders/new", {OFFICER}),
    _route("funders.show", "GET", "/funders/1", INSIDE),
    _route("funders.change", "GET", "/funders/1/change", {OFFICER}),
    _route("funders.change", "POST", "/funders/1/change", {OFFICER}),
    _route("funders.change_contacts", "GET", "/funders/1/contacts", {OFFICER}),
    _route("funders.change_contacts", "POST", "/funders/1/contacts", {OFFICER}),
    _route("programmes.enter", "GET", "/programmes/new", {OFFICER}),
    _route("programmes.enter", "POST", "/programmes/new", {OFFICER}),
    _route("programmes.show", "GET", "/programmes/1?on=2024-01-01", INSIDE),
    _route("programmes.change", "GET", "/programmes/1/change", {OFFICER}),
    _route("programmes.change", "POST", "/programmes/1/change", {OFFICER}),
    _route("programmes.change_term", "GET", "/programmes/1/terms/retention_share", {OFFICER}),
    _route("programmes.change_term", "POST", "/programmes/1/terms/retention_share", {OFFICER}),
    _route("instalments.show", "GET", "/commitments/NGF-1/instalments", FUNDING),
    _route("instalments.change", "GET", "/commitments/NGF-1/instalments/change", {OFFICER}),
    _route("instalments.change", "POST", "/commitments/NGF-1/instalments/change", {OFFICER}),
    _route("instalments.follow", "GET", "/commitments/NGF-1/instalments/6", {OFFICER}),
    _route("instalments.follow", "POST", "/commitments/NGF-1/instalments/6", {OFFICER}),
    _route("receipts.show_list", "GET", "/receipts", INSIDE),
    _route("receipts.of_commitment", "GET", "/commitments/NGF-1/receipts", FUNDING),
    _route("receipts.enter", "GET", "/receipts/new", {OFFICER}),
    _route("receipts.enter", "POST", "/receipts/new", {OFFICER}),
    _route("receipts.match", "GET", "/receipts/entries/4/match", {OFFICER}),
    _route("receipts.match", "POST", "/receipts/entries/4/match", {OFFICER}),
    _route("receipts.replace", "POST", "/receipts/entries/4/replace/1", {OFFICER}),
    _route("receipts.set_aside", "GET", "/receipts/entries/4/set-aside", {OFFICER}),
    _route("receipts.set_aside", "POST", "/receipts/entries/4/set-aside", {OFFICER}),
    _route("receipts.undo", "GET", "/receipts/1/undo", {OFFICER}),
    _route("receipts.undo", "POST", "/receipts/1/undo", {OFFICER}),
    _route("receipts.assign", "GET", "/receipts/1/assign", {OFFICER}),
    _route("receipts.assign", "POST", "/receipts/1/assign", {OFFICER}),
    _route("budgets.show", "GET", "/commitments/NGF-1/budget", FUNDING),
    _route("budgets.enter", "GET", "/commitments/NGF-1/budget/new", {OFFICER}),
    _route("budgets.enter", "POST", "/commitments/NGF-1/budget/new", {OFFICER}),
    _route("budgets.plan", "GET", "/plan", INSIDE),
    _route("budgets.enter_plan", "GET", "/plan/new", {OFFICER}),
    _route("budgets.enter_plan", "POST", "/plan/new", {OFFICER}),
    _route("financing.show", "GET", "/financing", INSIDE),
    _route("waivers.ask", "GET", "/waivers/new", {OFFICER}),
    _route("waivers.ask", "POST", "/waivers/new", {OFFICER}),
    _route("waivers.approve", "POST", "/waivers/1/approve", {OFFICER, CONTROLLER, DIRECTOR}),
    _route("waivers.end", "POST", "/waivers/1/end", {OFFICER}),
    _route("contributions.show_list", "GET", "/in-kind", INSIDE),
    _route("contributions.enter", "GET", "/in-kind/new", {OFFICER}),
    _route("contributions.enter", "POST", "/in-kind/new", {OFFICER}),
    _route("contributions.declare", "GET", "/in-kind/declarations/new", {OFFICER}),
    _route("contributions.declare", "POST", "/in-kind/declarations/new", {OFFICER}),
    _route("costs.show_list", "GET", "/costs", INSIDE),
    _route("costs.export", "GET", "/costs/export.csv?year=2021&category=travel", INSIDE),
    _route("costs.show", "GET", "/costs/1", INSIDE),
    _route("costs.charge", "POST", "/costs/1/charge", {OFFICER}),
    _route("costs.eligibility", "GET", "/costs/eligibility", INSIDE),
    _route("cost_entries.enter", "GET", "/costs/new", {OFFICER}),
    _route("cost_entries.enter", "POST", "/costs/new", {OFFICER}),
    _route("cost_entries.enter_hours", "GET", "/costs/hours/new", {OFFICER}),
    _route("cost_entries.enter_hours", "POST", "/costs/hours/new", {OFFICER}),
    _route("cost_entries.write_off", "GET", "/costs/1/depreciation", {OFFICER}),
    _route("cost_entries.write_off", "POST", "/costs/1/depreciation", {OFFICER}),
    _route("cost_entries.add_document", "POST", "/costs/1/documents", {OFFICER}),
    _route("obligations.show_list", "GET", "/obligations", INSIDE),
    _route("obligations.enter", "GET", "/obligations/new", {OFFICER}),
    _route("obligations.enter", "POST", "/obligations/new", {OFFICER}),
    _route("obligations.show", "GET", "/obligations/1", INSIDE),
    _route("obligations.end", "POST", "/obligations/1/end", {OFFICER}),
    _route("obligations.link", "POST", "/costs/1/order", {OFFICER}),
    _route("obligations.unlink", "POST", "/obligations/1/lines/1/undo", {OFFICER}),
    _route("allocations.not_charged", "GET", "/not-charged", INSIDE),
    _route("allocations.charge", "POST", "/charge", {OFFICER}),
    _route("allocations.preview", "GET", "/charge/preview", INSIDE),
    _route("allocations.take_back", "GET", "/costs/1/take-back", {OFFICER}),
    _route("allocations.take_back", "POST", "/costs/1/take-back", {OFFICER}),
    _route("bulk_charging.preview", "GET", "/charge/lines?year=2022&aim=again", {OFFICER}),
    _route("bulk_charging.charge", "POST", "/charge/lines?year=2022&aim=again", {OFFICER}),
    _route("splitting.show_list", "GET", "/split-rules", INSIDE),
    _route("splitting.enter", "GET", "/split-rules/new", {OFFICER}),
    _route("splitting.enter", "POST", "/split-rules/new", {OFFICER}),
    _route("splitting.change", "GET", "/split-rules/1/change", {OFFICER}),
    _route("splitting.change", "POST", "/split-rules/1/change", {OFFICER}),
    _route("splitting.move_up", "POST", "/split-rules/2/earlier", {OFFICER}),
    _route("splitting.move_down", "POST", "/split-rules/1/later", {OFFICER}),
    _route("splitting.end", "POST", "/split-rules/1/end", {OFFICER}),
    _route("corrections.correct", "GET", "/costs/1/correct/cancelled", {OFFICER}),
    _route("corrections.correct", "POST", "/costs/1/correct/cancelled", {OFFICER}),
    _route("reporting_periods.show_list", "GET", "/periods", INSIDE),
    _route("reporting_periods.set_up", "POST", "/periods", CLOSERS),
    _route("reporting_periods.extend", "POST", "/next-period", CLOSERS),
    _route("reporting_periods.show", "GET", "/periods/2021", INSIDE),
    _route("reporting_periods.begin", "POST", "/periods/2021/begin", CLOSERS),
    _route("reporting_periods.break_off", "POST", "/periods/2021/break-off", CLOSERS),
    _route("reporting_periods.close", "POST", "/periods/2021/close", CLOSERS),
    _route("reporting_periods.ask", "POST", "/periods/2021/reopen", CLOSERS),
    _route("reporting_periods.confirm", "POST", "/reopenings/1/confirm", CONFIRMERS),
    _route("reporting_periods.drop", "POST", "/reopenings/1/drop", CONFIRMERS),
    _route("reporting_periods.note_sent", "GET", "/periods/2021/reports/new", CLOSERS),
    _route("reporting_periods.note_sent", "POST", "/periods/2021/reports/new", CLOSERS),
    _route("explanations.show", "GET", "/explain/charged?commitment=NGF-1&year=2023", FUNDING),
    _route("reconciliation.show", "GET", "/reconciliation?by=by_account", INSIDE),
    _route("reconciliation.export", "GET", "/reconciliation/export.csv", INSIDE),
    _route("milestones.show_list", "GET", "/milestones", INSIDE),
    _route("imports.show_list", "GET", "/imports", INSIDE),
    _route("imports.bring_in", "POST", "/imports", {OFFICER}),
    _route("imports.show_receipt", "GET", "/imports/receipts/1", INSIDE),
    _route("intakes.show", "GET", "/imports/12", INSIDE),
    _route("intakes.standing", "GET", "/imports/12/standing.json", INSIDE),
    _route("intakes.original", "GET", "/imports/12/original.bin", INSIDE),
    _route("intakes.returned", "GET", "/imports/13/findings.xlsx", INSIDE),
    _route("intakes.expect", "POST", "/imports/12/expected", {OFFICER}),
    _route("intakes.keep", "POST", "/imports/12/keep", {OFFICER}),
    _route("intakes.cancel", "POST", "/imports/1/cancel", {OFFICER}),
    _route("intakes.begin_anew", "POST", "/imports/1/anew", {OFFICER}),
    _route("mappings.choose", "POST", "/imports/14/columns", {OFFICER}),
    _route("mappings.read_as", "POST", "/imports/14/letters", {OFFICER}),
    _route("mappings.show_list", "GET", "/imports/profiles", INSIDE),
    _route("mappings.forget", "GET", "/imports/profiles/1/forget", {OFFICER}),
    _route("mappings.forget", "POST", "/imports/profiles/1/forget", {OFFICER}),
    _route("blank_tables.download", "GET", "/imports/templates/costs.xlsx", INSIDE),
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
    "/commitments/{code}/instalments",
    "/commitments/{code}/receipts",
    "/commitments/{code}?on=31-12-2023",
    "/commitments/{code}/history",
    "/explain/committed?commitment={code}",
    "/explain/charged?commitment={code}&year=2022",
    "/explain/left?commitment={code}&on=31-12-2023",
    "/reports/statement/{code}/2022",
    "/reports/statement/{code}/2022-Q3.xlsx",
    "/reports/statement/{code}/2022-Q3.json",
]
OWN, ANOTHERS, NOBODYS = "NGF-1", "PZH-1", "XXX-1"
