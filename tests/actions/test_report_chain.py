"""What reports tell carries on: cumulative = cumulative before + period + adjustments, always."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from reports import catalogue
from tests.actions.closing import NOW, series_of
from tests.actions.programme import OFFICER
from tests.actions.small_books import small_books
from tests.actions.test_closing_and_correcting import OTHER, Office
from tracker.actions import funder_reports, imports, issuing
from tracker.actions import reporting_periods as periods
from tracker.domain.errors import FileRefused, RuleViolation, TrackerError
from tracker.domain.funder_reports import ReportState, Standing
from tracker.domain.periods import calendar_year
from tracker.store.funder_reports import report_numbered, reports_of
from tracker.store.reporting_periods import reopenings_asked

if TYPE_CHECKING:
    from tests.conftest import Databases
    from tracker.domain.corrections import CorrectionKind
    from tracker.domain.funder_reports import FunderReport

COMPANY = "0012 b01"
YEARS, CODES = (2021, 2022, 2023), ("NGF-1", "PZH-1", "LUMC-1")

CHARGED = """
SELECT k.code, l.incurred_on, COALESCE(a.counted_on, l.counted_on, l.incurred_on), a.amount
FROM allocation a JOIN cost_line l ON l.id = a.cost_line_id
JOIN cost_category k ON k.id = l.category_id
JOIN commitment c ON c.id = a.commitment_id WHERE c.code = :code
"""
FIGURES = """
SELECT k.code, f.previously, f.adjustments, f.this_period, f.to_date
FROM issued_figure f JOIN cost_category k ON k.id = f.category_id WHERE f.issued_id = :issued
"""


class Told(NamedTuple):
    """What an issued report told, as the model remembers it."""

    report_id: int
    issued_id: int
    code: str
    year: int
    to_date: dict[str, int]


class ReportingOffice(Office):
    """An office that also reports, withdraws and corrects, beside a memory of what it told."""

    issued: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.told: dict[int, Told] = {}  # those that stand, by report
        self.kept: dict[int, dict[str, tuple[int, ...]]] = {}  # every one ever issued
        self.folder = TemporaryDirectory()
        self.books = 0

    def teardown(self) -> None:
        self.folder.cleanup()
        super().teardown()

    @rule(year=st.sampled_from(YEARS), entries=st.integers(1, 6))
    def bring_in(self, year: int, entries: int) -> None:
        """Bring in the books of one more company; those of a closed year count in a later one."""
        self.books += 1
        path = small_books(Path(self.folder.name), year=year, entries=entries)
        path.write_text(path.read_text("utf-8").replace(COMPANY, f"{self.books:04} b99"), "utf-8")
        (outcome,) = imports.bring_in(self.session, [(path.name, path)], by=OFFICER)
        assert not isinstance(outcome, FileRefused), [str(one) for one in outcome.findings]
        self.costs[self.counts_in(year)] += sum(10_001 * one for one in range(1, entries + 1))
        self.issued["books brought in"] += 1

    def charged(self, code: str) -> list[tuple[str, date, date, int]]:
        rows = self.session.execute(text(CHARGED), {"code": code}).all()
        self.session.rollback()
        return [
            (category, as_day(incurred), as_day(counted), int(cents))
            for category, incurred, counted, cents in rows
        ]

    def figures(self, issued_id: int) -> dict[str, tuple[int, ...]]:
        rows = self.session.execute(text(FIGURES), {"issued": issued_id}).all()
        self.session.rollback()
        return {category: tuple(map(int, amounts)) for category, *amounts in rows}

    def report_on(self, code: str, year: int) -> FunderReport:
        found = [one for one in reports_of(self.session) if one.commitment == code]
        same = [one for one in found if one.period == calendar_year(year)]
        if same:
            self.session.rollback()
            return same[0]
        key = funder_reports.begin(self.session, code, "statement", calendar_year(year), by=OFFICER)
        found_now = report_numbered(self.session, key)
        self.session.rollback()
        return found_now

    @rule(code=st.sampled_from(CODES), year=st.sampled_from(YEARS))
    def close_and_report(self, code: str, year: int) -> None:
        """Close the years up to one, and report over it; years between may be left out."""
        for each in YEARS[: YEARS.index(year) + 1]:
            self.close_year(each)
        self.report(code, year)

    @rule(code=st.sampled_from(CODES), at=st.integers(0, 100), is_returned=st.booleans())
    def report_every_year(self, code: str, at: int, is_returned: bool) -> None:
        """Each report carries on the one before it; then one of them is taken back."""
        for year in YEARS:
            self.close_and_report(code, year)
        self.take_back(at, is_returned)

    def report(self, code: str, year: int) -> None:
        report = self.report_on(code, year)
        key, version = report.id, report.version
        if report.state in (ReportState.RETURNED, ReportState.WITHDRAWN):
            funder_reports.correct(self.session, key, "it was wrong", version=version, by=OFFICER)
            version += 1
        elif report.state is not ReportState.DRAFT:
            return
        funder_reports.ask_review(self.session, key, version=version, today=NOW, by=OFFICER)
        funder_reports.approve(self.session, key, version=version + 1, by=OTHER)
        before = self.earlier(code, year)
        issued = issuing.issue(self.session, key, version=version + 2, today=NOW, by=OFFICER)
        self.issued["first" if before is None else "carried on"] += 1
        self.check_told(issued, code, year, before)
        figures = self.figures(issued)
        to_date = {category: told[3] for category, told in figures.items()}
        self.told[key] = Told(key, issued, code, year, to_date)
        self.kept[issued] = figures

    @rule(at=st.integers(0, 100), is_returned=st.booleans())
    def take_back(self, at: int, is_returned: bool) -> None:
        """The funder returns a report, or the office withdraws it."""
        if not self.told:
            return
        told = sorted(self.told.values())[at % len(self.told)]
        report = report_numbered(self.session, told.report_id)
        self.session.rollback()
        version = report.version
        if is_returned:
            issuing.answer(
                self.session, told.issued_id, "no", is_accepted=False, version=version, by=OTHER
            )
        else:
            issuing.withdraw(self.session, told.issued_id, "wrong", version=version, by=OFFICER)
        del self.told[told.report_id]
        self.issued["returned" if is_returned else "withdrawn"] += 1

    @rule(year=st.sampled_from(YEARS))
    def reopen(self, year: int) -> None:
        """A year that a report tells of, or that a later one counts in, stays closed."""
        if year not in self.closed:
            return
        found = next(one for one in series_of(self.session) if one.code == str(year))
        stands = any(told.year >= year for told in self.told.values())
        why = "it cannot be corrected"
        try:
            periods.ask_reopening(self.session, str(year), why, version=found.version, by=OFFICER)
        except RuleViolation:
            assert stands
            self.issued["stays closed"] += 1
            return
        assert not stands
        (asked,) = reopenings_asked(self.session)
        periods.confirm_reopening(self.session, asked.id, by=OTHER)
        del self.closed[year]

    def earlier(self, code: str, year: int) -> Told | None:
        """The model: the newest report before a year that stands."""
        before = [told for told in self.told.values() if told.code == code and told.year < year]
        return max(before, key=lambda told: told.year, default=None)

    def check_told(self, issued: int, code: str, year: int, before: Told | None) -> None:
        """Work out from the charges themselves what the report must tell."""
        own, late, to_date = Counter[str](), Counter[str](), Counter[str]()
        since = before.year if before else year - 1
        for category, incurred, counted, cents in self.charged(code):
            if counted.year <= year:
                to_date[category] += cents
            if since < counted.year <= year:
                is_own = counted.year == year and not self.was_closed(incurred.year, year)
                (own if is_own else late)[category] += cents
        told = self.figures(issued)
        for category, (previously, adjustments, period, total) in told.items():
            known = before.to_date.get(category, 0) if before else previously
            assert previously == known
            assert adjustments == late[category]
            assert period == own[category]
            assert total == to_date[category] == previously + adjustments + period
        assert {c for c, cents in to_date.items() if cents} <= set(told)

    def was_closed(self, incurred: int, counted: int) -> bool:
        """The model: a cost that counts in another year than its own came after the closing."""
        return incurred != counted

    @invariant()
    def what_was_told_stays(self) -> None:
        for issued, figures in self.kept.items():
            assert self.figures(issued) == figures

    @invariant()
    def what_stands_is_what_the_books_say_of_the_same_days(self) -> None:
        for told in self.told.values():
            sums: defaultdict[str, int] = defaultdict(int)
            for category, _incurred, counted, cents in self.charged(told.code):
                if counted.year <= told.year:
                    sums[category] += cents
            assert {c: a for c, a in sums.items() if a} == {
                c: a for c, a in told.to_date.items() if a
            }

    @invariant()
    def what_was_taken_back_says_so(self) -> None:
        for report in reports_of(self.session):
            for issued in report.issues:
                stands = report.id in self.told and self.told[report.id].issued_id == issued.id
                assert issued.stands == stands
                assert stands or issued.standing in (Standing.RETURNED, Standing.WITHDRAWN)
        self.session.rollback()


@pytest.fixture(autouse=True)
def only_the_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    """What files look like and what blocks a report are other tests' matter."""
    monkeypatch.setattr(catalogue, "printed", lambda *_report: b"%PDF-1.7 printed elsewhere")
    monkeypatch.setitem(catalogue.FACES, "xlsx", lambda _report: b"PK written elsewhere")
    monkeypatch.setitem(catalogue.FACES, "csv", lambda _report: b"PK written elsewhere")
    for module in (funder_reports, issuing):
        monkeypatch.setattr(module, "blocking_of", lambda *_facts: ())


