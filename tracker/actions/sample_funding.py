"""What happened to the sample's funding after it was loaded: amendments, plans, waivers, hours.

Every amount, name, letter and date in here is made up.
"""

# long: one story, told in the order in which it happened

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from tracker.actions import (
    amendments,
    budgets,
    commitments,
    contributions,
    determination,
    funders,
    instalments,
    receipts,
    terms,
    waivers,
)
from tracker.domain.amendments import Amendment
from tracker.domain.budgets import BudgetLine, NewBudget
from tracker.domain.commitments import Form, Particulars, Promise, Status
from tracker.domain.contributions import NewDeclaration
from tracker.domain.determination import Request
from tracker.domain.funders import Contact
from tracker.domain.instalments import Progress
from tracker.domain.money import Money
from tracker.domain.periods import Period
from tracker.domain.presets import PRESETS
from tracker.domain.receipts import NewReceipt, Part
from tracker.domain.terms import DatedTerm
from tracker.domain.waivers import NewWaiver, Rule
from tracker.store.amendments import drafts
from tracker.store.audit import AuditRow
from tracker.store.budgets import budget_of
from tracker.store.commitments import commitment_named
from tracker.store.funders import funder_record
from tracker.store.instalments import instalments_of
from tracker.store.receipts import receipts_of, unmatched_receipts
from tracker.store.terms import terms_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor
    from tracker.store.documents import Upload

TODAY = date(2025, 12, 31)
"""The day on which the sample ends; what its people did, they had done by then."""

FICTITIOUS = "Made up for the sample"
PRESET_OF = {
    "NGF-1": "national_growth_fund",
    "PZH-1": "province_from_125k",
    "LUMC-1": "own_contribution",
    "EFRO-C": "erdf",
}
AGREED = (
    ("NGF-1", "aid_category", "", "research_infrastructure", "Regulation (EU) 651/2014, art. 26"),
    ("NGF-1", "aid_ceiling", "large", "50", "Regulation (EU) 651/2014, art. 26"),
    ("NGF-1", "on_aid_intensity", "", "warn", FICTITIOUS),
    ("NGF-1", "private_minimum", "", "10", FICTITIOUS),
    ("NGF-1", "on_private_minimum", "", "warn", FICTITIOUS),
    ("NGF-1", "virement_tolerance", "", "10", FICTITIOUS),
)
"""Terms that go beyond the presets: commitment, term, scope, value and source."""
PLAN = {
    ("construction", "WP1"): 5_800_000,
    ("equipment", "WP2"): 4_900_000,
    ("personnel", "WP1"): 900_000,
    ("personnel", "WP2"): 1_100_000,
    ("personnel", "WP3"): 4_200_000,
    ("personnel", "WP4"): 2_300_000,
    ("personnel", "WP5"): 1_600_000,
    ("third_parties", "WP1"): 1_100_000,
    ("third_parties", "WP3"): 900_000,
    ("third_parties", "WP4"): 600_000,
    ("materials", "WP3"): 1_300_000,
    ("travel", "WP5"): 300_000,
}
EXTRA_CLEANROOMS = {("construction", "WP1"): 900_000, ("equipment", "WP2"): 300_000}
MOVED = Money(15_000_000)
FUNDERS = (
    (1, "National Growth Fund", Contact("N. van Dam", "Programme", "fund@example.org")),
    (2, "Province South Holland", Contact("P. Zijl", "Grants desk", "grants@example.org")),
    (4, "LUMC", Contact("L. Meijer", "Finance and control", "control@example.org")),
)


@dataclass(frozen=True, slots=True)
class Office:
    """The people of the sample who do and who confirm."""

    session: Session
    officer: Actor
    controller: Actor

    def has_done(self, did: str, subject: str) -> bool:
        """Tell whether an earlier, interrupted run came past a deed."""
        found = select(AuditRow.seq).where(AuditRow.did == did, AuditRow.subject == subject)
        return self.session.scalars(found.limit(1)).first() is not None

    def draft_of(self, code: str) -> int:
        """Give the draft that waits on a commitment, 0 for none."""
        return next((one.id for one in drafts(self.session) if one.commitment == code), 0)

    def letter(self, sender: str, text: str) -> Upload:
        """Make up a letter of a sender."""
        content = f"Fictitious letter\n\n{sender}\n\n{text}\n".encode()
        return (f"letter {sender}.txt", "text/plain", content)


