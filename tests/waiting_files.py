"""Files and reports that wait for a finance officer: to be looked at, corrected, or fetched."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from tracker.actions import intakes, report_jobs
from tracker.actions.intake_jobs import IntakeJob
from tracker.domain.actor import Actor
from tracker.domain.mappings import DecimalSign, Mapping
from tracker.domain.money import Money
from tracker.domain.policy import Role
from tracker.domain.report_jobs import JobKind, JobState, Wanted
from tracker.domain.table_columns import TableKind
from tracker.readers.headings import suggest
from tracker.store import intakes as stored
from tracker.store import plain
from tracker.store import report_jobs as jobs
from tracker.store.session import transaction

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

OFFICER = Actor("finance@sample.example", Role.FINANCE_OFFICER)
HEADINGS = (
    "Dagboek;Boekstuknummer;Volgnummer;Rekeningnummer;Boekingsdatum;Omschrijving;"
    "Bedrag debet;Bedrag credit;Kostenplaats;Project;Naam crediteur;Factuurnummer"
)
# 1,250.00 + 318.45 + 4,000.00 of costs, and 4,000.00 on the account of creditors
ROWS = (
    "70;26700001;1;4200;15-11-2025;Pipetten à € 60;1.250,00;0,00;WP1;NECST;Müller GmbH;F-881",
    "70;26700002;1;4600;17-11-2025;Reis naar Köln;318,45;0,00;WP2;NECST;Reisbureau Oegstgeest;R-12",
    "70;26700003;1;4100;18-11-2025;Validatie;4.000,00;0,00;WP2;NECST;QA Partners;QA-7",
    "70;26700003;2;1600;18-11-2025;Validatie;0,00;4.000,00;;;QA Partners;QA-7",
)
TOTAL = Money(156_845)


def afas_csv(*rows: str, headings: str = HEADINGS) -> bytes:
    """Write an export as AFAS does: title lines, semicolons, decimal commas, Windows letters."""
    return "\r\n".join(["Export grootboekmutaties", "", headings, *(rows or ROWS)]).encode("cp1252")


AGAIN = "71;90;1;4600;02-01-2021;Uren specialist;4.191,34;0,00;WP3;NECST;LabSupply <NL>;2021-00146"
WRONG = (
    ROWS[0].replace("15-11-2025", "31-02-2025"),
    ROWS[1].replace("318,45", "3x8,45"),
    ROWS[2].replace("4.000,00", "4.000,005"),
)


def mapping_of(headings: str = HEADINGS) -> Mapping:
    """Say what the columns of such an export hold."""
    names = tuple(headings.split(";"))
    places = suggest(names, TableKind.COSTS).places
    return Mapping(
        TableKind.COSTS,
        places,
        headings=names,
        heading_row=3,
        encoding="cp1252",
        delimiter=";",
        decimal=DecimalSign.COMMA,
    )


def hand_in(session: Session, folder: Path, name: str, content: bytes) -> int:
    """Hand a file in and have it looked at, in this process."""
    path = folder / "upload"
    path.write_bytes(content)
    intake_id = intakes.hand_in(session, name, path, by=OFFICER).intake_id
    IntakeJob(session, intake_id).carry_out()
    return intake_id


def choose_columns(session: Session, intake_id: int, source: str) -> None:
    """Say what the columns of a file hold, and have it read."""
    version = stored.intake(session, intake_id).version
    intakes.set_mapping(
        session, intake_id, mapping_of(), version=version, source=source, by=OFFICER
    )
    IntakeJob(session, intake_id).carry_out()


def have_files_wait(session: Session, folder: Path) -> dict[str, int]:
    """Leave a file in each state in which somebody has to do something, and give their numbers."""
    ready = hand_in(session, folder, "grootboek november.csv", afas_csv(*ROWS, AGAIN))
    choose_columns(session, ready, "AFAS")
    expected = TOTAL + Money(419_134)
    version = stored.intake(session, ready).version
    intakes.set_expected(session, ready, expected, version=version, by=OFFICER)
    refused = hand_in(session, folder, "grootboek met fouten.csv", afas_csv(*WRONG))
    headings = HEADINGS.replace("Naam crediteur", "Wie")
    asked = hand_in(session, folder, "uit een ander pakket.csv", afas_csv(headings=headings))
    have_reports_made(session)
    return {"ready": ready, "refused": refused, "mapping": asked}


def have_reports_made(session: Session) -> None:
    """Leave a report that was made in the background, and a dossier that failed."""
    now, day = datetime.now(UTC), date(2026, 1, 15)
    done = Wanted(JobKind.REPORT, "NGF-1", "2022-Q3", day, slug="statement", face="json")
    failed = Wanted(JobKind.DOSSIER, "NGF-1", "2023", day)
    for wanted in (done, failed):
        with transaction(session):
            key = jobs.add_job(session, wanted, by=OFFICER, now=now)
            jobs.move(session, key, 1, JobState.WAITING, JobState.RUNNING)
            if wanted is failed:
                why = plain.written(report_jobs.ENDED)
                jobs.move(session, key, 2, JobState.RUNNING, JobState.FAILED, why=why)
        report_jobs.Queue(session).carry_out(key)
