"""Reading the facts of the financing plan, and what a programme says of moves in a budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from tracker.domain.aid import CompanySize
from tracker.domain.budgets import Virement
from tracker.domain.commitments import UNCOUNTED, Form, Status
from tracker.domain.financing import FinancingFacts, FinancingTerms, Source, side_of
from tracker.domain.money import Money
from tracker.domain.waivers import Rule, is_waived
from tracker.store import budgets, contributions, projects, terms
from tracker.store.commitments import CommitmentBalanceRow, CommitmentRow
from tracker.store.funders import FunderRow, ProgrammeRow
from tracker.store.projects import ProjectRow
from tracker.store.waivers import waivers_of

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from tracker.domain.commitments import Commitment
    from tracker.domain.terms import TermSheet

AID = "aid_ceiling"
SAYS_OF_MIX = (AID, "private_minimum", "research_minimum", "cash_share_large")


def financing_facts(session: Session, day: date) -> FinancingFacts:
    """Gather what the financing plan is made of, on the terms of a day.

    Shape:  read anew: inside a deed it tells what the deed has done so far.
    Errors: ``NotFoundError`` where no programme has been set up.
    """
    project = projects.the_project(session)
    plan = budgets.version_that_counts(budgets.versions_of(session, project.id, None))
    hours = contributions.contributions_of(session)
    return FinancingFacts(
        planned=plan.total if plan else None,
        sources=_sources(session, day),
        waivers=tuple(w for w in waivers_of(session) if w.holds_on(day)),
        in_kind_signed=Money.total(each.value for each in hours if each.counts),
        in_kind_unsigned=Money.total(each.value for each in hours if not each.counts),
    )


def lock_financing(session: Session) -> None:
    """Let one decision at a time judge the mix of money, until its transaction ends."""
    session.execute(select(ProjectRow.id).with_for_update(key_share=True))


def _sources(session: Session, day: date) -> tuple[Source, ...]:
    sheets = terms.term_sheets(session)
    rows = session.execute(
        select(
            CommitmentRow.code,
            CommitmentRow.status,
            CommitmentRow.form,
            CommitmentBalanceRow.committed,
            ProgrammeRow.id,
            ProgrammeRow.name,
            ProgrammeRow.size,
            FunderRow.name,
            FunderRow.kind,
        )
        .join(CommitmentBalanceRow, CommitmentBalanceRow.commitment_id == CommitmentRow.id)
        .join(ProgrammeRow, ProgrammeRow.id == CommitmentRow.programme_id)
        .join(FunderRow, FunderRow.id == ProgrammeRow.funder_id)
        .where(CommitmentRow.status.not_in([status.value for status in UNCOUNTED]))
        .order_by(CommitmentRow.position, CommitmentRow.id)
    )
    return tuple(
        Source(
            code=code,
            funder=funder,
            programme=programme,
            side=side_of(kind),
            form=Form(form),
            status=Status(status),
            amount=Money(committed),
            terms=_terms(sheets.get(key), size, day),
        )
        for code, status, form, committed, key, programme, size, funder, kind in rows
    )


def virement_of(session: Session, commitment: Commitment, day: date) -> Virement:
    """Tell what a commitment's programme says of moves within the budget on a day."""
    sheet = terms.terms_of(session, commitment.programme_id)
    return Virement(
        tolerance=sheet.share("virement_tolerance", day=day),
        stops=sheet.stops(Rule.VIREMENT, day=day),
        is_waived=is_waived(waivers_of(session), Rule.VIREMENT, commitment.code, day),
    )


def _terms(sheet: TermSheet | None, size: str, day: date) -> FinancingTerms:
    """Read what a programme says of the mix of money, to an undertaking of this size."""
    if sheet is None:
        return FinancingTerms()
    found = {code: sheet.term(code, day=day, scope=size * (code == AID)) for code in SAYS_OF_MIX}
    cash = sheet.share("cash_share_large", day=day) if size == CompanySize.LARGE else None
    return FinancingTerms(
        aid_category=sheet.choice("aid_category", day=day),
        aid_ceiling=sheet.share(AID, day=day, scope=size),
        private_minimum=sheet.share("private_minimum", day=day),
        research_minimum=sheet.share("research_minimum", day=day),
        cash_share=cash,
        stops=frozenset(rule.value for rule in Rule if sheet.stops(rule, day=day)),
        sources=tuple((code, term.source) for code, term in found.items() if term),
    )
