"""The tracker with its sample, served on this machine to a real browser."""

from __future__ import annotations

import shutil
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy.orm import Session
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.compiled import COMPILED
from tests.waiting_files import have_files_wait
from tracker import create_app
from tracker.actions import sample
from tracker.config import Settings
from tracker.domain.actor import Actor
from tracker.domain.policy import Role
from tracker.extensions import db, limiter
from tracker.store import schema
from tracker.store.session import open_engine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from playwright.sync_api import Browser, Page, Playwright

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",  # Chromium does not run as root otherwise; it meets our own pages only
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
EMAILS = {sign_in.role: sign_in.email for sign_in in sample.SIGN_INS}
OFFICER, VIEWER, ADMINISTRATOR = Role.FINANCE_OFFICER, Role.FUNDER_VIEWER, Role.ADMINISTRATOR


class Stop(NamedTuple):
    """A page to look at: its name, its address, and who looks; nobody before signing in."""

    name: str
    address: str
    role: Role | None = OFFICER
    status: int = 200


STOPS = (
    Stop("sign-in", "/sign-in", None),
    Stop("work", "/work"),
    Stop("calendar", "/calendar"),
    Stop("calendar-funder", "/calendar?kind=instalment_due", VIEWER),
    Stop("reminders", "/reminders", Role.DIRECTOR),
    Stop("reminders-funder", "/reminders", VIEWER),
    Stop("overview", "/overview"),
    Stop("overview-funder", "/overview", VIEWER),
    Stop("overview-all", "/overview?over=all"),
    Stop("overview-refused", "/overview?milestones=soon", status=422),
    Stop("commitments", "/commitments"),
    Stop("commitments-funder", "/commitments", VIEWER),
    Stop("commitments-on-a-day", "/commitments?on=31-12-2021&order=-current"),
    Stop("commitments-refused", "/commitments?ends_before=soon", status=422),
    Stop("commitment-new", "/commitments/new"),
    Stop("commitment", "/commitments/NGF-1"),
    Stop("commitment-on-a-day", "/commitments/NGF-1?on=31-12-2021"),
    Stop("commitment-draft", "/commitments/PZH-2"),
    Stop("commitment-history", "/commitments/RMX-C/history"),
    Stop("commitment-conditions", "/commitments/PZH-2/particulars"),
    Stop("commitment-determination", "/commitments/NGF-1/determination"),
    Stop("amendment", "/amendments/12"),
    Stop("amendment-new", "/commitments/NGF-1/amend"),
    Stop("commitment-funder", "/commitments/NGF-1", VIEWER),
    Stop("commitment-in-kind", "/commitments/RMX-K"),
    Stop("commitment-claim", "/commitments/UL-1"),
    Stop("commitment-conditional", "/commitments/EFRO-C"),
    Stop("funders", "/funders"),
    Stop("funder", "/funders/1"),
    Stop("funder-new", "/funders/new"),
    Stop("funder-change", "/funders/1/change"),
    Stop("funder-contacts", "/funders/1/contacts"),
    Stop("programme", "/programmes/1"),
    Stop("programme-new", "/programmes/new?funder=1&preset=national_growth_fund"),
    Stop("programme-term", "/programmes/1/terms/advance_ceiling_percent"),
    Stop("amendment-change", "/amendments/12/change"),
    Stop("programme-change", "/programmes/1/change"),
    Stop("own-lines", "/programmes/3/lines"),
    Stop("own-lines-none", "/programmes/1/lines", Role.AUDITOR),
    Stop("own-lines-change", "/programmes/3/lines/change"),
    Stop("own-workbook", "/programmes/3/workbook"),
    Stop("own-workbook-none", "/programmes/1/workbook"),
    Stop("own-workbook-cells", "/programmes/3/workbook/cells"),
    Stop("instalments", "/commitments/NGF-1/instalments"),
    Stop("instalments-funder", "/commitments/NGF-1/instalments", VIEWER),
    Stop("instalments-change", "/commitments/NGF-1/instalments/change"),
    Stop("instalment", "/commitments/NGF-1/instalments/6"),
    Stop("receipts", "/receipts"),
    Stop("receipts-commitment", "/commitments/RMX-C/receipts"),
    Stop("receipt-new", "/receipts/new"),
    Stop("receipt-match", "/receipts/entries/4/match"),
    Stop("receipt-aside", "/receipts/entries/4/set-aside"),
    Stop("receipt-undo", "/receipts/1/undo"),
    Stop("receipt-assign", "/receipts/1/assign"),
    Stop("budget", "/commitments/NGF-1/budget"),
    Stop("budget-new", "/commitments/NGF-1/budget/new"),
    Stop("plan", "/plan"),
    Stop("plan-new", "/plan/new"),
    Stop("financing", "/financing"),
    Stop("forecast", "/forecasts", Role.PROJECT_LEAD),
    Stop("forecast-version", "/forecasts/1?by=both&years=all"),
    Stop("forecast-new", "/forecasts/new?basis=burn_rate&rows=all", Role.PROJECT_LEAD),
    Stop("outlook", "/outlook?quarter=2026-Q1"),
    Stop("outlook-month", "/outlook/months/2026-02"),
    Stop("outlook-commitment", "/outlook/LUMC-2?year=2026"),
    Stop("scenarios", "/scenarios"),
    Stop("scenario", "/scenarios/1"),
    Stop("scenario-new", "/scenarios/try"),
    Stop("scenario-tried", "/scenarios/try?pace_=80&add_code_1=NEW-1&add_amount_1=300000"),
    Stop("scenario-refused", "/scenarios/try?pace_=soon"),
    Stop("scenarios-compared", "/scenarios/compare?with=1&with=2"),
    Stop("waiver-new", "/waivers/new"),
    Stop("in-kind", "/in-kind"),
    Stop("in-kind-new", "/in-kind/new"),
    Stop("in-kind-declaration", "/in-kind/declarations/new"),
    Stop("costs", "/costs"),
    Stop("costs-filtered", "/costs?year=2023&category=travel&order=largest"),
    Stop("costs-none", "/costs?text=nobody+sells+this"),
    Stop("costs-refused", "/costs?year=soon", status=422),
    Stop("cost-line", "/costs/1"),
    Stop("cost-new", "/costs/new"),
    Stop("cost-hours", "/costs/hours/new"),
    Stop("cost-depreciation", "/costs/1/depreciation"),
    Stop("costs-eligibility", "/costs/eligibility"),
    Stop("orders", "/obligations"),
    Stop("order", "/obligations/1"),
    Stop("order-new", "/obligations/new"),
    Stop("not-charged", "/not-charged"),
    Stop("charge-preview", "/charge/preview"),
    Stop("charge-lines", "/charge/lines?year=2022&aim=again"),
    Stop("charge-lines-to", "/charge/lines?reason=category_not_allowed&aim=to_commitment"),
    Stop("charge-take-back", "/costs/1/take-back"),
    Stop("split-rules", "/split-rules"),
    Stop("split-rule-new", "/split-rules/new"),
    Stop("split-rule-change", "/split-rules/1/change"),
    Stop("periods", "/periods"),
    Stop("period-closed", "/periods/2021"),
    Stop("period-closing", "/periods/2022"),
    Stop("period-open", "/periods/2025"),
    Stop("period-report", "/periods/2021/reports/new"),
    Stop("correct-credit", "/costs/1/correct/credit_note"),
    Stop("correct-funder", "/costs/1/correct/wrong_funder"),
    Stop("explained", "/explain/charged?commitment=NGF-1"),
    Stop("explained-sum", "/explain/committed"),
    Stop("explained-line", "/explain/line?line=1"),
    Stop("explained-excluded", "/explain/excluded?reason=other_project"),
    Stop("explained-funder", "/explain/charged?commitment=NGF-1&year=2023", VIEWER),
    Stop("explained-nothing", "/explain/nothing", status=404),
    Stop("reconciliation", "/reconciliation"),
    Stop("reconciliation-all", "/reconciliation?by=by_account&everything=y"),
    Stop("reconciliation-refused", "/reconciliation?by=colour", status=422),
    Stop("milestones", "/milestones"),
    Stop("milestones-late", "/milestones?late=y&order=-at_risk", Role.PROJECT_LEAD),
    Stop("milestones-refused", "/milestones?order=colour", status=422),
    Stop("milestone", "/milestones/M9", Role.PROJECT_LEAD),
    Stop("milestone-met", "/milestones/M2"),
    Stop("milestone-new", "/milestones/new", Role.PROJECT_LEAD),
    Stop("milestone-change", "/milestones/M10/change", Role.PROJECT_LEAD),
    Stop("milestone-move", "/milestones/M10/move", Role.PROJECT_LEAD),
    Stop("milestone-move-seen", "/milestones/M10/move?to_day=30-06-2028", Role.PROJECT_LEAD),
    Stop("milestone-status", "/milestones/M9/status", Role.PROJECT_LEAD),
    Stop("milestone-funding", "/milestones/M9/funding", Role.PROJECT_LEAD),
    Stop("milestone-releases", "/milestones/M10/releases", Role.PROJECT_LEAD),
    Stop("milestones-progress", "/milestones/progress", Role.PROJECT_LEAD),
    Stop("explained-risk", "/explain/at_risk"),
    Stop("explained-milestone", "/explain/milestone_planned?milestone=M10"),
    Stop("explained-milestone-charged", "/explain/milestone_charged"),
    Stop("imports", "/imports"),
    Stop("import-columns", "/imports/14"),
    Stop("import-ready", "/imports/12"),
    Stop("import-refused", "/imports/13"),
    Stop("import-receipt", "/imports/receipts/1"),
    Stop("import-profiles", "/imports/profiles"),
    Stop("import-profile-forget", "/imports/profiles/1/forget"),
    Stop("reports", "/reports"),
    Stop("statement-year", "/reports/statement/NGF-1/2023"),
    Stop("statement-quarter", "/reports/statement/RMX-C/2023-Q2"),
    Stop("statement-in-kind", "/reports/statement/RMX-K/2024"),
    Stop("report-overview", "/reports/overview"),
    Stop("report-final-statement", "/reports/final_statement/NGF-1/2023"),
    Stop("report-cost-list", "/reports/cost_list/RMX-C/2023"),
    Stop("report-milestones", "/reports/milestones/NGF-1/2023"),
    Stop("report-receipts", "/reports/receipts/NGF-1/2023"),
    Stop("report-in-kind", "/reports/in_kind/RMX-K/2023"),
    Stop("report-hours", "/reports/hours/NGF-1/2023"),
    Stop("report-financing-plan", "/reports/financing_plan"),
    Stop("report-consortium", "/reports/consortium"),
    Stop("funder-reports", "/funder-reports"),
    Stop("funder-reports-state", "/funder-reports?state=report_in_review", Role.CONTROLLER),
    Stop("funder-report-draft", "/funder-reports/3"),
    Stop("funder-report-review", "/funder-reports/2", Role.CONTROLLER),
    Stop("funder-report-issued", "/funder-reports/1"),
    Stop("funder-report-text", "/funder-reports/3/texts/text_progress"),
    Stop("funder-report-page", "/funder-reports/3/draft"),
    Stop("funder-report-send-back", "/funder-reports/2/send-back", Role.CONTROLLER),
    Stop("funder-report-correct", "/funder-reports/1/correct"),
    Stop("funder-report-withdraw", "/funder-reports/1/withdraw"),
    Stop("funder-report-answer", "/funder-reports/1/answer"),
    Stop("report-jobs", "/report-jobs"),
    Stop("report-jobs-none", "/report-jobs", Role.DIRECTOR),
    Stop("dossier", "/commitments/NGF-1/dossier"),
    Stop("issued", "/issued"),
    Stop("issued-funder", "/issued", VIEWER),
    Stop("issued-report", "/issued/1"),
    Stop("consortium", "/consortium"),
    Stop("consortium-withdraw", "/consortium/1/withdraw"),
    Stop("verify", "/verify", None),
    Stop("verify-inside", "/verify"),
    Stop("people", "/people", ADMINISTRATOR),
    Stop("password", "/people/1/password", ADMINISTRATOR),
    Stop("audit-trail", "/audit-trail", ADMINISTRATOR),
    Stop("nothing-there", "/commitments/XXX-1", status=404),
    Stop("not-allowed", "/costs", ADMINISTRATOR, 403),
)


