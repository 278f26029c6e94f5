"""The milestones of the sample: who sees to them, what comes next, what they ask for and cost.

Every amount, name and reason in here is made up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from tracker.actions import milestones
from tracker.actions.milestones import NewDay, Released
from tracker.actions.sample_funding import Office
from tracker.domain.milestone_rules import Follow
from tracker.domain.milestones import MilestoneStatus, MilestoneTerms, ReportDue
from tracker.domain.money import Money
from tracker.store.milestone_plans import evidence_of, terms_of
from tracker.store.milestones import milestone_named, of_milestone

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor

TODAY = date(2025, 12, 19)
OWNERS = {
    "M1": "Bram Bouw",
    "M2": "Bram Bouw",
    "M3": "Bram Bouw",
    "M4": "Quirine Quality",
    "M5": "Quirine Quality",
    "M6": "Lotte Lead",
    "M7": "Lotte Lead",
    "M8": "Dirkje Director",
}
BEFORE = {"M3": ("M2",), "M5": ("M3", "M4"), "M7": ("M6",), "M8": ("M7",)}


@dataclass(frozen=True, slots=True)
class Told:
    """A milestone as the sample tells it; funding in euros, by who is to pay."""

    code: str
    baseline: date
    terms: MilestoneTerms
    funding: dict[str, int]
    released: Released | None = None


MADE = (
    Told(
        "M9",
        date(2025, 11, 28),
        MilestoneTerms(
            "Second bioreactor line commissioned",
            "WP2",
            8,
            "Lotte Lead",
            "Three runs at 200 litres in a row meet the specification.",
            ("M4",),
            ("Commissioning report", "Acceptance by the quality unit"),
        ),
        {"LUMC-2": 180_000},
        Released("UL-2", 1, ()),
    ),
    Told(
        "M10",
        date(2026, 9, 30),
        MilestoneTerms(
            "Process transferred to the second line",
            "WP3",
            8,
            "Lotte Lead",
            "Two batches of the second line are comparable with those of the first.",
            ("M7", "M9"),
            ("Comparability report",),
        ),
        {"UL-2": 320_000, "LUMC-2": 140_000},
        Released("LUMC-2", 2, (ReportDue(0, "UL-2", "Report on the process transfer", 13),)),
    ),
    Told(
        "M11",
        date(2027, 6, 30),
        MilestoneTerms(
            "GMP licence covers the second line",
            "WP4",
            6,
            "Quirine Quality",
            "The inspectorate adds the line to the licence.",
            ("M10",),
            ("Letter of the inspectorate",),
        ),
        {"LUMC-2": 260_000},
    ),
    Told(
        "M12",
        date(2028, 3, 31),
        MilestoneTerms(
            "Four paying clients a year",
            "WP5",
            4,
            "Dirkje Director",
            "Four contracts run in the same calendar year.",
            ("M11",),
            (),
        ),
        {"UL-2": 90_000, "LUMC-2": 150_000, "": 60_000},
    ),
)
MOVES = (
    ("M9", date(2025, 12, 31), "Sensors came six weeks late"),
    ("M10", date(2026, 12, 15), "Waits for the second validation run of M7"),
)


def live_through(session: Session, *, lead: Actor, by: Actor) -> None:
    """Do what the sample's people did with milestones, or what an interrupted run left of it.

    Shape:  the project lead ``lead`` notes how far they are; ``by`` plans the money.
    """
    office = Office(session, by, lead)
    for code, owner in OWNERS.items():
        if not office.has_done("change milestone", of_milestone(session, code)):
            _tell_owner(office, code, owner)
    for told in MADE:
        _make(office, told)
    for code, to_day, reason in MOVES:
        if not office.has_done("move milestone", of_milestone(session, code)):
            version = milestone_named(session, code).version
            new = NewDay(to_day, reason)
            milestones.move(session, code, new, version=version, today=TODAY, by=lead)
    if not office.has_done("plan funding of milestone", of_milestone(session, "M7")):
        _fund(office, "M7", {"NGF-1": 150_000, "UL-2": 110_000})
    _note_progress(office, lead)


def _tell_owner(office: Office, code: str, owner: str) -> None:
    session = office.session
    terms = replace(terms_of(session, code), owner=owner, after=BEFORE.get(code, ()))
    version = milestone_named(session, code).version
    milestones.change(session, code, terms, version=version, by=office.officer)


def _make(office: Office, told: Told) -> None:
    session, subject = office.session, of_milestone(office.session, told.code)
    if not office.has_done("enter milestone", subject):
        milestones.enter(session, told.code, told.baseline, told.terms, by=office.officer)
    if not office.has_done("plan funding of milestone", subject):
        _fund(office, told.code, told.funding)
    if told.released and not office.has_done("change what milestone releases", subject):
        version = milestone_named(session, told.code).version
        milestones.release(session, told.code, told.released, version=version, by=office.officer)


def _fund(office: Office, code: str, euros: dict[str, int]) -> None:
    session = office.session
    amounts = {payer: Money(amount * 100) for payer, amount in euros.items()}
    version = milestone_named(session, code).version
    milestones.plan_funding(session, code, amounts, version=version, by=office.officer)


def _note_progress(office: Office, lead: Actor) -> None:
    """Note how far the open milestones are, and hand in the first of two documents."""
    session, nine = office.session, of_milestone(office.session, "M9")
    if not office.has_done("hand in evidence", nine):
        asked = evidence_of(session)[milestone_named(session, "M9").id][0]
        said = office.letter("Lotte Lead", "The line is commissioned; sensors are replaced.")
        milestones.hand_in(session, "M9", asked.id, said, by=lead)
    for code, status, progress in (
        ("M9", MilestoneStatus.PARTLY_MET, 80),
        ("M7", MilestoneStatus.SCHEDULED, 60),
        ("M10", MilestoneStatus.SCHEDULED, 15),
    ):
        if not office.has_done("note progress", of_milestone(session, code)):
            version = milestone_named(session, code).version
            said_so = Follow(status, progress)
            milestones.follow(session, code, said_so, version=version, today=TODAY, by=lead)
