"""The headings of the software that offices have, and of our own templates."""

import random

import pytest

from reports.words import gettext_for
from tracker.domain.mapping_checks import check_mapping
from tracker.domain.mappings import Mapping, folded
from tracker.domain.table_columns import COLUMNS, TableKind
from tracker.readers.heading_names import COSTS_ELSEWHERE, OWN_DUTCH
from tracker.readers.headings import OWN, Sureness, is_known, suggest

EXPORTS = {
    "Exact Online": (
        (
            "ID AmountDC CostCenter Date Description DocumentNumber EntryNumber FinancialYear "
            "GLAccountCode InvoiceNumber JournalCode LineNumber ProjectCode"
        ),
        (
            "amount cost_centre booked_on description document number fiscal_year account invoice "
            "journal line project"
        ),
    ),
    "Twinfield": (
        (
            "fin.trs.head.code fin.trs.head.number fin.trs.head.date fin.trs.line.dim1 "
            "fin.trs.line.dim2 fin.trs.line.dim3 fin.trs.line.basevaluesigned "
            "fin.trs.line.description fin.trs.line.invnumber"
        ),
        "journal number booked_on account cost_centre project amount description invoice",
    ),
    "AFAS": (
        (
            "Administratie Dagboek Boekjaar Periode Boekingsdatum Boekstuknummer Rekeningnummer "
            "Omschrijving Bedrag_debet Bedrag_credit Kostenplaats Kostendrager Project"
        ),
        (
            "journal fiscal_year period booked_on number account description debit credit "
            "cost_centre project"
        ),
    ),
    "SAP": (
        (
            "Company_code Document_no. Fiscal_year Posting_date Document_date G/L_account "
            "Amount_in_local_currency Cost_center WBS_element Text Reference Assignment Vendor"
        ),
        (
            "number fiscal_year booked_on incurred_on account amount cost_centre project "
            "description invoice document supplier_code"
        ),
    ),
    "Unit4": (
        "Account Cat1 Cat2 Amount Period Voucher_no. Trans_date Text AP/AR_ID",
        "account cost_centre project amount period number booked_on description supplier_code",
    ),
}
GERMAN = "Belegnummer Buchungsdatum Sachkonto Betrag_in_Hauswährung Kostenstelle PSP-Element Text"


def written(headings: str) -> list[str]:
    return [heading.replace("_", " ") for heading in headings.split()]


@pytest.mark.parametrize("source", EXPORTS)
def test_the_exports_of_known_software_are_recognised(source: str) -> None:
    headings, codes = EXPORTS[source]
    suggestion = suggest(written(headings))
    assert (suggestion.kind, suggestion.source) == (TableKind.COSTS, source)
    assert {column.code for column in suggestion.columns} == set(codes.split())
    assert {column.sureness for column in suggestion.columns} == {Sureness.SURE}
    mapping = Mapping(suggestion.kind, suggestion.places)
    assert check_mapping(mapping) == ()


def test_german_headings_are_recognised() -> None:
    suggestion = suggest(written(GERMAN))
    assert suggestion.source == "SAP"
    assert len(suggestion.columns) == 7


@pytest.mark.parametrize("source", EXPORTS)
def test_the_order_of_the_columns_does_not_matter(source: str) -> None:
    headings = [heading.upper() for heading in written(EXPORTS[source][0])]
    before = {column.code: headings[column.index] for column in suggest(headings).columns}
    before.pop("cost_centre")  # of cost centre and cost bearer, the first is suggested
    random.Random(4).shuffle(headings)
    after = {column.code: headings[column.index] for column in suggest(headings).columns}
    after.pop("cost_centre")
    assert after == before


@pytest.mark.parametrize("kind", TableKind)
@pytest.mark.parametrize("language", ["en", "nl"])
def test_our_own_templates_are_recognised_in_both_languages(kind: TableKind, language: str) -> None:
    says = gettext_for(language)
    headings = [says(column.heading) for column in COLUMNS[kind]]
    suggestion = suggest(headings)
    assert (suggestion.kind, suggestion.source) == (kind, OWN)
    found = {column.code: column.index for column in suggestion.columns}
    left_out = {"amount", "debit_credit"} if kind is TableKind.COSTS else set()
    assert found == {
        column.code: index
        for index, column in enumerate(COLUMNS[kind])
        if column.code not in left_out
    }


@pytest.mark.parametrize("kind", TableKind)
def test_the_dutch_of_a_template_is_what_the_translations_say(kind: TableKind) -> None:
    says = gettext_for("nl")
    assert {column.code: says(column.heading) for column in COLUMNS[kind]} == OWN_DUTCH[kind]


def test_of_an_amount_and_its_two_sides_only_one_is_suggested() -> None:
    both = suggest(["Datum", "Bedrag", "Debet", "Credit"], TableKind.COSTS)
    assert {column.code for column in both.columns} == {"booked_on", "debit", "credit"}
    one = suggest(["Datum", "Bedrag", "Debet"], TableKind.COSTS)
    assert {column.code for column in one.columns} == {"booked_on", "amount"}


def test_a_heading_of_other_software_is_likely_and_not_sure() -> None:
    headings = [*written(EXPORTS["AFAS"][0]), "Buchungsdatum", "Vendor"]
    sureness = {column.code: column.sureness for column in suggest(headings).columns}
    assert sureness["booked_on"] is Sureness.SURE
    assert sureness["supplier_code"] is Sureness.LIKELY


def test_headings_that_nobody_knows_suggest_nothing() -> None:
    suggestion = suggest(["Kleur", "Smaak", ""])
    assert (suggestion.source, suggestion.columns) == ("", ())


def test_every_name_is_folded_alike_and_stands_for_a_column() -> None:
    codes = {column.code for column in COLUMNS[TableKind.COSTS]}
    for names in COSTS_ELSEWHERE.values():
        assert names.keys() <= codes
        assert all(is_known(name) for written in names.values() for name in written.split("|"))
    assert not is_known("Kleur")
    assert not is_known("")
    assert folded("Bkst.nr.") == "bkst nr"
