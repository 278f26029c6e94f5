"""A statement laid out by hand, with every figure worked out on paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from reports.model import LongSection, Section
from reports.statement import build
from tests.reports.facts import carried_on, facts_of, lines_of
from tracker.domain.commitments import Form
from tracker.domain.errors import Sentence, TrackerError
from tracker.domain.milestones import MilestoneStatus
from tracker.domain.money import Money
from tracker.domain.periods import Period, calendar_quarter
from tracker.domain.report_texts import Wording
from tracker.domain.statements import Adjustment, ChargedLine, Check, StatementFacts

if TYPE_CHECKING:
    from reports.model import Report, Row

LINES = (
    ChargedLine(
        "2023 INK 1/1", date(2023, 1, 5), date(2023, 2, 1), "Lab B.V.", "F1", "Reagents",
        "materials", "WP3", "4200", 50_100, 25_050,
    ),
    ChargedLine(
        "2023 INK 2/1", date(2023, 3, 1), None, "", "", "Salaries March",
        "personnel", "WP3", "4000", 20_000, 10_000,
    ),
    ChargedLine(
        "2023 INK 3/2", date(2023, 4, 1), date(2023, 4, 9), "NS", "CR 3", "Credit note",
        "travel", "WP4", "4600", -4_050, -2_025,
    ),
)  # fmt: skip

MOVES = (
    "30 Jun 2021 → 28 Feb 2022: Three extra cleanrooms\n"
    "20 Jan 2022 → 15 May 2022: Air handling late"
)


def euros(amount: str) -> Money:
    return Money.euros(amount)


def facts() -> StatementFacts:
    return facts_of(language="en", lines=lambda: iter(LINES))


def rows(report: Report, key: str) -> tuple[Row, ...]:
    section = report.section(key)
    assert isinstance(section, Section)
    return section.rows


def test_costs_by_category() -> None:
    report = build(facts())
    nothing = euros("0")
    assert [row[:7] for row in rows(report, "categories")] == [
        ("Personnel", euros("320000"), euros("190123.45"), nothing, euros("100"),
         euros("190223.45"), euros("129776.55")),
        ("Third parties", euros("280000"), euros("260500"), nothing, nothing,
         euros("260500"), euros("19500")),
        ("Materials", euros("150000"), euros("88000.01"), nothing, euros("250.50"),
         euros("88250.51"), euros("61749.49")),
        ("Equipment", euros("240000"), euros("240176.60"), nothing, nothing,
         euros("240176.60"), euros("-176.60")),
        ("Construction", euros("110000"), nothing, nothing, nothing,
         nothing, euros("110000")),
        ("Travel", euros("12000"), euros("-310.25"), nothing, euros("-20.25"),
         euros("-330.50"), euros("12330.50")),
    ]  # fmt: skip
    assert report.section("categories").totals[:7] == (
        "Total", euros("1112000"), euros("778489.81"), nothing, euros("330.25"),
        euros("778820.06"), euros("333179.94"),
    )  # fmt: skip
    shares = [row[7] for row in rows(report, "categories")]
    assert shares[1] == Decimal(260_500) / Decimal(280_000)
    assert shares[4] == 0
    assert report.section("categories").totals[7] == Decimal("778820.06") / Decimal(1_112_000)


def test_adjustments_stand_apart_and_count_to_date() -> None:
    made = facts()
    lines = [replace(line, previously=line.previously - euros("10"), adjustments=euros("10"))
             if line.category == "travel" else line for line in made.categories]  # fmt: skip
    late = LINES[2]._replace(charged=LINES[2].charged + 10_00, adjusts="2022")
    report = build(
        replace(
            made,
            categories=tuple(lines),
            lines=lambda: iter((*LINES[:2], late)),
            adjustments=(Adjustment("2022", 1, euros("10")),),
            checks=(),
        )
    )
    assert rows(report, "categories")[5][2:6] == (
        euros("-320.25"), euros("10"), euros("-20.25"), euros("-330.50"),
    )  # fmt: skip
    told = {row[0]: row[1] for row in rows(report, "summary")}
    assert (told["Previously reported"], told["Adjustments"]) == (euros("778479.81"), euros("10"))
    assert told["Charged to date"] == euros("778820.06")
    lines_told = report.section("lines")
    assert isinstance(lines_told, LongSection)
    assert [row[11] for row in lines_told.rows] == [None, None, "2022"]


def test_what_was_planned_to_date_stands_beside_the_costs() -> None:
    made = facts()
    planned = ("200000", "280000", "100000", "240000", "60000", "9000")
    lines = [replace(line, planned=euros(amount))
             for line, amount in zip(made.categories, planned, strict=True)]  # fmt: skip
    section = build(replace(made, categories=tuple(lines))).section("categories")
    assert isinstance(section, Section)
    assert [row[8:] for row in section.rows] == [
        (euros("200000"), euros("-9776.55")),
        (euros("280000"), euros("-19500")),
        (euros("100000"), euros("-11749.49")),
        (euros("240000"), euros("176.60")),
        (euros("60000"), euros("-60000")),
        (euros("9000"), euros("-9330.50")),
    ]
    assert section.totals[8:] == (euros("889000"), euros("-110179.94"))
    whole = [replace(line, planned=line.budget) for line in made.categories]
    assert len(build(replace(made, categories=tuple(whole))).section("categories").columns) == 8


def test_summary() -> None:
    told = {row[0]: row[1] for row in rows(build(facts()), "summary")}
    assert told == {
        "Award": euros("700000"),
        "Amendments": euros("412000"),
        "Committed": euros("1112000"),
        "Previously reported": euros("778489.81"),
        "Adjustments": euros("0"),
        "This period": euros("330.25"),
        "Charged to date": euros("778820.06"),
        "Remaining": euros("333179.94"),
        "Received to date": euros("750000.50"),
        "Cash on hand": euros("-28819.56"),
    }


def test_cost_lines_are_told_in_their_order_with_amount_and_charge() -> None:
    section = build(facts()).section("lines")
    assert isinstance(section, LongSection)
    assert list(section.rows) == [
        ("2023 INK 1/1", date(2023, 1, 5), date(2023, 2, 1), "Lab B.V.", "F1", "Reagents",
         "Materials", "WP3", "4200", euros("501"), euros("250.50")),
        ("2023 INK 2/1", date(2023, 3, 1), None, "", "", "Salaries March",
         "Personnel", "WP3", "4000", euros("200"), euros("100")),
        ("2023 INK 3/2", date(2023, 4, 1), date(2023, 4, 9), "NS", "CR 3", "Credit note",
         "Travel", "WP4", "4600", euros("-40.50"), euros("-20.25")),
    ]  # fmt: skip
    assert section.totals[10] == euros("330.25")
    assert section.row_count == 3


def test_receipts_instalments_and_amendments() -> None:
    report = build(facts())
    assert [(row[0], row[3], row[4]) for row in rows(report, "receipts")] == [
        (date(2021, 6, 3), "Reference", euros("400000")),
        (date(2023, 7, 4), "IBAN", euros("350000.50")),
    ]
    nothing = euros("0")
    assert rows(report, "instalments")[1:] == (
        (2, date(2023, 7, 1), "Advance", "M2 Cleanrooms delivered", None, euros("350000"),
         nothing, euros("350000"), nothing),
        (3, date(2024, 7, 1), "Advance", "", None, euros("362000"),
         nothing, euros("362000"), nothing),
    )  # fmt: skip
    assert rows(report, "award") == (
        (0, date(2021, 4, 9), "Award", euros("700000")),
        (1, date(2022, 7, 1), "Conditional part made definitive", euros("412000")),
    )


def test_milestones_are_told_as_they_stood_at_the_end_of_the_period() -> None:
    told = rows(build(facts()), "milestones")
    assert told[1] == (
        "M2", "Cleanrooms delivered", "WP1", date(2021, 10, 31), date(2022, 5, 15),
        date(2022, 5, 20), 201, "Met late",
        MOVES,
    )  # fmt: skip
    # It was moved, and met, after the period: nobody knew.
    assert told[2][3:] == (date(2023, 6, 30), date(2023, 6, 30), None, 0, "Late", "")


def test_what_was_given_up_is_said_to_be_told_as_it_is_now() -> None:
    known = facts()
    note = build(known).section("milestones").note
    assert note == "As they stood at the end of the period."
    given_up = replace(known.milestones[2], met_on=None, status=MilestoneStatus.NOT_MET)
    later = replace(known, milestones=(*known.milestones[:2], given_up))
    told = build(later).section("milestones").note
    assert told.startswith(f"{note} That a milestone is not met is told as it is on ")
    at_the_end = replace(later, made_on=known.period.last_day)
    assert build(at_the_end).section("milestones").note == note


def test_what_is_not_charged_is_told_by_reason() -> None:
    report = build(facts())
    assert rows(report, "not_charged") == (
        ("Outside the commitment's period", 3, euros("1234.56")),
        ("Commitment exhausted", 1, euros("-0.10")),
    )
    assert report.section("not_charged").totals == ("Total", 4, euros("1234.46"))


def test_an_award_in_kind_has_no_receipts_and_no_cash() -> None:
    report = build(facts_of(form=Form.IN_KIND, language="en"))
    assert "receipts" not in {section.key for section in report.sections}
    assert "Cash on hand" not in {row[0] for row in rows(report, "summary")}
    assert "Cash on hand" not in {row[0] for row in rows(report, "notes")}


def test_without_a_budget_nothing_is_compared_with_it() -> None:
    report = build(facts_of(with_budget=False, language="en"))
    assert {row[1] for row in rows(report, "categories")} == {None}
    assert {row[6:] for row in rows(report, "categories")} == {(None, None)}
    assert report.section("categories").totals[6:] == (None, None)
    assert "no budget" in report.section("categories").note


def test_a_period_without_costs_is_told_too() -> None:
    section = build(facts_of(0, language="en")).section("lines")
    assert list(section.rows) == []
    assert section.totals[10] == Money(0)


def test_a_statement_that_does_not_tie_is_not_made() -> None:
    wrong = Check(Sentence("Apples and pears"), Money(100), Money(101))
    with pytest.raises(TrackerError, match=r"Apples and pears: € 1\.00 against € 1\.01"):
        build(facts_of(checks=(wrong,)))


def test_a_commitment_that_is_not_what_its_amendments_add_up_to_is_not_told() -> None:
    made = facts()
    wrong = replace(made, commitment=replace(made.commitment, amount=euros("1112000.01")))
    with pytest.raises(ValueError, match="adds up to"):
        build(wrong)


def test_every_check_is_told_and_comes_to_nothing() -> None:
    told = rows(build(facts()), "checks")
    assert len(told) == len(facts().checks) + 1
    assert {row[3] for row in told} == {Money(0)}
    assert {row[1] for row in told} == {euros("330.25")}


def test_the_head_says_what_it_is_and_where_it_comes_from() -> None:
    report = build(facts())
    about = dict(report.about)
    assert report.title == "Statement of costs 2023"
    assert report.subtitle == "National Growth Fund · NGF-RMXB-2021-07"
    assert about["Reporting period"] == "1 Jan 2023 – 31 Dec 2023"
    assert about["As at"] == report.as_of == date(2023, 12, 31)
    assert about["State of the books"] == "118-3fa9c07d21be"
    assert report.note.startswith("Fictitious amounts")


@pytest.mark.parametrize(
    ("period", "stem"),
    [
        (calendar_quarter(2023, 2), "NECST_NGF-1_2023-Q2"),
        (Period(date(2023, 1, 1), date(2023, 2, 28)), "NECST_NGF-1_2023-01-01_2023-02-28"),
    ],
)
def test_the_name_of_a_file_explains_itself(period: Period, stem: str) -> None:
    assert build(facts_of(period=period)).file_stem == stem


def test_the_name_of_a_file_is_no_path() -> None:
    made = replace(
        facts(), project_code="../up", commitment=replace(facts().commitment, code="A/1")
    )
    assert build(made).file_stem == "..-up_A-1_2023"


def test_a_statement_speaks_the_funders_language() -> None:
    report = build(facts_of(language="nl", lines=lines_of(5)))
    assert rows(report, "categories")[1][0] == "Kosten derden"
    assert report.title == "Kostenverantwoording 2023"


def test_figures_a_to_k() -> None:
    told = {row[0]: row[2] for row in rows(build(facts()), "grant_lines")}
    assert told == {
        "a": euros("750000.50"),
        "b": euros("778820.06"),
        "c": euros("-28819.56"),
        "d": euros("1112000"),
        "e": euros("778820.06"),
        "f": euros("84000"),
        "g": euros("862820.06"),
        "h": euros("249179.94"),
        "i": euros("1359111.11"),
        "j": euros("951891.18"),
        "k": euros("407219.93"),
    }


def test_an_award_that_asks_for_nothing_beside_it_says_so() -> None:
    told = rows(build(replace(facts(), own_required=None)), "grant_lines")
    assert [row[0] for row in told] == [*"abcdefghi"]
    assert told[-1][2:] == (None, "This award sets no share of the costs")
    in_kind = rows(build(facts_of(form=Form.IN_KIND, language="en")), "grant_lines")
    assert [row[0] for row in in_kind] == [*"defghijk"]


def test_other_sources_are_told_together_and_without_a_name() -> None:
    section = build(facts()).section("sources")
    assert isinstance(section, Section)
    assert section.rows == (
        ("NGF-1 · NGF-RMXB-2021-07", "Public", "Cash", euros("1112000"), euros("750000.50"),
         euros("778820.06"), Decimal("0.556")),
        ("Other sources", "Private, Own contribution", "Cash, In kind", euros("888000"),
         euros("400000"), euros("312345.67"), Decimal("0.444")),
    )  # fmt: skip
    assert section.totals[3:] == (
        euros("2000000"), euros("1150000.50"), euros("1091165.73"), Decimal(1),
    )  # fmt: skip
    alone = build(replace(facts(), sources=facts().sources[:1])).section("sources")
    assert "What a single other source pays is left out." in alone.note
    assert "left out" not in section.note


def test_hours_are_told_in_hours_or_days_with_what_the_award_pays() -> None:
    section = build(facts()).section("hours")
    assert isinstance(section, LongSection)
    assert list(section.rows) == [
        ("P-07", "Mar 2023", "WP3", "Surcharge on wage costs", Fraction("412.5"), None,
         Fraction("41.4545"), euros("25650"), euros("11542.50")),
        ("=P-08", "Apr 2023", "WP4", "Fixed hourly rate", Fraction("-7.25"), None,
         Fraction(60), euros("-435"), euros("-195.75")),
        ("P-09", "Apr 2023", "WP4", "Day rate", None, Fraction(40),
         Fraction(400), euros("16000"), euros("0")),
    ]  # fmt: skip
    assert section.totals[4:] == (
        Fraction("405.25"), Fraction(40), None, euros("41215"), euros("11346.75"),
    )  # fmt: skip


def test_contributions_in_kind_say_when_they_were_signed_for() -> None:
    section = build(facts()).section("contributions")
    assert isinstance(section, LongSection)
    assert [row[4:] for row in section.rows] == [
        ("Two lines", Fraction("113.25"), Fraction(60), euros("6795"), euros("6795"),
         date(2023, 12, 20)),
        ("=SOM(A1)", Fraction(8), Fraction("62.5"), euros("500"), euros("225"), None),
    ]  # fmt: skip
    assert section.totals[5:] == (Fraction("121.25"), None, euros("7295"), euros("7020"), None)


def test_what_differs_stands_beside_its_explanation() -> None:
    made = facts()
    assert list(rows(build(made), "variances")) == [
        ("Equipment: €\xa0240,176.60 to date against €\xa0240,000.00 budgeted.",
         "Not explained yet."),
        ("Milestone M6, First patient batch, was not met 184 days after its baseline.",
         "Not explained yet."),
        ("€\xa01,234.56 of the period's costs was not charged: Outside the commitment's period.",
         "Not explained yet."),
        ("−€\xa00.10 of the period's costs was not charged: Commitment exhausted.",
         "Not explained yet."),
    ]  # fmt: skip
    said = Wording(explanations=(("milestone:M6", "The patient fell ill."), ("left:gone", "Gone.")))
    told = rows(build(replace(made, wording=said)), "variances")
    assert [row[1] for row in told] == [
        "Not explained yet.", "The patient fell ill.", "Not explained yet.", "Not explained yet.",
    ]  # fmt: skip
    assert "25.0%" in build(made).section("variances").note
    assert "%" not in build(replace(made, threshold=None)).section("variances").note


def test_a_first_report_has_no_changes_and_a_later_one_tells_them_all() -> None:
    keys = {section.key for section in build(facts()).sections}
    assert not {"changes", "changed_amounts"} & keys
    report = build(carried_on(facts()))
    assert rows(report, "changed_amounts") == (
        ("Committed", None, euros("700000"), euros("1112000"), euros("412000")),
        ("Budget", "Travel", euros("0"), euros("12000"), euros("12000")),
        ("Received to date", None, euros("400000"), euros("750000.50"), euros("350000.50")),
    )
    assert rows(report, "changes") == (
        ("Last day of the award", "", "30 Jun 2025", "31 Dec 2025", "more time"),
        ("Standing of a milestone", "M6 First patient batch", "On schedule", "Late", ""),
        ("Waiver", "Move within the budget", "–", "31 Jan 2024", "=bought ahead"),
    )
    assert report.section("changes").note == (
        "Since version 2 of the report over 2022, issued on 1 Mar 2023."
    )
    told = {row[0]: row[2] for row in rows(report, "summary")}
    assert told["Previously reported"] == "As the report over 2022 told"


def test_texts_stand_in_front_of_what_they_are_about() -> None:
    words = Wording(
        texts=(("text_outlook", "Next **year**."), ("text_summary", "All went well."),
               ("text_deviations", "Two."), ("text_progress", "One."))
    )  # fmt: skip
    report = build(replace(facts(), wording=words))
    assert [(text.title, text.markdown, text.before) for text in report.texts] == [
        ("In short", "All went well.", "summary"),
        ("Progress of the work", "One.", "milestones"),
        ("About the differences", "Two.", "variances"),
        ("What comes next", "Next **year**.", "lines"),
    ]
    bare = replace(
        facts(), wording=words, milestones=(), not_charged=(), categories=facts().categories
    )
    quiet = replace(bare, categories=tuple(replace(x, budget=None) for x in bare.categories))
    assert [text.before for text in build(quiet).texts][1:3] == ["lines", "not_charged"]
    assert build(facts()).texts == ()


def test_who_stands_for_the_report_is_told() -> None:
    report = build(replace(facts(), number=3, approved_by="B. Smit"))
    assert rows(report, "declaration")[:2] == (
        ("Prepared by", "J. de Vries", date(2026, 11, 21), None),
        ("Approved by", "B. Smit", None, None),
    )
    assert report.version == "Version 3"
