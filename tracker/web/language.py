"""The reader's language, and how pages say words and figures in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, request, session
from flask_login import current_user

from reports import figures, to_html, words
from tracker.domain.errors import Sentence, TrackerError
from tracker.web.clock import at_office

if TYPE_CHECKING:
    from datetime import date, datetime

    from flask import Flask

    from reports.model import Value
    from tracker.domain.errors import Fact
    from tracker.domain.money import Money


def init_app(app: Flask) -> None:
    """Give the templates their words."""
    app.jinja_env.globals.update(_=translate, say=say, plural=plural, label=label)
    app.jinja_env.tests["refused"] = lambda outcome: isinstance(outcome, TrackerError)
    app.jinja_env.filters.update(
        figure=figure,
        amount=amount,
        money=money,
        said=said,
        moment=moment,
        office_day=office_day,
        **to_html.filters(),
    )


def language() -> str:
    """Tell the reader's language: the person's choice, the visitor's, or the browser's."""
    if "language" not in g:
        chosen = current_user.language if current_user.is_authenticated else session.get("language")
        wished = (tag.partition("-")[0] for tag in request.accept_languages.values())
        spoken_here = (tag for tag in (chosen, *wished) if tag in words.LANGUAGES)
        g.language = next(spoken_here, "en")
    spoken: str = g.language
    return spoken


def translate(text: str) -> str:
    """Say an English text in the reader's language."""
    return words.gettext_for(language())(text)


def said(sentence: Sentence) -> str:
    """Say a sentence with its figures in the reader's language."""
    return words.say(sentence, language())


def say(template: str, **facts: Fact) -> str:
    """Say a template with its figures in the reader's language."""
    return said(Sentence(template, facts))


def plural(count: int, one: str, many: str, **facts: Fact) -> str:
    """Say how many there are: ``{count}`` stands for the number."""
    return say(one if count == 1 else many, count=count, **facts)


def label(code: str) -> str:
    """Name a code in the reader's language."""
    return words.label(code, language())


def figure(value: Value) -> str:
    """Write a value for a table."""
    return figures.as_text(value, language())


def money(value: Money | None) -> str:
    """Write an amount for a table in which nothing is a dash."""
    return figures.as_text(value, language()) if value else "–"


def amount(value: Money) -> str:
    """Write an amount for a sentence, with its currency."""
    return figures.amount(value, language())


def moment(value: datetime) -> str:
    """Write a moment in the time of the office."""
    local = at_office(value)
    return f"{figures.as_text(local.date(), language())} {local:%H:%M}"


def office_day(value: datetime) -> date:
    """Tell on which day a moment was, at the office."""
    return at_office(value).date()
