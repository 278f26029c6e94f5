"""What the documents say is so: their examples are the tests' figures, their links lead on."""

from __future__ import annotations

import json
import re
from itertools import dropwhile, takewhile
from pathlib import Path

import pytest

from reports.catalogue import CATALOGUE
from tracker.domain.commitments import Form
from tracker.domain.financing import Side
from tracker.domain.funder_figures import MEASURES, SINGLE
from tracker.domain.money import Money, share_out
from tracker.domain.statement_parts import SourcePart, told_together

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
LINK = re.compile(r'\]\(([^)#\s]+)[^)]*\)|src="([^"]+)"')
ANSWERS = json.loads((ROOT / "tests" / "books" / "expected.json").read_text("utf-8"))


def rows_below(page: str, heading: str) -> list[list[str]]:
    """The cells of the first table below a heading of a page, without its head."""
    text = (DOCS / page).read_text("utf-8").partition(f"## {heading}")[2]
    below = dropwhile(lambda line: not line.startswith("|"), text.splitlines())
    lines = list(takewhile(lambda line: line.startswith("|"), below))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def cents(text: str) -> int:
    return int(text.replace(",", "").replace(".", ""))


def test_the_example_of_a_statement_is_the_sample_as_worked_out_independently() -> None:
    expected = ANSWERS["statement"]["2023"]
    rows = rows_below("reports/statement.md", "An example")
    assert {row[0].lower().replace(" ", "_") for row in rows} == set(expected)
    for name, *figures, share in rows:
        told = dict(zip(expected["total"], map(cents, figures), strict=True))
        assert told == expected[name.lower().replace(" ", "_")], name
        assert share == f"{100 * told['to_date'] / told['budget']:.1f}%"


def test_lines_a_to_k_of_the_example_follow_from_its_table() -> None:
    total = ANSWERS["statement"]["2023"]["total"]
    told = {line: cents(amount) for line, amount in rows_below(
        "reports/statement.md", "The same in lines a to k")}  # fmt: skip
    assert told["b"] == told["e"] == total["to_date"]
    assert (told["d"], told["h"]) == (total["budget"], total["remaining"])
    assert told["c"] == told["a"] - told["b"]
    assert told["g"] == told["e"] + told["f"]
    assert told["h"] == told["d"] - told["g"]
    text = (DOCS / "reports/statement.md").read_text("utf-8")
    assert "€ 7,900,000.00 had come in" in text
    assert told["a"] == cents("7,900,000.00")


def test_what_a_funder_sees_of_the_others_is_as_the_page_says() -> None:
    """Each funder by its name; the sums are those of the sentence below the table."""
    rows = rows_below("reports/statement.md", "What a funder sees of the others")
    parts = [
        SourcePart(
            sum(map(ord, name)),
            Side(side.replace(" ", "_")),
            Form(form.replace(" ", "_")),
            *[Money(cents(amount))] * 3,
        )
        for name, side, form, amount, _seen in rows
    ]
    own, pooled = told_together(parts)
    assert (own.sides, pooled.sides) == ((Side.OWN,), (Side.PUBLIC, Side.PRIVATE))
    text = (DOCS / "reports/statement.md").read_text("utf-8")
    assert f"{own.committed.as_decimal:,.2f} of own contribution" in text
    assert f"{pooled.committed.as_decimal:,.2f} of public and private money" in text
    seen = [row[4] for row in rows]
    assert seen.count("own contribution") == 2
    assert seen.count("with the partners") == 3


def test_the_example_of_charging_is_a_division_by_largest_remainder() -> None:
    *rows, whole = rows_below("charging.md", "An example")
    weights = [50, 20, 30]
    shares = [cents(row[4]) for row in rows]
    assert shares == list(share_out(cents(whole[4]), weights))
    assert sum(shares) == cents(whole[4]) == 1_649_166
    for row, weight in zip(rows, weights, strict=True):
        assert cents(row[1]) == cents(whole[1]) * weight // 100
        assert cents(row[2]) == cents(whole[4]) * weight // 100


def test_the_example_of_own_lines_adds_up() -> None:
    *rows, total = rows_below("reports/own-headings.md", "An example")
    lines = {row[0]: list(map(cents, row[3:])) for row in rows}
    for previously, this_period, to_date in [*lines.values(), list(map(cents, total[3:]))]:
        assert previously + this_period == to_date
    added = [sum(column) for column in zip(lines["1.1"], lines["1.2"], strict=True)]
    assert lines["1"] == added
    assert list(map(cents, total[3:])) == [
        sum(column) for column in zip(added, lines["2.1"], strict=True)
    ]


def test_every_name_of_a_figure_is_told() -> None:
    names = {name for row in rows_below("reports/own-headings.md", "Names of figures")
             for name in re.findall(r"`([^`]+)`", row[0])}  # fmt: skip
    assert names == {*SINGLE, *MEASURES, "to_date.travel", "line.2.1.to_date"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    links = [one or other for one, other in LINK.findall(page.read_text("utf-8"))]
    ours = [link for link in links if "://" not in link and not link.startswith("picture:")]
    assert [link for link in ours if not (page.parent / link).exists()] == []


def test_a_link_that_leads_nowhere_would_be_found() -> None:
    text = 'see [this](docs/none.md#part) and <img src="none.png">'
    assert [one or other for one, other in LINK.findall(text)] == ["docs/none.md", "none.png"]


def test_every_page_about_reports_is_in_their_list() -> None:
    listed = {link for link, _src in LINK.findall((DOCS / "reports/README.md").read_text("utf-8"))}
    assert listed == {page.name for page in (DOCS / "reports").glob("*.md")} - {"README.md"}
    assert {f"{slug}.md" for slug in CATALOGUE} <= listed
    assert "(docs/reports/README.md)" in (ROOT / "README.md").read_text("utf-8")


def test_the_readme_fits_a_page() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 70