def load_sample(folder: Path) -> str:
    """Load the sample into a database in a folder, and give its address."""
    url = f"sqlite:///{folder / 'tracker.db'}"
    engine = open_engine(url)
    schema.prepare(engine)
    with Session(engine) as session:
        assert sample.load(session, by=Actor("sample", Role.ADMINISTRATOR))
        have_files_wait(session, folder)
    engine.dispose()
    return url


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Say nothing of the requests that went well; what fails is seen by who asked."""


def _closed(app: WSGIApplication) -> WSGIApplication:
    """Close what a response reads from before it is sent; werkzeug forgets it if one leaves."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        parts = app(environ, start_response)
        try:
            return list(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()

    return answer


@contextmanager
def served(database_url: str) -> Iterator[str]:
    """Serve a database on a free port until the end of the block, and give the address."""
    app = create_app(Settings(secret_key="e" * 40, database_url=database_url))
    app.jinja_env.bytecode_cache = COMPILED
    limiter.reset()  # its memory is the process's
    server = make_server("127.0.0.1", 0, _closed(app), threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        with app.app_context():
            db.engine.dispose()


def launched(playwright: Playwright) -> Browser:
    """Start Debian's Chromium: Playwright's own is not installed."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)


def sign_in(page: Page, role: Role) -> None:
    """Sign in as the sample's person of a role, on the form that is open."""
    sign_in_as(page, EMAILS[role], sample.PASSWORD)


def sign_in_as(page: Page, email: str, password: str) -> None:
    """Sign in as somebody, on the form that is open."""
    page.locator("#email").fill(email)
    page.locator("#password").fill(password)
    with page.expect_navigation():
        page.locator("main form.stack button").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def choose_language(page: Page, language: str) -> None:
    """Press the button of a language, unless the page speaks it already."""
    if page.locator("html").get_attribute("lang") != language:
        with page.expect_navigation():
            page.locator(f"button[name=language][value={language}]").click()
        page.wait_for_selector(f"html[lang={language}]")
