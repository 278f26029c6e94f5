"""The page of one commitment, as it is now or as it was on a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from tracker.domain.amendments import Verdict, standing_on
from tracker.domain.money import Money
from tracker.domain.policy import Role
from tracker.extensions import db
from tracker.store import (
    allocations,
    amendments,
    budgets,
    commitments,
    instalments,
    milestones,
    spending,
)
from tracker.store.commitment_lists import commitments_on
from tracker.store.determination import requests_of
from tracker.store.documents import documents_of
from tracker.store.earmarks import particulars_of
from tracker.store.endings import endings_of
from tracker.store.projects import the_project
from tracker.web.auth import current_actor
from tracker.web.claims import claim_of
from tracker.web.clock import today
from tracker.web.comparing import original_of, side_by_side
from tracker.web.deeds import possible_with
from tracker.web.forms.commitments import AsOfForm, DocumentForm
from tracker.web.ordered import ordered_for, warning_of
from tracker.web.reports import years_to_report
from tracker.web.spending import spending_of

if TYPE_CHECKING:
    from datetime import date

    from tracker.domain.amendments import Entered
    from tracker.domain.commitments import Commitment
    from tracker.store.documents import Document

OF_A_COMMITMENT = "commitment/"


def page_of_commitment(
    commitment: Commitment, form: DocumentForm | None = None, as_of: AsOfForm | None = None
) -> str:
    """Show one commitment: what it was and is, what it paid, and what may be done with it."""
    session, form = db.session(), form or DocumentForm(formdata=None)
    as_of = as_of or AsOfForm()
    decisions, ending = shown_decisions(commitment), endings_of(session, [commitment])[0]
    day = None if as_of.errors else as_of.on.data
    return render_template(
        "commitments/show.html",
        commitment=commitment,
        decisions=decisions,
        confirmed=_confirmed_until(decisions, day),
        compared=_compared(decisions, day or today()),
        day=day,
        was=_as_it_was(commitment, day) if day else None,
        as_of=as_of,
        ending=ending,
        possible=possible_with(
            commitment, decisions, current_actor(), is_requested=ending.request is not None
        ),
        documents=shown_documents(commitment),
        form=form,
        today=today(),
        years=years_to_report(commitment),
        **_particulars(commitment),
    )


def shown_decisions(commitment: Commitment) -> list[Entered]:
    """List the decisions that the person may see, in order: a viewer sees no drafts."""
    found = amendments.decisions_of(db.session(), commitment.id)
    if current_actor().role is not Role.FUNDER_VIEWER:
        return found
    return [entered for entered in found if entered.verdict is Verdict.CONFIRMED]


def shown_documents(commitment: Commitment) -> list[Document]:
    """List the documents of a commitment that the person may see, the newest first.

    Shape:  a funder's viewer sees the letters of confirmed decisions, its consents to budgets and
            the request for determination; everything else stays inside.
    """
    session = db.session()
    found = documents_of(session, f"{OF_A_COMMITMENT}{commitment.code}")
    if current_actor().role is not Role.FUNDER_VIEWER:
        return found
    shared = {entered.document_id for entered in shown_decisions(commitment)}
    versions = budgets.versions_of(session, the_project(session).id, commitment.id)
    shared |= {version.document_id for version in versions if version.counts}
    request = requests_of(session).get(commitment.id)
    shared.add(request.document_id if request else None)
    return [document for document in found if document.id in shared]


def _compared(decisions: list[Entered], day: date) -> list[tuple[str, str, str]]:
    """Put the original beside what held on a day."""
    confirmed = [e.decision for e in decisions if e.verdict is Verdict.CONFIRMED]
    return side_by_side(original_of(confirmed), standing_on(confirmed, day))


def _confirmed_until(decisions: list[Entered], day: date | None) -> Money:
    """Add up what was confirmed of the decisions until a day, or of all."""
    return Money.total(
        entered.decision.amount
        for entered in decisions
        if entered.verdict is Verdict.CONFIRMED
        and (day is None or entered.decision.decided_on <= day)
    )


def _as_it_was(commitment: Commitment, day: date) -> Commitment | None:
    """Give a commitment as it was on a day; nothing where it was not there yet."""
    found = (c for c in commitments_on(db.session(), day) if c.id == commitment.id)
    return next(found, None)


def _particulars(commitment: Commitment) -> dict[str, object]:
    """Gather what hangs on a commitment."""
    session, key = db.session(), commitment.id
    allowed = commitments.allowed_categories_of(session, key)
    budget, charged = budgets.budget_of(session, key), spending.charged_by_year(session, key)
    ordered = ordered_for(session, commitment)
    return {
        "ordered": ordered,
        "ordered_too_much": warning_of(commitment, ordered),
        "instalments": (planned := instalments.instalments_of(session, key)),
        "planned": Money.total(instalment.amount for instalment in planned),
        "spending": spending_of(allowed, budget, charged),
        "claim": claim_of(session, commitment, charged),
        "not_charged": allocations.not_charged_by_commitment(session, key),
        "milestones": milestones.milestones_of(session, key),
        "purpose": particulars_of(session, key),
    }