def as_day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def test_every_report_carries_on_what_the_one_before_it_told(databases: Databases) -> None:
    """Issue after issue, over charges, corrections, closings, returns and withdrawals."""
    made: Counter[CorrectionKind] = Counter()
    issued: Counter[str] = Counter()
    office = type(
        "ReportingOfficeOfThisDatabase",
        (ReportingOffice,),
        {"databases": databases, "made": made, "issued": issued},
    )
    run_state_machine_as_test(
        office,
        settings=settings(
            max_examples=10,
            stateful_step_count=24,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert issued["carried on"], "reports that never follow each other show nothing"
    assert issued["returned"] + issued["withdrawn"]
    assert issued["books brought in"]
    assert sum(made.values()) > 10


def test_a_report_whose_predecessor_was_changed_is_not_made(databases: Databases) -> None:
    """The twin: were what was told to change, the next report would refuse to be made."""
    office = type(
        "Twin", (ReportingOffice,), {"databases": databases, "made": Counter(), "issued": Counter()}
    )()
    office.close_year(2021)
    office.close_year(2022)
    office.report("NGF-1", 2021)
    office.session.rollback()
    for trigger in ("no_update", "kept_row", "kept_statement"):
        drop(office, f"issued_figure_{trigger}")
    office.session.execute(
        text("UPDATE issued_figure SET this_period = this_period + 1, to_date = to_date + 1")
    )
    office.session.commit()
    with pytest.raises(TrackerError, match="does not tie"):
        office.report("NGF-1", 2022)
    office.teardown()


def drop(office: ReportingOffice, trigger: str) -> None:
    is_sqlite = office.session.get_bind().dialect.name == "sqlite"
    if is_sqlite == (trigger == "issued_figure_no_update"):
        table = "" if is_sqlite else " ON issued_figure"
        office.session.execute(text(f"DROP TRIGGER {trigger}{table}"))
        office.session.commit()
