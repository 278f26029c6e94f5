"""Funding by source, as far as one funder may see it; and the figures a to k of the US form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reports import words
from reports.model import Cell, Column, Kind, Section, Sum
from tracker.domain.commitments import Form
from tracker.domain.money import Money
from tracker.domain.shares import share_of

if TYPE_CHECKING:
    from reports.model import Row
    from tracker.domain.statement_parts import SourceSum
    from tracker.domain.statements import StatementFacts

COMMITTED: Final = Cell("award", None, 3)
RECEIVED: Final = Cell("receipts", None, 4)
TO_DATE: Final = Cell("categories", None, 5)
LINES: Final = "grant_lines"


def source_lines(facts: StatementFacts) -> Section:
    """Lay out what pays for the project: this funder's commitments, and others together."""
    _ = words.gettext_for(facts.language)
    committed, received, charged = (
        Money.total(getattr(source, name) for source in facts.sources)
        for name in ("committed", "received", "charged")
    )
    ties: dict[tuple[int, int], Sum] = {}
    for at, source in enumerate(facts.sources):
        if source.commitment == facts.commitment.code:
            ties |= {(at, 3): Sum((COMMITTED,)), (at, 5): Sum((TO_DATE,))}
            if facts.commitment.form is not Form.IN_KIND:
                ties[at, 4] = Sum((RECEIVED,))
    return Section(
        "sources",
        _("Funding by source"),
        (
            Column(_("Source of funds"), width=28),
            Column(_("Public or private"), width=20),
            Column(_("Form"), width=16),
            Column(_("Committed"), Kind.MONEY, 17),
            Column(_("Received"), Kind.MONEY, 17),
            Column(_("To date"), Kind.MONEY, 17),
            Column(_("Share of what is told"), Kind.SHARE, 11),
        ),
        tuple(_source(source, committed, facts) for source in facts.sources),
        (_("Total"), None, None, committed, received, charged, share_of(committed, committed)),
        _note(facts),
        ties=ties,
    )


def _source(source: SourceSum, whole: Money, facts: StatementFacts) -> Row:
    _ = words.gettext_for(facts.language)
    name = f"{source.commitment} · {source.reference}" if source.commitment else _("Other sources")
    return (
        name,
        ", ".join(words.label(side, facts.language) for side in source.sides),
        ", ".join(words.label(form, facts.language) for form in source.forms),
        source.committed,
        source.received,
        source.charged,
        share_of(source.committed, whole),
    )


def _note(facts: StatementFacts) -> str:
    _ = words.gettext_for(facts.language)
    told = [
        _("Amounts in euros. Received and charged up to the end of the period."),
        _("Others are told only together, and never fewer than two of them in one sum."),
    ]
    if all(source.commitment for source in facts.sources):
        told.append(_("What a single other source pays is left out."))
    return " ".join(told)


def grant_lines(facts: StatementFacts) -> Section:
    """Lay out the figures a to k of the Federal Financial Report: all of them to date.

    Source: SF-425, section 10.
    """
    _ = words.gettext_for(facts.language)
    in_kind = facts.commitment.form is Form.IN_KIND
    rows = [*([] if in_kind else _cash(facts)), *_funds(facts), *_own_part(facts)]
    at = {str(row[0]): number for number, row in enumerate(rows)}
    ties = {
        (at[letter], 2): Sum(
            tuple(_cell(one, at) for one in plus), tuple(_cell(one, at) for one in minus)
        )
        for letter, (plus, minus) in TIES.items()
        if letter in at and rows[at[letter]][2] is not None
    }
    return Section(
        LINES,
        _("Figures a to k"),
        (
            Column(_("Line"), width=7),
            Column(_("Figure"), width=38),
            Column(_("Amount"), Kind.MONEY, 18),
            Column(_("How it comes about"), width=64),
        ),
        tuple(rows),
        note=_(
            "Amounts in euros, all of them to date. The lines of form SF-425; costs count when"
            " they are incurred."
        ),
        ties=ties,
    )


TIES: Final[dict[str, tuple[tuple[Cell | str, ...], tuple[Cell | str, ...]]]] = {
    "a": ((RECEIVED,), ()),
    "b": ((TO_DATE,), ()),
    "c": (("a",), ("b",)),
    "d": ((COMMITTED,), ()),
    "e": ((TO_DATE,), ()),
    "g": (("e", "f"), ()),
    "h": (("d",), ("g",)),
    "k": (("i",), ("j",)),
}
"""From which figures those of a line follow: other lines by their letter, or cells elsewhere."""


def _cell(one: Cell | str, at: dict[str, int]) -> Cell:
    return one if isinstance(one, Cell) else Cell(LINES, at[one], 2)


def _cash(facts: StatementFacts) -> list[Row]:
    _ = words.gettext_for(facts.language)
    return [
        ("a", _("Cash received"), facts.received_to_date, _("All receipts")),
        ("b", _("Cash spent"), facts.charged_to_date, _("Costs charged, taken as paid")),
        ("c", _("Cash on hand"), facts.cash_on_hand, "a − b"),
    ]


def _funds(facts: StatementFacts) -> list[Row]:
    _ = words.gettext_for(facts.language)
    spent = facts.charged_to_date
    together, amount = spent + facts.ordered, facts.commitment.amount
    return [
        ("d", _("Funds authorised"), amount, _("The award with its amendments")),
        ("e", _("Costs that the award pays"), spent, _("Costs charged")),
        (
            "f",
            _("Orders that the award is to pay"),
            facts.ordered,
            _("Ordered and not yet invoiced, of orders entered for this award"),
        ),
        ("g", _("Costs and orders together"), together, "e + f"),
        ("h", _("Funds that are still free"), amount - together, "d − g"),
    ]


def _own_part(facts: StatementFacts) -> list[Row]:
    """Lay out what others bring; an award that pays all of its costs asks for nothing."""
    _ = words.gettext_for(facts.language)
    required = facts.own_required
    if required is None:
        return [("i", _("Others must bring"), None, _("This award sets no share of the costs"))]
    return [
        ("i", _("Others must bring"), required, _("Award ÷ its share of the costs − award")),
        (
            "j",
            _("Others brought"),
            facts.own_spent,
            _("The rest of the costs that this award pays a part of"),
        ),
        ("k", _("Others are still to bring"), required - facts.own_spent, "i − j"),
    ]
