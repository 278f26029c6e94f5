from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from reports import catalogue
from reports.model import Column, Kind, LongSection, Prose, Section
from reports.statement import build
from reports.to_csv import lines_of, to_csv
from tests.reports.csv_files import csv_tables, plain_number, texts_in
from tests.reports.facts import CATEGORIES, PREVIOUSLY, facts_of
from tests.reports.test_model import long_section, report_of, section_of
from tracker.domain.money import Money

if TYPE_CHECKING:
    from tracker.domain.statements import StatementFacts

LANGUAGES = pytest.mark.parametrize("language", ["nl", "en"])


def names_in(archive: bytes) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(archive)).namelist()


def listed(archive: bytes) -> str:
    read = zipfile.ZipFile(io.BytesIO(archive))
    return read.read(read.namelist()[0]).decode("utf-8-sig")


@LANGUAGES
def test_there_is_a_file_for_every_section_and_a_list_of_them(language: str) -> None:
    report = build(facts_of(12, language))
    archive = to_csv(report)
    first, *files = names_in(archive)
    assert first == {"nl": "00_bestanden.txt", "en": "00_files.txt"}[language]
    assert files == [f"{at:02}_{one.key}.csv" for at, one in enumerate(report.sections, 1)]
    told = listed(archive)
    for name, section in zip(files, report.sections, strict=True):
        assert f"{name} · {section.title} · " in told
    for told_of in (report.title, report.subtitle, report.note, report.ledger_state):
        assert told_of in told


@LANGUAGES
def test_every_cost_line_is_told_to_the_cent(language: str) -> None:
    facts = facts_of(140, language)
    *rows, total = csv_tables(to_csv(build(facts)), language)["lines"].rows
    for row, line in zip(rows, facts.lines(), strict=True):
        assert row[0] == line.key
        assert row[1:3] == [str(line.incurred_on), str(line.booked_on or "")]
        assert [cents_of(field, language) for field in row[9:11]] == [line.amount, line.charged]
        if line.description.isprintable() and "\n" not in line.supplier:
            assert texts_in(row)[5] == line.description
    assert cents_of(total[10], language) == sum(line.charged for line in facts.lines())


@LANGUAGES
def test_costs_by_category_are_told_to_the_cent(language: str) -> None:
    facts = facts_of(140, language)
    *rows, total = csv_tables(to_csv(build(facts)), language)["categories"].rows
    spent = charged_by_category(facts)
    for row, code, before in zip(rows, CATEGORIES, PREVIOUSLY, strict=True):
        told = [cents_of(row[at], language) for at in (2, 4, 5)]
        assert told == [before, spent[code], before + spent[code]]
    assert cents_of(total[5], language) == sum(PREVIOUSLY) + sum(spent.values())


def cents_of(field: str, language: str) -> int:
    cents = Decimal(plain_number(field, language)) * 100
    assert cents == int(cents)
    return int(cents)


def charged_by_category(facts: StatementFacts) -> dict[str, int]:
    lines = list(facts.lines())
    return {code: sum(x.charged for x in lines if x.category == code) for code in CATEGORIES}


def test_it_begins_with_the_mark_by_which_a_spreadsheet_knows_its_letters() -> None:
    read = zipfile.ZipFile(io.BytesIO(to_csv(build(facts_of(2)))))
    for name in read.namelist():
        assert read.read(name).startswith(b"\xef\xbb\xbf")
        assert b"\r\n" in read.read(name)


COLUMNS = (
    Column("What"),
    Column("Day", Kind.DATE),
    Column("Amount", Kind.MONEY),
    Column("Share", Kind.SHARE),
    Column("Count", Kind.COUNT),
    Column("Hours", Kind.NUMBER),
)
VALUES = ("a; b", date(2023, 12, 31), Money(-123456), Decimal("0.853"), 1200, Fraction(83, 2))


@pytest.mark.parametrize(
    ("language", "written"),
    [("nl", '"a; b";2023-12-31;-1234,56;0,853;1200;41,5'),
     ("en", "a; b,2023-12-31,-1234.56,0.853,1200,41.5")],
)  # fmt: skip
def test_figures_are_written_as_a_spreadsheet_of_the_language_reads_them(
    language: str, written: str
) -> None:
    section = Section("made", "Made", COLUMNS, (VALUES, (None,) * 6))
    _head, line, nothing = "".join(lines_of(section, language)).splitlines()
    assert line == written
    assert set(nothing) <= {";", ","}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("- note", "'- note"),
        (" \u200b=A1", "' \u200b=A1"),
        ("＝1", "'＝1"),
        ("a;=A1", "a;'=A1"),
        ("a, @x", "a, '@x"),
        ("x;-2+3+cmd|' /C calc'!A0", "x;'-2+3+cmd|' /C calc'!A0"),
        ("€ 1.000,- in all", "€ 1.000,- in all"),
        ("paid; -10,50", "paid; -10,50"),
        ("50% = half", "50% = half"),
        ("07-11 +31 6", "07-11 +31 6"),
    ],
)
def test_an_apostrophe_stands_where_a_formula_could_begin_and_nowhere_else(
    text: str, written: str
) -> None:
    section = Section("made", "Made", (Column("What"),), ((text,),))
    told = csv_tables(to_csv(report_of(section)), "en")["made"].rows
    assert told == [[written]]


def test_texts_are_a_table_of_their_own_a_row_for_every_paragraph() -> None:
    section, long = section_of([1], 1), "word " * 1_000
    words = Prose("summary", "What we did", f"# One\n\n* two\n* three\n\n\n{long}", "made")
    report = report_of(section)
    archive = to_csv(replace(report, texts=(words,)))
    rows = csv_tables(archive, "en")["texts"].rows
    assert [row[:2] for row in rows] == [["What we did", "Made"]] * 5
    assert [row[2] for row in rows[:2]] == ["# One", "* two\n* three"]
    assert "".join(row[2] for row in rows[2:]) == long
    assert "texts" not in csv_tables(to_csv(report), "en")


def test_the_same_report_gives_the_same_bytes() -> None:
    report = build(facts_of(30))
    assert to_csv(report) == to_csv(report)


def test_a_long_list_that_does_not_add_up_is_refused() -> None:
    assert isinstance(good := long_section([1, 2], 3), LongSection)
    assert csv_tables(to_csv(report_of(good)), "en")["long"].rows[-1] == ["Total", "0.03"]
    with pytest.raises(ValueError, match="adds up to"):
        to_csv(report_of(long_section([1, 2], 4)))


def test_the_file_is_named_after_what_it_is() -> None:
    assert catalogue.file_name(build(facts_of(2)), "csv") == "NECST_NGF-1_2023_csv.zip"
