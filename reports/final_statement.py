"""The final statement: what a commitment paid for in all, and what is settled in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reports import figures, words
from reports.change_lines import variances
from reports.checks import Tied, checks_of
from reports.commitment_head import headed
from reports.declaration import declaration
from reports.final_steps import audit_of, steps_of
from reports.milestone_report import timeline_of, told_of
from reports.model import Cell, Column, Kind, Section, Sum
from reports.own_lines import own_lines
from reports.receipt_lines import receipt_lines
from reports.source_lines import grant_lines
from reports.statement import award_of, categories_of, chart_of
from tracker.domain.commitments import Form
from tracker.domain.money import Money
from tracker.domain.shares import share_of
from tracker.domain.texts import mark

if TYPE_CHECKING:
    from reports.model import Report, Row
    from tracker.domain.final_accounts import FinalAccount
    from tracker.domain.statement_parts import SourceSum
    from tracker.domain.statements import StatementFacts

TITLE: Final = mark("Final statement")
ACTUAL: Final = Cell("categories", None, 5)
RECEIVED: Final = Cell("receipts", None, 4)
AWARDED, COMMITTED = Cell("award", 0, 3), Cell("award", None, 3)
CLAIMED, DETERMINED = (Cell("settlement", at, 1) for at in (4, 5))


def build(facts: StatementFacts) -> Report:
    """Lay out a final statement, in the funder's language.

    Errors: ``TrackerError`` if one of the checks of the facts does not come to zero.
    """
    if facts.final is None:
        raise ValueError("a final statement needs what its determination rests on")
    categories = categories_of(facts)
    chart = timeline_of(facts)
    drawn = (chart_of(facts, categories), *((chart,) if chart else ()))
    return headed(
        facts,
        "final_statement",
        TITLE,
        sections=(
            _settlement(facts, facts.final),
            grant_lines(facts),
            award_of(facts),
            categories,
            *own_lines(facts),
            _paid_by(facts, facts.final),
            *((receipt_lines(facts),) if facts.commitment.form is not Form.IN_KIND else ()),
            steps_of(facts, facts.final),
            *audit_of(facts, facts.final),
            *((told_of(chart, facts),) if chart else ()),
            *variances(facts),
            declaration(facts),
            checks_of(facts, _tied(facts)),
        ),
        charts=drawn,
    )


def _settlement(facts: StatementFacts, final: FinalAccount) -> Section:
    """Tell from the award to the settlement; in kind nothing is paid either way."""
    _ = words.gettext_for(facts.language)
    rows, ties = _told(facts, final)
    note = _("Amounts in euros.")
    if facts.period.last_day < facts.commitment.period.last_day:
        note += " " + _("Not final: the commitment runs until {day}.").format(
            day=figures.day(facts.commitment.period.last_day, facts.language)
        )
    return Section(
        "settlement",
        _("Determination and settlement"),
        (
            Column(_("Figure"), width=34),
            Column(_("Amount"), Kind.MONEY, 18),
            Column(_("How it comes about"), width=60),
        ),
        tuple(rows),
        note=note,
        ties=ties,
    )


def _told(
    facts: StatementFacts, final: FinalAccount
) -> tuple[list[Row], dict[tuple[int, int], Sum]]:
    _ = words.gettext_for(facts.language)
    commitment, charged = facts.commitment, facts.charged_to_date
    rows: list[Row] = [
        (_("Award"), commitment.award, _("As first decided")),
        (_("Amendments"), commitment.amount - commitment.award, _("All together")),
        (_("Committed"), commitment.amount, _("Award + amendments")),
        (_("Costs"), charged, _("All costs charged up to the end of the period")),
        (_("Claimed"), final.claim(commitment, charged), _how_claimed(facts, final)),
        (_("Determined"), commitment.determined, _how_determined(facts, final)),
    ]
    ties = {
        (0, 1): Sum((AWARDED,)),
        (1, 1): Sum((COMMITTED,), (AWARDED,)),
        (2, 1): Sum((COMMITTED,)),
        (3, 1): Sum((ACTUAL,)),
    }
    if commitment.form is Form.IN_KIND:
        return rows, ties
    settled = final.settlement(commitment, charged, facts.received_to_date)
    whole = CLAIMED if commitment.determined is None else DETERMINED
    until = _("All receipts up to the end of the period")
    rows += [
        (_("Advances received"), facts.received_to_date, until),
        (_("Settlement"), settled.amount, _how_settled(facts)),
        (_("To receive"), settled.to_receive, _("The settlement where it is above nil")),
        (_("To repay"), settled.to_repay, _("The settlement where it is below nil")),
    ]
    return rows, {**ties, (6, 1): Sum((RECEIVED,)), (7, 1): Sum((whole,), (RECEIVED,))}


def _how_claimed(facts: StatementFacts, final: FinalAccount) -> str:
    _ = words.gettext_for(facts.language)
    if final.requested_on is None:
        return _("What can be claimed: the costs, at most the amount committed")
    day = figures.day(final.requested_on, facts.language)
    return _("As requested on {day}").format(day=day)


def _how_determined(facts: StatementFacts, final: FinalAccount) -> str:
    _ = words.gettext_for(facts.language)
    if facts.commitment.determined is None or final.determined_on is None:
        return _("Not determined yet")
    day = figures.day(final.determined_on, facts.language)
    return _("As decided on {day}").format(day=day)


def _how_settled(facts: StatementFacts) -> str:
    _ = words.gettext_for(facts.language)
    if facts.commitment.determined is None:
        return _("Claimed − advances received, as long as nothing is determined")
    return _("Determined − advances received")


def _paid_by(facts: StatementFacts, final: FinalAccount) -> Section:
    """Tell who paid the costs of which this commitment pays a part; others are never named.

    Source: Formulier eindrapportage (Noord-Holland); Kaderbesluit nationale EZ-subsidies, art. 50.
    """
    _ = words.gettext_for(facts.language)
    charged = facts.charged_to_date
    told = [(facts.commitment.code, charged)]
    told += [(_named(one, facts.language), one.charged) for one in final.others]
    rest = _("Paid by nobody") if final.others else _("Paid otherwise")
    told.append((rest, final.paid_by_nobody(charged)))
    return Section(
        "paid_by",
        _("Who paid the costs"),
        (
            Column(_("Paid by"), width=44),
            Column(_("Amount"), Kind.MONEY, 18),
            Column(_("Share"), Kind.SHARE, 12),
        ),
        tuple((name, amount, share_of(amount, final.total_cost)) for name, amount in told),
        (_("Total cost"), final.total_cost, None),
        _(
            "Amounts in euros. All of the costs of which this award pays a part; those who pay for"
            " the rest are told together."
        ),
        ties={(0, 1): Sum((ACTUAL,))},
    )


def _named(source: SourceSum, language: str) -> str:
    """Name what a sum of others is of, such as ``Public, Private: Cash``."""
    sides, forms = (
        ", ".join(words.label(code, language) for code in codes)
        for codes in (source.sides, source.forms)
    )
    return f"{sides}: {forms}"


def _tied(facts: StatementFacts) -> list[Tied]:
    _ = words.gettext_for(facts.language)
    budget = Money.total(line.to_date for line in facts.categories)
    return [
        Tied(
            _("Costs by category, and what this award paid of all costs"),
            budget,
            Sum((ACTUAL,)),
            Sum((Cell("paid_by", 0, 1),)),
        )
    ]
