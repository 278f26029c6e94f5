"""What the documents say is so: their examples are the tests' figures, their links lead on."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tracker.domain.money import share_out

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
LINK = re.compile(r'\]\(([^)#\s]+)[^)]*\)|src="([^"]+)"')
ANSWERS = json.loads((ROOT / "tests" / "books" / "expected.json").read_text("utf-8"))


def rows_below(page: str, heading: str) -> list[list[str]]:
    """The cells of the first table below a heading of a page, without its head."""
    text = (DOCS / page).read_text("utf-8").partition(f"## {heading}")[2]
    lines = [line for line in text.splitlines() if line.startswith("|")]
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


def test_the_example_of_charging_is_a_division_by_largest_remainder() -> None:
    *rows, whole = rows_below("charging.md", "An example")
    weights = [50, 20, 30]
    shares = [cents(row[4]) for row in rows]
    assert shares == list(share_out(cents(whole[4]), weights))
    assert sum(shares) == cents(whole[4]) == 1_649_166
    for row, weight in zip(rows, weights, strict=True):
        assert cents(row[1]) == cents(whole[1]) * weight // 100
        assert cents(row[2]) == cents(whole[4]) * weight // 100


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    links = [one or other for one, other in LINK.findall(page.read_text("utf-8"))]
    ours = [link for link in links if "://" not in link]
    assert [link for link in ours if not (page.parent / link).exists()] == []


def test_a_link_that_leads_nowhere_would_be_found() -> None:
    text = 'see [this](docs/none.md#part) and <img src="none.png">'
    assert [one or other for one, other in LINK.findall(text)] == ["docs/none.md", "none.png"]


def test_the_readme_fits_a_page() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 70
