"""The occasion of a report: whose hand it is made in, when, and the head that it gives to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports import words
from reports.model import Report
from tracker.domain.errors import Sentence
from tracker.domain.texts import mark

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from reports.charts import Chart
    from reports.model import Section, Value


@dataclass(frozen=True, slots=True)
class Occasion:
    """For whom a report of a project is made, when, and from what state of the books.

    Shape:  ``number`` is that under which it is given out; of a draft there is none.
    """

    project_code: str
    project_name: str
    language: str
    made_on: date
    author: str
    ledger_state: str
    note: str = ""
    number: int = 0

    @property
    def version(self) -> str:
        """How it is called: by its number where it was given out, else a draft."""
        if not self.number:
            return words.gettext_for(self.language)(mark("Draft"))
        return words.say(Sentence("version {number}", {"number": self.number}), self.language)

    def report(
        self,
        slug: str,
        title: str,
        *,
        as_of: date,
        version: str,
        file_stem: str,
        about: Sequence[tuple[str, Value]],
        sections: Sequence[Section],
        subtitle: str = "",
        charts: Sequence[Chart] = (),
    ) -> Report:
        """Put a report together under this head; its subtitle is the project unless one is given.

        Errors: ``ValueError`` as of ``Report``.
        """
        return Report(
            slug=slug,
            title=title,
            subtitle=subtitle or f"{self.project_code} · {self.project_name}",
            language=self.language,
            file_stem=file_stem,
            as_of=as_of,
            made_on=self.made_on,
            author=self.author,
            version=version,
            ledger_state=self.ledger_state,
            note=words.gettext_for(self.language)(self.note) if self.note else "",
            about=tuple(about),
            sections=tuple(sections),
            charts=tuple(charts),
        )

    def head(self, as_of: date, project: str = "") -> tuple[tuple[str, Value], ...]:
        """What a report of the project is about; ``project`` where it is of several."""
        _ = words.gettext_for(self.language)
        return (
            (_("Project"), project or f"{self.project_code} · {self.project_name}"),
            (_("As at"), as_of),
            (_("Version"), self.version),
            *self.signature,
        )

    @property
    def signature(self) -> tuple[tuple[str, Value], ...]:
        """When it is made, by whom, and from what: the last facts of a head."""
        _ = words.gettext_for(self.language)
        return (
            (_("Made on"), self.made_on),
            (_("Made by"), self.author),
            (_("State of the books"), self.ledger_state),
        )
