"""The page of one funder report: where it stands, its words, its checks, what was issued."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flask import render_template, url_for

from reports import catalogue, prose
from tracker.domain.errors import TrackerError
from tracker.domain.funder_reports import AT_WORK, TELLING, ReportState
from tracker.domain.policy import Permission, is_allowed
from tracker.domain.report_checks import ReportCheck
from tracker.domain.report_texts import Place
from tracker.extensions import db
from tracker.store import funder_reports as stored
from tracker.store.audit import history_of
from tracker.store.commitments import commitment_named
from tracker.store.documents import documents_of
from tracker.store.funder_workbooks import workbook_of
from tracker.store.funders import report_language_of
from tracker.store.report_checks import blocking_of, topics_of
from tracker.store.report_downloads import downloads_of
from tracker.web import portal, report_jobs
from tracker.web.auth import current_actor
from tracker.web.clock import today
from tracker.web.forms.funder_reports import (
    CommentForm,
    ExplainForm,
    PaperForm,
    StepForm,
    comment_form,
)
from tracker.web.history import in_words
from tracker.web.report_steps import next_step, steps_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from markupsafe import Markup

    from tracker.domain.funder_reports import FunderReport
    from tracker.domain.report_checks import Blocking, Topic
    from tracker.domain.report_texts import Paper, Picture, Written
    from tracker.domain.statements import StatementFacts
    from tracker.web.forms import TrackerForm

PLACES: dict[ReportCheck, tuple[str, dict[str, str]]] = {
    ReportCheck.COSTS: ("costs.show_list", {"state": "waiting"}),
    ReportCheck.RULES: ("financing.show", {}),
    ReportCheck.MONEY: ("receipts.show_list", {}),
}
"""Where what blocks is mended, unless on the page itself or on that of a period."""
OF_PROGRAMME = {
    ReportCheck.LINES: ("crosswalks.show", "crosswalks.change"),
    ReportCheck.FORM: ("funder_workbooks.show", "funder_workbooks.point"),
}
"""Where what blocks is seen, and mended by who may, on the pages of the programme."""


@dataclass(frozen=True, slots=True)
class Stands:
    """A check that blocks, and where it is mended."""

    what: Blocking
    address: str


@dataclass(frozen=True, slots=True)
class Explained:
    """Something that differs, what was said of it, and the form to say it, if one may."""

    topic: Topic
    written: Written | None
    form: TrackerForm | None


@dataclass(frozen=True, slots=True)
class Judged:
    """What the books say of a report now: nothing where it is not made any more.

    Shape:  ``broken`` is why its figures cannot be told at all.
    """

    topics: tuple[Topic, ...] = ()
    blocking: tuple[Blocking, ...] = ()
    broken: TrackerError | None = None


def page_of_report(report: FunderReport, form: TrackerForm | None = None) -> str:
    """Show a report; a form that was refused stands where it was, with what was typed."""
    session, actor, judged = db.session(), current_actor(), judged_now(report)
    is_open = report.state is ReportState.DRAFT and is_allowed(
        actor.role, Permission.PREPARE_REPORTS
    )
    count = len(judged.blocking) + (judged.broken is not None)
    return render_template(
        "funder_reports/show.html",
        report=report,
        kind=catalogue.CATALOGUE[report.kind],
        spoken=language_of(report),
        judged=judged,
        stands=[Stands(one, _address(one, report)) for one in judged.blocking],
        steps=steps_of(report, stored.writers_of(session, report), count, actor),
        waits=next_step(report),
        is_open=is_open,
        form=form,
        texts=texts_of(report),
        explained=_explained(report, judged, form, is_open=is_open),
        papers=papers_of(report),
        comments=stored.comments_of(session, report.id),
        letters=documents_of(session, stored.answers_to(report)),
        job=report_jobs.issuing_of(report),
        rows=portal.rows_of(report),
        downloads=downloads_of(session, report.id),
        history=in_words(history_of(session, stored.of_report(report))),
        today=today(),
        has_own_workbook=has_own_workbook(report),
        **_forms(report, form),
    )


def has_own_workbook(report: FunderReport) -> bool:
    """Tell whether the funder's own workbook is filled with a report."""
    session = db.session()
    programme_id = commitment_named(session, report.commitment).programme_id
    found = workbook_of(session, programme_id) if report.kind in TELLING else None
    return found is not None and found.is_pointed