def live_through(session: Session, *, controller: Actor, by: Actor) -> None:
    """Do what the sample's people did, or what an interrupted run left of it.

    Shape:  the controller confirms what ``by`` enters.
    """
    office = Office(session, by, controller)
    for step in STEPS:
        step(office)


def _know_funders(office: Office) -> None:
    for key, name, contact in FUNDERS:
        if office.has_done("change contacts", f"funder/{key}"):
            continue
        record = funder_record(office.session, key)
        if record.particulars.name != name:
            raise AssertionError(f"funder {key} of the sample is {record.particulars.name}")
        funders.keep_contacts(
            office.session, key, [contact], version=record.version, by=office.officer
        )


def _write_terms(office: Office) -> None:
    """Give the programmes the terms of their presets that the file did not name, and some more."""
    wished = [
        (code, term.code, term.scope, term.value, term.source, term.is_verified)
        for code, preset in PRESET_OF.items()
        for term in PRESETS[preset].terms
    ]
    wished += [(*term, term[-1] != FICTITIOUS) for term in AGREED]
    for code, *term, is_verified in wished:
        commitment = commitment_named(office.session, code)
        name, scope, value, source = term
        if terms_of(office.session, commitment.programme_id).history(name, scope):
            continue
        dated = DatedTerm(name, scope, value, commitment.decided_on, source, is_verified)
        terms.change_term(office.session, commitment.programme_id, dated, by=office.officer)


def _plan_costs(office: Office) -> None:
    if office.has_done("plan costs", "project/NECST"):
        return
    later = {key: PLAN[key] + EXTRA_CLEANROOMS.get(key, 0) for key in PLAN}
    for number, (made_on, reason, amounts) in enumerate(
        (
            (date(2020, 11, 16), "Plan of the programme board", PLAN),
            (date(2021, 7, 5), "Three extra cleanrooms", later),
        )
    ):
        lines = tuple(
            BudgetLine(category, package, 0, Money(euros * 100))
            for (category, package), euros in amounts.items()
        )
        new = NewBudget(made_on, reason, lines, based_on=number)
        budgets.plan(office.session, new, today=TODAY, by=office.officer)


def _amend(office: Office) -> None:
    """Let the partners give half a year more, confirmed by somebody else."""
    if office.has_done("confirm amendment", "commitment/RMX-C"):
        return
    longer = Period(date(2022, 1, 1), date(2026, 6, 30))
    decision = Amendment(1, date(2025, 6, 16), Money(0), "Half a year more", period=longer)
    key = office.draft_of("RMX-C") or amendments.amend(
        office.session,
        "RMX-C",
        decision,
        today=TODAY,
        by=office.officer,
        letter=office.letter("RegMed XB partners", "The period is extended to 30 June 2026."),
    )
    amendments.confirm(office.session, key, version=1, today=TODAY, by=office.controller)


def _leave_drafts(office: Office) -> None:
    """Leave one commitment that waits to be confirmed, and one step that was sent back."""
    if not office.has_done("enter commitment", "commitment/PZH-2"):
        award = Amendment(
            0,
            date(2025, 11, 20),
            Money(75_000_000),
            "Award for the scale-up of process development",
            status=Status.AWARDED,
            period=Period(date(2026, 1, 1), date(2027, 12, 31)),
            categories=("personnel", "third_parties", "materials"),
        )
        programme = commitment_named(office.session, "PZH-1").programme_id
        particulars = Particulars("Progress report every twelve months.", ("WP3",))
        promise = Promise(programme, "PZH-2", "PZH-2025-811204", Form.CASH, award, particulars)
        said = office.letter("Province South Holland", "An amount of 750,000.00 is awarded.")
        commitments.enter(office.session, promise, today=TODAY, by=office.officer, letter=said)
    if office.has_done("send amendment back", "commitment/HF-P"):
        return
    step = Amendment(
        1, date(2025, 12, 1), Money(0), "Award on conditions", status=Status.CONDITIONAL
    )
    key = office.draft_of("HF-P") or amendments.amend(
        office.session, "HF-P", step, today=TODAY, by=office.officer
    )
    amendments.send_back(
        office.session, key, "The letter is not attached.", version=1, by=office.controller
    )


