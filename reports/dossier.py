"""The audit dossier as a report: the tie-out, the cost lines, the papers and the change log."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from reports import figures, statement, words
from reports.catalogue import CATALOGUE
from reports.commitment_head import headed
from reports.model import Column, Kind, LongSection, Section
from reports.particulars import changes_of, in_a_row
from reports.vocabulary import DEEDS
from tracker.domain.errors import Sentence
from tracker.domain.money import Money
from tracker.domain.texts import mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reports.model import Report, Row
    from tracker.domain.dossiers import DossierFacts, Folder
    from tracker.domain.errors import Fact

TITLE: Final = mark("Audit dossier")
OF_STATEMENT: Final = ("award", "receipts", "instalments", "waivers", "not_charged", "lines")
"""The sections that the dossier takes over from the statement, where they apply."""
SHOWN: Final = 300
"""Rows of a table in the index; the workbook has them all."""
OF_INDEX: Final = {"award": 0, "receipts": 0, "instalments": 0, "waivers": 0, "deeds": 8}
"""What the index tells besides, and how many columns of it; of nought, all."""
SUBJECTS: Final = {
    "commitment": mark("Commitment"),
    "milestone": mark("Milestone"),
    "waiver": mark("Waiver"),
    "cost": mark("Cost line"),
    "report": mark("Report"),
    "answers": mark("Answers"),
    "receipts": mark("Receipts"),
}
"""What the trail calls what deeds are done to."""


def build(facts: DossierFacts) -> Report:
    """Lay out the dossier in the language of its funder.

    Errors: ``TrackerError`` if the statement does not tie.
    """
    told = {section.key: section for section in statement.build(facts.statement).sections}
    taken = [_untied(told[key]) for key in OF_STATEMENT if key in told]
    return headed(
        facts.statement,
        "dossier",
        TITLE,
        sections=(_tied(facts), _reports(facts), *taken, _papers(facts), _deeds(facts)),
    )


def told_besides(report: Report) -> Iterator[tuple[Section, int]]:
    """Give the tables that the index tells besides, and how many of their columns."""
    for section in report.sections:
        if section.key in OF_INDEX and isinstance(section, Section) and section.rows:
            yield section, OF_INDEX[section.key] or len(section.columns)


def folder_name(folder: Folder, language: str) -> str:
    """Name what lies in a folder of a dossier."""
    return words.label(f"dossier_{folder.name.lower()}", language)


def _untied(section: Section | LongSection) -> Section | LongSection:
    """Take a section over without its ties to others, which stay behind in the statement."""
    return replace(section, ties={}) if isinstance(section, Section) else section


def _tied(facts: DossierFacts) -> Section:
    language = facts.statement.language
    _ = words.gettext_for(language)
    rows: tuple[Row, ...] = tuple(
        (words.label(code, language), lines, told, booked, lines - told, told - booked)
        for code, lines, told, booked in facts.tied()
    )
    sums = (
        Money.total(lines for _code, lines, _told, _booked in facts.tied()),
        Money.total(told for _code, _lines, told, _booked in facts.tied()),
        Money.total(booked for _code, _lines, _told, booked in facts.tied()),
    )
    return Section(
        "tied",
        _("Tie-out of the costs"),
        (
            Column(_("Category"), width=26),
            Column(_("Cost lines in this dossier"), Kind.MONEY, 20),
            Column(_("Statement of costs"), Kind.MONEY, 18),
            Column(_("Charges in the books"), Kind.MONEY, 18),
            Column(_("Lines − statement"), Kind.MONEY, 18, plus=(1,), minus=(2,)),
            Column(_("Statement − books"), Kind.MONEY, 18, plus=(2,), minus=(3,)),
        ),
        rows,
        (_("Total"), *sums, sums[0] - sums[1], sums[1] - sums[2]),
        _(
            "Amounts in euros. The cost lines of this dossier, the statement of the period, and the"
            " charges in the books, each added up apart. Every difference is nil, or the dossier"
            " says so here."
        ),
    )


def _reports(facts: DossierFacts) -> Section:
    """List every version of the reports over the period; what was withdrawn says so."""
    language = facts.statement.language
    _ = words.gettext_for(language)
    return Section(
        "reports",
        _("Reports that were issued"),
        (
            Column(_("Report"), width=18),
            Column(_("Period"), width=16),
            Column(_("Version"), Kind.COUNT, 9),
            Column(_("Standing"), width=18),
            Column(_("Issued on"), Kind.DATE, 15),
            Column(_("Approved by"), width=24),
            Column(_("State of the books"), width=24),
            Column(_("Reason, or what the funder answered"), width=50),
        ),
        tuple(
            (
                _(CATALOGUE[report.kind].title),
                report.period.code,
                one.number,
                words.label(one.standing, language),
                one.issued_at.date(),
                one.approved_by,
                one.ledger_state,
                one.reason or one.said or None,
            )
            for report in facts.reports
            for one in report.issues
        ),
        note=_("Their files are in this dossier as they were kept when they were issued."),
    )


def _papers(facts: DossierFacts) -> Section:
    language = facts.statement.language
    _ = words.gettext_for(language)
    return Section(
        "papers",
        _("Documents"),
        (
            Column(_("Kind"), width=26),
            Column(_("Belongs to"), width=34),
            Column(_("File"), width=40),
            Column(_("Size in bytes"), Kind.COUNT, 14),
            Column("SHA-256", width=66),
        ),
        tuple(
            (
                folder_name(one.folder, language),
                subject_in_words(one.about, language),
                one.name,
                one.size,
                one.sha256,
            )
            for one in facts.papers
        ),
        note=_("Decision letters, evidence and other papers that are kept with the records."),
    )


def subject_in_words(subject: str, language: str) -> str:
    """Name what a deed was done to, or a paper belongs to.

    Shape:  ``commitment/NGF-1/report/statement-2021`` -> ``Commitment NGF-1 · Report
            statement-2021``; what has no words stays as the trail names it.
    """
    _, parts, told = words.gettext_for(language), subject.split("/"), list[str]()
    while parts and parts[0] in SUBJECTS:
        told.append(" ".join((_(SUBJECTS[parts[0]]), *parts[1:2])))
        parts = parts[2:]
    return " · ".join([*told, "/".join(parts)] if parts else told)


def _deeds(facts: DossierFacts) -> Section:
    language = facts.statement.language
    _ = words.gettext_for(language)
    return Section(
        "deeds",
        _("Change log"),
        (
            Column(_("No."), Kind.COUNT, 9),
            Column(_("Day"), Kind.DATE, 14),
            Column(_("Time (UTC)"), width=12),
            Column(_("By"), width=24),
            Column(_("Role"), width=20),
            Column(_("Deed"), width=36),
            Column(_("Subject"), width=34),
            Column(_("Particulars"), width=60),
            Column(_("Deed as it was sealed"), width=34),
            Column(_("Particulars as they were sealed"), width=40),
            Column(_("Seal"), width=66),
        ),
        tuple(
            (
                deed.seq,
                deed.at.date(),
                f"{deed.at:%H:%M:%S}",
                deed.by,
                words.label(deed.role, language),
                _(DEEDS.get(deed.did, deed.did)),
                subject_in_words(deed.subject, language),
                in_a_row(changes_of(json.loads(deed.detail), language)) or None,
                f"{deed.did} {deed.subject}",
                deed.detail if deed.detail != "{}" else None,
                deed.seal,
            )
            for deed in facts.deeds
        ),
        note=_(
            "What was done to the commitment and to what belongs to it, in words and as it was"
            " sealed in the audit trail. Each entry is sealed with the one before it."
        ),
    )


def size_in_words(size: int, language: str) -> str:
    """Say how large a file is."""
    _ = words.gettext_for(language)
    return _("{bytes} bytes").format(bytes=figures.count(size, language))


def not_shown(count: int, language: str) -> str:
    """Say that a table goes on in the workbook."""
    facts: dict[str, Fact] = {"most": SHOWN, "count": count}
    told = Sentence(
        "The first {most} of {count} stand here; the workbook of the dossier has them all.", facts
    )
    return words.say(told, language)
