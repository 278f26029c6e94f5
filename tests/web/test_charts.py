"""Charts on pages: what they are made of, and that their marks lead somewhere."""

from __future__ import annotations

from datetime import date, timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from reports.charts import HUES
from reports.charts_made import funding_by_source, milestones_over_time
from tracker.domain.commitments import Commitment, Form, Status
from tracker.domain.milestones import Milestone, Move
from tracker.domain.money import Money
from tracker.domain.periods import Period
from tracker.domain.policy import Role
from tracker.web.charts import BAR, fill

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.testing import FlaskClient

DAY = date(2022, 1, 1)


def commitment(funder: str, status: Status, cents: int, funder_id: int = 1) -> Commitment:
    amount = Money(cents)
    return Commitment(
        id=1, code="A", funder_id=funder_id, funder=funder, programme="", reference="",
        status=status, form=Form.CASH, decided_on=DAY, period=Period(DAY, DAY), award=amount,
        amount=amount, received=Money(0), charged=Money(0),
    )  # fmt: skip


commitments = st.lists(
    st.builds(
        commitment,
        st.sampled_from([f"Funder {n}" for n in range(9)]),
        st.sampled_from(Status),
        st.integers(0, 10**12),
    ),
    max_size=20,
)


@given(commitments)
def test_the_parts_tell_all_the_money_that_stands(found: list[Commitment]) -> None:
    chart = funding_by_source(found, "en")
    standing = [c for c in found if c.status not in (Status.DRAFT, Status.WITHDRAWN)]
    whole = sum(c.amount.cents for c in standing)
    assert (chart.whole.cents if chart else 0) == whole
    if chart:
        assert sum(part.is_certain for part in chart.parts) <= HUES
        sure = sum(c.amount.cents for c in standing if c.is_committed)
        assert Money.total(p.amount for p in chart.parts if p.is_certain) == Money(sure)


def test_the_largest_funders_are_named_and_the_others_stand_together() -> None:
    found = [commitment(f"F{n}", Status.AWARDED, 100 * (n + 1), n) for n in range(8)]
    found.append(commitment("C", Status.CONDITIONAL, 50))
    found.append(commitment("P", Status.RESERVED, 30))
    chart = funding_by_source(found, "en", address=lambda funder: f"/of/{funder}")
    assert chart
    assert [part.label for part in chart.parts] == [
        "F7", "F6", "F5", "F4", "Other funders", "Conditional", "Pledge",
    ]  # fmt: skip
    assert chart.parts[4].amount == Money(100 + 200 + 300 + 400)
    assert [part.is_certain for part in chart.parts] == [True] * 5 + [False] * 2
    assert [part.href for part in chart.parts] == ["/of/7", "/of/6", "/of/5", "/of/4", "", "", ""]


def test_without_any_money_there_is_no_chart() -> None:
    assert funding_by_source([], "en") is None
    assert funding_by_source([commitment("F", Status.DRAFT, 5)], "en") is None


@given(st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12))
def test_a_bar_is_never_fuller_than_full_nor_emptier_than_empty(part: int, whole: int) -> None:
    assert 0 <= fill(Money(part), Money(whole)) <= BAR


def test_a_bar_is_half_full_at_half() -> None:
    assert fill(Money(50), Money(100)) == BAR // 2
    assert fill(Money(300), Money(100)) == BAR


def test_a_milestone_becomes_a_row_with_its_days() -> None:
    later = DAY + timedelta(90)
    found = Milestone("M1", "Title", "WP1", 1, DAY, (Move(DAY, later, "why"),), None)
    chart = milestones_over_time([found], later + timedelta(1), "nl", address=lambda m: m.code)
    assert chart
    assert chart.title == "Mijlpalen door de jaren"
    assert chart.rows == (("M1", "Title", DAY, later, None, "late", "M1", ""),)
    assert chart.rows[0].slip == 90


def test_without_milestones_there_is_no_timeline() -> None:
    assert milestones_over_time([], DAY, "en") is None


class Figures(HTMLParser):
    """The figures of a page: the addresses in their drawings, and the cells of their tables."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.cells: list[str] = []
        self._within: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"figure", "svg", "td", "th"}:
            self._within.append(tag)
            self.cells += [""] * (tag in {"td", "th"} and "figure" in self._within)
        elif tag == "a" and "svg" in self._within:
            self.links.append(str(dict(attrs)["href"]))

    def handle_endtag(self, tag: str) -> None:
        if self._within and self._within[-1] == tag:
            self._within.pop()

    def handle_data(self, data: str) -> None:
        if self._within and self._within[-1] in {"td", "th"} and "figure" in self._within:
            self.cells[-1] += data


def test_a_chart_on_a_page_has_its_table_and_leads_to_what_it_shows(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    client = sign_in(Role.FINANCE_OFFICER)
    page = client.get("/financing").text
    figures = Figures(page)
    assert "Show as table" in page
    assert figures.cells[:4] == ["Name", "Certainty", "Amount", "Share"]
    assert {"National Growth Fund", "11,000,000.00", "Binding"} <= set(figures.cells)
    assert len(figures.links) >= 5
    shown = client.get(figures.links[0]).text
    assert ">NGF-1</a>" in shown
    assert ">LUMC-1</a>" not in shown


def test_milestones_stand_on_their_timeline_and_in_its_table(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    page = sign_in(Role.FINANCE_OFFICER).get("/milestones").text
    assert 'class="chart chart--timeline"' in page
    assert {"M7", "Viral vector line validated", "304"} <= set(Figures(page).cells)


def test_the_overview_is_a_report_for_who_is_inside(
    sign_in: Callable[[Role], FlaskClient],
) -> None:
    director, viewer = sign_in(Role.DIRECTOR), sign_in(Role.FUNDER_VIEWER)
    assert 'href="/reports/overview.pdf"' in director.get("/reports").text
    assert "/reports/overview" not in viewer.get("/reports").text
    page = director.get("/reports/overview").text
    for name in ("stackedbar", "bullets", "steps", "timeline"):
        assert f'class="chart chart--{name}"' in page
    told = director.get("/reports/overview.json")
    assert told.headers["Content-Disposition"].startswith("attachment; filename=NECST_overview_")
    assert [director.get(f"/reports/{gone}").status_code for gone in ("statement", "none")] == [
        404,
        404,
    ]
    assert director.get("/reports/overview.docx").status_code == 404
