"""The funder reports of the sample: one that was accepted, one in review, and one being written.

The partners were given an overview too.

Every name and sentence in here is made up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reports import catalogue
from tracker.actions import consortium, funder_reports, issuing
from tracker.actions.sample_funding import TODAY
from tracker.domain.periods import calendar_year
from tracker.domain.report_texts import Place
from tracker.store.funder_reports import report_numbered, reports_of
from tracker.store.report_checks import topics_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tracker.domain.actor import Actor

YEAR: Final = calendar_year(2021)
STATEMENT: Final = "statement"
ACCEPTED, IN_REVIEW, DRAFT = "UL-1", "LUMC-1", "NGF-1"
WORDS: Final = {
    Place.SUMMARY: (
        "In 2021 is de bouw van de cleanrooms begonnen en is de eerste apparatuur besteld. De"
        " uitgaven liggen op schema."
    ),
    Place.PROGRESS: (
        "## Bouw\n\nDe ruwbouw kwam in **november** gereed, zes weken later dan gepland.\n\n"
        "## Apparatuur\n\n| Onderdeel | Stand |\n| --- | --- |\n| Bioreactor | besteld |\n"
        "| Isolatoren | offertes gevraagd |\n\nIn 2022:\n\n- oplevering van de cleanrooms;\n"
        "- plaatsing van de bioreactor."
    ),
}
BECAUSE: Final = {
    "category": "De inkoop is naar voren gehaald; het totaal blijft binnen de begroting.",
    "milestone": "De luchtbehandeling had een lange levertijd; de oplevering volgt in mei 2022.",
    "left": "Deze kosten vallen buiten de verlening. De faciliteit betaalt ze zelf.",
}
COMMENT: Final = "Noem bij de voortgang ook de datum waarop de cleanrooms worden opgeleverd."


def live_through(session: Session, *, controller: Actor, by: Actor) -> None:
    """Begin, write, approve and issue what the sample's office reported."""
    if reports_of(session):
        return
    _accepted(session, controller, by)
    _explained(session, _begun(session, IN_REVIEW, by), by, left_out=0)
    _ask_review(session, by)
    _draft(session, controller, by)
    consortium.give(session, "nl", today=TODAY, by=by)


def _accepted(session: Session, controller: Actor, by: Actor) -> None:
    """Issue a report on the university's share, which was accepted."""
    key = _begun(session, ACCEPTED, by)
    _explained(session, key, by, left_out=0)
    version = report_numbered(session, key).version
    funder_reports.ask_review(session, key, version=version, today=TODAY, by=by)
    funder_reports.approve(session, key, version=version + 1, by=controller)
    issued = issuing.issue(session, key, version=version + 2, today=TODAY, by=by)
    words = "Akkoord. Het bedrag is in onze administratie verwerkt."
    issuing.answer(session, issued, words, is_accepted=True, version=version + 3, by=by, on=TODAY)


def _ask_review(session: Session, by: Actor) -> None:
    """Ask somebody else to look at the report that waits for that."""
    report = next(one for one in reports_of(session) if one.commitment == IN_REVIEW)
    funder_reports.ask_review(session, report.id, version=report.version, today=TODAY, by=by)


def _draft(session: Session, controller: Actor, by: Actor) -> None:
    """Begin a report with two texts, of whose explanations one is missing."""
    key = _begun(session, DRAFT, by)
    for place, said in WORDS.items():
        funder_reports.write(session, key, place, said, version=0, by=by)
    _explained(session, key, by, left_out=1)
    funder_reports.comment(session, key, Place.PROGRESS.value, COMMENT, by=controller)


def _begun(session: Session, code: str, by: Actor) -> int:
    return funder_reports.begin(session, code, STATEMENT, YEAR, by=by)


def _explained(session: Session, key: int, by: Actor, *, left_out: int) -> None:
    """Explain what differs in a report, but for the last so many."""
    report = report_numbered(session, key)
    found = topics_of(report, catalogue.facts_to_issue(session, report, made_on=TODAY))
    for topic in found[: len(found) - left_out]:
        because = BECAUSE[topic.key.partition(":")[0]]
        funder_reports.explain(session, key, topic.key, because, version=0, by=by)
