"""The funder's statement: what one commitment paid for in a period, and where it stands."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from reports import statement_lists, words
from reports.charts import Bars
from reports.commitment_head import headed
from reports.model import Cell, Column, Kind, Section, Sum
from reports.own_lines import own_lines
from reports.planned_columns import planned_cells, planned_columns, planned_totals
from reports.source_lines import grant_lines
from reports.told_figures import told_figures
from tracker.domain.commitments import Form
from tracker.domain.money import Money
from tracker.domain.texts import mark

if TYPE_CHECKING:
    from reports.model import Report, Row
    from tracker.domain.statements import CategoryLine, StatementFacts

TITLE: Final = mark("Statement of costs")
AWARDED: Final = Cell("award", 0, 3)
COMMITTED: Final = Cell("award", None, 3)
RECEIVED: Final = Cell("receipts", None, 4)
PREVIOUSLY: Final = Cell("categories", None, 2)
ADJUSTED: Final = Cell("categories", None, 3)
THIS_PERIOD: Final = Cell("categories", None, 4)
TO_DATE: Final = Cell("categories", None, 5)


def build(facts: StatementFacts) -> Report:
    """Lay out a statement, in the funder's language.

    Errors: ``TrackerError`` if one of the checks of the facts does not come to zero.
    """
    categories = categories_of(facts)
    sections = (
        _summary(facts),
        grant_lines(facts),
        award_of(facts),
        categories,
        *own_lines(facts),
        *statement_lists.sections_of(facts),
    )
    return headed(
        facts,
        "statement",
        TITLE,
        sections=sections,
        charts=(chart_of(facts, categories),),
    )


def _summary(facts: StatementFacts) -> Section:
    _ = words.gettext_for(facts.language)
    told = _figures_of_costs(facts)
    if facts.commitment.form is not Form.IN_KIND:
        told += _figures_of_cash(facts)
    return told_figures("summary", _("Summary"), told, facts.language, width=30)


def _figures_of_costs(facts: StatementFacts) -> list[tuple[str, Money, str, Sum]]:
    _ = words.gettext_for(facts.language)
    commitment = facts.commitment
    award, amount = commitment.award, commitment.amount
    this_period, to_date = facts.charged_this_period, facts.charged_to_date
    return [
        (_("Award"), award, _("As first decided"), Sum((AWARDED,))),
        (_("Amendments"), amount - award, _("All together"), Sum((COMMITTED,), (AWARDED,))),
        (_("Committed"), amount, _("Award + amendments"), Sum((COMMITTED,))),
        (
            _("Previously reported"),
            facts.previously,
            _previously(facts),
            Sum((PREVIOUSLY,)),
        ),
        (
            _("Adjustments"),
            facts.adjusted,
            _("Costs of earlier periods that no report told yet"),
            Sum((ADJUSTED,)),
        ),
        (_("This period"), this_period, _("Costs charged in the period"), Sum((THIS_PERIOD,))),
        (
            _("Charged to date"),
            to_date,
            _("Previously reported + adjustments + this period"),
            Sum((PREVIOUSLY, ADJUSTED, THIS_PERIOD)),
        ),
        (
            _("Remaining"),
            amount - to_date,
            _("Committed − charged to date"),
            Sum((COMMITTED,), (TO_DATE,)),
        ),
    ]


def _previously(facts: StatementFacts) -> str:
    """Tell where what was reported before comes from: the last report, or else the books."""
    _ = words.gettext_for(facts.language)
    if facts.earlier is None:
        return _("Costs charged before the period")
    return _("As the report over {period} told").format(period=facts.earlier.period.code)


def _figures_of_cash(facts: StatementFacts) -> list[tuple[str, Money, str, Sum]]:
    _ = words.gettext_for(facts.language)
    return [
        (
            _("Received to date"),
            facts.received_to_date,
            _("All receipts up to the end of the period"),
            Sum((RECEIVED,)),
        ),
        (
            _("Cash on hand"),
            facts.cash_on_hand,
            _("Received − charged to date; negative if the facility pre-finances"),
            Sum((RECEIVED,), (TO_DATE,)),
        ),
    ]


def award_of(facts: StatementFacts) -> Section:
    """List the award and every amendment of it."""
    _ = words.gettext_for(facts.language)
    return Section(
        "award",
        _("Award and amendments"),
        (
            Column(_("Number"), Kind.COUNT, 9),
            Column(_("Decided on"), Kind.DATE, 17),
            Column(_("Reason"), width=60),
            Column(_("Amount"), Kind.MONEY, 18),
        ),
        tuple(
            (
                amendment.number,
                amendment.decided_on,
                _("Award") if amendment.number == 0 else _sentence_case(amendment.reason),
                amendment.amount,
            )
            for amendment in facts.amendments
        ),
        (None, None, _("Committed"), facts.commitment.amount),
        _("Amounts in euros."),
    )


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def categories_of(facts: StatementFacts) -> Section:
    """Lay out the costs of each category, beside its budget."""
    _ = words.gettext_for(facts.language)
    budgets = [line.budget for line in facts.categories if line.budget is not None]
    budget = Money.total(budgets) if budgets else None
    to_date = facts.charged_to_date
    note = _("Amounts in euros.")
    if budget is None:
        note += " " + _("The funder set no budget by category.")
    return Section(
        "categories",
        _("Costs by category"),
        (
            Column(_("Category"), width=24),
            Column(_("Budget"), Kind.MONEY, 17),
            Column(_("Previously reported"), Kind.MONEY, 17),
            Column(_("Adjustments"), Kind.MONEY, 15),
            Column(_("This period"), Kind.MONEY, 17),
            Column(_("To date"), Kind.MONEY, 17, plus=(2, 3, 4)),
            Column(_("Remaining"), Kind.MONEY, 17, plus=(1,), minus=(5,)),
            Column(_("Share of budget"), Kind.SHARE, 11, part_of=(5, 1)),
            *planned_columns(facts, 8),
        ),
        tuple(
            (*_category_row(line, facts.language), *planned_cells(line, facts))
            for line in facts.categories
        ),
        (
            _("Total"),
            budget,
            facts.previously,
            facts.adjusted,
            facts.charged_this_period,
            to_date,
            budget - to_date if budget is not None else None,
            Decimal(to_date.cents) / Decimal(budget.cents) if budget else None,
            *planned_totals(facts),
        ),
        note,
    )


def _category_row(line: CategoryLine, language: str) -> Row:
    return (
        words.label(line.category, language),
        line.budget,
        line.previously,
        line.adjustments,
        line.this_period,
        line.to_date,
        line.remaining,
        line.spent_share,
    )


def chart_of(facts: StatementFacts, categories: Section) -> Bars:
    """Draw the costs of each category against its budget, where there is one."""
    _ = words.gettext_for(facts.language)
    title, description = (
        _("Costs by category"),
        _(
            "For each category a bar of what was reported before, of the period and of adjustments."
            " The table above holds the same figures."
        ),
    )
    if any(line.budget is not None for line in facts.categories):
        title, description = (
            _("Budget and spending by category"),
            _(
                "For each category a bar of what was reported before, of the period and of"
                " adjustments, within a frame as long as the budget. The table above holds the"
                " same figures."
            ),
        )
    return Bars(
        title,
        description,
        section=categories,
        label=0,
        parts=(2, 4, 3),
        whole=1,
        of=_("{part} of {whole} ({share})"),
    )