def _divide_budget(office: Office) -> None:
    if office.has_done("divide budget", "commitment/NGF-1"):
        return
    commitment = commitment_named(office.session, "NGF-1")
    amounts = budget_of(office.session, commitment.id)
    amounts["construction"] -= MOVED
    amounts["equipment"] += MOVED
    lines = tuple(BudgetLine(category, "", 0, amount) for category, amount in amounts.items())
    new = NewBudget(date(2022, 11, 4), "Air handling came cheaper, freezers dearer", lines, 1)
    consent = office.letter("National Growth Fund", "We agree to the move of 150,000.00.")
    budgets.divide(office.session, "NGF-1", new, today=TODAY, by=office.officer, consent=consent)


def _follow_instalments(office: Office) -> None:
    """Ask for the last instalments that nobody has paid; of one, a part is held back."""
    for code in ("NGF-1", "PZH-1", "UL-1"):
        subject = f"commitment/{code}"
        commitment = commitment_named(office.session, code)
        waiting = [
            one
            for one in instalments_of(office.session, commitment.id)
            if not one.received.cents and one.due_on <= TODAY
        ]
        if not waiting or office.has_done("follow instalment", subject):
            continue
        held = Money(waiting[-1].amount.cents // 10)
        progress = Progress(waiting[-1].due_on, None, held, "Progress report came late")
        instalments.follow(
            office.session,
            code,
            waiting[-1].number,
            progress,
            version=commitment.version,
            today=TODAY,
            by=office.officer,
        )


def _sort_receipts(office: Office) -> None:
    """Set one customer's money aside; enter a receipt by hand, which turns out to be a mistake."""
    subject = "commitment/RMX-C/receipts"
    if not office.has_done("enter receipt", subject):
        part = Part("RMX-C", 0, Money(10_000_000))
        new = NewReceipt(date(2025, 12, 30), "RegMed XB partners", "RMXB-PP-2022-C advance", part)
        receipts.enter(office.session, new, today=TODAY, by=office.officer)
    if not office.has_done("undo receipt", subject):
        commitment = commitment_named(office.session, "RMX-C")
        by_hand = [one for one in receipts_of(office.session, commitment.id) if not one.entry_id]
        reason = "The partners pay in January"
        receipts.undo(office.session, by_hand[0].id, reason, by=office.officer)
    if not office.has_done("set money aside", "project/NECST/receipts"):
        for entry in unmatched_receipts(office.session)[:1]:
            receipts.set_aside(
                office.session, entry.id, "Paid by a customer of the facility", by=office.officer
            )


def _sign_for_hours(office: Office) -> None:
    """Have the partners sign for all years but the last."""
    for partner, person in (("Biomaterials BV", "B. de Boer"), ("Kapsel & Cel NV", "K. Claes")):
        if office.has_done("enter declaration", f"in-kind/{partner}"):
            continue
        declaration = NewDeclaration(
            partner,
            date(2022, 1, 1),
            date(2024, 12, 31),
            "Fixed hourly rate of 60, hours from time sheets",
            person,
            date(2025, 2, 14),
        )
        contributions.declare(
            office.session,
            declaration,
            office.letter(partner, "I declare that these hours were worked."),
            today=TODAY,
            by=office.officer,
        )


def _waive(office: Office) -> None:
    if office.has_done("approve waiver", "waiver/1"):
        return
    key = 1
    if not office.has_done("ask for waiver", "waiver/1"):
        reason = "The fund lets equipment be bought ahead of the budget."
        new = NewWaiver(Rule.VIREMENT, "NGF-1", reason, date(2027, 12, 31))
        said = office.letter("National Growth Fund", "We have no objection until the end of 2027.")
        key = waivers.ask(office.session, new, said, today=TODAY, by=office.officer)
    waivers.approve(office.session, key, today=TODAY, by=office.controller)


def _ask_for_determination(office: Office) -> None:
    if office.has_done("request determination", "commitment/PZH-1"):
        return
    charged = commitment_named(office.session, "PZH-1").charged
    determination.request(
        office.session,
        "PZH-1",
        Request(date(2024, 3, 21), charged),
        today=TODAY,
        by=office.officer,
        document=office.letter("Our office", "We ask for the determination of PZH-2020-749321."),
    )


STEPS: tuple[Callable[[Office], None], ...] = (
    _know_funders,
    _write_terms,
    _plan_costs,
    _amend,
    _leave_drafts,
    _divide_budget,
    _follow_instalments,
    _sort_receipts,
    _sign_for_hours,
    _waive,
    _ask_for_determination,
)
