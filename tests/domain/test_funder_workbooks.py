"""Funders' own workbooks: what may be pointed at, and which changed template still fits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.reports.facts import CATEGORIES, facts_of
from tracker.domain.crosswalks import Crosswalk, CrosswalkLine, LineKind
from tracker.domain.errors import RuleViolation
from tracker.domain.funder_figures import figure_names, figures_of
from tracker.domain.funder_workbooks import (
    MOST_FIGURES,
    Pointed,
    Template,
    TemplateCell,
    TemplateSheet,
    asking_in_vain,
    check_fits,
    check_pointed,
    figures_named,
    marked,
    shape_of,
)
from tracker.domain.money import Money

CELLS = {
    "A1": TemplateCell("Kosten"),
    "A3": TemplateCell("Loon"),
    "B2": TemplateCell("Bedrag"),
    "B5": TemplateCell("7", is_text=False, is_formula=True),
    "C3": TemplateCell("{{ to_date }}"),
    "C4": TemplateCell("Tot {{ period.last_day }}"),
}
SHEET = TemplateSheet("Kosten", is_hidden=False, cells=CELLS, merged=("B3:B4", "A1:C1"))
TEMPLATE = Template((SHEET,), {"loon": ("Kosten", "B3"), "elders": ("Weg", "A1")})
NAMES = ("to_date", "award", "period.last_day")
LOON = Pointed("Kosten", "B3", "award")


def with_cells(**cells: TemplateCell) -> Template:
    """The template with other cells."""
    return replace(TEMPLATE, sheets=(replace(SHEET, cells=CELLS | cells),))


def test_marks_are_found_alone_and_within_words() -> None:
    alone, within = marked(TEMPLATE)
    assert alone == Pointed("Kosten", "C3", "to_date")
    assert within == Pointed("Kosten", "C4", "Tot {{ period.last_day }}")
    assert figures_named(within.figure) == ("period.last_day",)
    assert marked(TEMPLATE, but=[alone]) == (within,)
    check_pointed(TEMPLATE, (alone, within, LOON), NAMES)


@pytest.mark.parametrize(
    ("pointed", "said"),
    [
        (Pointed("Weg", "B3", "award"), "no such cell, sheet or named range: Weg!B3"),
        (Pointed("Kosten", "3B", "award"), "Kosten!3B"),
        (Pointed("", "niets", "award"), "named range: niets"),
        (Pointed("", "elders", "award"), "named range: elders"),
        (Pointed("Kosten", "B5", "award"), "hold formulas.*Kosten!B5"),
        (Pointed("Kosten", "B4", "award"), "covered by merged cells: Kosten!B4"),
        (Pointed("Kosten", "D9", "awards"), r"not: Kosten!D9 \(awards\)"),
        (Pointed("Kosten", "D9", "Op {{ day }}"), "figures that there are not: Kosten!D9"),
        (Pointed("", "loon", "to_date"), "More than one figure.*Kosten!B3, loon"),
    ],
)
def test_what_cannot_be_filled_is_refused_with_the_cell(pointed: Pointed, said: str) -> None:
    check_pointed(TEMPLATE, (LOON,), NAMES)
    with pytest.raises(RuleViolation, match=said) as refusal:
        check_pointed(TEMPLATE, (LOON, pointed), NAMES)
    assert refusal.value.field == "places"


def test_many_wrong_cells_are_named_and_the_rest_counted() -> None:
    wrong = [Pointed("Weg", f"A{at}", "award") for at in range(1, 21)]
    with pytest.raises(RuleViolation, match=r"Weg!A12 \(\+8\)"):
        check_pointed(TEMPLATE, wrong, NAMES)
    most = [Pointed("Kosten", f"Z{at}", "award") for at in range(1, MOST_FIGURES + 2)]
    with pytest.raises(RuleViolation, match=f"{MOST_FIGURES} is the most"):
        check_pointed(TEMPLATE, most, NAMES)
    check_pointed(TEMPLATE, most[1:], NAMES)


@pytest.mark.parametrize(
    ("template", "said"),
    [
        (with_cells(A3=TemplateCell("Reis")), "Kosten!B3 (“Loon” → “Reis”)"),
        (with_cells(B2=TemplateCell("Uren")), "(“Bedrag” → “Uren”)"),
        (with_cells(B3=TemplateCell("1", is_text=False, is_formula=True)), "formulas now"),
        (replace(TEMPLATE, sheets=(replace(SHEET, merged=("A3:B3",)),)), "covered by merged"),
        (replace(TEMPLATE, sheets=(replace(SHEET, name="Costs"),)), "lacks cells that were filled"),
    ],
)
def test_a_changed_template_that_no_longer_fits_is_refused_with_the_cell(
    template: Template, said: str
) -> None:
    shape = shape_of(TEMPLATE, [LOON])
    with pytest.raises(RuleViolation) as refusal:
        check_fits(template, [LOON], shape)
    assert said in str(refusal.value)
    assert "Kosten!B3" in str(refusal.value)
    assert refusal.value.field == "document"


def test_a_changed_template_with_the_same_words_beside_its_cells_fits() -> None:
    shape = shape_of(TEMPLATE, [LOON])
    changed = with_cells(A9=TemplateCell("Een nieuwe regel"), B3=TemplateCell("0", is_text=False))
    check_fits(changed, [LOON], shape)


def test_a_named_range_may_move_with_its_words() -> None:
    loon = Pointed("", "loon", "award")
    shape = shape_of(TEMPLATE, [loon])
    sheet = replace(
        SHEET, cells={"A7": TemplateCell("Loon"), "B6": TemplateCell("Bedrag")}, merged=()
    )
    moved = Template((sheet,), {"loon": ("Kosten", "B7")})
    check_fits(moved, [loon], shape)
    assert shape_of(moved, [loon])["loon"].place == "B7"


@pytest.mark.parametrize("names", [{}, {"loon": ("Weg", "B3")}, {"lonen": ("Kosten", "B3")}])
def test_a_named_range_that_is_gone_or_leads_nowhere_is_refused_by_its_name(
    names: dict[str, tuple[str, str]],
) -> None:
    loon = Pointed("", "loon", "award")
    shape = shape_of(TEMPLATE, [loon])
    check_fits(TEMPLATE, [loon], shape)
    with pytest.raises(RuleViolation, match="lacks cells that were filled: loon"):
        check_fits(replace(TEMPLATE, names=names), [loon], shape)


def test_what_asks_for_figures_that_are_gone_is_named_with_what_it_asks() -> None:
    within = Pointed("Kosten", "C4", "Tot {{ period.last_day }} en {{ weg }}")
    assert asking_in_vain([LOON, within], NAMES) == [
        Pointed("Kosten", "C4 (Tot {{ period.last_day }} en {{ weg }})", within.figure)
    ]
    assert asking_in_vain([LOON, within], (*NAMES, "weg")) == []


LINES = (
    CrosswalkLine("1.1", "Loon", categories=("personnel",)),
    CrosswalkLine("1.2", "Overig", categories=CATEGORIES[1:]),
    CrosswalkLine("1", "Samen", LineKind.SUBTOTAL),
)


def test_every_figure_of_a_report_has_a_name_that_is_known_beforehand() -> None:
    crosswalk = Crosswalk(1, "nl", LINES)
    facts = replace(facts_of(), crosswalk=crosswalk)
    assert set(figures_of(facts)) == set(figure_names(CATEGORIES, crosswalk))
    assert set(figures_of(facts_of())) == set(figure_names(CATEGORIES, None))


def test_figures_of_lines_and_of_all_together_add_up() -> None:
    facts = replace(facts_of(), crosswalk=Crosswalk(1, "nl", LINES))
    told = figures_of(facts)
    for measure in ("budget", "previously", "adjustments", "this_period", "to_date"):
        amounts = [told[f"{measure}.{category}"] for category in CATEGORIES]
        total = Money(sum(one.cents for one in amounts if isinstance(one, Money)))
        assert told[measure] == told[f"line.1.{measure}"] == total
    assert told["line.1.1.to_date"] == told["to_date.personnel"]


def test_what_a_report_does_not_know_is_told_from_zero() -> None:
    told = figures_of(replace(facts_of(with_budget=False), crosswalk=Crosswalk(1, "nl", LINES)))
    assert told["budget"] is told["budget.travel"] is told["line.1.1.budget"] is None
    assert told["report.number"] is None
    assert told["adjustments"] == Money(0)
