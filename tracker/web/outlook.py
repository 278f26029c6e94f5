"""The outlook: what comes in, what goes out, what lapses, and how each figure is made up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request

from reports import figures
from reports import outlook as outlook_list
from reports.charts import StepLine, Steps
from tracker.domain.errors import NotFoundError
from tracker.domain.expected import shares_of
from tracker.domain.outlook import outlook
from tracker.domain.periods import month_of, months_after
from tracker.domain.policy import Permission
from tracker.domain.scenarios import cash_over
from tracker.extensions import db
from tracker.store.outlook import outlook_facts
from tracker.store.projects import the_project
from tracker.web.clock import today
from tracker.web.exports import list_handed_out, occasion
from tracker.web.language import language, translate
from tracker.web.outlook_tables import lines_of, money_of, month_named, of_month, quarters_of
from tracker.web.permissions import permission

if TYPE_CHECKING:
    from decimal import Decimal

    from flask.typing import ResponseReturnValue

    from tracker.domain.outlook import CommitmentOutlook, Funding, Outlook, OutlookFacts

bp = Blueprint("outlook", __name__)


@bp.app_template_filter("months")
def months(value: Decimal) -> str:
    """Write a number of months as the reader does."""
    return outlook_list.months_said(value, language())


@bp.app_template_filter("month")
def month(name: str) -> str:
    """Write a month, named as ``2026-02``, as the reader does."""
    return figures.month(month_named(name), language())


BACK = 12  # months before the current one that the chart shows


@bp.get("/outlook")
@permission(Permission.SEE_BOOKS)
def show() -> ResponseReturnValue:
    """Show the outlook: cash by month, what becomes of each commitment, and the gap by year."""
    facts = facts_of_project()
    made = outlook(facts)
    return render_template(
        "outlook/show.html",
        outlook=made,
        forecast=facts.forecast,
        chart=cash_chart(made),
        quarters=quarters_of(made),
        open=request.args.get("quarter", ""),
        today=facts.as_of,
    )


@bp.get("/outlook/months/<month>")
@permission(Permission.SEE_BOOKS)
def show_month(month: str) -> ResponseReturnValue:
    """Show how the figures of one month are made up."""
    facts = facts_of_project()
    made, day = outlook(facts), month_named(month)
    if day not in made.months:
        raise NotFoundError("The outlook does not reach {month}.", month=month)
    return render_template("outlook/month.html", **of_month(facts, made, day))


@bp.get("/outlook/export.<any(csv, xlsx):face>")
@permission(Permission.SEE_BOOKS)
def export(face: str) -> ResponseReturnValue:
    """Hand out the outlook as a file: all of it as a workbook, its months as a table."""
    return list_handed_out(outlook_list.build(outlook(facts_of_project()), occasion()), face)


@bp.get("/outlook/<code>")
@permission(Permission.SEE_BOOKS)
def show_commitment(code: str) -> ResponseReturnValue:
    """Show how the outlook of one commitment is made up, line by line."""
    facts = facts_of_project()
    one, funding = _commitment_of(outlook(facts), facts, code)
    year = request.args.get("year", type=int)
    return render_template(
        "outlook/commitment.html",
        one=one,
        year=year,
        today=facts.as_of,
        **money_of(facts, one, funding),
        **lines_of(facts, shares_of(facts, one.commitment.id), year),
    )


def facts_of_project() -> OutlookFacts:
    """Give what the outlook of the project is made from, today."""
    session = db.session()
    return outlook_facts(session, today())[the_project(session).id]


def cash_chart(made: Outlook, then: Outlook | None = None) -> Steps:
    """Draw the cash of all commitments month by month, and beside it as it would be."""
    first = max(made.months[0], months_after(month_of(made.as_of), -BACK))
    months = [month for month in made.months if month >= first]
    lines = [StepLine(translate("Cash on hand"), cash_over(made, months), made.as_of)]
    if then is not None:
        months += [month for month in then.months if month > months[-1]]
        lines = [
            StepLine(translate("As it is"), cash_over(made, months), made.as_of),
            StepLine(translate("As supposed"), cash_over(then, months), made.as_of),
        ]
    return Steps(
        name="cash",
        title=translate("Cash at the end of each month"),
        description=translate(
            "Received without charged, of all awarded commitments in cash: as it was until today,"
            " as it is expected afterwards."
        ),
        months=tuple(months),
        lines=tuple(lines),
        today=made.as_of,
    )


def _commitment_of(
    made: Outlook, facts: OutlookFacts, code: str
) -> tuple[CommitmentOutlook, Funding]:
    for one in made.by_commitment:
        if one.commitment.code == code:
            return one, next(f for f in facts.funding if f.commitment.code == code)
    raise NotFoundError("There is no outlook of “{code}”: it does not bind anybody.", code=code)
