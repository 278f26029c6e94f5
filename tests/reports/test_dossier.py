"""The dossier as a report: its tie-out is the example of its page, and hostile names stay names."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from html.parser import HTMLParser
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest

from reports import dossier, dossier_archive
from reports.to_xlsx import to_xlsx
from tests.reports.facts import HOSTILE, facts_of, line_of
from tests.test_docs import cents, rows_below
from tracker.domain.dossiers import Deed, DossierFacts, Folder, Paper
from tracker.domain.money import Money
from tracker.domain.statements import ChargedLine

AT = datetime(2023, 5, 6, 7, 8, 9, tzinfo=UTC)
CHARGED = (("personnel", 120_000), ("personnel", 30_050), ("travel", 30_000))


def lines() -> list[ChargedLine]:
    return [
        line_of(at)._replace(category=code, charged=charged)
        for at, (code, charged) in enumerate(CHARGED)
    ]


def facts(language: str = "en") -> DossierFacts:
    statement = facts_of(language=language, lines=lambda: iter(lines()))
    listed = (("personnel", Money(150_050)), ("travel", Money(30_000)))
    booked = (("personnel", Money(150_050)), ("travel", Money(29_999)))
    papers = tuple(
        Paper(Folder.DECISIONS, f"commitment/{text}", at, text, 1, hashlib.sha256(b"x").hexdigest())
        for at, text in enumerate(HOSTILE)
    )
    deeds = tuple(
        Deed(at, AT, text, "auditor", "add document", text, json.dumps({"a": text}), "0" * 64)
        for at, text in enumerate(HOSTILE, 1)
    )
    return DossierFacts(statement, (), papers, deeds, listed, booked)


def told() -> list[list[int]]:
    """The figures of the tie-out, row by row, in cents; a category without any is left out."""
    section = dossier.build(facts()).section("tied")
    rows = [
        [value.cents for value in row if isinstance(value, Money)]
        for row in (*section.rows, section.totals)
    ]
    return [row for row in rows if any(row)]


def test_the_tie_out_is_the_example_of_its_page() -> None:
    example = rows_below("reports/dossier.md", "An example")
    assert told() == [[cents(figure) for figure in figures] for _name, *figures in example]
    assert not facts().is_tied


def test_the_workbook_says_what_the_tie_out_says() -> None:
    content = to_xlsx(dossier.build(facts()))
    workbook = openpyxl.load_workbook(BytesIO(content), data_only=True)
    rows = [
        [round(100 * value) for value in row if isinstance(value, int | float)]
        for row in workbook[workbook.sheetnames[1]].iter_rows(values_only=True)
    ]
    assert [row for row in rows if len(row) == 5 and any(row)] == told()


class Text(HTMLParser):
    """What a page says, apart from its marks."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.said.append(data)


@pytest.mark.parametrize("language", ["en", "nl"])
def test_hostile_names_stay_names(language: str) -> None:
    out = BytesIO()
    steps: list[tuple[int, int]] = []
    dossier_archive.write(facts(language), out, lambda *_: b"x", lambda *at: steps.append(at))
    with ZipFile(out) as archive:
        names, index = archive.namelist(), archive.read("index.html").decode()
    assert len({name.casefold() for name in names}) == len(names)
    assert steps[-1] == (len(names), len(names))
    page = Text()
    page.feed(index)
    assert "script" not in page.tags
    assert "b" not in page.tags
    assert any("<b>bold</b> & <script>" in said for said in page.said)
    assert page.tags.count("h1") == 1
    warning = {"en": "do not say the same", "nl": "zeggen niet hetzelfde"}[language]
    assert any(warning in said for said in page.said)
