"""What differs: from what was planned, with explanations, and from the last report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports import figures, words
from reports.model import Cell, Column, Kind, Section, Sum
from tracker.domain.commitments import Form
from tracker.domain.errors import Code, Sentence
from tracker.domain.money import Money
from tracker.domain.report_checks import topics
from tracker.domain.statement_parts import ChangeOf

if TYPE_CHECKING:
    from datetime import date

    from reports.model import Row
    from tracker.domain.report_checks import Topic
    from tracker.domain.statement_parts import Changed, ChangedTerm
    from tracker.domain.statements import Earlier, StatementFacts


def variances(facts: StatementFacts) -> list[Section]:
    """Lay out what differs from the plan and what was said of it; nothing where nothing does."""
    found = topics(facts)
    if not found:
        return []
    _ = words.gettext_for(facts.language)
    return [
        Section(
            "variances",
            _("Differences and explanations"),
            (Column(_("What differs"), width=60), Column(_("Explanation"), width=80)),
            tuple(_variance(topic, facts) for topic in found),
            note=_variance_note(facts),
        )
    ]


def _variance(topic: Topic, facts: StatementFacts) -> Row:
    _ = words.gettext_for(facts.language)
    said = facts.wording.explanation(topic.key)
    return words.say(topic.what, facts.language), said or _("Not explained yet.")


def _variance_note(facts: StatementFacts) -> str:
    _ = words.gettext_for(facts.language)
    told = _("Costs above their budget, late milestones, and costs that were not charged.")
    if facts.threshold is None:
        return told
    more = Sentence(
        "Costs that deviate by more than {share} from what was planned to date are told as well.",
        {"share": facts.threshold},
    )
    return f"{told} {words.say(more, facts.language)}"


def changes(facts: StatementFacts) -> list[Section]:
    """Lay out what is different from the last report; nothing in a first one."""
    if facts.changed is None or facts.earlier is None:
        return []
    amounts = [_amounts(facts, facts.changed)] if facts.changed.amounts else []
    return [*amounts, _terms(facts, facts.changed, facts.earlier)]


def _amounts(facts: StatementFacts, changed: Changed) -> Section:
    _ = words.gettext_for(facts.language)
    rows: list[Row] = []
    ties: dict[tuple[int, int], Sum] = {}
    for one in changed.amounts:
        before, now = one.before or Money(0), one.now or Money(0)
        about = words.label(one.about, facts.language) if one.about else None
        if one.of is ChangeOf.AWARD:
            ties[len(rows), 3] = Sum((Cell("award", None, 3),))
        elif one.of is ChangeOf.RECEIVED and facts.commitment.form is not Form.IN_KIND:
            ties[len(rows), 3] = Sum((Cell("receipts", None, 4),))
        rows.append((words.label(one.of, facts.language), about, before, now, now - before))
    return Section(
        "changed_amounts",
        _("Amounts that changed"),
        (
            Column(_("What"), width=30),
            Column(_("Category"), width=24),
            Column(_("Last report"), Kind.MONEY, 18),
            Column(_("This report"), Kind.MONEY, 18),
            Column(_("Difference"), Kind.MONEY, 18, plus=(3,), minus=(2,)),
        ),
        tuple(rows),
        note=_("Amounts in euros. Costs are in the table of costs by category."),
        ties=ties,
    )


def _terms(facts: StatementFacts, changed: Changed, earlier: Earlier) -> Section:
    _ = words.gettext_for(facts.language)
    since = Sentence(
        "Since version {number} of the report over {period}, issued on {day}.",
        {
            "number": earlier.number,
            "period": earlier.period.code,
            "day": earlier.issued_at.date(),
        },
    )
    note = words.say(since, facts.language)
    if not changed.terms:
        note += " " + _("No day, status or waiver is different.")
    return Section(
        "changes",
        _("Changes since the last report"),
        (
            Column(_("What"), width=30),
            Column(_("About"), width=36),
            Column(_("Last report"), width=20),
            Column(_("This report"), width=20),
            Column(_("Reason"), width=50),
        ),
        tuple(_term(one, facts.language) for one in changed.terms),
        note=note,
    )


def _term(one: ChangedTerm, language: str) -> Row:
    about = words.label(one.about, language) if one.of is ChangeOf.WAIVER else one.about
    return (
        words.label(one.of, language),
        f"{about} {one.title}".strip(),
        _said(one.before, language),
        _said(one.now, language),
        one.reason,
    )


def _said(value: date | Code | None, language: str) -> str:
    if value is None:
        return "–"
    return words.label(value, language) if isinstance(value, Code) else figures.day(value, language)
