"""The words that people wrote for a report, as a table: for files that hold tables only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reports import words
from reports.model import Column, Section

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reports.model import Report

KEY: Final = "texts"
LONGEST: Final = 2_000  # signs of a piece: what a row of a worksheet can show


def texts_of(report: Report) -> Section | None:
    """Lay out the texts of a report as they were written, a row for every paragraph.

    Shape:  ``None`` for a report without texts. Markdown stays as it is; a paragraph that is too
            long to be seen in one row goes on in the next.
    """
    if not report.texts:
        return None
    _ = words.gettext_for(report.language)
    return Section(
        KEY,
        _("Texts"),
        (
            Column(_("Text"), width=28),
            Column(_("Stands before"), width=28),
            Column(_("As it was written"), width=100),
        ),
        tuple(
            (text.title, report.section(text.before).title, piece)
            for text in report.texts
            for piece in _pieces(text.markdown)
        ),
        note=_("The words of this report; marks such as ** and # say how it is printed."),
    )


def _pieces(markdown: str) -> Iterator[str]:
    for paragraph in markdown.replace("\r\n", "\n").split("\n\n"):
        left = paragraph.strip("\n")
        while len(left) > LONGEST:
            end = left.rfind(" ", 0, LONGEST) + 1 or LONGEST
            yield left[:end]
            left = left[end:]
        if left.strip():
            yield left
