"""The financing plan: what the project costs, who pays it, how surely, and what the rules say."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from reports import charts_made, words
from reports.charts_table import table_of
from reports.model import Cell, Column, Kind, Section, Sum
from reports.told_figures import Told, told_figures
from tracker.domain.commitments import Form
from tracker.domain.financing import Side
from tracker.domain.financing_rules import judged
from tracker.domain.money import Money
from tracker.domain.texts import mark, stem_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reports.model import Report, Row
    from reports.occasion import Occasion
    from tracker.domain.budgets import BudgetLine
    from tracker.domain.commitments import Commitment
    from tracker.domain.financing import FinancingFacts

TITLE: Final = mark("Financing plan")
COMMITTED, CONDITIONAL, PLEDGED = (Cell("commitments", None, at) for at in (6, 7, 8))
PLANNED: Final = Cell("by_category", None, 1)
STATES: Final = {"ok": mark("Holds"), "broken": mark("Broken"), "waived": mark("Waived")}


def build(
    facts: FinancingFacts,
    plan: Sequence[BudgetLine],
    commitments: Sequence[Commitment],
    occasion: Occasion,
) -> Report:
    """Lay out the financing plan in the reader's language.

    Shape:  ``plan`` are the lines of the project's own budget; without any there is no plan.
    """
    _, language = words.gettext_for(occasion.language), occasion.language
    chart = charts_made.funding_by_source(commitments, language)
    return occasion.report(
        "financing_plan",
        _(TITLE),
        as_of=occasion.made_on,
        version=_("Draft"),
        file_stem=stem_of(occasion.project_code, "financing-plan", occasion.made_on),
        about=occasion.head(occasion.made_on),
        sections=(
            _figures(facts, language),
            *((table_of(chart, language),) if chart else ()),
            _commitments(facts, language),
            _mix(facts, language),
            *_planned(plan, language),
            *_rules(facts, language),
        ),
        charts=(chart,) if chart else (),
    )


def _figures(facts: FinancingFacts, language: str) -> Section:
    """Tell what it costs, what is promised how surely, and what is missing."""
    _ = words.gettext_for(language)
    promised, sure = Sum((COMMITTED,)), _("Awards and confirmed amendments of binding commitments")
    told: list[Told] = [
        (_("Committed"), facts.committed, sure, promised),
        (_("Conditional"), facts.conditional, _("Promised on conditions"), Sum((CONDITIONAL,))),
        (_("Pledged"), facts.pledged, _("Reserved or pledged"), Sum((PLEDGED,))),
    ]
    if facts.planned is not None and facts.gap is not None and facts.gap_later is not None:
        gap, later = (
            Sum((PLANNED,), (COMMITTED,)),
            Sum((PLANNED,), (COMMITTED, CONDITIONAL, PLEDGED)),
        )
        if_all = _("The gap that stays if all that is conditional and pledged comes")
        told.insert(0, (_("Planned cost"), facts.planned, _("The project's plan"), Sum((PLANNED,))))
        told += [
            (_("Gap"), facts.gap, _("Planned cost − committed"), gap),
            (_("Gap in the end"), facts.gap_later, if_all, later),
        ]
    told += [
        (_("In kind, signed for"), facts.in_kind_signed, _("Partners' hours; not money"), None),
        (_("In kind, not signed for yet"), facts.in_kind_unsigned, _("Does not count yet"), None),
    ]
    return told_figures("figures", _("Figures"), told, language, width=32)


def _commitments(facts: FinancingFacts, language: str) -> Section:
    """List every promise that stands, by how sure it is."""
    _ = words.gettext_for(language)
    return Section(
        "commitments",
        _("Commitments"),
        (
            Column(_("Commitment"), width=12),
            Column(_("Funder"), width=28),
            Column(_("Programme"), width=28),
            Column(_("Counted as"), width=18),
            Column(_("Form"), width=10),
            Column(_("Status"), width=14),
            Column(_("Committed"), Kind.MONEY, 18),
            Column(_("Conditional"), Kind.MONEY, 18),
            Column(_("Pledged"), Kind.MONEY, 18),
        ),
        tuple(
            (
                source.code,
                source.funder,
                source.programme,
                words.label(source.side, language),
                words.label(source.form, language),
                words.label(source.status, language),
                source.committed,
                source.conditional,
                source.pledged,
            )
            for source in facts.sources
        ),
        (_("Total"), *(None,) * 5, facts.committed, facts.conditional, facts.pledged),
        _("Amounts in euros."),
    )


def _mix(facts: FinancingFacts, language: str) -> Section:
    """Tell what each side committed, in which form, and which share of the plan that is."""
    _ = words.gettext_for(language)
    return Section(
        "mix",
        _("Committed by side and form"),
        (
            Column(_("Counted as"), width=20),
            *(Column(words.label(form, language), Kind.MONEY, 18) for form in Form),
            Column(_("Together"), Kind.MONEY, 18, plus=(1, 2, 3)),
            Column(_("Share of the plan"), Kind.SHARE, 14),
        ),
        tuple(_mixed(words.label(side, language), side, facts) for side in Side),
        _mixed(_("Total"), None, facts),
        _("Amounts in euros."),
    )


def _mixed(name: str, side: Side | None, facts: FinancingFacts) -> Row:
    whole = facts.of(side)
    return (name, *(facts.of(side, form) for form in Form), whole, facts.share_of_plan(whole))


def _planned(plan: Sequence[BudgetLine], language: str) -> list[Section]:
    """Tell the plan by category, and by work package and year where it tells these apart."""
    _ = words.gettext_for(language)
    tables: tuple[tuple[str, str, str, Callable[[BudgetLine], str]], ...] = (
        (
            "by_category",
            _("Planned cost by category"),
            _("Category"),
            lambda line: words.label(line.category, language),
        ),
        (
            "by_package",
            _("Planned cost by work package"),
            _("Work package"),
            lambda line: line.work_package,
        ),
        (
            "by_year",
            _("Planned cost by year"),
            _("Year"),
            lambda line: str(line.year) if line.year else "",
        ),
    )
    return [
        _sums(key, title, by, [(name(line), line.amount) for line in plan], language)
        for key, title, by, name in tables
        if any(name(line) for line in plan)
    ]


def _sums(
    key: str, title: str, by: str, found: Sequence[tuple[str, Money]], language: str
) -> Section:
    _ = words.gettext_for(language)
    cents = Counter[str]()
    for name, amount in found:
        cents[name] += amount.cents
    named = cents if key == "by_category" else sorted(cents, key=lambda name: (not name, name))
    return Section(
        key,
        title,
        (Column(by, width=32), Column(_("Amount"), Kind.MONEY, 18)),
        tuple((name or _("Not told apart"), Money(cents[name])) for name in named),
        (_("Total"), Money.total(amount for _name, amount in found)),
        _("Amounts in euros."),
    )


def _rules(facts: FinancingFacts, language: str) -> tuple[Section, ...]:
    """Hold the plan against the rules on the mix of money; nothing without a plan."""
    _ = words.gettext_for(language)
    rules = judged(facts)
    if not rules:
        return ()
    return (
        Section(
            "rules",
            _("Rules on the mix of money"),
            (
                Column(_("Rule"), width=34),
                Column(_("Programme"), width=26),
                Column(_("Limit"), Kind.MONEY, 18),
                Column(_("Found"), Kind.MONEY, 18),
                Column(_("Room"), Kind.MONEY, 18),
                Column(_("State"), width=14),
                Column(_("Source"), width=44),
            ),
            tuple(
                (
                    words.label(rule.what, language),
                    rule.programme or _("The law"),
                    rule.limit,
                    rule.found,
                    rule.room,
                    _(STATES[rule.state]),
                    rule.source,
                )
                for rule in rules
            ),
            note=_(
                "Amounts in euros. Room is what is left until a rule is broken; below nil where it"
                " is."
            ),
        ),
    )