def judged_now(report: FunderReport) -> Judged:
    """Look at a report that is being made: what it must explain, and what blocks it."""
    if report.state not in AT_WORK:
        return Judged()
    session = db.session()
    try:
        facts = facts_of_draft(report)
        return Judged(topics_of(report, facts), blocking_of(session, report, facts))
    except TrackerError as error:
        return Judged(broken=error)


def facts_of_draft(report: FunderReport) -> StatementFacts:
    """Gather what a report says as the books are now, marked as a draft."""
    facts = catalogue.facts_to_issue(db.session(), report, made_on=today())
    return replace(facts, number=0)


def texts_of(report: FunderReport) -> list[tuple[Place, Written | None, Markup]]:
    """Give the texts of a report, each as it was written and as it will print."""
    written = stored.texts_of(db.session(), report.id)
    return [
        (place, written.get(place.value), as_printed(report, _said(written.get(place.value))))
        for place in Place
    ]


def as_printed(report: FunderReport, said: str, below: int = 3) -> Markup:
    """Show a text of a report as it will print, with the pictures that go with the report.

    Shape:  its own headings stand under those of the level ``below``.
    """
    pictures, language = papers_of(report), language_of(report)
    return prose.to_html(said, pictures, _address_of_paper, language, below=below)


def language_of(report: FunderReport) -> str:
    """Tell in which language a report is written: that of its funder."""
    session = db.session()
    funder_id = commitment_named(session, report.commitment).funder_id
    return report_language_of(session, funder_id)


def papers_of(report: FunderReport) -> list[Paper]:
    """List the documents that go with a report."""
    return stored.papers_of(db.session(), report.id)


def picture_address(report: FunderReport) -> Callable[[Picture], str]:
    """Give what tells where a picture of a report is: its document, by its title."""
    by_title = {paper.title: _address_of_paper(paper) for paper in papers_of(report)}
    return lambda picture: by_title[picture.title]


def _said(written: Written | None) -> str:
    return written.said if written else ""


def _address_of_paper(paper: Paper) -> str:
    return url_for("documents.download", key=paper.document_id)


def _address(found: Blocking, report: FunderReport) -> str:
    if found.check is ReportCheck.PERIOD:
        return url_for("reporting_periods.show", code=str(found.what.facts["period"]))
    if found.check is ReportCheck.WORDS:
        return f"#explain-{found.about}"
    if found.check is ReportCheck.PAPERS:
        return "#papers"
    if found.check in OF_PROGRAMME:
        seen, changed = OF_PROGRAMME[found.check]
        mends = is_allowed(current_actor().role, Permission.PREPARE_REPORTS)
        programme_id = commitment_named(db.session(), report.commitment).programme_id
        return url_for(changed if mends else seen, programme_id=programme_id)
    endpoint, values = PLACES[found.check]
    wished: dict[str, Any] = dict(values)
    return url_for(endpoint, **wished)


def _explained(
    report: FunderReport, judged: Judged, form: TrackerForm | None, *, is_open: bool
) -> list[Explained]:
    written = stored.explanations_of(db.session(), report.id)
    return [
        Explained(
            topic, found := written.get(topic.key), _form(topic, found, form) if is_open else None
        )
        for topic in judged.topics
    ]


def _form(topic: Topic, written: Written | None, sent: TrackerForm | None) -> TrackerForm:
    """Give the form for an explanation: the one that was sent, if it is about this."""
    if isinstance(sent, ExplainForm) and sent.about.data == topic.key:
        return sent
    version = written.version if written else 0
    kept = {"about": topic.key, "said": _said(written), "version": version}
    return ExplainForm(formdata=None, data=kept)


def _forms(report: FunderReport, sent: TrackerForm | None) -> dict[str, TrackerForm]:
    """Give the forms of the page; the one that was sent keeps what was typed."""
    return {
        "step": StepForm(formdata=None, data={"version": report.version}),
        "paper": sent if isinstance(sent, PaperForm) else PaperForm(formdata=None),
        "comment": sent if isinstance(sent, CommentForm) else comment_form(formdata=None),
    }
